"""A forecast in a file: two formats, read when it changes, and each fault with its place."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from controller.control.clock import WallClock
from controller.domain.errors import FeedError
from controller.domain.horizon import Expected
from controller.feeds.forecast_file import FileForecast, read_forecast_file

NINE = datetime(2026, 6, 22, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
CSV = """\
start,end,pv_w
2026-06-22T12:00:00+02:00,2026-06-22T13:00:00+02:00,5000

2026-06-22T11:00:00+02:00,2026-06-22T12:00:00+02:00,4000.5
"""
TOML = """\
[[step]]
start = 2026-06-22T09:00:00Z
end = 2026-06-22T10:00:00Z
pv_w = 4000.5
load_w = 300
[[step]]
start = "2026-06-22T12:00:00+02:00"
end = 2026-06-22T11:00:00Z
pv_w = 5000
"""


def test_both_formats_tell_the_same(tmp_path: Path) -> None:
    (tmp_path / "sun.csv").write_text(CSV)
    (tmp_path / "sun.toml").write_text(TOML)
    by_csv, by_toml = (read_forecast_file(tmp_path / f"sun.{kind}") for kind in ("csv", "toml"))
    assert by_csv == [Expected(NINE, NINE + HOUR, 4000.5), Expected(NINE + HOUR, NINE + 2 * HOUR, 5000.0)]
    assert [step[:3] for step in by_toml] == [step[:3] for step in by_csv]
    assert by_toml[0].load_w == 300.0


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.csv", "", "a.csv:1: the first line has to be start,end,pv_w"),
        ("a.csv", "time,pv_w\n", "a.csv:1: the first line"),
        ("a.csv", "start,end,pv_w\n1,2\n", "a.csv:2: 2 columns instead of 3"),
        ("a.csv", CSV + "2026-06-22T13:00:00,2026-06-22T14:00:00+02:00,1\n", "a.csv:5: start .*with its offset"),
        ("a.csv", CSV.replace("5000", "many"), "a.csv:2: pv_w = many: must be a number of watts"),
        ("a.csv", CSV.replace("5000", "-1"), "a.csv:2: pv_w = -1"),
        ("a.csv", CSV.replace("5000", "nan"), "a.csv:2: pv_w = nan"),
        ("a.csv", CSV + CSV.splitlines()[1], "a.csv: .*two figures for 2026-06-22T10:00:00"),
        ("a.csv", CSV.replace("T13:00", "T12:00"), "a.csv: .*ends before it begins"),
        ("a.csv", CSV.replace("5000", "5\x000"), "a.csv:2: pv_w = 5 0: must be a number of watts"),
        ("a.toml", TOML + "9" * 5000 + " = 1\n", "a.toml: step 2: 9{400,}…"),
        ("a.toml", "step = 3", r"a.toml: \[\[step\]\] tables"),
        ("a.toml", "[[step", "a.toml: not valid TOML"),
        ("a.toml", TOML + "[other]\n", r"a.toml: \[\[step\]\] tables"),
        ("a.toml", TOML + "watts = 3\n", "a.toml: step 2: watts"),
        ("a.toml", TOML.replace("pv_w = 5000", ""), "a.toml: step 2: pv_w is missing"),
        ("a.toml", TOML.replace("2026-06-22T09:00:00Z", "2026-06-22T09:00:00"), "a.toml: step 1: start"),
        ("a.toml", TOML.replace("= 5000", "= true"), "a.toml: step 2: pv_w"),
    ],
)
def test_a_fault_is_told_with_its_place(tmp_path: Path, name: str, text: str, said: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(FeedError, match=said) as caught:
        read_forecast_file(tmp_path / name)
    assert str(caught.value).isprintable()


def test_no_text_and_too_much_of_it_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(FeedError, match="UTF-8"):
        read_forecast_file(file)
    file.write_bytes(b"x" * (1024 * 1024 + 1))
    with pytest.raises(FeedError, match="longer"):
        read_forecast_file(file)


def test_the_file_is_read_when_it_changes_and_kept_while_it_is_broken(tmp_path: Path) -> None:
    file = tmp_path / "sun.csv"
    feed = FileForecast(file, WallClock())
    with capture_logs() as logs:
        feed.recall()
        feed.recall()
        file.write_text(CSV)
        feed.recall()
        first = feed.forecast(NINE)
        feed.recall()
        assert first is not None
        assert feed.forecast(NINE) is first
        file.write_text("broken")
        feed.recall()
        assert feed.forecast(NINE) is first
        file.write_text(CSV.replace("5000", "2000"))
        os.utime(file, (1_000_000, 1_000_000))
        feed.recall()
    second = feed.forecast(NINE)
    assert second is not None
    assert second.steps[1].pv_w == 2000
    assert second.source == "file sun.csv"
    assert feed.forecast(NINE + 2 * HOUR) is None
    assert [entry["event"] for entry in logs] == ["forecast_unreadable"] * 2
