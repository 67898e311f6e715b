"""One request on the wire: TLS with the trusted box, a capped answer, foreign errors turned into ours."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import IO, BinaryIO, Literal, cast

import anyio
import httpx

from controller.domain.errors import AuthError, DeviceError, DeviceProtocolError, DeviceUnavailable
from controller.wallbox.gate import TooManyRequests
from controller.wallbox.tls import Trust

_KEEP_ALIVE_S = 90.0  # longer than any gap between two requests: a handshake costs the box more than a connection
_LONGEST_ANSWER_BYTES = 2 * 1024 * 1024
_LONGEST_RETRY_AFTER_S = 3600.0

Progress = Callable[[int], None]
"""Told how many more bytes of a file have passed."""


class NoConnection(DeviceUnavailable):
    """Nothing answers at the address: the next moment will not change that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file to send.

    Attributes:
        file: Open for reading, at its start.
        name: What the box is told it is called.
        progress: Told of each part that is read.
    """

    file: BinaryIO
    name: str
    progress: Progress


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request.

    Attributes:
        method: HTTP method.
        path: From the root of the server.
        body: To be sent as JSON; None for none.
        upload: To be sent as multipart form data.
        sink: Where a good answer's body goes instead of memory; there its length has no cap but `longest_bytes`.
        longest_bytes: Longest answer taken.
        is_secret: Whether it carries a secret, which the box might echo: then its own words stay out of messages.
    """

    method: Literal["GET", "POST"]
    path: str
    body: object = None
    upload: Upload | None = None
    sink: Callable[[bytes], None] | None = None
    longest_bytes: int = _LONGEST_ANSWER_BYTES
    is_secret: bool = False

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back.

    Attributes:
        status: HTTP status; never 429 or 5xx, which are errors.
        content_type: Without parameters, in lower case; empty where the box does not tell.
        body: The body; empty where it went to a sink.
    """

    status: int
    content_type: str
    body: bytes

    @property
    def is_success(self) -> bool:
        """Whether the status is 2xx."""
        return 200 <= self.status < 300


class HttpsLink:
    """The connection to one box.

    Args:
        host: Name or address.
        port: HTTPS port.
        trust: How its certificate is checked.
        language: `Accept-Language`, in which the box writes labels and texts.
    """

    def __init__(self, *, host: str, port: int, trust: Trust, language: str = "en") -> None:
        self.url = f"https://[{host}]:{port}" if ":" in host else f"https://{host}:{port}"
        self._context = trust.context()
        self._language = language
        self._http: httpx.AsyncClient | None = None

    async def send(self, call: Call, headers: Mapping[str, str]) -> Answer:
        """Sends one request; after anything but an answer the connection is not used again.

        Raises:
            AuthError: The certificate is not the trusted one; nothing was sent.
            DeviceUnavailable: No connection, reset, 429, 5xx.
            DeviceProtocolError: An answer that is too long, or compressed though we asked for plain.
        """
        try:
            client = self._client()
        except (httpx.InvalidURL, ValueError) as error:
            raise NoConnection(f"{self.url} is no address: {_what(error)}") from error
        answered = False
        try:
            answer = await _exchange(client, call, headers)
            answered = True
        except httpx.ConnectError as error:
            raise self._unreachable(error) from error
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
            raise DeviceUnavailable(f"{self.url} dropped the connection: {_what(error)}") from error
        finally:
            if not answered:
                self._http = None
                # cancelled or broken: the pool is closed without waiting, and never asked again
                await _abandon(client)
        return answer

    async def close(self) -> None:
        """Closes the connection; the next request opens a new one."""
        if self._http is not None:
            client, self._http = self._http, None
            await client.aclose()

    def _client(self) -> httpx.AsyncClient:
        if self._http is None:
            self._http = httpx.AsyncClient(
                base_url=self.url,
                verify=self._context,
                timeout=None,  # noqa: S113 -- the gate bounds every request on the service's clock
                limits=httpx.Limits(max_connections=1, max_keepalive_connections=1, keepalive_expiry=_KEEP_ALIVE_S),
                headers={"Accept-Language": self._language, "Accept-Encoding": "identity"},
                trust_env=False,
            )
        return self._http

    def _unreachable(self, error: httpx.ConnectError) -> DeviceError:
        cause: BaseException | None = error
        while cause is not None:
            if isinstance(cause, ssl.SSLCertVerificationError):
                return AuthError(
                    f"{self.url} is not trusted: {_certificate_complaint(cause)}. Nothing was sent. If it is "
                    "your wallbox, `sunpace wallbox pair` writes its tls_fingerprint; then restart Sunpace"
                )
            cause = cause.__cause__ or cause.__context__
        return NoConnection(f"{self.url} cannot be reached: {_what(error)}")


async def _exchange(client: httpx.AsyncClient, call: Call, headers: Mapping[str, str]) -> Answer:
    accept = "application/json" if call.sink is None else "*/*"
    files = None
    if call.upload is not None:
        watched = cast(IO[bytes], _Watched(call.upload))
        files = {"file": (call.upload.name, watched, "application/octet-stream")}
    request = client.build_request(
        call.method, call.path, json=call.body, files=files, headers={"Accept": accept, **headers}
    )
    response = await client.send(request, stream=True)
    try:
        _refuse_trouble(response, call)
        if response.headers.get("content-encoding", "identity").lower() != "identity":
            raise DeviceProtocolError(f"the wallbox's answer to {call} is compressed, though plain was asked for")
        body = bytearray()
        is_page = "html" in response.headers.get("content-type", "")
        take = call.sink if call.sink is not None and response.is_success and not is_page else body.extend
        length = 0
        async for part in response.aiter_raw():
            length += len(part)
            if length > call.longest_bytes:
                raise DeviceProtocolError(
                    f"the wallbox's answer to {call} is longer than {call.longest_bytes // 1024} KiB; the rest was left"
                )
            take(part)
    finally:
        await response.aclose()
        client.cookies.clear()  # the API has none; a jar would grow
    content_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    return Answer(status=response.status_code, content_type=content_type, body=bytes(body))


def _refuse_trouble(response: httpx.Response, call: Call) -> None:
    status = response.status_code
    if status != httpx.codes.TOO_MANY_REQUESTS and not response.is_server_error:
        return
    retry_after = response.headers.get("retry-after", "")
    retry_in_s = (
        min(float(retry_after), _LONGEST_RETRY_AFTER_S) if retry_after.isascii() and retry_after.isdigit() else 0
    )
    if status == httpx.codes.TOO_MANY_REQUESTS:
        raise TooManyRequests(f"the wallbox answers 429 to {call}: it has had too many requests", retry_in_s=retry_in_s)
    raise DeviceUnavailable(f"the wallbox answers {status} to {call}: an error of its own", retry_in_s=retry_in_s)


class _Watched:
    """A file that tells of each part that is read from it, as httpx streams it."""

    def __init__(self, upload: Upload) -> None:
        self._upload = upload

    def read(self, size: int = -1) -> bytes:
        """As a file's own."""
        part = self._upload.file.read(size)
        self._upload.progress(len(part))
        return part

    def seek(self, offset: int, whence: int = 0) -> int:
        """As a file's own: httpx measures with it."""
        return self._upload.file.seek(offset, whence)

    def tell(self) -> int:
        """As a file's own."""
        return self._upload.file.tell()

    def fileno(self) -> int:
        """As a file's own: httpx takes the length from it."""
        return self._upload.file.fileno()


async def _abandon(client: httpx.AsyncClient) -> None:
    """Closes a connection that is not to be used again, also while being cancelled."""
    with anyio.CancelScope(shield=True):
        await client.aclose()


def _certificate_complaint(error: ssl.SSLCertVerificationError) -> str:
    return getattr(error, "verify_message", "") or str(error.args[-1])


def _what(error: Exception) -> str:
    return str(error) or type(error).__name__
