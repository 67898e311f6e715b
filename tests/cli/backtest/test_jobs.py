"""Cases over processes: the same figures, and an end in good order whatever happens."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from multiprocessing import active_children
from pathlib import Path
from typing import Any

import pytest

from controller.cli.backtest import command, jobs, work
from controller.cli.backtest.ending import OrderlyEnd
from controller.cli.backtest.jobs import run_cases
from controller.cli.backtest.runs import ParameterSet, cases_for, runs_of
from controller.cli.backtest.scene import make_scene
from controller.cli.backtest.work import PERFECT, Case, Source
from controller.domain.errors import ConfigError, SunpaceError
from strategies.surplus import Surplus, SurplusSettings
from tests.cli.backtest.days import MendedSource, OddSource, Person, sunny

PATIENCE_S = 300.0  # only so that a hang is a failure


def cases(*sources: Source) -> list[Case]:
    scene = make_scene(None, ())
    return [Case(source=source, scene=scene) for source in sources]


def parameter_set(*sets: str) -> ParameterSet:
    return ParameterSet(scene=make_scene(None, sets), sets=sets)


def no_one(_: float) -> None:
    return None


def test_the_figures_are_the_same_over_any_number_of_processes(person: Person, tmp_path: Path) -> None:
    days = [sunny(tmp_path / f"{hour}.csv", 9000 - 1000 * hour, minutes=120 - 25 * hour) for hour in range(4)]
    sweep = ("--sweep", "strategy.surplus.solar_share=0.5,0.8")
    alone, together = (person.asks(*days, *sweep, "--jobs", number) for number in ("1", "2"))
    assert [run["trace"] for run in together["runs"]] == [str(day) for day in days] * 2
    assert _without_wall(alone) == _without_wall(together)
    one_day = [person.asks(days[0], *sweep, "--jobs", number) for number in ("1", "3")]
    assert _without_wall(one_day[0]) == _without_wall(one_day[1])


def test_all_work_is_told() -> None:
    odd = cases(OddSource("dark"), OddSource("darker"), OddSource("darkest"))
    for number in (1, 2):
        told: list[float] = []
        assert len(run_cases(odd, number, told.append)) == 3
        assert sum(told) == pytest.approx(3)


def test_a_failure_in_another_process_names_its_day_and_leaves_none() -> None:
    before = active_children()
    with pytest.raises(SunpaceError, match=r"^broken: a tree fell on the roof$"):
        run_cases(cases(OddSource("dark"), OddSource("broken"), OddSource("darker")), 2, no_one)
    assert active_children() == before


def test_wrong_use_stays_wrong_use() -> None:
    odd = [replace(case, pilot="nobody") for case in cases(OddSource("dark"), OddSource("darker"))]
    for number in (1, 2):
        with pytest.raises(ConfigError, match=r"^dark.*nobody: no such pilot; there are sunpace, evcc") as caught:
            run_cases(odd, number, no_one)
        assert len(caught.value.faults) == 1


def test_a_process_that_is_killed_is_one_clear_error() -> None:
    before = active_children()
    with pytest.raises(SunpaceError, match=r"one of its processes was killed, .* a smaller --jobs"):
        run_cases(cases(OddSource("dark"), OddSource("deadly"), OddSource("darker")), 2, no_one)
    assert active_children() == before


def test_a_strategy_that_cannot_travel_is_told_of() -> None:
    class Homebody(Surplus):
        pass

    case = cases(OddSource("dark"))[0]
    core = replace(case.scene.core, strategies={"surplus": Homebody(SurplusSettings())})
    stays = replace(case.scene, core=core)
    odd = [replace(case, scene=stays), replace(case, scene=stays, source=OddSource("darker"))]
    with pytest.raises(SunpaceError, match=r"cannot be sent to another process .*; use --jobs 1$"):
        run_cases(odd, 2, no_one)


def test_a_day_is_loaded_once_and_perfect_foresight_asked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded: list[str] = []
    asked: list[float] = []
    foresee = work._foresee

    class Counting(OddSource):
        def load(self) -> Any:
            loaded.append(self.name)
            return super().load()

    def counted(trace: Any, scene: Any) -> Any:
        asked.append(scene.solar_share)
        return foresee(trace, scene)

    monkeypatch.setattr(work, "_foresee", counted)
    sets = [
        parameter_set(f"strategy.surplus.solar_share={share}", f"strategy.surplus.min_on_s={min_on}")
        for share in (0.5, 0.8, 1.0)
        for min_on in (0, 300)
    ]
    wanted = cases_for([Counting("one"), Counting("two")], sets, ["sunpace"])
    runs = runs_of(run_cases(wanted, 1, no_one))
    assert loaded == ["one", "two"]
    assert asked == [0.5, 0.8] * 2
    ours = [run for run in runs if run.case.pilot != PERFECT]
    assert [run.perfect is None for run in ours] == [False, False, False, False, True, True] * 2


def test_nobody_waits_for_too_many_runs() -> None:
    days = [OddSource(str(number)) for number in range(101)]
    with pytest.raises(ConfigError, match="10100 runs are more than 10000"):
        cases_for(days, [parameter_set()] * 100, ["sunpace"])


def test_what_was_put_right_is_told_once_a_day(person: Person, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(command, "file_sources", lambda _: [MendedSource("roof.csv"), OddSource("other.csv")])
    code, out, err = person.says("any", "--compare")
    assert code == 0
    assert err.splitlines() == ["roof.csv: 3 rows came twice", "roof.csv: 1 gap"]
    assert "twice" not in out


@pytest.mark.parametrize("number", [1, 2])
def test_what_was_put_right_is_told_before_all_is_played(number: int) -> None:
    events: list[str] = []

    def heard(source: Source, notes: Sequence[str]) -> None:
        events.append(f"{source.name}: {', '.join(notes)}")

    def told(done: float) -> None:
        if number == 1 and done > 0:
            events.append("played")

    names = [f"{place}.csv" for place in range(3)]
    run_cases(cases(*map(MendedSource, names)), number, told, hear=heard)
    right = [f"{name}: 3 rows came twice, 1 gap" for name in names]
    assert [event for event in events if event != "played"] == right
    if number == 1:
        assert events[0] == right[0]
        assert events.index("played") < events.index(right[1])


def test_of_a_failed_command_the_repairs_are_known_too(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "file_sources", lambda _: [MendedSource("roof.csv"), OddSource("broken")])
    code, _, err = person.says("any", "--jobs", "1")
    assert code == 1
    assert err.splitlines()[:2] == ["roof.csv: 3 rows came twice", "roof.csv: 1 gap"]


def test_many_runs_are_worth_processes() -> None:
    assert jobs.jobs_for(1) == 1
    assert jobs.jobs_for(1000) == len(os.sched_getaffinity(0))


@pytest.fixture
def endless() -> Iterator[subprocess.Popen[str]]:
    """A command that never ends by itself, in a process group of its own, as a shell starts it."""
    with subprocess.Popen(
        [sys.executable, "-c", STARTED, "backtest", "any", "--compare", "--jobs", "2", "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stdout is not None
        assert [process.stdout.readline() for _ in range(2)] == ["playing\n"] * 2  # each of the two processes
        yield process
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)


STARTED = """
import sys
from controller.cli.backtest import command
from controller.cli.main import main
from tests.cli.backtest.days import OddSource

command.file_sources = lambda _: [OddSource("endless")]
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 128 + 15)])
def test_ctrl_c_ends_all_processes_without_a_word(
    number: signal.Signals, code: int, endless: subprocess.Popen[str]
) -> None:
    if number == signal.SIGINT:
        os.killpg(endless.pid, number)  # a terminal sends it to all
    else:
        endless.send_signal(number)
    out, err = endless.communicate(timeout=PATIENCE_S)  # ends when the last process has let go of the pipes
    assert (endless.returncode, out, err) == (code, "", "")


def test_a_signal_waits_for_the_next_check() -> None:
    before = signal.getsignal(signal.SIGINT)
    waited = False
    with pytest.raises(SystemExit) as caught, OrderlyEnd() as signals:  # noqa: PT012 -- what waits is the point
        os.kill(os.getpid(), signal.SIGTERM)
        assert signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, ())
        waited = True
        signals.started()
        signals.check()
    assert waited
    assert caught.value.code == 128 + signal.SIGTERM
    assert signal.getsignal(signal.SIGINT) is before
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, ())


def test_the_last_signal_counts_even_when_all_is_done() -> None:
    with pytest.raises(SystemExit) as caught, OrderlyEnd():
        os.kill(os.getpid(), signal.SIGTERM)
    assert caught.value.code == 128 + signal.SIGTERM


def _without_wall(told: Any) -> Any:
    if isinstance(told, dict):
        return {name: _without_wall(value) for name, value in told.items() if name != "wall_s"}
    return [_without_wall(each) for each in told] if isinstance(told, list) else told
