"""A hundred callers at one wallbox: the scenario of a test, and of a benchmark that prints its figures."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import anyio

from controller.control.clock import ScaledClock
from controller.domain.errors import AuthError, DeviceError
from controller.simulation.box.faults import Faults
from controller.simulation.box.record import Record
from controller.wallbox.dialect import DialectName
from controller.wallbox.tls import Trust
from tests.support.emulator import PASSWORD, emulated
from tests.support.https import Ways, ways

MIN_GAP_S = 1.0
WRITERS: dict[str, int] = {
    "operator-current-limit": 11,
    "randomised-delay-range": 7,
    "communication-timeout-modbus": 8,
    "port-modbus": 1502,
    "safe-current-modbus-l1": 9,
    "safe-current-modbus-l2": 7,
    "safe-current-modbus-l3": 8,
    "external-meter-port-modbus": 1503,
    "free-buffer-modbus": 13,
    "register-refresh-interval-modbus": 14,
    "recalculation-interval-modbus": 15,
    "current-limit-external-meter-modbus-l1": 16,
    "current-limit-external-meter-modbus-l2": 17,
    "current-limit-external-meter-modbus-l3": 18,
    "led-brightness": 19,
}
UNITE_WRITERS = {"operator-current-limit": 11, "randomised-delay-range": 7}
READERS = 75
STARTERS = 5
STOPPERS = 5
_STARVED_S = 6 * 3600.0

FAULTS: dict[str, dict[str, Any]] = {
    "none": {},
    "latency": {"latency_s": 4.0},
    "slow section system": {"system_latency_s": 14.0},
    "slow writes": {"write_latency_s": 12.0},
    "lockout after 20 a minute": {"lockout_requests_per_minute": 20},
    "lockout after 20 a minute, 429": {"lockout_requests_per_minute": 20, "lockout_answer": "429"},
    "lockout after 20 a minute, 503": {"lockout_requests_per_minute": 20, "lockout_answer": "503"},
    "lockout when parallel": {"lockout_when_parallel": True, "lockout_s": 600.0},
    "401 storm": {"unauthorized_every": 3},
    "every fifth 500": {"error_every": 5},
    "every fifth dropped": {"drop_every": 5},
    "every fifth reset mid-body": {"reset_every": 5},
    "every seventh hangs": {"hang_every": 7},
    "every fourth garbage": {"garbage_every": 4},
    "every fourth a web page": {"html_every": 4},
    "every fourth empty": {"empty_every": 4},
    "frozen telemetry": {"frozen_telemetry": True},
    "error after a pause": {"fault_after_pause": True},
    "limit ignored": {"limit_ignored": True},
    "limit not followed": {"limit_not_followed": True},
    "slower than anybody waits": {"write_latency_s": 40.0},
    "slow, and every fifth reset": {"latency_s": 3.0, "reset_every": 5},
    "clock days ahead": {"clock_offset_s": 5 * 86400.0},
    "clock days behind": {"clock_offset_s": -5 * 86400.0},
}


@dataclass
class Rush:
    """What came of it.

    Attributes:
        record: What the box saw during the rush.
        lasted_s: Virtual seconds until the last caller had what it wanted.
        wanted: The value that each writer wanted, by the box's own key.
        reported: Writes of each field that were reported as sent.
        shown: What the fields show in the end.
        starts: Starts that were reported as accepted.
        stops: Stops likewise.
        failed_reads: Reads that ended with an error of ours.
    """

    record: Record
    lasted_s: float = 0.0
    wanted: dict[str, int] = field(default_factory=dict)
    reported: dict[str, int] = field(default_factory=dict)
    shown: dict[str, Any] = field(default_factory=dict)
    starts: int = 0
    stops: int = 0
    failed_reads: int = 0

    @property
    def lost(self) -> int:
        """Writes that never arrived."""
        return sum(self.record.field_writes[key] == 0 for key in self.wanted)

    @property
    def doubled(self) -> int:
        """Writes that arrived more than once."""
        return sum(max(0, self.record.field_writes[key] - 1) for key in self.wanted)


async def rush(faults: dict[str, Any], dialect: str = "next") -> Rush:
    """A hundred callers through one client, each until it has what it wants; reads and starts are made once."""
    async with emulated(logged_in=False, dialect=dialect, token_life_s=300.0) as bench:
        one = ways(
            bench.box_port,
            Trust(fingerprint=bench.fingerprint),
            bench.clock,
            password=PASSWORD,
            min_gap_s=MIN_GAP_S,
            timeout_s=30.0,
            dialect=DialectName.AUTO,
            writes_per_hour=10_000,
        )
        catalogue = (await one.client.dialect()).catalogue
        await bench.passes(MIN_GAP_S)
        bench.box.reset_record()
        bench.box.set_faults(Faults(**faults))
        outcome = Rush(record=bench.box.record)
        callers = _Callers(one, bench.clock, outcome)
        began_s = bench.clock.monotonic_s()
        with anyio.fail_after(_STARVED_S):
            async with anyio.create_task_group() as tasks:
                for number in range(READERS):
                    tasks.start_soon(callers.read, number)
                for _ in range(STARTERS):
                    tasks.start_soon(callers.start)
                for _ in range(STOPPERS):
                    tasks.start_soon(callers.stop)
                for name, value in (WRITERS if dialect == "next" else UNITE_WRITERS).items():
                    known = catalogue.find(name)
                    assert known is not None
                    outcome.wanted[known.key] = value
                    tasks.start_soon(callers.write, known.key, value)
        outcome.lasted_s = bench.clock.monotonic_s() - began_s
        outcome.shown = {row.field.key: bench.box.fields.get(row.name, "") for row in bench.box.fields}
        outcome.shown[_limit_key(dialect)] = bench.box.limit_a
        await one.access.close()
    return outcome


def _limit_key(dialect: str) -> str:
    return "operator-current-limit" if dialect == "next" else "installationSettings.currentLimiterValue"


class _Callers:
    def __init__(self, box: Ways, clock: ScaledClock, outcome: Rush) -> None:
        self._box = box
        self._clock = clock
        self._outcome = outcome

    async def read(self, number: int) -> None:
        client = self._box.client
        try:
            match number % 5:
                case 0:
                    await client.section("power")
                case 1:
                    await client.section("hems" if number % 2 else "system")
                case _:
                    await client.dashboard()
        except DeviceError:
            self._outcome.failed_reads += 1

    async def start(self) -> None:
        try:
            await self._box.client.start()
        except DeviceError:
            return
        self._outcome.starts += 1

    async def stop(self) -> None:
        try:
            await self._box.client.stop()
        except DeviceError:
            return
        self._outcome.stops += 1

    async def write(self, key: str, value: int) -> None:
        while True:
            try:
                (written,) = await self._box.client.update({key: value})
            except AuthError:
                raise
            except DeviceError as error:
                await self._clock.sleep(error.retry_in_s or MIN_GAP_S)
            else:
                self._outcome.reported[key] = self._outcome.reported.get(key, 0) + written.sent
                return
