"""Modbus TCP: one connection, made and remade as needed; every wait is bounded."""

from __future__ import annotations

import logging
from typing import Literal

import structlog
from pymodbus.client import AsyncModbusTcpClient
from pymodbus.exceptions import ModbusException
from pymodbus.pdu import ExceptionResponse

from controller.domain.errors import DeviceProtocolError, DeviceRejected, DeviceTimeout, DeviceUnavailable
from controller.domain.ports import Clock

_log = structlog.get_logger()
logging.getLogger("pymodbus").setLevel(logging.CRITICAL)  # its errors reach people through ours, once

_EXCEPTIONS = {
    1: "illegal function",
    2: "illegal data address",
    3: "illegal data value",
    4: "device failure",
    5: "acknowledge",
    6: "device busy",
    8: "memory parity error",
    10: "gateway path unavailable",
    11: "gateway target does not respond",
}


class ModbusTcp:
    """A connection to one Modbus TCP server.

    A late answer must never be taken for the next one: after a time-out, a cancellation or anything unintelligible the
    connection is closed, and the next read makes a new one.

    Args:
        host: Name or address.
        port: TCP port.
        clock: The service's clock.
        timeout_s: Longest wait for a connection, and for an answer.
    """

    def __init__(self, host: str, port: int, clock: Clock, *, timeout_s: float) -> None:
        self._host = host
        self._port = port
        self._clock = clock
        self._timeout_s = timeout_s
        self._client: AsyncModbusTcpClient | None = None

    @property
    def address(self) -> str:
        """Host and port, for people."""
        return f"{self._host}:{self._port}"

    async def read(self, function: Literal["input", "holding"], start: int, count: int, unit_id: int) -> list[int]:
        """Reads `count` registers from `start`.

        Raises:
            DeviceUnavailable: No connection, or lost.
            DeviceTimeout: No whole answer in time.
            DeviceRejected: An exception reply.
            DeviceProtocolError: An answer that does not fit the request.
        """
        client = await self._connected()
        answered = False
        try:
            with self._clock.timeout(self._timeout_s):
                if function == "input":
                    reply = await client.read_input_registers(start, count=count, device_id=unit_id)
                else:
                    reply = await client.read_holding_registers(start, count=count, device_id=unit_id)
            answered = True
        except TimeoutError as error:
            raise DeviceTimeout(f"{self.address} did not answer within {self._timeout_s:g} s") from error
        except (ModbusException, OSError) as error:
            raise DeviceUnavailable(f"{self.address} dropped the connection or answered nonsense: {error}") from error
        finally:
            if not answered:
                await self.close()
        if isinstance(reply, ExceptionResponse) or reply.isError():
            code = getattr(reply, "exception_code", 0)
            meaning = _EXCEPTIONS.get(code, f"exception {code}")
            raise DeviceRejected(
                f"{self.address} unit {unit_id} refuses {function} registers {start} to {start + count - 1}: {meaning}"
            )
        if len(reply.registers) != count:
            await self.close()
            raise DeviceProtocolError(f"{self.address} sent {len(reply.registers)} registers instead of {count}")
        return list(reply.registers)

    async def close(self) -> None:
        """Closes the connection; the next read opens a new one."""
        if self._client is not None:
            self._client.close()
            self._client = None

    async def _connected(self) -> AsyncModbusTcpClient:
        if self._client is not None and self._client.connected:
            return self._client
        await self.close()
        client = AsyncModbusTcpClient(
            self._host, port=self._port, timeout=2 * self._timeout_s, retries=0, reconnect_delay=0
        )
        connected = False
        try:
            with self._clock.timeout(self._timeout_s):
                connected = await client.connect()
        except TimeoutError as error:
            raise DeviceTimeout(f"{self.address} did not accept a connection within {self._timeout_s:g} s") from error
        except OSError as error:
            raise DeviceUnavailable(f"{self.address} cannot be reached: {error}") from error
        finally:
            if not connected:
                client.close()
        if not connected:
            raise DeviceUnavailable(f"{self.address} cannot be reached: check host, port and that Modbus TCP is on")
        self._client = client
        _log.debug("meter_connected", address=self.address)
        return client
