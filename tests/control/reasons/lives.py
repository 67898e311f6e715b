"""Made-up lives of a house: what is shown to the core, second after second, and what it made of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from controller.control.ask import Failure
from controller.control.governor import decide
from controller.control.reconcile import acknowledge, refuse
from controller.control.settings import CoreSettings, Fallback
from controller.control.state import Snapshot, State
from controller.domain.cap import Cap
from controller.domain.charger import ChargerStatus, OcppState, PowerSettings
from controller.domain.decision import Action, ActionKind, Decision
from controller.domain.demand import Dwell, Strategy
from controller.domain.horizon import NOTHING_KNOWN, EnergyLog, Expected, Forecast, Horizon, Mark
from controller.domain.override import Override, OverrideKind
from controller.domain.prices import Price, PriceTable
from controller.domain.readings import House
from controller.domain.reasons import Reason, ReasonCode, because
from strategies.fixed import Fixed, FixedSettings
from strategies.minimum import Minimum, MinimumSettings
from strategies.off_peak import OffPeak, OffPeakSettings
from strategies.price import ByPrice, PriceSettings
from strategies.surplus import Surplus, SurplusSettings
from tests.support.houses import Wants

ZONE = ZoneInfo("Europe/Berlin")
BEGIN = datetime(2026, 10, 24, 20, 0, tzinfo=UTC)  # the night in which summer time ends
BOX_DOWN = because(ReasonCode.BOX_DOWN, error="the wallbox did not answer", in_s=20.0)
BOX_LOCKED = because(ReasonCode.BOX_LOCKED, error="the wallbox refuses the login")


@dataclass(frozen=True, kw_only=True)
class Look:
    """One decision with all that it was made from.

    Attributes:
        snapshot: What was shown.
        settings: The site.
        failed_for_s: How long the strategy has been failing, s.
        state: The core's memory afterwards, before the box was told.
        decision: What came out.
        weighed: The house at the last look at which the governor weighed.
    """

    snapshot: Snapshot
    settings: CoreSettings
    failed_for_s: float | None
    state: State
    decision: Decision
    weighed: House | None = None

    @property
    def house(self) -> House:
        return self.snapshot.house

    @property
    def charging(self) -> bool:
        """Whether the box is believed to be on."""
        return self.state.told is not None and self.state.told.charging


@dataclass(frozen=True, kw_only=True)
class Moment:
    """One step of a life.

    Attributes:
        seconds: Since the step before.
        house: What the meters say, by the names of `House`.
        box_state: What the box is seen to do from now on; None where it does what it was told.
        away: What the box does not tell.
        down: Why it cannot be told anything.
        answer: What becomes of an order: obeyed, refused, or lost.
        failed_for_s: How long the strategy has been failing, s.
        limit_max_a: The box's own maximum, A.
        cap: A limit from outside.
        override: What a person wants for a while.
    """

    seconds: float
    house: Mapping[str, Any]
    box_state: OcppState | None = None
    away: str | None = None
    down: Reason | None = None
    answer: str = "obeys"
    failed_for_s: float | None = None
    limit_max_a: int | None = 16
    cap: Cap | None = None
    override: Override | None = None


@dataclass
class Life:
    """Drives the core; the box does what it is told unless the moment says otherwise."""

    settings: CoreSettings
    limit_a: int = 16
    box_state: OcppState = OcppState.PREPARING
    state: State = field(default_factory=State)
    horizon: Horizon = NOTHING_KNOWN
    now_s: float = 1000.0
    weighed: House | None = None

    def step(self, moment: Moment) -> Look:
        """Shows the core a moment, and carries out what it decides."""
        self.now_s += moment.seconds
        self.box_state = moment.box_state or self.box_state
        seen_s = self.now_s - 0.1
        power = PowerSettings(taken_at_s=seen_s, limit_a=self.limit_a, limit_max_a=moment.limit_max_a)
        snapshot = Snapshot(
            now_s=self.now_s,
            now=BEGIN + timedelta(seconds=self.now_s),
            house=House(**moment.house),
            status=None if moment.away == "status" else ChargerStatus(taken_at_s=seen_s, state=self.box_state),
            power=None if moment.away == "power" else power,
            box_down=moment.down,
            cap=moment.cap,
            override=moment.override,
            horizon=self.horizon,
        )
        failed = None if moment.failed_for_s is None else Failure(moment.failed_for_s, "it", "too hot")
        weighed_at_s = self.state.scales.weighed_at_s
        self.state, decision = decide(self.state, snapshot, self.settings, failed)
        if self.state.scales.weighed_at_s != weighed_at_s:
            self.weighed = snapshot.house
        look = Look(
            snapshot=snapshot,
            settings=self.settings,
            failed_for_s=moment.failed_for_s,
            state=self.state,
            decision=decision,
            weighed=self.weighed,
        )
        for action in decision.actions:
            self._carry_out(action, moment.answer)
        return look

    def _carry_out(self, action: Action, answer: str) -> None:
        if answer == "lost":
            return
        if answer == "refuses":
            self.state = refuse(self.state, action, self.now_s)
            return
        self.state = acknowledge(self.state, action, self.now_s)
        match action.kind:
            case ActionKind.SET_LIMIT:
                self.limit_a = action.limit_a or 0
            case ActionKind.START:
                self.box_state = OcppState.CHARGING
            case ActionKind.STOP:
                self.box_state = OcppState.SUSPENDED_EVSE


def often(strategy: st.SearchStrategy[Any], otherwise: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Mostly the first."""
    return st.sampled_from([strategy] * 7 + [otherwise]).flatmap(lambda chosen: chosen)


def between(least: int, most: int) -> st.SearchStrategy[float]:
    return st.integers(least, most).map(float)


_SECONDS = st.sampled_from([1.0, 5.0, 30.0, 61.0, 125.0, 400.0])
_AMPS = st.tuples(between(-10, 35), between(-30, 10), between(-30, 10))
_METERS = st.fixed_dictionaries(
    {
        "grid_w": often(between(-9000, 6000), st.none()),
        "grid_age_s": often(between(0, 3), between(0, 3000)),
        "ev_w": often(st.sampled_from([0.0, 1380.0, 4140.0, 6900.0]), st.none()),
        "battery_missing": often(st.just(False), st.just(True)),
    },
    optional={
        "grid_current_a": _AMPS,
        "grid_phases_missing": st.booleans(),
        "voltage_v": st.tuples(between(225, 245), between(225, 245), between(225, 245)),
        "pv_w": between(0, 12_000),
        "pv_missing": st.booleans(),
        "battery_w": between(-5000, 5000),
        "battery_soc_pct": between(0, 100),
    },
)
_ENDS = st.none() | st.sampled_from([BEGIN + timedelta(days=days) for days in (1, 5, 9)])
_CAPS = st.one_of(
    st.tuples(between(0, 20), _ENDS).map(lambda cap: Cap(current_a=cap[0], until=cap[1])),
    st.tuples(between(0, 15_000), _ENDS).map(lambda cap: Cap(power_w=cap[0], until=cap[1], source="them", kept=True)),
    st.just(Cap()),
)
_OVERRIDES = st.builds(
    Override,
    kind=st.sampled_from(OverrideKind),
    set_at=st.just(BEGIN),
    until=st.sampled_from([BEGIN + timedelta(minutes=minutes) for minutes in (18, 30, 600, 20_000)]),
    current_a=st.none() | st.integers(6, 32),
    energy_wh=st.none() | st.sampled_from([1.0, 2000.0, 20_000.0]),
    use_battery=st.booleans(),
)
_PLAIN = st.builds(
    Moment, seconds=_SECONDS, house=_METERS, cap=often(st.none(), _CAPS), override=often(st.none(), _OVERRIDES)
)
_ODD = st.builds(
    Moment,
    seconds=_SECONDS,
    house=_METERS,
    box_state=often(st.none(), st.sampled_from(OcppState)),
    away=often(st.none(), st.sampled_from(["status", "power"])),
    down=often(st.none(), st.sampled_from([BOX_DOWN, BOX_LOCKED])),
    answer=st.sampled_from(["obeys", "refuses", "lost"]),
    failed_for_s=often(st.none(), between(0, 4000)),
    limit_max_a=st.none() | st.integers(0, 32),
    cap=often(st.none(), _CAPS),
    override=often(st.none(), _OVERRIDES),
)


def _price_table(hourly: list[float], stale: bool) -> PriceTable:
    first, hour = BEGIN.replace(hour=18), timedelta(hours=1)
    return PriceTable(
        tuple(Price(first + place * hour, first + (place + 1) * hour, one) for place, one in enumerate(hourly)), stale
    )


def _sunny_day(pv_w: float) -> Forecast:
    first, hour = BEGIN.replace(hour=0) + timedelta(days=1), timedelta(hours=1)
    steps = (Expected(first + place * hour, first + (place + 1) * hour, pv_w, 300.0) for place in range(9, 14))
    return Forecast(tuple(steps), BEGIN, "made up")


_HORIZONS = st.builds(
    Horizon,
    forecast=st.none() | st.builds(_sunny_day, st.sampled_from([900.0, 2500.0, 9000.0])),
    full_power_w=st.sampled_from([None, 3600.0]),
    prices=st.none()
    | st.builds(_price_table, st.lists(st.sampled_from([-0.02, 0.05, 0.2, 0.3]), min_size=4), st.booleans()),
    feed_in_price=st.sampled_from([None, 0.08, 0.25]),
)


@st.composite
def lives(
    draw: st.DrawFn, strategies: st.SearchStrategy[Strategy], *, charged: bool = True
) -> tuple[Life, list[Moment]]:
    """A site, and what happens there: the same house for several steps, then another one."""
    settings = CoreSettings(
        strategies={"it": draw(strategies), "surplus": draw(surplus)},
        active="it",
        timezone=ZONE,
        phases=draw(st.sampled_from([1, 3])),
        min_current_a=draw(st.sampled_from([6, 6, 8])),
        max_current_a=draw(st.integers(8, 32)),
        main_fuse_a=draw(st.sampled_from([0, 0, 20, 35])),
        fallback=draw(st.sampled_from(Fallback)),
        fallback_stop_after_s=draw(st.sampled_from([0.0, 600.0, 1800.0])),
        writes_per_hour=draw(st.sampled_from([4, 10, 60])),
        starts_per_day=draw(st.sampled_from([0, 0, 1, 2])),
        feed_in_limit_w=draw(st.sampled_from([None, None, 0.0, 500.0])),
    )
    horizon = replace(draw(_HORIZONS), charged=draw(_CHARGED) if charged else EnergyLog())
    life = Life(settings, limit_a=draw(st.integers(0, 32)), horizon=horizon)
    life.box_state = draw(st.sampled_from([OcppState.PREPARING, OcppState.CHARGING]))
    moments: list[Moment] = []
    for _ in range(draw(st.integers(1, 6))):
        moment = draw(st.one_of(_PLAIN, _ODD))
        moments += [moment, *[replace(moment, box_state=None)] * draw(st.integers(0, 6))]
    return life, moments


surplus = st.builds(
    lambda **keys: Surplus.from_settings(SurplusSettings(**keys)),
    solar_share=st.floats(0.1, 1),
    start_delay_s=st.sampled_from([0.0, 60.0, 300.0]),
    stop_delay_s=st.sampled_from([0.0, 60.0, 300.0]),
    min_on_s=st.sampled_from([0.0, 120.0, 600.0]),
    min_off_s=st.sampled_from([0.0, 120.0, 600.0]),
    keep_minimum=st.booleans(),
    grid_bias_w=st.sampled_from([0.0, 200.0, -200.0]),
    battery=st.sampled_from(["house-first", "car-first"]),
    battery_priority_soc_pct=st.sampled_from([100.0, 50.0]),
)
_CLOCK = st.builds("{:02}:{:02}".format, st.integers(0, 23), st.sampled_from([0, 1, 30, 59]))
fixed = st.builds(
    lambda measure, ends, use: Fixed.from_settings(
        FixedSettings.model_validate({**measure, **ends, "then": "surplus", "use_battery": use})
    ),
    st.one_of(
        st.fixed_dictionaries({"current_a": st.integers(6, 32)}),
        st.fixed_dictionaries({"power_w": between(1000, 12_000)}),
    ),
    st.fixed_dictionaries(
        {},
        optional={
            "until": st.one_of(_CLOCK, st.just("2026-10-24T20:20:00Z"), st.just("2026-11-24T20:20:00+01:00")),
            "energy_kwh": st.sampled_from([2.0, 9.5, 40.0]),
        },
    ),
    st.booleans(),
)
minimum = st.builds(
    lambda **keys: Minimum.from_settings(MinimumSettings(**keys)),
    solar_share=st.floats(0.1, 1),
    grid_bias_w=st.sampled_from([0.0, 200.0, -200.0]),
    use_battery=st.booleans(),
)
_NIGHTS = st.fixed_dictionaries(
    {"start": _CLOCK, "end": _CLOCK},
    optional={
        "days": st.lists(st.sampled_from(["sat", "sun", "mon", "holiday"]), min_size=2, max_size=3, unique=True),
        "current_a": st.sampled_from([8, 12]),
        "energy_kwh": st.sampled_from([0.0, 2.0, 5.0]),
    },
)
off_peak = st.builds(
    lambda windows, then, holidays: OffPeak(
        OffPeakSettings.model_validate({"windows": windows, "then": then, "holidays": holidays})
    ),
    st.lists(_NIGHTS, min_size=1, max_size=3),
    st.sampled_from(["surplus", "off"]),
    st.sampled_from([[], ["2026-10-25"], ["2026-10-24", "2026-10-26"]]),
)
_CHARGED = st.builds(
    lambda hours, wh: EnergyLog((Mark(BEGIN - timedelta(hours=hours), 0.0), Mark(BEGIN + timedelta(hours=1), wh))),
    st.integers(1, 20),
    st.sampled_from([0.0, 3000.0, 20_000.0, 90_000.0]),
)
by_price = st.builds(
    lambda **keys: ByPrice(PriceSettings(**keys)),
    limit_per_kwh=st.sampled_from([None, 0.05, 0.2]),
    cheapest_hours=st.sampled_from([0.25, 1.0, 4.0]),
    leave_for_sun_kwh=st.sampled_from([0.0, 0.0, 3.0, 60.0]),
    before=_CLOCK,
    contiguous=st.booleans(),
    current_a=st.integers(6, 32),
    start_costs_kwh=st.sampled_from([0.001, 1.0, 5.0]),
    use_battery=st.booleans(),
    then=st.sampled_from(["surplus", "off"]),
)
wants = st.builds(
    Wants,
    st.sampled_from([0.0, 5.9, 6.0, 7.5, 10.0, 16.0, 34.0]),
    st.builds(
        Dwell,
        start_delay_s=between(0, 90),
        stop_delay_s=between(0, 90),
        min_on_s=between(0, 200),
        min_off_s=between(0, 200),
    ),
    st.sampled_from([0.0, 0.0, 60.0]),
    st.sampled_from([None, None, "tea is ready"]),
)
