"""Automate's REST answers, made from the physical rows so that both always tell the same."""

from __future__ import annotations

from collections.abc import Mapping

from msp_audit.domain import Record
from msp_audit.sandbox.estate import automate_setup

#: Location id -> its name and its client's id.
Places = Mapping[int, tuple[str, int]]


def when(value: str | None) -> str | None:
    """MySQL's time as the API writes it; its zero date becomes .NET's."""
    if value is None:
        return None
    if value.startswith("0000"):
        return "0001-01-01T00:00:00"
    return value.replace(" ", "T") + "Z"


def client(row: Record) -> Record:
    """A client; both its ids are text here."""
    return {
        "Id": str(row["ClientID"]), "Name": row["Name"], "Company": row["Company"],
        "Address1": row["Address1"],
        "Address2": row["Address2"], "City": row["City"], "State": row["State"], "ZipCode": row["Zip"],
        "Country": row["Country"], "PhoneNumber": row["Phone"], "ExternalId": row["ExternalID"],
        "IsHiddenFromAllInclusiveGroup": False,
    }  # fmt: skip


def location(row: Record, *, clients: Mapping[int, str]) -> Record:
    """A location."""
    return {
        "Id": row["LocationID"], "LocationId": row["LocationID"], "Name": row["Name"],
        "Client": _client(row["ClientID"], clients), "Address1": row["Address"], "City": row["City"],
        "State": row["State"], "ZipCode": row["Zip"], "Country": row["Country"],
        "ExternalId": row["ExternalID"],
    }  # fmt: skip


def computer(row: Record, *, clients: Mapping[int, str], places: Places, online_since: str) -> Record:
    """A computer; ``Type`` is the server's own word for what the OS name says."""
    is_server = "server" in row["OS"].lower()
    seen = when(row["LastContact"])
    return {
        "Id": str(row["ComputerID"]), "ComputerName": row["Name"], "FriendlyName": "",
        "Client": _client(row["ClientID"], clients), "Location": _place(row["LocationID"], places),
        "Type": "Server" if is_server else "Workstation",
        "Status": "Online" if (row["LastContact"] or "") >= online_since else "Offline",
        "OperatingSystemName": row["OS"], "OperatingSystemVersion": row["Version"],
        "SerialNumber": row["BiosVer"],
        "AssetTag": row["AssetTag"], "BiosManufacturer": row["BiosMFG"], "BiosName": row["BiosName"],
        "MACAddress": row["MAC"], "LocalIPAddress": row["LocalAddress"], "DomainName": row["Domain"],
        "LastUserName": row["LastUsername"], "RemoteAgentVersion": row["ServiceVersion"],
        "RemoteAgentLastContact": seen, "LastHeartbeat": seen,
        "LastInventoryReceived": when(row["LastInventory"]),
        "DateAdded": when(row["DateAdded"]), "IsVirtualMachine": bool(row["Flags"] & 2048),
        "IsVirtualHost": False,
        "TotalMemory": row["TotalMemory"],
    }  # fmt: skip


def network_device(row: Record, *, clients: Mapping[int, str], places: Places, is_synced: bool) -> Record:
    """A network device; the physical table does not know ``IsSyncedToManage``."""
    place = places.get(row["LocationID"])
    return {
        "Id": row["DeviceID"], "Name": row["Name"], "FriendlyName": "",
        "Client": _client(place[1], clients) if place else None, "Location": _place(row["LocationID"],
            places),
        "DeviceType": {"Id": row["DeviceType"], "Name": "Printer" if row["DeviceType"] == 7 else "Other"},
        "LocalIPAddress": row["IPAddress"], "MACAddress": row["MAC"],
        "ManufacturerName": row["ManufacturerName"],
        "ModelName": row["ModelName"], "Status": "Online", "LastContact": when(row["LastContact"]),
        "DateAdded": when(row["DateAdded"]), "IsSyncedToManage": is_synced,
    }  # fmt: skip


def retired_asset(row: Record, *, clients: Mapping[int, str], places: Places) -> Record:
    """A retired asset."""
    return {
        "Id": row["AssetID"], "ComputerId": row["ComputerID"], "ComputerName": row["Name"],
        "Client": _client(row["ClientID"], clients), "Location": _place(row["LocationID"], places),
        "OperatingSystemName": row["OS"], "AssetTag": "", "RetiredDate": when(row["RetiredDate"]),
        "RetireComment": row["RetireComment"],
    }  # fmt: skip


def ticket(row: Record, *, clients: Mapping[int, str], places: Places) -> Record:
    """A ticket; ``ExternalId`` 0 never reached the PSA."""
    computer_id = row["ComputerID"]
    return {
        "TicketId": row["TicketID"], "Client": _client(row["ClientID"], clients),
        "Location": _place(row["LocationID"], places),
        "Computer": {"Id": str(computer_id)} if computer_id else None,
        "Status": {"Id": row["Status"], "Name": automate_setup.STATUSES.get(row["Status"])},
        "Priority": {"Id": row["Priority"], "Name": automate_setup.PRIORITIES.get(row["Priority"])},
        "Subject": row["Subject"], "StartDate": when(row["StartedDate"]),
        "UpdateDate": when(row["UpdateDate"]),
        "ExternalId": row["ExternalID"],
    }  # fmt: skip


def _client(client_id: int, clients: Mapping[int, str]) -> Record | None:
    return {"Id": str(client_id), "Name": clients.get(client_id)} if client_id else None


def _place(location_id: int, places: Places) -> Record | None:
    return {"Id": location_id, "Name": places[location_id][0] if location_id in places else None}
