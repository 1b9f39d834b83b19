"""Writing a rule: a scaffold to begin with, its values in place, and what the house asks of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from msp_audit.audit.cases import SOME_DAY
from msp_audit.domain import Rule
from msp_audit.errors import RuleError
from msp_audit.store import Database, QueryFailed, inspect

_CONTRACT = ("company_id", "entity_id", "entity_name", "reason")
_NAME = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*")
#: Texts, quoted names, comments, and then parameters: what is inside the former is none.
_TOKENS = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|--[^\n]*|/\*.*?\*/|\$([a-z_][a-z0-9_]*)", re.DOTALL)
_CLOCK = re.compile(r"\bnow\s*\(|\bcurrent_(date|time|timestamp)\b|\btoday\s*\(", re.IGNORECASE)
_STAR = re.compile(r"\bselect\s+(\w+\.)?\*", re.IGNORECASE)
_RULE = """/*
title    = "Company without a name"
severity = "medium"
subject  = "psa.companies"
key      = ["company_id"]
why      = "Say what it costs when nobody mends this."
remedy   = "Say what to do, and where."
source   = "your own"

[params]
*/
select
    companies.company_id,
    companies.company_id as entity_id,
    coalesce(companies.identifier, '(no identifier)') as entity_name,
    'The company has no name.' as reason,
    companies.status_name
from psa.companies as companies
where companies.name is null
"""
_CASES = """[flags_a_company_without_a_name]
given."psa.companies" = [
    { company_id = 1, identifier = "ACME" },
    { company_id = 2, identifier = "ZENITH", name = "Zenith" },
]
expect = [{ entity_id = 1, entity_name = "ACME" }]

[stays_silent_on_a_company_with_a_name]
given."psa.companies" = [{ company_id = 2, identifier = "ZENITH", name = "Zenith" }]
expect = []
"""


def scaffold_rule(name: str, folder: Path) -> tuple[Path, Path]:
    """Write a rule that works and its cases below *folder*, to be changed into the one that is wanted.

    Raises:
        RuleError: the name is none, or there is such a file.
    """
    check_name(name)
    path = folder.joinpath(*name.split(".")).with_suffix(".sql")
    cases = path.with_suffix(".toml")
    for file in (path, cases):
        if file.exists():
            raise RuleError(f"{file} exists already; nothing was changed.")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(_RULE, encoding="utf-8")
    cases.write_text(_CASES, encoding="utf-8")
    return path, cases


def check_name(name: str) -> None:
    """Refuse what is no name of a rule.

    Raises:
        RuleError: it is not a theme, a dot and a fault.
    """
    if not _NAME.fullmatch(name):
        raise RuleError(f"'{name}' is no name of a rule; write it as theme.fault, in lower case.")


def filled(rule: Rule, *, as_of: datetime) -> str:
    """The query with values in place of its parameters, to be pasted anywhere."""
    values: Mapping[str, Any] = {**rule.params, "as_of": as_of}
    return _TOKENS.sub(
        lambda found: _literal(values[found[1]]) if found[1] in values else found[0],
        rule.sql,
    )


def lint(rule: Rule, *, database: Database) -> Iterator[str]:
    """What the house asks of a rule and this one does not keep; *database* has the relations, empty."""
    for word in ("why", "remedy", "source", "subject"):
        if not getattr(rule, word):
            yield f"the header has no {word}"
    bare = _TOKENS.sub(lambda found: found[0] if found[1] else " ", rule.sql)
    if _CLOCK.search(bare):
        yield "the query asks the clock; use $as_of, so that a run can be judged again"
    if _STAR.search(bare):
        yield "the query selects *; name the columns, they are the evidence"
    inspection = inspect(rule.sql)
    if rule.subject and rule.subject not in inspection.relations:
        yield f"the subject {rule.subject} is not read by the query"
    for param in sorted(set(rule.params) - inspection.params):
        yield f"the parameter {param} is not used by the query"
    try:
        found = database.query(rule.sql, {**rule.params, "as_of": SOME_DAY})
    except QueryFailed as error:
        yield f"the query does not run: {error}"
        return
    if found.columns[:4] != _CONTRACT:
        yield f"the first four columns are {found.columns[:4]}; they must be {_CONTRACT}"
    missing = [column for column in rule.key if column not in found.columns]
    if len(missing) > 1:
        yield f"the key's columns {', '.join(missing)} are not in the output"


def _literal(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, datetime):
        return f"timestamp '{value:%Y-%m-%d %H:%M:%S}'"
    if isinstance(value, date):
        return f"date '{value}'"
    if isinstance(value, list):
        return f"[{', '.join(map(_literal, value))}]"
    return "'" + str(value).replace("'", "''") + "'"
