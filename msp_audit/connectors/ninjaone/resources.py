"""Every list of NinjaOne as data, and what the settings declare because no API has it."""

from __future__ import annotations

from collections.abc import Mapping

from msp_audit.connectors.base import Resource

RIGHT = "the scope monitoring, and every organisation"

ORGANISATIONS = Resource(name="organisations", path="/v2/organizations", fields=("id", "name"), right=RIGHT)
LOCATIONS = Resource(
    name="locations", path="/v2/locations", fields=("id", "organizationId", "name"), right=RIGHT
)
DEVICES = Resource(
    name="devices",
    path="/v2/devices-detailed",
    fields=(
        "id",
        "organizationId",
        "locationId",
        "parentDeviceId",
        "systemName",
        "dnsName",
        "displayName",
        "netbiosName",
        "nodeClass",
        "approvalStatus",
        "offline",
        "ipAddresses",
        "macAddresses",
        "lastContact",
        "lastUpdate",
        "created",
    ),
    right=RIGHT,
)
COMPUTER_SYSTEMS = Resource(
    name="computer_systems",
    path="/v2/queries/computer-systems",
    key=("deviceId",),
    fields=(
        "deviceId",
        "manufacturer",
        "model",
        "serialNumber",
        "biosSerialNumber",
        "assetSerialNumber",
        "virtualMachine",
        "chassisType",
    ),
    right=RIGHT,
)
NETWORK_INTERFACES = Resource(
    name="network_interfaces",
    path="/v2/queries/network-interfaces",
    key=(),
    fields=("deviceId", "interfaceName", "macAddress"),
    right=RIGHT,
)
#: Lists that go on behind the last id of a page.
LISTS = (ORGANISATIONS, LOCATIONS, DEVICES)
#: Reports over all devices, which go on by a cursor that the server holds.
QUERIES = (COMPUTER_SYSTEMS, NETWORK_INTERFACES)
DECLARED = (
    Resource(name="organisation_map", key=("organisation_id",)),
    Resource(name="covered_types", key=("configuration_type_name",)),
)
RESOURCES = (*LISTS, *QUERIES, *DECLARED)

#: Members that rules judge by: a long list in which no record has one shows another model.
EXPECTED: Mapping[str, tuple[str, ...]] = {
    "organisations": ("name",),
    "locations": ("organizationId",),
    "devices": ("organizationId", "nodeClass", "approvalStatus", "offline", "lastContact"),
    "computer_systems": ("serialNumber",),
    "network_interfaces": ("macAddress",),
}
