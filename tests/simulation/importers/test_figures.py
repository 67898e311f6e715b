"""Numbers: points, commas, thousands; one manner a file, or an error."""

import pytest

from controller.simulation.importers.figures import Figures, OtherDecimalError
from controller.simulation.trace import TraceError


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", 12.0),
        (" -3.5 ", -3.5),
        ("-3,5", -3.5),
        ("1.5e3", 1500.0),
        ("+.5", 0.5),
        ("1.234,5", 1234.5),
        ("1,234.5", 1234.5),
        ("1'234.5", 1234.5),
        ("1 234,5", 1234.5),
        ("", None),
        ("NaN", None),
        ("null", None),
        ("unavailable", None),
        ("unknown", None),
    ],
)
def test_numbers(text: str, value: float | None) -> None:
    assert Figures(None).number(text, "F.csv:2") == value


@pytest.mark.parametrize(
    "text", ["x", "1,2,3.4,5", "12 W", "0x10", "1_000", "inf", "-Infinity", "1e999", "1,23.4", "--1", "٣"]
)
def test_no_numbers(text: str) -> None:
    with pytest.raises(TraceError, match=r"^F.csv:2: "):
        Figures(None).number(text, "F.csv:2")


def test_a_decimal_comma_stays_one() -> None:
    figures = Figures(None)
    assert figures.number("0,5", "F.csv:2") == 0.5
    assert figures.number("1.234", "F.csv:3") == 1234
    assert figures.number("1.234,5", "F.csv:4") == 1234.5
    with pytest.raises(TraceError, match=r"F.csv:5: '1.5' is no number where ',' begins the fraction; --decimal comma"):
        figures.number("1.5", "F.csv:5")


def test_a_decimal_point_stays_one() -> None:
    figures = Figures(None)
    assert figures.number("0.5", "F.csv:2") == 0.5
    assert figures.number("1,234", "F.csv:3") == 1234
    with pytest.raises(TraceError, match="--decimal"):
        figures.number("1,5", "F.csv:4")


@pytest.mark.parametrize("text", ["4,200", "4.200", "-1.050", "123.456", "10,500"])
def test_a_number_that_may_be_two(text: str) -> None:
    figures = Figures(None)
    figures.number(text, "F.csv:2")
    figures.number("7", "F.csv:3")
    with pytest.raises(
        TraceError, match=rf"F.csv:2: '{text}' may be two numbers; say --decimal comma or --decimal point"
    ):
        figures.settle()


@pytest.mark.parametrize(
    ("texts", "decimal"),
    [
        (["1.050", "0,5"], ","),
        (["1.050", "1.234.567"], ","),
        (["1,050", "1,234,567"], "."),
        (["1,050", "0.512"], "."),
        (["1.050", "1,200", "1.5"], "."),
    ],
)
def test_a_later_number_tells_that_earlier_ones_were_thousands(texts: list[str], decimal: str) -> None:
    figures = Figures(None)
    for text in texts[:-1]:
        figures.number(text, "F.csv:2")
    with pytest.raises(OtherDecimalError) as caught:
        figures.number(texts[-1], "F.csv:3")
    assert caught.value.decimal == decimal


@pytest.mark.parametrize("texts", [["1.050", "0.512"], ["1,050", "0,512"], ["1.050", "1050.5"], ["0,512", "1,200"]])
def test_a_later_number_tells_that_earlier_ones_were_fractions(texts: list[str]) -> None:
    figures = Figures(None)
    for text in texts:
        assert figures.number(text, "F.csv:2") == float(text.replace(",", "."))
    figures.settle()


def test_known_marks() -> None:
    assert Figures(",").number("4,200", "F.csv:2") == 4.2
    assert Figures(None).number("0,200", "F.csv:2") == 0.2


def test_what_begins_a_fraction_can_be_said() -> None:
    assert Figures(",").number("1.234", "F.csv:2") == 1234
    assert Figures(".").number("1.234", "F.csv:2") == 1.234
    assert Figures(".").number("1,234", "F.csv:2") == 1234
