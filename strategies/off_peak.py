"""Charge in the cheap hours; outside them leave it to the sun, to another strategy, or do not charge."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from math import inf
from typing import Annotated, ClassVar, Literal, NamedTuple, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from controller.domain import calendar
from controller.domain.calendar import HOLIDAY, Span, covered_until, wall_time
from controller.domain.demand import Defer, Demand, Situation
from controller.domain.moment import Moment
from controller.domain.reasons import Reason, ReasonCode, because
from controller.domain.units import MAX_CURRENT_A, MIN_CURRENT_A

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun", "holiday"]
_DAY = timedelta(days=1)
_MOST_KWH = 500.0
_NO_DATE = 'a date like "2026-12-25" is expected'


def _as_date(value: object) -> object:
    """TOML's own dates will do, too."""
    if isinstance(value, str):
        try:
            return datetime.strptime(value, "%Y-%m-%d").date()  # noqa: DTZ007 -- a date has no zone
        except ValueError:
            raise ValueError(_NO_DATE) from None
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    raise ValueError(_NO_DATE)


class Window(BaseModel):
    """A recurring span of local wall time; across midnight it belongs to the day it starts on.

    The same start and end are a whole day. Without `days` it is there every day, holidays too.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    start: str
    end: str
    days: list[Day] | None = Field(default=None, min_length=1)
    current_a: int | None = Field(default=None, ge=MIN_CURRENT_A, le=MAX_CURRENT_A)
    energy_kwh: float | None = Field(default=None, ge=0, le=_MOST_KWH)

    @field_validator("start", "end")
    @classmethod
    def _is_wall_time(cls, text: str) -> str:
        return f"{wall_time(text):%H:%M}"


class OffPeakSettings(BaseModel):
    """The table `[strategy.off_peak]`."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    windows: list[Window] = Field(default=[Window(start="22:00", end="06:00")], min_length=1)
    holidays: list[Annotated[date, BeforeValidator(_as_date)]] = []
    current_a: int = Field(default=16, ge=MIN_CURRENT_A, le=MAX_CURRENT_A)
    energy_kwh: float = Field(default=0.0, ge=0, le=_MOST_KWH)
    use_battery: bool = False
    then: str = Field(default="surplus", min_length=1)

    @model_validator(mode="after")
    def _knows_its_holidays(self) -> Self:
        if not self.holidays and any(window.days and set(window.days) == {HOLIDAY} for window in self.windows):
            raise ValueError('a window is for days = ["holiday"] alone, and holidays names none')
        return self


class _Offer(NamedTuple):
    """A window and what there is in it.

    Attributes:
        window: When.
        current_a: The current, A.
        energy_wh: After so much in one occurrence it is over, Wh; infinite where there is no end.
    """

    window: calendar.Window
    current_a: int
    energy_wh: float


class _Stretch(NamedTuple):
    """What holds for a while, whatever the house does.

    Attributes:
        from_s: Since when, s since 1970.
        before_s: It has to be looked at anew then.
        zone: Of the local time.
        limited: Demands that end with their energy, the best first, each with its occurrence and its offer.
        answer: What is said where none of those is left.
    """

    from_s: float
    before_s: float
    zone: tzinfo | None
    limited: tuple[tuple[Span, _Offer, Moment], ...]
    answer: Demand | Defer


class OffPeak:
    """The windows' current while they last, then the sun, another strategy, or nothing.

    Where windows overlap the highest current counts, of those whose energy is not reached.
    """

    Settings: ClassVar[type[OffPeakSettings]] = OffPeakSettings

    def __init__(self, settings: OffPeakSettings) -> None:
        self._settings = settings
        offers = [_offer(window, settings) for window in settings.windows]
        self._offers = sorted(offers, key=lambda offer: (-offer.current_a, -offer.energy_wh))
        self._endless = tuple(offer.window for offer in offers if offer.energy_wh == inf)
        self._stretch = _Stretch(inf, -inf, None, (), Defer(to=settings.then))

    @classmethod
    def from_settings(cls, settings: OffPeakSettings) -> Self:
        """See `Strategy.from_settings`."""
        return cls(settings)

    @property
    def windows(self) -> tuple[calendar.Window, ...]:
        """See `Scheduled.windows`."""
        return tuple(offer.window for offer in self._offers)

    @property
    def windows_only(self) -> bool:
        """See `Scheduled.windows_only`."""
        return self._settings.then == "off"

    def demand(self, situation: Situation) -> Demand | Defer:
        """See `Strategy.demand`."""
        local, stretch = situation.local_time, self._stretch
        now_s = local.timestamp()
        if not stretch.from_s <= now_s < stretch.before_s or stretch.zone is not local.tzinfo:
            self._stretch = stretch = self._look_up(local)
        for span, offer, until in stretch.limited:
            got_wh = situation.horizon.charged.since_wh(span.start)
            if got_wh < offer.energy_wh:
                figures = {"until": until, "got_wh": got_wh, "energy_wh": offer.energy_wh}
                return self._charge(offer, because(ReasonCode.WINDOW_ENERGY, **figures))
        return stretch.answer

    def _charge(self, offer: _Offer, reason: Reason) -> Demand:
        steady_w = (-inf, inf) if offer.energy_wh == inf else None
        spared = not self._settings.use_battery
        return Demand(current_a=offer.current_a, reason=reason, steady_w=steady_w, battery_spared=spared)

    def _otherwise(self, reason: Reason) -> Demand | Defer:
        """Who decides where no window does; not charging is said here, since it is known until when."""
        if self._settings.then == "off":
            return Demand(current_a=0, reason=reason, steady_w=(-inf, inf))
        return Defer(to=self._settings.then)

    def _look_up(self, local: datetime) -> _Stretch:
        """What holds from now on, and until when: the next start or end, or until a moment is told otherwise."""
        zone, now = local.tzinfo or UTC, local.astimezone(UTC)
        held = [(span, offer) for offer in self._offers if (span := offer.window.holding(now, zone)) is not None]
        starts = [span.start for offer in self._offers if (span := offer.window.following(now, zone)) is not None]
        endless = next((offer for _, offer in held if offer.energy_wh == inf), None)
        end = covered_until(self._endless, now, zone) if endless is not None else None
        edges = [min(starts)] if starts else []
        edges += [span.end for span, _ in held] + ([] if end is None else [end])
        edges += [edge - _DAY for edge in edges] + [calendar.instant(local.date() + _DAY, time(0), zone)]
        limited = tuple(
            (span, offer, Moment.seen_from(local, span.end))
            for span, offer in held
            if offer.energy_wh < inf and (endless is None or offer.current_a > endless.current_a)
        )
        following = Moment.seen_from(local, min(starts)) if starts else "not_in_sight"
        answer: Demand | Defer
        if endless is not None:
            until = "always" if end is None else Moment.seen_from(local, end)
            answer = self._charge(endless, because(ReasonCode.WINDOW, until=until))
        elif limited:
            spent_wh = limited[0][1].energy_wh
            answer = self._otherwise(because(ReasonCode.WINDOW_SPENT, energy_wh=spent_wh, next=following))
        else:
            answer = self._otherwise(because(ReasonCode.OUTSIDE_WINDOW, next=following))
        before = min(edge for edge in edges if edge > now)
        return _Stretch(now.timestamp(), before.timestamp(), local.tzinfo, limited, answer)


def _offer(window: Window, settings: OffPeakSettings) -> _Offer:
    energy_kwh = settings.energy_kwh if window.energy_kwh is None else window.energy_kwh
    return _Offer(
        calendar.Window.on(wall_time(window.start), wall_time(window.end), window.days, settings.holidays),
        settings.current_a if window.current_a is None else window.current_a,
        energy_kwh * 1000 if energy_kwh > 0 else inf,
    )
