"""A real HTTPS server that answers as a test says, and a client for it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from controller.control.clock import WallClock
from controller.simulation.box.server import https_server
from controller.wallbox.client import RestWallbox
from controller.wallbox.gate import Gate
from controller.wallbox.tls import Trust

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

    async def __call__(self, scope: Any, receive: Callable[..., Any], send: Callable[..., Any]) -> None:
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        call = f"{scope['method']} {scope['path']}"
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        self.seen.append((call, json.loads(body) if body else None, headers.get("authorization", "")))
        queue = self.answers.get(call, [answer({"title": "not found"}, 404, "application/problem+json")])
        reply = queue.pop(0) if len(queue) > 1 else queue[0]
        if isinstance(reply, Exception):
            raise reply
        status, kind, content = reply
        await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", kind.encode())]})
        await send({"type": "http.response.body", "body": content})

    @property
    def calls(self) -> list[str]:
        return [call for call, _, _ in self.seen]


@asynccontextmanager
async def scripted(
    trust: Callable[[str], Trust] | None = None, clock: Any = None, timeout_s: float = 5.0, **answers: Any
) -> AsyncIterator[tuple[Script, RestWallbox]]:
    """A server for the script, and a client that trusts it unless told otherwise.

    Keys of `answers` are paths behind /api/ with underscores: `login`, `dashboard_information`, ...
    """
    paths = {
        "login": "POST /api/login",
        "refresh": "POST /api/refresh-token",
        "dashboard": "GET /api/dashboard-information",
        "power": "GET /api/sections/power",
        "update": "POST /api/configuration-updates",
        "remote": "POST /api/custom-actions/local-remote-start",
    }
    answers.setdefault("login", LOGIN_OK)
    script = Script({paths[key]: value if isinstance(value, list) else [value] for key, value in answers.items()})
    clock = clock or WallClock()
    async with https_server(script, "127.0.0.1", 0) as (port, fingerprint):
        client = RestWallbox(
            host="127.0.0.1",
            port=port,
            username="admin",
            password="open-sesame",
            trust=trust(fingerprint) if trust is not None else Trust(fingerprint=fingerprint),
            gate=Gate(clock, min_gap_s=0.0, timeout_s=timeout_s),
            clock=clock,
        )
        try:
            yield script, client
        finally:
            await client.close()
