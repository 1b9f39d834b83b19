"""``python -m tests.fuzz [--minutes 10] [PARSER …]``: attacks each parser for so long.

Minutes and seconds are the processor's: it may run in the background, and be stopped for a while.
What breaks one is written to ``fuzz-found/``, its traceback to the terminal.
"""

from __future__ import annotations

import argparse
import hashlib
import logging
import random
import resource
import sys
import tempfile
import time
import traceback
from pathlib import Path

from tests.fuzz.attack import attack
from tests.fuzz.mutation import mutated
from tests.fuzz.parsers import parsers


def main() -> int:
    """Attack; 1 when something broke."""
    # What a reading says of itself is not what is looked for.
    logging.disable(logging.CRITICAL)
    known = parsers()
    given = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    given.add_argument("parser", nargs="*", help=f"of {', '.join(known)}; all by default")
    given.add_argument("--minutes", type=float, default=10)
    given.add_argument("--seed", type=int, default=None, help="to repeat a run")
    given.add_argument("--found", type=Path, default=Path("fuzz-found"))
    chosen = given.parse_args()
    broken = 0
    for name in chosen.parser or known:
        broken += attacked(name, chosen)
    return 1 if broken else 0


def attacked(name: str, chosen: argparse.Namespace) -> int:
    """One parser for its time; returns how many different crashes there were."""
    parser = parsers()[name]
    dice, seeds = random.Random(chosen.seed), parser.seeds()
    counts = {"understood": 0, "refused": 0}
    crashes: set[str] = set()
    slowest, ends = 0.0, time.process_time() + 60 * chosen.minutes
    with tempfile.TemporaryDirectory() as folder:
        while time.process_time() < ends:
            data = mutated(seeds, dice)
            began = time.process_time()
            try:
                counts[attack(parser, data, Path(folder))] += 1
            except Exception as error:  # noqa: BLE001  (a crash is what is looked for)
                _keep(name, data, error, crashes, chosen.found)
            slowest = max(slowest, time.process_time() - began)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    told = ", ".join(f"{count} {what}" for what, count in counts.items())
    _say(f"{name:<14} {told}, {len(crashes)} crashes, slowest {slowest:.2f} s, peak {peak} MB")
    return len(crashes)


def _keep(name: str, data: bytes, error: Exception, crashes: set[str], folder: Path) -> None:
    place = traceback.extract_tb(error.__traceback__)[-1]
    kind = f"{type(error).__name__} at {Path(place.filename).name}:{place.lineno}"
    if kind in crashes:
        return
    crashes.add(kind)
    folder.mkdir(exist_ok=True)
    path = folder / f"{name}-{hashlib.sha256(data).hexdigest()[:12]}"
    path.write_bytes(data)
    _say(f"{name}: {kind}: {str(error)[:300]} ({path})")
    traceback.print_exception(error, limit=-4)


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
