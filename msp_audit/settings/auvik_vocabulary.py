"""Auvik's words as its API and its screens write them: device classes and the fields that may be synced."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable

#: ``deviceType`` of the vendor's API description, the two inferred kinds included.
DEVICE_CLASSES = frozenset(
    [
        "unknown",
        "switch",
        "l3Switch",
        "router",
        "accessPoint",
        "firewall",
        "workstation",
        "server",
        "storage",
        "printer",
        "copier",
        "hypervisor",
        "multimedia",
        "phone",
        "tablet",
        "handheld",
        "virtualAppliance",
        "bridge",
        "controller",
        "hub",
        "modem",
        "ups",
        "module",
        "loadBalancer",
        "camera",
        "telecommunications",
        "packetProcessor",
        "chassis",
        "airConditioner",
        "virtualMachine",
        "pdu",
        "ipPhone",
        "backhaul",
        "internetOfThings",
        "voipSwitch",
        "stack",
        "backupDevice",
        "timeClock",
        "lightingDevice",
        "audioVisual",
        "securityAppliance",
        "utm",
        "alarm",
        "buildingManagement",
        "ipmi",
        "thinAccessPoint",
        "thinClient",
        "inferredSwitch",
        "inferredHub",
    ]
)
#: What the screens say -> what the API says, where taking out the blanks is not enough.
_SCREEN_CLASSES = {
    "genericdevice": "unknown",
    "layer3switch": "l3Switch",
    "alarmsystem": "alarm",
    "uninterruptiblepowersupply": "ups",
    "powerdistributionunit": "pdu",
    "iot": "internetOfThings",
    "wirelessaccesspoint": "accessPoint",
    "wirelesscontroller": "controller",
}
#: Fields that may be mapped for all configuration types (seed 001).
ALL_TYPES_FIELDS = frozenset(
    [
        "device_class_mapping",
        "device_id",
        "device_make",
        "host_name",
        "ip_address",
        "last_mapped",
        "mac_address",
        "model_name",
        "serial_number",
        "site",
    ]
)
#: Fields that go to a question of one configuration type (seed 001).
ONE_TYPE_FIELDS = frozenset(
    [
        "contract_renewal_availability",
        "description",
        "firmware_version",
        "last_support_status",
        "recommended_software_version",
        "sales_availability",
        "service_attachment_status",
        "service_status",
        "software_maintenance_status",
        "software_version",
        "vendor_name",
        "warranty_expiration_date",
        "warranty_status",
    ]
)


def device_class(text: str, *, more: Iterable[str] = ()) -> str:
    """The API's word for a class as people write it.

    Raises:
        ValueError: Auvik has no such class; the nearest is suggested.
    """
    key = re.sub(r"[\s_/-]+", "", text).lower()
    known = {name.lower(): name for name in (*DEVICE_CLASSES, *more)}
    found = known.get(key) or _SCREEN_CLASSES.get(key)
    if found is None:
        raise ValueError(
            f"class_map: Auvik has no device class '{text}'{_hint(key, known)}"
            " If it is new, name it in extra_classes."
        )
    return found


def sync_field(text: str) -> str:
    """Our word for a field of *Field Sync Mappings*: ``Last mapped (date)`` is ``last_mapped``.

    Raises:
        ValueError: Auvik has no such field; the nearest is suggested.
    """
    key = re.sub(r"\W+", "_", re.sub(r"\(.*?\)", "", text).strip().lower()).strip("_")
    if key not in ALL_TYPES_FIELDS | ONE_TYPE_FIELDS:
        known = {name: name for name in ALL_TYPES_FIELDS | ONE_TYPE_FIELDS}
        raise ValueError(f"field_sync: Auvik has no field '{text}'{_hint(key, known)}")
    return key


def _hint(key: str, known: dict[str, str]) -> str:
    near = difflib.get_close_matches(key, sorted(known), n=1)
    return f"; did you mean '{known[near[0]]}'?" if near else "."
