"""The whole service keeps its past: written while it runs, found again after it was stopped."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from controller.control.loop import Controller
from controller.control.state import Snapshot
from controller.domain.decision import Decision
from controller.domain.horizon import Horizon
from controller.domain.quarter_hours import QUARTER, quarter_of
from controller.history.quarter_hours import QuarterHourFile
from tests.support.service import Stage, staged
from tests.support.warp import run_warped


def with_prices(text: str) -> str:
    return text.replace('name = "virtual home"', 'name = "virtual home"\nimport_price = 0.31\nfeed_in_price = 0.07')


def test_what_flows_is_on_record_and_known_to_the_strategies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Horizon] = []
    decide = Controller._decide

    def watched(self: Controller, snapshot: Snapshot) -> Decision:
        seen.append(snapshot.horizon)
        return decide(self, snapshot)

    monkeypatch.setattr(Controller, "_decide", watched)

    async def main() -> None:
        async with staged(directory=tmp_path, edit=with_prices, start="11:10") as stage:
            start = quarter_of(stage.clock.now())
            await stage.passes(600)
            stage.stop.set()
            await stage.done.wait()
            kwh = stage.plant.energy.ev_kwh
        quarters, note = QuarterHourFile(tmp_path / "state").load(start)
        assert [quarter.start for quarter in quarters] == [start + index * QUARTER for index in range(2)]
        assert sum(quarter.ev_wh for quarter in quarters) == pytest.approx(kwh * 1000, rel=0.03)
        assert all((quarter.pv_w or 0) > 2000 and 100 < (quarter.load_w or 0) < 4000 for quarter in quarters)
        assert note is not None
        assert note.full_power_w is not None
        last = seen[-1]
        assert last.charged.since_wh(start) == pytest.approx(kwh * 1000, abs=190)
        assert (last.import_price, last.feed_in_price, last.forecast) == (0.31, 0.07, None)
        assert len({id(horizon) for horizon in seen}) < 60
        before = kwh

        seen.clear()
        async with staged(directory=tmp_path, edit=with_prices, start="12:00") as stage:
            await stage.passes(30)
            assert seen[-1].charged.since_wh(start - timedelta(minutes=1)) >= 0.97 * before * 1000
            assert seen[-1].full_power_w == note.full_power_w

    run_warped(main)


def test_a_disk_that_takes_nothing_keeps_nobody_from_charging(tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "history.db").mkdir()  # nothing can be written under this name

    async def main() -> None:
        async with staged(directory=tmp_path) as stage:
            await charges(stage)

    run_warped(main)


async def charges(stage: Stage) -> None:
    await stage.passes(400)
    assert stage.plant.energy.ev_kwh > 0.2
