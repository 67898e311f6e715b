"""What the wallbox says of itself."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from controller.domain.box_times import BoxTimes

_FIRST_MINUTE_WH = 400.0  # at 22 kW: a session that has more is not a new one


class OcppState(StrEnum):
    """Connector states of OCPP 1.6 (ChargePointStatus), as the box's dashboard shows them.

    Attributes:
        plugged: Whether a car is plugged in; None where the state does not tell.
        enabled: Whether the box offers current to the car; None where the state does not tell.
        drawing: Whether a car may be drawing.
        out_of_order: Whether the box cannot charge at all.
    """

    AVAILABLE = "Available", False, False
    PREPARING = "Preparing", True, False
    CHARGING = "Charging", True, True
    SUSPENDED_EV = "SuspendedEV", True, True
    SUSPENDED_EVSE = "SuspendedEVSE", True, False
    FINISHING = "Finishing", True, False
    RESERVED = "Reserved", False, False
    UNAVAILABLE = "Unavailable", None, None
    FAULTED = "Faulted", None, None
    UNKNOWN = "unknown", None, None
    """Not OCPP's: the box shows no state, or one that nobody knows."""

    plugged: bool | None
    enabled: bool | None
    drawing: bool
    out_of_order: bool

    def __new__(cls, value: str, plugged: bool | None, enabled: bool | None) -> Self:
        """What a state means, kept with it: it is asked several times a decision."""
        state = str.__new__(cls, value)
        state._value_ = value
        state.plugged, state.enabled = plugged, enabled
        state.drawing = value in {"Charging", "unknown"}
        state.out_of_order = value in {"Unavailable", "Faulted"}
        return state


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargerStatus:
    """The box's dashboard.

    Attributes:
        taken_at_s: Monotonic second at which the request was sent.
        state: The connector's state.
        session_energy_wh: Energy of the running session, Wh; None where the box does not tell.
    """

    taken_at_s: float
    state: OcppState
    session_energy_wh: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PowerSettings:
    """The box's section `power`, as far as control needs it.

    Attributes:
        taken_at_s: Monotonic second at which the request was sent.
        limit_a: The operator current limit in force, A.
        limit_max_a: The field's own `validation.max`, A; None where the box does not tell.
        phases: Phases connected to the charge point; None where the box does not tell.
        times: The hours that the box keeps by itself; None where it tells none.
    """

    taken_at_s: float
    limit_a: int
    limit_max_a: int | None = None
    phases: int | None = None
    times: BoxTimes | None = None


def plugged_anew(status: ChargerStatus, plugged_before: bool | None, energy_before_wh: float | None) -> bool:
    """Whether a car was plugged in since the last look.

    Args:
        status: This look.
        plugged_before: Whether one was at the last; None where the box did not tell.
        energy_before_wh: The session's energy then, Wh: a car that is exchanged between two looks begins at nothing.
    """
    if status.state.plugged is False:
        return False
    energy_wh = status.session_energy_wh
    fallen = (
        energy_wh is not None
        and energy_before_wh is not None
        and energy_wh < energy_before_wh / 2
        and energy_wh < _FIRST_MINUTE_WH
    )
    return fallen or (plugged_before is False and status.state.plugged is True)
