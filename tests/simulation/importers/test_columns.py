"""Any table by its columns; emonCMS's feeds; bytes that are no table at all."""

import os
from pathlib import Path

import pytest

from controller.domain.errors import ConfigError
from controller.simulation.importers import parse_columns
from controller.simulation.trace import TraceError
from tests.simulation.importers.days import NOON_S, OWN_HEAD, minutes, read, told, written

GERMAN = (
    "Zeitstempel;Solarproduktion [W];Netz [kW];Zähler\r\n"
    "21.06.2026 14:00:00;1.234,5;-0,5;7\r\n"
    "21.06.2026 14:01:00;1.300,0;-0,6;8\r\n"
)
COLUMNS = ("pv_w=Solarproduktion [W]", "grid_kw=Netz [kW]")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "windows-1252", "utf-16"])
def test_a_german_table(tmp_path: Path, encoding: str) -> None:
    file = written(tmp_path, GERMAN.encode(encoding))
    day = read(file, *COLUMNS, timezone="Europe/Berlin", encoding=encoding)
    assert list(day.trace.pv_w) == [1234.5, 1300]
    assert list(day.trace.load_w) == [734.5, 700]
    assert day.trace.times_s[0] == NOON_S


@pytest.mark.parametrize(("encoding", "words"), [("windows-1252", "windows-1252"), ("utf-16", "say --encoding utf-16")])
def test_another_encoding_is_named(tmp_path: Path, encoding: str, words: str) -> None:
    with pytest.raises(TraceError, match=words):
        read(written(tmp_path, GERMAN.encode(encoding)), *COLUMNS)


def test_german_thousands(tmp_path: Path) -> None:
    rows = [f"21.06.2026 14:{minute:02};{pv};{load}\n" for minute, (pv, load) in enumerate([("1.050", "350")] * 5)]
    file = written(tmp_path, "Zeit;PV;Last\n" + "".join(rows))
    with pytest.raises(TraceError, match=r"F.csv:2: '1.050' may be two numbers; say --decimal comma"):
        read(file, "pv_w=PV", "load_w=Last", timezone="Europe/Berlin")
    assert set(read(file, "pv_w=PV", "load_w=Last", timezone="Europe/Berlin", decimal=",").trace.pv_w) == {1050}
    told_late = written(tmp_path, "Zeit;PV;Last\n" + "".join(rows) + "21.06.2026 14:05;1.100;350,5\n")
    day = read(told_late, "pv_w=PV", "load_w=Last", timezone="Europe/Berlin")
    assert list(day.trace.pv_w) == [1050] * 5 + [1100]


@pytest.mark.parametrize("name", [None, "own", "csv"])
def test_a_pipe_is_refused_and_nothing_hangs(tmp_path: Path, name: str | None) -> None:
    os.mkfifo(tmp_path / "F.csv")
    with pytest.raises(TraceError, match=r"F.csv: cannot be read: is a pipe or a device, .*; save it in a file first$"):
        read(tmp_path / "F.csv", format=name)
    with pytest.raises(TraceError, match="/dev/zero: cannot be read: is a pipe or a device"):
        read(Path("/dev/zero"), format=name)


def test_columns_by_number(tmp_path: Path) -> None:
    file = written(tmp_path, minutes(["x,100,300", "x,200,400"]).replace(",", "\t"))
    for options in ({}, {"format": "csv"}, {"delimiter": "\t"}):
        assert list(read(file, "pv_w=3", "load_w=4", **options).trace.pv_w) == [100, 200]
    named = written(tmp_path, "when,what,a,b\n" + minutes(["x,100,300", "x,200,400"]))
    assert list(read(named, "time=1", "pv_w=3", "load_w=4").trace.pv_w) == [100, 200]


def test_several_roofs_are_summed(tmp_path: Path) -> None:
    file = written(tmp_path, "time,East,West,load_w\n" + minutes(["100,50,300", "200,60,300"]))
    assert list(read(file, "pv_w=East", "pv_w=west", "load_w=load_w").trace.pv_w) == [150, 260]


def test_the_times_column_can_be_named(tmp_path: Path) -> None:
    file = written(tmp_path, "when,pv_w,load_w\n" + minutes(["1,2", "3,4"]))
    assert list(read(file, "time=when").trace.pv_w) == [1, 3]
    with pytest.raises(TraceError, match=r"F.csv:1: which column is the time\? --column time=NAME; there: when, pv_w"):
        read(file)
    with pytest.raises(TraceError, match=r"no column wann for the time; there: when, pv_w"):
        read(file, "time=wann")


def test_emoncms_feeds_by_the_files_names(tmp_path: Path) -> None:
    pv = written(tmp_path, "1782043200,900.0\n1782043210,null\n1782043220,920.0\n1782043230,1\n", "12.csv")
    use = written(tmp_path, "1782043200,400.0\n1782043210,410.0\n1782043220,420.0\n1782043230,1\n", "use.csv")
    day = read([pv, use], "pv_w=12", "load_w=use.csv")
    assert day.trace.at(NOON_S + 10) == (910, 410)
    assert "12.csv:2: 1 row of 12 without a value" in told(day)
    with pytest.raises(TraceError, match=r"say which is which.*there: 12.csv"):
        read([pv, use])


def test_emoncms_in_its_other_manners(tmp_path: Path) -> None:
    excel = written(tmp_path, "21/06/2026 14:00:00;900,0;400,0\n21/06/2026 14:00:10;910,0;410,0\n")
    assert read(excel, "pv_w=2", "load_w=3", timezone="Europe/Berlin").trace.at(NOON_S) == (900, 400)
    iso = written(tmp_path, "2026-06-21T13:00:00+01:00,900\n2026-06-21T13:00:10+01:00,910\n", "pv.csv")
    with pytest.raises(TraceError, match="no load found"):
        read(iso, "pv_w=pv")


@pytest.mark.parametrize(
    ("text", "columns", "words"),
    [
        ("", (), "F.csv: is empty"),
        ("\n \n", (), "F.csv: is empty"),
        (",,,\n", (), "F.csv: is empty"),
        (
            "a,b\n1,2\n",
            (),
            r"F.csv:1: begins with 'a,b', which is none of own, home-assistant, .*say --column pv_w=NAME",
        ),
        ("time,pv\n" + minutes(["1"]), ("pv_w=PV2",), r"nothing for --column pv_w=PV2; there: time, pv"),
        ("time,p,p\n", ("pv_w=p",), r"F.csv:1: the columns 2 and 3 are both called p; name one by its number"),
        ("time,pv,load\n" + minutes(["1,2,3"]), ("pv_w=pv", "load_w=load"), r"F.csv:2: 4 columns instead of 3"),
        (
            "time,pv,load\n" + minutes(["1,2"])[:-3] + "\n",
            ("pv_w=pv", "load_w=load"),
            r"F.csv:2: 2 columns instead of 3",
        ),
        ("time,pv,load\n" + minutes(["1,inf", "1,1"]), ("pv_w=pv", "load_w=load"), r"F.csv:2: 'inf'"),
        (
            "time,pv,load\n" + minutes(["1,1", "1,1e300"]),
            ("pv_w=pv", "load_w=load"),
            r"F.csv:3: .*--column says the unit",
        ),
        (
            "time,pv,load\n" + minutes(["1,1", "300000,1"]),
            ("pv_w=pv", "load_w=load"),
            r"F.csv:3: pv is 300 kW, more than",
        ),
        ("time,pv,load\n", ("pv_w=pv", "load_w=load"), r"0 rows of pv with a value are no day"),
        (
            "time,pv,i\n" + minutes(["1,1"] * 2),
            ("pv_w=pv", "grid_import_kwh=i"),
            "grid_import without grid_export is half of it",
        ),
        (b"time,pv\n\x00\x00\n", ("pv_w=pv",), "F.csv"),
        (b"\x80\x81\xff nonsense \xfe", (), "is not utf-8-sig text; --encoding windows-1252"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", (), "text"),
    ],
)
def test_what_cannot_be_read(tmp_path: Path, text: str | bytes, columns: tuple[str, ...], words: str) -> None:
    with pytest.raises(TraceError, match=words) as caught:
        read(written(tmp_path, text), *columns)
    assert "F.csv" in str(caught.value)


def test_no_file_and_no_regular_file(tmp_path: Path) -> None:
    with pytest.raises(TraceError, match=r"none.csv: cannot be read: No such file"):
        read(tmp_path / "none.csv")
    with pytest.raises(TraceError, match="cannot be read: Is a directory"):
        read(tmp_path)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("pv_w", "write what=where"),
        ("pv_w=", "write what=where"),
        ("pv_w=-", "write what=where"),
        ("sun_w=x", "sun_w is none of time, pv, load"),
        ("grid_kwh=x", "a counter has one direction: grid_import_kwh and grid_export_kwh"),
        ("battery_wh=x", "battery_discharge_wh and battery_charge_wh"),
    ],
)
def test_columns_that_make_no_sense(text: str, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        parse_columns([text])


def test_a_forced_format_counts(tmp_path: Path) -> None:
    file = written(tmp_path, OWN_HEAD + minutes(["1,2", "3,4"]))
    with pytest.raises(TraceError, match=r"F.csv:1: the first line has to be"):
        read(written(tmp_path, "a" + OWN_HEAD, "G.csv").rename(file), format="own")
