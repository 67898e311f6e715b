"""InfluxDB: both versions' CSV, series by measurement, field and tags."""

from pathlib import Path

import pytest

from controller.simulation.trace import TraceError
from tests.simulation.importers.days import NOON_S, iso, read, written

ANNOTATIONS = (
    "#group,false,false,true,true,false,false,true,true,true\r\n"
    "#datatype,string,long,dateTime:RFC3339,dateTime:RFC3339,dateTime:RFC3339,double,string,string,string\r\n"
    "#default,_result,,,,,,,,\r\n"
    ",result,table,_start,_stop,_time,_value,_field,_measurement,inverter\r\n"
)


def table(field: str, *values: object, number: int = 0, tag: str = "a") -> str:
    start, stop = iso(NOON_S - 60), iso(NOON_S + 600)
    return ANNOTATIONS + "".join(
        f",,{number},{start},{stop},{iso(NOON_S + 10 * index)},{value},{field},power,{tag}\r\n"
        for index, value in enumerate(values)
    )


def test_annotated_tables_one_after_the_other(tmp_path: Path) -> None:
    text = table("pv", 2000, 2100) + "\r\n" + table("grid", -1500, -1600, number=1)
    day = read(written(tmp_path, text), "pv_w=pv", "grid_w=power.grid")
    assert list(day.trace.pv_w) == [2000, 2100]
    assert list(day.trace.load_w) == [500, 500]


def test_several_series_want_a_tag(tmp_path: Path) -> None:
    text = table("pv", 2000, 2100) + table("pv", 1000, 1100, tag="b") + table("load", 300, 300)
    file = written(tmp_path, text)
    with pytest.raises(
        TraceError, match=r"pv fits 2 series: inverter=a; inverter=b; name the tag too, like pv,inverter=a"
    ):
        read(file, "pv_w=pv", "load_w=load")
    assert list(read(file, "pv_w=pv,inverter=b", "load_w=load").trace.pv_w) == [1000, 1100]
    both = read(file, "pv_w=pv,inverter=a", "pv_w=pv,inverter=b", "load_w=load")
    assert list(both.trace.pv_w) == [3000, 3200]


def test_home_assistants_entities_are_a_tag(tmp_path: Path) -> None:
    head = "name,time,domain,entity_id,value\n"
    rows = "".join(
        f"W,{int(NOON_S + 10 * index)}000000000,sensor,{entity},{value}\n"
        for entity, value in (("pv", 900), ("house", 400))
        for index in range(2)
    )
    day = read(written(tmp_path, head + rows), "pv_w=pv", "load_w=house")
    assert day.trace.at(NOON_S) == (900, 400)


def test_fields_as_columns(tmp_path: Path) -> None:
    text = "name,time,pv,grid\npower,2026-06-21T12:00:00Z,900,-500\npower,2026-06-21T12:00:10Z,900,-400\n"
    day = read(written(tmp_path, text), "pv_w=pv", "grid_w=power.grid")
    assert list(day.trace.load_w) == [400, 500]


def test_a_pivoted_table_is_any_table(tmp_path: Path) -> None:
    text = "#datatype,string,long,dateTime:RFC3339,double,double\n,result,table,_time,pv,load\n"
    text += ",,0,2026-06-21T12:00:00Z,900,400\n,,0,2026-06-21T12:00:10Z,900,400\n"
    file = written(tmp_path, text)
    with pytest.raises(TraceError, match=r"no _time and _value; --format csv takes any table"):
        read(file, "pv_w=pv", "load_w=load")
    assert read(file, "pv_w=pv", "load_w=load", format="csv").trace.at(NOON_S) == (900, 400)


@pytest.mark.parametrize(
    ("text", "columns", "words"),
    [
        (table("pv", 1, 2), (), r"no PV found"),
        (table("pv", "true", 2), ("pv_w=pv",), r"F.csv:5: 'true' is no number"),
        (table("pv", 1)[:-20] + "\n", ("pv_w=pv",), r"F.csv:5: \d columns instead of 10"),
        ("#datatype,string,string\n,error,reference\n,failed to parse query,897\n", ("pv_w=pv",), "InfluxDB answered"),
        ("name,tags,time\npower,,1\n", ("pv_w=pv",), r"F.csv:1: which column is the value\?"),
        (table("pv", 1, 2), ("pv_w=pv", "load_w=Load"), r"nothing for --column load_w=Load; there: power,inverter=a"),
    ],
)
def test_what_cannot_be_read(tmp_path: Path, text: str, columns: tuple[str, ...], words: str) -> None:
    with pytest.raises(TraceError, match=words):
        read(written(tmp_path, text), *columns)
