"""The exact optimum of a charging plan, by trying every set of slots in which the car is on."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

from controller.domain.planner import Slot, Terms


def least_cost(need_wh: float, slots: Sequence[Slot], terms: Terms) -> float:
    """Of energy and starts; not above what any plan can reach: a slot that is on may also give nothing."""
    found = []
    for on in product((False, True), repeat=len(slots)):
        chosen = [slot for slot, is_on in zip(slots, on, strict=True) if is_on]
        energy = energy_cost(need_wh, chosen, terms)
        if energy is not None:
            before = (terms.charging, *on)
            starts = sum(now and not was for was, now in zip(before, on, strict=False))
            found.append(energy + starts * terms.start_cost)
    return min(found)


def energy_cost(need_wh: float, slots: Sequence[Slot], terms: Terms) -> float | None:
    """Of the cheapest energy without any start; None where it cannot be had.

    Each slot's energy costs what the lower hull of its powers costs, and that is convex: the cheapest first is best.
    """
    pieces: list[tuple[float, float]] = []
    for slot in slots:
        before_w, before = 0.0, 0.0
        for power_w, cost in hull([(0.0, 0.0), *((w, per_hour(w, slot, terms)) for w in powers_w(slot, terms))]):
            if power_w > before_w:
                wh = (power_w - before_w) * slot.span.hours
                pieces.append(((cost - before) / (power_w - before_w) * 1000, wh))
            before_w, before = power_w, cost
    total = 0.0
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
