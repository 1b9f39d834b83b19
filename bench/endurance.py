"""Hundreds of runs on a changing estate with random faults: memory, handles, disk and time stay flat.

    python -m bench endurance --runs 500

One process, one workspace, one run a day: a random reading of the estate, none to three faults of the
systems (dropped connections, damaged answers, lost rows), then reading, judging, a report and a mail. At the
end every finding of the ledger must be what its events, played again from the first, make of it. It takes
about an hour, so what counts of time is the processor's: it hardly depends on what else the machine does.
"""

from __future__ import annotations

import gc
import os
import random
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median

import duckdb

from bench.measure import measured
from bench.outcome import Outcome, arguments_of, commandline, quiet, scratch
from bench.whole_run import KEYS, SETTINGS, mail_server
from msp_audit.errors import MspAuditError
from msp_audit.sandbox import LOGINS, Sandbox
from msp_audit.workspace import Workspace

SIZES = {"runs": (500, 9), "seed": (10, 10)}
BEGIN = datetime(2026, 1, 5, 6)  # noqa: DTZ001  (UTC, as everywhere)
#: Each acts a few times and is gone; what waits long is left out, for the bench measures no waiting.
FAULTS = (
    "connection_dropped", "truncated_json", "server_error", "automate_unavailable", "automate_forbidden",
    "automate_short_page", "automate_repeated_page", "auvik_unavailable", "auvik_html_page",
    "auvik_tenant_forbidden", "auvik_duplicate_id", "auvik_null_attributes", "psa_02_cloudflare_page",
    "psa_03_gateway_timeout", "psa_07_login_page", "psa_15_forbidden", "psa_20_rows_shift",
    "psa_21_no_forward_only", "psa_36_members_missing", "psa_41_odd_text", "psa_short_page",
    "psa_row_repeated", "psa_count_differs",
)  # fmt: skip
#: Runs at the beginning and the end that are compared; the first are still filling caches.
WINDOW = 25
#: A finding's state, folded from its events in order.
REPLAY = """
with folded as (
    select
        events.finding_id,
        arg_max(events.event, events.run_id)
            filter (where events.event in ('new', 'reopened', 'resolved')) as last_event,
        count(*) filter (where events.event = 'reopened') as times_reopened,
        min(events.run_id) filter (where events.event = 'new') as first_run_id,
        count(*) filter (where events.event = 'new') as times_new
    from audit.finding_events as events
    group by events.finding_id
)
select count(*)
from audit.findings as findings
full join folded on findings.finding_id = folded.finding_id
where
    findings.finding_id is null or folded.finding_id is null
    or folded.times_new <> 1
    or folded.first_run_id <> findings.first_seen_run_id
    or folded.times_reopened <> findings.times_reopened
    or (folded.last_event = 'resolved') <> (findings.resolved_at is not null)
"""


def main(arguments: list[str]) -> int:
    """Run, compare beginning and end, keep the outcome."""
    chosen = arguments_of("endurance", __doc__, arguments, sizes=SIZES)
    outcome = Outcome(
        claim="endurance",
        title=(__doc__ or "").partition("\n")[0],
        command=commandline("endurance", arguments),
        remarks=[quiet()],
    )
    with scratch(chosen.folder) as folder:
        days = list(live(folder, runs=chosen.runs, dice=random.Random(chosen.seed)))
        wrong, findings, events = _replayed(folder / "workspace" / "msp-audit.duckdb")
    _tell(outcome, days)
    outcome.target(
        "Every finding of the ledger is what its events make of it",
        f"{wrong} of {findings:,} differ, after {events:,} events",
        is_met=wrong == 0 and findings > 0,
    )
    outcome.close(is_quick=chosen.quick)
    return 0


def live(folder: Path, *, runs: int, dice: random.Random) -> Iterator[dict[str, float]]:
    """So many days; the figures of each."""
    readings = _estate(folder)
    workspace = folder / "workspace"
    workspace.mkdir()
    os.environ.update(KEYS)
    with Sandbox(readings[0]) as sandbox, mail_server() as port:
        for day in range(runs):
            reading = dice.choice(readings)
            sandbox.serve(reading)
            sandbox.faults.clear()
            for fault in dice.sample(FAULTS, dice.choice((0, 0, 1, 2, 3))):
                sandbox.faults.add(fault, after=dice.randrange(60), times=dice.randint(1, 3))
            (workspace / "msp-audit.toml").write_text(_settings(sandbox.url, port, reading))
            yield _day(workspace, BEGIN + timedelta(days=day))
            if day % 25 == 0:
                print(f"  day {day}", file=sys.stderr, flush=True)


def _day(workspace: Path, now: datetime) -> dict[str, float]:
    began, used = time.monotonic(), _processor_seconds()
    troubled = 0
    try:
        outcome = Workspace.open(workspace, overrides={"as_of": now}).run()
        troubled = any(str(reading.verdict) not in ("complete", "absent") for reading in outcome.run.readings)
    except MspAuditError:
        troubled = 1
    seconds, used = time.monotonic() - began, _processor_seconds() - used
    gc.collect()
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    resident = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))
    return {
        "seconds": seconds,
        "processor": used,
        "megabytes": resident / 1000,
        "handles": float(sum(1 for _ in Path("/proc/self/fd").iterdir())),
        "disk": sum(path.stat().st_size for path in workspace.rglob("*") if path.is_file()) / 1e6,
        "troubled": float(troubled),
    }


def _processor_seconds() -> float:
    """Of this process, with the sandbox and the mail server in it, and of its children that have ended."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def _estate(folder: Path) -> list[Path]:
    place = folder / "estate"
    sizes = ["--companies", "12", "--computers", "150", "--devices", "40", "--weeks", "6", "--no-sql"]
    measured([sys.executable, "-m", "msp_audit.sandbox.estate", str(place), *sizes])
    return sorted(path.parent for path in place.glob("*/estate.json"))


def _settings(url: str, port: int, reading: Path) -> str:
    text = SETTINGS.format(
        url=url,
        port=port,
        tables=reading / "automate" / "tables",
        sync=(reading.parent / "auvik_sync.toml").read_text(encoding="utf-8"),
        automate=LOGINS["automate"],
        auvik=LOGINS["auvik"],
        **LOGINS["psa"],
    )
    for source in ("psa", "automate", "auvik"):
        # How long one waits for a server that fails says nothing about what stays behind.
        text = text.replace(f"[{source}]\n", f"[{source}]\nhttp = {{ retry_floor_seconds = 0.01 }}\n")
    return text


def _replayed(published: Path) -> tuple[int, int, int]:
    """Findings that differ from their events, findings, events."""
    with duckdb.connect(str(published), read_only=True) as connection:
        counts = [
            connection.execute(sql).fetchall()[0][0]
            for sql in (
                REPLAY,
                "select count(*) from audit.findings",
                "select count(*) from audit.finding_events",
            )
        ]
    return counts[0], counts[1], counts[2]


def _tell(outcome: Outcome, days: Sequence[dict[str, float]]) -> None:
    window = min(WINDOW, len(days) // 3)
    early, late = days[window : 2 * window], days[-window:]
    names = {
        "megabytes": "memory, MB",
        "handles": "open handles",
        "processor": "processor seconds a run",
        "disk": "disk, MB",
    }
    #: How much more the end may take than the beginning. The store keeps every state of every day.
    allowed = {"megabytes": 1.3, "handles": 1.05, "processor": 1.5, "disk": 4.0}
    rows = []
    for key, name in names.items():
        before, after = (median(day[key] for day in days_of) for days_of in (early, late))
        rows.append((name, f"{before:.1f}", f"{after:.1f}", f"{after / before:.2f}"))
        outcome.target(
            f"{name} over {len(days)} runs: at most {allowed[key]} times the beginning's",
            f"{after / before:.2f} times",
            is_met=after / before <= allowed[key],
        )
    seconds = median(day["seconds"] for day in days)
    outcome.remarks.append(f"A run took {seconds:.1f} s by the clock (the median).")
    heads = ("median of a run", f"runs {window + 1} to {2 * window}", f"last {window}", "ratio")
    outcome.grid("Beginning and end:", heads, rows)
    troubled = sum(day["troubled"] > 0 for day in days)
    outcome.remarks.append(f"{troubled} of {len(days)} runs had a list that was not read completely.")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
