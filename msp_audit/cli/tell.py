"""What the commands say: results as tables on stdout, and what was not checked before anything else."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from msp_audit.cli.show import show
from msp_audit.domain import Rows, Rule, RuleOutcome, Run, Severity, Verdict
from msp_audit.errors import StoreError
from msp_audit.store import Snapshot
from msp_audit.workspace import Handed, Outcome, Workspace

if TYPE_CHECKING:
    from msp_audit.domain import Finding


def tell_snapshots(snapshots: Sequence[Snapshot]) -> None:
    """One line a source; every list that is not complete, with its reason."""
    rows = []
    for snapshot in snapshots:
        whole = sum(reading.verdict is Verdict.COMPLETE for reading in snapshot.readings)
        records = sum(reading.proof.rows for reading in snapshot.readings)
        rows.append((snapshot.source, f"{whole} of {len(snapshot.readings)}", records, snapshot.is_changed))
    show(
        Rows(
            columns=("source", "complete_lists", "records", "is_changed"),
            types=("VARCHAR", "VARCHAR", "BIGINT", "BOOLEAN"),
            rows=tuple(rows),
        ),
        "table",
        headings=("Source", "Complete lists", "Records", "Changed"),
    )
    for snapshot in snapshots:
        for reading in snapshot.readings:
            if reading.verdict is not Verdict.COMPLETE:
                _say(f"{reading.source}.{reading.resource} is {reading.verdict}: {reading.reason}")


def tell_run(workspace: Workspace, run: Run) -> None:
    """What was not checked, then what was found."""
    _tell_unchecked(run)
    rows = tuple(
        (severity.value, run.open_findings.get(severity, 0))
        for severity in Severity
        if severity is not Severity.INFO or run.open_findings.get(severity)
    )
    show(
        Rows(columns=("severity", "open"), types=("VARCHAR", "BIGINT"), rows=rows),
        "table",
        headings=("Severity", "Open"),
    )
    first = " (first run: everything is new)" if run.is_first else ""
    since = f"{run.new} new, {run.reopened} reopened, {run.resolved} resolved since the run before{first}."
    sys.stdout.write(f"{since}\n\nDatabase  {workspace.published}\n")


def tell_outcome(workspace: Workspace, outcome: Outcome) -> None:
    """Everything a run did."""
    tell_snapshots(outcome.snapshots)
    tell_run(workspace, outcome.run)
    for path in outcome.reports:
        sys.stdout.write(f"{path.suffix.removeprefix('.').upper():<9} {path}\n")
    for sentence in outcome.unmade:
        _say(sentence)
    tell_handed(outcome.handed)


def tell_handed(handed: Sequence[Handed]) -> None:
    """One line a delivery."""
    if not handed:
        _say("No [[delivery]] stands in the settings; nothing is handed over.")
    for item in handed:
        receipt = item.receipt
        told = receipt.location or receipt.detail
        sys.stdout.write(f"{receipt.status.value.capitalize():<9} {item.delivery.name}: {told}\n")


def tell_status(workspace: Workspace, output: str) -> None:
    """The latest run at a glance."""
    run = workspace.last_run()
    if run is None:
        raise StoreError("There is no run yet. 'msp-audit run' makes one.")
    with workspace.reader() as reader:
        sources = reader.query(
            "select resources.source, sources.read_at,"
            " count(*) filter (resources.verdict = 'complete') as complete,"
            " count(*) as lists, min(resources.last_complete_at) as last_complete_at"
            " from audit.run_resources as resources"
            " left join audit.run_sources as sources"
            " on resources.run_id = sources.run_id and resources.source = sources.source"
            " where resources.run_id = $run_id and resources.verdict <> 'absent'"
            " group by resources.source, sources.read_at order by resources.source",
            {"run_id": run.run_id},
        )
    if output == "table":
        sys.stdout.write(f"Run {run.run_id}, as of {run.as_of:%Y-%m-%d %H:%M} UTC\n")
        show(sources, output, headings=("Source", "Read at", "Complete", "Lists", "All complete since"))
        tell_run(workspace, run)
        return
    show(sources, output)


def tell_findings(
    workspace: Workspace, *, rule: str | None, company: str | None, severity: Severity | None, output: str
) -> None:
    """The open findings that match."""
    run = workspace.last_run()
    if run is None:
        raise StoreError("There is no run yet. 'msp-audit run' makes one.")
    if rule is not None and not any(rule in (each.name, each.theme) for each in workspace.catalogue.rules):
        workspace.catalogue.rule(rule)
    found = [
        finding
        for finding in workspace.findings()
        if (rule is None or finding.rule == rule or finding.rule.startswith(f"{rule}."))
        and (company is None or company.lower() in (finding.company_name or "").lower())
        and (severity is None or finding.severity.at_least(severity))
    ]
    _tell_unchecked(run)
    is_table = output == "table"
    show(
        _finding_rows(found, output),
        output,
        headings=_FINDING_HEADINGS if is_table else None,
        stacked=("rule", "company", "what") if is_table else (),
    )


_FINDING_HEADINGS = ("Id", "Severity", "Rule", "Company", "What", "Since")
_FINDING_COLUMNS = (
    "finding_id", "severity", "rule", "company_id", "company_name", "entity_id", "entity_name", "reason",
    "detection", "triage", "first_seen_at", "last_seen_at",
)  # fmt: skip


def _finding_rows(found: Iterable[Finding], output: str) -> Rows:
    if output == "table":
        return Rows(
            columns=("finding_id", "severity", "rule", "company", "what", "since"),
            types=("VARCHAR",) * 6,
            rows=tuple(
                (
                    finding.finding_id[:8],
                    finding.severity.value,
                    finding.rule,
                    finding.company_name,
                    finding.reason,
                    f"{finding.first_seen_at:%Y-%m-%d}",
                )
                for finding in found
            ),
        )
    return Rows(
        columns=_FINDING_COLUMNS,
        types=("VARCHAR",) * len(_FINDING_COLUMNS),
        rows=tuple(tuple(getattr(finding, name) for name in _FINDING_COLUMNS) for finding in found),
    )


def tell_rules(workspace: Workspace, output: str) -> None:
    """The catalogue."""
    for item in workspace.catalogue.broken:
        _say(f"Not a rule: {item.message}")
    rules = workspace.catalogue.rules
    show(
        Rows(
            columns=("rule", "severity", "origin", "title"),
            types=("VARCHAR",) * 4,
            rows=tuple((rule.name, rule.severity.value, rule.origin, rule.title) for rule in rules),
        ),
        output,
        headings=("Rule", "Severity", "Origin", "Title"),
        stacked=("rule", "title"),
    )


def tell_rule(workspace: Workspace, name: str) -> None:
    """One rule whole: words, parameters, query."""
    rule: Rule = workspace.catalogue.rule(name)
    params = ", ".join(f"{key} = {value}" for key, value in rule.params.items()) or "none"
    for label, value in (
        ("Rule", rule.name),
        ("Title", rule.title),
        ("Severity", rule.severity.value),
        ("Why", rule.why),
        ("Remedy", rule.remedy),
        ("Source", rule.source),
        ("Key", ", ".join(rule.key)),
        ("Params", params),
        ("File", str(rule.path)),
    ):
        sys.stdout.write(f"{label:<9} {value}\n")
    sys.stdout.write(f"\n{rule.sql}\n")


def tell_checks(workspace: Workspace) -> bool:
    """Every check of ``doctor``; whether all went well."""
    all_well = True
    for where, check in workspace.doctor():
        mark = "ok  " if check.is_ok else "FAIL"
        sys.stdout.write(f"{mark}  {where:<9} {check.name}: {check.detail}\n")
        if not check.is_ok:
            all_well = False
            if check.fix:
                sys.stdout.write(f"      {'':<9} -> {check.fix}\n")
    return all_well


def _tell_unchecked(run: Run) -> None:
    for rule_run in run.failed:
        _say(f"{rule_run.rule} failed: {rule_run.reason}")
    partial = [r for r in run.readings if r.verdict not in (Verdict.COMPLETE, Verdict.ABSENT)]
    for source in sorted({reading.source for reading in partial}):
        lists = [reading for reading in partial if reading.source == source]
        _say(f"{source}: {len(lists)} lists were not read completely. {lists[0].reason}")
    if run.not_evaluated:
        _say(f"{len(run.not_evaluated)} rules were not evaluated; their open findings stay open:")
        for rule_run in run.not_evaluated:
            _say(f"  {rule_run.rule}: {rule_run.reason}")
    for rule_run in run.rule_runs:
        if rule_run.outcome is RuleOutcome.TRUNCATED:
            _say(f"{rule_run.rule} was judged in part: {rule_run.reason}")


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
