"""Text from elsewhere, made fit for a picture."""

from __future__ import annotations


def plain(text: str) -> str:
    """The text without what XML cannot carry."""
    return "".join(letter if letter.isprintable() or letter == "\n" else "�" for letter in text)


def cut(text: str, most: int) -> str:
    """At most so many letters: the middle goes first."""
    text = plain(text)
    if len(text) <= most:
        return text
    head = (most - 1) // 2
    return f"{text[:head]}…{text[head + 1 - most :]}"
