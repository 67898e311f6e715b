"""The table of `python -m bench causal`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

from bench.causal.bounds import (
    Fold,
    by_thresholds,
    by_trees,
    foresight_kwh,
    in_sample,
    left_out,
    ours,
    outcome,
    plant_foresight_kwh,
)
from bench.causal.cell import AT_ONCE, CELLS, Cell
from bench.causal.known import Known, known
from bench.causal.thresholds import LASTING, with_clue
from controller.simulation.backtest.score import Outcome
from controller.simulation.days.day import Day, generate
from controller.simulation.days.kind import DayKind
from controller.simulation.days.standard import june_days
from controller.simulation.trace import Trace, TraceError, read_trace

_LEARNT_KINDS = (
    *(3 * [DayKind.MIXED]),
    *(3 * [DayKind.BROKEN]),
    *(3 * [DayKind.OVERCAST]),
    DayKind.CLEAR,
)  # in the mix of June's
_LEARNT_DAYS = 20
_FIRST_SEED = 101  # none of June's

_ONE_BY_ONE = (
    "slope of 30 s",
    "mean of 2 min",
    "mean of 10 min",
    "most of 30 min",
    "restlessness",
    "PV apart",
    "load apart",
    "time of day",
)

_TOGETHER = (*_ONE_BY_ONE, "most of 3 min", "least of 2 min")

Figure = Callable[[Cell], float]


def bench_causal(files: Sequence[Path] = ()) -> Iterator[tuple[str, str]]:
    """Captured of each cell, with ever more knowledge; of generated days, or of somebody's own.

    Args:
        files: Traces, two or more; a fifth of them at a time is left out of what is learnt. Without any June's
            generated days are played by what other seeds have taught.
    """
    if len(files) == 1:
        raise SystemExit("one day alone cannot be left out of what is learnt: name two traces or more")
    if files:
        days = [known(file.name, _read(file)) for file in files]
        folds, learnt = left_out(days), "the others of these days"
    else:
        days = [known(day.name, generate(day)) for day in june_days()]
        folds, learnt = [Fold(learnt=_other_days(), played=days)], f"{_LEARNT_DAYS} days of other seeds"
    yield f"causal, {len(days)} days, captured", "; ".join(f"{c.solar_share} x {c.phases}" for c in CELLS)
    for what, figure in _rows(days, folds, learnt):
        yield f"  {what}", figure


def _read(file: Path) -> Trace:
    try:
        return read_trace(file)
    except TraceError as error:
        raise SystemExit(str(error)) from error


def _other_days() -> list[Known]:
    kinds = [_LEARNT_KINDS[place % len(_LEARNT_KINDS)] for place in range(_LEARNT_DAYS)]
    days = (Day(kind=kind, seed=_FIRST_SEED + place) for place, kind in enumerate(kinds))
    return [known(day.name, generate(day)) for day in days]


def _rows(days: Sequence[Known], folds: Sequence[Fold], learnt: str) -> Iterator[tuple[str, str]]:
    best_kwh = {cell: foresight_kwh(days, cell) for cell in CELLS}
    if not all(best_kwh.values()):
        raise SystemExit(
            "on these days nobody could capture anything: not a single start is worth it; name sunnier ones"
        )

    def captured(value: Callable[[Cell], Outcome]) -> str:
        return _row(lambda cell: (value(cell).value_kwh(cell.solar_share) or 0.0) / best_kwh[cell])

    yield "perfect foresight on the grid of the score", _row(lambda _: 1.0)
    yield "perfect foresight of the plant", _row(lambda cell: plant_foresight_kwh(days, cell) / best_kwh[cell])
    yield "sunpace", captured(lambda cell: ours(days, cell))
    yield f"learnt on {learnt}:", ""
    level = by_thresholds()
    yield "surplus now, no headroom", captured(lambda cell: outcome(folds, cell, level, by_slope=False))
    yield "surplus now, headroom by slope", captured(lambda cell: outcome(folds, cell, level))
    yield "  and how long it has lasted", captured(lambda cell: outcome(folds, cell, by_thresholds(LASTING)))
    for clue in _ONE_BY_ONE:
        yield f"  and {clue}", captured(partial(outcome, folds, teacher=by_thresholds(with_clue(clue))))
    yield "  and all of these, by trees", captured(lambda cell: outcome(folds, cell, by_trees(_TOGETHER)))
    yield "surplus now, before a plant without delay", captured(lambda cell: outcome(folds, cell, level, AT_ONCE))
    very = in_sample(days)
    yield "learnt on the very days:", ""
    yield "surplus now", captured(lambda cell: outcome(very, cell, level))
    yield "  and how long it has lasted", captured(lambda cell: outcome(very, cell, by_thresholds(LASTING)))
    yield "  and all of these, by trees", captured(lambda cell: outcome(very, cell, by_trees(_TOGETHER)))


def _row(figure: Figure) -> str:
    return "  ".join(f"{figure(cell):7.1%}" for cell in CELLS)
