"""How the sun is followed: starts, stops and amps as a user sees them, by what they are worth."""

from __future__ import annotations

import pytest

from controller.domain.reasons import ReasonCode
from tests.support.houses import Run, core, surplus

W6 = 6 * 3 * 230.0  # the minimum on three phases: 4140 W


class Sunny:
    """A house whose sun goes where it is told, and a metered car that follows at once."""

    def __init__(self, limit_a: int = 16, *, sun_w: float | None = None, **settings: float) -> None:
        """With `sun_w` it has been charging in so much sun for ten minutes."""
        self.run = Run(core(surplus(**settings)), limit_a=limit_a, charging=sun_w is not None)
        self.sun_w = sun_w or 0.0
        if sun_w is not None:
            self.goes(600, sun_w)
            assert self.told == []

    @property
    def told(self) -> list[str]:
        return self.run.told

    def goes(self, seconds: int, sun_w: float, *, within_s: int = 1, until_told: bool = False) -> int:
        """The seconds gone; the sun moves evenly from where it was."""
        was_w, known = self.sun_w, len(self.told)
        for second in range(1, seconds + 1):
            self.sun_w = was_w + (sun_w - was_w) * min(1.0, second / within_s)
            ev_w = self.run.limit_a * 690.0 if self.run.charging else 0.0
            self.run.step(1, grid_w=ev_w - self.sun_w, ev_w=ev_w, pv_w=max(0.0, self.sun_w + 500.0))
            if until_told and len(self.told) > known:
                return second
        return seconds


@pytest.mark.parametrize(("share", "limit_a"), [(1.0, 10), (0.8, 10), (0.5, 10), (0.1, 11)])
def test_strong_sun_starts_at_once_at_the_amps_it_carries(share: float, limit_a: int) -> None:
    home = Sunny(solar_share=share)
    home.goes(1, 7000)
    assert home.told == [f"set_limit {limit_a} A", "start"]


def test_weak_sun_is_waited_for_and_the_wait_is_told() -> None:
    home = Sunny(solar_share=0.5)
    home.goes(60, 2150)
    assert home.told == []
    assert home.run.decision.reason.code is ReasonCode.WEIGHS_START
    assert 600 < home.goes(1200, 2150, until_told=True) < 1200
    assert home.told == ["set_limit 6 A", "start"]


def test_no_start_is_promised_that_is_hours_away() -> None:
    home = Sunny(solar_share=0.5)
    home.goes(60, 2072)  # 2 W more than it takes
    assert home.run.state.scales.worth_kw > 0
    assert str(home.run.decision.reason) == "sun: 2072 W surplus"


def test_a_bad_look_delays_a_start_and_does_not_begin_it_anew() -> None:
    waits_s = []
    for bad_w in (2150.0, 2050.0):
        home = Sunny(solar_share=0.5)
        home.goes(300, 2150)
        home.goes(5, bad_w)
        waits_s.append(home.goes(2000, 2150, until_told=True))
    assert waits_s[0] < waits_s[1] < waits_s[0] + 120


def test_a_meter_of_the_car_that_stands_still_after_the_stop_starts_nothing_at_night() -> None:
    home = Sunny(6, sun_w=W6)
    home.goes(900, -500, until_told=True)
    assert home.told == ["stop"]
    home.run.steps(900, grid_w=500.0, ev_w=W6, pv_w=0.0)
    assert home.told == ["stop"]
    assert home.run.decision.surplus_w == -500


def test_a_hopeless_cloud_stops_in_seconds() -> None:
    home = Sunny(6, sun_w=W6)
    assert home.goes(15, 640, until_told=True) < 15
    assert home.told == ["stop"]


def test_a_cloud_that_costs_little_is_borne_for_minutes_and_that_is_told() -> None:
    home = Sunny(6, sun_w=W6)
    home.goes(90, 3100, within_s=60)
    assert home.told == []
    assert str(home.run.decision.reason).startswith("cloud: 3.1 kW surplus, need 3.3 kW; stops within ")
    home.goes(240, 3100)
    assert home.told == ["stop"]


def test_one_good_sample_does_not_keep_the_car_on() -> None:
    lasts_s = []
    for good_w in (3100.0, 3300.0):
        home = Sunny(6, sun_w=W6)
        home.goes(80, 3100, within_s=60)
        home.goes(1, good_w)
        lasts_s.append(home.goes(600, 3100, until_told=True))
    assert abs(lasts_s[1] - lasts_s[0]) < 60


def test_amps_follow_the_sun_down_and_up() -> None:
    home = Sunny(10, sun_w=6950, solar_share=1)
    home.goes(120, 5450, within_s=30)
    assert home.run.limit_a == 7
    home.goes(300, 7700, within_s=60)
    assert home.run.limit_a == 11


def test_what_costs_from_the_grid_is_taken_back_sooner_than_more_sun_is_given() -> None:
    waited_s = []
    for sun_w in (9.3 * 690, 10.7 * 690):
        home = Sunny(10, sun_w=6900, solar_share=0.6)
        waited_s.append(home.goes(900, sun_w, within_s=20, until_told=True))
    assert waited_s[0] < waited_s[1] < 900


@pytest.mark.parametrize("every_s", [1, 5])
@pytest.mark.parametrize(("share", "around_a"), [(1.0, 8.5), (0.8, 8.3), (0.5, 8.0)])
def test_trembling_surplus_costs_no_writes(share: float, around_a: float, every_s: int) -> None:
    home = Sunny(8, sun_w=around_a * 690, solar_share=share)
    for number in range(900 // every_s):
        home.goes(every_s, around_a * 690 + (60 if number % 2 else -60))
    assert home.told == []


@pytest.mark.parametrize(("share", "edge_a"), [(1.0, 8.0), (0.8, 7.8), (0.5, 8.5)])
def test_about_the_very_edge_to_another_amp_it_costs_few_and_ever_fewer(share: float, edge_a: float) -> None:
    home = Sunny(8 if share < 0.8 else 7, sun_w=edge_a * 690 - 60, solar_share=share)
    counts = []
    for _ in range(2):
        for number in range(45):
            home.goes(20, edge_a * 690 + (60 if number % 2 else -60))
        counts.append(len(home.told))
    assert counts[0] <= 12  # where each movement followed would be 45
    assert counts[1] - counts[0] <= counts[0] / 2 + 1


def test_most_moments_of_more_sun_are_not_raised_for() -> None:
    home = Sunny(8, sun_w=8 * 690, solar_share=0.8)
    for _ in range(20):
        home.goes(8, 8 * 690 + 200, within_s=4)
        home.goes(20, 8 * 690, within_s=4)
    assert home.told.count("set_limit 9 A") <= 5


def test_a_limit_that_would_suit_better_is_named_while_it_is_not_worth_a_command() -> None:
    home = Sunny(10, sun_w=6900, solar_share=0.5)
    home.goes(90, 10.56 * 690, within_s=60)
    calm = [str(one.reason) for one in home.run.decisions if one.reason.code is ReasonCode.CALM]
    assert calm
    assert all(said.endswith("; 11 A would suit, and is not worth a command yet") for said in calm)


def test_right_after_a_command_no_wait_is_told_that_nobody_knows() -> None:
    run = Run(core(surplus(), main_fuse_a=25), limit_a=10, charging=True)
    run.steps(60, grid_w=-100, ev_w=6900, pv_w=9000.0, grid_current_a=(2.0, 2.0, 2.0))
    run.step(1, grid_w=-100, ev_w=6900, pv_w=9000.0, grid_current_a=(40.0, 2.0, 2.0))
    assert run.told == ["stop"]
    for _ in range(3):
        run.step(1, grid_w=-7000, ev_w=0.0, pv_w=9000.0, grid_current_a=(28.0, 2.0, 2.0))
        assert "within" not in str(run.decision.reason)


def test_right_after_a_start_the_sun_is_the_reason() -> None:
    home = Sunny(solar_share=0.8)
    home.goes(4, 7000)
    assert home.told[-1] == "start"
    assert str(home.run.decision.reason) == "sun: 7.0 kW surplus"


def test_at_nightfall_it_is_stopped_whatever_is_borne_by_day() -> None:
    home = Sunny(6, sun_w=W6, solar_share=0.1)
    home.goes(310, -500)
    assert home.told == ["stop"]


def test_what_no_sun_can_have_made_is_not_charged_with() -> None:
    """A battery that nobody meters, or a dead PV meter."""
    home = Sunny(6, sun_w=W6, solar_share=0.5)
    for second in range(320):
        home.run.step(1, grid_w=0.0, ev_w=home.run.charging * W6, pv_w=0.0)
        assert home.run.charging or second > 290
    assert home.told == ["stop"]
    for _ in range(300):
        home.run.step(1, grid_w=-5000.0, ev_w=0.0, pv_w=0.0)
    assert home.told == ["stop"]
    assert home.run.decision.reason.code is ReasonCode.DARK
