"""A whole run, from the three systems to the delivered mail: where the time goes, and how it grows.

    python -m bench whole_run --assets 10000 100000 1000000

For each size an estate is made (200 assets a company; nine of ten a computer, one an Auvik device, nearly
each with its configuration in the PSA) and served by the sandbox in a process of its own; the tables of
Automate's plugin come as exports. ``msp-audit run`` then reads, keeps, judges, reports (HTML, PDF, XLSX) and
mails to a server on this machine, twice: the first run of an estate, and one in which nothing changed.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from bench.measure import HERE, REPOSITORY, SCRATCH, Measured, estate, measured, serving
from bench.outcome import Outcome, arguments_of, commandline, quiet
from msp_audit.sandbox import LOGINS

SIZES = {"assets": ((10_000, 100_000, 1_000_000), (500, 1_000))}
PER_COMPANY = 200
#: Seconds and gigabytes that a million assets may take without the reading.
SECONDS, GIGABYTES = 90.0, 4.0
STAGES = (
    "Sources read",
    "Typed relations made",
    "Rules judged",
    "Database published",
    "Reports made",
    "Delivered",
)
SETTINGS = """
name = "Bench"
[psa]
url = "{url}"
company = "{company}"
client_id = "{client_id}"
public_key = "env:BENCH_PUBLIC"
private_key = "env:BENCH_PRIVATE"
[automate]
url = "{url}/automate"
username = "{automate[username]}"
password = "env:BENCH_AUTOMATE"
client_id = "{client_id}"
exports = "{tables}"
exports_max_age_hours = 1000000
[[delivery]]
name = "weekly"
report = "weekly_internal"
channel = "email"
when = "always"
sender = "msp-audit@bench.example"
to = ["manager@bench.example"]
[mail.smtp]
host = "127.0.0.1"
port = {port}
security = "none"
[store]
rule_seconds = 600
[auvik]
url = "{url}/auvik"
username = "{auvik[username]}"
api_key = "env:BENCH_AUVIK"

{sync}
"""
#: What the settings refer to.
KEYS = {
    "BENCH_PUBLIC": LOGINS["psa"]["public_key"],
    "BENCH_PRIVATE": LOGINS["psa"]["private_key"],
    "BENCH_AUTOMATE": LOGINS["automate"]["password"],
    "BENCH_AUVIK": LOGINS["auvik"]["api_key"],
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """One ``msp-audit run``, with its own seconds of each stage."""

    whole: Measured
    stages: dict[str, float]
    megabytes: float

    @property
    def without_reading(self) -> float:
        """Seconds of everything but reading the sources."""
        return self.whole.seconds - self.stages["Sources read"]


def main(arguments: list[str]) -> int:
    """Measure each size, keep the outcome."""
    chosen = arguments_of("whole_run", __doc__, arguments, sizes=SIZES)
    outcome = Outcome(
        claim="whole_run",
        title=(__doc__ or "").partition("\n")[0],
        command=commandline("whole_run", arguments),
        remarks=[quiet()],
    )
    first: dict[int, Ran] = {}
    again: dict[int, Ran] = {}
    for assets in sorted(chosen.assets):
        first[assets], again[assets] = runs(chosen.folder or SCRATCH, assets)
    for caption, ran in (("The first run of an estate", first), ("The next run; nothing changed", again)):
        outcome.grid(caption + ", in seconds:", ("stage", *map(_counted, ran)), list(_rows(ran)))
    _targets(outcome, first)
    outcome.close(is_quick=chosen.quick)
    return 0


def runs(folder: Path, assets: int) -> tuple[Ran, Ran]:
    """Two runs over one estate of so many *assets*."""
    devices = assets // 10
    reading = estate(
        folder, companies=max(1, assets // PER_COMPANY), computers=assets - devices, devices=devices
    )
    workspace = folder / "whole"
    shutil.rmtree(workspace, ignore_errors=True)
    workspace.mkdir(parents=True)
    with serving(reading) as served, mail_server() as port:
        (workspace / "msp-audit.toml").write_text(
            SETTINGS.format(
                url=served.url,
                port=port,
                tables=reading / "automate" / "tables",
                sync=(reading.parent / "auvik_sync.toml").read_text(encoding="utf-8"),
                automate=LOGINS["automate"],
                auvik=LOGINS["auvik"],
                **LOGINS["psa"],
            )
        )
        return run(workspace), run(workspace)


def run(workspace: Path) -> Ran:
    """One whole run; findings are no failure."""
    command = [sys.executable, "-m", "msp_audit", "--workspace", str(workspace), "run"]
    whole = measured(command, environment=KEYS, allowed=(0, 1))
    stages = dict.fromkeys(STAGES, 0.0)
    for name, seconds in re.findall(r"INFO ([A-Z][a-z ]+): ([0-9.]+) s\.", whole.output):
        if name in stages:
            stages[name] += float(seconds)
    if not stages["Delivered"]:  # findings end with 1, and so does a program that broke
        raise RuntimeError(f"The run did not come to its end:\n{whole.output[-4000:]}")
    kept = sum(path.stat().st_size for path in workspace.rglob("*.duckdb") if path.is_file())
    print(f"  {whole.seconds:.1f} s, {whole.peak_mb:.0f} MB, {stages}", file=sys.stderr)
    return Ran(whole=whole, stages=stages, megabytes=kept / 1e6)


@contextmanager
def mail_server() -> Iterator[int]:
    """The port of a mail server in a process of its own."""
    command = [sys.executable, str(HERE / "_mail.py")]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=REPOSITORY
    )
    try:
        line = process.stdout.readline() if process.stdout is not None else ""
        yield int(json.loads(line)["port"])
    finally:
        process.terminate()
        process.wait(timeout=10)


def _rows(ran: dict[int, Ran]) -> Iterator[list[str]]:
    for name in STAGES:
        yield [name, *(f"{one.stages[name]:.1f}" for one in ran.values())]
    yield ["whole process", *(f"{one.whole.seconds:.1f}" for one in ran.values())]
    yield ["… without reading", *(f"{one.without_reading:.1f}" for one in ran.values())]
    yield ["… of the processor", *(f"{one.whole.cpu_seconds:.1f}" for one in ran.values())]
    yield ["peak memory", *(f"{one.whole.peak_mb:.0f} MB" for one in ran.values())]
    yield ["store and published", *(f"{one.megabytes:.0f} MB" for one in ran.values())]


def _targets(outcome: Outcome, ran: dict[int, Ran]) -> None:
    most = max(ran)
    largest = ran[most]
    outcome.target(
        f"{_counted(most)}: all but the network below {SECONDS:.0f} s",
        f"{largest.without_reading:.1f} s",
        is_met=largest.without_reading < SECONDS,
        remark="Reading is left out whole, though a part of it is our own work: parsing and spooling.",
    )
    outcome.target(
        f"{_counted(most)}: below {GIGABYTES:.0f} GB",
        f"{largest.whole.peak_mb / 1000:.2f} GB",
        is_met=largest.whole.peak_mb / 1000 < GIGABYTES,
    )
    sizes = sorted(ran)
    for small, large in pairwise(sizes):
        worst = max(STAGES, key=lambda name: ran[large].stages[name] / max(ran[small].stages[name], 0.1))
        growth = ran[large].stages[worst] / max(ran[small].stages[worst], 0.1)
        outcome.target(
            f"From {_counted(small)} to {_counted(large)} no stage grows more than they do",
            f"{growth:.1f} times ({worst.lower()})",
            is_met=growth <= large / small,
        )


def _counted(assets: int) -> str:
    return f"{assets:,} assets"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
