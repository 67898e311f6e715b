"""What has to be known of the figures, beside the figures."""

from __future__ import annotations

from collections.abc import Sequence

from controller.cli.backtest.house import house_lines
from controller.cli.backtest.pilots import OURS
from controller.cli.backtest.runs import Run
from controller.cli.backtest.work import PERFECT


def notes_of(runs: Sequence[Run]) -> list[str]:
    """One line each, for below a table and for `--json`."""
    return [*_of_prices(runs), *_of_foresight(runs), *_of_house(runs)]


def _of_prices(runs: Sequence[Run]) -> list[str]:
    scenes = [run.case.scene for run in runs if run.case.pilot == OURS]
    if not any(scene.core.active == "price" and scene.prices is None for scene in scenes):
        return []
    return ["no prices are known, so strategy price had nothing to choose from: name a table with --prices FILE"]


def _of_foresight(runs: Sequence[Run]) -> list[str]:
    measured = [run.case.scene.plant for run in runs if run.perfect is not None]
    keys = ", ".join(dict.fromkeys(key for plant in measured for key in plant.beyond_foresight))
    if not keys:
        return []
    return [f"perfect foresight reckons with the reference car and house, without {keys}: a measure, not a bound"]


def _of_house(runs: Sequence[Run]) -> list[str]:
    """Where one alone has steered, with one parameter set; of several the sum would tell nothing."""
    steered = [run for run in runs if run.case.pilot != PERFECT]
    if len({(run.case.pilot, run.case.sets) for run in steered}) != 1:
        return []
    return house_lines([run.outcome for run in steered])
