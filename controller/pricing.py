"""Wires what the grid's prices come from."""

from __future__ import annotations

from datetime import tzinfo
from pathlib import Path

from pydantic import SecretStr

from controller.config.prices import Prices
from controller.domain.ports import Clock
from controller.feeds.price_file_source import WrittenPrices
from controller.feeds.price_services import Service, awattar, energy_charts, octopus, tibber
from controller.feeds.price_source import FetchedPrices, Markup
from controller.history.price_file import PriceFile


def price_source(
    table: Prices | None, token: SecretStr, clock: Clock, zone: tzinfo, directory: Path
) -> FetchedPrices | WrittenPrices | None:
    """Where the prices come from.

    Args:
        table: `[prices]`.
        token: What the source wants to see; empty where it wants none.
        clock: The clock.
        zone: The site's.
        directory: Where fetched prices are kept.

    Returns:
        None where none are configured.
    """
    if table is None:
        return None
    markup = Markup(factor=table.factor, surcharge_per_kwh=table.surcharge_per_kwh)
    if table.file is not None:
        return WrittenPrices(table.file, zone, clock, markup)
    service = _service(table, token)
    return FetchedPrices(service, PriceFile(directory, service.name), clock, markup)


def _service(table: Prices, token: SecretStr) -> Service:
    url, plain = table.url, table.plain_http
    if table.country is not None:
        return awattar(table.country, url=url, plain_allowed=plain)
    if table.bidding_zone is not None:
        return energy_charts(table.bidding_zone, url=url, plain_allowed=plain)
    if table.product is not None and table.tariff is not None:
        return octopus(table.product, table.tariff, url=url, plain_allowed=plain)
    return tibber(token.get_secret_value(), url=url, plain_allowed=plain)
