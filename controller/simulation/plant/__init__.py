"""The virtual house: sun, mains, home battery, and a car that follows commands late, as real ones do."""

from controller.simulation.plant.live import LivePlant
from controller.simulation.plant.plant import Energy, HouseEnergy, Plant
from controller.simulation.plant.settings import (
    BatteryOptions,
    BoxOptions,
    CarOptions,
    FeedInOptions,
    MeterOptions,
    PlantOptions,
    PlantSettings,
)

__all__ = [
    "BatteryOptions",
    "BoxOptions",
    "CarOptions",
    "Energy",
    "FeedInOptions",
    "HouseEnergy",
    "LivePlant",
    "MeterOptions",
    "Plant",
    "PlantOptions",
    "PlantSettings",
]
