"""Polls the meters, each at its own cadence, and puts the house together from what is fresh."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

import structlog

from controller.domain.errors import DeviceError
from controller.domain.ports import Clock, Meter
from controller.domain.readings import House, Phases, Reading

_log = structlog.get_logger()
_TOLD_AGAIN_S = 600.0
_DUSK_W = 100.0
"""An inverter that fell silent with less than this went to sleep."""
_NIGHT_S = 17 * 3600.0
_SAME_MOMENT_S = 5.0


class MeterPoller:
    """Keeps the newest believable reading of one meter.

    Args:
        meter: The meter.
        clock: The service's clock.
        poll_s: Seconds between two polls.
        stale_after_s: Age at which a reading is no longer used.
        without: What is missing then, for people.
        silent_is_zero: Whether a stale meter that does not answer at all stands for no power: some inverters switch
            their network off at night.
        longest_pause_s: Seconds between two polls after several failures, at the most.
    """

    def __init__(
        self,
        meter: Meter,
        clock: Clock,
        *,
        poll_s: float,
        stale_after_s: float,
        without: str = "",
        silent_is_zero: bool = False,
        longest_pause_s: float = 10.0,
    ) -> None:
        self._meter = meter
        self._without = without
        self._silent_is_zero = silent_is_zero
        self._longest_pause_s = max(poll_s, longest_pause_s)
        self._told_stale = False
        self._clock = clock
        self._poll_s = poll_s
        self._stale_after_s = stale_after_s
        self._started_s = clock.monotonic_s()
        self._latest: Reading | None = None
        self._failures = 0
        self._untold = 0
        self._told_failure = False
        self._told_failure_at_s = -math.inf
        self._refused: Mapping[str, str] = {}

    def age_s(self, now_s: float) -> float:
        """Seconds since the newest believable reading was asked for; since the start where there is none."""
        return now_s - (self._latest.taken_at_s if self._latest is not None else self._started_s)

    def fresh(self, now_s: float) -> Reading | None:
        """The newest believable reading while it may be used."""
        return self._latest if self.age_s(now_s) <= self._stale_after_s else None

    @property
    def last_power_w(self) -> float | None:
        """The newest believable power however old, W."""
        return self._latest.power_w if self._latest is not None else None

    @property
    def stale_after_s(self) -> float:
        """Age at which a reading is no longer used."""
        return self._stale_after_s

    @property
    def poll_s(self) -> float:
        """Seconds between two polls."""
        return self._poll_s

    def sleeps(self, now_s: float) -> bool:
        """Whether its silence stands for no power: it gives no answer at all, not one that is refused."""
        return self._silent_is_zero and self._failures > 0 and self.fresh(now_s) is None

    def power_w(self, now_s: float) -> float | None:
        """Its power while it is known, W."""
        reading = self.fresh(now_s)
        if reading is None:
            return 0.0 if self.sleeps(now_s) else None
        return reading.power_w

    async def run(self) -> None:
        """Polls for ever."""
        while True:
            started_s = self._clock.monotonic_s()
            await self.poll()
            pause_s = self._poll_s
            if self._failures:
                pause_s = min(self._poll_s * 2 ** min(self._failures, 8), self._longest_pause_s)
            await self._clock.sleep(pause_s - (self._clock.monotonic_s() - started_s))

    async def poll(self) -> None:
        """Polls once; a failure is remembered and logged, never raised."""
        await self._look()
        stale = self.age_s(self._clock.monotonic_s()) > self._stale_after_s
        if stale and not self._told_stale:
            _log.warning("meter_stale", meter=self._meter.name, after_s=self._stale_after_s, without=self._without)
        elif not stale and self._told_stale:
            _log.info("meter_fresh_again", meter=self._meter.name)
        self._told_stale = stale

    async def _look(self) -> None:
        try:
            reading = await self._meter.read()
        except DeviceError as error:
            self._fail(error)
            return
        if self._told_failure:
            _log.info("meter_recovered", meter=self._meter.name, failures=self._failures)
            self._told_failure = False
        self._failures = 0
        if reading.refused.keys() != self._refused.keys():
            if reading.refused:
                _log.warning("meter_values_refused", meter=self._meter.name, refused=dict(reading.refused))
            self._refused = reading.refused
        if reading.power_w is not None:
            self._latest = reading

    def _fail(self, error: DeviceError) -> None:
        """Told once for a row of failures, and not at each of many short rows: noisy lines lose requests."""
        now_s = self._clock.monotonic_s()
        self._failures += 1
        self._untold += 1
        told = self._failures == 1 and now_s - self._told_failure_at_s >= _TOLD_AGAIN_S
        report = _log.warning if told else _log.debug
        report("meter_failed", meter=self._meter.name, error=str(error), failures=self._untold)
        if told:
            self._told_failure, self._told_failure_at_s, self._untold = True, now_s, 0

    async def close(self) -> None:
        """Gives the meter's connection back."""
        await self._meter.close()


class HouseMeters:
    """The house's meters by role.

    Args:
        grid: At the connection point; None where it is reckoned from load, PV and battery.
        pv: Any number of producers; their sum is known only while all of them are fresh.
        load: The house's load; only without a meter at the grid.
        battery: The house battery's.
        ev: The car's own.
        load_includes_car: Whether the load meter sees the car.
        voltage_v: Phase voltage where none is measured, V.

    Raises:
        ValueError: Neither grid nor load.
    """

    def __init__(
        self,
        *,
        grid: MeterPoller | None = None,
        pv: Sequence[MeterPoller] = (),
        load: MeterPoller | None = None,
        battery: MeterPoller | None = None,
        ev: MeterPoller | None = None,
        load_includes_car: bool = True,
        voltage_v: float = 230.0,
    ) -> None:
        if grid is None and load is None:
            raise ValueError("neither the grid nor the load is metered")
        self._grid = grid
        self._pv = tuple(pv)
        self._load = load
        self._battery = battery
        self._ev = ev
        self._load_includes_car = load_includes_car
        self._voltage_v = voltage_v
        self._phase_flow: tuple[float, Phases] | None = None

    @property
    def pollers(self) -> tuple[MeterPoller, ...]:
        """All of them."""
        single = (self._grid, self._load, self._battery, self._ev)
        return (*self._pv, *(poller for poller in single if poller is not None))

    def house(self, now_s: float) -> House:
        """What is known at `now_s` (monotonic seconds)."""
        grid = self._grid.fresh(now_s) if self._grid is not None else None
        battery = self._battery.fresh(now_s) if self._battery is not None else None
        grid_current_a = self._grid_current_a(grid, now_s)
        pv_w = self._pv_w(now_s)
        return House(
            grid_w=self._grid_w(now_s),
            grid_age_s=self._grid_age_s(now_s),
            grid_current_a=grid_current_a,
            grid_phases_missing=grid is not None and grid_current_a is None and self._phases_missing(grid),
            voltage_v=grid.voltage_v if grid is not None else None,
            pv_w=pv_w,
            pv_missing=pv_w is None and not all(_known_or_asleep(poller, now_s) for poller in self._pv),
            ev_w=self._ev_w(now_s),
            battery_missing=self._battery is not None and battery is None,
            battery_w=battery.power_w if battery is not None else None,
            battery_soc_pct=battery.soc_pct if battery is not None else None,
        )

    def _grid_current_a(self, grid: Reading | None, now_s: float) -> Phases | None:
        """Phase currents; for a moment without them the last ones."""
        if grid is None or self._grid is None:
            return None
        current_a = _current_a(grid, self._voltage_v)
        if current_a is not None:
            self._phase_flow = (grid.taken_at_s, current_a)
        if self._phase_flow is None or now_s - self._phase_flow[0] > self._grid.stale_after_s:
            return None
        return self._phase_flow[1]

    def _phases_missing(self, grid: Reading) -> bool:
        """Whether a meter that told no phases could have."""
        return self._phase_flow is not None or bool({"current_a", "phase_power_w"} & grid.refused.keys())

    def _grid_w(self, now_s: float) -> float | None:
        """Measured, or what the parts leave: known only while all of them are fresh."""
        if self._grid is not None:
            return self._grid.power_w(now_s)
        grid_w = 0.0
        for sign, poller in self._parts():
            part_w = poller.power_w(now_s)
            if part_w is None:
                return None
            grid_w += sign * part_w
        return grid_w

    def _grid_age_s(self, now_s: float) -> float:
        """The grid reading's age, or that of the oldest part."""
        if self._grid is not None:
            return self._grid.age_s(now_s)
        return max(poller.age_s(now_s) for _, poller in self._parts() if not poller.sleeps(now_s))

    def _parts(self) -> Iterator[tuple[int, MeterPoller]]:
        """What the grid's power follows from where it has no meter, with its sign."""
        car = None if self._load_includes_car else self._ev
        signed = ((1, self._load), *((-1, poller) for poller in self._pv), (-1, self._battery), (1, car))
        yield from ((sign, poller) for sign, poller in signed if poller is not None)

    def _ev_w(self, now_s: float) -> float | None:
        """Only while it tells of the same moment as the grid: the fuse is reckoned with their difference."""
        if self._ev is None:
            return None
        same_moment_s = max(_SAME_MOMENT_S, 1.5 * self._ev.poll_s)  # one that is polled rarely would come and go
        if self._ev.age_s(now_s) > max(same_moment_s, self._grid_age_s(now_s)):
            return None
        reading = self._ev.fresh(now_s)
        return None if reading is None or reading.power_w is None else max(0.0, reading.power_w)

    def _pv_w(self, now_s: float) -> float | None:
        if not self._pv:
            return None
        total_w = 0.0
        for poller in self._pv:
            power_w = poller.power_w(now_s)
            if power_w is None:
                return None
            total_w += power_w
        return max(0.0, total_w)  # an inverter draws a few watts at night


def _known_or_asleep(poller: MeterPoller, now_s: float) -> bool:
    """Whether an inverter's part is known, or it fell silent when there was hardly any sun, less than a night ago."""
    if poller.power_w(now_s) is not None:
        return True
    last_w = poller.last_power_w
    return last_w is not None and last_w < _DUSK_W and poller.age_s(now_s) < _NIGHT_S


def _current_a(grid: Reading, nominal_v: float) -> Phases | None:
    """The grid's phase currents, or what its phase powers make of them."""
    if grid.current_a is not None or grid.phase_power_w is None:
        return grid.current_a
    voltage_v = grid.voltage_v or (nominal_v,) * 3
    a, b, c = (
        watts / (volts if volts > 0.5 * nominal_v else nominal_v)
        for watts, volts in zip(grid.phase_power_w, voltage_v, strict=True)
    )
    return (a, b, c)
