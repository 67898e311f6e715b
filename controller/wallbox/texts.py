"""Numbers, units and words in what the box writes for people, in German or English; pure."""

from __future__ import annotations

import math
import re

_NUMBER = re.compile(r"(?<![\w.,])[-+]?\d+(?:[.,]\d+)*")
_LONGEST_TEXT = 10_000
_USER_IN_URL = re.compile(r"(\w+://)[^/@\s]+@")
_TRUE = frozenset({"true", "on", "1", "yes", "enabled", "ein", "an", "ja", "aktiviert", "aktiv"})
_FALSE = frozenset({"false", "off", "0", "no", "disabled", "aus", "nein", "deaktiviert", "inaktiv"})

_SECONDS = {
    "h": 3600.0, "hour": 3600.0, "hours": 3600.0, "std": 3600.0, "stunde": 3600.0, "stunden": 3600.0,
    "min": 60.0, "mins": 60.0, "minute": 60.0, "minutes": 60.0, "minuten": 60.0,
    "s": 1.0, "sec": 1.0, "second": 1.0, "seconds": 1.0, "sek": 1.0, "sekunde": 1.0, "sekunden": 1.0,
}  # fmt: skip
_WATT_HOURS = {"wh": 1.0, "kwh": 1e3, "mwh": 1e6}


def numbers_in(value: object) -> tuple[float, ...]:
    """All numbers in a value that may be typed or text: "L1: 230,5 V, L2: 229.0 V" gives (230.5, 229.0).

    Digits that belong to a word, as in "L1", are none; nor is what is not finite.
    """
    if isinstance(value, bool) or value is None:
        return ()
    if isinstance(value, int | float):
        return _finite(value)
    if not isinstance(value, str):
        return ()
    found = (_number(text) for text in _NUMBER.findall(value[:_LONGEST_TEXT]))
    return tuple(number for number in found if number is not None)


def number_in(value: object) -> float | None:
    """The first number; None where there is none."""
    return next(iter(numbers_in(value)), None)


def whole_in(value: object) -> int | None:
    """The first number, where it is a whole one."""
    number = number_in(value)
    return int(number) if number is not None and number == int(number) else None


def truth_in(value: object) -> bool | None:
    """On or off, typed or as text in German or English; None for anything else."""
    if isinstance(value, bool):
        return value
    word = str(value).strip().casefold() if isinstance(value, str | int) else ""
    return True if word in _TRUE else False if word in _FALSE else None


def duration_s_in(value: object) -> float | None:
    """Seconds in "819.46 minutes" or "819,46 Minuten"; minutes where no unit stands behind, as on the dashboard."""
    return _scaled(value, _SECONDS, "min")


def energy_wh_in(value: object) -> float | None:
    """Wh in "0.013 kWh" or "0,013 kWh"; kWh where no unit stands behind, as on the dashboard."""
    return _scaled(value, _WATT_HOURS, "kwh")


def plain(text: object, longest: int = 120) -> str:
    """What a stranger has written, fit for a line of a log or a terminal; a list or table shows as its size only."""
    if isinstance(text, list | dict):
        return f"({len(text)} entries)"
    return "".join(sign if sign.isprintable() else " " for sign in str(text)[:longest])


def without_user(text: str) -> str:
    """An address without the name and password that may stand in it."""
    return _USER_IN_URL.sub(r"\1********@", text)


def _scaled(value: object, units: dict[str, float], default: str) -> float | None:
    number = number_in(value)
    if number is None:
        return None
    words = re.findall(r"[^\W\d_]+", value[:_LONGEST_TEXT].casefold()) if isinstance(value, str) else ()
    unit = next((word for word in words if word in units), default)
    return number * units[unit]


def _number(text: str) -> float | None:
    """A number with a decimal point or comma; of two different signs, the last is the decimal one."""
    last = max(text.rfind("."), text.rfind(","))
    if last >= 0:
        whole, fraction = text[:last].replace(".", "").replace(",", ""), text[last + 1 :]
        text = f"{whole}.{fraction}"
    return next(iter(_finite(float(text))), None)


def _finite(number: float) -> tuple[float, ...]:
    try:
        as_float = float(number)
    except OverflowError:
        return ()
    return (as_float,) if math.isfinite(as_float) else ()
