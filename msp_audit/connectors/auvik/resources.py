"""Every list of Auvik as data, and the lists that are declared in the settings because no API has them."""

from __future__ import annotations

from msp_audit.connectors.base import Resource

TENANTS = Resource(name="tenants", path="/v1/tenants", right="the API access role in the tenants")
DEVICES = Resource(name="devices", version_member="apiVersion", right="the API access role in the tenant")
DEVICE_DETAILS = Resource(
    name="device_details", path="/v1/inventory/device/detail", right="the API access role in the tenant"
)
INTERFACES = Resource(
    name="interfaces", path="/v1/inventory/interface/info", right="the API access role in the tenant"
)

#: Makers' lifecycles and warranties; the vendor fills them for Cisco's devices only.
DEVICE_LIFECYCLES = Resource(
    name="device_lifecycles", path="/v1/inventory/device/lifecycle", right="the API access role in the tenant"
)
DEVICE_WARRANTIES = Resource(
    name="device_warranties", path="/v1/inventory/device/warranty", right="the API access role in the tenant"
)
#: Name of a list that may be left out -> the setting that says so.
OPTIONS = {
    INTERFACES.name: "interfaces",
    DEVICE_LIFECYCLES.name: "lifecycles",
    DEVICE_WARRANTIES.name: "warranties",
}

#: The device list by API version. v2 also shows endpoints and services, so their counts differ.
DEVICE_PATHS = {"v1": "/v1/inventory/device/info", "v2": "/v2/api/inventory/device/info"}
#: Rows asked for with one request. v1 documents 100 and no maximum, v2 1000 and 10,000 at most.
PAGE_ROWS = {"v1": 100, "v2": 1000}
MAX_PAGE_ROWS = {"v1": 1000, "v2": 10_000}

#: Attributes that rules judge by (in the device list of v1 there is no such).
EXPECTED: dict[str, tuple[str, ...]] = {
    "devices": ("manageStatus",),
    "device_details": ("manageStatus",),
    "interfaces": (),
    "device_lifecycles": (),
    "device_warranties": (),
}

#: Relationships that are landed. The others (networks, connected devices, components) are many times the
#: size of the device and nothing is judged by them.
RELATIONSHIPS = ("tenant", "parent", "parentDevice")

DECLARED = (
    Resource(name="sync_options", key=()),
    Resource(name="sync_identifiers", key=("priority",)),
    Resource(name="sync_class_map", key=("device_type",)),
    Resource(name="sync_make_map", key=("make",)),
    Resource(name="sync_field_map", key=("position",)),
    Resource(name="sync_site_map", key=("domain_prefix",)),
    Resource(name="sync_assumptions", key=("assumption",)),
)

#: Copied out of the product by a person. Devices may share a name, so the lines of one are counted.
INVENTORY_MAPPINGS = Resource(name="inventory_mappings", key=("domain_prefix", "device_name", "occurrence"))

RESOURCES = (
    TENANTS,
    DEVICES,
    DEVICE_DETAILS,
    INTERFACES,
    DEVICE_LIFECYCLES,
    DEVICE_WARRANTIES,
    *DECLARED,
    INVENTORY_MAPPINGS,
)
