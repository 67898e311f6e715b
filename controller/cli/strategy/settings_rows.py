"""What a strategy's settings take, read off the JSON schema of its model; pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

_TYPES = {
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "string": "text",
    "object": "a table",
    "null": "nothing",
}
_BOUNDS = (
    ("minimum", "at least {}"),
    ("exclusiveMinimum", "above {}"),
    ("maximum", "at most {}"),
    ("exclusiveMaximum", "below {}"),
)


class Setting(NamedTuple):
    """A key of `[strategy.NAME]`.

    Attributes:
        key: The key.
        value: In force, as JSON's types.
        default: Without it, as JSON's types; None where it has to be given.
        required: Whether it has to be given.
        takes: What may stand there, for people.
        about: What it means, as far as its maker says so.
    """

    key: str
    value: Any
    default: Any
    required: bool
    takes: str
    about: str


def settings_of(schema: Mapping[str, Any], values: Mapping[str, Any]) -> list[Setting]:
    """The settings of a schema, in its order."""
    properties, kinds = _table(schema.get("properties")), _table(schema.get("$defs"))
    required = schema.get("required", ())
    rows = []
    for key, inner in properties.items():
        one = _table(inner)
        about, default = str(one.get("description", "")), one.get("default")
        rows.append(Setting(key, values.get(key), default, key in required, _takes(one, kinds), about))
    return rows


def as_toml(value: Any) -> str:
    """A value as one would write it in the file; empty for none."""
    if value is None:
        return ""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key} = {as_toml(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(as_toml(inner) for inner in value) + "]"
    return json.dumps(value, ensure_ascii=False)


def _takes(one: Mapping[str, Any], kinds: Mapping[str, Any], depth: int = 0) -> str:
    if depth > 3:
        return ""
    if isinstance(reference := one.get("$ref"), str):
        return _takes(_table(kinds.get(reference.rpartition("/")[2])), kinds, depth + 1)
    if isinstance(choices := one.get("anyOf"), list):
        said = (_takes(_table(choice), kinds, depth + 1) for choice in choices)
        return " or ".join(text for text in dict.fromkeys(said) if text and text != "nothing")
    choices = [one["const"]] if "const" in one else one.get("enum")
    if isinstance(choices, list):
        return " or ".join(as_toml(choice) for choice in choices)
    if one.get("type") == "array":
        inner = _takes(_table(one.get("items")), kinds, depth + 1)
        return f"a list, each {inner}" if inner else "a list"
    bounds = [words.format(f"{one[key]:g}") for key, words in _BOUNDS if isinstance(one.get(key), int | float)]
    return ", ".join((_TYPES.get(str(one.get("type")), ""), *bounds)).removeprefix(", ")


def _table(value: Any) -> Mapping[str, Any]:
    """Somebody else's schema may hold anything."""
    return value if isinstance(value, Mapping) else {}
