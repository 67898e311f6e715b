"""The rules of pv-control, TWCManager and openWB, by hand: on one phase the minimum takes 1380 W."""

import pytest

from controller.simulation.peers.openwb import OpenWb
from controller.simulation.peers.pv_control import PvControl
from controller.simulation.peers.rule import CurrentRange
from controller.simulation.peers.twcmanager import TwcManager
from tests.simulation.peers.seen import seen, wishes


@pytest.mark.parametrize(
    ("surpluses_w", "expected"),
    [
        pytest.param([1580] * 5, [0, 0, 0, 0, 6], id="starts after 120 s with 200 W to spare"),
        pytest.param([1579] * 8, [0] * 8, id="and not with less"),
        pytest.param([1580, 1580, 1580, 1579, *[1580] * 5], [0] * 8 + [6], id="one bad sample starts the wait anew"),
        pytest.param([2300] * 6, [0, 0, 0, 0, 10, 10], id="starts with what is there"),
        pytest.param([*[2300] * 5, 1586, 1587, 9000], [0] * 4 + [10, 6, 7, 16], id="nine tenths are rounded up"),
        pytest.param([*[2300] * 5, *[1379] * 5], [0] * 4 + [10, 6, 6, 6, 6, 0], id="stops after 120 s"),
        pytest.param(
            [*[2300] * 5, *[1379] * 4, 1380, *[1379] * 5], [0] * 4 + [10] + [6] * 9 + [0], id="unless it clears up"
        ),
    ],
)
def test_pv_control(surpluses_w: list[float], expected: list[int]) -> None:
    assert wishes(PvControl(CurrentRange()), surpluses_w) == expected


def test_pv_control_on_three_phases() -> None:
    assert wishes(PvControl(CurrentRange()), [4339] * 6, phases=3) == [0] * 6
    assert wishes(PvControl(CurrentRange()), [4340] * 5, phases=3) == [0] * 4 + [6]


@pytest.mark.parametrize(
    ("surpluses_w", "expected"),
    [
        pytest.param([1380] * 3, [0, 0, 6], id="starts after 60 s"),
        pytest.param([1379] * 5, [0] * 5, id="not below the minimum"),
        pytest.param([1380, 1380, 1379, 1380, 1380, 2299], [0] * 5 + [9], id="a bad sample; then rounded down"),
        pytest.param([*[1380] * 3, 9000, *[1000] * 3], [0, 0, 6, 16, 6, 6, 0], id="stops after 60 s"),
        pytest.param(
            [*[1380] * 3, 1000, 1000, 1380, 1000, 1000, 1000], [0, 0] + [6] * 6 + [0], id="unless it clears up"
        ),
    ],
)
def test_twcmanager(surpluses_w: list[float], expected: list[int]) -> None:
    assert wishes(TwcManager(CurrentRange()), surpluses_w) == expected


@pytest.mark.parametrize(
    ("surpluses_w", "expected"),
    [
        pytest.param([1500] * 4, [0, 0, 0, 6], id="starts after 30 s"),
        pytest.param([1499] * 6, [0] * 6, id="not below 1500 W"),
        pytest.param([1500, 1500, 1500, 1499, *[1500] * 4], [0] * 7 + [6], id="one bad sample starts the wait anew"),
        pytest.param([3450] * 6, [0, 0, 0, 6, 11, 15], id="up by 5 A at the most"),
        pytest.param([*[3450] * 6, 1610, 1610], [0, 0, 0, 6, 11, 15, 10, 7], id="down by 5 A at the most"),
        pytest.param([*[1500] * 4, *[1379] * 7], [0, 0, 0, *[6] * 7, 0], id="stops after 60 s of import"),
        pytest.param([*[1500] * 4, *[1380] * 30], [0, 0, 0, *[6] * 31], id="balanced is no import"),
        pytest.param(
            [*[1500] * 4, *[1379] * 6, 1380, *[1379] * 7], [0, 0, 0, *[6] * 14, 0], id="a pause starts it anew"
        ),
    ],
)
def test_openwb(surpluses_w: list[float], expected: list[int]) -> None:
    assert wishes(OpenWb(CurrentRange()), surpluses_w) == expected


def test_openwb_starts_by_the_phases() -> None:
    assert wishes(OpenWb(CurrentRange()), [4499] * 5, phases=3) == [0] * 5
    assert wishes(OpenWb(CurrentRange()), [4500] * 4, phases=3) == [0, 0, 0, 6]


def test_openwb_does_not_lead_on_a_car_that_draws_less() -> None:
    rule = OpenWb(CurrentRange())
    assert wishes(rule, [3450] * 5)[-1] == 11
    # draws 7 of 15 A, nothing at the grid: 7 + 2, but not below 15 - 5
    assert rule.wish(seen(50, 1610, 15, current_a=7)) == 10
    assert rule.wish(seen(60, 1610, 10, current_a=7)) == 9
