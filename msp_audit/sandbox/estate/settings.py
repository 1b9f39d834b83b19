"""What the operator declared in Auvik, as the settings file wants it: one declaration for all readings."""

from __future__ import annotations

import json

from msp_audit.domain import Record
from msp_audit.sandbox.estate.world import Role, World

#: Auvik's device class -> PSA configuration type. One is written in another case than the PSA's.
CLASS_MAP = {
    "firewall": "Firewall", "utm": "Firewall", "securityAppliance": "Firewall", "switch": "Network Switch",
    "l3Switch": "Network Switch", "stack": "Network Switch", "accessPoint": "wireless access point",
    "router": "Router", "ups": "UPS", "storage": "Storage", "backupDevice": "Storage",
    "server": "Managed Server",
    "hypervisor": "Hypervisor", "controller": "Network Device", "modem": "Phone System",
}  # fmt: skip
_MAKE_MAP = {
    "Cisco": "Cisco", "Cisco Meraki": "Cisco Meraki", "Fortinet": "Fortinet", "Ubiquiti": "Ubiquiti",
    "APC": "APC",
    "Synology": "Synology", "HP": "HP", "Hewlett Packard Enterprise": "Hewlett Packard Enterprise",
}  # fmt: skip
_HEAD = """# Inventory sync settings as declared in Auvik; no API returns them. Made with the samples.
[auvik.sync]
enabled = true
identifiers = ["serial_number", "device_name"]
use_configuration_type_when_matching = false
only_match_active = true
managed_only = true
inactive_on_delete = "Inactive"
field_sync = [
    { scope = "all", auvik = "device_id", psa = "question:Auvik ID" },
    { scope = "all", auvik = "last_mapped", psa = "question:Auvik last mapped" },
    { scope = "all", auvik = "device_make", psa = "manufacturer" },
    { scope = "Firewall", auvik = "warranty_expiration_date", psa = "question:Warranty end" },
]
"""


def sync_settings(world: World, *, site_map: dict[str, Record]) -> str:
    """The ``[auvik.sync]`` table; *site_map* overrides members of single tenants."""
    lines = [_HEAD, "[auvik.sync.class_map]"]
    lines += [f"{kind} = {_text(name)}" for kind, name in CLASS_MAP.items()]
    lines += ["", "[auvik.sync.make_map]"]
    lines += [f"{_text(make)} = {{ manufacturer = {_text(name)} }}" for make, name in _MAKE_MAP.items()]
    lines += [
        '"Axis" = { vendor = "Ingram Micro" }',
        '"Yealink" = {}',
        '"Aruba" = { manufacturer = "Hewlett-Packard" }',
        "",
        "[auvik.sync.site_map]",
    ]
    for company in world.companies():
        if company.role is not Role.IGNORED:
            row = {"company_id": company.company_id, "site": "Main Office"} | site_map.get(
                company.domain_prefix, {}
            )
            lines.append(_mapping(company.domain_prefix, row))
    known = {company.domain_prefix for company in world.companies()}
    lines += [_mapping(prefix, row) for prefix, row in site_map.items() if prefix not in known]
    return "\n".join(lines) + "\n"


def _mapping(prefix: str, row: Record) -> str:
    members = ", ".join(f"{name} = {_text(value)}" for name, value in row.items())
    return f"{prefix} = {{ {members} }}"


def _text(value: object) -> str:
    """A TOML value; JSON writes strings, numbers and truths the same way."""
    return json.dumps(value, ensure_ascii=False)
