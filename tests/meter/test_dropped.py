"""A connection that is lost while an answer is awaited."""

from __future__ import annotations

import anyio
import pytest
from anyio.abc import SocketAttribute, SocketStream

from controller.control.clock import WallClock
from controller.domain.errors import DeviceUnavailable
from controller.meter.connection import Connections, Endpoint
from controller.meter.profile import Manners

PATIENCE_S = 20.0


async def test_a_lost_connection_is_noticed_at_once_and_remade() -> None:
    asked = 0

    async def answer(stream: SocketStream) -> None:
        nonlocal asked
        async with stream:
            request = await stream.receive()
            asked += 1
            if asked > 1:
                await stream.send(request[:4] + b"\0\5\1\4\2\0\7")

    listener = await anyio.create_tcp_listener(local_host="127.0.0.1")
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(listener.serve, answer)
        endpoint = Endpoint(host="127.0.0.1", port=listener.extra(SocketAttribute.local_port))
        unit = Connections(WallClock()).unit(endpoint, 1, timeout_s=PATIENCE_S, manners=Manners())
        with anyio.fail_after(PATIENCE_S / 2):
            with pytest.raises(DeviceUnavailable, match="dropped the connection instead of answering for unit 1"):
                await unit.read("input", 0, 1)
            assert await unit.read("input", 0, 1) == [7]
        await unit.close()
        tasks.cancel_scope.cancel()
    await listener.aclose()
