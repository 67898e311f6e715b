"""The guide to a strategy of one's own is right: its code is written down, tested, played and run as it says."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from runpy import run_path
from typing import Any

import pytest

from controller.cli.main import main
from controller.plugins.answers import MOST_A, SAYABLE
from controller.plugins.host import MEMORY_BYTES
from controller.plugins.hosted import ANSWERS_WITHIN_S
from tests.support.processes import outcome

PAGE = (Path(__file__).parents[2] / "docs" / "writing-a-strategy.md").read_text("utf-8")
FILES: dict[str, str] = dict(re.findall(r"^```python\n# (\S+)\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL))
CONFIG = re.findall(r"^```toml\n(\[strategy\].*?)^```", PAGE, re.MULTILINE | re.DOTALL)[0]
COMMANDS = [
    line.removeprefix("sunpace ")
    for block in re.findall(r"^```sh\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    for line in block.splitlines()
]


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "strategies").mkdir(mode=0o755)
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o644)
    (tmp_path / "config.toml").write_text(CONFIG)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_it_has_the_strategy_and_its_test() -> None:
    assert set(FILES) == {"strategies/hot_water.py", "test_hot_water.py"}
    code = [line for line in FILES["strategies/hot_water.py"].splitlines() if line.strip()]
    assert len(code) <= 36
    assert [command.split()[0] for command in COMMANDS] == ["strategy", "strategy", "backtest", "backtest", "demo"]


@pytest.mark.usefixtures("site")
def test_its_test_passes() -> None:
    tests = {name: test for name, test in run_path("test_hot_water.py").items() if name.startswith("test_")}
    assert len(tests) == 2
    for test in tests.values():
        test()


@pytest.mark.usefixtures("site")
@pytest.mark.parametrize("command", [one for one in COMMANDS if not one.startswith("demo")])
def test_its_commands_work(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*shlex.split(command), "--json"]) == 0
    told: dict[str, Any] = json.loads(capsys.readouterr().out)
    if command.startswith("strategy list"):
        (mine,) = [row for row in told["strategies"] if row["name"] == "hot_water"]
        assert (mine["usable"], mine["active"], mine["from"]) == (True, True, "file")
        assert mine["about"] == "In the morning the sun heats the water first, then it charges the car."
        assert next(row for row in told["strategies"] if row["name"] == "surplus")["in_chain"]
    elif command.startswith("strategy show"):
        assert told["settings"][0]["value"] == 1500
    else:
        assert told["runs"][0]["strategy"] == "hot_water"
        assert told["runs"][0]["solar_kwh"] > 3


def test_it_runs_in_the_demo(site: Path) -> None:
    (demo,) = (one for one in COMMANDS if one.startswith("demo"))
    code, out, err = outcome(*shlex.split(demo), "--duration", "4", "--speed", "60", "--json", cwd=site)
    assert (code, len(out.splitlines())) == (0, 1), err
    assert "beyond the hot water" in err


def test_its_figures_are_those_of_the_code() -> None:
    assert f"from 0 to {MOST_A:.0f} A" in PAGE
    assert f"{ANSWERS_WITHIN_S} s" in PAGE
    assert f"{MEMORY_BYTES >> 20} MiB" in PAGE
    for code in SAYABLE:
        assert f"{code.name}" in PAGE
