"""Other declarations of Auvik's inventory sync: each trips rules that the samples' own cannot."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msp_audit.sandbox.estate.planting import ALWAYS, Planting
from msp_audit.sandbox.estate.settings import CLASS_MAP

#: Name -> members of ``[auvik.sync]`` that differ.
DECLARATIONS: Mapping[str, Mapping[str, Any]] = {
    "switched_off": {"enabled": False},
    "by_type": {"use_configuration_type_when_matching": True},
    "careless": {
        "identifiers": ["device_name", "serial_number"],
        "only_match_active": False,
        "class_map": CLASS_MAP | {"unknown": "Network Device"},
        "field_sync": [
            {"scope": "all", "auvik": "device_make", "psa": "question:HA partner"},
            {"scope": "all", "auvik": "last_mapped", "psa": "question:Auvik last mapped"},
        ],
    },
}
#: Rule -> the only declaration under which it speaks.
SPEAKS_UNDER: Mapping[str, str] = {
    "auvik.device_id_unsynced": "careless",
    "auvik.field_target_wrong": "careless",
    "auvik.generic_class_mapped": "careless",
    "auvik.match_stays_inactive": "careless",
    "auvik.name_before_serial": "careless",
    "auvik.sync_disabled": "switched_off",
    "auvik.type_drift_will_duplicate": "by_type",
    "auvik.type_prevents_match": "by_type",
}


def plant(planting: Planting) -> None:
    """Note what the other declarations make of the estate; after all other plantings."""
    for rule, key, story in (
        ("auvik.sync_disabled", {"setting": "enabled"}, "Tenants are mapped, and the sync is off."),
        ("auvik.device_id_unsynced", {"setting": "device_id"}, "No field takes the device ID."),
        ("auvik.field_target_wrong", {"position": 1}, "The make goes to a question."),
        ("auvik.generic_class_mapped", {"device_type": "unknown"}, "Everything unrecognised becomes one."),
        ("auvik.name_before_serial", {"setting": "identifiers"}, "Four devices are all called ubnt."),
    ):
        planting.elsewhere(rule, key=key, weeks=ALWAYS, company="", story=story)
    for one in planting.findings:
        if one.rule == "auvik.inactive_prevents_match":
            planting.elsewhere("auvik.match_stays_inactive", key=one.key, weeks=one.weeks,
                               company=one.company, story=one.story)  # fmt: skip
