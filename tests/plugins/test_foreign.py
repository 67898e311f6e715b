"""A strategy of somebody else's in this very process, as a backtest asks it."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime
from pathlib import Path

import pytest

from controller.domain.demand import Demand, Situation
from controller.domain.errors import StrategyError
from controller.domain.readings import House
from controller.plugins.child import described
from controller.plugins.foreign import Foreign, Plugins
from controller.plugins.origin import Described, Fault, Job
from tests.support.plugins import OURS, made, write

NOON = Situation(
    datetime(2026, 6, 21, 12, tzinfo=UTC), House(grid_w=0.0, grid_age_s=0.5), 0.0, 0.0, False, 6, 16, 3, 230.0
)


def kettle(folder: Path, code: str) -> Foreign:
    """As it is made, without a process to try it in."""
    write(folder, code)
    origin = Plugins(folder, OURS).origins["kettle"]
    return Foreign(Job(origin=origin, table={}, beside={}), Described(), {*OURS, "kettle"})


def test_another_process_is_given_it_whole(tmp_path: Path) -> None:
    strategy = pickle.loads(pickle.dumps(kettle(tmp_path, "return good")))
    answer = strategy.demand(NOON)
    assert isinstance(answer, Demand)
    assert (answer.current_a, str(answer.reason)) == (7, "kettle: tea is ready")


def test_what_it_prints_is_not_the_commands_output(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kettle(tmp_path, "print('steam'); return good").demand(NOON)
    assert capsys.readouterr() == ("", "steam\n")


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("return 10", "answered 10, neither a Demand nor a Defer"),
        ("return good._replace(current_a=float('nan'))", "current_a is nan"),
        ("return Defer(to='nobody')", "defers to 'nobody'"),
        ("raise SystemExit(0)", "SystemExit: 0"),
        ("raise GeneratorExit", "GeneratorExit"),
    ],
)
def test_nonsense_is_named_as_in_the_service(code: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(StrategyError, match=words):
        kettle(tmp_path, code).demand(NOON)


def test_what_it_raises_is_raised(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError):
        kettle(tmp_path, "1 / 0").demand(NOON)


def test_it_may_defer_to_those_that_can_be_used_only(tmp_path: Path) -> None:
    write(tmp_path)
    write(tmp_path, name="torn", head="", code="def")
    strategies, faults = made(tmp_path)
    (strategy,) = strategies.values()
    assert isinstance(strategy, Foreign)
    assert strategy.known == {*OURS, "kettle"}
    assert [name for name, _ in faults] == ["torn"]


@pytest.mark.parametrize("path", [[["a"], {"b": 1}], [None, 1.5]])
def test_where_a_fault_is_said_to_be_is_a_key_path_or_nothing(path: list[object]) -> None:
    plain = {"about": "", "schema": {}, "values": {}, "faults": [[path, "x"]]}
    assert described("kettle", plain).faults == (Fault((), "x"),)
