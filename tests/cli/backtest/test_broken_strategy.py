"""A strategy of somebody else's that fails in a backtest is one clear line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from controller.cli.main import main
from controller.control.plugins import installed_strategies
from controller.domain.demand import Defer, Demand, Situation
from controller.domain.reasons import ReasonCode, because
from strategies.fixed import Fixed


class Divides(Fixed):
    def demand(self, situation: Situation) -> Demand:
        return Demand(current_a=1 / 0, reason=because(ReasonCode.OFF))


class DefersToNobody(Fixed):
    def demand(self, situation: Situation) -> Any:
        return Defer(to="nobody")


@pytest.mark.parametrize(
    ("strategy", "words"),
    [(Divides, "ZeroDivisionError: "), (DefersToNobody, "KeyError: 'nobody'")],
)
def test_it_is_named_and_nothing_is_written(
    strategy: type[Any],
    words: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    known = {**installed_strategies(), "bad": strategy}
    monkeypatch.setattr("controller.cli.backtest.scene.installed_strategies", lambda: known)
    file = tmp_path / "steps.csv"
    assert main(["backtest", "--day", "sunny:1", "--strategy", "bad", "--timeline", str(file)]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("sunpace: sunny:1: strategy 'bad' failed: " + words)
    assert len(err.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []
