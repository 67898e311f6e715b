"""Which hours are the cheap ones: below a limit, or so many before a time; pure.

Nothing here knows what time it is: hours that have gone stay chosen, so a choice stands while it is carried out.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import pairwise

from controller.domain.calendar import Span
from controller.domain.prices import PriceTable

_QUARTER_S = 900
_MICRO = 1_000_000  # prices are compared in millionths: what looks equal is
_A_START, _A_MILLIONTH = 10**8, 10**12  # first the cost counts, then the fewer starts, then the later hours
_NEVER = 10**30


def mean_price(table: PriceTable, within: Span) -> float | None:
    """The mean over what is known; None where nothing is."""
    prices = table.within(within)
    hours = [Span(start, end).hours for start, end, _ in prices]
    return sum(p.per_kwh * h for p, h in zip(prices, hours, strict=True)) / sum(hours) if hours else None


def at_most(table: PriceTable, limit_per_kwh: float) -> list[Span]:
    """The stretches in which a kWh costs at most so much."""
    found: list[Span] = []
    for start, end, per_kwh in table.prices:
        if per_kwh > limit_per_kwh:
            continue
        if found and found[-1].end == start:
            found[-1] = Span(found[-1].start, end)
        else:
            found.append(Span(start, end))
    return found


def bridges(table: PriceTable, spans: Sequence[Span], limit_per_kwh: float, start_costs_h: float) -> list[Span]:
    """The gaps between `spans` through which going on costs less than another start.

    Args:
        table: The prices.
        spans: In which a kWh costs at most the limit.
        limit_per_kwh: What is above it, is what going on costs too much.
        start_costs_h: What a start costs, h of charging at the gap's own price.
    """
    found = []
    for before, after in pairwise(spans):
        gap = Span(before.end, after.start)
        prices = table.within(gap)
        known_h = sum(Span(start, end).hours for start, end, _ in prices)
        mean = mean_price(table, gap)
        if mean is None or known_h < gap.hours - 1e-9:
            continue  # through hours of which nothing is known nobody goes on
        if (mean - limit_per_kwh) * gap.hours < start_costs_h * abs(mean):
            found.append(gap)
    return found


def cheapest(
    table: PriceTable, period: Span, hours: float, start_costs_h: float, *, contiguous: bool = False
) -> list[Span]:
    """The cheapest hours of a period, to the quarter hour; a start costs, too: they are no more scattered than pays.

    Of what costs the same, the fewer starts are chosen, then the later hours. Where not so many hours are known, all
    that are.

    Args:
        table: The prices.
        period: Of it whole quarter hours are chosen in which the price is known.
        hours: How many.
        start_costs_h: What a start costs, h of charging at the mean price of the period.
        contiguous: Whether they have to follow one another.
    """
    first = -(-int(period.start.timestamp()) // _QUARTER_S)
    last = int(period.end.timestamp()) // _QUARTER_S
    costs = _quarters(table, first, last)
    known = sum(cost is not None for cost in costs)
    count = min(round(hours * 3600 / _QUARTER_S), known)
    if count == 0:
        return []
    if contiguous:
        chosen = _cheapest_block(costs, count)
    else:
        level = sum(abs(cost) for cost in costs if cost is not None) / known
        chosen = _cheapest_quarters(costs, count, round(start_costs_h * 3600 / _QUARTER_S * level))
    return _spans([first + place for place in chosen])


def together(*groups: Sequence[Span]) -> list[Span]:
    """What any of them covers; what meets or overlaps is one."""
    found: list[Span] = []
    for span in sorted(span for group in groups for span in group):
        if found and span.start <= found[-1].end:
            found[-1] = Span(found[-1].start, max(found[-1].end, span.end))
        else:
            found.append(span)
    return found


def _quarters(table: PriceTable, first: int, last: int) -> list[int | None]:
    """The price of each quarter hour of the epoch from `first` to before `last`, in millionths; None where unknown."""
    costs: list[int | None] = []
    for quarter in range(first, last):
        span = Span(_quarter(quarter), _quarter(quarter + 1))
        whole = table.at(span.start)
        if whole is not None and whole.end >= span.end:
            costs.append(round(whole.per_kwh * _MICRO))
            continue
        parts = table.within(span)
        seconds = [(end - start).total_seconds() for start, end, _ in parts]
        paid = sum(part.per_kwh * part_s for part, part_s in zip(parts, seconds, strict=True))
        costs.append(round(paid / _QUARTER_S * _MICRO) if sum(seconds) >= _QUARTER_S else None)
    return costs


def _cheapest_quarters(costs: Sequence[int | None], count: int, start_cost: int) -> list[int]:
    """So many places of least cost, with a start for each run: dynamic programming over (place, chosen, running)."""
    off, on = [0, *[_NEVER] * count], [_NEVER] * (count + 1)
    ran_before_off: list[list[bool]] = []
    ran_before_on: list[list[bool]] = []
    a_start = start_cost * _A_MILLIONTH + _A_START
    for place, cost in enumerate(costs):
        ran_before_off.append([stops < rests for rests, stops in zip(off, on, strict=True)])
        ran_before_on.append([goes_on <= starts + a_start for starts, goes_on in zip(off, on, strict=True)])
        running = [_NEVER] * (count + 1)
        if cost is not None:
            score = cost * _A_MILLIONTH - place
            for chosen, (starts, goes_on) in enumerate(zip(off[:count], on[:count], strict=True), start=1):
                running[chosen] = score + (goes_on if goes_on <= starts + a_start else starts + a_start)
        off, on = [stops if stops < rests else rests for rests, stops in zip(off, on, strict=True)], running
    return _traced(count, on[count] < off[count], ran_before_off, ran_before_on)


def _traced(
    left: int, running: bool, ran_before_off: Sequence[Sequence[bool]], ran_before_on: Sequence[Sequence[bool]]
) -> list[int]:
    """The places chosen, followed back from the end."""
    chosen = []
    for place in range(len(ran_before_on) - 1, -1, -1):
        if running:
            chosen.append(place)
            left -= 1
            running = ran_before_on[place][left]
        else:
            running = ran_before_off[place][left]
    return chosen[::-1]


def _cheapest_block(costs: Sequence[int | None], count: int) -> list[int]:
    """So many places in a row of least cost, of the same cost the last; the longest row there is, if it is shorter."""
    rows = _rows(costs)
    count = min(count, max(end - start for start, end in rows))
    begins = [begin for start, end in rows for begin in range(start, end - count + 1)]
    best = min(begins, key=lambda begin: (sum(cost or 0 for cost in costs[begin : begin + count]), -begin))
    return list(range(best, best + count))


def _rows(costs: Sequence[int | None]) -> list[tuple[int, int]]:
    """Where known prices follow one another: (from, to before)."""
    found: list[tuple[int, int]] = []
    for place, cost in enumerate(costs):
        if cost is None:
            continue
        if found and found[-1][1] == place:
            found[-1] = (found[-1][0], place + 1)
        else:
            found.append((place, place + 1))
    return found


def _spans(quarters: Sequence[int]) -> list[Span]:
    return together([Span(_quarter(quarter), _quarter(quarter + 1)) for quarter in quarters])


def _quarter(number: int) -> datetime:
    return datetime.fromtimestamp(number * _QUARTER_S, UTC)
