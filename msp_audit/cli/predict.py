"""``msp-audit predict``: what Auvik's inventory sync will do, and what another setting would change."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from msp_audit.workspace import Workspace


def register(app: typer.Typer, *, workspace: Callable[[], Workspace]) -> None:
    """Add the command."""

    @app.command(
        epilog="Example: msp-audit predict --set only_match_active=false --set class_map.printer=Printer"
    )
    def predict(
        changes: Annotated[
            list[str] | None,
            typer.Option(
                "--set",
                metavar="OPTION=VALUE",
                help="As if [auvik.sync] said so; a dot reaches into a table, no value removes an entry.",
            ),
        ] = None,
        output: Annotated[
            str, typer.Option("--format", "-f", metavar="[table|json|csv]", help="How to print rows.")
        ] = "table",
    ) -> None:
        """Say what Auvik's inventory sync will do, or which devices a change would touch.

        Nothing is written, neither here nor there.
        """
        from msp_audit.cli.show import show
        from msp_audit.workspace.prediction import predicted_changes, predicted_counts

        if not changes:
            show(predicted_counts(workspace()), output)
            return
        rows = predicted_changes(workspace(), changes)
        show(rows, output)
        sys.stderr.write(f"{len(rows)} devices would be synced differently with {', '.join(changes)}.\n")
