"""Six hours of meters that fail every few minutes: nothing sticks, nothing leaks, nothing untrue is believed."""

from tests.faults.soak import soak
from tests.support.warp import run_warped


def test_six_hours_with_a_fault_every_four_minutes() -> None:
    outcome = run_warped(lambda: soak(hours=6, poll_s=30))
    assert outcome.faults > 75
    assert outcome.believed > 0.9 * outcome.polls > 2000
    assert outcome.wrong == []
    assert outcome.stuck == []
    assert outcome.tasks[0] == outcome.tasks[1]
    assert outcome.open_files[0] == outcome.open_files[1]
    assert outcome.memory_mib[-1] - outcome.memory_mib[0] < 3
    assert outcome.objects[1] - outcome.objects[0] < 0.02 * outcome.objects[0]
