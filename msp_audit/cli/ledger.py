"""The commands over the ledger: status, findings, suppress, diff, snapshots, and what is overdue."""

from __future__ import annotations

import getpass
import sys
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from msp_audit.cli.formats import Format, FormatOption, severity_named
from msp_audit.cli.place import open_workspace
from msp_audit.errors import ExitCode, SettingsError, StoreError

if TYPE_CHECKING:
    from msp_audit.audit import Explanation
    from msp_audit.workspace import Workspace

BeforeArgument = Annotated[int, typer.Argument(help="Number of the earlier one.")]
AfterArgument = Annotated[int, typer.Argument(help="Number of the later one.")]
ItemsOption = Annotated[bool, typer.Option("--items", help="Every record and finding, not totals.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command(epilog="Example: msp-audit status --format json")(status)
    _register_findings(app)
    snapshots = typer.Typer(
        help="List the readings, or compare two.", no_args_is_help=True, rich_markup_mode=None
    )
    app.add_typer(snapshots, name="snapshots")
    _register_suppress(app)
    _register_diffs(app, snapshots)


def status(output: FormatOption = Format.TABLE) -> None:
    """Show the latest run: what was read, judged and found."""
    from msp_audit.cli.tell import tell_status

    workspace = open_workspace()
    tell_status(workspace, output)
    if output is Format.TABLE:
        tell_upkeep(workspace)
    exit_if_overdue(workspace)


def _register_findings(app: typer.Typer) -> None:
    group = typer.Typer(invoke_without_command=True, rich_markup_mode=None)
    app.add_typer(group, name="findings")

    @group.callback(epilog="Example: msp-audit findings --severity high --rule sync.client_unsynced -f csv")
    def findings(
        context: typer.Context,
        rule: Annotated[str | None, typer.Option("--rule", help="Only of this rule or theme.")] = None,
        company: Annotated[
            str | None, typer.Option("--company", help="Only of companies with this in the name.")
        ] = None,
        severity: Annotated[str | None, typer.Option("--severity", help="At least this severe.")] = None,
        output: FormatOption = Format.TABLE,
    ) -> None:
        """List the open findings, worst first."""
        from msp_audit.cli.tell import tell_findings

        if context.invoked_subcommand is not None:
            return
        least = None if severity is None else severity_named(severity)
        tell_findings(open_workspace(), rule=rule, company=company, severity=least, output=output)

    @group.command(epilog="Example: msp-audit findings show 3f2a9c1b")
    def show(
        finding: Annotated[str, typer.Argument(metavar="ID", help="Id of a finding, or how it begins.")],
    ) -> None:
        """Show a finding whole: its story, its rule, its rows.

        The rows are those of the day it was last seen.
        """
        _tell_explanation(open_workspace().history.explain(finding))


def _register_suppress(app: typer.Typer) -> None:
    @app.command(epilog='Example: msp-audit suppress 3f2a9c1b --reason "Moves next month" --until 2026-12-31')
    def suppress(
        finding: Annotated[str | None, typer.Argument(metavar="ID", help="Id of a finding.")] = None,
        rule: Annotated[str | None, typer.Option("--rule", help="All of this rule or theme.")] = None,
        company: Annotated[int | None, typer.Option("--company", help="All of this PSA company id.")] = None,
        where: Annotated[
            str | None, typer.Option("--where", help="SQL condition over a finding's columns.")
        ] = None,
        reason: Annotated[str, typer.Option("--reason", help="Why.")] = "",
        author: Annotated[str | None, typer.Option("--author", help="Who decides; you by default.")] = None,
        until: Annotated[str | None, typer.Option("--until", help="Last day, YYYY-MM-DD.")] = None,
        acknowledge: Annotated[
            bool, typer.Option("--acknowledge", help="Keep listing it, marked as known.")
        ] = False,
    ) -> None:
        """Set findings aside until a day, with a reason.

        Written to suppressions.toml; it holds from the next run on.
        """
        if not reason:
            raise typer.BadParameter("Say why with --reason.")
        entry = open_workspace().history.suppress(
            finding=finding,
            rule=rule,
            company_id=company,
            where=where,
            reason=reason,
            author=author or getpass.getuser(),
            until=_day(until),
            triage="acknowledged" if acknowledge else "suppressed",
        )
        sys.stdout.write(
            f"{entry.triage.capitalize()} until {entry.until}, from the next run on"
            f" (entry {entry.suppression_id}).\n"
        )


def _register_diffs(app: typer.Typer, snapshots: typer.Typer) -> None:
    from msp_audit.cli.show import show

    @app.command(epilog="Example: msp-audit diff 11 12 --items -f csv")
    def diff(
        before: BeforeArgument,
        after: AfterArgument,
        items: ItemsOption = False,
        output: FormatOption = Format.TABLE,
    ) -> None:
        """Say what changed between two runs, company by company.

        The inventory is compared, and the findings.
        """
        show(open_workspace().history.diff(before, after, by_item=items), output)

    @snapshots.command("diff", epilog="Example: msp-audit snapshots diff 31 34")
    def diff_readings(
        before: BeforeArgument,
        after: AfterArgument,
        items: ItemsOption = False,
        output: FormatOption = Format.TABLE,
    ) -> None:
        """Say what changed between two readings, company by company."""
        show(open_workspace().history.diff_snapshots(before, after, by_item=items), output)

    @snapshots.command("list", epilog="Example: msp-audit snapshots list")
    def list_readings(output: FormatOption = Format.TABLE) -> None:
        """List the readings and the runs that judged them."""
        show(open_workspace().sql(_READINGS), output)


_READINGS = """
select
    snapshots.snapshot_id, snapshots.source, snapshots.read_at, snapshots.is_changed,
    (
        select coalesce(string_agg(sources.run_id::varchar, ', ' order by sources.run_id), '')
        from audit.run_sources as sources
        where sources.snapshot_id = snapshots.snapshot_id
    ) as runs
from audit.snapshots as snapshots
order by snapshots.snapshot_id
"""


def tell_upkeep(workspace: Workspace) -> None:
    """Sizes, last good readings and what is overdue."""
    from msp_audit.cli.show import show

    rows = workspace.history.upkeep()
    show(rows, "table", headings=("What", "Name", "Last good", "Overdue", "MB"))


def exit_if_overdue(workspace: Workspace) -> None:
    """Say what is overdue on stderr, and exit as when a source failed."""
    overdue = [row for row in workspace.history.upkeep().records() if row["is_overdue"]]
    for row in overdue:
        last = row["last_good_at"]
        since = f"last good one {last:%Y-%m-%d %H:%M} UTC" if last else "there was no good one yet"
        sys.stderr.write(f"Overdue: {row['what']} {row['name']}, {since}.\n")
    if overdue:
        raise typer.Exit(ExitCode.SOURCE)


def moment(text: str | None) -> int | datetime | None:
    """A run's number, or a day and time, as people type it.

    Raises:
        SettingsError: it is neither.
    """
    if text is None or text.isdecimal():
        return None if text is None else int(text)
    try:
        given = datetime.fromisoformat(text)
    except ValueError:
        raise SettingsError(f"'{text}' is neither a run's number nor a day such as 2026-11-02.") from None
    # A day means its end.
    return given.replace(hour=23, minute=59, second=59) if len(text) == 10 else given


def _day(text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"'{text}' is no day; write it as 2026-12-31.") from None


def _tell_explanation(explanation: Explanation) -> None:
    from msp_audit.cli.show import plain, show

    finding = explanation.finding
    for label, name in (
        ("Finding", "finding_id"),
        ("Rule", "rule"),
        ("Severity", "severity"),
        ("Company", "company_name"),
        ("What", "entity_name"),
        ("Reason", "reason"),
        ("State", "detection"),
        ("Triage", "triage"),
        ("Until", "triage_until"),
        ("First", "first_seen_at"),
        ("Last", "last_seen_at"),
        ("Age", "age_days"),
        ("Resolved", "days_to_resolve"),
        ("Reopened", "times_reopened"),
    ):
        if finding.get(name) is not None:
            sys.stdout.write(f"{label:<9} {plain(finding[name])}\n")
    show(explanation.events, "table", headings=("Run", "When", "Event", "Cause", "Detail"))
    if explanation.rule is None or explanation.rows is None:
        raise StoreError(f"The rows of that day cannot be shown: {explanation.note}")
    sys.stdout.write(f"As run {finding['last_seen_run_id']} found it:\n")
    show(explanation.rows, "table")
    sys.stdout.write(f"\n{explanation.rule.sql}\n")
