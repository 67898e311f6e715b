"""One at a time, what is urgent first; nobody starves, and nobody who leaves the queue leaves it shut."""

from __future__ import annotations

import anyio
import pytest

from controller.meter.turns import Turns


async def rest() -> None:
    for _ in range(5):
        await anyio.lowlevel.checkpoint()


async def test_the_urgent_goes_first_and_among_equals_who_came_first() -> None:
    turns, order = Turns(), list[str]()

    async def take(name: str, priority: int) -> None:
        async with turns.turn(priority):
            order.append(name)
            await rest()

    async with anyio.create_task_group() as tasks:
        for name, priority in (("a", 1), ("b", 1), ("c", 1), ("grid", 0)):
            tasks.start_soon(take, name, priority)
            await anyio.lowlevel.checkpoint()
    assert order == ["a", "grid", "b", "c"]


async def test_never_two_at_once_and_nobody_starves() -> None:
    turns, inside, served = Turns(), 0, {"grid": 0, "pv": 0}

    async def keep_taking(name: str, priority: int) -> None:
        nonlocal inside
        while served["pv"] < 20:
            async with turns.turn(priority):
                inside += 1
                assert inside == 1
                await anyio.lowlevel.checkpoint()
                inside -= 1
                served[name] += 1

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(keep_taking, "grid", 0)
        tasks.start_soon(keep_taking, "pv", 1)
    assert abs(served["grid"] - served["pv"]) <= 1


@pytest.mark.parametrize("called", [False, True])
async def test_who_is_cancelled_in_the_queue_hands_the_turn_on(called: bool) -> None:
    turns, order = Turns(), list[str]()
    leaving = anyio.CancelScope()

    async def take(name: str) -> None:
        async with turns.turn(1):
            order.append(name)

    async def leave() -> None:
        with leaving:
            await take("gone")

    async with anyio.create_task_group() as tasks:
        async with turns.turn(1):
            tasks.start_soon(leave)
            await rest()
            tasks.start_soon(take, "next")
            await rest()
            if not called:
                leaving.cancel()
                await rest()
        if called:
            leaving.cancel()  # in the very moment in which it is called
    assert order == ["next"] if not called else order[-1] == "next"
    async with turns.turn(1):
        pass
