"""Drops what is kept no longer: records that ended long ago and the states of findings of that time."""

from __future__ import annotations

from msp_audit.store.database import Database, quoted

#: The first run and reading that stay whole; everything that ended before them may go.
_HORIZON = """
with cutoff as (
    select max(runs.as_of) - to_days($keep_days::integer) as moment from audit.runs as runs
)
select
    (select min(runs.run_id) from audit.runs as runs, cutoff where runs.as_of >= cutoff.moment),
    (
        select max(snapshots.snapshot_id)
        from audit.snapshots as snapshots
        where snapshots.snapshot_id <= (
            select min(sources.snapshot_id)
            from audit.run_sources as sources
            join audit.runs as runs on sources.run_id = runs.run_id, cutoff
            where runs.as_of >= cutoff.moment
        )
    )
"""


def prune(database: Database, *, keep_days: int | None) -> None:
    """Drop what ended more than *keep_days* before the latest run; None keeps everything.

    Findings, their events and the totals of all runs always stay.
    """
    if keep_days is None:
        return
    run_id, snapshot_id = database.query(_HORIZON, {"keep_days": keep_days}).rows[0]
    kept_run, kept_snapshot = database.query("select run_id, snapshot_id from audit.kept_from").rows[0]
    if run_id is None or snapshot_id is None or (run_id <= kept_run and snapshot_id <= kept_snapshot):
        return
    with database.transaction():
        tables = database.query("select table_name from duckdb_tables() where schema_name = 'history'")
        for (table,) in tables:
            database.execute(
                f"delete from history.{quoted(str(table))} where valid_to <= $snapshot_id",
                {"snapshot_id": snapshot_id},
            )
        database.execute("delete from audit.finding_versions where to_run_id <= $run_id", {"run_id": run_id})
        database.execute(
            "update audit.kept_from set run_id = $run_id, snapshot_id = $snapshot_id",
            {"run_id": max(run_id, kept_run), "snapshot_id": max(snapshot_id, kept_snapshot)},
        )
