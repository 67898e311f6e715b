"""`[strategy.ready_by]` as people write it: a fault is one line with place and remedy."""

from __future__ import annotations

import pytest

from controller.config.loader import parse_config
from controller.domain.errors import ConfigError
from strategies.ready_by import ReadyBy
from strategies.surplus import Surplus
from tests.config.test_loader import GOOD, Shelf

HEAD = GOOD.split("[strategy.off_peak]")[0]


def read(table: str) -> ReadyBy:
    text = f"{HEAD}[strategy.ready_by]\n{table}\n"
    known = {"surplus": Surplus, "ready_by": ReadyBy}
    made = parse_config(text, "config.toml", {}, known, Shelf()).strategies["ready_by"]
    assert isinstance(made, ReadyBy)
    return made


def test_what_the_page_shows_is_right() -> None:
    made = read(
        'trips = [{ by = "07:00", days = ["mon"], kwh = 12 }, { by = "10:00", km = 90 }]\n'
        'once = [{ at = 2026-12-24T07:00:00, kwh = 40 }, { at = "2026-12-25T07:00+01:00", kwh = 4 }]'
    )
    assert [len(made._settings.trips), len(made._settings.once)] == [2, 2]


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ('trips = [{ by = "7", kwh = 12 }]', 'trips[0].by = "7": a time of day like "22:00" is expected'),
        ('trips = [{ by = "07:00" }]', "trips[0]: exactly one of kwh and km is needed"),
        ('trips = [{ by = "07:00", kwh = 12, day = ["mon"] }]', "trips[0].day: unknown key; did you mean days?"),
        ('once = [{ at = "soon", kwh = 30 }]', 'once[0].at = "soon": is no moment like 2026-12-24T07:00:00'),
        ("once = [{ at = 2026-12-24, kwh = 30 }]", "once[0].at: is no moment like 2026-12-24T07:00:00"),
        ('then = "sun"', 'then = "sun": must be "surplus", "minimum", "off", "off_peak" or "price"'),
    ],
)
def test_a_fault_is_one_line(table: str, says: str) -> None:
    with pytest.raises(ConfigError) as raised:
        read(table)
    line = HEAD.count("\n") + 2
    assert str(raised.value) == f"config.toml:{line}: strategy.ready_by.{says}"
