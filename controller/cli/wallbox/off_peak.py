"""`sunpace wallbox off-peak`: the hours that the box keeps by itself, beside ours."""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping
from itertools import zip_longest
from typing import Any, NamedTuple

from rich.console import Group

from controller.app import Box, choice_file, core_settings
from controller.choosing import as_chosen
from controller.cli.outcome import Outcome, WrongUse
from controller.cli.wallbox import tables
from controller.cli.wallbox.way_in import config_file
from controller.cli.wallbox.writes import written_outcome
from controller.config.loader import load_offline
from controller.control.box_times_notice import charging_windows
from controller.control.clock import WallClock
from controller.control.plugins import installed_strategies
from controller.domain.box_times import BoxTimes, Conflict, Period, Reading, conflicts, hours, periods_for
from controller.domain.calendar import DAYS, HOLIDAY, Window
from controller.domain.demand import Scheduled
from controller.plugins.foreign import Plugins
from controller.wallbox.changes import NeedsConsent
from controller.wallbox.off_peak import SECTION, box_times, to_keep, to_switch_off
from controller.wallbox.sections import ReportedField, Value

_UNVERIFIED = (
    "Not verified: the box calls this off-peak charging, and the periods peak periods. Whether it charges only within "
    "them, or not within them, only a try will show; wallbox.off_peak_sense tells it then."
)
_READINGS = {Reading.ALLOWED: "charges, if only within them", Reading.HELD: "charges, if not within them"}


class _Ours(NamedTuple):
    """What the configuration says.

    Attributes:
        windows: Of off-peak, whether or not that is active.
        charging: In which the active strategy charges; None for at any time.
        active: The active strategy's name.
        sense: What the box's periods mean; None where nobody has tried.
    """

    windows: tuple[Window, ...]
    charging: tuple[Window, ...] | None
    active: str
    sense: Reading | None


async def off_peak(box: Box, arguments: argparse.Namespace) -> Outcome:
    """The box's own periods and randomised delay; with --set or --off they are changed."""
    if arguments.peak and not arguments.keep:
        raise WrongUse("--peak belongs to --set: it tells what the box's periods mean")
    ours = _ours(arguments)
    periods, weekends = _to_write(ours, arguments) if arguments.keep else ((), False)
    if arguments.off and not arguments.yes:
        raise NeedsConsent("the wallbox would keep no periods of its own any more: it needs --yes. Nothing was sent")
    fields = await box.client.section(SECTION)
    if arguments.keep:
        return await _write(box, to_keep(fields, periods, weekends=weekends))
    if arguments.off:
        return await _write(box, to_switch_off(fields))
    return _shown(box_times(fields, (await box.client.dialect()).catalogue), ours, fields)


def _ours(arguments: argparse.Namespace) -> _Ours | None:
    """None without a configuration. Raises ConfigError."""
    if (file := config_file(arguments)) is None:
        return None
    installed = installed_strategies()
    loaded = load_offline(file, os.environ, installed, foreign=Plugins(file.parent, installed))
    active = as_chosen(core_settings(loaded), choice_file(loaded.config), loaded, WallClock().now())[0].active
    likely: list[object] = [loaded.strategies.get(name) for name in (active, "off_peak")]
    windows = next((one.windows for one in likely if isinstance(one, Scheduled)), ())
    sense = loaded.config.wallbox.period_sense
    return _Ours(windows, charging_windows(loaded.strategies[active]), active, sense)


def _to_write(ours: _Ours | None, arguments: argparse.Namespace) -> tuple[tuple[Period, ...], bool]:
    """The periods for the box, and whether at weekends. Raises WrongUse, NeedsConsent."""
    if ours is None or not ours.windows:
        raise WrongUse("there are no windows to be set: they stand in a configuration, which --config names")
    if arguments.peak and ours.sense is Reading.ALLOWED:
        raise WrongUse('--peak: wallbox.off_peak_sense = "allowed_within" says the opposite. Nothing was sent')
    try:
        reading = Reading.HELD if arguments.peak else ours.sense or Reading.ALLOWED
        periods, weekends = periods_for(ours.windows, reading)
    except ValueError as error:
        raise WrongUse(f"{error}. Nothing was sent") from error
    if not arguments.yes:
        days = "daily" if weekends else "Monday to Friday"
        listed = ", ".join(map(str, dict.fromkeys(periods)))
        raise NeedsConsent(f"the wallbox would keep {listed} {days}: it needs --yes. Nothing was sent")
    return periods, weekends


async def _write(box: Box, changes: Mapping[str, Value]) -> Outcome:
    """In one call, and read back."""
    if not changes:
        return Outcome({"written": []}, tables.line("the wallbox has it already; nothing was sent"))
    return written_outcome(await box.client.update(changes))


def _shown(times: BoxTimes | None, ours: _Ours | None, fields: tuple[ReportedField, ...]) -> Outcome:
    times = times or BoxTimes()
    windows, sense = (ours.windows, ours.sense) if ours is not None else ((), None)
    found = conflicts(times, ours.charging if ours is not None else None, sense)
    data: dict[str, Any] = {
        "enabled": times.enabled,
        "weekends": times.weekends,
        "periods": [str(period) for period in times.periods],
        "sense": sense,
        "sense_verified": sense is not None,
        "charges": {reading.value: [str(period) for period in hours(times, reading)] for reading in _readings(sense)},
        "randomised_delay_s": times.delay_s,
        "windows": [_window(window) for window in windows],
        "strategy": ours.active if ours is not None else None,
        "conflicts": [{"what": one.what, "remedy": one.remedy} for one in found],
    }
    return Outcome(data, _view(times, ours, windows, found, fields))


def _view(
    times: BoxTimes,
    ours: _Ours | None,
    windows: tuple[Window, ...],
    found: tuple[Conflict, ...],
    fields: tuple[ReportedField, ...],
) -> Group:
    sense = ours.sense if ours is not None else None
    delay = next((tables.shown(field.value, field.unit) for field in fields if field.unit == "s"), "-")
    rows = [
        ("off-peak charging", tables.shown(times.enabled), ""),
        ("at weekends", tables.shown(times.weekends), ""),
        *(
            (f"period {number}", str(period or "-"), "" if window is None else _window(window))
            for number, (period, window) in enumerate(zip_longest(times.periods, windows), 1)
        ),
        *((_READINGS[reading], _hours(times, reading), "") for reading in _readings(sense)),
        ("randomised delay, at most", delay, ""),
    ]
    parts = [tables.table(["", "the wallbox", "ours"], rows)]
    lines = [_UNVERIFIED] if sense is None else []
    if ours is not None and ours.charging is None:
        lines.append(f'The active strategy, "{ours.active}", may charge at any time.')
    lines += [f"warn  {conflict.what}; {conflict.remedy}" for conflict in found]
    return Group(*parts, *(tables.line(line) for line in lines))


def _readings(sense: Reading | None) -> tuple[Reading, ...]:
    """How the box's periods may be read."""
    return tuple(Reading) if sense is None else (sense,)


def _hours(times: BoxTimes, reading: Reading) -> str:
    """On the days on which its periods count."""
    if not times.enabled:
        return "at any time"
    found = hours(times, reading)
    return ", ".join("all day" if one.start == one.end else str(one) for one in found) or "at no time"


def _window(window: Window) -> str:
    """With its days."""
    days = [DAYS[day] for day in sorted(window.days)] + ([HOLIDAY] if window.dates else [])
    named = "daily" if len(days) == len(DAYS) and not window.dates else " ".join(days)
    return f"{window.start:%H:%M}-{window.end:%H:%M} {named}" + (" but on holidays" if window.but_not else "")
