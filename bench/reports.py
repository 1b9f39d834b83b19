"""Reports of a large run, face by face: seconds and memory, beside pandas and WeasyPrint used plainly.

    python -m bench reports --findings 100000

The demo's workspace is made and its findings are multiplied in the published database (real rules, reasons,
evidence; names and serial numbers differ). Each face is one ``msp-audit report weekly_internal`` in a process
of its own. Beside it a script writes the same rows with pandas, and the PDF by giving WeasyPrint a table of
``--naive-rows`` rows: of all it would take most of an hour and more memory than machines have.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from bench.measure import HERE, Measured, measured
from bench.outcome import Outcome, quiet
from msp_audit.cli.demo import demo_workspace

FACES = ("html", "pdf", "xlsx", "csv", "json", "parquet")
#: Seconds and millions of bytes that were promised.
PROMISES = {"pdf": (20.0, 300.0), "xlsx": (15.0, 400.0)}

_GROW = """
insert into audit.findings by name
select findings.* exclude (place) replace (
    printf('%016x', 1000000 + numbers.range * 1000 + findings.place) as finding_id,
    json_object('id', numbers.range * 1000 + findings.place) as key,
    coalesce(findings.entity_name, findings.entity_id) || '-' || numbers.range as entity_name,
    findings.company_id + 1000 * (numbers.range % 20) as company_id,
    findings.company_name || ' ' || (numbers.range % 20) as company_name,
    replace(findings.reason, coalesce(findings.entity_name, '~'),
        coalesce(findings.entity_name, findings.entity_id) || '-' || numbers.range) as reason,
    json_merge_patch(findings.evidence, json_object('serial_number', upper(left(md5(
        (numbers.range * 1000 + findings.place)::varchar), 10)))) as evidence
)
from range(1, 1 + ?::bigint // (select count(*) from picked)::bigint) as numbers
cross join picked as findings
"""
_PICKED = """
create temporary table picked as
select findings.*, row_number() over (order by findings.finding_id) as place
from audit.findings as findings
where
    findings.detection <> 'resolved'
    and findings.parent_finding_id is null
    and findings.triage <> 'suppressed'
    and findings.company_id is not null
"""
_EVENTS = """
insert into audit.finding_events by name
select
    findings.last_seen_run_id as run_id, findings.finding_id, findings.rule, 'new' as event,
    findings.last_seen_at as occurred_at, '{}' as detail
from audit.findings as findings
where findings.detection = 'new' and findings.finding_id not in (select finding_id from audit.finding_events)
"""


@dataclass
class Tree:
    """The most memory that a process and those below it had at one moment; 0 where it cannot be seen."""

    peak_bytes: int = 0
    _is_over: threading.Event = field(default_factory=threading.Event)

    def watch(self) -> None:
        """Look ten times a second until :meth:`end`."""
        while not self._is_over.wait(0.1):
            self.peak_bytes = max(self.peak_bytes, sum(_below_us()))

    def end(self) -> None:
        """Look no more."""
        self._is_over.set()


def _below_us() -> Iterator[int]:
    """Bytes in memory of each process that this one started, and of those below them."""
    waiting = [("", pid) for pid in _children("self")]
    while waiting:
        parent, pid = waiting.pop()
        command = _text(Path(f"/proc/{pid}/cmdline"))
        # Between fork and exec a child shares all its parent has; it has nothing of its own yet.
        if command == parent:
            continue
        # Proportional: what two of them share counts once.
        found = re.search(r"^Pss: +(\d+) kB", _text(Path(f"/proc/{pid}/smaps_rollup")), re.MULTILINE)
        yield int(found[1]) * 1024 if found else 0
        waiting += [(command, child) for child in _children(pid)]


def _children(pid: str) -> list[str]:
    return [child for file in Path(f"/proc/{pid}/task").glob("*/children") for child in _text(file).split()]


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii")
    except OSError:  # it ended meanwhile
        return ""


@contextmanager
def watching() -> Iterator[Tree]:
    """Watch what is started in the block."""
    tree = Tree()
    thread = threading.Thread(target=tree.watch, daemon=True)
    thread.start()
    try:
        yield tree
    finally:
        tree.end()
        thread.join()


def crowded(folder: Path, findings: int) -> Path:
    """A demo workspace whose last run found about so many; returns it."""
    demo_workspace(folder)
    with duckdb.connect(str(folder / "msp-audit.duckdb")) as connection:
        connection.execute(_PICKED)
        connection.execute(_GROW, [findings])
        connection.execute(_EVENTS)
        connection.execute("checkpoint")
    return folder


def line(what: str, rows: int, found: Measured, tree: Tree, size: int) -> list[str]:
    """One process as a row of the table."""
    return [
        what,
        f"{rows:,}",
        f"{found.seconds:.1f}",
        f"{found.cpu_seconds:.1f}",
        f"{found.peak_mb:,.0f}",
        f"{tree.peak_bytes / 1e6:,.0f}",
        f"{size / 1e6:.1f}",
    ]


def main(arguments: Sequence[str]) -> None:
    """Make the workspace, measure, tell, keep."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--findings", type=int, default=100_000)
    parser.add_argument("--naive-rows", type=int, default=2_000)
    parser.add_argument("--faces", nargs="*", default=list(FACES))
    parser.add_argument("--workspace", type=Path, help="made before, with --keep; not made again")
    parser.add_argument("--keep", type=Path, help="make the workspace here, measure nothing")
    parser.add_argument("--dry", action="store_true", help="keep no result")
    parser.add_argument("--quick", action="store_true", help="small, to see that it runs; keeps no result")
    given = parser.parse_args(arguments)
    if given.quick:
        given.findings, given.naive_rows, given.dry = 3_000, 100, True
    if given.keep:
        crowded(given.keep, given.findings)
        return
    outcome = Outcome(
        claim="reports",
        title="Reports of 100,000 findings",
        command=f"python -m bench reports --findings {given.findings} --naive-rows {given.naive_rows}",
        remarks=[told for told in [quiet()] if told],
    )
    with tempfile.TemporaryDirectory() as name:
        workspace = given.workspace or crowded(Path(name) / "workspace", given.findings)
        compare(outcome, workspace, Path(name) / "out", faces=given.faces, naive_rows=given.naive_rows)
    print(outcome)
    if not given.dry:
        outcome.save()


def compare(outcome: Outcome, workspace: Path, out: Path, *, faces: Sequence[str], naive_rows: int) -> None:
    """Every face by us and plainly, one after the other."""
    out.mkdir(parents=True)
    database = workspace / "msp-audit.duckdb"
    with duckdb.connect(str(database), read_only=True) as connection:
        ((found,),) = connection.execute(
            "select count(*) from audit.findings where detection <> 'resolved'"
        ).fetchall()
    rows, ratios = [], []
    for face in faces:
        command: list[str | Path] = [sys.executable, "-m", "msp_audit", "-w", workspace, "report"]
        command.append("weekly_internal")
        with watching() as tree:
            ours = measured([*command, "--face", face, "--out", out])
        (made,) = out.glob(f"weekly_internal-*.{face}")
        rows.append(line(f"msp-audit, {face}", found, ours, tree, made.stat().st_size))
        plain_rows = naive_rows if face == "pdf" else found
        plain = out / f"plain.{face}"
        with watching() as plain_tree:
            peer = measured(
                [sys.executable, HERE / "_naive_report.py", face, database, plain, str(plain_rows)]
            )
        tool = (
            "WeasyPrint on one table" if face == "pdf" else f"pandas.to_{'excel' if face == 'xlsx' else face}"
        )
        rows.append(line(f"{tool}, {face}", plain_rows, peer, plain_tree, plain.stat().st_size))
        ratios.append(
            [face, f"{ours.seconds / peer.seconds:.2f}", f"{ours.cpu_seconds / peer.cpu_seconds:.2f}",
             f"{tree.peak_bytes / max(1, plain_tree.peak_bytes):.2f}"]
        )  # fmt: skip
        _promise(outcome, face, found, ours, tree)
        if face == "pdf":
            each = peer.seconds / plain_rows
            outcome.remarks.append(
                f"WeasyPrint took {each * 1000:.1f} ms and {peer.peak_mb / plain_rows:.2f} MB a row on "
                f"{plain_rows:,} rows; at that pace {found:,} would take {each * found / 60:.0f} minutes "
                "(not measured)."
            )
    heads = ["what", "rows", "seconds", "processor s", "largest process MB", "all together MB", "file MB"]
    outcome.grid("Each face in a process of its own", heads, rows)
    outcome.grid("Ours to the plain way", ["face", "seconds", "processor", "memory, all together"], ratios)
    outcome.remarks.append(
        "The plain files hold one table and nothing else; ours search, filter, sort, link and count."
    )


def _promise(outcome: Outcome, face: str, found: int, ours: Measured, tree: Tree) -> None:
    if face not in PROMISES:
        return
    seconds, megabytes = PROMISES[face]
    most = max(tree.peak_bytes / 1e6, ours.peak_mb)
    outcome.target(
        f"{face.upper()} of {found:,} findings in under {seconds:.0f} s and {megabytes:.0f} MB",
        f"{ours.seconds:.1f} s, {most:.0f} MB in all processes together",
        is_met=ours.seconds < seconds and most < megabytes,
    )


if __name__ == "__main__":
    main(sys.argv[1:])
