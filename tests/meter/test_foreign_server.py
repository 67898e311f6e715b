"""Profiles read through a Modbus server that somebody else wrote, which serves no register that it does not have."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import pytest
from pyModbusTCP.constants import EXP_DATA_ADDRESS, EXP_GATEWAY_TARGET_DEVICE_FAILED_TO_RESPOND, EXP_NONE
from pyModbusTCP.server import DataHandler, ModbusServer

from controller.control.clock import WallClock
from controller.domain.errors import DeviceRejected
from controller.domain.readings import Reading
from controller.meter.connection import Connections, Endpoint
from controller.meter.device import ModbusMeter
from controller.meter.profile import Profile
from controller.meter.profile_files import Shelf
from tests.meter.foreign_devices import DEVICES, Device

POISON = 0xDEAD
"""Stands in registers between those that are wanted: a number made of it would be seen."""
BY_NAME = {f"{device}": device for device in DEVICES}


class HastyClock(WallClock):
    """Never waits, but remembers what for."""

    def __init__(self) -> None:
        self.naps_s: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.naps_s.append(seconds)


class Shown(DataHandler):  # type: ignore[misc]
    """Serves the registers of one unit, and refuses a request that touches any other."""

    def __init__(self) -> None:
        super().__init__()
        self.show(0, {})

    def show(self, unit_id: int, contents: dict[str, dict[int, int]]) -> None:
        """Another device from now on."""
        self._unit_id = unit_id
        self._contents = contents
        self.requests: list[tuple[str, int, int]] = []
        self.refused: list[tuple[str, int, int]] = []

    def read_h_regs(self, address: int, count: int, srv_info: ModbusServer.ServerInfo) -> DataHandler.Return:
        return self._read("holding", address, count, srv_info)

    def read_i_regs(self, address: int, count: int, srv_info: ModbusServer.ServerInfo) -> DataHandler.Return:
        return self._read("input", address, count, srv_info)

    def _read(self, table: str, address: int, count: int, srv_info: ModbusServer.ServerInfo) -> DataHandler.Return:
        if srv_info.recv_frame.mbap.unit_id != self._unit_id:
            return DataHandler.Return(exp_code=EXP_GATEWAY_TARGET_DEVICE_FAILED_TO_RESPOND)
        self.requests.append((table, address, count))
        try:
            words = [self._contents[table][address + i] for i in range(count)]
        except KeyError:
            self.refused.append((table, address, count))
            return DataHandler.Return(exp_code=EXP_DATA_ADDRESS)
        return DataHandler.Return(exp_code=EXP_NONE, data=words)


def contents(device: Device, max_gap: int) -> dict[str, dict[int, int]]:
    """Its registers; gaps that may be read across hold poison."""
    found = {"input": _words(device.registers_in), "holding": _words(device.registers_hold)}
    for words in found.values():
        known = sorted(words)
        for before, behind in pairwise(known):
            if behind - before - 1 <= max_gap:
                words.update(dict.fromkeys(range(before + 1, behind), POISON))
    return found


def _words(written: dict[int, str]) -> dict[int, int]:
    return {start + i: int(word, 16) for start, text in written.items() for i, word in enumerate(text.split())}


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[Shown, int]]:
    """One server for all: it takes half a second to stop."""
    shown = Shown()
    modbus = ModbusServer(host="127.0.0.1", port=0, no_block=True, data_hdl=shown)
    modbus.start()
    yield shown, modbus._service.server_address[1]
    modbus.stop()


async def read_twice(device: Device, profile: Profile, port: int, clock: WallClock) -> tuple[Reading, Reading]:
    endpoint = Endpoint(host="127.0.0.1", port=port)
    unit = Connections(clock).unit(endpoint, profile.unit_id, timeout_s=5, manners=profile.manners)
    meter = ModbusMeter(role=device.role, profile=profile, unit=unit, clock=clock)
    try:
        return await meter.read(), await meter.read()
    finally:
        await meter.close()


@pytest.mark.parametrize("device", DEVICES, ids=str)
async def test_it_means_what_was_worked_out_by_hand(device: Device, server: tuple[Shown, int]) -> None:
    profile = Shelf().load(device.profile)
    shown, port = server
    shown.show(profile.unit_id, contents(device, profile.manners.max_gap))
    for reading in await read_twice(device, profile, port, HastyClock()):
        compare(reading, device)
    assert shown.refused == [], "it asked for registers beyond the gaps that the profile allows"


@pytest.mark.parametrize("name", ["abb-b23-grid", "sungrow-sh-battery", "e3dc-s10-pv"])
async def test_a_device_that_refuses_the_gaps_is_asked_without_them_from_then_on(
    name: str, server: tuple[Shown, int]
) -> None:
    device = BY_NAME[name]
    profile = Shelf().load(device.profile)
    shown, port = server
    shown.show(profile.unit_id, contents(device, 0))
    for reading in await read_twice(device, profile, port, HastyClock()):
        compare(reading, device)
    assert shown.refused, "this profile was meant to have gaps"
    last = max(i for i, request in enumerate(shown.requests) if request in shown.refused)
    again = shown.requests[last + 1 :]
    assert len(again) > len(set(again)), "the second look is refused nothing, and reads the same as the first"


async def test_a_huawei_gets_its_second_after_connecting(server: tuple[Shown, int]) -> None:
    device = BY_NAME["huawei-sun2000-grid"]
    profile = Shelf().load(device.profile)
    shown, port = server
    shown.show(profile.unit_id, contents(device, profile.manners.max_gap))
    clock = HastyClock()
    await read_twice(device, profile, port, clock)
    assert clock.naps_s[0] == pytest.approx(1, abs=0.2)
    assert shown.requests == [("holding", 37101, 37)] * 2, "one block a look"


async def test_the_profiles_unit_id_is_what_is_asked(server: tuple[Shown, int]) -> None:
    device = BY_NAME["victron-gx-grid"]
    profile = Shelf().load(device.profile)
    shown, port = server
    shown.show(1, contents(device, 0))
    with pytest.raises(DeviceRejected, match="unit 100"):
        await read_twice(device, profile, port, HastyClock())


def compare(reading: Reading, device: Device) -> None:
    for name, value in device.means.items():
        expected = None if value is None else pytest.approx(value, abs=1e-6)
        assert getattr(reading, name) == expected, name
    refused = {name for name, value in device.means.items() if value is None}
    assert set(reading.refused) <= refused, "nothing else is refused"
    assert set(reading.refused) or device.profile not in ("abb-b23", "sma-home-manager-2"), "what is refused is named"
