"""A day by prices through the whole core: the contactor moves at the edges of the cheap stretches, and nowhere else."""

from __future__ import annotations

from datetime import datetime, timedelta

from controller.control.settings import CoreSettings
from controller.domain.decision import ActionKind
from controller.domain.horizon import Horizon
from controller.domain.prices import Price, PriceTable
from strategies.price import ByPrice, PriceSettings
from strategies.surplus import Surplus, SurplusSettings
from tests.control.reasons.lives import BEGIN, ZONE, Life, Moment

HOUR = timedelta(hours=1)
FIRST = BEGIN.replace(hour=20, minute=0) + timedelta(hours=2)  # midnight in Berlin, before the night of 25 hours ends
PRICES = [0.30, 0.28, 0.22, 0.20, 0.20, 0.24, 0.28, 0.30, 0.35, 0.30, 0.22, 0.21, 0.30, 0.35]


def test_it_is_switched_at_the_edges_only() -> None:
    table = PriceTable(tuple(Price(FIRST + n * HOUR, FIRST + (n + 1) * HOUR, p) for n, p in enumerate(PRICES)))
    by_price = ByPrice(PriceSettings(cheapest_hours=2, before="06:00", limit_per_kwh=0.21, current_a=13))
    core = CoreSettings(
        strategies={"price": by_price, "surplus": Surplus(SurplusSettings())}, active="price", timezone=ZONE
    )
    life = Life(core, horizon=Horizon(prices=table))
    dark = {"grid_w": 300.0, "grid_age_s": 0.0, "pv_w": 0.0, "ev_w": 0.0}
    switched: list[tuple[str, datetime]] = []
    limits = set()
    for _ in range(14 * 60 + 90):
        charging = life.state.told is not None and life.state.told.charging
        ev_w = life.limit_a * 690.0 if charging else 0.0
        look = life.step(Moment(seconds=60, house={**dark, "ev_w": ev_w, "grid_w": 300.0 + ev_w}))
        local = look.snapshot.now.astimezone(ZONE).replace(second=0, microsecond=0)
        switched += [
            (action.kind.name, local)
            for action in look.decision.actions
            if action.kind in (ActionKind.START, ActionKind.STOP)
        ]
        if look.decision.command is not None and look.decision.command.charging:
            limits.add(look.decision.command.limit_a)
    told = [(name, f"{local:%H}") for name, local in switched]
    assert told == [("START", "02"), ("STOP", "04"), ("START", "10"), ("STOP", "11")]
    assert all(local.minute <= 2 for _, local in switched)
    assert 13 in limits
