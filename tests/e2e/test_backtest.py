"""The same hours twice: through the backtest, and through the running service on real sockets."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from controller.cli.demo import measured
from controller.cli.main import main
from controller.simulation.days.day import Day, generate
from controller.simulation.days.kind import DayKind
from tests.support.service import staged
from tests.support.warp import run_warped

FROM_S, TO_S = 10 * 3600, 11 * 3600


def hours_of_a_day(file: Path) -> Path:
    day = generate(Day(kind=DayKind.SUNNY, seed=4))
    rows = [
        f"{datetime.fromtimestamp(time_s, UTC).isoformat()},{pv_w:.1f},{load_w:.1f}"
        for time_s, pv_w, load_w in zip(day.times_s, day.pv_w, day.load_w, strict=True)
        if FROM_S <= time_s - day.times_s[0] <= TO_S
    ]
    file.write_text("\n".join(["time,pv_w,load_w", *rows, ""]))
    return file


def test_the_service_charges_what_the_backtest_says(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = hours_of_a_day(tmp_path / "hours.csv")
    assert main(["backtest", str(file), "--json"]) == 0
    predicted = json.loads(capsys.readouterr().out)["sum"]

    async def live() -> dict[str, float | None]:
        async with staged(trace=file, edit=lambda text: text.replace("poll_s = 1.0", "poll_s = 5.0")) as stage:
            await stage.passes(TO_S - FROM_S)
            return measured(stage.home)

    charged = run_warped(live)
    assert charged["ev_kwh"] == pytest.approx(predicted["ev_kwh"], rel=0.02)
    assert charged["solar_kwh"] == pytest.approx(predicted["solar_kwh"], rel=0.02)
    assert charged["grid_kwh"] == pytest.approx(predicted["grid_kwh"], abs=0.02 * predicted["ev_kwh"])
    assert abs(charged["starts"] - predicted["starts"]) <= 1
    assert predicted["starts"] > 0
    assert predicted["commands"] > 10
