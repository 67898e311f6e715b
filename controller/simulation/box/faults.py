"""The box's bad habits: what can be switched on, and the layer that plays them on the wire."""

from __future__ import annotations

import socket
import struct
from collections import deque
from typing import Annotated, Any, Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from controller.domain.ports import Clock
from controller.simulation.box.record import Record

_MINUTE_S = 60.0
_SECTION_SYSTEM = "/api/sections/system"
_UPDATES = "/api/configuration-updates"
_LOGIN = "/api/login"
_FILES = "/api/files/"
_ABORT_AT_ONCE = struct.pack("ii", 1, 0)

Seconds = Annotated[float, Field(ge=0, le=86_400, allow_inf_nan=False)]
Count = Annotated[int, Field(ge=0)]


class Faults(BaseModel):
    """What the emulated box does wrong; every key is off unless set.

    Attributes:
        latency_s: Time for any answer, s.
        system_latency_s: Time on top for `sections/system`, s; real boxes take more than 10.
        write_latency_s: Time on top for configuration updates, s; they are applied at its end.
        lockout_requests_per_minute: More requests than these within a minute bring a lockout; 0 never.
        lockout_when_parallel: A second request while one is in flight brings a lockout.
        lockout_s: How long a lockout lasts, s.
        lockout_answer: What a locked-out request meets: the connection dropped, or a status.
        account_lock_after: Wrong logins in a row after which logins are refused with 403; 0 never.
        account_lock_s: For how long, s.
        only: The paths that the `..._every` below apply to; empty is all.
        drop_every: Each Nth request: the connection is reset without an answer, nothing is done; 0 never.
        hang_every: Each Nth: no answer, nothing is done.
        unauthorized_every: Each Nth but logins: 401, nothing is done.
        error_every: Each Nth: 500, nothing is done.
        html_every: Each Nth: 200 with an HTML page, nothing is done.
        empty_every: Each Nth: it is done, the body is empty.
        garbage_every: Each Nth: it is done, the body is not JSON.
        reset_every: Each Nth: it is done, and reset halfway through the body.
        ocpp_state: What the dashboard and `ocpp-state` show instead of the state; "" for nothing.
        frozen_telemetry: States, currents and counters stay what they were when this was set.
        fault_after_pause: A start after a stop leads to Faulted.
        plug_in_limit_hidden: The minimum current of a plug-in does not show in the limit field.
        limit_ignored: A limit is accepted, and neither shown nor followed.
        limit_not_followed: A limit is accepted and shown, and not followed.
        limit_refused_above_a: Limits above this are refused though the validation allows them, A; 0 none.
        clock_offset_s: The box's clock is ahead by this, s; negative is behind.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    latency_s: Seconds = 0.1
    system_latency_s: Seconds = 0.0
    write_latency_s: Seconds = 0.0
    lockout_requests_per_minute: Count = 0
    lockout_when_parallel: bool = False
    lockout_s: Seconds = 60.0
    lockout_answer: Literal["drop", "429", "503"] = "drop"
    account_lock_after: Count = 0
    account_lock_s: Seconds = 300.0
    only: Annotated[tuple[str, ...], Field(strict=False)] = ()
    drop_every: Count = 0
    hang_every: Count = 0
    unauthorized_every: Count = 0
    error_every: Count = 0
    html_every: Count = 0
    empty_every: Count = 0
    garbage_every: Count = 0
    reset_every: Count = 0
    ocpp_state: str | None = None
    frozen_telemetry: bool = False
    fault_after_pause: bool = False
    plug_in_limit_hidden: bool = False
    limit_ignored: bool = False
    limit_not_followed: bool = False
    limit_refused_above_a: Count = 0
    clock_offset_s: Annotated[float, Field(ge=-3.2e9, le=3.2e9, allow_inf_nan=False)] = 0.0


class Faulty(Protocol):
    """What the fault layer has to know of a box."""

    faults: Faults
    record: Record

    @property
    def down(self) -> bool:
        """Whether it restarts at this moment."""
        ...


class FaultLayer:
    """Plays the faults in front of the box's application.

    Args:
        app: The application.
        box: Whose faults are in force, and who counts.
        clock: The box's clock.
    """

    def __init__(self, app: ASGIApp, box: Faulty, clock: Clock) -> None:
        self._app = app
        self._box = box
        self._clock = clock
        self._recent_s: deque[float] = deque()
        self._locked_until_s = 0.0
        self._played: Faults | None = None
        self._number = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        faults = self._box.faults
        if self._box.down:
            await self._drop(scope, receive)
        elif self._locked_out(faults):
            await self._refuse(faults, scope, receive, send)
        else:
            await self._play(self._fault(faults, scope["path"]), faults, scope, receive, send)

    def _locked_out(self, faults: Faults) -> bool:
        now_s = self._clock.monotonic_s()
        if not (faults.lockout_requests_per_minute or faults.lockout_when_parallel):
            self._locked_until_s = 0.0
        if now_s < self._locked_until_s:
            return True
        self._recent_s.append(now_s)
        while self._recent_s[0] <= now_s - _MINUTE_S:
            self._recent_s.popleft()
        too_many = 0 < faults.lockout_requests_per_minute < len(self._recent_s)
        parallel = faults.lockout_when_parallel and self._box.record.in_flight > 1
        if too_many or parallel:
            self._locked_until_s = now_s + faults.lockout_s
            self._recent_s.clear()
            self._box.record.lockouts += 1
        return too_many or parallel

    async def _refuse(self, faults: Faults, scope: Scope, receive: Receive, send: Send) -> None:
        if faults.lockout_answer == "drop":
            await self._drop(scope, receive)
        else:
            await _answer(send, int(faults.lockout_answer), b"too many requests\n", "text/plain")

    def _fault(self, faults: Faults, path: str) -> str:
        """The fault that is this request's turn; "" for none. Counting begins anew with every change of the faults."""
        if faults is not self._played:
            self._played, self._number = faults, 0
        if faults.only and path not in faults.only:
            return ""
        self._number += 1
        every = {
            "drop": faults.drop_every,
            "hang": faults.hang_every,
            "unauthorized": 0 if path == _LOGIN else faults.unauthorized_every,
            "error": faults.error_every,
            "html": faults.html_every,
            "empty": faults.empty_every,
            "garbage": faults.garbage_every,
            "reset": faults.reset_every,
        }
        return next((name for name, nth in every.items() if nth and self._number % nth == 0), "")

    async def _play(self, fault: str, faults: Faults, scope: Scope, receive: Receive, send: Send) -> None:
        if fault == "drop":
            await self._drop(scope, receive)
            return
        if fault == "hang":
            await _gone(receive)
            return
        if not scope["path"].startswith(_FILES):  # those may be large
            receive = await _arrived(receive)  # a client that gives up from here on has asked all the same
        wait_s = faults.latency_s + (faults.system_latency_s if scope["path"] == _SECTION_SYSTEM else 0.0)
        await self._clock.sleep(wait_s + (faults.write_latency_s if scope["path"] == _UPDATES else 0.0))
        match fault:
            case "unauthorized":
                body = b'{"type":"about:blank","title":"Unauthorized","status":401,"detail":"the token is not valid"}'
                await _answer(send, 401, body, "application/problem+json")
            case "error":
                body = b'{"type":"about:blank","title":"Internal Server Error","status":500,"detail":"it failed"}'
                await _answer(send, 500, body, "application/problem+json")
            case "html":
                await _answer(send, 200, b"<!doctype html><title>Wallbox</title><p>One moment\n", "text/html")
            case "":
                await self._app(scope, receive, send)
            case _:
                await self._spoil(fault, scope, receive, send)

    async def _spoil(self, fault: str, scope: Scope, receive: Receive, send: Send) -> None:
        """Lets the box do it, and hands out a damaged answer."""
        start: dict[str, Any] = {}
        body = bytearray()

        async def keep(message: Message) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
            else:
                body.extend(message.get("body", b""))

        await self._app(scope, receive, keep)
        kind = next((value.decode() for name, value in start["headers"] if name == b"content-type"), "text/plain")
        half = bytes(body[: len(body) // 2])
        if fault == "empty":
            await _answer(send, start["status"], b"", kind)
        elif fault == "garbage":
            await _answer(send, start["status"], half + b"}{", kind)
        else:
            await send(_head(start["status"], len(body), kind))
            await send({"type": "http.response.body", "body": half, "more_body": True})
            await self._drop(scope, receive)

    async def _drop(self, scope: Scope, receive: Receive) -> None:
        """Resets the connection."""
        self._box.record.dropped += 1
        transport = scope["state"]["transport"]
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _ABORT_AT_ONCE)
        transport.abort()
        await _gone(receive)


async def _arrived(receive: Receive) -> Receive:
    """Waits for the whole request; returns what gives it out again."""
    messages: deque[Message] = deque()
    more = True
    while more:
        message = await receive()
        messages.append(message)
        more = message["type"] == "http.request" and message.get("more_body", False)

    async def again() -> Message:
        return messages.popleft() if messages else await receive()

    return again


async def _gone(receive: Receive) -> None:
    """Returns when the client has gone."""
    while (await receive())["type"] != "http.disconnect":
        pass


def _head(status: int, length: int, kind: str) -> Message:
    headers = [(b"content-type", kind.encode()), (b"content-length", str(length).encode())]
    return {"type": "http.response.start", "status": status, "headers": headers}


async def _answer(send: Send, status: int, body: bytes, kind: str) -> None:
    await send(_head(status, len(body), kind))
    await send({"type": "http.response.body", "body": body})
