"""docs/reasons.md has every reason, and says it as the program does."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from controller.domain.decision import Command, Decision
from controller.domain.explanation import Awaits, explain
from controller.domain.level import Level
from controller.domain.readings import House
from controller.domain.reasons import Reason, ReasonCode, because
from controller.domain.sentences import Language, changes_when, sentence

PAGE = (Path(__file__).parents[2] / "docs" / "reasons.md").read_text("utf-8")
SUN = because(ReasonCode.SUN, surplus_w=5600, need_w=3312)
CLOUD = because(ReasonCode.CLOUD, surplus_w=1900, need_w=3312)
CAP = because(ReasonCode.CAP, by="grid operator", until=datetime(2026, 6, 21, 18), current_a=6)  # noqa: DTZ001
NIGHT = datetime(2026, 6, 22, 4)  # noqa: DTZ001 -- only its wall time is said
CHEAP = because(ReasonCode.PRICE_LOW, price_per_kwh=0.112, than="price_limit", than_per_kwh=0.15, until=NIGHT)
CHEAPEST = because(ReasonCode.PRICE_CHEAPEST, hours=2.5, before="07:00", until=NIGHT, price_per_kwh=0.214)
TUESDAY = datetime(2026, 6, 23, 7)  # noqa: DTZ001 -- only its wall time is said
POWER = because(ReasonCode.FIXED_POWER, power_w=3700, phases=1)
FIGURES: dict[ReasonCode, dict[str, Any]] = {
    ReasonCode.SUN: dict(SUN.values),
    ReasonCode.CLOUD: dict(CLOUD.values),
    ReasonCode.NO_SUN: dict(CLOUD.values),
    ReasonCode.MIN_ON: {"why": CLOUD, "in_s": 240},
    ReasonCode.MIN_OFF: {"why": SUN, "in_s": 240},
    ReasonCode.WINDOW: {"until": "06:00"},
    ReasonCode.OUTSIDE_WINDOW: {"next": datetime(2026, 6, 22, 22)},  # noqa: DTZ001 -- only its wall time is said
    ReasonCode.WINDOW_ENERGY: {"until": "06:00", "got_wh": 3200.0, "energy_wh": 10_000.0},
    ReasonCode.WINDOW_SPENT: {"energy_wh": 10_000.0, "next": datetime(2026, 6, 22, 22)},  # noqa: DTZ001 -- likewise
    ReasonCode.FIXED: {"current_a": 10},
    ReasonCode.PLUGIN: {"strategy": "kettle", "says": "the water is hot"},
    ReasonCode.PRICE_LOW: dict(CHEAP.values),
    ReasonCode.PRICE_CHEAPEST: dict(CHEAPEST.values),
    ReasonCode.PRICE_BRIDGED: {**CHEAP.values, "price_per_kwh": 0.152},
    ReasonCode.PRICE_HIGH: {"price_per_kwh": 0.31, "next": NIGHT},
    ReasonCode.PRICE_LEAVES_ROOM: {"why": CHEAPEST, "left_kwh": 5.5},
    ReasonCode.PRICE_STALE: {"why": CHEAP},
    ReasonCode.READY_CHARGES: {"missing_kwh": 8.8, "kwh": 12.0, "by": TUESDAY, "current_a": 16, "until": TUESDAY},
    ReasonCode.READY_WAITS: {"why": SUN, "missing_kwh": 8.8, "by": TUESDAY, "next": datetime(2026, 6, 23, 5, 42)},  # noqa: DTZ001
    ReasonCode.READY_SHORT: {"there_kwh": 9.0, "kwh": 12.0, "there_pct": 75.0, "by": TUESDAY, "current_a": 16},
    ReasonCode.STARTS_SOON: {"why": SUN, "in_s": 40},
    ReasonCode.STOPS_SOON: {"why": CLOUD, "in_s": 80},
    ReasonCode.EXPECTED: {"why": SUN, "expected_w": 1900.0},
    ReasonCode.DARK: {"why": SUN},
    ReasonCode.WEIGHS_START: {"why": SUN, "in_s": 40},
    ReasonCode.WEIGHS_STOP: {"why": CLOUD, "in_s": 80},
    ReasonCode.CALM: {"why": SUN, "current_a": 9},
    ReasonCode.PACING: {"why": SUN, "in_s": 12},
    ReasonCode.BUDGET: {"why": SUN, "in_s": 540},
    ReasonCode.FUSE: {"house_a": 25.2, "fuse_a": 35.0, "current_a": 9},
    ReasonCode.FUSE_HELD: {"current_a": 9, "for_s": 60},
    ReasonCode.FUSE_UNWATCHED: {"missing": "grid_phases", "current_a": 6},
    ReasonCode.NO_HEADROOM: {"limit_by": "main_fuse", "current_a": 4, "min_a": 6},
    ReasonCode.CAR_ASLEEP: {"in_s": 240},
    ReasonCode.CAR_WAKING: {"tries": 1},
    ReasonCode.CAR_WONT_WAKE: {"wakes": 2, "tries": 2},
    ReasonCode.LIMIT_IGNORED: {"why": SUN, "limit_a": 8, "flows_a": 16.0},
    ReasonCode.LIMIT_IGNORED_SOON: {"why": SUN, "limit_a": 8, "flows_a": 16.0, "in_s": 40},
    ReasonCode.LIMIT_IGNORED_HELD: {"why": SUN, "limit_a": 8, "flows_a": 16.0},
    ReasonCode.LIMIT_IGNORED_OFF: {"why": SUN, "limit_a": 8, "flows_a": 16.0, "in_s": 540},
    ReasonCode.LIMIT_IGNORED_CAPPED: {"why": SUN, "limit_a": 8, "flows_a": 16.0},
    ReasonCode.METER_STALE: {"age_s": 20, "fallback": "minimum"},
    ReasonCode.STRATEGY_FAILED: {
        "strategy": "kettle",
        "what": "ZeroDivisionError: division by zero",
        "fallback": "minimum",
    },
    ReasonCode.BOX_FAULT: {"state": "Faulted"},
    ReasonCode.BOX_DOWN: {"error": "...", "in_s": 20},
    ReasonCode.BOX_LOCKED: {"error": "..."},
    ReasonCode.BOX_REFUSES: {"why": SUN, "in_s": 120},
    ReasonCode.BATTERY_SPARED: {"why": because(ReasonCode.FIXED, current_a=16), "left_w": 5520},
    ReasonCode.BATTERY_HELD: {"why": because(ReasonCode.WINDOW, until="06:00"), "left_w": 0, "need_w": 4140},
    ReasonCode.CURTAILED: {"limit_w": 0, "current_a": 6},
    ReasonCode.STARTS_SPENT: {"starts": 30, "in_s": 36_000},
    ReasonCode.CAP: dict(CAP.values),
    ReasonCode.CAP_STOPS: {"by": "", "until": "always", "current_a": 3, "min_a": 6},
    ReasonCode.CAP_KEPT: {"why": CAP},
    ReasonCode.CAP_UNREADABLE: {"current_a": 6},
    ReasonCode.PAUSED: {"until": datetime(2026, 6, 21, 18)},  # noqa: DTZ001
    ReasonCode.BOOST: {"current_a": 16, "until": datetime(2026, 6, 21, 18)},  # noqa: DTZ001
    ReasonCode.WANTED_SOON: {"why": because(ReasonCode.OFF), "in_s": 50},
    ReasonCode.ENDS_SOON: {"why": because(ReasonCode.WINDOW, until="06:00"), "in_s": 20},
    ReasonCode.MINIMUM: {"min_a": 6, "surplus_w": 5600},
    ReasonCode.MINIMUM_ONLY: {"min_a": 6},
    ReasonCode.FIXED_POWER: dict(POWER.values),
    ReasonCode.FIXED_POWER_LOW: {"power_w": 3700, "need_w": 4140, "phases": 3},
    ReasonCode.FIXED_UNTIL: {"why": POWER, "until": datetime(2026, 6, 22, 6)},  # noqa: DTZ001
    ReasonCode.FIXED_ENERGY: {"why": POWER, "left_kwh": 6.5},
    ReasonCode.BOOST_ENERGY: {"current_a": 16, "left_kwh": 6.5, "until": datetime(2026, 6, 22, 7)},  # noqa: DTZ001
}


def example(code: ReasonCode) -> Reason:
    return because(code, **FIGURES.get(code, {}))


def rows(heading: str) -> dict[str, list[str]]:
    """The cells of the tables under a heading, by code."""
    part = re.split(r"^## ", PAGE.split(f"\n## {heading}\n", 1)[1], maxsplit=1, flags=re.MULTILINE)[0]
    found = re.findall(r"^\| `(\w+)` \| (.*) \|$", part, re.MULTILINE)
    assert len({code for code, _ in found}) == len(found)
    return {code: rest.split(" | ") for code, rest in found}


ENGLISH, GERMAN = rows("Every reason"), rows("Auf Deutsch")


@pytest.mark.parametrize("table", [ENGLISH, GERMAN], ids=["english", "german"])
def test_every_reason_has_a_row_and_no_other(table: dict[str, list[str]]) -> None:
    assert set(table) == set(ReasonCode)


@pytest.mark.parametrize("code", list(ReasonCode))
def test_a_row_says_what_the_program_says(code: ReasonCode) -> None:
    english, means, changes, remedy = ENGLISH[code]
    assert english == f"`{sentence(example(code))}`"
    assert changes == changes_when(example(code))
    assert min(len(means), len(remedy)) > 3
    assert GERMAN[code] == [
        f"`{sentence(example(code), Language.DE)}`",
        changes_when(example(code), Language.DE),
    ]


def test_every_key_of_an_explanation_is_told() -> None:
    decision = Decision(command=Command(6, True), actions=(), reason=example(ReasonCode.STOPS_SOON))
    told = explain(decision, House(grid_w=0.0, grid_age_s=0.0)).as_json()
    for key in (*told, *told["seen"], *Awaits, *Level):
        assert f"`{key}`" in PAGE, key


def test_the_line_of_the_log_is_explained() -> None:
    for key in ("reason", "rule", "decided_by", "changes_when", "again_in_s", "limit_a", "charging", "grid_w"):
        assert f"`{key}`" in PAGE
