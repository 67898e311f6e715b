"""Traces: read whole, or refused with file and line."""

from pathlib import Path

import pytest

from controller.simulation.trace import TraceError, read_trace

HEAD = "time,pv_w,load_w\n"
ROWS = "2026-06-21T10:00:00+02:00,100,300\n2026-06-21T10:01:00+02:00,200,500\n"


def written(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "day.csv"
    file.write_text(text)
    return file


def test_linear_between_points_and_held_at_the_ends(tmp_path: Path) -> None:
    trace = read_trace(written(tmp_path, HEAD + ROWS))
    start_s = trace.times_s[0]
    assert trace.start.isoformat() == "2026-06-21T08:00:00+00:00"
    assert trace.duration_s == 60
    assert trace.at(start_s + 30) == pytest.approx((150, 400))
    assert trace.at(start_s - 5) == (100, 300)
    assert trace.at(start_s + 99) == (200, 500)
    assert trace.first_sun_s(150) == start_s + 60
    assert trace.first_sun_s(9999) == start_s


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", r":1: the first line has to be time,pv_w,load_w"),
        ("time,pv,load\n" + ROWS, r":1: the first line"),
        (HEAD, "0 rows are no day"),
        (HEAD + "2026-06-21T10:00:00+02:00,1\n", r":2: 2 columns instead of 3"),
        (HEAD + ROWS + "yesterday,1,2\n", r":4: time 'yesterday' is not ISO 8601"),
        (HEAD + ROWS + "2026-06-21T10:02:00,1,2\n", r":4: time .* has no offset"),
        (HEAD + ROWS + "2026-06-21T10:02:00+02:00,x,2\n", r":4: pv_w 'x' is not a number of watts"),
        (HEAD + ROWS + "2026-06-21T10:02:00+02:00,1,-2\n", r":4: load_w '-2' must be between 0 and 200000 W"),
        (HEAD + ROWS + "2026-06-21T10:02:00+02:00,nan,2\n", r":4: pv_w 'nan' must be between"),
        (HEAD + ROWS + "2026-06-21T10:02:00+02:00,1_000,2\n", r":4: pv_w '1_000' is not a number of watts"),
        (HEAD + ROWS + "2062-06-21T10:02:00+02:00,1,2\n", r"2026-06-21T08:00:00Z to 2062-06-21.*a mistyped year"),
        (HEAD + ROWS + ROWS, r":4: .* is not later than the line before"),
    ],
)
def test_wrong_traces_name_file_and_line(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(TraceError, match=words) as caught:
        read_trace(written(tmp_path, text))
    assert "day.csv" in str(caught.value)


def test_a_missing_file_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(TraceError, match="cannot be read"):
        read_trace(tmp_path / "none.csv")
