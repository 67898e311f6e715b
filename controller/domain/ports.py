"""The seams between the core and the world; adapters implement them, tests replace them."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from controller.domain.cap import Cap
from controller.domain.charger import ChargerStatus, PowerSettings
from controller.domain.choice import Choice, Followed
from controller.domain.decision import Decision
from controller.domain.horizon import Forecast
from controller.domain.override import Override
from controller.domain.prices import Price, PriceTable
from controller.domain.quarter_hours import CarNote, QuarterHour
from controller.domain.readings import House, Reading
from controller.domain.session import Ended, Session
from controller.domain.traffic import Traffic


class Clock(Protocol):
    """The only source of time in the service."""

    def monotonic_s(self) -> float:
        """Seconds that never jump, for intervals."""
        ...

    def now(self) -> datetime:
        """Wall time, aware UTC, for schedules and people."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Returns after at least this many of the clock's seconds."""
        ...

    def timeout(self, seconds: float) -> AbstractContextManager[object]:
        """Bounds the enclosed awaits; raises TimeoutError when the clock's seconds are over."""
        ...


class Meter(Protocol):
    """One meter."""

    @property
    def name(self) -> str:
        """What people call it: role and address."""
        ...

    async def read(self) -> Reading:
        """Polls once, in bounded time. Raises DeviceError."""
        ...

    async def close(self) -> None:
        """Gives the connection back."""
        ...


class Wallbox(Protocol):
    """The wallbox; every call is paced and bounded, and raises DeviceError."""

    async def status(self) -> ChargerStatus:
        """The dashboard."""
        ...

    async def power(self) -> PowerSettings:
        """The section `power`."""
        ...

    async def set_limit(self, limit_a: int, *, urgent: bool = False) -> None:
        """Writes the operator current limit, whole amps; before other calls and beyond the budget if urgent."""
        ...

    async def start(self) -> None:
        """Local remote start."""
        ...

    async def stop(self) -> None:
        """Local remote stop."""
        ...

    def traffic(self) -> Traffic:
        """How the box is being treated."""
        ...

    async def close(self) -> None:
        """Gives the connection back."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitRecord:
    """What has to survive a crash so that the box can be given back.

    Attributes:
        own_a: The user's own operator current limit, A.
        written_a: The limits that we may have left at the box: what was there before our last write, and that write, A.
    """

    own_a: int
    written_a: tuple[int, ...] = ()


class LimitStore(Protocol):
    """Keeps the record across crashes; raises StorageError."""

    def load(self) -> LimitRecord | None:
        """The record; None when the box is the user's."""
        ...

    def save(self, record: LimitRecord) -> None:
        """Keeps the record; durable when it returns."""
        ...

    def forget(self) -> None:
        """The box is the user's again."""
        ...

    def probe(self) -> None:
        """Raises when a record could not be kept."""
        ...


class CapSource(Protocol):
    """Where a limit from outside comes from."""

    def look(self, now_s: float, now: datetime) -> Cap | None:
        """The cap in force, None without one; returns at once.

        Args:
            now_s: Monotonic seconds.
            now: Wall time, aware.
        """
        ...


class OverrideSource(Protocol):
    """Where it comes from what a person wants for a while."""

    def look(self, now_s: float, now: datetime) -> Override | None:
        """The override in force, None without one; returns at once.

        Args:
            now_s: Monotonic seconds.
            now: Wall time, aware.
        """
        ...


class ChoiceSource(Protocol):
    """Where it comes from which strategy a person has chosen."""

    def look(self, now_s: float, now: datetime) -> Choice | None:
        """The choice in force, None without one; returns at once.

        Args:
            now_s: Monotonic seconds.
            now: Wall time, aware.
        """
        ...


class FollowedStore(Protocol):
    """Keeps which strategy is followed, for those who ask; raises StorageError."""

    def keep(self, followed: Followed) -> None:
        """Keeps it in place of what was kept before; does not wait for the disk."""
        ...

    def forget(self) -> None:
        """Nothing is followed any more: the service ends."""
        ...


class PriceSource(Protocol):
    """Where the prices of the grid's energy come from."""

    def prices(self, now: datetime) -> PriceTable | None:
        """What is known now (aware), None for nothing; returns at once, and the same object until it changes."""
        ...

    async def run(self) -> None:
        """Keeps them up to date, for ever; what fails is told, and tried again calmly."""
        ...


class PriceStore(Protocol):
    """Keeps the market's prices as they were fetched; raises StorageError."""

    def load(self) -> tuple[Price, ...]:
        """What was kept last, in its order; nothing where there is nothing, or nothing of use."""
        ...

    def save(self, prices: tuple[Price, ...]) -> None:
        """Keeps them in place of those; durable when it returns."""
        ...


class ForecastSource(Protocol):
    """Where it comes from what sun is to be expected."""

    def forecast(self, now: datetime) -> Forecast | None:
        """What is expected now (aware), None for nothing; returns at once, and the same object until it changes."""
        ...

    async def run(self) -> None:
        """Keeps it up to date, for ever; what fails is told, and tried again calmly."""
        ...


class SessionStore(Protocol):
    """Keeps the records of charging sessions; raises StorageError."""

    def running(self) -> Session | None:
        """The session that was going on when the service last ran; None when it was closed."""
        ...

    def keep(self, session: Session) -> None:
        """Keeps the record of the session that goes on; durable when it returns."""
        ...

    def close(self, session: Session, because: Ended) -> None:
        """Lays the record of a session down for good."""
        ...


class HistoryStore(Protocol):
    """Keeps what flowed, by quarters of an hour."""

    def load(self, since: datetime) -> tuple[list[QuarterHour], CarNote | None]:
        """The quarters since then (aware), in their order, and the last note of the car. Raises StorageError."""
        ...

    def keep(self, quarter: QuarterHour, note: CarNote) -> None:
        """Takes a quarter as it stands, in place of what was taken of it before; returns at once, and never raises."""
        ...

    def close(self) -> None:
        """Writes what has been taken; returns within half a second."""
        ...


class BoxNoteStore(Protocol):
    """Keeps what was learnt of the box; raises StorageError."""

    def fails_after_pause(self) -> bool:
        """Whether it was seen to fail when charging went on after a pause."""
        ...

    def note_fails_after_pause(self, *, fails: bool) -> None:
        """Takes note of it; durable when it returns."""
        ...


class Publisher(Protocol):
    """Told of every decision; must return at once."""

    def publish(self, house: House, status: ChargerStatus | None, decision: Decision) -> None:
        """Takes what was seen and decided in this tick."""
        ...


class StrategyHosts(Protocol):
    """Where the strategies of others run, apart from the service."""

    def start(self, names: Collection[str] = ()) -> None:
        """Makes ready those that are in use, and `names`, in bounded time; before anything is told to the box."""
        ...

    def hindrance(self, name: str) -> str | None:
        """Why a strategy cannot be asked yet, None where it can; has it started where it is not, and returns at once.

        Args:
            name: Of any strategy.

        Returns:
            What has gone wrong; empty while it is only being started.
        """
        ...

    def keep_only(self, names: Collection[str]) -> None:
        """Ends those that are neither in use in the configuration nor among `names`; returns at once."""
        ...

    def close(self) -> None:
        """Ends them."""
        ...
