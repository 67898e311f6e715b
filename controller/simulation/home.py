"""The whole virtual home on loopback: meter, wallbox, car."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from controller.domain.ports import Clock
from controller.meter.profile_files import Shelf
from controller.simulation.box.core import BoxSettings
from controller.simulation.box.server import VirtualBox, https_server
from controller.simulation.meter_server import EV_UNIT, GRID_UNIT, PV_UNIT, house_units, meter_server
from controller.simulation.plant import LivePlant

HOST = "127.0.0.1"
METER_PROFILE = "eastron-sdm630"


@dataclass(frozen=True, slots=True, kw_only=True)
class MeterAddress:
    """Where a virtual meter listens."""

    host: str
    port: int
    profile: str = METER_PROFILE
    unit_id: int = GRID_UNIT
    pv_unit_id: int = PV_UNIT
    ev_unit_id: int = EV_UNIT


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxAddress:
    """Where a virtual wallbox listens, and how to get in."""

    host: str
    port: int
    username: str
    password: str
    tls_fingerprint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """A running virtual home."""

    live: LivePlant
    box: VirtualBox
    meter_address: MeterAddress
    box_address: BoxAddress


@asynccontextmanager
async def virtual_meter(live: LivePlant, port: int = 0) -> AsyncIterator[MeterAddress]:
    """The house's meters on one Modbus TCP server, while entered. DeviceUnavailable when the port is taken."""
    async with meter_server(Shelf().load(METER_PROFILE), house_units(live), HOST, port) as bound:
        yield MeterAddress(host=HOST, port=bound)


@asynccontextmanager
async def virtual_wallbox(
    live: LivePlant, clock: Clock, port: int = 0, settings: BoxSettings | None = None
) -> AsyncIterator[tuple[VirtualBox, BoxAddress]]:
    """The HTTPS wallbox with a certificate of its own, while entered; without settings with a password of its own, too.

    Raises:
        DeviceUnavailable: The port is taken.
    """
    if settings is None:
        settings = BoxSettings(password=random_password())
    box = VirtualBox(live, clock, settings)
    async with https_server(box.app, HOST, port) as (bound, fingerprint):
        address = BoxAddress(
            host=HOST,
            port=bound,
            username=settings.username,
            password=settings.password,
            tls_fingerprint=fingerprint,
        )
        yield box, address


def random_password() -> str:
    """One that nobody has used before."""
    return secrets.token_urlsafe(12)


@asynccontextmanager
async def virtual_home(
    live: LivePlant, clock: Clock, meter_port: int = 0, box_port: int = 0, box_settings: BoxSettings | None = None
) -> AsyncIterator[Home]:
    """Both, around one car, while entered."""
    async with (
        virtual_meter(live, meter_port) as meter_address,
        virtual_wallbox(live, clock, box_port, box_settings) as (box, box_address),
    ):
        yield Home(live=live, box=box, meter_address=meter_address, box_address=box_address)
