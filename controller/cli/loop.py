"""The event loop of a command, and what is said of things that go wrong beside it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar, TypeVarTuple

import anyio
import structlog

_log = structlog.get_logger()
Args = TypeVarTuple("Args")
T = TypeVar("T")


def run_on_loop(main: Callable[[*Args], Awaitable[T]], *args: *Args) -> T:
    """Runs `main` on a loop that shows nobody a traceback; returns what it returns, raises what it raises."""

    async def heeded() -> T:
        asyncio.get_running_loop().set_exception_handler(_note)
        return await main(*args)

    return anyio.run(heeded)


def note(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """What a library's transport chokes on, like a corrupt frame: a line; the device's own error follows."""
    _log.warning("connection_closed", why=context.get("message"), error=str(context.get("exception") or ""))


def _note(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """As `note`; but where a person waits for it, the device's own error is enough."""
    if "transport" in context:
        _log.debug("connection_closed", why=context.get("message"), error=str(context.get("exception") or ""))
    else:
        note(loop, context)
