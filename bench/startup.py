"""How long one waits for the program to start, for `sql`, and for `import msp_audit` in a notebook.

    python -m bench startup --times 9

Every figure is the median of several processes, each started when the one before has ended, after one that
fills the file cache. `sql` asks the demo's published database; beside it Python with DuckDB alone opens the
same file.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench.measure import measured
from bench.outcome import Outcome, arguments_of, commandline, quiet, scratch

SIZES = {"times": (9, 3)}
_PLAIN = "import duckdb; print(duckdb.connect(r'{}', read_only=True).sql('select 1 as one'))"
_FRAME = "import pandas, duckdb; print(duckdb.connect(r'{}', read_only=True).sql('select 1 as one').df())"
_OURS = "import msp_audit as ma; print(ma.open(r'{}').sql('select 1 as one'))"
#: What is measured, and beside what.
BESIDE = {
    "msp-audit --version": "python -c pass",
    "msp-audit --help": "python -c pass",
    "import msp_audit": "import pandas, duckdb",
    "ma.open(…).sql(…) to a DataFrame": "pandas and DuckDB: the same",
    'msp-audit sql "select 1 as one"': "DuckDB alone: connect, select",
}
#: "Instant" of the design, in seconds of processor time.
INSTANT = 0.5
NOT_SLOWER = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """Medians over several processes."""

    seconds: float
    cpu_seconds: float
    peak_mb: float


def main(arguments: list[str]) -> int:
    """Start each several times, keep the outcome."""
    chosen = arguments_of("startup", __doc__, arguments, sizes=SIZES)
    outcome = Outcome(
        claim="startup",
        title=(__doc__ or "").partition("\n")[0],
        command=commandline("startup", arguments),
        remarks=[quiet()],
    )
    with scratch(chosen.folder) as folder:
        # In a process of its own: a child's peak is at least what its parent held when it was made.
        measured([sys.executable, "-m", "msp_audit", "demo", "--folder", str(folder / "demo")])
        found = {
            name: started(command, times=chosen.times) for name, command in commands(folder / "demo").items()
        }
    tell(outcome, found)
    outcome.close(is_quick=chosen.quick)
    return 0


def commands(workspace: Path) -> dict[str, list[str]]:
    """What is started; the program as ``python -m msp_audit``, which is what its command does."""
    python, ours = [sys.executable, "-c"], [sys.executable, "-m", "msp_audit"]
    return {
        "python -c pass": [*python, "pass"],
        "msp-audit --version": [*ours, "--version"],
        "msp-audit --help": [*ours, "--help"],
        "import pandas, duckdb": [*python, "import pandas, duckdb"],
        "import msp_audit": [*python, "import msp_audit"],
        "pandas and DuckDB: the same": [*python, _FRAME.format(workspace / "msp-audit.duckdb")],
        "ma.open(…).sql(…) to a DataFrame": [*python, _OURS.format(workspace)],
        "DuckDB alone: connect, select": [*python, _PLAIN.format(workspace / "msp-audit.duckdb")],
        'msp-audit sql "select 1 as one"': [*ours, "-w", str(workspace), "sql", "select 1 as one"],
    }


def started(command: Sequence[str], *, times: int) -> Started:
    """The medians of *times* starts, after one that is not counted."""
    measured(command)
    runs = [measured(command) for _ in range(times)]
    return Started(
        seconds=median(run.seconds for run in runs),
        cpu_seconds=median(run.cpu_seconds for run in runs),
        peak_mb=median(run.peak_mb for run in runs),
    )


def tell(outcome: Outcome, found: dict[str, Started]) -> None:
    """The table, the promises."""
    rows = [
        (
            name,
            f"{ran.seconds:.3f}",
            f"{ran.cpu_seconds:.3f}",
            f"{ran.peak_mb:.0f} MB",
            f"{ran.cpu_seconds / found[BESIDE[name]].cpu_seconds:.2f}" if name in BESIDE else "",
            BESIDE.get(name, ""),
        )
        for name, ran in found.items()
    ]
    heads = ("what", "seconds", "processor s", "peak", "processor, times", "of")
    outcome.grid("Medians:", heads, rows)
    for name in ("msp-audit --version", "msp-audit --help"):
        taken = found[name].cpu_seconds
        outcome.target(
            f"`{name}` within {INSTANT} s of processor time", f"{taken:.2f} s", is_met=taken <= INSTANT
        )
    ratio = found["import msp_audit"].cpu_seconds / found["import pandas, duckdb"].cpu_seconds
    outcome.target(
        "`import msp_audit` not slower than importing pandas and DuckDB",
        f"{ratio:.2f} times",
        is_met=ratio <= NOT_SLOWER,
    )
    outcome.remarks.append(
        'No figure was promised for starting: "instant" is taken as half a second of processor time.'
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
