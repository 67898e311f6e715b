"""Numbers as people's programs write them."""

from __future__ import annotations

import re
from math import isfinite
from typing import Literal

from controller.simulation.trace import TraceError

Decimal = Literal[".", ","]
"""What begins a fraction."""

_NONE = {"", "nan", "null", "none", "na", "n/a", "-", "unknown", "unavailable", "undefined"}
"""What stands for "no value"."""

_PLAIN = re.compile(r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?")
_EITHER = re.compile(r"[-+]?[1-9][0-9]{0,2}([.,])[0-9]{3}")
"""Thousands or a fraction; 0,512 cannot be thousands."""

_GROUPS = re.compile(r"[-+]?[1-9][0-9]{0,2}(?:(?:\.[0-9]{3}){2,}|(?:,[0-9]{3}){2,})")
"""Thousands, for no number has two fractions."""

_THOUSANDS = re.compile(r"[-+]?[0-9]{1,3}(?:[.,' ][0-9]{3})+")


class OtherDecimalError(Exception):
    """Numbers that may have been two were read in the wrong one of their ways; the file is to be read again.

    Args:
        decimal: What begins the fraction in it.
    """

    def __init__(self, decimal: Decimal) -> None:
        super().__init__(decimal)
        self.decimal = decimal


class Figures:
    """Reads the numbers of one file; finds out which character begins the fraction, and stays with it.

    `1.050` and `1,050` may be two numbers each. Until another number of the file tells, they are taken for fractions.

    Args:
        decimal: The character, if known.
    """

    def __init__(self, decimal: Decimal | None) -> None:
        self._decimal = decimal
        self._open: dict[str, tuple[str, str]] = {}  # the mark: the first number that may be two, and its place

    def number(self, text: str, place: str) -> float | None:
        """A number, or None where the file says that there is none.

        Raises:
            TraceError: It is no number.
            OtherDecimalError: It tells that those before were read wrongly.
        """
        text = text.strip()
        if self._decimal != "," and _PLAIN.fullmatch(text):
            if self._decimal is None and "." in text:
                self._learn(text, place, ".")
            return finite(float(text), text, place)
        if text.lower() in _NONE:
            return None
        return finite(self._written(text, place), text, place)

    def settle(self) -> None:
        """At the end of a file. Raises TraceError where nothing has told."""
        if self._decimal is None and self._open:
            text, place = next(iter(self._open.values()))
            raise TraceError(f"{place}: {text!r} may be two numbers; say --decimal comma or --decimal point")

    def _learn(self, text: str, place: str, mark: Decimal) -> None:
        """What a number tells of the others, if that mark begins its fraction or can do so."""
        if _EITHER.fullmatch(text):
            self._open.setdefault(mark, (text, place))
            return
        self._decimal = mark
        if any(other != mark for other in self._open):
            raise OtherDecimalError(mark)

    def _written(self, text: str, place: str) -> float:
        decimal = self._decimal or self._guess(text)
        whole, point, fraction = text.partition(decimal)
        if any(character in whole for character in ".,' "):
            if not _THOUSANDS.fullmatch(whole):
                raise TraceError(f"{place}: {text!r} is no number{self._other(text)}")
            whole = re.sub(r"[.,' ]", "", whole)
        plain = f"{whole}.{fraction}" if point else whole
        if not _PLAIN.fullmatch(plain):
            raise TraceError(f"{place}: {text!r} is no number{self._other(text)}")
        if self._decimal is None and (point or _GROUPS.fullmatch(text)):
            self._learn(text, place, decimal)
        return float(plain)

    @staticmethod
    def _guess(text: str) -> Decimal:
        """The last of the two that occurs, unless it parts thousands."""
        last: Decimal = "," if text.rfind(",") > text.rfind(".") else "."
        if _GROUPS.fullmatch(text):
            return "." if last == "," else ","
        return last

    def _other(self, text: str) -> str:
        if self._decimal is None or not ("," in text or "." in text):
            return ""
        return f" where {self._decimal!r} begins the fraction; --decimal comma or --decimal point says which one does"


def finite(value: float, text: str, place: str) -> float:
    """The value. Raises TraceError where it is beyond all measure."""
    if not isfinite(value):
        raise TraceError(f"{place}: {text!r} is beyond all measure; remove the row")
    return value
