"""What a backtest shows people: tables that fit the terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from controller.cli.backtest.pilots import OURS
from controller.cli.backtest.runs import Figures, ParameterSet, Run, differ_in_share, figures
from controller.cli.backtest.scene import Scene
from controller.cli.backtest.work import PERFECT

NARROW = 110
"""Below so many columns a table leaves out what can be reckoned from the rest."""

_NONE = "-"

Column = tuple[str, Callable[[Figures], str]]

_CAPTURED: Column = ("captured", lambda total: _number(total.captured, 1, 100.0, " %"))
_SOLAR: Column = ("solar kWh", lambda total: f"{total.counted.solar_kwh:.2f}")
_GRID: Column = ("grid kWh", lambda total: f"{total.counted.grid_kwh:.2f}")
_EV: Column = ("car kWh", lambda total: f"{total.counted.ev_kwh:.2f}")
_STARTS: Column = ("starts", lambda total: str(total.counted.starts))
_LIMITS: Column = ("limit writes", lambda total: str(total.counted.limit_writes))
_COMMANDS: Column = ("commands", lambda total: str(total.counted.commands))
_STARTS_A_DAY: Column = ("starts a day", lambda total: _number(total.counted.starts / total.counted.days, 1))
_COMMANDS_A_DAY: Column = ("commands a day", lambda total: _number(total.counted.commands / total.counted.days, 1))
_VALUE: Column = ("value", lambda total: _number(total.value_kwh, 2))
_COST: Column = ("cost", lambda total: _number(total.counted.cost, 2))
_PERFECT: Column = ("perfect", lambda total: _number(total.perfect_kwh, 2))

_OF_A_DAY = (_CAPTURED, _SOLAR, _GRID, _EV, _STARTS, _LIMITS, _COMMANDS, _VALUE, _PERFECT)
_OF_A_DAY_NARROW = (_CAPTURED, _SOLAR, _GRID, _STARTS, _COMMANDS, _VALUE)
_OF_ALL = (_CAPTURED, _SOLAR, _GRID, _STARTS_A_DAY, _COMMANDS_A_DAY, _VALUE)


def days_view(runs: Sequence[Run], width: int, notes: Sequence[str] = ()) -> RenderableType:
    """A row a day, and their sum; `notes` below."""
    columns = _with_cost(_OF_A_DAY if width >= NARROW else _OF_A_DAY_NARROW, runs)
    rows = [((name,), [run]) for name, run in zip(_short([run.case.source.name for run in runs]), runs, strict=True)]
    view = _table(["day"], columns, [*rows, (("sum",), runs)] if len(rows) > 1 else rows)
    scene = runs[0].case.scene
    pilot = runs[0].case.pilot
    who = f"{pilot}, strategy {scene.core.active}" if pilot == OURS else pilot
    return _shown(f"{who}, {_played_with(scene)}", view, [_score_of(runs), *notes])


def comparison_view(by_name: Mapping[str, Sequence[Run]], notes: Sequence[str] = ()) -> RenderableType:
    """A row for everybody who has steered, over all days; `notes` below."""
    runs = next(iter(by_name.values()))
    view = _table(["who steers"], _with_cost(_OF_ALL, runs), [((name,), of_name) for name, of_name in by_name.items()])
    heading = f"{length_of(runs)}, {_played_with(runs[0].case.scene)}"
    return _shown(heading, view, [_score_of(runs), *notes])


def sweep_view(
    rows: Sequence[tuple[ParameterSet, Sequence[Run]]], unbeaten: Sequence[bool], notes: Sequence[str] = ()
) -> RenderableType:
    """A row for every parameter set, over all days; `notes` below."""
    keys = [key for key, _ in rows[0][0].swept]
    shown = [
        ((*(value for _, value in one.swept), "*" if on_front else ""), runs)
        for (one, runs), on_front in zip(rows, unbeaten, strict=True)
    ]
    names = [key.rpartition(".")[2] for key in keys]
    view = _table(
        [*(keys if len(set(names)) < len(names) else names), "Pareto"], _with_cost(_OF_ALL, rows[0][1]), shown
    )
    lines = ["* nobody else has both more sun and less from the grid"]
    all_runs = [run for _, runs in rows for run in runs]
    if differ_in_share(all_runs):
        lines.append("each row is scored at its own solar share: captured can be compared, value cannot")
    lines.append(_score_of(all_runs))
    if (best := best_of(rows)) is not None:
        one, captured = best
        lines.append(f"captures most: {', '.join(f'{key}={value}' for key, value in one.swept)}, {captured:.1%}")
    heading = f"{length_of(rows[0][1])}, {len(rows)} parameter sets"
    return _shown(heading, view, [*lines, *notes])


def _with_cost(columns: Sequence[Column], runs: Sequence[Run]) -> Sequence[Column]:
    """With what it costs, where a price is known."""
    known = any(run.outcome.cost is not None for run in runs)
    return (*columns, _COST) if known else columns


def _shown(heading: str, view: Table, lines: Iterable[str]) -> RenderableType:
    return Group(Text(heading, style="bold"), view, *map(Text, lines))


def best_of(rows: Iterable[tuple[ParameterSet, Sequence[Run]]]) -> tuple[ParameterSet, float] | None:
    """The parameter set that captures most of what is possible at its own solar share, if any has a score."""
    scored = [(one, captured) for one, runs in rows if (captured := figures(runs).captured) is not None]
    return max(scored, key=lambda row: row[1], default=None)


def length_of(runs: Sequence[Run]) -> str:
    """How many traces of how many days, in words."""
    return f"{len(runs)} {'trace' if len(runs) == 1 else 'traces'}, {figures(runs).counted.days:.1f} days"


def _table(
    names: Sequence[str], columns: Sequence[Column], rows: Iterable[tuple[Sequence[str], Sequence[Run]]]
) -> Table:
    made = Table(box=SIMPLE_HEAD, pad_edge=False, collapse_padding=True)
    for name in names:
        made.add_column(name, overflow="fold")
    for title, _ in columns:
        made.add_column(title.replace(" ", "\n", 1), justify="right", min_width=max(map(len, title.split())))
    for cells, runs in rows:
        total = figures(runs)
        numbers = [_cell(column, total, runs) for column in columns]
        made.add_row(*map(Text, cells), *map(Text, numbers), style="bold" if cells[0] == "sum" else None)
    return made


def _cell(column: Column, total: Figures, runs: Sequence[Run]) -> str:
    if column is _LIMITS and runs[0].case.pilot == PERFECT:
        return _NONE
    return column[1](total)


def _short(names: Sequence[str]) -> Sequence[str]:
    """Files without their folders, unless two of them are called the same then."""
    short = [Path(name).name for name in names]
    return short if len(set(short)) == len(set(names)) else names


def _played_with(scene: Scene) -> str:
    phases = scene.plant.phases
    return f"{phases} {'phase' if phases == 1 else 'phases'}, solar share {scene.solar_share:g}"


def _score_of(runs: Sequence[Run]) -> str:
    if any(run.value_kwh is None for run in runs):
        return "at a solar share of 1 nothing has a value: no sun is worth a kWh from the grid"
    return "value: kWh of sun, less grid at s / (1 - s), 0.1 a start, 0.002 a command; captured: of perfect foresight's"


def _number(value: float | None, digits: int, factor: float = 1.0, unit: str = "") -> str:
    return _NONE if value is None else f"{value * factor:.{digits}f}{unit}"
