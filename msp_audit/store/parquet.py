"""Reads a Parquet file that somebody else made, row by row as text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from msp_audit.errors import SourceChanged
from msp_audit.store.database import Database, QueryFailed, text_literal

#: Bytes of one text; a short file can hold a long one a million times.
MAX_TEXT = 16_384


def parquet_rows(path: Path) -> Iterator[Sequence[str | None]]:
    """Yield the names of the columns, then each row; times are ISO 8601, truths ``true`` and ``false``.

    Raises:
        SourceChanged: it is no Parquet file, or it is damaged, or holds a text that is too long.
    """
    with Database.open(None, memory_limit="512MB", threads=1) as database:
        # A complaint names the row by its number.
        database.execute("set preserve_insertion_order = true")
        try:
            source = f"read_parquet({text_literal(str(path))})"
            yield database.query(f"select columns(*)::varchar from {source} limit 0").columns
            short = f"strlen(columns(*)::varchar) <= {MAX_TEXT}"
            asked = f"if({short}, columns(*)::varchar, error('too long'))"
            for batch in database.batches(f"select if(columns(*) is null, null, {asked}) from {source}"):
                yield from batch
        except QueryFailed as error:
            # The text of the error may quote the data.
            reason = (
                f"holds a text of more than {MAX_TEXT:,} bytes" if "too long" in str(error) else "is damaged"
            )
            raise SourceChanged(
                f"{path.name} cannot be read as a Parquet file: it {reason}. Export it again."
            ) from error
