"""Whom we talk to: the certificate is checked in the handshake, before a byte of ours is sent.

The box's certificate is self-signed and names no host, so trust is one of: its SHA-256 fingerprint, a CA file, or the
explicit word "insecure". There is no fourth way.
"""

from __future__ import annotations

import hashlib
import ssl
from dataclasses import dataclass
from pathlib import Path

from controller.domain.errors import AuthError


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """How the box's certificate is checked; exactly one of the three.

    Attributes:
        fingerprint: SHA-256 of the certificate, 64 hex digits.
        ca_file: PEM file of the certificate, or of the authority that signed it.
        insecure: Not at all, because the user said so.
    """

    fingerprint: str | None = None
    ca_file: Path | None = None
    insecure: bool = False

    def context(self) -> ssl.SSLContext:
        """The TLS context. Raises AuthError when the CA file cannot be used."""
        if sum((self.fingerprint is not None, self.ca_file is not None, self.insecure)) != 1:
            raise ValueError("exactly one of fingerprint, ca_file and insecure is needed")
        if self.ca_file is not None:
            return _context_for_ca(self.ca_file)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        if self.fingerprint is not None:
            context.sslobject_class = _pinned(self.fingerprint)
        return context


def _context_for_ca(ca_file: Path) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=str(ca_file))
    except (OSError, ssl.SSLError) as error:
        raise AuthError(f"wallbox.tls_ca_file: {ca_file} is no PEM certificate that can be read: {error}") from error
    context.check_hostname = False  # the file names the one authority trusted; the box's certificate names no host
    return context


def _pinned(fingerprint: str) -> type[ssl.SSLObject]:
    """An SSLObject that ends the handshake unless the peer's certificate has this fingerprint."""

    class PinnedSSLObject(ssl.SSLObject):
        def do_handshake(self) -> None:
            super().do_handshake()
            certificate = self.getpeercert(binary_form=True)
            shown = hashlib.sha256(certificate).hexdigest() if certificate else "none"
            if shown != fingerprint:
                raise ssl.SSLCertVerificationError(f"the wallbox shows the certificate {shown}")

    return PinnedSSLObject
