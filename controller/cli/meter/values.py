"""What a look has shown, under the names that people know; pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from controller.domain.readings import Reading
from controller.meter.connection import Endpoint
from controller.meter.device import Look
from controller.meter.formula import Point
from controller.meter.quantities import Quantity, Role
from controller.meter.registers import ValueRefused

_OTHER_COUNTER = {Quantity.ENERGY_WH: Quantity.ENERGY_BACK_WH, Quantity.ENERGY_BACK_WH: Quantity.ENERGY_WH}
_DIGITS = 3
_UNITS = {"w": "W", "a": "A", "v": "V", "hz": "Hz", "wh": "Wh", "pct": "%"}

Value = float | list[float] | None


def public_values(readings: Mapping[Role, Reading]) -> tuple[dict[str, Value], dict[str, str]]:
    """Values by public name, null where refused; and the reasons, by the same names."""
    values: dict[str, Value] = {}
    refused: dict[str, str] = {}
    for role, reading in readings.items():
        for quantity in Quantity:
            name = role.public_name(quantity)
            found = getattr(reading, quantity.value)
            if quantity.value in reading.refused:
                values[name], refused[name] = None, reading.refused[quantity.value]
            elif isinstance(found, tuple):
                values[name] = [_rounded(number) for number in found[: reading.phases]]
            elif found is not None:
                values[name] = _rounded(found)
    return values, refused


def address_of(endpoint: Endpoint, unit_id: int) -> dict[str, Any]:
    """Where a device is, for programs."""
    if endpoint.device:
        place: dict[str, Any] = {"device": endpoint.device, **asdict(endpoint.serial)}
    else:
        place = {"host": endpoint.host, "port": endpoint.port}
    return {"transport": endpoint.transport.value, **place, "unit_id": unit_id}


def with_unit(name: str, value: Value) -> str:
    """A value as people write it: "1234 W", "231.1 / 229.9 / 230.4 V"."""
    if value is None:
        return "-"
    unit = _UNITS[name.rpartition("_")[2]]
    numbers = value if isinstance(value, list) else [value]
    return " / ".join(_written(number, unit) for number in numbers) + f" {unit}"


def watts(power_w: float) -> str:
    """A power as people say it, without its sign: "350 W", "2.1 kW"."""
    magnitude = abs(power_w)
    return f"{magnitude:.0f} W" if magnitude < 999.5 else f"{magnitude / 1000:.1f} kW"


@dataclass(frozen=True, slots=True, kw_only=True)
class RawTerm:
    """One number as it came over the wire.

    Attributes:
        name: The public name of what it belongs to.
        phase: From 1, for what has a value a phase; else None.
        function: Function code: 3 for holding registers, 4 for input registers.
        address: Of its first register, from 0.
        type: Its register type and word order.
        words: Its registers in hex.
        number: The number in them; None where there is none.
        value: The same in unit and sense of the profile; None where there is none.
        fault: Why there is none.
    """

    name: str
    phase: int | None
    function: int
    address: int
    type: str
    words: tuple[str, ...]
    number: float | None = None
    value: float | None = None
    fault: str | None = None


def raw_terms(role: Role, look: Look, *, turned: bool) -> list[RawTerm]:
    """Every register that a look has read.

    Args:
        role: What the device was read as.
        look: The look.
        turned: Whether the role's sense is the other one than the profile's; then counters change places.
    """
    rows: list[RawTerm] = []
    for quantity, formula in look.layout.formulas.items():
        name = role.public_name(_OTHER_COUNTER.get(quantity, quantity) if turned else quantity)
        for index, terms in enumerate(formula.components):
            phase = index + 1 if quantity.per_phase else None
            rows += [_raw(name, phase, term, look) for term in terms if not isinstance(term, Point)]
    return rows


def _raw(name: str, phase: int | None, term: Any, look: Look) -> RawTerm:
    words: tuple[str, ...] = ()
    number = value = fault = None
    try:
        words = tuple(f"{word:04x}" for word in term.words(look.memory))
        number = term.raw(look.memory)
        value = term.value(look.memory)
    except ValueRefused as error:
        fault = str(error)
    return RawTerm(
        name=name,
        phase=phase,
        function=4 if term.function == "input" else 3,
        address=term.address,
        type=f"{term.kind} {term.word_order}" if term.kind.registers > 1 else str(term.kind),
        words=words,
        number=number,
        value=value,
        fault=fault,
    )


def _rounded(number: float) -> float:
    return round(number, _DIGITS) + 0.0  # no -0.0


def _written(number: float, unit: str) -> str:
    return f"{number:.0f}" if unit in ("W", "Wh") else f"{number:.2f}" if unit in ("A", "Hz") else f"{number:.1f}"
