"""Reads TOML files that people write: settings, suppressions, report definitions, cases of rules."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from msp_audit.errors import MspAuditError, SettingsError

#: Larger than any file a person writes; guards against a wrong path.
MAX_BYTES = 10_000_000
#: Parts of one dotted key; each costs as much as all before it, and a level that others walk down.
MAX_PARTS = 200


def read_toml(path: Path, *, kind: type[MspAuditError] = SettingsError) -> dict[str, Any]:
    """The document in *path*; what is wrong with it is told as a *kind* of error.

    Raises:
        FileNotFoundError: there is no such file; what that means, the caller knows.
        MspAuditError: it cannot be read, is too large, or is not TOML.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise kind(f"{path}: is larger than {MAX_BYTES:,} bytes; nobody wrote this by hand.")
        return parse_toml(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise
    except UnicodeDecodeError as error:
        raise kind(f"{path}: is not UTF-8 text (byte {error.start}). Save it as UTF-8.") from None
    except ValueError as error:
        raise kind(f"{path}: is not TOML: {error}.") from None
    except OSError as error:
        raise kind(f"{path}: cannot be read ({error.strerror}).") from error


def parse_toml(text: str) -> dict[str, Any]:
    """The document in *text*.

    Raises:
        ValueError: it is not TOML (tomllib names line and column), or nested beyond reason.
    """
    for number, line in enumerate(text.split("\n"), start=1):
        if line.count(".") > MAX_PARTS and any(part.count(".") > MAX_PARTS for part in line.split("=")):
            raise ValueError(f"more than {MAX_PARTS} dots in a row (at line {number}, column 1)")
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise ValueError("its brackets are nested too deeply (at line 1, column 1)") from None
