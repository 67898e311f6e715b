"""The rows of the reasons."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from controller.domain.reasons import ReasonCode
from controller.pictures.reason_rows import reason_rows
from controller.pictures.record import Ground


def test_every_code_has_a_short_name_of_its_own() -> None:
    rows = reason_rows([Ground(float(place), code) for place, code in enumerate(ReasonCode)], 100.0, most=100)
    assert [row.name for row in rows] == list(ReasonCode)
    assert len({row.label for row in rows}) == len(ReasonCode)
    assert all(len(row.label) <= 20 for row in rows)


def test_spans_are_gathered_and_last_until_the_end() -> None:
    grounds = [Ground(0.0, "no_sun"), Ground(10.0, "sun"), Ground(30.0, "no_sun")]
    sun, dark = reason_rows(grounds, 100.0)
    assert (sun.name, sun.spans_s, sun.total_s) == ("sun", [(10.0, 30.0)], 20.0)
    assert (dark.name, dark.spans_s, dark.total_s) == ("no_sun", [(0.0, 10.0), (30.0, 100.0)], 80.0)


def test_somebody_elses_words_come_after_the_codes_as_they_are() -> None:
    rows = reason_rows([Ground(0.0, "wait … s <b>"), Ground(1.0, "sun")], 2.0)
    assert [row.label for row in rows] == ["sun", "wait … s <b>"]


@given(st.lists(st.tuples(st.integers(1, 50), st.sampled_from([*"abcdefgh", "sun", "cloud"])), min_size=1))
def test_the_rows_cover_the_day_once_however_few_they_may_be(steps: list[tuple[int, str]]) -> None:
    at_s, grounds = 0.0, []
    for length_s, name in steps:
        grounds.append(Ground(at_s, name))
        at_s += length_s
    rows = reason_rows(grounds, at_s, most=4)
    assert len(rows) <= 4
    assert sum(row.total_s for row in rows) == at_s
    spans = sorted(span for row in rows for span in row.spans_s)
    assert all(before[1] <= after[0] for before, after in pairwise(spans))
