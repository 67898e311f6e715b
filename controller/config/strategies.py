"""The strategies of a configuration, each made from its table."""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import Any, NamedTuple

from controller.config.faults import nearest
from controller.config.foreign import ForeignStrategies, make_foreign
from controller.config.source import Source, validate
from controller.domain.demand import Answering, Strategy

_PRICES = ("import_price", "feed_in_price")


class Made(NamedTuple):
    """The strategies of a configuration.

    Attributes:
        strategies: Every usable one by name.
        chains: Of each the names of those who are asked in turn while nobody has something to say: itself, whom its
            `then` names, and so on.
    """

    strategies: Mapping[str, Answering]
    chains: Mapping[str, tuple[str, ...]]


def make_strategies(
    tree: dict[str, Any],
    installed: Mapping[str, type[Strategy]],
    source: Source,
    foreign: ForeignStrategies | None = None,
) -> Made:
    """Makes every strategy from its table, or from its defaults where it has none."""
    table = tree.get("strategy", {})
    if not isinstance(table, dict):
        return Made({}, {})  # the main model has complained
    active, known = table.get("active", "surplus"), {*installed, *(foreign.names if foreign is not None else ())}
    if isinstance(active, str) and active not in known:
        text = f'strategy.active = "{active}": no such strategy is installed; {nearest(active, known)}'
        source.fault(("strategy", "active"), text)
    for name in table.keys() - {"active"} - known:
        source.fault(("strategy", name), f"strategy.{name}: unknown; {nearest(name, {*known, 'active'})}")
    prices = site_prices(tree)
    made: dict[str, Answering] = {}
    asked: dict[str, Any] = {}
    for name, strategy in installed.items():
        settings = validate(strategy.Settings, table.get(name, {}), ("strategy", name), source, prices)
        if settings is not None:
            made[name] = strategy.from_settings(settings)
            asked[name] = settings
    if foreign is not None:
        others = make_foreign(foreign, table, prices, source.fault)
        made |= others
        asked |= others
    thens = {name: then for name, one in asked.items() if isinstance(then := getattr(one, "then", None), str)}
    told = {name for name in thens if isinstance(table.get(name), dict) and "then" in table[name]}
    _check_then(thens, told, known, source)
    return Made(made, {name: tuple(_chain(name, thens)) for name in made})


def lacks(made: Made, name: str, *, prices: bool) -> str | None:
    """What a strategy, or one that it hands over to, would need to decide; None where nothing is missing.

    Args:
        made: The strategies of the configuration.
        name: The strategy's.
        prices: Whether there is a table of prices.
    """
    for one in made.chains.get(name, ()):
        over = "" if one == name else f'hands over to "{one}", which '
        if one not in made.strategies:
            return f"{over}there is not, or which cannot be used; `sunpace strategy show {one}` tells"
        if not prices and getattr(made.strategies[one], "needs_prices", False) is True:
            return f"{over}goes by prices: a table [prices] has to say where they come from; docs/prices.md"
    return None


def site_prices(tree: dict[str, Any]) -> dict[str, Any]:
    """The site's prices, as written: a strategy's own settings may look at them while they are checked."""
    site = tree.get("site", {})
    return {key: site[key] for key in _PRICES if key in site} if isinstance(site, dict) else {}


def _check_then(thens: Mapping[str, str], told: Set[str], installed: Set[str], source: Source) -> None:
    """Whoever leaves the decision to another strategy names one that there is, and that does not leave it back.

    Args:
        thens: Whom each leaves the decision to.
        told: Whose table says so.
        installed: The names of all strategies.
        source: Told of what is wrong.
    """
    for name in sorted(told):
        then = thens[name]
        text = f'strategy.{name}.then = "{then}": '
        if then not in installed:
            source.fault(
                ("strategy", name, "then"), f"{text}no such strategy is installed; {nearest(then, installed - {name})}"
            )
        elif name in (chain := _chain(then, thens)):
            leads = "is the strategy itself" if then == name else f"leads back by way of {', '.join(chain[:-1])}"
            source.fault(("strategy", name, "then"), f"{text}{leads}; name another one")


def _chain(name: str, thens: Mapping[str, str]) -> list[str]:
    """Who is asked from there on, each once."""
    chain = [name]
    while (then := thens.get(chain[-1])) is not None and then not in chain:
        chain.append(then)
    return chain
