"""A strategy in a process of its own: it may do what it likes, and whoever asks waits 0.2 s at the most."""

from __future__ import annotations

import select
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from time import perf_counter

import psutil
import pytest

from controller.control.clock import WallClock
from controller.domain.demand import Demand, Situation
from controller.domain.errors import StrategyError
from controller.domain.horizon import Horizon
from controller.domain.readings import House
from controller.plugins import hosted
from controller.plugins.child import Child
from controller.plugins.foreign import Foreign
from controller.plugins.hosted import ANSWERS_WITHIN_S, Hosts
from tests.support.plugins import kettle

PATIENCE_S = 20.0
NOON = datetime(2026, 6, 21, 12, tzinfo=UTC)
HOUSE = House(grid_w=-3000.0, grid_age_s=0.5)
SLACK_S = 5.0  # of a busy machine; one that waited for the answer would wait for ever


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """A busy machine must not be taken for a strategy that does not answer; where it does not, the wait is as it is."""

    def set_s(seconds: float) -> None:
        monkeypatch.setattr(hosted, "ANSWERS_WITHIN_S", seconds)

    set_s(PATIENCE_S)
    return set_s


class HandClock(WallClock):
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def monotonic_s(self) -> float:
        return self.now_s


class Bench:
    """A service that asks one strategy, tick by tick."""

    def __init__(self, plugin: Foreign) -> None:
        self.clock = HandClock()
        self.hosts = Hosts({"kettle": plugin}, frozenset({"kettle"}), self.clock)
        self.hosts.start()

    def situation(self, **more: object) -> Situation:
        when = NOON + timedelta(seconds=self.clock.now_s)
        plain = Situation(when, HOUSE, -3000.0, 0.0, False, 6, 16, 3, 230.0)
        return plain._replace(**more)  # type: ignore[arg-type]

    def ask(self, **more: object) -> str:
        """What it wants, or how it failed."""
        self.clock.now_s += 1.0
        try:
            answer = self.hosts.strategies["kettle"].demand(self.situation(**more))
        except StrategyError as error:
            return error.what
        assert isinstance(answer, Demand)
        return f"{answer.current_a:g} A: {answer.reason}"

    def until_well(self, pauses: int = 20) -> str:
        """Asks on until it answers; a start is waited for as long as it takes."""
        for _ in range(pauses):
            if (said := self.ask()).endswith("tea is ready"):
                return said
            child, leaving = self.hosts._hosted["kettle"]._child, self.hosts._hosted["kettle"]._leaving
            if child is None:
                assert leaving is None or leaving.gone(PATIENCE_S)
                self.clock.now_s += 60.0
            else:
                select.select([child._from], [], [], PATIENCE_S)
        raise AssertionError(said)

    @property
    def children(self) -> list[psutil.Process]:
        return [one for one in psutil.Process().children() if "controller.plugins.host" in " ".join(one.cmdline())]


@contextmanager
def bench(plugin: Foreign) -> Iterator[Bench]:
    made = Bench(plugin)
    try:
        yield made
    finally:
        made.hosts.close()


def test_it_answers_from_another_process(tmp_path: Path) -> None:
    with bench(kettle(tmp_path, "print('x' * 100000); print(1, file=sys.stderr); return good", cups=9)) as it:
        assert [it.ask() for _ in range(3)] == ["9 A: kettle: tea is ready"] * 3
        assert len(it.children) == 1
    assert it.children == []


def test_it_sees_the_situation_and_the_same_horizon_until_that_changes(tmp_path: Path) -> None:
    code = (
        "global seen; seen = {**globals().get('seen', {}), id(situation.horizon): situation.horizon}; "
        "return good._replace(current_a=situation.house.grid_w / -100, reason=because(ReasonCode.PLUGIN, "
        "says=f'{situation.local_time:%H:%M} {len(seen)} {situation.horizon.import_price}'))"
    )
    with bench(kettle(tmp_path, code)) as it:
        price = Horizon(import_price=0.3)
        assert it.ask() == "30 A: kettle: 12:16 1 None"
        assert it.ask(horizon=price) == "30 A: kettle: 12:16 2 0.3"
        assert it.ask(horizon=price) == "30 A: kettle: 12:16 2 0.3"


def test_who_does_not_answer_in_time_is_not_waited_for(tmp_path: Path, patience: Callable[[float], None]) -> None:
    flag = tmp_path / "flag"
    with bench(kettle(tmp_path, "time.sleep(3600)", flag=str(flag))) as it:
        assert it.until_well() == "7 A: kettle: tea is ready"
        flag.touch()
        patience(ANSWERS_WITHIN_S)
        began_s = perf_counter()
        said = it.ask()
        assert ANSWERS_WITHIN_S <= perf_counter() - began_s < ANSWERS_WITHIN_S + SLACK_S
        assert said == "did not answer within 200 ms"
        assert it.ask() == said  # out of service until its pause is over, and the reason stays
        patience(PATIENCE_S)
        flag.unlink()
        assert it.until_well() == "7 A: kettle: tea is ready"
        assert len(it.children) == 1


def test_what_one_has_waited_for_the_other_does_not_get(tmp_path: Path, patience: Callable[[float], None]) -> None:
    with bench(kettle(tmp_path)) as it:
        assert it.until_well() == "7 A: kettle: tea is ready"
        one = it.hosts._hosted["kettle"]
        it.clock.now_s += 1.0
        one._patience.left_s(it.situation().local_time)
        one._patience.spend(PATIENCE_S)
        with pytest.raises(StrategyError, match="was not asked: another strategy took all the time there is"):
            one.demand(it.situation())
        assert it.ask() == "7 A: kettle: tea is ready"  # at the next tick, from the same process


def test_pauses_grow_and_nobody_waits_for_a_start(tmp_path: Path) -> None:
    flag = tmp_path / "flag"
    with bench(kettle(tmp_path, "os._exit(1)", flag=str(flag))) as it:
        assert it.until_well() == "7 A: kettle: tea is ready"
        flag.touch()
        starts = []
        for _ in range(60):
            assert "exit code 1" in it.ask()
            child, leaving = it.hosts._hosted["kettle"]._child, it.hosts._hosted["kettle"]._leaving
            assert leaving is None or leaving.gone(PATIENCE_S)
            if child is not None:
                starts.append(it.clock.now_s)
                select.select([child._from], [], [], PATIENCE_S)  # ready, and fails at the next question
        pauses = [later - earlier for earlier, later in pairwise(starts)]
        assert 4 <= len(pauses) <= 6
        assert all(later >= 1.4 * earlier for earlier, later in pairwise(pauses))


def test_what_it_has_started_ends_with_it_even_where_it_ended_first(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    code = (
        "import subprocess; one = subprocess.Popen(['sleep', '600']); "
        f"Path({str(note)!r}).write_text(str(one.pid)); os._exit(0)"
    )
    with bench(kettle(tmp_path, code)) as it:
        it.ask()
        left = int(note.read_text())
        with suppress(psutil.NoSuchProcess):
            psutil.Process(left).wait(PATIENCE_S)
        assert not psutil.pid_exists(left)


FORGED = '[1,"failed","' + r"\\n\\u001b[31mx" * 2000 + '"]'
HUGE = (
    '[1,"answer",{"steady_w":[-1' + "0" * 400 + ',1],"sun":null,"dwell":[0,0,0,0],"current_a":8,"code":"plugin",'
    '"figures":{"says":"x"},"battery_spared":false,"keep_s":0}]'
)


@pytest.mark.parametrize("line", [FORGED, HUGE])
def test_what_is_written_in_place_of_an_answer_becomes_one_short_line(tmp_path: Path, line: str) -> None:
    with bench(kettle(tmp_path, f"os.write(4, b'''{line}''' + bytes([10])); time.sleep(600)")) as it:
        said = it.ask()
        assert said.isprintable()
        assert len(said) <= 300
        assert it.hosts._hosted["kettle"]._child is None


def test_who_writes_on_and_on_is_not_waited_for(
    tmp_path: Path, patience: Callable[[float], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    with bench(kettle(tmp_path)) as it:
        until_s = perf_counter() + PATIENCE_S

        def one_more_byte(_within_s: float) -> bool:
            assert perf_counter() < until_s
            return True

        monkeypatch.setattr(Child, "_moved", lambda _child, within_s: one_more_byte(within_s))
        patience(0.001)
        assert it.ask() == "did not answer within 1 ms"


def test_it_inherits_neither_secrets_nor_sockets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUNPACE_WALLBOX__PASSWORD", "hunter2")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    monkeypatch.setenv("PATH_TO_TOKEN", "hunter2")
    code = (
        "import stat; fds = [os.readlink(f'/proc/self/fd/{fd}') for fd in os.listdir('/proc/self/fd') if "
        "os.path.exists(f'/proc/self/fd/{fd}')]; bad = [name for name in os.environ if 'SUNPACE' in name or "
        "'CRED' in name or 'TOKEN' in name] + [fd for fd in fds if 'socket' in fd]; "
        "return good._replace(reason=because(ReasonCode.PLUGIN, says=f'{bad} {len(fds) > 2}'))"
    )
    with socket.socket() as ours:
        ours.set_inheritable(True)
        with bench(kettle(tmp_path, code)) as it:
            assert it.ask() == "7 A: kettle: [] True"


def test_it_ends_with_a_service_that_is_killed(tmp_path: Path) -> None:
    flag = tmp_path / "flag"
    script = (
        "import os, signal, sys; from pathlib import Path; from controller.plugins.child import Child; "
        "from controller.plugins.origin import Job, Kind, Origin; from tests.support.plugins import HEAD; "
        "flag = Path(sys.argv[1]); "
        "busy = f'open({str(flag)!r}, \"w\").close()\\nwhile True: pass'; "
        "job = lambda text: Job(origin=Origin(name='it', kind=Kind.FILE, place='', target='it.py', source=text), "
        "table={}, beside={}); children = [Child(job(text.encode())) for text in (HEAD, busy)]; "
        "[child.receive(0.1) for child in children * 200 if not flag.exists()]; "
        "print(*(child._process.pid for child in children), flag.exists(), flush=True); "
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    done = subprocess.run([sys.executable, "-c", script, str(flag)], capture_output=True, text=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr
    *pids, began = done.stdout.split()
    assert began == "True"
    for pid in map(int, pids):
        with suppress(psutil.NoSuchProcess):
            psutil.Process(pid).wait(PATIENCE_S)
        assert not psutil.pid_exists(pid)


def test_one_that_is_to_take_over_is_started_and_nobody_waits(tmp_path: Path) -> None:
    flag = tmp_path / "flag"
    with bench(kettle(tmp_path, "os._exit(1)", flag=str(flag))) as it:
        late = Hosts({"kettle": it.hosts._hosted["kettle"]._plugin}, frozenset(), it.clock)
        try:
            late.start()
            assert len(it.children) == 1  # that of the bench
            assert late.hindrance("fixed") is None
            began_s = perf_counter()
            assert late.hindrance("kettle") == ""
            assert perf_counter() - began_s < SLACK_S
            child = late._hosted["kettle"]._child
            assert child is not None
            select.select([child._from], [], [], PATIENCE_S)
            assert late.hindrance("kettle") is None
            assert late._hosted["kettle"]._child is child
            child._process.kill()
            child._process.wait(PATIENCE_S)
            with pytest.raises(StrategyError, match="SIGKILL"):
                late.strategies["kettle"].demand(it.situation())
            assert late.hindrance("kettle") == "its process was ended by SIGKILL"  # it rests for a second
            it.clock.now_s += 2.0
            assert late.hindrance("kettle") is not None
            child = late._hosted["kettle"]._child
            assert child is not None
            select.select([child._from], [], [], PATIENCE_S)
            assert late.hindrance("kettle") is None
            late.keep_only({"kettle"})
            assert late._hosted["kettle"]._child is child
            late.keep_only(())
            assert child.gone(PATIENCE_S)
            it.hosts.keep_only(())
            assert len(it.children) == 1  # that of the bench is in use by its configuration
        finally:
            late.close()


def test_one_that_is_named_is_ready_before_the_service_begins(tmp_path: Path) -> None:
    hosts = Hosts({"kettle": kettle(tmp_path)}, frozenset(), HandClock())
    try:
        hosts.start({"kettle"})
        assert hosts._hosted["kettle"]._ready
    finally:
        hosts.close()
