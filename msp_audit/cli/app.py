"""The commands. Each calls one verb of the workspace; heavy imports wait until a command needs them."""

from __future__ import annotations

import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from msp_audit import __version__
from msp_audit.cli.craft import register as register_craft
from msp_audit.cli.export import register as register_export
from msp_audit.cli.fleet import register as register_fleet
from msp_audit.cli.formats import Format, FormatOption
from msp_audit.cli.ledger import register as register_ledger
from msp_audit.cli.predict import register as register_predict
from msp_audit.cli.sql import register as register_sql
from msp_audit.cli.ticket import register as register_ticket
from msp_audit.domain import Severity
from msp_audit.errors import ExitCode, MspAuditError, ReportIncomplete

if TYPE_CHECKING:
    from msp_audit.workspace import Workspace

app = typer.Typer(
    name="msp-audit",
    help="Finds what drifts apart between ConnectWise PSA, ConnectWise Automate and Auvik.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


_findings = typer.Typer(invoke_without_command=True, rich_markup_mode=None)
app.add_typer(_findings, name="findings")


FailOnOption = Annotated[
    str | None,
    typer.Option(
        "--fail-on",
        metavar="SEVERITY",
        help="Exit 1 when a finding is this severe or worse, or 'never'. Default: fail_on in the settings.",
    ),
]


class _Place:
    """The folder given with --workspace; set once a command line is parsed."""

    folder = Path()
    wait: float | None = None


def _print_version(wanted: bool) -> None:
    if wanted:
        sys.stdout.write(f"msp-audit {__version__}\n")
        raise typer.Exit


@app.callback()
def _global(
    workspace: Annotated[
        Path,
        typer.Option("--workspace", "-w", help="Folder with msp-audit.toml.", envvar="MSP_AUDIT_WORKSPACE"),
    ] = Path(),
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Log every request.")] = False,
    wait: Annotated[
        float | None,
        typer.Option("--wait", metavar="SECONDS", min=0, help="How long to wait for another run to end."),
    ] = None,
    _version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and stop."),
    ] = False,
) -> None:
    from msp_audit.cli.talk import set_up_logging

    _Place.folder = workspace
    _Place.wait = wait
    set_up_logging(verbose=verbose)


@app.command(epilog="Example: msp-audit init /srv/msp-audit")
def init(
    folder: Annotated[
        Path | None,
        typer.Argument(help="Folder to make a workspace of; or 'auvik-sync' for a draft of [auvik.sync]."),
    ] = None,
) -> None:
    """Make a workspace: settings, notebooks, rules and reports.

    'init auvik-sync' prints a draft of Auvik's inventory sync settings from the last snapshot.
    """
    from msp_audit.cli.scaffold import make_workspace

    if folder == Path("auvik-sync"):
        from msp_audit.workspace.prediction import sync_skeleton

        sys.stdout.write(sync_skeleton(_workspace()))
        return
    make_workspace(folder or _Place.folder)


@app.command(epilog="Example: msp-audit snapshot psa auvik")
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
        snapshots = _workspace().snapshot(
            sources, accept_shrink=accept_shrink, progress=progress, record=record, replay=replay
        )
    tell_snapshots(snapshots)
    if any(is_incomplete(reading.verdict) for snapshot in snapshots for reading in snapshot.readings):
        raise typer.Exit(ExitCode.SOURCE)


@app.command(epilog="Example: msp-audit audit --fail-on critical")
def audit(fail_on: FailOnOption = None) -> None:
    """Judge every rule over the latest snapshots."""
    from msp_audit.cli.talk import judging_progress
    from msp_audit.cli.tell import tell_run
    from msp_audit.workspace import exit_code

    workspace = _workspace()
    floor = _floor(workspace, fail_on)
    with judging_progress() as progress:
        run = workspace.audit(progress=progress)
    tell_run(workspace, run)
    raise typer.Exit(exit_code(run, fail_on=floor))


@app.command(epilog="Example: msp-audit report weekly_internal --face html --out /tmp")
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
        made = _workspace().report(names, faces=face or FACES, out=out, run=moment(run))
    except ReportIncomplete as error:
        sys.stdout.writelines(f"{path}\n" for path in error.made)
        raise
    sys.stdout.writelines(f"{path}\n" for path in made)


@app.command(epilog="Example: msp-audit deliver --dry-run")
def deliver(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Build everything, hand over nothing.")] = False,
    preview: Annotated[
        Path | None, typer.Option("--preview", help="Write the mails as .eml into this folder, send nothing.")
    ] = None,
) -> None:
    """Hand over the reports of the latest run, as the settings say."""
    from msp_audit.cli.tell import tell_handed
    from msp_audit.workspace import exit_code

    handed = _workspace().deliver(dry_run=dry_run, preview=preview)
    tell_handed(handed)
    raise typer.Exit(exit_code(None, handed=handed))


@app.command(epilog="Example: msp-audit run --fail-on never")
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

    workspace = _workspace()
    if if_due and not workspace.is_due():
        sys.stderr.write("No run is due yet.\n")
        return
    floor = _floor(workspace, fail_on)
    with reading_progress() as reading, judging_progress() as judging:
        outcome = workspace.run(accept_shrink=accept_shrink, reading=reading, judging=judging)
    tell_outcome(workspace, outcome)
    raise typer.Exit(exit_code(outcome.run, handed=outcome.handed, unmade=outcome.unmade, fail_on=floor))


@app.command(epilog="Example: msp-audit schedule --install")
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
    schedule_run(_workspace(), kind=kind, is_install=install)


@app.command(epilog="Example: msp-audit status --format json")
def status(output: FormatOption = Format.TABLE) -> None:
    """Show the latest run: what was read, judged and found."""
    from msp_audit.cli.ledger import exit_if_overdue, tell_upkeep
    from msp_audit.cli.tell import tell_status

    workspace = _workspace()
    tell_status(workspace, output)
    if output is Format.TABLE:
        tell_upkeep(workspace)
    exit_if_overdue(workspace)


@_findings.callback(epilog="Example: msp-audit findings --severity high --rule sync.client_unsynced -f csv")
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
    tell_findings(_workspace(), rule=rule, company=company, severity=_severity(severity), output=output)


@app.command(epilog="Example: msp-audit doctor")
def doctor(
    source: Annotated[
        str | None, typer.Argument(help="'automate' prints the schema of its database, to be published.")
    ] = None,
) -> None:
    """Check sources, rights, rules and PDF libraries.

    Each failure says what to do. Nothing is changed.
    """
    from msp_audit.cli.automate import tell_automate_schema
    from msp_audit.cli.tell import tell_checks

    if source not in (None, "automate"):
        raise typer.BadParameter(f"'{source}' has no report of its own; only automate has.")
    tell = tell_checks if source is None else tell_automate_schema
    if not tell(_workspace()):
        raise typer.Exit(ExitCode.SOURCE)


@app.command(epilog="Example: msp-audit demo --folder /tmp/demo")
def demo(
    folder: Annotated[Path, typer.Option("--folder", help="Where to put the demo's workspace.")] = Path(
        "demo"
    ),
) -> None:
    """Audit an invented MSP, without any account.

    Three weekly readings are served on this machine, read, judged and reported.
    """
    from msp_audit.cli.demo import run_demo

    run_demo(folder)


@app.command(epilog="Example: msp-audit sandbox --port 8765")
def sandbox(
    estate: Annotated[
        Path | None, typer.Argument(help="Estate folder to serve; the last sample week by default.")
    ] = None,
    port: Annotated[int, typer.Option("--port", help="Port on this machine.")] = 8765,
) -> None:
    """Serve the invented MSP's systems on this machine."""
    from msp_audit.cli.demo import serve_sandbox

    serve_sandbox(estate, port=port)


@app.command(hidden=True, epilog="Example: msp-audit docs --check")
def docs(
    folder: Annotated[Path, typer.Argument(help="The docs folder of a checkout.")] = Path("docs"),
    check: Annotated[bool, typer.Option("--check", help="Only say which pages differ.")] = False,
) -> None:
    """Write the pages of docs/ that are made from the code."""
    from msp_audit.cli.docs import write_or_check

    if not write_or_check(app, folder, is_check=check):
        raise typer.Exit(ExitCode.BROKEN)


def main() -> NoReturn:
    """Run the command line; a known cause is told in a sentence, never as a traceback."""
    try:
        app()
    except MspAuditError as error:
        sys.stderr.write(f"msp-audit: {error}\n")
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.stderr.write("msp-audit: interrupted; what was published before stays as it was.\n")
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    except Exception as error:  # noqa: BLE001  (Python's own answer is 1, which says "findings" here)
        _tell_unforeseen(error)
        sys.exit(ExitCode.BROKEN)
    sys.exit(0)


def _tell_unforeseen(error: Exception) -> None:
    from msp_audit.store import QueryFailed

    if isinstance(error, QueryFailed):
        told = f"the database cannot do this: {error}"
    elif isinstance(error, OSError) and error.strerror:
        told = f"{error.filename or 'a file'}: {error.strerror}. Check rights and room on the disk."
    else:
        traceback.print_exception(error)
        told = "the lines above show a fault of msp-audit itself. Please report them."
    sys.stderr.write(f"msp-audit: {told}\n")


def _workspace() -> Workspace:
    from msp_audit.workspace import Workspace

    workspace = Workspace.open(_Place.folder)
    if _Place.wait is not None:
        store = workspace.settings.store.model_copy(update={"wait_seconds": _Place.wait})
        workspace = Workspace(workspace.settings.model_copy(update={"store": store}))
    return workspace


def _floor(workspace: Workspace, fail_on: str | None) -> Severity | None:
    if fail_on is None:
        return workspace.settings.fail_on
    return None if fail_on == "never" else _severity(fail_on)


def _severity(value: str | None) -> Severity | None:
    if value is None:
        return None
    try:
        return Severity(value.lower())
    except ValueError:
        raise typer.BadParameter(f"'{value}' is no severity; there are {', '.join(Severity)}.") from None


register_ledger(app, _findings, workspace=_workspace)
register_craft(app, workspace=_workspace)
register_sql(app, workspace=_workspace)
register_export(app, workspace=_workspace)
register_fleet(app)
register_ticket(app, workspace=_workspace)
register_predict(app, workspace=_workspace)
