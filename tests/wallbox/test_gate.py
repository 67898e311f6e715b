"""The gate: one request in flight, a gap between two, peace after trouble."""

from contextlib import suppress
from random import Random
from typing import Any

import anyio
import pytest

from controller.control.clock import ScaledClock
from controller.domain.errors import DeviceRejected, DeviceTimeout, DeviceUnavailable
from controller.wallbox.gate import Gate, Priority, TooManyRequests
from tests.support.houses import NOON
from tests.support.warp import run_warped


class Calls:
    """Requests that take a while; remembers when each began and ended, and how many ran at once."""

    def __init__(self, clock: ScaledClock, takes_s: float = 0.3) -> None:
        self.clock = clock
        self.takes_s = takes_s
        self.spans: list[tuple[float, float]] = []
        self.at_once = 0
        self.most_at_once = 0

    async def send(self) -> str:
        began_s = self.clock.monotonic_s()
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            await self.clock.sleep(self.takes_s)
        finally:
            self.at_once -= 1
            self.spans.append((began_s, self.clock.monotonic_s()))
        return "answer"

    async def fail(self) -> str:
        self.spans.append((self.clock.monotonic_s(),) * 2)
        raise DeviceUnavailable("503")

    @property
    def gaps_s(self) -> list[float]:
        return [later[0] - earlier[1] for earlier, later in zip(self.spans, self.spans[1:], strict=False)]


def gate_and_calls(takes_s: float = 0.3, **settings: Any) -> tuple[Gate, Calls]:
    clock = ScaledClock(NOON)
    gate = Gate(clock, **{"min_gap_s": 1.0, "timeout_s": 30.0, **settings}, random=Random(1))
    return gate, Calls(clock, takes_s)


def test_fifty_at_once_go_one_by_one_with_the_gap() -> None:
    async def rush() -> Calls:
        gate, calls = gate_and_calls()
        async with anyio.create_task_group() as tasks:
            for _ in range(50):
                tasks.start_soon(gate.call, calls.send)
        return calls

    calls = run_warped(rush)
    assert len(calls.spans) == 50
    assert calls.most_at_once == 1
    assert min(calls.gaps_s) >= 1.0


def test_callers_that_give_up_leave_the_gate_in_order() -> None:
    async def rush() -> Calls:
        gate, calls = gate_and_calls(takes_s=5)

        async def impatient(patience_s: float) -> None:
            with anyio.move_on_after(patience_s):
                await gate.call(calls.send)

        async with anyio.create_task_group() as tasks:
            for number in range(20):
                tasks.start_soon(impatient, 1.0 + number)
        assert await gate.call(calls.send) == "answer"
        return calls

    calls = run_warped(rush)
    assert calls.most_at_once == 1
    assert min(calls.gaps_s) >= 1.0


def test_a_timeout_is_bounded_and_backs_off() -> None:
    async def slow() -> None:
        gate, calls = gate_and_calls(takes_s=100, timeout_s=30)
        before_s = calls.clock.monotonic_s()
        with pytest.raises(DeviceTimeout, match="within 30 s") as caught:
            await gate.call(calls.send)
        assert 30 <= calls.clock.monotonic_s() - before_s < 30.1
        assert caught.value.retry_in_s is not None
        assert 30 <= caught.value.retry_in_s <= 36  # it may be at work on the request for some time yet

    run_warped(slow)


def test_trouble_doubles_the_peace_up_to_five_minutes_and_success_ends_it() -> None:
    async def troubles() -> None:
        gate, calls = gate_and_calls()
        pauses = []
        for _ in range(9):
            with pytest.raises(DeviceUnavailable) as caught:
                await gate.call(calls.fail)
            assert caught.value.retry_in_s is not None
            pauses.append(caught.value.retry_in_s)
            sent = len(calls.spans)
            with pytest.raises(DeviceUnavailable, match=r"left alone for|locked out until"):
                await gate.call(calls.fail)
            assert len(calls.spans) == sent
            await calls.clock.sleep(caught.value.retry_in_s)
        for number, pause_s in enumerate(pauses):
            plain_s = min(5 * 2**number, 300)
            assert plain_s <= pause_s <= 1.2 * plain_s
        for _ in range(14):  # an answer takes back half a step: the way back is as long as the way there
            assert await gate.call(calls.send) == "answer"
        with pytest.raises(DeviceUnavailable) as caught:
            await gate.call(calls.fail)
        assert caught.value.retry_in_s is not None
        assert caught.value.retry_in_s <= 6

    run_warped(troubles)


def test_a_box_that_answers_every_second_time_is_left_alone_ever_longer() -> None:
    async def stumbling() -> None:
        gate, calls = gate_and_calls()
        pauses = []
        for _ in range(20):
            with pytest.raises(DeviceUnavailable) as caught:
                await gate.call(calls.fail)
            pauses.append(caught.value.retry_in_s or 0.0)
            await calls.clock.sleep(pauses[-1])
            await gate.call(calls.send)
        assert pauses[0] < 10
        assert 60 <= pauses[-1] <= 72  # no longer: it can still be told to stop

    run_warped(stumbling)


def test_three_failures_or_a_429_are_a_lockout_that_says_until_when() -> None:
    async def troubles() -> None:
        gate, calls = gate_and_calls()
        for number in range(3):
            assert not gate.traffic().locked_out
            with pytest.raises(DeviceUnavailable):
                await gate.call(calls.fail)
            if number < 2:
                await calls.clock.sleep(60)
        with pytest.raises(DeviceUnavailable, match=r"locked out until \d\d:\d\d:\d\d UTC, in \d+ s, after 3 failed"):
            await gate.call(calls.send)
        traffic = gate.traffic()
        assert traffic.locked_out
        assert traffic.left_alone_until is not None
        left_s = (traffic.left_alone_until - calls.clock.now()).total_seconds()
        assert 19 <= left_s <= 24
        await calls.clock.sleep(left_s)
        assert await gate.call(calls.send) == "answer"
        assert not gate.traffic().locked_out

        async def too_many() -> None:
            raise TooManyRequests("429", retry_in_s=77)

        with pytest.raises(DeviceUnavailable) as caught:
            await gate.call(too_many)
        assert gate.traffic().locked_out
        assert caught.value.retry_in_s is not None
        assert 77 <= caught.value.retry_in_s <= 1.2 * 77

    run_warped(troubles)


def test_what_protects_goes_before_what_commands_and_that_before_what_reads() -> None:
    async def rush() -> list[str]:
        gate, calls = gate_and_calls()
        order: list[str] = []

        async def named(name: str, priority: Priority) -> None:
            async def send() -> None:
                order.append(name)
                await calls.send()

            await gate.call(send, priority=priority)

        async with anyio.create_task_group() as tasks:
            for number in range(3):
                tasks.start_soon(named, f"read {number}", Priority.READ)
            tasks.start_soon(named, "raise", Priority.COMMAND)
            tasks.start_soon(named, "stop", Priority.PROTECT)
            await calls.clock.sleep(0.7)  # the first is done, the gap is on: nobody is in flight
            tasks.start_soon(named, "late stop", Priority.PROTECT)
        assert min(calls.gaps_s) >= 1.0
        return order

    assert run_warped(rush) == ["read 0", "stop", "late stop", "raise", "read 1", "read 2"]


def test_the_budget_of_writes_is_an_hours_and_does_not_keep_from_protecting() -> None:
    async def writes() -> None:
        gate, calls = gate_and_calls(takes_s=0.0, min_gap_s=0.0, writes_per_hour=4)
        for _ in range(4):
            await gate.call(calls.send, priority=Priority.COMMAND, is_write=True)
        with pytest.raises(DeviceRejected, match=r"the next is possible in 900 s; nothing was sent") as caught:
            await gate.call(calls.send, priority=Priority.COMMAND, is_write=True)
        assert caught.value.retry_in_s == pytest.approx(900, abs=1)
        assert len(calls.spans) == 4
        await gate.call(calls.send, priority=Priority.PROTECT, is_write=True)
        await gate.call(calls.send)
        assert (gate.traffic().writes, gate.traffic().writes_left, gate.traffic().requests) == (5, 0, 6)
        await calls.clock.sleep(901)
        await gate.call(calls.send, priority=Priority.COMMAND, is_write=True)
        with pytest.raises(DeviceRejected):
            await gate.call(calls.send, priority=Priority.COMMAND, is_write=True)

    run_warped(writes)


def test_its_state_can_be_seen() -> None:
    async def look() -> None:
        gate, calls = gate_and_calls(takes_s=50)
        async with anyio.create_task_group() as tasks:
            for _ in range(3):
                tasks.start_soon(suppressed, gate, calls)
            await calls.clock.sleep(1)
            assert gate.traffic().in_flight
            assert gate.traffic().waiting == 2
        after = gate.traffic()
        assert (after.requests, after.timeouts, after.failures, after.waiting) == (1, 1, 1, 0)
        assert not after.in_flight

    async def suppressed(gate: Gate, calls: Calls) -> None:
        with suppress(DeviceUnavailable, DeviceTimeout):
            await gate.call(calls.send)

    run_warped(look)


def test_a_refusal_is_no_trouble() -> None:
    async def refusals() -> None:
        gate, calls = gate_and_calls()

        async def refused() -> None:
            raise DeviceRejected("400")

        for _ in range(3):
            with pytest.raises(DeviceRejected):
                await gate.call(refused)
        assert await gate.call(calls.send) == "answer"

    run_warped(refusals)
