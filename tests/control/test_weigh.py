"""Rent or buy: when sums reach their price, what pays them back, and what is promised of it."""

from __future__ import annotations

from itertools import pairwise
from math import inf, isfinite, isnan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.control.sky import NIGHT, Sky
from controller.control.weigh import EMPTY, Scales, moves_within_s, weigh
from controller.domain.demand import Sun

W6 = 6 * 690.0
PRICE_KWH = 0.6 * (0.1 + 2 * 0.002)


def sky_at(look: int, expected_w: float, *, spread_w: float = 0.0, noise_w: float = 0.0) -> Sky:
    """A look every 5 s that expects so much."""
    return Sky(looked_at_s=5.0 * look, expected_w=expected_w, spread_w=spread_w, noise_w=noise_w)


def weighed(
    scales: Scales,
    sky: Sky,
    *,
    limit_a: int = 6,
    charging: bool,
    share: float = 0.5,
    costs_kwh: float = 0.1,
    range_a: tuple[int, int] = (6, 16),
) -> Scales:
    sun = Sun(sky.expected_w, share, costs_kwh)
    return weigh(scales, sky, sun, limit_a, charging=charging, aside_w=0.0, watts_per_amp=690.0, range_a=range_a)


def looks_until_due(expected_w: float, scales: Scales = EMPTY, **how: float | bool) -> tuple[int, list[Scales]]:
    """How many looks at the same sky it takes, and what was weighed."""
    seen = [scales]
    for look in range(100, 2000):
        seen.append(weighed(seen[-1], sky_at(look, expected_w), **how))  # type: ignore[arg-type]
        if seen[-1].switch_lacks_kwh <= 0:
            return look - 99, seen[1:]
    return 10_000, seen[1:]


@pytest.mark.parametrize("expected_w", [2100.0, 2200.0, 2400.0])
def test_a_start_comes_when_what_was_missed_and_what_is_ahead_reach_the_price(expected_w: float) -> None:
    worth_kw = (expected_w - 0.5 * W6) / 0.5 / 1000
    _, seen = looks_until_due(expected_w, charging=False)
    for number, scales in enumerate(seen):
        assert scales.missed_kwh == pytest.approx(number * 5 * worth_kw / 3600)
        ahead_kwh = (85 * worth_kw + 150 * scales.recent_kw) / 3600
        assert scales.switch_lacks_kwh == pytest.approx(PRICE_KWH - scales.missed_kwh - ahead_kwh)
        assert (scales.switch_lacks_kwh <= 0) is (number == len(seen) - 1)


def test_a_stop_comes_when_what_was_borne_and_what_is_ahead_reach_the_price() -> None:
    was = EMPTY._replace(weighed_at_s=495.0, recent_kw=4.0)
    looks, seen = looks_until_due(1900.0, was, charging=True)
    worth_kw = (1900 - 0.5 * W6) / 0.5 / 1000
    assert 2 < looks < 100
    for number, scales in enumerate(seen, start=1):
        assert scales.borne_kwh == pytest.approx(number * 5 * -worth_kw / 3600)
        ahead_kwh = (85 * worth_kw + 150 * scales.recent_kw) / 3600
        assert scales.switch_lacks_kwh == pytest.approx(PRICE_KWH - scales.borne_kwh + ahead_kwh)


def test_a_dearer_start_is_waited_for_longer_on_both_sides() -> None:
    for charging, expected_w in ((False, 2300.0), (True, 1950.0)):
        was = EMPTY._replace(weighed_at_s=495.0, recent_kw=0.0)
        waits = [looks_until_due(expected_w, was, charging=charging, costs_kwh=kwh)[0] for kwh in (0.02, 0.1, 0.5)]
        assert waits == sorted(waits)
        assert waits[0] < waits[1] < waits[2]


@pytest.mark.parametrize("charging", [True, False])
def test_trembling_about_the_threshold_never_adds_up(charging: bool) -> None:
    scales = EMPTY
    for look in range(4000):
        scales = weighed(scales, sky_at(look, 0.5 * W6 + (40 if look % 2 else -40)), charging=charging)
        assert scales.switch_lacks_kwh > 0
        assert scales.missed_kwh <= 5 * 0.08 / 3600 + 1e-12
        assert scales.borne_kwh <= 5 * 0.08 / 3600 + 1e-12


def test_trembling_about_what_suits_never_adds_up() -> None:
    scales = EMPTY
    for look in range(4000):
        scales = weighed(scales, sky_at(look, 8 * 690.0 + (400 if look % 2 else -400)), limit_a=8, charging=True)
        assert scales.change_lacks_kwh > 0


@pytest.mark.parametrize(("expected_a", "suits_a"), [(10.0, 10), (6.6, 7), (8.0, 8)])
def test_another_limit_comes_when_its_gain_reaches_the_price(expected_a: float, suits_a: int) -> None:
    scales, looks = EMPTY, 0
    while scales.change_lacks_kwh > 0 and looks < 2000:
        scales = weighed(scales, sky_at(looks, expected_a * 690), limit_a=8, charging=True)
        looks += 1
        assert scales.best_a == suits_a
    assert (looks == 2000) is (suits_a == 8)
    assert isfinite(scales.change_lacks_kwh) is (suits_a != 8)


def test_the_surer_the_sun_the_more_amps_and_only_where_the_grid_is_dear() -> None:
    def suits(share: float, spread_w: float, noise_w: float) -> int:
        sky = sky_at(0, 10.2 * 690, spread_w=spread_w, noise_w=noise_w)
        return weighed(EMPTY, sky, limit_a=10, charging=True, share=share).best_a

    assert suits(0.5, 0, 0) == suits(0.5, 900, 900) == 10
    assert suits(0.9, 0, 0) > suits(0.9, 5000, 0)
    assert suits(0.9, 0, 0) > suits(0.9, 0, 5000)


def test_what_is_told_is_spent() -> None:
    scales = Scales(
        weighed_at_s=5.0,
        missed_kwh=0.2,
        raise_kwh=0.1,
        reduce_kwh=0.1,
        recent_kw=2.0,
        writes=1.0,
        worth_kw=3.0,
        best_a=9,
        switch_lacks_kwh=-0.1,
        change_lacks_kwh=-0.1,
    )
    assert scales.due
    switched, changed = scales.told(switched=True), scales.told(switched=False)
    assert not switched.due
    assert (switched.missed_kwh, switched.borne_kwh, switched.recent_kw, switched.writes) == (0, 0, 2.0, 2.0)
    assert (changed.raise_kwh, changed.reduce_kwh, changed.change_lacks_kwh, changed.writes) == (0, 0, inf, 2.0)
    assert changed.switch_lacks_kwh == scales.switch_lacks_kwh  # a start's limit is only its first half


def test_writes_make_commands_dearer_and_are_forgotten_within_hours() -> None:
    def lacks_kwh(writes: float) -> float:
        was = EMPTY._replace(weighed_at_s=0.0, writes=writes)
        return weighed(was, sky_at(1, 9 * 690), limit_a=8, charging=True).change_lacks_kwh

    assert lacks_kwh(0) < lacks_kwh(4) < lacks_kwh(20)
    scales = EMPTY._replace(weighed_at_s=0.0, writes=10.0)
    for look in range(1, 721):
        scales = weighed(scales, sky_at(look, 9 * 690), limit_a=9, charging=True)
    assert scales.writes == pytest.approx(10 / 2.718, rel=0.01)


def test_a_box_that_began_by_itself_is_stopped_at_once_and_where_it_is_welcome_forgiven() -> None:
    began = EMPTY._replace(borne_kwh=inf)
    assert weighed(began, sky_at(0, 1900), charging=True).switch_lacks_kwh == -inf
    welcome = weighed(began, sky_at(0, 5000), charging=True)
    assert welcome.borne_kwh == 0.0
    later = weighed(welcome, sky_at(1, 1900), charging=True)
    assert later.switch_lacks_kwh > -1


def test_below_the_smallest_current_the_limit_is_changed_at_once() -> None:
    assert weighed(EMPTY, sky_at(0, W6), limit_a=0, charging=True).change_lacks_kwh == 0.0


def test_in_the_dark_it_is_off_and_nothing_is_remembered() -> None:
    was = EMPTY._replace(weighed_at_s=3.0, missed_kwh=0.04, writes=3.0)
    dark = Sun(-400.0, 0.5, 0.1)

    def at_night(sun: Sun, *, charging: bool) -> Scales:
        return weigh(was, NIGHT, sun, 6, charging=charging, aside_w=0.0, watts_per_amp=690.0, range_a=(6, 16))

    assert at_night(dark, charging=False) is EMPTY
    assert at_night(dark, charging=True).switch_lacks_kwh == 0.0
    plenty = dark._replace(surplus_w=9000.0)  # of a battery that nobody meters: that is no sun
    assert at_night(plenty, charging=False).switch_lacks_kwh == inf
    assert at_night(plenty, charging=True).switch_lacks_kwh == 0.0


@pytest.mark.parametrize("expected_w", [-4000.0, 0.0, 9000.0])
def test_what_is_always_wanted_starts_at_once_and_never_stops_and_its_amps_are_weighed_as_ever(
    expected_w: float,
) -> None:
    always, follows = (Sun(expected_w, 0.5, 0.1, always=wanted) for wanted in (True, False))
    off = weigh(
        EMPTY, sky_at(1, expected_w), always, 6, charging=False, aside_w=0.0, watts_per_amp=690.0, range_a=(6, 16)
    )
    assert (off.switch_lacks_kwh, off.worth_kw > 0) == (0.0, True)
    scales, other = EMPTY, EMPTY
    for look in range(200):
        sky = sky_at(look, expected_w)
        scales, other = (
            weigh(was, sky, sun, 9, charging=True, aside_w=0.0, watts_per_amp=690.0, range_a=(6, 16))
            for was, sun in ((scales, always), (other, follows))
        )
        assert (scales.switch_lacks_kwh, scales.worth_kw > 0) == (inf, True)
        assert (scales.best_a, scales.change_lacks_kwh) == (other.best_a, other.change_lacks_kwh)


def test_in_the_dark_what_is_always_wanted_is_the_minimum_and_no_more() -> None:
    always = Sun(-400.0, 0.5, 0.1, always=True)

    def at_night(limit_a: int, *, charging: bool) -> Scales:
        return weigh(
            EMPTY, NIGHT, always, limit_a, charging=charging, aside_w=0.0, watts_per_amp=690.0, range_a=(6, 16)
        )

    assert at_night(16, charging=False).switch_lacks_kwh == 0.0
    assert (at_night(9, charging=True).best_a, at_night(9, charging=True).change_lacks_kwh) == (6, 0.0)
    assert not at_night(6, charging=True).due


def test_what_somebody_else_wanted_so_far_is_not_held_against_the_sun() -> None:
    """At the first look V is not known: it counts as nothing while on, and as the least while off."""
    assert weighed(EMPTY, sky_at(1, 0.4 * W6), charging=True).recent_kw == 0.0
    assert weighed(EMPTY, sky_at(1, 2 * W6), charging=True).recent_kw > 0.0
    assert weighed(EMPTY, sky_at(1, 2 * W6), charging=False).recent_kw == EMPTY.recent_kw < 0.0


def test_the_more_often_it_was_switched_the_dearer_the_next_start() -> None:
    def lacks_kwh(switches: float, *, charging: bool, worth_w: float) -> float:
        was = EMPTY._replace(weighed_at_s=0.0, recent_kw=0.0, switches=switches)
        return weighed(was, sky_at(5, worth_w), charging=charging).switch_lacks_kwh

    start_kwh = [lacks_kwh(switches, charging=False, worth_w=2150.0) for switches in (0.0, 6.0, 12.0)]
    assert [busy - start_kwh[0] for busy in start_kwh[1:]] == pytest.approx([PRICE_KWH, 4 * PRICE_KWH], rel=0.01)
    assert lacks_kwh(6.0, charging=True, worth_w=1900.0) == lacks_kwh(0.0, charging=True, worth_w=1900.0)
    once = EMPTY._replace(weighed_at_s=0.0).told(switched=True)
    assert once.switches == once.told(switched=False).switches == 1.0
    assert once.at_rest() == EMPTY._replace(switches=1.0)
    assert EMPTY.at_rest() is EMPTY


def test_the_same_look_is_weighed_once() -> None:
    scales = weighed(EMPTY, sky_at(3, 2200), charging=False)
    assert weighed(scales, sky_at(3, 2200), charging=False) is scales


def test_one_look_stands_for_no_more_than_ten_seconds() -> None:
    scales = weighed(EMPTY, sky_at(0, 2200), charging=False)
    assert weighed(scales, sky_at(10, 2200), charging=False).missed_kwh == pytest.approx(10 * 0.26 / 3600)


def test_at_a_share_of_one_no_watt_from_the_grid_is_suggested() -> None:
    short = weighed(EMPTY, sky_at(0, W6 - 1), share=1.0, charging=False)
    assert short.switch_lacks_kwh == inf
    assert weighed(EMPTY, sky_at(0, W6 + 1), share=1.0, charging=False).worth_kw == pytest.approx(4.14)
    assert weighed(EMPTY, sky_at(0, 9.99 * 690), share=1.0, limit_a=10, charging=True).best_a == 9


@given(
    st.lists(st.tuples(st.integers(0, 20), st.floats(-30_000, 30_000), st.floats(0, 3000)), min_size=1, max_size=60),
    st.floats(0.01, 1.0),
    st.booleans(),
    st.integers(0, 40),
    st.tuples(st.integers(6, 32), st.integers(6, 32)),
)
def test_nothing_outside_the_range_is_ever_suggested_and_no_sum_is_below_nothing(
    looks: list[tuple[int, float, float]], share: float, charging: bool, limit_a: int, range_a: tuple[int, int]
) -> None:
    least_a, most_a = sorted(range_a)
    scales, at = EMPTY, 0
    for step, expected_w, unsure_w in looks:
        at += step
        sky = sky_at(at, expected_w, spread_w=unsure_w, noise_w=unsure_w / 3)
        scales = weighed(scales, sky, limit_a=limit_a, charging=charging, share=share, range_a=(least_a, most_a))
        assert least_a <= scales.best_a <= most_a
        assert min(scales.missed_kwh, scales.borne_kwh, scales.raise_kwh, scales.reduce_kwh, scales.writes) >= 0
        assert not any(isnan(figure) for figure in scales if figure is not None)
        assert moves_within_s(scales) >= 0


@given(
    st.lists(st.floats(-2000, 9000), max_size=30),
    st.floats(-2000, 9000),
    st.floats(0.1, 0.99),
    st.booleans(),
)
def test_if_it_stays_so_it_comes_no_later_than_told(
    before: list[float], expected_w: float, share: float, charging: bool
) -> None:
    """And what is told shrinks at least as fast as time goes."""
    scales = EMPTY
    for look, other_w in enumerate(before):
        scales = weighed(scales, sky_at(look, other_w), charging=charging, share=share)
    look = len(before)
    scales = weighed(scales, sky_at(look, expected_w), charging=charging, share=share)
    told_s = [moves_within_s(scales)]
    if told_s[0] > 4 * 3600:
        return
    while told_s[-1] > 0:
        look += 1
        scales = weighed(scales, sky_at(look, expected_w), charging=charging, share=share)
        told_s.append(moves_within_s(scales))
    assert 5 * (len(told_s) - 1) <= told_s[0] + 5
    for earlier_s, later_s in pairwise(told_s):
        assert later_s <= max(0.0, earlier_s - 5) + 1e-6
