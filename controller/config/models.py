"""The configuration's tables; every key with its unit, range and default."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import tzinfo
from ipaddress import ip_address
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    field_validator,
    model_validator,
)

from controller.config.base import FilePath, Table
from controller.config.forecast import ForecastTable
from controller.config.prices import Prices
from controller.domain.box_times import Reading
from controller.domain.units import MAX_CURRENT_A, MIN_CURRENT_A

_FINGERPRINT_DIGITS = 64
_ONE_WAY_IN = (
    "exactly one of password and password_file is needed (the password may also come from the environment as "
    "SUNPACE_WALLBOX__PASSWORD, or from a systemd credential named wallbox.password)"
)
_ONE_TRUST = (
    'exactly one of tls_fingerprint, tls_ca_file and tls = "insecure" is needed; `sunpace wallbox pair` shows the '
    "box's fingerprint and writes it into this file"
)
_HOST_NAME = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_.-]{0,251}[A-Za-z0-9_.])?")


def _is_phases(phases: int) -> int:
    if phases not in (1, 3):
        raise ValueError("must be 1 or 3")
    return phases


def _is_host(text: str) -> str:
    try:
        ip_address(text)
    except ValueError as error:
        if not _HOST_NAME.fullmatch(text) or text.rpartition(".")[2].isdigit() or "xn--" in text.casefold():
            raise ValueError("is no host name or address; a port has a key of its own") from error
    return text


Host = Annotated[str, Field(max_length=253), AfterValidator(_is_host)]
Port = Annotated[int, Field(ge=1, le=65535)]


class Site(Table):
    """The table `[site]`."""

    name: str = "home"
    language: Literal["en", "de"] = "en"
    timezone: str = "UTC"
    voltage_v: float = Field(default=230, ge=100, le=260)
    main_fuse_a: float = Field(default=0, ge=0, le=250)
    import_price: float | None = Field(default=None, ge=-10, le=100)
    feed_in_price: float | None = Field(default=None, ge=-10, le=100)
    feed_in_limit_w: float | None = Field(default=None, ge=0, le=100_000)
    external_cap_file: FilePath | None = None
    override_file: FilePath | None = None
    strategy_choice_file: FilePath | None = None

    @field_validator("timezone")
    @classmethod
    def _is_known_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (KeyError, ValueError, OSError) as error:
            raise ValueError(f'{name!r} is no IANA time zone; a right one looks like "Europe/Berlin"') from error
        return name

    @property
    def zone(self) -> tzinfo:
        """The site's zone."""
        return ZoneInfo(self.timezone)


class MeterEntry(Table):
    """One meter: `[meter.grid]`, `[meter.load]`, `[meter.battery]`, `[meter.ev]`, or one of `[[meter.pv]]`."""

    profile: str = "sunspec"
    transport: Literal["tcp", "rtu", "rtu-over-tcp"] = "tcp"
    host: Host | None = None
    port: Port | None = None
    device: FilePath | None = None
    baudrate: int | None = Field(default=None, ge=300, le=921_600)
    parity: Literal["none", "even", "odd"] | None = None
    stopbits: Literal[1, 2] | None = None
    unit_id: int | None = Field(default=None, ge=0, le=255)
    poll_s: float = Field(default=1, ge=0.2, le=60)
    timeout_s: float | None = Field(default=None, ge=0.1, le=30)
    stale_after_s: float = Field(default=15, ge=1, le=600)
    frozen_after_s: float = Field(default=300, ge=0, le=86_400)
    max_power_w: float | None = Field(default=None, ge=100, le=200_000)
    invert: bool = False

    @model_validator(mode="after")
    def _has_a_way(self) -> Self:
        serial = {"device": self.device, "baudrate": self.baudrate, "parity": self.parity, "stopbits": self.stopbits}
        network = {"host": self.host, "port": self.port}
        needed, foreign = ("device", network) if self.transport == "rtu" else ("host", serial)
        if wrong := [key for key, value in foreign.items() if value is not None]:
            raise ValueError(f'{", ".join(wrong)} and transport = "{self.transport}" do not go together')
        if getattr(self, needed) is None:
            example = 'device = "/dev/ttyUSB0"' if needed == "device" else 'host = "192.168.1.30"'
            raise ValueError(f'{needed} is missing: transport = "{self.transport}" needs it, such as {example}')
        return self

    @model_validator(mode="after")
    def _outlives_a_poll(self) -> Self:
        if self.stale_after_s < 2 * self.poll_s:
            raise ValueError(
                f"stale_after_s = {self.stale_after_s:g} is too short for poll_s = {self.poll_s:g}: a single lost poll "
                f"would stop the control; at least {2 * self.poll_s:g} is needed"
            )
        return self


class PvEntry(MeterEntry):
    """One of `[[meter.pv]]`."""

    silent_is_zero: bool = False


class LoadEntry(MeterEntry):
    """The table `[meter.load]`: the house's load, where the grid has no meter."""

    includes_car: bool = True


class Meters(Table):
    """The table `[meter]`."""

    grid: MeterEntry | None = None
    pv: list[PvEntry] = Field(default_factory=list)
    load: LoadEntry | None = None
    battery: MeterEntry | None = None
    ev: MeterEntry | None = None

    @model_validator(mode="after")
    def _knows_the_grid(self) -> Self:
        if self.grid is not None and self.load is not None:
            raise ValueError("grid and load: a meter at the grid tells all; leave one of them out")
        if self.grid is None and (self.load is None or not self.pv):
            raise ValueError(
                "grid is missing: [meter.grid] is the meter at the grid connection; where only PV and the house's load "
                "are metered, [meter.load] and [[meter.pv]] stand in for it"
            )
        if self.load is not None and not self.load.includes_car and self.ev is None:
            raise ValueError("load.includes_car = false needs [meter.ev]: else nobody sees what the car draws")
        return self

    def entries(self) -> Iterator[tuple[tuple[str | int, ...], MeterEntry]]:
        """Every meter with its key path below `meter`; the path's first part is its role."""
        if self.grid is not None:
            yield ("grid",), self.grid
        yield from ((("pv", index), entry) for index, entry in enumerate(self.pv))
        for role, entry in (("load", self.load), ("battery", self.battery), ("ev", self.ev)):
            if entry is not None:
                yield (role,), entry

    @property
    def grid_stale_after_s(self) -> float:
        """Age at which the grid's power is no longer used, s; of several meters the shortest counts."""
        if self.grid is not None:
            return self.grid.stale_after_s
        return min(entry.stale_after_s for path, entry in self.entries() if path[0] != "ev")


class Pacing(Table):
    """The table `[wallbox.pacing]`."""

    min_gap_s: float = Field(default=1, ge=0.1, le=60)
    dashboard_s: float = Field(default=15, ge=5, le=300)
    limit_change_s: float = Field(default=30, ge=5, le=600)
    writes_per_hour: int = Field(default=60, ge=4, le=120)
    timeout_s: float = Field(default=30, ge=1, le=120)


def _is_download_path(path: str) -> str:
    try:
        filled = path.format(key="x")
    except (ValueError, KeyError, IndexError, AttributeError):
        filled = path
    if filled == path or not path.startswith("/") or not path.isprintable():
        raise ValueError('must be a path on the box with {key} in it, such as "/api/files/{key}"')
    return path


class WallboxAccess(Table):
    """The table `[wallbox]` as far as a person needs it who will be asked for what is missing."""

    host: Host
    port: Port = 443
    username: str = Field(default="admin", min_length=1)
    password: Annotated[SecretStr, Field(min_length=1)] | None = None
    password_file: FilePath | None = None
    dialect: Literal["auto", "next", "unite"] = "auto"
    phases: Annotated[int, AfterValidator(_is_phases)] = 3
    min_current_a: int = Field(default=MIN_CURRENT_A, ge=MIN_CURRENT_A, le=MAX_CURRENT_A)
    max_current_a: int = Field(default=16, ge=MIN_CURRENT_A, le=MAX_CURRENT_A)
    tls_fingerprint: str | None = None
    tls_ca_file: FilePath | None = None
    tls: Literal["insecure"] | None = None
    starts_per_day: int = Field(default=30, ge=0, le=1000)
    fallback: Literal["minimum", "stop", "hold"] = "minimum"
    fallback_stop_after_s: float = Field(default=1800, ge=0, le=86400)
    on_exit: Literal["release", "stop"] = "release"
    update_types: dict[str, Annotated[str, Field(min_length=1, max_length=200)]] = Field(default_factory=dict)
    download_path: Annotated[str, Field(max_length=500), AfterValidator(_is_download_path)] = "/api/files/{key}"
    off_peak_sense: Literal["unverified", "allowed_within", "held_within"] = "unverified"
    pacing: Pacing = Pacing()

    @property
    def trusts(self) -> int:
        """How many ways of checking the certificate are given."""
        return sum(trust is not None for trust in (self.tls_fingerprint, self.tls_ca_file, self.tls))

    @property
    def period_sense(self) -> Reading | None:
        """What the box's own off-peak periods mean; None where nobody has tried."""
        return None if self.off_peak_sense == "unverified" else Reading(self.off_peak_sense)

    @field_validator("tls_fingerprint")
    @classmethod
    def _is_sha256(cls, text: str | None) -> str | None:
        if text is None:
            return None
        digits = text.replace(":", "").lower()
        if not re.fullmatch(f"[0-9a-f]{{{_FINGERPRINT_DIGITS}}}", digits):
            raise ValueError(f"a SHA-256 fingerprint has {_FINGERPRINT_DIGITS} hex digits, colons optional")
        return digits

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.min_current_a > self.max_current_a:
            raise ValueError(f"min_current_a = {self.min_current_a} is above max_current_a = {self.max_current_a}")
        if self.password is not None and self.password_file is not None:
            raise ValueError(_ONE_WAY_IN)
        if self.trusts > 1:
            raise ValueError(_ONE_TRUST)
        return self


class Wallbox(WallboxAccess):
    """The table `[wallbox]`, complete, as the service needs it."""

    @model_validator(mode="after")
    def _is_complete(self) -> Self:
        if self.password is None and self.password_file is None:
            raise ValueError(_ONE_WAY_IN)
        if self.trusts == 0:
            raise ValueError(_ONE_TRUST)
        return self


class StrategyTable(BaseModel):
    """The table `[strategy]`: the active one's name, and a table for each, checked by the strategy's own model."""

    model_config = ConfigDict(frozen=True, extra="allow", strict=True)

    active: str = "surplus"

    @property
    def tables(self) -> dict[str, Any]:
        """The strategies' own tables, as written."""
        return dict(self.__pydantic_extra__ or {})


class History(Table):
    """The table `[history]`."""

    directory: FilePath | None = None


class Log(Table):
    """The table `[log]`."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["auto", "console", "json"] = "auto"


class Places(Table):
    """What has to be known of a site without its devices: where it is, and where its files lie."""

    site: Site = Site()
    history: History = History()
    prices: Prices | None = None


class Config(Places):
    """The whole file."""

    meter: Meters
    wallbox: Wallbox
    strategy: StrategyTable = StrategyTable()
    forecast: ForecastTable = ForecastTable()
    log: Log = Log()
