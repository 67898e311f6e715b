"""One Modbus connection, shared by all units behind it: made and remade as needed; every wait is bounded."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import anyio
import structlog
from pymodbus import FramerType
from pymodbus.client import AsyncModbusSerialClient, AsyncModbusTcpClient
from pymodbus.exceptions import ModbusException
from pymodbus.pdu import ModbusPDU

from controller.domain.errors import (
    ConfigError,
    DeviceError,
    DeviceProtocolError,
    DeviceRejected,
    DeviceTimeout,
    DeviceUnavailable,
)
from controller.domain.ports import Clock
from controller.meter.formula import Function
from controller.meter.profile import Manners, Serial
from controller.meter.turns import Turns

_log = structlog.get_logger()
_Client = AsyncModbusTcpClient | AsyncModbusSerialClient
logging.getLogger("pymodbus").setLevel(logging.CRITICAL)  # its errors reach people through ours, once

ILLEGAL_FUNCTION = 1
ILLEGAL_ADDRESS = 2
ILLEGAL_VALUE = 3
NOT_NOW = frozenset({5, 6, 10, 11})
"""Exceptions that say nothing of the registers: the device is busy, or out of the gateway's reach."""
_EXCEPTIONS = {
    ILLEGAL_FUNCTION: "illegal function",
    ILLEGAL_ADDRESS: "illegal data address",
    ILLEGAL_VALUE: "illegal data value",
    4: "device failure",
    5: "acknowledge",
    6: "device busy",
    8: "memory parity error",
    10: "gateway path unavailable",
    11: "gateway target does not respond",
}
_USUAL_SERIAL = Serial()
_QUIET_S = 0.5
"""Least rest after a failure on a line whose frames have no numbers: what is late must not be taken for an answer."""
_FUNCTION_CODES: dict[Function, int] = {"holding": 3, "input": 4}


class Transport(StrEnum):
    """How Modbus frames travel."""

    TCP = "tcp"
    RTU = "rtu"
    RTU_OVER_TCP = "rtu-over-tcp"


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """The other end of a connection.

    Attributes:
        transport: How frames travel.
        host: Name or address; empty for a serial line.
        port: TCP port.
        device: Path of the serial device; empty for TCP.
        serial: Settings of the serial line.
    """

    transport: Transport = Transport.TCP
    host: str = ""
    port: int = 502
    device: str = ""
    serial: Serial = _USUAL_SERIAL

    @property
    def place(self) -> tuple[str, str, int]:
        """What cannot be had twice."""
        if self.device:  # /dev/serial/by-id/... is a link
            return (self.transport, str(Path(self.device).resolve()), 0)
        return (self.transport, self.host.casefold(), self.port)

    def __str__(self) -> str:
        """For people."""
        if self.device:
            return self.device
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}" + (" (RTU)" if self.transport is Transport.RTU_OVER_TCP else "")


class Connection:
    """A connection, and the queue before it: one request at a time.

    A late answer must never be taken for the next one: after a time-out, a cancellation or anything unintelligible the
    connection is closed, and the next read makes a new one.

    Args:
        endpoint: The other end.
        clock: The service's clock.
    """

    def __init__(self, endpoint: Endpoint, clock: Clock) -> None:
        self.endpoint = endpoint
        self._clock = clock
        self._turns = Turns()
        self._client: _Client | None = None
        self._ready_at_s = clock.monotonic_s()
        self._failed = False
        self._asking: anyio.CancelScope | None = None
        self.sent_at_s: float | None = None

    async def read(
        self,
        function: Function,
        start: int,
        count: int,
        *,
        unit_id: int,
        timeout_s: float,
        manners: Manners,
        priority: int = 1,
    ) -> list[int]:
        """Reads `count` registers from `start` of a unit.

        Args:
            function: "input" or "holding".
            start: First address.
            count: Registers.
            unit_id: The unit.
            timeout_s: Longest wait for a connection, and for an answer.
            manners: What the unit asks for.
            priority: The lower, the sooner comes its turn.

        Raises:
            DeviceUnavailable: No connection, or lost.
            DeviceTimeout: No whole answer in time.
            DeviceRejected: An exception reply; `status` is its code.
            DeviceProtocolError: An answer that does not fit the request.
        """
        async with self._turns.turn(priority):
            client = await self._connected(timeout_s, manners)
            if (wait_s := self._ready_at_s - self._clock.monotonic_s()) > 0:
                await self._clock.sleep(wait_s)
            try:
                self.sent_at_s = self._clock.monotonic_s()
                reply = await self._ask(client, function, start, count, unit_id=unit_id, timeout_s=timeout_s)
            finally:
                self._ready_at_s = max(self._ready_at_s, self._clock.monotonic_s() + manners.pause_s)
            return await self._checked(reply, function, start, count, unit_id)

    async def close(self) -> None:
        """Closes the connection; the next read opens a new one."""
        if self._client is not None:
            self._client.close()
            self._client = None

    async def _ask(
        self, client: _Client, function: Function, start: int, count: int, *, unit_id: int, timeout_s: float
    ) -> ModbusPDU:
        answered = False
        try:
            with self._clock.timeout(timeout_s), anyio.CancelScope() as self._asking:
                if function == "input":
                    reply = await client.read_input_registers(start, count=count, device_id=unit_id)
                else:
                    reply = await client.read_holding_registers(start, count=count, device_id=unit_id)
                answered = True
        except TimeoutError as error:
            raise DeviceTimeout(f"{self.endpoint} unit {unit_id} did not answer within {timeout_s:g} s") from error
        except (ModbusException, OSError) as error:
            raise DeviceUnavailable(f"{self.endpoint} dropped the connection or answered nonsense: {error}") from error
        finally:
            if not answered:
                await self._fail()
        if not answered:
            raise DeviceUnavailable(f"{self.endpoint} dropped the connection instead of answering for unit {unit_id}")
        return reply

    def _heard(self, connected: bool) -> None:
        """A lost connection ends the wait for an answer; pymodbus would wait for its time-out."""
        if not connected and self._asking is not None:
            self._asking.cancel()

    async def _checked(self, reply: ModbusPDU, function: Function, start: int, count: int, unit_id: int) -> list[int]:
        if reply.isError():
            code = reply.exception_code
            meaning = _EXCEPTIONS.get(code, f"exception {code}")
            raise DeviceRejected(
                f"{self.endpoint} unit {unit_id} refuses {function} registers {start} to {start + count - 1}: "
                f"{meaning}",
                status=code,
            )
        if reply.function_code != _FUNCTION_CODES[function]:
            await self._fail()
            raise DeviceProtocolError(f"{self.endpoint} unit {unit_id} answered another request than ours")
        if len(reply.registers) != count:
            await self._fail()
            raise DeviceProtocolError(f"{self.endpoint} sent {len(reply.registers)} registers instead of {count}")
        return list(reply.registers)

    async def _fail(self) -> None:
        self._failed = True
        await self.close()

    async def _connected(self, timeout_s: float, manners: Manners) -> _Client:
        if self._client is not None and self._client.connected:
            return self._client
        await self.close()
        client = self._new_client(timeout_s)
        connected = False
        try:
            with self._clock.timeout(timeout_s):
                connected = await client.connect()
        except TimeoutError as error:
            raise DeviceTimeout(f"{self.endpoint} did not accept a connection within {timeout_s:g} s") from error
        except OSError as error:
            raise DeviceUnavailable(f"{self.endpoint} cannot be reached: {error}") from error
        finally:
            if not connected:
                client.close()
        if not connected:
            raise self._out_of_reach(manners)
        self._client = client
        numbered = self.endpoint.transport is Transport.TCP
        quiet_s = max(_QUIET_S, timeout_s) if self._failed and not numbered else 0.0
        self._failed = False
        self._ready_at_s = self._clock.monotonic_s() + max(manners.settle_s, quiet_s)
        _log.debug("meter_connected", address=str(self.endpoint))
        return client

    def _out_of_reach(self, manners: Manners) -> DeviceError:
        if self.endpoint.device:
            what = self._serial_fault()
        elif manners.one_client:
            what = "check host and port, that Modbus TCP is on, and that no other program holds its only connection"
        else:
            what = "check host, port and that Modbus TCP is on"
        return DeviceUnavailable(f"{self.endpoint} cannot be reached: {what}")

    def _serial_fault(self) -> str:
        device = Path(self.endpoint.device)
        if not device.exists():
            return "there is no such device; `ls /dev/serial/by-id` shows the adapters that are plugged in"
        if not device.is_char_device():
            return "this is no serial device"
        return "it cannot be opened: another program may hold it, or the user is not in the group `dialout`"

    def _new_client(self, timeout_s: float) -> _Client:
        endpoint, wait_s = self.endpoint, 2 * timeout_s
        if endpoint.transport is Transport.RTU:
            return AsyncModbusSerialClient(
                endpoint.device,
                framer=FramerType.RTU,
                baudrate=endpoint.serial.baudrate,
                parity=endpoint.serial.parity[0].upper(),
                stopbits=endpoint.serial.stopbits,
                timeout=wait_s,
                retries=0,
                reconnect_delay=0,
                trace_connect=self._heard,
            )
        framer = FramerType.SOCKET if endpoint.transport is Transport.TCP else FramerType.RTU
        return AsyncModbusTcpClient(
            endpoint.host,
            port=endpoint.port,
            framer=framer,
            timeout=wait_s,
            retries=0,
            reconnect_delay=0,
            trace_connect=self._heard,
        )


class Connections:
    """All connections of the process: whoever means the same end gets the same one.

    Args:
        clock: The service's clock.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._open: dict[tuple[str, str, int], tuple[Connection, int]] = {}

    def unit(self, endpoint: Endpoint, unit_id: int, *, timeout_s: float, manners: Manners, priority: int = 1) -> Unit:
        """A unit behind `endpoint`; the connection is closed when the last of its units is.

        Args:
            endpoint: The other end.
            unit_id: The unit.
            timeout_s: Longest wait for a connection, and for an answer.
            manners: What the unit asks for.
            priority: The lower, the sooner come its turns.

        Raises:
            ConfigError: Another unit of the same serial line has other settings.
        """
        connection, users = self._open.get(endpoint.place, (Connection(endpoint, self._clock), 0))
        if endpoint.device and connection.endpoint.serial != endpoint.serial:
            raise ConfigError(
                [
                    f"two meters on {endpoint} with different settings, {connection.endpoint.serial} and "
                    f"{endpoint.serial}: give both the same baudrate, parity and stopbits"
                ]
            )
        self._open[endpoint.place] = (connection, users + 1)
        return Unit(self, connection, unit_id, timeout_s=timeout_s, manners=manners, priority=priority)

    async def give_back(self, connection: Connection) -> None:
        """One user less."""
        place = connection.endpoint.place
        _, users = self._open[place]
        if users > 1:
            self._open[place] = (connection, users - 1)
            return
        del self._open[place]
        await connection.close()


class Unit:
    """One unit behind a connection that others may share."""

    def __init__(
        self,
        connections: Connections,
        connection: Connection,
        unit_id: int,
        *,
        timeout_s: float,
        manners: Manners,
        priority: int,
    ) -> None:
        self._connections = connections
        self._connection = connection
        self._manners = manners
        self._timeout_s = timeout_s
        self._priority = priority
        self._closed = False
        self._sent_at_s: float | None = None
        self.unit_id = unit_id

    def __str__(self) -> str:
        """For people."""
        return f"{self._connection.endpoint} unit {self.unit_id}"

    @property
    def sent_at_s(self) -> float | None:
        """When its last request was sent, monotonic seconds; None before the first."""
        return self._sent_at_s

    async def read(self, function: Function, start: int, count: int) -> list[int]:
        """See `Connection.read`."""
        words = await self._connection.read(
            function,
            start,
            count,
            unit_id=self.unit_id,
            timeout_s=self._timeout_s,
            manners=self._manners,
            priority=self._priority,
        )
        self._sent_at_s = self._connection.sent_at_s
        return words

    async def close(self) -> None:
        """Gives the connection back; a second time does nothing."""
        if not self._closed:
            self._closed = True
            await self._connections.give_back(self._connection)
