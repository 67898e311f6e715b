"""Rent or buy: what a move is worth against its price, for starts, stops and amps; pure.

Off, what is missed adds up; on, what is borne; at a limit, what another one would have gained. A move is made when that
sum, and what the near future is expected to add, outweighs the move's price. What is missed is paid back by what would
have been lost, so that trembling adds up to nothing. `docs/control.md` derives this, with the origin of each constant.
"""

from __future__ import annotations

from math import inf
from typing import NamedTuple

from controller.control.sky import Sky
from controller.domain.demand import Sun
from controller.domain.worth import best_a, worth_w

_PRICE_SHARE = 0.6  # of a start's price: who waits for all of it has paid twice in the end
_COMMAND_COSTS_KWH = 0.002
_AHEAD_S = 85.0  # what is there now goes on for so long,
_RECENT_AHEAD_S = 150.0  # and what was there of late for so long beyond
_RECENT_S = 110.0
_RECENT_LEAST_KW = -1.0  # a cloud says no more than that: how dark it is says nothing of when it ends
_CHANGE_AHEAD_S = 30.0  # for so long a limit will serve as it does now
_CHANGE_PRICE_SHARE = 1.6  # of a command's price at a solar share of 1, and in proportion
_BUSY_WRITES = 4.0  # writes in the last hour that double the price
_BUSY_SWITCHES = 6.0  # starts and stops in the last hour that double the price of a start, and twice as many by five
_BUSY_S = 3600.0
_MARGIN = 0.6  # of the spread, at a solar share of 1: none at a half, where too much costs what too little does
_NOISE_MARGIN = 0.68
_ALWAYS_KW = 0.001  # so much at the least is the minimum worth to who wants it always
_LONGEST_STEP_S = 10.0  # that one look stands for


class Scales(NamedTuple):
    """What weighs for and against the next move, kWh of sun.

    Attributes:
        weighed_at_s: The sky's look that was weighed last.
        missed_kwh: While off, since charging became worthwhile.
        borne_kwh: While on, since it ceased to be.
        raise_kwh: What more amps would have gained so far.
        reduce_kwh: And fewer.
        recent_kw: What charging would have been worth of late.
        writes: Commands in the last hour, fading.
        switches: Starts and stops among them, likewise.
        worth_kw: What charging is worth by the time a command works; negative where it costs.
        expected_w: The car's surplus by then, W.
        best_a: The limit that would suit best then.
        switch_lacks_kwh: What is missing for a start or stop; infinite where none is wanted.
        change_lacks_kwh: And for another limit.
    """

    weighed_at_s: float | None = None
    missed_kwh: float = 0.0
    borne_kwh: float = 0.0
    raise_kwh: float = 0.0
    reduce_kwh: float = 0.0
    recent_kw: float = _RECENT_LEAST_KW
    writes: float = 0.0
    switches: float = 0.0
    worth_kw: float = 0.0
    expected_w: float = 0.0
    best_a: int = 0
    switch_lacks_kwh: float = inf
    change_lacks_kwh: float = inf

    @property
    def due(self) -> bool:
        """Whether a move has outweighed its price."""
        return self.switch_lacks_kwh <= 0.0 or self.change_lacks_kwh <= 0.0

    def told(self, *, switched: bool) -> Scales:
        """After a command: what spoke for it is spent."""
        if not switched:
            return self._replace(raise_kwh=0.0, reduce_kwh=0.0, change_lacks_kwh=inf, writes=self.writes + 1.0)
        return Scales(  # until the next look
            self.weighed_at_s, recent_kw=self.recent_kw, writes=self.writes + 1.0, switches=self.switches + 1.0
        )

    def at_rest(self) -> Scales:
        """While the sun is not followed: how often was switched is not forgotten over it."""
        return Scales(switches=self.switches) if self.switches else EMPTY


EMPTY = Scales()


def _remembered(scales: Scales, at_s: float, worth_kw: float, charging: bool) -> tuple[float, float, float, float]:
    """Hours since the last look, and what it was of late by now: its worth, kW, writes, and switches."""
    recent_kw, writes, switches = scales.recent_kw, scales.writes, scales.switches
    if scales.weighed_at_s is None:
        if charging:  # somebody else wanted it so far: what was of late is not known, and not held against it
            recent_kw = worth_kw if worth_kw > 0.0 else 0.0
        return 0.0, recent_kw, writes, switches
    step_s = at_s - scales.weighed_at_s
    step_s = step_s if step_s < _LONGEST_STEP_S else _LONGEST_STEP_S
    felt_kw = worth_kw if worth_kw > _RECENT_LEAST_KW else _RECENT_LEAST_KW
    recent_kw += (felt_kw - recent_kw) * step_s / (step_s + _RECENT_S)
    return step_s / 3600.0, recent_kw, writes - writes * step_s / _BUSY_S, switches - switches * step_s / _BUSY_S


def weigh(
    scales: Scales,
    sky: Sky,
    sun: Sun,
    limit_a: int,
    *,
    charging: bool,
    aside_w: float,
    watts_per_amp: float,
    range_a: tuple[int, int],
) -> Scales:
    """What weighs after one more look at the sky; the same object where there was none.

    Args:
        scales: What weighed.
        sky: What is known of it.
        sun: What the strategy makes of the surplus.
        limit_a: The limit in force, A.
        charging: Whether the box has been told to charge.
        aside_w: By how much PV less load exceeds what of it is the car's, W.
        watts_per_amp: Power of an amp on every phase in use, W.
        range_a: The smallest current that charges, and the largest allowed, A.
    """
    looked_at_s, share, least_a, most_a = sky.looked_at_s, sun.solar_share, *range_a
    if looked_at_s is None:
        if sun.always:
            return _at_least(least_a, limit_a, charging)
        return _in_the_dark(sun, charging, watts_per_amp, least_a)
    if looked_at_s == scales.weighed_at_s:
        return scales
    expected_w = sky.expected_w - aside_w
    likely_a = best_a(expected_w, watts_per_amp, share, least_a, most_a)
    worth_kw = worth_w(likely_a * watts_per_amp, expected_w, share) / 1000.0
    if sun.always and worth_kw < _ALWAYS_KW:
        worth_kw = _ALWAYS_KW
    hours, recent_kw, writes, switches = _remembered(scales, looked_at_s, worth_kw, charging)
    ahead_kwh = (_AHEAD_S * worth_kw + _RECENT_AHEAD_S * recent_kw) / 3600.0
    cautious_w = expected_w - (share - 0.5) * (_MARGIN * sky.spread_w + _NOISE_MARGIN * sky.noise_w)
    suits_a = best_a(cautious_w, watts_per_amp, share, least_a, most_a)
    price_kwh = _PRICE_SHARE * (sun.start_costs_kwh + 2 * _COMMAND_COSTS_KWH)
    if charging:
        borne_kwh = _at_least_0(scales.borne_kwh - worth_kw * hours)
        if borne_kwh == inf and worth_kw >= 0.0:
            borne_kwh = 0.0
        missed_kwh, lacks_kwh = 0.0, price_kwh - borne_kwh + ahead_kwh if worth_kw < 0.0 else inf
        raise_kwh, reduce_kwh, change_kwh = _changes(
            scales, limit_a, suits_a, cautious_w, share, watts_per_amp, hours=hours, writes=writes
        )
        if limit_a < least_a:
            change_kwh = 0.0
    else:
        busy = switches / _BUSY_SWITCHES
        price_kwh += price_kwh * busy * busy
        missed_kwh = _at_least_0(scales.missed_kwh + worth_kw * hours)
        lacks_kwh = price_kwh - missed_kwh - ahead_kwh if worth_kw > 0.0 else inf
        if sun.always:
            lacks_kwh = 0.0
        borne_kwh, raise_kwh, reduce_kwh, change_kwh = 0.0, 0.0, 0.0, inf
    return Scales(
        looked_at_s,
        missed_kwh,
        borne_kwh,
        raise_kwh,
        reduce_kwh,
        recent_kw,
        writes,
        switches,
        worth_kw,
        expected_w,
        suits_a,
        lacks_kwh,
        change_kwh,
    )


def _changes(  # noqa: PLR0917 -- hot
    scales: Scales,
    limit_a: int,
    suits_a: int,
    cautious_w: float,
    share: float,
    watts_per_amp: float,
    *,
    hours: float,
    writes: float,
) -> tuple[float, float, float]:
    """What raising and what reducing have gained by now, kWh, and what the one that suits lacks of its price.

    Where the limit suits, its neighbours are weighed: what they would have cost takes back what they have gained.
    """
    raised_a = suits_a if suits_a > limit_a else limit_a + 1
    reduced_a = suits_a if suits_a < limit_a else limit_a - 1
    now_kw = worth_w(limit_a * watts_per_amp, cautious_w, share) / 1000.0
    raise_kw = worth_w(raised_a * watts_per_amp, cautious_w, share) / 1000.0 - now_kw
    reduce_kw = worth_w(reduced_a * watts_per_amp, cautious_w, share) / 1000.0 - now_kw
    raise_kwh = _at_least_0(scales.raise_kwh + raise_kw * hours)
    reduce_kwh = _at_least_0(scales.reduce_kwh + reduce_kw * hours)
    if suits_a == limit_a:
        return raise_kwh, reduce_kwh, inf
    gained_kwh, gains_kw = (raise_kwh, raise_kw) if suits_a > limit_a else (reduce_kwh, reduce_kw)
    lacks_kwh = _change_price_kwh(share, writes) - gained_kwh - _CHANGE_AHEAD_S * gains_kw / 3600.0
    return raise_kwh, reduce_kwh, lacks_kwh


def _change_price_kwh(share: float, writes: float) -> float:
    """What another limit has to be worth: the more, the more was written of late, and the dearer the grid."""
    return _COMMAND_COSTS_KWH * _CHANGE_PRICE_SHARE * share * (1.0 + writes / _BUSY_WRITES)


def _at_least_0(kwh: float) -> float:
    return kwh if kwh > 0.0 else 0.0


def _in_the_dark(sun: Sun, charging: bool, watts_per_amp: float, least_a: int) -> Scales:
    """Where PV gives nothing no surplus is sun: on, it is stopped; off, it is forgotten what was."""
    draws_w = least_a * watts_per_amp
    if not charging and sun.surplus_w < sun.solar_share * draws_w:
        return EMPTY
    worth_kw = worth_w(draws_w, 0.0, sun.solar_share) / 1000.0
    return Scales(worth_kw=worth_kw, best_a=least_a, switch_lacks_kwh=0.0 if charging else inf)


def _at_least(least_a: int, limit_a: int, charging: bool) -> Scales:
    """Where PV gives nothing and the minimum is wanted all the same: that, and no more."""
    return Scales(
        worth_kw=_ALWAYS_KW,
        best_a=least_a,
        switch_lacks_kwh=inf if charging else 0.0,
        change_lacks_kwh=0.0 if charging and limit_a != least_a else inf,
    )


def moves_within_s(scales: Scales) -> float:
    """When a start or stop comes at the latest, s, if all stays as it is; infinite before the next look at the sky."""
    lacks_kwh, worth_kw = scales.switch_lacks_kwh, scales.worth_kw
    if lacks_kwh <= 0.0:
        return 0.0
    if not worth_kw:
        return inf
    # what was of late may have spoken for it louder than what is now: that fades
    felt_kw = worth_kw if worth_kw > _RECENT_LEAST_KW else _RECENT_LEAST_KW
    fades_kw = scales.recent_kw - felt_kw if worth_kw > 0.0 else felt_kw - scales.recent_kw
    return (3600.0 * lacks_kwh + _RECENT_AHEAD_S * _at_least_0(fades_kw)) / abs(worth_kw)
