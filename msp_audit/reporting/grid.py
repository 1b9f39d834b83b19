"""The findings of the interactive face: packed small, for a table library that shows what is looked at."""

from __future__ import annotations

import base64
import zlib
from typing import Any

import orjson

from msp_audit.domain import Severity
from msp_audit.reporting.part import Section
from msp_audit.reporting.stream import Asking
from msp_audit.reporting.words import NOTHING, facts, plain

_SEVERITIES = [severity.value for severity in Severity]


def packed(section: Section, asking: Asking, *, is_for_customer: bool) -> str:
    """All rows of a findings *section* as base64 of gzip of JSON; the browser unpacks it by itself.

    What *section* leaves out is asked for row by row: a hundred thousand findings are never held together.
    Companies and rules stand once and are named by their place; a row is a list. Evidence, advice and
    links are left out of what goes to a customer.

    Raises:
        ReportError: the section's query does not run.
    """
    companies: dict[Any, dict[str, Any]] = {}
    rules: dict[str, dict[str, Any]] = {}
    # A gzip without time and name in its header: the same rows are the same bytes.
    squeezed = zlib.compressobj(6, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    parts = [squeezed.compress(b'{"rows":[')]
    for place, row in enumerate(asking.rows(section.name) if section.left_out else section.rows):
        company = companies.setdefault(
            row["company_id"], {"at": len(companies), "name": row["company_name"], "id": row["company_id"]}
        )
        rule = rules.setdefault(
            row["rule"], {"at": len(rules), **_rule(row, is_for_customer=is_for_customer)}
        )
        told = _finding(row, company["at"], rule["at"], is_for_customer=is_for_customer)
        parts.append(squeezed.compress((b"," if place else b"") + orjson.dumps(told)))
    named = {"severities": _SEVERITIES, "companies": list(companies.values()), "rules": list(rules.values())}
    parts.append(squeezed.compress(b"]," + orjson.dumps(named)[1:]))
    parts.append(squeezed.flush())
    return base64.b64encode(b"".join(parts)).decode("ascii")


def _finding(row: dict[str, Any], company: int, rule: int, *, is_for_customer: bool) -> list[object]:
    return [
        row["finding_id"],
        company,
        rule,
        _SEVERITIES.index(row["severity"]) if row["severity"] in _SEVERITIES else len(_SEVERITIES),
        row["entity_name"] or NOTHING,
        row["reason"] or NOTHING,
        "" if is_for_customer else _told(row),
        f"{row['first_seen_at']:%Y-%m-%d}" if row["first_seen_at"] else "",
        row["age_days"],
        row["detection"],
        list(row["links"]),
    ]


def _rule(row: dict[str, Any], *, is_for_customer: bool) -> dict[str, Any]:
    if is_for_customer:
        return {"name": row["title"], "title": row["title"], "why": "", "remedy": ""}
    shown = {"why": row["why"] or "", "remedy": row["remedy"] or ""}
    return {"name": row["rule"], "title": row["title"], **shown}


def _told(row: dict[str, Any]) -> str:
    evidence = row["evidence"]
    if not isinstance(evidence, dict):
        return ""
    pairs = facts(evidence, without=[row["company_name"], row["entity_name"]])
    return plain(" · ".join(f"{name} {text}" for name, text in pairs if not text.startswith("https://")))
