"""What `sunpace check` says of the forecast."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from controller.cli.check_forecast import forecast_found, told
from controller.control.clock import ScaledClock
from controller.domain.horizon import Expected, Forecast
from tests.config.test_loader import GOOD, load
from tests.feeds.test_forecast_formats import PERIODS, solar
from tests.support.feeds import reply, serving
from tests.support.warp import run_warped

NOON = datetime(2026, 6, 22, 12, tzinfo=UTC)
HOURS = Forecast(
    tuple(Expected(NOON + timedelta(hours=h), NOON + timedelta(hours=h + 1), 1000.0) for h in range(48)), NOON, ""
)


def found(table: str, tmp_path: Path, now: datetime = NOON) -> tuple[str, bool, str] | None:
    async def main() -> tuple[str, bool, str] | None:
        loaded = load(f'{GOOD}[history]\ndirectory = "{tmp_path}"\n{table}')
        return await forecast_found(loaded, ScaledClock(now))

    return run_warped(main)


def test_our_own_history_is_no_device(tmp_path: Path) -> None:
    assert found("", tmp_path) is None
    assert found('[forecast]\nsource = "none"\n', tmp_path) is None


def test_a_file_is_read(tmp_path: Path) -> None:
    file = tmp_path / "sun.csv"
    table = f'[forecast]\nsource = "file"\nfile = "{file}"\n'
    assert found(table, tmp_path) == (
        "forecast file sun.csv",
        False,
        f"{file} cannot be read: No such file or directory",
    )
    file.write_text("start,end,pv_w\n2026-06-22T11:30:00Z,2026-06-22T12:30:00Z,3000\n")
    name, well, text = found(table, tmp_path) or ("", False, "")
    assert (name, well) == ("forecast file sun.csv", True)
    assert text == "1.5 kWh of sun are expected today from now on, 0.0 kWh tomorrow"
    assert found(table, tmp_path, NOON + timedelta(days=1)) == (
        name,
        False,
        "its last step is over: our own history stands in",
    )


@pytest.mark.parametrize(("status", "well"), [(200, True), (401, False)])
def test_a_service_is_asked_once(tmp_path: Path, status: int, well: bool) -> None:
    async def main() -> tuple[str, bool, str] | None:
        async with serving(reply(solar(watt_hours_period=PERIODS), status)) as service:
            table = (
                f'[forecast]\nsource = "forecast.solar"\nurl = "{service.url}"\nlatitude = 48.1\nlongitude = 11.5\n'
                "planes = [{ tilt_deg = 30, azimuth_deg = 0, kwp = 9.8 }]\n"
            )
            loaded = load(f'{GOOD}[history]\ndirectory = "{tmp_path}"\n{table}')
            said = await forecast_found(loaded, ScaledClock(datetime(2026, 6, 22, 2, tzinfo=UTC)))
            assert len(service.seen) == 1
            return said

    name, ok, text = run_warped(main) or ("", None, "")
    assert (name, ok) == ("forecast forecast.solar", well)
    assert ("0.8 kWh of sun are expected today" in text) is well


def test_days_are_the_sites() -> None:
    assert told(HOURS, NOON, UTC) == "12.0 kWh of sun are expected today from now on, 24.0 kWh tomorrow"
