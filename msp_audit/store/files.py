"""Relations and answers as files that other engines read as they are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from msp_audit.domain import Rows
from msp_audit.errors import StoreError
from msp_audit.store.database import Database, QueryFailed, dotted, quoted, text_literal
from msp_audit.store.publication import PUBLISHED, Publication

#: A spreadsheet runs a text that begins with one of these.
_LIVE = r"^\s*[=+@-]|^[\t\r]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """One relation that was written."""

    relation: str
    path: Path
    rows: int


def write_parquet(rows: Rows | Iterable[Rows], path: Path) -> None:
    """Write an answer, whole or in batches, as one Parquet file with its types; same rows, same bytes.

    Raises:
        StoreError: the file cannot be written.
    """
    batches = [rows] if isinstance(rows, Rows) else rows
    with Database.open(None, threads=1) as database:
        database.execute("set preserve_insertion_order = true")
        columns: dict[str, str] = {}
        for batch in batches:
            if not columns:
                columns = dict(zip(batch.columns, batch.types, strict=True))
                listed = ", ".join(f"{quoted(name)} {kind}" for name, kind in columns.items())
                database.execute(f"create table answer ({listed})")
            database.insert_rows("answer", columns, batch.rows)
        try:
            database.execute(f"copy answer to {text_literal(str(path))} (format parquet)")
        except QueryFailed as error:
            raise StoreError(f"{path} cannot be written: {error}") from error


def copy_relations(
    published: Path, relations: Sequence[str], out: Path, *, workspace: str, file_format: str
) -> tuple[Exported, ...]:
    """Write *relations* (all by default) below *out*, partitioned by workspace, relation and run date.

    Raises:
        StoreError: nothing was published, a relation does not exist, or *out* cannot be written.
    """
    current = Publication(published).found()
    with Database.open(None) as database:
        database.attach(current, alias=PUBLISHED)
        database.execute(f"use {PUBLISHED}")
        day = database.query("select max(as_of)::date from audit.runs where finished_at is not null").scalar()
        if day is None:
            raise StoreError("There is no run to export yet. 'msp-audit run' makes one.")
        known = _relations(database)
        for name in relations:
            if name not in known:
                raise StoreError(f"There is no relation '{name}' in {published}.")
        chosen = tuple(relations) or known
        home = out / f"workspace={workspace}"
        try:
            if file_format == "duckdb":
                return _one_database(database, chosen, home / f"run_date={day}")
            return tuple(
                _one_file(database, name, home / f"relation={name}" / f"run_date={day}", kind=file_format)
                for name in chosen
            )
        except (OSError, QueryFailed) as error:
            raise StoreError(f"{out} cannot be written: {error}") from error


def _relations(database: Database) -> tuple[str, ...]:
    found = database.query(
        "select table_schema || '.' || table_name from information_schema.tables"
        " where table_catalog = $catalog and table_schema not in ('main', 'history') order by all",
        {"catalog": PUBLISHED},
    )
    return tuple(name for (name,) in found)


def _one_file(database: Database, name: str, folder: Path, *, kind: str) -> Exported:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"part-0.{kind}"
    begun = folder / f".part-0.{kind}.new"
    select = f"select {_columns(database, name, is_csv=kind == 'csv')} from {dotted(name)}"
    options = "format csv, header" if kind == "csv" else "format parquet, compression zstd"
    database.execute(f"copy ({select}) to {text_literal(str(begun))} ({options})")
    begun.replace(path)
    return Exported(relation=name, path=path, rows=_count(database, name))


def _columns(database: Database, name: str, *, is_csv: bool) -> str:
    found = database.query(
        "select column_name, data_type from information_schema.columns"
        " where table_catalog = $catalog and table_schema || '.' || table_name = $name"
        " order by ordinal_position",
        {"catalog": PUBLISHED, "name": name},
    )
    return ", ".join(_cell(quoted(column), kind, is_csv=is_csv) for column, kind in found)


def _cell(cell: str, kind: str, *, is_csv: bool) -> str:
    if is_csv and (kind in ("VARCHAR", "JSON") or kind.endswith("[]")):
        live = f"regexp_matches({cell}::varchar, {text_literal(_LIVE)})"
        return f"case when {live} then chr(39) else '' end || {cell}::varchar as {cell}"
    # Text to every engine; few know a JSON type.
    return f"{cell}::varchar as {cell}" if kind == "JSON" else cell


def _one_database(database: Database, names: Sequence[str], folder: Path) -> tuple[Exported, ...]:
    folder.mkdir(parents=True, exist_ok=True)
    path, begun = folder / "msp-audit.duckdb", folder / ".msp-audit.duckdb.new"
    begun.unlink(missing_ok=True)
    database.execute(f"attach {text_literal(str(begun))} as copied")
    for schema in sorted({name.partition(".")[0] for name in names}):
        database.execute(f"create schema copied.{quoted(schema)}")
    for name in names:
        database.execute(f"create table copied.{dotted(name)} as from {PUBLISHED}.{dotted(name)}")
    database.execute("detach copied")
    begun.replace(path)
    return tuple(Exported(relation=name, path=path, rows=_count(database, name)) for name in names)


def _count(database: Database, name: str) -> int:
    return int(database.query(f"select count(*) from {dotted(name)}").scalar())
