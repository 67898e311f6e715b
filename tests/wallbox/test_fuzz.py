"""Mutated replies: whatever the box sends, each parser gives a value or an error of ours."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from controller.domain.errors import DeviceError
from controller.wallbox.catalogue import load_catalogue
from controller.wallbox.dashboard import parse_dashboard, parse_errors
from controller.wallbox.https import Answer
from controller.wallbox.replies import content, decode, parse_token
from controller.wallbox.sections import parse_fields, parse_structure, power_settings
from controller.wallbox.session import Session, token_lifetime_s
from tests.wallbox.boxes import LIMIT, PHASES, field

NEXT = load_catalogue("next")
UNITE = load_catalogue("unite")

SEEDS: dict[str, Any] = {
    "token": {"access_token": "a.eyJpYXQiOjEsImV4cCI6OTAxfQ.c", "token_type": "bearer"},
    "dashboard": [
        {"key": "indicator", "label": "I", "entries": [{"key": "status-wallbox", "value": "OK", "color": "green"}]},
        {
            "key": "summary",
            "entries": [{"key": "power", "value": "0,013 kWh"}, {"key": "duration", "value": "8.1 min"}],
        },
        {"key": "ocpp-status", "entries": [{"key": "ocpp-state", "value": "Charging"}]},
    ],
    "errors": [{"errorCode": "X", "errorDescription": "y", "timestamp": "2025-12-15T10:00:00Z"}],
    "structure": {"sections": [{"key": "auth", "label": "A", "groups": [{"key": "g", "label": "G"}]}]},
    "section": [
        LIMIT,
        PHASES,
        field("time-zone", "select", "UTC", options=["UTC"]),
        field("led-brightness", "number", 10),
    ],
}


def _section(body: Any) -> object:
    fields = parse_fields(body, "power", NEXT)
    parse_fields(body, "", UNITE)
    return power_settings(fields, NEXT, 0.0)


def _token(body: Any) -> object:
    session = Session()
    session.accept(parse_token(body), 0.0)
    assert 0 < token_lifetime_s(session.token or "") < float("inf")
    return session.next_step(1.0)


PARSERS: dict[str, Callable[[Any], object]] = {
    "token": _token,
    "dashboard": lambda body: parse_dashboard(body).as_status(0.0),
    "errors": parse_errors,
    "structure": parse_structure,
    "section": _section,
}


def assert_ours(parse: Callable[[], object]) -> None:
    """A value, or an error of ours in one short line; any other exception fails the test by itself."""
    try:
        parse()
        words = ""
    except DeviceError as error:
        words = str(error)
    assert len(words) < 400
    assert words.isprintable()


leaves = (
    st.none()
    | st.booleans()
    | st.integers(min_value=-(10**40), max_value=10**40)
    | st.floats(allow_nan=False)
    | st.text(max_size=20)
    | st.sampled_from(["16", "16,5 A", "L1: 230.5V", "9" * 400, "-1", "\ud800", "\x1b[0m", "kWh", "Charging", "true"])
)
anything = st.recursive(leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner))


def places(tree: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    children = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    return [path, *(place for key, child in children for place in places(child, (*path, key)))]


def replaced(tree: Any, path: tuple[Any, ...], value: Any) -> Any:
    if not path:
        return value
    copy = tree.copy()
    copy[path[0]] = replaced(tree[path[0]], path[1:], value)
    return copy


@pytest.mark.parametrize("name", SEEDS)
@given(data=st.data())
@settings(max_examples=100)
def test_a_reply_with_a_part_replaced_by_anything(name: str, data: st.DataObject) -> None:
    body = SEEDS[name]
    for _ in range(data.draw(st.integers(1, 3))):
        body = replaced(body, data.draw(st.sampled_from(places(body))), data.draw(anything))
    assert_ours(lambda: PARSERS[name](body))


@pytest.mark.parametrize("name", SEEDS)
@given(data=st.data())
@settings(max_examples=100)
def test_a_reply_cut_and_stained(name: str, data: st.DataObject) -> None:
    raw = bytearray(json.dumps(SEEDS[name]).encode())
    for _ in range(data.draw(st.integers(0, 4))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    cut = bytes(raw[: data.draw(st.integers(0, len(raw)))])
    assert_ours(lambda: PARSERS[name](decode(cut, "the reply")))


@given(status=st.integers(100, 428), kind=st.text(max_size=30), body=st.binary(max_size=200))
@example(status=200, kind="", body=b"[" * 5000)
@example(status=400, kind="application/problem+json", body=b"[" * 5000)
@example(status=400, kind="application/problem+json", body=b'{"detail": ["x"]}')
@example(status=200, kind="application/json", body=b"1" * 5000)
@settings(max_examples=100)
def test_any_answer_is_content_or_an_error_of_ours(status: int, kind: str, body: bytes) -> None:
    assert_ours(lambda: content(Answer(status=status, content_type=kind, body=body), "GET /api/x"))
