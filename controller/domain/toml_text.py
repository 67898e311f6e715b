"""TOML that people write, and what is wrong with it in one line."""

from __future__ import annotations

import tomllib
from typing import Any


def parse_toml(text: str) -> dict[str, Any]:
    """The table that a text holds.

    Raises:
        ValueError: It holds none: a fault of the syntax, or more than Python's parser can bear.
    """
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"not valid TOML: {error}") from error
    except RecursionError as error:
        raise ValueError("nested too deeply to be read") from error
    except ValueError as error:  # of Python's int()
        raise ValueError("has a number of several thousand digits") from error
