"""What is wrong with a configuration, in one line a fault: place, fault, remedy."""

from __future__ import annotations

import difflib
import math
from collections.abc import Callable, Iterable
from typing import Any

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from controller.config.overlay import dotted
from controller.config.schema import keys_at

Path = tuple[str | int, ...]

_LONGEST_SHOWN = 60
_UNITS = {
    "_s": "seconds",
    "_a": "amps",
    "_w": "watts",
    "_v": "volts",
    "_pct": "per cent",
    "_per_hour": "writes an hour",
    "_per_day": "starts a day",
}

_WORDINGS: dict[str, Callable[[dict[str, Any]], str]] = {
    "missing": lambda _: "is missing; config.toml, as it comes with Sunpace, shows it with its meaning",
    "int_type": lambda _: "must be a whole number",
    "int_parsing": lambda _: "must be a whole number",
    "int_from_float": lambda _: "must be a whole number",
    "float_type": lambda _: "must be a number",
    "float_parsing": lambda _: "must be a number",
    "bool_parsing": lambda _: "must be true or false",
    "bool_type": lambda _: "must be true or false",
    "string_type": lambda _: 'must be text in "quotes"',
    "list_type": lambda _: "must be a list: [ ... ], or [[...]] for tables",
    "model_type": lambda _: "must be a table",
    "dict_type": lambda _: "must be a table",
    "literal_error": lambda context: f"must be {context['expected'].replace(chr(39), chr(34))}",
    "greater_than_equal": lambda context: f"must be at least {context['ge']:g}",
    "less_than_equal": lambda context: f"must be at most {context['le']:g}",
    "greater_than": lambda context: f"must be above {context['gt']:g}",
    "less_than": lambda context: f"must be below {context['lt']:g}",
    "string_too_short": lambda _: "must not be empty",
    "too_short": lambda context: f"needs at least {context['min_length']}",
    "value_error": lambda context: str(context["error"]),
}


def word(detail: ErrorDetails, path: Path, model: type[BaseModel]) -> str:
    """One pydantic fault as "key path: what is wrong; what would be right".

    Args:
        detail: The fault.
        path: Its key path in the whole configuration.
        model: The model that was validated, whose keys are proposed for a misspelt one.
    """
    key = dotted(path)
    if detail["type"] == "extra_forbidden":
        names = keys_at(model, detail["loc"][:-1])
        return f"{key}: unknown key; {nearest(str(path[-1]), names)}"
    if isinstance(detail["input"], float) and math.isnan(detail["input"]):
        return f"{key} = nan: is not a number"
    wording = _WORDINGS.get(detail["type"])
    text = wording(dict(detail.get("ctx", {}))) if wording is not None else detail["msg"]
    return f"{key}{_shown(detail, path)}: {text}{_unit(detail, path)}"


def nearest(word_: str, known: Iterable[str]) -> str:
    """What would have been right: the nearest known word, or all of them."""
    known = sorted(known)
    if not known:
        return "there are none here"
    close = difflib.get_close_matches(word_, known, n=1, cutoff=0.6)
    return f"did you mean {close[0]}?" if close else f"known are: {', '.join(known)}"


def _shown(detail: ErrorDetails, path: Path) -> str:
    """The value, where it is short and no secret."""
    value = detail["input"]
    secret = any(word in str(step) for step in path for word in ("password", "token"))
    if secret or detail["type"] == "missing" or not isinstance(value, int | float | str):
        return ""
    if isinstance(value, int) and value.bit_length() > _LONGEST_SHOWN:
        return ""  # Python writes no number of several thousand digits
    text = f'"{value}"' if isinstance(value, str) else str(value).lower() if isinstance(value, bool) else str(value)
    return f" = {text}" if len(text) <= _LONGEST_SHOWN and text.isprintable() else ""


def _unit(detail: ErrorDetails, path: Path) -> str:
    if not detail["type"].startswith(("int", "float")) or not isinstance(path[-1], str):
        return ""
    for ending, unit in _UNITS.items():
        if path[-1].endswith(ending):
            return f" (in {unit}, without a unit behind it)"
    return ""
