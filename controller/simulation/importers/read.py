"""Files in, a day out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from controller.simulation.importers.compose import compose, tell_tiny
from controller.simulation.importers.course import course_of
from controller.simulation.importers.day import Day, Recorded
from controller.simulation.importers.detect import OWN, Format, format_of, is_own
from controller.simulation.importers.figures import Decimal, Figures, OtherDecimalError
from controller.simulation.importers.reading import Reading
from controller.simulation.importers.table import open_table
from controller.simulation.importers.words import at, lasting, usual_step_s
from controller.simulation.trace import Trace, TraceError, read_trace

_MOST_NAMES = 12
"""Of what is there instead, in an error."""

_GAP_STEPS = 1.5
_GAP_LEAST_S = 900.0
"""From so many usual steps on, and so long, our own format's straight lines are worth a word."""


def read_day(files: Sequence[Path], reading: Reading) -> Recorded:
    """One day out of one file, or out of several that belong together. Raises TraceError."""
    if len(files) == 1 and _is_own(files[0], reading):
        return _own(files[0])
    decimals: dict[Path, Decimal] = {}
    while True:  # once more at the most for each file whose later numbers tell how its first ones are to be read
        try:
            return _composed(_added(files, reading, decimals), reading)
        except _OtherDecimalInError as found:
            decimals[found.file] = found.decimal


class _OtherDecimalInError(Exception):
    """A file has to be read again."""

    def __init__(self, file: Path, decimal: Decimal) -> None:
        super().__init__(file, decimal)
        self.file, self.decimal = file, decimal


def _added(files: Sequence[Path], reading: Reading, decimals: Mapping[Path, Decimal]) -> Day:
    day = Day()
    for file in files:
        day.files.append(str(file))
        with open_table(file, reading) as table:
            form = format_of(table, reading)
            day.figures = Figures(reading.decimal or form.decimal or decimals.get(file))
            try:
                form.add(table, day, reading)
            except OtherDecimalError as found:
                raise _OtherDecimalInError(file, found.decimal) from found
            day.figures.settle()
            _check_named(form, day, reading)
    return day


def _is_own(file: Path, reading: Reading) -> bool:
    if reading.format is not None or reading.wishes:
        return reading.format == OWN
    with open_table(file, reading) as table:
        return is_own(table)


def _composed(day: Day, reading: Reading) -> Recorded:
    named = {key[:2] for key in day.series}
    for wish in reading.wishes:
        if (wish.role, wish.source) not in named:
            raise TraceError(f"{', '.join(day.files)}: nothing for --column {wish}; there: {_names(day)}")
    courses = [course_of(series, day, reading) for series in day.series.values()]
    return Recorded(trace=compose(courses, day), repairs=tuple(day.told))


def _check_named(form: Format, day: Day, reading: Reading) -> None:
    if not (form.names_itself or reading.wishes or day.series):
        raise TraceError(
            f"{day.file}: say which is which, like --column pv_w=NAME --column grid_w=NAME; there: {_names(day)}"
        )


def _names(day: Day) -> str:
    names = [name for name in day.seen if name]
    more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
    return (", ".join(names[:_MOST_NAMES]) or "nothing that has a name") + more


def _own(file: Path) -> Recorded:
    try:
        trace = read_trace(file)
    except TraceError as error:
        if isinstance(error.__cause__, OSError):
            raise
        raise TraceError(f"{error}; or --format csv, which repairs what is harmless and says so") from error
    told = tell_tiny(str(file), max(trace.pv_w), max(trace.load_w))
    return Recorded(trace=trace, repairs=(*_own_gaps(file, trace), *told))


def _own_gaps(file: Path, trace: Trace) -> tuple[str, ...]:
    times_s = trace.times_s
    limit_s = max(_GAP_LEAST_S, _GAP_STEPS * usual_step_s(times_s))
    longest = max(range(1, len(times_s)), key=lambda index: times_s[index] - times_s[index - 1])
    length_s = times_s[longest] - times_s[longest - 1]
    if length_s <= limit_s:
        return ()
    where = f"from {at(times_s[longest - 1])} to {at(times_s[longest])}"
    return (f"{file}:{longest + 2}: {lasting(length_s)} without a row {where}, bridged in a straight line",)
