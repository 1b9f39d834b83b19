"""Addresses that settings name: https, or plain http towards this machine, and nothing secret in them."""

from __future__ import annotations

import pytest
from pydantic import TypeAdapter, ValidationError

from msp_audit.settings.address import Address

ADDRESS: TypeAdapter[str] = TypeAdapter(Address)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://api.example.com/v1/", "https://api.example.com/v1"),
        ("http://127.0.0.1:8765", "http://127.0.0.1:8765"),
        ("http://[::1]:8765/", "http://[::1]:8765"),
        ("http://localhost", "http://localhost"),
    ],
)
def test_what_may_be_asked_is_taken(given: str, kept: str) -> None:
    assert ADDRESS.validate_python(given) == kept


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("api.example.com", "is not an address"),
        ("ftp://api.example.com", "is not an address"),
        ("https://", "is not an address"),
        ("http://api.example.com", "only allowed towards this machine"),
        ("http://127.0.0.1.example.com", "only allowed towards this machine"),
        ("https://user:hunter2@api.example.com", "no user, password"),
        ("https://api.example.com/?key=hunter2", "no user, password"),
        ("https://api.example.com/#top", "fragment"),
    ],
)
def test_what_may_not_be_asked_is_refused_in_words(given: str, told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        ADDRESS.validate_python(given)
