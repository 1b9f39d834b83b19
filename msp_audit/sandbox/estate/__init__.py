"""An invented MSP of any size, with known faults, written in every shape in which the sources answer.

From the command line: ``python -m msp_audit.sandbox.estate FOLDER --computers 1000000``.
"""

from __future__ import annotations

from pathlib import Path

from msp_audit.sandbox.estate import manifest
from msp_audit.sandbox.estate.plan import SAMPLE, Plan, weekly_readings
from msp_audit.sandbox.estate.plant import planted
from msp_audit.sandbox.estate.planting import Planting
from msp_audit.sandbox.estate.settings import sync_settings
from msp_audit.sandbox.estate.world import World
from msp_audit.sandbox.estate.write import write_reading

__all__ = ["SAMPLE", "Plan", "generate", "weekly_readings"]


def generate(folder: Path, *, plan: Plan) -> tuple[Path, ...]:
    """Write one folder a reading, named by its date, below *folder*; return them in order.

    Beside them: ``auvik_sync.toml`` always, ``manifest.json`` and ``README.md`` for a planted plan.
    """
    world = World(plan)
    planting = planted(world) if plan.is_planted else Planting(world)
    folders = tuple(folder / reading.date().isoformat() for reading in plan.readings)
    for week, path in enumerate(folders):
        write_reading(path, world=world, week=week, changes=planting.changes[week])
    declared = sync_settings(world, site_map=planting.site_map)
    (folder / "auvik_sync.toml").write_text(declared, encoding="utf-8")
    if plan.is_planted:
        manifest.write(folder, planting=planting)
    return folders
