"""What a backtest tells programs: one JSON object."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from controller.cli.backtest.pilots import OURS
from controller.cli.backtest.runs import ParameterSet, Run, figures
from controller.cli.backtest.work import PERFECT


def as_json(runs: Sequence[Run], notes: Sequence[str]) -> dict[str, Any]:
    """`{"runs": [...], "sum": {...}, "notes": [...]}`."""
    return {**_runs_and_sum(runs), "notes": list(notes)}


def comparison_as_json(ours: str, by_name: Mapping[str, Sequence[Run]], notes: Sequence[str]) -> dict[str, Any]:
    """As `as_json` for ours, and beside it runs and sum of everybody, by name."""
    return {**as_json(by_name[ours], notes), "compare": {name: _runs_and_sum(runs) for name, runs in by_name.items()}}


def sweep_as_json(
    rows: Sequence[tuple[ParameterSet, Sequence[Run]]], unbeaten: Sequence[bool], notes: Sequence[str]
) -> dict[str, Any]:
    """As `as_json` for all runs, and beside it the sum of each parameter set."""
    return {
        **as_json([run for _, runs in rows for run in runs], notes),
        "sweep": [
            {"set": _sets([f"{key}={value}" for key, value in one.swept]), "pareto": best, "sum": _sum(runs)}
            for (one, runs), best in zip(rows, unbeaten, strict=True)
        ],
    }


def _runs_and_sum(runs: Sequence[Run]) -> dict[str, Any]:
    return {"runs": [_run(run) for run in runs], "sum": _sum(runs)}


def _run(run: Run) -> dict[str, Any]:
    scene = run.case.scene
    return {
        "trace": run.case.source.name,
        "pilot": run.case.pilot,
        "strategy": scene.core.active if run.case.pilot == OURS else None,
        "phases": scene.plant.phases,
        "solar_share": scene.solar_share,
        "set": _sets(run.case.sets),
        **_sum([run]),
        **_house(run),
    }


def _house(run: Run) -> dict[str, float | None]:
    """Of a house with home battery or limit of export: what flowed in all of it."""
    house = run.outcome.house
    return {} if house is None else {name: _rounded(kwh) for name, kwh in asdict(house).items()}


def _sum(runs: Sequence[Run]) -> dict[str, Any]:
    total = figures(runs)
    foresight = any(run.case.pilot == PERFECT for run in runs)
    return {
        "solar_kwh": _rounded(total.counted.solar_kwh),
        "grid_kwh": _rounded(total.counted.grid_kwh),
        "ev_kwh": _rounded(total.counted.ev_kwh),
        "starts": total.counted.starts,
        "limit_writes": None if foresight else total.counted.limit_writes,  # it knows no limits, only what flows
        "commands": total.counted.commands,
        "value": _rounded(total.value_kwh),
        "perfect_value": _rounded(total.perfect_kwh),
        "captured": _rounded(total.captured),
        "cost": _rounded(total.counted.cost),
        "days": _rounded(total.counted.days),
        "steps": total.counted.steps,
        "wall_s": _rounded(total.counted.wall_s),
    }


def _sets(texts: Sequence[str]) -> dict[str, Any]:
    """By key; the last one counts, as it does for the configuration."""
    pairs = (text.partition("=") for text in texts)
    return {key.strip(): _typed(value.strip()) for key, _, value in pairs}


def _typed(text: str) -> Any:
    """As the configuration reads it, where JSON has the like."""
    try:
        value = tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text
    return value if isinstance(value, bool | int | float | str) else text


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 6)
