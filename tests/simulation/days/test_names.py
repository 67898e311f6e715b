"""How days are written."""

from __future__ import annotations

import pytest

from controller.domain.errors import ConfigError
from controller.simulation.days.kind import DayKind
from controller.simulation.days.names import named_days


@pytest.mark.parametrize(
    ("text", "kind", "seeds"),
    [
        ("broken", DayKind.BROKEN, [1]),
        ("broken:0", DayKind.BROKEN, [0]),
        ("winter:7", DayKind.WINTER, [7]),
        ("thunderstorm:1-3", DayKind.THUNDERSTORM, [1, 2, 3]),
        ("fog:999999", DayKind.FOG, [999_999]),
        ("clear:4-4", DayKind.CLEAR, [4]),
    ],
)
def test_a_name_is_understood(text: str, kind: DayKind, seeds: list[int]) -> None:
    understood, numbers = named_days(text)
    assert (understood, list(numbers)) == (kind, seeds)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "3",
        "sun",
        "Broken",
        "broken:",
        "broken:-1",
        "broken:1-",
        "broken:x",
        "broken:1,2",
        "broken:1000000",
        "broken :1",
        "broken:\u0661",
    ],
)
def test_a_wrong_name_is_told_with_the_kinds(text: str) -> None:
    with pytest.raises(ConfigError, match=f"is no day: .*{', '.join(DayKind)}"):
        named_days(text)


def test_seeds_run_upwards() -> None:
    with pytest.raises(ConfigError, match="broken:2-5"):
        named_days("broken:5-2")
