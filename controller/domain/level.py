"""Who decides: what protects, then a person's pause, then a boost, then a plan, then the strategy beneath; pure."""

from __future__ import annotations

from enum import StrEnum

from controller.domain.reasons import Reason, ReasonCode


class Level(StrEnum):
    """A level of precedence, the highest first."""

    SAFETY = "safety"
    """What protects, and what box and car can do at all."""
    PAUSE = "pause"
    """A person who wants no charging for a while."""
    BOOST = "boost"
    """A person who wants charging for a while."""
    PLAN = "plan"
    """A strategy that goes by the time, or hands over to another one."""
    BASE = "base"
    """A strategy that does neither: what holds when there is nothing else."""


_PROTECTS = frozenset(
    {
        ReasonCode.FUSE,
        ReasonCode.FUSE_HELD,
        ReasonCode.FUSE_UNWATCHED,
        ReasonCode.NO_HEADROOM,
        ReasonCode.NO_CAR,
        ReasonCode.LIMIT_IGNORED,
        ReasonCode.LIMIT_IGNORED_SOON,
        ReasonCode.LIMIT_IGNORED_HELD,
        ReasonCode.LIMIT_IGNORED_OFF,
        ReasonCode.LIMIT_IGNORED_CAPPED,
        ReasonCode.METER_STALE,
        ReasonCode.METER_AWAITED,
        ReasonCode.STRATEGY_FAILED,
        ReasonCode.BOX_AWAITED,
        ReasonCode.BOX_FAULT,
        ReasonCode.BOX_DOWN,
        ReasonCode.BOX_LOCKED,
        ReasonCode.BATTERY_SPARED,
        ReasonCode.BATTERY_HELD,
        ReasonCode.STARTS_SPENT,
        ReasonCode.CAP,
        ReasonCode.CAP_STOPS,
        ReasonCode.CAP_KEPT,
        ReasonCode.CAP_UNREADABLE,
    }
)
"""Grounds on which no wish is followed as it is."""


def decided_by(reason: Reason, wished: Level) -> Level:
    """Who has decided, whoever wished: what protects where the reason, or one that it rests on, is of that kind."""
    ground: object = reason
    while isinstance(ground, Reason):
        if ground.code in _PROTECTS:
            return Level.SAFETY
        ground = ground.values.get("why")
    return wished
