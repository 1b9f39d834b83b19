"""An invented MSP of any size, with known faults: ``generate`` writes it in every shape the sources answer in.

From the command line: ``python -m msp_audit.sandbox.estate FOLDER --computers 1000000``.
"""

from __future__ import annotations

from pathlib import Path

from msp_audit.sandbox.estate.changes import Changes
from msp_audit.sandbox.estate.plan import SAMPLE, Plan, weekly_readings
from msp_audit.sandbox.estate.world import World
from msp_audit.sandbox.estate.write import write_reading

__all__ = ["SAMPLE", "Plan", "generate", "weekly_readings"]


def generate(folder: Path, *, plan: Plan) -> tuple[Path, ...]:
    """Write one folder a reading, named by its date, below *folder*; return them in order.

    A planted plan also writes ``manifest.json``, ``README.md`` and ``auvik_sync.toml``, an unplanted one only the last.
    """
    world = World(plan)
    weeks: tuple[Changes, ...] = tuple(Changes() for _ in plan.readings)
    folders = tuple(folder / reading.date().isoformat() for reading in plan.readings)
    for week, path in enumerate(folders):
        write_reading(path, world=world, week=week, changes=weeks[week])
    return folders
