"""The layout of the files, as data: which file has which columns, and what may stand in them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import MappingProxyType

from msp_audit.connectors.base import Resource

#: What an asset may be; a tool's own words are to be translated when the file is made.
KINDS = ("server", "workstation", "network", "other")
TRUTHS: Mapping[str, bool] = MappingProxyType(
    {
        **dict.fromkeys(("true", "yes", "1", "online"), True),
        **dict.fromkeys(("false", "no", "0", "offline"), False),
    }
)
#: How a missing value may be written, beside nothing at all.
NULLS = frozenset({"", "\\N", "NULL"})
_MAC = re.compile(r"[0-9A-Fa-f]{2}([:.-]?[0-9A-Fa-f]{2}){5}")
_BETWEEN_MACS = re.compile(r"[\s,;|\[\]]+")

#: What a cell holds, or None where it holds nothing that fits.
Value = str | int | bool | list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What may stand in a column: how it is understood, and in words what is expected."""

    read: Callable[[str], Value | None]
    expected: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of one file."""

    name: str
    kind: Kind
    meaning: str
    #: The file must have the column.
    is_required: bool = False
    #: Each of its cells must hold something.
    is_filled: bool = False
    #: Required, and read, only where the tool reports this.
    capability: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One file of a tool."""

    name: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    #: Column -> the file in which its value must stand as an id.
    references: Mapping[str, str] = field(default_factory=dict)


def _time(text: str) -> str | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    try:
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC).isoformat()
    except OverflowError:
        return None


def _macs(text: str) -> list[str] | None:
    found = [part for part in _BETWEEN_MACS.split(text) if part]
    return found if all(_MAC.fullmatch(part) for part in found) else None


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and 0 < int(text) < 2**63 else None


def _kind(text: str) -> str | None:
    return text.lower() if text.lower() in KINDS else None


TEXT = Kind(read=lambda text: text, expected="text")
TIME = Kind(read=_time, expected="a time such as 2026-11-02T06:00:00Z (ISO 8601; without a zone it is UTC)")
TRUTH = Kind(read=lambda text: TRUTHS.get(text.lower()), expected=f"one of {', '.join(TRUTHS)}")
NUMBER = Kind(read=_number, expected="a record id, a whole number above 0")
MACS = Kind(read=_macs, expected="MAC addresses such as 00:1A:2B:3C:4D:5E, separated by semicolons")
ASSET_KIND = Kind(read=_kind, expected=f"one of {', '.join(KINDS)}")


def _id(name: str, meaning: str) -> Column:
    return Column(name=name, kind=TEXT, meaning=meaning, is_required=True, is_filled=True)


def _optional(name: str, meaning: str, *, kind: Kind = TEXT, capability: str = "") -> Column:
    return Column(name=name, kind=kind, meaning=meaning, capability=capability)


ORGANISATIONS = Table(
    name="organisations",
    key=("organisation_id",),
    columns=(
        _id("organisation_id", "The tool's id of the organisation; the settings map it to a company."),
        _id("name", "Its name."),
    ),
)
SITES = Table(
    name="sites",
    key=("site_id",),
    columns=(
        _id("site_id", "The tool's id of the site."),
        _id("organisation_id", "The organisation that it belongs to."),
        _id("name", "Its name."),
    ),
    references={"organisation_id": "organisations"},
)
ASSETS = Table(
    name="assets",
    key=("asset_id",),
    columns=(
        _id("asset_id", "The tool's id of the asset; stays the same as long as the asset does."),
        _id("organisation_id", "The organisation that it belongs to."),
        Column(name="name", kind=TEXT, meaning="Its host name.", is_required=True),
        _optional("site_id", "The site that it stands at."),
        _optional("kind", f"What it is: {', '.join(KINDS)}.", kind=ASSET_KIND),
        _optional("manufacturer", "Its maker."),
        _optional("model", "Its model."),
        _optional("serial_number", "Its serial number.", capability="serial_number"),
        _optional("mac_address", "Its MAC addresses.", kind=MACS, capability="mac_address"),
        _optional("ip_address", "Its IP address."),
        _optional("operating_system", "Its operating system."),
        _optional("last_seen_at", "When the tool last heard of it.", kind=TIME, capability="last_seen_at"),
        _optional("is_online", "Whether it is online.", kind=TRUTH, capability="is_online"),
        _optional("is_managed", "Whether the tool manages it; without the column it does.", kind=TRUTH),
        _optional("configuration_id", "The PSA configuration that the tool itself ties it to.", kind=NUMBER),
        _optional("url", "Address of its page in the tool."),
    ),
    references={"organisation_id": "organisations", "site_id": "sites"},
)
ASSET_MACS = Table(
    name="asset_macs",
    key=("asset_id", "mac_address"),
    columns=(
        _id("asset_id", "The asset."),
        Column(
            name="mac_address", kind=MACS, meaning="One of its addresses.", is_required=True, is_filled=True
        ),
    ),
    references={"asset_id": "assets"},
)
TABLES = (ORGANISATIONS, SITES, ASSETS, ASSET_MACS)

#: What the settings declare; it lands like any list.
TOOLS = Resource(name="tools", key=("tool",))
ORGANISATION_MAP = Resource(name="organisation_map", key=("tool", "organisation_id"))
COVERED_TYPES = Resource(name="covered_types", key=("tool", "configuration_type_name"))
RESOURCES = (
    TOOLS,
    ORGANISATION_MAP,
    COVERED_TYPES,
    *(Resource(name=table.name, path=f"{table.name}.csv", key=("tool", *table.key)) for table in TABLES),
)
