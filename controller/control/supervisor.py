"""The edge at which a defect of our own is contained: logged with its traceback, and gone on from."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import structlog

from controller.domain.errors import StrategyError
from controller.domain.ports import Clock

_log = structlog.get_logger()
_RESTART_AFTER_S = 5.0


@dataclass(slots=True)
class Outcome:
    """What became of a contained block.

    Attributes:
        error: What it raised; None when it ended well.
    """

    error: Exception | None = None


@contextmanager
def contained(event: str, *, loud: bool = True, **fields: object) -> Iterator[Outcome]:
    """Runs the block; whatever it raises is logged as `event`, with its traceback where `loud`, and kept."""
    outcome = Outcome()
    try:
        yield outcome
    except Exception as error:  # noqa: BLE001 -- the one place where a defect must not end the service
        outcome.error = error
        if loud and isinstance(error, StrategyError):
            _log.error(event, error=str(error), **fields)
        elif loud:
            _log.exception(event, **fields)
        else:
            _log.debug(event, error=str(error), **fields)


async def supervise(name: str, task: Callable[[], Awaitable[None]], clock: Clock) -> None:
    """Runs an endless task for ever: one that fails is logged and started again."""
    while True:
        with contained("task_failed", task=name, restart_in_s=_RESTART_AFTER_S):
            await task()
        await clock.sleep(_RESTART_AFTER_S)
