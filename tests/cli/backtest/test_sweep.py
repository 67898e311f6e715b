"""Parameter sets: which ones `--sweep` asks for, and what is said of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.cli.backtest.sweep import MOST_RUNS, grid, read_axes
from controller.domain.errors import ConfigError
from tests.cli.backtest.days import Person, sunny

SHARE = "strategy.surplus.solar_share"
MIN_ON = "strategy.surplus.min_on_s"


@pytest.mark.parametrize(
    ("spec", "values"),
    [
        ("0.5:1.0:0.1", ("0.5", "0.6", "0.7", "0.8", "0.9", "1.0")),
        ("0.5:0.95:0.2", ("0.5", "0.7", "0.9")),
        ("60:300:120", ("60", "180", "300")),
        ("1:0:-0.5", ("1.0", "0.5", "0.0")),
        ("1e1:2e1:5", ("10", "15", "20")),
        ("3:3:1", ("3",)),
        (" 0.5 , 0.8 ", ("0.5", "0.8")),
        ("true,false", ("true", "false")),
        ("0.7", ("0.7",)),
    ],
)
def test_values(spec: str, values: tuple[str, ...]) -> None:
    assert [axis.values for axis in read_axes([f"{SHARE}={spec}"])] == [values]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (SHARE, "KEY=FROM:TO:STEP"),
        (f"{SHARE}=", "KEY=FROM:TO:STEP"),
        ("=1,2", "KEY=FROM:TO:STEP"),
        (f"{SHARE}=0.5:1.0", "needs three numbers"),
        (f"{SHARE}=0.5:1.0:0.1:0.1", "needs three numbers"),
        (f"{SHARE}=0.5:1.0:0", "never reached"),
        (f"{SHARE}=0.5:1.0:-0.1", "never reached"),
        (f"{SHARE}=0.5:1.0:1e-9", "wider steps"),
        (f"{SHARE}=0:1e900:1e-900", "wider steps"),
        (f"{SHARE}=0.5,,0.6", "a value is missing"),
        (f"{SHARE}=0.5,0.6,0.5", "names a value twice"),
    ],
)
def test_what_is_no_sweep(text: str, complaint: str) -> None:
    with pytest.raises(ConfigError, match=complaint) as caught:
        read_axes([text])
    assert str(caught.value).startswith(f"--sweep {text}")


def test_a_key_is_swept_once() -> None:
    with pytest.raises(ConfigError, match="swept twice"):
        read_axes([f"{SHARE}=0.5,0.6", f"{SHARE}=0.7"])


@given(first=st.integers(-500, 500), step=st.integers(1, 60), count=st.integers(1, 50), past=st.integers(0, 59))
def test_steps_are_exact_and_end_where_they_should(first: int, step: int, count: int, past: int) -> None:
    last = first + step * (count - 1) + past % step
    texts = [f"{number / 100:.2f}" for number in (first, last, step)]
    (axis,) = read_axes([f"key={':'.join(texts)}"])
    assert [round(float(value) * 100) for value in axis.values] == [first + step * place for place in range(count)]
    assert all(len(value.partition(".")[2]) == 2 for value in axis.values)


def test_the_grid_has_every_combination() -> None:
    assert grid(read_axes([])) == [()]
    assert grid(read_axes(["a=1,2", "b=x,y"])) == [
        (("a", "1"), ("b", "x")),
        (("a", "1"), ("b", "y")),
        (("a", "2"), ("b", "x")),
        (("a", "2"), ("b", "y")),
    ]
    with pytest.raises(ConfigError, match=f"1000000 parameter sets are more than {MOST_RUNS}"):
        grid(read_axes(["a=1:1000:1", "b=1:1000:1"]))


def test_a_sweep_is_as_many_commands(person: Person, tmp_path: Path) -> None:
    days = [sunny(tmp_path / "a.csv"), sunny(tmp_path / "b.csv", 5000)]
    told = person.asks(*days, "--phases", "1", "--sweep", f"{SHARE}=0.5:0.9:0.4", "--sweep", f"{MIN_ON}=0,600")
    for name in ("solar_kwh", "grid_kwh", "value", "perfect_value", "starts", "days"):
        assert told["sum"][name] == pytest.approx(sum(run[name] for run in told["runs"]), abs=1e-5)
    assert told["sum"]["captured"] is None  # at different shares a kWh from the grid has different prices
    assert len(told["runs"]) == 8
    assert [row["set"] for row in told["sweep"]] == [
        {SHARE: share, MIN_ON: min_on} for share in (0.5, 0.9) for min_on in (0, 600)
    ]
    for row in told["sweep"]:
        sets = [word for key, value in row["set"].items() for word in ("--set", f"{key}={value}")]
        alone = person.asks(*days, "--phases", "1", *sets)["sum"]
        assert {**row["sum"], "wall_s": 0} == {**alone, "wall_s": 0}


def test_people_get_a_row_a_parameter_set(person: Person, tmp_path: Path) -> None:
    day = sunny(tmp_path / "a.csv")
    told = person.asks(day, "--sweep", f"{SHARE}=0.4:1:0.2")
    code, out, err = person.says(day, "--sweep", f"{SHARE}=0.4:1:0.2")
    assert (code, err) == (0, "")
    rows = [line.split() for line in out.splitlines() if line.startswith((" 0.", " 1"))]
    assert [row[0] for row in rows] == ["0.4", "0.6", "0.8", "1.0"]
    assert ["*" in row for row in rows] == [row["pareto"] for row in told["sweep"]]
    assert "each row is scored at its own solar share" in out
    best = max((row for row in told["sweep"] if row["sum"]["captured"]), key=lambda row: row["sum"]["captured"])
    assert f"captures most: {SHARE}={best['set'][SHARE]}, {best['sum']['captured']:.1%}" in out
    _, out, _ = person.says(day, "--sweep", f"{MIN_ON}=0,300")
    assert "own solar share" not in out


def test_at_one_share_the_sum_has_captured_too(person: Person, tmp_path: Path) -> None:
    total = person.asks(sunny(tmp_path / "a.csv"), "--sweep", f"{MIN_ON}=0,300")["sum"]
    assert total["captured"] == pytest.approx(total["value"] / total["perfect_value"], abs=1e-5)
