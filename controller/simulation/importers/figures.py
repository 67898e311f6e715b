"""Numbers as people's programs write them."""

from __future__ import annotations

import re
from math import isfinite
from typing import Literal

from controller.simulation.trace import TraceError

_NONE = {"", "nan", "null", "none", "na", "n/a", "-", "unknown", "unavailable", "undefined"}
"""What stands for "no value"."""

_PLAIN = re.compile(r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?")
_EITHER = re.compile(r"[-+]?[1-9][0-9]{0,2},[0-9]{3}")
"""Thousands or a fraction."""

_THOUSANDS = re.compile(r"[-+]?[0-9]{1,3}(?:[.,' ][0-9]{3})+")


class Figures:
    """Reads the numbers of one file; finds out which character begins the fraction, and stays with it.

    Args:
        decimal: The character, if known.
    """

    def __init__(self, decimal: Literal[".", ","] | None) -> None:
        self._decimal = decimal

    def number(self, text: str, place: str) -> float | None:
        """A number, or None where the file says that there is none. Raises TraceError."""
        text = text.strip()
        if self._decimal != "," and _PLAIN.fullmatch(text):
            if "." in text:
                self._decimal = "."
            return _finite(float(text), text, place)
        if text.lower() in _NONE:
            return None
        return _finite(self._written(text, place), text, place)

    def _written(self, text: str, place: str) -> float:
        decimal = self._decimal or self._guess(text)
        whole, point, fraction = text.partition(decimal)
        if any(character in whole for character in ".,' "):
            if not _THOUSANDS.fullmatch(whole):
                raise TraceError(f"{place}: {text!r} is no number{self._other(text)}")
            whole = re.sub(r"[.,' ]", "", whole)
        if point and self._decimal is None and decimal == "," and _EITHER.fullmatch(text):
            raise TraceError(f"{place}: {text!r} may be two numbers; say --decimal comma or --decimal point")
        plain = f"{whole}.{fraction}" if point else whole
        if not _PLAIN.fullmatch(plain):
            raise TraceError(f"{place}: {text!r} is no number{self._other(text)}")
        if point:
            self._decimal = "," if decimal == "," else "."
        return float(plain)

    @staticmethod
    def _guess(text: str) -> str:
        """The last of the two that occurs."""
        return "," if text.rfind(",") > text.rfind(".") else "."

    def _other(self, text: str) -> str:
        if self._decimal is None or not ("," in text or "." in text):
            return ""
        return f" where {self._decimal!r} begins the fraction; --decimal comma or --decimal point says which one does"


def _finite(value: float, text: str, place: str) -> float:
    if not isfinite(value):
        raise TraceError(f"{place}: {text!r} is beyond all measure; remove the row")
    return value
