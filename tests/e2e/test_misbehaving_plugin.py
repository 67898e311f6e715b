"""A strategy of somebody else's does its worst, in every way in turn, in the running service: the box sees none of it.

Real sockets and processes; the clock jumps, but for the strategy, whose time is that of the wall.
"""

from __future__ import annotations

import select
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest
from structlog.testing import capture_logs

from controller.domain.demand import Defer, Demand, Situation
from controller.domain.reasons import Reason, ReasonCode
from controller.plugins import hosted
from controller.plugins.hosted import Hosted
from tests.support.plugins import DO_AS_TOLD, MISDEEDS, write
from tests.support.service import Stage, staged
from tests.support.warp import run_warped

PATIENCE_S = 20.0
LATE = ("is busy for ever", "sleeps", "locks itself out")
LATE_DEEDS = [MISDEEDS[name][0] for name in LATE]
CONFIG = '\n[strategy]\nactive = "kettle"\n[strategy.kettle]\ncups = 9\nflag = "{flag}"\n'


def codes(reason: Reason) -> list[ReasonCode]:
    found = [reason.code]
    while isinstance(why := reason.values.get("why"), Reason):
        reason = why
        found.append(reason.code)
    return found


class Watched:
    """Asks as the service does, and measures how long that takes; waits for a start, for which the clock would not."""

    def __init__(self, host: Hosted, deed: Path) -> None:
        self.host, self.deed = host, deed
        self.longest_s = 0.0

    def __call__(self, situation: Situation) -> Demand | Defer:
        child, late = self.host._child, self.deed.exists() and text(self.deed) in LATE_DEEDS
        if child is not None and not self.host._ready:
            select.select([child._from], [], [], PATIENCE_S)
        hosted.ANSWERS_WITHIN_S = 0.2 if late else PATIENCE_S  # a busy machine is no misdeed
        began_s = perf_counter()
        try:
            return Hosted.demand(self.host, situation)
        finally:
            self.longest_s = max(self.longest_s, perf_counter() - began_s) if late else self.longest_s


def text(file: Path) -> str:
    return file.read_text()


async def settles(stage: Stage, right: Callable[[], bool], within_s: float) -> float:
    """Seconds until something is so."""
    for second in range(int(within_s)):
        if right():
            return second
        await stage.passes(1.0)
    raise AssertionError(f"not within {within_s} s: {stage.diary.last.reason}")


def test_the_box_is_told_nothing_that_it_must_not_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hosted, "ANSWERS_WITHIN_S", PATIENCE_S)
    monkeypatch.setattr(hosted, "_LONGEST_PAUSE_S", 5.0)
    deed = tmp_path / "deed"
    write(tmp_path, DO_AS_TOLD)
    watched: list[Watched] = []
    init = Hosted.__init__

    def watching(host: Hosted, *arguments: Any) -> None:
        init(host, *arguments)
        watched.append(Watched(host, deed))
        host.demand = watched[-1]  # type: ignore[method-assign]

    monkeypatch.setattr(Hosted, "__init__", watching)

    async def live() -> None:
        edit = lambda text: text + CONFIG.format(flag=deed)  # noqa: E731
        async with staged(edit=edit, directory=tmp_path, box={"limit_a": 8}) as stage:
            box = stage.home.box

            def well() -> bool:
                return box.limit_a == 9 and box.enabled

            for name, (does, told) in MISDEEDS.items():
                await settles(stage, well, 900)
                deed.write_text(does)
                took_s = await settles(stage, lambda: box.limit_a == 6, 60)
                assert took_s <= 5, name  # a fallback protects: it waits for no pacing but that of the requests
                assert ReasonCode.STRATEGY_FAILED in codes(stage.diary.last.reason), name
                assert f"strategy kettle failed ({told}" in str(stage.diary.last.reason), name
                await stage.passes(4)
                assert box.limit_a == 6, name
                deed.unlink()
            await settles(stage, well, 900)
            record = box.record
            assert (record.lowest_limit_a, record.highest_limit_a) == (6, 9)
            assert record.limit_writes == 2 * len(MISDEEDS) + 1  # not one more than there is to be told
            assert (record.starts, record.stops) == (1, 0)
            assert record.max_in_flight == 1
            assert record.min_gap_s is not None
            assert record.min_gap_s >= 0.99
        assert box.limit_a == 8  # given back

    with capture_logs() as logs:
        run_warped(live)
    for event in ("strategy_failed", "strategy_answers_again"):
        assert [log["event"] for log in logs].count(event) == len(MISDEEDS)  # told once
    assert 0.15 < watched[0].longest_s < 5.0
