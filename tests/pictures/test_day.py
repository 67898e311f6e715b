"""The picture of a day: light, self-contained, the same each time, and true."""

from __future__ import annotations

import re
from datetime import UTC
from functools import cache
from math import sin
from random import Random

import matplotlib as mpl
import pytest

from controller.domain.reasons import ReasonCode
from controller.pictures.day import day_svg
from controller.pictures.record import DayRecord, Ground, Told
from tests.pictures.days import START_S, Drawing, day

HEAVIEST = 150_000  # bytes


def _busy() -> DayRecord:
    """A day on which everything jumps: each power every 5 s, 400 commands, a reason a minute."""
    random = Random(7)
    told = [Told(START_S + 25_000 + 90.0 * number, random.randint(6, 16), number % 9 > 0) for number in range(400)]
    grounds = [Ground(START_S + 60.0 * number, random.choice(list(ReasonCode)[:12])) for number in range(1440)]
    return day(
        pv=lambda hour: random.uniform(0, 9000) if 5 < hour < 20 else 0.0,
        load=lambda hour: random.uniform(200, 4000),
        ev=lambda hour: random.uniform(4000, 11000) if 7 < hour < 17 else 0.0,
        told=[Told(START_S, 16, False), *told],
        grounds=grounds,
    )


@cache
def _busy_svg() -> str:
    return day_svg(_busy())


def test_a_full_day_with_many_commands_is_light() -> None:
    assert len(_busy_svg().encode()) < HEAVIEST


def test_nothing_in_it_comes_from_elsewhere_or_runs() -> None:
    svg = _busy_svg()
    Drawing(svg)  # is well-formed
    assert not re.search(r"<(script|image|foreignObject|iframe|!DOCTYPE|!ENTITY)", svg)
    assert not re.search(r"@import|@font-face|\son\w+=", svg)
    assert all(link.startswith("#") for link in re.findall(r'href="([^"]*)"', svg))
    assert all(link.startswith("#") for link in re.findall(r"url\(([^)]*)\)", svg))
    namespaces = set(re.findall(r'xmlns[:\w]*="([^"]*)"', svg))
    assert set(re.findall(r'https?://[^"\s<]*', svg)) == namespaces


def test_the_same_day_gives_the_same_bytes_and_matplotlib_stays_as_it_was() -> None:
    first = _busy_svg()
    with mpl.rc_context({"font.size": 30, "axes.grid": True, "svg.fonttype": "path"}):
        before = dict(mpl.rcParams)
        assert day_svg(_busy()) == first
        assert dict(mpl.rcParams) == before
    assert len(set(re.findall(r'\sid="([^"]*)"', first))) == len(re.findall(r'\sid="([^"]*)"', first))


def test_its_words_are_text() -> None:
    texts = Drawing(_busy_svg()).texts
    for expected in ("a day", "starts 1", "sun", "house", "car", "from the grid", "to the grid", "start", "limit, A"):
        assert expected in texts
    assert {"too little sun", "off-peak window", "00:00", "12:00"} <= set(texts)
    assert "local time: Europe/Zurich, UTC+02:00" in texts


def test_heights_are_those_of_the_powers() -> None:
    picture = day(
        pv=lambda hour: 8000.0 if 10 <= hour < 14 else 0.0,
        load=lambda hour: 1000.0,
        ev=lambda hour: 5000.0 if 12 <= hour < 16 else 0.0,
        told=[Told(START_S, 16, False), Told(START_S + 12 * 3600, 7, True), Told(START_S + 16 * 3600, 7, False)],
    )
    drawing = Drawing(day_svg(picture))
    (sun,) = drawing.outlines("sun")
    (house,) = drawing.outlines("house")
    ground = max(y for _, y in sun)
    per_kw = (ground - min(y for _, y in house)) / 1.0
    assert (ground - min(y for _, y in sun)) / per_kw == pytest.approx(8.0, abs=0.05)
    (fed,) = drawing.outlines("car-sun")
    (drawn,) = drawing.outlines("car-grid")
    assert (ground - min(y for _, y in fed)) / per_kw == pytest.approx(6.0, abs=0.05)  # on top of the house
    assert (ground - min(y for _, y in drawn)) / per_kw == pytest.approx(6.0, abs=0.05)  # from 14 to 16 h
    per_hour = (max(x for x, _ in house) - min(x for x, _ in house)) / 24
    widest = max(x for x, _ in fed) - min(x for x, _ in fed)
    assert widest / per_hour == pytest.approx(2.0, abs=0.1)


def test_of_the_car_only_what_the_house_leaves_of_the_sun_is_from_the_sun() -> None:
    picture = day(pv=lambda _: 3000.0, load=lambda _: 1000.0, ev=lambda _: 5000.0)
    drawing = Drawing(day_svg(picture))
    (sun,), (fed,), (drawn,) = (drawing.outlines(gid) for gid in ("sun", "car-sun", "car-grid"))
    ground, top = max(y for _, y in sun), min(y for _, y in sun)
    per_kw = (ground - top) / 3
    assert {round((ground - y) / per_kw, 1) for _, y in fed} == {1.0, 3.0}
    assert {round((ground - y) / per_kw, 1) for _, y in drawn} == {3.0, 6.0}


def test_import_and_export_in_the_same_minute_both_show() -> None:
    drawing = Drawing(day_svg(day(pv=lambda hour: 4000.0 * (int(hour * 720) % 2), load=lambda _: 2000.0)))
    for gid in ("import", "export"):
        (outline,) = drawing.outlines(gid)
        assert max(y for _, y in outline) - min(y for _, y in outline) > 20


def test_every_command_is_a_step_and_every_start_a_mark() -> None:
    limits = [6, 9, 16, 12, 8]
    told = [Told(START_S, 16, False)]
    told += [Told(START_S + 36_000 + 600 * number, limit_a, True) for number, limit_a in enumerate(limits)]
    told += [Told(START_S + 40_000, 8, False), Told(START_S + 45_000, 8, True)]
    drawing = Drawing(day_svg(day(ev=lambda _: 1.0, told=told)))
    first, second = drawing.outlines("limit-on")
    ground = max(y for _, y in first)
    per_amp = (ground - min(y for _, y in first)) / 16
    levels = [round((ground - y) / per_amp, 1) for _, y in first]
    assert sorted(set(levels)) == [0.0, 6.0, 8.0, 9.0, 12.0, 16.0]
    assert second[0][0] > first[-1][0]
    assert [x for x, _ in drawing.markers("starts")] == pytest.approx([first[0][0], second[0][0]], abs=0.1)


def test_a_dark_day_without_a_car_shows_what_there_is() -> None:
    drawing = Drawing(day_svg(day(load=lambda hour: 300 + 50 * sin(hour))))
    assert not drawing.has("limit-on")
    assert not drawing.has("car-sun")
    assert drawing.has("limit-off")
    assert {"car", "start", "limit while charging", "to the grid"}.isdisjoint(drawing.texts)
    assert {"too little sun", "24 h"} <= set(drawing.texts)


def test_a_short_reason_is_still_seen() -> None:
    grounds = [Ground(START_S, "no_sun"), Ground(START_S + 3600, "box_down"), Ground(START_S + 3605, "no_sun")]
    drawing = Drawing(day_svg(day(grounds=grounds)))
    assert "box does not answer" in drawing.texts
    assert "5 s" in drawing.texts
    ((begin, end),) = drawing.outlines("reason-1")
    assert 0.5 < end[0] - begin[0] < 1.0  # points; 5 s are 0.04


def test_the_day_of_a_clock_change_says_so() -> None:
    texts = Drawing(day_svg(day(start_s=1_792_879_200.0, hours=25))).texts  # 2026-10-25
    assert "clock -1 h" in texts
    assert texts.count("02:00") == 2
    assert "local time: Europe/Zurich, UTC+02:00, then UTC+01:00" in texts


@pytest.mark.parametrize("hours", [5 / 3600, 1.0, 72.0, 24 * 40])
def test_any_length_of_time_can_be_drawn(hours: float) -> None:
    step_s = 5.0 if hours < 100 else 900.0
    drawing = Drawing(day_svg(day(pv=lambda _: 500.0, hours=hours, step_s=step_s, zone=UTC)))
    assert drawing.has("sun")
    assert "local time: UTC" in drawing.texts


def test_hostile_words_are_only_words() -> None:
    title = "</text><script>alert(1)</script> $\\frac{1}$ \x00\x1b & 太陽 " + "long" * 60
    grounds = [Ground(START_S, '<b onload="x">$\\bad$'), Ground(START_S + 60, "]]>\x07")]
    drawing = Drawing(day_svg(day(title=title, grounds=grounds, figures=[("a < b", "$5 & more")])))
    assert any(text.startswith("</text><script>alert(1)") and "…" in text for text in drawing.texts)
    assert "a < b $5 & more" in drawing.texts
    assert '<b onload="x">$\\bad$' in drawing.texts


def test_series_of_unequal_length_are_no_day() -> None:
    good = day()
    with pytest.raises(ValueError, match="at least two"):
        DayRecord(
            title="", figures=(), zone=UTC, times_s=good.times_s, pv_w=[1.0], load_w=good.load_w, ev_w=good.ev_w,
            grid_w=good.grid_w, told=good.told, grounds=good.grounds,
        )  # fmt: skip
