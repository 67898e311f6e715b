"""Which cases a command needs, and what came of them in figures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from controller.cli.backtest.jobs import Result
from controller.cli.backtest.scene import Scene
from controller.cli.backtest.sweep import MOST_RUNS, Setting
from controller.cli.backtest.work import PERFECT, Case, Source
from controller.domain.errors import ConfigError
from controller.simulation.backtest.score import Outcome, grid_price, in_all


@dataclass(frozen=True, slots=True, kw_only=True)
class ParameterSet:
    """One way to play all days.

    Attributes:
        scene: What they are played with.
        sets: What is laid over the configuration for that, "KEY=VALUE".
        swept: What of it `--sweep` has put there.
    """

    scene: Scene
    sets: tuple[str, ...]
    swept: tuple[Setting, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A day that was played, beside the best that could have been made of it.

    Attributes:
        case: What was played.
        outcome: What came of it.
        perfect: What perfect foresight made of the same; None where there is no such thing.
    """

    case: Case
    outcome: Outcome
    perfect: Outcome | None

    @property
    def value_kwh(self) -> float | None:
        """The run's score; None at a solar share of 1."""
        return self.outcome.value_kwh(self.case.scene.solar_share)

    @property
    def perfect_kwh(self) -> float | None:
        """The score of perfect foresight."""
        return None if self.perfect is None else self.perfect.value_kwh(self.case.scene.solar_share)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Sums over runs.

    Attributes:
        counted: What the plant has counted, one run after the other.
        value_kwh: The score; None where a run has none.
        perfect_kwh: That of perfect foresight; None where a run has none.
        one_share: Whether all are scored at the same solar share.
    """

    counted: Outcome
    value_kwh: float | None
    perfect_kwh: float | None
    one_share: bool

    @property
    def captured(self) -> float | None:
        """The share of what was possible; None where nothing was, or where shares, and with them prices, differ."""
        if not self.one_share or self.value_kwh is None or self.perfect_kwh is None or self.perfect_kwh <= 0:
            return None
        return self.value_kwh / self.perfect_kwh


def figures(runs: Sequence[Run]) -> Figures:
    """What some runs come to."""
    return Figures(
        counted=in_all([run.outcome for run in runs]),
        value_kwh=_sum(run.value_kwh for run in runs),
        perfect_kwh=_sum(run.perfect_kwh for run in runs),
        one_share=not differ_in_share(runs),
    )


def differ_in_share(runs: Iterable[Run]) -> bool:
    """Whether they are scored at different solar shares: then captured can be compared, value cannot."""
    return len({run.case.scene.solar_share for run in runs}) > 1


def cases_for(sources: Sequence[Source], sets: Sequence[ParameterSet], pilots: Sequence[str]) -> list[Case]:
    """Every pilot on every day with every parameter set, and perfect foresight once for all who are measured by it.

    Raises:
        ConfigError: There are more than anybody wants to wait for.
    """
    count = len(sources) * len(sets) * len(pilots)
    if count > MOST_RUNS:
        raise ConfigError([f"backtest: {count} runs are more than {MOST_RUNS}; take fewer days or wider steps"])
    measures: list[ParameterSet] = []
    for one in sets:
        if grid_price(one.scene.solar_share) is not None and not any(_alike(one.scene, by.scene) for by in measures):
            measures.append(one)
    cases = []
    for source in sources:
        cases += [Case(source=source, scene=by.scene, sets=by.sets, pilot=PERFECT) for by in measures]
        cases += [Case(source=source, scene=one.scene, sets=one.sets, pilot=pilot) for one in sets for pilot in pilots]
    return cases


def runs_of(results: Sequence[Result]) -> list[Run]:
    """The results, perfect foresight's among them, each beside what it is measured by."""
    runs = []
    measures: list[Result] = []
    for result in results:
        case = result.case
        if measures and measures[0].case.source is not case.source:
            measures.clear()
        if case.pilot == PERFECT:
            measures.append(result)
        by = next((by.outcome for by in measures if _alike(by.case.scene, case.scene)), None)
        runs.append(Run(case=case, outcome=result.outcome, perfect=by))
    return runs


def by_pilot(runs: Iterable[Run], pilot: str) -> list[Run]:
    """Those that somebody has steered."""
    return [run for run in runs if run.case.pilot == pilot]


def _alike(one: Scene, other: Scene) -> bool:
    """Whether perfect foresight is the same for both."""
    return one.measure == other.measure


def _sum(values: Iterable[float | None]) -> float | None:
    total = 0.0
    for value in values:
        if value is None:
            return None
        total += value
    return total
