"""The dashboard and the list of errors: what the box shows on its first page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import Field, TypeAdapter

from controller.domain.charger import ChargerStatus, OcppState
from controller.wallbox.replies import Reply, parsed
from controller.wallbox.texts import duration_s_in, energy_wh_in, plain, truth_in, whole_in

_STATES = {state.value.casefold(): state for state in OcppState if state is not OcppState.UNKNOWN}
_LONGEST = 200


class _Entry(Reply):
    key: str
    label: Any = None
    value: Any = None
    color: Any = None


class _Group(Reply):
    key: str
    label: Any = None
    entries: tuple[_Entry, ...] | None = None


class _Error(Reply):
    code: str | int | None = Field(default=None, alias="errorCode")
    description: str | None = Field(default=None, alias="errorDescription")
    timestamp: str | float | None = None


_DASHBOARD = TypeAdapter(list[_Group])
_ERRORS = TypeAdapter(list[_Error])


@dataclass(frozen=True, slots=True)
class DashboardEntry:
    """One line: the box's key, its label in the language asked for, its text, and its colour if it has one."""

    key: str
    label: str
    text: str
    color: str | None = None


@dataclass(frozen=True, slots=True)
class DashboardGroup:
    """One group of lines."""

    key: str
    label: str
    entries: tuple[DashboardEntry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dashboard:
    """The reply of `GET /api/dashboard-information`; None for what the box does not show, or shows unreadably.

    Attributes:
        groups: Everything, as the box shows it.
        status: Its word on itself, such as "OK".
        free_charging: Whether anybody may charge.
        connectivity: Its word on its connection.
        charging_sessions: Sessions so far.
        session_duration_s: Of the session under way, s.
        session_energy_wh: Of the session under way, Wh.
        charge_point_id: Its name towards a backend.
        ocpp_state: The connector's state.
        ocpp_state_text: As the box writes it.
    """

    groups: tuple[DashboardGroup, ...]
    status: str | None
    free_charging: bool | None
    connectivity: str | None
    charging_sessions: int | None
    session_duration_s: float | None
    session_energy_wh: float | None
    charge_point_id: str | None
    ocpp_state: OcppState | None
    ocpp_state_text: str

    def as_status(self, taken_at_s: float) -> ChargerStatus:
        """What control needs of it; a state that the box does not tell is UNKNOWN."""
        return ChargerStatus(
            taken_at_s=taken_at_s,
            state=self.ocpp_state or OcppState.UNKNOWN,
            session_energy_wh=self.session_energy_wh,
        )


@dataclass(frozen=True, slots=True)
class BoxError:
    """An active error of the box.

    Attributes:
        code: Its code, such as "ConnectorLockFailure".
        description: The box's words.
        timestamp: Since when, as the box writes it; its clock may be wrong.
    """

    code: str
    description: str
    timestamp: str


def parse_dashboard(body: object) -> Dashboard:
    """The reply of `GET /api/dashboard-information`. Raises DeviceProtocolError."""
    groups = parsed(_DASHBOARD, body, "dashboard")
    values = {entry.key: entry.value for group in groups for entry in group.entries or ()}
    word = plain(values.get("ocpp-state") or "").strip()
    return Dashboard(
        groups=tuple(_shown(group) for group in groups),
        status=_text(values.get("status-wallbox")),
        free_charging=truth_in(values.get("free-charging")),
        connectivity=_text(values.get("connectivity-status")),
        charging_sessions=whole_in(values.get("total-charging-sessions")),
        session_duration_s=duration_s_in(values.get("duration")),
        session_energy_wh=energy_wh_in(values.get("power")),  # its key is `power`, its label "Current Energy"
        charge_point_id=_text(values.get("charge-point-id")),
        ocpp_state=_STATES.get(word.casefold()),
        ocpp_state_text=word,
    )


def parse_errors(body: object) -> tuple[BoxError, ...]:
    """The reply of `GET /api/current-errors`. Raises DeviceProtocolError."""
    rows = parsed(_ERRORS, body, "list of errors")
    return tuple(
        BoxError(_word(row.code), plain(row.description or "", _LONGEST), _word(row.timestamp)) for row in rows
    )


def _shown(group: _Group) -> DashboardGroup:
    entries = tuple(
        DashboardEntry(
            plain(entry.key),
            plain(entry.label or entry.key),
            _word(entry.value),
            plain(entry.color) if entry.color else None,
        )
        for entry in group.entries or ()
    )
    return DashboardGroup(plain(group.key), plain(group.label or group.key), entries)


def _word(value: object) -> str:
    return "" if value is None else plain(value, _LONGEST)


def _text(value: object) -> str | None:
    return _word(value) or None
