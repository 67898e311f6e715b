"""A forecast of the sun from a service on the web: asked for once an hour, kept on disk, told when it is old."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, Protocol

import structlog

from controller.domain.errors import FeedError, StorageError
from controller.domain.horizon import Expected, Forecast
from controller.domain.ports import Clock
from controller.feeds.fetch import Patience, Question, fetch
from controller.feeds.forecast_formats import believed_w, checked, together

_log = structlog.get_logger()
EVERY_S = 3600.0
"""Between two forecasts; forecast.solar's free plan allows 12 requests an hour, and one is needed for each plane."""

STALE_AFTER = timedelta(hours=24)
"""So old a forecast is not used any more."""

_SPREAD_S = 600.0  # of the pause, so that not everybody asks on the hour
_FIRST_RETRY_S = 900.0


class TextStore(Protocol):
    """Keeps a text across restarts; raises StorageError."""

    def load(self) -> str | None:
        """The text; None where none is kept."""
        ...

    def save(self, text: str) -> None:
        """Keeps it in place of the one before."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaneQuestion:
    """What is asked for one plane of modules.

    Attributes:
        question: The request.
        read: Its answer's steps; raises FeedError.
    """

    question: Question = field(repr=False)
    read: Callable[[Any], list[Expected]]


class WebForecast:
    """Implements the port `ForecastSource`.

    Args:
        planes: What is asked.
        name: Of the service, for people.
        site: What the forecast is for; one on disk that is for something else does not count. No secret may be in it.
        store: Where the last one is kept.
        clock: The clock.
        random: For the spread of the requests.
    """

    def __init__(
        self,
        planes: Sequence[PlaneQuestion],
        *,
        name: str,
        site: str,
        store: TextStore,
        clock: Clock,
        random: Random | None = None,
    ) -> None:
        self._name, self._site, self._planes = name, site, planes
        self._store = store
        self._clock = clock
        self._random = random or Random()  # noqa: S311 -- spreads requests, guards nothing
        self._patience = Patience(first_s=_FIRST_RETRY_S, random=self._random)
        self._forecast: Forecast | None = None
        self._told = self._told_stale = False

    @property
    def name(self) -> str:
        """Of the service, for people."""
        return self._name

    def forecast(self, now: datetime) -> Forecast | None:
        """See `ForecastSource.forecast`; nothing where the last one is too old."""
        known = self._forecast
        return known if known is not None and now - known.made < STALE_AFTER else None

    async def run(self) -> None:
        """See `ForecastSource.run`."""
        self.recall()
        await self._clock.sleep(self._due_in_s())
        while True:
            pause_s = EVERY_S + _SPREAD_S * self._random.random()
            try:
                await self.renew()
            except FeedError as error:
                pause_s = self._fail(error)
            self._tell_age()
            await self._clock.sleep(pause_s)

    async def renew(self) -> None:
        """Asks once. Raises FeedError."""
        steps = together([plane.read(await fetch(plane.question, self._clock)) for plane in self._planes])
        if not steps:
            raise FeedError(f"{self._name} tells no sun at all, day or night")
        self._forecast = Forecast(tuple(steps), self._clock.now(), self._name)
        self._patience.well()
        if self._told:
            _log.info("forecast_fresh_again", source=self._name)
        self._told = False
        try:
            self._store.save(_as_text(self._forecast, self._site))
        except StorageError as error:
            _log.warning("forecast_not_kept", error=str(error))

    def _fail(self, error: FeedError) -> float:
        """Told once for a row of failures; returns how long to wait, s."""
        pause_s = max(_FIRST_RETRY_S, self._patience.after(error))
        report = _log.debug if self._told else _log.warning
        report("forecast_failed", source=self._name, error=str(error), again_in_s=round(pause_s))
        self._told = True
        return pause_s

    def _tell_age(self) -> None:
        stale = self._forecast is not None and self.forecast(self._clock.now()) is None
        if stale and not self._told_stale:
            hours = STALE_AFTER / timedelta(hours=1)
            _log.warning("forecast_stale", source=self._name, after_h=hours, instead="our own history")
        self._told_stale = stale

    def recall(self) -> None:
        """Takes over the one on disk; one that cannot be used is told, and replaced by the next."""
        try:
            text = self._store.load()
        except StorageError as error:
            _log.warning("forecast_not_recalled", error=str(error))
            return
        if text is None:
            return
        try:
            self._forecast = _of_text(text, self._site, self._clock.now())
        except (FeedError, ValueError, TypeError, KeyError, OverflowError, OSError) as error:
            _log.warning("forecast_not_recalled", error=f"what was kept is damaged: {type(error).__name__}")

    def _due_in_s(self) -> float:
        if self._forecast is None:
            return 0.0
        age_s = (self._clock.now() - self._forecast.made).total_seconds()
        return min(EVERY_S, max(0.0, EVERY_S - age_s))


def _as_text(forecast: Forecast, site: str) -> str:
    steps = [[step.start.timestamp(), step.end.timestamp(), round(step.pv_w, 1)] for step in forecast.steps]
    return (
        json.dumps({"for": site, "made": forecast.made.isoformat(), "source": forecast.source, "steps": steps}) + "\n"
    )


def _of_text(text: str, site: str, now: datetime) -> Forecast | None:
    """The forecast that was kept; None where it is for something else, or comes from a clock that was ahead."""
    table = json.loads(text)
    if table["for"] != site:
        return None
    made = datetime.fromisoformat(table["made"])
    steps = checked(
        Expected(datetime.fromtimestamp(start_s, UTC), datetime.fromtimestamp(end_s, UTC), believed_w(pv_w))
        for start_s, end_s, pv_w in table["steps"]
    )
    return Forecast(tuple(steps), made, str(table["source"])) if made <= now else None
