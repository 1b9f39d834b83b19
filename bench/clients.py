"""Public clients read the sandbox's clean estate over TLS, unmodified: a check, not a race.

    python -m bench clients

pyconnectwise (PyPI) and connectwise-rest (npm, needs Node) are installed at the first run and count what they
read; the estate's files say how much there is.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from bench.measure import HERE, SCRATCH, authority, estate, measured, serving
from bench.outcome import Outcome, arguments_of, commandline, quiet
from bench.snapshot_psa import PYCONNECTWISE, peer_environment
from msp_audit.sandbox import LOGINS

SIZES = {"companies": (50, 10), "computers": (3_000, 300)}
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
    chosen = arguments_of("clients", __doc__, arguments, sizes=SIZES)
    outcome = Outcome(
        claim="clients",
        title=(__doc__ or "").partition("\n")[0],
        command=commandline("clients", arguments),
        remarks=[quiet()],
    )
    folder: Path = chosen.folder or SCRATCH
    folder.mkdir(parents=True, exist_ok=True)
    reading = estate(folder, companies=chosen.companies, computers=chosen.computers)
    rows = []
    for client, counts in found(folder, reading).items():
        wrong = [
            f"{count} {name} where the estate has {there}"
            for name, count in counts.items()
            if count != (there := _rows(reading, FILES.get(name, name)))
        ]
        rows.append((client, len(counts), f"{sum(counts.values()):,}"))
        outcome.target(
            f"{client} reads as many records of each list as the estate has",
            "; ".join(wrong) or f"{len(counts)} lists",
            is_met=not wrong,
        )
    outcome.grid("What they read:", ("client", "lists", "records"), rows)
    outcome.close(is_quick=chosen.quick)
    return 0


def found(folder: Path, reading: Path) -> dict[str, dict[str, int]]:
    """Client -> list -> records that it counted."""
    python, package = peer_environment(folder), _package(folder)
    trusted, certificate = authority(folder / "tls")
    job = folder / "clients.json"
    with serving(reading, certificate=certificate) as served:
        job.write_text(json.dumps({**LOGINS["psa"], "host": urlsplit(served.url).netloc}))
        commands: dict[str, Sequence[str | Path]] = {
            f"pyconnectwise {PYCONNECTWISE}": [python, HERE / "_pyconnectwise.py", job],
            REST.replace("@", " "): ["node", HERE / "_connectwise_rest.js", package, job],
        }
        trust = {"REQUESTS_CA_BUNDLE": str(trusted), "NODE_EXTRA_CA_CERTS": str(trusted)}
        return {
            name: json.loads(measured(command, environment=trust).output)
            for name, command in commands.items()
        }


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
