"""Calls with a valid token: logs in, renews, and never asks twice with credentials that were refused."""

from __future__ import annotations

from random import Random
from typing import Any

import anyio
import structlog

from controller.domain.errors import AuthError, DeviceProtocolError, DeviceRejected, DeviceUnavailable
from controller.domain.ports import Clock
from controller.wallbox.gate import Gate, Priority
from controller.wallbox.https import Answer, Call, HttpsLink
from controller.wallbox.pacing import Breaker, Budget
from controller.wallbox.replies import content, parse_token
from controller.wallbox.session import Session, Step

_log = structlog.get_logger()
_UNAUTHORIZED = 401
_CREDENTIALS_REFUSED = frozenset({400, 401, 403, 422, 423})  # 423: the account is locked
_LOGINS_PER_HOUR = 30
_LOGINS_AT_ONCE = 6
_AFTER_ODD_LOGIN_S = 60.0  # before the credentials are sent again after an answer that cannot be read, which may happen
_AFTER_ODD_LOGINS_S = 3600.0  # four times as long with each such answer in a row, up to this


class Access:
    """One user's way in.

    Args:
        link: The connection.
        gate: The pacing.
        clock: The service's clock.
        username: Of the box's web page.
        password: Of the box's web page; never logged.
        random: Source of the jitter.
    """

    def __init__(
        self,
        link: HttpsLink,
        gate: Gate,
        clock: Clock,
        *,
        username: str,
        password: str,
        random: Random | None = None,
    ) -> None:
        self._link = link
        self._gate = gate
        self._clock = clock
        self._username = username
        self._password = password
        self._session = Session()
        self._lock = anyio.Lock()  # many may want a token, one gets it
        self._refused: str | None = None
        self._refreshes = True
        self._unproven: str | None = None  # a token that replaces a refused one, until the box has taken it
        self._refused_new: str | None = None  # the last new token that the box has refused
        self._odd_logins = 0  # in a row
        self._logins = Budget(_LOGINS_PER_HOUR, _LOGINS_AT_ONCE)
        self._tokens_refused = Breaker(random or Random())  # noqa: S311 -- jitter, not a secret

    async def request(
        self,
        call: Call,
        *,
        priority: Priority = Priority.READ,
        timeout_s: float | None = None,
        is_write: bool = False,
    ) -> Any:
        """Sends `call` with a valid token; on 401 logs in once and repeats it once.

        Args:
            call: The request.
            priority: Who goes first.
            timeout_s: Longest time for it, where that is longer than usual.
            is_write: Whether it counts against the budget of configuration writes.

        Returns:
            The JSON of the answer; None where it has no body.

        Raises:
            AuthError: Credentials or certificate refused. The credentials are not sent again.
            DeviceRejected: 4xx, or no budget left.
            DeviceUnavailable: No connection, reset, 429, 5xx, tokens refused, or backing off.
            DeviceTimeout: No answer in time.
            DeviceProtocolError: An answer that cannot be used.
        """
        await self._ensure_token(priority)
        answer, token = await self._send(call, priority, timeout_s, is_write=is_write)
        if answer.status == _UNAUTHORIZED:
            _log.info("token_refused", path=call.path)  # a second user's login may have ended ours
            if token is not None and (token == self._unproven or self._pausing_for(token)):
                raise self._new_token_refused(call, token)
            await self._ensure_token(priority, instead_of=token)
            answer, token = await self._send(call, priority, timeout_s, is_write=False)  # the write has been counted
            if answer.status == _UNAUTHORIZED:
                raise self._new_token_refused(call, token)
        if token in (self._unproven, self._refused_new):
            self._unproven = self._refused_new = None
            self._tokens_refused.succeed()
        return content(answer, call, quiet=call.is_secret)

    async def close(self) -> None:
        """Closes the connection; the next request opens a new one."""
        await self._link.close()

    async def _send(
        self, call: Call, priority: Priority, timeout_s: float | None, *, is_write: bool
    ) -> tuple[Answer, str | None]:
        """The answer, and the token that was in force when it was this call's turn."""

        async def send() -> tuple[Answer, str | None]:
            if self._refused is not None:
                raise AuthError(self._refused)
            token = self._session.token
            return await self._link.send(call, self._session.headers), token

        return await self._gate.call(send, priority=priority, timeout_s=timeout_s, is_write=is_write)

    async def _ensure_token(self, priority: Priority, instead_of: str | None = None) -> None:
        """Returns when there is a token that may be used; `instead_of` one that the box has refused.

        What protects does not wait for a renewal while the old token lives.
        """
        alive = self._session.next_step(self._clock.monotonic_s()) is not Step.LOGIN
        if alive and instead_of is None and self._refused is None and priority <= Priority.PROTECT:
            return
        async with self._lock:
            self._give_up_if_refused()
            now_s = self._clock.monotonic_s()
            step = self._session.next_step(now_s)
            if instead_of is not None and instead_of == self._session.token:
                step = Step.LOGIN
            if step is Step.REFRESH and self._refreshes and await self._refresh():
                return
            if step is not Step.NOTHING:
                self._spend_login(now_s, priority)
                await self._login()
                self._unproven = self._session.token if instead_of is not None else None

    def _spend_login(self, now_s: float, priority: Priority) -> None:
        """Another user at the box is thrown out by each login of ours, and we by hers: let her have it for a while."""
        wait_s = self._logins.next_in_s(now_s)
        if wait_s > 0 and priority > Priority.PROTECT:
            raise DeviceUnavailable(
                f"the wallbox has ended too many of our sessions: another user is at it; next login in {wait_s:.0f} s",
                retry_in_s=wait_s,
            )
        self._logins.spend(now_s)

    def _give_up_if_refused(self) -> None:
        if self._refused is not None:
            raise AuthError(self._refused)
        wait_s = self._tokens_refused.closed_at_s - self._clock.monotonic_s()
        if wait_s > 0:
            raise DeviceUnavailable(
                f"the wallbox refuses its own new token; the next login is in {wait_s:.0f} s", retry_in_s=wait_s
            )

    def _pausing_for(self, token: str | None) -> bool:
        """Whether this token was refused when it was new, a moment ago."""
        return token == self._refused_new and self._clock.monotonic_s() < self._tokens_refused.closed_at_s

    def _new_token_refused(self, call: Call, token: str | None) -> DeviceUnavailable:
        """The first who finds that out makes the pause; behind it the token is tried again, and then replaced."""
        now_s = self._clock.monotonic_s()
        if not self._pausing_for(token):
            self._tokens_refused.fail(now_s)
        self._refused_new, self._unproven = token, None
        pause_s = self._tokens_refused.closed_at_s - now_s
        return DeviceUnavailable(
            f"the wallbox answers 401 to {call} with a new token: another user may be logging in over and over",
            retry_in_s=pause_s,
        )

    async def _refresh(self) -> bool:
        """Renews the token; False when that brings none. Then a login does, from now on: the reply is not specified."""
        self._refreshes = False
        call = Call(method="POST", path="/api/refresh-token")
        headers = self._session.headers
        answer = await self._gate.call(lambda: self._link.send(call, headers), priority=Priority.LOGIN)
        try:
            token = parse_token(content(answer, call))
        except (DeviceRejected, DeviceProtocolError) as error:
            _log.info("refresh_brought_no_token", error=str(error))
            return False
        self._session.accept(token, self._clock.monotonic_s())
        self._refreshes = True
        return True

    async def _login(self) -> None:
        call = Call(method="POST", path="/api/login", body={"username": self._username, "password": self._password})
        answer = await self._gate.call(lambda: self._link.send(call, {}), priority=Priority.LOGIN)
        if answer.status in _CREDENTIALS_REFUSED:
            self._refused = (
                f"the wallbox refuses the login of {self._username!r}: correct wallbox.username and wallbox.password "
                "and restart Sunpace; it is not tried again, since repeated failures can lock the account"
            )
            raise AuthError(self._refused)
        try:
            token = parse_token(content(answer, call, quiet=True))
        except DeviceRejected as error:
            error.retry_in_s = _AFTER_ODD_LOGINS_S
            raise
        except DeviceProtocolError as error:
            error.retry_in_s = min(_AFTER_ODD_LOGIN_S * 4.0**self._odd_logins, _AFTER_ODD_LOGINS_S)
            self._odd_logins = min(self._odd_logins + 1, 8)
            raise
        self._odd_logins = 0
        self._session.accept(token, self._clock.monotonic_s())
        _log.debug("logged_in")
