"""What services for prices answer, read into prices per kWh; pure.

The shapes are those of their public documentation (aWATTar market data v1, Energy-Charts `/price`, Tibber's GraphQL
`priceInfo`, Octopus Energy `standard-unit-rates`), tried on replies made by hand, not against the live services.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any, NoReturn

from controller.domain.errors import FeedError
from controller.domain.prices import Price, PriceTable

_KWH_PER_MWH = 1000.0
_PENCE_PER_POUND = 100.0
_DEAREST_PER_KWH = 100.0
_MOST, _MOST_ROWS = 1e9, 10_000
_USUAL_STEPS = (timedelta(minutes=15), timedelta(minutes=30), timedelta(hours=1))
_EARLIEST, _LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)

Reader = Callable[[Any, datetime], tuple[Price, ...]]
"""Reads an answer, up to an instant that was asked for; raises FeedError where it has another shape."""


def read_awattar(answer: Any, _until: datetime) -> tuple[Price, ...]:
    """`{"data": [{"start_timestamp": ms, "end_timestamp": ms, "marketprice": EUR/MWh, "unit": "Eur/MWh"}]}`."""
    rows = _rows(_key(answer, "data"), "data")
    found = []
    for row in rows:
        unit = row.get("unit", "Eur/MWh") if isinstance(row, dict) else None
        if not isinstance(unit, str) or unit.lower() != "eur/mwh":
            _complain("unit is not Eur/MWh")
        start, end = (_of_epoch(_key(row, key), key, per_s=1000) for key in ("start_timestamp", "end_timestamp"))
        found.append(_price(start, end, _figure(_key(row, "marketprice"), "marketprice") / _KWH_PER_MWH))
    return _ordered(found)


def read_energy_charts(answer: Any, _until: datetime) -> tuple[Price, ...]:
    """`{"unix_seconds": [s, ...], "price": [EUR/MWh, ...], "unit": "EUR / MWh"}`; a price may be null."""
    starts, prices = (_rows(_key(answer, key), key) for key in ("unix_seconds", "price"))
    unit = answer.get("unit", "EUR/MWh")
    if not isinstance(unit, str) or unit.lower().replace(" ", "") not in ("eur/mwh", "€/mwh"):
        _complain("unit is not EUR/MWh")
    if len(starts) != len(prices):
        _complain("unix_seconds and price are not of the same length")
    begins = [_of_epoch(start, "unix_seconds", per_s=1) for start in starts]
    return _ordered(
        _price(start, end, _figure(price, "price") / _KWH_PER_MWH)
        for (start, end), price in zip(_steps(begins), prices, strict=True)
        if price is not None
    )


def read_tibber(answer: Any, _until: datetime) -> tuple[Price, ...]:
    """`{"data": {"viewer": {"homes": [{"currentSubscription": {"priceInfo": {"today": [...], "tomorrow": [...]}}}]}}}`.

    A row is `{"total": per kWh with taxes, "startsAt": time}`. Of several homes the first with a subscription counts.
    """
    if isinstance(answer, dict) and answer.get("errors"):
        _complain("it has errors in it; check the token")
    homes = _rows(_key(_key(_key(answer, "data"), "viewer"), "homes"), "homes")
    contracts = [home.get("currentSubscription") for home in homes if isinstance(home, dict)]
    contract = next((one for one in contracts if one is not None), None)
    if contract is None:
        _complain("no home has a contract")
    info = _key(contract, "priceInfo")
    rows = [row for day in ("today", "tomorrow") for row in _rows(_key(info, day), day)]
    totals = [_figure(_key(row, "total"), "total") for row in rows]
    begins = [_of_text(_key(row, "startsAt"), "startsAt") for row in rows]
    return _ordered(_price(start, end, total) for (start, end), total in zip(_steps(begins), totals, strict=True))


def read_octopus(answer: Any, until: datetime) -> tuple[Price, ...]:
    """`{"results": [{"value_inc_vat": pence/kWh, "valid_from": time, "valid_to": time or null}]}`, any order.

    A null `valid_to` holds until the next one begins, or for all that was asked for. Where rates differ by how one
    pays, those of a direct debit count.
    """
    rows = _rows(_key(answer, "results"), "results")
    mine = [row for row in rows if not isinstance(row, dict) or row.get("payment_method") != "NON_DIRECT_DEBIT"]
    begun = sorted(((_of_text(_key(row, "valid_from"), "valid_from"), row) for row in mine), key=lambda one: one[0])
    nexts = [*(start for start, _ in begun[1:]), until]
    found = []
    for (start, row), next_start in zip(begun, nexts, strict=False):
        told = _key(row, "valid_to")
        end = next_start if told is None else _of_text(told, "valid_to")
        per_kwh = _figure(_key(row, "value_inc_vat"), "value_inc_vat") / _PENCE_PER_POUND
        if start < until:
            found.append(_price(start, end, per_kwh))
    return _ordered(found)


def _complain(what: str) -> NoReturn:
    raise FeedError(f"the answer has another shape than documented: {what}; is it the right source, and address?")


def _key(table: Any, key: str) -> Any:
    if not isinstance(table, dict) or key not in table:
        _complain(f"{key} is missing")
    return table[key]


def _rows(value: Any, key: str) -> list[Any]:
    if not isinstance(value, list):
        _complain(f"{key} is no list")
    if len(value) > _MOST_ROWS:
        _complain(f"{key} has {len(value)} rows")
    return value


def _figure(value: Any, key: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not -_MOST <= value <= _MOST:
        _complain(f"{key} is no number")  # nor is NaN; and a float takes no number of hundreds of digits
    return float(value)


def _of_epoch(value: Any, key: str, *, per_s: int) -> datetime:
    if isinstance(value, bool) or not isinstance(value, int):
        _complain(f"{key} is no whole number")
    if not _EARLIEST.timestamp() * per_s <= value <= _LATEST.timestamp() * per_s:
        _complain(f"{key} lies outside of all calendars")
    return datetime.fromtimestamp(value / per_s, UTC)


def _of_text(value: Any, key: str) -> datetime:
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        _complain(f"{key} is no time")
    if moment.tzinfo is None or not _EARLIEST <= moment <= _LATEST:
        _complain(f"{key} has no offset, or lies outside of all calendars")
    return moment.astimezone(UTC)


def _price(start: datetime, end: datetime, per_kwh: float) -> Price:
    if start.second or start.microsecond or end.second or end.microsecond:
        _complain("a price begins or ends within a minute")
    if end <= start:
        _complain("a price ends before it begins")
    if abs(per_kwh) > _DEAREST_PER_KWH:
        _complain(f"a price of {per_kwh:g} a kWh is not believed")
    return Price(start, end, round(per_kwh, 6))


def _steps(begins: Sequence[datetime]) -> list[tuple[datetime, datetime]]:
    """Each beginning with its end: the next one, where that is a usual step away, else the shortest step seen."""
    gaps = [after - before for before, after in pairwise(begins)]
    if any(gap <= timedelta(0) for gap in gaps):
        _complain("the times do not rise")
    usual = min((gap for gap in gaps if gap in _USUAL_STEPS), default=_USUAL_STEPS[-1])
    spans = [(start, start + (gap if gap in _USUAL_STEPS else usual)) for start, gap in zip(begins, gaps, strict=False)]
    return (
        [*spans, (begins[-1], begins[-1] + (gaps[-1] if gaps and gaps[-1] in _USUAL_STEPS else usual))]
        if begins
        else []
    )


def _ordered(prices: Iterable[Price]) -> tuple[Price, ...]:
    try:
        return PriceTable.of(prices).prices
    except ValueError as error:
        _complain(str(error))
