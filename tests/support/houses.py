"""Builders for what the core is shown; each test names only what it is about."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from math import inf
from typing import Any, ClassVar, Self

from controller.control.ask import Failure
from controller.control.governor import decide
from controller.control.reconcile import acknowledge
from controller.control.settings import CoreSettings
from controller.control.state import Snapshot, State
from controller.domain.cap import Cap
from controller.domain.charger import ChargerStatus, OcppState, PowerSettings
from controller.domain.decision import ActionKind, Decision
from controller.domain.demand import Demand, Dwell, Situation, Strategy
from controller.domain.horizon import NOTHING_KNOWN, Horizon
from controller.domain.override import Override
from controller.domain.readings import House
from controller.domain.reasons import ReasonCode, because
from strategies.surplus import Surplus, SurplusSettings

NOON = datetime(2026, 6, 21, 12, tzinfo=UTC)


class Wants:
    """A strategy that wants what it was told to want."""

    Settings: ClassVar[type[SurplusSettings]] = SurplusSettings

    def __init__(
        self, current_a: float, dwell: Dwell | None = None, keep_s: float = 0.0, says: str | None = None
    ) -> None:
        self.current_a, self.keep_s, self.says = current_a, keep_s, says
        self.dwell = dwell or Dwell(min_off_s=0)

    @classmethod
    def from_settings(cls, settings: Any) -> Self:
        return cls(float(settings.grid_bias_w))

    def demand(self, situation: Situation) -> Demand:
        reason = because(ReasonCode.FIXED, current_a=self.current_a)
        if self.says is not None:
            reason = because(ReasonCode.PLUGIN, strategy="it", says=self.says)
        return Demand(current_a=self.current_a, reason=reason, dwell=self.dwell, keep_s=self.keep_s)


def surplus(**settings: Any) -> Surplus:
    return Surplus.from_settings(SurplusSettings(**settings))


class Timed(Surplus):
    """Follows the surplus by delays alone, as a third party's plug-in may."""

    def demand(self, situation: Situation) -> Demand:
        wish, watts_per_amp = super().demand(situation), situation.watts_per_amp
        if wish.sun is None:
            return wish
        surplus_w, share = wish.sun.surplus_w, self.solar_share
        least_a, most_a = situation.min_current_a, situation.max_current_a
        need_w = share * least_a * watts_per_amp
        if surplus_w < need_w:
            return wish._replace(sun=None, steady_w=(-inf, need_w))
        current_a = max(float(least_a), min(surplus_w / watts_per_amp + 1 - share, float(most_a)))
        whole_a = int(current_a)
        from_w = (whole_a - 1 + share) * watts_per_amp if whole_a > least_a else need_w
        below_w = (whole_a + share) * watts_per_amp if whole_a < most_a else inf
        return wish._replace(sun=None, current_a=current_a, steady_w=(from_w, below_w))


def timed(**settings: Any) -> Timed:
    return Timed(SurplusSettings(**settings))


def core(strategy: Strategy | None = None, **settings: Any) -> CoreSettings:
    return CoreSettings(
        strategies={"it": strategy if strategy is not None else surplus()}, active="it", timezone=UTC, **settings
    )


class Run:
    """Drives the core through time with a box that does what it is told, at once."""

    def __init__(self, settings: CoreSettings, *, limit_a: int = 16, charging: bool = False) -> None:
        self.settings = settings
        self.state = State()
        self.now_s = 0.0
        self.limit_a = limit_a
        self.box_state = OcppState.CHARGING if charging else OcppState.PREPARING
        self.limit_max_a: int | None = 16
        self.session_energy_wh: float | None = None
        self.cap: Cap | None = None
        self.override: Override | None = None
        self.horizon: Horizon = NOTHING_KNOWN
        self.decisions: list[Decision] = []
        self.snapshot: Snapshot | None = None
        self.told: list[str] = []

    def step(
        self, seconds: float = 1.0, *, failed_for_s: float | None = None, obey: bool = True, **house: Any
    ) -> Decision:
        """One decision, `seconds` after the last one."""
        self.now_s += seconds
        house.setdefault("grid_w", 0.0)
        house.setdefault("grid_age_s", 0.5)
        snapshot = Snapshot(
            now_s=self.now_s,
            now=NOON + timedelta(seconds=self.now_s),
            house=House(**house),
            status=ChargerStatus(
                taken_at_s=self.now_s - 0.1, state=self.box_state, session_energy_wh=self.session_energy_wh
            ),
            power=PowerSettings(taken_at_s=self.now_s - 0.1, limit_a=self.limit_a, limit_max_a=self.limit_max_a),
            cap=self.cap,
            override=self.override,
            horizon=self.horizon,
        )
        self.snapshot = snapshot
        failed = None if failed_for_s is None else Failure(failed_for_s, "kettle", "too hot")
        self.state, decision = decide(self.state, snapshot, self.settings, failed)
        self.decisions.append(decision)
        for action in decision.actions if obey else ():
            self.told.append(str(action))
            self.state = acknowledge(self.state, action, self.now_s)
            match action.kind:
                case ActionKind.SET_LIMIT:
                    self.limit_a = action.limit_a or 0
                case ActionKind.START:
                    self.box_state = OcppState.CHARGING
                case ActionKind.STOP:
                    self.box_state = OcppState.SUSPENDED_EVSE
        return decision

    def steps(self, seconds: float, step_s: float = 1.0, **house: Any) -> Decision:
        """Many decisions in the same house."""
        for _ in range(int(seconds / step_s)):
            decision = self.step(step_s, **house)
        return decision

    @property
    def decision(self) -> Decision:
        """The last one."""
        return self.decisions[-1]

    @property
    def charging(self) -> bool:
        return self.box_state is OcppState.CHARGING
