"""Logging to stderr: key=value for people, JSON for machines."""

from __future__ import annotations

import logging
import sys
from contextlib import suppress
from typing import Literal, TextIO, cast

import structlog

_LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}


class _Patient:
    """A log stream that cannot fail: a full disk or a reader that has gone must not decide what the box is told."""

    def __init__(self, stream: TextIO | None) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Writes if that is possible."""
        if self._stream is not None:
            with suppress(OSError, ValueError):
                self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        """Flushes if that is possible."""
        if self._stream is not None:
            with suppress(OSError, ValueError):
                self._stream.flush()


def configure_logs(
    level: Literal["debug", "info", "warning", "error"], form: Literal["auto", "console", "json"] = "auto"
) -> None:
    """Sets structlog up; "auto" is "console" on a terminal and under systemd's journal, whose stamps it leaves out."""
    processors: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    if form == "json":
        processors += [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    else:
        colors = sys.stderr is not None and sys.stderr.isatty()
        plain = structlog.dev.plain_traceback
        processors.append(structlog.dev.ConsoleRenderer(colors=colors, exception_formatter=plain))
    structlog.configure(
        processors=processors,
        wrapper_class=structlog.make_filtering_bound_logger(_LEVELS[level]),
        logger_factory=structlog.WriteLoggerFactory(cast(TextIO, _Patient(sys.stderr))),
        cache_logger_on_first_use=False,  # the configuration file may set it up anew
    )
