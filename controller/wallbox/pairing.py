"""The certificate that a box shows, for a person to compare: a handshake, and not a byte more."""

from __future__ import annotations

import hashlib
import ssl

import anyio
from anyio.streams.tls import TLSAttribute

from controller.domain.errors import DeviceProtocolError, DeviceTimeout, DeviceUnavailable
from controller.domain.ports import Clock
from controller.wallbox.tls import Trust


async def shown_fingerprint(host: str, port: int, clock: Clock, *, timeout_s: float) -> str:
    """The SHA-256 of the certificate shown there, 64 hex digits.

    Raises:
        DeviceUnavailable: Nothing answers there.
        DeviceTimeout: It does not answer in time.
        DeviceProtocolError: What answers speaks no TLS, or shows no certificate.
    """
    where = f"{host}:{port}"
    try:
        with clock.timeout(timeout_s):
            stream = await anyio.connect_tcp(
                host, port, tls=True, ssl_context=Trust(insecure=True).context(), tls_standard_compatible=False
            )
            async with stream:
                certificate = stream.extra(TLSAttribute.peer_certificate_binary)  # noqa: S610 -- no database here
    except TimeoutError as error:
        raise DeviceTimeout(f"{where} did not answer within {timeout_s:g} s") from error
    except (ssl.SSLError, anyio.BrokenResourceError, anyio.EndOfStream) as error:
        raise DeviceProtocolError(f"{where} does not speak HTTPS: is this the wallbox's address and port?") from error
    except OSError as error:
        raise DeviceUnavailable(f"{where} cannot be reached: {error}") from error
    if not certificate:
        raise DeviceProtocolError(f"{where} shows no certificate")
    return hashlib.sha256(certificate).hexdigest()
