"""The process behind the clouds, piece by piece."""

from __future__ import annotations

from itertools import pairwise

import pytest

from controller.simulation.days.dice import Dice
from controller.simulation.days.sky import Sky, Spells, clear_sky_index


def _sky(*, edge_s: float = 1.0, rim: float = 0.0, quick: float = 0.0) -> Sky:
    return Sky(
        sunny=Spells(level=(1.0, 1.0), length_s=(600, 600.001), quick=quick),
        cloudy=Spells(level=(0.3, 0.3), length_s=(600, 600.001), quick=quick),
        edge_s=(edge_s, edge_s),
        rim=rim,
    )


def _index(sky: Sky, name: str = "a") -> list[float]:
    return clear_sky_index([(86_400, sky)], Dice(name))


def test_spells_take_turns_at_their_levels() -> None:
    index = _index(_sky())
    assert len(index) == 8641
    assert {round(value, 2) for value in index} == {0.3, 1.0}
    assert sum(value > 0.9 for value in index) == pytest.approx(4320, abs=61)


def test_edges_are_soft() -> None:
    hard, soft = _index(_sky()), _index(_sky(edge_s=60.0))
    steepest = [max(abs(b - a) for a, b in pairwise(index)) for index in (hard, soft)]
    assert steepest[0] > 0.65
    assert steepest[1] < 0.15


def test_beside_a_cloud_more_than_a_clear_sky_arrives() -> None:
    plain, rimmed = _index(_sky()), _index(_sky(rim=0.3))
    assert max(plain) == pytest.approx(1.0)
    assert 1.1 < max(rimmed) < 1.6
    bright = [place for place in range(60, 8580) if rimmed[place] > 1.1]  # not in midnight's half spells
    clouds = [place for place, value in enumerate(plain) if value < 0.5]
    assert max(min(abs(place - cloud) for cloud in clouds) for place in bright) * 10 < 300


def test_no_rim_and_no_gust_lifts_it_above_the_ceiling() -> None:
    index = _index(_sky(rim=2.0, quick=0.3))
    assert max(index) == 1.6
    assert sum(value == 1.6 for value in index) > 10
    assert min(index) >= 0


def test_within_a_spell_the_index_wanders_as_told() -> None:
    index = clear_sky_index(
        [
            (
                86_400,
                Sky(
                    sunny=Spells(level=(0.5, 0.5), length_s=(600, 900), quick=0.1),
                    cloudy=Spells(level=(0.5, 0.5), length_s=(600, 900), quick=0.1),
                ),
            )
        ],
        Dice("b"),
    )
    mean = sum(index) / len(index)
    deviation = (sum((value - mean) ** 2 for value in index) / len(index)) ** 0.5
    assert mean == pytest.approx(0.5, abs=0.02)
    assert deviation == pytest.approx(0.05, abs=0.012)


def test_a_plan_changes_skies_when_it_says_so() -> None:
    dark = Spells(level=(0.1, 0.1), length_s=(600, 900))
    dull = Sky(sunny=dark, cloudy=dark)
    index = clear_sky_index([(43_200, dull), (86_400, _sky())], Dice("c"))
    assert max(index[:4320]) < 0.15
    assert max(index[4330:]) > 0.9


def test_dice_are_named_and_bounded() -> None:
    draws = [Dice("one").unit() for _ in range(3)]
    assert draws[0] == draws[1] == draws[2] != Dice("two").unit()
    dice = Dice("bounds")
    lengths = [dice.power_law(30, 3600, 1.5) for _ in range(2000)]
    assert 30 <= min(lengths) < 31
    assert 1500 < max(lengths) <= 3600
    # the integral of the density says that so many are longer than 300 s
    share = (300**-0.5 - 3600**-0.5) / (30**-0.5 - 3600**-0.5)
    assert sum(length > 300 for length in lengths) / 2000 == pytest.approx(share, abs=0.03)
    assert {dice.count(2, 4) for _ in range(100)} == {2, 3, 4}
    normal = [dice.normal() for _ in range(4000)]
    assert sum(normal) / 4000 == pytest.approx(0.0, abs=0.06)
    assert sum(value * value for value in normal) / 4000 == pytest.approx(1.0, abs=0.08)


def test_the_dice_fall_alike_on_every_machine() -> None:
    assert Dice("sky broken 3").unit() == pytest.approx(0.7523205736385402, abs=1e-15)
