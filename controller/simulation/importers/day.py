"""What the files of one day hold, series by series, before anything is repaired."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from math import nan

from controller.simulation.importers.figures import Figures
from controller.simulation.importers.reading import Role, Wish
from controller.simulation.trace import Trace

_LINE_BITS = 32
"""Of a place, for the line; the file's number lies above."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """A day out of files.

    Attributes:
        trace: The day.
        repairs: A sentence for everything that is not as the files have it.
    """

    trace: Trace
    repairs: tuple[str, ...] = ()


class Shape(StrEnum):
    """What a series' rows stand for."""

    LINE = "line"
    """Samples at a steady pace: a straight line between two; a missing row is a gap."""
    HOLD = "hold"
    """Changes only: a value holds until the next one; silence is no gap."""
    SLOT = "slot"
    """Means from a row's instant to the next; a missing row is a gap."""
    COUNTER = "counter"
    """Readings of a counter; a missing row is a gap."""
    COUNTER_CHANGES = "counter changes"
    """Readings of a counter, only where it has moved."""


@dataclass(slots=True, kw_only=True)
class Series:
    """One column, entity or feed: 24 bytes a row.

    Attributes:
        role: What it measures.
        name: As the file calls it.
        shape: What its rows stand for.
        times_s: Seconds since the epoch, in the file's order.
        values: W or Wh, in our direction; nan where the file says that there is none.
        places: Where each row is; see `Day.place`.
        ends_s: Where each slot ends; empty for all that is no slot.
        end_s: Where the last slot ends.
        missing: Rows without a value.
        first_missing: The first one's place.
        unsorted: Rows that are earlier than the one before.
        first_unsorted: The first one's place.
    """

    role: Role
    name: str
    shape: Shape
    times_s: array[float] = field(default_factory=lambda: array("d"))
    values: array[float] = field(default_factory=lambda: array("d"))
    places: array[int] = field(default_factory=lambda: array("q"))
    ends_s: array[float] = field(default_factory=lambda: array("d"))
    end_s: float | None = None
    missing: int = 0
    first_missing: int = 0
    unsorted: int = 0
    first_unsorted: int = 0

    def add(self, time_s: float, value: float | None, place: int) -> None:
        """A row; None for one that has no value."""
        if value is None:
            self.missing += 1
            self.first_missing = self.first_missing or place
            if self.shape not in {Shape.HOLD, Shape.COUNTER_CHANGES}:
                return
            value = nan
        if self.times_s and time_s < self.times_s[-1]:
            self.unsorted += 1
            self.first_unsorted = self.first_unsorted or place
        self.times_s.append(time_s)
        self.values.append(value)
        self.places.append(place)

    def add_slot(self, start_s: float, end_s: float, value: float | None, place: int) -> None:
        """A row that tells its end."""
        self.add(start_s, value, place)
        if value is not None:
            self.ends_s.append(end_s)
        self.end_s = max(self.end_s or end_s, end_s)

    def take(self, indices: Sequence[int]) -> None:
        """Keeps these rows, in this order."""
        self.times_s = array("d", (self.times_s[index] for index in indices))
        self.values = array("d", (self.values[index] for index in indices))
        self.places = array("q", (self.places[index] for index in indices))
        if self.ends_s:
            self.ends_s = array("d", (self.ends_s[index] for index in indices))


@dataclass(slots=True)
class Day:
    """All series of the files that belong together.

    Attributes:
        files: Their names; the last one is being read.
        figures: Reads that one's numbers.
        series: By role, name and tags.
        seen: What could have been wished for: columns, entities, measurements.
        told: What is to be said already.
    """

    files: list[str] = field(default_factory=list)
    figures: Figures = field(default_factory=lambda: Figures(None))
    series: dict[tuple[str, ...], Series] = field(default_factory=dict)
    seen: dict[str, None] = field(default_factory=dict)
    told: list[str] = field(default_factory=list)

    @property
    def file(self) -> str:
        """The file that is being read."""
        return self.files[-1]

    def here(self, line: int) -> int:
        """A place in the file that is being read."""
        return (len(self.files) - 1) << _LINE_BITS | line

    def place(self, place: int) -> str:
        """A place for people: `F.csv:12`."""
        return f"{self.files[place >> _LINE_BITS]}:{place & (1 << _LINE_BITS) - 1}"

    def of(self, wish: Wish, shape: Shape, *tags: str) -> Series:
        """The series of a wish; made when asked for first."""
        key = (wish.role, wish.source, *tags)
        if key not in self.series:
            self.series[key] = Series(role=wish.role, name=wish.source, shape=shape)
        return self.series[key]


def shape_of(wish: Wish, usual: Shape, between: str | None) -> Shape:
    """What a wish's rows stand for; `usual` is LINE or HOLD."""
    shape = usual if between is None else Shape(between)
    if wish.unit.is_energy:
        return Shape.COUNTER_CHANGES if shape is Shape.HOLD else Shape.COUNTER
    return shape
