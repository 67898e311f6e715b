"""A strategy from somebody else's package, installed as people install packages."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.processes import emulated_home, outcome, sunpace

PYPROJECT = """\
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"
[project]
name = "sunpace-tea-time"
version = "1"
[project.entry-points."sunpace.strategies"]
tea_time = "tea_time:TeaTime"
broken = "tea_time:NotThere"
[tool.hatch.build.targets.wheel]
include = ["tea_time.py"]
"""

MODULE = """\
from typing import ClassVar

from pydantic import BaseModel

from controller.domain.demand import Demand
from controller.domain.reasons import ReasonCode, because


class Settings(BaseModel, frozen=True, extra="forbid"):
    cups: int = 7


class TeaTime:
    Settings: ClassVar = Settings

    def __init__(self, settings):
        self.settings = settings

    @classmethod
    def from_settings(cls, settings):
        return cls(settings)

    def demand(self, situation):
        if self.settings.cups > 20:
            raise RuntimeError("too much tea")
        return Demand(current_a=self.settings.cups, reason=because(ReasonCode.FIXED, current_a=self.settings.cups))
"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    package = tmp_path / "package"
    package.mkdir()
    (package / "pyproject.toml").write_text(PYPROJECT)
    (package / "tea_time.py").write_text(MODULE)
    target = tmp_path / "site"
    subprocess.run(
        [
            *(sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"),
            *("--no-deps", "--no-index", "--no-build-isolation", "--target", str(target), str(package)),
        ],
        check=True,
        capture_output=True,
    )
    return target


def with_tea(file: Path, cups: int) -> None:
    file.write_text(f'{file.read_text()}\n[strategy]\nactive = "tea_time"\n[strategy.tea_time]\ncups = {cups}\n')


def test_it_is_found_checked_and_runs_beside_a_broken_one(site: Path, tmp_path: Path) -> None:
    with emulated_home(tmp_path) as (_, file):
        with_tea(file, 8)
        with sunpace("run", "--config", str(file), environ={"PYTHONPATH": str(site)}) as service:
            service.log("strategy=broken")
            service.log("strategy=tea_time")
            service.log("set_limit 8 A")
            assert service.end() == 0
        code, _, err = outcome("check", "--config", str(file))
        assert code == 2  # not installed here
        assert 'strategy.active = "tea_time": no such strategy is installed' in err


def test_one_that_raises_brings_the_fallback_and_the_service_goes_on(site: Path, tmp_path: Path) -> None:
    with emulated_home(tmp_path) as (_, file):
        with_tea(file, 21)
        with sunpace("run", "--config", str(file), environ={"PYTHONPATH": str(site)}) as service:
            service.log("strategy_failed")
            service.log(
                "strategy tea_time failed (RuntimeError: too much tea (tea_time.py, line 25)): fallback minimum"
            )
            assert service.end() == 0
            assert sum("too much tea" in line for line in service.seen) <= 2


def test_it_runs_in_the_demo(site: Path) -> None:
    flags = ("--strategy", "tea_time", "--duration", "4", "--json")
    with sunpace(
        "demo", *flags, environ={"PYTHONPATH": f"{site}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"}
    ) as demo:
        demo.log("7 A  fixed current of 7 A")
        assert '"max_in_flight": 1' in demo.line()


@pytest.mark.parametrize("name", [b"tea\xff.py", b"_tea.py"])
def test_a_file_without_a_proper_name_is_one_clear_line(name: bytes, tmp_path: Path) -> None:
    file = tmp_path / os.fsdecode(name)
    file.write_text("")
    done = subprocess.run(
        [sys.executable, "-m", "controller", "demo", "--strategy", file],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"--strategy {tmp_path}/")
    assert done.stderr.endswith(": no name for a strategy: give the file another\n")
