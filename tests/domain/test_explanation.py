"""Decisions as data."""

from __future__ import annotations

import json

import pytest

from controller.domain.decision import Command, Decision
from controller.domain.explanation import Awaits, explain
from controller.domain.level import Level, decided_by
from controller.domain.readings import House
from controller.domain.reasons import Reason, ReasonCode, because
from controller.domain.sentences import Language

HOUSE = House(grid_w=-1900.04, grid_age_s=0.5, pv_w=3100.0, battery_w=0.0, battery_soc_pct=80.0)
CLOUD = because(ReasonCode.CLOUD, surplus_w=1900.04, need_w=2070.0)


def decision(reason: Reason) -> Decision:
    return Decision(command=Command(6, True), actions=(), reason=reason, surplus_w=1900.04, wished=Level.BASE)


def test_it_tells_what_was_seen_which_rule_held_and_when_it_is_looked_at_again() -> None:
    reason = because(ReasonCode.PACING, why=because(ReasonCode.STOPS_SOON, why=CLOUD, in_s=80.0), in_s=12.34)
    told = explain(decision(reason), HOUSE, Language.DE)
    assert told.rule is ReasonCode.PACING
    as_json = told.as_json()
    assert json.loads(json.dumps(as_json)) == as_json
    assert as_json == {
        "seen": {
            "grid_w": -1900.0,
            "surplus_w": 1900.0,
            "pv_w": 3100.0,
            "battery_w": 0.0,
            "battery_soc_pct": 80.0,
            "ev_w": None,
            "limit_a": 6,
            "charging": True,
        },
        "level": "base",
        "rules": [
            {"code": "pacing", "in_s": 12.3},
            {"code": "stops_soon", "in_s": 80.0},
            {"code": "cloud", "surplus_w": 1900.0, "need_w": 2070.0},
        ],
        "sentence": (
            "Wolke: 1,9 kW Überschuss, nötig sind 2,1 kW, Ladestopp in 80 s; "
            "die Wallbox bekommt die nächste Änderung in 12 s"
        ),
        "changes_when": "die Änderung folgt in 12 s, wenn sie dann noch gewünscht ist",
        "awaits": "time",
        "again_in_s": 12.3,
    }


@pytest.mark.parametrize(
    ("reason", "awaits", "again_in_s"),
    [
        (CLOUD, Awaits.METER, 2.0),
        (because(ReasonCode.NO_CAR), Awaits.BOX, 20.0),
        (because(ReasonCode.BOX_DOWN, error="no answer", in_s=40.0), Awaits.TIME, 40.0),
        (because(ReasonCode.BOX_LOCKED, error="login refused"), Awaits.PERSON, None),
    ],
)
def test_when_it_is_looked_at_again(reason: Reason, awaits: Awaits, again_in_s: float | None) -> None:
    told = explain(decision(reason), HOUSE, tick_s=2.0, status_every_s=20.0)
    assert (told.awaits, told.again_in_s) == (awaits, again_in_s)


def test_before_anything_is_known_nothing_is_made_up() -> None:
    waiting = Decision(command=None, actions=(), reason=because(ReasonCode.BOX_AWAITED))
    seen = explain(waiting, House(grid_w=None, grid_age_s=3.0)).as_json()["seen"]
    assert set(seen.values()) == {None}


@pytest.mark.parametrize("wished", list(Level))
def test_what_protects_has_decided_wherever_a_reason_rests_on_it(wished: Level) -> None:
    fuse = because(ReasonCode.FUSE, house_a=25.0, fuse_a=35.0, current_a=10)
    assert decided_by(CLOUD, wished) is wished
    assert decided_by(because(ReasonCode.PACING, why=CLOUD, in_s=3.0), wished) is wished
    assert decided_by(fuse, wished) is Level.SAFETY
    assert decided_by(because(ReasonCode.PACING, why=fuse, in_s=3.0), wished) is Level.SAFETY
