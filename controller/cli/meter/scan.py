"""`sunpace meter scan`: which units answer, and which profile fits each of them; only reads."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import anyio
from rich.console import Console

from controller.cli.loop import run_on_loop
from controller.cli.meter.candidates import Bench, Candidate, try_profile
from controller.cli.meter.found import FITS, found_data, found_view
from controller.cli.meter.presence import Say, find_units
from controller.cli.meter.profiles import all_profiles
from controller.cli.meter.remembering import Seen
from controller.cli.meter.way_in import entry_of, load_profile, shelf_of
from controller.cli.outcome import Outcome
from controller.control.clock import WallClock
from controller.domain.errors import DeviceUnavailable
from controller.domain.ports import Clock
from controller.meter.connection import Connections, Endpoint, Transport
from controller.meter.profile import Manners, Profile, Serial

_USUAL_PORTS = (502, 1502)
_TIMEOUT_S = 1.0
_SERIAL_TIMEOUT_S = 0.5
_LOOKED_AT_TWICE = 4
_TOO_MANY_UNITS = 6
"""If at least so many were asked and all gave values, the device does not look at the unit id."""


@dataclass(slots=True)
class Scan:
    """What has been found.

    Attributes:
        present: Units that answered, by connection.
        candidates: What fits them, the best of each unit first.
        remarks: What a person should know.
    """

    present: list[tuple[Endpoint, int]] = field(default_factory=list)
    candidates: list[Candidate] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    @property
    def fits(self) -> bool:
        """Whether anything fits."""
        return any(candidate.verdict.score >= FITS for candidate in self.candidates)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Task:
    """What to try, and how.

    Attributes:
        profiles: Those that are tried.
        unit_ids: Those that are asked.
        timeout_s: Longest wait for an answer.
        clock: The clock.
        say: Takes what is being done.
    """

    profiles: Sequence[Profile]
    unit_ids: Sequence[int]
    timeout_s: float
    clock: Clock
    say: Say


def scan(arguments: argparse.Namespace) -> Outcome:
    """Scans a host or a serial line. Raises SunpaceError."""
    shelf = shelf_of(arguments)
    entry = entry_of(arguments)
    if arguments.profile:
        profiles = [load_profile(shelf, key) for key in dict.fromkeys(arguments.profile)]
    else:
        profiles, broken = all_profiles(shelf)
        for fault in broken:
            print(f"left out: {fault}", file=sys.stderr)
    transport = Transport(entry.transport)
    timeout_s = arguments.timeout or (_SERIAL_TIMEOUT_S if transport is Transport.RTU else _TIMEOUT_S)
    base = Endpoint(transport=transport, host=entry.host or "", device=str(entry.device or ""))
    if transport is Transport.RTU:
        endpoints = [replace(base, serial=serial) for serial in _serials(profiles, arguments)]
    else:
        endpoints = [replace(base, port=port) for port in _ports(profiles, arguments)]
    with _progress() as say:
        task = _Task(profiles=profiles, unit_ids=arguments.unit_ids, timeout_s=timeout_s, clock=WallClock(), say=say)
        found = run_on_loop(_scan, endpoints, task)
    said = (found.candidates, found.present, found.remarks)
    return Outcome(found_data(*said), found_view(*said), exit_code=0 if found.fits else 1)


def _ports(profiles: Sequence[Profile], arguments: argparse.Namespace) -> list[int]:
    if arguments.port is not None:
        return [arguments.port]
    wanted = [profile.port for profile in profiles] if arguments.profile else []
    return list(dict.fromkeys((*wanted, *_USUAL_PORTS)))


def _serials(profiles: Sequence[Profile], arguments: argparse.Namespace) -> list[Serial]:
    """The settings to try, the most usual first."""
    given = {key: getattr(arguments, key) for key in ("baudrate", "parity", "stopbits")}
    given = {key: value for key, value in given.items() if value is not None}
    counts = Counter(replace(profile.serial, **given) for profile in profiles)
    return [serial for serial, _ in counts.most_common()]


async def _scan(endpoints: Sequence[Endpoint], task: _Task) -> Scan:
    found = Scan()
    reachable = False
    for endpoint in endpoints:
        if endpoint.host and not await _is_open(endpoint, task.clock, task.timeout_s):
            continue
        reachable = True
        if endpoint.device:
            found.remarks.clear()  # another setting of the same line
        await _scan_endpoint(endpoint, task, found)
        if found.fits or (endpoint.device and found.present):
            break  # a line has one setting, and a device one port
    if not reachable:
        where = " or ".join(str(endpoint) for endpoint in endpoints)
        raise DeviceUnavailable(f"{where} cannot be reached: check host, port and that Modbus TCP is on")
    return found


async def _is_open(endpoint: Endpoint, clock: Clock, timeout_s: float) -> bool:
    try:
        with clock.timeout(timeout_s):
            stream = await anyio.connect_tcp(endpoint.host, endpoint.port)
    except (OSError, TimeoutError):
        return False
    await stream.aclose()
    return True


async def _scan_endpoint(endpoint: Endpoint, task: _Task, found: Scan) -> None:
    bench = Bench(connections=Connections(task.clock), endpoint=endpoint, clock=task.clock, timeout_s=task.timeout_s)
    # held to the end, so that one connection serves all trials
    held = [
        bench.connections.unit(endpoint, u, timeout_s=task.timeout_s, manners=_patience(u, task)) for u in task.unit_ids
    ]
    try:
        presence = await find_units(
            held, endpoint, task.profiles, clock=task.clock, timeout_s=task.timeout_s, say=task.say
        )
        answers = presence.units
        if presence.remark:
            found.remarks.append(presence.remark)
        found.present += [(endpoint, unit_id) for unit_id in answers]
        if len(answers) == len(held) >= _TOO_MANY_UNITS and all(answers.values()):
            found.remarks.append(f"{endpoint} answers to every unit id, so it seems not to look at it: one was tried")
            answers = dict(list(answers.items())[:1])
        for unit_id in answers:
            found.candidates += await _ranked(bench, unit_id, task)
    finally:
        for unit in held:
            await unit.close()


def _patience(unit_id: int, task: _Task) -> Manners:
    """How to ask whether a unit is there: a slow starter among those that usually have its id is waited for."""
    settle_s = max((p.manners.settle_s for p in task.profiles if p.unit_id == unit_id), default=0.0)
    return Manners(settle_s=settle_s)


async def _ranked(bench: Bench, unit_id: int, task: _Task) -> list[Candidate]:
    """What fits a unit, the best first; the best are looked at anew, so that their values are of one moment."""
    seen = Seen()
    tried: list[Candidate] = []
    for number, profile in enumerate(task.profiles, start=1):
        task.say(f"{bench.endpoint} unit {unit_id}: {number} of {len(task.profiles)}: {profile.name}")
        candidate = await try_profile(bench, profile, unit_id, seen)
        if candidate is not None:
            tried.append(candidate)
    tried.sort(key=lambda candidate: candidate.rank)
    fresh = Seen()
    for index, candidate in enumerate(tried[:_LOOKED_AT_TWICE]):
        tried[index] = await try_profile(bench, candidate.profile, unit_id, fresh) or candidate
    return sorted(tried, key=lambda candidate: candidate.rank)


@contextmanager
def _progress() -> Iterator[Say]:
    """Says on a terminal's stderr what is being done; elsewhere nothing."""
    if sys.stderr is None or not sys.stderr.isatty():
        yield lambda _: None
        return
    with Console(stderr=True).status("looking around") as status:
        yield lambda text: status.update(text.replace("[", r"\["))
