"""One run of a backtest, in whatever process: a day, a scene, and who steers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from controller.cli.backtest.pilots import OURS, make_pilot
from controller.cli.backtest.scene import make_scene
from controller.simulation.backtest.play import Watcher, play
from controller.simulation.backtest.score import Outcome
from controller.simulation.trace import Trace


class Source(Protocol):
    """Where a day comes from; goes to other processes."""

    @property
    def name(self) -> str:
        """For people."""
        ...

    def load(self) -> Trace:
        """Reads or makes it. Raises SunpaceError."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One run.

    Attributes:
        source: The day.
        config: The site's configuration, if any.
        sets: What is laid over it, "KEY=VALUE".
        pilot: Who steers: `OURS`, or a peer's rule.
        plant_file: TOML with a table [plant]; None for the reference plant.
    """

    source: Source
    config: Path | None = None
    sets: tuple[str, ...] = ()
    pilot: str = OURS
    plant_file: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What came of a case.

    Attributes:
        case: The case.
        phases: Of box and car.
        solar_share: At which it is scored.
        outcome: What the plant has counted.
        perfect_kwh: The value of perfect foresight; None at a solar share of 1.
    """

    case: Case
    phases: int
    solar_share: float
    outcome: Outcome
    perfect_kwh: float | None

    @property
    def value_kwh(self) -> float | None:
        """The run's score."""
        return self.outcome.value_kwh(self.solar_share)


def run_case(case: Case, watcher: Callable[[Trace], Watcher] | None = None) -> Result:
    """Plays one case; `watcher` makes one that is shown every step. Raises SunpaceError."""
    scene = make_scene(case.config, case.sets, case.plant_file)
    trace = case.source.load()
    pilot = make_pilot(case.pilot, scene, trace)
    outcome = play(trace, scene.plant, pilot, watch=None if watcher is None else watcher(trace))
    return Result(
        case=case,
        phases=scene.plant.phases,
        solar_share=scene.solar_share,
        outcome=outcome,
        perfect_kwh=None,
    )
