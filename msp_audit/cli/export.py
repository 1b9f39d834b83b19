"""``export``: relations as files that other engines read as they are."""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from msp_audit.cli.place import open_workspace


class ExportFormat(StrEnum):
    """What is written."""

    PARQUET = "parquet"
    CSV = "csv"
    DUCKDB = "duckdb"


def register(app: typer.Typer) -> None:
    """Add the command to *app*."""

    @app.command(epilog="Example: msp-audit export psa.configurations audit.findings --out /srv/lake")
    def export(
        relations: Annotated[list[str] | None, typer.Argument(help="Relations; all by default.")] = None,
        out: Annotated[Path, typer.Option("--out", "-o", help="Folder to write into.")] = Path("export"),
        output: Annotated[
            ExportFormat, typer.Option("--format", "-f", help="Kind of the files.")
        ] = ExportFormat.PARQUET,
        name: Annotated[
            str | None, typer.Option("--name", help="What to call this workspace; its folder by default.")
        ] = None,
    ) -> None:
        """Write relations as files that other engines read.

        They are partitioned by workspace, relation and run date.
        """
        from msp_audit.cli.show import show
        from msp_audit.domain import Rows
        from msp_audit.store import copy_relations

        opened = open_workspace()
        called = re.sub(r"[^\w.-]+", "_", name or opened.settings.root.resolve().name) or "workspace"
        written = copy_relations(
            opened.published, relations or (), out, workspace=called, file_format=output.value
        )
        rows = tuple((item.relation, item.rows, str(item.path)) for item in written)
        show(
            Rows(columns=("relation", "rows", "file"), types=("VARCHAR", "BIGINT", "VARCHAR"), rows=rows),
            "csv",
        )
