"""One question on the web: what is answered, what is told of a failure, and what never is."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from controller.control.clock import WallClock
from controller.domain.errors import FeedError
from controller.feeds.fetch import Patience, Question, fetch
from tests.support.feeds import certificate, reply, serving
from tests.support.warp import run_warped

SECRET = "sesame-7"


async def test_json_is_fetched_with_query_and_token() -> None:
    async with serving(reply({"data": [1]})) as service:
        question = Question(url=f"{service.url}/v1?market=de", params={"start": "5"}, token=SECRET)
        assert await fetch(question, WallClock()) == {"data": [1]}
    (seen,) = service.seen
    assert seen.startswith("GET /v1?market=de&start=5 HTTP/1.1")
    assert f"authorization: bearer {SECRET}" in seen.lower()


async def test_a_body_is_posted() -> None:
    async with serving(reply([])) as service:
        assert await fetch(Question(url=service.url, body={"query": "x"}), WallClock()) == []
    assert service.seen[0].startswith("POST / ")
    assert service.seen[0].endswith('{"query":"x"}')


async def test_a_certificate_is_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    context, ca_file = certificate(tmp_path)
    async with serving(reply(1), tls=context) as service:
        with pytest.raises(
            FeedError, match=rf"{service.host} is not trusted: .*nothing was sent.*ca-certificates"
        ) as caught:
            await fetch(Question(url=service.url, token=SECRET), WallClock())
        assert not caught.value.asked
        assert service.seen == []
        monkeypatch.setenv("SSL_CERT_FILE", str(ca_file))
        assert await fetch(Question(url=service.url, token=SECRET), WallClock()) == 1


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (reply({}, 401), r"refuses the request \(401\); check the token"),
        (reply({}, 403), r"refuses the request \(403\)"),
        (reply({}, 404), "answers 404; check what is asked for"),
        (reply({}, 429), "too many requests"),
        (reply({}, 503), r"a fault of its own \(503\)"),
        (reply({}, 302, Location=f"https://example.org/{SECRET}"), r"sends us elsewhere \(302\)"),
        (reply(b"<html>"), "no JSON; is it the service's address"),
        (reply(b"[NaN]"), "no JSON"),
        (reply(b"[" * 100_000), "no JSON"),
        (reply(b"[" + 5000 * b"9" + b"]"), "no JSON"),
        (reply(b'"' + 2 * 1024 * 1024 * b"x" + b'"'), "more than 1024 KiB"),
        (reply(b"\x1f\x8b", Content_Encoding="gzip"), "compressed"),
        (b"", "dropped the connection"),
        (b"HTTP/1.1 200 X\r\nContent-Length: 50\r\n\r\n[", "dropped the connection"),
    ],
)
async def test_what_fails_is_one_line_with_the_host_and_no_secret(answer: bytes, said: str) -> None:
    async with serving(answer) as service:
        question = Question(url=f"{service.url}/{SECRET}", params={"key": SECRET}, token=SECRET)
        with pytest.raises(FeedError, match=said) as caught:
            await fetch(question, WallClock())
    text = str(caught.value)
    assert service.host in text
    assert SECRET not in text + repr(question)
    assert "\n" not in text
    assert caught.value.asked


def test_a_service_that_hangs_is_left() -> None:
    async def hanging() -> None:
        clock = WallClock()
        async with serving(None) as service:
            before_s = clock.monotonic_s()
            with pytest.raises(FeedError, match=rf"{service.host} gave no whole answer within 20 s"):
                await fetch(Question(url=service.url), clock)
        assert clock.monotonic_s() - before_s < 10  # it is the loop's time that has passed

    run_warped(hanging)


async def test_nobody_there_has_not_been_asked() -> None:
    async with serving(reply(1)) as service:
        pass
    with pytest.raises(FeedError, match="cannot be reached") as caught:
        await fetch(Question(url=service.url), WallClock())
    assert not caught.value.asked


async def test_nothing_goes_unencrypted_unless_somebody_says_so() -> None:
    with pytest.raises(FeedError, match="goes unencrypted"):
        await fetch(Question(url="http://192.0.2.1/prices"), WallClock())


async def test_how_long_to_be_left_alone_is_told() -> None:
    async with serving(reply({}, 429, Retry_After="7200")) as service:
        with pytest.raises(FeedError) as caught:
            await fetch(Question(url=service.url), WallClock())
    assert caught.value.retry_in_s == 7200
    assert Patience().after(caught.value) == 7200


def test_patience_grows_and_ends_with_an_answer() -> None:
    patience, error = Patience(first_s=60, most_s=900, random=Random(1)), FeedError("x")
    waits_s = [patience.after(error) for _ in range(40)]
    for wait_s, least_s in zip(waits_s, (60, 120, 240, 480, *[900] * 36), strict=True):
        assert least_s <= wait_s <= 1.2 * least_s
    patience.well()
    assert patience.after(error) <= 72
