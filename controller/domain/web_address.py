"""Web addresses that people write, and what is wrong with them; pure."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit


def address_fault(url: str, *, plain_allowed: bool = False) -> str | None:
    """Why nothing is asked at `url`, and what would be right; None where it is well.

    Args:
        url: The address.
        plain_allowed: Whether somebody has said that it may go unencrypted; within this machine it always may.
    """
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return "is no web address"
    if not url.isascii() or not url.isprintable() or " " in url:
        return "has characters that a web address does not have"
    if parts.scheme not in ("https", "http") or not host:
        return 'is no web address; one looks like "https://prices.example.org/today"'
    if parts.username is not None or parts.fragment:
        return "must hold neither a password nor a #; secrets have keys of their own"
    if parts.scheme == "http" and not (plain_allowed or is_loopback(host)):
        return "goes unencrypted: anybody on the way can read and change it; https:// is right"
    return None


def is_loopback(host: str) -> bool:
    """Whether it is this machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
