"""What a person sees of the demo."""

from __future__ import annotations

import io
import re

from rich.console import Console

from controller.cli.demo_view import LiveView, PlainView
from tests.support.service import staged
from tests.support.warp import run_warped


def test_the_live_picture_tells_powers_limit_reason_and_what_comes_next() -> None:
    async def look() -> tuple[str, str]:
        async with staged() as stage:
            live = LiveView(stage.home, stage.clock, io.StringIO())
            console = Console(file=io.StringIO(), width=80, record=True)
            console.print(live.picture())
            await stage.passes(25)
            for _, house, status, decision in stage.diary.entries:
                live.publish(house, status, decision)
            console.print(live.picture())
        text = console.export_text()
        before, after = text.split("╰", 1)
        return before, after

    before, after = run_warped(look)
    assert "starting ..." in before
    assert re.search(r"sun {8}[78]\.", after)
    assert "exports" in after
    assert re.search(r"limit  \d+ A", after)
    assert re.search(r"box    (Preparing|Charging)", after)
    assert "sun: " in after
    assert "waiting for the wallbox's state" in after
    assert max(map(len, after.splitlines())) <= 80


def test_plain_lines_come_with_each_change_only() -> None:
    async def look() -> str:
        stream = io.StringIO()
        async with staged() as stage:
            plain = PlainView(stage.home, stage.clock, stream)
            await stage.passes(30)
            for _, house, status, decision in stage.diary.entries:
                plain.publish(house, status, decision)
        return stream.getvalue()

    lines = run_warped(look).splitlines()
    assert len(lines) == 2
    assert lines[0].endswith("-  waiting for the wallbox's state")
    assert re.search(r"\d A  sun: ", lines[1])
