"""Somebody else's text, fit for a line of ours; pure."""

from __future__ import annotations

_MOST = 160


def one_line(text: str, most: int = _MOST) -> str:
    """`text` on one line, without what is not printed, and no longer than `most` characters."""
    text = text[: 4 * most]
    if not text.isprintable():
        text = "".join(char if char.isprintable() else " " for char in text)
    shown = " ".join(text.split())
    return shown if len(shown) <= most else f"{shown[: most - 1]}…"


def error_line(error: BaseException, most: int = _MOST) -> str:
    """An error as Python's own last line says it: its kind, and what it says."""
    try:
        said = str(error)
    except Exception:  # noqa: BLE001 -- somebody else's error may fail even at that
        said = ""
    kind = type(error).__name__
    return one_line(f"{kind}: {said}" if said else kind, most)
