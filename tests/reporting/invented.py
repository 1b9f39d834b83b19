"""The invented MSP of the reports' tests: its weeks, companies, rules and machines."""

from __future__ import annotations

from datetime import datetime

WEEKS = (datetime(2026, 11, 2, 6), datetime(2026, 11, 9, 6), datetime(2026, 11, 16, 6))
COMPANIES = (
    (2, "Alder & Finch Accountants"),
    (7, "Bayside Dental Group"),
    (11, "Copperline Logistics"),
    (19, "Dunmore Primary School"),
    (23, "Eastgate Veterinary Clinic"),
    (31, "Fairhaven Law LLP"),
    (38, "Grünwald Maschinenbau"),
    (44, "Harbour Lane Hotels"),
    (52, "Ironbridge Architects"),
)
#: rule, title, severity, subject, records of the subject, why, remedy
RULES: tuple[tuple[str, str, str, str, int, str, str], ...] = (
    (
        "sync.client_unsynced",
        "Automate client is not linked to a PSA company",
        "high",
        "automate.clients",
        41,
        "Nothing of this client reaches the PSA: no asset, no ticket, no invoice.",
        "Map or ignore the client in the Manage plugin: Dashboard > Config > Integration.",
    ),
    (
        "sync.location_unsynced",
        "Automate location is not linked to a PSA site",
        "medium",
        "automate.locations",
        96,
        "Computers of this location reach the PSA without a site.",
        "Map the location to a site of its company in the Manage plugin.",
    ),
    (
        "coverage.computer_without_configuration",
        "Automate computer has no PSA configuration",
        "high",
        "automate.computers",
        1482,
        "A computer that the PSA does not know is neither billed nor reviewed.",
        "Create the configuration in the PSA, or retire the agent in Automate.",
    ),
    (
        "coverage.device_without_configuration",
        "Auvik device has no PSA configuration",
        "medium",
        "auvik.devices",
        613,
        "A device that the PSA does not know is not under an agreement.",
        "Sync the device from Auvik, or create the configuration by hand.",
    ),
    (
        "auvik.serial_placeholder",
        "Auvik device has a placeholder for a serial number",
        "high",
        "auvik.devices",
        613,
        "Devices with the same placeholder overwrite each other's configuration.",
        "Correct the serial number on the device, or take serial number out of the identifiers.",
    ),
    (
        "hygiene.serial_duplicated",
        "Two active configurations share a serial number",
        "medium",
        "psa.configurations",
        1904,
        "One of them is a twin: it is billed twice or shows the wrong history.",
        "Merge the two, or set the one that is gone to an inactive status.",
    ),
    (
        "hygiene.computer_stale",
        "Active configuration belongs to a silent computer",
        "low",
        "automate.computers",
        1482,
        "The machine is probably gone but is still billed.",
        "Ask the customer, then retire the agent.",
    ),
    (
        "mapping.company_gone",
        "Automate client is mapped to a company that is gone",
        "critical",
        "core.client_links",
        39,
        "Tickets of this client fail without a word.",
        "Map the client to the company that took its place.",
    ),
    (
        "sync.status_unmapped_from_psa",
        "PSA ticket status has no status in Automate",
        "medium",
        "automate.plugin_statuses",
        24,
        "A ticket set to this status does not change in Automate.",
        "Map the status in the Manage plugin: Ticketing > Statuses.",
    ),
)
MACHINES = (
    "SRV-DC01",
    "SRV-FILE02",
    "WS-RECEPTION",
    "LT-0417",
    "LT-0422",
    "WS-XRAY-3",
    "SW-CORE-1",
    "AP-LOBBY",
)
