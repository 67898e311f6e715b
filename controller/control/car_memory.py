"""What is remembered of the car and of the house around it; plain values."""

from __future__ import annotations

import math
from typing import NamedTuple

from controller.control.car_belief import Belief
from controller.domain.readings import Phases

_GOES_ON_S = 20.0  # a slope; further ahead it tells nothing


class Sample(NamedTuple):
    """One reading of the house.

    Attributes:
        at_s: When it was taken, monotonic seconds.
        load_w: What house and car draw, W: the grid's power and what PV and home battery give, where that is metered.
        phase_a: Grid current a phase, A, where it bears its power's sign.
        pv_w: What the PV's meter showed, W; None where it showed nothing.
    """

    at_s: float
    load_w: float
    phase_a: Phases | None
    pv_w: float | None = None


class Level(NamedTuple):
    """Mean of some samples.

    Attributes:
        load_w: As in `Sample`, W.
        spread_w: Half of what lies between the highest and the lowest, W.
        phase_a: As in `Sample`, A; None unless all had it.
    """

    load_w: float
    spread_w: float
    phase_a: Phases | None


class Step(NamedTuple):
    """A change of the offer whose answer is awaited.

    Attributes:
        began_s: When the offer first left `from_a`.
        at_s: When it changed last.
        from_a: What was offered before, A.
        before: The house then.
        w_per_s: And where it was going, by PV that is not metered and by itself, W/s.
    """

    began_s: float
    at_s: float
    from_a: float
    before: Level
    w_per_s: float = 0.0

    def house_w(self, at_s: float) -> float:
        """What the house would draw at a moment if the car had not been told anything, W."""
        gone_s = at_s - self.began_s
        return self.before.load_w + self.w_per_s * (gone_s if gone_s < _GOES_ON_S else _GOES_ON_S)


class Counter(NamedTuple):
    """The box's counter of the session's energy.

    Attributes:
        at_s: When it was read last.
        wh: What it showed then.
        changed_at_s: When it was first seen to show that.
        grain_wh: The largest power of ten that divides all that it showed, Wh.
        moves: How often it has changed in this session.
        gap_s: The longest it took from one change to the next while the car drew, s.
        span: (second, Wh) of a change, since which the offers are known and were never 0; None when there is none.
    """

    at_s: float
    wh: float
    changed_at_s: float
    grain_wh: float
    moves: int = 0
    gap_s: float = 0.0
    span: tuple[float, float] | None = None


class Car(NamedTuple):
    """The car, as far as it has shown itself since it was plugged in; all times are monotonic seconds.

    Attributes:
        offers: (since when, A) of the offers, the one in force last; only as far back as they matter.
        metered: Whether PV and home battery were known in the last sample: a change of that is no change of the house,
            and what was sampled before it says nothing any more.
        step: The change of the offer whose answer is awaited.
        quiet: The last mark of a house with an unchanged offer: when, and what it drew.
        counter: The box's counter.
        belief: Which car it is; None where nothing was seen.
        rest_w: The load at which the car was found to draw nothing though it may, W; None when it draws.
        doubts: How many marks in a row were too low for a car that draws.
        noise_w: By how much the house changes by itself within half a minute, W: half of the time by less.
        uneven_w: By how much its phases then differ in that, W.
        lowest_w: The least load seen without the car, W; below 0 where something feeds in that no meter shows.
        recent: The last samples; the last field, as it changes most.
    """

    offers: tuple[tuple[float, float], ...] = ()
    metered: tuple[bool, bool] = (False, False)
    step: Step | None = None
    quiet: tuple[float, Level] | None = None
    counter: Counter | None = None
    belief: Belief | None = None
    rest_w: float | None = None
    doubts: int = 0
    noise_w: float = 200.0
    uneven_w: float = 200.0
    lowest_w: float = 0.0
    recent: tuple[Sample, ...] = ()

    @property
    def offered_a(self) -> float:
        """The offer in force, A."""
        return self.offers[-1][1] if self.offers else 0.0

    @property
    def steady_since_s(self) -> float:
        """When the offer changed last."""
        return self.offers[-1][0] if self.offers else math.inf
