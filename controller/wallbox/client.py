"""The REST client: one funnel for all requests, foreign errors turned into ours."""

from __future__ import annotations

import ssl
from typing import Any, Literal

import anyio
import httpx
import structlog

from controller.domain.charger import ChargerStatus, PowerSettings
from controller.domain.errors import AuthError, DeviceProtocolError, DeviceRejected, DeviceUnavailable
from controller.domain.ports import Clock
from controller.domain.units import MIN_CURRENT_A
from controller.wallbox.gate import Gate
from controller.wallbox.replies import LIMIT_FIELD, parse_dashboard, parse_power_section, parse_token
from controller.wallbox.session import Session, Step
from controller.wallbox.tls import Trust

_log = structlog.get_logger()
_KEEP_ALIVE_S = 90.0  # longer than any gap between two requests: a handshake costs the box more than a connection
_HIGHEST_LIMIT_A = 80
_AFTER_ODD_LOGIN_S = 3600.0  # before the credentials are sent again to a box that answers them oddly
_CREDENTIALS_REFUSED = frozenset({400, 401, 403, 422, 423})  # 423: the account is locked
_LONGEST_DETAIL = 120
_AFTER_REFUSAL_S = 300.0  # before logging in again where the box will not have it


class RestWallbox:
    """A Webasto Next over its REST API; implements the port `Wallbox`.

    Args:
        host: Name or address.
        port: HTTPS port.
        username: Of the box's web page.
        password: Of the box's web page; never logged.
        trust: How its certificate is checked.
        gate: The pacing.
        clock: The service's clock.
    """

    def __init__(
        self, *, host: str, port: int, username: str, password: str, trust: Trust, gate: Gate, clock: Clock
    ) -> None:
        self._base_url = f"https://[{host}]:{port}" if ":" in host else f"https://{host}:{port}"
        self._username = username
        self._password = password
        self._context = trust.context()
        self._gate = gate
        self._clock = clock
        self._session = Session()
        self._refused: str | None = None
        self._refreshes = True
        self._http: httpx.AsyncClient | None = None

    async def status(self) -> ChargerStatus:
        """`GET /api/dashboard-information`.

        Raises:
            DeviceError: See the class's `_request`.
        """
        taken_at_s = self._clock.monotonic_s()
        return parse_dashboard(await self._request("GET", "/api/dashboard-information"), taken_at_s)

    async def power(self) -> PowerSettings:
        """`GET /api/sections/power`.

        Raises:
            DeviceError: See the class's `_request`.
        """
        taken_at_s = self._clock.monotonic_s()
        return parse_power_section(await self._request("GET", "/api/sections/power"), taken_at_s)

    async def set_limit(self, limit_a: int) -> None:
        """`POST /api/configuration-updates` for `operator-current-limit`.

        Args:
            limit_a: Whole amps from 6; less does not exist (IEC 61851-1) and is refused here.

        Raises:
            DeviceError: See the class's `_request`.
        """
        if not MIN_CURRENT_A <= limit_a <= _HIGHEST_LIMIT_A:
            raise DeviceRejected(f"an operator current limit of {limit_a} A does not exist; nothing was sent")
        update = {
            "fieldKey": LIMIT_FIELD,
            "value": limit_a,
            "configurationFieldUpdateType": "number-configuration-field-update",
        }
        await self._request("POST", "/api/configuration-updates", [update])

    async def start(self) -> None:
        """`POST /api/custom-actions/local-remote-start`, action "start".

        Raises:
            DeviceError: See the class's `_request`.
        """
        await self._request("POST", "/api/custom-actions/local-remote-start", {"action": "start"})

    async def stop(self) -> None:
        """`POST /api/custom-actions/local-remote-start`, action "stop".

        Raises:
            DeviceError: See the class's `_request`.
        """
        await self._request("POST", "/api/custom-actions/local-remote-start", {"action": "stop"})

    async def close(self) -> None:
        """Closes the connection; the next request opens a new one."""
        if self._http is not None:
            client, self._http = self._http, None
            await client.aclose()

    async def _request(self, method: Literal["GET", "POST"], path: str, body: object = None) -> Any:
        """Sends one request with a valid token; on 401 logs in once and repeats it once.

        Raises:
            AuthError: Credentials or certificate refused. The credentials are not sent again.
            DeviceRejected: 4xx.
            DeviceUnavailable: No connection, reset, 5xx, or backing off.
            DeviceTimeout: No answer in time.
            DeviceProtocolError: An answer that is not JSON.
        """
        await self._ensure_token()
        response = await self._send(method, path, body, self._session.headers)
        if response.status_code == httpx.codes.UNAUTHORIZED:
            _log.info("token_refused", path=path)  # a second user's login may have ended ours
            self._session.drop()
            await self._ensure_token()
            response = await self._send(method, path, body, self._session.headers)
            if response.status_code == httpx.codes.UNAUTHORIZED:
                self._session.drop()
                raise _rejected(response, f"{method} {path} with a new token", retry_in_s=_AFTER_REFUSAL_S)
        return _content(response, f"{method} {path}")

    async def _ensure_token(self) -> None:
        if self._refused is not None:
            raise AuthError(self._refused)
        step = self._session.next_step(self._clock.monotonic_s())
        if step is Step.REFRESH and self._refreshes and await self._refresh():
            return
        if step is not Step.NOTHING:
            await self._login()

    async def _refresh(self) -> bool:
        """Renews the token; False when that brings none. Then a login does, from now on: the reply is not specified."""
        self._refreshes = False
        response = await self._send("POST", "/api/refresh-token", None, self._session.headers)
        try:
            token = parse_token(_content(response, "POST /api/refresh-token"))
        except (DeviceRejected, DeviceProtocolError) as error:
            _log.info("refresh_brought_no_token", error=str(error))
            return False
        self._session.accept(token, self._clock.monotonic_s())
        self._refreshes = True
        return True

    async def _login(self) -> None:
        credentials = {"username": self._username, "password": self._password}
        response = await self._send("POST", "/api/login", credentials, {})
        if response.status_code in _CREDENTIALS_REFUSED:
            self._refused = (
                f"the wallbox refuses the login of {self._username!r}: correct wallbox.username and wallbox.password "
                "and restart Sunpace; it is not tried again, since repeated failures can lock the account"
            )
            raise AuthError(self._refused)
        try:
            token = parse_token(_content(response, "POST /api/login"))
        except (DeviceRejected, DeviceProtocolError) as error:
            error.retry_in_s = _AFTER_ODD_LOGIN_S
            raise
        self._session.accept(token, self._clock.monotonic_s())
        _log.debug("logged_in")

    async def _send(
        self, method: Literal["GET", "POST"], path: str, body: object, headers: dict[str, str]
    ) -> httpx.Response:
        return await self._gate.call(lambda: self._exchange(method, path, body, headers))

    async def _exchange(
        self, method: Literal["GET", "POST"], path: str, body: object, headers: dict[str, str]
    ) -> httpx.Response:
        """One request on the wire; after anything but an answer the connection is not used again."""
        client = self._client()
        answered = False
        try:
            response = await client.request(method, path, json=body, headers=headers)
            answered = True
        except httpx.ConnectError as error:
            raise self._unreachable(error) from error
        except httpx.HTTPError as error:
            raise DeviceUnavailable(f"{self._base_url} dropped the connection: {_what(error)}") from error
        finally:
            if not answered:
                self._http = None
                # cancelled or broken: the pool is closed without waiting, and never asked again
                await _abandon(client)
        if response.is_server_error or response.status_code == httpx.codes.TOO_MANY_REQUESTS:
            raise DeviceUnavailable(f"the wallbox answers {response.status_code} to {method} {path}")
        return response

    def _client(self) -> httpx.AsyncClient:
        if self._http is None:
            self._http = httpx.AsyncClient(
                base_url=self._base_url,
                verify=self._context,
                timeout=None,  # noqa: S113 -- the gate bounds every request on the service's clock
                limits=httpx.Limits(max_connections=1, max_keepalive_connections=1, keepalive_expiry=_KEEP_ALIVE_S),
                headers={"Accept": "application/json", "Accept-Language": "en"},
                trust_env=False,
            )
        return self._http

    def _unreachable(self, error: httpx.ConnectError) -> DeviceUnavailable | AuthError:
        cause: BaseException | None = error
        while cause is not None:
            if isinstance(cause, ssl.SSLCertVerificationError):
                return AuthError(
                    f"{self._base_url} is not trusted: {_certificate_complaint(cause)}. Nothing was sent. If it is "
                    "your wallbox, correct wallbox.tls_fingerprint (or wallbox.tls_ca_file) and restart Sunpace"
                )
            cause = cause.__cause__ or cause.__context__
        return DeviceUnavailable(f"{self._base_url} cannot be reached: {_what(error)}")


async def _abandon(client: httpx.AsyncClient) -> None:
    """Closes a connection that is not to be used again, also while being cancelled."""
    with anyio.CancelScope(shield=True):
        await client.aclose()


def _certificate_complaint(error: ssl.SSLCertVerificationError) -> str:
    return getattr(error, "verify_message", "") or str(error.args[-1])


def _what(error: Exception) -> str:
    return str(error) or type(error).__name__


def _content(response: httpx.Response, what: str) -> Any:
    """The JSON of a good answer; None where there is no body."""
    if not response.is_success:
        raise _rejected(response, what)
    if not response.content.strip():
        return None
    try:
        return response.json()
    except ValueError as error:
        kind = response.headers.get("content-type", "no content type")
        raise DeviceProtocolError(f"the wallbox's answer to {what} is not JSON ({kind})") from error


def _rejected(response: httpx.Response, what: str, *, retry_in_s: float | None = None) -> DeviceRejected:
    message = f"the wallbox answers {response.status_code} to {what}{_detail(response)}"
    return DeviceRejected(message, retry_in_s=retry_in_s)


def _detail(response: httpx.Response) -> str:
    """The box's own words on a refusal, where it gives any in `application/problem+json`.

    Never on a login: a box that echoes what it was sent would put the password into our log.
    """
    if response.request.url.path == "/api/login":
        return ""
    try:
        body = response.json()
    except ValueError:
        return ""
    detail = body.get("detail") or body.get("title") if isinstance(body, dict) else None
    if not isinstance(detail, str):
        return ""
    plain = "".join(character if character.isprintable() else " " for character in detail)
    return f": {plain[:_LONGEST_DETAIL]}"
