"""The JWT session: when to log in, when to renew, when to leave it; no I/O."""

from __future__ import annotations

import base64
import json
import math
from enum import StrEnum

_DEFAULT_LIFETIME_S = 3600.0
_RENEW_EARLY_S = 300.0
_RENEW_EARLY_SHARE = 0.2


class Step(StrEnum):
    """What has to happen before a request can be sent."""

    LOGIN = "login"
    REFRESH = "refresh"
    NOTHING = "nothing"


def token_lifetime_s(token: str) -> float:
    """How long a JWT is valid, s: `exp - iat`, since the box's clock may be wrong; 1 h for tokens that do not tell."""
    try:
        _header, payload, _signature = token.split(".")
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        lifetime_s = float(claims["exp"]) - float(claims["iat"])
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return _DEFAULT_LIFETIME_S
    return lifetime_s if 0 < lifetime_s < math.inf else _DEFAULT_LIFETIME_S


class Session:
    """The token and its age, on the monotonic clock."""

    def __init__(self) -> None:
        self._token: str | None = None
        self._renew_at_s = 0.0
        self._expires_at_s = 0.0

    @property
    def token(self) -> str | None:
        """The token; None before the first login."""
        return self._token

    @property
    def headers(self) -> dict[str, str]:
        """The header that carries the token; empty without one."""
        return {} if self._token is None else {"Authorization": f"Bearer {self._token}"}

    def next_step(self, now_s: float) -> Step:
        """What is due: renewal 5 min before expiry, or a fifth of the token's life where that is shorter."""
        if self._token is None or now_s >= self._expires_at_s:
            return Step.LOGIN
        return Step.REFRESH if now_s >= self._renew_at_s else Step.NOTHING

    def accept(self, token: str, now_s: float) -> None:
        """Takes a new token, received at `now_s` (monotonic seconds)."""
        lifetime_s = token_lifetime_s(token)
        self._token = token
        self._expires_at_s = now_s + lifetime_s
        self._renew_at_s = self._expires_at_s - min(_RENEW_EARLY_S, _RENEW_EARLY_SHARE * lifetime_s)
