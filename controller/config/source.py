"""Where a configuration comes from, so that a fault is told with the place where it has to be mended."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from controller.config.faults import word
from controller.config.lines import holds, line_of
from controller.domain.one_line import one_line

_LONGEST = 2000
M = TypeVar("M", bound=BaseModel)


class Source:
    """The file's text and what was laid over it: where a fault has to be mended."""

    def __init__(self, file: str, text: str) -> None:
        self._file = file
        self._text = text
        self._origins: dict[tuple[str | int, ...], str] = {}
        self.faults: list[str] = []

    def overlay(self, path: tuple[str | int, ...], origin: str) -> None:
        """Notes that a value was laid over the file's, and by what."""
        self._origins[path] = origin

    def fault(self, path: tuple[str | int, ...], text: str) -> None:
        """Notes a fault; `text` begins with the key path, and becomes one line whatever keys and values are like."""
        text = one_line(text, _LONGEST)
        for length in range(len(path), 0, -1):
            if path[:length] in self._origins:
                self.faults.append(f"{self._origins[path[:length]]}: {text}")
                return
        line = line_of(self._text, path)
        for overlaid, origin in self._origins.items():
            if overlaid[: len(path)] == path and not holds(self._text, path):
                self.faults.append(f"{origin}: {text}")
                return
        place = f"{self._file}:{line}" if line is not None else self._file
        self.faults.append(f"{place}: {text}")


def validate(
    model: type[M],
    tree: Any,
    prefix: tuple[str | int, ...],
    source: Source,
    beside: Mapping[str, Any] = MappingProxyType({}),
) -> M | None:
    """The tree as `model`; None where it does not fit, and then each fault has been noted, below `prefix`."""
    try:
        return model.model_validate(tree, context=dict(beside))
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            path = (*prefix, *detail["loc"])
            source.fault(path, word(detail, path, model))
        return None
