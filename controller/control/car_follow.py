"""What the car draws on its way from one offer to the next, while nobody knows how quickly it follows; pure."""

from __future__ import annotations

from controller.control.car import ANSWER_S, KNOWN, estimate_car
from controller.control.car_memory import Car
from controller.control.settings import CoreSettings
from controller.domain.readings import House
from controller.domain.units import power_w

_ASLEEP_SHARE = 0.3  # of what it should draw after a start: with less it has not begun


def flowing_a(car: Car, house: House, at_s: float, settings: CoreSettings, voltage_v: float) -> float | None:
    """What of the house's change since our command is the car's, A a phase: all that lies on its way.

    What goes beyond, or the other way, is the sky's and the house's.

    Args:
        car: What is known of it.
        house: The meters, the grid's fresh.
        at_s: When they were read, monotonic s.
        settings: The site.
        voltage_v: Mean phase voltage, V.

    Returns:
        None where no answer is awaited, or none can be told from the house.
    """
    step = car.step
    if step is None or house.grid_w is None or car.rest_w is not None:
        return None
    before, after = estimate_car(car, step.from_a, settings), estimate_car(car, car.offered_a, settings)
    amp_w = power_w(1.0, after.phases, voltage_v)
    load_w = house.grid_w + (house.pv_w or 0.0) + (house.battery_w or 0.0)
    flows_a = before.current_a + (load_w - step.house_w(at_s)) / amp_w
    if at_s - step.at_s >= settings.follow_s and is_certain(car):
        asleep = step.from_a <= 0 and flows_a < _ASLEEP_SHARE * after.current_a
        return 0.0 if asleep else None  # by now it draws what it was told, unless it never began
    between = estimate_car(car, car.offers[-2][1], settings)  # where a second command met an unanswered first
    least_a = min(before.current_a, between.current_a, after.current_a)
    most_a = max(before.current_a, between.current_a, after.current_a)
    return least_a if flows_a < least_a else most_a if flows_a > most_a else flows_a


def is_found_other(before: Car, after: Car) -> bool:
    """Whether the car is now believed to draw otherwise by what was seen, not by what it was told."""
    if before.rest_w is not after.rest_w:
        return True
    if before.step is not None and after.step is None and not is_certain(after):
        return True
    if before.belief is after.belief:
        return False
    return before.belief is None or after.belief is None or before.belief.likeliest != after.belief.likeliest


def is_certain(car: Car) -> bool:
    """Whether its number of phases is."""
    return car.belief is not None and car.belief.certainty >= KNOWN


def settles_s(car: Car, settings: CoreSettings) -> float:
    """How long after a command the next one may come, s: while its phases are uncertain, once it has answered."""
    return settings.follow_s if is_certain(car) else settings.follow_s + ANSWER_S
