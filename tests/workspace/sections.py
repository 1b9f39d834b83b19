"""A report's sections counted once more: from whole relations, in Python, by nothing of the report's SQL."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from msp_audit.domain import Run
from msp_audit.workspace import Workspace

SEVERITIES = ("critical", "high", "medium", "low", "info")
Rows = list[dict[str, Any]]


class Ledger:
    """Whole relations of the published database, as records."""

    def __init__(self, workspace: Workspace, run: Run) -> None:
        def all_of(relation: str) -> Rows:
            return workspace.sql(f"select * from {relation}").records()

        self.all_of = all_of
        self.run = run
        self.findings = {row["finding_id"]: row for row in all_of("audit.findings")}
        self.titles = {row["rule"]: row["title"] for row in all_of("audit.rules")}
        self.open = [row for row in self.findings.values() if row["detection"] != "resolved"]
        #: What a report lists: neither folded under another nor set aside.
        self.listed = [row for row in self.open if _is_listed(row)]
        self.events = [row for row in all_of("audit.finding_events") if row["run_id"] == run.run_id]

    def age(self, row: Mapping[str, Any]) -> int:
        first: datetime = row["first_seen_at"]
        return (self.run.as_of.date() - first.date()).days


def _is_listed(row: Mapping[str, Any]) -> bool:
    return row["parent_finding_id"] is None and row["triage"] != "suppressed"


def check_sections(document: Mapping[str, Any], workspace: Workspace, run: Run) -> None:
    """Every section with figures of the weekly report in *document* is right."""
    ledger = Ledger(workspace, run)
    for name, check in CHECKS.items():
        rows = document["sections"][name]["rows"]
        assert rows, name
        check(rows, ledger)
    assert {f["finding_id"] for f in document["findings"] if f["detection"] != "resolved"} == {
        row["finding_id"] for row in ledger.open
    }
    assert document["report"]["totals"]["open_count"] == len(ledger.listed)


def _summary(rows: Rows, ledger: Ledger) -> None:
    standing = Counter(row["severity"] for row in ledger.listed)
    events = Counter(
        (ledger.findings[event["finding_id"]]["severity"], event["event"])
        for event in ledger.events
        if _is_listed(ledger.findings[event["finding_id"]])
    )
    for row in rows:
        severity = row["severity"]
        assert row["open_count"] == standing[severity]
        for event in ("new", "reopened", "resolved"):
            assert row[f"{event}_count"] == events[severity, event], (severity, event)


def _trend(rows: Rows, ledger: Ledger) -> None:
    assert len(rows) == len(ledger.all_of("audit.runs"))
    last = rows[-1]
    standing = Counter(row["severity"] for row in ledger.listed)
    assert {name: last[name] for name in SEVERITIES} == {name: standing[name] for name in SEVERITIES}
    assert all(row["total"] == sum(row[name] for name in SEVERITIES) for row in rows)
    # Whatever came and went in between, the difference of two totals is what remains of it.
    counts = ledger.all_of("audit.run_counts")
    for row, run in zip(rows, sorted({one["run_id"] for one in counts}), strict=True):
        mine = [one for one in counts if one["run_id"] == run]
        assert row["total"] == sum(one["open_count"] for one in mine)
        assert row["appeared"] == sum(one["new_count"] + one["reopened_count"] for one in mine)
        assert row["resolved"] == sum(one["resolved_count"] for one in mine)


def _age(rows: Rows, ledger: Ledger) -> None:
    spans = [(0, 7), (8, 30), (31, 90), (91, 365), (366, 10**6)]
    for row, (low, high) in zip(rows, spans, strict=True):
        inside = Counter(one["severity"] for one in ledger.listed if low <= ledger.age(one) <= high)
        assert [row[name] for name in SEVERITIES] == [inside[name] for name in SEVERITIES]
        assert row["total"] == inside.total()


def _causes(rows: Rows, ledger: Ledger) -> None:
    explained: Counter[str] = Counter()
    for row in ledger.open:
        if row["triage"] != "suppressed":
            parent = ledger.findings.get(row["parent_finding_id"])
            explained[ledger.titles[(parent or row)["rule"]]] += 1
    assert [row["explained"] for row in rows] == sorted(explained.values(), reverse=True)[: len(rows)]
    assert all(row["explained"] == explained[row["title"]] for row in rows)
    shown = sum(row["explained"] for row in rows) / explained.total()
    assert abs(rows[-1]["running_share"] - shown) < 1e-9


def _companies(rows: Rows, ledger: Ledger) -> None:
    """By record id, not by name: two companies of the samples are called alike, one has no name."""
    mine: dict[int | None, Rows] = defaultdict(list)
    for row in ledger.listed:
        mine[row["company_id"]].append(row)
    wanted = []
    for company_id, found in mine.items():
        counts = Counter(row["severity"] for row in found)
        name = found[0]["company_name"] or f"Company {company_id}"
        told = name if company_id is not None else "Not tied to a company"
        wanted.append((told, [counts[level] for level in SEVERITIES], max(map(ledger.age, found))))
    shown = [(row["company_name"], [row[name] for name in SEVERITIES], row["oldest_days"]) for row in rows]
    assert sorted(shown) == sorted(wanted)


def _rules(rows: Rows, ledger: Ledger) -> None:
    listed = Counter(ledger.titles[row["rule"]] for row in ledger.listed)
    assert len(rows) == len(ledger.run.rule_runs)
    assert {row["title"]: row["listed_count"] for row in rows if row["listed_count"]} == listed


def _in_sync(rows: Rows, ledger: Ledger) -> None:
    """The clients and computers once more, from the systems' own relations."""
    told = {row["name"]: (row["known_count"], row["all_count"]) for row in rows}
    clients = len(ledger.all_of("automate.clients"))
    unsynced = sum(row["rule"] == "sync.client_unsynced" for row in ledger.open)
    assert told["Automate clients linked to a PSA company"] == (clients - unsynced, clients)
    computers = len(ledger.all_of("automate.computers"))
    without = sum(row["rule"] == "coverage.computer_without_configuration" for row in ledger.open)
    assert told["Automate computers in use with a configuration"] == (computers - without, computers)
    assert all(abs(row["known_share"] - row["known_count"] / row["all_count"]) < 1e-9 for row in rows)


def _coverage(rows: Rows, ledger: Ledger) -> None:
    owners: dict[int, int] = {}
    for link in ledger.all_of("core.client_links"):
        owners[link["client_id"]] = min(owners.get(link["client_id"], 10**9), link["company_id"])
    names = {row["company_id"]: row["name"] for row in ledger.all_of("psa.companies")}
    known = {row["computer_id"] for row in ledger.all_of("core.computer_links")}
    wanted: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for computer in ledger.all_of("automate.computers"):
        if (company := owners.get(computer["client_id"])) in names:
            wanted[names[company]][0] += 1
            wanted[names[company]][1] += computer["computer_id"] in known
    assert {row["company_name"]: [row["computer_count"], row["known_count"]] for row in rows} == wanted
    shares = [row["known_share"] for row in rows]
    assert shares == sorted(shares)


def _predictions(rows: Rows, ledger: Ledger) -> None:
    outcomes = Counter(row["outcome"] for row in ledger.all_of("core.auvik_predictions"))
    words = {"matched": "match", "created": "create", "ambiguous": "ambiguous", "blocked": "blocked"}
    for column, outcome in words.items():
        assert sum(row[column] for row in rows) == outcomes[outcome], outcome


CHECKS: Mapping[str, Callable[[Rows, Ledger], None]] = {
    "summary": _summary,
    "trend": _trend,
    "age": _age,
    "causes": _causes,
    "companies": _companies,
    "rules": _rules,
    "in_sync": _in_sync,
    "coverage_by_company": _coverage,
    "predictions": _predictions,
}
