"""The commands that do the work: snapshot, audit, report, deliver, all of them as a run, and when."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from msp_audit.cli.formats import severity_named
from msp_audit.cli.place import open_workspace
from msp_audit.errors import ExitCode, ReportIncomplete

if TYPE_CHECKING:
    from msp_audit.domain import Severity
    from msp_audit.workspace import Workspace

FailOnOption = Annotated[
    str | None,
    typer.Option(
        "--fail-on",
        metavar="SEVERITY",
        help="Exit 1 when a finding is this severe or worse, or 'never'. Default: fail_on in the settings.",
    ),
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command(epilog="Example: msp-audit snapshot psa auvik")(snapshot)
    app.command(epilog="Example: msp-audit audit --fail-on critical")(audit)
    app.command(epilog="Example: msp-audit report weekly_internal --face html --out /tmp")(report)
    app.command(epilog="Example: msp-audit deliver --dry-run")(deliver)
    app.command(epilog="Example: msp-audit run --fail-on never")(run)
    app.command(epilog="Example: msp-audit schedule --install")(schedule)


def snapshot(
    sources: Annotated[list[str] | None, typer.Argument(help="Sources to read; all by default.")] = None,
    accept_shrink: Annotated[
        bool, typer.Option("--accept-shrink", help="Believe lists that lost many rows.")
    ] = False,
    record: Annotated[
        Path | None,
        typer.Option("--record", metavar="DIR", help="Keep raw answers, without secrets, in a new folder."),
    ] = None,
    replay: Annotated[
        Path | None,
        typer.Option("--replay", metavar="DIR", help="Read what --record kept, without a network."),
    ] = None,
) -> None:
    """Read the sources and seal what was read."""
    from msp_audit.cli.talk import reading_progress
    from msp_audit.cli.tell import tell_snapshots
    from msp_audit.workspace import is_incomplete

    with reading_progress() as progress:
        snapshots = open_workspace().snapshot(
            sources, accept_shrink=accept_shrink, progress=progress, record=record, replay=replay
        )
    tell_snapshots(snapshots)
    if any(is_incomplete(reading.verdict) for snapshot in snapshots for reading in snapshot.readings):
        raise typer.Exit(ExitCode.SOURCE)


def audit(fail_on: FailOnOption = None) -> None:
    """Judge every rule over the latest snapshots."""
    from msp_audit.cli.talk import judging_progress
    from msp_audit.cli.tell import tell_run
    from msp_audit.workspace import exit_code

    workspace = open_workspace()
    floor = _floor(workspace, fail_on)
    with judging_progress() as progress:
        run = workspace.audit(progress=progress)
    tell_run(workspace, run)
    raise typer.Exit(exit_code(run, fail_on=floor))


def report(
    names: Annotated[list[str] | None, typer.Argument(help="Reports to make; all by default.")] = None,
    face: Annotated[
        list[str] | None,
        typer.Option("--face", help="html, pdf, xlsx, csv, json or parquet; the first three by default."),
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Folder for the files.")] = None,
    run: Annotated[
        str | None,
        typer.Option("--run", help="As this run, or the last run until this day, left everything."),
    ] = None,
) -> None:
    """Make the reports of the latest run, or of an earlier one."""
    from msp_audit.cli.ledger import moment
    from msp_audit.workspace import DATA_FACES, FACES

    known = (*FACES, *DATA_FACES)
    unknown = [name for name in face or () if name not in known]
    if unknown:
        raise typer.BadParameter(f"'{unknown[0]}' is no face of a report; there are {', '.join(known)}.")
    try:
        made = open_workspace().report(names, faces=face or FACES, out=out, run=moment(run))
    except ReportIncomplete as error:
        sys.stdout.writelines(f"{path}\n" for path in error.made)
        raise
    sys.stdout.writelines(f"{path}\n" for path in made)


def deliver(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Build everything, hand over nothing.")] = False,
    preview: Annotated[
        Path | None, typer.Option("--preview", help="Write the mails as .eml into this folder, send nothing.")
    ] = None,
) -> None:
    """Hand over the reports of the latest run, as the settings say."""
    from msp_audit.cli.tell import tell_handed
    from msp_audit.workspace import exit_code

    handed = open_workspace().deliver(dry_run=dry_run, preview=preview)
    tell_handed(handed)
    raise typer.Exit(exit_code(None, handed=handed))


def run(
    fail_on: FailOnOption = None,
    accept_shrink: Annotated[
        bool, typer.Option("--accept-shrink", help="Believe lists that lost many rows.")
    ] = False,
    if_due: Annotated[
        bool, typer.Option("--if-due", help="Only when [schedule] says that a run is due.")
    ] = False,
) -> None:
    """Snapshot, audit, report and deliver, for a scheduler."""
    from msp_audit.cli.talk import judging_progress, reading_progress
    from msp_audit.cli.tell import tell_outcome
    from msp_audit.workspace import exit_code

    workspace = open_workspace()
    if if_due and not workspace.is_due():
        sys.stderr.write("No run is due yet.\n")
        return
    floor = _floor(workspace, fail_on)
    with reading_progress() as reading, judging_progress() as judging:
        outcome = workspace.run(accept_shrink=accept_shrink, reading=reading, judging=judging)
    tell_outcome(workspace, outcome)
    raise typer.Exit(exit_code(outcome.run, handed=outcome.handed, unmade=outcome.unmade, fail_on=floor))


def schedule(
    kind: Annotated[
        str | None, typer.Option("--kind", help="systemd, cron or windows; what is here by default.")
    ] = None,
    install: Annotated[bool, typer.Option("--install", help="Put it in place instead of printing.")] = False,
) -> None:
    """Print or install a systemd timer, a cron line or a Windows task."""
    from msp_audit.cli.schedule import KINDS, schedule_run

    if kind is not None and kind not in KINDS:
        raise typer.BadParameter(f"'{kind}' is no scheduler; there are {', '.join(KINDS)}.")
    schedule_run(open_workspace(), kind=kind, is_install=install)


def _floor(workspace: Workspace, fail_on: str | None) -> Severity | None:
    if fail_on is None:
        return workspace.settings.fail_on
    return None if fail_on == "never" else severity_named(fail_on)
