"""One question to a service on the web: bounded in time and size, the certificate checked, secrets in no message."""

from __future__ import annotations

import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any
from urllib.parse import urlsplit

import anyio
import httpx

from controller import __version__
from controller.domain.errors import FeedError
from controller.domain.ports import Clock
from controller.domain.web_address import address_fault

_LONGEST_RETRY_AFTER_S = 24 * 3600.0
_KEY_REFUSED = (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked.

    Attributes:
        url: Where; of it only the host is ever shown: a path or a query may hold a key.
        params: The query.
        body: Posted as JSON; None for a GET.
        token: Sent as a bearer's; empty for none.
        plain_allowed: Whether it may go unencrypted beyond this machine.
        timeout_s: Longest time for all of it, s.
        longest_bytes: Longest answer taken.
    """

    url: str = field(repr=False)
    params: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: object = None
    token: str = field(default="", repr=False)
    plain_allowed: bool = False
    timeout_s: float = 20.0
    longest_bytes: int = 1024 * 1024

    @property
    def host(self) -> str:
        """Whom it asks."""
        return urlsplit(self.url).netloc


async def fetch(question: Question, clock: Clock) -> Any:
    """The JSON that a service answers; one try.

    Raises:
        FeedError: There is none, with its ground and the remedy.
    """
    fault = address_fault(question.url, plain_allowed=question.plain_allowed)
    if fault is not None:
        raise FeedError(f"the address of the service {fault}")
    try:
        with clock.timeout(question.timeout_s):
            content = await _exchange(question)
    except TimeoutError as error:
        raise FeedError(f"{question.host} gave no whole answer within {question.timeout_s:g} s") from error
    except httpx.ConnectError as error:
        raise _unreachable(question, error) from error
    except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, ValueError) as error:
        raise FeedError(f"{question.host} dropped the connection: {type(error).__name__}") from error
    try:
        return json.loads(content, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise FeedError(f"{question.host} answered what is no JSON; is it the service's address?") from error


class Patience:
    """How long to wait after failures: twice as long after each, never quite the same as others do.

    Args:
        first_s: After the first, s.
        most_s: At the most, s, where the service does not ask for more.
        random: For the spread.
    """

    def __init__(self, *, first_s: float = 60.0, most_s: float = 3600.0, random: Random | None = None) -> None:
        self._first_s, self._most_s = first_s, most_s
        self._random = random or Random()  # noqa: S311 -- spreads requests, guards nothing
        self._failures = 0

    def after(self, error: FeedError) -> float:
        """Seconds to the next try after one more failure."""
        wait_s: float = min(self._most_s, self._first_s * 2.0 ** min(self._failures, 30))
        self._failures += 1
        return max(wait_s * (1.0 + 0.2 * self._random.random()), error.retry_in_s or 0.0)

    def well(self) -> None:
        """It has answered."""
        self._failures = 0


async def _exchange(question: Question) -> bytes:
    headers = {"Accept": "application/json", "Accept-Encoding": "identity", "User-Agent": f"sunpace/{__version__}"}
    if question.token:
        headers["Authorization"] = f"Bearer {question.token}"
    client = httpx.AsyncClient(verify=ssl.create_default_context(), timeout=None, trust_env=False)  # noqa: S113 -- the clock bounds it
    try:
        method = "GET" if question.body is None else "POST"
        url = httpx.URL(question.url).copy_merge_params(question.params)
        async with client.stream(method, url, json=question.body, headers=headers) as response:
            _refuse_trouble(question, response)
            body = bytearray()
            async for part in response.aiter_raw():
                body += part
                if len(body) > question.longest_bytes:
                    raise FeedError(
                        f"{question.host} answers more than {question.longest_bytes // 1024} KiB; the rest was left"
                    )
            return bytes(body)
    finally:
        with anyio.CancelScope(shield=True):
            await client.aclose()


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _refuse_trouble(question: Question, response: httpx.Response) -> None:
    status, host = response.status_code, question.host
    if status in _KEY_REFUSED:
        raise FeedError(f"{host} refuses the request ({status}); check the token, and whether it is still valid")
    if status == httpx.codes.TOO_MANY_REQUESTS:
        raise FeedError(f"{host} has had too many requests ({status})", retry_in_s=_retry_after_s(response))
    if response.is_redirect:
        raise FeedError(f"{host} sends us elsewhere ({status}), which is not followed; correct the address")
    if response.is_server_error:
        raise FeedError(f"{host} has a fault of its own ({status})", retry_in_s=_retry_after_s(response))
    if not response.is_success:
        raise FeedError(f"{host} answers {status}; check what is asked for, and the address")
    if response.headers.get("content-encoding", "identity").lower() != "identity":
        raise FeedError(f"{host} answers compressed, though plain was asked for")


def _retry_after_s(response: httpx.Response) -> float | None:
    text = response.headers.get("retry-after", "")
    return min(float(text), _LONGEST_RETRY_AFTER_S) if text.isascii() and text.isdigit() else None


def _unreachable(question: Question, error: httpx.ConnectError) -> FeedError:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return FeedError(
                f"{question.host} is not trusted: {cause.verify_message}; nothing was sent. Is the date of this "
                "machine right, and is the package ca-certificates installed?",
                asked=False,
            )
        cause = cause.__cause__ or cause.__context__
    return FeedError(f"{question.host} cannot be reached: {error}; is this machine on the internet?", asked=False)
