"""docs/plans.md reckons as the planner does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from controller.domain.calendar import Span
from controller.domain.planner import Plan, Slot, Terms, cheapest
from strategies.ready_by import ReadyBySettings

PAGE = (Path(__file__).parents[2] / "docs" / "plans.md").read_text("utf-8")
NIGHT = datetime(2026, 11, 23, 22, tzinfo=UTC)
HOUR = timedelta(hours=1)


def example(feed_in: float, surplus_w: dict[str, float]) -> Plan:
    """The table by hand."""
    hours, prices = (PAGE.split(f"\n| {name} | ", 1)[1].split(" |\n", 1)[0].split(" | ") for name in ("hour", "price"))
    slots = [
        Slot(Span(NIGHT + n * HOUR, NIGHT + (n + 1) * HOUR), float(price), surplus_w.get(hour, 0.0))
        for n, (hour, price) in enumerate(zip(hours, prices, strict=True))
    ]
    mean = sum(map(float, prices)) / len(prices)
    return cheapest(25_000, slots, Terms(4140, 11_040, feed_in, 0.1 * mean, False, 25_000))


def told(plan: Plan) -> list[str]:
    """From and to of what is charged without a gap, and the cost."""
    blocks: list[Span] = []
    for step in plan.steps:
        if blocks and blocks[-1].end == step.span.start:
            blocks[-1] = Span(blocks[-1].start, step.span.end)
        else:
            blocks.append(step.span)
    return [*(f"from {block.start:%H:%M} to {block.end:%H:%M}" for block in blocks), f"= {plan.cost:.2f}."]


@pytest.mark.parametrize(("feed_in", "surplus_w"), [(0.0, {}), (0.08, {"04": 6000.0, "05": 6000.0})])
def test_the_examples_are_what_the_planner_makes(feed_in: float, surplus_w: dict[str, float]) -> None:
    text = " ".join(PAGE.split())
    for words in told(example(feed_in, surplus_w)):
        assert words in text


def test_every_setting_is_told() -> None:
    guide = (Path(__file__).parents[2] / "config.toml").read_text("utf-8")
    for key in ReadyBySettings.model_fields:
        assert f"# {key} = " in guide, key
