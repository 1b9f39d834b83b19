"""Everything that is planted in the samples, in order."""

from __future__ import annotations

from msp_audit.sandbox.estate import (
    plant_auvik,
    plant_coverage,
    plant_hostile,
    plant_hygiene,
    plant_lists,
    plant_mapping,
    plant_sync,
)
from msp_audit.sandbox.estate.planting import Planting
from msp_audit.sandbox.estate.world import World


def planted(world: World) -> Planting:
    """The samples' faults, look-alikes and hostile data.

    Raises:
        LookupError: the estate is too small for them.
    """
    planting = Planting(world)
    for theme in (
        plant_sync,
        plant_lists,
        plant_mapping,
        plant_coverage,
        plant_hygiene,
        plant_auvik,
        plant_hostile,
    ):
        theme.plant(planting)
    return planting
