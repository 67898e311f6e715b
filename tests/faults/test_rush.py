"""A hundred callers at one wallbox, under every fault: one in flight, the gap kept, no write lost or doubled."""

from typing import Any

import pytest

from tests.faults.rush import FAULTS, MIN_GAP_S, READERS, STARTERS, STOPPERS, Rush, rush
from tests.support.warp import run_warped

READS_MAY_FAIL = ("500", "dropped", "reset", "hangs", "page", "garbage", "empty", "401", "lockout after", "slower than")


def assert_well_behaved(outcome: Rush) -> None:
    record = outcome.record
    assert record.max_in_flight == 1
    assert record.min_gap_s is not None
    assert record.min_gap_s >= MIN_GAP_S
    assert (outcome.lost, outcome.doubled) == (0, 0)
    assert record.starts <= STARTERS  # an action is never repeated
    assert record.starts >= outcome.starts
    assert outcome.stops <= record.stops <= STOPPERS
    assert all(count <= 1 for count in outcome.reported.values())


@pytest.mark.parametrize("name", FAULTS)
def test_a_hundred_callers(name: str) -> None:
    faults: dict[str, Any] = FAULTS[name]
    outcome = run_warped(lambda: rush(faults))
    assert_well_behaved(outcome)
    assert len(outcome.wanted) + READERS + STARTERS + STOPPERS == 100
    ignored = ("operator-current-limit",) if faults.get("limit_ignored") else ()
    applied = {key: value for key, value in outcome.wanted.items() if key not in ignored}
    assert {key: outcome.shown[key] for key in applied} == applied
    assert outcome.failed_reads == 0 or any(words in name for words in READS_MAY_FAIL)
    assert (outcome.record.lockouts > 0) == ("a minute" in name)


@pytest.mark.parametrize("name", FAULTS)
def test_a_hundred_callers_at_a_unite(name: str) -> None:
    outcome = run_warped(lambda: rush(FAULTS[name], dialect="unite"))
    assert_well_behaved(outcome)
    ignored = "installationSettings.currentLimiterValue" if FAULTS[name].get("limit_ignored") else ""
    assert all(outcome.shown[key] == value for key, value in outcome.wanted.items() if key != ignored)
