"""The command line: its options for all commands, the commands from the modules beside, and how it ends."""

from __future__ import annotations

import sys
import traceback
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from msp_audit import __version__
from msp_audit.cli import begin, craft, export, fleet, ledger, predict, sql, ticket, work
from msp_audit.cli.place import PLACE
from msp_audit.errors import ExitCode, MspAuditError

app = typer.Typer(
    name="msp-audit",
    help="Finds what drifts apart between ConnectWise PSA, ConnectWise Automate and Auvik.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


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

    PLACE.folder = workspace
    PLACE.wait_seconds = wait
    set_up_logging(verbose=verbose)


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


begin.register(app)
work.register(app)
ledger.register(app)
craft.register(app)
sql.register(app)
export.register(app)
fleet.register(app)
ticket.register(app)
predict.register(app)
