"""Secrets by reference: settings name where a secret is, never the secret itself."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from msp_audit.errors import SettingsError

_ADVICE = (
    'write "env:NAME" for an environment variable, "file:/path" for a file, "credential:NAME" for one of'
    " systemd's or \"keyring:SERVICE/NAME\" for the system's key ring"
)


class SecretReference:
    """Where a secret is; the value is looked up when it is needed, and never kept.

    ``env:NAME``, ``file:/path``, ``credential:NAME`` (systemd's ``LoadCredential=``), or
    ``keyring:SERVICE/NAME`` (the system's key ring, where the package keyring is installed).
    """

    __slots__ = ("_place", "_scheme")

    def __init__(self, reference: str) -> None:
        scheme, _, place = reference.partition(":")
        if scheme not in _LOOK_UP or not place:
            # The text is not repeated: it may be the secret itself.
            raise ValueError(f"is not a reference to a secret; {_ADVICE}")
        self._scheme = scheme
        self._place = place

    def reveal(self) -> str:
        """The secret, without surrounding blanks.

        Raises:
            SettingsError: there is none at that place, or it is empty.
        """
        value = _LOOK_UP[self._scheme](self._place)
        if not value.strip():
            raise SettingsError(f"The settings refer to {self!s} for a secret; there is none.")
        return value.strip()

    def __str__(self) -> str:
        return f"{self._scheme}:{self._place}"

    def __repr__(self) -> str:
        return f"SecretReference({self._scheme}:{self._place})"

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: Any, _handler: GetCoreSchemaHandler) -> CoreSchema:  # noqa: ANN401
        return core_schema.no_info_plain_validator_function(cls._validate)

    @classmethod
    def _validate(cls, value: object) -> SecretReference:
        if isinstance(value, cls):
            return value
        if not isinstance(value, str):
            raise ValueError(f"is not a reference to a secret; {_ADVICE}")  # noqa: TRY004 (pydantic wants ValueError)
        return cls(value)


def _of_environment(name: str) -> str:
    value = os.environ.get(name, "")
    if not value.strip():
        raise SettingsError(
            f"The environment variable {name} is not set. The settings refer to it for a secret."
        )
    return value


def _of_file(place: str) -> str:
    try:
        value = Path(place).expanduser().read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"The secret file {place} cannot be read: {error}.") from error
    if not value.strip():
        raise SettingsError(f"The secret file {place} is empty. The settings refer to it for a secret.")
    return value


def _of_systemd(name: str) -> str:
    folder = os.environ.get("CREDENTIALS_DIRECTORY")
    if not folder:
        raise SettingsError(
            f"The secret credential:{name} is only there in a service of systemd with LoadCredential={name}."
        )
    if "/" in name or name in (".", ".."):
        raise SettingsError("The name of a credential is no path; write credential:NAME.")
    return _of_file(str(Path(folder) / name))


def _of_key_ring(place: str) -> str:
    service, _, name = place.rpartition("/")
    try:
        keyring = import_module("keyring")
    except ImportError:
        raise SettingsError(
            "A secret is in the key ring, which the package keyring reads: pip install keyring."
        ) from None
    try:
        return str(keyring.get_password(service, name) or "")
    except Exception as error:  # noqa: BLE001  (each system's key ring has errors of its own)
        kind = type(error).__name__
        raise SettingsError(f"The key ring does not give keyring:{place} ({kind}). Is it unlocked?") from None


#: Scheme -> who looks a secret up.
_LOOK_UP: Mapping[str, Callable[[str], str]] = {
    "env": _of_environment,
    "file": _of_file,
    "credential": _of_systemd,
    "keyring": _of_key_ring,
}
