"""An address that something is asked at: https, or plain http towards this machine."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator

#: Names of this machine.
LOOPBACK = {"localhost", "127.0.0.1", "::1"}


def _address(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("https", "http") or not parts.hostname:
        raise ValueError("is not an address; write it as https://host or https://host/path")
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        raise ValueError("uses plain http, which is only allowed towards this machine; write https://")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError("must hold no user, password, query or fragment")
    return value.rstrip("/")


Address = Annotated[str, AfterValidator(_address)]
