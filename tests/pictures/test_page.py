"""The page around a picture."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from controller.pictures.front import Score, SweepPoint
from controller.pictures.page import day_page, sweep_page
from controller.pictures.record import Ground
from tests.pictures.days import START_S, day

SVG = '<svg xmlns="http://www.w3.org/2000/svg"><title>t</title></svg>\n'
VOID = {"meta"}


class _Reader(HTMLParser):
    """Collects elements and text; fails where elements are not nested."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.cells: list[str] = []
        self._open: list[str] = []
        self.feed(page)
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        assert not [name for name, _ in attrs if name.startswith("on")]
        if tag not in VOID:
            self._open.append(tag)
        if tag in ("td", "th"):
            self.cells.append("")

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] in ("td", "th"):
            self.cells[-1] += data


def test_a_day_has_its_picture_its_figures_and_its_reasons_longest_first() -> None:
    grounds = [Ground(START_S, "no_sun"), Ground(START_S + 3600, "sun"), Ground(START_S + 4 * 3600, "no_sun")]
    page = day_page(day(grounds=grounds, figures=[("starts", "3"), ("value", "2.50 kWh")]), SVG)
    reader = _Reader(page)
    assert page.count(SVG) == 1
    assert reader.cells[:4] == ["starts", "3", "value", "2.50 kWh"]
    assert reader.cells[8:] == ["too little sun", "21 h", "87.5 %", "2", "sun", "3 h", "12.5 %", "1"]
    assert "@media print" in page
    assert "Europe/Zurich, UTC+02:00" in page


def test_nothing_comes_from_elsewhere_or_runs_and_words_are_escaped() -> None:
    hostile = "<script>alert('x')</script> & \"$title\" \x00"
    points = [
        SweepPoint(label=hostile, series=hostile, solar_kwh=1, grid_kwh=0, starts_per_day=1, score=None),
    ]
    sweep = sweep_page(hostile, points, Score.VALUE, SVG)
    grounds = [Ground(START_S, hostile)]
    one_day = day_page(day(title=hostile, figures=[(hostile, hostile)], grounds=grounds), SVG)
    for page in (sweep, one_day):
        reader = _Reader(page)
        assert {"script", "link", "img", "iframe"}.isdisjoint(reader.tags)
        assert "\x00" not in page
        assert "&lt;script&gt;alert(&#x27;x&#x27;)" in page
        assert [link for link in re.findall(r'https?://[^"\s<]*', page) if "w3.org" not in link] == []
        assert hostile.replace("\x00", "\N{REPLACEMENT CHARACTER}") in reader.cells


def test_a_sweep_says_of_each_point_what_it_is_best_in() -> None:
    few = SweepPoint(label="a", series="s", solar_kwh=10, grid_kwh=5, starts_per_day=2.0, score=3.0)
    more = SweepPoint(label="b", series="s", solar_kwh=12, grid_kwh=4, starts_per_day=3.0, score=None)
    cells = _Reader(sweep_page("t", [few, more], Score.VALUE, SVG)).cells
    assert cells[5] == "value, kWh"
    assert cells[7:14] == ["s", "a", "10.00", "5.00", "2.0", "3.00", "starts and value"]
    assert cells[14:] == ["s", "b", "12.00", "4.00", "3.0", "", "sun and grid"]


def test_a_sweep_of_shares_lists_what_was_captured() -> None:
    point = SweepPoint(label="a", series="s", solar_kwh=10, grid_kwh=5, starts_per_day=2.0, score=0.912)
    page = sweep_page("t", [point], Score.CAPTURED, SVG)
    cells = _Reader(page).cells
    assert (cells[5], cells[12]) == ("captured, %", "91.20")
    assert cells[13] == "sun and grid, starts and captured"
    assert "captured is in % of perfect foresight&#x27;s value" in page
