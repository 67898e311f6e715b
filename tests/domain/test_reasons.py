"""Reasons: codes, figures, and when they end."""

from controller.domain.reasons import ReasonCode, because


def test_a_reason_knows_when_it_ends_by_itself() -> None:
    assert because(ReasonCode.PACING, why="x", in_s=12.0).in_s == 12.0
    assert because(ReasonCode.NO_CAR).in_s is None


def test_a_reason_as_text_is_english() -> None:
    assert str(because(ReasonCode.SUN, surplus_w=5640.0, need_w=3312.0)) == "sun: 5.6 kW surplus"
