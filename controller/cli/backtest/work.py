"""One piece of a backtest, in whatever process: a day, and who is to be played on it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from controller.cli.backtest.pilots import OURS, make_pilot
from controller.cli.backtest.scene import Scene
from controller.control.supervisor import contained
from controller.domain.errors import ConfigError, SunpaceError
from controller.domain.units import power_w
from controller.simulation.backtest.foresight import perfect
from controller.simulation.backtest.play import STEP_S, Watcher, play
from controller.simulation.backtest.score import Outcome
from controller.simulation.trace import Trace

PERFECT = "perfect"
"""The pilot that knows the day beforehand."""

_DAY_S = 86400.0

Tell = Callable[[float], None]
"""Told of work as it is done, in cases."""

Watch = Callable[[Trace], Watcher]
"""Makes one that is shown every step of a trace."""


class Source(Protocol):
    """Where a day comes from; goes to other processes, and is equal to another that gives the same day."""

    @property
    def name(self) -> str:
        """For people."""
        ...

    def load(self) -> Trace:
        """Reads or makes it. Raises SunpaceError."""
        ...


class Recording(Protocol):
    """A day, and what had to be put right in it."""

    @property
    def trace(self) -> Trace:
        """The day."""
        ...

    @property
    def repairs(self) -> Sequence[str]:
        """One line each."""
        ...


@runtime_checkable
class TellingSource(Protocol):
    """A source that tells what it had to put right."""

    def read(self) -> Recording:
        """Reads it. Raises SunpaceError."""
        ...


Hear = Callable[[Source, Sequence[str]], None]
"""Told what had to be put right in a day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One run.

    Attributes:
        source: The day.
        scene: What it is played with.
        sets: What is laid over the configuration for that, "KEY=VALUE".
        pilot: Who steers: `OURS`, a peer's rule, or `PERFECT`.
    """

    source: Source
    scene: Scene
    sets: tuple[str, ...] = ()
    pilot: str = OURS


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Cases on the same day, which is loaded once.

    Attributes:
        source: The day.
        runs: Scene and pilot of each case.
    """

    source: Source
    runs: tuple[tuple[Scene, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """What came of a batch.

    Attributes:
        outcomes: Of each case, in order.
        notes: What had to be put right in the day.
    """

    outcomes: tuple[Outcome, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """Why nothing came of a batch; an error of our own would not survive the way between processes.

    Attributes:
        text: For people; names the day.
        wrong_use: Whether the command was not meant like that.
    """

    text: str
    wrong_use: bool

    @property
    def error(self) -> SunpaceError:
        """As what it was."""
        return ConfigError([self.text]) if self.wrong_use else SunpaceError(self.text)


def run_batch(batch: Batch, tell: Tell, watch: Watch | None = None, hear: Hear | None = None) -> Played | Failed:
    """Plays a batch.

    Args:
        batch: The batch.
        tell: Told of the work as it is done.
        watch: For somebody who is to be shown every step.
        hear: Told before anything is played what had to be put right.
    """
    try:
        trace, notes = _read(batch.source)
        if hear is not None:
            hear(batch.source, notes)
        outcomes = tuple(_run(trace, scene, pilot, tell, watch) for scene, pilot in batch.runs)
    except SunpaceError as error:
        name, text = batch.source.name, str(error)
        return Failed(text=text if name in text else f"{name}: {text}", wrong_use=isinstance(error, ConfigError))
    return Played(outcomes=outcomes, notes=notes)


def _read(source: Source) -> tuple[Trace, tuple[str, ...]]:
    if isinstance(source, TellingSource):
        recording = source.read()
        return recording.trace, tuple(recording.repairs)
    return source.load(), ()


def _run(trace: Trace, scene: Scene, name: str, tell: Tell, watch: Watch | None) -> Outcome:
    told = 0.0

    def progress(share: float) -> None:
        nonlocal told
        tell(share - told)
        told = share

    if name == PERFECT:
        outcome = _foresee(trace, scene)
    else:
        watcher = None if watch is None else watch(trace)
        pilot = make_pilot(name, scene, trace)
        with contained("backtest_failed", loud=False, pilot=name) as run:
            outcome = play(trace, scene.plant, pilot, bill=scene.bill(trace), watch=watcher, progress=progress)
        if run.error is not None:
            raise _failure(run.error, name, scene) from run.error
    progress(1.0)
    return outcome


def _failure(error: Exception, name: str, scene: Scene) -> SunpaceError:
    """What a run has ended with; a strategy of somebody else's may raise anything."""
    if isinstance(error, SunpaceError):
        return error
    who = f"strategy {scene.core.active!r}" if name == OURS else f"rule {name!r}"
    return SunpaceError(f"{who} failed: {type(error).__name__}: {error}; in the service the fallback would hold")


def _foresee(trace: Trace, scene: Scene) -> Outcome:
    """Perfect foresight. Of the scene only `Scene.measure` counts: scenes alike in that share it."""
    began_s = time.perf_counter()
    plant = scene.plant
    watts_per_amp = power_w(1.0, plant.phases_in_use, plant.voltage_v)
    levels_a = range(scene.core.min_current_a, scene.core.max_current_a + 1)
    best = perfect(trace, levels_a=levels_a, watts_per_amp=watts_per_amp, solar_share=scene.solar_share)
    if best is None:
        raise SunpaceError("at a solar share of 1 no run is perfect: a kWh from the grid has no price")
    return Outcome(
        solar_kwh=best.solar_kwh,
        grid_kwh=best.grid_kwh,
        starts=best.starts,
        limit_writes=best.commands,
        commands=best.commands,
        steps=round(trace.duration_s // STEP_S) + 1,
        days=trace.duration_s / _DAY_S,
        wall_s=time.perf_counter() - began_s,
    )
