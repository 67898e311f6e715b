"""Whatever stands in a file, it becomes a sound day or one clear line."""

from math import isfinite
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from controller.simulation.importers import Recorded
from controller.simulation.trace import MOST_W, TraceError
from tests.simulation.importers.days import read, told, written

HEADS = [
    ("time,pv_w,load_w\n", 3),
    ("time;pv_kw;grid_kw;ev_kwh\n", 4),
    ("time,pv_wh,grid_w,battery_w\n", 4),
    ("entity_id,state,last_changed\n", 3),
    ("time.start,time.end,pv.energy.Wh,home.energy.Wh\n", 4),
    ("name,tags,time,value\n", 4),
    ("#datatype\n,result,table,_time,_value,_field,_measurement\n", 7),
    ("", 3),
    ("", 10),
]
TIMES = [
    *("2026-06-21T12:00:00Z", "2026-06-21T12:01:00Z", "2026-06-21T12:02:00Z", "2026-10-25 02:30", "2026-10-25 02:40"),
    *("2026-03-29 02:30", "1782043200", "1782043260", "1782043320000000000", "1205", "1210", "12:05:00", "12:05:10"),
]
VALUES = ["", "nan", "inf", "-5", "1,5", "1.5", "1e9", "1e300", "x", "100", "200", "5000", "-3000", "null", "unknown"]
NAMES = ["sensor.pv", "sensor.load", "pvPower", "homePower", "id=1", '"', "#", "{", "value"]
CELLS = st.one_of(*map(st.sampled_from, (TIMES, VALUES, NAMES)), st.text(max_size=8))
WISHES = [(), ("pv_w=sensor.pv", "load_w=sensor.load"), ("pv_w=2", "load_w=3"), ("pv_wh=2", "grid_w=-3")]


@st.composite
def rows_of(draw: st.DrawFn, width: int) -> list[list[str]]:
    """Rows that are mostly a table's."""
    kinds = draw(st.lists(st.sampled_from([TIMES, VALUES, VALUES, NAMES]), min_size=width, max_size=width))
    sane = st.tuples(*map(st.sampled_from, kinds)).map(list)
    return draw(st.lists(st.one_of(sane, sane, sane, st.lists(CELLS, min_size=1, max_size=11)), max_size=8))


def sound(day: Recorded) -> bool:
    trace = day.trace
    rising = all(one < two for one, two in zip(trace.times_s, trace.times_s[1:], strict=False))
    within = all(isfinite(value) and 0 <= value <= MOST_W for value in (*trace.pv_w, *trace.load_w))
    return rising and within and len(trace.times_s) >= 2


@pytest.mark.parametrize(("head", "width"), HEADS)
@given(data=st.data(), wishes=st.sampled_from(WISHES), zone=st.sampled_from([None, "Europe/Berlin"]))
@settings(max_examples=60)
def test_rows_of_anything(
    head: str, width: int, data: st.DataObject, wishes: tuple[str, ...], zone: str | None
) -> None:
    mark = ";" if ";" in head else ","
    text = head + "".join(mark.join(row) + "\n" for row in data.draw(rows_of(width)))
    with TemporaryDirectory() as folder:
        assert _is_sound_or_refused(written(Path(folder), text.encode("utf-8", "surrogatepass")), wishes, zone)


@given(content=st.binary(max_size=300))
@settings(max_examples=100)
def test_bytes_of_anything(content: bytes) -> None:
    with TemporaryDirectory() as folder:
        assert _is_sound_or_refused(written(Path(folder), content), WISHES[2], None)


def _is_sound_or_refused(file: Path, wishes: tuple[str, ...], zone: str | None) -> bool:
    """Whether it is a day without a fault, its repairs told in lines that name the file, or refused in such a line."""
    try:
        day = read(file, *wishes, timezone=zone)
    except TraceError as error:
        return "F.csv" in str(error) and "Traceback" not in str(error)
    return sound(day) and "F.csv" in (told(day) or "F.csv")
