"""``fleet``: status, report, SQL and runs over many workspaces."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from msp_audit.cli.sql import AnswerFormat, FormatOption, OutOption, SecondsOption
from msp_audit.errors import ExitCode, SettingsError

ListOption = Annotated[
    Path, typer.Option("--list", "-l", help='File with workspaces = ["folder", "estates/*"].')
]


def register(app: typer.Typer) -> None:
    """Add the commands to *app*."""
    fleet = typer.Typer(
        help="Look after many workspaces: status, report, sql and run.",
        no_args_is_help=True,
        rich_markup_mode=None,
    )
    app.add_typer(fleet, name="fleet")
    fleet.command(epilog="Example: msp-audit fleet status --list fleet.toml")(status)
    fleet.command(epilog="Example: msp-audit fleet report --out fleet.html")(report)
    fleet.command(
        epilog='Example: msp-audit fleet sql "select workspace, count(*) from psa.companies group by all"'
    )(sql)
    fleet.command(epilog="Example: msp-audit fleet run --jobs 4")(run)


def status(
    fleet: ListOption = Path("fleet.toml"), output: FormatOption = AnswerFormat.TABLE, out: OutOption = None
) -> None:
    """Show the latest run of every workspace.

    Exits with 3 when one has a problem.
    """
    from msp_audit.cli.answer import write_answer
    from msp_audit.workspace.fleet import load_fleet

    rows = load_fleet(fleet).status()
    write_answer(rows, output.value, out)
    if any(record["problem"] for record in rows.records()):
        raise typer.Exit(ExitCode.SOURCE)


def report(
    fleet: ListOption = Path("fleet.toml"),
    out: Annotated[Path, typer.Option("--out", "-o", help="The page to write.")] = Path("fleet.html"),
    send: Annotated[
        bool, typer.Option("--send", help="Mail it too, to whom [report] of the list names.")
    ] = False,
) -> None:
    """Write one page over all workspaces, and mail it.

    What was not read, what is new, the worst rules, coverage. Exits with 3 when one was not read completely,
    and with 4 when the mail was not taken.
    """
    from msp_audit.delivery import ReceiptStatus
    from msp_audit.reporting.fleet import fleet_html
    from msp_audit.workspace.fleet import load_fleet

    listed = load_fleet(fleet)
    page = listed.page()
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(fleet_html(page), encoding="utf-8", newline="\n")
    except OSError as error:
        raise SettingsError(f"{out} cannot be written: {error.strerror}.") from error
    sys.stderr.write(f"{page.checked}\n{page.found}\n")
    sys.stdout.write(f"{out}\n")
    if send:
        receipt = listed.send(page, out)
        sys.stderr.write(f"{receipt.status.value}: {receipt.detail} {receipt.location}\n")
        if receipt.status is not ReceiptStatus.SENT and page.is_whole:
            raise typer.Exit(ExitCode.NOT_DELIVERED)
    if not page.is_whole:
        raise typer.Exit(ExitCode.SOURCE)


def sql(
    query: Annotated[str, typer.Argument(help="One select; every relation has a column workspace.")],
    fleet: ListOption = Path("fleet.toml"),
    output: FormatOption = AnswerFormat.TABLE,
    out: OutOption = None,
    seconds: SecondsOption = 60,
) -> None:
    """Ask all published databases at once, attached read only."""
    from msp_audit.cli.answer import write_answer
    from msp_audit.store import QuestionLimits
    from msp_audit.workspace.fleet import load_fleet

    rows, problems = load_fleet(fleet).sql(query, limits=QuestionLimits(seconds=seconds))
    for name, problem in problems.items():
        sys.stderr.write(f"Not asked: {name}: {problem}\n")
    write_answer(rows, output.value, out)
    if problems:
        raise typer.Exit(ExitCode.SOURCE)


def run(
    fleet: ListOption = Path("fleet.toml"),
    jobs: Annotated[int, typer.Option("--jobs", "-j", min=1, max=64, help="Runs at once.")] = 2,
) -> None:
    """Run every workspace; one that fails stops no other.

    The worst exit code is ours.
    """
    from msp_audit.workspace.fleet import FleetRun, load_fleet

    def tell(done: FleetRun) -> None:
        sys.stdout.write(f"{done.exit_code}  {done.name}\n")
        if done.exit_code not in (ExitCode.CLEAN, ExitCode.FINDINGS):
            sys.stderr.write(f"{done.name}: {done.told}\n")

    ended = load_fleet(fleet).run((), jobs=jobs, tell=tell)
    # What must be mended first wins, as in one run.
    order = (5, 2, 3, 4, 1)
    codes = {done.exit_code for done in ended}
    unknown = sorted(codes - {0, *order})
    raise typer.Exit(unknown[0] if unknown else next((code for code in order if code in codes), 0))
