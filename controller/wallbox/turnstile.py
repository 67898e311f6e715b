"""One request in flight among all programs of ours on this machine: the service, and a person's command beside it.

A name in Linux's abstract socket namespace belongs to one socket at a time, needs no file, and falls free by itself
when its owner is killed.
"""

from __future__ import annotations

import asyncio
import errno
import socket
import sys

import structlog

from controller.domain.ports import Clock

_log = structlog.get_logger()
LOOK_EVERY_S = 0.05
"""Seconds after which to try again."""

_PATIENCE_S = 900.0  # longer than most uploads; whoever holds the name for ever must not stop the service


class Turnstile:
    """The right to talk to one box.

    Args:
        host: The box's name or address.
        port: Its HTTPS port.
        clock: The service's clock.
        min_gap_s: For how long after a request nobody else may have it.
    """

    def __init__(self, host: str, port: int, clock: Clock, *, min_gap_s: float) -> None:
        self._name = f"\0sunpace-wallbox-{host.casefold()}:{port}"[:100].encode("utf-8", "replace")
        self._clock = clock
        self._min_gap_s = min_gap_s
        self._held: socket.socket | None = None
        self._release: asyncio.TimerHandle | None = None
        self._waiting_since_s: float | None = None
        self._told = False

    def try_take(self) -> bool:
        """Whether this program may talk to the box now: no other one does, or one has been doing so for too long."""
        self._keep()
        if self._held is not None or self._bind():
            self._waiting_since_s = None
            return True
        now_s = self._clock.monotonic_s()
        if self._waiting_since_s is None:
            self._waiting_since_s = now_s
        if now_s - self._waiting_since_s < _PATIENCE_S:
            return False
        if not self._told:
            _log.warning("wallbox_busy", remedy="another program on this machine does not let go of it")
        self._told = True
        return True

    def leave(self) -> None:
        """The request is over: others may go after the gap."""
        self._keep()
        if self._held is not None:
            self._release = asyncio.get_running_loop().call_later(self._min_gap_s, self.close)

    def close(self) -> None:
        """Lets others go at once."""
        self._keep()
        if self._held is not None:
            self._held.close()
            self._held = None

    def _keep(self) -> None:
        if self._release is not None:
            self._release.cancel()
            self._release = None

    def _bind(self) -> bool:
        """Whether the name is ours now, or cannot be had on this system at all."""
        if sys.platform != "linux":
            return True
        candidate = None
        try:
            candidate = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            candidate.bind(self._name)
        except OSError as error:
            if candidate is not None:
                candidate.close()
            return error.errno != errno.EADDRINUSE
        self._held = candidate
        return True
