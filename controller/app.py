"""Wires the adapters to the core: the only place that knows them all."""

from __future__ import annotations

import os
import signal
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import anyio
import structlog
from pydantic import SecretStr

from controller.choosing import unfit
from controller.config.foreign import names_in_use
from controller.config.loader import Loaded, load_config
from controller.config.models import Config, MeterEntry, Places, PvEntry, Site, WallboxAccess
from controller.control.energy_book import EnergyBook
from controller.control.helm import Helm
from controller.control.loop import Controller
from controller.control.plugins import installed_strategies
from controller.control.poller import HouseMeters, MeterPoller
from controller.control.settings import CoreSettings, Fallback
from controller.domain.errors import ConfigError
from controller.domain.horizon import Horizon
from controller.domain.ports import Clock, LimitStore, Publisher, Wallbox
from controller.domain.sentences import Language
from controller.feeds.price_file_source import WrittenPrices
from controller.feeds.price_source import FetchedPrices
from controller.forecasting import make_forecast
from controller.history.box_note_file import BoxNoteFile
from controller.history.cap_file import CapFile
from controller.history.choice_file import ChoiceFile
from controller.history.followed_file import FollowedFile
from controller.history.limit_file import LimitFile
from controller.history.override_file import OverrideFile
from controller.history.quarter_hours import QuarterHourFile
from controller.history.session_file import SessionFile
from controller.meter.connection import Connections, Endpoint, Transport
from controller.meter.device import ModbusMeter
from controller.meter.plausibility import Bounds
from controller.meter.profile import Profile, Serial
from controller.meter.profile_files import Shelf
from controller.meter.quantities import Role
from controller.plugins.foreign import Plugins
from controller.plugins.hosted import Hosts
from controller.pricing import price_source
from controller.wallbox.access import Access
from controller.wallbox.catalogue import FieldType, load_catalogue
from controller.wallbox.client import WallboxClient
from controller.wallbox.dialect import DialectName
from controller.wallbox.gate import Gate
from controller.wallbox.https import HttpsLink
from controller.wallbox.maintenance import Maintenance
from controller.wallbox.reading import Reading
from controller.wallbox.steering import RestWallbox
from controller.wallbox.tls import Trust
from controller.wallbox.turnstile import Turnstile
from controller.wallbox.writing import Writing

_log = structlog.get_logger()
_USUAL_TIMEOUT_S = 3.0
_OFTEN_S, _RARELY_S = 10.0, 60.0
"""Longest pause after failures: what sleeps all night must not hold up the others on its line."""
_MOST_EV_W = 30_000.0
"""No wallbox for one car gives more than 22 kW."""
_WITHOUT = {
    Role.GRID: "the surplus is unknown: the wallbox goes to its fallback",
    Role.LOAD: "the surplus is unknown: the wallbox goes to its fallback",
    Role.PV: "the PV power is unknown",
    Role.BATTERY: "what the battery gives could be taken for sun: charging from the sun pauses",
    Role.EV: "the car's power is estimated from what it is offered and how the house's meter answers",
}
"""What is lost with a meter, for the log."""


def read_config(file: Path, environ: Mapping[str, str] = os.environ) -> Loaded:
    """Reads and checks a configuration; the user's own meter profiles lie beside it. Raises ConfigError."""
    ours = installed_strategies()
    return load_config(file, environ, ours, Shelf(file.parent), foreign=Plugins(file.parent, ours))


class Metering:
    """Makes the meters of a configuration; those behind one address share its connection.

    Args:
        loaded: The configuration.
        clock: The clock.
    """

    def __init__(self, loaded: Loaded, clock: Clock) -> None:
        self._config = loaded.config
        self._shelf = Shelf(loaded.folder)
        self._clock = clock
        self._connections = Connections(clock)

    def entries(self) -> list[tuple[Role, MeterEntry]]:
        """The configured meters with their roles."""
        return [(Role(str(path[0])), entry) for path, entry in self._config.meter.entries()]

    def meter(self, role: Role, entry: MeterEntry) -> ModbusMeter:
        """A meter from its table."""
        profile = self._shelf.load(entry.profile)
        return make_meter(
            role, entry, profile, site=self._config.site, connections=self._connections, clock=self._clock
        )

    def house(self) -> HouseMeters:
        """The house's meters, each polled at its own cadence."""
        pollers: dict[Role, list[MeterPoller]] = {role: [] for role in Role}
        for role, entry in self.entries():
            meter = self.meter(role, entry)
            poller = MeterPoller(
                meter,
                self._clock,
                poll_s=entry.poll_s,
                stale_after_s=entry.stale_after_s,
                without=_WITHOUT[Role.GRID if role is Role.PV and not pollers[Role.GRID] else role],
                silent_is_zero=isinstance(entry, PvEntry) and entry.silent_is_zero,
                longest_pause_s=_OFTEN_S if role in (Role.GRID, Role.LOAD) else _RARELY_S,
            )
            pollers[role].append(poller)
        load = self._config.meter.load
        return HouseMeters(
            grid=next(iter(pollers[Role.GRID]), None),
            pv=pollers[Role.PV],
            load=next(iter(pollers[Role.LOAD]), None),
            battery=next(iter(pollers[Role.BATTERY]), None),
            ev=next(iter(pollers[Role.EV]), None),
            load_includes_car=load is None or load.includes_car,
            voltage_v=self._config.site.voltage_v,
        )


def make_meter(
    role: Role, entry: MeterEntry, profile: Profile, *, site: Site, connections: Connections, clock: Clock
) -> ModbusMeter:
    """One meter; those behind one address share what `connections` has open. Raises ConfigError."""
    unit_id = entry.unit_id if entry.unit_id is not None else profile.unit_id
    timeout_s = entry.timeout_s or profile.manners.timeout_s or _USUAL_TIMEOUT_S
    return ModbusMeter(
        role=role,
        profile=profile,
        unit=connections.unit(
            endpoint_of(entry, profile),
            unit_id,
            timeout_s=timeout_s,
            manners=profile.manners,
            priority=0 if role in (Role.GRID, Role.LOAD) else 1,
        ),
        clock=clock,
        invert=entry.invert,
        bounds=_bounds(role, entry, site),
    )


def endpoint_of(entry: MeterEntry, profile: Profile) -> Endpoint:
    """Where a meter is; what its table leaves open is as usual for the device."""
    usual = profile.serial
    return Endpoint(
        transport=Transport(entry.transport),
        host=entry.host or "",
        port=entry.port if entry.port is not None else profile.port,
        device=str(entry.device or ""),
        serial=Serial(
            baudrate=entry.baudrate or usual.baudrate,
            parity=entry.parity or usual.parity,
            stopbits=entry.stopbits or usual.stopbits,
        ),
    )


def _bounds(role: Role, entry: MeterEntry, site: Site) -> Bounds:
    """What is believed of a meter: a house's connection carries no more than twice its fuses before they blow."""
    bounds = Bounds(frozen_after_s=entry.frozen_after_s)
    if entry.max_power_w is not None:
        return replace(bounds, max_power_w=entry.max_power_w)
    if role is Role.EV:
        return replace(bounds, max_power_w=_MOST_EV_W)
    if role in (Role.GRID, Role.LOAD) and site.main_fuse_a > 0:
        return replace(bounds, max_power_w=2 * 3 * site.main_fuse_a * site.voltage_v)
    return bounds


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """The wallbox in three strengths.

    Attributes:
        steered: As control sees it.
        client: All that a person may do without danger.
        maintenance: The rest, for a person who has said yes.
    """

    steered: Wallbox
    client: WallboxClient
    maintenance: Maintenance


def make_box(
    table: WallboxAccess,
    password: SecretStr,
    clock: Clock,
    *,
    language: str = "en",
    read_attempts: int = 1,
    limit_max_a: int | None = None,
) -> Box:
    """The wallbox from its table.

    Args:
        table: `[wallbox]`.
        password: Of the box's web page.
        clock: The clock.
        language: In which the box writes labels and texts.
        read_attempts: How often a read that fails for a passing reason is made in all.
        limit_max_a: Highest operator current limit that is written, A; None for what the box takes: the user's own
            limit, which is given back, may be above what Sunpace is to use.

    Raises:
        AuthError: The CA file cannot be used.
        ConfigError: `update_types` names what there is not.
    """
    pacing = table.pacing
    gate = Gate(
        clock,
        min_gap_s=pacing.min_gap_s,
        timeout_s=pacing.timeout_s,
        writes_per_hour=pacing.writes_per_hour,
        turnstile=Turnstile(table.host, table.port, clock, min_gap_s=pacing.min_gap_s),
    )
    trust = Trust(fingerprint=table.tls_fingerprint, ca_file=table.tls_ca_file, insecure=table.tls == "insecure")
    if trust.insecure:
        _log.warning(
            "wallbox_not_verified",
            host=table.host,
            remedy="anybody on your network can take the password: pair the box",
        )
    link = HttpsLink(host=table.host, port=table.port, trust=trust, language=language)
    access = Access(link, gate, clock, username=table.username, password=password.get_secret_value())
    reading = Reading(access, clock, dialect=DialectName(table.dialect), attempts=read_attempts)
    _check_update_types(table)
    writing = Writing(access, reading, update_types=table.update_types, limit_max_a=limit_max_a)
    client = WallboxClient(access, gate, reading, writing, download_path=table.download_path)
    return Box(steered=RestWallbox(client), client=client, maintenance=Maintenance(client, reading, writing))


def _check_update_types(table: WallboxAccess) -> None:
    types = {kind.value for kind in FieldType}
    for key in table.update_types:
        if key not in types and not any(key in load_catalogue(name).fields for name in ("next", "unite")):
            raise ConfigError(
                [f"wallbox.update_types.{key}: neither a field of the box nor a type ({', '.join(sorted(types))})"]
            )


def state_directory(places: Places, environ: Mapping[str, str] = os.environ) -> Path:
    """Where the service keeps its files: `history.directory`, else systemd's state directory, else the user's."""
    if places.history.directory is not None:
        return places.history.directory
    state_home = environ.get("XDG_STATE_HOME") or "~/.local/state"
    return Path(environ.get("STATE_DIRECTORY") or f"{state_home}/sunpace").expanduser()


def external_cap_file(places: Places, environ: Mapping[str, str] = os.environ) -> Path:
    """Where a limit from outside is looked for."""
    return places.site.external_cap_file or state_directory(places, environ) / "external-cap.toml"


def make_price_source(loaded: Loaded, clock: Clock) -> FetchedPrices | WrittenPrices | None:
    """Where the prices of a configuration come from; None where it names no source."""
    config = loaded.config
    return price_source(config.prices, loaded.prices_token, clock, config.site.zone, state_directory(config))


def override_file(places: Places, environ: Mapping[str, str] = os.environ) -> Path:
    """Where a pause or boost by hand is looked for."""
    return places.site.override_file or state_directory(places, environ) / "override.toml"


def choice_file(places: Places, environ: Mapping[str, str] = os.environ) -> Path:
    """Where a strategy that was chosen by hand is looked for."""
    return places.site.strategy_choice_file or state_directory(places, environ) / "strategy-choice.toml"


def make_limit_store(config: Config, environ: Mapping[str, str] = os.environ) -> LimitStore:
    """Where the user's own limit is kept."""
    return LimitFile(state_directory(config, environ), wallbox_name(config))


def make_session_store(config: Config, environ: Mapping[str, str] = os.environ) -> SessionFile:
    """Where the records of charging sessions are kept."""
    return SessionFile(state_directory(config, environ), wallbox_name(config))


def wallbox_name(config: Config) -> str:
    """By which records tell one wallbox from another."""
    return f"{config.wallbox.host}:{config.wallbox.port}"


def make_controller(
    loaded: Loaded,
    clock: Clock,
    publishers: tuple[Publisher, ...] = (),
    *,
    tick_s: float = 1.0,
    exit_within_s: float = 4.5,
) -> Controller:
    """The service for a configuration.

    Args:
        loaded: The configuration.
        clock: The only clock.
        publishers: Told of every tick.
        tick_s: Seconds between two decisions.
        exit_within_s: The clock's seconds that giving the box back may take.
    """
    config, settings, directory = loaded.config, core_settings(loaded), state_directory(loaded.config)
    hosts = Hosts(
        loaded.strategies, frozenset(names_in_use({**config.strategy.tables, "active": config.strategy.active})), clock
    )
    settings = replace(settings, strategies=hosts.strategies)
    helm = Helm(
        settings,
        ChoiceFile(choice_file(config)),
        hosts,
        chains=loaded.chains,
        unfit=unfit(loaded),
        store=FollowedFile(directory),
    )
    book = EnergyBook(QuarterHourFile(directory), settings)
    return Controller(
        meters=Metering(loaded, clock).house(),
        wallbox=make_box(config.wallbox, loaded.wallbox_password, clock).steered,
        clock=clock,
        settings=settings,
        hosts=hosts,
        book=book,
        prices=make_price_source(loaded, clock),
        forecast=make_forecast(config.forecast, book, clock, config.site.zone, directory),
        site=Horizon(import_price=config.site.import_price, feed_in_price=config.site.feed_in_price),
        limit_store=make_limit_store(config),
        caps=CapFile(external_cap_file(config)),
        overrides=OverrideFile(override_file(config)),
        helm=helm,
        session_store=make_session_store(config),
        note_store=BoxNoteFile(directory, wallbox_name(config)),
        publishers=publishers,
        tick_s=tick_s,
        status_every_s=config.wallbox.pacing.dashboard_s,
        stop_on_exit=config.wallbox.on_exit == "stop",
        exit_within_s=exit_within_s,
        language=Language(config.site.language),
    )


def core_settings(loaded: Loaded) -> CoreSettings:
    """What the core has to know of a configuration."""
    site, wallbox = loaded.config.site, loaded.config.wallbox
    return CoreSettings(
        strategies=loaded.strategies,
        active=loaded.config.strategy.active,
        timezone=site.zone,
        voltage_v=site.voltage_v,
        phases=wallbox.phases,
        min_current_a=wallbox.min_current_a,
        max_current_a=wallbox.max_current_a,
        main_fuse_a=site.main_fuse_a,
        stale_after_s=loaded.config.meter.grid_stale_after_s,
        fallback=Fallback(wallbox.fallback),
        fallback_stop_after_s=wallbox.fallback_stop_after_s,
        limit_change_s=wallbox.pacing.limit_change_s,
        writes_per_hour=wallbox.pacing.writes_per_hour,
        starts_per_day=wallbox.starts_per_day,
        off_peak_sense=wallbox.period_sense,
        feed_in_limit_w=site.feed_in_limit_w,
    )


async def serve(controller: Controller, stop: anyio.Event) -> None:
    """Runs the service until `stop` is set or SIGTERM or SIGINT arrives."""

    async def watch() -> None:
        with anyio.open_signal_receiver(signal.SIGTERM, signal.SIGINT) as signals:
            async for _ in signals:
                stop.set()

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(watch)
        await controller.run(stop)
        tasks.cancel_scope.cancel()
