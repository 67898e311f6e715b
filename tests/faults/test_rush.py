"""A hundred callers at one wallbox, under every fault: one in flight, the gap kept, no write lost or doubled."""

from typing import Any

import pytest

from tests.faults.rush import FAULTS, MIN_GAP_S, READERS, STARTERS, Rush, rush
from tests.support.warp import run_warped

READS_MAY_FAIL = ("500", "dropped", "reset", "hangs", "page", "garbage", "empty", "401", "lockout after")


def assert_well_behaved(outcome: Rush) -> None:
    record = outcome.record
    assert record.max_in_flight == 1
    assert record.min_gap_s is not None
    assert record.min_gap_s >= MIN_GAP_S
    assert (outcome.lost, outcome.doubled) == (0, 0)
    assert record.starts <= STARTERS  # an action is never repeated
    assert record.starts >= outcome.starts
    assert all(count <= 1 for count in outcome.reported.values())


@pytest.mark.parametrize("name", FAULTS)
def test_a_hundred_callers(name: str) -> None:
    faults: dict[str, Any] = FAULTS[name]
    outcome = run_warped(lambda: rush(faults))
    assert_well_behaved(outcome)
    assert len(outcome.wanted) + READERS + STARTERS == 100
    applied = {
        key: value for key, value in outcome.wanted.items() if not (faults.get("limit_ignored") and "limit" in key)
    }
    assert {key: outcome.shown[key] for key in applied} == applied
    assert outcome.failed_reads == 0 or any(words in name for words in READS_MAY_FAIL)
    assert (outcome.record.lockouts > 0) == ("a minute" in name)


@pytest.mark.parametrize("name", ["none", "401 storm", "every fifth reset mid-body", "lockout when parallel"])
def test_a_hundred_callers_at_a_unite(name: str) -> None:
    outcome = run_warped(lambda: rush(FAULTS[name], dialect="unite"))
    assert_well_behaved(outcome)
    assert {key: outcome.shown[key] for key in outcome.wanted} == outcome.wanted
