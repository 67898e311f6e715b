"""What a command knows without the running service: what that has written down, and nothing is changed by it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from pydantic import SecretStr

from controller.config.models import Config
from controller.control.clock import WallClock
from controller.domain.quarter_hours import QUARTER, CarNote, QuarterHour
from controller.history.quarter_hours import QuarterHourFile
from controller.known import known_horizon

NOW = datetime(2026, 6, 21, 20, 5, tzinfo=UTC)
SITE = {
    "site": {"timezone": "Europe/Berlin", "import_price": 0.3, "feed_in_price": 0.08},
    "meter": {"grid": {"host": "127.0.0.1"}},
    "wallbox": {"host": "127.0.0.1", "password": "x", "tls": "insecure"},
}


class Evening(WallClock):
    def now(self) -> datetime:
        return NOW


def test_where_nothing_was_written_the_sites_prices_are_known(tmp_path: Path) -> None:
    horizon = known_horizon(Config.model_validate(SITE), SecretStr(""), tmp_path, Evening())
    assert (horizon.import_price, horizon.feed_in_price, horizon.full_power_w) == (0.3, 0.08, None)
    assert horizon.forecast is None
    assert horizon.charged.since_wh(NOW - timedelta(days=1)) == 0
    assert list(tmp_path.iterdir()) == []


def test_the_record_tells_what_the_car_got_and_what_sun_to_expect(tmp_path: Path) -> None:
    came = NOW - timedelta(hours=3)
    store, first = QuarterHourFile(tmp_path), datetime(2026, 6, 18, tzinfo=UTC)
    for index in range(int((NOW - first) / QUARTER)):
        start = first + index * QUARTER
        sun_w, ev_wh = (3000.0 if 8 <= start.hour < 16 else 0.0), (500.0 if start >= NOW - timedelta(hours=1) else 0.0)
        store.keep(QuarterHour(start, 900.0, sun_w, 400.0, 0.0, None, ev_wh, 0.0), CarNote(NOW, came, None, 10_800.0))
    store.close()
    prices = tmp_path / "prices.toml"
    prices.write_text('[[recurring]]\nstart = "22:00"\nend = "06:00"\nper_kwh = 0.2\n')
    config = Config.model_validate({**SITE, "prices": {"source": "file", "file": str(prices)}})
    horizon = known_horizon(config, SecretStr(""), tmp_path, Evening())
    assert horizon.full_power_w == 10_800
    assert horizon.plugged_since == came
    assert horizon.charged.since_wh(came) == 1500
    assert horizon.forecast is not None
    noon = [step for step in horizon.forecast.steps if step.start.hour == 12]
    assert noon
    assert all(step.pv_w > 2500 and step.load_w > 300 for step in noon)
    assert horizon.prices is not None
    assert (price := horizon.prices.at(NOW + timedelta(hours=2))) is not None
    assert price.per_kwh == 0.2
