"""What the sky and the house are about to do: the surplus a command given now will meet; pure.

Looked at every 5 s, on the mean of the readings since. Between being told and following, the box loses some 10 s, and
a part of the time until the next command may be given comes on top: for so long PV and load are carried on by their
slopes.
What trembles by itself, as meters do, is told from what moves by second differences, and smoothed away.
`docs/control.md` derives this, with the origin of each constant.
"""

from __future__ import annotations

from typing import NamedTuple

from controller.domain.readings import House

LOOK_EVERY_S = 5.0
_GRAIN_S = 0.01
_RESTART_AFTER_S = 60.0  # without readings nothing is left that could be carried on
_PV_LEAD_S = 20.0
_LOAD_LEAD_S = 12.0
_LOAD_CHANGE_MOST_W = 400.0  # what switches on does not go on rising
_SPREAD_S = 30.0
_NOISE_STEP = 0.03  # of the noise, up or down a look: it settles in some minutes at the median, whatever a cloud does
_NOISE_GRAIN_W = 2.0
_MEDIAN_TO_W = 0.606  # standard deviation of white noise over the median of its second differences
_SLOPE_S_PER_W = 0.23  # smoothing of slopes for each watt of noise
_LEVEL_S_PER_W = 0.15  # and of powers
_DARK_W = 20.0  # PV below it, for so long, is night
_DARK_FOR_S = 300.0
_ODD_W = 500.0  # so far apart readings of one look do not tremble by themselves
_METERING_W = 300.0  # PV that moves by more, and the surplus by less than this share of it, is a meter's doing
_METERING_SHARE = 0.2


class Track(NamedTuple):
    """Where PV or load goes.

    Attributes:
        raw_w: At the last look, W.
        step_w: And by how much that was more than at the look before, W.
        level_w: Smoothed as far as it trembles, W.
        w_per_s: Slope.
        noise_w: How far it trembles by itself: standard deviation, W.
        ahead_w: Where it will be when a command works that is given now, W.
    """

    raw_w: float = 0.0
    step_w: float = 0.0
    level_w: float = 0.0
    w_per_s: float = 0.0
    noise_w: float = 0.0
    ahead_w: float = 0.0


_NO_TRACK = Track()


class Sky(NamedTuple):
    """What is known of the surplus and where it goes.

    Attributes:
        looked_at_s: When it was looked at last; None while there is nothing to carry on (at first, and at night).
        taken_at_s: Of the last reading that counts, monotonic s.
        light_at_s: When PV was seen last, monotonic s.
        pv_readings_w: Since the last look, W,
        free_readings_w: and those of PV less load.
        pv: Where PV goes.
        load: And the house's load.
        usual_w: PV less load over the last half minute, W.
        spread_w: How far it wanders from there, mean, W.
        noise_w: How far it trembles at the most: standard deviation, W.
        expected_w: PV less load that a command given now will meet, W.
    """

    looked_at_s: float | None = None
    taken_at_s: float = 0.0
    light_at_s: float = 0.0
    pv_readings_w: tuple[float, ...] = ()
    free_readings_w: tuple[float, ...] = ()
    pv: Track = _NO_TRACK
    load: Track = _NO_TRACK
    usual_w: float = 0.0
    spread_w: float = 0.0
    noise_w: float = 0.0
    expected_w: float = 0.0


NIGHT = Sky()


def watch_sky(sky: Sky, now_s: float, house: House, surplus_w: float, *, on_its_way: bool = False) -> Sky:
    """What is known after one more look at the meters.

    Args:
        sky: What was known.
        now_s: Monotonic s.
        house: The meters, the grid's fresh.
        surplus_w: What would be exported without the car, W.
        on_its_way: Whether the car may be changing its current: only PV tells of the sky then.
    """
    taken_at_s = now_s - house.grid_age_s
    if taken_at_s <= sky.taken_at_s + _GRAIN_S and sky.looked_at_s is not None:
        return sky
    if on_its_way and sky.looked_at_s is not None:  # else there is nothing yet that could be gone on with
        return observe_pv(sky, now_s, taken_at_s, house.pv_w)
    return observe_sky(sky, now_s, taken_at_s, house.pv_w, without_battery_w(house, surplus_w))


def observe_pv(sky: Sky, now_s: float, taken_at_s: float, pv_w: float | None) -> Sky:
    """What is known after one more reading of PV, while the car cannot be told from the house: that stays as it was."""
    if pv_w is None or sky.looked_at_s is None:
        return sky
    return observe_sky(sky, now_s, taken_at_s, pv_w, pv_w - sky.load.raw_w)


def without_battery_w(house: House, surplus_w: float) -> float:
    """PV less load, W: the surplus as it would be if the home battery rested."""
    return surplus_w if house.battery_w is None else surplus_w - house.battery_w


def rebase(sky: Sky, house: House, surplus_w: float) -> Sky:
    """What is known once the car's power is believed to be another one: that is no cloud, and no slope."""
    if sky.looked_at_s is None:
        return sky
    load_w = (house.pv_w or 0.0) - without_battery_w(house, surplus_w)
    moved_w = load_w - sky.load.raw_w
    load = sky.load._replace(raw_w=load_w, level_w=sky.load.level_w + moved_w, ahead_w=sky.load.ahead_w + moved_w)
    return sky._replace(
        pv_readings_w=(),
        free_readings_w=(),
        load=load,
        usual_w=sky.usual_w - moved_w,
        expected_w=sky.expected_w - moved_w,
    )


def observe_sky(sky: Sky, now_s: float, taken_at_s: float, pv_w: float | None, free_w: float) -> Sky:
    """What is known after one more reading.

    Args:
        sky: What was known.
        now_s: Monotonic s.
        taken_at_s: When it was taken, monotonic s.
        pv_w: PV, W; None where it is not metered: then all is taken for load.
        free_w: PV less load, W.
    """
    since_s, light_at_s = sky.looked_at_s, now_s
    if pv_w is None:
        pv_w = 0.0
    elif pv_w < _DARK_W:
        light_at_s = sky.light_at_s
        if since_s is None or now_s - light_at_s >= _DARK_FOR_S:
            return NIGHT
    if since_s is None or now_s - since_s > _RESTART_AFTER_S or now_s < since_s:
        load_w = pv_w - free_w
        return Sky(
            looked_at_s=now_s,
            taken_at_s=taken_at_s,
            light_at_s=light_at_s,
            pv=Track(raw_w=pv_w, level_w=pv_w),
            load=Track(raw_w=load_w, level_w=load_w),
            usual_w=free_w,
            expected_w=free_w,
        )
    step_s, pv_readings_w, free_readings_w = now_s - since_s, (*sky.pv_readings_w, pv_w), (*sky.free_readings_w, free_w)
    if step_s < LOOK_EVERY_S - _GRAIN_S:
        return tuple.__new__(Sky, (since_s, taken_at_s, light_at_s, pv_readings_w, free_readings_w, *sky[5:]))
    if len(pv_readings_w) > 1:
        pv_w, free_w = _usual(pv_readings_w), _usual(free_readings_w)
    pv, load = sky.pv, sky.load
    moved_w = pv_w - pv.raw_w
    if not -_METERING_W < moved_w < _METERING_W:
        changed_w = free_w - pv.raw_w + load.raw_w
        if abs(changed_w) < _METERING_SHARE * abs(moved_w):
            pv, load = _moved(pv, moved_w), _moved(load, moved_w)
    pv = _follow(pv, step_s, pv_w, _PV_LEAD_S)
    load = _follow(load, step_s, pv_w - free_w, _LOAD_LEAD_S)
    weight = step_s / (step_s + _SPREAD_S)
    surplus_w = pv.level_w - load.level_w
    usual_w = sky.usual_w + weight * (surplus_w - sky.usual_w)
    spread_w = sky.spread_w + weight * (abs(surplus_w - usual_w) - sky.spread_w)
    noise_w = pv.noise_w + load.noise_w
    change_w = load.ahead_w - load.level_w
    if change_w > _LOAD_CHANGE_MOST_W:
        change_w = _LOAD_CHANGE_MOST_W
    elif change_w < -_LOAD_CHANGE_MOST_W:
        change_w = -_LOAD_CHANGE_MOST_W
    expected_w = pv.ahead_w - load.level_w - change_w
    return Sky(now_s, taken_at_s, light_at_s, (), (), pv, load, usual_w, spread_w, noise_w, expected_w)


def _usual(readings_w: tuple[float, ...]) -> float:
    """Their mean; where they are far apart without the largest and the smallest: one odd reading is not believed."""
    count, sum_w = len(readings_w), sum(readings_w)
    if count < 3 or (most_w := max(readings_w)) - (least_w := min(readings_w)) < _ODD_W:
        return sum_w / count
    return (sum_w - most_w - least_w) / (count - 2)


def _moved(track: Track, by_w: float) -> Track:
    """The same elsewhere: no slope leads there."""
    return track._replace(raw_w=track.raw_w + by_w, level_w=track.level_w + by_w)


def _follow(track: Track, step_s: float, raw_w: float, lead_s: float) -> Track:
    """PV or load after one more look.

    Noise is followed at its median, which a cloud's edges do not move: they bend once, and then run straight.
    """
    was_w, was_step_w, level_w, slope, noise_w, _ = track
    step_w = raw_w - was_w
    grain_w = _NOISE_STEP * (noise_w + _NOISE_GRAIN_W)
    if abs(step_w - was_step_w) * _MEDIAN_TO_W > noise_w:
        noise_w += grain_w
    else:
        noise_w = noise_w - grain_w if noise_w > grain_w else 0.0
    level_s = _LEVEL_S_PER_W * noise_w
    moved_w = (raw_w - level_w) * step_s / (step_s + level_s)
    slope += (moved_w / step_s - slope) * step_s / (step_s + _SLOPE_S_PER_W * noise_w)
    level_w += moved_w
    return Track(raw_w, step_w, level_w, slope, noise_w, level_w + slope * (lead_s + level_s))
