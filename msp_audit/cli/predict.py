"""``msp-audit predict``: what Auvik's inventory sync will do, and what another setting would change."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from msp_audit.cli.formats import Format, FormatOption
from msp_audit.cli.place import open_workspace

if TYPE_CHECKING:
    from msp_audit.domain import Rows


def register(app: typer.Typer) -> None:
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
        each: Annotated[
            bool, typer.Option("--each", help="What turning over each option by itself would change.")
        ] = False,
        output: FormatOption = Format.TABLE,
    ) -> None:
        """Say what Auvik's inventory sync will do, or would.

        With --set: which devices that change would touch. Nothing is written, neither here nor there.
        JSON and CSV name the tenant and all ids too.
        """
        from msp_audit.cli.show import show
        from msp_audit.workspace.prediction import predicted_changes, predicted_counts, predicted_flips

        if changes and each:
            raise typer.BadParameter("Give --set or --each, not both.")
        if not changes:
            show((predicted_flips if each else predicted_counts)(open_workspace()), output)
            return
        rows = predicted_changes(open_workspace(), changes)
        show(_for_eyes(rows) if output == "table" else rows, output)
        verb = "device would" if len(rows) == 1 else "devices would"
        sys.stderr.write(f"{len(rows)} {verb} be synced differently with {', '.join(changes)}.\n")


def _for_eyes(rows: Rows) -> Rows:
    """Five columns that fit a narrow window: whose device, which, what changes, why."""
    from msp_audit.domain import Rows

    return Rows(
        columns=("company", "device", "now", "then", "because"),
        types=("VARCHAR",) * 5,
        rows=tuple(
            (row["company"] or row["tenant"], row["device"], row["now"], row["then"], row["reason"])
            for row in rows.records()
        ),
    )
