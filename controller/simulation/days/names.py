"""How days are written: "broken", "broken:3", "broken:1-5"."""

from __future__ import annotations

import re

from controller.domain.errors import ConfigError
from controller.simulation.days.kind import DayKind

_WRITTEN = re.compile(r"(?P<kind>[a-z]+)(:(?P<first>[0-9]{1,6})(-(?P<last>[0-9]{1,6}))?)?", re.ASCII)


def named_days(text: str) -> tuple[DayKind, range]:
    """The kind and the seeds that a name stands for; without a seed it is the first.

    Raises:
        ConfigError: It is no such name.
    """
    match = _WRITTEN.fullmatch(text)
    if match is None or match["kind"] not in set(DayKind):
        kinds = ", ".join(DayKind)
        raise ConfigError([f"{text!r} is no day: write KIND or KIND:SEED, like broken:3, with one of {kinds}"])
    first = int(match["first"] or 1)
    last = int(match["last"] or first)
    if last < first:
        raise ConfigError([f"{text!r} is no day: seeds run upwards, like {match['kind']}:{last}-{first}"])
    return DayKind(match["kind"]), range(first, last + 1)
