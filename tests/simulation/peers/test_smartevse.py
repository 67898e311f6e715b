"""SmartEVSE's rule, by hand: asked every 2 s; currents are the sum over the phases at the grid."""

import pytest

from controller.simulation.peers.rule import CurrentRange
from controller.simulation.peers.smartevse import SmartEvse, step_a
from tests.simulation.peers.seen import seen, wishes

ON_AT = 30  # the sample at 60 s
FREE_AT = 50  # and that at 100 s, 40 s later


def started(surplus_a: float = 6.0) -> SmartEvse:
    """On, at the minimum, its first 40 s over."""
    rule = SmartEvse(CurrentRange())
    assert wishes(rule, [*[920] * (ON_AT + 1), *[surplus_a * 230] * (FREE_AT - ON_AT - 1)])[-1] == 6
    return rule


def test_starts_after_a_minute_with_four_amps_in_all() -> None:
    assert wishes(SmartEvse(CurrentRange()), [920] * 31) == [0] * 30 + [6]
    assert wishes(SmartEvse(CurrentRange()), [919] * 60) == [0] * 60
    assert wishes(SmartEvse(CurrentRange()), [*[920] * 20, 900, *[920] * 31]) == [0] * 51 + [6]


def test_four_amps_in_all_start_three_phases_too() -> None:
    assert wishes(SmartEvse(CurrentRange()), [920] * 31, phases=3) == [0] * 30 + [6]


def test_stays_at_six_amps_for_forty_seconds() -> None:
    given = wishes(SmartEvse(CurrentRange()), [2300] * 60)
    assert given[ON_AT:FREE_AT] == [6] * 20
    # 4 A to spare: 6.5, 7; 3 A: 7.5, 8; 2 A: 8.5, 9; 1 A: a tenth at a time
    assert given[FREE_AT : FREE_AT + 7] == [6, 7, 7, 8, 8, 9, 9]


@pytest.mark.parametrize(
    ("import_a", "expected"),
    [
        *[(-8, 0.5), (-1.1, 0.5), (-1, 0.1), (-0.1, 0.1), (0, 0), (0.3, 0)],
        *[(0.4, -0.1), (1, -0.1), (1.1, -0.5), (2, -0.5), (2.2, -1.1), (8, -4)],
    ],
)
def test_steps(import_a: float, expected: float) -> None:
    assert step_a(import_a) == pytest.approx(expected)


def test_stops_after_ten_minutes_at_the_minimum() -> None:
    rule = started()
    given = [rule.wish(seen(100 + 2 * index, 800, 6)) for index in range(301)]
    assert given == [6] * 300 + [0]


def test_a_moment_above_the_minimum_starts_the_wait_anew() -> None:
    rule = started()
    surpluses_w = [800] * 300 + [1400] + [800] * 301
    given = [rule.wish(seen(100 + 2 * index, surplus_w, 6)) for index, surplus_w in enumerate(surpluses_w)]
    # one step of 0.1 A up; the next takes it back
    assert given == [6] * 601 + [0]


def test_does_not_stop_where_it_would_start_at_once() -> None:
    rule = started()
    assert {rule.wish(seen(100 + 2 * index, 920, 6)) for index in range(900)} == {6}


def test_goes_on_stepping_whether_the_box_takes_it_or_not() -> None:
    rule = started()
    given = [rule.wish(seen(100 + 2 * index, 3680, 6)) for index in range(6)]
    assert given == [6, 7, 7, 8, 8, 9]  # half an amp a loop, while the box still stands at 6
