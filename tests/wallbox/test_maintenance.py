"""What can lock the owner out, and files in both directions."""

from pathlib import Path

import pytest

from controller.domain.errors import DeviceProtocolError, DeviceRejected, DeviceUnavailable, StorageError
from controller.wallbox.dialect import DialectName
from tests.support.https import answer, scripted_box
from tests.wallbox.boxes import dashboard, field

UPDATE = "POST /api/configuration-updates"
RESTART = "POST /api/custom-actions/restart-system"
RESET = "POST /api/custom-actions/factory-reset"
SKIP = "POST /api/custom-actions/skip-random-delay"
FIRMWARE = "POST /api/files/upload-new-firmware"
CERTIFICATE = "POST /api/files/local-ca-cert"
LOGFILE = "GET /api/files/download-logfile"
NETWORK = "GET /api/sections/network"
DONE = answer(b"")
SSID = answer([field("wlan-ssid", "simple-string", "old"), field("wlan-pre-shared-key", "password", "")])


@pytest.mark.parametrize("state", ["Charging", "SuspendedEV"])
async def test_nothing_of_it_is_done_while_a_car_is_charging(state: str, tmp_path: Path) -> None:
    image = tmp_path / "image.bin"
    image.write_bytes(b"x")
    async with scripted_box({NETWORK: SSID}, dashboard=dashboard(state)) as (script, box):
        for attempt in (
            box.maintenance.factory_reset,
            box.maintenance.restart,
            lambda: box.maintenance.update({"wlan-ssid": "new"}),
            lambda: box.maintenance.upload("upload-new-firmware", image, lambda _: None),
        ):
            with pytest.raises(DeviceRejected, match=rf"while a car is charging \({state}\): stop it first"):
                await attempt()
    assert {call for call in script.calls if call.startswith("POST")} == {"POST /api/login"}


@pytest.mark.parametrize("state", ["", "Wartung", "Unknown", "Unavailable"])
async def test_nothing_of_it_is_done_where_the_box_does_not_tell_whether_a_car_is_charging(state: str) -> None:
    async with scripted_box(dashboard=dashboard(state)) as (script, box):
        with pytest.raises(DeviceRejected, match="does not tell whether a car is charging"):
            await box.maintenance.factory_reset()
    assert RESET not in script.calls


async def test_what_the_box_showed_some_seconds_ago_is_not_enough() -> None:
    async with scripted_box(dashboard=[dashboard("Available"), dashboard("Charging")]) as (script, box):
        await box.client.dashboard()
        with pytest.raises(DeviceRejected, match="while a car is charging"):
            await box.maintenance.factory_reset()
    assert RESET not in script.calls


async def test_a_faulted_box_may_be_reset() -> None:
    async with scripted_box({RESET: DONE}, dashboard=dashboard("Faulted")) as (script, box):
        await box.maintenance.factory_reset()
    assert RESET in script.calls


async def test_network_and_passwords_are_refused_to_everybody_else() -> None:
    async with scripted_box({NETWORK: SSID}, dashboard=dashboard("Available")) as (script, box):
        for key, value in (("wlan-ssid", "new"), ("wlan-pre-shared-key", "hush-hush")):
            with pytest.raises(DeviceRejected, match="can lock you out") as caught:
                await box.client.update({key: value})
            assert "hush-hush" not in str(caught.value)
        assert UPDATE not in script.calls


async def test_network_and_passwords_with_consent() -> None:
    async with scripted_box({NETWORK: SSID, UPDATE: DONE}, dashboard=dashboard("Available")) as (script, box):
        written = await box.maintenance.update({"wlan-ssid": "new", "wlan-pre-shared-key": "hush-hush"})
    assert [(one.key, one.value, one.confirmed) for one in written] == [
        ("wlan-ssid", "new", None),
        ("wlan-pre-shared-key", None, None),
    ]
    assert script.calls[-1] == UPDATE  # not read back: the box may be elsewhere now
    assert [entry["configurationFieldUpdateType"].split("-")[0] for entry in script.seen[-1][1]] == [
        "simple",
        "password",
    ]


async def test_the_actions() -> None:
    answers = {RESTART: DONE, RESET: DONE, SKIP: DONE}
    async with scripted_box(answers, dashboard=dashboard("Available")) as (script, box):
        await box.client.skip_random_delay()
        await box.maintenance.restart()
        await box.maintenance.factory_reset()
    posts = [(call, body) for call, body, _ in script.seen if "custom-actions" in call]
    assert posts == [(SKIP, None), (RESTART, None), (RESET, None)]


async def test_a_connection_that_breaks_is_what_a_restart_looks_like_and_nothing_else() -> None:
    broken = ConnectionResetError()
    async with scripted_box({RESTART: broken, SKIP: broken}, dashboard=dashboard("Charging")) as (script, box):
        await box.maintenance.restart(while_charging=True)
        box.gate._breaker.closed_at_s = 0.0
        with pytest.raises(DeviceUnavailable):
            await box.client.skip_random_delay()
    assert (script.calls.count(RESTART), script.calls.count(SKIP)) == (1, 1)


async def test_an_upload_is_streamed_with_its_progress(tmp_path: Path) -> None:
    image = tmp_path / "image.bin"
    image.write_bytes(bytes(range(256)) * 4000)
    parts: list[int] = []
    async with scripted_box({FIRMWARE: DONE}, dashboard=dashboard("Available")) as (script, box):
        await box.maintenance.upload("upload-new-firmware", image, parts.append)
    assert sum(parts) == image.stat().st_size
    assert max(parts) <= 65536
    body = script.seen[-1][1]
    assert b'name="file"; filename="image.bin"' in body
    assert image.read_bytes() in body
    assert script.headers[-1]["content-length"] == str(len(body))


async def test_a_certificate_may_be_uploaded_while_a_car_is_charging(tmp_path: Path) -> None:
    pem = tmp_path / "ca.pem"
    pem.write_text("-----BEGIN CERTIFICATE-----")
    async with scripted_box({CERTIFICATE: DONE}, dashboard=dashboard("Charging")) as (script, box):
        await box.maintenance.upload("local-ca-cert", pem, lambda _: None)
    assert script.calls[-1] == CERTIFICATE


async def test_what_cannot_be_uploaded_costs_no_upload(tmp_path: Path) -> None:
    async with scripted_box(dashboard=dashboard("Available")) as (script, box):
        with pytest.raises(
            DeviceRejected, match="nothing called 'firmware' to upload to; there are local-ca-cert, upload-new"
        ):
            await box.maintenance.upload("firmware", tmp_path / "x", lambda _: None)
        with pytest.raises(StorageError, match="x cannot be read: No such file"):
            await box.maintenance.upload("upload-new-firmware", tmp_path / "x", lambda _: None)
    assert FIRMWARE not in script.calls


async def test_a_download_goes_to_its_sink_and_an_error_page_does_not() -> None:
    log = b"line\n" * 700_000
    answers = {LOGFILE: [answer(log, 200, "text/plain"), answer(b"<html>no", 404, "text/html")]}
    got = bytearray()
    async with scripted_box(answers) as (_, box):
        await box.client.download("download-logfile", got.extend)
        assert bytes(got) == log
        got.clear()
        with pytest.raises(DeviceRejected, match=r"404.*wallbox.download_path"):
            await box.client.download("download-logfile", got.extend)
    assert not got


@pytest.mark.parametrize("reply", [answer(b"<html>log in", 200, "text/html"), answer(b"", 200, "text/plain")])
async def test_a_page_or_nothing_is_no_file(reply: object) -> None:
    got = bytearray()
    async with scripted_box({LOGFILE: reply}) as (_, box):
        with pytest.raises(DeviceProtocolError):
            await box.client.download("download-logfile", got.extend)
    assert not got


@pytest.mark.parametrize("dialect", [DialectName.NEXT, DialectName.UNITE])
async def test_what_is_no_file_is_not_fetched(dialect: DialectName) -> None:
    async with scripted_box(dialect=dialect) as (script, box):
        with pytest.raises(DeviceRejected, match="there is no file 'led-brightness'"):
            await box.client.download("led-brightness", lambda _: None)
    assert script.calls == []
