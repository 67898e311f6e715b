"""Who may in: JSON web tokens that really expire, and the rule of one user at a time."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

import jwt

_ALGORITHM = "HS256"


class LoginRefused(Exception):
    """The credentials are wrong."""


class LoginLocked(Exception):
    """Too many wrong logins: none is looked at for a while."""


class Access:
    """The box's sessions.

    Args:
        username: Of the one account.
        password: Of the one account.
        token_life_s: Life of a token, s.
        several_users: Whether a login leaves earlier sessions alone, as real boxes do not.
        wall: The box's wall clock, which may be wrong.
        monotonic_s: Seconds that never jump.
    """

    def __init__(
        self,
        *,
        username: str,
        password: str,
        token_life_s: float,
        several_users: bool,
        wall: Callable[[], datetime],
        monotonic_s: Callable[[], float],
    ) -> None:
        self._username = username
        self._password = password
        self._life = timedelta(seconds=token_life_s)
        self._several_users = several_users
        self._wall = wall
        self._monotonic_s = monotonic_s
        self._secret = secrets.token_hex(32)
        self._sessions: dict[str, datetime] = {}
        self._wrong = 0
        self._locked_until_s = 0.0

    def login(self, username: str, password: str, *, lock_after: int, lock_s: float) -> tuple[str, datetime]:
        """A new token and its expiry.

        Args:
            username: As sent.
            password: As sent.
            lock_after: Wrong logins in a row that lock the account; 0 never.
            lock_s: For how long, s.

        Raises:
            LoginRefused: Wrong.
            LoginLocked: Locked; the credentials were not looked at.
        """
        if self._monotonic_s() < self._locked_until_s:
            raise LoginLocked("the account is locked")
        right = secrets.compare_digest(_bytes(username), _bytes(self._username))
        right &= secrets.compare_digest(_bytes(password), _bytes(self._password))
        if not right:
            self._wrong += 1
            if lock_after and self._wrong >= lock_after:
                self._wrong = 0
                self._locked_until_s = self._monotonic_s() + lock_s
            raise LoginRefused("wrong username or password")
        self._wrong = 0
        if not self._several_users:
            self._sessions.clear()
        return self._issue()

    def refresh(self, token: str) -> tuple[str, datetime]:
        """A new token and its expiry for a valid one, which is worth nothing from now on."""
        self._sessions.pop(self._session(token), None)
        return self._issue()

    def allows(self, token: str) -> bool:
        """Whether a token is ours, of a session that lives, and not expired."""
        session = self._session(token)
        return session in self._sessions and self._wall() < self._sessions[session]

    def end_sessions(self) -> None:
        """No token is valid any more: a restart, or somebody else's login."""
        self._sessions.clear()

    def unlock(self) -> None:
        """The account may be tried again, as after a restart."""
        self._wrong = 0
        self._locked_until_s = 0.0

    def _session(self, token: str) -> str:
        try:
            # the expiry is judged on the box's own clock, which the library does not know
            claims = jwt.decode(
                token, self._secret, algorithms=[_ALGORITHM], options={"verify_exp": False, "verify_iat": False}
            )
            return str(claims["jti"])
        except jwt.InvalidTokenError:
            return ""

    def _issue(self) -> tuple[str, datetime]:
        now = self._wall()
        expiry = now + self._life
        self._sessions = {name: until for name, until in self._sessions.items() if now < until}
        session = secrets.token_hex(8)
        self._sessions[session] = expiry
        claims = {"sub": self._username, "iat": now.timestamp(), "exp": expiry.timestamp(), "jti": session}
        return jwt.encode(claims, self._secret, algorithm=_ALGORITHM), expiry


def _bytes(text: str) -> bytes:
    """Of any text that JSON can carry, lone surrogates included."""
    return text.encode("utf-8", "surrogatepass")
