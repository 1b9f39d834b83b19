"""Saved queries: ``.sql`` files with the header and parameters of rules, ours and the workspace's."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from msp_audit.errors import RuleError, SettingsError
from msp_audit.sqlfile import SqlFile, read_sql_file
from msp_audit.store import QueryFailed, inspect

BUILT_IN = Path(__file__).parent.parent / "queries"
_KNOWN = ("title", "why", "source", "params")


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedQuery:
    """One question with a name, and the values it is asked with when nobody says others."""

    name: str
    title: str
    why: str
    params: Mapping[str, Any]
    sql: str
    path: Path

    def filled(self, given: Mapping[str, str]) -> dict[str, Any]:
        """All parameters, *given* ones (as typed) in the type of their default.

        Raises:
            SettingsError: one is unknown, or not of that type.
        """
        values = dict(self.params)
        for name, text in given.items():
            if name not in values:
                known = ", ".join(values) or "none"
                raise SettingsError(f"{self.name} has no parameter '{name}'; it has {known}.")
            values[name] = _as_typed(name, text, like=values[name])
        return values


def load_queries(workspace: Path) -> dict[str, SavedQuery]:
    """Name to query; a file of the same name in the workspace's folder replaces ours.

    Raises:
        RuleError: a file is no saved query.
    """
    return {
        ".".join(path.relative_to(root).with_suffix("").parts): _query(read_sql_file(path, root=root))
        for root in (BUILT_IN, workspace)
        if root.is_dir()
        for path in sorted(root.rglob("*.sql"))
    }


def named_query(queries: Mapping[str, SavedQuery], name: str) -> SavedQuery:
    """The query called *name*.

    Raises:
        SettingsError: there is none; the nearest name is suggested.
    """
    if name in queries:
        return queries[name]
    near = difflib.get_close_matches(name, queries, n=1)
    hint = f" Did you mean '{near[0]}'?" if near else " 'msp-audit queries' lists them."
    raise SettingsError(f"There is no saved query '{name}'.{hint}")


def _query(file: SqlFile) -> SavedQuery:
    for name in file.header:
        if name not in _KNOWN:
            raise RuleError(f"{file.path}:1: '{name}' is unknown in a query's header; known: {_KNOWN}.")
    if not file.header.get("title"):
        raise RuleError(f'{file.path}:1: the header needs title = "…".')
    params = dict(file.header.get("params", {}))
    try:
        unknown = sorted(inspect(file.sql).params - set(params))
    except QueryFailed as error:
        raise RuleError(f"{file.path}:{file.first_line}: the query does not parse: {error}") from error
    if unknown:
        raise RuleError(f"{file.path}:{file.first_line}: ${unknown[0]} has no default below [params].")
    return SavedQuery(
        name=file.name,
        title=str(file.header["title"]),
        why=str(file.header.get("why", "")),
        params=params,
        sql=file.sql,
        path=file.path,
    )


def _as_typed(name: str, text: str, *, like: object) -> object:
    try:
        if isinstance(like, bool):
            return {"true": True, "false": False}[text.lower()]
        return type(like)(text) if isinstance(like, int | float) else text
    except (KeyError, ValueError):
        raise SettingsError(f"{name} is {type(like).__name__}, like {like!r}; '{text}' is not.") from None
