"""A small published database, made by hand: the ledger of an invented MSP after three weekly runs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb

from msp_audit.store.layout import layout_steps
from tests.reporting.invented import COMPANIES, MACHINES, RULES, WEEKS
from tests.reporting.memory import MemoryReader

__all__ = ["COMPANIES", "RULES", "WEEKS", "Estate", "crowded", "empty", "weekly"]


class Estate:
    """Builds the ledger; every method adds, :meth:`reader` hands it over."""

    def __init__(self, path: Path | None = None) -> None:
        self.connection = duckdb.connect(path or ":memory:")
        self.connection.execute("set timezone = 'UTC'")
        self.connection.execute("create schema audit; create table audit.migrations (version integer)")
        for version, migration in layout_steps().items():
            self.connection.execute(migration.read_text(encoding="utf-8"))
            self.insert("audit.migrations", version=version)
        self.findings = 0

    def reader(self) -> MemoryReader:
        return MemoryReader(self.connection)

    def insert(self, table: str, **values: Any) -> None:
        marks = ", ".join("?" for _ in values)
        self.connection.execute(
            f"insert into {table} ({', '.join(values)}) values ({marks})", list(values.values())
        )

    def run(self, run_id: int, *, sources: Sequence[str] = ("psa", "automate", "auvik")) -> None:
        as_of = WEEKS[run_id - 1]
        self.insert(
            "audit.runs",
            run_id=run_id,
            as_of=as_of,
            started_at=as_of,
            finished_at=as_of + timedelta(seconds=9),
            is_first=run_id == 1,
            program_version="0.1.0",
        )
        for place, source in enumerate(sources):
            self.insert(
                "audit.run_sources",
                run_id=run_id,
                source=source,
                snapshot_id=run_id * 10 + place,
                read_at=as_of,
                is_new=True,
            )

    def resource(
        self,
        run_id: int,
        source: str,
        resource: str,
        *,
        verdict: str = "complete",
        reason: str = "",
        rows: int = 100,
    ) -> None:
        as_of = WEEKS[run_id - 1]
        self.insert(
            "audit.run_resources",
            run_id=run_id,
            source=source,
            resource=resource,
            verdict=verdict,
            reason=reason,
            row_count=rows,
            server_count=rows if source == "psa" else None,
            page_count=1,
            request_count=2,
            retry_count=0,
            duplicate_count=0,
            elapsed_seconds=1.5,
            last_complete_at=as_of if verdict == "complete" else as_of - timedelta(days=7),
        )

    def rule(
        self,
        run_id: int,
        rule: str,
        *,
        outcome: str = "evaluated",
        reason: str = "",
        findings: int = 0,
        inputs: Sequence[str] = ("psa.companies",),
    ) -> None:
        known = {r[0]: r for r in RULES}
        _, title, severity, subject, size, why, remedy = known.get(
            rule, (rule, f"Rule {rule}", "medium", "psa.companies", 10, "Why.", "Remedy.")
        )
        if not self.connection.execute("select 1 from audit.rules where rule = ?", [rule]).fetchall():
            self.insert(
                "audit.rules",
                rule=rule,
                theme=rule.partition(".")[0],
                title=title,
                severity=severity,
                subject=subject,
                key=["id"],
                parents=[],
                why=why,
                remedy=remedy,
                source="seed 000",
                origin="built-in",
                digest="d",
                sql="select 1",
            )
        self.insert(
            "audit.rule_runs",
            run_id=run_id,
            rule=rule,
            outcome=outcome,
            reason=reason,
            finding_count=findings,
            subject_count=size if outcome == "evaluated" else None,
            elapsed_seconds=0.01,
            digest="d",
            inputs=list(inputs),
        )

    def finding(
        self,
        rule: str,
        *,
        company: tuple[int, str] | None = COMPANIES[0],
        name: str = "SRV-DC01",
        severity: str = "",
        reason: str = "In contact with Automate but has no configuration in PSA.",
        evidence: Mapping[str, object] | None = None,
        detection: str = "open",
        seen: int = 1,
        events: Mapping[int, str] | None = None,
        parent: str | None = None,
        triage: str = "none",
    ) -> str:
        self.findings += 1
        finding_id = f"{self.findings:016x}"
        default = {r[0]: r[2] for r in RULES}.get(rule, "medium")
        self.insert(
            "audit.findings",
            finding_id=finding_id,
            rule=rule,
            key=json.dumps({"id": str(self.findings)}),
            severity=severity or default,
            company_id=company[0] if company else None,
            company_name=company[1] if company else None,
            entity_id=str(self.findings),
            entity_name=name,
            reason=reason,
            evidence=json.dumps(evidence or {}),
            detection=detection,
            triage=triage,
            parent_finding_id=parent,
            first_seen_run_id=seen,
            first_seen_at=WEEKS[seen - 1],
            last_seen_run_id=3,
            last_seen_at=WEEKS[2],
            changed_run_id=seen,
            resolved_at=WEEKS[2] if detection == "resolved" else None,
            times_reopened=int(detection == "reopened"),
        )
        for run_id, event in (events or {seen: "new"}).items():
            self.insert(
                "audit.finding_events",
                run_id=run_id,
                finding_id=finding_id,
                rule=rule,
                event=event,
                occurred_at=WEEKS[run_id - 1],
                detail="{}",
            )
        return finding_id

    def count_runs(self) -> None:
        """Fill audit.run_counts from the findings: the last run as it is, those before by first sight."""
        self.connection.execute("""
            insert into audit.run_counts by name
            select
                runs.run_id,
                findings.rule,
                findings.severity,
                findings.company_id,
                count(*) filter (
                    findings.first_seen_run_id <= runs.run_id
                    and findings.parent_finding_id is null
                    and not (findings.detection = 'resolved' and runs.run_id = 3)
                ) as open_count,
                count(*) filter (findings.first_seen_run_id = runs.run_id) as new_count,
                0 as reopened_count,
                count(*) filter (findings.detection = 'resolved' and runs.run_id = 3) as resolved_count,
                0 as unchecked_count,
                count(*) filter (findings.parent_finding_id is not null) as folded_count,
            from audit.findings as findings, audit.runs as runs
            group by all
        """)

    def crowd(
        self, number: int, *, run_id: int, companies: int, rules: Sequence[str], name: str = "'MACHINE-' || n"
    ) -> None:
        """*number* new findings at once, spread over *companies* and *rules*; *name* is SQL over n."""
        self.connection.execute(
            f"""
            insert into audit.findings by name
            select
                printf('%016x', n) as finding_id,
                rules.rule,
                '{{}}' as key,
                rules.severity,
                100 + n % $companies as company_id,
                'Company <&> ' || (n % $companies) as company_name,
                n::varchar as entity_id,
                {name} as entity_name,
                'In contact with Automate but has no configuration in PSA.' as reason,
                '{{"last_contact_at": "2026-11-01T22:14:00", "operating_system": "Windows 11 Pro"}}'
                    as evidence,
                'new' as detection,
                'none' as triage,
                $run_id as first_seen_run_id,
                $at as first_seen_at,
                $run_id as last_seen_run_id,
                $at as last_seen_at,
                $run_id as changed_run_id,
                0 as times_reopened,
            from range($number::bigint) as numbers (n)
            inner join (
                select rule, severity, row_number() over (order by rule) - 1 as place
                from audit.rules where list_contains($rules, rule)
            ) as rules
                on rules.place = n % len($rules)
            """,
            {
                "number": number,
                "companies": companies,
                "run_id": run_id,
                "at": WEEKS[run_id - 1],
                "rules": list(rules),
            },
        )
        self.connection.execute(
            """
            insert into audit.finding_events by name
            select
                $run_id as run_id, finding_id, rule, 'new' as event, first_seen_at as occurred_at,
                '{}' as detail,
            from audit.findings
            """,
            {"run_id": run_id},
        )
        self.count_runs()


def weekly(*, faulty: bool = True) -> Estate:
    """Three runs; in the last one a list was refused and a rule not judged (unless not *faulty*)."""
    made = Estate()
    for run_id in (1, 2, 3):
        made.run(run_id)
        for source, resources in {
            "psa": ("companies", "configurations", "sites"),
            "automate": ("clients", "computers", "locations"),
            "auvik": ("devices", "tenants"),
        }.items():
            for place, resource in enumerate(resources):
                made.resource(run_id, source, resource, rows=137 * (place + 1))
        for rule, *_ in RULES:
            is_out = faulty and run_id == 3 and rule == "hygiene.serial_duplicated"
            made.rule(
                run_id,
                rule,
                findings=3,
                outcome="not_evaluated" if is_out else "evaluated",
                reason="Needs psa.configuration_statuses, which was refused." if is_out else "",
            )
    if faulty:
        made.resource(
            3,
            "psa",
            "configuration_statuses",
            verdict="refused",
            rows=0,
            reason="psa refused 'configuration_statuses' with HTTP 403. Let the API member inquire on it.",
        )
    _plant(made)
    made.count_runs()
    return made


def _plant(made: Estate) -> None:
    for place, company in enumerate(COMPANIES):
        parent = (
            made.finding(
                "sync.client_unsynced",
                company=company,
                name=company[1],
                seen=1 + place % 3,
                reason=f"Client {company[1]} has no mapped PSA company.",
                evidence={"computer_count": 4 + place * 3},
            )
            if place % 4 == 0
            else None
        )
        for turn in range(1 + (place * 5) % 8):
            made.finding(
                "coverage.computer_without_configuration",
                company=company,
                name=MACHINES[turn % len(MACHINES)],
                seen=1 + (turn + place) % 3,
                parent=parent if turn > 1 else None,
                evidence={
                    "last_contact_at": "2026-11-15T22:14:00",
                    "operating_system": "Windows Server 2019",
                    "serial_number": f"5CG{place}{turn}81KXQ",
                },
            )
        if place % 2:
            made.finding(
                "auvik.serial_placeholder",
                company=company,
                name=f"SW-FLOOR-{place}",
                seen=2,
                reason="The serial number 'Default string' identifies nothing.",
                evidence={"serial_number": "Default string", "make": "Netgear", "model": "GS724T"},
            )
            made.finding(
                "hygiene.serial_duplicated",
                company=company,
                name=f"9XK{place}4TT",
                detection="unchecked",
                reason=f"Two active configurations carry the serial number 9XK{place}4TT.",
                evidence={
                    "configuration_ids": [4410 + place, 4512 + place],
                    "names": ["LT-0417", "LT-0417-OLD"],
                },
                events={1: "new", 3: "unchecked"},
            )
        if place % 3 == 1:
            made.finding(
                "hygiene.computer_stale",
                company=company,
                name=f"LT-03{place}9",
                seen=1,
                reason="Last contact 61 days ago; its configuration is still active.",
                evidence={"last_contact_at": "2026-09-16T10:02:00", "is_billed": True},
            )
    made.finding(
        "mapping.company_gone",
        company=COMPANIES[2],
        name="Copperline Freight",
        seen=3,
        reason="Client Copperline Freight is mapped to company 96, which is deleted.",
        evidence={"client_id": 96, "company_is_deleted": True},
    )
    made.finding(
        "hygiene.computer_stale",
        company=COMPANIES[4],
        name="WS-OLD-PC",
        detection="resolved",
        events={1: "new", 3: "resolved"},
        reason="Last contact 50 days ago; its configuration is still active.",
    )
    made.finding(
        "coverage.computer_without_configuration",
        company=COMPANIES[5],
        name="LT-0500",
        detection="reopened",
        events={1: "new", 2: "resolved", 3: "reopened"},
    )
    for status in ("Waiting Parts", "Scheduled", "Customer Updated"):
        made.finding(
            "sync.status_unmapped_from_psa",
            company=None,
            name=status,
            reason=f"Tickets in '{status}' keep their old status in Automate.",
            evidence={"board": "Service"},
        )


def empty(path: Path | None = None) -> Estate:
    """One run over everything, and nothing found."""
    made = Estate(path)
    made.run(1)
    for source, resource in (("psa", "companies"), ("automate", "computers"), ("auvik", "devices")):
        made.resource(1, source, resource)
    for rule, *_ in RULES:
        made.rule(1, rule)
    return made


def crowded(number: int) -> Estate:
    """One finding after another, *number* in all, spread over companies and rules."""
    made = Estate()
    made.run(1)
    for rule, *_ in RULES:
        made.rule(1, rule, findings=number // len(RULES))
    made.crowd(number, run_id=1, companies=60, rules=[rule for rule, *_ in RULES])
    return made
