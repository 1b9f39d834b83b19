"""Public clients read the sandbox's clean estate over TLS, unmodified: a check, not a race."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from bench.measure import HERE, authority, estate, measured, serving
from bench.snapshot_psa import peer_environment
from msp_audit.sandbox import LOGINS

REST = "connectwise-rest@1.3.0"
#: What another name in a client's answer is called in the estate.
FILES = {
    "additions": "agreement_additions",
    "cross_references": "integration_cross_references",
    "integrations": "managed_devices_integrations",
    "questions": "configuration_type_questions",
    "statuses": "board_statuses",
    "teams": "board_teams",
}


def main(arguments: list[str]) -> int:
    """Install the clients from PyPI and npm, let them read, compare what they counted with the estate."""
    parser = argparse.ArgumentParser(prog="python -m bench clients", description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "msp-audit-bench")
    folder: Path = parser.parse_args(arguments).folder
    folder.mkdir(parents=True, exist_ok=True)
    python, package = peer_environment(folder), _package(folder)
    reading = estate(folder, companies=50, computers=3_000)
    trusted, certificate = authority(folder / "tls")
    job = folder / "clients.json"
    with serving(reading, certificate=certificate) as served:
        job.write_text(json.dumps({**LOGINS["psa"], "host": urlsplit(served.url).netloc}))
        commands: dict[str, Sequence[str | Path]] = {
            "pyconnectwise": [python, HERE / "_pyconnectwise.py", job],
            "connectwise-rest": ["node", HERE / "_connectwise_rest.js", package, job],
        }
        trust = {"REQUESTS_CA_BUNDLE": str(trusted), "NODE_EXTRA_CA_CERTS": str(trusted)}
        found = {
            name: json.loads(measured(command, environment=trust).output)
            for name, command in commands.items()
        }
    wrong = [
        f"{client} read {count} {name}, the estate has {rows}"
        for client, counts in found.items()
        for name, count in counts.items()
        if count != (rows := _rows(reading, FILES.get(name, name)))
    ]
    for client, counts in found.items():
        print(f"{client}: {len(counts)} lists, {sum(counts.values()):,} records")
    print("\n".join(wrong) or "as many as the estate has")
    return 1 if wrong else 0


def _rows(reading: Path, resource: str) -> int:
    return len((reading / "psa" / f"{resource}.ndjson").read_bytes().splitlines())


def _package(folder: Path) -> Path:
    place = folder / "node"
    package = place / "node_modules" / "connectwise-rest"
    if not package.exists():
        place.mkdir(exist_ok=True)
        (place / "package.json").write_text("{}")
        subprocess.run(["npm", "install", "--silent", "--no-audit", REST], cwd=place, check=True)
    return package


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
