"""Each fault as the real client meets it, and that nothing of it stays behind."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from anyio.lowlevel import checkpoint

from controller.control.clock import ScaledClock
from controller.domain.errors import DeviceError, DeviceRejected, DeviceTimeout, DeviceUnavailable
from controller.meter.device import ModbusMeter
from controller.meter.profile_text import parse_profile, parse_tree
from controller.meter.quantities import Quantity
from controller.simulation.meters.emulator import VirtualMeters, Wire
from controller.simulation.meters.faults import MeterFaults
from controller.simulation.meters.values import Values
from tests.support.meters import NOON, SDM630, grid_meter, meter_of, unit_of
from tests.support.warp import run_warped

WELL = MeterFaults()


async def recovers(meters: VirtualMeters, device: ModbusMeter) -> None:
    """Without a restart of anything: the next reading is right."""
    meters.faults = WELL
    reading = await device.read()
    assert reading.power_w == pytest.approx(-2100)
    assert reading.refused == {}
    await device.close()


@pytest.mark.parametrize("transport", ["tcp", "rtu-over-tcp", "rtu"])
@pytest.mark.parametrize(
    ("faults", "error"),
    [
        (MeterFaults(silence=True), DeviceTimeout),
        (MeterFaults(exception_code=4), DeviceRejected),
        (MeterFaults(exception_code=6), DeviceRejected),
        (MeterFaults(wrong_unit=True), DeviceError),
        (MeterFaults(garbage=True), DeviceError),
        (MeterFaults(cut_mid_frame=True), DeviceError),
    ],
    ids=lambda value: ",".join(value.model_fields_set) if isinstance(value, MeterFaults) else "",
)
async def test_a_fault_of_the_wire_is_an_error_and_passes(
    faults: MeterFaults, error: type[DeviceError], transport: Wire
) -> None:
    async with grid_meter(transport=transport) as meters:
        device = meter_of(meters, timeout_s=0.3)
        assert (await device.read()).power_w == pytest.approx(-2100)
        meters.faults = faults
        answered = meters.record.answers
        with pytest.raises(error):
            await device.read()
        assert meters.record.answers == answered  # none was right
        await recovers(meters, device)


async def test_a_connection_that_is_cut_says_so_at_once() -> None:
    async with grid_meter(faults=MeterFaults(cut_mid_frame=True)) as meters:
        device = meter_of(meters, timeout_s=30)
        with pytest.raises(DeviceUnavailable, match="dropped the connection"):
            await device.read()
        await recovers(meters, device)
        assert meters.record.connections == 2


async def test_an_exception_is_named() -> None:
    async with grid_meter(faults=MeterFaults(exception_code=6)) as meters:
        device = meter_of(meters)
        with pytest.raises(DeviceRejected, match="device busy") as caught:
            await device.read()
        assert caught.value.status == 6
        await recovers(meters, device)
        assert meters.record.connections == 1


async def test_every_second_request() -> None:
    async with grid_meter() as meters:
        unit = unit_of(meters)
        meters.faults = MeterFaults(exception_code=4, every=2)
        for _ in range(3):
            assert len(await unit.read("input", 0, 2)) == 2
            with pytest.raises(DeviceRejected):
                await unit.read("input", 0, 2)
        await unit.close()


def test_a_slow_answer_is_waited_for_and_a_late_one_is_never_taken_for_the_next() -> None:
    async def main() -> None:
        clock = ScaledClock(datetime(2026, 6, 1, tzinfo=UTC))
        watts = [-2100.0]

        class Moving(dict[Quantity, tuple[float, ...]]):
            def __getitem__(self, quantity: Quantity) -> tuple[float, ...]:
                return (watts[0],) if quantity is Quantity.POWER_W else super().__getitem__(quantity)

        async with grid_meter(NOON, clock=clock, faults=MeterFaults(delay_s=3)) as meters:
            device = meter_of(meters, timeout_s=5, clock=clock)
            before_s = clock.monotonic_s()
            assert (await device.read()).power_w == pytest.approx(-2100)
            assert 3 <= clock.monotonic_s() - before_s < 4
            meters.faults = MeterFaults(delay_s=8)
            for _ in range(3):
                with pytest.raises(DeviceTimeout):
                    await device.read()
            await recovers(meters, device)

    run_warped(main)


def test_late_answers_on_a_line_without_numbers() -> None:
    async def main() -> None:
        clock = ScaledClock(datetime(2026, 6, 1, tzinfo=UTC))
        async with grid_meter(transport="rtu-over-tcp", clock=clock, faults=MeterFaults(delay_s=3)) as meters:
            unit = unit_of(meters, timeout_s=2, clock=clock)
            with pytest.raises(DeviceTimeout):
                await unit.read("input", 52, 2)  # power
            meters.faults = WELL
            volts = await unit.read("input", 0, 2)
            assert volts[0] == 0x4367  # 231 V: the late power has not been taken for it
            await unit.close()

    run_warped(main)


async def test_no_value_is_refused_and_never_zero() -> None:
    async with grid_meter(faults=MeterFaults(nan=True)) as meters:
        device = meter_of(meters)
        reading = await device.read()
        assert reading.power_w is None
        assert set(reading.refused) == {quantity.value for quantity in NOON}
        assert "not a number" in reading.refused["power_w"]
        await recovers(meters, device)


async def test_wired_the_other_way_round() -> None:
    async with grid_meter(faults=MeterFaults(sign_flip=True)) as meters:
        device = meter_of(meters)
        reading = await device.read()
        assert reading.power_w == pytest.approx(2100)
        assert reading.phase_power_w == pytest.approx((900, 700, 500))
        assert reading.current_a == pytest.approx((3.9, 3.1, 2.2))
        assert reading.voltage_v == pytest.approx((231, 229.5, 230))
        assert (reading.energy_wh, reading.energy_back_wh) == pytest.approx((6_789_000, 12_345_000))
        await device.close()


async def test_frozen_stays_what_it_was_when_it_was_set() -> None:
    values: dict[Quantity, tuple[float, ...]] = dict(NOON)
    async with grid_meter(values) as meters:
        device = meter_of(meters)
        meters.faults = MeterFaults(frozen=True)
        values[Quantity.POWER_W] = (500.0,)
        assert (await device.read()).power_w == pytest.approx(-2100)
        meters.faults = MeterFaults(frozen=True, delay_s=0.001)  # another fault comes: still the same
        values[Quantity.POWER_W] = (700.0,)
        assert (await device.read()).power_w == pytest.approx(-2100)
        meters.faults = WELL
        assert (await device.read()).power_w == pytest.approx(700)
        await device.close()


async def test_one_client_only() -> None:
    async with grid_meter(faults=MeterFaults(one_client=True)) as meters:
        first, second = meter_of(meters), meter_of(meters)
        await first.read()
        with pytest.raises(DeviceUnavailable, match=f"{meters.port} dropped the connection"):
            await second.read()
        assert (meters.record.connections, meters.record.turned_away) == (1, 1)
        assert (await first.read()).power_w == pytest.approx(-2100)  # undisturbed
        await first.close()
        await until_closed(meters)
        await recovers(meters, second)
        assert meters.record.most_open == 1


async def until_closed(meters: VirtualMeters) -> None:
    for _ in range(10_000):
        if not meters.record.open:
            return
        await checkpoint()
    raise AssertionError("the closed connection still counts")


async def test_a_profile_may_know_one_client_only() -> None:
    lonely = replace(SDM630, manners=replace(SDM630.manners, one_client=True))
    async with grid_meter(profile=lonely) as meters:
        first, second = unit_of(meters), unit_of(meters)
        await first.read("input", 0, 2)
        with pytest.raises(DeviceUnavailable):
            await second.read("input", 0, 2)
        meters.faults = MeterFaults(one_client=False)
        await second.read("input", 0, 2)
        assert meters.record.most_open == 2
        await first.close()
        await second.close()


async def test_an_unknown_unit_meets_silence_or_the_gateways_exception() -> None:
    async with grid_meter() as meters:
        stranger = unit_of(meters, 7, timeout_s=0.2)
        with pytest.raises(DeviceTimeout):
            await stranger.read("input", 0, 2)
        meters.faults = MeterFaults(unknown_unit="exception")
        with pytest.raises(DeviceRejected, match="gateway target does not respond"):
            await stranger.read("input", 0, 2)
        await stranger.close()


@pytest.mark.parametrize("sentinel", [True, False])
async def test_integers_without_a_pattern_go_on_showing_their_value(sentinel: bool) -> None:
    text = """
    name = "M"
    maker = "M"
    source = "made up"
    [meter]
    power_w = { address = 0, type = "int32"PATTERN }
    """.replace("PATTERN", "" if sentinel else ", not_available = []")
    profile = parse_profile("m", parse_tree("m", text))
    values: Values = {Quantity.POWER_W: (321.0,)}
    async with grid_meter(values, profile=profile, faults=MeterFaults(nan=True)) as meters:
        device = meter_of(meters)
        assert (await device.read()).power_w == (None if sentinel else 321)
        await device.close()
