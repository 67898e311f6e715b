"""What a rule is shown in a test, and how a car that follows at once drives it."""

from collections.abc import Iterable

from controller.simulation.peers.rule import Rule, View


def seen(now_s: float, surplus_w: float, offered_a: int = 0, phases: int = 1, current_a: float | None = None) -> View:
    """A view; the car draws what it is offered unless told otherwise."""
    draws_a = float(offered_a) if current_a is None else current_a
    ev_w = draws_a * phases * 230
    return View(
        now_s=now_s,
        grid_w=ev_w - surplus_w,
        pv_w=surplus_w + 300,
        ev_w=ev_w,
        current_a=draws_a,
        offered_a=offered_a,
        charging=draws_a > 0,
        phases=phases,
        voltage_v=230.0,
    )


def wishes(rule: Rule, surpluses_w: Iterable[float], phases: int = 1) -> list[int]:
    """What a rule wishes from its beginning on, asked once an interval, while the car follows every wish at once."""
    given: list[int] = []
    for index, surplus_w in enumerate(surpluses_w):
        offered_a = given[-1] if given else 0
        given.append(rule.wish(seen(index * rule.interval_s, surplus_w, offered_a, phases)))
    return given
