"""Our PSA snapshot against a bare loop of the same requests and against pyconnectwise."""

from __future__ import annotations

import argparse
import base64
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from bench.measure import HERE, Measured, Serving, authority, estate, measured, serving, table
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
KEYS = {"BENCH_PUBLIC": LOGIN["public_key"], "BENCH_PRIVATE": LOGIN["private_key"]}


def main(arguments: list[str]) -> int:
    """Parse, measure, print."""
    parser = argparse.ArgumentParser(prog="python -m bench snapshot_psa", description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "msp-audit-bench")
    parser.add_argument("--companies", type=int, default=2_000)
    parser.add_argument("--computers", type=int, default=97_200, help="about 100,000 configurations")
    parser.add_argument("--delays", type=int, nargs="+", default=[0, 100], help="milliseconds")
    parser.add_argument("--concurrency", type=int, nargs="+", default=[4, 8])
    parser.add_argument("--repeat", type=int, default=1, help="the fastest counts")
    parser.add_argument("--no-peer", action="store_true", help="leave pyconnectwise out")
    chosen = parser.parse_args(arguments)
    chosen.folder.mkdir(parents=True, exist_ok=True)
    bench = Bench(chosen)
    reading = estate(chosen.folder, companies=chosen.companies, computers=chosen.computers)
    with serving(reading, certificate=bench.certificate) as served:
        rows = [row for delay in chosen.delays for row in bench.rows(served, delay)]
    print(
        table(rows, heads=("delay", "what", "seconds", "to bare loop", "faster than peer", "peak", "CPU s"))
    )
    return 0


class Bench:
    """The runs of one invocation."""

    def __init__(self, chosen: argparse.Namespace) -> None:
        self._chosen = chosen
        self._folder: Path = chosen.folder
        self._authority, self.certificate = authority(chosen.folder / "tls")
        self._peer = None if chosen.no_peer else peer_environment(chosen.folder)

    def rows(self, served: Serving, delay: int) -> list[tuple[str, ...]]:
        """Every run with one delay, as lines of the table."""
        served.delay(delay)
        found: list[tuple[str, Measured, Measured | None]] = []
        for concurrency in self._chosen.concurrency:
            ours = self._fastest(partial(self._ours, served, concurrency), served)
            served.delay(delay)
            bare = self._fastest(partial(self._bare, served, concurrency))
            found += [(f"bare loop, {concurrency} at a time", bare, None)]
            found += [(f"msp-audit snapshot, {concurrency} at a time", ours, bare)]
        peer = self._fastest(partial(self._pyconnectwise, served, self._peer)) if self._peer else None
        if peer:
            found.append(("pyconnectwise, one at a time", peer, None))
        return [
            (
                f"{delay} ms",
                name,
                f"{run.seconds:.1f}",
                f"{run.seconds / bare.seconds:.2f}" if bare else "",
                f"{peer.seconds / run.seconds:.2f}" if peer and bare else "",
                f"{run.peak_mb:.0f} MB",
                f"{run.cpu_seconds:.1f}",
            )
            for name, run, bare in found
        ]

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
        install = ["uv", "pip", "install", "--quiet", "--python", str(python), "pyconnectwise==0.6.1.2"]
        subprocess.run(install, check=True)
    return python


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
