"""What the box answers, made into the domain's words; tolerant of what we do not know."""

from __future__ import annotations

import re
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from controller.domain.charger import ChargerStatus, OcppState, PowerSettings
from controller.domain.errors import DeviceProtocolError

LIMIT_FIELD = "operator-current-limit"
_PHASES_FIELD = "phases-connected-to-charge-point"
_NUMBER = re.compile(r"-?\d+(?:[.,]\d+)?")


class _Reply(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class _Token(_Reply):
    access_token: str = Field(min_length=1)


class _Entry(_Reply):
    key: str
    value: Any = None


class _Group(_Reply):
    key: str
    entries: list[_Entry] = []


class _Validation(_Reply):
    min: float | None = None
    max: float | None = None


class _ConfigurationField(_Reply):
    fieldKey: str  # noqa: N815 -- the vendor's spelling
    value: Any = None
    validation: _Validation | None = None


_DASHBOARD = TypeAdapter(list[_Group])
_FIELDS = TypeAdapter(list[_ConfigurationField])


def parse_token(body: object) -> str:
    """The token of a login or refresh reply. Raises DeviceProtocolError."""
    try:
        return _Token.model_validate(body).access_token
    except ValidationError as error:
        raise DeviceProtocolError("the wallbox's login reply has no access_token") from error


def parse_dashboard(body: object, taken_at_s: float) -> ChargerStatus:
    """The reply of `GET /api/dashboard-information`. Raises DeviceProtocolError."""
    try:
        groups = _DASHBOARD.validate_python(body)
    except ValidationError as error:
        raise DeviceProtocolError(f"the wallbox's dashboard is not as specified: {_first(error)}") from error
    values = {entry.key: entry.value for group in groups for entry in group.entries}
    word = str(values.get("ocpp-state") or "")
    known = {state.value.casefold(): state for state in OcppState}
    state = known.get(word.strip().casefold())
    if state is None:
        raise DeviceProtocolError(f"the wallbox's dashboard shows the unknown ocpp-state {word!r}")
    energy_kwh = _number(values.get("power"))  # the key is `power`, its label "Current Energy", its unit kWh
    return ChargerStatus(
        taken_at_s=taken_at_s,
        state=state,
        session_energy_wh=None if energy_kwh is None else 1000 * energy_kwh,
    )


def parse_power_section(body: object, taken_at_s: float) -> PowerSettings:
    """The reply of `GET /api/sections/power`. Raises DeviceProtocolError."""
    try:
        fields = {field.fieldKey: field for field in _FIELDS.validate_python(body)}
    except ValidationError as error:
        raise DeviceProtocolError(f"the wallbox's section power is not as specified: {_first(error)}") from error
    limit = fields.get(LIMIT_FIELD)
    limit_a = _number(limit.value) if limit is not None else None
    if limit is None or limit_a is None:
        raise DeviceProtocolError(f"the wallbox's section power shows no {LIMIT_FIELD}: Sunpace cannot steer this box")
    phases = _number(fields[_PHASES_FIELD].value) if _PHASES_FIELD in fields else None
    limit_max_a = limit.validation.max if limit.validation is not None else None
    return PowerSettings(
        taken_at_s=taken_at_s,
        limit_a=int(limit_a),
        limit_max_a=None if limit_max_a is None else int(limit_max_a),
        phases=int(phases) if phases in (1, 3) else None,
    )


def _number(value: object) -> float | None:
    """The first number in a value that may be typed or text, with decimal point or comma."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return float(value)
    found = _NUMBER.search(value) if isinstance(value, str) else None
    return float(found.group().replace(",", ".")) if found is not None else None


def _first(error: ValidationError) -> str:
    fault = error.errors()[0]
    return f"{'.'.join(map(str, fault['loc'])) or 'reply'}: {fault['msg']}"
