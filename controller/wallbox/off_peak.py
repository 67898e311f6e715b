"""The box's own off-peak periods and randomised delay, in the section `power`: read, and what is to be written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, time

from controller.domain.box_times import BoxTimes, Period
from controller.domain.errors import DeviceRejected
from controller.wallbox.catalogue import Catalogue
from controller.wallbox.sections import ReportedField, Value
from controller.wallbox.texts import number_in

SECTION = "power"
_ENABLED, _WEEKENDS, _DELAY = "enable-off-peak", "enable-off-peak-weekend", "randomised-delay-range"
_PERIODS = (
    ("off-peak-period1-start", "off-peak-period1-stop"),
    ("off-peak-period2-start", "off-peak-period2-stop"),
)
_FORMS = ("%H:%M", "%H:%M:%S")


def box_times(fields: Sequence[ReportedField], catalogue: Catalogue) -> BoxTimes | None:
    """What the box keeps by itself; None where it shows nothing of that."""
    shown = {field.key: field.value for field in fields}
    known = catalogue.find(_DELAY)
    delay = shown.get(known.key if known is not None else _DELAY)
    if delay is None and _ENABLED not in shown:
        return None
    periods = ((_time(shown.get(start)), _time(shown.get(stop))) for start, stop in _PERIODS)
    return BoxTimes(
        enabled=_truth(shown.get(_ENABLED)),
        weekends=_truth(shown.get(_WEEKENDS)),
        periods=tuple(Period(start, stop) for start, stop in periods if start is not None and stop is not None),
        delay_s=number_in(delay),
    )


def to_keep(fields: Sequence[ReportedField], periods: Sequence[Period], *, weekends: bool) -> Mapping[str, Value]:
    """What is to be written so that the box keeps these periods: only what it does not show yet.

    Raises:
        DeviceRejected: It shows no periods.
    """
    wanted: dict[str, Value] = {_WEEKENDS: weekends}
    for (start, stop), period in zip(_PERIODS, periods, strict=True):
        wanted |= {start: f"{period.start:%H:%M}", stop: f"{period.end:%H:%M}"}
    return _differing(fields, {**wanted, _ENABLED: True})


def to_switch_off(fields: Sequence[ReportedField]) -> Mapping[str, Value]:
    """What is to be written so that the box keeps no periods, likewise. Raises DeviceRejected."""
    return _differing(fields, {_ENABLED: False})


def _differing(fields: Sequence[ReportedField], wanted: Mapping[str, Value]) -> Mapping[str, Value]:
    shown = {field.key: field.value for field in fields}
    if not shown.keys() >= wanted.keys():
        raise DeviceRejected("this wallbox shows no off-peak periods of its own. Nothing was sent")
    return {key: value for key, value in wanted.items() if not _same(shown[key], value)}


def _same(found: Value, value: Value) -> bool:
    """08:00:00 is 08:00."""
    return found == value or (isinstance(value, str) and _time(found) == _time(value))


def _truth(value: Value) -> bool | None:
    return value if isinstance(value, bool) else None


def _time(value: Value) -> time | None:
    """A time of day as the box writes it; None where it shows none."""
    for form in _FORMS:
        try:
            return datetime.strptime(str(value).strip(), form).time()  # noqa: DTZ007 -- a time of day has no zone
        except ValueError:
            continue
    return None
