"""Off-peak with the whole service on real sockets, at a box that keeps hours of its own."""

from __future__ import annotations

from structlog.testing import capture_logs

from controller.domain.reasons import ReasonCode
from tests.e2e.test_service import slow_polls
from tests.support.service import Stage, staged
from tests.support.warp import run_warped

OFF_PEAK = '\n[strategy]\nactive = "off_peak"\n[strategy.off_peak]\nthen = "off"\ncurrent_a = 10\n'
WINDOW = 'windows = [{ start = "10:04", end = "10:08" }]\n'
HOURS, NO_HOURS = "box_keeps_its_own_hours", "box_keeps_no_hours_in_the_way"


def by_the_owner(stage: Stage, key: str, value: object) -> None:
    """On the box's own page."""
    box = stage.home.box
    box.write([box.check(key, value)])


def test_a_window_is_met_and_the_boxs_own_hours_are_told_once_a_change() -> None:
    async def morning() -> None:
        async with staged(start="10:00", edit=lambda text: slow_polls(text) + OFF_PEAK + WINDOW) as stage:
            box = stage.home.box
            by_the_owner(stage, "off-peak-period1-start", "13:00")
            by_the_owner(stage, "off-peak-period1-stop", "14:00")
            by_the_owner(stage, "enable-off-peak", True)
            await stage.passes(3 * 60)
            assert not box.enabled
            assert stage.diary.last.reason.code is ReasonCode.OUTSIDE_WINDOW
            by_the_owner(stage, "randomised-delay-range", 1)
            await stage.passes(3 * 60)
            assert (box.enabled, box.limit_a) == (True, 10)
            assert str(stage.diary.last.reason) == "off-peak window until 10:08"
            await stage.passes(3 * 60)
            assert str(stage.diary.last.reason).startswith("outside the off-peak windows, next one ")
            by_the_owner(stage, "randomised-delay-range", 0)
            by_the_owner(stage, "enable-off-peak", False)
            await stage.passes(16 * 60)
            assert not box.enabled

    with capture_logs() as logs:
        run_warped(morning)
    told = [(entry["event"], entry.get("what", "")) for entry in logs if entry["event"] in (HOURS, NO_HOURS)]
    assert [event for event, _ in told] == [HOURS, HOURS, HOURS, NO_HOURS]
    assert told[0][1] == told[1][1]
    assert "if it does not charge within them, nothing of ours is held back" in told[0][1]
    assert "up to 1 s" in told[2][1]
