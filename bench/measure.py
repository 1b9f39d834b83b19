"""Whole processes, timed, with their peak memory; and the sandbox in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parent.parent
#: What takes long to make stays here, for the next bench: estates, environments of peers.
SCRATCH = Path(tempfile.gettempdir()) / "msp-audit-bench"
HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One process from start to end."""

    seconds: float
    #: Of the process and its largest child.
    peak_bytes: int
    #: Processor time, user and system.
    cpu_seconds: float
    output: str

    @property
    def peak_mb(self) -> float:
        """In millions of bytes."""
        return self.peak_bytes / 1e6


def measured(
    command: Sequence[str | Path],
    *,
    environment: Mapping[str, str] | None = None,
    allowed: Sequence[int] = (0,),
) -> Measured:
    """Run *command* to its end.

    Raises:
        RuntimeError: it ended with another exit code than *allowed*.
    """
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "took.json"
        launcher = [sys.executable, "-SE", str(HERE / "_launch.py"), str(report)]
        ran = subprocess.run(
            [*launcher, *(str(part) for part in command)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=REPOSITORY,
            env={**os.environ, **(environment or {})},
            check=False,
        )
        output = ran.stdout.decode("utf-8", "replace")
        took = json.loads(report.read_text(encoding="utf-8")) if report.exists() else {"code": "no start"}
    if (code := took.pop("code")) not in allowed:
        raise RuntimeError(f"{command[0]} ended with {code}:\n{output[-4000:]}")
    return Measured(output=output, **took)


def estate(folder: Path, *, companies: int, computers: int, devices: int = 0, sql: bool = False) -> Path:
    """An invented estate of that size below *folder*; made once, then used again."""
    place = folder / f"estate-{companies}-{computers}-{devices}{'-sql' if sql else ''}"
    if not (place / "auvik_sync.toml").exists():
        sizes = {"--companies": companies, "--computers": computers, "--devices": devices}
        command = [sys.executable, "-m", "msp_audit.sandbox.estate", str(place)]
        command += [str(part) for pair in sizes.items() for part in pair] + ([] if sql else ["--no-sql"])
        print(f"making {place}", file=sys.stderr)
        measured(command)
    return next(path.parent for path in sorted(place.glob("*/estate.json")))


def authority(folder: Path) -> tuple[Path, Path]:
    """A private certificate authority, and a certificate with its key for 127.0.0.1 that it signed.

    Made with the ``openssl`` program.
    """
    ca, ca_key = folder / "ca.pem", folder / "ca.key"
    request, leaf, both = folder / "leaf.csr", folder / "leaf.pem", folder / "server.pem"
    if not both.exists():
        folder.mkdir(parents=True, exist_ok=True)
        new: list[str | Path] = ["openssl", "req", "-newkey", "rsa:2048", "-nodes", "-days", "3650"]
        ca_parts = ["-addext", "keyUsage=critical,keyCertSign,cRLSign"]
        _quietly([*new, "-x509", "-subj", "/CN=Bench CA", *ca_parts, "-keyout", ca_key, "-out", ca])
        _quietly([*new, "-subj", "/CN=127.0.0.1", "-keyout", folder / "leaf.key", "-out", request])
        names = folder / "names.txt"
        names.write_text("subjectAltName=IP:127.0.0.1,DNS:localhost\nbasicConstraints=CA:FALSE\n")
        sign: list[str | Path] = [
            "openssl",
            "x509",
            "-req",
            "-days",
            "3650",
            "-CAcreateserial",
            "-extfile",
            names,
        ]
        _quietly([*sign, "-in", request, "-CA", ca, "-CAkey", ca_key, "-out", leaf])
        both.write_bytes(leaf.read_bytes() + (folder / "leaf.key").read_bytes())
    return ca, both


def _quietly(command: Sequence[str | Path]) -> None:
    subprocess.run([str(part) for part in command], check=True, capture_output=True)


class Serving:
    """The sandbox in a process of its own; told what to do over its standard input."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.url = self._answer()["url"]

    def delay(self, milliseconds: int) -> None:
        """Every answer comes so much later; 0 ends that."""
        self._tell(delay=milliseconds)

    def visits(self) -> list[dict[str, Any]]:
        """The requests since it was last asked."""
        visits: list[dict[str, Any]] = self._tell(visits=True)["visits"]
        return visits

    def _tell(self, **order: int) -> dict[str, Any]:
        if self._process.stdin is not None:
            self._process.stdin.write(json.dumps(order) + "\n")
            self._process.stdin.flush()
        return self._answer()

    def _answer(self) -> dict[str, Any]:
        line = self._process.stdout.readline() if self._process.stdout is not None else ""
        if not line:
            raise RuntimeError("The sandbox has ended.")
        answer: dict[str, Any] = json.loads(line)
        return answer


@contextmanager
def serving(reading: Path, *, certificate: Path | None = None) -> Iterator[Serving]:
    """A sandbox over *reading* for the time of the block."""
    command = [sys.executable, str(HERE / "_serve.py"), str(reading), str(certificate or "")]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=REPOSITORY
    )
    try:
        yield Serving(process)
    finally:
        process.terminate()
        process.wait(timeout=10)


def table(rows: Sequence[Sequence[object]], *, heads: Sequence[str]) -> str:
    """Markdown, aligned."""
    texts = [list(heads), *([str(cell) for cell in row] for row in rows)]
    widths = [max(len(row[column]) for row in texts) for column in range(len(heads))]

    def line(cells: Sequence[str]) -> str:
        padded = (
            cell.ljust(width) if number == 0 else cell.rjust(width)
            for number, (cell, width) in enumerate(zip(cells, widths, strict=True))
        )
        return f"| {' | '.join(padded)} |"

    rule = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
    return "\n".join([line(texts[0]), rule, *map(line, texts[1:])])
