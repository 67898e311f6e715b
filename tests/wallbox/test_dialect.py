"""The two dialects, and finding out which."""

import anyio
import pytest

from controller.domain.errors import DeviceProtocolError, DeviceRejected, DeviceUnavailable
from controller.wallbox.dialect import DialectName
from tests.support.https import answer, scripted_box
from tests.wallbox.boxes import POWER

FIELDS = "GET /api/configuration-fields"
UPDATE = "POST /api/configuration-updates"
NOT_FOUND = answer({"title": "Not Found"}, 404, "application/problem+json")
UNITE = answer(
    [
        {"fieldKey": "installationSettings.currentLimiterValue", "value": "16", "validation": {"min": 6, "max": 32}},
        {"fieldKey": "installationSettings.currentLimiterPhase", "value": 1},
        {"fieldKey": "ocppConfigurations.freeModeActive", "value": "FALSE"},
        {"fieldKey": "generalSettings.ledDimmingLevel", "value": "mid"},
        {"fieldKey": "generalSettings.randomisedDelayMaximumDuration", "value": "600"},
        {"fieldKey": "wifiSettings.ssid", "value": "home"},
    ]
)
PHASE_ONE = answer([{"fieldKey": "installationSettings.currentLimiterValue", "value": 16},
                    {"fieldKey": "installationSettings.currentLimiterPhase", "value": "0"}])  # fmt: skip


async def test_a_next_is_found_out_with_a_call_that_is_of_use_anyway() -> None:
    async with scripted_box(dialect=DialectName.AUTO, power=POWER) as (script, box):
        async with anyio.create_task_group() as tasks:
            for _ in range(5):
                tasks.start_soon(box.client.dialect)
        assert (await box.client.dialect()).name is DialectName.NEXT
    assert script.calls == ["POST /api/login", "GET /api/sections/power"]


async def test_a_unite_is_found_out_with_two_calls_and_remembered() -> None:
    async with scripted_box({FIELDS: UNITE}, dialect=DialectName.AUTO, power=NOT_FOUND) as (script, box):
        assert (await box.client.dialect()).name is DialectName.UNITE
        assert script.calls == ["POST /api/login", "GET /api/sections/power", FIELDS]
        power = await box.steered.power()
    assert (power.limit_a, power.limit_max_a, power.phases) == (16, 32, 3)
    assert script.calls.count("GET /api/sections/power") == 1


async def test_neither_is_said_plainly_and_trouble_decides_nothing() -> None:
    async with scripted_box(dialect=DialectName.AUTO, power=[answer({}, 500), NOT_FOUND]) as (_, box):
        with pytest.raises(DeviceUnavailable):
            await box.client.dialect()
        box.gate._breaker.closed_at_s = 0.0
        with pytest.raises(
            DeviceProtocolError, match=r"neither the Next's sections nor the Unite's fields.*wallbox.dialect"
        ):
            await box.client.dialect()


async def test_a_refusal_that_is_not_about_the_model_decides_nothing() -> None:
    async with scripted_box(dialect=DialectName.AUTO, power=[answer({}, 403), POWER]) as (_, box):
        with pytest.raises(DeviceRejected, match="403"):
            await box.client.dialect()
        assert (await box.client.dialect()).name is DialectName.NEXT


async def test_control_of_a_unite() -> None:
    async with scripted_box({FIELDS: UNITE, UPDATE: answer({"status": "SUCCESS"})}, dialect=DialectName.UNITE) as (
        script,
        box,
    ):
        await box.steered.power()
        await box.steered.set_limit(11)
    assert script.seen[-1][1] == [{"fieldKey": "installationSettings.currentLimiterValue", "value": "11"}]


async def test_one_phase_on_a_unite() -> None:
    async with scripted_box({FIELDS: PHASE_ONE}, dialect=DialectName.UNITE) as (_, box):
        assert (await box.steered.power()).phases == 1


@pytest.mark.parametrize(
    ("name", "value", "key", "text"),
    [
        ("free-charging", True, "ocppConfigurations.freeModeActive", "TRUE"),
        ("free-charging", "aus", "ocppConfigurations.freeModeActive", "FALSE"),
        ("generalSettings.randomisedDelayMaximumDuration", "600", None, "600"),
        ("led-brightness", "high", "generalSettings.ledDimmingLevel", "high"),
    ],
)
async def test_values_for_a_unite_are_text(name: str, value: object, key: str | None, text: str) -> None:
    async with scripted_box({FIELDS: UNITE, UPDATE: answer(b"")}, dialect=DialectName.UNITE) as (script, box):
        await box.client.update({name: value})  # type: ignore[dict-item]
    sent = next(body for call, body, _ in script.seen if call == UPDATE)
    assert sent == [{"fieldKey": key or name, "value": text}]


async def test_a_unites_sections_are_those_its_fields_lie_in() -> None:
    async with scripted_box({FIELDS: UNITE}, dialect=DialectName.UNITE) as (script, box):
        assert [section.key for section in await box.client.structure()] == ["power", "auth", "system", "wifiSettings"]
        assert [field.value for field in await box.client.section("wifiSettings")] == ["home"]
        assert (await box.client.field("phases-connected-to-charge-point")).value == 3
        assert (await box.client.field("wifiSettings.ssid")).known is False
        with pytest.raises(DeviceRejected, match="there is no section 'energy'; this model's fields lie in"):
            await box.client.section("energy")
    assert set(script.calls) == {"POST /api/login", FIELDS}


async def test_what_a_unite_does_not_take_is_refused_here() -> None:
    async with scripted_box({FIELDS: UNITE}, dialect=DialectName.UNITE) as (script, box):
        with pytest.raises(DeviceRejected, match="it takes veryLow, low, mid, high, timeBased"):
            await box.client.update({"led-brightness": 50})
        with pytest.raises(DeviceRejected, match="there is no field 'plug-cycles'"):
            await box.client.update({"plug-cycles": 50})
    assert script.calls == []
