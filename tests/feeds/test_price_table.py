"""Tables of prices that somebody has written: what they say, on the days of a clock change too, and what is refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from controller.domain.calendar import Span
from controller.domain.errors import FeedError
from controller.domain.prices import Price, PriceTable
from controller.feeds.price_table import laid_over, parse_csv_table, parse_toml_table, read_table

BERLIN, LORD_HOWE = ZoneInfo("Europe/Berlin"), ZoneInfo("Australia/Lord_Howe")
HOUR = timedelta(hours=1)
TWO_TARIFFS = """
default_per_kwh = 0.34
[[recurring]]
start = "22:00"
end = "06:00"
per_kwh = 0.24
[[recurring]]
start = "12:00"
end = "14:00"
days = ["sat", "sun"]
per_kwh = 0.2
[[dated]]
start = 2026-12-24T23:00:00+01:00
end = 2026-12-25T01:00:00+01:00
per_kwh = -0.1
"""
AS_CSV = """\
start, end, per_kwh, days
22:00, 06:00, 0.24, mon tue wed thu fri sat sun
12:00, 14:00, 0.2, sat sun
2026-12-24T23:00:00+01:00, 2026-12-25T01:00+01:00, -0.1,
"""


def day(year: int, month: int, number: int, zone: ZoneInfo, days: int = 1) -> Span:
    begin = datetime(year, month, number, tzinfo=zone)
    return Span(begin.astimezone(UTC), (begin + timedelta(days=days)).astimezone(UTC))


def told(prices: tuple[Price, ...], zone: ZoneInfo) -> list[tuple[str, str, float]]:
    return [(f"{start.astimezone(zone):%H:%M}", f"{end.astimezone(zone):%H:%M}", paid) for start, end, paid in prices]


def test_recurring_dated_and_default() -> None:
    table = parse_toml_table(TWO_TARIFFS, "prices.toml")
    assert told(table.prices(day(2026, 12, 24, BERLIN), BERLIN), BERLIN) == [
        ("00:00", "06:00", 0.24),
        ("06:00", "22:00", 0.34),
        ("22:00", "23:00", 0.24),
        ("23:00", "00:00", -0.1),
    ]
    assert told(table.prices(day(2026, 12, 26, BERLIN), BERLIN), BERLIN)[1:4] == [
        ("06:00", "12:00", 0.34),
        ("12:00", "14:00", 0.2),
        ("14:00", "22:00", 0.34),
    ]


def test_csv_says_the_same() -> None:
    written, as_csv = parse_toml_table(TWO_TARIFFS, "a.toml"), parse_csv_table(AS_CSV, "a.csv")
    assert (as_csv.recurring, as_csv.dated) == (written.recurring, written.dated)


@pytest.mark.parametrize(
    ("zone", "date", "nights_h"),
    [
        (BERLIN, (2026, 3, 28), 7),
        (BERLIN, (2026, 10, 24), 9),
        (BERLIN, (2026, 6, 1), 8),
        (LORD_HOWE, (2026, 10, 3), 7.5),
        (LORD_HOWE, (2026, 4, 4), 8.5),
    ],
)
def test_a_night_with_a_clock_change_is_neither_cut_nor_doubled(
    zone: ZoneInfo, date: tuple[int, int, int], nights_h: float
) -> None:
    prices = parse_toml_table(TWO_TARIFFS, "a.toml").prices(day(*date, zone, days=2), zone)
    night = [price for price in prices if price.per_kwh == 0.24 and price.end - price.start > 6.5 * HOUR]
    assert [(price.end - price.start) / HOUR for price in night] == [nights_h]
    assert PriceTable.of(prices).prices == prices


def test_where_nothing_is_said_nothing_is_known() -> None:
    table = parse_toml_table('[[recurring]]\nstart="01:00"\nend="02:00"\nper_kwh=0.1', "a.toml")
    prices = table.prices(day(2026, 6, 1, BERLIN, days=2), BERLIN)
    assert told(prices, BERLIN) == [("01:00", "02:00", 0.1), ("01:00", "02:00", 0.1)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "holds no prices"),
        ("x = [", "not valid TOML"),
        ("standard = 3", "standard: unknown key; known are: dated, default_per_kwh, recurring"),
        ('default_per_kwh = "0.3"', "default_per_kwh: must be a price per kWh"),
        ("default_per_kwh = nan", "default_per_kwh: must be a price per kWh"),
        ("default_per_kwh = 34", None),
        ("default_per_kwh = 1" + 400 * "0", "default_per_kwh: must be a price per kWh"),
        ("recurring = 3", r"recurring must be tables: \[\[recurring\]\]"),
        ('[[recurring]]\nstart="22:00"\nper_kwh=1', r"recurring\[0\]: end is missing"),
        ('[[recurring]]\nstart="24:00"\nend="06:00"\nper_kwh=1', r"recurring\[0\]: start: a time of day"),
        ('[[recurring]]\nstart=22\nend="06:00"\nper_kwh=1', r"recurring\[0\]: start: a time of day"),
        ('[[recurring]]\nstart="22:00"\nend="06:00"\nper_kwh=1\ndays=["so"]', "days: must be some of mon, tue"),
        ("[[dated]]\nstart=2026-01-01T00:00:00\nend=2026-01-02T00:00:00\nper_kwh=1", "with its offset"),
        ("[[dated]]\nstart=2026-01-02T00:00:00Z\nend=2026-01-01T00:00:00Z\nper_kwh=1", "ends before it begins"),
        (
            "[[dated]]\nstart=2026-01-01T00:00:00Z\nend=2026-01-02T00:00:00Z\nper_kwh=1\n"
            "[[dated]]\nstart=2026-01-01T12:00:00Z\nend=2026-01-02T12:00:00Z\nper_kwh=1",
            "two prices are given for 2026-01-01T12",
        ),
        (
            '[[recurring]]\nstart="22:00"\nend="06:00"\nper_kwh=1\n[[recurring]]\nstart="05:00"\nend="07:00"\nper_kwh=2',
            "22:00-06:00 and 05:00-07:00 both give a price for mon 05:00",
        ),
    ],
)
def test_toml_that_is_refused(text: str, said: str | None) -> None:
    if said is None:
        assert parse_toml_table(text, "a.toml").default_per_kwh == 34
        return
    with pytest.raises(FeedError, match=f"^a.toml.*{said}"):
        parse_toml_table(text, "a.toml")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "the headings must be"),
        ("start,end\n", "the headings must be"),
        ("start,end,per_kwh,tax\n", "the headings must be"),
        ("start,end,per_kwh\n", "holds no prices"),
        ("start,end,per_kwh\n22:00,06:00\n", "a.csv:2: has not as many fields"),
        ("start,end,per_kwh\n22:00,06:00,0,24\n", "a.csv:2: has not as many fields"),
        ("start,end,per_kwh\n22:00,06:00,cheap\n", "a.csv:2: per_kwh: must be a number"),
        ("start,end,per_kwh\n22:00,06:00,nan\n", "a.csv:2: per_kwh: must be a price"),
        ("start,end,per_kwh\n2026-01-01,2026-01-02,1\n", "a.csv:2: start: must be a time with its offset"),
        ('start,end,per_kwh\n"22:00,06:00,1\n', "a.csv: not valid CSV"),
    ],
)
def test_csv_that_is_refused(text: str, said: str) -> None:
    with pytest.raises(FeedError, match=said):
        parse_csv_table(text, "a.csv")


def test_files(tmp_path: Path) -> None:
    for name, text in (("a.toml", TWO_TARIFFS), ("a.CSV", AS_CSV)):
        (tmp_path / name).write_text(text)
        assert len(read_table(tmp_path / name).recurring) == 2
    (tmp_path / "bytes.csv").write_bytes(b"\xff\xfe")
    (tmp_path / "long.csv").write_bytes(b" " * (2 * 1024 * 1024 + 1))
    (tmp_path / "prices.xlsx").write_text("x")
    for name, said in (
        ("none.csv", "does not exist"),
        (".", "no regular file"),
        ("bytes.csv", "not UTF-8"),
        ("long.csv", "is longer than 2048 KiB"),
        ("prices.xlsx", "ends in .toml or .csv"),
    ):
        with pytest.raises(FeedError, match=said):
            read_table(tmp_path / name)


BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
TABLES = st.lists(st.tuples(st.integers(0, 30), st.integers(1, 9), st.integers(0, 5)), max_size=6).map(
    lambda rows: _apart([Price(BEGIN + a * HOUR, BEGIN + (a + n) * HOUR, float(p)) for a, n, p in rows])
)


def _apart(prices: list[Price]) -> tuple[Price, ...]:
    found: list[Price] = []
    for price in sorted(prices):
        if not found or price.start >= found[-1].end:
            found.append(price)
    return tuple(found)


@settings(max_examples=80)
@given(upper=TABLES, lower=TABLES)
def test_laid_over_is_the_upper_where_it_says_something_else_the_lower(
    upper: tuple[Price, ...], lower: tuple[Price, ...]
) -> None:
    both = PriceTable.of(laid_over(upper, lower))
    for half_hour in range(-1, 90):
        now = BEGIN + half_hour * HOUR / 2
        said = PriceTable(upper).at(now) or PriceTable(lower).at(now)
        found = both.at(now)
        assert (found and found.per_kwh) == (said and said.per_kwh)
