"""The emulated box behind its web server: configuration, charging, sessions, faults, record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta

from controller.domain.ports import Clock
from controller.domain.units import MIN_CURRENT_A
from controller.simulation.box.access import Access
from controller.simulation.box.faults import Faults
from controller.simulation.box.fields import Dialect, FieldRefused, FieldStore, Language, Row, Value
from controller.simulation.box.machine import ChargingMachine
from controller.simulation.box.record import Record
from controller.simulation.box.rules import Quirks, Rules
from controller.simulation.box.telemetry import Telemetry, live_values, take_telemetry
from controller.simulation.plant import LivePlant
from controller.wallbox.catalogue import LIMIT_FIELD

_LOCAL_TIME = "local-system-time-setting"
_PERIODS = ("off-peak-period1", "off-peak-period2")


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxSettings:
    """The emulated box.

    Attributes:
        username: Of its web page.
        password: Of its web page.
        dialect: Which API it speaks.
        limit_a: Operator current limit at the start and after a factory reset: the user's own, A.
        limit_min_a: The field's `validation.min`, A; 0 for a box that takes 0 as a pause.
        limit_max_a: The field's `validation.max`, A.
        token_life_s: Life of a JWT, s.
        several_users: Whether a second login leaves the first session alone.
        restart_s: How long a restart leaves the box without an answer, s.
        seed: Of the randomised delay.
        faults: In force from the start.
    """

    username: str = "admin"
    password: str = field(repr=False)
    dialect: Dialect = "next"
    limit_a: int = 16
    limit_min_a: int = MIN_CURRENT_A
    limit_max_a: int = 16
    token_life_s: float = 900.0
    several_users: bool = False
    restart_s: float = 20.0
    seed: int = 1
    faults: Faults = field(default_factory=Faults)


class BoxCore:
    """The box's state, and all that its page or its owner can do to it.

    Args:
        live: The car behind it.
        clock: Time.
        settings: The box.
    """

    def __init__(self, live: LivePlant, clock: Clock, settings: BoxSettings) -> None:
        self._live = live
        self._clock = clock
        self._shift = timedelta()  # by which somebody has set the box's clock
        self._down_until_s: float | None = None
        self._frozen: Telemetry | None = None
        self.settings = settings
        self.record = Record()
        self.fields = FieldStore(settings.dialect, (settings.limit_min_a, settings.limit_max_a))
        self.faults = settings.faults
        self.machine = ChargingMachine(live, self._wall_at, settings.limit_a, settings.seed)
        self.access = Access(
            username=settings.username,
            password=settings.password,
            token_life_s=settings.token_life_s,
            several_users=settings.several_users,
            wall=self.now,
            monotonic_s=clock.monotonic_s,
        )
        self.set_faults(settings.faults)
        self._reread()

    @property
    def limit_a(self) -> int:
        """The operator current limit as the box shows it, A, when it was last looked at.

        Set, it is as if a person wrote it on the page.
        """
        return self.machine.limit_a

    @limit_a.setter
    def limit_a(self, limit_a: int) -> None:
        self.machine.set_limit(limit_a)

    @property
    def enabled(self) -> bool:
        """Whether somebody, or the box itself, has started charging and nobody has stopped it; likewise."""
        return self.machine.enabled

    @property
    def down(self) -> bool:
        """Whether it restarts at this moment."""
        return self._down_until_s is not None and self._clock.monotonic_s() < self._down_until_s

    def now(self) -> datetime:
        """The box's own clock, aware UTC; it may be wrong."""
        return self._clock.now() + timedelta(seconds=self.faults.clock_offset_s) + self._shift

    def telemetry(self) -> Telemetry:
        """What it measures, or measured when its telemetry froze."""
        seen = self._frozen if self._frozen is not None else take_telemetry(self.machine)
        word = self.faults.ocpp_state
        return seen if word is None else replace(seen, state_shown=word)

    def live_values(self, language: Language) -> dict[str, Value]:
        """The fields that its state decides, by the Next's key."""
        self._live.now()
        values = live_values(self.telemetry(), self.now(), language)
        free = self.fields.get("free-charging", default=True)
        values["free-charging-mode"] = "Enabled" if free else "Disabled"
        values[LIMIT_FIELD] = self.limit_a
        return values

    def set_faults(self, faults: Faults) -> None:
        """From now on it does these things wrong, and no others."""
        if not faults.frozen_telemetry:
            self._frozen = None
        elif self._frozen is None:
            self._frozen = take_telemetry(self.machine)
        self.faults = faults
        asked = Quirks.of(self.machine.plant.settings.box)
        self.machine.quirks = replace(
            asked,
            plug_in_limit_hidden=faults.plug_in_limit_hidden,
            fault_after_pause=faults.fault_after_pause or asked.fault_after_pause,
            fault_after_pause_s=-1.0 if faults.fault_after_pause else asked.fault_after_pause_s,
            limit_ignored=faults.limit_ignored,
            limit_not_followed=faults.limit_not_followed,
        )

    def check(self, key: object, value: object) -> tuple[Row, Value]:
        """A field and what a write of it would store. Raises FieldRefused; changes nothing."""
        checked = self.fields.check(key, value)
        row = self.fields[str(key)]
        highest_a = self.faults.limit_refused_above_a
        if row.name == LIMIT_FIELD and 0 < int(checked) < MIN_CURRENT_A:
            raise FieldRefused(f"{key} does not take {checked!r}: less than {MIN_CURRENT_A} A do not exist")
        if row.name == LIMIT_FIELD and highest_a and int(checked) > highest_a:
            raise FieldRefused(f"{key} does not take {checked!r} at present")
        return row, checked

    def write(self, changes: Sequence[tuple[Row, Value]]) -> None:
        """Applies writes that `check` has let through."""
        for row, value in changes:
            self.record.field_writes[row.field.key] += 1
            if row.name == LIMIT_FIELD:
                self.machine.set_limit(int(value))
                self.record.limit_written(int(value))
            elif row.name == _LOCAL_TIME:
                self._set_clock(datetime.fromisoformat(str(value)))
            else:
                self.fields.store(row.field.key, value)
        self._reread()

    def remote(self, *, start: bool) -> None:
        """Local remote start or stop."""
        if start:
            self.record.starts += 1
            self.machine.start()
        else:
            self.record.stops += 1
            self.machine.stop()

    def restart(self) -> None:
        """No answer for a while; sessions, charging and errors are gone."""
        self.record.restarts += 1
        self._down_until_s = self._clock.monotonic_s() + self.settings.restart_s
        self.access.end_sessions()
        self.access.unlock()
        self.machine.power_cycle(self.settings.restart_s)

    def factory_reset(self) -> None:
        """Every field as delivered, then a restart."""
        self.fields.reset()
        self._shift = timedelta()
        self.machine.set_limit(self.settings.limit_a)
        self._reread()
        self.restart()

    def reset_record(self) -> None:
        """Counts from nothing."""
        self.record = Record(in_flight=self.record.in_flight)

    def _set_clock(self, to: datetime) -> None:
        """A time without an offset is UTC."""
        self._shift += (to if to.tzinfo is not None else to.replace(tzinfo=UTC)) - self.now()

    def _wall_at(self, plant_s: float) -> datetime:
        return self.now() - timedelta(seconds=self._live.due_s - plant_s)

    def _reread(self) -> None:
        """Lets the machine follow the configuration."""
        get = self.fields.get
        periods = [(get(f"{name}-start", ""), get(f"{name}-stop", "")) for name in _PERIODS]
        held = tuple((time.fromisoformat(str(a)), time.fromisoformat(str(b))) for a, b in periods if a and b and a != b)
        self.machine.set_rules(
            Rules(
                free_charging=bool(get("free-charging", default=True)),
                delay_range_s=float(get("randomised-delay-range", 0)),
                held=held if get("enable-off-peak", default=False) else (),
                held_at_weekends=bool(get("enable-off-peak-weekend", default=False)),
            )
        )
