"""A day of polling in virtual time, a fault on the wire every few minutes: what was missed, and what was left over."""

from __future__ import annotations

import asyncio
import gc
import math
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from random import Random

import anyio
import psutil

from controller.control.clock import ScaledClock
from controller.control.poller import MeterPoller
from controller.domain.readings import Reading
from controller.meter.connection import Connections, Endpoint, Transport
from controller.meter.device import ModbusMeter
from controller.meter.profile_files import Shelf
from controller.meter.quantities import Quantity, Role
from controller.simulation.meters.emulator import VirtualMeters, Wire, virtual_meters
from controller.simulation.meters.faults import MeterFaults
from controller.simulation.meters.values import Values
from tests.support.houses import NOON

FAULTS: dict[str, MeterFaults] = {
    "silence": MeterFaults(silence=True),
    "answers after 2 s": MeterFaults(delay_s=2.0),
    "answers after 30 s": MeterFaults(delay_s=30.0),
    "device failure": MeterFaults(exception_code=4),
    "busy": MeterFaults(exception_code=6),
    "another unit's answer": MeterFaults(wrong_unit=True),
    "garbage": MeterFaults(garbage=True),
    "cut mid frame": MeterFaults(cut_mid_frame=True),
    "every third request lost": MeterFaults(silence=True, every=3),
    "not available": MeterFaults(nan=True),
    "one client": MeterFaults(one_client=True),
}
_PULLED = "pulled"
_DEVICES: tuple[tuple[str, Wire, tuple[Role, ...]], ...] = (
    ("eastron-sdm630", "tcp", (Role.GRID, Role.EV)),
    ("carlo-gavazzi-em340", "rtu-over-tcp", (Role.PV,)),
    ("huawei-sun2000", "tcp", (Role.BATTERY,)),
)
_RECOVERS_WITHIN_S = (
    40.0  # a device for one client that answers after 30 s still holds the connection that was given up
)


@dataclass
class Outcome:
    """What a soak has shown.

    Attributes:
        hours: Virtual hours.
        faults: Faults played.
        polls: Polls made.
        believed: Readings that were believed.
        wrong: Believed readings that told something that was not so.
        longest_recovery_s: Longest time from a fault's end to the first fresh reading.
        stuck: Meters that had not come back in time.
        tasks: Tasks at the start, and at the end.
        open_files: File descriptors after the first hour, and at the end.
        memory_mib: Resident memory after each quarter.
        objects: Objects alive after the first quarter, and at the end.
    """

    hours: float
    faults: int = 0
    polls: int = 0
    believed: int = 0
    wrong: list[str] = field(default_factory=list)
    longest_recovery_s: float = 0.0
    stuck: list[str] = field(default_factory=list)
    tasks: tuple[int, int] = (0, 0)
    open_files: tuple[int, int] = (0, 0)
    memory_mib: list[float] = field(default_factory=list)
    objects: tuple[int, int] = (0, 0)


class Watched:
    """A meter whose readings are compared with what was so."""

    def __init__(self, meter: ModbusMeter, so: Callable[[float], float], outcome: Outcome, clock: ScaledClock) -> None:
        self._meter = meter
        self._so = so
        self._outcome = outcome
        self._clock = clock
        self.name = meter.name

    async def read(self) -> Reading:
        self._outcome.polls += 1
        reading = await self._meter.read()
        if reading.power_w is not None:
            self._outcome.believed += 1
            asked_s, now_s = reading.taken_at_s, self._clock.monotonic_s()
            moments = [asked_s + (now_s - asked_s) * i / 50 for i in range(51)]
            if min(abs(self._so(moment) - reading.power_w) for moment in moments) > 20:
                self._outcome.wrong.append(f"{self.name} at {asked_s:.0f} s: {reading.power_w:.0f} W")
        return reading

    async def close(self) -> None:
        await self._meter.close()


def power_w(role: Role, now_s: float) -> float:
    """What the role's meter measures at a moment: never still, never twice the same for long."""
    swing_w = 2000 * math.sin(now_s / 97 + len(role)) + 15 * math.sin(now_s)
    return swing_w if role in (Role.GRID, Role.BATTERY) else 2500 + swing_w


def values(role: Role, now_s: float) -> Values:
    total_w = power_w(role, now_s)
    return {
        Quantity.POWER_W: (total_w,),
        Quantity.PHASE_POWER_W: (total_w / 3,) * 3,
        Quantity.CURRENT_A: (total_w / 690,) * 3,
        Quantity.VOLTAGE_V: (230.0,) * 3,
        Quantity.FREQUENCY_HZ: (50.0,),
        Quantity.SOC_PCT: (55.0,),
    }


class Bench:
    """The devices, which can be pulled and put back, and their pollers."""

    def __init__(self, clock: ScaledClock, outcome: Outcome, poll_s: float) -> None:
        self.clock = clock
        self.outcome = outcome
        self.poll_s = poll_s
        self.devices: list[VirtualMeters] = []
        self.stacks: list[AsyncExitStack] = []
        self.pollers: list[list[MeterPoller]] = []

    async def plug_in(self, number: int, port: int = 0) -> VirtualMeters:
        key, wire, roles = _DEVICES[number]
        units = {i: {role: partial(self._measured, role)} for i, role in enumerate(roles, start=1)}
        stack = AsyncExitStack()
        opened = virtual_meters(Shelf().load(key), units, clock=self.clock, transport=wire, port=port)
        device = await stack.enter_async_context(opened)
        self.stacks[number : number + 1] = [stack]
        self.devices[number : number + 1] = [device]
        return device

    def _measured(self, role: Role) -> Values:
        return values(role, self.clock.monotonic_s())

    def add_pollers(self, number: int) -> None:
        device, (_, _, roles) = self.devices[number], _DEVICES[number]
        connections = Connections(self.clock)
        endpoint = Endpoint(transport=Transport(device.transport), host=device.host, port=device.port)
        self.pollers.append([])
        for unit_id, role in enumerate(roles, start=1):
            unit = connections.unit(endpoint, unit_id, timeout_s=3, manners=device.profile.manners)
            meter = ModbusMeter(role=role, profile=device.profile, unit=unit, clock=self.clock)
            watched = Watched(meter, lambda s, role=role: power_w(role, s), self.outcome, self.clock)  # type: ignore[misc]
            self.pollers[-1].append(MeterPoller(watched, self.clock, poll_s=self.poll_s, stale_after_s=2 * self.poll_s))


@asynccontextmanager
async def bench(clock: ScaledClock, outcome: Outcome, poll_s: float) -> AsyncIterator[Bench]:
    it = Bench(clock, outcome, poll_s)
    try:
        for number in range(len(_DEVICES)):
            await it.plug_in(number)
            it.add_pollers(number)
        async with anyio.create_task_group() as tasks:
            for pollers in it.pollers:
                for poller in pollers:
                    tasks.start_soon(poller.run)
            yield it
            tasks.cancel_scope.cancel()
        for pollers in it.pollers:
            for poller in pollers:
                await poller.close()
    finally:
        for stack in it.stacks:
            await stack.aclose()


async def soak(*, hours: float, poll_s: float = 5.0, fault_every_s: float = 240.0, seed: int = 1) -> Outcome:
    """Runs on a warped loop; every fault lasts a minute and then has to be forgotten."""
    outcome = Outcome(hours=hours)
    clock = ScaledClock(NOON)
    random = Random(seed)
    tasks_before = len(asyncio.all_tasks())
    process = psutil.Process()
    async with bench(clock, outcome, poll_s) as it:
        await clock.sleep(60)
        quarter_s = hours * 3600 / 4
        while clock.monotonic_s() < hours * 3600:
            await _one_fault(it, random)
            await clock.sleep(fault_every_s - 60)
            if len(outcome.memory_mib) < clock.monotonic_s() // quarter_s:
                gc.collect()
                outcome.memory_mib.append(process.memory_info().rss / 2**20)
                files, objects = process.num_fds(), len(gc.get_objects())
                first = len(outcome.memory_mib) == 1
                outcome.open_files = (files, files) if first else (outcome.open_files[0], files)
                outcome.objects = (objects, objects) if first else (outcome.objects[0], objects)
    await clock.sleep(1)
    outcome.tasks = (tasks_before, len(asyncio.all_tasks()))
    return outcome


async def _one_fault(it: Bench, random: Random) -> None:
    """A minute of a fault at one device, and the time its meters take to come back."""
    number = random.randrange(len(it.devices))
    name = random.choice([*FAULTS, _PULLED])
    it.outcome.faults += 1
    if name == _PULLED:
        port = it.devices[number].port
        await it.stacks[number].aclose()
        await it.clock.sleep(60)
        await it.plug_in(number, port)
    else:
        it.devices[number].faults = FAULTS[name]
        await it.clock.sleep(60)
        it.devices[number].faults = MeterFaults()
    over_s = it.clock.monotonic_s()
    waiting = set(it.pollers[number])
    while waiting and it.clock.monotonic_s() - over_s < it.poll_s + _RECOVERS_WITHIN_S:
        await it.clock.sleep(0.5)
        now_s = it.clock.monotonic_s()
        waiting = {poller for poller in waiting if now_s - poller.age_s(now_s) < over_s}
    it.outcome.longest_recovery_s = max(it.outcome.longest_recovery_s, it.clock.monotonic_s() - over_s)
    if waiting:
        it.outcome.stuck.append(f"{it.devices[number].profile.key} after {name} at {over_s:.0f} s")
