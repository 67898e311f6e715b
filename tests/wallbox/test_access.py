"""The way in, against a real HTTPS server: tokens, refusals, and every answer a box may give."""

import pytest

from controller.domain.errors import (
    AuthError,
    DeviceError,
    DeviceProtocolError,
    DeviceRejected,
    DeviceTimeout,
    DeviceUnavailable,
)
from controller.wallbox.https import Call, HttpsLink
from controller.wallbox.tls import Trust
from tests.support.https import LOGIN_OK, TOKEN, Answer, answer, scripted_box
from tests.wallbox.boxes import POWER, dashboard, field


async def test_logs_in_once_and_carries_the_token() -> None:
    async with scripted_box(power=POWER) as (script, box):
        await box.steered.power()
        await box.steered.power()
    assert script.calls == ["POST /api/login", "GET /api/sections/power", "GET /api/sections/power"]
    assert script.seen[0][1] == {"username": "admin", "password": "open-sesame"}
    assert script.seen[1][2] == f"Bearer {TOKEN}"


async def test_a_401_costs_one_login_and_one_repetition() -> None:
    expired = answer({"title": "expired"}, 401)
    async with scripted_box(power=[expired, POWER]) as (script, box):
        await box.steered.power()
    assert script.calls == ["POST /api/login", "GET /api/sections/power"] * 2


async def test_a_new_token_that_is_refused_is_not_tried_in_a_loop() -> None:
    async with scripted_box(power=answer({"title": "no"}, 401)) as (script, box):
        with pytest.raises(DeviceUnavailable, match="with a new token") as caught:
            await box.steered.power()
        for _ in range(3):
            with pytest.raises(DeviceUnavailable, match="refuses its own new token"):
                await box.steered.power()
    assert script.calls.count("POST /api/login") == 2
    assert caught.value.retry_in_s is not None
    assert 5 <= caught.value.retry_in_s <= 6


@pytest.mark.parametrize("status", [400, 401, 403, 422, 423])
async def test_refused_credentials_are_never_sent_again(status: int) -> None:
    async with scripted_box(login=answer({"detail": "wrong: open-sesame"}, status)) as (script, box):
        for _ in range(5):
            with pytest.raises(AuthError, match="refuses the login of 'admin'") as caught:
                await box.steered.power()
            assert "open-sesame" not in str(caught.value)
    assert script.calls == ["POST /api/login"]


@pytest.mark.parametrize(
    ("reply", "error", "words"),
    [
        (
            answer({"title": "bad", "detail": "out of range"}, 400),
            DeviceRejected,
            r"400 \(it does not accept the values\) to GET .*: out of range",
        ),
        (answer({"title": "forbidden"}, 403), DeviceRejected, "403"),
        (answer({"title": "Not Found"}, 404, "application/problem+json"), DeviceRejected, "404 .*: Not Found"),
        (answer(b"<html>no</html>", 404, "text/html"), DeviceRejected, "404"),
        (answer({}, 422), DeviceRejected, "422"),
        (answer({}, 500), DeviceUnavailable, "500"),
        (answer(b"oops", 503, "text/plain"), DeviceUnavailable, "503"),
        (answer({}, 429), DeviceUnavailable, "429"),
        (answer(b"<html>login</html>", 200, "text/html"), DeviceProtocolError, "a web page"),
        (answer(b'[{"key": "indi'), DeviceProtocolError, "not JSON, or only a part of it"),
        (answer(b"[" * 100_000), DeviceProtocolError, "not JSON"),
        (answer(b'[{"fieldKey": "operator-current-limit", "value": NaN}]'), DeviceProtocolError, "not JSON"),
        (answer(b"\xff\xfe"), DeviceProtocolError, "not JSON"),
        (answer(b"[]", 200, "image/png"), DeviceProtocolError, "not JSON but 'image/png'"),
        (answer(b" " * 3_000_000), DeviceProtocolError, "longer than 2048 KiB"),
        (answer({}, 405), DeviceRejected, "405 .this address does not take"),
        (answer({"detail": "no"}, 423), DeviceRejected, "423"),
        (answer(b""), DeviceProtocolError, "is empty"),
        (answer({"a": 1}), DeviceProtocolError, "section power is not as specified"),
    ],
)
async def test_each_answer_becomes_a_typed_error(reply: object, error: type[DeviceError], words: str) -> None:
    async with scripted_box(power=reply) as (_, box):
        with pytest.raises(error, match=words):
            await box.steered.power()


async def test_a_dropped_connection_is_unavailable_and_backs_off() -> None:
    async with scripted_box(power=POWER) as (script, box):
        await box.steered.power()
        port = box.link.url
    with pytest.raises(DeviceUnavailable, match="cannot be reached") as caught:
        await box.steered.power()
    assert port in str(caught.value)
    assert caught.value.retry_in_s is not None
    with pytest.raises(DeviceUnavailable, match="left alone for"):
        await box.steered.power()
    assert len(script.seen) == 2


async def test_silence_is_a_timeout_and_the_connection_is_given_up() -> None:
    async with scripted_box(timeout_s=0.3, power=POWER) as (script, box):
        await box.steered.power()
        first = box.link._http
        script.hang.add("GET /api/sections/power")
        with pytest.raises(DeviceTimeout, match=r"did not answer within 0\.3 s"):
            await box.steered.power()
        assert box.link._http is not first


async def test_a_read_may_be_tried_again_where_that_is_asked_for() -> None:
    async with scripted_box(attempts=2, power=[answer(b'[{"fie'), POWER]) as (script, box):
        assert (await box.steered.power()).limit_a == 16
    assert script.calls.count("GET /api/sections/power") == 2


@pytest.mark.parametrize("reply", [answer({}, 404), answer({}), answer(b""), answer(b"<html>", 200, "text/html")])
async def test_a_renewal_that_brings_no_token_is_followed_by_logins_only(reply: object) -> None:
    async with scripted_box(power=POWER, refresh=[LOGIN_OK, reply]) as (script, box):
        await box.steered.power()
        for _ in range(3):
            box.access._session._renew_at_s = 0.0
            await box.steered.power()
    assert script.calls == [
        "POST /api/login",
        "GET /api/sections/power",
        "POST /api/refresh-token",
        "GET /api/sections/power",
        "POST /api/refresh-token",
        "POST /api/login",
        "GET /api/sections/power",
        "POST /api/login",
        "GET /api/sections/power",
    ]


async def test_a_renewal_that_fails_is_not_tried_again() -> None:
    async with scripted_box(power=POWER, refresh=answer({}, 500)) as (script, box):
        await box.steered.power()
        box.access._session._renew_at_s = 0.0
        with pytest.raises(DeviceUnavailable):
            await box.steered.power()
        box.gate._breaker.closed_at_s = 0.0
        await box.steered.power()
    assert script.calls[-2:] == ["POST /api/login", "GET /api/sections/power"]


@pytest.mark.parametrize("reply", [answer({"token": "x"}), answer(b"<html>open-sesame</html>", 200, "text/html")])
async def test_after_a_login_with_an_odd_answer_the_credentials_wait_ever_longer(reply: Answer) -> None:
    async with scripted_box(login=reply, power=POWER) as (script, box):
        pauses_s = []
        for _ in range(4):
            with pytest.raises(DeviceProtocolError) as caught:
                await box.steered.power()
            pauses_s.append(caught.value.retry_in_s)
            assert "open-sesame" not in str(caught.value)
        assert pauses_s == [60, 240, 960, 3600]
        script.answers["POST /api/login"] = [LOGIN_OK]
        await box.steered.power()
        box.access._session._expires_at_s = 0.0
        script.answers["POST /api/login"] = [reply]
        with pytest.raises(DeviceProtocolError) as caught:
            await box.steered.power()
    assert caught.value.retry_in_s == 60


async def test_a_box_without_a_login_is_asked_once_an_hour() -> None:
    async with scripted_box(login=answer({"title": "x"}, 404)) as (_, box):
        with pytest.raises(DeviceRejected) as caught:
            await box.steered.power()
    assert caught.value.retry_in_s == 3600


async def test_the_boxs_words_are_kept_short_and_plain() -> None:
    reply = answer({"detail": "bad\x1b[31m\n" + 500 * "x"}, 400)
    async with scripted_box(power=reply) as (_, box):
        with pytest.raises(DeviceRejected) as caught:
            await box.steered.power()
    assert len(str(caught.value)) < 250
    assert str(caught.value).isprintable()


@pytest.mark.parametrize("protects", [False, True])
async def test_a_token_that_was_worthless_from_the_start_is_replaced_after_a_pause(protects: bool) -> None:
    logins = [answer({"access_token": name}) for name in ("first", "second", "third")]
    gone = answer({"title": "expired"}, 401)
    async with scripted_box(login=logins, power=[POWER, gone]) as (script, box):
        await box.steered.power()
        with pytest.raises(DeviceUnavailable, match="with a new token"):
            await box.steered.power()
        with pytest.raises(DeviceUnavailable, match="refuses its own new token"):
            await box.steered.power()
        box.access._tokens_refused.closed_at_s = 0.0
        if protects:
            script.answers["POST /api/custom-actions/local-remote-start"] = [gone, answer(b"")]
            await box.steered.stop()
        else:
            script.answers["GET /api/sections/power"] = [gone, POWER]
            await box.steered.power()
    assert script.calls.count("POST /api/login") == 3
    assert script.seen[-1][2] == "Bearer third"


async def test_what_protects_goes_out_with_the_old_token_while_it_lives() -> None:
    async with scripted_box(power=POWER, remote=answer(b""), refresh=LOGIN_OK) as (script, box):
        await box.steered.power()
        box.access._session._renew_at_s = 0.0
        await box.steered.stop()
        await box.steered.start()
    assert [call.rsplit("/", 1)[1] for call in script.calls] == [
        "login", "power", "local-remote-start", "refresh-token", "local-remote-start",
    ]  # fmt: skip


async def test_cookies_are_not_kept() -> None:
    async with scripted_box(power=POWER) as (script, box):
        script.extra.append((b"set-cookie", b"tracked=yes"))
        await box.steered.power()
        await box.steered.power()
    assert all("cookie" not in headers for headers in script.headers)


async def test_a_box_that_echoes_a_secret_is_not_quoted() -> None:
    network = answer([field("wlan-pre-shared-key", "password", "", charset=["ascii"])])
    answers = {"GET /api/sections/network": network, "POST /api/configuration-updates": answer({"detail": "hush"}, 400)}
    async with scripted_box(answers, dashboard=dashboard("Available")) as (_, box):
        with pytest.raises(DeviceRejected) as caught:
            await box.maintenance.update({"wlan-pre-shared-key": "hush"})
    assert "hush" not in str(caught.value)


async def test_an_address_that_is_none_is_an_error_of_ours() -> None:
    link = HttpsLink(host="300.1.1.1", port=443, trust=Trust(insecure=True))
    with pytest.raises(DeviceUnavailable, match="is no address"):
        await link.send(Call(method="GET", path="/"), {})
