"""A forecast from a service: asked calmly, kept on disk, and not used when it is old."""

from __future__ import annotations

from collections.abc import Coroutine
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import anyio
import pytest
from structlog.testing import capture_logs

from controller.control.clock import ScaledClock
from controller.domain.errors import StorageError
from controller.domain.horizon import Expected, Forecast
from controller.feeds.forecast_services import Place, Plane, Way, forecast_solar, open_meteo
from controller.feeds.forecast_source import STALE_AFTER, WebForecast
from controller.history.text_file import TextFile
from tests.feeds.test_forecast_formats import PERIODS, solar
from tests.support.feeds import Service, reply, serving
from tests.support.warp import run_warped

START = datetime(2026, 6, 22, 2, tzinfo=UTC)
HERE = Place(48.1372, 11.5756)
ROOF = [Plane(30, -45, 5.4), Plane(30, 135, 4.0)]
GOOD = reply(solar(watt_hours_period=PERIODS))
HOUR_S = 3600.0


def source(service: Service, clock: ScaledClock, path: Path, planes: list[Plane] | None = None) -> WebForecast:
    return WebForecast(
        forecast_solar(HERE, planes or ROOF[:1], Way(url=service.url)),
        name="forecast.solar",
        site="here",
        store=TextFile(path / "forecast.json"),
        clock=clock,
        random=Random(1),
    )


async def running(feed: WebForecast, clock: ScaledClock, seconds: float) -> None:
    """Runs it for so long."""
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(feed.run)
        await clock.sleep(seconds)
        tasks.cancel_scope.cancel()


def known(feed: WebForecast, clock: ScaledClock) -> Forecast:
    forecast = feed.forecast(clock.now())
    assert forecast is not None
    return forecast


def warped(main: Any) -> Any:
    def run(tmp_path: Path) -> None:
        async def whole() -> None:
            coroutine: Coroutine[Any, Any, None] = main(ScaledClock(START), tmp_path)
            await coroutine

        run_warped(whole)

    run.__name__, run.__doc__ = main.__name__, main.__doc__
    return run


@warped
async def test_every_plane_is_asked_once_an_hour_and_they_are_added(clock: ScaledClock, path: Path) -> None:
    async with serving(GOOD) as service:
        feed = source(service, clock, path, ROOF)
        await running(feed, clock, 5.5 * HOUR_S)
        paths = [seen.split(" ")[1] for seen in service.seen]
    assert paths[:2] == [
        "/estimate/48.1372/11.5756/30/-45/5.4?time=utc",
        "/estimate/48.1372/11.5756/30/135/4?time=utc",
    ]
    assert len(paths) in (10, 12)
    assert known(feed, clock).steps[1].pv_w == 1400
    assert known(feed, clock).source == "forecast.solar"
    assert feed.forecast(clock.now()) is feed.forecast(clock.now())


@warped
async def test_a_restart_goes_on_with_what_was_kept_and_asks_nobody_before_its_time(
    clock: ScaledClock, path: Path
) -> None:
    async with serving(GOOD) as service:
        await running(source(service, clock, path), clock, 60)
        again = source(service, clock, path)
        await running(again, clock, 0.5 * HOUR_S)
        assert len(service.seen) == 1
        assert known(again, clock).steps[0].pv_w == pytest.approx(150)
        await running(again, clock, HOUR_S)
        assert len(service.seen) == 2


@warped
async def test_another_roofs_forecast_does_not_count(clock: ScaledClock, path: Path) -> None:
    async with serving(GOOD) as service:
        await running(source(service, clock, path), clock, 60)
        kept = (path / "forecast.json").read_text()
        (path / "forecast.json").write_text(kept.replace('"here"', '"there"'))
        await running(source(service, clock, path), clock, 60)
        assert len(service.seen) == 2


@pytest.mark.parametrize(
    "text",
    [
        *("", "{}", "[]", '{"for": "here"', '{"for": "here", "made": "x", "source": 1}', "\x00"),
        '{"for": "here", "made": "2026-06-22T00:00:00+00:00", "source": "x", "steps": [[1782100000, 1782103600, NaN]]}',
    ],
)
def test_a_damaged_file_is_told_and_replaced(text: str, tmp_path: Path) -> None:
    (tmp_path / "forecast.json").write_text(text)

    async def main() -> None:
        clock = ScaledClock(START)
        async with serving(GOOD) as service:
            feed = source(service, clock, tmp_path)
            with capture_logs() as logs:
                await running(feed, clock, 60)
        assert "forecast_not_recalled" in [entry["event"] for entry in logs]
        assert known(feed, clock).steps

    run_warped(main)
    assert '"here"' in (tmp_path / "forecast.json").read_text()


@warped
async def test_failures_are_told_once_and_tried_again_calmly(clock: ScaledClock, path: Path) -> None:
    async with serving(reply({}, 503)) as service:
        feed = source(service, clock, path)
        with capture_logs() as logs:
            await running(feed, clock, 6 * HOUR_S)
            failures = len(service.seen)
            service.replies = [GOOD]
            await running(feed, clock, 2 * HOUR_S)
    loud = [(entry["event"], entry["log_level"]) for entry in logs if entry["log_level"] != "debug"]
    assert loud == [("forecast_failed", "warning"), ("forecast_fresh_again", "info")]
    assert 3 <= failures <= 8


@warped
async def test_an_old_forecast_is_not_used_and_that_is_told(clock: ScaledClock, path: Path) -> None:
    async with serving(GOOD, reply({"result": None})) as service:
        feed = source(service, clock, path)
        with capture_logs() as logs:
            await running(feed, clock, STALE_AFTER.total_seconds() - 60)
            assert feed.forecast(clock.now()) is not None
            await clock.sleep(120)
            assert feed.forecast(clock.now()) is None
            feed._tell_age()
            feed._tell_age()
    assert [entry["instead"] for entry in logs if entry["event"] == "forecast_stale"] == ["our own history"]


@warped
async def test_a_service_that_wants_to_be_left_alone_is(clock: ScaledClock, path: Path) -> None:
    async with serving(reply({}, 429, Retry_After="14400")) as service:
        await running(source(service, clock, path), clock, 3.9 * HOUR_S)
        assert len(service.seen) == 1


@warped
async def test_a_disk_that_keeps_nothing_costs_only_the_memory_of_a_restart(clock: ScaledClock, path: Path) -> None:
    class Broken:
        def load(self) -> str | None:
            raise StorageError("broken")

        def save(self, text: str) -> None:
            raise StorageError("broken")

    async with serving(GOOD) as service:
        planes = forecast_solar(HERE, ROOF[:1], Way(url=service.url))
        feed = WebForecast(planes, name="forecast.solar", site="here", store=Broken(), clock=clock, random=Random(1))
        with capture_logs() as logs, suppress(StorageError):
            await running(feed, clock, 60)
    assert [entry["event"] for entry in logs] == ["forecast_not_recalled", "forecast_not_kept"]
    assert known(feed, clock).steps


@warped
async def test_a_forecast_from_a_clock_that_was_ahead_does_not_count(clock: ScaledClock, path: Path) -> None:
    async with serving(GOOD) as service:
        await running(source(service, clock, path), clock, 60)
        early = ScaledClock(START - timedelta(days=1))
        again = source(service, early, path)
        await running(again, early, 60)
        assert len(service.seen) == 2
        assert known(again, early).made < START


def test_open_meteo_is_asked_for_the_irradiance_on_each_plane() -> None:
    first, second = open_meteo(HERE, ROOF, Way(api_key="secret-7"), performance_ratio=0.8)
    assert first.question.url == "https://api.open-meteo.com/v1/forecast"
    assert dict(first.question.params) == {
        "latitude": "48.1372",
        "longitude": "11.5756",
        "minutely_15": "global_tilted_irradiance",
        "tilt": "30",
        "azimuth": "-45",
        "timeformat": "unixtime",
        "timezone": "UTC",
        "forecast_days": "3",
        "apikey": "secret-7",
    }
    assert second.question.params["azimuth"] == "135"
    at = int(START.timestamp())
    told = {"minutely_15": {"time": [at], "global_tilted_irradiance": [500.0]}}
    assert second.read(told) == [Expected(START - timedelta(minutes=15), START, 500 * 4.0 * 0.8)]
    assert "secret" not in repr(first)


def test_a_key_of_forecast_solar_stands_in_the_path_and_nowhere_else() -> None:
    (one,) = forecast_solar(HERE, ROOF[:1], Way(api_key="a/b"))
    assert one.question.url == "https://api.forecast.solar/a%2Fb/estimate/48.1372/11.5756/30/-45/5.4"
    assert "a%2Fb" not in repr(one)
    assert not one.question.plain_allowed
