"""The link to the wallbox: the only task that talks to it, one call after the other."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from enum import Enum, auto
from typing import assert_never

import anyio
import structlog

from controller.control.own_limit import OwnLimit
from controller.domain.charger import ChargerStatus, PowerSettings, plugged_anew
from controller.domain.decision import Action, ActionKind
from controller.domain.errors import (
    AuthError,
    DeviceError,
    DeviceProtocolError,
    DeviceRejected,
    DeviceTimeout,
    DeviceUnavailable,
    StorageError,
)
from controller.domain.ports import Clock, Wallbox
from controller.domain.reasons import Reason, ReasonCode, because

_log = structlog.get_logger()
_POWER_EVERY_S = 900.0
_REPORT_EVERY_S = 3600.0
_KEEP_S = 300.0  # while calls fail, what was seen so long ago may still be built upon
_STARTS_WITHIN_S = 60.0  # of our order: later it is the box's own doing
_FAILED_FIRST_S = 10.0
_FAILED_MAX_S = 300.0
_WHEN_REFUSED_S = 3600.0
_WHEN_DISK_REFUSES_S = 60.0


class _Doing(Enum):
    """The call under way."""

    LOOK = auto()
    LOOK_AT_SETTINGS = auto()
    SET_LIMIT = auto()
    SWITCH = auto()


class BoxLink:
    """Looks at the box at its cadence and carries out what was decided last.

    An order without an answer, or with one that cannot be read, is never given again blindly: what it was to change
    is looked at first. A look without an answer keeps nobody from acting on what was seen shortly before, or a box
    that answers every second time would never be told to stop. A refused order is no failure: the box is there, and
    may be told something else.

    Args:
        wallbox: The box.
        clock: The service's clock.
        own_limit: Told before the box's limit is written.
        accepted: Called with each action that the box has accepted.
        refused: Called with each action that the box has rejected.
        status_every_s: Seconds between two dashboards.
    """

    def __init__(
        self,
        wallbox: Wallbox,
        clock: Clock,
        *,
        own_limit: OwnLimit,
        accepted: Callable[[Action], None],
        refused: Callable[[Action], None],
        status_every_s: float,
    ) -> None:
        self._wallbox = wallbox
        self._clock = clock
        self._own_limit = own_limit
        self._accepted = accepted
        self._refused = refused
        self._status_every_s = status_every_s
        self._orders: list[Action] = []
        self._wake = anyio.Event()
        self._in_call = False
        self._limit_uncertain = False
        self._started_at_s = -math.inf
        self._doing = _Doing.LOOK
        self._second_look: _Doing | None = None
        self._is_second_look = False
        self._closing = False
        self._failures = 0
        self._error: DeviceError | StorageError | None = None
        self._retry_at_s = 0.0
        self._report_at_s = clock.monotonic_s() + _REPORT_EVERY_S
        self.status: ChargerStatus | None = None
        self.power: PowerSettings | None = None

    def down(self, now_s: float) -> Reason | None:
        """Why the box cannot be told anything; None when it can."""
        if self._error is None or (self.status is not None and self.power is not None):
            return None
        if isinstance(self._error, AuthError):
            return because(ReasonCode.BOX_LOCKED, error=str(self._error))
        return because(ReasonCode.BOX_DOWN, error=str(self._error), in_s=max(0.0, self._retry_at_s - now_s))

    def submit(self, actions: tuple[Action, ...]) -> None:
        """Orders these calls, in this sequence, instead of those that are not yet on the wire."""
        self._orders = list(actions)
        if actions:
            self._wake.set()

    async def run(self) -> None:
        """Serves for ever."""
        while not self._closing:
            try:
                await self._step()
            except (DeviceError, StorageError) as error:
                await self._clock.sleep(self._failed(error))
                self._forget_what_is_old()
            except Exception:
                self._forget()  # a defect of ours: nothing that was known may be built upon
                self._in_call = False
                raise

    async def settle(self, patience_s: float) -> None:
        """Takes no further work and waits for the call under way."""
        self._closing = True
        self._orders.clear()
        give_up_s = self._clock.monotonic_s() + patience_s
        while self._in_call and self._clock.monotonic_s() < give_up_s:
            await self._clock.sleep(0.05)

    async def give_back(self, *, stop_charging: bool, charging: bool) -> None:
        """Restores the user's own limit where ours is at the box.

        Args:
            stop_charging: Whether charging is to end as well.
            charging: Whether the box was told to charge.

        Raises:
            DeviceError: The box could not be told; the record of the user's limit stays for the next start.
            StorageError: The record could not be removed.
        """
        own_a = self._own_limit.own_a
        if own_a is None:
            return
        if self._in_call:  # given up in mid-air: a second request now might overtake it
            raise DeviceTimeout("a call to the wallbox was still under way")
        restored = self._limit_uncertain or self.power is None or self.power.limit_a != own_a
        if restored:
            await self._wallbox.set_limit(own_a, urgent=True)
        plugged = self.status is not None and self.status.state.plugged is not False
        if (charging and stop_charging) or (restored and not charging and plugged):
            await self._wallbox.stop()  # last, since a raised limit may start a box that is off
        self._own_limit.given_back()
        _log.info("own_limit_restored", own_limit_a=own_a)

    async def _step(self) -> None:
        now_s = self._clock.monotonic_s()
        self._in_call = True
        self._is_second_look = False
        if self.power is None:
            await self._look_at_settings()
        elif self.status is None:
            await self._look()
        elif self._second_look is not None:
            await self._look_again(self._second_look)
        elif self._orders and self._orders[0].kind is ActionKind.START and self._limit_uncertain:
            await self._make_sure_of_limit(self.power.limit_a)
        elif self._orders:
            await self._carry_out(self._orders[0])
        elif now_s - self.power.taken_at_s >= _POWER_EVERY_S:
            await self._look_at_settings()
        elif now_s - self.status.taken_at_s >= self._status_every_s:
            await self._look()
            if self._limit_uncertain:  # a write is accepted by word only: read it back once
                await self._look_at_settings()
        else:
            self._in_call = False
            await self._rest(self.status.taken_at_s + self._status_every_s - now_s)
        self._in_call = False

    async def _look_again(self, what: _Doing) -> None:
        """Once, and whatever comes of it: it must not stand before the orders for ever."""
        self._second_look, self._is_second_look = None, True
        await (self._look() if what is _Doing.LOOK else self._look_at_settings())

    async def _look_at_settings(self) -> None:
        self._doing = _Doing.LOOK_AT_SETTINGS
        power = await self._wallbox.power()
        self._answered()
        self._own_limit.first_contact(power.limit_a)
        self.power = power
        self._limit_uncertain = False

    async def _make_sure_of_limit(self, limit_a: int) -> None:
        """Before a start: a box that has accepted the limit and forgotten it would charge at another one."""
        await self._look_at_settings()
        if self.power is not None and self.power.limit_a != limit_a:
            self._orders.clear()  # to be decided anew

    async def _look(self) -> None:
        self._doing = _Doing.LOOK
        before = self.status
        self.status = await self._wallbox.status()
        self._answered()
        self._report_traffic()
        if before is not None and (self._began_by_itself(before, self.status) or _came_anew(before, self.status)):
            self.power = None  # at plug-in the box sets a current of its own: look before believing

    def _began_by_itself(self, before: ChargerStatus, now: ChargerStatus) -> bool:
        """Whether the box has begun to charge and nobody here has asked for it."""
        unasked = now.taken_at_s - self._started_at_s > _STARTS_WITHIN_S
        return unasked and before.state.enabled is False and now.state.enabled is True

    def _answered(self) -> None:
        if self._error is not None:
            _log.info("wallbox_recovered", failures=self._failures)
        self._error, self._failures = None, 0

    def _report_traffic(self) -> None:
        """A line an hour: how the box is being treated."""
        now_s = self._clock.monotonic_s()
        if now_s < self._report_at_s:
            return
        self._report_at_s = now_s + _REPORT_EVERY_S
        traffic = self._wallbox.traffic()
        _log.info(
            "wallbox_traffic",
            requests=traffic.requests,
            failures=traffic.failures,
            timeouts=traffic.timeouts,
            writes=traffic.writes,
            writes_left=traffic.writes_left,
        )

    async def _carry_out(self, action: Action) -> None:
        try:
            await self._tell(action)
        except DeviceRejected as error:
            self._orders.clear()
            _log.warning("wallbox_refused", action=str(action), error=str(error))
            self._refused(action)
            return
        if self._orders and self._orders[0] == action:
            del self._orders[0]
        self._accepted(action)

    async def _tell(self, action: Action) -> None:
        match action.kind:
            case ActionKind.SET_LIMIT:
                self._doing = _Doing.SET_LIMIT
                limit_a = action.limit_a if action.limit_a is not None else 0
                self._own_limit.before_write(
                    limit_a, at_box_a=self.power.limit_a if self.power is not None else limit_a
                )
                self._limit_uncertain = True
                reduces = self.power is None or limit_a < self.power.limit_a
                await self._wallbox.set_limit(limit_a, urgent=reduces)
                if self.power is not None:
                    self.power = replace(self.power, limit_a=limit_a)
            case ActionKind.START:
                self._doing = _Doing.SWITCH
                await self._wallbox.start()
                self._started_at_s = self._clock.monotonic_s()
            case ActionKind.STOP:
                self._doing = _Doing.SWITCH
                await self._wallbox.stop()
            case _:
                assert_never(action.kind)
        self._answered()

    async def _rest(self, seconds: float) -> None:
        """Until the next dashboard is due or orders come."""
        self._wake = anyio.Event()
        try:
            with self._clock.timeout(seconds):
                await self._wake.wait()
        except TimeoutError:
            return

    def _forget(self) -> None:
        self.status = self.power = None
        self._orders.clear()

    def _forget_what_is_old(self) -> None:
        """While calls fail, the last look holds for a while."""
        if self.status is not None and self._clock.monotonic_s() - self.status.taken_at_s > _KEEP_S:
            self._forget()

    def _doubt(self, error: DeviceError | StorageError) -> None:
        """What may not be built upon after this failure, and what is worth another look."""
        self._limit_uncertain = True  # a box that was away may be back with a limit of its own
        self._second_look = None
        if not isinstance(error, DeviceUnavailable | DeviceTimeout | DeviceProtocolError):
            self._forget()
            return
        match self._doing:
            case _Doing.SET_LIMIT:
                self.power, self._second_look = None, _Doing.LOOK
            case _Doing.SWITCH:
                self.status, self._second_look = None, _Doing.LOOK_AT_SETTINGS
            case _Doing.LOOK if not self._is_second_look:
                self._second_look = _Doing.LOOK_AT_SETTINGS
            case _:
                pass

    def _failed(self, error: DeviceError | StorageError) -> float:
        """Takes note of a failure; returns the seconds until the next try."""
        self._in_call = False
        self._doubt(error)
        pause_s = min(_FAILED_FIRST_S * 2.0 ** min(self._failures, 16), _FAILED_MAX_S)
        match error:
            case AuthError():
                pause_s = _WHEN_REFUSED_S
            case StorageError():
                pause_s = _WHEN_DISK_REFUSES_S
            case _:
                if error.retry_in_s is not None:
                    pause_s = error.retry_in_s
        self._failures += 1
        report = _log.warning if self._failures == 1 or isinstance(error, AuthError) else _log.debug
        event = "storage_failed" if isinstance(error, StorageError) else "wallbox_failed"
        retry_in_s = None if isinstance(error, AuthError) else round(pause_s, 1)
        report(event, error=str(error), retry_in_s=retry_in_s, failures=self._failures)
        self._error = error
        self._retry_at_s = self._clock.monotonic_s() + pause_s
        return pause_s


def _came_anew(before: ChargerStatus, now: ChargerStatus) -> bool:
    return plugged_anew(now, before.state.plugged, before.session_energy_wh)
