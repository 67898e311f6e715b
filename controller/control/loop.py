"""The service's loop: sense, decide, act, record."""

from __future__ import annotations

import anyio
import structlog

from controller.control.ask import Failure
from controller.control.box import BoxLink
from controller.control.box_times_notice import BoxTimesNotice
from controller.control.energy_book import EnergyBook
from controller.control.governor import decide
from controller.control.helm import Helm
from controller.control.horizon import Lookout
from controller.control.journal import Journal
from controller.control.notices import Notices
from controller.control.own_limit import OwnLimit
from controller.control.poller import HouseMeters
from controller.control.reconcile import acknowledge, refuse
from controller.control.settings import CoreSettings
from controller.control.state import Snapshot, State
from controller.control.supervisor import contained, supervise
from controller.domain.decision import Action, Decision
from controller.domain.errors import DeviceError, StorageError, StrategyError
from controller.domain.explanation import explain
from controller.domain.horizon import NOTHING_KNOWN, Horizon
from controller.domain.one_line import error_line
from controller.domain.ports import (
    BoxNoteStore,
    CapSource,
    Clock,
    ForecastSource,
    LimitStore,
    OverrideSource,
    PriceSource,
    Publisher,
    SessionStore,
    StrategyHosts,
    Wallbox,
)
from controller.domain.readings import House
from controller.domain.sentences import Language

_log = structlog.get_logger()
_SETTLE_SHARE = 0.6  # of the time for leaving that a call under way may take


class Controller:
    """Runs a house.

    Args:
        meters: The house's meters.
        wallbox: The box.
        clock: The only clock.
        settings: The site.
        limit_store: Where the user's own limit survives a crash.
        session_store: Where the records of sessions are kept.
        note_store: Where it survives a restart what was learnt of the box.
        book: What flowed, in memory and on disk; None for memory alone.
        prices: Where the prices come from; None for nowhere.
        forecast: Where the sun to come is told; None for nowhere.
        site: What is known beyond this moment and never changes: the site's own prices.
        caps: Where a limit from outside comes from; None for nowhere.
        hosts: Where the strategies of others run; None where there are none.
        overrides: Where it comes from what a person wants for a while; None for nowhere.
        helm: Which strategy steers; None for always that of the settings.
        publishers: Told of every tick.
        tick_s: Seconds between two decisions.
        status_every_s: Seconds between two looks at the box.
        stop_on_exit: Whether leaving stops the charging.
        exit_within_s: The clock's seconds that giving the box back may take.
        language: In which the log tells the reasons.
    """

    def __init__(
        self,
        *,
        meters: HouseMeters,
        wallbox: Wallbox,
        clock: Clock,
        settings: CoreSettings,
        limit_store: LimitStore,
        session_store: SessionStore,
        note_store: BoxNoteStore,
        book: EnergyBook | None = None,
        prices: PriceSource | None = None,
        forecast: ForecastSource | None = None,
        site: Horizon = NOTHING_KNOWN,
        caps: CapSource | None = None,
        hosts: StrategyHosts | None = None,
        overrides: OverrideSource | None = None,
        helm: Helm | None = None,
        publishers: tuple[Publisher, ...] = (),
        tick_s: float = 1.0,
        status_every_s: float = 15.0,
        stop_on_exit: bool = False,
        exit_within_s: float = 4.5,
        language: Language = Language.EN,
    ) -> None:
        self._meters = meters
        self._wallbox = wallbox
        self._clock = clock
        self._settings = settings
        self._caps = caps
        self._hosts = hosts
        self._overrides = overrides
        self._helm = helm if helm is not None else Helm(settings, hosts=hosts)
        self._publishers = publishers
        self._tick_s = tick_s
        self._stop_on_exit = stop_on_exit
        self._exit_within_s = exit_within_s
        self._status_every_s = status_every_s
        self._language = language
        self._own_limit = OwnLimit(limit_store)
        self._link = BoxLink(
            wallbox,
            clock,
            own_limit=self._own_limit,
            accepted=self._accept,
            refused=self._refuse,
            status_every_s=status_every_s,
        )
        self._journal = Journal(session_store)
        self._book = book if book is not None else EnergyBook(None, settings)
        self._feeds = tuple(feed for feed in (prices, forecast) if feed is not None)
        self._lookout = Lookout(self._book, prices=prices, forecast=forecast, site=site)
        self._notices = Notices(note_store)
        self._box_times = BoxTimesNotice(settings)
        self._state = State(conduct=self._notices.recalled())
        self._failing_since_s: float | None = None
        self._logged: tuple[object, ...] = ()

    async def run(self, stop: anyio.Event) -> None:
        """Runs until `stop` is set, then gives the box back and returns."""
        self._helm.begin(self._clock.monotonic_s(), self._clock.now())
        self._follow(self._helm.settings)
        try:
            await self._serve(stop)
        finally:
            if self._hosts is not None:
                self._hosts.close()

    async def _serve(self, stop: anyio.Event) -> None:
        self._book.open(self._clock.monotonic_s(), self._clock.now())
        async with anyio.create_task_group() as tasks:
            for feed in self._feeds:
                tasks.start_soon(supervise, "feed", feed.run, self._clock)
            for poller in self._meters.pollers:
                tasks.start_soon(supervise, "meter", poller.run, self._clock)
            tasks.start_soon(supervise, "wallbox", self._link.run, self._clock)
            tasks.start_soon(supervise, "control", self._ticks, self._clock)
            await stop.wait()
            leave_by_s = self._clock.monotonic_s() + self._exit_within_s
            await self._link.settle(_SETTLE_SHARE * self._exit_within_s)
            tasks.cancel_scope.cancel()
        await self._leave(leave_by_s)

    async def _ticks(self) -> None:
        _log.info("control_loop_started", tick_s=self._tick_s, strategy=self._settings.active)
        next_s = self._clock.monotonic_s()
        while True:
            self._tick()
            next_s = max(next_s + self._tick_s, self._clock.monotonic_s())
            await self._clock.sleep(next_s - self._clock.monotonic_s())

    def _tick(self) -> None:
        now_s, now = self._clock.monotonic_s(), self._clock.now()
        if (settings := self._helm.look(now_s, now)) is not self._settings:
            self._follow(settings)
        self._book.meet(self._link.status, now)
        snapshot = Snapshot(
            now_s=now_s,
            now=now,
            house=self._meters.house(now_s),
            status=self._link.status,
            power=self._link.power,
            box_down=self._link.down(now_s),
            cap=self._caps.look(now_s, now) if self._caps is not None else None,
            override=self._overrides.look(now_s, now) if self._overrides is not None else None,
            horizon=self._lookout.look(now),
        )
        self._box_times.look(snapshot.power)
        known = self._state.conduct
        decision = self._decide(snapshot)
        self._link.submit(decision.actions)
        if self._state.conduct is not known:
            self._notices.tell(known, self._state.conduct)
        self._journal.look(snapshot, decision, self._state)
        self._book.look(snapshot, decision, self._state)
        self._record(snapshot.house, decision)
        for publisher in self._publishers:
            publisher.publish(snapshot.house, snapshot.status, decision)

    def _follow(self, settings: CoreSettings) -> None:
        """Another strategy is in force; what the one before has failed at is not its fault."""
        self._settings = settings
        self._box_times.follow(settings)
        self._failing_since_s = None

    def _decide(self, snapshot: Snapshot) -> Decision:
        """A strategy that raises is out of service for this tick, and the fallback holds."""
        first_failure = self._failing_since_s is None
        with contained("strategy_failed", loud=first_failure, strategy=self._settings.active) as outcome:
            self._state, decision = decide(self._state, snapshot, self._settings)
            self._failing_since_s = None
        if outcome.error is None:
            if not first_failure:
                _log.info("strategy_answers_again", strategy=self._settings.active)
            return decision
        if self._failing_since_s is None:
            self._failing_since_s = snapshot.now_s
        failed = _failure(outcome.error, self._settings.active, snapshot.now_s - self._failing_since_s)
        self._state, decision = decide(self._state, snapshot, self._settings, failed)
        return decision

    def _accept(self, action: Action) -> None:
        self._state = acknowledge(self._state, action, self._clock.monotonic_s())
        self._journal.accepted(action)
        _log.info("wallbox_told", action=str(action))

    def _refuse(self, action: Action) -> None:
        self._state = refuse(self._state, action, self._clock.monotonic_s())

    def _record(self, house: House, decision: Decision) -> None:
        """One line a change: of the command, or of the ground for it."""
        changed = (decision.command, decision.reason.code)
        if changed == self._logged:
            return
        self._logged = changed
        told = explain(
            decision, house, self._language, tick_s=self._tick_s, status_every_s=self._status_every_s
        ).as_json()
        seen = told["seen"]
        _log.info(
            "decision",
            limit_a=seen["limit_a"],
            charging=seen["charging"],
            grid_w=_whole(house.grid_w),
            surplus_w=_whole(decision.surplus_w),
            reason=told["sentence"],
            rule=str(decision.reason.code),
            decided_by=told["level"],
            changes_when=told["changes_when"],
            again_in_s=told["again_in_s"],
        )

    async def _leave(self, leave_by_s: float) -> None:
        self._journal.leave(self._clock.now())
        self._book.leave(self._clock.now())
        self._helm.leave()
        try:
            with self._clock.timeout(max(0.0, leave_by_s - self._clock.monotonic_s())):
                await self._link.give_back(stop_charging=self._stop_on_exit, charging=self._charging)
        except (DeviceError, StorageError, TimeoutError) as error:
            _log.warning(
                "own_limit_not_restored",
                error=str(error) or "no time left",
                own_limit_a=self._own_limit.own_a,
                remedy="start Sunpace and stop it again once the wallbox answers",
            )
        finally:
            for poller in self._meters.pollers:
                await poller.close()
            await self._wallbox.close()
            self._book.close()
        _log.info("stopped")

    @property
    def _charging(self) -> bool:
        return self._state.told is not None and self._state.told.charging


def _failure(error: Exception, active: str, for_s: float) -> Failure:
    """Who has failed, and how."""
    if isinstance(error, StrategyError):
        return Failure(for_s, error.strategy, error.what)
    return Failure(for_s, active, error_line(error))


def _whole(watts: float | None) -> int | None:
    return None if watts is None else round(watts)
