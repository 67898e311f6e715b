"""A real HTTPS server that answers as a test says, and a client for it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Any

from controller.control.clock import WallClock
from controller.simulation.box.server import https_server
from controller.wallbox.access import Access
from controller.wallbox.client import WallboxClient
from controller.wallbox.dialect import DialectName
from controller.wallbox.gate import Gate
from controller.wallbox.https import HttpsLink
from controller.wallbox.maintenance import Maintenance
from controller.wallbox.reading import Reading
from controller.wallbox.steering import RestWallbox
from controller.wallbox.tls import Trust
from controller.wallbox.writing import Writing

TOKEN = "header.eyJpYXQiOjEwMDAsImV4cCI6NDYwMH0.signature"  # lives 3600 s
Answer = tuple[int, str, bytes]


def answer(body: object, status: int = 200, kind: str = "application/json") -> Answer:
    return status, kind, body if isinstance(body, bytes) else json.dumps(body).encode()


LOGIN_OK = answer({"access_token": TOKEN, "token_type": "bearer"})


@dataclass
class Script:
    """Answers by "METHOD path"; a list is used up from the front, its last entry stays."""

    answers: dict[str, list[Answer | Exception]]
    seen: list[tuple[str, Any, str]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    hang: set[str] = field(default_factory=set)
    extra: list[tuple[bytes, bytes]] = field(default_factory=list)

    async def __call__(self, scope: Any, receive: Callable[..., Any], send: Callable[..., Any]) -> None:
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        call = f"{scope['method']} {scope['path']}"
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        self.headers.append(headers)
        self.seen.append((call, _body(body, scope), headers.get("authorization", "")))
        if call in self.hang:
            await receive()  # until the client has had enough
            return
        queue = self.answers.get(call, [answer({"title": "not found"}, 404, "application/problem+json")])
        reply = queue.pop(0) if len(queue) > 1 else queue[0]
        if isinstance(reply, Exception):
            raise reply
        status, kind, content = reply
        await send(
            {
                "type": "http.response.start",
                "status": status,
                "headers": [(b"content-type", kind.encode()), *self.extra],
            }
        )
        await send({"type": "http.response.body", "body": content})

    @property
    def calls(self) -> list[str]:
        return [call for call, _, _ in self.seen]


def _body(body: bytes, scope: Any) -> Any:
    kinds = [value for name, value in scope["headers"] if name == b"content-type"]
    return json.loads(body) if kinds == [b"application/json"] else body or None


@dataclass
class Ways:
    """One box, by all ways into it."""

    steered: RestWallbox
    client: WallboxClient
    maintenance: Maintenance
    access: Access
    gate: Gate
    link: HttpsLink


def ways(
    port: int,
    trust: Trust,
    clock: Any,
    *,
    password: str = "open-sesame",
    min_gap_s: float = 0.0,
    timeout_s: float = 5.0,
    dialect: DialectName = DialectName.NEXT,
    language: str = "en",
    attempts: int = 1,
    writes_per_hour: int = 60,
    update_types: dict[str, str] | None = None,
    limit_max_a: int | None = None,
) -> Ways:
    gate = Gate(clock, min_gap_s=min_gap_s, timeout_s=timeout_s, writes_per_hour=writes_per_hour, random=Random(1))
    link = HttpsLink(host="127.0.0.1", port=port, trust=trust, language=language)
    access = Access(link, gate, clock, username="admin", password=password, random=Random(1))
    reading = Reading(access, clock, dialect=dialect, attempts=attempts)
    writing = Writing(access, reading, update_types=update_types or {}, limit_max_a=limit_max_a)
    client = WallboxClient(access, gate, reading, writing)
    return Ways(RestWallbox(client), client, Maintenance(client, reading, writing), access, gate, link)


OPTIONS = ("password", "min_gap_s", "dialect", "language", "attempts", "writes_per_hour", "update_types", "limit_max_a")
PATHS = {
    "login": "POST /api/login",
    "refresh": "POST /api/refresh-token",
    "dashboard": "GET /api/dashboard-information",
    "power": "GET /api/sections/power",
    "update": "POST /api/configuration-updates",
    "remote": "POST /api/custom-actions/local-remote-start",
}


@asynccontextmanager
async def scripted_box(
    replies: dict[str, Any] | None = None,
    *,
    trust: Callable[[str], Trust] | None = None,
    clock: Any = None,
    timeout_s: float = 5.0,
    **answers: Any,
) -> AsyncIterator[tuple[Script, Ways]]:
    """A server for the script, and the ways to it that trust it unless told otherwise.

    Args:
        replies: By "METHOD path".
        trust: What to trust, from the server's fingerprint.
        clock: Its clock.
        timeout_s: Longest time for a request, s.
        answers: Replies by the keys of PATHS, and OPTIONS of `ways`.
    """
    answers = {**(replies or {}), **answers}
    answers.setdefault("login", LOGIN_OK)
    options = {key: answers.pop(key) for key in list(answers) if key in OPTIONS}
    script = Script(
        {PATHS.get(key, key): value if isinstance(value, list) else [value] for key, value in answers.items()}
    )
    clock = clock or WallClock()
    async with https_server(script, "127.0.0.1", 0) as (port, fingerprint):
        certificate = trust(fingerprint) if trust is not None else Trust(fingerprint=fingerprint)
        found = ways(port, certificate, clock, timeout_s=timeout_s, **options)
        try:
            yield script, found
        finally:
            await found.access.close()


@asynccontextmanager
async def scripted(**answers: Any) -> AsyncIterator[tuple[Script, RestWallbox]]:
    """As `scripted_box`, for control's own way."""
    async with scripted_box(**answers) as (script, found):
        yield script, found.steered
