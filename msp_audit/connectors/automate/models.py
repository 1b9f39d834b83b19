"""Turns REST models into rows of the physical tables, so that both ways fill the same resources."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msp_audit.domain import Record

#: Table -> our column -> members of the REST model, dotted for nested ones; the first that is there counts.
#: Only what stands here is landed: SNMP communities, script log-ins and passwords are never picked up.
MODELS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "clients": {
        "ClientID": ("Id", "ClientId"),
        "Name": ("Name",),
        "City": ("City",),
        "ExternalID": ("ExternalId", "ExternalID"),
    },
    "locations": {
        "LocationID": ("Id", "LocationId"),
        "ClientID": ("Client.Id", "Client.ClientId"),
        "Name": ("Name",),
        "City": ("City",),
        "ExternalID": ("ExternalId", "ExternalID"),
    },
    "computers": {
        "ComputerID": ("Id", "ComputerId"),
        "ClientID": ("Client.Id", "Client.ClientId"),
        "LocationID": ("Location.Id", "Location.LocationId"),
        "Name": ("ComputerName",),
        "Domain": ("DomainName",),
        "OS": ("OperatingSystemName",),
        "Type": ("Type",),
        "ServiceVersion": ("RemoteAgentVersion",),
        "LocalAddress": ("LocalIPAddress",),
        "MAC": ("MACAddress",),
        "BiosMFG": ("BiosManufacturer",),
        "BiosName": ("ModelName", "Model"),
        "BiosVer": ("SerialNumber",),
        "IsVirtualMachine": ("IsVirtualMachine",),
        "DateAdded": ("DateAdded",),
        "LastContact": ("RemoteAgentLastContact",),
        "LastInventory": ("LastInventoryReceived",),
    },
    "network_devices": {
        "DeviceID": ("Id", "NetworkDeviceId"),
        "ClientID": ("Client.Id", "Client.ClientId"),
        "LocationID": ("Location.Id", "Location.LocationId"),
        "Name": ("Name", "FriendlyName"),
        "DeviceType": ("DeviceType.Name", "DeviceType.Id"),
        "IPAddress": ("LocalIPAddress",),
        "MAC": ("MACAddress",),
        "ManufacturerName": ("ManufacturerName",),
        "ModelName": ("ModelName",),
        "IsSyncedToManage": ("IsSyncedToManage",),
        "LastContact": ("LastContact",),
        "DateAdded": ("DateAdded",),
    },
    "retired_assets": {
        "AssetID": ("Id",),
        "ComputerID": ("ComputerId",),
        "ClientID": ("Client.Id", "Client.ClientId"),
        "LocationID": ("Location.Id", "Location.LocationId"),
        "Name": ("ComputerName", "Name"),
        "OS": ("OperatingSystemName", "OperatingSystem"),
        "RetiredDate": ("RetiredDate",),
        "RetireComment": ("RetireComment",),
    },
    "tickets": {
        "TicketID": ("TicketId", "Id"),
        "ClientID": ("Client.Id", "Client.ClientId"),
        "LocationID": ("Location.Id", "Location.LocationId"),
        "ComputerID": ("Computer.Id", "Computer.ComputerId"),
        "Status": ("Status.Id",),
        "Priority": ("Priority.Id",),
        "Subject": ("Subject",),
        "StartedDate": ("StartDate",),
        "UpdateDate": ("UpdateDate",),
        "ExternalID": ("ExternalId", "ExternalID"),
    },
}


def physical_row(model: Record, *, table: str) -> Record:
    """The row of *table* that a REST model stands for; values as text, as an export has them.

    Numbers become text because the key of a record must not depend on the way it came.
    """
    members = MODELS[table]
    return {column: _text(_first(model, paths)) for column, paths in members.items()}


def present_columns(model: Record, *, table: str) -> set[str]:
    """Columns of *table* whose member the REST model has, be it empty or null."""
    return {column for column, paths in MODELS[table].items() if any(_has(model, path) for path in paths)}


def _has(model: Record, path: str) -> bool:
    first, _, rest = path.partition(".")
    if not rest or first not in model:
        return first in model
    inner = model[first]
    return _has(inner, rest) if isinstance(inner, dict) else inner is None


def _first(model: Record, paths: tuple[str, ...]) -> Any:  # noqa: ANN401  (a member may hold any JSON value)
    for path in paths:
        value: Any = model
        for part in path.split("."):
            value = value.get(part) if isinstance(value, dict) else None
        if value is not None:
            return value
    return None


def _text(value: Any) -> str | None:  # noqa: ANN401
    if value is None or isinstance(value, dict | list):
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) or None
