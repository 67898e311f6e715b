"""One request in flight among all programs on the machine."""

import subprocess
import sys
from itertools import pairwise

import anyio

from controller.control.clock import ScaledClock
from controller.wallbox.gate import Gate
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
        one.close()
        other.close()
        return spans

    spans = sorted(run_warped(rush))
    assert len(spans) == 10
    assert min(later[0] - earlier[1] for earlier, later in pairwise(spans)) >= 1.0


def test_what_a_killed_program_held_falls_free() -> None:
    async def free_within_ten_seconds() -> bool:
        clock = ScaledClock(NOON)
        stile = Turnstile("Box.local", 443, clock, min_gap_s=1.0)
        with anyio.move_on_after(10) as waiting:
            await stile.take()
        stile.close()
        return not waiting.cancelled_caught

    with subprocess.Popen([sys.executable, "-c", HOLDER], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        assert not run_warped(free_within_ten_seconds)
        holder.kill()
        holder.wait()
    assert run_warped(free_within_ten_seconds)


def test_whoever_never_lets_go_is_told_and_passed() -> None:
    async def wait() -> float:
        clock = ScaledClock(NOON)
        holder = Turnstile("10.0.0.8", 443, clock, min_gap_s=1.0)
        await holder.take()
        before_s = clock.monotonic_s()
        await Turnstile("10.0.0.8", 443, clock, min_gap_s=1.0).take()
        holder.close()
        return clock.monotonic_s() - before_s

    assert 90 <= run_warped(wait) < 91
