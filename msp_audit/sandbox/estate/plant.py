"""Everything that is planted in the samples, in order."""

from __future__ import annotations

from msp_audit.sandbox.estate import (
    declarations,
    plant_agents,
    plant_auvik,
    plant_conditions,
    plant_consequences,
    plant_coverage,
    plant_duplicates,
    plant_history,
    plant_hostile,
    plant_hygiene,
    plant_identity,
    plant_lists,
    plant_mapping,
    plant_plugin,
    plant_prediction,
    plant_sync,
    plant_sync_state,
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
        plant_prediction,
        plant_duplicates,
        plant_sync_state,
        plant_identity,
        plant_consequences,
        plant_plugin,
        plant_agents,
        plant_history,
        plant_conditions,
        declarations,
    ):
        theme.plant(planting)
    return planting
