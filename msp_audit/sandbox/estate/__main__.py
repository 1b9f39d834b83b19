"""Command line of the generator: ``python -m msp_audit.sandbox.estate FOLDER``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from msp_audit.sandbox.estate import SAMPLE, Plan, generate, weekly_readings


def main() -> None:
    """Parse, generate, print the folders."""
    parser = argparse.ArgumentParser(prog="python -m msp_audit.sandbox.estate", description=__doc__)
    parser.add_argument("folder", type=Path, help="where one folder a reading is written")
    parser.add_argument("--sample", action="store_true", help="the estate of data/samples; ignores all sizes")
    parser.add_argument("--companies", type=int, default=100)
    parser.add_argument("--sites", type=int, default=None, help="default: three a company")
    parser.add_argument("--computers", type=int, default=10_000)
    parser.add_argument("--devices", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--weeks", type=int, default=1, help="number of weekly readings")
    parser.add_argument("--fault-share", type=float, default=0.01)
    parser.add_argument("--no-sql", action="store_true", help="leave automate/labtech.sql out")
    chosen = parser.parse_args()
    plan = SAMPLE if chosen.sample else Plan(
        seed=chosen.seed,
        companies=chosen.companies,
        sites=chosen.sites or 3 * chosen.companies,
        computers=chosen.computers,
        devices=chosen.devices,
        readings=weekly_readings(weeks=chosen.weeks),
        fault_share=chosen.fault_share,
        has_sql=not chosen.no_sql,
    )  # fmt: skip
    for path in generate(chosen.folder, plan=plan):
        sys.stdout.write(f"{path}\n")


if __name__ == "__main__":
    main()
