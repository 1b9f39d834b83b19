"""Serves one reading; orders come as JSON lines on standard input, answers go to standard output."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from msp_audit.sandbox import Sandbox


def main() -> None:
    """Serve until standard input ends."""
    reading, certificate = Path(sys.argv[1]), sys.argv[2]
    with Sandbox(reading, certificate=Path(certificate) if certificate else None) as sandbox:
        say({"url": sandbox.url})
        for line in sys.stdin:
            order = json.loads(line)
            if "delay" in order:
                sandbox.faults.clear()
                if order["delay"]:
                    sandbox.faults.add("delay_ms", ms=order["delay"])
                say({})
            else:
                visits = [asdict(visit) for visit in sandbox.visits]
                sandbox.forget_visits()
                say({"visits": visits})


def say(document: object) -> None:
    """One line, at once."""
    sys.stdout.write(json.dumps(document) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
