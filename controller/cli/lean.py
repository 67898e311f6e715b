"""Keeps the service small: decoration that its libraries load when it happens to be installed stays out."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

_DECORATION = ("rich", "click", "pygments")  # structlog's and httpx's optional terminal output: 9 MiB resident


@contextmanager
def without_decoration() -> Iterator[None]:
    """While entered, imports of the decoration fail as if it were not installed; what is loaded already stays."""
    absent = [name for name in _DECORATION if name not in sys.modules]
    for name in absent:
        sys.modules[name] = None  # type: ignore[assignment]  # the import system's own way to say "not there"
    try:
        yield
    finally:
        for name in absent:
            del sys.modules[name]
