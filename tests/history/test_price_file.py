"""The market's prices on disk."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from controller.domain.errors import StorageError
from controller.domain.prices import Price
from controller.history.price_file import PriceFile

NOON = datetime(2026, 6, 21, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
PRICES = (Price(NOON, NOON + HOUR, 0.0812), Price(NOON + HOUR, NOON + 2 * HOUR, -0.0055))


def test_what_is_kept_comes_back(tmp_path: Path) -> None:
    store = PriceFile(tmp_path / "state", "awattar de")
    assert store.load() == ()
    store.save(PRICES)
    assert PriceFile(tmp_path / "state", "awattar de").load() == PRICES


def test_another_source_starts_anew(tmp_path: Path) -> None:
    PriceFile(tmp_path, "awattar de").save(PRICES)
    assert PriceFile(tmp_path, "awattar at").load() == ()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b'{"source": "awattar de"}',
        b'{"source": "awattar de", "prices": [["2026-06-21T12:00:00Z", "2026-06-21T13:00:00Z", "nan"]]}',
        b'{"source": "awattar de", "prices": [["2026-06-21T12:00:00", "2026-06-21T13:00:00", 1]]}',
        b'{"source": "awattar de", "prices": [["2026-06-21T13:00:00Z", "2026-06-21T12:00:00Z", 1]]}',
        b'{"source": "awattar de", "prices": [["2026-06-21T12:00:00Z", "2026-06-21T13:00:00Z", 1e300]]}',
        b'{"source": "awattar de", "prices": [["2026-06-21T12:00:00Z", "9999-12-31T23:00:00Z", 1]]}',
        b'{"source": "awattar de", "prices": [["2026-06-21T12:00:00Z", "9999-12-31T23:00:00-10:00", 1]]}',
        b'{"source": "awattar de", "prices": [["0001-01-01T00:00:00+14:00", "2026-06-21T13:00:00Z", 1]]}',
    ],
)
def test_a_damaged_file_is_said_and_counts_as_none(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "prices.json").write_bytes(content)
    with capture_logs() as logs:
        assert PriceFile(tmp_path, "awattar de").load() == ()
    assert [log["event"] for log in logs] == ["price_file_damaged"]


def test_no_place_to_keep_them(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    store = PriceFile(tmp_path / "file", "awattar de")
    with pytest.raises(StorageError, match="cannot be written"):
        store.save(PRICES)
    with pytest.raises(StorageError, match="cannot be read"):
        store.load()
