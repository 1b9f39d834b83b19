"""In how much memory the typed tables are made: little for one source, all that is allowed for several."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from msp_audit.domain import ResourceReading, Verdict
from msp_audit.sqlfile import read_sql_file
from msp_audit.store import Store, Views, inspect
from msp_audit.store.snapshots import Shrinkage
from msp_audit.store.views import View

AT = datetime(2026, 11, 2, 6)
ALLOWED = "2.0 GiB"
#: What a view is made in; DuckDB rounds it for people.
LIMIT = "select current_setting('memory_limit') as memory_limit, count(*) as machine_count from"


def view(folder: Path, name: str, sql: str) -> View:
    """The view *name* over *sql*, read from a file as every other is."""
    schema, _, table = name.partition(".")
    path = folder / schema / f"{table}.sql"
    path.parent.mkdir(exist_ok=True)
    path.write_text(f'/*\ngrain = "one row"\n*/\n{sql}\n')
    file = read_sql_file(path, root=path.parent)
    return View(name=name, schema=schema, file=file, reads=inspect(file.sql).relations, parts={})


def views(folder: Path, *sources: str) -> Views:
    """A table of each of *sources*, and one of core that reads them all."""
    of_sources = [view(folder, f"{source}.machines", f"{LIMIT} landing.machines") for source in sources]
    joined = " cross join ".join(f"{source}.machines as {source}" for source in sources)
    return Views([*of_sources, view(folder, "core.machines", f"{LIMIT} {joined}")])


def land(store: Store, source: str) -> None:
    with store.spool(source) as spool:
        spool.add("machines", [{"id": "1"}])
        store.seal(
            source=source,
            read_at=AT,
            sealed_at=AT,
            spool=spool,
            readings=[ResourceReading(source=source, resource="machines", verdict=Verdict.COMPLETE)],
            keys={},
            shrinkage=Shrinkage(share=1, rows=0, is_accepted=True),
            program_version="test",
        )


@pytest.mark.parametrize("sources", [("psa",), ("psa", "automate")], ids=["one source", "two sources"])
def test_joins_of_several_sources_are_made_in_all_the_memory_allowed(
    tmp_path: Path, sources: tuple[str, ...]
) -> None:
    store = Store(tmp_path, memory_limit=ALLOWED)
    for source in sources:
        land(store, source)
    assert store.materialise(views(tmp_path, *sources))
    made_in = {
        schema: str(store.database.query(f"select memory_limit from {schema}.machines").scalar())
        for schema in (*sources, "core")
    }
    after = str(store.database.query("select current_setting('memory_limit')").scalar())
    store.close()
    modest = {made_in[source] for source in sources}
    assert len(modest) == 1
    assert modest != {ALLOWED}
    assert made_in["core"] == (ALLOWED if len(sources) > 1 else modest.pop())
    assert after == ALLOWED
