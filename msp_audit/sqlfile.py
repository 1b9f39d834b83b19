"""Reads "TOML header + one query" files: the shape that views, rules and report sections share."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from msp_audit.errors import RuleError
from msp_audit.tomlfile import parse_toml

#: A leading block comment, and everything after it.
_HEADER = re.compile(r"\A\s*/\*(?P<header>.*?)\*/(?P<query>.*)\Z", re.DOTALL)
_TOML_LINE = re.compile(r"line (\d+)")
#: Larger than any file a person writes; guards against a wrong path.
MAX_BYTES = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class SqlFile:
    """One file: what its header says and the query below it."""

    #: ``folder.file`` relative to the root it was found under.
    name: str
    path: Path
    header: Mapping[str, Any]
    sql: str
    #: 1-based line on which the query begins, for error messages.
    first_line: int


def read_sql_file(path: Path, *, root: Path) -> SqlFile:
    """Read *path*; its name is its path below *root*.

    Raises:
        RuleError: no header, header that is not TOML, or no query; with file and line.
    """
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise RuleError(f"{path}: cannot be read ({error.strerror}).") from error
    if len(raw) > MAX_BYTES:
        raise RuleError(f"{path}: is larger than {MAX_BYTES:,} bytes; this is not a rule file.")
    try:
        text = raw.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise RuleError(f"{path}: is not UTF-8 text (byte {error.start}). Save it as UTF-8.") from error
    match = _HEADER.match(text)
    if match is None:
        raise RuleError(
            f'{path}:1: has no header. Begin the file with /* title = "…" */ and put the select below it.'
        )
    header_line = text[: match.start("header")].count("\n") + 1
    sql = match["query"].strip().removesuffix(";").strip()
    if not sql:
        raise RuleError(f"{path}: has a header but no query below it.")
    offset = match.start("query") + (len(match["query"]) - len(match["query"].lstrip()))
    return SqlFile(
        name=".".join(path.relative_to(root).with_suffix("").parts),
        path=path,
        header=_header(match["header"], path=path, first_line=header_line),
        sql=sql,
        first_line=text[:offset].count("\n") + 1,
    )


def _header(text: str, *, path: Path, first_line: int) -> dict[str, Any]:
    try:
        return parse_toml(text)
    except ValueError as error:
        found = _TOML_LINE.search(str(error))
        line = first_line + (int(found[1]) if found else 1) - 1
        cause = re.sub(r"\s*\(at .*\)$", "", str(error))
        raise RuleError(f"{path}:{line}: the header is not TOML: {cause}.") from error
