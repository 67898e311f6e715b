"""No limit beyond what the car takes: a write of it would bring nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from controller.control.ceiling import Ceiling, observe_ceiling
from controller.control.glance import Glance
from controller.domain.charger import OcppState
from controller.domain.decision import Command
from tests.support.houses import Run, Wants, core

Takes = Callable[[float], float]


def shown(takes: Takes, offers_a: list[int]) -> Ceiling:
    """A minute and a half of each offer, four looks a minute."""
    known, at_s = Ceiling(), 0.0
    for limit_a in offers_a:
        began_s = at_s
        for _ in range(6):
            at_s += 15
            known = observe_ceiling(
                known,
                Glance(
                    at_s=at_s,
                    state=OcppState.CHARGING,
                    told=Command(limit_a, True),
                    settled_s=began_s,
                    drawn_a=takes(limit_a),
                ),
            )
    return known


@pytest.mark.parametrize("less_a", [0, 1, 2, 3, 5])
def test_a_car_that_takes_less_of_every_offer_has_none(less_a: int) -> None:
    assert shown(lambda offer_a: offer_a - less_a, [6, 10, 16, 6, 8, 12]).most_a > 32


@pytest.mark.parametrize("cap_a", [8.0, 10.0, 13.0])
def test_one_with_a_limit_of_its_own_has(cap_a: float) -> None:
    def takes(offer_a: float) -> float:
        return min(offer_a, cap_a)

    known = shown(takes, [6, 8, 14, 16, 7])
    assert known.cap_a <= cap_a
    assert known.most_a <= cap_a + 1 or shown(takes, [6, 8, 14, 16, 7, 14, 16]).most_a == cap_a + 1


def test_a_car_that_tapers_is_followed_down_and_up() -> None:
    known = shown(lambda _: 16.0, [16])
    for drawn_a in (15.0, 14.0, 13.0, 9.0):
        at_s = known.limit_a + 1000.0
        glance = Glance(at_s=at_s, state=OcppState.CHARGING, told=Command(16, True), settled_s=0.0, drawn_a=drawn_a)
        known = observe_ceiling(known, glance)
    assert known.cap_a == 9.0
    assert known.most_a == 10
    known = observe_ceiling(known, glance._replace(drawn_a=11.0))
    assert known.most_a > 32


def test_the_governor_writes_nothing_beyond_it() -> None:
    strategy = Wants(16)
    run = Run(core(strategy))
    for wanted_a in (8, 14, 16, 8, 16, 9, 15, 7, 16):
        strategy.current_a = wanted_a
        for _ in range(60):
            ev_w = 690.0 * min(10, run.limit_a) if run.charging else 0.0
            run.step(2.0, ev_w=ev_w)
    writes = [told for told in run.told if "set_limit" in told]
    assert writes[-4:] == ["set_limit 9 A", "set_limit 11 A", "set_limit 7 A", "set_limit 11 A"]
