"""When to charge so that enough is there in time, as cheaply as can be; pure.

Of each slot the car can take its cheapest power (the sun's, or the least that it charges with), or all that it takes;
the first for the whole slot costs `base_price` a kWh, what comes on top `top_price`, and the second is never the
cheaper one. Whoever buys the cheapest kWh first has the optimum then; what a start costs makes blocks of them. That is
found by a price: with it a kWh is bought wherever it is worth more than it costs, starts included, which is a walk
along the slots with two states, on and off; the price is raised until enough is bought. What is bought too much is
left out again where that saves most.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from math import inf
from typing import NamedTuple

from controller.domain.calendar import Span

_LATE_STARTS = 0.5
"""Where hours differ in price, being as late as can be is worth no more than so many starts in all: less than one,
so that what has begun goes on."""
_LEAST_WH, _LEAST_GAIN = 1e-6, 1e-9


class Slot(NamedTuple):
    """A stretch of time in which nothing changes.

    Attributes:
        span: From and to.
        grid_price: Of a kWh from the grid.
        surplus_w: Sun that is expected to be left over, W, >= 0.
    """

    span: Span
    grid_price: float
    surplus_w: float = 0.0


class Terms(NamedTuple):
    """On what terms the car charges.

    Attributes:
        least_w: The least power that it charges with, W.
        full_w: The most, W, not below that.
        feed_in_price: What a kWh of sun would have earned.
        start_cost: What a start costs, in the currency of the prices.
        charging: Whether it charges at the beginning of the first slot: going on is no start.
        whole_wh: Of what all that is planned is the rest, Wh: the unit in which being late is weighed.
    """

    least_w: float
    full_w: float
    feed_in_price: float
    start_cost: float
    charging: bool = False
    whole_wh: float = 0.0


class Step(NamedTuple):
    """A stretch of time in which the car is to charge.

    Attributes:
        span: From and to.
        power_w: With so much, W.
        sun_w: Of it expected from the sun, W.
        cost: In all, in the currency of the prices.
        grid_price: Of a kWh from the grid meanwhile.
    """

    span: Span
    power_w: float
    sun_w: float
    cost: float
    grid_price: float

    @property
    def wh(self) -> float:
        """Its energy, Wh."""
        return self.power_w * self.span.hours

    @property
    def kwh_price(self) -> float:
        """What a kWh of it costs."""
        return self.cost / max(self.wh, _LEAST_WH) * 1000


class Plan(NamedTuple):
    """What is to be charged when.

    Attributes:
        steps: In their order; between them the car rests.
        lacks_wh: What cannot be had in time, Wh; 0 where it can be made.
        starts: How often charging begins.
    """

    steps: tuple[Step, ...] = ()
    lacks_wh: float = 0.0
    starts: int = 0

    @property
    def wh(self) -> float:
        """What is charged in all, Wh."""
        return sum(step.wh for step in self.steps)

    @property
    def cost(self) -> float:
        """Of the energy, without starts."""
        return sum(step.cost for step in self.steps)


class _Offer(NamedTuple):
    """What a slot has to give: prices a kWh, with what being early is held to cost."""

    hours: float
    base_w: float
    top_w: float
    base_price: float
    top_price: float
    base_wh: float
    top_wh: float


class _Bought:
    """What is taken of each slot, Wh of its base and of its top."""

    def __init__(self, offers: Sequence[_Offer], levels: Sequence[int], terms: Terms) -> None:
        self.offers, self.charging = offers, terms.charging
        self.base_wh = [offer.base_wh if level else 0.0 for offer, level in zip(offers, levels, strict=True)]
        self.top_wh = [offer.top_wh if level > 1 else 0.0 for offer, level in zip(offers, levels, strict=True)]
        self._start_cost = terms.start_cost

    @property
    def wh(self) -> float:
        return sum(self.base_wh) + sum(self.top_wh)

    @property
    def starts(self) -> int:
        return sum(self.base_wh[index] > 0 and not self._goes_on(index) for index in range(len(self.base_wh)))

    @property
    def cost(self) -> float:
        kwh_cost = sum(
            base_wh * offer.base_price + top_wh * offer.top_price
            for offer, base_wh, top_wh in zip(self.offers, self.base_wh, self.top_wh, strict=True)
        )
        return kwh_cost / 1000 + self.starts * self._start_cost

    def leave_out(self, wh: float) -> None:
        """Buys so much less, the dearest first; no gap is torn into a block."""
        while wh > _LEAST_WH:
            found = max(self._last_bought(), default=None)
            if found is None:
                return
            _, index, is_top = found
            taken = self.top_wh if is_top else self.base_wh
            less_wh = min(wh, taken[index])
            taken[index] -= less_wh
            wh -= less_wh

    def buy(self, wh: float) -> bool:
        """Buys so much more, the cheapest first, where that takes no new start; whether it could be had."""
        while wh > _LEAST_WH:
            found = min(self._next_bought(), default=None)
            if found is None:
                return False
            _, index, is_top = found
            offer = self.offers[index]
            taken, offered_wh = (self.top_wh, offer.top_wh) if is_top else (self.base_wh, offer.base_wh)
            room_wh = offered_wh - taken[index]
            taken[index] = offered_wh if wh >= room_wh else taken[index] + wh
            wh -= min(wh, room_wh)
        return True

    def _last_bought(self) -> list[tuple[float, int, bool]]:
        """What can be left out: (price, where, whether it is on top)."""
        found = []
        for index, offer in enumerate(self.offers):
            if self.top_wh[index] > 0:
                found.append((offer.top_price, index, True))
            elif self.base_wh[index] > 0 and not (self._goes_on(index) and self._is_on(index + 1)):
                found.append((offer.base_price, index, False))
        return found

    def _next_bought(self) -> list[tuple[float, int, bool]]:
        found = []
        for index, offer in enumerate(self.offers):
            if self.base_wh[index] < offer.base_wh:
                if self.base_wh[index] > 0 or self._goes_on(index) or self._is_on(index + 1):
                    found.append((offer.base_price, index, False))
            elif self.top_wh[index] < offer.top_wh:
                found.append((offer.top_price, index, True))
        return found

    def _is_on(self, index: int) -> bool:
        return index < len(self.base_wh) and self.base_wh[index] > 0

    def _goes_on(self, index: int) -> bool:
        """Whether what comes right before a slot is on: what is left of a slot lies at its end unless it goes on."""
        if not index:
            return self.charging
        before_wh = self.base_wh[index - 1]
        whole = before_wh >= self.offers[index - 1].base_wh - _LEAST_WH
        return before_wh > 0 and (whole or not self._goes_on(index - 1))

    def steps(self, slots: Sequence[Slot], terms: Terms) -> list[Step]:
        """Stretches of one power each; what is left out of a slot lies at the edge of its block."""
        found = []
        for index, (slot, offer) in enumerate(zip(slots, self.offers, strict=True)):
            on_h = self.base_wh[index] / offer.base_w
            if on_h <= 0:
                continue
            top_h = min(on_h, self.top_wh[index] / offer.top_w) if offer.top_w else 0.0
            start = slot.span.start
            if not self._goes_on(index):
                start = slot.span.end - timedelta(hours=on_h)
            turn, end = start + timedelta(hours=on_h - top_h), start + timedelta(hours=on_h)
            if on_h >= offer.hours:
                end = slot.span.end
            found += [_step(Span(start, turn), offer.base_w, slot, terms)] if turn > start else []
            found += [_step(Span(turn, end), offer.base_w + offer.top_w, slot, terms)] if end > turn else []
        return found


def cheapest(need_wh: float, slots: Sequence[Slot], terms: Terms) -> Plan:
    """The cheapest way to get `need_wh` in `slots`; of ways that cost the same the latest.

    Args:
        need_wh: What is to be charged, Wh.
        slots: One after another, without gaps; no longer than an hour, within which it does not matter when.
        terms: On what terms.
    """
    if need_wh <= 0 or not slots:
        return Plan(lacks_wh=max(0.0, need_wh))
    offers = _offers(slots, terms)
    all_of_it = _Bought(offers, [2] * len(offers), terms)
    lacks_wh = need_wh - all_of_it.wh
    if lacks_wh >= 0:
        return Plan(tuple(all_of_it.steps(slots, terms)), lacks_wh, all_of_it.starts)
    bought = min(_ways(need_wh, offers, terms), key=lambda way: way.cost)
    return Plan(tuple(bought.steps(slots, terms)), 0.0, bought.starts)


def _ways(need_wh: float, offers: Sequence[_Offer], terms: Terms) -> list[_Bought]:
    """The least that is bought at one price and is enough, and the most that is not: cut and stretched to the need."""
    least, enough = ([level] * len(offers) for level in (0, 2))
    (least_wh, least_cost), (enough_wh, enough_cost) = (_total(levels, offers, terms) for levels in (least, enough))
    while enough_wh > least_wh:
        price = (enough_cost - least_cost) / (enough_wh - least_wh)
        levels = _worthwhile(price, offers, terms)
        wh, cost = _total(levels, offers, terms)
        gains = price * (wh - least_wh) - (cost - least_cost) > _LEAST_GAIN * abs(cost)
        if not gains or not least_wh < wh < enough_wh:
            break  # nothing is better than these two at the price at which they are alike
        if wh < need_wh:
            least, least_wh, least_cost = levels, wh, cost
        else:
            enough, enough_wh, enough_cost = levels, wh, cost
    ways = [_Bought(offers, enough, terms)]
    ways[0].leave_out(enough_wh - need_wh)
    stretched = _Bought(offers, least, terms)
    if (least_wh > 0 or terms.charging) and stretched.buy(need_wh - least_wh):
        ways.append(stretched)
    if terms.charging and least_wh > 0:
        gone_on = _Bought(offers, [0] * len(offers), terms)
        ways += [gone_on] if gone_on.buy(need_wh) else []
    if (alone := _alone(need_wh, offers)) is not None:
        within = _Bought(offers, [2 * (index == alone) for index in range(len(offers))], terms)
        within.leave_out(within.wh - need_wh)
        ways.append(within)
    return ways


def _alone(need_wh: float, offers: Sequence[_Offer]) -> int | None:
    """The slot that gives all of it most cheaply; None where none gives so much. For a need of less than a slot."""
    costs = [
        (min(need_wh, offer.base_wh) * offer.base_price + max(0.0, need_wh - offer.base_wh) * offer.top_price, index)
        for index, offer in enumerate(offers)
        if offer.base_wh + offer.top_wh >= need_wh
    ]
    return min(costs)[1] if costs else None


def _total(levels: Sequence[int], offers: Sequence[_Offer], terms: Terms) -> tuple[float, float]:
    """What is bought, Wh, and what it costs, a thousandfold."""
    wh, cost, was_on = 0.0, 0.0, terms.charging
    for level, offer in zip(levels, offers, strict=True):
        if level:
            wh += offer.base_wh
            cost += offer.base_wh * offer.base_price
            if level > 1:
                wh += offer.top_wh
                cost += offer.top_wh * offer.top_price
            if not was_on:
                cost += 1000 * terms.start_cost
        was_on = level > 0
    return wh, cost


def _worthwhile(price: float, offers: Sequence[_Offer], terms: Terms) -> list[int]:
    """What is worth its cost, starts included, where a kWh is worth `price`: of each slot nothing, its base, or all."""
    start_cost = terms.start_cost * 1000
    off, on = 0.0, 0.0 if terms.charging else -inf
    begins, ends = [], []
    for offer in offers:
        gain = offer.base_wh * (price - offer.base_price)
        if offer.top_wh and price > offer.top_price:
            gain += offer.top_wh * (price - offer.top_price)
        begins.append(off - start_cost > on)
        ends.append(on > off)
        off, on = max(off, on), max(off - start_cost, on) + gain
    levels = [0] * len(offers)
    is_on = on > off
    for index in range(len(offers) - 1, -1, -1):
        if is_on:
            levels[index] = 2 if price > offers[index].top_price else 1
            is_on = not begins[index]
        else:
            is_on = ends[index]
    return levels


def _offers(slots: Sequence[Slot], terms: Terms) -> list[_Offer]:
    """What the slots have to give; early hours are a little dearer than late ones that cost the same."""
    end = slots[-1].span.end
    hour_costs = terms.start_cost * 1000 / max(terms.whole_wh, 1.0)
    alike = len({slot.grid_price for slot in slots}) == 1
    most_h = inf if alike else _LATE_STARTS
    found = []
    for slot in slots:
        early_h = (end - slot.span.start).total_seconds() / 3600 - slot.span.hours / 2
        early = hour_costs * (min(early_h, most_h) + early_h / 1000)
        base_w, base_price = _base(slot, terms)
        top_w, hours = terms.full_w - base_w, slot.span.hours
        found.append(
            _Offer(
                hours, base_w, top_w, base_price + early, slot.grid_price + early, base_w * hours, top_w * hours
            )
        )  # fmt: skip
    return found


def _base(slot: Slot, terms: Terms) -> tuple[float, float]:
    """The power at which a kWh is cheapest, W, and its price."""
    if slot.surplus_w <= 0 or slot.grid_price <= terms.feed_in_price:
        base_w = terms.full_w
    else:
        base_w = min(max(slot.surplus_w, terms.least_w), terms.full_w)
    sun_w = min(slot.surplus_w, base_w)
    return base_w, (sun_w * terms.feed_in_price + (base_w - sun_w) * slot.grid_price) / base_w


def _step(span: Span, power_w: float, slot: Slot, terms: Terms) -> Step:
    sun_w = min(slot.surplus_w, power_w)
    cost = (sun_w * terms.feed_in_price + (power_w - sun_w) * slot.grid_price) / 1000 * span.hours
    return Step(span, power_w, sun_w, cost, slot.grid_price)
