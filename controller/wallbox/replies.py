"""What the box answers, taken apart: status codes, JSON, tokens; tolerant of what we do not know."""

from __future__ import annotations

import json
from typing import Any, NoReturn, TypeVar

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from controller.domain.errors import DeviceProtocolError, DeviceRejected
from controller.wallbox.https import Answer
from controller.wallbox.texts import plain

T = TypeVar("T")

_JSON_TYPES = ("", "text/plain")  # besides those that say json
_MEANING = {
    400: "it does not accept the values",
    401: "it does not accept the token",
    403: "this user may not do that",
    404: "this model or firmware does not have that",
    405: "this address does not take that method",
    413: "it is too large for it",
    422: "the values do not pass its validation",
    423: "it is locked",
}


class Reply(BaseModel):
    """A part of a reply; what we do not know in it is left alone."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class _Token(Reply):
    access_token: str = Field(min_length=1, max_length=16_384, pattern=r"^[!-~]+$")


_TOKEN = TypeAdapter(_Token)


def content(answer: Answer, call: object, *, quiet: bool = False) -> Any:
    """The JSON of a good answer; None where there is no body.

    Args:
        answer: The answer.
        call: What was asked, for the message.
        quiet: Whether the box's own words stay out of messages: on a login it might echo the password.

    Raises:
        DeviceRejected: A status that is not 2xx.
        DeviceProtocolError: A web page, or something that is not JSON.
    """
    if not answer.is_success:
        meaning = _MEANING.get(answer.status)
        words = f" ({meaning})" if meaning is not None else ""
        detail = "" if quiet else _detail(answer)
        raise DeviceRejected(f"the wallbox answers {answer.status}{words} to {call}{detail}", status=answer.status)
    if not answer.body.strip():
        return None
    if answer.content_type not in _JSON_TYPES and "json" not in answer.content_type:
        what = "a web page" if "html" in answer.content_type else f"{plain(answer.content_type)!r}"
        raise DeviceProtocolError(f"the wallbox's answer to {call} is not JSON but {what}: is this its address?")
    return decode(answer.body, f"the wallbox's answer to {call}")


def decode(body: bytes, what: str) -> Any:
    """JSON from bytes. Raises DeviceProtocolError for anything else, such as half an answer."""
    try:
        return json.loads(body.decode("utf-8-sig"), parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise DeviceProtocolError(f"{what} is not JSON, or only a part of it ({len(body)} bytes)") from error


def parse_token(body: object) -> str:
    """The token of a login or refresh reply. Raises DeviceProtocolError, without a word of the reply."""
    try:
        return _TOKEN.validate_python(body).access_token
    except ValidationError as error:
        raise DeviceProtocolError("the wallbox's login reply has no access_token that can be used") from error


def parsed(adapter: TypeAdapter[T], body: object, what: str) -> T:
    """`body` as the adapter's type. Raises DeviceProtocolError naming `what` and the place in it."""
    try:
        return adapter.validate_python(body)
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        place = ".".join(map(str, fault["loc"])) or "reply"
        raise DeviceProtocolError(f"the wallbox's {what} is not as specified: {place}: {fault['msg']}") from error


def _detail(answer: Answer) -> str:
    """The box's own words on a refusal, where it gives any in `application/problem+json`."""
    try:
        body = json.loads(answer.body)
    except (ValueError, RecursionError):
        return ""
    words = (body.get("detail") or body.get("title")) if isinstance(body, dict) else None
    return f": {plain(words)}" if isinstance(words, str) else ""


def _no_number(word: str) -> NoReturn:
    raise ValueError(f"{word} is no JSON")
