"""TOML that people write."""

from __future__ import annotations

import pytest

from controller.domain.toml_text import parse_toml


def test_a_table_is_read() -> None:
    assert parse_toml("a = [1]\n[b]\nc = 0x10\n") == {"a": [1], "b": {"c": 16}}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a = \n", r"^not valid TOML: .* \(at line 1, column 5\)$"),
        ("a = " + 3000 * "[", "^nested too deeply to be read$"),
        ("a = " + 1300 * "{b=", "^nested too deeply to be read$"),
        ("a = " + 5000 * "9", "^has a number of several thousand digits$"),
    ],
)
def test_what_is_none_is_one_clear_line(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        parse_toml(text)
