"""``msp-audit ticket``: what would happen, a trial, what there is, and taking tickets over."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from msp_audit.cli.formats import Format, FormatOption
from msp_audit.cli.place import open_workspace
from msp_audit.domain import Rows
from msp_audit.errors import ExitCode

if TYPE_CHECKING:
    from msp_audit.delivery.ticket import Happening
    from msp_audit.workspace import Workspace

_HELP = "Tickets in the PSA: plan, try, look, take over."


def register(app: typer.Typer) -> None:
    """Add the commands below ``ticket``."""
    group = typer.Typer(help=_HELP, no_args_is_help=True, rich_markup_mode=None)
    app.add_typer(group, name="ticket")

    @group.command(epilog="Example: msp-audit ticket plan --all")
    def plan(
        everything: Annotated[
            bool, typer.Option("--all", help="Also tickets that nothing happens to.")
        ] = False,
        output: FormatOption = Format.TABLE,
    ) -> None:
        """Say what would happen to which ticket, and why.

        The PSA is read; nothing is written.
        """
        _show_account(open_workspace().tickets.plan(), output=output, has_all=everything)

    @group.command(epilog="Example: msp-audit ticket work")
    def work(output: FormatOption = Format.TABLE) -> None:
        """Bring all tickets up to the latest run.

        'deliver' and 'run' do it too.
        """
        account = open_workspace().tickets.work()
        _show_account(account, output=output, has_all=False)
        if any(item.is_trouble for item in account):
            raise typer.Exit(ExitCode.NOT_DELIVERED)

    @group.command(epilog="Example: msp-audit ticket test --close")
    def test(
        close: Annotated[
            bool | None,
            typer.Option("--close/--keep", help="Close the test ticket afterwards; asks without."),
        ] = None,
    ) -> None:
        """Make a test ticket, read it back, and name missing rights."""
        _test(open_workspace(), close=close)

    _register_ledger(group)


def _register_ledger(group: typer.Typer) -> None:
    """Commands about what is there already, or comes from elsewhere."""

    @group.command(epilog="Example: msp-audit ticket status --past -f csv")
    def status(
        past: Annotated[bool, typer.Option("--past", help="Also tickets that are over.")] = False,
        output: FormatOption = Format.TABLE,
    ) -> None:
        """List the tickets that msp-audit follows, as of the last round."""
        _show_status(open_workspace().tickets.status(has_past=past), output=output)

    @group.command(
        epilog="Example: msp-audit ticket adopt msp_audit:sync.client_unsynced:0123456789abcdef01234567 4711"
    )
    def adopt(
        reference: Annotated[
            str, typer.Argument(help="Reference of the findings, as 'ticket plan' shows it.")
        ],
        ticket: Annotated[int, typer.Argument(help="Number of the ticket in the PSA.")],
    ) -> None:
        """Let an existing ticket be the one for some findings."""
        row = open_workspace().tickets.adopt(reference, ticket)
        sys.stdout.write(f"Ticket {ticket} now carries {row.ticket_key} and is followed.\n")

    @group.command(
        "import", epilog="Example: msp-audit ticket import ConnectWiseSettings.xml ITSMSettings.xml"
    )
    def import_(
        files: Annotated[list[Path], typer.Argument(help="ConnectWiseSettings.xml and ITSMSettings.xml.")],
    ) -> None:
        """Print the settings of the Netwrix add-on as [tickets]."""
        from msp_audit.delivery.ticket.importing import import_settings

        imported = import_settings(files)
        sys.stdout.write(imported.toml)
        for remark in imported.remarks:
            sys.stderr.write(f"msp-audit: {remark}\n")


def _show_account(account: Sequence[Happening], *, output: str, has_all: bool) -> None:
    from msp_audit.cli.show import show

    told = [item for item in account if has_all or item.deed is not None or item.status != "nothing"]
    if output == "table":
        from msp_audit.cli.ticket_lines import account_lines

        lines = list(account_lines(told)) or ["Every ticket knows what there is."]
        sys.stdout.write("\n".join(lines) + "\n")
        return
    columns = ("step", "status", "ticket_id", "company", "title", "findings", "why", "reference")
    rows = tuple(
        (
            None if item.deed is None else item.deed.value,
            item.status,
            item.ticket_id,
            item.company,
            item.title,
            item.findings,
            item.why,
            item.ticket_key,
        )
        for item in told
    )
    types = ("VARCHAR", "VARCHAR", "BIGINT", "VARCHAR", "VARCHAR", "BIGINT", "VARCHAR", "VARCHAR")
    show(Rows(columns=columns, types=types, rows=rows), output)


def _show_status(rows: Rows, *, output: str) -> None:
    from msp_audit.cli.show import show
    from msp_audit.cli.ticket_lines import status_lines

    if output != "table":
        show(rows, output)
        return
    nothing = "No ticket is followed yet. 'msp-audit ticket plan' says what would be made."
    sys.stdout.write("\n".join(list(status_lines(rows.records())) or [nothing]) + "\n")


def _test(workspace: Workspace, *, close: bool | None) -> None:
    tickets = workspace.tickets
    trial = tickets.test()
    for sentence in trial.passed:
        sys.stdout.write(f"ok      {sentence}\n")
    for sentence in trial.failed:
        sys.stdout.write(f"failed  {sentence}\n")
    for right in trial.rights:
        sys.stdout.write(f"right   {right}\n")
    if close is None and sys.stdin.isatty():
        close = typer.confirm(f"Close ticket {trial.ticket.ticket_id}?", default=True, err=True)
    if close:
        tickets.close_test(trial)
        sys.stdout.write(f"ok      Ticket {trial.ticket.ticket_id} was closed.\n")
    else:
        sys.stdout.write(f"Ticket {trial.ticket.ticket_id} is still open; close it in the PSA.\n")
    if trial.failed:
        raise typer.Exit(ExitCode.NOT_DELIVERED)
