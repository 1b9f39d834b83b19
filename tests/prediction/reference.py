"""The sync's algorithm in plain Python, written from the dossier's steps and not from our SQL."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from msp_audit.settings.auvik_sync import AuvikSync

Record = dict[str, Any]
BLANK = "\u00a0\u200b\ufeff \t"


@dataclass(frozen=True)
class Verdict:
    outcome: str
    cause: str
    identifier: str | None = None
    configuration_id: int | None = None
    count: int = 0


@dataclass(frozen=True)
class Estate:
    tenants: dict[str, Record]
    devices: list[Record]
    configurations: list[Record]
    #: configuration -> device id that it carries
    carried: dict[int, str]


def tidy(text: str | None) -> str:
    return " ".join((text or "").translate(dict.fromkeys(map(ord, BLANK), " ")).split())


def predict(estate: Estate, sync: AuvikSync, device: Record) -> Verdict:  # noqa: PLR0911, PLR0912  (its steps)
    tenant = estate.tenants[device["tenant_id"]]
    mapping = sync.site_map.get(tenant["domain_prefix"])
    if not sync.enabled:
        return Verdict("excluded", "sync_disabled")
    if tenant["tenant_type"] == "multiClient":
        return Verdict("excluded", "tenant_is_folder")
    if mapping is None:
        return Verdict("excluded", "tenant_unmapped")
    if not mapping.inventory:
        return Verdict("excluded", "site_inventory_off")
    if sync.managed_only and not device["is_managed"]:
        return Verdict("excluded", "unmanaged")
    carriers = [id_ for id_, device_id in estate.carried.items() if device_id == device["device_id"]]
    if sync.assumptions.link_persists and len(carriers) == 1:
        return Verdict("match", "device_id", "device_id", carriers[0], 1)
    values = []
    for identifier in sync.identifiers:
        value = tidy(device["serial_number"] if identifier == "serial_number" else device["name"])
        if value and value.lower() not in sync.assumptions.blank_identifiers:
            values.append((identifier, value))
    if not values:
        return Verdict("excluded", "no_identifier")
    if device["last_seen_at"] is None and device["online_status"] != "online":
        return Verdict("waiting", "not_online_yet")
    wanted = sync.class_map.get(device["device_type"])
    if wanted is None and sync.assumptions.unmapped_class_stops == "matching":
        return Verdict("blocked", "class_unmapped")
    for identifier, value in values:
        found = [
            one
            for one in estate.configurations
            if in_reach(one, mapping.company_id, sync)
            and agrees(one, identifier, value, sync)
            and (one["is_active"] or not sync.only_match_active)
            and (not sync.use_configuration_type_when_matching or same_type(one, wanted))
        ]
        if len(found) == 1:
            return Verdict("match", identifier, identifier, found[0]["configuration_id"], 1)
        if found:
            return several(found, identifier, sync)
    if wanted is None:
        return Verdict("blocked", "class_unmapped")
    return Verdict("create", "no_configuration")


def in_reach(one: Record, company_id: int, sync: AuvikSync) -> bool:
    return sync.assumptions.search_scope == "all" or one["company_id"] == company_id


def agrees(one: Record, identifier: str, value: str, sync: AuvikSync) -> bool:
    if identifier == "serial_number":
        return tidy(one["serial_number"]).lower() == value.lower()
    if sync.assumptions.names_match_any_case:
        return tidy(one["name"]).lower() == value.lower()
    return tidy(one["name"]) == value


def same_type(one: Record, wanted: str | None) -> bool:
    return wanted is not None and (one["configuration_type_name"] or "").lower() == wanted.lower()


def several(found: list[Record], identifier: str, sync: AuvikSync) -> Verdict:
    choice = sync.assumptions.several_matches
    if choice == "ambiguous":
        first = min(one["configuration_id"] for one in found)
        return Verdict("ambiguous", "several_configurations", identifier, first, len(found))
    edge = "created_at" if choice == "oldest" else "updated_at"
    moments = [one[edge] for one in found]
    wanted = min(moments) if choice == "oldest" else max(moments)
    taken = min(one["configuration_id"] for one in found if one[edge] == wanted)
    return Verdict("match", identifier, identifier, taken, len(found))


def flipped(sync: AuvikSync, option: str) -> AuvikSync:
    """The declaration with one option turned to its opposite."""
    changes: dict[str, dict[str, Any]] = {
        "enabled": {"enabled": not sync.enabled},
        "managed_only": {"managed_only": not sync.managed_only},
        "only_match_active": {"only_match_active": not sync.only_match_active},
        "use_configuration_type_when_matching": {
            "use_configuration_type_when_matching": not sync.use_configuration_type_when_matching
        },
        "identifiers": {"identifiers": sync.identifiers[::-1]},
        "inventory": {
            "site_map": {
                prefix: row.model_copy(update={"inventory": not row.inventory})
                for prefix, row in sync.site_map.items()
            }
        },
    }
    return sync.model_copy(update=changes[option])
