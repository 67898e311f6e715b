"""New values for fields: checked against catalogue and box before anything is sent; pure."""

from __future__ import annotations

import difflib
import re
from datetime import datetime
from ipaddress import ip_address
from typing import assert_never

from controller.domain.errors import DeviceRejected
from controller.domain.units import MIN_CURRENT_A
from controller.wallbox.catalogue import LIMIT_FIELD, VALUELESS, Catalogue, CatalogueField, FieldType
from controller.wallbox.sections import ReportedField, Value
from controller.wallbox.texts import truth_in

_NUMBER = re.compile(r"[-+]?\d+(?:[.,]\d+)?")
_TIME = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d")
_LONGEST_TEXT = 1024
_INSTEAD = {
    FieldType.BUTTON: "it is a button; use the command for it",
    FieldType.DOWNLOAD: "it is a file to download; use `sunpace wallbox download`",
    FieldType.UPLOAD: "it is a file to upload; use `sunpace wallbox upload`",
}


class NeedsConsent(DeviceRejected):
    """A person has to agree first, on the command line with --yes; nothing was sent."""

    @classmethod
    def to_change(cls, key: str) -> NeedsConsent:
        """To a new value of a field that can lock the owner out."""
        return cls(f"{key}: a wrong value can lock you out: it needs --yes. Nothing was sent")


def known_field(catalogue: Catalogue, name: str) -> CatalogueField:
    """The catalogue's field of this name. Raises DeviceRejected with the nearest one."""
    known = catalogue.find(name)
    if known is None:
        names = [*catalogue.fields, *(row.means for row in catalogue if row.means is not None)]
        close = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
        hint = f"; did you mean {close[0]}?" if close else "; `sunpace wallbox section KEY` lists those there are"
        raise DeviceRejected(f"there is no field {name!r}{hint} Nothing was sent")
    return known


def check_value(field: CatalogueField | ReportedField, value: Value) -> Value:
    """`value` typed as the field takes it: as the catalogue knows it, or as the box itself reports it.

    Raises:
        DeviceRejected: Read-only, wrong type, out of range; nothing was sent.
    """
    if field.type in VALUELESS:
        raise _refused(field.key, _INSTEAD[field.type])
    if not field.writable:
        raise _refused(field.key, "it can be read only")
    typed = _typed(field.key, field.type, value)
    by = "the wallbox itself reports: " if isinstance(field, ReportedField) else ""
    _check_range(field.key, typed, field.min, field.max, by)
    _check_choice(field.key, typed, field.values, by)
    if isinstance(field, CatalogueField):
        _check_sense(field, typed)
    return typed


def _check_sense(field: CatalogueField, typed: Value) -> None:
    """What neither type nor range can tell."""
    if field.format == "ip" and typed:
        _check_address(field.key, str(typed))
    if LIMIT_FIELD in (field.key, field.means) and 0 < float(typed or 0) < MIN_CURRENT_A:
        raise _refused(field.key, f"{typed} A do not exist: no car charges below {MIN_CURRENT_A} A (IEC 61851-1)")


def _typed(key: str, kind: FieldType, value: Value) -> Value:
    """The value as its type has it; texts are read, in German or English."""
    match kind:
        case FieldType.BOOLEAN:
            truth = truth_in(value)
            if truth is None:
                raise _refused(key, f"{value!r} is neither on nor off")
            return truth
        case FieldType.NUMBER:
            return _whole(key, value)
        case FieldType.TIME:
            if not isinstance(value, str) or not _TIME.fullmatch(value.strip()):
                raise _refused(key, f"{value!r} is no time of day; write it like 22:30")
            return value.strip()
        case FieldType.DATETIME:
            return _datetime(key, value)
        case FieldType.STRING | FieldType.SELECT | FieldType.PASSWORD:
            return _text(key, value)
        case FieldType.BUTTON | FieldType.DOWNLOAD | FieldType.UPLOAD:
            raise _refused(key, _INSTEAD[kind])
        case _:
            assert_never(kind)


def _whole(key: str, value: Value) -> int:
    if isinstance(value, str) and _NUMBER.fullmatch(value.strip()):
        value = float(value.strip().replace(",", "."))
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _refused(key, f"{value!r} is not a number (without a unit behind it)")
    try:
        whole = int(value)
    except (ValueError, OverflowError) as error:
        raise _refused(key, f"{value!r} is not a number") from error
    if whole != value:
        raise _refused(key, f"{value:g} is not a whole number")
    return whole


def _datetime(key: str, value: Value) -> str:
    try:
        datetime.fromisoformat(str(value).strip())
    except ValueError as error:
        raise _refused(key, f"{value!r} is no date and time; write it like 2026-05-01T12:00:00") from error
    return str(value).strip()


def _text(key: str, value: Value) -> str:
    if value is None or isinstance(value, bool):
        raise _refused(key, f"{value!r} is not text")
    text = str(value)
    if len(text) > _LONGEST_TEXT or not text.isprintable():
        raise _refused(key, f"it takes printable text of at most {_LONGEST_TEXT} characters")
    return text


def _check_range(key: str, value: Value, low: float | None, high: float | None, by: str) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return
    if (low is not None and value < low) or (high is not None and value > high):
        least = "" if low is None else f"from {low:g} "
        most = "" if high is None else f"to {high:g}"
        raise _refused(key, f"{value:g} is out of range; {by}it takes {least}{most}".rstrip())


def _check_choice(key: str, value: Value, choices: tuple[str, ...], by: str) -> None:
    if choices and isinstance(value, str) and value not in choices:
        raise _refused(key, f"{value!r} is none of its values; {by}it takes {', '.join(choices)}")


def _check_address(key: str, text: str) -> None:
    try:
        ip_address(text)
    except ValueError as error:
        raise _refused(key, f"{text!r} is no IP address") from error


def _refused(key: str, why: str) -> DeviceRejected:
    return DeviceRejected(f"{key}: {why}. Nothing was sent")
