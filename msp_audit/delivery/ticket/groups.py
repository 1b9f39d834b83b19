"""Reads what tickets are about from the ledger: open, rolled-up findings, grouped by company and rule."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Protocol

from msp_audit.delivery.ticket.keys import group_key
from msp_audit.delivery.ticket.model import Facts, Gone, Group, Item, Kind
from msp_audit.domain import Rows, Severity
from msp_audit.errors import StoreError
from msp_audit.settings import TicketSettings

_RUN = """
select runs.run_id, runs.as_of
from audit.runs as runs
where runs.finished_at is not null
order by runs.run_id desc
limit 1
"""
_SOURCES = """
select sources.source, sources.read_at
from audit.run_sources as sources
where sources.run_id = $run_id
order by sources.source
"""
_FINDINGS = """
select
    findings.finding_id,
    findings.rule,
    findings.severity,
    findings.company_id,
    findings.company_name,
    findings.entity_id,
    findings.entity_name,
    findings.reason,
    findings.key::varchar as key,
    findings.first_seen_at,
    findings.detection = 'resolved' as is_resolved,
    findings.triage = 'suppressed' as is_suppressed,
    findings.parent_finding_id is not null as is_folded
from audit.findings as findings
where findings.detection <> 'resolved' or findings.finding_id in (select unnest($told::varchar[]))
order by findings.rule, findings.entity_name, findings.finding_id
"""
_RULES = "select rules.rule, rules.title, rules.why, rules.remedy, rules.subject from audit.rules as rules"


class Queries(Protocol):
    """A database, ours or the published copy."""

    def query(self, sql: str, params: Mapping[str, Any] | None = None) -> Rows:
        """Run one statement."""
        ...


def read_facts(
    database: Queries, *, settings: TicketSettings, system: str, told: Iterable[str] = ()
) -> Facts:
    """What the latest run says; *told* are the findings that any ticket knows of.

    Raises:
        StoreError: there is no run yet.
    """
    run = database.query(_RUN).rows
    if not run:
        raise StoreError("There is no run to make tickets of yet. 'msp-audit run' makes one.")
    run_id, as_of = run[0]
    sources = database.query(_SOURCES, {"run_id": run_id}).rows
    read_at = [read for _, read in sources if isinstance(read, datetime)]
    rules = {row["rule"]: row for row in database.query(_RULES).records()}
    gone: dict[str, Gone] = {}
    items: dict[tuple[str, int | None], list[Item]] = {}
    for row in database.query(_FINDINGS, {"told": list(told)}).records():
        why = _why_not(row, settings)
        if why is None:
            items.setdefault((_scope(row["rule"], settings), row["company_id"]), []).append(_item(row))
        else:
            gone[row["finding_id"]] = why
    made = [_group(found, rules, settings=settings, system=system) for found in items.values()]
    groups = {group.key: group for group in made}
    return Facts(
        run_id=run_id,
        as_of=as_of,
        seen_at=min(read_at, default=as_of),
        sources=tuple(source for source, _ in sources),
        groups=groups,
        gone=gone,
    )


def _why_not(row: Mapping[str, Any], settings: TicketSettings) -> Gone | None:
    if row["is_resolved"]:
        return Gone.RESOLVED
    if row["is_suppressed"]:
        return Gone.SUPPRESSED
    if row["is_folded"]:
        return Gone.EXPLAINED
    theme = str(row["rule"]).rpartition(".")[0]
    is_chosen = not settings.rules or row["rule"] in settings.rules or theme in settings.rules
    is_bad = Severity(row["severity"]).at_least(settings.severity_floor)
    return None if is_chosen and is_bad else Gone.LEFT_OUT


def _item(row: Mapping[str, Any]) -> Item:
    return Item(
        finding_id=row["finding_id"],
        rule=row["rule"],
        severity=Severity(row["severity"]),
        entity_id=row["entity_id"] or "",
        entity_name=row["entity_name"] or "",
        reason=row["reason"] or "",
        key=row["key"] or "",
        company_id=row["company_id"],
        company_name=row["company_name"] or "",
        first_seen_at=row["first_seen_at"],
    )


def _scope(rule: str, settings: TicketSettings) -> str:
    return {"rule": rule, "theme": rule.rpartition(".")[0]}.get(settings.per, "run")


def _group(
    items: list[Item], rules: Mapping[str, Mapping[str, Any]], *, settings: TicketSettings, system: str
) -> Group:
    first = items[0]
    kind, scope = Kind(settings.per), _scope(first.rule, settings)
    rule = rules.get(first.rule, {}) if kind is Kind.RULE else {}
    titles = {Kind.RULE: str(rule.get("title") or scope), Kind.THEME: f"Audit findings: {scope}"}
    return Group(
        key=group_key(system=system, kind=kind, scope=scope, company_id=first.company_id),
        kind=kind,
        scope=scope,
        title=titles.get(kind, "Audit findings"),
        company_id=first.company_id,
        company_name=next((item.company_name for item in items if item.company_name), ""),
        items=tuple(items),
        why=str(rule.get("why") or ""),
        remedy=str(rule.get("remedy") or ""),
        subject=str(rule.get("subject") or scope),
    )
