"""What the box tells of itself: the dashboard, and the fields that its state decides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from controller.domain.charger import OcppState
from controller.simulation.box.fields import Language, Value
from controller.simulation.box.machine import ActiveError, ChargingMachine

_SESSIONS_BEFORE = 28
_PLUG_CYCLES_BEFORE = 31

_TYPE_2 = {
    OcppState.AVAILABLE: "A",
    OcppState.FINISHING: "A",
    OcppState.CHARGING: "C",
    OcppState.FAULTED: "F",
}
"""IEC 61851's letter for the connector; B, a car that draws nothing, for every other state."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Telemetry:
    """The state of the box at one moment.

    Attributes:
        state: The connector's.
        state_shown: What is shown of it.
        errors: Active ones.
        error_count: All there ever were.
        phase_current_a: L1 to L3, A.
        voltage_v: Of each phase, V.
        phases: On which the car charges.
        sessions: All there ever were.
        plug_cycles: Likewise.
        duration_s: Of the session, s.
        energy_kwh: Of the session, kWh.
    """

    state: OcppState
    state_shown: str
    errors: tuple[ActiveError, ...]
    error_count: int
    phase_current_a: tuple[float, float, float]
    voltage_v: float
    phases: int
    sessions: int
    plug_cycles: int
    duration_s: float
    energy_kwh: float


def take_telemetry(machine: ChargingMachine) -> Telemetry:
    """What the machine's box would measure now."""
    plant = machine.plant
    return Telemetry(
        state=machine.state,
        state_shown=machine.state.value,
        errors=tuple(machine.errors),
        error_count=machine.faults,
        phase_current_a=plant.phase_current_a,
        voltage_v=plant.voltage_v,
        phases=plant.settings.phases,
        sessions=_SESSIONS_BEFORE + machine.sessions,
        plug_cycles=_PLUG_CYCLES_BEFORE + machine.plug_cycles,
        duration_s=machine.session_duration_s,
        energy_kwh=machine.session_energy_kwh,
    )


def live_values(seen: Telemetry, now: datetime, language: Language) -> dict[str, Value]:
    """The fields that the state of the box decides, by the Next's key.

    Args:
        seen: The state.
        now: The box's wall clock.
        language: Of texts and decimal points.
    """
    stamp = now.strftime("%Y-%m-%dT%H:%M:%SZ")
    currents = ", ".join(f"{current_a:.1f} A" for current_a in seen.phase_current_a)
    power = ", ".join(f"{current_a * seen.voltage_v * 1000:.0f} mW" for current_a in seen.phase_current_a)
    return {
        "phases-connected-to-charge-point": seen.phases,
        "system-time-setting": stamp,
        "local-system-time-setting": stamp,
        "total-charging-sessions": str(seen.sessions),  # real boxes show some counters as text
        "duration-of-current-charging-session": int(seen.duration_s),
        "power-of-current-charging-session": power,
        "error-counter": seen.error_count,
        "plug-cycles": str(seen.plug_cycles),
        "ocpp-state": seen.state_shown,
        "type-2-state": _TYPE_2.get(seen.state, "B"),
        "signal-current": _decimal(currents, language),
        "signal-voltage": ", ".join([f"{seen.voltage_v:.0f} V"] * 3),
        "errors": ", ".join(error.code for error in seen.errors),
    }


def dashboard(seen: Telemetry, charge_point_id: Value, *, free_charging: bool, language: Language) -> list[Any]:
    """The reply of `GET /api/dashboard-information`."""
    german = language == "de"
    well = not seen.errors
    switch = ("AUS", "EIN") if german else ("OFF", "ON")
    sessions = f"{seen.sessions} {'Ladevorgänge' if german else 'Sessions'}"
    duration = _decimal(f"{seen.duration_s / 60:.2f}", language) + (" Minuten" if german else " minutes")
    energy = _decimal(f"{seen.energy_kwh:.3f}", language) + " kWh"
    status = {
        "dashboardInformationEntryType": "simple-string-dashboard-information-entry",
        **_entry("status-wallbox", "Status Wallbox", "OK" if well else ("FEHLER" if german else "ERROR")),
        "color": "green" if well else "red",
        "isMainStatusEntry": True,
    }
    texts = _GERMAN if german else _ENGLISH
    return [
        _group(
            "indicator",
            texts,
            status,
            _entry("free-charging", texts["free-charging"], switch[free_charging]),
            _entry("connectivity-status", texts["connectivity-status"], ""),
        ),
        _group(
            "summary",
            texts,
            _entry("total-charging-sessions", texts["total-charging-sessions"], sessions),
            _entry("duration", texts["duration"], duration),
            _entry("power", texts["power"], energy),  # the key is `power`, what it tells is an energy
        ),
        _group(
            "ocpp-status",
            texts,
            _entry("charge-point-id", texts["charge-point-id"], str(charge_point_id)),
            _entry("ocpp-state", texts["ocpp-state"], seen.state_shown),
        ),
    ]


_ENGLISH = {
    "indicator": "Status Indicator",
    "free-charging": "Free Charging",
    "connectivity-status": "Connectivity Status",
    "summary": "Summary",
    "total-charging-sessions": "Total Charging Sessions",
    "duration": "Duration of current charging session",
    "power": "Current Energy",
    "ocpp-status": "OCPP Status",
    "charge-point-id": "OCPP ChargeBoxIdentity (Charge PointID)",
    "ocpp-state": "OCPP State",
}
_GERMAN = {
    "indicator": "Statusanzeige",
    "free-charging": "Freies Laden",
    "connectivity-status": "Verbindungsstatus",
    "summary": "Zusammenfassung",
    "total-charging-sessions": "Ladevorgänge gesamt",
    "duration": "Dauer des aktuellen Ladevorgangs",
    "power": "Aktuelle Energie",
    "ocpp-status": "OCPP-Status",
    "charge-point-id": "OCPP ChargeBoxIdentity (Charge PointID)",
    "ocpp-state": "OCPP-Zustand",
}


def _group(key: str, texts: dict[str, str], *entries: dict[str, Any]) -> dict[str, Any]:
    return {"key": key, "label": texts[key], "entries": list(entries)}


def _entry(key: str, label: str, value: str) -> dict[str, Any]:
    return {"key": key, "label": label, "value": value}


def _decimal(text: str, language: Language) -> str:
    return text.replace(".", ",") if language == "de" else text
