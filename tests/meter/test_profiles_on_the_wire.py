"""What every profile asks a device for, and what it makes of whatever the device may answer."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from controller.domain.errors import DeviceRejected
from controller.domain.readings import Reading
from controller.meter.connection import ILLEGAL_ADDRESS
from controller.meter.device import ModbusMeter
from controller.meter.formula import Function, Register
from controller.meter.plan import Block, plan
from controller.meter.profile import Profile
from controller.meter.profile_files import Shelf
from controller.meter.quantities import PHYSICAL_RANGE, Quantity, Role
from controller.meter.registers import RegisterType

PROFILES = {key: Shelf().load(key) for key in Shelf().known}
PLAIN = [key for key, profile in PROFILES.items() if not profile.needs_discovery]
ROLES = [(key, role) for key in PLAIN for role in PROFILES[key].roles]
FLOW = {Quantity.POWER_W: "power_w", Quantity.SOC_PCT: "soc_pct", Quantity.FREQUENCY_HZ: "frequency_hz"}
PER_PHASE = {Quantity.PHASE_POWER_W: "phase_power_w", Quantity.CURRENT_A: "current_a", Quantity.VOLTAGE_V: "voltage_v"}
COUNTERS = {Quantity.ENERGY_WH: "energy_wh", Quantity.ENERGY_BACK_WH: "energy_back_wh"}
SENTINELS = (0x0000, 0x0001, 0x7FFF, 0x8000, 0xFFFF, 0x7FC0, 0xFF80, 0x7F80, 0xFF7F, 0x4248)
WORDS = st.lists(st.one_of(st.sampled_from(SENTINELS), st.integers(0, 0xFFFF)), min_size=1, max_size=64)


class StillClock:
    """Time that never passes."""

    def monotonic_s(self) -> float:
        return 1000.0


class FakeUnit:
    """A unit whose registers hold what a seed makes of their address; some are refused."""

    sent_at_s: float | None = None

    def __init__(self, words: list[int], refused: frozenset[int] = frozenset()) -> None:
        self._words = words
        self._refused = refused
        self.requests: list[tuple[Function, int, int]] = []

    async def read(self, function: Function, start: int, count: int) -> list[int]:
        self.requests.append((function, start, count))
        if self._refused & set(range(start, start + count)):
            raise DeviceRejected(f"no register {start}", status=ILLEGAL_ADDRESS)
        return [self._words[(start + i) * 7 % len(self._words)] for i in range(count)]

    async def close(self) -> None:
        pass

    def __str__(self) -> str:
        return "a fake unit"


def meter(profile: Profile, role: Role, unit: FakeUnit) -> ModbusMeter:
    return ModbusMeter(role=role, profile=profile, unit=unit, clock=StillClock())  # type: ignore[arg-type]


def wanted(profile: Profile, role: Role) -> list[Register]:
    section = profile.section_for(role)
    assert section is not None
    return [register for formula in profile.sections[section].values() for register in formula.registers()]


def planned(profile: Profile, role: Role) -> tuple[Block, ...]:
    return plan(wanted(profile, role), max_registers=profile.manners.max_registers, max_gap=profile.manners.max_gap)


def gaps(block: Block, registers: list[Register]) -> Iterator[int]:
    """Lengths of the runs of addresses in a request that nobody wants."""
    known = {a for r in registers if r.function == block.function for a in range(r.address, r.end)}
    run = 0
    for address in range(block.start, block.end):
        if address in known:
            yield run
            run = 0
        else:
            run += 1
    assert run == 0, "a request ends with a register that is wanted"


@pytest.mark.parametrize(("key", "role"), ROLES)
def test_requests_keep_to_the_limits_and_cover_all(key: str, role: Role) -> None:
    profile = PROFILES[key]
    registers = wanted(profile, role)
    blocks = planned(profile, role)
    read = {(block.function, a) for block in blocks for a in range(block.start, block.end)}
    for register in registers:
        assert {(register.function, a) for a in range(register.address, register.end)} <= read
        whole = [b for b in blocks if b.function == register.function and b.start <= register.address < b.end]
        assert any(register.end <= b.end for b in whole), "a number is never torn in two requests"
    for block in blocks:
        assert block.count <= min(profile.manners.max_registers, 125)
        assert max(gaps(block, registers)) <= profile.manners.max_gap
    assert len(blocks) <= 8, "too many requests for one look"


REGISTERS = st.lists(
    st.builds(
        Register,
        function=st.sampled_from(["input", "holding"]),
        address=st.integers(0, 60),
        kind=st.sampled_from([RegisterType.UINT16, RegisterType.INT32, RegisterType.FLOAT64]),
    ),
    min_size=1,
    max_size=15,
)


@given(registers=REGISTERS, max_registers=st.integers(4, 30), max_gap=st.integers(0, 10))
def test_whatever_is_wanted_is_read_whole_and_within_the_limits(
    registers: list[Register], max_registers: int, max_gap: int
) -> None:
    blocks = plan(registers, max_registers=max_registers, max_gap=max_gap)
    for register in registers:
        own = [b for b in blocks if b.function == register.function]
        assert any(b.start <= register.address and register.end <= b.end for b in own)
    for block in blocks:
        assert block.count <= max_registers
        assert max(gaps(block, registers)) <= max_gap


def test_gaps_are_bridged_up_to_the_limit_and_no_further() -> None:
    near, far = (Register(function="input", address=address, kind=RegisterType.UINT16) for address in (10, 15))
    assert len(plan([near, far], max_registers=60, max_gap=4)) == 1
    assert len(plan([near, far], max_registers=60, max_gap=3)) == 2


@pytest.mark.parametrize(
    ("key", "role", "quantity"),
    [
        ("growatt-hybrid", Role.GRID, Quantity.POWER_W),
        ("growatt-hybrid", Role.BATTERY, Quantity.POWER_W),
        ("growatt-tlx", Role.GRID, Quantity.POWER_W),
        ("growatt-tlx", Role.BATTERY, Quantity.POWER_W),
        ("sma-hybrid", Role.GRID, Quantity.POWER_W),
        ("sma-hybrid", Role.GRID, Quantity.PHASE_POWER_W),
        ("sma-hybrid", Role.BATTERY, Quantity.POWER_W),
        ("sma-home-manager-2", Role.GRID, Quantity.POWER_W),
        ("sma-data-manager", Role.BATTERY, Quantity.POWER_W),
        ("sungrow-sh", Role.BATTERY, Quantity.POWER_W),
        ("solis-hybrid-s", Role.BATTERY, Quantity.POWER_W),
        ("victron-gx", Role.GRID, Quantity.POWER_W),
        ("e3dc-s10", Role.PV, Quantity.POWER_W),
        ("foxess-h3", Role.GRID, Quantity.POWER_W),
        ("deye-hybrid-3p", Role.PV, Quantity.POWER_W),
        ("deye-hybrid-1p", Role.GRID, Quantity.ENERGY_WH),
    ],
)
def test_what_belongs_together_is_read_in_one_request(key: str, role: Role, quantity: Quantity) -> None:
    profile = PROFILES[key]
    section = profile.section_for(role)
    assert section is not None
    own = list(profile.sections[section][quantity].registers())
    blocks = planned(profile, role)
    assert any(all(b.function == r.function and b.start <= r.address and r.end <= b.end for r in own) for b in blocks)


@pytest.mark.parametrize("key", PLAIN)
@settings(max_examples=12)
@given(words=WORDS, role_number=st.integers(0, 4))
def test_whatever_the_registers_hold_no_reading_is_impossible(key: str, words: list[int], role_number: int) -> None:
    profile = PROFILES[key]
    role = profile.roles[role_number % len(profile.roles)]
    reading = looked_once(profile, role, FakeUnit(words))
    assert_possible(profile, role, reading)


@pytest.mark.parametrize(("key", "role"), ROLES)
def test_a_device_that_refuses_some_registers_still_tells_the_rest(key: str, role: Role) -> None:
    profile = PROFILES[key]
    chance = random.Random(f"{key} {role}")
    registers = wanted(profile, role)
    refused = chance.choice(registers)
    unit = FakeUnit([0], frozenset({refused.address}))
    if all(r.address <= refused.address < r.end for r in registers):
        with pytest.raises(DeviceRejected):
            looked_once(profile, role, unit)
        return
    reading = looked_once(profile, role, unit)
    assert_possible(profile, role, reading)
    section = profile.section_for(role)
    assert section is not None
    for quantity, formula in profile.sections[section].items():
        if any(r.address <= refused.address < r.end for r in formula.registers()):
            assert any("refuses" in why for why in reading.refused.values()), quantity


def looked_once(profile: Profile, role: Role, unit: FakeUnit) -> Reading:
    """One reading; neither fake nor meter waits for anything, so that no event loop is needed."""
    look = meter(profile, role, unit).read()
    with pytest.raises(StopIteration) as end:
        look.send(None)
    assert isinstance(end.value.value, Reading)
    return end.value.value


def assert_possible(profile: Profile, role: Role, reading: Reading) -> None:
    section = profile.section_for(role)
    assert section is not None
    for quantity, attribute in {**FLOW, **COUNTERS, **PER_PHASE}.items():
        value = getattr(reading, attribute)
        if value is None:
            continue
        low, high = PHYSICAL_RANGE[quantity]
        for number in value if isinstance(value, tuple) else (value,):
            assert low <= number <= high, (quantity, value)
        assert quantity.value not in reading.refused
    if reading.power_w is not None and role in (Role.PV, Role.LOAD, Role.EV):
        assert reading.power_w >= 0
    turned = {Quantity.ENERGY_WH: Quantity.ENERGY_BACK_WH, Quantity.ENERGY_BACK_WH: Quantity.ENERGY_WH}
    for quantity in profile.sections[section]:
        named = turned.get(quantity, quantity) if profile.sense(role) < 0 else quantity
        attribute = {**FLOW, **COUNTERS, **PER_PHASE}[named]
        missing = getattr(reading, attribute) is None
        assert missing == (named.value in reading.refused), (named, reading.refused)


@pytest.mark.parametrize(("address", "name"), [(72, "energy_back_wh"), (74, "energy_wh")])
def test_a_refused_counter_is_named_as_its_role_calls_it(address: int, name: str) -> None:
    reading = looked_once(PROFILES["eastron-sdm630"], Role.PV, FakeUnit([0], frozenset({address})))
    assert f"register {address}" in reading.refused[name]
    assert {"energy_wh", "energy_back_wh"} & set(reading.refused) == {name}
