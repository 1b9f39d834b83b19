"""What the operator declares about Auvik's inventory sync, as records; no API returns it (seed 001)."""

from __future__ import annotations

from msp_audit.domain import Record
from msp_audit.settings.auvik_sync import AuvikAssumptions, AuvikSync

#: The PSA field that each identifier is compared with.
PSA_FIELDS = {"serial_number": "serial_number", "device_name": "name", "host_name": "name"}


def declared_records(sync: AuvikSync) -> dict[str, list[Record]]:
    """Resource -> its records; member names are the columns of the relations."""
    return {
        "sync_options": [
            {
                "is_enabled": sync.enabled,
                "uses_configuration_type": sync.use_configuration_type_when_matching,
                "only_matches_active": sync.only_match_active,
                "updates_matched_as_active": sync.update_matched_as_active,
                "is_managed_only": sync.managed_only,
                "inactive_on_delete": sync.inactive_on_delete,
                "extra_classes": list(sync.extra_classes),
            }
        ],
        "sync_identifiers": [
            {"priority": priority, "auvik_field": field, "psa_field": PSA_FIELDS[field]}
            for priority, field in enumerate(sync.identifiers, start=1)
        ],
        "sync_class_map": [
            {"device_type": device_type, "configuration_type_name": name}
            for device_type, name in sync.class_map.items()
        ],
        "sync_make_map": [
            {"make": make, "manufacturer_name": target.manufacturer, "vendor_name": target.vendor}
            for make, target in sync.make_map.items()
        ],
        "sync_field_map": [
            {"position": position, "scope": row.scope, "auvik_field": row.auvik, "psa_field": row.psa}
            for position, row in enumerate(sync.field_sync, start=1)
        ],
        "sync_site_map": [
            {
                "domain_prefix": prefix,
                "company_id": target.company_id,
                "site_name": target.site,
                "syncs_inventory": target.inventory,
                "syncs_alerts": target.alerting,
            }
            for prefix, target in sync.site_map.items()
        ],
        "sync_assumptions": _assumptions(sync.assumptions),
    }


#: Number in the list of open points, and the point, by name of the setting.
OPEN_POINTS = {
    "names_match_any_case": ("A1", "Whether names are compared without regard to case."),
    "several_matches": ("A2", "Which configuration is taken when several carry the deciding value."),
    "unmapped_class_stops": (
        "A3",
        "Whether a device class without a mapping stops creating, or matching too.",
    ),
    "search_scope": ("A4", "Whether configurations of other companies are searched."),
    "link_persists": ("A5", "Whether a device stays with the configuration that carries its device ID."),
    "reactivates_while_only_matching_active": (
        "A6",
        "Whether matched configurations are set active while only active ones are matched.",
    ),
    "all_types_fields_may_be_mapped_for_one_type": (
        "A7",
        "Whether a field for all configuration types may be mapped for one.",
    ),
    "last_mapped_stale_hours": ("A8", "Hours after which a Last mapped date means that the sync stopped."),
    "mapped_fields_are_written": ("A9", "When mapped fields are written."),
    "blank_identifiers": ("A10", "Identifier values that count as none, besides nothing at all."),
}


def _assumptions(assumptions: AuvikAssumptions) -> list[Record]:
    rows: list[Record] = []
    for name, (number, point) in OPEN_POINTS.items():
        value = getattr(assumptions, name)
        default = getattr(AuvikAssumptions(), name)
        rows.append(
            {
                "assumption": number,
                "setting": name,
                "open_point": point,
                "value": _written(value),
                "default_value": _written(default),
                "value_list": list(value) if isinstance(value, tuple) else None,
            }
        )
    return rows


def _written(value: object) -> str:
    """A value as the settings file has it, without quotes."""
    if isinstance(value, bool):
        return str(value).lower()
    return (
        ", ".join(value)
        if isinstance(value, tuple)
        else f"{value:g}"
        if isinstance(value, float)
        else str(value)
    )
