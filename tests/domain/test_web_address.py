"""Web addresses: which are asked, and what is said of the others."""

from __future__ import annotations

import pytest

from controller.domain.web_address import address_fault


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/a?b=c",
        "http://127.0.0.1:8080/x",
        "http://[::1]/",
        "http://localhost",
        "https://[2001:db8::1]/",
    ],
)
def test_well(url: str) -> None:
    assert address_fault(url) is None


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("example.org/prices", "is no web address"),
        ("ftp://example.org", "is no web address"),
        ("https://", "is no web address"),
        ("https://example.org:http/", "is no web address"),
        ("https://[::1", "is no web address"),
        ("https://exa mple.org/", "has characters"),
        ("https://example.org/ä", "has characters"),
        ("https://me:word@example.org/", "neither a password nor"),
        ("https://example.org/#x", "neither a password nor"),
        ("http://example.org/", "goes unencrypted"),
        ("http://127.0.0.1.example.org/", "goes unencrypted"),
    ],
)
def test_refused(url: str, said: str) -> None:
    assert said in str(address_fault(url))


def test_plain_where_it_is_said() -> None:
    assert address_fault("http://example.org/", plain_allowed=True) is None
