"""Reading and writing fields: what is checked here, what goes out, what is looked at afterwards."""

from typing import Any

import anyio
import pytest

from controller.domain.errors import DeviceProtocolError, DeviceRejected, DeviceTimeout
from controller.wallbox.catalogue import FieldType, load_catalogue
from controller.wallbox.dialect import DialectName
from controller.wallbox.sections import parse_fields
from tests.support.https import answer, scripted_box
from tests.wallbox.boxes import LIMIT, POWER, field
from tests.wallbox.reference import rows

UPDATE = "POST /api/configuration-updates"
NEXT = load_catalogue("next")
DASHBOARD = "GET /api/dashboard-information"
SYSTEM = "GET /api/sections/system"
WRITABLE = [(section, key, kind, values) for section, key, kind, access, _, values in rows() if access == "RW"]
VALUELESS = ("button", "download", "upload")
GOOD: dict[str, Any] = {"boolean": True, "number": 7, "time": "22:30", "datetime": "2026-05-01T12:00:00"}


def good(kind: str, key: str, values: str) -> Any:
    if key.startswith(("ip-address", "ip-subnet", "gateway")) or "meter-ip" in key:
        return "192.168.1.7"
    if kind == "select":
        return values.split("|", maxsplit=1)[0] if values != "-" else "something"
    return GOOD.get(kind, "text")


@pytest.mark.parametrize(("section", "key", "kind", "values"), WRITABLE, ids=lambda text: text)
async def test_every_field_that_can_be_written_is_written_with_its_own_type(
    section: str, key: str, kind: str, values: str
) -> None:
    wire = "simple-string" if kind == "string" else kind
    value = good(kind, key, values)
    path = f"GET /api/sections/{section}"
    answers = {path: answer([field(key, wire, value)]), UPDATE: answer({"success": True}), DASHBOARD: IDLE}
    async with scripted_box(answers) as (script, box):
        if kind in VALUELESS:
            with pytest.raises(DeviceRejected, match="Nothing was sent"):
                await box.maintenance.update({key: "x"})
            assert script.calls == []
            return
        await box.maintenance.update({key: value if kind == "select" else str(value)})
    sent = next(body for call, body, _ in script.seen if call == UPDATE)
    assert sent == [
        {"fieldKey": key, "value": value, "configurationFieldUpdateType": f"{wire}-configuration-field-update"}
    ]


IDLE = answer([{"key": "ocpp-status", "entries": [{"key": "ocpp-state", "value": "Available"}]}])
READ_ONLY = [key for _, key, kind, access, *_ in rows() if access == "RO" and kind not in VALUELESS]


@pytest.mark.parametrize("key", READ_ONLY)
async def test_no_read_only_field_is_written(key: str) -> None:
    async with scripted_box() as (script, box):
        with pytest.raises(DeviceRejected, match=f"{key}: it can be read only. Nothing was sent"):
            await box.client.update({key: "1"})
    assert script.calls == []


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("led-brightnes", 5, "there is no field 'led-brightnes'; did you mean led-brightness"),
        ("nonsense", 5, "there is no field 'nonsense'"),
        ("led-brightness", 101, "101 is out of range; it takes from 0 to 100"),
        ("led-brightness", -1, "out of range"),
        ("led-brightness", "bright", "'bright' is not a number"),
        ("led-brightness", 50.5, "50.5 is not a whole number"),
        ("led-brightness", True, "is not a number"),
        ("led-brightness", float("inf"), "is not a number"),
        ("led-brightness", None, "is not a number"),
        ("free-charging", "perhaps", "neither on nor off"),
        ("encryption-wlan", "WEP", "'WEP' is none of its values; it takes WPA2, WPA3"),
        ("mode-modbus", "hems", "none of its values"),
        ("off-peak-period1-start", "24:00", "no time of day"),
        ("off-peak-period1-start", "7:00", "no time of day"),
        ("local-system-time-setting", "tomorrow", "no date and time"),
        ("ip-address-lan", "192.168.1.256", "no IP address"),
        ("port-modbus", 70000, "from 1 to 65535"),
        ("wlan-ssid", "a\nb", "printable text"),
        ("wlan-ssid", "a" * 2000, "at most 1024"),
        ("hostname-lan", None, "is not text"),
        ("operator-current-limit", 5, "no car charges below 6 A"),
        ("restart-system", "1", "it is a button"),
        ("download-logfile", "1", "it is a file to download"),
        ("upload-new-firmware", "1", "it is a file to upload"),
    ],
)
async def test_what_the_catalogue_knows_to_be_wrong_costs_no_request(key: str, value: Any, words: str) -> None:
    async with scripted_box(dialect=DialectName.AUTO) as (script, box):
        with pytest.raises(DeviceRejected, match=words) as caught:
            await box.client.update({key: value})
    assert "Nothing was sent" in str(caught.value)
    assert script.calls == []


@pytest.mark.parametrize(
    ("reported", "value", "words"),
    [
        (field("led-brightness", "number", 10, min=0, max=60), 70, "the wallbox itself reports: it takes from 0 to 60"),
        (field("led-brightness", "number", 10, permission="READ"), 5, "it can be read only"),
        (field("time-zone", "select", "UTC", options=["UTC", "CET"]), "MEZ", "reports: it takes UTC, CET"),
        (field("time-zone", "select", "UTC", options=[{"key": "UTC"}]), "MEZ", "reports: it takes UTC"),
        (field("ntp-server-uri", "simple-string", ""), None, "is not text"),
    ],
)
async def test_what_the_box_itself_reports_counts(reported: dict[str, Any], value: Any, words: str) -> None:
    async with scripted_box({SYSTEM: answer([reported])}) as (script, box):
        with pytest.raises(DeviceRejected, match=words):
            await box.client.update({reported["fieldKey"]: value})
    assert UPDATE not in script.calls


async def test_several_fields_go_in_one_call_and_are_read_back_once() -> None:
    delay = field("randomised-delay-range", "number", "600")
    before, after = answer([LIMIT, delay]), answer([{**LIMIT, "value": "10"}, {**delay, "value": 0}])
    async with scripted_box(power=[before, after], update=answer({"success": True})) as (script, box):
        written = await box.client.update({"operator-current-limit": "10", "randomised-delay-range": 0})
    assert [(one.key, one.found, one.confirmed) for one in written] == [
        ("operator-current-limit", 10, True),
        ("randomised-delay-range", 0, True),
    ]
    assert [call.split()[1].split("/")[-1] for call in script.calls] == [
        "login", "power", "configuration-updates", "power",
    ]  # fmt: skip
    assert [entry["value"] for entry in script.seen[2][1]] == [10, 0]


async def test_a_write_that_did_not_take_is_told() -> None:
    async with scripted_box(power=POWER, update=answer({"success": True})) as (_, box):
        (written,) = await box.client.update({"operator-current-limit": 10})
    assert (written.value, written.found, written.confirmed) == (10, 16, False)


async def test_the_slow_section_is_not_read_back() -> None:
    brightness = answer([field("led-brightness", "number", 10)])
    async with scripted_box({SYSTEM: brightness, UPDATE: answer(b"")}) as (script, box):
        (written,) = await box.client.update({"led-brightness": 50})
    assert written.confirmed is None
    assert script.calls.count(SYSTEM) == 1


async def test_a_reply_that_says_no_is_no_success() -> None:
    async with scripted_box(power=POWER, update=answer({"success": False})) as (_, box):
        with pytest.raises(DeviceRejected, match="has not taken operator-current-limit"):
            await box.client.update({"operator-current-limit": 10})


@pytest.mark.parametrize(
    ("override", "update_type"),
    [({"time": "text-update"}, "text-update"), ({"off-peak-period1-start": "mine"}, "mine"), ({"select": "x"}, None)],
)
async def test_the_update_type_can_be_overridden(override: dict[str, str], update_type: str | None) -> None:
    power = answer([field("off-peak-period1-start", "time", "22:00")])
    async with scripted_box(power=power, update=answer(b""), update_types=override) as (script, box):
        await box.client.update({"off-peak-period1-start": "23:00"})
    sent = next(body for call, body, _ in script.seen if call == UPDATE)
    assert sent[0]["configurationFieldUpdateType"] == (update_type or "time-configuration-field-update")


async def test_a_field_that_nobody_knows_is_shown_and_read_and_written_only_where_it_is_said_to_lie() -> None:
    mood = field("mood", "number", "7", min=1, max=9)
    others = {
        f"GET /api/sections/{key}": answer([]) for key in ("auth", "backend", "hems", "network", "power", "system")
    }
    answers = {**others, "GET /api/sections/profile": answer([mood]), UPDATE: answer(b""), DASHBOARD: IDLE}
    async with scripted_box(answers) as (script, box):
        found = await box.client.field("mood")
        assert (found.value, found.type, found.known, found.section) == (7, FieldType.NUMBER, False, "profile")
        with pytest.raises(DeviceRejected, match="there is no field 'mood'"):
            await box.client.update({"mood": 8})
        with pytest.raises(DeviceRejected, match="it takes from 1 to 9"):
            await box.maintenance.update({"mood": 10}, section="profile")
        await box.maintenance.update({"mood": 8}, section="profile")
        with pytest.raises(DeviceRejected, match="the wallbox shows no field 'mod'"):
            await box.client.field("mod")
    assert script.calls.count(UPDATE) == 1


async def test_the_slow_section_has_its_thirty_seconds_and_is_asked_for_rarely() -> None:
    async with scripted_box({SYSTEM: answer([])}) as (script, box):
        for _ in range(3):
            await box.client.section("system")
    assert script.calls.count(SYSTEM) == 1


async def test_a_section_that_there_is_not_costs_no_request() -> None:
    async with scripted_box() as (script, box):
        with pytest.raises(DeviceRejected, match="there is no section 'energy'; there are auth, backend"):
            await box.client.section("energy")
    assert script.calls == []


async def test_structure() -> None:
    body = {"sections": [{"key": "auth", "label": "AUTHORIZATION", "groups": [{"key": "free-charging", "label": "F"}]}]}
    async with scripted_box({"GET /api/configuration-structure": answer(body)}) as (_, box):
        (section,) = await box.client.structure()
    assert (section.key, section.label, section.groups) == ("auth", "AUTHORIZATION", (("free-charging", "F"),))


@pytest.mark.parametrize(
    ("key", "raw", "value"),
    [
        ("led-brightness", "10", 10),
        ("led-brightness", 10.5, 10.5),
        ("led-brightness", "dim", "dim"),
        ("free-charging", "false", False),
        ("free-charging", None, None),
        ("signal-voltage", "228 V, 227 V, 229 V", "228 V, 227 V, 229 V"),
        ("wlan-pre-shared-key", "hush-hush", "********"),
        ("wlan-pre-shared-key", "", ""),
        ("restart-system", "x", None),
        ("new-admin-password", "hush-hush", "********"),
        ("errors", [1, 2], "(2 entries)"),
    ],
)
def test_values_come_typed_or_as_text_and_secrets_never(key: str, raw: Any, value: Any) -> None:
    (found,) = parse_fields([{"fieldKey": key, "value": raw}], "system", NEXT)
    assert found.value == value


@pytest.mark.parametrize("body", [None, {}, [1], [{}], [{"fieldKey": 1}]])
def test_what_is_no_section(body: object) -> None:
    with pytest.raises(DeviceProtocolError, match="section auth is not as specified"):
        parse_fields(body, "auth", NEXT)


@pytest.mark.parametrize(
    ("key", "wire", "raw", "value"),
    [
        ("ocpp-authorization-key", "simple-string", "hush", "********"),
        ("wifiPsk", "simple-string", "hush", "********"),
        ("connection-uri", "password", "hush", "********"),
        ("connection-uri", "simple-string", "wss://me:hush@ocpp.example/x", "wss://********@ocpp.example/x"),
        ("monkey", "simple-string", "banana", "banana"),
        ("led-brightness", "number", float("inf"), "inf"),
    ],
)
def test_whatever_may_be_a_secret_is_one(key: str, wire: str, raw: Any, value: Any) -> None:
    assert parse_fields([field(key, wire, raw)], "system", NEXT)[0].value == value


async def test_a_bound_that_was_seen_long_ago_is_asked_for_again_before_it_refuses() -> None:
    wider = answer([{**LIMIT, "value": 20, "validation": {"min": 6, "max": 32}}])
    async with scripted_box(power=[POWER, wider], update=answer({})) as (_, box):
        await box.client.section("power")
        (written,) = await box.client.update({"operator-current-limit": 20})
    assert written.confirmed


async def test_several_fields_in_doubt_are_looked_at_once() -> None:
    ports = [field("port-modbus", "number", 502), field("free-buffer-modbus", "number", 10)]
    after = [field("port-modbus", "number", 1502), field("free-buffer-modbus", "number", 10)]
    path = "GET /api/sections/hems"
    async with scripted_box({path: [answer(ports), answer(after)], UPDATE: answer({})}, timeout_s=0.3) as (script, box):
        changes = {"port-modbus": 1502, "free-buffer-modbus": 20}
        await box.client.section("hems")
        script.hang.add(UPDATE)
        with pytest.raises(DeviceTimeout):
            await box.client.update(changes)
        script.hang.clear()
        box.gate._breaker.closed_at_s = 0.0
        written = await box.client.update(changes, read_back=False)
    assert {one.key: one.sent for one in written} == {"port-modbus": False, "free-buffer-modbus": True}
    assert script.calls.count(path) == 2
    sent = [[entry["fieldKey"] for entry in body] for call, body, _ in script.seen if call == UPDATE]
    assert sent == [["port-modbus", "free-buffer-modbus"], ["free-buffer-modbus"]]


async def test_a_write_that_was_given_up_is_in_doubt_too() -> None:
    took = answer([{**LIMIT, "value": 9}])
    async with scripted_box(power=[POWER, took], update=answer({})) as (script, box):
        await box.client.section("power")
        script.hang.add(UPDATE)
        with anyio.move_on_after(0.3):
            await box.client.update({"operator-current-limit": 9})
        script.hang.clear()
        (written,) = await box.client.update({"operator-current-limit": 9})
    assert not written.sent
    assert script.calls.count(UPDATE) == 1


async def test_what_is_written_is_not_remembered_as_it_was() -> None:
    idle, busy = answer([{"key": "a", "entries": []}]), answer([{"key": "b", "entries": []}])
    before, after = answer([field("led-brightness", "number", 10)]), answer([field("led-brightness", "number", 50)])
    answers = {SYSTEM: [before, after], DASHBOARD: [idle, busy], UPDATE: answer({})}
    async with scripted_box(answers) as (_, box):
        assert (await box.client.dashboard()).groups[0].key == "a"
        await box.client.update({"led-brightness": 50})
        assert (await box.client.field("led-brightness")).value == 50
        assert (await box.client.dashboard()).groups[0].key == "b"


async def test_a_text_that_the_box_shows_as_a_number_is_confirmed() -> None:
    auth = [
        answer([field("free-charging-alais", "simple-string", "x")]),
        answer([field("free-charging-alais", "x", 12345)]),
    ]
    async with scripted_box({"GET /api/sections/auth": auth, UPDATE: answer({})}) as (_, box):
        (written,) = await box.client.update({"free-charging-alais": "12345"})
    assert written.confirmed


async def test_the_configured_maximum_holds_however_it_is_written() -> None:
    async with scripted_box(power=POWER, limit_max_a=10) as (script, box):
        for value in (11, "11", "11.0", "+11", " 11 ", 11.0):
            with pytest.raises(DeviceRejected, match=r"11 A is above the wallbox\.max_current_a = 10"):
                await box.client.update({"operator-current-limit": value})
    assert script.calls == []


async def test_a_password_in_an_address_is_shown_to_nobody() -> None:
    backend = answer([field("connection-uri", "simple-string", "")])
    async with scripted_box({"GET /api/sections/backend": backend, UPDATE: answer({})}) as (script, box):
        (written,) = await box.client.update({"connection-uri": "wss://me:hush@ocpp.example/x"})
    assert (written.value, written.confirmed) == ("wss://********@ocpp.example/x", None)
    sent = next(body for call, body, _ in script.seen if call == UPDATE)
    assert sent[0]["value"] == "wss://me:hush@ocpp.example/x"
