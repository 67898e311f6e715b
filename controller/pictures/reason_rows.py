"""The reasons of a day, a row each: when they stood, and for how long in all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from controller.domain.reasons import ReasonCode
from controller.pictures.record import Ground

MOST_ROWS = 12
"""As many have room in a picture."""

_SUN, _CLOUD, _NIGHT, _WAIT, _PLAN, _LIMIT, _FAULT = (
    "#E69F00",
    "#56B4E9",
    "#8C8C8C",
    "#CC79A7",
    "#009E73",
    "#0072B2",
    "#D55E00",
)

_LOOKS: dict[ReasonCode, tuple[str, str]] = {
    ReasonCode.SUN: ("sun", _SUN),
    ReasonCode.CLOUD: ("cloud", _CLOUD),
    ReasonCode.NO_SUN: ("too little sun", _NIGHT),
    ReasonCode.MIN_ON: ("has just started", _WAIT),
    ReasonCode.MIN_OFF: ("has just stopped", _WAIT),
    ReasonCode.WINDOW: ("off-peak window", _PLAN),
    ReasonCode.OUTSIDE_WINDOW: ("outside the windows", _NIGHT),
    ReasonCode.WINDOW_ENERGY: ("off-peak energy", _PLAN),
    ReasonCode.WINDOW_SPENT: ("off-peak energy done", _NIGHT),
    ReasonCode.FIXED: ("fixed current", _PLAN),
    ReasonCode.PLUGIN: ("plug-in", _PLAN),
    ReasonCode.PRICE_LOW: ("low price", _PLAN),
    ReasonCode.PRICE_CHEAPEST: ("cheapest hours", _PLAN),
    ReasonCode.PRICE_BRIDGED: ("goes on, dearer", _PLAN),
    ReasonCode.PRICE_HIGH: ("too dear", _NIGHT),
    ReasonCode.PRICE_UNKNOWN: ("price not known", _FAULT),
    ReasonCode.PRICE_LEAVES_ROOM: ("left to the sun", _PLAN),
    ReasonCode.PRICE_STALE: ("old prices", _PLAN),
    ReasonCode.READY_CHARGES: ("charges by plan", _PLAN),
    ReasonCode.READY_WAITS: ("sun before the plan", _SUN),
    ReasonCode.READY_SHORT: ("cannot be ready", _FAULT),
    ReasonCode.STARTS_SOON: ("starts soon", _SUN),
    ReasonCode.STOPS_SOON: ("stops soon", _CLOUD),
    ReasonCode.EXPECTED: ("looks ahead", _SUN),
    ReasonCode.DARK: ("PV shows nothing", _NIGHT),
    ReasonCode.WEIGHS_START: ("weighs a start", _SUN),
    ReasonCode.WEIGHS_STOP: ("weighs a stop", _CLOUD),
    ReasonCode.CALM: ("calm", _WAIT),
    ReasonCode.PACING: ("box is paced", _WAIT),
    ReasonCode.BUDGET: ("write budget spent", _WAIT),
    ReasonCode.FUSE: ("main fuse", _LIMIT),
    ReasonCode.FUSE_HELD: ("main fuse, still", _LIMIT),
    ReasonCode.FUSE_UNWATCHED: ("fuse not watched", _LIMIT),
    ReasonCode.NO_HEADROOM: ("no headroom", _LIMIT),
    ReasonCode.NO_CAR: ("no car", _NIGHT),
    ReasonCode.CAR_PAUSED: ("car takes nothing", _NIGHT),
    ReasonCode.CAR_ASLEEP: ("car sleeps", _NIGHT),
    ReasonCode.CAR_WAKING: ("car is woken", _WAIT),
    ReasonCode.CAR_WONT_WAKE: ("car does not wake", _FAULT),
    ReasonCode.LIMIT_IGNORED: ("limit ignored, off", _FAULT),
    ReasonCode.LIMIT_IGNORED_SOON: ("limit ignored", _FAULT),
    ReasonCode.LIMIT_IGNORED_HELD: ("limit ignored, held", _FAULT),
    ReasonCode.LIMIT_IGNORED_OFF: ("limit ignored, waits", _FAULT),
    ReasonCode.LIMIT_IGNORED_CAPPED: ("limit ignored, cap", _LIMIT),
    ReasonCode.METER_STALE: ("no grid reading", _FAULT),
    ReasonCode.STRATEGY_FAILED: ("strategy failed", _FAULT),
    ReasonCode.METER_AWAITED: ("meter awaited", _WAIT),
    ReasonCode.BOX_AWAITED: ("box awaited", _WAIT),
    ReasonCode.BOX_FAULT: ("fault at the box", _FAULT),
    ReasonCode.BOX_DOWN: ("box does not answer", _FAULT),
    ReasonCode.BOX_REFUSES: ("box refuses", _FAULT),
    ReasonCode.BOX_LOCKED: ("locked out", _FAULT),
    ReasonCode.BATTERY_UNKNOWN: ("battery is silent", _FAULT),
    ReasonCode.BATTERY_SPARED: ("as far as the sun", _SUN),
    ReasonCode.BATTERY_HELD: ("battery is spared", _NIGHT),
    ReasonCode.CURTAILED: ("hidden sun tried", _SUN),
    ReasonCode.STARTS_SPENT: ("starts are spent", _LIMIT),
    ReasonCode.CAP: ("limit from outside", _LIMIT),
    ReasonCode.CAP_STOPS: ("stopped from outside", _LIMIT),
    ReasonCode.CAP_KEPT: ("limit is kept", _FAULT),
    ReasonCode.CAP_UNREADABLE: ("limit unreadable", _FAULT),
    ReasonCode.PAUSED: ("paused by hand", _NIGHT),
    ReasonCode.BOOST: ("boost by hand", _PLAN),
    ReasonCode.BOOST_ENERGY: ("boost by hand, kWh", _PLAN),
    ReasonCode.WANTED_SOON: ("wanted again soon", _WAIT),
    ReasonCode.ENDS_SOON: ("over too soon", _WAIT),
    ReasonCode.OFF: ("switched off", _NIGHT),
    ReasonCode.MINIMUM: ("minimum, and sun", _SUN),
    ReasonCode.MINIMUM_ONLY: ("minimum only", _FAULT),
    ReasonCode.FIXED_POWER: ("fixed power", _PLAN),
    ReasonCode.FIXED_POWER_LOW: ("power too low", _NIGHT),
    ReasonCode.FIXED_UNTIL: ("fixed, until then", _PLAN),
    ReasonCode.FIXED_ENERGY: ("fixed, so much", _PLAN),
}

_OTHER_CODES = _PLAN  # somebody else's reasons
_ORDER = {str(code): place for place, code in enumerate(ReasonCode)}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonRow:
    """One reason over a day.

    Attributes:
        name: The code, or the text.
        label: In short words.
        colour: Of its family: sun, cloud, waiting, plan, limit, fault.
        spans_s: (from, to) in epoch seconds, rising, apart from one another.
    """

    name: str
    label: str
    colour: str
    spans_s: Sequence[tuple[float, float]]

    @property
    def total_s(self) -> float:
        """For how long in all, s."""
        return sum(to_s - from_s for from_s, to_s in self.spans_s)


def short_name(code: ReasonCode) -> str:
    """A reason in short words."""
    return _LOOKS[code][0]


def reason_rows(grounds: Sequence[Ground], end_s: float, most: int = MOST_ROWS) -> list[ReasonRow]:
    """A row for each reason, in the order of the codes, then of first appearance.

    Args:
        grounds: Changes of the reason, rising in time.
        end_s: Until when the last one stands, epoch seconds.
        most: Rows; where there are more reasons the shortest ones share the last row.
    """
    spans: dict[str, list[tuple[float, float]]] = {}
    ends_s = [ground.at_s for ground in grounds[1:]] + [end_s]
    for ground, to_s in zip(grounds, ends_s, strict=False):
        mine = spans.setdefault(ground.name, [])
        if mine and mine[-1][1] == ground.at_s:
            mine[-1] = (mine[-1][0], to_s)
        else:
            mine.append((ground.at_s, to_s))
    rows = [_row(name, mine) for name, mine in spans.items()]
    rows.sort(key=lambda row: _ORDER.get(row.name, len(_ORDER)))
    return rows if len(rows) <= most else _joined(rows, most)


def _row(name: str, spans_s: Sequence[tuple[float, float]]) -> ReasonRow:
    label, colour = _LOOKS[ReasonCode(name)] if name in _ORDER else (name, _OTHER_CODES)
    return ReasonRow(name=name, label=label, colour=colour, spans_s=spans_s)


def _joined(rows: list[ReasonRow], most: int) -> list[ReasonRow]:
    """The longest ones, and one row for the others."""
    longest = sorted(rows, key=lambda row: row.total_s, reverse=True)[: most - 1]
    kept = [row for row in rows if row in longest]
    rest = [row for row in rows if row not in longest]
    spans_s = sorted(span for row in rest for span in row.spans_s)
    return [*kept, ReasonRow(name="other", label=f"{len(rest)} others", colour=_OTHER_CODES, spans_s=spans_s)]
