"""Strategies of others in the service: each asked in a process of its own, for a short time and no longer."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from time import perf_counter

import structlog

from controller.domain.demand import Answering, Defer, Demand, Situation
from controller.domain.errors import StrategyError
from controller.domain.horizon import Horizon
from controller.domain.one_line import one_line
from controller.domain.ports import Clock
from controller.plugins.answers import from_plain
from controller.plugins.child import CLOSES_WITHIN_S, START_WITHIN_S, Child, described
from controller.plugins.foreign import Foreign

ANSWERS_WITHIN_S = 0.2
"""Longest time that a tick waits for strategies of others, all of them together, s of the wall."""

_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 1.0, 300.0
_MOST_SAID = 300
_STARTING = "is being started"
_WELL_AFTER_S = 600.0  # so long without a fault, and the next one is the first again
_log = structlog.get_logger()


class Patience:
    """How long may still be waited in this tick; a tick is known by the time that its situations tell."""

    def __init__(self) -> None:
        self._tick: datetime | None = None
        self._left_s = ANSWERS_WITHIN_S

    def left_s(self, tick: datetime) -> float:
        """What is left of it, s."""
        if tick != self._tick:
            self._tick, self._left_s = tick, ANSWERS_WITHIN_S
        return self._left_s

    def spend(self, seconds: float) -> None:
        """So much is gone."""
        self._left_s = max(0.0, self._left_s - seconds)


class Hosted:
    """A strategy of somebody else's, asked in its own process.

    One that fails is out of service until its process has been started anew, after a pause that grows from fault to
    fault. Whoever asks waits for an answer only, never for a start.

    Args:
        plugin: What is asked.
        clock: The service's, for the pauses.
        patience: Of all strategies together.
    """

    def __init__(self, plugin: Foreign, clock: Clock, patience: Patience) -> None:
        self.name = plugin.job.origin.name
        self._plugin = plugin
        self._clock = clock
        self._patience = patience
        self._child: Child | None = None
        self._ready = False
        self._leaving: Child | None = None
        self._number = 0
        self._horizon: Horizon | None = None
        self._pause_s = _FIRST_PAUSE_S
        self._again_at_s = self._failed_at_s = float("-inf")
        self._what = _STARTING

    @property
    def timeless(self) -> bool:
        """See `Strategy`."""
        return self._plugin.timeless

    def demand(self, situation: Situation) -> Demand | Defer:
        """See `Strategy.demand`. Raises StrategyError while it is out of service."""
        try:
            return self._asked(self._served(), situation)
        except StrategyError as error:
            self._fail(error.what)
            raise
        except _Absent as absent:
            raise StrategyError(self.name, str(absent) or self._what) from None

    def begin(self) -> None:
        """Starts it, if it is time to."""
        if self._leaving is not None and not self._leaving.gone(0.0):
            return
        self._leaving = None
        if self._clock.monotonic_s() >= self._again_at_s:
            self._child, self._ready, self._horizon = Child(self._plugin.job), False, None

    def await_ready(self) -> None:
        """Waits until it is ready, or has failed at that; once, before the service tells the box anything."""
        try:
            self.begin()
            if self._child is not None:
                self._take_ready(self._child, max(0.0, START_WITHIN_S - self._child.age_s))
        except StrategyError as error:
            self._fail(error.what)
        except _Absent:
            pass

    def hindrance(self) -> str | None:
        """See `StrategyHosts.hindrance`."""
        try:
            self._served()
        except StrategyError as error:
            self._fail(error.what)
        except _Absent:
            pass
        if self._ready:
            return None
        return "" if self._what == _STARTING else self._what

    def rest(self) -> None:
        """Ends its process, if it has one, and does not wait for that; who asks it has it started anew."""
        if self._child is not None and not self._child.end(0.0):
            self._leaving = self._child
        self._child, self._ready, self._what = None, False, _STARTING

    def close(self) -> None:
        """Ends its process."""
        for child in (self._child, self._leaving):
            if child is not None:
                child.end(CLOSES_WITHIN_S)
        self._child = self._leaving = None

    def _served(self) -> Child:
        """Its process, if it is ready."""
        if self._child is None:
            self.begin()
        if self._child is None:
            raise _Absent
        if not self._ready:
            self._take_ready(self._child, 0.0)
        return self._child

    def _take_ready(self, child: Child, within_s: float) -> None:
        plain = child.receive(within_s)
        if plain is None:
            if child.age_s >= START_WITHIN_S:
                raise StrategyError(self.name, f"was not ready within {START_WITHIN_S:.0f} s")
            raise _Absent
        like = described(self.name, plain)
        if like.faults:
            raise StrategyError(self.name, like.faults[0].text)
        self._ready = True

    def _asked(self, child: Child, situation: Situation) -> Demand | Defer:
        left_s = self._patience.left_s(situation.local_time)
        if left_s <= 0:
            raise _Absent("was not asked: another strategy took all the time there is")
        began_s = perf_counter()
        self._number += 1
        changed = None if situation.horizon is self._horizon else situation.horizon
        self._horizon = situation.horizon
        child.send((self._number, situation._replace(horizon=None), changed))  # type: ignore[arg-type]
        try:
            plain = child.receive(left_s)
        finally:
            self._patience.spend(perf_counter() - began_s)
        match plain:
            case None:
                raise StrategyError(self.name, f"did not answer within {1000 * ANSWERS_WITHIN_S:.0f} ms")
            case [int(number), "failed", str(what)] if number == self._number:
                raise StrategyError(self.name, one_line(what, _MOST_SAID))
            case [int(number), "answer", answer] if number == self._number:
                return from_plain(answer, self.name, self._plugin.known)
            case _:
                raise StrategyError(self.name, "answered what cannot be understood")

    def _fail(self, what: str) -> None:
        """Out of service until it is started anew."""
        if self._child is not None and not self._child.end(0.0):
            self._leaving = self._child
        self._child, self._ready, self._what = None, False, what
        now_s = self._clock.monotonic_s()
        if now_s - self._failed_at_s > max(_WELL_AFTER_S, 2 * self._pause_s):
            self._pause_s = _FIRST_PAUSE_S
        self._failed_at_s, self._again_at_s = now_s, now_s + self._pause_s
        _log.debug("strategy_out_of_service", strategy=self.name, what=what, again_in_s=self._pause_s)
        self._pause_s = min(_LONGEST_PAUSE_S, 2 * self._pause_s)


class Hosts:
    """All of them.

    Args:
        strategies: Every strategy of a configuration.
        first: The names of those that are made ready before the service begins; others are when they are asked.
        clock: The service's.
    """

    def __init__(self, strategies: Mapping[str, Answering], first: frozenset[str], clock: Clock) -> None:
        patience = Patience()
        self._hosted = {
            name: Hosted(strategy, clock, patience)
            for name, strategy in strategies.items()
            if isinstance(strategy, Foreign)
        }
        self._first = first
        self.strategies: Mapping[str, Answering] = {**strategies, **self._hosted}

    def start(self, names: Collection[str] = ()) -> None:
        """See `StrategyHosts.start`."""
        for name, hosted in self._hosted.items():
            if name in self._first or name in names:
                hosted.await_ready()

    def hindrance(self, name: str) -> str | None:
        """See `StrategyHosts.hindrance`."""
        hosted = self._hosted.get(name)
        return None if hosted is None else hosted.hindrance()

    def keep_only(self, names: Collection[str]) -> None:
        """See `StrategyHosts.keep_only`."""
        for name, hosted in self._hosted.items():
            if name not in self._first and name not in names:
                hosted.rest()

    def close(self) -> None:
        """See `StrategyHosts.close`."""
        for hosted in self._hosted.values():
            hosted.close()


class _Absent(Exception):
    """Its process is not there, or not ready; nothing new is wrong with it."""
