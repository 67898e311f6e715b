"""Every configuration field: value, permission, validation."""

from __future__ import annotations

from typing import Any

import pytest

from controller.simulation.box.fields import FieldStore, presentation
from controller.wallbox.catalogue import SECTIONS, load_catalogue
from tests.support.emulator import emulated, update, warped
from tests.wallbox.reference import rows

GOOD: dict[str, list[object]] = {
    "boolean": [True, False],
    "string": ["192.0.2.7"],
    "password": ["a secret"],
    "time": ["00:00", "23:59"],
    "datetime": ["2026-06-22T12:00:30Z", "2026-06-22T12:00:30"],
}
BAD: dict[str, list[object]] = {
    "boolean": ["yes", 1, None],
    "string": [5, None, True, "x" * 257],
    "password": [5, None],
    "time": ["24:00", "7:30", "07:60", "0730", 730, None],
    "datetime": ["noon", 5, None, "1999-01-01T00:00:00Z", "9999-12-31T23:59:59Z"],
    "number": ["many", 6.5, True, None, [], {}],
    "select": ["no such", 5, None, True],
}


def good(field: dict[str, Any], kind: str) -> list[object]:
    validation = field.get("validation", {})
    if kind == "number":
        return [validation["min"], validation["max"]]
    return list(validation["values"]) if kind == "select" else GOOD[kind]


def bad(field: dict[str, Any], kind: str) -> list[object]:
    validation = field.get("validation", {})
    beyond = [validation["min"] - 1, validation["max"] + 1] if kind == "number" else []
    return BAD[kind] + beyond


@warped
async def test_every_field_of_the_reference_is_shown_in_its_section() -> None:
    async with emulated() as bench:
        shown = {key: await bench.section(key) for key in SECTIONS}
    assert [(section, key) for section in shown for key in shown[section]] == [
        (section, field.key) for section in SECTIONS for field in load_catalogue("next") if field.section == section
    ]
    for section, key, kind, access, unit, values in rows():
        field = shown[section][key]
        assert set(field) - {"validation"} == {
            "fieldKey", "fieldLabel", "groupKey", "configurationFieldType", "value", "permission",
        }, key  # fmt: skip
        assert field["permission"] == {"permissionLevel": "WRITE" if access == "RW" else "READ"}, key
        spoken = {"string": "simple-string"}.get(kind, kind)
        acts = kind in ("button", "download", "upload")
        expected = spoken if access == "RW" or acts else "readonly"
        assert field["configurationFieldType"] == f"{expected}-configuration-field", key
        assert (field["value"] is None) == acts, key
        if unit != "-":
            assert field["fieldLabel"].endswith(f"[{unit}]"), key
        if kind == "number" and access == "RW":
            assert field["validation"].keys() == {"min", "max"}, key
        elif kind == "select":
            assert field["value"] in field["validation"]["values"], key
            assert "|" not in values or field["validation"]["values"] == values.split("|"), key
        else:
            assert "validation" not in field, key


@warped
async def test_every_field_takes_what_its_validation_says_and_nothing_else() -> None:
    async with emulated(token_life_s=1e6) as bench:
        for section, key, kind, access, _, _ in rows():
            field = (await bench.section(section))[key]
            if access == "RO" or kind in ("button", "upload", "download"):
                reply = await bench.write(update(key, field["value"], "readonly"))
                assert (reply.status_code, reply.json()["detail"]) == (400, f"{key} is read-only")
                continue
            spoken = {"string": "simple-string"}.get(kind, kind)
            for value in bad(field, kind):
                reply = await bench.write(update(key, value, spoken))
                assert reply.status_code == 400, (key, value)
                assert reply.headers["content-type"] == "application/problem+json"
                assert key in reply.json()["detail"]
            assert kind == "datetime" or (await bench.section(section))[key] == field, key
            for value in good(field, kind):
                assert (await bench.write(update(key, value, spoken))).json() == {
                    "success": True,
                    "updatedFields": [key],
                }
                after = (await bench.section(section))[key]["value"]
                if kind == "datetime":
                    assert after.startswith("2026-06-22T12:00:3")
                else:
                    assert str(after).lower() == ("" if kind == "password" else str(value).lower()), key


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (update("no-such-field", 1), "no field 'no-such-field'"),
        (update("phases-connected-to-charge-point", 1), "read-only"),
        (update("ocpp-state", "Charging", "simple-string"), "read-only"),
        (update("restart-system", True, "button"), "read-only"),
        (update("led-brightness", 50, "boolean"), "needs the configurationFieldUpdateType number-"),
        ({"fieldKey": "led-brightness", "value": 50}, "needs the configurationFieldUpdateType number-"),
        ({"fieldKey": "led-brightness"}, "each update needs"),
        ({"value": 5}, "each update needs"),
        ("led-brightness", "each update needs"),
        (update("operator-current-limit", 5), "from 6 to 16"),
        (update("operator-current-limit", 17), "from 6 to 16"),
        (update("operator-current-limit", "16"), "whole number"),
        (update("ip-address-lan", "192.0.2.256", "simple-string"), "IPv4"),
        (update("ip-address-lan", "", "simple-string"), ""),
    ],
)
@warped
async def test_one_bad_entry_and_nothing_of_the_array_is_applied(change: object, words: str) -> None:
    async with emulated() as bench:
        reply = await bench.write(update("led-brightness", 77), change)
        fields = await bench.section("system")
        assert bench.box.record.field_writes == ({} if words else {"led-brightness": 1, "ip-address-lan": 1})
    if words:
        assert (reply.status_code, fields["led-brightness"]["value"]) == (400, 10)
        assert words in reply.json()["detail"]
    else:
        assert (reply.status_code, fields["led-brightness"]["value"]) == (200, 77)


@pytest.mark.parametrize("body", [{}, [], "text", 5, None])
@warped
async def test_updates_have_to_be_an_array(body: object) -> None:
    async with emulated() as bench:
        assert (await bench.ask("POST", "/api/configuration-updates", body)).status_code == 400


@warped
async def test_a_password_is_shown_neither_in_its_field_nor_in_a_refusal() -> None:
    async with emulated() as bench:
        await bench.write(update("wlan-pre-shared-key", "hush-hush", "password"))
        assert (await bench.section("network"))["wlan-pre-shared-key"]["value"] == ""
        reply = await bench.write(update("wlan-pre-shared-key", "hush" * 100, "password"))
        assert reply.status_code == 400
        assert "hush" not in reply.text


@warped
async def test_some_values_are_text_and_taken_as_text_and_as_what_they_are() -> None:
    async with emulated() as bench:
        assert (await bench.section("network"))["dhcp-on-off-lan"]["value"] == "true"
        for value in ("false", True, "FALSE", False):
            assert (await bench.write(update("dhcp-on-off-lan", value, "boolean"))).is_success
            assert (await bench.section("network"))["dhcp-on-off-lan"]["value"] == str(value).lower()
        assert (await bench.write(update("randomised-delay-range", "60"))).is_success
        assert (await bench.section("power"))["randomised-delay-range"]["value"] == "60"


@warped
async def test_a_box_may_take_zero_or_more_amps() -> None:
    async with emulated(limit_min_a=0, limit_max_a=32) as bench:
        field = (await bench.section("power"))["operator-current-limit"]
        assert field["validation"] == {"min": 0, "max": 32}
        for limit_a in (0, 32):
            assert (await bench.write(update("operator-current-limit", limit_a))).is_success
            assert bench.box.limit_a == limit_a


@warped
async def test_labels_are_german_for_a_german_browser() -> None:
    async with emulated() as bench:
        for key in SECTIONS:
            english, german = await bench.section(key), await bench.section(key, **{"Accept-Language": "de-DE,de"})
            for name, field in english.items():
                assert {**german[name], "fieldLabel": ""}.keys() == field.keys()
                assert field["fieldLabel"] == presentation()["next"][key][name]["en"]
                assert german[name]["fieldLabel"] == presentation()["next"][key][name]["de"]


@pytest.mark.parametrize("dialect", ["next", "unite"])
def test_what_is_delivered_is_what_the_validation_takes(dialect: Any) -> None:
    store = FieldStore(dialect, (6, 16))
    for row in store:
        if row.shown.value is not None and row.field.writable:
            text = str(row.shown.value)
            assert store.check(row.field.key, text if dialect == "unite" else row.shown.value) == row.shown.value
    keys = {row.field.key for row in store}
    assert keys == {key for table in presentation()[dialect].values() for key in table}


@pytest.mark.parametrize(
    ("key", "raw", "kind"),
    [
        ("led-brightness", "1e999", "number"),
        ("led-brightness", "NaN", "number"),
        ("off-peak-period1-start", '"0\u0663:00"', "time"),
        ("wlan-ssid", '"\\ud800"', "simple-string"),
        ("wlan-ssid", '"a\\u0007b"', "simple-string"),
    ],
)
@warped
async def test_what_no_box_could_store_is_refused_and_hurts_nothing(key: str, raw: str, kind: str) -> None:
    async with emulated() as bench:
        kind = f"{kind}-configuration-field-update"
        body = f'[{{"fieldKey": "{key}", "value": {raw}, "configurationFieldUpdateType": "{kind}"}}]'
        reply = await bench.page.post(
            "/api/configuration-updates", content=body.encode(), headers={"Content-Type": "application/json"}
        )
        assert reply.status_code == 400
        assert reply.headers["content-type"] == "application/problem+json"
        assert (await bench.write(update("led-brightness", 11))).status_code == 200
        for section in SECTIONS:
            await bench.section(section)


@warped
async def test_one_to_five_amps_do_not_exist_for_a_box_that_takes_zero() -> None:
    async with emulated(limit_min_a=0) as bench:
        for amps, status in ((0, 200), (1, 400), (5, 400), (6, 200)):
            assert (await bench.write(update("operator-current-limit", amps))).status_code == status
