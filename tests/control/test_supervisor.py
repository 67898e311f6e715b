"""A defect of our own is logged and gone on from; a cancellation is not swallowed."""

import anyio
import pytest
from structlog.testing import capture_logs

from controller.control.clock import ScaledClock
from controller.control.supervisor import contained, supervise
from tests.support.houses import NOON
from tests.support.warp import run_warped


def test_contained_keeps_the_error_and_logs_its_traceback() -> None:
    with capture_logs() as logs, contained("it_failed", part="x") as outcome:
        raise KeyError("oops")
    assert isinstance(outcome.error, KeyError)
    assert logs == [{"event": "it_failed", "part": "x", "exc_info": True, "log_level": "error"}]


def test_contained_lets_the_interpreter_leave() -> None:
    with pytest.raises(KeyboardInterrupt), contained("it_failed"):
        raise KeyboardInterrupt


def test_a_task_that_fails_is_started_again() -> None:
    async def watch() -> int:
        starts = 0

        async def task() -> None:
            nonlocal starts
            starts += 1
            raise ValueError("defect")

        with anyio.move_on_after(12):
            await supervise("task", task, ScaledClock(NOON))
        return starts

    with capture_logs() as logs:
        assert run_warped(watch) == 3
    assert [entry["event"] for entry in logs] == ["task_failed"] * 3
