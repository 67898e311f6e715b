"""`sunpace backtest`: what it prints, writes and refuses."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from controller.cli.backtest.pilots import OURS, PEERS
from tests.cli.backtest.days import Person, sunny, write_day

FIGURES = [
    "solar_kwh",
    "grid_kwh",
    "ev_kwh",
    "starts",
    "limit_writes",
    "commands",
    "value",
    "perfect_value",
    "captured",
    "cost",
    "days",
    "steps",
    "wall_s",
]
HALF = ("--set", "strategy.surplus.solar_share=0.5")


@pytest.fixture
def day(tmp_path: Path) -> Path:
    return sunny(tmp_path / "day.csv")


def test_json_tells_of_each_run_and_of_all(person: Person, day: Path, tmp_path: Path) -> None:
    other = sunny(tmp_path / "other.csv", 5000)
    told = person.asks(day, other, *HALF, "--phases", "1")
    assert (list(told), told["notes"]) == (["runs", "sum", "notes"], [])
    assert list(told["sum"]) == FIGURES
    assert [run["trace"] for run in told["runs"]] == [str(day), str(other)]
    for run in told["runs"]:
        assert list(run) == ["trace", "pilot", "strategy", "phases", "solar_share", "set", *FIGURES]
        assert (run["pilot"], run["strategy"], run["phases"], run["solar_share"]) == (OURS, "surplus", 1, 0.5)
        assert run["set"] == {"strategy.surplus.solar_share": 0.5, "wallbox.phases": 1}
        assert run["ev_kwh"] == pytest.approx(run["solar_kwh"] + run["grid_kwh"], abs=2e-6)
        costs = run["grid_kwh"] + 0.1 * run["starts"] + 0.002 * run["commands"]
        assert run["value"] == pytest.approx(run["solar_kwh"] - costs, abs=3e-6)
        assert 0 < run["captured"] == pytest.approx(run["value"] / run["perfect_value"], abs=1e-5)
        assert run["captured"] < 1
        assert run["steps"] == 89 * 60 / 5 + 1
        assert run["wall_s"] > 0
    for name in FIGURES:
        if name not in {"captured", "cost"}:
            assert told["sum"][name] == pytest.approx(sum(run[name] for run in told["runs"]), abs=3e-6)
    assert told["sum"]["captured"] == pytest.approx(told["sum"]["value"] / told["sum"]["perfect_value"], abs=1e-5)


def test_with_a_table_of_prices_it_says_what_the_timeline_costs(person: Person, day: Path, tmp_path: Path) -> None:
    prices, timeline = tmp_path / "prices.csv", tmp_path / "timeline.csv"
    prices.write_text("start,end,per_kwh\n00:00,12:30,0.2\n12:30,00:00,0.4\n")
    sets = ("--set", "strategy.fixed.current_a=10", "--set", "site.feed_in_price=0.07", "--set", "prices.factor=2.0")
    told = person.asks(day, "--strategy", "fixed", "--prices", prices, *sets, "--timeline", timeline)
    by_hand = 0.0
    with timeline.open(newline="") as rows:
        for row in csv.DictReader(rows):
            ev_w = float(row["ev_w"])
            sun_w = min(ev_w, max(0.0, float(row["pv_w"]) - float(row["load_w"])))
            per_kwh = 2 * (0.4 if row["time"][11:16] >= "12:30" else 0.2)
            by_hand += (sun_w * 0.07 + (ev_w - sun_w) * per_kwh) * 5 / 3.6e6
    assert told["sum"]["cost"] == pytest.approx(by_hand, rel=2e-3)
    assert by_hand > 0.1
    assert person.asks(day)["sum"]["cost"] is None
    assert person.asks(day, "--set", "site.import_price=0.3", "--set", "site.feed_in_price=0.1")["sum"]["cost"] > 0


def test_prices_that_cannot_be_had_are_told(person: Person, day: Path, tmp_path: Path) -> None:
    code, _, err = person.says(day, "--prices", tmp_path / "none.csv")
    assert (code, err) == (1, f"sunpace: {tmp_path}/none.csv does not exist\n")
    assert person.asks(day, "--strategy", "price")["notes"] == [
        "no prices are known, so strategy price had nothing to choose from: name a table with --prices FILE"
    ]


def test_pure_sun_has_no_value(person: Person, day: Path) -> None:
    told = person.asks(day, "--set", "strategy.surplus.solar_share=1.0")
    for figures in (told["sum"], told["runs"][0]):
        assert (figures["value"], figures["perfect_value"], figures["captured"]) == (None, None, None)
        assert figures["solar_kwh"] > 1
    code, out, _ = person.says(day, "--set", "strategy.surplus.solar_share=1.0")
    assert code == 0
    assert "at a solar share of 1 nothing has a value" in out


def test_a_dark_day_has_nothing_to_capture(person: Person, tmp_path: Path) -> None:
    told = person.asks(write_day(tmp_path / "dark.csv", [0.0] * 30))
    assert told["sum"]["perfect_value"] == 0
    assert told["sum"]["captured"] is None
    assert told["sum"]["ev_kwh"] == 0


def test_people_get_a_row_a_day_and_the_sum(person: Person, day: Path, tmp_path: Path) -> None:
    other = sunny(tmp_path / "other.csv", 9000)
    told = person.asks(day, other)
    code, out, err = person.says(day, other)
    assert (code, err) == (0, "")
    assert "\x1b" not in out
    rows = {line.split()[0]: line.split() for line in out.splitlines() if " % " in line}
    assert list(rows) == ["day.csv", "other.csv", "sum"]
    for name, figures in [("day.csv", told["runs"][0]), ("other.csv", told["runs"][1]), ("sum", told["sum"])]:
        assert rows[name][1] == f"{figures['captured']:.1%}".removesuffix("%")
        assert rows[name][3:] == [
            f"{figures['solar_kwh']:.2f}",
            f"{figures['grid_kwh']:.2f}",
            f"{figures['ev_kwh']:.2f}",
            str(figures["starts"]),
            str(figures["limit_writes"]),
            str(figures["commands"]),
            f"{figures['value']:.2f}",
            f"{figures['perfect_value']:.2f}",
        ]


def test_one_day_needs_no_sum(person: Person, day: Path) -> None:
    _, out, _ = person.says(day)
    assert out.count(" % ") == 1
    assert "\n sum " not in out


def test_files_of_one_name_are_told_apart(person: Person, day: Path, tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    other = sunny(tmp_path / "b" / "day.csv", 9000)
    _, out, _ = person.says(day, other)
    whole = "".join(line[:80].strip() for line in out.splitlines())
    assert "/b/" in whole


def test_everybody_is_compared(person: Person, day: Path, tmp_path: Path) -> None:
    other = sunny(tmp_path / "other.csv", 9000)
    ours = person.asks(day, other)
    told = person.asks(day, other, "--compare")
    names = [*PEERS, OURS, "perfect"]
    assert list(told["compare"]) == names
    assert told["sum"] == told["compare"][OURS]["sum"]
    assert told["runs"] == told["compare"][OURS]["runs"]
    assert _without_wall(told["sum"]) == _without_wall(ours["sum"])
    assert [told["compare"][name]["runs"][0]["strategy"] for name in names] == [
        "surplus" if name == OURS else None for name in names
    ]
    perfect = told["compare"]["perfect"]
    assert perfect["sum"]["captured"] == 1
    assert perfect["sum"]["value"] == ours["sum"]["perfect_value"]
    assert [run["value"] for run in perfect["runs"]] == [run["perfect_value"] for run in ours["runs"]]
    code, out, _ = person.says(day, other, "--compare")
    assert code == 0
    rows = [line for line in out.splitlines() if " % " in line]
    assert len(rows) == len(names)
    assert all(row.startswith(f" {name} ") for row, name in zip(rows, names, strict=True))
    last = next(line.split() for line in out.splitlines() if line.startswith(" perfect"))
    days = told["sum"]["days"]
    assert last[5:] == [
        f"{perfect['sum']['starts'] / days:.1f}",
        f"{perfect['sum']['commands'] / days:.1f}",
        f"{perfect['sum']['value']:.2f}",
    ]


def test_the_timeline_has_a_row_a_step(person: Person, day: Path, tmp_path: Path) -> None:
    file = tmp_path / "steps.csv"
    told = person.asks(day, "--timeline", file)
    with file.open(newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert len(rows) == told["runs"][0]["steps"]
    solar_w = [min(float(row["ev_w"]), max(0.0, float(row["pv_w"]) - float(row["load_w"]))) for row in rows[1:]]
    assert sum(solar_w) * 5 / 3.6e6 == pytest.approx(told["sum"]["solar_kwh"], rel=1e-4)
    assert told["sum"]["perfect_value"] is not None


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        ([], "no day: name a TRACE"),
        (["DAY", "DAY", "--timeline", "OUT"], "--timeline goes with one run, not with 2 traces"),
        (["DAY", "--sweep", "strategy.surplus.min_on_s=1,2", "--timeline", "OUT"], "one run, not with --sweep"),
        (["DAY", "--compare", "--timeline", "OUT"], "--timeline goes with one run"),
        (["DAY", "--compare", "--sweep", "strategy.surplus.min_on_s=1,2"], "--compare and --sweep do not go together"),
        (["DAY", "--compare", "--pilot", OURS], "--pilot and --compare do not go together"),
        (["DAY", "--pilot", "nobody"], f"--pilot nobody: no such rule; there are {OURS}"),
        (["DAY", "--set", "strategy.surplus.solar_share=2"], "strategy.surplus.solar_share"),
        (["DAY", "--set", "strategy.surplus.sun=2"], "strategy.surplus.sun"),
        (
            ["DAY", "--strategy", "nothing"],
            "--strategy nothing: strategy.active =",
        ),
        (["DAY", "--sweep", "strategy.surplus.min_on_s"], "KEY=FROM:TO:STEP"),
        (
            ["DAY", "--sweep", "strategy.surplus.sun=1,2"],
            "--sweep strategy.surplus.sun=1: strategy.surplus.sun: unknown",
        ),
        (["DAY", "--sweep", "plant.sun=1,2"], "--sweep plant.sun=1: plant.sun: unknown"),
        (["DAY", "--jobs", "0"], "no number of processes"),
        (["DAY", "--jobs", "two"], "no number of processes"),
    ],
)
def test_wrong_use_is_told_and_nothing_written(
    words: list[str], complaint: str, person: Person, day: Path, tmp_path: Path
) -> None:
    out_file = tmp_path / "out.csv"
    places = {"DAY": str(day), "OUT": str(out_file)}
    code, out, err = person.says(*(places.get(word, word) for word in words))
    assert (code, out) == (2, "")
    assert complaint in err
    assert "Traceback" not in err
    assert not out_file.exists()


def test_a_bad_day_among_good_ones_fails_all_by_its_name(person: Person, day: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_text("time,pv_w,load_w\n2026-06-21T10:00:00Z,1,2\n2026-06-21T10:01:00Z,dark,2\n")
    code, out, err = person.says(day, bad, "--json")
    assert (code, out) == (1, "")
    assert err.count("\n") == 1
    assert f"{bad}:3" in err
    code, out, err = person.says(day, tmp_path / "none.csv")
    assert (code, out) == (1, "")
    assert "none.csv" in err


def test_a_timeline_is_whole_or_not_at_all(person: Person, day: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_text("time,pv_w,load_w\n")
    file = tmp_path / "steps.csv"
    assert person.says(bad, "--timeline", file)[0] == 1
    assert list(tmp_path.glob("*steps*")) == []
    code, out, err = person.says(day, "--timeline", tmp_path / "nowhere" / "steps.csv")
    assert (code, out) == (1, "")
    assert "cannot be written" in err


def _without_wall(figures: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in figures.items() if name != "wall_s"}


def test_perfect_foresight_keeps_to_the_site_s_amps(person: Person, day: Path) -> None:
    few = person.asks(day, "--phases", "1", "--set", "wallbox.max_current_a=8")["runs"][0]
    many = person.asks(day, "--phases", "1")["runs"][0]
    assert few["value"] <= few["perfect_value"] < many["perfect_value"]
