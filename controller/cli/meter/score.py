"""Does what a profile makes of a device's registers look like a meter? Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass

from controller.cli.meter.values import watts
from controller.domain.readings import Reading
from controller.meter.quantities import Quantity, Role

_NOMINAL_V = 230.0
_VOLTAGE_SPREAD = 0.15
_PRESENT_V = 20.0
"""Below it a phase is not connected."""
_FREQUENCIES_HZ = (50.0, 60.0)
_FREQUENCY_SPREAD_HZ = 1.0
_HOUSE_W = 45_000.0
_TELLING_W = 30.0
"""Below it a sum proves nothing."""
_ENERGY_WH = (100.0, 1e9)
_NOISE = 1e-6
"""A number that is this small and not zero is a whole number taken for a floating point one."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for a profile, or, with negative points, against it."""

    points: float
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """How well a profile fits.

    Attributes:
        score: 0 to 100.
        reasons: Why, the weightiest first.
        objections: What speaks against it.
    """

    score: int
    reasons: tuple[str, ...]
    objections: tuple[str, ...]


def judge(readings: Mapping[Role, Reading], *, accepted: int, asked: int, derived: Collection[Role] = ()) -> Verdict:
    """How well readings look like those of a meter.

    Args:
        readings: What the profile makes of the registers.
        accepted: Registers that the device gave.
        asked: Registers that the profile wants.
        derived: Roles whose total is computed from the phases, so that its fitting them proves nothing.
    """
    found: list[Evidence] = []
    for check in _CHECKS:
        heard = [reading for role, reading in readings.items() if check is not _phases_add_up or role not in derived]
        spoken = [evidence for reading in heard if (evidence := check(reading)) is not None]
        against = [evidence for evidence in spoken if evidence.points < 0]
        found += against or sorted(spoken, key=lambda evidence: -evidence.points)[:1]
    found += (evidence for reading in readings.values() for evidence in _absurd(reading))
    found.append(Evidence(20 * accepted / max(1, asked), f"{accepted} of {asked} registers"))
    score = min(100.0, max(0.0, sum(evidence.points for evidence in found)))
    found.sort(key=lambda evidence: -abs(evidence.points))
    return Verdict(
        score=round(score),
        reasons=tuple(evidence.text for evidence in found if evidence.points >= 0),
        objections=tuple(evidence.text for evidence in found if evidence.points < 0),
    )


def _voltage(reading: Reading) -> Evidence | None:
    if reading.voltage_v is None:
        return None
    volts = reading.voltage_v[: reading.phases]
    text = f"{'/'.join(f'{v:.0f}' for v in volts)} V"
    present = [v for v in volts if v > _PRESENT_V]
    if not present:
        return Evidence(-10, f"{text}: no voltage")
    if all(abs(v - _NOMINAL_V) <= _VOLTAGE_SPREAD * _NOMINAL_V for v in present):
        return Evidence(25 if len(present) == len(volts) else 20, text)
    return Evidence(-25, f"{text} is not 230 V within 15 %")


def _frequency(reading: Reading) -> Evidence | None:
    hertz = reading.frequency_hz
    if hertz is None:
        return None
    if any(abs(hertz - nominal) <= _FREQUENCY_SPREAD_HZ for nominal in _FREQUENCIES_HZ):
        return Evidence(15, f"{hertz:.1f} Hz")
    return Evidence(-15, f"{hertz:.1f} Hz is neither 50 nor 60")


def _phases_add_up(reading: Reading) -> Evidence | None:
    if reading.power_w is None or reading.phase_power_w is None or reading.phases < 2:
        return None
    total_w, gross_w = sum(reading.phase_power_w), sum(abs(watts) for watts in reading.phase_power_w)
    if gross_w < _TELLING_W and abs(reading.power_w) < _TELLING_W:
        return None  # nothing adds up to nothing everywhere
    if abs(total_w - reading.power_w) <= max(_TELLING_W, 0.05 * gross_w):
        return Evidence(15, "phases add up to the total")
    return Evidence(-15, f"phases add up to {total_w:.0f} W, the total is {reading.power_w:.0f} W")


def _power_within_voltage_times_current(reading: Reading) -> Evidence | None:
    powers = reading.phase_power_w
    if powers is None and reading.phases == 1 and reading.power_w is not None:
        powers = (reading.power_w, 0.0, 0.0)
    if powers is None or reading.voltage_v is None or reading.current_a is None:
        return None
    apparent = [abs(volts * amps) for volts, amps in zip(reading.voltage_v, reading.current_a, strict=True)]
    if max(apparent) < 1:
        return None
    for number, (power_w, apparent_va) in enumerate(zip(powers, apparent, strict=True), start=1):
        if abs(power_w) > 1.1 * apparent_va + 20:
            return Evidence(-15, f"{power_w:.0f} W on L{number} with {apparent_va:.0f} VA")
    return Evidence(10, "powers fit voltages and currents")


def _power(reading: Reading) -> Evidence | None:
    power_w = reading.power_w
    if power_w is None or abs(power_w) < 1:
        return None
    if abs(power_w) <= _HOUSE_W:
        return Evidence(5, f"{'-' if power_w < 0 else ''}{watts(power_w)}")
    return Evidence(-10, f"{power_w / 1000:.0f} kW is much for a house")


def _energy(reading: Reading) -> Evidence | None:
    counters = [wh for wh in (reading.energy_wh, reading.energy_back_wh) if wh]
    if not counters:
        return None
    low, high = _ENERGY_WH
    if any(wh > high for wh in counters):
        return Evidence(-10, f"a counter of {max(counters) / 1000:.0f} kWh")
    return (
        Evidence(10, f"counters of {' and '.join(f'{wh / 1000:.0f}' for wh in counters)} kWh")
        if (max(counters) >= low)
        else None
    )


def _state_of_charge(reading: Reading) -> Evidence | None:
    return Evidence(10, f"battery at {reading.soc_pct:.0f} %") if reading.soc_pct else None


_CHECKS: tuple[Callable[[Reading], Evidence | None], ...] = (
    _voltage,
    _frequency,
    _phases_add_up,
    _power_within_voltage_times_current,
    _power,
    _energy,
    _state_of_charge,
)
_WEIGHTS = {Quantity.VOLTAGE_V: 25, Quantity.FREQUENCY_HZ: 15, Quantity.POWER_W: 15}


def _absurd(reading: Reading) -> Iterator[Evidence]:
    """Values that cannot be, and numbers that come from a wrong type."""
    for quantity in Quantity:
        why = reading.refused.get(quantity.value, "")
        if "outside" in why or "not a number" in why or "it seems that" in why or "scale factor" in why:
            yield Evidence(-_WEIGHTS.get(quantity, 10), f"{quantity.value}: {why}")
        found = getattr(reading, quantity.value)
        numbers = found if isinstance(found, tuple) else (found,)
        if any(number and abs(number) < _NOISE for number in numbers):
            yield Evidence(-20, f"{quantity.value} is next to nothing: a number of another type")
