"""Time ahead, cut wherever price or expected sun change; pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from math import ceil
from typing import NamedTuple

from controller.domain.calendar import Span
from controller.domain.horizon import Horizon
from controller.domain.planner import Slot

_HOUR = timedelta(hours=1)


class Tariff(NamedTuple):
    """What energy costs where no table says it, per kWh.

    Attributes:
        feed_in_price: What a kWh of sun would have earned.
        import_price: Of a kWh from the grid at an hour that no table knows.
        usual_price: By which is valued what has no hour, like a start; above 0.
    """

    feed_in_price: float
    import_price: float
    usual_price: float


def tariff(horizon: Horizon) -> Tariff:
    """What energy costs where no table says it; an hour that none knows is taken to cost what the known ones do.

    Where nothing at all is known the grid costs 1 more than the sun: all hours alike, and the sun first.
    """
    mean, usual = _means(horizon)
    feed_in = horizon.feed_in_price
    known = mean if horizon.import_price is None else horizon.import_price
    import_price = (feed_in or 0.0) + 1.0 if known is None else known
    feed_in_price = min(0.0, import_price) if feed_in is None else feed_in
    return Tariff(feed_in_price, import_price, usual or abs(import_price) or 1.0)


def _means(horizon: Horizon) -> tuple[float | None, float]:
    """The mean price of the table, None without one, and that of the prices without their signs."""
    table = horizon.prices.prices if horizon.prices is not None else ()
    hours = [Span(price.start, price.end).hours for price in table]
    if not table:
        return None, 0.0
    pairs = list(zip(table, hours, strict=True))
    mean = sum(price.per_kwh * of_it for price, of_it in pairs) / sum(hours)
    return mean, sum(abs(price.per_kwh) * of_it for price, of_it in pairs) / sum(hours)


def slots(span: Span, horizon: Horizon, grid_price: float) -> list[Slot]:
    """`span` cut wherever price or expected sun change, and at the hours.

    Args:
        span: From and to.
        horizon: What is known.
        grid_price: Of a kWh from the grid at an hour that no table knows.
    """
    prices = horizon.prices.within(span) if horizon.prices is not None else []
    sun = horizon.forecast.within(span) if horizon.forecast is not None else []
    known_prices = [(Span(price.start, price.end), price.per_kwh) for price in prices]
    known_sun = [(Span(step.start, step.end), step.surplus_w) for step in sun]
    hour = span.start.replace(minute=0, second=0, microsecond=0) + _HOUR
    cuts = {span.start, span.end, *(hour + n * _HOUR for n in range(ceil((span.end - hour) / _HOUR)))}
    for known, _ in (*known_prices, *known_sun):
        cuts.update(known)
    moments = sorted(cuts)
    values = zip(_followed(moments, known_prices, grid_price), _followed(moments, known_sun, 0.0), strict=True)
    return [Slot(Span(*pair), *of_it) for pair, of_it in zip(pairwise(moments), values, strict=True)]


def _followed(moments: Sequence[datetime], known: Sequence[tuple[Span, float]], otherwise: float) -> Iterable[float]:
    """What holds from each of the moments but the last."""
    place = 0
    for moment in moments[:-1]:
        while place < len(known) and known[place][0].end <= moment:
            place += 1
        yield known[place][1] if place < len(known) and known[place][0].holds(moment) else otherwise
