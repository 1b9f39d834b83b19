"""What the operator declares about Auvik's inventory sync, as records; no API returns it (seed 001)."""

from __future__ import annotations

from msp_audit.domain import Record
from msp_audit.settings.model import AuvikSync

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
    }
