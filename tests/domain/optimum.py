"""The exact optimum of a charging plan, by trying every set of slots in which the car is on."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

from controller.domain.planner import Slot, Terms


def least_cost(need_wh: float, slots: Sequence[Slot], terms: Terms) -> float:
    """Of energy and starts; not above what any plan can reach.

    A car that is on throughout a slot takes the least power at any rate; one that is not has been started anew in it.
    """
    found = []
    for on in product((False, True), repeat=len(slots)):
        before, after = (terms.charging, *on), (*on[1:], False)
        begins = sum(now and not was for was, now in zip(before, on, strict=False))
        amid = [index for index, sides in enumerate(zip(before, on, after, strict=False)) if all(sides)]
        for anew in product((False, True), repeat=len(amid)):
            held = {index for index, broken in zip(amid, anew, strict=True) if not broken}
            energy = energy_cost(need_wh, [(slots[n], n in held) for n in range(len(slots)) if on[n]], terms)
            if energy is not None:
                found.append(energy + (begins + sum(anew)) * terms.start_cost)
    return min(found)


def energy_cost(need_wh: float, slots: Sequence[tuple[Slot, bool]], terms: Terms) -> float | None:
    """Of the cheapest energy without any start; None where it cannot be had.

    Each slot's energy costs what the lower hull of its powers costs, and that is convex: the cheapest first is best,
    after what a slot gives at any rate in which the car is on throughout.
    """
    pieces: list[tuple[float, float]] = []
    total = 0.0
    for slot, held in slots:
        before_w, before, least_w = 0.0, 0.0, terms.least_w if held else 0.0
        for power_w, cost in hull([(0.0, 0.0), *((w, per_hour(w, slot, terms)) for w in powers_w(slot, terms))]):
            if power_w > before_w:
                per_kwh = (cost - before) / (power_w - before_w) * 1000
                taken_w = min(power_w, max(before_w, least_w)) - before_w
                total += taken_w / 1000 * slot.span.hours * per_kwh
                need_wh -= taken_w * slot.span.hours
                pieces.append((per_kwh, (power_w - before_w - taken_w) * slot.span.hours))
            before_w, before = power_w, cost
    if need_wh < -1e-3:
        return None
    for per_kwh, wh in sorted(pieces):
        taken_wh = min(wh, need_wh)
        total += taken_wh / 1000 * per_kwh
        need_wh -= taken_wh
    return total if need_wh < 1e-3 else None


def powers_w(slot: Slot, terms: Terms) -> list[float]:
    """At which the cost of a slot can bend, W."""
    return sorted({terms.least_w, min(max(slot.surplus_w, terms.least_w), terms.full_w), terms.full_w})


def per_hour(power_w: float, slot: Slot, terms: Terms) -> float:
    sun_w = min(power_w, slot.surplus_w)
    return (sun_w * terms.feed_in_price + (power_w - sun_w) * slot.grid_price) / 1000


def hull(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """The lower convex hull, rising in the first."""
    kept: list[tuple[float, float]] = []
    for point in sorted(points):
        while len(kept) > 1 and not _bends_up(kept[-2], kept[-1], point):
            kept.pop()
        kept.append(point)
    return kept


def _bends_up(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float]) -> bool:
    return (b[1] - a[1]) * (c[0] - b[0]) < (c[1] - b[1]) * (b[0] - a[0])
