"""The charging state machine, in front of the plant."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from controller.simulation.box.faults import Faults
from controller.simulation.plant import PlantSettings
from tests.support.emulator import MONDAY_NOON, START, STOP, Bench, emulated, update, warped


async def play(bench: Bench, steps: str) -> list[str]:
    """Plays steps such as "plug 3 start"; a number passes seconds. Returns the state after each."""
    states = []
    for step in steps.split():
        match step:
            case "plug" | "unplug":
                await bench.car(plugged=step == "plug")
            case "full" | "hungry":
                await bench.car(full=step == "full")
            case "start" | "stop":
                (await bench.ask(*(START if step == "start" else STOP))).raise_for_status()
            case "fault":
                (await bench.control.post("/errors", json={"errorCode": "Broken"})).raise_for_status()
            case "mend":
                (await bench.control.delete("/errors")).raise_for_status()
            case _:
                await bench.passes(float(step))
        states.append((await bench.state())["state"])
    return states


@pytest.mark.parametrize(
    ("steps", "states"),
    [
        ("60", "Preparing"),
        ("start", "Charging"),
        ("stop", "SuspendedEVSE"),
        ("start stop start", "Charging SuspendedEVSE Charging"),
        ("unplug 4 2", "Finishing Finishing Available"),
        ("unplug plug 1 2", "Finishing Preparing Preparing Charging"),
        ("unplug 6 start 60 plug 3", "Finishing Available Available Available Preparing Charging"),
        ("unplug plug stop 60", "Finishing Preparing SuspendedEVSE SuspendedEVSE"),
        ("start full", "Charging SuspendedEV"),
        ("start full stop", "Charging SuspendedEV SuspendedEVSE"),
        ("start full hungry", "Charging SuspendedEV Charging"),
        ("full start", "Preparing SuspendedEV"),
        ("start fault 60", "Charging Faulted Faulted"),
        ("fault start", "Faulted Faulted"),
        ("start fault mend start", "Charging Faulted SuspendedEVSE Charging"),
        ("start fault unplug plug 3", "Charging Faulted Finishing Preparing Charging"),
        ("plug unplug unplug", "Preparing Finishing Finishing"),
    ],
)
@warped
async def test_states(steps: str, states: str) -> None:
    async with emulated() as bench:
        assert " ".join(await play(bench, steps)) == states


@warped
async def test_the_virtual_home_starts_with_a_car_that_nobody_has_started() -> None:
    async with emulated() as bench:
        await bench.passes(3600)
        found = await bench.state()
        assert (bench.box.limit_a, bench.box.enabled) == (16, False)
    assert (found["state"], found["ev_w"], found["session_energy_kwh"]) == ("Preparing", 0, 0)


@warped
async def test_a_car_that_is_plugged_in_is_charged_with_6_a_of_its_own_accord() -> None:
    async with emulated() as bench:
        await play(bench, "unplug 60 plug 40")
        found = await bench.state()
        limit = (await bench.section("power"))["operator-current-limit"]["value"]
    assert (found["state"], found["current_a"], found["enabled"], limit) == ("Charging", 6, True, 6)


@warped
async def test_it_may_hide_these_6_a_until_the_next_write() -> None:
    async with emulated(faults=Faults(plug_in_limit_hidden=True)) as bench:
        await play(bench, "unplug 60 plug 40")
        found = await bench.state()
        assert (found["limit_a"], found["current_a"]) == (16, 6)
        await bench.write(update("operator-current-limit", 16))
        await bench.passes(30)
        assert (await bench.state())["current_a"] == 16


@warped
async def test_without_free_charging_a_car_waits() -> None:
    async with emulated() as bench:
        await bench.write(update("free-charging", value=False, kind="boolean"))
        states = await play(bench, "unplug plug 60 start")
        shown = (await bench.section("system"))["free-charging-mode"]["value"]
    assert states == ["Finishing", "Preparing", "Preparing", "Charging"]
    assert shown == "Disabled"


@warped
async def test_a_limit_is_followed_after_a_delay() -> None:
    async with emulated() as bench:
        await play(bench, "start 60")
        await bench.write(update("operator-current-limit", 8))
        assert (await bench.state())["current_a"] == 16
        await bench.passes(9)
        assert (await bench.state())["current_a"] == 16
        await bench.passes(2)
        assert (await bench.state())["current_a"] == 8


@warped
async def test_zero_amps_are_a_pause_where_the_box_takes_them() -> None:
    async with emulated(limit_min_a=0) as bench:
        await play(bench, "start 60")
        await bench.write(update("operator-current-limit", 0))
        await bench.passes(20)
        found = await bench.state()
    assert (found["state"], found["current_a"]) == ("SuspendedEVSE", 0)


@warped
async def test_a_car_fills_and_then_draws_nothing() -> None:
    async with emulated(token_life_s=3600) as bench:
        await bench.car(energy_kwh=2)
        await play(bench, "start 900")
        found = await bench.state()
        system = await bench.section("system")
    assert (found["state"], found["full"], found["ev_w"]) == ("SuspendedEV", True, 0)
    assert found["session_energy_kwh"] == pytest.approx(2, abs=0.01)
    assert system["power-of-current-charging-session"]["value"] == "0 mW, 0 mW, 0 mW"


@warped
async def test_the_randomised_delay_holds_a_start_back_and_can_be_skipped() -> None:
    async with emulated() as bench:
        await bench.write(update("randomised-delay-range", 600))
        assert await play(bench, "start 5") == ["SuspendedEVSE", "SuspendedEVSE"]
        left_s = (await bench.state())["random_delay_left_s"]
        assert 5 < left_s <= 600
        await bench.passes(left_s - 1)
        assert (await bench.state())["state"] == "SuspendedEVSE"
        await bench.passes(2)
        assert (await bench.state())["state"] == "Charging"
        await play(bench, "stop start")
        assert (await bench.state())["random_delay_left_s"] > 0
        assert (await bench.ask("POST", "/api/custom-actions/skip-random-delay")).is_success
        found = await bench.state()
        assert (found["state"], found["random_delay_left_s"]) == ("Charging", 0)
        await bench.passes(60)
        assert (await bench.state())["current_a"] == 16


@pytest.mark.parametrize("seed", [1, 2])
@warped
async def test_the_randomised_delay_is_the_same_for_the_same_seed(seed: int) -> None:
    left_s = []
    for _ in range(2):
        async with emulated(seed=seed) as bench:
            await bench.write(update("randomised-delay-range", 1800))
            await play(bench, "start")
            left_s.append((await bench.state())["random_delay_left_s"])
    assert left_s[0] == pytest.approx(left_s[1])
    assert 0 < left_s[0] <= 1800


@pytest.mark.parametrize(
    ("at", "weekend", "period", "held"),
    [
        (MONDAY_NOON, False, ("11:30", "13:00"), True),
        (MONDAY_NOON, False, ("12:00", "13:00"), True),
        (MONDAY_NOON, False, ("11:00", "12:00"), False),
        (MONDAY_NOON, False, ("22:00", "06:00"), False),
        (MONDAY_NOON, False, ("18:00", "13:00"), True),
        (MONDAY_NOON, False, ("12:00", "12:00"), False),
        (datetime(2026, 6, 27, 12, tzinfo=UTC), False, ("11:30", "13:00"), False),
        (datetime(2026, 6, 27, 12, tzinfo=UTC), True, ("11:30", "13:00"), True),
        (datetime(2026, 6, 28, 12, tzinfo=UTC), True, ("11:30", "13:00"), True),
    ],
)
@warped
async def test_off_peak_periods_hold_charging(at: datetime, weekend: bool, period: tuple[str, str], held: bool) -> None:
    async with emulated(start=at) as bench:
        await bench.write(
            update("enable-off-peak", value=True, kind="boolean"),
            update("enable-off-peak-weekend", weekend, "boolean"),
            update("off-peak-period2-start", period[0], "time"),
            update("off-peak-period2-stop", period[1], "time"),
        )
        assert await play(bench, "start") == ["SuspendedEVSE" if held else "Charging"]
        await bench.write(update("enable-off-peak", value=False, kind="boolean"))
        assert (await bench.state())["state"] == "Charging"


@warped
async def test_a_held_car_is_charged_when_the_period_ends_though_nobody_looks() -> None:
    async with emulated() as bench:
        await bench.write(
            update("enable-off-peak", value=True, kind="boolean"),
            update("off-peak-period1-start", "11:00", "time"),
            update("off-peak-period1-stop", "13:00", "time"),
        )
        await play(bench, "start")
        await bench.passes(2 * 3600)
        found = await bench.state()
    assert found["state"] == "Charging"
    assert found["session_energy_kwh"] == pytest.approx(11.04, rel=0.02)  # an hour of 16 A


@warped
async def test_a_pause_may_end_in_a_fault_until_a_restart() -> None:
    async with emulated(faults=Faults(fault_after_pause=True), restart_s=20) as bench:
        assert await play(bench, "start 60 stop 60 start") == [
            "Charging", "Charging", "SuspendedEVSE", "SuspendedEVSE", "Faulted",
        ]  # fmt: skip
        errors = await bench.get("/api/current-errors")
        assert [error["errorCode"] for error in errors] == ["ResumeFailure"]
        assert errors[0]["timestamp"].startswith("2026-06-22T12:0")
        await bench.ask("POST", "/api/custom-actions/restart-system")
        await bench.passes(23)
        assert (await bench.state())["state"] == "Charging"
        await bench.log_in()
        assert await bench.get("/api/current-errors") == []


@warped
async def test_the_counters_count() -> None:
    async with emulated(token_life_s=3600) as bench:
        before = await bench.section("system")
        await play(bench, "start 600 stop start fault unplug plug 600")
        after = await bench.section("system")
    gained = {
        key: int(after[key]["value"]) - int(before[key]["value"])
        for key in ("total-charging-sessions", "error-counter", "plug-cycles")
    }
    assert gained == {"total-charging-sessions": 2, "error-counter": 1, "plug-cycles": 1}
    assert after["duration-of-current-charging-session"]["value"] == pytest.approx(598, abs=2)
    assert after["signal-current"]["value"] == "6.0 A, 6.0 A, 6.0 A"
    assert after["power-of-current-charging-session"]["value"] == "1380000 mW, 1380000 mW, 1380000 mW"
    assert after["signal-voltage"]["value"] == "230 V, 230 V, 230 V"
    assert after["ocpp-state"]["value"] == "Charging"
    assert after["type-2-state"]["value"] == "C"


@warped
async def test_a_car_that_comes_during_a_restart_is_met_after_it() -> None:
    async with emulated(restart_s=300.0) as bench:
        bench.box.restart()
        await bench.passes(10)
        await bench.car(plugged=False)
        await bench.car(plugged=True)
        await bench.passes(60)
        assert (await bench.state())["state"] == "Preparing"
        await bench.passes(240)
        assert (await bench.state())["state"] == "Charging"


@warped
async def test_the_randomised_delay_is_random_and_ends_with_a_stop() -> None:
    async with emulated() as bench:
        await bench.write(update("randomised-delay-range", 600))
        lefts = []
        for _ in range(6):
            await play(bench, "start")
            lefts.append((await bench.state())["random_delay_left_s"])
            await play(bench, "stop")
            assert (await bench.state())["random_delay_left_s"] == 0
    assert len(set(lefts)) == 6
    assert min(lefts) < 400


@warped
async def test_a_session_that_is_over_grows_no_older() -> None:
    async with emulated() as bench:
        await play(bench, "start 600 unplug 300")
        assert (await bench.state())["session_duration_s"] == pytest.approx(600, abs=2)


@warped
async def test_a_stop_without_a_charge_is_no_pause() -> None:
    async with emulated(faults=Faults(fault_after_pause=True)) as bench:
        assert await play(bench, "stop 10 start 20") == ["SuspendedEVSE", "SuspendedEVSE", "Charging", "Charging"]


@warped
async def test_a_restart_while_finishing_leaves_no_trace_of_it() -> None:
    async with emulated(restart_s=1.0) as bench:
        await play(bench, "start 60 unplug")
        bench.box.restart()
        await bench.passes(2)
        assert (await bench.state())["state"] == "Available"


@warped
async def test_the_plants_options_shape_the_box_and_the_day() -> None:
    """The car leaves after a minute, is back after two; the box starts by itself, and fails after a long pause."""
    options = {"car": {"away_h": [[1 / 60, 2 / 60]]}, "box": {"fault_after_pause_s": 30.0, "fault_lasts_s": 50.0}}
    async with emulated(plant=PlantSettings.model_validate(options)) as bench:
        states = await play(bench, "59 4 5 53 5 stop 29 start stop 40 start 45 10")
    assert " ".join(states) == (
        "Preparing Finishing Available Preparing Charging SuspendedEVSE SuspendedEVSE Charging SuspendedEVSE "
        "SuspendedEVSE Faulted Faulted Charging"
    )


@warped
async def test_requests_that_are_lost_change_nothing() -> None:
    async with emulated(plant=PlantSettings.model_validate({"box": {"lost_pct": 100.0}})) as bench:
        assert await play(bench, "start 60 stop") == ["Preparing"] * 3
        await bench.write(update("operator-current-limit", 10))
        assert (await bench.state())["limit_a"] == 16


@warped
async def test_a_sleeping_car_shows_as_suspended_by_itself() -> None:
    async with emulated(plant=PlantSettings.model_validate({"car": {"sleeps_after_s": 60.0}})) as bench:
        states = await play(bench, "100 start 15 stop 15 start 15")
    assert states[2] == "SuspendedEV"
    assert states[-1] == "Charging"
