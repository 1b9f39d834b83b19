"""Our PSA snapshot against a bare loop of the same requests and against pyconnectwise.

    python -m bench snapshot_psa
    python -m bench snapshot_psa --delayed-companies 2000 --delayed-computers 97200
    python -m bench snapshot_psa --computers 1080000 --delays 0 --concurrency 4 --peer no

All three read over TLS with a private authority from the sandbox in a process of its own. The bare loop asks
the very same requests, all known beforehand, the same number in flight, with httpx, and throws the bytes
away. pyconnectwise is installed from PyPI into an environment of its own and reads the same lists as its
users call it. Answers that come late are measured on a fifth of the estate by default: pyconnectwise alone
waits 14 minutes for the whole one (the second line). The third line is the million configurations.
"""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import sys
from argparse import Namespace
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from bench.measure import HERE, SCRATCH, Measured, Serving, authority, estate, measured, serving
from bench.outcome import Outcome, arguments_of, commandline, quiet
from msp_audit.sandbox import LOGINS

LOGIN = LOGINS["psa"]
SETTINGS = """
[psa]
url = "{url}"
company = "{company}"
client_id = "{client_id}"
public_key = "env:BENCH_PUBLIC"
private_key = "env:BENCH_PRIVATE"
http = {{ concurrency = {concurrency}, ca_file = "{authority}" }}
"""
PYCONNECTWISE = "0.6.1.2"
PEER = f"pyconnectwise=={PYCONNECTWISE}"
SIZES = {
    "companies": (2_000, 20),
    # About 100,000 configurations.
    "computers": (97_200, 1_000),
    "delayed_companies": (400, 20),
    "delayed_computers": (19_440, 1_000),
    # Milliseconds that every answer comes late.
    "delays": ((0, 100), (0, 20)),
    "concurrency": ((4, 8), (4, 8)),
    # The fastest counts.
    "repeat": (1, 1),
    "peer": ("yes", "yes"),
}
#: Milliseconds of delay -> how many times the bare loop a snapshot may take.
TO_LOOP = {0: 1.6, 100: 1.25}
#: Requests in flight -> how many times faster than pyconnectwise, when answers come 100 ms late.
TO_PEER = {4: 3.5, 8: 6.0}
#: Memory that a million configurations may take, in MB.
MEMORY, MILLION = 600, 1_000_000
KEYS = {"BENCH_PUBLIC": LOGIN["public_key"], "BENCH_PRIVATE": LOGIN["private_key"]}


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """The runs of one delay: by requests in flight, and the peer's."""

    delay: int
    ours: dict[int, Measured]
    bare: dict[int, Measured]
    peer: Measured | None


def main(arguments: list[str]) -> int:
    """Measure each delay, keep the outcome."""
    chosen = arguments_of("snapshot_psa", __doc__, arguments, sizes=SIZES)
    outcome = Outcome(
        # Kept beside the other, not instead of it.
        claim="snapshot_psa_million" if chosen.computers >= MILLION else "snapshot_psa",
        title=(__doc__ or "").partition("\n")[0],
        command=commandline("snapshot_psa", arguments),
        remarks=[
            quiet(),
            "Every run is a whole process, ours with its start, change history and typed relations.",
        ],
    )
    if chosen.delayed_computers < chosen.computers:
        outcome.remarks.append(
            f"Late answers were measured on {chosen.delayed_computers / chosen.computers:.0%} of the estate;"
            " see --help for the whole."
        )
    folder: Path = chosen.folder or SCRATCH
    folder.mkdir(parents=True, exist_ok=True)
    bench = Bench(chosen, folder)
    for delay in chosen.delays:
        part = "delayed_" if delay else ""
        sizes = {name: getattr(chosen, part + name) for name in ("companies", "computers")}
        reading = estate(folder, **sizes)
        with serving(reading, certificate=bench.certificate) as served:
            tell(outcome, bench.block(served, delay), reading, sizes)
    outcome.close(is_quick=chosen.quick)
    return 0


def tell(outcome: Outcome, block: Block, reading: Path, sizes: dict[str, int]) -> None:
    """One delay's table and promises."""
    with (reading / "psa" / "configurations.ndjson").open("rb") as lines:
        configurations = sum(1 for _ in lines)
    size = f"{sizes['companies']:,} companies, {configurations:,} configurations"
    outcome.grid(
        f"Answers {block.delay} ms late, {size}:",
        ("what", "seconds", "to bare loop", "faster than peer", "peak", "processor s"),
        list(_rows(block)),
    )
    for concurrency, ours in block.ours.items():
        at_once = f"{block.delay} ms, {concurrency} at a time"
        ratio = ours.seconds / block.bare[concurrency].seconds
        # Promised for 100,000 of them; of a million only the memory is.
        if block.delay in TO_LOOP and configurations < MILLION:
            limit = TO_LOOP[block.delay]
            outcome.target(
                f"{at_once}: at most {limit} times the bare loop", f"{ratio:.2f} times", is_met=ratio <= limit
            )
        if block.delay >= 100 and block.peer and concurrency in TO_PEER:
            faster, limit = block.peer.seconds / ours.seconds, TO_PEER[concurrency]
            outcome.target(
                f"{at_once}: at least {limit} times faster than pyconnectwise",
                f"{faster:.2f} times",
                is_met=faster >= limit,
            )
        if configurations >= MILLION:
            outcome.target(
                f"A million configurations in less than {MEMORY} MB",
                f"{ours.peak_mb:.0f} MB",
                is_met=ours.peak_mb < MEMORY,
            )


def _rows(block: Block) -> Iterator[tuple[str, ...]]:
    for concurrency, ours in block.ours.items():
        bare, peer = block.bare[concurrency], block.peer
        yield _row(f"bare loop, {concurrency} at a time", bare)
        yield _row(
            f"msp-audit snapshot, {concurrency} at a time",
            ours,
            f"{ours.seconds / bare.seconds:.2f}",
            f"{peer.seconds / ours.seconds:.2f}" if peer else "",
        )
    if block.peer:
        yield _row(f"pyconnectwise {PYCONNECTWISE}, one at a time", block.peer)


def _row(name: str, run: Measured, *ratios: str) -> tuple[str, ...]:
    figures = (f"{run.peak_mb:.0f} MB", f"{run.cpu_seconds:.1f}")
    return (name, f"{run.seconds:.1f}", *(ratios or ("", "")), *figures)


class Bench:
    """The runs of one invocation."""

    def __init__(self, chosen: Namespace, folder: Path) -> None:
        self._chosen = chosen
        self._folder = folder
        self._authority, self.certificate = authority(folder / "tls")
        self._peer = peer_environment(folder) if chosen.peer == "yes" else None

    def block(self, served: Serving, delay: int) -> Block:
        """Every run with one delay."""
        served.delay(delay)
        ours, bare = {}, {}
        for concurrency in self._chosen.concurrency:
            ours[concurrency] = self._fastest(partial(self._ours, served, concurrency), served)
            bare[concurrency] = self._fastest(partial(self._bare, served, concurrency))
        peer = self._fastest(partial(self._pyconnectwise, served, self._peer)) if self._peer else None
        return Block(delay=delay, ours=ours, bare=bare, peer=peer)

    def _fastest(self, run: Callable[[], Measured], served: Serving | None = None) -> Measured:
        runs: list[Measured] = []
        for _ in range(self._chosen.repeat):
            runs.append(run())
            if served is not None:
                self._visits = served.visits()
            print(f"  {runs[-1].seconds:.1f} s, {runs[-1].peak_mb:.0f} MB", file=sys.stderr)
        return min(runs, key=lambda measured: measured.seconds)

    def _ours(self, served: Serving, concurrency: int) -> Measured:
        served.visits()
        workspace = self._folder / "workspace"
        shutil.rmtree(workspace, ignore_errors=True)
        workspace.mkdir()
        settings = SETTINGS.format(
            url=served.url, concurrency=concurrency, authority=self._authority, **LOGIN
        )
        (workspace / "msp-audit.toml").write_text(settings)
        command = [sys.executable, "-m", "msp_audit", "--workspace", str(workspace), "snapshot"]
        return measured(command, environment=KEYS)

    def _bare(self, served: Serving, concurrency: int) -> Measured:
        user = f"{LOGIN['company']}+{LOGIN['public_key']}:{LOGIN['private_key']}"
        addresses = [f"{served.url}{visit['path']}?{_query(visit)}".rstrip("?") for visit in self._visits]
        job = {
            "addresses": addresses,
            "concurrency": concurrency,
            "authority": str(self._authority),
            "headers": {
                "Accept": "application/vnd.connectwise.com+json",
                "Authorization": f"Basic {base64.b64encode(user.encode()).decode()}",
                "clientId": LOGIN["client_id"],
                "pagination-type": "forward-only",
            },
        }
        print(f"  {len(addresses)} requests", file=sys.stderr)
        return measured([sys.executable, HERE / "_bare_loop.py", self._job(job)])

    def _pyconnectwise(self, served: Serving, python: Path) -> Measured:
        job = {**LOGIN, "host": urlsplit(served.url).netloc}
        environment = {"REQUESTS_CA_BUNDLE": str(self._authority)}
        run = measured([python, HERE / "_pyconnectwise.py", self._job(job)], environment=environment)
        print(f"  pyconnectwise read {run.output.strip()}", file=sys.stderr)
        return run

    def _job(self, job: dict[str, Any]) -> Path:
        path = self._folder / "job.json"
        path.write_text(json.dumps(job))
        return path


def _query(visit: dict[str, Any]) -> str:
    return urlencode([(name, value) for name, value in visit["query"]])


def peer_environment(folder: Path) -> Path:
    """The interpreter of a throw-away environment with pyconnectwise from PyPI."""
    python = folder / "peer" / "bin" / "python"
    if not python.exists():
        subprocess.run(["uv", "venv", "--quiet", str(folder / "peer")], check=True)
        install = [
            "uv",
            "pip",
            "install",
            "--quiet",
            "--python",
            str(python),
            f"pyconnectwise=={PYCONNECTWISE}",
        ]
        subprocess.run(install, check=True)
    return python


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
