"""A decision explained: what was seen, which rule held, what would have to change, when it is looked at again; pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from controller.domain.decision import Decision
from controller.domain.level import Level, decided_by
from controller.domain.moment import Moment
from controller.domain.readings import House
from controller.domain.reasons import Reason, ReasonCode
from controller.domain.sentences import Language, changes_when, sentence


class Awaits(StrEnum):
    """What brings the next look that counts."""

    TIME = "time"
    """The moment that the reason names."""
    METER = "meter"
    """The next reading of the house."""
    BOX = "box"
    """The next look at the wallbox."""
    PERSON = "person"
    """Somebody who mends what is wrong; nothing is tried before."""


_AWAITS: dict[ReasonCode, Awaits] = {
    ReasonCode.NO_CAR: Awaits.BOX,
    ReasonCode.CAR_PAUSED: Awaits.BOX,
    ReasonCode.CAR_WAKING: Awaits.BOX,
    ReasonCode.CAR_WONT_WAKE: Awaits.PERSON,
    ReasonCode.LIMIT_IGNORED: Awaits.BOX,
    ReasonCode.LIMIT_IGNORED_HELD: Awaits.BOX,
    ReasonCode.BOX_AWAITED: Awaits.BOX,
    ReasonCode.BOX_FAULT: Awaits.BOX,
    ReasonCode.BOX_LOCKED: Awaits.PERSON,
}
"""Where it is not the house that has to change; a reason with a moment of its own waits for that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What the decision was made from; None is "not known".

    Attributes:
        grid_w: Grid power, W; > 0 imports.
        surplus_w: What would be exported without the car, W, as the decision reckoned it.
        pv_w: PV production, W.
        battery_w: House battery, W; > 0 discharges.
        battery_soc_pct: Its state of charge, %.
        ev_w: The car's power, W, where a meter of its own tells it.
        limit_a: What the box is to be limited to by this decision, A.
        charging: Whether it is to charge.
    """

    grid_w: float | None
    surplus_w: float | None
    pv_w: float | None
    battery_w: float | None
    battery_soc_pct: float | None
    ev_w: float | None
    limit_a: int | None
    charging: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A ground with its figures, without those that it rests on.

    Attributes:
        code: Which ground.
        figures: Its figures, named with their units.
    """

    code: ReasonCode
    figures: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """A decision for people and programs.

    Attributes:
        seen: What was seen.
        level: Who decided.
        rules: Which rule held, then what it rests on.
        sentence: Why, in the language asked for.
        changes_when: What would have to change.
        awaits: What brings the next look that counts.
        again_in_s: Seconds until then; None when it waits for a person.
    """

    seen: Seen
    level: Level
    rules: tuple[Rule, ...]
    sentence: str
    changes_when: str
    awaits: Awaits
    again_in_s: float | None

    @property
    def rule(self) -> ReasonCode:
        """The ground that held."""
        return self.rules[0].code

    def as_json(self) -> dict[str, Any]:
        """All of it in JSON's own types; figures to a tenth."""
        return {
            "seen": {name: _plain(getattr(self.seen, name)) for name in Seen.__slots__},
            "level": str(self.level),
            "rules": [{"code": str(rule.code), **_plain(rule.figures)} for rule in self.rules],
            "sentence": self.sentence,
            "changes_when": self.changes_when,
            "awaits": str(self.awaits),
            "again_in_s": _plain(self.again_in_s),
        }


def explain(
    decision: Decision,
    house: House,
    language: Language = Language.EN,
    *,
    tick_s: float = 1.0,
    status_every_s: float = 15.0,
) -> Explanation:
    """Explains a decision; made on demand, not at every look.

    Args:
        decision: As `decide` returned it.
        house: What it was shown of the house.
        language: Of the sentences.
        tick_s: Seconds between two decisions.
        status_every_s: Seconds between two looks at the box.
    """
    reason, command = decision.reason, decision.command
    awaits = Awaits.TIME if reason.in_s is not None else _AWAITS.get(reason.code, Awaits.METER)
    again_in_s = {Awaits.TIME: reason.in_s, Awaits.METER: tick_s, Awaits.BOX: status_every_s}.get(awaits)
    return Explanation(
        seen=Seen(
            grid_w=house.grid_w,
            surplus_w=decision.surplus_w,
            pv_w=house.pv_w,
            battery_w=house.battery_w,
            battery_soc_pct=house.battery_soc_pct,
            ev_w=house.ev_w,
            limit_a=command.limit_a if command is not None else None,
            charging=command.charging if command is not None else None,
        ),
        level=decided_by(reason, decision.wished),
        rules=tuple(_rules(reason)),
        sentence=sentence(reason, language),
        changes_when=changes_when(reason, language),
        awaits=awaits,
        again_in_s=again_in_s,
    )


def _rules(reason: Reason) -> list[Rule]:
    rules: list[Rule] = []
    ground: object = reason
    while isinstance(ground, Reason):
        figures = {name: value for name, value in ground.values.items() if not isinstance(value, Reason)}
        rules.append(Rule(code=ground.code, figures=figures))
        ground = ground.values.get("why")
    return rules


def _plain(value: Any) -> Any:
    match value:
        case None | bool() | int():
            return value
        case float():
            return round(value, 1) + 0.0
        case datetime():
            return value.isoformat()
        case Moment():
            return value.at.isoformat()
        case Mapping():
            return {str(name): _plain(inner) for name, inner in value.items()}
        case _:
            return str(value)
