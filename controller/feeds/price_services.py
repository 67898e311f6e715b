"""The services that prices are fetched from: where they are, what they are asked, and when they know of tomorrow."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

from controller.domain.calendar import Span
from controller.feeds.fetch import Question
from controller.feeds.price_formats import Reader, read_awattar, read_energy_charts, read_octopus, read_tibber

MARKET = ZoneInfo("Europe/Berlin")
"""A day of the European day-ahead market is a day of Central European time, in Britain too."""

_DAYS = "today { total startsAt } tomorrow { total startsAt }"
_TIBBER_QUERY = f"{{ viewer {{ homes {{ currentSubscription {{ priceInfo {{ {_DAYS} }} }} }} }} }}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One of them.

    Attributes:
        name: For people and for the record; tells markets and products apart, and holds no secret.
        due: From when on tomorrow's prices are there, by the market's clocks.
        question: What is asked for a stretch of time.
        read: Reads the answer.
    """

    name: str
    due: time
    question: Callable[[Span], Question]
    read: Reader


def awattar(country: str, *, url: str | None = None, plain_allowed: bool = False) -> Service:
    """The market's prices from aWATTar, hourly; `country` is "de" or "at"."""

    def question(span: Span) -> Question:
        params = {"start": _epoch(span.start, 1000), "end": _epoch(span.end, 1000)}
        there = url or f"https://api.awattar.{country}/v1/marketdata"
        return Question(url=there, params=params, plain_allowed=plain_allowed)

    return Service(name=_named(f"awattar {country}", url), due=time(14), question=question, read=read_awattar)


def energy_charts(bidding_zone: str, *, url: str | None = None, plain_allowed: bool = False) -> Service:
    """Energy-Charts' day-ahead prices, quarter-hourly; a zone is called like "DE-LU"."""

    def question(span: Span) -> Question:
        days = [moment.astimezone(MARKET).date().isoformat() for moment in span]
        params = {"bzn": bidding_zone, "start": days[0], "end": days[1]}
        return Question(url=url or "https://api.energy-charts.info/price", params=params, plain_allowed=plain_allowed)

    name = _named(f"energy-charts {bidding_zone}", url)
    return Service(name=name, due=time(13, 30), question=question, read=read_energy_charts)


def tibber(token: str, *, url: str | None = None, plain_allowed: bool = False) -> Service:
    """What a customer of Tibber pays, all in; only today and tomorrow can be had."""

    def question(_span: Span) -> Question:
        there = url or "https://api.tibber.com/v1-beta/gql"
        return Question(url=there, body={"query": _TIBBER_QUERY}, token=token, plain_allowed=plain_allowed)

    return Service(name=_named("tibber", url), due=time(13, 30), question=question, read=read_tibber)


def octopus(product: str, tariff: str, *, url: str | None = None, plain_allowed: bool = False) -> Service:
    """Octopus Energy's unit rates, half-hourly with Agile; in pounds, with VAT."""

    def question(span: Span) -> Question:
        there = url or (
            f"https://api.octopus.energy/v1/products/{product}/electricity-tariffs/{tariff}/standard-unit-rates/"
        )
        first, last = (moment.isoformat().replace("+00:00", "Z") for moment in span)
        params = {"period_from": first, "period_to": last, "page_size": "1000"}
        return Question(url=there, params=params, plain_allowed=plain_allowed)

    return Service(name=_named(f"octopus {tariff}", url), due=time(17, 15), question=question, read=read_octopus)


def _epoch(moment: datetime, per_s: int) -> str:
    return str(round(moment.timestamp()) * per_s)


def _named(name: str, url: str | None) -> str:
    """With the host where another one is asked than usual."""
    return name if url is None else f"{name} at {Question(url=url).host}"
