"""How the candidates are weighed."""

from __future__ import annotations

from math import inf, nan

import pytest

from controller.control.car_belief import Belief, Candidate, cast_for, weigh

CAST = cast_for(3, 16)


def power_w(one: Candidate, offered_a: float) -> float:
    return one.phases * one.drawn_a(offered_a) * 230


def seen(belief: Belief | None, watts: float, offered_a: float, scale_w: float = 150.0) -> Belief:
    found = weigh(belief, CAST, [(watts - power_w(one, offered_a)) / scale_w for one in CAST.candidates])
    assert found is not None
    return found


@pytest.mark.parametrize(("phases", "max_current_a"), [(1, 6), (1, 16), (3, 6), (3, 16), (3, 32)])
def test_all_cars_together_are_certain(phases: int, max_current_a: int) -> None:
    cast = cast_for(phases, max_current_a)
    assert len(cast.candidates) == len(cast.where_share) * len(cast.kind_share)
    assert sum(cast.where_share) == pytest.approx(1)
    assert sum(cast.kind_share) == pytest.approx(1)
    assert {one.phases for one in cast.candidates} == ({1} if phases == 1 else {1, 2, 3})
    assert all(sum(one.on) == one.phases for one in cast.candidates)


@pytest.mark.parametrize(
    ("candidate", "offered_a", "drawn_a"),
    [
        (Candidate((1, 1, 1), 3, inf, 0.0), 12, 12),
        (Candidate((1, 1, 1), 3, 10.5, 0.0), 12, 10.5),
        (Candidate((1, 1, 1), 3, 10.5, 0.0), 8, 8),
        (Candidate((1, 0, 0), 1, inf, 1.5), 8, 6.5),
        (Candidate((1, 0, 0), 1, inf, 1.5), 0, 0),
    ],
)
def test_drawn(candidate: Candidate, offered_a: float, drawn_a: float) -> None:
    assert candidate.drawn_a(offered_a) == drawn_a


def test_unknown_cars_are_taken_for_three_phases_without_a_limit() -> None:
    everything = weigh(None, CAST, [0.0] * len(CAST.candidates))
    assert everything is not None
    assert (everything.likeliest.phases, everything.likeliest.cap_a, everything.likeliest.shortfall_a) == (3, inf, 0)
    assert everything.certainty == pytest.approx(0.6)
    assert sum(everything.weights) == pytest.approx(1, abs=1e-5)


def test_one_look_at_a_quiet_house_tells_three_kilowatts_from_one() -> None:
    assert seen(None, 1380, 6).likeliest.phases == 1
    assert seen(None, 1380, 6).certainty > 0.95
    assert seen(None, 4140, 6).likeliest.phases == 3


def test_a_kettle_does_not_overturn_what_four_looks_have_shown() -> None:
    belief = None
    for _ in range(4):
        belief = seen(belief, 1840, 8)
    belief = seen(belief, 1840 + 2000, 8)
    assert belief.likeliest.phases == 1
    assert belief.certainty > 0.95


def test_another_limit_of_the_car_is_believed_after_a_few_looks() -> None:
    belief = None
    for _ in range(20):
        belief = seen(belief, 16 * 690, 16)
    assert belief is not None
    assert belief.likeliest.cap_a == inf
    for _ in range(2):
        belief = seen(belief, 11 * 690, 16)
    assert belief.likeliest.cap_a == 11


@pytest.mark.parametrize("error", [nan, inf])
def test_an_observation_that_is_no_number_changes_nothing(error: float) -> None:
    belief = seen(None, 1380, 6)
    assert weigh(belief, CAST, [error] * len(CAST.candidates)) == belief
    assert weigh(None, CAST, [error] * len(CAST.candidates)) is None


def test_a_belief_of_another_box_is_begun_anew() -> None:
    other = cast_for(3, 32)
    belief = weigh(seen(None, 1380, 6), other, [0.0] * len(other.candidates))
    assert belief is not None
    assert belief.likeliest.phases == 3
    assert len(belief.weights) == len(other.candidates)
