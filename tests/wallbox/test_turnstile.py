"""One request in flight among all programs on the machine."""

import subprocess
import sys
from itertools import pairwise

import anyio

from controller.control.clock import ScaledClock
from controller.wallbox.gate import Gate, Priority
from controller.wallbox.turnstile import Turnstile
from tests.support.houses import NOON
from tests.support.warp import run_warped

HOLDER = """
import socket, sys
holder = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
holder.bind(b"\\0sunpace-wallbox-box.local:443")
print("held", flush=True)
sys.stdin.read()
"""


def test_two_gates_to_one_box_are_never_in_flight_together_and_keep_the_gap() -> None:
    async def rush() -> list[tuple[float, float]]:
        clock = ScaledClock(NOON)
        spans: list[tuple[float, float]] = []

        async def send() -> None:
            began_s = clock.monotonic_s()
            await clock.sleep(0.3)
            spans.append((began_s, clock.monotonic_s()))

        def gate() -> Gate:
            stile = Turnstile("10.0.0.9", 443, clock, min_gap_s=1.0)
            return Gate(clock, min_gap_s=1.0, timeout_s=30, turnstile=stile)

        one, other = gate(), gate()
        async with anyio.create_task_group() as tasks:
            for _ in range(5):
                tasks.start_soon(one.call, send)
                tasks.start_soon(other.call, send)
        await one.close(keep_gap=False)
        await other.close(keep_gap=False)
        return spans

    spans = sorted(run_warped(rush))
    assert len(spans) == 10
    assert min(later[0] - earlier[1] for earlier, later in pairwise(spans)) >= 1.0


def test_what_a_killed_program_held_falls_free() -> None:
    async def free() -> bool:
        stile = Turnstile("Box.local", 443, ScaledClock(NOON), min_gap_s=1.0)
        taken = stile.try_take()
        stile.close()
        return taken

    with subprocess.Popen([sys.executable, "-c", HOLDER], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        assert not run_warped(free)
        holder.kill()
        holder.wait()
    assert run_warped(free)


def test_a_stop_goes_before_what_waits_for_another_program() -> None:
    async def wait() -> tuple[list[str], float]:
        clock = ScaledClock(NOON)
        holder = Turnstile("10.0.0.8", 443, clock, min_gap_s=1.0)
        assert holder.try_take()
        gate = Gate(clock, min_gap_s=0, timeout_s=30, turnstile=Turnstile("10.0.0.8", 443, clock, min_gap_s=1.0))
        order: list[str] = []

        async def named(name: str, priority: Priority) -> None:
            async def send() -> None:
                order.append(name)

            await gate.call(send, priority=priority)

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(named, "read", Priority.READ)
            await clock.sleep(5)
            tasks.start_soon(named, "stop", Priority.PROTECT)
            await clock.sleep(5)
            holder.close()
            await clock.sleep(0.1)
        await gate.close(keep_gap=False)
        return order, clock.monotonic_s()

    order, ended_s = run_warped(wait)
    assert order == ["stop", "read"]
    assert ended_s < 12


def test_whoever_never_lets_go_is_passed_after_a_quarter_of_an_hour() -> None:
    async def wait() -> list[float]:
        clock = ScaledClock(NOON)
        holder = Turnstile("10.0.0.8", 443, clock, min_gap_s=1.0)
        assert holder.try_take()
        gate = Gate(clock, min_gap_s=0, timeout_s=30, turnstile=Turnstile("10.0.0.8", 443, clock, min_gap_s=1.0))
        passed: list[float] = []

        async def send() -> None:
            passed.append(clock.monotonic_s())

        await gate.call(send)
        await gate.call(send)
        holder.close()
        return passed

    first_s, second_s = run_warped(wait)
    assert 900 <= first_s < 901
    assert second_s - first_s < 1


def test_whoever_leaves_politely_keeps_the_gap() -> None:
    async def leave() -> float:
        clock = ScaledClock(NOON)
        gate = Gate(clock, min_gap_s=2, timeout_s=30, turnstile=Turnstile("10.0.0.7", 443, clock, min_gap_s=2))

        async def send() -> None:
            await clock.sleep(1)

        await gate.call(send)
        other = Turnstile("10.0.0.7", 443, clock, min_gap_s=2)
        assert not other.try_take()
        await gate.close(keep_gap=True)
        assert other.try_take()
        other.close()
        return clock.monotonic_s()

    assert 3 <= run_warped(leave) < 3.1
