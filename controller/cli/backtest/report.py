"""What a backtest prints: a table for people, one JSON object for programs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from controller.cli.backtest.work import Result
from controller.simulation.plant import HouseEnergy


def as_json(results: Sequence[Result]) -> dict[str, Any]:
    """`{"runs": [...], "sum": {...}}`."""
    return {"runs": [_run(result) for result in results], "sum": _figures(results)}


def _run(result: Result) -> dict[str, Any]:
    case = result.case
    return {
        "trace": case.source.name,
        "pilot": case.pilot,
        "phases": result.phases,
        "solar_share": result.solar_share,
        "set": list(case.sets),
        **_figures([result]),
        **_house(result.outcome.house),
    }


def _house(house: HouseEnergy | None) -> dict[str, float | None]:
    """Of a house with home battery or limit of export: what flowed in all of it."""
    return {} if house is None else {name: _rounded(kwh) for name, kwh in asdict(house).items()}


def _figures(results: Sequence[Result]) -> dict[str, Any]:
    """The sums over some results."""
    outcomes = [result.outcome for result in results]
    values = [result.value_kwh for result in results]
    perfects = [result.perfect_kwh for result in results]
    value = None if None in values else sum(value for value in values if value is not None)
    perfect = None if None in perfects else sum(perfect for perfect in perfects if perfect is not None)
    captured = value / perfect if value is not None and perfect else None
    return {
        "solar_kwh": _rounded(sum(outcome.solar_kwh for outcome in outcomes)),
        "grid_kwh": _rounded(sum(outcome.grid_kwh for outcome in outcomes)),
        "ev_kwh": _rounded(sum(outcome.ev_kwh for outcome in outcomes)),
        "starts": sum(outcome.starts for outcome in outcomes),
        "limit_writes": sum(outcome.limit_writes for outcome in outcomes),
        "commands": sum(outcome.commands for outcome in outcomes),
        "value": _rounded(value),
        "perfect_value": _rounded(perfect),
        "captured": _rounded(captured),
        "steps": sum(outcome.steps for outcome in outcomes),
        "wall_s": _rounded(sum(outcome.wall_s for outcome in outcomes)),
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 6)
