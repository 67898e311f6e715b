"""What a run is played with: the settings of config.toml, what is laid over them, and the plant."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import MappingProxyType

from controller.app import core_settings
from controller.cli.plant_options import parted, plant_options
from controller.config.loader import load_offline
from controller.config.overlay import Overlay, key_path
from controller.control.plugins import installed_strategies
from controller.control.settings import CoreSettings
from controller.domain.calendar import Span
from controller.domain.errors import ConfigError
from controller.feeds.price_source import Markup
from controller.feeds.price_table import WrittenTable, read_table
from controller.plugins.foreign import Plugins
from controller.simulation.backtest.bill import Bill
from controller.simulation.backtest.horizon import Foresight, Outside
from controller.simulation.backtest.play import STEP_S
from controller.simulation.plant import PlantSettings
from controller.simulation.trace import Trace

_PRICES_BEYOND = timedelta(days=3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """All but the day.

    Attributes:
        core: Settings of the core.
        plant: Of the plant.
        solar_share: At which the run is scored: that of the surplus strategy.
        outside: What is known beyond a moment, from outside the day; without prices, which depend on it.
        prices: The table of prices in a file; None where there is none.
        markup: What becomes of its prices.
        prices_file: Where it stands; None where that is no file.
    """

    core: CoreSettings
    plant: PlantSettings
    solar_share: float
    outside: Outside = field(default_factory=Outside)
    prices: WrittenTable | None = None
    markup: Markup = field(default_factory=Markup)
    prices_file: Path | None = None

    @property
    def measure(self) -> tuple[object, ...]:
        """All that perfect foresight depends on, beside the day."""
        return self.plant, self.solar_share, self.core.min_current_a, self.core.max_current_a

    def outside_of(self, trace: Trace) -> Outside:
        """What is known from outside a day, its prices among it."""
        if self.prices is None:
            return self.outside
        first, last = (datetime.fromtimestamp(trace.times_s[place], UTC) for place in (0, -1))
        known = self.prices.prices(Span(first - _PRICES_BEYOND, last + _PRICES_BEYOND), self.core.timezone)
        return replace(self.outside, prices=self.markup.table(known))

    def bill(self, trace: Trace) -> Bill | None:
        """What counts the cost of a day; None where no price is known."""
        outside = self.outside_of(trace)
        if outside.prices is None and outside.import_price is None:
            return None
        return Bill(outside.prices, outside.import_price, outside.feed_in_price, trace.times_s[0])


def make_scene(
    config: Path | None,
    sets: Sequence[str],
    plant_file: Path | None = None,
    asked: Mapping[str, str] = MappingProxyType({}),
    *,
    foresight: Foresight = Foresight.HISTORY,
    prices: WrittenTable | None = None,
) -> Scene:
    """The scene for a configuration and what `--set` lays over it.

    Args:
        config: The site's configuration; None for the defaults, whatever the environment says.
        sets: "KEY=VALUE", later ones win; those that begin with `plant.` shape the plant.
        plant_file: TOML with a table [plant]; None for the reference plant.
        asked: How some of `sets` were asked for, where not by `--set`: what a fault is blamed on.
        foresight: How the sun to come is known.
        prices: The table of prices, where it stands in no file.

    Raises:
        ConfigError: A key or value is wrong.
        FeedError: The table of prices cannot be read.
    """
    of_plant, of_site = parted(sets)
    options = plant_options(plant_file, of_plant, asked=asked)
    over = [_overlay(text, asked.get(text, f"--set {text}")) for text in of_site]
    installed = installed_strategies()
    plugins = Plugins(None if config is None else config.parent, installed)
    loaded = load_offline(config, {} if config is None else os.environ, installed, over, foreign=plugins)
    core = core_settings(loaded)
    share = getattr(loaded.strategies["surplus"], "solar_share", 1.0)
    plant = PlantSettings(phases=core.phases, step_s=STEP_S, **dict(options))
    site = loaded.config.site
    outside = Outside(foresight=foresight, import_price=site.import_price, feed_in_price=site.feed_in_price)
    table, file, written, markup = loaded.config.prices, None, prices, Markup()
    if table is not None:
        markup, file = Markup(factor=table.factor, surcharge_per_kwh=table.surcharge_per_kwh), table.file
        written = prices if file is None else read_table(file)
    return Scene(
        core=core,
        plant=plant,
        solar_share=float(share),
        outside=outside,
        prices=written,
        markup=markup,
        prices_file=file,
    )


def _overlay(text: str, origin: str) -> Overlay:
    key, equals, value = text.partition("=")
    if not equals or not key.strip():
        raise ConfigError([f"{origin}: write it as KEY=VALUE, like strategy.surplus.solar_share=0.5"])
    return key_path(key.strip().split(".")), value.strip(), origin
