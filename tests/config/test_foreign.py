"""Strategies of others in a configuration: what is wrong with one is told where it has to be mended."""

from __future__ import annotations

from pathlib import Path

import pytest
import structlog
from structlog.testing import capture_logs

from controller.config.foreign import names_in_use
from controller.config.loader import Loaded, load_offline
from controller.control.plugins import installed_strategies
from controller.domain.errors import ConfigError
from controller.plugins.foreign import Foreign, Plugins
from tests.support.plugins import HEAD, write


def load(folder: Path, text: str) -> Loaded:
    file = folder / "config.toml"
    file.write_text(text)
    ours = installed_strategies()
    return load_offline(file, {}, ours, foreign=Plugins(folder, ours))


def faults(folder: Path, text: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load(folder, text)
    return [fault.replace(f"{folder}/", "") for fault in caught.value.faults]


def test_it_is_made_from_its_table(tmp_path: Path) -> None:
    write(tmp_path)
    kettle = load(tmp_path, "[strategy.kettle]\ncups = 9").strategies["kettle"]
    assert isinstance(kettle, Foreign)
    assert kettle.like.values["cups"] == 9


def test_faults_are_told_as_those_of_our_own(tmp_path: Path) -> None:
    write(tmp_path)
    text = '[strategy]\nactive = "kettle"\n[strategy.kettle]\ncups = "many"\ncup = 3\n'
    assert faults(tmp_path, text) == [
        'config.toml:4: strategy.kettle.cups = "many": must be a number',
        "config.toml:5: strategy.kettle.cup: unknown key; did you mean cups?",
    ]


@pytest.mark.parametrize("text", ['[strategy]\nactive = "kettle"', "\n[strategy.kettle]"])
def test_a_file_that_is_no_strategy_is_one_line(text: str, tmp_path: Path) -> None:
    write(tmp_path, head="", code="import os; os._exit(0)")
    (fault,) = faults(tmp_path, text)
    assert fault == "config.toml:2: strategies/kettle.py: has ended its process (exit code 0)"


def test_one_that_nobody_uses_is_a_warning(tmp_path: Path) -> None:
    write(tmp_path, head="", code="def")
    structlog.reset_defaults()
    with capture_logs() as logs:
        assert "kettle" not in load(tmp_path, "").strategies
    (log,) = [log for log in logs if log["event"] == "strategy_not_usable"]
    assert log["log_level"] == "warning"
    assert log["error"].endswith("strategies/kettle.py: cannot be imported: line 1: SyntaxError: invalid syntax")


def test_a_refused_file_is_told_with_its_remedy_and_never_run(tmp_path: Path) -> None:
    file = write(tmp_path, head="", code=f"open({str(tmp_path / 'run')!r}, 'w')")
    file.chmod(0o666)
    (fault,) = faults(tmp_path, '[strategy]\nactive = "kettle"')
    assert fault.endswith("chmod go-w strategies/kettle.py")
    assert not (tmp_path / "run").exists()


def test_one_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    write(
        tmp_path, head=HEAD.replace("return cls(settings)", "raise OSError('cold')") + "        return good\n", code=""
    )
    (fault,) = faults(tmp_path, '[strategy]\nactive = "kettle"')
    assert "cannot be made from its settings: OSError: cold (kettle.py, line" in fault


def test_names_in_use() -> None:
    assert names_in_use({}) == {"surplus"}
    table = {"active": "off_peak", "off_peak": {"then": "kettle"}, "fixed": {}, "odd": 3, "other": {"then": 7}}
    assert names_in_use(table) == {"off_peak", "kettle", "fixed", "other"}
