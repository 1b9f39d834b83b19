"""How long a fleet takes to answer: `python -m bench.fleet [ESTATES] [ASSETS]`, 200 of 20,000 by default.

The estates are copies of one published file, so that making them takes seconds and not a day; what is
measured does not know that: each is a file of its own, opened and read by itself.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from msp_audit.cli.demo import demo_workspace
from msp_audit.workspace.fleet import load_fleet

_GROW = """
insert into automate.computers
select computers.* replace (1000000 + numbers.range as computer_id)
from range($missing) as numbers
cross join (select * from automate.computers order by computer_id limit 1) as computers
"""


def main() -> None:
    """Make the estates, ask, tell."""
    estates, assets = (int(word) for word in [*sys.argv[1:], "200", "20000"][:2])
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        demo_workspace(home / "one")
        published = home / "one" / "msp-audit.duckdb"
        with duckdb.connect(str(published)) as connection:
            found = connection.execute("select count(*) from automate.computers").fetchall()
            connection.execute(_GROW, {"missing": assets - found[0][0]})
        for number in range(estates):
            folder = home / "estates" / f"msp_{number:03}"
            folder.mkdir(parents=True)
            shutil.copy(home / "one" / "msp-audit.toml", folder)
            shutil.copy(published, folder)
        (home / "fleet.toml").write_text('workspaces = ["estates/*"]\n', encoding="utf-8")
        size = published.stat().st_size / 1e6
        print(f"{estates} estates of {assets:,} computers, {size:.0f} MB each")
        fleet = load_fleet(home / "fleet.toml")
        with stopwatch() as told:
            status = fleet.status()
        print(f"status: {told()}, {len(status)} rows (wanted: under 5 s)")
        with stopwatch() as told:
            page = fleet.page()
        print(f"report over all: {told()}, {len(page.estates)} estates")
        with stopwatch() as told:
            rows, problems = fleet.sql(
                "select manufacturer, count(*) as computers, count(distinct workspace) as estates"
                " from automate.computers group by manufacturer order by computers desc"
            )
        total = sum(row["computers"] for row in rows.records())
        print(
            f"cross-estate query: {told()} over {total:,} computers, {len(problems)} not asked (under 10 s)"
        )


@contextmanager
def stopwatch() -> Iterator[Callable[[], str]]:
    """Seconds by the clock and on processors; only the latter mean anything on a busy machine."""
    began, worked = time.perf_counter(), time.process_time()
    took: list[float] = []
    yield lambda: f"{took[0]:.1f} s ({took[1]:.1f} s of processor)"
    took += [time.perf_counter() - began, time.process_time() - worked]


if __name__ == "__main__":
    main()
