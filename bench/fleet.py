"""How long a fleet takes to answer: `python bench/fleet.py [ESTATES] [ASSETS]`, 200 of 20,000 by default.

The estates are copies of one published file, so that making them takes seconds and not a day; what is
measured does not know that: each is a file of its own, opened and read by itself.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
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
        began = time.perf_counter()
        status = fleet.status()
        print(f"status: {time.perf_counter() - began:.1f} s, {len(status)} rows (wanted: under 5)")
        began = time.perf_counter()
        page = fleet.page()
        print(f"report over all: {time.perf_counter() - began:.1f} s, {len(page.estates)} estates")
        began = time.perf_counter()
        rows, problems = fleet.sql(
            "select manufacturer, count(*) as computers, count(distinct workspace) as estates"
            " from automate.computers group by manufacturer order by computers desc"
        )
        total = sum(row["computers"] for row in rows.records())
        took = time.perf_counter() - began
        print(
            f"cross-estate query: {took:.1f} s over {total:,} computers, {len(problems)} not asked (under 10)"
        )


if __name__ == "__main__":
    main()
