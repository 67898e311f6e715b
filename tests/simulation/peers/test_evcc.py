"""evcc's rule, by hand: asked every 30 s, 230 V, minimum 6 A (1380 W on one phase, 4140 W on three)."""

import pytest

from controller.simulation.peers.evcc import Evcc, Thresholds
from controller.simulation.peers.rule import CurrentRange
from tests.simulation.peers.seen import seen, wishes

STARTS = [1400.0] * 3


def default() -> Evcc:
    return Evcc(CurrentRange(), Thresholds())


def tuned(solar_share: float, phases: int = 1) -> Evcc:
    currents = CurrentRange()
    return Evcc(currents, Thresholds.tuned(solar_share, currents.min_w(phases)))


@pytest.mark.parametrize(
    ("surpluses_w", "expected"),
    [
        pytest.param([1400] * 3, [0, 0, 6], id="starts after 60 s"),
        pytest.param([1379] * 5, [0] * 5, id="not below the minimum"),
        pytest.param([1380] * 3, [0, 0, 6], id="the minimum is enough"),
        pytest.param(
            [1400, 1400, 1300, 1400, 1400, 1400], [0, 0, 0, 0, 0, 6], id="one bad sample starts the wait anew"
        ),
        pytest.param([9000] * 4, [0, 0, 6, 16], id="starts at the minimum, then goes to the maximum"),
        pytest.param([*STARTS, 2400, 1839, 1840], [0, 0, 6, 10, 7, 8], id="follows in whole amps, rounded down"),
        pytest.param([*STARTS, *[1000] * 7], [0, 0, *[6] * 7, 0], id="stops after 180 s"),
        pytest.param(
            [*STARTS, *[1000] * 6, 1400, *[1000] * 7], [0, 0, *[6] * 14, 0], id="one good sample starts the stop anew"
        ),
    ],
)
def test_default(surpluses_w: list[float], expected: list[int]) -> None:
    assert wishes(default(), surpluses_w) == expected


def test_default_on_three_phases() -> None:
    assert wishes(default(), [4139] * 4, phases=3) == [0] * 4
    assert wishes(default(), [4140] * 3 + [6900], phases=3) == [0, 0, 6, 10]


@pytest.mark.parametrize(
    ("solar_share", "surpluses_w", "expected"),
    [
        pytest.param(0.5, [690] * 3, [0, 0, 6], id="half of 1380 W is enough"),
        pytest.param(0.5, [689] * 4, [0] * 4, id="a watt less is not"),
        pytest.param(0.5, [*[690] * 3, *[691] * 20], [0, 0, *[6] * 21], id="689 W of import never stop it"),
        pytest.param(0.5, [*[690] * 3, *[689] * 7], [0, 0, *[6] * 7, 0], id="691 W do, after 180 s"),
        pytest.param(1.0, [1380] * 3, [0, 0, 6], id="pure sun"),
        pytest.param(1.0, [1379] * 4, [0] * 4, id="and no less"),
    ],
)
def test_tuned(solar_share: float, surpluses_w: list[float], expected: list[int]) -> None:
    assert wishes(tuned(solar_share), surpluses_w) == expected


def test_thresholds_of_a_share() -> None:
    thresholds = Thresholds.tuned(0.9, 4140)
    assert thresholds.enable_w == pytest.approx(-3726)
    assert thresholds.disable_w == pytest.approx(414)


def test_a_car_that_draws_less_is_reckoned_with_two_amps_more() -> None:
    rule = default()
    assert wishes(rule, STARTS)[-1] == 6
    # draws 5 of 12 A, exports 460 W: 5 + 2 + 2
    assert rule.wish(seen(90, 1610, 12, current_a=5)) == 9
    # draws 11 of 12 A: no more than the 12 count, + 2
    assert rule.wish(seen(120, 2990, 12, current_a=11)) == 14


def test_a_car_that_does_not_charge_is_reckoned_with_nothing() -> None:
    rule = default()
    assert wishes(rule, STARTS)[-1] == 6
    assert rule.wish(seen(90, 1840, 10, current_a=0)) == 8
    # 1000 W are too little, but they are export: no wait for a stop begins
    assert [rule.wish(seen(now_s, 1000, 10, current_a=0)) for now_s in range(120, 600, 30)] == [6] * 16
