"""The box's counter of the session's energy as evidence of what the car draws; pure.

The dashboard tells the energy with three decimals of a kWh, about four times a minute. Other boxes count coarsely, or
not at all: a span is weighed only when it is long against the counter's grain, and standing still says something only
of a counter that has moved before.
"""

from __future__ import annotations

import itertools
from math import hypot, isfinite

from controller.control.car_belief import Candidate, cast_for, weigh
from controller.control.car_memory import Car, Counter
from controller.control.settings import CoreSettings
from controller.domain.charger import ChargerStatus, OcppState
from controller.domain.units import power_w

_GRAINS_WH = (1000.0, 100.0, 10.0, 1.0, 0.1)
_SPAN_S = 120.0  # shortest span that is weighed
_SPAN_GRAINS = 20.0  # and the fewest grains in it
_SLACK_S = 7.5  # between what the box measured and when it was asked
_SCALE_W = 60.0
_STILL_S = 60.0  # a counter that stands still for so long, and for so many grains, shows a car that draws nothing
_STILL_GRAINS = 8.0
_STILL_GAPS = 2.0  # nor before it has missed its own pace: some boxes count every few minutes only
_TRUSTED_MOVES = 3


def has_news(car: Car, status: ChargerStatus) -> bool:
    """Whether this dashboard's energy was not yet looked at."""
    return status.session_energy_wh is not None if car.counter is None else status.taken_at_s > car.counter.at_s


def observe_counter(car: Car, status: ChargerStatus, settings: CoreSettings, voltage_v: float) -> Car:
    """What a new dashboard's energy says of the car."""
    energy_wh, counter = status.session_energy_wh, car.counter
    if counter is not None and status.taken_at_s <= counter.at_s:
        return car
    if energy_wh is None or not isfinite(energy_wh):
        return car if counter is None else car._replace(counter=None)
    if counter is None or energy_wh < counter.wh:
        fresh = Counter(status.taken_at_s, energy_wh, status.taken_at_s, _grain_wh(energy_wh, _GRAINS_WH[0]))
        return car._replace(counter=fresh)
    offers = car.offered_a > 0 and status.state in (OcppState.CHARGING, OcppState.UNKNOWN)
    if not offers:
        counter = counter._replace(span=None)
    if energy_wh == counter.wh:
        car = car._replace(counter=counter._replace(at_s=status.taken_at_s))
        return _still(car, settings, voltage_v) if offers else car
    car = _moved(car, counter, status.taken_at_s, energy_wh)
    return _spanned(car, settings, voltage_v) if offers else car


def _moved(car: Car, old: Counter, at_s: float, energy_wh: float) -> Car:
    """The counter has moved: the car draws."""
    unsteady = car.rest_w is not None or old.span is None
    counter = old._replace(
        at_s=at_s,
        wh=energy_wh,
        changed_at_s=at_s,
        grain_wh=_grain_wh(energy_wh, old.grain_wh),
        moves=old.moves + 1,
        gap_s=old.gap_s if unsteady else max(old.gap_s, at_s - old.changed_at_s),
        span=None if unsteady else old.span,
    )
    return car._replace(rest_w=None, counter=counter)


def _spanned(car: Car, settings: CoreSettings, voltage_v: float) -> Car:
    """Begins a span at a move of the counter, and weighs the one that ends with it once it is long enough."""
    counter = car.counter
    if counter is None:
        return car
    if counter.span is not None:
        from_s, from_wh = counter.span
        if counter.at_s - from_s < _SPAN_S or counter.wh - from_wh < _SPAN_GRAINS * counter.grain_wh:
            return car
        car = _weighed(car, (from_s, counter.at_s), counter.wh - from_wh, settings, voltage_v)
    return car._replace(counter=counter._replace(span=(counter.at_s, counter.wh)), offers=car.offers[-2:])


def _weighed(car: Car, span: tuple[float, float], energy_wh: float, settings: CoreSettings, voltage_v: float) -> Car:
    """Each candidate's mean power over a span, set against the counter's."""
    from_s, to_s = span
    hours = (to_s - from_s) / 3600
    lag_s = settings.follow_s / 2
    offers = _offers_in(car.offers, from_s - lag_s, to_s - lag_s)
    turned_a = sum(abs(later - sooner) for (_, sooner), (_, later) in itertools.pairwise(offers))
    mean_w = energy_wh / hours
    grain_wh = car.counter.grain_wh if car.counter is not None else 0.0
    late_w = power_w(turned_a, settings.phases, voltage_v) * lag_s / 2 / (to_s - from_s)
    scale_w = hypot(_SCALE_W, grain_wh / hours, mean_w * _SLACK_S / (to_s - from_s), late_w)
    cast = cast_for(settings.phases, settings.max_current_a)
    errors = [
        (mean_w - power_w(_mean_drawn_a(one, offers), one.phases, voltage_v)) / scale_w for one in cast.candidates
    ]
    return car._replace(belief=weigh(car.belief, cast, errors))


def _offers_in(offers: tuple[tuple[float, float], ...], from_s: float, to_s: float) -> list[tuple[float, float]]:
    """(share of the time, offer in A) between two moments, in their order."""
    found = []
    for index, (since_s, offered_a) in enumerate(offers):
        until_s = offers[index + 1][0] if index + 1 < len(offers) else to_s
        begin_s = from_s if index == 0 else max(from_s, since_s)
        if (lasts_s := min(to_s, until_s) - begin_s) > 0:
            found.append((lasts_s / (to_s - from_s), offered_a))
    return found


def _mean_drawn_a(candidate: Candidate, offers: list[tuple[float, float]]) -> float:
    return sum(share * candidate.drawn_a(offered_a) for share, offered_a in offers)


def _still(car: Car, settings: CoreSettings, voltage_v: float) -> Car:
    """The counter stands still: once it should have moved by some grains, the car draws nothing."""
    counter = car.counter
    if counter is None or counter.moves < _TRUSTED_MOVES or not car.recent:
        return car
    since_s = max(counter.changed_at_s, car.steady_since_s + settings.follow_s)
    phases, drawn_a = settings.phases, car.offered_a
    if car.belief is not None:
        phases, drawn_a = car.belief.likeliest.phases, car.belief.likeliest.drawn_a(car.offered_a)
    missing_wh = power_w(drawn_a, phases, voltage_v) * (counter.at_s - since_s) / 3600
    usual_s = max(_STILL_S, _STILL_GAPS * counter.gap_s)
    if counter.at_s - since_s < usual_s or missing_wh < _STILL_GRAINS * counter.grain_wh:
        return car
    return car if car.rest_w is not None else car._replace(rest_w=car.recent[-1].load_w)


def without_frozen_counter(car: Car, since_s: float) -> Car:
    """A counter that has not moved though the car draws since `since_s` says nothing by standing still."""
    counter = car.counter
    if counter is None or counter.moves == 0 or counter.changed_at_s >= since_s:
        return car
    return car._replace(counter=counter._replace(moves=0))


def _grain_wh(energy_wh: float, grain_wh: float) -> float:
    """The largest power of ten, not above `grain_wh`, that divides a counter's value."""
    for candidate_wh in _GRAINS_WH:
        if candidate_wh <= grain_wh and abs(energy_wh / candidate_wh - round(energy_wh / candidate_wh)) < 1e-3:
            return candidate_wh
    return _GRAINS_WH[-1]
