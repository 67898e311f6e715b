"""The JWT session: lifetimes and when to renew."""

import base64
import json

import pytest

from controller.wallbox.session import Session, Step, token_lifetime_s


def token(claims: object) -> str:
    payload = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"e30.{payload}.sig"


@pytest.mark.parametrize(
    ("text", "lifetime_s"),
    [
        (token({"iat": 1000, "exp": 1900}), 900),
        (token({"iat": 4_000_000_000, "exp": 4_000_007_200}), 7200),  # a box whose clock is decades ahead
        (token({"exp": 1900}), 3600),
        (token({"iat": 1900, "exp": 1000}), 3600),
        (token({"iat": "soon", "exp": 5}), 3600),
        (token([1, 2]), 3600),
        ("opaque", 3600),
        ("h.eyJleHAiOjFlOTk5LCJpYXQiOjF9.s", 3600),  # {"exp": 1e999, "iat": 1}
        ("h." + "W1tb" * 4000 + ".s", 3600),  # [[[[...
        (token({"iat": 10**400, "exp": 5}), 3600),
        ("a.b.c", 3600),
        ("e30.####.sig", 3600),
        ("e30.\u00e4\u00f6.sig", 3600),
    ],
)
def test_lifetime(text: str, lifetime_s: float) -> None:
    assert token_lifetime_s(text) == lifetime_s


@pytest.mark.parametrize(("lifetime", "early"), [(3600, 300), (900, 180), (60, 12)])
def test_renewed_five_minutes_or_a_fifth_early(lifetime: int, early: int) -> None:
    session = Session()
    assert session.next_step(0) is Step.LOGIN
    session.accept(token({"iat": 0, "exp": lifetime}), 1000)
    assert session.next_step(1000) is Step.NOTHING
    assert session.next_step(1000 + lifetime - early - 1) is Step.NOTHING
    assert session.next_step(1000 + lifetime - early) is Step.REFRESH
    assert session.next_step(1000 + lifetime) is Step.LOGIN
