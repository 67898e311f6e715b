"""Somebody else's text on one line."""

from __future__ import annotations

import pytest

from controller.domain.one_line import error_line, one_line


class Mute(Exception):
    def __str__(self) -> str:
        raise RuntimeError


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("tea is ready", "tea is ready"),
        ("tea\n  is\tready\r\n", "tea is ready"),
        ("\x1b[31mtea\x00\u202eready", "[31mtea ready"),
        ("t" * 200, "t" * 159 + "…"),
        ("\ud800", ""),
        ("", ""),
    ],
)
def test_it_is_one_line_of_what_is_printed(text: str, shown: str) -> None:
    assert one_line(text) == shown


def test_much_text_costs_no_more() -> None:
    assert one_line("\n" * 10_000_000 + "tea") == ""


@pytest.mark.parametrize(
    ("error", "shown"),
    [(ValueError("too\nhot"), "ValueError: too hot"), (KeyError(), "KeyError"), (Mute(), "Mute")],
)
def test_an_error_is_told_by_kind_and_words(error: Exception, shown: str) -> None:
    assert error_line(error) == shown
