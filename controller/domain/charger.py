"""What the wallbox says of itself."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

_FIRST_MINUTE_WH = 400.0  # at 22 kW: a session that has more is not a new one


class OcppState(StrEnum):
    """Connector states of OCPP 1.6 (ChargePointStatus), as the box's dashboard shows them."""

    AVAILABLE = "Available"
    PREPARING = "Preparing"
    CHARGING = "Charging"
    SUSPENDED_EV = "SuspendedEV"
    SUSPENDED_EVSE = "SuspendedEVSE"
    FINISHING = "Finishing"
    RESERVED = "Reserved"
    UNAVAILABLE = "Unavailable"
    FAULTED = "Faulted"
    UNKNOWN = "unknown"
    """Not OCPP's: the box shows no state, or one that nobody knows."""

    @property
    def plugged(self) -> bool | None:
        """Whether a car is plugged in; None where the state does not tell."""
        return _PLUGGED[self]

    @property
    def enabled(self) -> bool | None:
        """Whether the box offers current to the car; None where the state does not tell."""
        return _ENABLED[self]


_PLUGGED: dict[OcppState, bool | None] = {
    OcppState.AVAILABLE: False,
    OcppState.PREPARING: True,
    OcppState.CHARGING: True,
    OcppState.SUSPENDED_EV: True,
    OcppState.SUSPENDED_EVSE: True,
    OcppState.FINISHING: True,
    OcppState.RESERVED: False,
    OcppState.UNAVAILABLE: None,
    OcppState.FAULTED: None,
    OcppState.UNKNOWN: None,
}

_ENABLED: dict[OcppState, bool | None] = {
    OcppState.AVAILABLE: False,
    OcppState.PREPARING: False,
    OcppState.CHARGING: True,
    OcppState.SUSPENDED_EV: True,
    OcppState.SUSPENDED_EVSE: False,
    OcppState.FINISHING: False,
    OcppState.RESERVED: False,
    OcppState.UNAVAILABLE: None,
    OcppState.FAULTED: None,
    OcppState.UNKNOWN: None,
}


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
    """

    taken_at_s: float
    limit_a: int
    limit_max_a: int | None = None
    phases: int | None = None


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
