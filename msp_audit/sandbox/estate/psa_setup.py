"""The PSA's setup tables: what an administrator typed once and everything else points to."""

from __future__ import annotations

from msp_audit.domain import Record

INFO = {"lastUpdated": "2026-08-14T16:05:22Z", "updatedBy": "jolsen"}
_TYPES = {
    14: ("Managed Server", True), 15: ("Managed Workstation", True), 16: ("Network Switch", False),
    17: ("Firewall", False), 18: ("Wireless Access Point", False), 19: ("Router", False), 20: ("UPS", False),
    21: ("Printer", False), 22: ("Storage", False), 23: ("Hypervisor", False), 24: ("Application / License",
        False),
    25: ("Domain / SSL", False), 26: ("Network Device", False), 27: ("Phone System", False),
}  # fmt: skip
#: id -> configuration type, question, field type, required.
QUESTIONS: dict[int, tuple[int, str, str, bool]] = {
    40: (14, "Backup product", "Text", False),
    41: (14, "Out of hours reboot allowed", "Checkbox", False),
    42: (17, "Auvik ID", "Text", False),
    43: (17, "Warranty end", "Date", False),
    44: (17, "HA partner", "Text", False),
    45: (16, "Auvik ID", "Text", False),
    46: (16, "Auvik last mapped", "Date", False),
    47: (16, "Port count", "Number", False),
    48: (24, "Seats", "Number", True),
    49: (20, "Battery replaced on", "Date", False),
    50: (15, "Assigned to", "Text", False),
}
_STATUSES = {1: ("Active", False, True), 2: ("Inactive", True, False), 3: ("In Stock", False, False),
             4: ("Retired", True, False), 5: ("Pending Install", False, False)}  # fmt: skip
MANUFACTURERS = {
    1: "Dell", 2: "HP", 3: "Hewlett Packard Enterprise", 4: "Lenovo", 5: "Apple", 6: "Microsoft", 7: "VMware",
    8: "Cisco", 9: "Cisco Meraki", 10: "Fortinet", 11: "Ubiquiti", 12: "APC", 13: "Synology", 14: "Yealink",
    15: "Axis", 16: "SonicWall", 17: "Hewlett-Packard",
}  # fmt: skip
#: id -> name, is a project board, is inactive.
BOARDS = {1: ("Service Desk", False, False), 21: ("Alerts", False, False), 22: ("NOC", False, False),
          30: ("Projects", True, False), 31: ("Old Help Desk", False, True)}  # fmt: skip
#: name, closed, inactive.
_BOARD_STATUSES = (
    ("New", False, False), ("In Progress", False, False), ("Assigned", False, False), ("Scheduled", False,
        False),
    ("Waiting Customer", False, False), ("Waiting Parts", False, False), ("Monitoring", False, False),
    ("Dispatch (old)", False, True), (">Closed", True, False),
)  # fmt: skip
_RIGHTS = (
    ("Companies", "Company Maintenance"), ("Companies", "Configurations"), ("Companies", "Contacts"),
    ("Companies", "Manage Documents"), ("Finance", "Agreements"), ("Procurement", "Product Catalog"),
    ("Service Desk", "Service Tickets"), ("Service Desk", "Close Service Tickets"), ("System", "Table Setup"),
    ("System", "Member Maintenance"), ("System", "My Company"), ("System", "Security Roles"),
)  # fmt: skip
_MAY_WRITE = {"Service Tickets", "Manage Documents", "Close Service Tickets"}


def setup_records() -> dict[str, list[Record]]:
    """Resource -> records, of every setup table."""
    return {
        "company_types": company_types(),
        "company_statuses": company_statuses(),
        "configuration_types": configuration_types(),
        "configuration_type_questions": questions(),
        "configuration_statuses": [
            {"id": id_, "description": name, "closedFlag": closed, "defaultFlag": default, "_info": INFO}
            for id_, (name, closed, default) in _STATUSES.items()
        ],
        "manufacturers": [
            {"id": id_, "name": name, "inactiveFlag": id_ == 17, "_info": INFO}
            for id_, name in MANUFACTURERS.items()
        ],
        "boards": [
            {"id": id_, "name": name, "location": {"id": 11, "name": "Seattle"},
             "department": {"id": 10, "identifier": "Service", "name": "Service"}, "inactiveFlag": inactive,
             "projectFlag": project, "billTime": "Billable", "_info": INFO}
            for id_, (name, project, inactive) in BOARDS.items()
        ],
        "board_statuses": board_statuses(),
        "board_teams": board_teams(),
        "priorities": priorities(),
        "managed_devices_integrations": integrations(),
        "integration_cross_references": cross_references(),
        "security_rights": security_rights(),
    }  # fmt: skip


def company_types() -> list[Record]:
    """Client, prospect, vendor and two more."""
    names = {1: "Client", 2: "Prospect", 3: "Vendor", 4: "Owner", 5: "Former Client"}
    return [
        {"id": id_, "name": name, "defaultFlag": id_ == 1, "vendorFlag": id_ == 3, "_info": INFO}
        for id_, name in names.items()
    ]


def company_statuses() -> list[Record]:
    """Active, inactive, and two that stop or warn."""
    names = {1: "Active", 2: "Inactive", 3: "Not Approved", 4: "Credit Hold"}
    return [
        {"id": id_, "name": name, "defaultFlag": id_ == 1, "inactiveFlag": id_ == 2, "notifyFlag": id_ == 4,
         "disallowSavingFlag": id_ == 3, "_info": INFO}
        for id_, name in names.items()
    ]  # fmt: skip


def configuration_types() -> list[Record]:
    """The last one is frozen and inactive."""
    return [
        {"id": id_, "name": name, "inactiveFlag": id_ == 27, "systemFlag": system, "_info": INFO}
        for id_, (name, system) in _TYPES.items()
    ]


def type_name(type_id: int) -> str:
    """Name of a configuration type."""
    return _TYPES[type_id][0]


def questions() -> list[Record]:
    """None is required for a type that Auvik creates."""
    return [
        question_record(id_, type_id=type_id, question=question, field_type=field_type, is_required=required)
        for id_, (type_id, question, field_type, required) in QUESTIONS.items()
    ]


def question_record(id_: int, *, type_id: int, question: str, field_type: str, is_required: bool) -> Record:
    """One question of a configuration type."""
    return {
        "id": id_, "configurationType": {"id": type_id, "name": type_name(type_id)}, "fieldType": field_type,
        "entryType": "Date" if field_type == "Date" else "EntryField", "sequenceNumber": float(id_ - 39),
        "question": question, "numberOfDecimals": 0, "requiredFlag": is_required, "inactiveFlag": False,
        "_info": INFO,
    }  # fmt: skip


def board_statuses() -> list[Record]:
    """The same nine on every board, ids by board."""
    return [
        {"id": 100 * board + place, "name": name, "board": {"id": board, "name": BOARDS[board][0]},
         "sortOrder": place * 10, "displayOnBoard": not closed, "inactive": inactive, "closedStatus": closed,
         "timeEntryNotAllowed": False, "defaultFlag": place == 1,
         "escalationStatus": "Resolved" if closed else "NotResponded", "_info": INFO}
        for board in BOARDS
        for place, (name, closed, inactive) in enumerate(_BOARD_STATUSES, start=1)
    ]  # fmt: skip


def board_teams() -> list[Record]:
    """Two a board."""
    return [
        {"id": 10 * board + place, "name": name, "teamLeader": {"id": 150 + place, "identifier": "jolsen",
         "name": "Jonas Olsen"}, "members": [150, 151, 152], "defaultFlag": place == 0, "boardId": board,
         "locationId": 11, "businessUnitId": 10, "_info": INFO}
        for board in BOARDS
        for place, name in enumerate(("Service Team", "Escalation"))
    ]  # fmt: skip


def priorities() -> list[Record]:
    """Five, worst first."""
    names = (("Priority 1 - Emergency", "Red", "Critical"), ("Priority 2 - Quick Response", "Orange", "High"),
             ("Priority 3 - Normal Response", "Yellow", "Medium"), ("Priority 4 - Scheduled", "Green",
                 "Low"), ("Do Not Respond", "White", "Low"))  # fmt: skip
    return [
        {"id": 5 + place, "name": name, "color": color, "sortOrder": place, "defaultFlag": place == 3,
         "level": level, "_info": INFO}
        for place, (name, color, level) in enumerate(names, start=1)
    ]  # fmt: skip


def integrations() -> list[Record]:
    """Automate's, and one that nobody uses any more."""
    base = {
        "portalUrl": "",
        "managementItSetupType": "ManagedDevices",
        "configBillCustomerFlag": False,
        "_info": INFO,
    }
    return [
        {"id": 3, "name": "Automate", "solution": "Automate", "loginBy": "Global",
         "defaultBillingLevel": "Detail",
         "integratorLogin": {"id": 12, "name": "labtech"}, "matchOnSerialNumberFlag": True,
         "disableNewCrossReferencesFlag": False, **base},
        {"id": 4, "name": "Backup Reports", "solution": "Custom", "loginBy": "Member",
         "defaultBillingLevel": "Summary", "integratorLogin": None, "matchOnSerialNumberFlag": False,
         "disableNewCrossReferencesFlag": True, **base},
    ]  # fmt: skip


def cross_references() -> list[Record]:
    """What a vendor's device type becomes in the PSA."""
    rows = ((31, 3, "Server", "Gold", 14, "MS-SERVER", False), (32, 3, "Workstation", "Gold", 15,
        "MS-WORKSTATION", False),
            (33, 3, "Printer", "Gold", 21, "MS-PRINTER", False), (34, 3, "Server", "gold ", 14, None, True),
            (35, 4, "Backup Job", "Standard", 24, "BK-SERVER", False))  # fmt: skip
    return [
        {"id": id_, "managedDevicesIntegration": {"id": integration, "name": ("Automate",
            "Backup Reports")[integration - 3]},
         "vendorType": kind, "vendorLevel": level, "agreementType": {"id": 5, "name": "Managed Services"},
         "product": {"id": 60 + type_id, "identifier": product} if product else None,
         "configurationType": {"id": type_id, "name": type_name(type_id)}, "inactiveFlag": inactive,
         "_info": INFO}
        for id_, integration, kind, level, type_id, product, inactive in rows
    ]  # fmt: skip


def security_rights() -> list[Record]:
    """What the audit's API member may do: read all, write tickets."""
    return [
        {"id": number, "moduleName": module, "moduleIdentifier": module.replace(" ", ""),
         "moduleFunctionName": function,
         "moduleFunctionIdentifier": function.replace(" ", ""),
         "moduleFunctionDescription": f"{module}: {function}",
         "inquireLevel": "All", "addLevel": "All" if function in _MAY_WRITE else "None",
         "editLevel": "All" if function in _MAY_WRITE else "None", "deleteLevel": "None", "customFlag": False,
         "member": {"id": 201, "identifier": "msp-audit", "name": "msp-audit"}}
        for number, (module, function) in enumerate(_RIGHTS, start=1)
    ]  # fmt: skip
