"""Faults inside the Manage plugin's own tables: rows that outlived their record, maps that lead astray."""

from __future__ import annotations

from msp_audit.domain import Record
from msp_audit.sandbox.estate.plant_sync import site_mapping
from msp_audit.sandbox.estate.planting import (
    ALWAYS,
    FIRST,
    REOPENED,
    SINCE_SECOND,
    SINCE_THIRD,
    UNTIL_THIRD,
    Planting,
)
from msp_audit.sandbox.estate.world import Role

#: Ignored in the second week and after, by somebody who did not look at the map.
_IGNORED_TWICE = 10


def plant(planting: Planting) -> None:
    """Plant all of the theme; last but for what changes nothing here."""
    _outlived(planting)
    _both_ways(planting)
    _companies(planting)
    _templates(planting)
    _statuses(planting)
    _lists(planting)


def _outlived(planting: Planting) -> None:
    planting.finding("mapping.client_gone", key={"client_id": 9999}, weeks=ALWAYS, company="",
                     story="The map row of a client that was deleted.")  # fmt: skip
    company = planting.company(6)
    site_id = planting.world.site_id(company.sites.start)
    for location_id, weeks, story in (
        (9998, ALWAYS, "A location that was merged into another one."),
        (9997, SINCE_THIRD, "A location that was deleted in the third week."),
    ):
        row = site_mapping(location_id, site_id, company_id=company.company_id)
        planting.add("plugin_cw_sitemapping", row, weeks=weeks)
        planting.finding("mapping.location_gone", key={"location_id": location_id}, weeks=weeks,
                         company=company.name, story=story)  # fmt: skip
    planting.add("plugin_cw_sitemapping", site_mapping(0, 0))
    planting.look_alike(
        "mapping.location_gone", key={"location_id": 0}, story="An empty row of the site map."
    )
    ignored = planting.changes[0].added["plugin_cw_ignoredentities"]
    device_id = next(row["LTTargetID"] for row in ignored if row["TargetType"] == 4)
    planting.finding("mapping.ignored_entity_gone",
                     key={"entity_kind": "network_device", "entity_id": device_id}, weeks=ALWAYS, company="",
                     story="The ignored network device is long gone.")  # fmt: skip
    planting.finding("mapping.entity_type_doubtful", key={"entity_kind": "network_device"}, weeks=ALWAYS,
                     company="", story="The only id ignored under code 4 is no network device.")  # fmt: skip
    planting.add("plugin_cw_ignoredentities", {"TargetType": 1, "LTTargetID": 99_999, "CWTargetRecID": -1},
                 weeks=SINCE_SECOND)  # fmt: skip
    planting.finding("mapping.ignored_entity_gone", key={"entity_kind": "computer", "entity_id": 99_999},
                     weeks=SINCE_SECOND, company="", story="The ignored computer was retired.")  # fmt: skip
    planting.look_alike("mapping.ignored_entity_gone", key={"entity_kind": "contact", "entity_id": 4},
                        story="Contacts are not read, so nothing is said of ignored ones.")  # fmt: skip


def _both_ways(planting: Planting) -> None:
    company = planting.company(_IGNORED_TWICE)
    planting.add("plugin_cw_ignoredentities",
                 {"TargetType": 3, "LTTargetID": company.client_id, "CWTargetRecID": -1},
                 weeks=SINCE_SECOND)  # fmt: skip
    planting.finding("mapping.client_ignored_and_mapped", key={"client_id": company.client_id},
                     weeks=SINCE_SECOND, company=company.name,
                     story="Ignored in the second week; its map row stayed.")  # fmt: skip
    other = planting.company(14)
    planting.look_alike("mapping.client_ignored_and_mapped", key={"client_id": other.client_id},
                        story=f"{other.name} is ignored and not mapped.")  # fmt: skip
    company = planting.company(25)
    location_id = planting.world.location_id(planting.site(company))
    planting.add("plugin_cw_ignoredentities",
                 {"TargetType": 2, "LTTargetID": location_id, "CWTargetRecID": -1},
                 weeks=REOPENED)  # fmt: skip
    planting.finding("mapping.location_ignored_and_mapped", key={"location_id": location_id},
                     weeks=REOPENED, company=company.name,
                     story="Ignored, taken back for a week, ignored again.")  # fmt: skip
    for number, weeks, value, story in (
        (24, ALWAYS, 77, "ExternalID is the number of the building."),
        (27, UNTIL_THIRD, 901, "ExternalID was another customer's site until the third week."),
    ):
        company = planting.company(number)
        location_id = planting.world.location_id(company.sites.start)
        planting.patch("locations", location_id, weeks=weeks, ExternalID=value)
        planting.finding("mapping.location_external_id_mismatch", key={"location_id": location_id},
                         weeks=weeks, company=company.name, story=story)  # fmt: skip
    company = planting.company(4)
    location_id = planting.world.location_id(company.sites.start)
    planting.patch("locations", location_id, ExternalID=0)
    planting.look_alike("mapping.location_external_id_mismatch", key={"location_id": location_id},
                        story=f"{company.name}: ExternalID is 0.")  # fmt: skip


def _companies(planting: Planting) -> None:
    company = planting.company(18)
    planting.finding("mapping.client_on_several_companies", key={"client_id": company.client_id},
                     weeks=SINCE_THIRD, company=company.name,
                     story="Two templates, mapped to two companies since the third week.")  # fmt: skip
    twice = planting.company(19)
    planting.look_alike("mapping.client_on_several_companies", key={"client_id": twice.client_id},
                        story=f"{twice.name}: two map rows, one company.")  # fmt: skip
    inactive = planting.company(12)
    yard = _added_client(planting, "Greenwood Hardware")
    for client_id, company_id, weeks, name in (
        (inactive.client_id, inactive.company_id, ALWAYS, inactive.name),
        (yard, 10, (1,), "Greenwood Hardware"),
    ):
        planting.finding("mapping.company_inactive", key={"client_id": client_id, "company_id": company_id},
                         weeks=weeks, company=name, story="The company's status is inactive.")  # fmt: skip
    vendor = planting.company(5)
    planting.patch(
        "psa/companies", vendor.company_id, weeks=SINCE_SECOND, types=[{"id": 3, "name": "Vendor"}]
    )
    planting.finding("mapping.company_of_vendor_type",
                     key={"client_id": vendor.client_id, "company_id": vendor.company_id},
                     weeks=SINCE_SECOND, company=vendor.name,
                     story="Somebody made the customer a vendor in the second week.")  # fmt: skip
    both = planting.company(16)
    planting.patch("psa/companies", both.company_id,
                   types=[{"id": 1, "name": "Client"}, {"id": 3, "name": "Vendor"}])  # fmt: skip
    planting.look_alike("mapping.company_of_vendor_type",
                        key={"client_id": both.client_id, "company_id": both.company_id},
                        story=f"{both.name} buys and sells.")  # fmt: skip
    _unmapped_companies(planting)


def _unmapped_companies(planting: Planting) -> None:
    rule = "mapping.company_unmapped"
    for company_id, name, members, weeks, story in (
        (8, "Ballard Boat Works", {}, ALWAYS, "An agreement since October, and nobody mapped the client."),
        (7, "Comcast Business", {"noEndingDateFlag": False, "endDate": "2026-11-10T00:00:00Z"}, UNTIL_THIRD,
         "A peering contract filed as an agreement; it ends in the third week."),
        (6, "Pax8", {"cancelledFlag": True}, (), "The agreement is cancelled."),
        (5, "TD SYNNEX", {"startDate": "2027-01-01T00:00:00Z"}, (), "The agreement begins next year."),
        (4, "Ingram Micro", {}, (), "Its agreement stands, but the company is ignored in the plugin."),
    ):  # fmt: skip
        planting.add("psa/agreements", _agreement(company_id, name) | members)
        if weeks:
            planting.finding(rule, key={"company_id": company_id}, weeks=weeks, company=name, story=story)
        else:
            planting.look_alike(rule, key={"company_id": company_id}, story=f"{name}: {story}")


def _agreement(company_id: int, name: str) -> Record:
    return {
        "id": 9_300 - company_id, "name": f"{name} Services",
        "type": {"id": 5, "name": "Managed Services"},
        "company": {"id": company_id, "identifier": name.partition(" ")[0], "name": name}, "contact": None,
        "startDate": "2026-10-01T00:00:00Z", "endDate": None, "noEndingDateFlag": True,
        "cancelledFlag": False, "billAmount": 0.0, "agreementStatus": "Active",
        "_info": {"lastUpdated": "2026-10-01T10:00:00Z", "updatedBy": "jolsen"},
    }  # fmt: skip


def _templates(planting: Planting) -> None:
    rule = "mapping.client_without_service_template"
    world = planting.world
    for company in world.companies():
        if company.role is not Role.UNTEMPLATED:
            continue
        planting.finding(rule, key={"client_id": company.client_id}, weeks=ALWAYS, company=company.name,
                         story="Mapped, but without an agreement template.")  # fmt: skip
        for site in company.sites:
            planting.finding("mapping.network_device_unsynced", key={"network_device_id": 101 + site},
                             weeks=ALWAYS, company=company.name,
                             story="Its client has no agreement template.")  # fmt: skip
    old = f"zz {planting.company(17).name} OLD"
    for name, weeks in (
        ("Fremont Yoga Studio", SINCE_THIRD),
        ("Greenwood Hardware", (1,)),
        (old, UNTIL_THIRD),
    ):
        planting.finding(rule, key={"client_id": _added_client(planting, name)}, weeks=weeks, company=name,
                         story="Mapped for the moment, without an agreement template.")  # fmt: skip
    twice = planting.company(1)
    planting.look_alike(rule, key={"client_id": twice.client_id}, story=f"{twice.name} has two templates.")


def _statuses(planting: Planting) -> None:
    def found(rule: str, weeks: tuple[int, ...], story: str, **key: int) -> None:
        planting.finding(f"mapping.{rule}", key=key, weeks=weeks, company="", story=story)

    table = "plugin_cw_ltstatusmapping"
    planting.patch(table, (1, 22), weeks=SINCE_SECOND, CWServiceStatusRecID=2208)
    found("status_target_gone", SINCE_SECOND, "New became a status that is out of use.",
          ticket_status_id=1, board_id=22, board_status_id=2208)  # fmt: skip
    planting.patch(table, (5, 1), weeks=FIRST, CWServiceStatusRecID=4242)
    found("status_target_gone", FIRST, "Waiting on Client pointed to a status that was deleted.",
          ticket_status_id=5, board_id=1, board_status_id=4242)  # fmt: skip
    planting.patch(table, (1, 21), weeks=SINCE_THIRD, CWServiceStatusRecID=101)
    found("status_of_other_board", SINCE_THIRD, "New on Alerts was set to the Service Desk's New.",
          ticket_status_id=1, board_id=21, board_status_id=101)  # fmt: skip
    for board_id in (1, 22):
        planting.look_alike("mapping.status_of_other_board",
                            key={"ticket_status_id": 2, "board_id": board_id, "board_status_id": 102},
                            story="Holds for every board, so it names no other one.")  # fmt: skip
    found("status_round_trip_broken", ALWAYS, "On Hold becomes Waiting Parts, which comes back as Stalled.",
          ticket_status_id=7, board_id=0)  # fmt: skip
    table = "plugin_cw_cwstatusmapping"
    planting.add(table, {"CWServiceStatusRecID": 108, "TicketStatusID": 2})
    found("status_source_inactive", ALWAYS, "Dispatch (old) is still mapped.", board_status_id=108)
    planting.add(table, {"CWServiceStatusRecID": 4243, "TicketStatusID": 4}, weeks=UNTIL_THIRD)
    found(
        "status_source_inactive", UNTIL_THIRD, "A status of a board that was deleted.", board_status_id=4243
    )
    planting.patch(table, 2207, weeks=SINCE_THIRD, TicketStatusID=8)
    found("ticket_status_gone", SINCE_THIRD, "Monitoring points to a status that was deleted in Automate.",
          board_status_id=2207, ticket_status_id=8)  # fmt: skip
    planting.patch("plugin_cw_servicepriorityxrefs", 3, weeks=FIRST, CWServicePriorityRecID=99)
    found("priority_target_gone", FIRST, "Normal pointed to a priority that the PSA no longer has.",
          ticket_priority_id=3, priority_id=99)  # fmt: skip


def _lists(planting: Planting) -> None:
    def category(id_: int, name: str, weeks: tuple[int, ...], story: str) -> None:
        planting.add("infocategory", {"ID": id_, "CategoryName": name})
        planting.finding("mapping.category_unmapped", key={"ticket_category_id": id_}, weeks=weeks,
                         company="", story=f"{name}: {story}")  # fmt: skip

    row: Record = {"CWPriorityRecID": 6, "CWServiceTypeRecID": 301, "CWSubTypeRecID": None,
                   "CWItemRecID": None, "CWWorkTypeRecID": 0}  # fmt: skip
    category(208, "Printer Supplies", ALWAYS, "never mapped.")
    category(209, "Power", UNTIL_THIRD, "mapped to board 0 until the third week.")
    for board_id, weeks in ((0, UNTIL_THIRD), (21, SINCE_THIRD)):
        planting.add("plugin_cw_categorymapping",
                     {"CategoryID": 209, "CWServiceBoardRecID": board_id, **row}, weeks=weeks)  # fmt: skip
    planting.add("plugin_cw_categorymapping", {"CategoryID": 201, "CWServiceBoardRecID": 0, **row})
    planting.look_alike("mapping.category_unmapped", key={"ticket_category_id": 201},
                        story="Disk Space has an empty row beside its good one.")  # fmt: skip
    planting.add("plugin_cw_assettemplates", {"AssetTemplateID": 15, "Name": "Thin Clients",
                                              "CWConfigTypeRecID": 99}, weeks=REOPENED)  # fmt: skip
    planting.add("plugin_cw_assettemplateassignments", {"AssetTemplateID": 15, "GroupID": 870})
    planting.finding("mapping.asset_template_type_gone", key={"asset_template_id": 15}, weeks=REOPENED,
                     company="", story="Thin Clients makes a type that was merged into another.")  # fmt: skip
    planting.add("plugin_cw_assettemplates", {"AssetTemplateID": 16, "Name": "Tablets",
                                              "CWConfigTypeRecID": 0})  # fmt: skip
    planting.add("plugin_cw_assettemplateassignments", {"AssetTemplateID": 16, "GroupID": 871})
    planting.look_alike("mapping.asset_template_type_gone", key={"asset_template_id": 16},
                        story="Tablets names no type at all.")  # fmt: skip


def _added_client(planting: Planting, name: str) -> int:
    for changes in planting.changes:
        for row in changes.added.get("clients", ()):
            if row["Name"] == name:
                return int(row["ClientID"])
    raise LookupError(f"No client {name} was planted.")
