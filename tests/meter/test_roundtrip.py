"""Every profile: physical values into the emulator, through real sockets and the real client, and out again."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest

from controller.control.clock import WallClock
from controller.domain.readings import Reading
from controller.meter.connection import Connections, Endpoint
from controller.meter.device import Look, ModbusMeter
from controller.meter.formula import Formula, Register
from controller.meter.profile import Profile
from controller.meter.profile_files import Shelf
from controller.meter.quantities import Quantity, Role, Section
from controller.simulation.meters.emulator import virtual_meters
from controller.simulation.meters.values import Values

SHARES = ((1.0,), (0.6, 0.4), (0.5, 0.3, 0.2))
VOLTAGE_V = (229.3, 231.7, 230.4)
TAKES = {Role.GRID: 1260.0, Role.PV: 1230.0, Role.BATTERY: 750.0, Role.LOAD: 3240.0, Role.EV: 1380.0}
GIVES = {Role.GRID: -1260.0, Role.PV: 2940.0, Role.BATTERY: -750.0, Role.LOAD: 930.0, Role.EV: 0.0}
"""Powers that add up: the grid imports and the battery discharges, and the other way round."""
TURNED = {Quantity.ENERGY_WH: Quantity.ENERGY_BACK_WH, Quantity.ENERGY_BACK_WH: Quantity.ENERGY_WH}


def measured(powers_w: dict[Role, float], role: Role, phases: int) -> Values:
    phase_w = tuple(powers_w[role] * share for share in SHARES[phases - 1])
    return {
        Quantity.POWER_W: (powers_w[role],),
        Quantity.PHASE_POWER_W: phase_w,
        Quantity.CURRENT_A: tuple(watts / volts for watts, volts in zip(phase_w, VOLTAGE_V, strict=False)),
        Quantity.VOLTAGE_V: VOLTAGE_V[:phases],
        Quantity.FREQUENCY_HZ: (50.02,),
        Quantity.ENERGY_WH: (12_345_678.0,),
        Quantity.ENERGY_BACK_WH: (2_345_678.0,),
        Quantity.SOC_PCT: (57.0,),
    }


def phases_of(profile: Profile, role: Role) -> int:
    section = profile.section_for(role)
    assert section is not None
    formulas = profile.sections[section].items()
    return max((len(formula.components) for quantity, formula in formulas if quantity.per_phase), default=3)


def resolution(formula: Formula, component: int, look: Look, value: float) -> float:
    """Half a count of every register that the number is added up from, and what single precision loses."""
    room = 0.0
    for term in formula.components[component]:
        assert isinstance(term, Register)
        scale = abs(term._scale(look.memory) * term.factor)
        room += abs(value) * 1e-6 if term.kind.floating else scale * 0.501
    return room


def shown(reading: Reading, quantity: Quantity) -> tuple[float, ...]:
    value = getattr(reading, quantity.value)
    assert value is not None, f"{quantity}: {reading.refused}"
    return tuple(value) if isinstance(value, tuple) else (value,)


def check(look: Look, fed: Values, sense: int) -> None:
    assert look.reading.refused == {}
    formulas = look.layout.formulas
    directed = {len(formulas[q].components) for q in (Quantity.PHASE_POWER_W, Quantity.POWER_W) if q in formulas}
    for written, formula in formulas.items():
        quantity = TURNED.get(written, written) if sense < 0 else written
        expected = fed[quantity]
        told = shown(look.reading, quantity)
        if (
            formula.unsigned and len(expected) not in directed
        ):  # no phase tells which way: never less import than there is
            assert max(told) >= max(expected) - 0.1
            told, expected = tuple(map(abs, told)), tuple(map(abs, expected))
        for component, (number, wanted) in enumerate(zip(told, expected, strict=False)):
            assert number == pytest.approx(wanted, abs=resolution(formula, component, look, wanted)), quantity


@pytest.mark.parametrize("key", Shelf().known)
async def test_what_goes_in_comes_out(key: str) -> None:
    profile = Shelf().load(key)
    line = Section.METER in profile.sections
    roles = (Role.GRID, Role.PV, Role.BATTERY, Role.EV) if line else profile.usual_roles
    powers_w: dict[Role, float] = dict(TAKES)
    feeds = {role: partial(measured, powers_w, role, phases_of(profile, role)) for role in roles}
    ids = [1 + i for i in range(len(roles))] if line else [profile.unit_id] * len(roles)
    units: dict[int, dict[Role, partial[Values]]] = {}
    for unit_id, role in zip(ids, roles, strict=True):
        units.setdefault(unit_id, {})[role] = feeds[role]
    clock = WallClock()
    connections = Connections(clock)
    manners = replace(profile.manners, pause_s=0, settle_s=0)
    async with virtual_meters(profile, units, clock=clock) as meters:
        endpoint = Endpoint(host=meters.host, port=meters.port)
        devices = {
            role: ModbusMeter(
                role=role,
                profile=profile,
                unit=connections.unit(endpoint, unit_id, timeout_s=5, manners=manners),
                clock=clock,
            )
            for unit_id, role in zip(ids, roles, strict=True)
        }
        for powers in (TAKES, GIVES):
            powers_w.update(powers)
            for role, device in devices.items():
                check(await device.look(), feeds[role](), profile.sense(role))
        assert meters.record.exceptions == 0  # nothing that the device would refuse was asked for
        for device in devices.values():
            await device.close()
