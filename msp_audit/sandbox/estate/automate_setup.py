"""The Automate server's short lists: statuses, priorities, templates and the plugin's maps between them."""

from __future__ import annotations

from msp_audit.domain import Record
from msp_audit.sandbox.estate import psa_setup

#: Boards that the plugin imported.
BOARDS = (1, 21, 22)
STATUSES = {1: "New", 2: "Open", 3: "Stalled", 4: "Closed", 5: "Waiting on Client"}
PRIORITIES = {1: "Critical", 2: "High", 3: "Normal", 4: "Low", 5: "Informational"}
#: PSA status name -> Automate status, for the plugin's map from the PSA.
_FROM_PSA = {"New": 1, "In Progress": 2, "Assigned": 2, "Scheduled": 2, "Waiting Customer": 5,
             "Waiting Parts": 3,
             "Monitoring": 3, ">Closed": 4}  # fmt: skip
#: Automate status -> PSA status name, for its map to the PSA. 2 holds for every board.
_TO_PSA = {1: "New", 3: "Waiting Parts", 4: ">Closed", 5: "Waiting Customer"}
#: Product code of a service template: id, name, agreement id offset.
SERVICE_TEMPLATES = {3: "Backup Only", 5: "Managed Services Gold", 7: "Workstation Add-on"}
_CATEGORIES = {201: "Disk Space", 202: "Service Stopped", 203: "Backup Failed", 204: "Antivirus",
               205: "Offline Server",
               206: "Patch Failure", 207: "Hardware Health"}  # fmt: skip
_ASSET_TEMPLATES = {1: ("Managed Workstations", 15, 850), 2: ("Managed Servers", 14, 851),
                    3: ("Printers", 21, 852), 4: ("Network Devices", 26, 853), 5: ("Hypervisors", 23,
                        854)}  # fmt: skip


def setup_rows() -> dict[str, list[Record]]:
    """Table -> rows of every list that does not grow with the estate."""
    statuses = [record for record in psa_setup.board_statuses() if record["board"]["id"] in BOARDS]
    by_name = {(record["board"]["id"], record["name"]): record["id"] for record in statuses}
    return {
        "ticketstatus": [{"TicketStatusID": id_, "TicketStatus": name} for id_, name in STATUSES.items()],
        "ticketpriority": [{"Priority": id_, "Name": name} for id_, name in PRIORITIES.items()],
        "infocategory": [{"ID": id_, "CategoryName": name} for id_, name in _CATEGORIES.items()],
        "plugin_cw_configurationtypes": [
            {"CWConfigTypeRecID": type_["id"], "CWConfigTypeName": type_["name"]}
            for type_ in psa_setup.configuration_types()
        ],
        "plugin_cw_assettemplates": [
            {"AssetTemplateID": id_, "Name": name, "CWConfigTypeRecID": type_}
            for id_, (name, type_, _) in _ASSET_TEMPLATES.items()
        ],
        "plugin_cw_assettemplateassignments": [
            {"AssetTemplateID": id_, "GroupID": group} for id_, (_, _, group) in _ASSET_TEMPLATES.items()
        ],
        "plugin_cw_managedservicetemplates": [
            {"ManagedServiceTemplateID": id_, "Name": name} for id_, name in SERVICE_TEMPLATES.items()
        ],
        "plugin_cw_serviceboards": [
            {"CWServiceBoardRecID": id_, "CWServiceBoardName": psa_setup.BOARDS[id_][0]} for id_ in BOARDS
        ],
        "plugin_cw_servicestatuses": [_plugin_status(record) for record in statuses],
        "plugin_cw_cwstatusmapping": [
            {"CWServiceStatusRecID": record["id"], "TicketStatusID": _FROM_PSA[record["name"]]}
            for record in statuses
            if not record["inactive"]
        ],
        "plugin_cw_ltstatusmapping": [
            {
                "TicketStatusID": 2,
                "CWServiceBoardRecID": None,
                "CWServiceStatusRecID": by_name[1, "In Progress"],
            },
            *(
                {
                    "TicketStatusID": id_,
                    "CWServiceBoardRecID": board,
                    "CWServiceStatusRecID": by_name[board, name],
                }
                for id_, name in _TO_PSA.items()
                for board in BOARDS
            ),
        ],
        **_priorities(),
    }


def _plugin_status(record: Record) -> Record:
    return {
        "CWServiceStatusRecID": record["id"],
        "CWServiceBoardRecID": record["board"]["id"],
        "CWServiceStatusName": record["name"],
        "Inactive": int(record["inactive"]),
    }


def _priorities() -> dict[str, list[Record]]:
    """Automate's priorities and the PSA's are numbered in the same order."""
    known = psa_setup.priorities()
    return {
        "plugin_cw_servicepriorities": [
            {"CWServicePriorityRecID": item["id"], "CWServicePriorityName": item["name"]} for item in known
        ],
        "plugin_cw_servicepriorityxrefs": [
            {"Priority": priority, "CWServicePriorityRecID": item["id"]}
            for priority, item in zip(PRIORITIES, known, strict=True)
        ],
        "plugin_cw_cwtolabtechservicepriorityxrefs": [
            {"CWServicePriorityRecID": item["id"], "Priority": priority}
            for priority, item in zip(PRIORITIES, known, strict=True)
        ],
        "plugin_cw_categorymapping": [
            {"CategoryID": id_, "CWServiceBoardRecID": 21, "CWPriorityRecID": 6, "CWServiceTypeRecID": 301,
             "CWSubTypeRecID": 311 + id_ - 201, "CWItemRecID": 321 if id_ == 203 else None,
             "CWWorkTypeRecID": 4 if id_ == 205 else 0}
            for id_ in _CATEGORIES
        ],
    }  # fmt: skip
