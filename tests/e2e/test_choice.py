"""Another strategy by hand, with the whole service on real sockets: taken over while it runs, and kept over a crash."""

from __future__ import annotations

import json
import signal
from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from controller.cli.main import main
from controller.domain.choice import Choice
from controller.domain.explanation import explain
from controller.domain.level import Level
from controller.domain.override import Override, OverrideKind, Overrides
from controller.domain.reasons import ReasonCode
from controller.history.choice_file import choice_text
from controller.history.override_file import overrides_text
from controller.plugins import hosted
from tests.e2e.test_off_peak import HOURS, by_the_owner
from tests.e2e.test_service import slow_polls
from tests.support.plugins import write
from tests.support.processes import emulated_home, sunpace
from tests.support.service import Stage, staged
from tests.support.warp import run_warped

WINDOW = '[strategy.off_peak]\nwindows = [{ start = "04:00", end = "05:00" }]\nthen = "off"\n'
FIXED = '\n[strategy]\nactive = "fixed"\n[strategy.fixed]\ncurrent_a = 10\n'


def configured(text: str) -> str:
    return slow_polls(text) + FIXED


def choose(stage: Stage, name: str, minutes: float | None = None) -> None:
    """As the command does, by the stage's own clock."""
    now, file = stage.clock.now(), stage.config_file.parent / "state" / "strategy-choice.toml"
    file.write_text(choice_text(Choice(name, now, None if minutes is None else now + timedelta(minutes=minutes))))


def pause(stage: Stage, minutes: float) -> None:
    now = stage.clock.now()
    override = Override(OverrideKind.PAUSE, now, now + timedelta(minutes=minutes))
    (stage.config_file.parent / "state" / "override.toml").write_text(overrides_text(Overrides(pause=override)))


def decides(stage: Stage) -> tuple[Level, ReasonCode]:
    _, house, _, decision = stage.diary.entries[-1]
    return explain(decision, house).level, decision.reason.code


def test_it_is_taken_over_while_the_service_runs_and_after_a_restart(tmp_path: Path) -> None:
    """On a sunny morning: from one to the next the contactor stays closed, unless the next one wants it open."""

    async def first() -> None:
        async with staged(edit=lambda text: configured(text) + WINDOW, directory=tmp_path) as stage:
            by_the_owner(stage, "off-peak-period1-start", "13:00")
            by_the_owner(stage, "off-peak-period1-stop", "14:00")
            by_the_owner(stage, "enable-off-peak", True)
            await stage.passes(120)
            assert (stage.home.box.limit_a, *decides(stage)) == (10, Level.BASE, ReasonCode.FIXED)
            choose(stage, "surplus")
            await stage.passes(3)
            assert decides(stage)[1] is not ReasonCode.FIXED
            await stage.passes(60)
            choose(stage, "minimum")
            await stage.passes(60)
            assert decides(stage)[1] in (ReasonCode.MINIMUM, ReasonCode.MINIMUM_ONLY)
            assert (stage.home.box.enabled, stage.plant.energy.starts) == (True, 1)
            pause(stage, 2)
            await stage.passes(60)
            assert (stage.home.box.enabled, *decides(stage)) == (False, Level.PAUSE, ReasonCode.PAUSED)
            before = [log["event"] for log in logs].count(HOURS)
            choose(stage, "off_peak")
            await stage.passes(3)
            assert [log["event"] for log in logs].count(HOURS) > before > 0  # it is compared with that one's windows
            choose(stage, "off", 5)
            await stage.passes(70)
            assert (stage.home.box.enabled, *decides(stage)) == (False, Level.BASE, ReasonCode.OFF)

    async def second() -> None:
        async with staged(edit=configured, directory=tmp_path, start="11:07") as stage:
            await stage.passes(60)
            assert (stage.home.box.enabled, *decides(stage)) == (False, Level.BASE, ReasonCode.OFF)
            await stage.passes(200)
            assert (stage.home.box.limit_a, *decides(stage)) == (10, Level.BASE, ReasonCode.FIXED)  # it has ended
            choose(stage, "off")
            await stage.passes(60)
            assert not stage.home.box.enabled
            (stage.config_file.parent / "state" / "strategy-choice.toml").write_text("name =")
            await stage.passes(90)
            assert (stage.home.box.enabled, decides(stage)[1]) == (True, ReasonCode.FIXED)

    with capture_logs() as logs:
        run_warped(first)
        run_warped(second)
    told = [log["strategy"] for log in logs if log["event"] == "strategy_switched"]
    assert told == ["surplus", "minimum", "off_peak", "off", "off", "fixed", "off", "fixed"]
    assert [log["event"] for log in logs].count("strategy_choice_unreadable") == 1


def test_somebody_elses_takes_over_when_its_process_is_ready(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hosted, "ANSWERS_WITHIN_S", 20.0)  # a busy machine is no misdeed
    deed = tmp_path / "deed"
    write(tmp_path, f"return good if not os.path.exists({str(deed)!r}) else 1 / 0")

    async def live() -> None:
        async with staged(edit=configured, directory=tmp_path) as stage:
            await stage.passes(120)
            choose(stage, "kettle")
            for _ in range(20_000):
                await stage.passes(1)
                if stage.diary.last.reason.code is ReasonCode.PLUGIN:
                    break
            assert str(stage.diary.last.reason) == "kettle: tea is ready"
            await stage.passes(60)
            assert (stage.home.box.limit_a, stage.plant.energy.starts) == (7, 1)
            assert ReasonCode.STRATEGY_FAILED not in {entry[3].reason.code for entry in stage.diary.entries}
            deed.touch()
            await stage.passes(60)
            assert (stage.home.box.limit_a, stage.diary.last.reason.code) == (6, ReasonCode.STRATEGY_FAILED)
            choose(stage, "price")  # there is no table of them
            await stage.passes(60)
            assert (stage.home.box.limit_a, decides(stage)[1]) == (10, ReasonCode.FIXED)
            assert stage.plant.energy.starts == 1

    with capture_logs() as logs:
        run_warped(live)
    told = [log["event"] for log in logs if log["event"].startswith("strategy_") and log["log_level"] != "debug"]
    assert told == [
        "strategy_is_being_started",
        "strategy_switched",
        "strategy_failed",
        "strategy_cannot_be_chosen",
        "strategy_switched",
    ]


def test_a_person_switches_it_and_a_killed_service_still_knows(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A service in a process of its own, and signals as the system sends them."""
    with emulated_home(tmp_path) as (_, file):
        whole_day = '[strategy.off_peak]\nwindows = [{ start = "00:00", end = "00:00" }]\n'
        file.write_text(f"{file.read_text()}{FIXED}{whole_day}")
        with sunpace("run", "--config", str(file)) as service:
            service.log("fixed current of 10 A")
            assert main(["strategy", "off_peak", "--for", "2h", "--config", str(file)]) == 0
            assert "strategy: off_peak (chosen by hand until " in capsys.readouterr().out
            assert "before=fixed" in service.log("strategy_switched")
            service.log("rule=window ")
            assert service.end(signal.SIGKILL) == -signal.SIGKILL
        with sunpace("run", "--config", str(file)) as service:
            assert "strategy=off_peak" in service.log("strategy_switched")
            service.log("rule=window ")
            assert not any("rule=fixed" in line for line in service.seen)
            assert main(["status", "--json", "--config", str(file)]) == 0
            told = json.loads(capsys.readouterr().out)
            assert (told["strategy"], told["configured"], told["faults"]) == ("off_peak", "fixed", [])
            assert told["followed"]["name"] == "off_peak"
            assert main(["strategy", "default", "--config", str(file)]) == 0
            assert "by=configuration" in service.log("strategy_switched")
            service.log("fixed current of 10 A")
            assert service.end() == 0
