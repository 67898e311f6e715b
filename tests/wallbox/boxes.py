"""Replies of a box, for the scripted server."""

from typing import Any

from tests.support.https import answer


def field(key: str, kind: str, value: Any, *, permission: str = "WRITE", **validation: Any) -> dict[str, Any]:
    return {
        "fieldKey": key,
        "fieldLabel": key.title(),
        "groupKey": "somewhere",
        "configurationFieldType": f"{kind}-configuration-field",
        "value": value,
        "permission": {"permissionLevel": permission},
        "validation": validation or None,
    }


LIMIT = field("operator-current-limit", "number", 16, min=6, max=16)
PHASES = field("phases-connected-to-charge-point", "readonly", "3", permission="READ")
POWER = answer([LIMIT, PHASES])


def dashboard(state: str = "SuspendedEV") -> Any:
    return answer(
        [
            {"key": "indicator", "entries": [{"key": "status-wallbox", "value": "OK"}]},
            {"key": "summary", "entries": [{"key": "power", "value": "0,013 kWh"}]},
            {"key": "ocpp-status", "entries": [{"key": "ocpp-state", "value": state}]},
        ]
    )
