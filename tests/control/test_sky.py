"""Where the surplus goes: ramps, edges, noise, gaps, and whatever a meter may say."""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.control.sky import NIGHT, Sky, observe_pv, observe_sky, watch_sky, without_battery_w
from controller.domain.readings import House

LOAD_W = 500.0


def seen(
    pv: Callable[[float], float],
    *,
    load: Callable[[float], float] = lambda _: LOAD_W,
    last_s: float,
    every_s: float = 5.0,
    sky: Sky = NIGHT,
    from_s: float = 0.0,
) -> Sky:
    """What is known after so many seconds of PV and load as told."""
    now_s = from_s
    while now_s <= last_s:
        sky = observe_sky(sky, now_s, now_s, pv(now_s), pv(now_s) - load(now_s))
        now_s += every_s
    return sky


def test_what_is_steady_stays() -> None:
    sky = seen(lambda _: 4000.0, last_s=600)
    assert sky.expected_w == pytest.approx(3500)
    assert sky.noise_w == sky.spread_w == 0.0


@pytest.mark.parametrize("w_per_s", [-20.0, -5.0, 3.0, 30.0])
@pytest.mark.parametrize("every_s", [1.0, 5.0, 10.0])
def test_a_ramp_of_pv_is_carried_on_by_twenty_seconds(w_per_s: float, every_s: float) -> None:
    sky = seen(lambda t: 6000 + w_per_s * t, last_s=200, every_s=every_s)
    assert sky.pv.w_per_s == pytest.approx(w_per_s)
    now_w = 6000 + w_per_s * 200 - LOAD_W
    mean_age_s = 2.0 if every_s == 1.0 else 0.0  # five readings a second apart are two seconds old in the mean
    assert sky.expected_w == pytest.approx(now_w + (20 - mean_age_s) * w_per_s)


def test_what_a_load_rises_by_is_carried_on_for_less_and_not_without_end() -> None:
    calm = seen(lambda _: 9000.0, load=lambda t: 1000 + 5 * t, last_s=200)
    assert calm.expected_w == pytest.approx(9000 - 2000 - 12 * 5)
    for rises_w, most_w in ((4000.0, 400.0), (-4000.0, -400.0)):
        steep = seen(lambda _: 9000.0, load=lambda t, by=rises_w: 5000 + by * (t >= 300), last_s=300)  # type: ignore[misc]
        assert steep.expected_w == pytest.approx(steep.pv.level_w - steep.load.level_w - most_w)


def test_the_edges_of_clouds_are_no_noise() -> None:
    """In and out every three minutes: where it runs straight in between nothing trembles."""
    clouds = seen(lambda t: 6000.0 if int(t / 180) % 2 else 1500.0, last_s=3600)
    assert clouds.noise_w < 10
    assert clouds.spread_w > 30


@pytest.mark.parametrize("noise_w", [20.0, 50.0, 150.0])
def test_white_noise_is_found_and_smoothed(noise_w: float) -> None:
    found, errors = [], []
    for seed in range(4):
        random = Random(seed)
        sky = NIGHT
        for look in range(720):
            pv_w = 5000 + random.gauss(0, noise_w)
            sky = observe_sky(sky, 5.0 * look, 5.0 * look, pv_w, pv_w - LOAD_W)
            if look >= 360:
                found.append(sky.pv.noise_w)
                errors.append(sky.pv.level_w - 5000)
    assert sum(found) / len(found) == pytest.approx(noise_w, rel=0.2)
    spread_w = (sum(error * error for error in errors) / len(errors)) ** 0.5
    assert spread_w < noise_w * (0.9 if noise_w < 50 else 0.75)


def test_noise_is_forgotten_once_it_ends() -> None:
    random = Random(7)
    noisy = seen(lambda _: 5000 + random.gauss(0, 100), last_s=1800)
    assert noisy.pv.noise_w > 50
    assert seen(lambda _: 5000.0, last_s=3600, from_s=1805, sky=noisy).pv.noise_w < 5


def test_at_night_nothing_is_known() -> None:
    dusk = seen(lambda t: 4000.0 if t <= 100 else 19.0, last_s=395)
    assert dusk.looked_at_s == 395.0  # an inverter may be silent for a moment
    assert observe_sky(dusk, 400.0, 400.0, 19.0, -500.0) is NIGHT
    assert observe_sky(NIGHT, 110.0, 110.0, 0.0, -500.0) is NIGHT


@pytest.mark.parametrize("gap_s", [60.5, 5000.0, -50.0])
def test_after_a_gap_or_a_step_back_in_time_it_begins_anew(gap_s: float) -> None:
    falling = seen(lambda t: 9000 - 30 * t, last_s=100)
    assert falling.pv.w_per_s == pytest.approx(-30)
    anew = observe_sky(falling, 100 + gap_s, 100 + gap_s, 3000.0, 2500.0)
    assert anew.looked_at_s == 100 + gap_s
    assert anew.pv.w_per_s == 0.0
    assert anew.expected_w == anew.usual_w == 2500.0


def test_without_a_pv_meter_all_is_load() -> None:
    sky = NIGHT
    for look in range(60):
        sky = observe_sky(sky, 5.0 * look, 5.0 * look, None, 3000 + 5.0 * look * 4)
    assert sky.pv.level_w == 0.0
    assert sky.load.w_per_s == pytest.approx(-4)
    assert sky.expected_w == pytest.approx(3000 + 295 * 4 + 12 * 4)


@pytest.mark.parametrize(
    ("pv_w", "usual_w"), [((4100, 3900, 4200, 4000, 4300), 4100), ((4100, 3900, 4400, 4000, 4600), 12500 / 3)]
)
def test_readings_between_two_looks_are_averaged_but_for_odd_ones(pv_w: tuple[int, ...], usual_w: float) -> None:
    sky = observe_sky(NIGHT, 0.0, 0.0, 4000.0, 3500.0)
    for second, reading_w in enumerate(pv_w, start=1):
        sky = observe_sky(sky, float(second), float(second), reading_w, reading_w - 500)
    assert sky.looked_at_s == 5.0
    assert sky.pv.raw_w == pytest.approx(usual_w)
    assert sky.load.raw_w == pytest.approx(500)
    assert sky.pv_readings_w == sky.free_readings_w == ()


def test_one_odd_second_is_not_believed() -> None:
    calm = seen(lambda _: 6000.0, load=lambda t: 3500.0 if t == 62 else 500.0, last_s=100, every_s=1.0)
    assert calm.expected_w == pytest.approx(5500)
    assert calm.spread_w == 0.0


@pytest.mark.parametrize("left_w", [None, 0.0, 2000.0])
@pytest.mark.parametrize("at_s", [61, 63])
def test_a_pv_meter_that_loses_an_inverter_moves_nothing(left_w: float | None, at_s: int) -> None:
    """The grid's meter does not see it: neither the sun has gone, nor has the house been switched off."""
    sky = NIGHT
    for second in range(120):
        pv_w = left_w if at_s <= second < at_s + 25 else 6000.0
        sky = observe_sky(sky, float(second), float(second), pv_w, 5500.0)
        assert sky.expected_w == pytest.approx(5500)


def test_the_same_reading_twice_counts_once() -> None:
    """The loop looks each second, whatever the meter's own pace."""

    def watched(looks_s: list[float]) -> Sky:
        sky = NIGHT
        for now_s in looks_s:
            taken_s = float(int(now_s))
            house = House(grid_w=-3000 - 10 * taken_s, grid_age_s=now_s - taken_s, pv_w=4000 + 10 * taken_s)
            sky = watch_sky(sky, now_s, house, 3000 + 10 * taken_s)
        return sky

    once = watched([float(second) for second in range(61)])
    often = watched([quarter / 4 for quarter in range(241)])
    assert often == once


def test_the_battery_is_left_out() -> None:
    house = House(grid_w=0.0, grid_age_s=0.0, pv_w=5000.0, battery_w=-4000.0)
    assert without_battery_w(house, 0.0) == 4000.0
    sky = watch_sky(NIGHT, 0.0, house, 0.0)
    assert sky.expected_w == 4000.0
    assert sky.load.raw_w == 1000.0


def test_a_watch_that_begins_while_the_car_is_on_its_way_takes_no_noon_for_night() -> None:
    for pv_w in (6000.0, None):
        sky = watch_sky(NIGHT, 1000.0, House(grid_w=-2000.0, grid_age_s=0.0, pv_w=pv_w), 2000.0, on_its_way=True)
        assert sky.looked_at_s == 1000.0
        assert sky.expected_w == 2000.0


def test_while_the_car_is_on_its_way_only_pv_tells_of_the_sky() -> None:
    """Its meter lags: what it draws by now is missing from the surplus, and would be taken for load."""
    sky = seen(lambda _: 6000.0, last_s=100)
    for look in range(21, 27):
        house = House(grid_w=1000.0, grid_age_s=0.0, pv_w=6000.0 - 20 * 5.0 * (look - 20), ev_w=0.0)
        sky = watch_sky(sky, 5.0 * look, house, -1000.0, on_its_way=True)
    assert sky.load.raw_w == sky.load.ahead_w == pytest.approx(LOAD_W)
    assert sky.expected_w == pytest.approx(6000 - 600 - LOAD_W - 20 * 20)
    assert observe_pv(sky, 140.0, 140.0, None) is sky
    assert observe_pv(NIGHT, 140.0, 140.0, 6000.0) is NIGHT


powers = st.floats(-1e6, 1e6)


@given(
    st.lists(
        st.tuples(st.floats(-100, 200) | st.sampled_from([0.0, 1e-9, 5.0]), st.none() | powers, powers),
        min_size=1,
        max_size=60,
    )
)
def test_whatever_is_read_and_whenever_all_figures_are_finite(
    readings: list[tuple[float, float | None, float]],
) -> None:
    sky, now_s = NIGHT, 0.0
    for step_s, pv_w, free_w in readings:
        now_s += step_s
        sky = observe_sky(sky, now_s, now_s, pv_w, free_w)
        figures = [*sky.pv, *sky.load, *(field for field in sky if isinstance(field, float | int))]
        assert all(isfinite(figure) for figure in figures)
        assert min(sky.noise_w, sky.spread_w, sky.pv.noise_w, sky.load.noise_w) >= 0.0


@given(st.lists(st.tuples(st.floats(0.2, 9), st.floats(30, 9000)), min_size=3, max_size=60))
def test_the_spread_is_never_more_than_what_was_seen(readings: list[tuple[float, float]]) -> None:
    sky, now_s, levels = NIGHT, 0.0, []
    for step_s, pv_w in readings:
        now_s += step_s
        sky = observe_sky(sky, now_s, now_s, pv_w, pv_w)
        levels.append(pv_w)
        assert min(levels) - 1e-6 <= sky.pv.level_w <= max(levels) + 1e-6
        assert sky.spread_w <= max(levels) - min(levels) + 1e-6
