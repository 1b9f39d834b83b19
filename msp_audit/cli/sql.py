"""``sql`` and ``queries``: one question, one from a file, one saved by name, or a prompt."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from msp_audit.cli.place import open_workspace
from msp_audit.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from msp_audit.domain import Rows
    from msp_audit.workspace.queries import SavedQuery


class AnswerFormat(StrEnum):
    """How an answer is written."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"
    MARKDOWN = "markdown"
    PARQUET = "parquet"
    XLSX = "xlsx"


FormatOption = Annotated[AnswerFormat, typer.Option("--format", "-f", help="How to write the answer.")]
AsOfOption = Annotated[
    str | None, typer.Option("--as-of", help="As this run, or the last run until this day, left it.")
]
ParamOption = Annotated[
    list[str] | None, typer.Option("--param", "-p", metavar="NAME=VALUE", help="A value of a parameter.")
]
OutOption = Annotated[Path | None, typer.Option("--out", "-o", help="File to write the answer to.")]
SecondsOption = Annotated[float, typer.Option("--seconds", min=0.1, help="How long a query may take.")]


def register(app: typer.Typer) -> None:
    """Add the commands to *app*."""

    @app.command(epilog='Example: msp-audit sql "select name from psa.companies where is_deleted" -f csv')
    def sql(
        query: Annotated[
            str | None, typer.Argument(help="One select; '-' reads standard input; nothing opens a prompt.")
        ] = None,
        file: Annotated[Path | None, typer.Option("--file", help="Read the select from a file.")] = None,
        as_of: AsOfOption = None,
        output: FormatOption = AnswerFormat.TABLE,
        out: OutOption = None,
        seconds: SecondsOption = 60,
    ) -> None:
        """Ask the published database with SQL, read only."""
        from msp_audit.cli.answer import write_answer
        from msp_audit.cli.ledger import moment
        from msp_audit.store import QuestionLimits
        from msp_audit.workspace import Desk

        desk = Desk(open_workspace(), limits=QuestionLimits(seconds=seconds))
        when = moment(as_of)
        if query is None and file is None and sys.stdin.isatty():
            from msp_audit.cli.prompt import open_prompt

            open_prompt(desk, as_of=when, output=output.value)
            return
        try:
            rows = desk.rows(_question(query, file), as_of=when)
        except KeyboardInterrupt:
            sys.stderr.write("msp-audit: interrupted; the query was stopped.\n")
            raise typer.Exit(130) from None
        write_answer(rows, output.value, out)

    @app.command(epilog="Example: msp-audit queries where_is -p name=dc01")
    def queries(
        name: Annotated[
            str | None, typer.Argument(help="Run this saved query; without it, list them.")
        ] = None,
        param: ParamOption = None,
        as_of: AsOfOption = None,
        output: FormatOption = AnswerFormat.TABLE,
        out: OutOption = None,
    ) -> None:
        """List the saved queries, or run one.

        Your own lie in queries/*.sql.
        """
        from msp_audit.cli.answer import write_answer
        from msp_audit.cli.ledger import moment
        from msp_audit.workspace import Desk

        desk = Desk(open_workspace())
        if name is None:
            rows = _listed(desk.queries)
        else:
            rows = desk.saved(name, _params(param or ()), as_of=moment(as_of))
        write_answer(rows, output.value, out)


def _question(query: str | None, file: Path | None) -> str:
    if file is not None:
        try:
            return file.read_text(encoding="utf-8-sig").strip().removesuffix(";")
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(f"{file} cannot be read: {error}.") from error
    return sys.stdin.read() if query in (None, "-") else query or ""


def _params(given: Sequence[str]) -> dict[str, str]:
    for item in given:
        if "=" not in item:
            raise typer.BadParameter(f"'{item}' is no NAME=VALUE.")
    return {name: value for name, _, value in (item.partition("=") for item in given)}


def _listed(queries: Mapping[str, SavedQuery]) -> Rows:
    from msp_audit.domain import Rows

    return Rows(
        columns=("query", "parameters", "title"),
        types=("VARCHAR",) * 3,
        rows=tuple(
            (name, ", ".join(f"{key}={value}" for key, value in query.params.items()), query.title)
            for name, query in sorted(queries.items())
        ),
    )
