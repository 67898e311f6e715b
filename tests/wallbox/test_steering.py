"""The box as control sees it, against a real HTTPS server."""

import pytest

from controller.domain.charger import OcppState
from controller.domain.errors import DeviceProtocolError, DeviceRejected, DeviceTimeout
from tests.support.https import answer, scripted, scripted_box
from tests.wallbox.boxes import LIMIT, PHASES, POWER, dashboard

UPDATE = "POST /api/configuration-updates"


async def test_state_and_energy() -> None:
    async with scripted(dashboard=dashboard()) as (_, wallbox):
        status = await wallbox.status()
    assert status.state is OcppState.SUSPENDED_EV
    assert status.session_energy_wh == pytest.approx(13)


@pytest.mark.parametrize("word", ["", "Wartung", None])
async def test_a_state_that_nobody_knows_is_no_error(word: str) -> None:
    async with scripted(dashboard=dashboard(word)) as (_, wallbox):
        assert (await wallbox.status()).state is OcppState.UNKNOWN


async def test_a_limit_is_one_typed_update_and_the_section_is_read_once_before() -> None:
    async with scripted(power=POWER, update=answer({"success": True})) as (script, wallbox):
        await wallbox.set_limit(11)
        await wallbox.set_limit(12)
    assert script.calls == ["POST /api/login", "GET /api/sections/power", UPDATE, UPDATE]
    assert script.seen[2][1] == [
        {
            "fieldKey": "operator-current-limit",
            "value": 11,
            "configurationFieldUpdateType": "number-configuration-field-update",
        }
    ]


@pytest.mark.parametrize("limit_a", [-1, 0, 1, 5, 81])
async def test_limits_that_do_not_exist_never_reach_the_wire(limit_a: int) -> None:
    async with scripted() as (script, wallbox):
        with pytest.raises(DeviceRejected, match="does not exist; nothing was sent"):
            await wallbox.set_limit(limit_a)
    assert script.calls == []


async def test_a_limit_above_what_the_box_reports_is_not_sent() -> None:
    async with scripted(power=POWER) as (script, wallbox):
        with pytest.raises(
            DeviceRejected, match="17 is out of range; the wallbox itself reports: it takes from 6 to 16"
        ):
            await wallbox.set_limit(17)
    assert UPDATE not in script.calls


async def test_a_limit_without_an_answer_is_looked_for_before_it_is_written_again() -> None:
    took = answer([{**LIMIT, "value": 9}, PHASES])
    async with scripted_box(power=[POWER, took, POWER], update=answer({}), timeout_s=0.3) as (script, box):
        await box.steered.power()
        script.hang.add(UPDATE)
        with pytest.raises(DeviceTimeout):
            await box.steered.set_limit(9)
        script.hang.clear()
        box.gate._breaker.closed_at_s = 0.0
        await box.steered.set_limit(9)
        assert script.calls.count(UPDATE) == 1  # it had taken
        await box.steered.set_limit(10)
    assert [body[0]["value"] for call, body, _ in script.seen if call == UPDATE] == [9, 10]


async def test_start_and_stop() -> None:
    async with scripted(remote=answer(b"")) as (script, wallbox):
        await wallbox.start()
        await wallbox.stop()
    assert [body for _, body, _ in script.seen[1:]] == [{"action": "start"}, {"action": "stop"}]


async def test_an_action_without_an_answer_is_never_repeated() -> None:
    async with scripted_box(remote=answer(b""), attempts=3, timeout_s=0.3) as (script, box):
        script.hang.add("POST /api/custom-actions/local-remote-start")
        with pytest.raises(DeviceTimeout):
            await box.steered.start()
    assert script.calls == ["POST /api/login", "POST /api/custom-actions/local-remote-start"]


async def test_power_section_in_text_and_numbers() -> None:
    fields = [
        {"fieldKey": "operator-current-limit", "value": "13", "validation": {"min": 6, "max": "20"}, "new": 1},
        {"fieldKey": "phases-connected-to-charge-point", "value": "3"},
        {"fieldKey": "off-peak-period1-start", "value": "22:00"},
    ]
    async with scripted(power=answer(fields)) as (_, wallbox):
        power = await wallbox.power()
    assert (power.limit_a, power.limit_max_a, power.phases) == (13, 20, 3)


@pytest.mark.parametrize("value", [None, "", "off", -1, 1000, True])
async def test_a_box_without_a_limit_that_can_be_used_cannot_be_steered(value: object) -> None:
    async with scripted(power=answer([{**LIMIT, "value": value}])) as (_, wallbox):
        with pytest.raises(DeviceProtocolError, match="no operator-current-limit that can be used"):
            await wallbox.power()


async def test_control_gets_no_way_to_what_can_lock_the_owner_out() -> None:
    async with scripted() as (_, wallbox):
        public = {name for name in dir(wallbox) if not name.startswith("_")}
    assert public == {"status", "power", "set_limit", "start", "stop", "traffic", "close"}
