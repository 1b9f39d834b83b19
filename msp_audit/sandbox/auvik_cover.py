"""What the makers publish about Auvik's devices, drawn from the device list: lifecycles and warranties.

Only Cisco's devices have any, as with the vendor; the estates hold no such lists of their own.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping

import orjson

from msp_audit.domain import Record
from msp_audit.sandbox.records import Records

#: Words of the description; in practice "unknown" comes too.
_STATUSES = ("covered", "available", "expired", "securityOnly", "unpublished", "empty")
#: The maker's text is "not guaranteed to be a date".
_EXPIRIES = ("2027-07-31T00:00:00.000Z", "2025-01-31T00:00:00.000Z", "N/A", "2029-12-31", None)
_LIFECYCLE = (
    "salesAvailability",
    "softwareMaintenanceStatus",
    "securitySoftwareMaintenanceStatus",
    "lastSupportStatus",
)

#: Resource -> its type of JSON:API.
COVER = {"device_lifecycles": "deviceLifecycle", "device_warranties": "deviceWarranty"}


def cover_of(devices: Records, resource: str) -> bytes:
    """The lines of *resource*, in the order of *devices* (as version 1 lists them)."""
    attributes_of = {"device_lifecycles": _lifecycle, "device_warranties": _warranty}[resource]
    lines = []
    for device in devices.records(devices.all):
        known = device.get("attributes") or {}
        if not str(known.get("vendorName") or "").startswith("Cisco"):
            continue
        relations = device.get("relationships") or {}
        record = {
            "id": device["id"],
            "type": COVER[resource],
            "attributes": {"deviceName": known.get("deviceName"), **attributes_of(device)},
            "relationships": {"tenant": relations.get("tenant")},
        }
        lines.append(orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE))
    return b"".join(lines)


def _lifecycle(device: Record) -> Mapping[str, object]:
    chance = _chance(device)
    return {name: _STATUSES[(chance >> 3 * place) % len(_STATUSES)] for place, name in enumerate(_LIFECYCLE)}


def _warranty(device: Record) -> Mapping[str, object]:
    chance = _chance(device)
    is_covered = chance % 3 == 0
    return {
        "warrantyCoverageStatus": "Covered" if is_covered else "Not Covered",
        "warrantyExpirationDate": _EXPIRIES[chance % len(_EXPIRIES)],
        "serviceCoverageStatus": "Covered" if chance % 2 else "Not Covered",
        "serviceAttachmentStatus": "Available",
        "contractRenewalAvailability": "Available",
        "recommendedSoftwareVersion": "17.12.4" if chance % 4 else None,
    }


def _chance(device: Record) -> int:
    return zlib.crc32(str(device["id"]).encode())
