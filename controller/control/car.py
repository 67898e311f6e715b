"""Finds out what the car draws, and on which phases, where no meter of its own tells; pure.

Four kinds of evidence weigh the candidates of `car_belief`:

- our own steps: the house before a change of the offer, set against the house once the car has followed; the total,
  and the phases against one another, which clouds and the inverter leave alike;
- the box's counter of the session's energy, over two minutes and more (`car_energy`);
- the house itself, where PV is metered: it cannot draw less than the car does;
- a meter of the car's own, while it answers: it teaches the phases for the time when it does not.

Before any evidence the car is taken to draw what it is offered on all phases. A home battery that no meter shows
answers our steps in the grid's place, and then the car is found too small: it costs sun, never a fuse.
"""

from __future__ import annotations

from math import hypot, inf, isfinite
from typing import NamedTuple

from controller.control.car_belief import Candidate, cast_for, drawn_of, weigh
from controller.control.car_energy import has_news, observe_counter, without_frozen_counter
from controller.control.car_memory import Car, Level, Sample, Step
from controller.control.settings import CoreSettings
from controller.control.state import Snapshot, State
from controller.domain.charger import ChargerStatus
from controller.domain.readings import House, Phases
from controller.domain.units import MIN_CURRENT_A, power_w

KNOWN = 0.95
"""Certainty from which the number of phases is counted on."""

ANSWER_S = 14.0
"""From the moment the car should have followed until its answer has been weighed."""

_SURE = 0.99  # a meter that tells what is already so certain is not weighed again
_SAMPLE_S = 2.0  # samples are at least so far apart
_METERED_SAMPLE_S = 6.0  # and so far while the car's own meter tells all but its phases
_SURE_SAMPLE_S = 30.0  # and so far once those are known too, or nothing is offered
_METERED_MARK_S = 60.0  # likewise between two looks at a house with an unchanged offer
_WINDOW_S = 12.0  # and make a level for so long
_MARK_S = 30.0  # between two looks at a house with an unchanged offer
_START_S = 90.0  # a car may take so long to draw its first current
_OFFERS = 64  # so many are remembered for the counter's sake
_DARK_W, _SUNSET_W = 20.0, 300.0  # from more to less between two samples no sun sets: its meter has fallen silent
_OWN_S = 10.0  # an offer that changes later than this after our call was changed by somebody else
_LEAST_ANSWER = 0.5  # of the smallest car's: less is no answer
_DRAWS_SHARE = 0.6  # of the smallest believable power: with less the car draws nothing
_FOLLOWS_SHARE = 0.25  # an answer misses what the car would have given by less
_RESUMES_S = 8.0  # for so long it has to draw again
_STEP_SCALE_W = 120.0  # error of an answer in a quiet house
_CLOUDS_W = 300.0  # more where no meter shows the PV: our steps come when the clouds do
_SLOPE_SAMPLES = 4  # the fewest that show one
_BENDS_SHARE = 0.25  # of what a slope makes of the house until the answer: so far it may be wrong about that
_FLOOR_SCALE_W = 150.0
_METER_SCALE_W, _METER_SHARE = 60.0, 0.03
_LOWEST_FADES = 0.98  # a mark: what fed in unmetered is forgotten within hours
_NOISE_LEARNS = 1.15  # up or down by this: it settles at the median, and a kettle is no noise
_NOISE_LEAST_W, _NOISE_MOST_W = 30.0, 3000.0


class CarEstimate(NamedTuple):
    """What the car draws of an offer.

    Attributes:
        current_a: A phase in use, A; never more than it is offered.
        phases: In use: 1 to 3.
        certainty: Of `phases`, 0..1; 0 where nothing was seen yet, and everything is assumed.
        max_current_a: The car's own limit, A; None where none has shown.
    """

    current_a: float
    phases: int
    certainty: float
    max_current_a: float | None


def estimate_car(car: Car, offered_a: float, settings: CoreSettings) -> CarEstimate:
    """What the car draws once it has followed an offer of `offered_a`, A a phase."""
    if car.belief is None:
        return CarEstimate(0.0 if car.rest_w is not None else offered_a, settings.phases, 0.0, None)
    likeliest = car.belief.likeliest
    current_a = 0.0 if car.rest_w is not None else likeliest.drawn_a(offered_a)
    cap_a = likeliest.cap_a if likeliest.cap_a < settings.max_current_a else None
    return CarEstimate(current_a, likeliest.phases, car.belief.certainty, cap_a)


def known_phases(car: Car, settings: CoreSettings) -> int:
    """Phases that a strategy may count on: the configured ones until the car has shown others beyond doubt."""
    belief = car.belief
    return settings.phases if belief is None or belief.certainty < KNOWN else belief.likeliest.phases


def observe_car(state: State, snapshot: Snapshot, settings: CoreSettings, voltage_v: float) -> Car:
    """What is known of the car after this look at house and box.

    Args:
        state: The core's memory, what the box was told brought up to date.
        snapshot: All that is known now.
        settings: The site.
        voltage_v: Mean phase voltage, V.
    """
    car, told, status = state.car, state.told, snapshot.status
    if told is None or status is None:
        return car
    offered_a = float(told.limit_a) if told.charging else 0.0
    drawing = status.state.drawing
    house = snapshot.house
    taken_at_s = snapshot.now_s - house.grid_age_s
    settled = drawing or (car.rest_w is None and status.state.plugged is not False)
    as_before = (offers := car.offers) != () and offered_a == offers[-1][1]
    if settled and as_before and not _due(car, house, taken_at_s, settings, status):
        return car
    if not drawing and status.state.plugged is False:
        return Car(noise_w=car.noise_w, uneven_w=car.uneven_w, lowest_w=car.lowest_w)
    if not as_before:
        if car.step is not None:
            car = _answered(car, drawing, settings, voltage_v, window_s=0.0)
        car = _offered(car, offered_a, state.told_at_s, snapshot.now_s, settings)
    if not drawing and car.rest_w is not None:
        car = car._replace(rest_w=None, doubts=0)
    if has_news(car, status):
        car = observe_counter(car, status, settings, voltage_v)
    return _observe_house(car, snapshot, drawing, settings, voltage_v)


def _observe_house(car: Car, snapshot: Snapshot, drawing: bool, settings: CoreSettings, voltage_v: float) -> Car:
    """What a new reading of the house says of the car."""
    house = snapshot.house
    if house.grid_w is None or house.grid_age_s > settings.stale_after_s or house.battery_missing:
        return car._replace(recent=(), step=None, quiet=None) if car.recent else car
    sampled = _sampled(car, house, snapshot.now_s - house.grid_age_s, voltage_v)
    if sampled is car:
        return car
    car = _resumed(sampled, house, settings, voltage_v) if sampled.rest_w is not None else sampled
    if car.step is not None:
        car = _answered(car, drawing, settings, voltage_v)
    if car.step is None and car.recent[-1].at_s - car.steady_since_s >= settings.follow_s:
        return _marked(car, house, drawing, settings, voltage_v)
    return car


def _due(car: Car, house: House, taken_at_s: float, settings: CoreSettings, status: ChargerStatus) -> bool:
    """Whether house or box are to be looked at: a reading that is new, or one that is not to be trusted."""
    recent = car.recent
    if not recent or house.grid_w is None or house.grid_age_s > settings.stale_after_s or house.battery_missing:
        return True
    if has_news(car, status) or car.metered != _metering(car, house):
        return True
    since_s = taken_at_s - recent[-1].at_s
    if house.ev_w is None:
        return since_s >= _SAMPLE_S
    if since_s < _METERED_SAMPLE_S:  # the less there is to find out, the longer
        return False
    sure = car.offered_a <= 0 or (car.belief is not None and car.belief.certainty >= _SURE)
    return not sure or since_s >= _SURE_SAMPLE_S


def _metering(car: Car, house: House) -> tuple[bool, bool]:
    """Whether PV and home battery are known; a PV that is gone from one sample to the next is not, until it is back."""
    pv_w, known = house.pv_w, house.pv_w is not None
    if pv_w is not None and pv_w < _DARK_W and car.recent and (last_w := car.recent[-1].pv_w) is not None:
        known = car.metered[0] and last_w < _SUNSET_W
    return known, house.battery_w is not None


def _offered(car: Car, offered_a: float, told_at_s: float, now_s: float, settings: CoreSettings) -> Car:
    """Another offer: by us, and then its answer is awaited, or by somebody else."""
    ours = car.offers != () and 0 <= now_s - told_at_s <= _OWN_S
    at_s = told_at_s if ours else now_s
    kept = [offer for offer in car.offers[-_OFFERS:] if car.counter is not None and car.counter.span is not None]
    offers = (*(kept or car.offers[-1:]), (at_s, offered_a))
    fresh = car.recent != () and now_s - car.recent[-1].at_s <= _WINDOW_S
    found_off = len(car.offers) == 1 and car.offered_a <= 0  # at first contact: it has been so for long
    step, before = None, _level(car, car.recent[-1].at_s - _WINDOW_S) if fresh else None
    if ours and car.step is not None:
        step = car.step._replace(at_s=at_s)
    elif ours and before is not None and (found_off or at_s - car.steady_since_s >= settings.follow_s):
        slope = 0.0 if car.metered[0] else _slope(car.recent)  # what switches on does not go on rising
        step = Step(began_s=at_s, at_s=at_s, from_a=car.offered_a, before=before, w_per_s=slope)
    return car._replace(offers=offers, step=step, quiet=None, doubts=0)


def _sampled(car: Car, house: House, taken_at_s: float, voltage_v: float) -> Car:
    """With one more sample, where the reading is a new one."""
    load_w = (house.grid_w or 0.0) + (house.pv_w or 0.0) + (house.battery_w or 0.0)
    if not isfinite(load_w):
        return car
    if (metered := _metering(car, house)) != car.metered:
        car = car._replace(metered=metered, recent=(), step=None, quiet=None, doubts=0)
    if car.recent and taken_at_s - car.recent[-1].at_s < _SAMPLE_S:
        return car
    recent = car.recent
    while recent and taken_at_s - recent[0].at_s > _WINDOW_S:
        recent = recent[1:]
    return Car(*car[:-1], (*recent, Sample(taken_at_s, load_w, _signed(house, voltage_v), house.pv_w)))


def _signed(house: House, voltage_v: float) -> Phases | None:
    """The phase currents, where they add up to the grid's power: a meter that tells no sign tells no direction."""
    currents_a = house.grid_current_a
    if currents_a is None or house.grid_w is None:
        return None
    tolerance_w = 300.0 + 0.15 * abs(house.grid_w)
    return currents_a if abs(sum(currents_a) * voltage_v - house.grid_w) <= tolerance_w else None


def _level(car: Car, since_s: float) -> Level | None:
    """Mean of the samples taken since; None without any."""
    samples = [sample for sample in car.recent if sample.at_s >= since_s]
    if not samples:
        return None
    loads_w = [sample.load_w for sample in samples]
    phases = [sample.phase_a for sample in samples if sample.phase_a is not None]
    mean_a: Phases | None = None
    if len(phases) == len(samples):
        a, b, c = (sum(column) / len(column) for column in zip(*phases, strict=True))
        mean_a = (a, b, c)
    return Level(sum(loads_w) / len(loads_w), (max(loads_w) - min(loads_w)) / 2, mean_a)


def _slope(samples: tuple[Sample, ...]) -> float:
    """Where the load was going, W/s: the straight line through the samples."""
    if len(samples) < _SLOPE_SAMPLES:
        return 0.0
    mean_s = sum(one.at_s for one in samples) / len(samples)
    square_s2 = sum((one.at_s - mean_s) ** 2 for one in samples)
    return sum((one.at_s - mean_s) * one.load_w for one in samples) / square_s2 if square_s2 > 0 else 0.0


def _answered(car: Car, drawing: bool, settings: CoreSettings, voltage_v: float, window_s: float = _WINDOW_S) -> Car:
    """Weighs the answer to our step, once the car has had time to follow."""
    step, now_s = car.step, car.recent[-1].at_s if car.recent else -inf
    if step is None or now_s < step.at_s + settings.follow_s + window_s:
        return car
    level = _level(car, step.at_s + settings.follow_s)
    if level is None or (car.offered_a > 0 and not drawing):
        return car._replace(step=None)
    answer_w = level.load_w - step.house_w(now_s)
    least_w = _LEAST_ANSWER * power_w(MIN_CURRENT_A, 1, voltage_v)
    silent = 0.0 in (step.from_a, car.offered_a) and abs(answer_w) < least_w
    wakes = step.from_a <= 0 < car.offered_a and now_s < step.at_s + _START_S
    if wakes and (silent or level.spread_w > least_w / 2):
        return car
    if silent or car.rest_w is not None:
        return car._replace(step=None)
    if step.from_a <= 0 and answer_w >= _DRAWS_SHARE * _least_w(car, voltage_v):
        car = without_frozen_counter(car, step.at_s)
    cast = cast_for(settings.phases, settings.max_current_a)
    longer = ((now_s - step.began_s) / _MARK_S) ** 0.5
    bends_w = _BENDS_SHARE * (step.house_w(now_s) - step.before.load_w)
    scale_w = hypot(_STEP_SCALE_W, car.noise_w * longer, step.before.spread_w, level.spread_w, bends_w)
    if not car.metered[0]:
        scale_w = hypot(scale_w, _CLOUDS_W)
    changes_a = [one.drawn_a(car.offered_a) - one.drawn_a(step.from_a) for one in cast.candidates]
    errors = [
        (answer_w - power_w(change_a, one.phases, voltage_v)) / scale_w
        for one, change_a in zip(cast.candidates, changes_a, strict=True)
    ]
    if (answer_a := _moved_a(step.before, level)) is not None and settings.phases > 1:
        scale_a = hypot(_STEP_SCALE_W, car.uneven_w * longer) / voltage_v
        uneven = [
            _uneven_a(answer_a, one, change_a) / scale_a
            for one, change_a in zip(cast.candidates, changes_a, strict=True)
        ]
        errors = [hypot(error, apart, error * apart) for error, apart in zip(errors, uneven, strict=True)]
    return car._replace(step=None, belief=weigh(car.belief, cast, errors))


def _least_w(car: Car, voltage_v: float) -> float:
    """The smallest power of this car while it draws, W: that of one phase until it has shown more beyond doubt."""
    belief = car.belief
    certain = belief is not None and belief.certainty >= KNOWN
    return power_w(MIN_CURRENT_A, belief.likeliest.phases if belief is not None and certain else 1, voltage_v)


def _resumed(car: Car, house: House, settings: CoreSettings, voltage_v: float) -> Car:
    """The end of a rest, looked for in every sample: with a wrong belief the offer may never hold still."""
    if car.rest_w is None or house.ev_w is not None:
        return car
    if car.step is not None and _followed(car, car.step, settings, voltage_v):
        return without_frozen_counter(car, car.step.began_s)._replace(rest_w=None, doubts=0)
    if not car.metered[0] and car.counter is not None:
        return car  # a cloud looks like the car's return, and the counter tells it
    draws_w = car.rest_w + _DRAWS_SHARE * _least_w(car, voltage_v)
    if car.recent[-1].at_s - car.recent[0].at_s < _RESUMES_S or any(one.load_w < draws_w for one in car.recent):
        return car
    return car._replace(rest_w=None, doubts=0, step=None)


def _followed(car: Car, step: Step, settings: CoreSettings, voltage_v: float) -> bool:
    """Whether the house has followed a large step for some seconds, as it would if the car drew all the time."""
    change_a, phases = car.offered_a - step.from_a, settings.phases
    if car.belief is not None:
        likeliest = car.belief.likeliest
        change_a, phases = likeliest.drawn_a(car.offered_a) - likeliest.drawn_a(step.from_a), likeliest.phases
    expected_w = power_w(change_a, phases, voltage_v)
    if abs(expected_w) < _DRAWS_SHARE * _least_w(car, voltage_v):
        return False
    answers_w = [one.load_w - step.before.load_w for one in car.recent if car.recent[-1].at_s - one.at_s <= _RESUMES_S]
    missed_w = max(abs(answer_w - expected_w) for answer_w in answers_w)
    return len(answers_w) > 1 and missed_w <= _FOLLOWS_SHARE * abs(expected_w)


def _moved_a(before: Level, after: Level) -> Phases | None:
    """How the current of each phase has changed, A."""
    if before.phase_a is None or after.phase_a is None:
        return None
    a, b, c = (later_a - sooner_a for later_a, sooner_a in zip(after.phase_a, before.phase_a, strict=True))
    return a, b, c


def _learned_w(noise_w: float, moved_w: float) -> float:
    """The noise a step nearer to its median."""
    learned_w = noise_w * _NOISE_LEARNS if moved_w > noise_w else noise_w / _NOISE_LEARNS
    return min(_NOISE_MOST_W, max(_NOISE_LEAST_W, learned_w))


def _uneven_a(answer_a: Phases, candidate: Candidate, change_a: float) -> float:
    """By how much the phases' answers differ, A, once the candidate's part is taken out of them."""
    rest_a = [seen_a - on * change_a for seen_a, on in zip(answer_a, candidate.on, strict=True)]
    return max(rest_a) - min(rest_a)


def _marked(car: Car, house: House, drawing: bool, settings: CoreSettings, voltage_v: float) -> Car:
    """Every half minute of an unchanged offer: the house's own noise, and what contradicts the belief."""
    now_s, quiet = car.recent[-1].at_s, car.quiet
    if quiet is not None and now_s - quiet[0] < (_MARK_S if house.ev_w is None else _METERED_MARK_S):
        return car
    level = _level(car, now_s - _WINDOW_S)
    if level is None:
        return car
    noise_w, uneven_w = car.noise_w, car.uneven_w
    if quiet is not None:
        noise_w = _learned_w(noise_w, abs(level.load_w - quiet[1].load_w))
        if (moved_a := _moved_a(quiet[1], level)) is not None:
            uneven_w = _learned_w(uneven_w, (max(moved_a) - min(moved_a)) * voltage_v)
    car = car._replace(quiet=(now_s, level), noise_w=noise_w, uneven_w=uneven_w)
    calm = level.spread_w <= _FLOOR_SCALE_W  # else its meters may tell of different moments
    if car.offered_a <= 0:
        known_w = min(0.0, level.load_w) if car.metered[0] and calm else 0.0
        return car._replace(lowest_w=min(car.lowest_w * _LOWEST_FADES, known_w))
    if not drawing or quiet is None:  # a car may follow a little later than it should
        return car
    if house.ev_w is not None:
        return _metered(car, house.ev_w, settings, voltage_v)
    return _bounded(car, level.load_w, settings, voltage_v) if calm else car


def _metered(car: Car, ev_w: float, settings: CoreSettings, voltage_v: float) -> Car:
    """The car's own meter teaches which car it is."""
    if ev_w < _LEAST_ANSWER * power_w(MIN_CURRENT_A, 1, voltage_v):
        return car
    scale_w = _METER_SCALE_W + _METER_SHARE * ev_w
    believed = estimate_car(car, car.offered_a, settings)
    if believed.certainty >= _SURE and abs(ev_w - power_w(believed.current_a, believed.phases, voltage_v)) < scale_w:
        return car
    cast = cast_for(settings.phases, settings.max_current_a)
    errors = [
        (ev_w - all_a * voltage_v) / scale_w
        for all_a in drawn_of(settings.phases, settings.max_current_a, car.offered_a)
    ]
    return car._replace(belief=weigh(car.belief, cast, errors), rest_w=None, doubts=0)


def _bounded(car: Car, load_w: float, settings: CoreSettings, voltage_v: float) -> Car:
    """The house cannot draw less than the car in it: a smaller car, or one that draws nothing."""
    if car.rest_w is not None:
        return car._replace(rest_w=min(car.rest_w, load_w), doubts=0)
    if not car.metered[0]:
        return car
    seen_w, load_w = load_w, load_w - car.lowest_w
    if load_w < _DRAWS_SHARE * _least_w(car, voltage_v):
        return car._replace(doubts=car.doubts + 1, rest_w=seen_w if car.doubts > 0 else None)
    believed = estimate_car(car, car.offered_a, settings)
    if load_w >= power_w(believed.current_a, believed.phases, voltage_v) - _FLOOR_SCALE_W:
        return car._replace(doubts=0)
    cast = cast_for(settings.phases, settings.max_current_a)
    errors = [
        max(0.0, all_a * voltage_v - load_w) / _FLOOR_SCALE_W
        for all_a in drawn_of(settings.phases, settings.max_current_a, car.offered_a)
    ]
    return car._replace(doubts=0, belief=weigh(car.belief, cast, errors))
