"""The findings of the interactive face: packed small, for a table library that shows what is looked at."""

from __future__ import annotations

import base64
import gzip
from typing import Any

import orjson

from msp_audit.domain import Severity
from msp_audit.reporting.part import Section
from msp_audit.reporting.words import NOTHING, facts, plain

_SEVERITIES = [severity.value for severity in Severity]


def packed(section: Section, *, is_for_customer: bool) -> str:
    """The rows of a findings *section* as base64 of gzip of JSON; the browser unpacks it by itself.

    Companies and rules stand once and are named by their place; a row is a list. Evidence, advice and
    links are left out of what goes to a customer.
    """
    companies: dict[Any, dict[str, Any]] = {}
    rules: dict[str, dict[str, Any]] = {}
    rows = []
    for row in section.rows:
        company = companies.setdefault(
            row["company_id"], {"at": len(companies), "name": row["company_name"], "id": row["company_id"]}
        )
        rule = rules.setdefault(
            row["rule"], {"at": len(rules), **_rule(row, is_for_customer=is_for_customer)}
        )
        told = "" if is_for_customer else _told(row)
        rows.append(
            [
                row["finding_id"],
                company["at"],
                rule["at"],
                _SEVERITIES.index(row["severity"]) if row["severity"] in _SEVERITIES else len(_SEVERITIES),
                row["entity_name"] or NOTHING,
                row["reason"] or NOTHING,
                told,
                f"{row['first_seen_at']:%Y-%m-%d}" if row["first_seen_at"] else "",
                row["age_days"],
                row["detection"],
                list(row["links"]),
            ]
        )
    document = {
        "severities": _SEVERITIES,
        "companies": list(companies.values()),
        "rules": list(rules.values()),
        "rows": rows,
        "left": section.left_out,
    }
    # No time and no name in the header: the same rows are the same bytes.
    return base64.b64encode(gzip.compress(orjson.dumps(document), compresslevel=6, mtime=0)).decode("ascii")


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
