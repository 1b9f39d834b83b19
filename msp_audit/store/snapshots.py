"""Seals a reading: spooled records become change history, verdicts become the proof of a snapshot."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from msp_audit.domain import ResourceReading, Verdict
from msp_audit.errors import StoreError
from msp_audit.store.database import Database, QueryFailed, quoted, text_literal
from msp_audit.store.modest import modest
from msp_audit.store.spool import Spool

#: Verdicts whose records are the whole list: what is absent from them is gone.
_WHOLE = (Verdict.COMPLETE, Verdict.STALE)
#: Verdicts whose records are true but not all.
_SOME = (Verdict.PARTIAL, Verdict.SHRUNK)
#: Larger than any record a vendor sends; each thread has a buffer of a few times this.
_MAX_RECORD_BYTES = 8 * 1024 * 1024
_READING_COLUMNS = {
    "snapshot_id": "bigint",
    "source": "varchar",
    "resource": "varchar",
    "verdict": "varchar",
    "reason": "varchar",
    "row_count": "bigint",
    "server_count": "bigint",
    "page_count": "bigint",
    "request_count": "bigint",
    "retry_count": "bigint",
    "duplicate_count": "bigint",
    "elapsed_seconds": "double",
    "is_changed": "boolean",
    "missing_columns": "varchar",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shrinkage:
    """When a list that lost rows is not believed."""

    share: float
    rows: int
    is_accepted: bool = False

    def doubts(self, *, before: int, now: int) -> bool:
        """Whether the fall from *before* to *now* is too steep to be taken as true."""
        lost = before - now
        return not self.is_accepted and lost > self.rows and lost > before * self.share


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """One sealed reading of one source."""

    snapshot_id: int
    source: str
    read_at: datetime
    #: As judged at seal: a complete reading may have become *shrunk*.
    readings: tuple[ResourceReading, ...]
    #: Whether any record differs from the snapshot before.
    is_changed: bool


def seal(
    database: Database,
    *,
    source: str,
    read_at: datetime,
    sealed_at: datetime,
    spool: Spool,
    readings: Sequence[ResourceReading],
    keys: Mapping[str, Sequence[str]],
    shrinkage: Shrinkage,
    program_version: str,
) -> Snapshot:
    """Take a finished reading into the history, all of it or nothing.

    *keys* names the identifying members of each resource's records; none means the whole record.

    Raises:
        StoreError: a record cannot be stored, or the disk is full.
    """
    spool.finish()
    try:
        with modest(database, pile_bytes=spool.size()), database.transaction():
            snapshot_id = int(database.query("select nextval('audit.snapshot_ids')").scalar())
            known = _history_tables(database)
            judged: list[ResourceReading] = []
            changed: list[bool] = []
            for reading in readings:
                stage = _Stage(database, reading, spool, keys.get(reading.resource, ("id",)), known)
                final, is_changed = stage.take_in(snapshot_id, shrinkage)
                judged.append(final)
                changed.append(is_changed)
            _book(database, snapshot_id, source, read_at, sealed_at, judged, program_version, changed)
    except QueryFailed as error:
        raise StoreError(
            f"The reading of {source} could not be sealed; nothing was changed. {error}"
        ) from error
    return Snapshot(
        snapshot_id=snapshot_id,
        source=source,
        read_at=read_at,
        readings=tuple(judged),
        is_changed=any(changed),
    )


def _history_tables(database: Database) -> set[str]:
    names = database.query("select table_name from duckdb_tables() where schema_name = 'history'")
    return {str(name) for (name,) in names}


class _Stage:
    """One resource on its way from the spool into its history table."""

    def __init__(
        self,
        database: Database,
        reading: ResourceReading,
        spool: Spool,
        key: Sequence[str],
        known_tables: Collection[str],
    ) -> None:
        self._database = database
        self._reading = reading
        self._path = spool.path(reading.resource)
        self._key = key
        name = f"{reading.source}__{reading.resource}"
        self._table = f"history.{quoted(name)}"
        self._is_new = name not in known_tables

    def take_in(self, snapshot_id: int, shrinkage: Shrinkage) -> tuple[ResourceReading, bool]:
        reading = self._reading
        is_kept = reading.verdict is Verdict.STALE and not self._path.exists()
        if is_kept or reading.verdict not in (*_WHOLE, *_SOME):
            # Nothing came: what was known before stays current.
            return reading, False
        if self._is_new:
            self._database.execute(
                f"create table {self._table} ("
                " key varchar not null, row_hash uhugeint not null, payload json not null,"
                " valid_from bigint not null, valid_to bigint)"
            )
        staged = self._stage()
        before = 0 if self._is_new else self._count_current()
        if reading.has_all_records and shrinkage.doubts(before=before, now=staged):
            reading = replace(
                reading,
                verdict=Verdict.SHRUNK,
                reason=f"{staged:,} rows were read where there were {before:,}. If that is right, run"
                " 'msp-audit snapshot --accept-shrink'.",
            )
        changed = self._merge(snapshot_id, retire=reading.verdict in _WHOLE or reading.has_all_records)
        reading = replace(reading, proof=replace(reading.proof, rows=staged))
        return reading, changed

    def _count_current(self) -> int:
        counted = f"select count(*) from {self._table} where valid_to is null"
        return int(self._database.query(counted).scalar())

    def _stage(self) -> int:
        # CTAS into a temporary table: DuckDB parses the file in parallel and spills when it must.
        source = (
            f"read_ndjson_objects({text_literal(str(self._path))}, maximum_object_size = {_MAX_RECORD_BYTES})"
            if self._path.exists()
            else "(select null::json as json where false)"
        )
        self._database.execute(
            "create or replace temp table staged as"
            f" select {self._key_expression()} as key, md5_number(lines.json::varchar) as row_hash,"
            f" lines.json as payload from {source} as lines"
        )
        rows, keys = self._database.query("select count(*), count(distinct key) from staged").rows[0]
        if rows != keys:
            # The same key twice: one of them wins, and always the same one.
            self._database.execute(
                "delete from staged where rowid not in"
                " (select arg_max(entries.rowid, entries.row_hash) from staged as entries"
                " group by entries.key)"
            )
        return int(keys)

    def _key_expression(self) -> str:
        if not self._key:
            return "md5(lines.json::varchar)"
        parts = [f"coalesce(lines.json ->> {text_literal('$.' + member)}, '')" for member in self._key]
        return " || '/' || ".join(parts)

    def _merge(self, snapshot_id: int, *, retire: bool) -> bool:
        changed_or_gone = "staged.key is null or" if retire else ""
        join = "left join" if retire else "join"
        self._database.execute(
            "create or replace temp table ended as select current.rowid as place, current.key"
            f" from {self._table} as current {join} staged on current.key = staged.key"
            f" where current.valid_to is null and ({changed_or_gone} staged.row_hash <> current.row_hash);"
            "create or replace temp table begun as"
            f" select staged.key from staged anti join (select current.key from {self._table} as current"
            " where current.valid_to is null and current.rowid not in (select ended.place from ended))"
            " as known on staged.key = known.key"
        )
        ended, begun = self._database.query(
            "select (select count(*) from ended), (select count(*) from begun)"
        ).rows[0]
        if ended:
            self._database.execute(
                f"update {self._table} set valid_to = {snapshot_id}"
                " where rowid in (select ended.place from ended)"
            )
        if begun:
            self._database.execute(
                f"insert into {self._table}"
                f" select staged.key, staged.row_hash, staged.payload, {snapshot_id}, null"
                " from staged where staged.key in (select begun.key from begun) order by staged.key"
            )
        self._database.execute("drop table staged; drop table ended; drop table begun")
        return bool(ended or begun)


def _book(
    database: Database,
    snapshot_id: int,
    source: str,
    read_at: datetime,
    sealed_at: datetime,
    readings: Sequence[ResourceReading],
    program_version: str,
    changed: Sequence[bool],
) -> None:
    database.execute(
        "insert into audit.snapshots values ($id, $source, $read_at, $sealed_at, $version, $is_changed)",
        {
            "id": snapshot_id,
            "source": source,
            "read_at": read_at,
            "sealed_at": sealed_at,
            "version": program_version,
            "is_changed": any(changed),
        },
    )
    rows = [
        (
            snapshot_id,
            source,
            reading.resource,
            reading.verdict.value,
            reading.reason,
            reading.proof.rows,
            reading.proof.server_count,
            reading.proof.pages,
            reading.proof.requests,
            reading.proof.retries,
            reading.proof.duplicates,
            reading.proof.elapsed_seconds,
            is_changed,
            ", ".join(reading.missing_columns) or None,
        )
        for reading, is_changed in zip(readings, changed, strict=True)
    ]
    database.insert_rows("audit.resource_readings", _READING_COLUMNS, rows)
