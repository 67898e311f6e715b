"""OpenEVSE's rule, by hand: asked every 5 s; smoothing of first order, 20 s up and 600 s down."""

from math import ceil, log

from controller.simulation.peers.openevse import OpenEvse
from controller.simulation.peers.rule import CurrentRange
from tests.simulation.peers.seen import wishes


def test_starts_once_the_smoothed_surplus_is_six_and_a_half_amps() -> None:
    # 10 A * (1 - exp(-t / 20 s)) reaches 6.5 A at 21.0 s: with the fifth sample
    assert wishes(OpenEvse(CurrentRange()), [2300] * 6) == [0, 0, 0, 0, 10, 10]


def test_never_starts_below() -> None:
    assert set(wishes(OpenEvse(CurrentRange()), [6.4 * 230] * 500)) == {0}


def test_offers_the_surplus_as_it_is_and_the_minimum_below() -> None:
    given = wishes(OpenEvse(CurrentRange()), [*[2300] * 5, 1839, 9000, 0, -500])
    assert given[4:] == [10, 7, 16, 6, 6]


def test_stops_once_the_smoothed_surplus_has_fallen_to_six_amps() -> None:
    given = wishes(OpenEvse(CurrentRange()), [2300] * 200 + [0] * 100)
    # from 10 A down to 6 A: 600 s * ln(10 / 6) = 306 s
    samples = ceil(600 * log(10 / 6) / 5)
    assert given[200:] == [6] * (samples - 1) + [0] * (101 - samples)


def test_stays_on_for_ten_minutes() -> None:
    given = wishes(OpenEvse(CurrentRange()), [2300] * 5 + [0] * 200)
    # on at 20 s; the smoothed surplus of 7.1 A is down to 6 A long before 620 s
    assert given[4] == 10
    assert given[5:124] == [6] * 119
    assert given[124:] == [0] * 81


def test_three_phases_share_the_surplus() -> None:
    assert wishes(OpenEvse(CurrentRange()), [6900] * 6, phases=3) == [0, 0, 0, 0, 10, 10]
