"""How long one decision takes."""

from __future__ import annotations

import timeit
from collections.abc import Iterator
from datetime import UTC, datetime
from random import Random
from statistics import median

from controller.control.governor import decide
from controller.control.plugins import installed_strategies
from controller.control.settings import CoreSettings
from controller.control.state import Snapshot, State
from controller.domain.charger import ChargerStatus, OcppState, PowerSettings
from controller.domain.readings import House

_SNAPSHOTS = 500
_ROUNDS = 60


def bench_decide() -> Iterator[tuple[str, str]]:
    """A broken-cloud hour with fuse, phase currents, PV and the car's meter; and the same in units of plain Python."""
    strategies = {name: kind.from_settings(kind.Settings()) for name, kind in installed_strategies().items()}
    settings = CoreSettings(strategies=strategies, active="surplus", timezone=UTC, main_fuse_a=35)
    snapshots = _snapshots()

    def hour() -> None:
        state = State()
        for snapshot in snapshots:
            state, _ = decide(state, snapshot, settings)

    def plain() -> int:
        total = 0
        for number in range(1000):
            total += number * number
        return total

    rounds_us, plain_us = [], []
    for _ in range(_ROUNDS):
        rounds_us.append(timeit.timeit(hour, number=1) / _SNAPSHOTS * 1e6)
        plain_us.append(timeit.timeit(plain, number=5) / 5 * 1e6)
    yield "decide, best of rounds", f"{min(rounds_us):.1f} us"
    yield "decide, median of rounds", f"{median(rounds_us):.1f} us"
    yield "decide, in loops of 1000 plain multiplications (median)", f"{median(rounds_us) / median(plain_us):.2f}"


def _snapshots() -> list[Snapshot]:
    random = Random(1)  # noqa: S311 -- weather, not a secret
    now = datetime(2026, 6, 21, 12, tzinfo=UTC)
    status = ChargerStatus(taken_at_s=0.0, state=OcppState.CHARGING)
    power = PowerSettings(taken_at_s=0.0, limit_a=16, limit_max_a=16)
    return [
        Snapshot(
            now_s=1000.0 + second,
            now=now,
            house=House(
                grid_w=random.uniform(-8000, 2000),
                grid_age_s=0.5,
                grid_current_a=(1.0, 2.0, 3.0),
                voltage_v=(230.0, 231.0, 229.0),
                pv_w=8000.0,
                ev_w=4000.0,
            ),
            status=status,
            power=power,
        )
        for second in range(_SNAPSHOTS)
    ]
