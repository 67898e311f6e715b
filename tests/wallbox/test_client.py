"""The REST client against a real HTTPS server: every answer a box may give."""

import anyio
import pytest

from controller.domain.charger import OcppState
from controller.domain.errors import (
    AuthError,
    DeviceError,
    DeviceProtocolError,
    DeviceRejected,
    DeviceTimeout,
    DeviceUnavailable,
)
from tests.support.https import LOGIN_OK, TOKEN, answer, scripted

DASHBOARD = answer(
    [
        {"key": "indicator", "entries": [{"key": "status-wallbox", "value": "OK"}]},
        {"key": "summary", "entries": [{"key": "power", "value": "0,013 kWh"}]},
        {"key": "ocpp-status", "entries": [{"key": "ocpp-state", "value": "SuspendedEV"}]},
    ]
)


async def test_logs_in_once_and_carries_the_token() -> None:
    async with scripted(dashboard=DASHBOARD) as (script, client):
        status = await client.status()
        await client.status()
    assert script.calls == ["POST /api/login", "GET /api/dashboard-information", "GET /api/dashboard-information"]
    assert script.seen[0][1] == {"username": "admin", "password": "open-sesame"}
    assert script.seen[1][2] == f"Bearer {TOKEN}"
    assert status.state is OcppState.SUSPENDED_EV
    assert status.session_energy_wh == pytest.approx(13)


async def test_a_limit_is_one_typed_update() -> None:
    async with scripted(update=answer({"success": True})) as (script, client):
        await client.set_limit(11)
    assert script.seen[-1][1] == [
        {
            "fieldKey": "operator-current-limit",
            "value": 11,
            "configurationFieldUpdateType": "number-configuration-field-update",
        }
    ]


@pytest.mark.parametrize("limit_a", [-1, 0, 1, 5, 81])
async def test_limits_that_do_not_exist_never_reach_the_wire(limit_a: int) -> None:
    async with scripted() as (script, client):
        with pytest.raises(DeviceRejected, match="does not exist; nothing was sent"):
            await client.set_limit(limit_a)
    assert script.calls == []


async def test_start_and_stop() -> None:
    async with scripted(remote=answer(b"")) as (script, client):
        await client.start()
        await client.stop()
    assert [body for _, body, _ in script.seen[1:]] == [{"action": "start"}, {"action": "stop"}]


async def test_a_401_costs_one_login_and_one_repetition() -> None:
    expired = answer({"title": "expired"}, 401)
    async with scripted(dashboard=[expired, DASHBOARD]) as (script, client):
        await client.status()
    assert script.calls == ["POST /api/login", "GET /api/dashboard-information"] * 2


async def test_a_new_token_that_is_refused_is_not_tried_in_a_loop() -> None:
    async with scripted(dashboard=answer({"title": "no"}, 401)) as (script, client):
        with pytest.raises(DeviceRejected, match="with a new token") as caught:
            await client.status()
    assert script.calls.count("POST /api/login") == 2
    assert caught.value.retry_in_s == 300


@pytest.mark.parametrize("status", [400, 401, 403, 422, 423])
async def test_refused_credentials_are_never_sent_again(status: int) -> None:
    async with scripted(login=answer({"detail": "wrong: open-sesame"}, status)) as (script, client):
        for _ in range(5):
            with pytest.raises(AuthError, match="refuses the login of 'admin'") as caught:
                await client.status()
            assert "open-sesame" not in str(caught.value)
    assert script.calls == ["POST /api/login"]


@pytest.mark.parametrize(
    ("reply", "error", "words"),
    [
        (answer({"title": "bad", "detail": "out of range"}, 400), DeviceRejected, "400 to GET .*: out of range"),
        (answer({"title": "forbidden"}, 403), DeviceRejected, "403"),
        (answer({"title": "Not Found"}, 404, "application/problem+json"), DeviceRejected, "404 .*: Not Found"),
        (answer(b"<html>no</html>", 404, "text/html"), DeviceRejected, "404"),
        (answer({}, 422), DeviceRejected, "422"),
        (answer({}, 500), DeviceUnavailable, "500"),
        (answer(b"oops", 503, "text/plain"), DeviceUnavailable, "503"),
        (answer({}, 429), DeviceUnavailable, "429"),
        (answer(b"<html>login</html>", 200, "text/html"), DeviceProtocolError, r"not JSON \(text/html\)"),
        (answer(b'[{"key": "indi'), DeviceProtocolError, "not JSON"),
        (answer(b""), DeviceProtocolError, "dashboard is not as specified"),
        (answer({"a": 1}), DeviceProtocolError, "dashboard is not as specified"),
        (answer([]), DeviceProtocolError, "unknown ocpp-state ''"),
    ],
)
async def test_each_answer_becomes_a_typed_error(reply: object, error: type[DeviceError], words: str) -> None:
    async with scripted(dashboard=reply) as (_, client):
        with pytest.raises(error, match=words):
            await client.status()


async def test_a_dropped_connection_is_unavailable_and_backs_off() -> None:
    async with scripted(dashboard=DASHBOARD) as (script, client):
        await client.status()
        port = client._base_url
    with pytest.raises(DeviceUnavailable, match="cannot be reached") as caught:
        await client.status()
    assert port in str(caught.value)
    assert caught.value.retry_in_s is not None
    with pytest.raises(DeviceUnavailable, match="left alone for"):
        await client.status()
    assert len(script.seen) == 2


async def test_silence_is_a_timeout_and_the_connection_is_given_up() -> None:
    async with scripted(timeout_s=0.2, dashboard=DASHBOARD) as (script, client):
        await client.status()
        first = client._http
        script.answers["GET /api/dashboard-information"] = []

        async def silent(*_: object) -> None:
            await anyio.sleep_forever()

        original = type(script).__call__
        try:
            type(script).__call__ = silent  # type: ignore[method-assign,assignment]
            with pytest.raises(DeviceTimeout, match=r"did not answer within 0\.2 s"):
                await client.status()
        finally:
            type(script).__call__ = original  # type: ignore[method-assign]
        assert client._http is not first


@pytest.mark.parametrize("reply", [answer({}, 404), answer({}), answer(b""), answer(b"<html>", 200, "text/html")])
async def test_a_renewal_that_brings_no_token_is_followed_by_logins_only(reply: object) -> None:
    async with scripted(dashboard=DASHBOARD, refresh=[LOGIN_OK, reply]) as (script, client):
        await client.status()
        for _ in range(3):
            client._session._renew_at_s = 0.0
            await client.status()
    assert script.calls == [
        "POST /api/login",
        "GET /api/dashboard-information",
        "POST /api/refresh-token",
        "GET /api/dashboard-information",
        "POST /api/refresh-token",
        "POST /api/login",
        "GET /api/dashboard-information",
        "POST /api/login",
        "GET /api/dashboard-information",
    ]


async def test_a_renewal_that_fails_is_not_tried_again() -> None:
    async with scripted(dashboard=DASHBOARD, refresh=answer({}, 500)) as (script, client):
        await client.status()
        client._session._renew_at_s = 0.0
        with pytest.raises(DeviceUnavailable):
            await client.status()
        client._gate._blocked_until_s = 0.0
        await client.status()
    assert script.calls[-2:] == ["POST /api/login", "GET /api/dashboard-information"]


@pytest.mark.parametrize(
    "reply",
    [answer({"token": "x"}), answer(b"<html>open-sesame</html>", 200, "text/html"), answer({"title": "x"}, 404)],
)
async def test_credentials_go_to_a_box_that_answers_oddly_once_an_hour_at_the_most(reply: object) -> None:
    async with scripted(login=reply) as (_, client):
        with pytest.raises((DeviceProtocolError, DeviceRejected)) as caught:
            await client.status()
    assert caught.value.retry_in_s == 3600
    assert "open-sesame" not in str(caught.value)


async def test_the_boxs_words_are_kept_short_and_plain() -> None:
    reply = answer({"detail": "bad\x1b[31m\n" + 500 * "x"}, 400)
    async with scripted(dashboard=reply) as (_, client):
        with pytest.raises(DeviceRejected) as caught:
            await client.status()
    assert len(str(caught.value)) < 250
    assert str(caught.value).isprintable()


async def test_power_section_in_text_and_numbers() -> None:
    fields = [
        {"fieldKey": "operator-current-limit", "value": "13", "validation": {"min": 6, "max": 20}, "new": 1},
        {"fieldKey": "phases-connected-to-charge-point", "value": "3"},
        {"fieldKey": "off-peak-period1-start", "value": "22:00"},
    ]
    async with scripted(power=answer(fields)) as (_, client):
        power = await client.power()
    assert (power.limit_a, power.limit_max_a, power.phases) == (13, 20, 3)


async def test_a_box_without_the_limit_field_cannot_be_steered() -> None:
    async with scripted(power=answer([])) as (_, client):
        with pytest.raises(DeviceProtocolError, match="no operator-current-limit"):
            await client.power()
