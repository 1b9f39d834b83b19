"""NinjaOne's lists, drawn from the machines that Automate knows, where a reading holds none of its own.

The invented MSP has no NinjaOne; somebody who has can try the connector all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

import orjson

from msp_audit.domain import Record
from msp_audit.sandbox.records import Records

#: A list of Automate's REST interface, by name.
Automate = Callable[[str], Records]


def drawn(resource: str, automate: Automate) -> bytes:
    """The lines of *resource*, by rising id."""
    records = {
        "organizations": _organizations,
        "locations": _locations,
        "devices": _devices,
        "computer_systems": _computer_systems,
        "network_interfaces": _network_interfaces,
    }[resource](automate)
    return b"".join(orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE) for record in records)


def _all(automate: Automate, resource: str) -> list[Record]:
    found = automate(resource)
    return sorted(found.records(found.all), key=lambda record: int(record["Id"]))


def _organizations(automate: Automate) -> Iterator[Record]:
    for client in _all(automate, "clients"):
        yield {"id": int(client["Id"]), "name": client["Name"], "nodeApprovalMode": "AUTOMATIC"}


def _locations(automate: Automate) -> Iterator[Record]:
    for location in _all(automate, "locations"):
        yield {
            "id": int(location["Id"]),
            "name": location["Name"],
            "address": location.get("Address1"),
            "organizationId": int(location["Client"]["Id"]),
        }


def _devices(automate: Automate) -> Iterator[Record]:
    for computer in _all(automate, "computers"):
        is_server = computer["Type"] == "Server"
        yield {
            "id": int(computer["Id"]),
            "organizationId": int(computer["Client"]["Id"]),
            "locationId": int(computer["Location"]["Id"]),
            "nodeClass": "WINDOWS_SERVER" if is_server else "WINDOWS_WORKSTATION",
            "approvalStatus": "APPROVED",
            "offline": computer["Status"] != "Online",
            "systemName": computer["ComputerName"],
            "displayName": computer["FriendlyName"] or computer["ComputerName"],
            "created": _seconds(computer["DateAdded"]),
            "lastContact": _seconds(computer["RemoteAgentLastContact"]),
            "lastUpdate": _seconds(computer["LastInventoryReceived"]),
            "ipAddresses": [address for address in (computer["LocalIPAddress"],) if address],
            "macAddresses": [address for address in (computer["MACAddress"],) if address],
        }


def _computer_systems(automate: Automate) -> Iterator[Record]:
    for computer in _all(automate, "computers"):
        yield {
            "deviceId": int(computer["Id"]),
            "name": computer["ComputerName"],
            "manufacturer": computer["BiosManufacturer"],
            "model": computer["BiosName"],
            "serialNumber": computer["SerialNumber"],
            "biosSerialNumber": computer["SerialNumber"],
            "virtualMachine": bool(computer["IsVirtualMachine"]),
        }


def _network_interfaces(automate: Automate) -> Iterator[Record]:
    for computer in _all(automate, "computers"):
        if computer["MACAddress"]:
            yield {
                "deviceId": int(computer["Id"]),
                "interfaceName": "Ethernet",
                "adapterName": "Ethernet adapter",
                "ipAddress": [computer["LocalIPAddress"]],
                "macAddress": [computer["MACAddress"]],
                "status": "UP",
            }


def _seconds(text: str | None) -> float | None:
    try:
        return datetime.fromisoformat(text or "").timestamp()
    except ValueError:
        return None
