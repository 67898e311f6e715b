"""Reads config.toml and what lies over it, and checks all of it before anything is used."""

from __future__ import annotations

import ssl
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, TypeVar

from pydantic import BaseModel, SecretStr

from controller.config.faults import nearest
from controller.config.foreign import ForeignStrategies
from controller.config.models import Config, Places, StrategyTable, WallboxAccess
from controller.config.overlay import Overlay, dotted, lay_over, overlays
from controller.config.prices import Prices
from controller.config.source import Source, validate
from controller.config.strategies import Made, lacks, make_strategies, site_prices
from controller.domain.demand import Answering, Strategy
from controller.domain.errors import ConfigError
from controller.domain.toml_text import parse_toml

M = TypeVar("M", bound=BaseModel)

_ACCESS = ("host", "password", "password_file", "tls_fingerprint", "tls_ca_file", "tls")
_OF_ANY_PRICES = frozenset({"factor", "surcharge_per_kwh"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """A configuration that can be used.

    Attributes:
        config: The tables.
        strategies: Every usable strategy, made from its table.
        chains: Of each the names of those who are asked in turn; see `Made`.
        wallbox_password: From the table, its file, the environment or a credential.
        folder: Where the file lies.
        prices_token: Likewise; empty where no prices need one, or none are asked for.
    """

    config: Config
    strategies: Mapping[str, Answering]
    wallbox_password: SecretStr
    folder: Path
    prices_token: SecretStr = field(default_factory=lambda: SecretStr(""))
    chains: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


class Profiles(Protocol):
    """The meter profiles that there are."""

    @property
    def known(self) -> Collection[str]:
        """Their keys."""
        ...

    def fault(self, key: str, role: str) -> str | None:
        """Why one cannot serve a meter in `role`; None when it can."""
        ...


def load_config(
    file: Path,
    environ: Mapping[str, str],
    strategies: Mapping[str, type[Strategy]],
    profiles: Profiles,
    *,
    foreign: ForeignStrategies | None = None,
) -> Loaded:
    """Reads and checks a configuration.

    Args:
        file: The TOML file.
        environ: The environment; `SUNPACE_...` and `CREDENTIALS_DIRECTORY` count.
        strategies: Our own strategies by name.
        profiles: The meter profiles.
        foreign: The strategies of others.

    Raises:
        ConfigError: With every fault that could be found, one line each.
    """
    return parse_config(_read(file), str(file), environ, strategies, profiles, foreign=foreign)


def load_access(
    file: Path | None, environ: Mapping[str, str], over: Iterable[Overlay] = (), *, with_password: bool
) -> tuple[WallboxAccess, SecretStr | None]:
    """Reads only the table `[wallbox]`; password and trust may be missing: a person can be asked.

    Args:
        file: The TOML file; None for none.
        environ: The environment.
        over: What the command line lays over both.
        with_password: Whether the password is to be looked up, too.

    Returns:
        The table, and the password where there is one.

    Raises:
        ConfigError: With every fault of the table, one line each.
    """
    text, name = ("", "command line") if file is None else (_read(file), str(file))
    tree, source = _tree(text, name, environ, over)
    table = validate(WallboxAccess, tree.get("wallbox", {}), ("wallbox",), source)
    password = _password(table, source) if table is not None and with_password else None
    if source.faults or table is None:
        raise ConfigError(source.faults)
    return table, password


def load_places(file: Path, environ: Mapping[str, str]) -> Places:
    """Reads only what a person needs who talks to the service by its files: `[site]` and `[history]`.

    Args:
        file: The TOML file.
        environ: The environment.

    Raises:
        ConfigError: With every fault of these tables, one line each.
    """
    tree, source = _tree(_read(file), str(file), environ)
    places = validate(Places, {key: tree[key] for key in ("site", "history") if key in tree}, (), source)
    if source.faults or places is None:
        raise ConfigError(source.faults)
    return places


def load_strategy_tables(file: Path | None, environ: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Reads only `[strategy]`, and the prices that settings may look at: as written, nothing is checked.

    Args:
        file: The TOML file; None for none.
        environ: The environment.

    Raises:
        ConfigError: It cannot be read, or holds no such table.
    """
    text, name = ("", "command line") if file is None else (_read(file), str(file))
    tree, source = _tree(text, name, environ)
    table = tree.get("strategy", {})
    if not isinstance(table, dict):
        source.fault(("strategy",), "strategy: must be a table")
        raise ConfigError(source.faults)
    return table, site_prices(tree)


def load_price_places(file: Path, environ: Mapping[str, str]) -> tuple[Places, SecretStr]:
    """As `load_places`, with `[prices]` and the token that they need; empty where they need none.

    Args:
        file: The TOML file.
        environ: The environment.

    Raises:
        ConfigError: With every fault of these tables, one line each.
    """
    tree, source = _tree(_read(file), str(file), environ)
    known = {key: tree[key] for key in ("site", "history", "prices") if key in tree}
    places = validate(Places, known, (), source)
    token = None if places is None else _prices_token(places.prices, source)
    if source.faults or places is None or token is None:
        raise ConfigError(source.faults)
    return places, token


def load_active(file: Path, environ: Mapping[str, str]) -> str:
    """The name of the active strategy, whether there is such a one or not. Raises ConfigError."""
    tree, _ = _tree(_read(file), str(file), environ)
    table, usual = tree.get("strategy"), StrategyTable().active
    return str(table.get("active", usual)) if isinstance(table, dict) else usual


def load_choice(
    file: Path,
    environ: Mapping[str, str],
    name: str,
    strategies: Mapping[str, type[Strategy]],
    foreign: ForeignStrategies | None = None,
) -> Places:
    """As `load_places`, and checks all of `[strategy]` as if a strategy were in force.

    Args:
        file: The TOML file.
        environ: The environment.
        name: The strategy's.
        strategies: Our own strategies by name.
        foreign: The strategies of others.

    Raises:
        ConfigError: With every fault of these tables, one line each; also where there is no such strategy.
    """
    origin = f"sunpace strategy {name}"
    tree, source = _tree(_read(file), str(file), environ, [(("strategy", "active"), name, origin)])
    places = validate(Places, {key: tree[key] for key in ("site", "history", "prices") if key in tree}, (), source)
    made = make_strategies(tree, strategies, source, foreign)
    if places is not None:
        _check_active(made, name, source, prices=places.prices is not None)
    if source.faults or places is None:
        said, place = f'strategy.active = "{name}": ', f"{file}: strategy {name}: "
        raise ConfigError([fault.replace(said, "").replace(f"{origin}: ", place) for fault in source.faults])
    return places


def load_offline(
    file: Path | None,
    environ: Mapping[str, str],
    strategies: Mapping[str, type[Strategy]],
    over: Iterable[Overlay] = (),
    *,
    foreign: ForeignStrategies | None = None,
) -> Loaded:
    """As `load_config`, for a run that talks to no device: where meters and wallbox are, and the secrets, do not count.

    Of the meters only `poll_s` and `stale_after_s` in `[meter.grid]` do. Where another source of prices is laid over
    the file's, what that one has of its own does not count.

    Args:
        file: The TOML file; None for nothing but defaults.
        environ: The environment.
        strategies: Our own strategies by name.
        over: What the command line lays over both.
        foreign: The strategies of others.

    Raises:
        ConfigError: With every fault that could be found, one line each.
    """
    text, name = ("", "command line") if file is None else (_read(file), str(file))
    over = tuple(over)
    tree, source = _tree(text, name, environ, over)
    told = {path[1] for path, _, _ in over if path[0] == "prices" and len(path) > 1}
    if "source" in told and isinstance(prices := tree.get("prices"), dict):
        tree["prices"] = {key: value for key, value in prices.items() if key in told | _OF_ANY_PRICES}
    wallbox = tree.get("wallbox", {})
    if isinstance(wallbox, dict):
        kept = {key: value for key, value in wallbox.items() if key not in _ACCESS}
        tree["wallbox"] = {"host": "nowhere", "password": "none", "tls": "insecure", **kept}
    tree["meter"] = {"grid": {"host": "nowhere", **_patience(tree.get("meter"))}}
    config = validate(Config, tree, (), source)
    made = make_strategies(tree, strategies, source, foreign)
    if source.faults or config is None:
        raise ConfigError(source.faults)
    return Loaded(
        config=config,
        strategies=made.strategies,
        wallbox_password=SecretStr(""),
        folder=Path(name).parent,
        chains=made.chains,
    )


def _patience(meter: Any) -> dict[str, Any]:
    """What counts of the meters even where none is asked: how old a reading of the grid may be."""
    grid = meter.get("grid") if isinstance(meter, dict) else None
    return {key: grid[key] for key in ("poll_s", "stale_after_s") if key in grid} if isinstance(grid, dict) else {}


def parse_config(
    text: str,
    file: str,
    environ: Mapping[str, str],
    strategies: Mapping[str, type[Strategy]],
    profiles: Profiles,
    *,
    foreign: ForeignStrategies | None = None,
) -> Loaded:
    """As `load_config`, from the file's text."""
    tree, source = _tree(text, file, environ)
    config = validate(Config, tree, (), source)
    made = make_strategies(tree, strategies, source, foreign)
    password = token = None
    if config is not None:
        _check_profiles(config, profiles, source)
        password = _password(config.wallbox, source)
        _check_ca_file(config, source)
        token = _prices_token(config.prices, source)
        _check_active(made, config.strategy.active, source, prices=config.prices is not None)
    if source.faults or config is None or password is None or token is None:
        raise ConfigError(source.faults)
    return Loaded(
        config=config,
        strategies=made.strategies,
        wallbox_password=password,
        folder=Path(file).parent,
        prices_token=token,
        chains=made.chains,
    )


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        what = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        raise ConfigError([f"{file}: cannot be read: {what}; --config names another file"]) from error


def _tree(
    text: str, file: str, environ: Mapping[str, str], over: Iterable[Overlay] = ()
) -> tuple[dict[str, Any], Source]:
    """The file's tree with everything laid over it, and where each part comes from."""
    try:
        tree = parse_toml(text)
    except ValueError as error:
        raise ConfigError([f"{file}: {error}"]) from error
    source = Source(file, text)
    for path, value, origin in (*overlays(environ), *over):
        lay_over(tree, path, value, origin, Config)
        source.overlay(path, origin)
    return tree, source


def _check_profiles(config: Config, profiles: Profiles, source: Source) -> None:
    for path, entry in config.meter.entries():
        full = ("meter", *path, "profile")
        if entry.profile not in profiles.known:
            text = (
                f'{dotted(full)} = "{entry.profile}": unknown meter profile; {nearest(entry.profile, profiles.known)}'
            )
            source.fault(full, text)
        elif (fault := profiles.fault(entry.profile, str(path[0]))) is not None:
            source.fault(full, f'{dotted(full)} = "{entry.profile}": {fault}')


def _check_active(made: Made, active: str, source: Source, *, prices: bool) -> None:
    """What is wrong with the tables themselves has been told."""
    if not source.faults and (missing := lacks(made, active, prices=prices)) is not None:
        source.fault(("strategy", "active"), f'strategy.active = "{active}": {missing}')


def _check_ca_file(config: Config, source: Source) -> None:
    file = config.wallbox.tls_ca_file
    if file is None:
        return
    try:
        ssl.create_default_context(cafile=str(file))
    except (OSError, ssl.SSLError) as error:
        what = error.strerror or error
        source.fault(
            ("wallbox", "tls_ca_file"), f"wallbox.tls_ca_file: {file} is no PEM certificate that can be read: {what}"
        )


def _password(table: WallboxAccess, source: Source) -> SecretStr | None:
    if table.password is not None:
        return table.password
    if table.password_file is None:
        return None  # the table's own check has complained
    return _secret(table.password_file, ("wallbox", "password_file"), "password", source)


def _prices_token(table: Prices | None, source: Source) -> SecretStr | None:
    if table is None or table.source != "tibber":
        return SecretStr("")
    if table.token is not None:
        return table.token
    if table.token_file is not None:
        return _secret(table.token_file, ("prices", "token_file"), "token", source)
    text = (
        'prices: source = "tibber" needs one of token and token_file (the token may also come from the environment as '
        "SUNPACE_PRICES__TOKEN, or from a systemd credential named prices.token)"
    )
    source.fault(("prices",), text)
    return None


def _secret(file: Path, path: tuple[str, ...], what: str, source: Source) -> SecretStr | None:
    """What a file holds that nobody else may know."""
    try:
        secret = file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        source.fault(path, f"{dotted(path)}: {file} cannot be read: {why}")
        return None
    if not secret:
        source.fault(path, f"{dotted(path)}: {file} is empty; its first line has to be the {what}")
        return None
    return SecretStr(secret)
