"""Sentences for people."""

import string

import pytest

from controller.domain.reasons import _SENTENCES, ReasonCode, because, format_duration


def test_every_code_has_a_sentence() -> None:
    assert set(_SENTENCES) == set(ReasonCode)


@pytest.mark.parametrize("code", list(ReasonCode))
def test_every_sentence_can_be_said(code: ReasonCode) -> None:
    names = {name for _, name, _, _ in string.Formatter().parse(_SENTENCES[code]) if name}
    why = because(ReasonCode.NO_CAR)
    values = {name: why if name == "why" else 3 for name in names}
    sentence = str(because(code, **values))
    assert "{" not in sentence
    assert sentence


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(-3, "0 s"), (0.4, "0 s"), (80, "80 s"), (119.6, "2 min"), (600, "10 min"), (7200, "2 h"), (11_100, "3 h 5 min")],
)
def test_durations(seconds: float, text: str) -> None:
    assert format_duration(seconds) == text


def test_a_reason_knows_when_it_ends_by_itself() -> None:
    assert because(ReasonCode.PACING, why="x", in_s=12.0).in_s == 12.0
    assert because(ReasonCode.NO_CAR).in_s is None
