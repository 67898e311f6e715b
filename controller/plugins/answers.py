"""What a strategy of somebody else's may answer: checked on receipt, and nothing else gets through; pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from math import inf
from typing import Any, SupportsFloat

from controller.domain.demand import Defer, Demand, Dwell, Sun
from controller.domain.errors import StrategyError
from controller.domain.one_line import one_line
from controller.domain.reasons import Reason, ReasonCode, because

SAYABLE = frozenset(
    {
        ReasonCode.PLUGIN,
        ReasonCode.SUN,
        ReasonCode.CLOUD,
        ReasonCode.NO_SUN,
        ReasonCode.WINDOW,
        ReasonCode.OUTSIDE_WINDOW,
        ReasonCode.FIXED,
    }
)
"""Grounds that a strategy may give; all others are the governor's."""

MOST_A = 200.0
"""More than any house's connection carries; who asks for more has mistaken watts for amps."""

_MOST_W = 1e6
_LONGEST_S = 86_400.0
_MOST_FIGURES = 12
_GOVERNORS = frozenset({"in_s", "why"})
"""Figures that promise a time, or rest on another ground: the governor's."""


class Nonsense(Exception):
    """An answer that nobody can follow; the text says what is wrong with it."""


def as_plain(answer: object) -> dict[str, Any]:
    """An answer in JSON's own types. Raises Nonsense where it is no Demand and no Defer, or holds other things."""
    if isinstance(answer, Defer):
        return {"to": answer.to}
    if not isinstance(answer, Demand):
        raise Nonsense(f"answered {shown(answer)}, neither a Demand nor a Defer")
    reason, sun = answer.reason, answer.sun
    if not isinstance(reason, Reason):
        raise Nonsense(f"gives {shown(reason)} for a reason; because(ReasonCode.PLUGIN, says=...) makes one")
    return {
        "current_a": _float(answer.current_a, "current_a"),
        "code": str(reason.code),
        "figures": {str(name): _plain(value) for name, value in dict(reason.values).items()},
        "dwell": [_float(value, "a time of dwell") for value in answer.dwell],
        "steady_w": None if answer.steady_w is None else [_float(edge_w, "steady_w") for edge_w in answer.steady_w],
        "sun": None if sun is None else [*(_float(value, "a figure of sun") for value in sun[:3]), bool(sun[3])],
        "battery_spared": bool(answer.battery_spared),
        "keep_s": _float(answer.keep_s, "keep_s"),
    }


def from_plain(plain: object, name: str, known: Collection[str]) -> Demand | Defer:
    """The answer, if it can be followed.

    Args:
        plain: As `as_plain` made it, or whatever came in its place.
        name: The strategy's.
        known: The strategies that it may defer to.

    Raises:
        StrategyError: With what is wrong.
    """
    try:
        return _understood(plain, name, known)
    except Nonsense as error:
        raise StrategyError(name, str(error)) from None
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise StrategyError(name, f"answered what cannot be understood: {shown(error)}") from error


def _understood(plain: object, name: str, known: Collection[str]) -> Demand | Defer:
    if not isinstance(plain, dict):
        raise Nonsense(f"answered {shown(plain)}")
    return _defer(plain["to"], name, known) if "to" in plain else _demand(plain, name)


def _defer(to: object, name: str, known: Collection[str]) -> Defer:
    if not isinstance(to, str) or to not in known:
        raise Nonsense(f"defers to {shown(to)}, which there is not; known are: {', '.join(sorted({*known} - {name}))}")
    if to == name:
        raise Nonsense("defers to itself")
    return Defer(to=to)


def _demand(plain: Mapping[str, Any], name: str) -> Demand:
    steady, sun = plain["steady_w"], plain["sun"]
    if steady is not None:
        from_w, below_w = steady
        steady = (_within(from_w, "steady_w", -inf, inf), _within(below_w, "steady_w", -inf, inf))
    if sun is not None:
        surplus_w, share, costs_kwh, is_steady = sun
        share = _within(share, "sun.solar_share", 0, 1)
        if share == 0:
            raise Nonsense("sun.solar_share is 0: it is above 0")
        costs_kwh = _within(costs_kwh, "sun.start_costs_kwh", 0.001, 5)
        sun = Sun(_within(surplus_w, "sun.surplus_w", -_MOST_W, _MOST_W), share, costs_kwh, is_steady is True)
    start_s, stop_s, on_s, off_s = (_within(value, "a time of dwell", 0, _LONGEST_S) for value in plain["dwell"])
    return Demand(
        current_a=_within(plain["current_a"], "current_a", 0, MOST_A),
        reason=_reason(plain["code"], plain["figures"], name),
        dwell=Dwell(start_s, stop_s, on_s, off_s),
        steady_w=steady,
        sun=sun,
        battery_spared=plain["battery_spared"] is True,
        keep_s=_within(plain["keep_s"], "keep_s", 0, 3600),
    )


def _reason(code: object, figures: object, name: str) -> Reason:
    if code not in SAYABLE:
        raise Nonsense(f"gives the reason {shown(code)}, which is not a strategy's; ReasonCode.PLUGIN says all")
    if not isinstance(figures, dict) or len(figures) > _MOST_FIGURES:
        raise Nonsense("gives a reason without figures")
    if not _GOVERNORS.isdisjoint(figures):
        raise Nonsense(f"gives a reason with {' or '.join(sorted(_GOVERNORS))}: that is not a strategy's to say")
    if code == ReasonCode.PLUGIN:
        says = figures.get("says")
        if not isinstance(says, str) or not (text := one_line(says)):
            raise Nonsense('gives a reason that says nothing; because(ReasonCode.PLUGIN, says="...") does')
        return because(ReasonCode.PLUGIN, strategy=name, says=text)
    reason = Reason(ReasonCode(str(code)), {key: _figure(value) for key, value in figures.items()})
    try:
        str(reason)
    except (TypeError, ValueError, AttributeError) as error:
        raise Nonsense(f"gives figures that its reason {code} cannot be said with") from error
    return reason


def _figure(value: object) -> object:
    if isinstance(value, dict):
        return datetime.fromisoformat(value["at"])
    if isinstance(value, str):
        return one_line(value, 60)
    if value is not None and not isinstance(value, bool):
        _within(value, "a figure of its reason", -1e9, 1e9)
    return value


def _within(value: object, what: str, least: float, most: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Nonsense(f"{what} is {shown(value)}, no number")
    if not least <= value <= most:
        raise Nonsense(f"{what} is {shown(value)}, not between {least:g} and {most:g}")
    return float(value)


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return {"at": value.isoformat()}
    return value if value is None or isinstance(value, bool | str | int) else _float(value, "a figure of its reason")


def _float(value: object, what: str) -> float:
    """A number of any kind, like numpy's."""
    if isinstance(value, float):
        return value
    if isinstance(value, bool | str) or not isinstance(value, SupportsFloat):
        raise Nonsense(f"{what} is {shown(value)}, no number")
    try:
        return float(value)
    except (OverflowError, TypeError, ValueError) as error:
        raise Nonsense(f"{what} is {shown(value)}, which cannot be reckoned with") from error


def shown(value: object) -> str:
    """A value of theirs, as far as it can be shown."""
    try:
        return one_line(repr(value), 60)
    except Exception:  # noqa: BLE001 -- their `__repr__` may raise
        return type(value).__name__
