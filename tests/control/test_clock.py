"""The clocks."""

from datetime import UTC, timedelta

import anyio
import pytest

from controller.control.clock import ScaledClock, WallClock
from tests.support.houses import NOON
from tests.support.warp import run_warped


def test_scaled_time_runs_as_told() -> None:
    async def hour() -> None:
        clock = ScaledClock(NOON, speed=60)
        loop_before_s = anyio.current_time()
        await clock.sleep(3600)
        assert anyio.current_time() - loop_before_s == pytest.approx(60, abs=0.1)
        assert clock.monotonic_s() == pytest.approx(3600, abs=1)
        assert clock.now() - NOON == pytest.approx(timedelta(hours=1), abs=timedelta(seconds=1))
        with pytest.raises(TimeoutError), clock.timeout(30):
            await anyio.sleep_forever()
        assert anyio.current_time() - loop_before_s == pytest.approx(60.5, abs=0.1)
        await clock.sleep(-5)

    run_warped(hour)


async def test_wall_clock_is_aware_and_bounded() -> None:
    clock = WallClock()
    assert clock.now().tzinfo is UTC
    before_s = clock.monotonic_s()
    with pytest.raises(TimeoutError), clock.timeout(0.01):
        await clock.sleep(60)
    assert 0.01 <= clock.monotonic_s() - before_s < 5
