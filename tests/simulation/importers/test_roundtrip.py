"""A day written in each format and read back is the same within rounding."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from controller.simulation.importers import write_trace
from controller.simulation.trace import Trace, read_trace
from tests.simulation.importers.days import NOON_S, OWN_HEAD, iso, read, written

BERLIN = ZoneInfo("Europe/Berlin")
STEP_S = 300
POWERS = st.lists(
    st.tuples(st.integers(0, 20_000), st.integers(0, 9_000)).map(lambda pair: (pair[0] / 2, pair[1] / 2)),
    min_size=8,
    max_size=40,
)
Powers = list[tuple[float, float]]


def times(powers: Powers, start_s: float) -> list[float]:
    return [start_s + STEP_S * index for index in range(len(powers))]


def table(powers: Powers, start_s: float) -> tuple[str, list[str], dict[str, object]]:
    text = "Zeit;PV;Last\n"
    for time_s, power in zip(times(powers, start_s), powers, strict=True):
        pv, load = (f"{value / 1000:.4f}".replace(".", ",") for value in power)
        text += f"{datetime.fromtimestamp(time_s, BERLIN):%d.%m.%Y %H:%M:%S};{pv};{load}\n"
    return text, ["pv_kw=PV", "load_kw=Last"], {"timezone": "Europe/Berlin"}


def own(powers: Powers, start_s: float) -> tuple[str, list[str], dict[str, object]]:
    rows = zip(times(powers, start_s), powers, strict=True)
    return OWN_HEAD + "".join(f"{iso(time_s)},{pv},{load}\n" for time_s, (pv, load) in rows), [], {}


def feed(powers: Powers, start_s: float) -> tuple[str, list[str], dict[str, object]]:
    rows = zip(times(powers, start_s), powers, strict=True)
    return "".join(f"{time_s:.0f},{pv},{load}\n" for time_s, (pv, load) in rows), ["pv_w=2", "load_w=3"], {}


def influx_1(powers: Powers, start_s: float) -> tuple[str, list[str], dict[str, object]]:
    text = "name,tags,time,value\n"
    for name, which in (("pvPower", 0), ("homePower", 1)):
        for time_s, power in zip(times(powers, start_s), powers, strict=True):
            text += f"{name},,{time_s:.0f}000000000,{power[which]}\n"
    return text, [], {}


def influx_2(powers: Powers, start_s: float) -> tuple[str, list[str], dict[str, object]]:
    text = ""
    for number, name in enumerate(("pv", "load")):
        text += "#datatype,string,long,dateTime:RFC3339,double,string\r\n,result,table,_time,_value,_field\r\n"
        for time_s, power in zip(times(powers, start_s), powers, strict=True):
            text += f",,{number},{iso(time_s)},{power[number]},{name}\r\n"
        text += "\r\n"
    return text, ["pv_w=pv", "load_w=load"], {}


@pytest.mark.parametrize("write", [own, table, feed, influx_1, influx_2])
@given(powers=POWERS, start_s=st.sampled_from([NOON_S, 1792884600.0, 1774742400.0]))
@settings(max_examples=15)
def test_samples(
    write: Callable[..., tuple[str, list[str], dict[str, object]]], powers: Powers, start_s: float
) -> None:
    text, columns, options = write(powers, start_s)
    with TemporaryDirectory() as folder:
        trace = read(written(Path(folder), text), *columns, **options).trace
    assert list(trace.times_s) == times(powers, start_s)
    assert list(zip(trace.pv_w, trace.load_w, strict=True)) == [pytest.approx(power) for power in powers]


def home_assistant(powers: Powers, start_s: float) -> tuple[str, str, list[str], dict[str, object]]:
    text = "entity_id,state,last_changed\n"
    for which, entity in enumerate(("sensor.pv", "sensor.load")):
        before = None
        for time_s, power in zip(
            [*times(powers, start_s), start_s + STEP_S * len(powers)], [*powers, (-1, -1)], strict=True
        ):
            state = max(0, power[which])
            if state != before or power == (-1, -1):
                text += f"{entity},{state},{iso(time_s)}\n"
            before = state
    return "F.csv", text, ["pv_w=sensor.pv", "load_w=sensor.load"], {}


def counters(powers: Powers) -> list[tuple[float, float]]:
    readings = [(1000.0, 2000.0)]
    for pv, load in powers:
        readings.append((readings[-1][0] + pv / 12, readings[-1][1] + load / 12))
    return readings


def counted(powers: Powers, start_s: float) -> tuple[str, str, list[str], dict[str, object]]:
    text = "time,pv_kwh,load_wh\n"
    for index, (pv_wh, load_wh) in enumerate(counters(powers)):
        text += f"{iso(start_s + STEP_S * index)},{pv_wh / 1000:.6f},{load_wh:.3f}\n"
    return "F.csv", text, [], {}


def openwb(powers: Powers, start_s: float) -> tuple[str, str, list[str], dict[str, object]]:
    text = ""
    for index, (pv_wh, load_wh) in enumerate(counters(powers)):
        wall = datetime.fromtimestamp(start_s + STEP_S * index, BERLIN)
        text += f"{wall:%H%M},{load_wh + 7:.3f},{pv_wh + 9:.3f},{pv_wh:.3f},0,0,0,0,0,0,0\n"
    name = f"{datetime.fromtimestamp(start_s, BERLIN):%Y%m%d}.csv"
    return name, text, [], {"timezone": "Europe/Berlin"}


def openwb_2(powers: Powers, start_s: float) -> tuple[str, str, list[str], dict[str, object]]:
    entries = [
        {
            "timestamp": int(start_s) + STEP_S * index,
            "counter": {"counter0": {"grid": True, "imported": load_wh, "exported": pv_wh}},
            "pv": {"all": {"exported": pv_wh}},
        }
        for index, (pv_wh, load_wh) in enumerate(counters(powers))
    ]
    return "F.json", json.dumps({"entries": entries}), [], {}


def evcc(powers: Powers, start_s: float) -> tuple[str, str, list[str], dict[str, object]]:
    text = "time.start,time.end,pv.Roof.energy.Wh,home.energy.Wh\n"
    for time_s, (pv, load) in zip(times(powers, start_s), powers, strict=True):
        walls = [datetime.fromtimestamp(one, BERLIN) for one in (time_s, time_s + STEP_S)]
        text += ",".join(f"{wall:%Y-%m-%d %H:%M:%S}" for wall in walls) + f",{pv / 12:.4f},{load / 12:.4f}\n"
    return "F.csv", text, [], {"timezone": "Europe/Berlin"}


@pytest.mark.parametrize("write", [home_assistant, counted, openwb, openwb_2, evcc])
@given(powers=POWERS, start_s=st.sampled_from([NOON_S, 1792884600.0, 1774742400.0]))
@settings(max_examples=15)
def test_means(
    write: Callable[..., tuple[str, str, list[str], dict[str, object]]], powers: Powers, start_s: float
) -> None:
    name, text, columns, options = write(powers, start_s)
    with TemporaryDirectory() as folder:
        trace = read(written(Path(folder), text, name), *columns, **options).trace
    assert (trace.times_s[0], trace.duration_s) == (start_s, STEP_S * len(powers))
    for time_s, power in zip(times(powers, start_s), powers, strict=True):
        assert trace.at(time_s + 0.1) == pytest.approx(power, abs=0.1)
        assert trace.at(time_s + STEP_S - 0.1) == pytest.approx(power, abs=0.1)


@given(powers=POWERS)
@settings(max_examples=15)
def test_our_own_format_written(powers: Powers) -> None:
    start_s = NOON_S + 0.125
    trace = Trace.of((time_s, pv, load) for time_s, (pv, load) in zip(times(powers, start_s), powers, strict=True))
    stream = StringIO()
    write_trace(trace, stream)
    with TemporaryDirectory() as folder:
        again = read_trace(written(Path(folder), stream.getvalue()))
    assert list(again.times_s) == pytest.approx(list(trace.times_s), abs=0.001)
    assert (list(again.pv_w), list(again.load_w)) == (list(trace.pv_w), list(trace.load_w))
