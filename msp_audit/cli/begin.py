"""The commands to begin with: a workspace, whether all is in place, and an invented MSP to try it on."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from msp_audit.cli.place import PLACE, open_workspace
from msp_audit.errors import ExitCode


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command(epilog="Example: msp-audit init /srv/msp-audit")(init)
    app.command(epilog="Example: msp-audit doctor")(doctor)
    app.command(epilog="Example: msp-audit demo --folder /tmp/demo")(demo)
    app.command(epilog="Example: msp-audit sandbox --port 8765")(sandbox)


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

        sys.stdout.write(sync_skeleton(open_workspace()))
        return
    make_workspace(folder or PLACE.folder)


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
    if not tell(open_workspace()):
        raise typer.Exit(ExitCode.SOURCE)


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


def sandbox(
    estate: Annotated[
        Path | None, typer.Argument(help="Estate folder to serve; the last sample week by default.")
    ] = None,
    port: Annotated[int, typer.Option("--port", help="Port on this machine.")] = 8765,
) -> None:
    """Serve the invented MSP's systems on this machine."""
    from msp_audit.cli.demo import serve_sandbox

    serve_sandbox(estate, port=port)
