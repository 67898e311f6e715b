"""Numbers, units and words in what the box writes for people."""

import pytest

from controller.wallbox.texts import duration_s_in, energy_wh_in, number_in, numbers_in, plain, truth_in, whole_in


@pytest.mark.parametrize(
    ("value", "numbers"),
    [
        (16, (16,)),
        (16.5, (16.5,)),
        ("16", (16,)),
        ("16,5 A", (16.5,)),
        ("-3.2", (-3.2,)),
        ("28 Sessions", (28,)),
        ("1.234,5 kWh", (1234.5,)),
        ("1,234.5 kWh", (1234.5,)),
        ("228 V, 227 V, 229 V", (228, 227, 229)),
        ("L1: 230.5V, L2: 229,1V, L3: 231V", (230.5, 229.1, 231)),
        ("230,5 V, 229,8 V", (230.5, 229.8)),
        ("", ()),
        ("none", ()),
        (None, ()),
        (True, ()),
        (float("nan"), ()),
        (float("inf"), ()),
        (10**400, ()),
        ("9" * 5000, ()),
        ([1], ()),
        ({"a": 1}, ()),
    ],
)
def test_numbers(value: object, numbers: tuple[float, ...]) -> None:
    assert numbers_in(value) == numbers
    assert number_in(value) == (numbers[0] if numbers else None)


@pytest.mark.parametrize(("value", "whole"), [("3", 3), (3.0, 3), ("3,0", 3), (3.5, None), ("three", None)])
def test_whole_numbers(value: object, whole: int | None) -> None:
    assert whole_in(value) == whole


@pytest.mark.parametrize(
    ("value", "truth"),
    [
        (True, True),
        (False, False),
        ("ON", True),
        ("Off", False),
        ("EIN", True),
        ("aus", False),
        ("TRUE", True),
        ("false", False),
        (1, True),
        (0, False),
        ("1", True),
        (" enabled ", True),
        ("perhaps", None),
        ("", None),
        (None, None),
        (2, None),
    ],
)
def test_on_and_off(value: object, truth: bool | None) -> None:
    assert truth_in(value) is truth


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("819.46 minutes", 49167.6),
        ("819,46 Minuten", 49167.6),
        ("2 h", 7200),
        ("2 Stunden", 7200),
        ("90 s", 90),
        ("30 Sekunden", 30),
        ("5", 300),
        (5, 300),
        ("-", None),
    ],
)
def test_durations(value: object, seconds: float | None) -> None:
    assert duration_s_in(value) == (None if seconds is None else pytest.approx(seconds))


@pytest.mark.parametrize(
    ("value", "watt_hours"),
    [("0.013 kWh", 13), ("0,013 kWh", 13), ("13 Wh", 13), ("1,5 MWh", 1.5e6), ("2", 2000), ("kWh", None)],
)
def test_energies(value: object, watt_hours: float | None) -> None:
    assert energy_wh_in(value) == (None if watt_hours is None else pytest.approx(watt_hours))


@pytest.mark.parametrize(
    ("text", "shown"),
    [("a\x1b[31mb\n", "a [31mb "), ("x" * 500, "x" * 120), ([1, 2], "(2 entries)"), ("\ud800", " "), (7, "7")],
)
def test_what_a_stranger_wrote_is_plain(text: object, shown: str) -> None:
    assert plain(text) == shown
