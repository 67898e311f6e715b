"""The market's prices on disk, until newer ones come."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import structlog
from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from controller.domain.errors import StorageError
from controller.domain.prices import Price, PriceTable
from controller.history.atomic import write_whole

_EARLIEST, _LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
_DEAREST_PER_KWH = 100.0
_log = structlog.get_logger()


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)

    source: str
    prices: list[tuple[AwareDatetime, AwareDatetime, float]]


class PriceFile:
    """Implements the port `PriceStore`; written whole or not at all.

    Args:
        directory: Where `prices.json` lies; made when it is missing.
        source: Whose prices they are; what is kept of another source does not count.
    """

    def __init__(self, directory: Path, source: str) -> None:
        self._path = directory / "prices.json"
        self._source = source

    def load(self) -> tuple[Price, ...]:
        """See `PriceStore.load`; a damaged file is said so, and counts as none."""
        try:
            found = _File.model_validate_json(self._path.read_bytes())
            prices = PriceTable.of(_believed(Price(*row)) for row in found.prices).prices
        except FileNotFoundError:
            return ()
        except OSError as error:
            raise StorageError(f"{self._path} cannot be read: {error.strerror}") from error
        except (ValidationError, ValueError, OverflowError):
            _log.warning("price_file_damaged", file=str(self._path), lost="the prices of today; they are fetched again")
            return ()
        return prices if found.source == self._source else ()

    def save(self, prices: tuple[Price, ...]) -> None:
        """See `PriceStore.save`."""
        rows = [(start.isoformat(), end.isoformat(), per_kwh) for start, end, per_kwh in prices]
        try:
            write_whole(self._path, json.dumps({"source": self._source, "prices": rows}) + "\n")
        except OSError as error:
            raise StorageError(
                f"{self._path} cannot be written: {error.strerror}; mend that, or change history.directory"
            ) from error


def _believed(price: Price) -> Price:
    """Raises ValueError where it cannot be, or OverflowError."""
    start, end = price.start.astimezone(UTC), price.end.astimezone(UTC)
    if not (start >= _EARLIEST and end <= _LATEST and abs(price.per_kwh) <= _DEAREST_PER_KWH):
        raise ValueError(price)
    return price
