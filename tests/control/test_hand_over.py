"""A change of who decides opens no contactor that would be closed again, and closes none to be opened again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any, ClassVar, Self

import pytest

from controller.control.helm import chosen
from controller.control.settings import CoreSettings
from controller.control.state import State
from controller.domain.cap import Cap
from controller.domain.choice import Choice
from controller.domain.demand import Defer, Demand, Situation, Strategy
from controller.domain.override import Override, OverrideKind
from controller.domain.reasons import ReasonCode, because
from strategies.minimum import Minimum, MinimumSettings
from strategies.off import Off
from tests.support.houses import NOON, Run, Wants, core, surplus

W6 = 6 * 690.0


class Windows:
    """Wants a current in some spans of seconds after noon, and hands over outside them."""

    Settings: ClassVar[type[Any]] = object

    def __init__(self, *spans_s: tuple[float, float], then: str = "base", current_a: float = 16.0) -> None:
        self.spans_s, self.then, self.current_a = spans_s, then, current_a

    def demand(self, situation: Situation) -> Demand | Defer:
        now_s = (situation.local_time - NOON).total_seconds()
        if any(start_s <= now_s < end_s for start_s, end_s in self.spans_s):
            return Demand(current_a=self.current_a, reason=because(ReasonCode.FIXED, current_a=self.current_a))
        return Defer(to=self.then)

    @classmethod
    def from_settings(cls, settings: Any) -> Self:
        raise NotImplementedError


def site(plan: Strategy, base: Strategy, **settings: Any) -> CoreSettings:
    return replace(core(base, **settings), strategies={"plan": plan, "base": base}, active="plan")


def live(run: Run, until_s: float, surplus_w: float, step_s: float = 1.0) -> None:
    """A house with so much surplus, whose meter shows the car, which follows at once."""
    while run.now_s < until_s:
        ev_w = 690.0 * run.limit_a if run.charging else 0.0
        run.step(step_s, ev_w=ev_w, grid_w=ev_w - surplus_w, pv_w=max(0.0, surplus_w + 400))


def switches(run: Run) -> list[str]:
    return [told for told in run.told if told in ("start", "stop")]


@pytest.mark.parametrize("base", [Off(), surplus()], ids=["off", "surplus"])
@pytest.mark.parametrize("surplus_w", [-400.0, 1500.0])
def test_between_two_windows_a_minute_apart_it_goes_on_at_the_minimum(base: Strategy, surplus_w: float) -> None:
    run = Run(site(Windows((0, 600), (660, 1200)), base))
    live(run, 630, surplus_w)
    assert (run.charging, run.limit_a) == (True, 6)
    live(run, 1100, surplus_w)
    assert run.limit_a == 16
    live(run, 1500, surplus_w)
    assert switches(run) == ["start", "stop"]


@pytest.mark.parametrize("base", [Off(), surplus()], ids=["off", "surplus"])
def test_between_windows_further_apart_than_a_start_is_worth_it_stops(base: Strategy) -> None:
    run = Run(site(Windows((0, 600), (1200, 1800)), base))
    live(run, 700, -400.0)
    assert not run.charging
    live(run, 1300, -400.0)
    assert switches(run) == ["start", "stop", "start"]


def test_a_boost_that_ends_just_before_a_window_hands_over_to_it() -> None:
    run = Run(site(Windows((660, 1200)), Off()))
    run.override = Override(OverrideKind.BOOST, NOON, NOON + timedelta(seconds=630))
    live(run, 1100, -400.0)
    assert switches(run) == ["start"]


def test_a_pause_is_a_pause_even_just_before_a_window() -> None:
    run = Run(site(Windows((0, 600), (660, 1200)), Off()))
    live(run, 590, -400.0)
    run.override = Override(OverrideKind.PAUSE, NOON, NOON + timedelta(seconds=640))
    live(run, 595, -400.0)
    assert not run.charging


@pytest.mark.parametrize("surplus_w", [0.76 * W6, 0.78 * W6])
@pytest.mark.parametrize("by", ["window", "boost", "restart"])
def test_the_sun_takes_over_as_if_it_had_been_followed_before(by: str, surplus_w: float) -> None:
    """A little less than it takes for a minute, as in a thin cloud, and then enough."""
    run = Run(site(Windows((0, 900) if by == "window" else (-2, -1)), surplus()))
    if by != "window":
        run.override = Override(OverrideKind.BOOST, NOON, NOON + timedelta(seconds=900))
    live(run, 899, surplus_w)
    if by == "restart":
        run.state, run.override = State(), None
    live(run, 960, surplus_w)
    live(run, 1500, 1.2 * W6)
    assert switches(run) == ["start"]


@pytest.mark.parametrize("base", [surplus(), Minimum(MinimumSettings())], ids=["surplus", "minimum"])
def test_right_after_a_command_full_sun_is_no_night(base: Strategy) -> None:
    """The car may be on its way, so nothing can be told from the meters: that is no reason to stop, or to reduce."""
    run = Run(site(Windows((0, 900)), base, limit_change_s=5.0, follow_s=30.0))
    run.override = Override(OverrideKind.PAUSE, NOON, NOON + timedelta(seconds=885))
    live(run, 1500, 2.0 * W6)
    assert switches(run) == ["start"]
    assert not [said for said in run.decisions if said.reason.code is ReasonCode.DARK]
    assert "set_limit 6 A" not in run.told


def test_when_the_sun_is_gone_for_good_it_stops_soon_after_a_window() -> None:
    run = Run(site(Windows((0, 900)), surplus()))
    live(run, 1000, 0.2 * W6)
    assert switches(run) == ["start", "stop"]


@pytest.mark.parametrize(("begins_s", "starts"), [(590.0, []), (560.0, ["start", "stop"])])
def test_a_window_that_ends_before_it_has_given_a_starts_worth_starts_nothing(
    begins_s: float, starts: list[str]
) -> None:
    """16 A on three phases give 0.1 kWh in 33 s."""
    run = Run(site(Windows((begins_s, 600)), Off()))
    live(run, begins_s + 2, -400.0)
    if not starts:
        assert run.decision.reason.code is ReasonCode.ENDS_SOON
    live(run, 700, -400.0)
    assert switches(run) == starts


def test_one_that_goes_over_into_full_sun_starts_all_the_same() -> None:
    run = Run(site(Windows((590, 600)), surplus(start_costs_kwh=5)))
    live(run, 592, 2.0 * W6)
    assert run.charging


def test_what_protects_is_not_put_off_for_what_comes() -> None:
    plan = Windows((0, 600), (660, 1200))
    run = Run(site(plan, Off(), main_fuse_a=25))
    run.steps(5, ev_w=0.0, grid_w=400.0, grid_current_a=(1.0, 1.0, 1.0))
    run.steps(600, ev_w=11_040.0, grid_w=11_440.0, grid_current_a=(17.0, 17.0, 17.0))
    run.steps(35, ev_w=4140.0, grid_w=4540.0, grid_current_a=(7.0, 7.0, 7.0))
    assert str(run.decision.reason).endswith("so it stays on")
    run.step(1, ev_w=4140.0, grid_w=9000.0, grid_current_a=(27.0, 7.0, 7.0))
    assert not run.charging
    assert run.decision.reason.code is ReasonCode.NO_HEADROOM


def test_the_home_battery_is_not_emptied_for_what_comes() -> None:
    """The window itself wants to charge, now and in a minute: what holds it is the battery."""

    class Sparing(Windows):
        def demand(self, situation: Situation) -> Demand | Defer:
            answer = super().demand(situation)
            return answer._replace(battery_spared=True) if isinstance(answer, Demand) else answer

    run = Run(site(Sparing((0, 1200)), Off()))
    for _ in range(300):
        ev_w = 690.0 * run.limit_a if run.charging else 0.0
        run.step(1, ev_w=ev_w, grid_w=0.0, battery_w=ev_w + 400, battery_soc_pct=60.0, pv_w=0.0)
    assert not run.charging
    assert run.decision.reason.code is ReasonCode.BATTERY_HELD


def by_hand(configured: CoreSettings, strategy: Strategy, until_s: float | None = None) -> CoreSettings:
    """With a strategy chosen in place of the configured one."""
    more = replace(configured, strategies={**configured.strategies, "chosen": strategy})
    return chosen(more, Choice("chosen", NOON, None if until_s is None else NOON + timedelta(seconds=until_s)))


def test_a_choice_that_ends_just_before_a_window_hands_over_to_it() -> None:
    configured = site(Windows((660, 1200)), Off())
    run = Run(by_hand(configured, Wants(10), 630))
    live(run, 640, -400.0)
    assert (run.charging, run.limit_a) == (True, 6)
    run.settings = configured
    live(run, 1100, -400.0)
    assert (switches(run), run.limit_a) == (["start"], 16)


@pytest.mark.parametrize(("until_s", "starts"), [(660, []), (1800, ["start"])])
def test_nothing_is_started_that_the_end_of_a_choice_would_stop(until_s: float, starts: list[str]) -> None:
    run = Run(by_hand(site(Windows(), Off()), Windows((641, 5000)), until_s))
    live(run, 700, -400.0)
    assert switches(run) == starts


@pytest.mark.parametrize(("surplus_w", "stops"), [(7000.0, []), (-400.0, ["stop"])])
def test_another_choice_stops_only_what_is_not_wanted_any_more(surplus_w: float, stops: list[str]) -> None:
    run = Run(by_hand(core(), Wants(10)))
    live(run, 300, surplus_w)
    run.settings = core()
    live(run, 900, surplus_w)
    run.settings = by_hand(core(), Windows((0, 5000), current_a=8.0))
    live(run, 1200, surplus_w)
    assert switches(run) == ["start", *stops, *(["start"] if stops else [])]
    assert run.limit_a == 8


def test_the_minimum_that_a_limit_from_outside_has_stopped_says_when_it_starts_again() -> None:
    run = Run(core(Minimum(MinimumSettings())))
    run.step(1.0, ev_w=0.0)
    run.cap = Cap(current_a=0.0)
    run.step(1.0, ev_w=0.0)
    assert switches(run) == ["start", "stop"]
    run.cap = None
    run.step(1.0)
    assert str(run.decision.reason).endswith("has just stopped, may start in 59 s")
    run.steps(58.0)
    assert not run.charging
    run.step(1.0)
    assert run.charging
