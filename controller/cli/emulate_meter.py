"""`sunpace emulate meter`: any profile's device, fed by the virtual house."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from controller.cli.emulate_flags import BoxFlags, MeterFlags
from controller.cli.faults_file import read_meter_faults
from controller.domain.ports import Clock
from controller.meter.profile_files import Shelf
from controller.meter.quantities import Role
from controller.simulation.meters.control import meter_control_server
from controller.simulation.meters.emulator import HOST, usual_roles, usual_units, virtual_meters
from controller.simulation.meters.faults import MeterFaults
from controller.simulation.meters.values import HouseValues, settings_for
from controller.simulation.plant import LivePlant


@asynccontextmanager
async def emulated_meter(
    meter: MeterFlags, common: BoxFlags, live: LivePlant, clock: Clock, port: int
) -> AsyncIterator[tuple[dict[str, Any], Callable[[], dict[str, Any]]]]:
    """Serves while entered; yields where, and what tells what it has seen.

    Raises:
        ConfigError: Profile, settings or faults are wrong.
        DeviceUnavailable: A port cannot be had.
    """
    profile = Shelf(Path.cwd()).load(meter.profile)  # own profiles lie where the command is given
    roles = usual_roles(profile)
    house = HouseValues(live, settings_for(meter.settings, profile, roles))
    faults = read_meter_faults(common.faults) if common.faults is not None else MeterFaults()
    units = usual_units(profile, house.measuring, meter.unit_id)
    async with (
        virtual_meters(profile, units, clock=clock, transport=meter.transport, port=port, faults=faults) as meters,
        meter_control_server(meters, house, HOST, common.control_port) as control,
    ):
        wire = {"device": meters.path} if meters.path else {"host": meters.host, "port": meters.port}
        ids = {role: unit_id for unit_id, served in units.items() for role in served}
        named = {_unit_name(role, several=len(units) > 1): unit_id for role, unit_id in ids.items()}
        told = {
            **wire,
            "profile": profile.key,
            "transport": meters.transport,
            **named,
            "roles": {role.value: unit_id for role, unit_id in ids.items()},
            "control": control,
        }
        yield told, meters.record.as_json


def _unit_name(role: Role, *, several: bool) -> str:
    return f"{role}_unit_id" if several and role is not Role.GRID else "unit_id"
