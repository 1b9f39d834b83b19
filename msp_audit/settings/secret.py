"""Secrets by reference: settings name where a secret is, never the secret itself."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from msp_audit.errors import SettingsError

_ADVICE = 'write "env:NAME" for an environment variable or "file:/path" for a file'


class SecretReference:
    """``env:NAME`` or ``file:/path``; the value is looked up when it is needed, and never kept."""

    __slots__ = ("_place", "_scheme")

    def __init__(self, reference: str) -> None:
        scheme, _, place = reference.partition(":")
        if scheme not in ("env", "file") or not place:
            # The text is not repeated: it may be the secret itself.
            raise ValueError(f"is not a reference to a secret; {_ADVICE}")
        self._scheme = scheme
        self._place = place

    def reveal(self) -> str:
        """The secret, without surrounding blanks.

        Raises:
            SettingsError: the variable is not set, or the file cannot be read or is empty.
        """
        if self._scheme == "env":
            value = os.environ.get(self._place, "")
            missing = f"The environment variable {self._place} is not set."
        else:
            try:
                value = Path(self._place).expanduser().read_text(encoding="utf-8")
            except (OSError, UnicodeDecodeError) as error:
                raise SettingsError(f"The secret file {self._place} cannot be read: {error}.") from error
            missing = f"The secret file {self._place} is empty."
        if not value.strip():
            raise SettingsError(f"{missing} The settings refer to it for a secret.")
        return value.strip()

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
