"""Templates, statuses and priorities that the Manage plugin maps to nothing."""

from __future__ import annotations

from msp_audit.sandbox.estate import automate_setup
from msp_audit.sandbox.estate.planting import (
    ALWAYS,
    FIRST,
    REOPENED,
    SINCE_SECOND,
    SINCE_THIRD,
    UNTIL_THIRD,
    Planting,
)


def plant(planting: Planting) -> None:
    """Plant all of it."""
    _templates(planting)
    _statuses_from_psa(planting)
    _statuses_to_psa(planting)
    _priorities_from_psa(planting)
    _priorities_to_psa(planting)


def _templates(planting: Planting) -> None:
    rule = "sync.asset_template_unassigned"
    plans = (
        (11, "Phones (draft)", ALWAYS, ALWAYS, "Drafted and never assigned to a group."),
        (12, "Cameras", SINCE_SECOND, SINCE_SECOND, "Made in the second week, assigned to nothing."),
        (13, "Mac Workstations", ALWAYS, UNTIL_THIRD, "Assigned to its group in the third week."),
        (
            14,
            "Kiosks",
            ALWAYS,
            REOPENED,
            "Assigned for a week, then its group was deleted with the assignment.",
        ),
    )
    for id_, name, there, weeks, story in plans:
        planting.add("plugin_cw_assettemplates", {"AssetTemplateID": id_, "Name": name,
                                                  "CWConfigTypeRecID": 15},
                     weeks=there)  # fmt: skip
        planting.add("plugin_cw_assettemplateassignments", {"AssetTemplateID": id_, "GroupID": 860 + id_},
                     weeks=set(there) - set(weeks))  # fmt: skip
        planting.finding(
            rule, key={"asset_template_id": id_}, weeks=weeks, company="", story=f"{name}: {story}"
        )
    planting.add("plugin_cw_assettemplateassignments", {"AssetTemplateID": 1, "GroupID": 861})
    planting.look_alike(rule, key={"asset_template_id": 1}, story="Assigned to two groups.")
    planting.add("plugin_cw_assettemplateassignments", {"AssetTemplateID": 99, "GroupID": 850})
    planting.look_alike(
        rule, key={"asset_template_id": 99}, story="An assignment whose template was deleted."
    )


def _statuses_from_psa(planting: Planting) -> None:
    rule = "sync.status_unmapped_from_psa"
    table = "plugin_cw_cwstatusmapping"
    for status_id, board, weeks, value, story in (
        (2105, "Alerts", ALWAYS, None, "Waiting Customer has a row, but no Automate status in it."),
        (107, "Service Desk", SINCE_SECOND, 0, "Monitoring was set to status 0 in the second week."),
        (2206, "NOC", FIRST, None, "Waiting Parts was mapped in the second week."),
        (2203, "NOC", REOPENED, 0, "Assigned was mapped for one week."),
    ):
        planting.patch(table, status_id, weeks=weeks, TicketStatusID=value)
        planting.finding(
            rule, key={"board_status_id": status_id}, weeks=weeks, company="", story=f"{board}: {story}"
        )
    for status_id, board in ((108, "Service Desk"), (2108, "Alerts")):
        planting.look_alike(rule, key={"board_status_id": status_id},
                            story=f"{board}: Dispatch (old) is not mapped, but inactive.")  # fmt: skip
    planting.add(table, {"CWServiceStatusRecID": 104, "TicketStatusID": None})
    planting.look_alike(
        rule, key={"board_status_id": 104}, story="Scheduled has an empty row beside its good one."
    )


def _statuses_to_psa(planting: Planting) -> None:
    rule = "sync.status_unmapped_to_psa"
    table = "plugin_cw_ltstatusmapping"

    def found(status_id: int, board_id: int, weeks: tuple[int, ...], story: str) -> None:
        planting.finding(rule, key={"ticket_status_id": status_id, "board_id": board_id}, weeks=weeks,
                         company="",
                         story=story)  # fmt: skip

    planting.drop(table, (5, 22))
    found(5, 22, ALWAYS, "Waiting on Client maps on two boards, never on the NOC board.")
    planting.patch(table, (3, 21), weeks=UNTIL_THIRD, CWServiceStatusRecID=0)
    found(3, 21, UNTIL_THIRD, "Stalled pointed to status 0 on Alerts until the third week.")
    planting.patch(table, (4, 22), weeks=REOPENED, CWServiceStatusRecID=None)
    found(4, 22, REOPENED, "Closed lost its NOC status, got it back and lost it again.")
    planting.add("ticketstatus", {"TicketStatusID": 6, "TicketStatus": "Escalated"}, weeks=SINCE_SECOND)
    for board_id in automate_setup.BOARDS:
        found(
            6,
            board_id,
            SINCE_SECOND,
            "Escalated was added to Automate in the second week and mapped nowhere.",
        )
        planting.look_alike(rule, key={"ticket_status_id": 2, "board_id": board_id},
                            story="Open maps through one row that holds for every board.")  # fmt: skip
    planting.add("ticketstatus", {"TicketStatusID": 7, "TicketStatus": "On Hold"})
    planting.add(table, {"TicketStatusID": 7, "CWServiceBoardRecID": 0, "CWServiceStatusRecID": 106})
    planting.look_alike(
        rule, key={"ticket_status_id": 7, "board_id": 21}, story="Board 0 means every board too."
    )


def _priorities_from_psa(planting: Planting) -> None:
    rule = "sync.priority_unmapped_from_psa"
    table = "plugin_cw_cwtolabtechservicepriorityxrefs"
    for priority_id, weeks, story in (
        (10, ALWAYS, "Do Not Respond has a row without an Automate priority."),
        (9, SINCE_THIRD, "Priority 4 lost its Automate priority in the third week."),
        (8, REOPENED, "Priority 3 was mapped for one week only."),
    ):
        planting.patch(table, priority_id, weeks=weeks, Priority=None)
        planting.finding(rule, key={"priority_id": priority_id}, weeks=weeks, company="", story=story)
    planting.add(table, {"CWServicePriorityRecID": 6, "Priority": None})
    planting.look_alike(
        rule, key={"priority_id": 6}, story="Priority 1 has an empty row beside its good one."
    )


def _priorities_to_psa(planting: Planting) -> None:
    rule = "sync.priority_unmapped_to_psa"
    table = "plugin_cw_servicepriorityxrefs"
    planting.patch(table, 5, CWServicePriorityRecID=0)
    planting.finding(rule, key={"ticket_priority_id": 5}, weeks=ALWAYS, company="",
                     story="Informational points to priority 0.")  # fmt: skip
    planting.drop(table, 4, weeks=FIRST)
    planting.finding(rule, key={"ticket_priority_id": 4}, weeks=FIRST, company="",
                     story="Low was mapped in the second week.")  # fmt: skip
    planting.patch(table, 2, weeks=SINCE_SECOND, CWServicePriorityRecID=-1)
    planting.finding(rule, key={"ticket_priority_id": 2}, weeks=SINCE_SECOND, company="",
                     story="High points to priority -1 since the second week.")  # fmt: skip
    planting.add(table, {"Priority": 1, "CWServicePriorityRecID": 0})
    planting.look_alike(
        rule, key={"ticket_priority_id": 1}, story="Critical has a zero row beside its good one."
    )
