"""How figures are put into a sentence, and written in a language."""

from __future__ import annotations

import string
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from math import isfinite
from typing import Any, NamedTuple, Protocol, runtime_checkable

from controller.domain.moment import Moment, shown_twice

_UNKNOWN = "?"


@runtime_checkable
class Ground(Protocol):
    """What a sentence is made of: a code and its figures; one of them may be another ground."""

    @property
    def code(self) -> str:
        """Which ground."""
        ...

    @property
    def values(self) -> Mapping[str, Any]:
        """Its figures by name."""
        ...


class Sentence(NamedTuple):
    """What is said of a code; figures in braces, with the formats of `Speaker`.

    Attributes:
        says: Why the box is told what it is told.
        changes: What would have to change for another decision.
    """

    says: str
    changes: str


class Speech(NamedTuple):
    """A language.

    Attributes:
        sentences: Every code's.
        words: Words that stand for a value, like the name of a limit.
        point: The decimal point.
        hours: The unit of hours in a duration.
        days: The days of the week, Monday first, short.
        clock: A day and a time, with `{day}` and `{time}`.
        date: A date, as `strftime` takes it.
    """

    sentences: Mapping[str, Sentence]
    words: Mapping[str, str]
    point: str
    hours: str
    days: Sequence[str]
    clock: str
    date: str


class Speaker(string.Formatter):
    """Says grounds in one language.

    Formats beside those of numbers: `kW` (from W), `kWh` (from Wh), `s` (a duration from seconds), `word` (the
    language's word for a value), `who` (a name as somebody gave it, be it one of those words; the word for "nobody"
    where it is empty), and `change` (what would have to change for a nested ground). A datetime is said as day and
    time; a `Moment` with its date where it takes one, and as `word` by its time alone where that will do, but not as
    `day`. A time that the clock shows twice, since it is put back, is said with its zone. Where two powers of a ground
    differ and would look the same in kW, all of them are said in W.

    Args:
        speech: The language.
        in_w: Whether powers are said in W.
    """

    def __init__(self, speech: Speech, *, in_w: bool = False) -> None:
        self._speech, self._in_w = speech, in_w
        self._exact = self if in_w else Speaker(speech, in_w=True)

    def sentence(self, ground: Ground) -> str:
        """Why."""
        return self._speaker(ground).vformat(self._speech.sentences[ground.code].says, (), ground.values)

    def changes_when(self, ground: Ground) -> str:
        """What would have to change."""
        return self._speaker(ground).vformat(self._speech.sentences[ground.code].changes, (), ground.values)

    def _speaker(self, ground: Ground) -> Speaker:
        powers_w = set() if self._in_w else {round(power_w) for power_w in _powers_w(ground)}
        return self if len({self._figure(power_w, "kW") for power_w in powers_w}) == len(powers_w) else self._exact

    def get_value(self, key: int | str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        """A figure; "?" where a foreign strategy did not give it: no sentence is worth a decision."""
        return kwargs.get(key, _UNKNOWN) if isinstance(key, str) else super().get_value(key, args, kwargs)

    def format_field(self, value: Any, format_spec: str) -> str:
        """A figure as the language writes it."""
        match value:
            case str() if format_spec in ("word", "day"):
                return self._speech.words.get(value, value)
            case str():
                return str(value) if value or format_spec != "who" else self._speech.words["nobody"]
            case int() | float():
                return self._figure(value, format_spec)
            case Moment() | datetime():
                return self._clock(value, format_spec)
            case Ground():
                return self.changes_when(value) if format_spec == "change" else self.sentence(value)
            case _:
                return str(value)

    def _clock(self, value: Moment | datetime, format_spec: str) -> str:
        at, within_a_day, near = value if isinstance(value, Moment) else (value, False, True)
        text, zone = f"{at:%H:%M}", f" {at:%Z}" if shown_twice(at) else ""
        if not within_a_day or format_spec != "word":
            day = self._speech.days[at.weekday()]
            named = day if near else f"{day} {at.strftime(self._speech.date)}"
            text = self._speech.clock.format(day=named, time=text)
        return text + zone

    def _figure(self, value: float, format_spec: str) -> str:
        match format_spec:
            case "kW" if self._in_w:
                return f"{self._number(value, '.0f')} W"
            case "kW":
                return f"{self._number(value / 1000, '.1f')} kW"
            case "kWh":
                return f"{self._number(value / 1000, '.1f')} kWh"
            case "s":
                return format_duration(value, self._speech.hours)
            case _:
                return self._number(value, format_spec)

    def _number(self, value: float, format_spec: str) -> str:
        text = format(value, format_spec)
        if text.startswith("-") and not text.strip("-0."):
            text = text[1:]  # a little below zero is zero
        return text.replace(".", self._speech.point)


def _powers_w(ground: Ground) -> Iterator[float]:
    """The powers of a ground and of those it rests on, W."""
    for name, value in ground.values.items():
        if isinstance(value, Ground):
            yield from _powers_w(value)
        elif name.endswith("_w") and isinstance(value, int | float) and isfinite(value):
            yield value


def format_duration(seconds: float, hours: str = "h") -> str:
    """Seconds as a person says them: "80 s", "12 min", "3 h 5 min"."""
    whole = max(0, round(seconds))
    if whole < 120:
        return f"{whole} s"
    minutes = round(whole / 60)
    if minutes < 120:
        return f"{minutes} min"
    whole_hours, rest = divmod(minutes, 60)
    return f"{whole_hours} {hours}" if rest == 0 else f"{whole_hours} {hours} {rest} min"
