"""What a bench found: figures beside their targets, tables, the machine; kept in ``bench/results``.

``docs/performance.md`` is written from these files alone (``python -m bench page``), so that one claim can be
measured again without the others.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from bench.measure import HERE, table

RESULTS = HERE / "results"
#: Whose version changes the figures.
PACKAGES = ("duckdb", "httpx", "matplotlib", "orjson", "pandas", "pymysql", "weasyprint", "xlsxwriter")


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One promise and what was measured."""

    promise: str
    #: The figure as text, with its unit.
    measured: str
    is_met: bool
    #: Why it is missed, or what the figure does not cover.
    remark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """A table of figures; one row a process or a stage."""

    caption: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(slots=True, kw_only=True)
class Outcome:
    """Everything one bench has to say."""

    claim: str
    title: str
    #: The command that gives these figures again.
    command: str
    targets: list[Target] = field(default_factory=list)
    grids: list[Grid] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def target(self, promise: str, measured: str, *, is_met: bool, remark: str = "") -> None:
        """Add a promise with its figure."""
        self.targets.append(Target(promise=promise, measured=measured, is_met=is_met, remark=remark))

    def grid(self, caption: str, heads: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
        """Add a table; cells become text."""
        texts = [[str(cell) for cell in row] for row in rows]
        self.grids.append(Grid(caption=caption, heads=list(heads), rows=texts))

    def __str__(self) -> str:
        """For a terminal."""
        grids = [f"{grid.caption}\n{table(grid.rows, heads=grid.heads)}" for grid in self.grids]
        told = [
            f"{'met   ' if target.is_met else 'MISSED'}  {target.promise}: {target.measured}"
            for target in self.targets
        ]
        return "\n\n".join([*grids, "\n".join([*told, *self.remarks])])

    def close(self, *, is_quick: bool) -> None:
        """Print it, and keep it unless it *is_quick*: small sizes prove nothing."""
        if not is_quick:
            self.save()
        print(self)

    def save(self, folder: Path = RESULTS) -> Path:
        """Keep it, with the day and the machine; returns the file."""
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{self.claim}.json"
        kept = {**asdict(self), "measured_on": f"{datetime.now(UTC):%Y-%m-%d}", "machine": machine()}
        path.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        return path


def arguments_of(
    claim: str,
    about: str | None,
    words: Sequence[str],
    *,
    sizes: Mapping[str, tuple[object, object]],
) -> argparse.Namespace:
    """The choices of a command line: *sizes* has the full and the quick size of each, one number or several.

    ``--quick`` takes the quick sizes and keeps no result; ``--folder`` is None unless given.
    """
    parser = argparse.ArgumentParser(
        prog=f"python -m bench {claim}",
        description=about,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    is_quick = "--quick" in words
    for name, (full, quick) in sizes.items():
        default = quick if is_quick else full
        first, several = (full[0], "+") if isinstance(full, tuple) else (full, None)
        told = f"default {_told(full)}, quick {_told(quick)}"
        parser.add_argument(
            f"--{name.replace('_', '-')}", type=type(first), nargs=several, default=default, help=told
        )
    parser.add_argument("--quick", action="store_true", help="small, to see that it runs; keeps no result")
    parser.add_argument("--folder", type=Path, help="scratch; a temporary folder by default")
    return parser.parse_args(words)


def _told(size: object) -> str:
    return " ".join(map(str, size)) if isinstance(size, tuple) else str(size)


@contextmanager
def scratch(folder: Path | None) -> Iterator[Path]:
    """*folder*, made where it is missing, or one that is gone afterwards."""
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        yield folder
        return
    with tempfile.TemporaryDirectory(prefix="msp-audit-") as name:
        yield Path(name)


def machine() -> dict[str, str]:
    """Processor, cores, memory, system and the versions of what does the work."""
    found = {
        "processor": _processor(),
        "cores": str(os.cpu_count()),
        "memory": f"{_memory_gb():.0f} GB",
        "system": _system(),
        "python": platform.python_version(),
    }
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:  # a bench of another tool's environment
            continue
    return found


def commandline(module: str, arguments: Sequence[str]) -> str:
    """As a reader would type it."""
    return " ".join(["python -m bench", module.rpartition(".")[2], *arguments])


def _processor() -> str:
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in text.splitlines() if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _memory_gb() -> float:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    except (AttributeError, ValueError, OSError):
        return 0.0


def _system() -> str:
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except OSError:
        return platform.platform()


def quiet() -> str:
    """How busy the machine was when a bench began, in words; "" where that cannot be known."""
    try:
        load, _, _ = os.getloadavg()
    except (AttributeError, OSError):
        return ""
    return f"{load:.1f} processes were running on {os.cpu_count()} cores when this began."


def run_module(name: str, arguments: Sequence[str]) -> int:
    """One bench in a process of its own; its output goes where ours goes."""
    return subprocess.run(
        [sys.executable, "-m", f"bench.{name}", *arguments], cwd=HERE.parent, check=False
    ).returncode
