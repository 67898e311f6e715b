"""Dextro86's rule, by hand: asked every 2 s; smoothing of first order, 12 s."""

import pytest

from controller.simulation.peers.dextro86 import Dextro86
from controller.simulation.peers.rule import CurrentRange
from tests.simulation.peers.seen import wishes


@pytest.mark.parametrize(
    ("surpluses_w", "expected"),
    [
        pytest.param([1800], [6], id="starts at once at 1800 W"),
        pytest.param([1799] * 20, [0] * 20, id="not below"),
        pytest.param([2300] * 8, [6, 6, 6, 8, 8, 8, 10, 10], id="up by 2 A, 5 s apart"),
        # up to 7 A on what is left of 1800 W: 1635 W after 6 s; down again 5 s later
        pytest.param([1800] + [1390] * 20, [6, 6, 6, 7, 7, 7, *[6] * 15], id="goes on below 1800 W"),
        # 2300 W * exp(-t / 12 s): 1947, 1648, 1395, 1181 W; the first step is taken, the next wait 5 s
        pytest.param([2300] * 10 + [0] * 4, [6, 6, 6, 8, 8, 8, *[10] * 4, 8, 8, 8, 0], id="down at once"),
        pytest.param([2300] * 10 + [2440] * 30, [6, 6, 6, 8, 8, 8, *[10] * 34], id="150 W at the grid are nothing"),
        pytest.param([2300] * 10 + [2160] * 30, [6, 6, 6, 8, 8, 8, *[10] * 34], id="either way"),
        # 8.5 A: the smoothed surplus passes 10, then 9 A
        pytest.param([2300] * 10 + [1955] * 2, [6, 6, 6, 8, 8, 8, *[10] * 4, 9, 9], id="but 345 W are something"),
    ],
)
def test_on_one_phase(surpluses_w: list[float], expected: list[int]) -> None:
    assert wishes(Dextro86(CurrentRange()), surpluses_w) == expected


def test_on_three_phases_the_minimum_has_to_be_there() -> None:
    assert wishes(Dextro86(CurrentRange()), [4130] * 20, phases=3) == [0] * 20
    assert wishes(Dextro86(CurrentRange()), [4140], phases=3) == [6]


def test_stops_below_what_the_minimum_takes() -> None:
    given = wishes(Dextro86(CurrentRange()), [1800] * 4 + [1200] * 30)
    # 1200 + 600 W * exp(-t / 12 s) is 1387 W after 14 s and 1358 W after 16 s; 1200 W alone would not stop it
    assert given == [6] * 3 + [7] * 3 + [6] * 5 + [0] * 23
