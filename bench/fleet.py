"""A fleet of many estates: its status, its report, and one question to all of them.

    python -m bench fleet --estates 200 --assets 20000

The estates are copies of one published file, so that making them takes seconds and not a day; what is
measured does not know that: each is a file of its own, opened and read by itself. Beside the question a loop
asks each file the same with DuckDB alone, one after the other.
"""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from bench.outcome import Outcome, arguments_of, commandline, quiet, scratch
from msp_audit.cli.demo import demo_workspace
from msp_audit.workspace.fleet import load_fleet

SIZES = {"estates": (200, 10), "assets": (20_000, 1_000)}
#: Seconds that were promised for the status, and for the question.
STATUS, QUESTION = 5.0, 10.0
#: Per manufacturer: how many computers.
ASKED = (
    "select manufacturer, count(*) as computers from automate.computers"
    " group by manufacturer order by computers desc"
)
_GROW = """
insert into automate.computers
select computers.* replace (1000000 + numbers.range as computer_id)
from range($missing) as numbers
cross join (select * from automate.computers order by computer_id limit 1) as computers
"""


def main(arguments: list[str]) -> int:
    """Make the estates, ask, keep the outcome."""
    chosen = arguments_of("fleet", __doc__, arguments, sizes=SIZES)
    outcome = Outcome(
        claim="fleet",
        title=(__doc__ or "").partition("\n")[0],
        command=commandline("fleet", arguments),
        remarks=[quiet()],
    )
    with scratch(chosen.folder) as home:
        size = copies(home, estates=chosen.estates, assets=chosen.assets)
        outcome.remarks.append(
            f"{chosen.estates} estates of {chosen.assets:,} computers, {size:.0f} MB each."
        )
        ask(outcome, home)
    outcome.close(is_quick=chosen.quick)
    return 0


def copies(home: Path, *, estates: int, assets: int) -> float:
    """So many workspaces below *home* and the list of them; megabytes of each."""
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
    return published.stat().st_size / 1e6


def ask(outcome: Outcome, home: Path) -> None:
    """Status, report and question, each timed."""
    fleet = load_fleet(home / "fleet.toml")
    with stopwatch() as status:
        told = fleet.status()
    with stopwatch() as report:
        page = fleet.page()
    with stopwatch() as question:
        rows, problems = fleet.sql(ASKED)
    with stopwatch() as loop:
        plainly = sum(_alone(path) for path in sorted(home.glob("estates/*/msp-audit.duckdb")))
    asked = sum(row["computers"] for row in rows.records())
    if asked != plainly or problems or len(told) != len(page.estates):
        raise RuntimeError(f"The fleet counts {asked} computers, the files hold {plainly}; {problems}")
    heads = ("what", "seconds", "processor s")
    laps = {
        "status": status, "report over all": report, f"one question to {asked:,} computers": question,
        "the same, DuckDB in a loop": loop,
    }  # fmt: skip
    outcome.grid("By the clock and on processors:", heads, [(name, *lap()) for name, lap in laps.items()])
    for name, lap, limit in (("Status", status, STATUS), ("One question to all", question, QUESTION)):
        outcome.target(
            f"{name} of {len(told)} estates in under {limit:.0f} s",
            f"{lap()[0]} s",
            is_met=float(lap()[0]) < limit,
        )


def _alone(path: Path) -> int:
    with duckdb.connect(str(path), read_only=True) as connection:
        return sum(count for _, count in connection.execute(ASKED).fetchall())


@contextmanager
def stopwatch() -> Iterator[Callable[[], tuple[str, str]]]:
    """Seconds by the clock and on processors; only the latter mean anything on a busy machine."""
    began, worked = time.perf_counter(), time.process_time()
    took: list[float] = []
    yield lambda: (f"{took[0]:.2f}", f"{took[1]:.2f}")
    took += [time.perf_counter() - began, time.process_time() - worked]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
