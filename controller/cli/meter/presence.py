"""Which units of a connection answer; and if none does, whether anything there speaks Modbus at all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto

from controller.cli.meter.stranger import Stranger, find_stranger
from controller.domain.errors import DeviceError, DeviceRejected, DeviceTimeout, DeviceUnavailable
from controller.domain.ports import Clock
from controller.meter.connection import Endpoint, Transport, Unit
from controller.meter.formula import Function, Register
from controller.meter.profile import Profile
from controller.meter.quantities import Quantity

_NOBODY_BEHIND = (10, 11)
"""Exceptions by which a gateway says that the unit is not there."""
_PROBES: tuple[tuple[Function, int, int], ...] = (("holding", 0, 2), ("input", 0, 2))

Say = Callable[[str], None]
Probe = tuple[Function, int, int]


class _Heard(Enum):
    """What came of asking a unit."""

    VALUES = auto()
    EXCEPTIONS = auto()
    NOBODY = auto()
    """A gateway says that it is not there."""
    NONSENSE = auto()
    """Or the connection was dropped."""
    NOTHING = auto()


@dataclass(slots=True)
class Presence:
    """Who is there.

    Attributes:
        units: Unit ids that answer, and whether they gave values or only exceptions.
        remark: What a person should know where none does; empty where one does.
    """

    units: dict[int, bool] = field(default_factory=dict)
    remark: str = ""


async def find_units(
    units: Sequence[Unit], endpoint: Endpoint, profiles: Sequence[Profile], *, clock: Clock, timeout_s: float, say: Say
) -> Presence:
    """Asks each unit; ends early where something else than Modbus is spoken. Raises where a line cannot be opened."""
    found = Presence()
    heard: list[_Heard] = []
    for unit in units:
        say(f"{endpoint}: is there a unit {unit.unit_id}? ({len(found.units)} so far)")
        probes = _probes(unit.unit_id, profiles)
        if heard and set(heard) == {_Heard.NONSENSE}:
            probes = probes[:1]  # it is tired of us already
        heard.append(await _ask(unit, probes))
        if heard[-1] in (_Heard.VALUES, _Heard.EXCEPTIONS):
            found.units[unit.unit_id] = heard[-1] is _Heard.VALUES
        elif len(heard) == 1 and heard[-1] is not _Heard.NOBODY and endpoint.host:
            stranger = await find_stranger(endpoint, unit.unit_id, clock, timeout_s)
            if stranger is not None:
                found.remark = _foreign(endpoint, stranger)
                return found
    if not found.units:
        found.remark = _silence(endpoint, heard)
    return found


def _foreign(endpoint: Endpoint, stranger: Stranger) -> str:
    known = f"; it is {stranger}" if stranger is not Stranger.UNKNOWN else ""
    return f"{endpoint}: the port is open, but nothing there speaks Modbus{known}: try {_elsewhere(endpoint)}"


def _silence(endpoint: Endpoint, heard: Sequence[_Heard]) -> str:
    """What to do where no unit answers."""
    if _Heard.NOBODY in heard:
        return f"{endpoint}: no unit answered, says a gateway that did: try other --unit-ids"
    if endpoint.device:
        return f"{endpoint}: no unit answered; try other --unit-ids, --baudrate and --parity, or a longer --timeout"
    if _Heard.NOTHING not in heard:
        return (
            f"{endpoint}: the port is open, but nothing there speaks Modbus, for each question ends the connection or "
            f"brings nonsense: try {_elsewhere(endpoint)}"
        )
    return (
        f"{endpoint}: the port is open, but no unit answered, so perhaps nothing there speaks Modbus: try "
        f"{_elsewhere(endpoint)}; else other --unit-ids, or a longer --timeout"
    )


def _elsewhere(endpoint: Endpoint) -> str:
    other = Transport.RTU_OVER_TCP if endpoint.transport is Transport.TCP else Transport.TCP
    return f"another --port, or --transport {other}"


def _probes(unit_id: int, profiles: Sequence[Profile]) -> list[Probe]:
    """What to ask to see whether somebody is there: also what the devices that usually have this unit id tell."""
    own: dict[Probe, None] = {}
    for profile in profiles:
        if profile.unit_id == unit_id != 1:
            for quantities in profile.sections.values():
                terms = quantities[Quantity.POWER_W].components[0]
                own |= {(t.function, t.address, t.end - t.address): None for t in terms if isinstance(t, Register)}
    return [*_PROBES, *list(own)[:2]]


async def _ask(unit: Unit, probes: Sequence[Probe]) -> _Heard:
    """What comes of asking a unit until it gives values."""
    heard = _Heard.NOTHING
    for function, start, count in probes:
        try:
            await unit.read(function, start, count)
        except DeviceRejected as error:
            if error.status in _NOBODY_BEHIND:
                return _Heard.NOBODY
            heard = _Heard.EXCEPTIONS
        except DeviceTimeout:
            continue
        except DeviceError as error:
            if isinstance(error, DeviceUnavailable) and "cannot be reached" in str(error):
                raise
            if heard is _Heard.NOTHING:
                heard = _Heard.NONSENSE
        else:
            return _Heard.VALUES
    return heard
