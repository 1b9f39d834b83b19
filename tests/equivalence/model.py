"""Databases of the model: their tables, the fixed trap data, and random ones full of the same traps."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence

Value = int | str | None
#: Table -> rows, in the order of its columns.
Rows = Mapping[str, Sequence[Sequence[Value]]]

#: Table -> columns. Whatever may hold nothing in some database may hold nothing here.
TABLES: Mapping[str, str] = {
    "clients": "ClientID int not null, Name varchar(100), ExternalID varchar(50), City varchar(50)",
    "locations": "LocationID int not null, ClientID int not null, Name varchar(100), ExternalID int",
    "computers": "ComputerID int not null, ClientID int not null, LocationID int not null, Name varchar(50),"
    " OS varchar(100), BiosVer varchar(100), ServiceVersion varchar(20), LastContact datetime",
    "ticketstatus": "TicketStatusID int not null, TicketStatus varchar(50)",
    "ticketpriority": "Priority int not null, Name varchar(50)",
    "plugin_cw_clientmapping": "ClientID int, CWCompanyRecID int, CWCompanyName varchar(100),"
    " ManagedServiceTemplateID int",
    "plugin_cw_sitemapping": "LocationID int, CWSiteRecID int",
    "plugin_cw_ignoredentities": "TargetType int, LTTargetID int, CWTargetRecID int",
    "plugin_cw_lastassetsync": "TargetType int, LTTargetID int, CWConfigRecID int, LastSync datetime",
    "plugin_cw_assettemplates": "AssetTemplateID int not null, Name varchar(100), CWConfigTypeRecID int",
    "plugin_cw_assettemplateassignments": "AssetTemplateID int, GroupID int",
    "plugin_cw_configurationtypes": "CWConfigTypeRecID int not null, CWConfigTypeName varchar(100)",
    "plugin_cw_serviceboards": "CWServiceBoardRecID int not null, CWServiceBoardName varchar(100)",
    "plugin_cw_servicestatuses": "CWServiceStatusRecID int not null, CWServiceBoardRecID int,"
    " CWServiceStatusName varchar(100), Inactive tinyint not null",
    "plugin_cw_cwstatusmapping": "CWServiceStatusRecID int, TicketStatusID int",
    "plugin_cw_ltstatusmapping": "TicketStatusID int, CWServiceBoardRecID int, CWServiceStatusRecID int",
    "plugin_cw_servicepriorities": "CWServicePriorityRecID int not null, CWServicePriorityName varchar(100)",
    "plugin_cw_servicepriorityxrefs": "Priority int, CWServicePriorityRecID int",
    "plugin_cw_cwtolabtechservicepriorityxrefs": "CWServicePriorityRecID int, Priority int",
}

_SRV, _WS = "Microsoft Windows Server 2019 Standard", "Microsoft Windows 11 Pro"

#: The traps by name. Expected is what the comments claim; see EXPECTED.
TRAPS: Rows = {
    "clients": [
        (1, "The MSP itself", "2", ""), (2, "Mapped", "19", ""), (3, "Not mapped", "", ""),
        (4, "Ignored", None, ""), (5, "Mapped to 0", "0", ""), (6, "Mapped, no agreement template", "44", ""),
    ],
    "plugin_cw_clientmapping": [
        (1, 2, "MSP", 5), (2, 19, "Mapped Inc", 5), (2, 19, "Mapped Inc", 7), (5, 0, None, None),
        (6, 44, "NT", 0), (99, 7, "of a client that is gone", 5),
    ],
    # Ids are the same across kinds on purpose: 22 is a location, 3 a client, and here a contact.
    "plugin_cw_ignoredentities": [(3, 4, -1), (2, 22, -1), (1, 203, None), (13, 3, 10)],
    "locations": [
        (1, 1, "HQ", 0), (20, 2, "Main", 0), (21, 2, "Not mapped", 0), (22, 2, "Ignored", 0),
        (23, 3, "Of a client that is not mapped", 0), (24, 4, "Of an ignored client", 0),
        (25, 999, "Orphan", 0),
    ],
    "plugin_cw_sitemapping": [(1, 100), (20, 101)],
    "computers": [
        (200, 2, 20, "SRV1", _SRV, "S1", "230.1", None), (201, 2, 20, "WS1", _WS, "S2", "230.1", None),
        (202, 2, 22, "In an ignored location", _WS, "", "230.1", None),
        (203, 2, 20, "Ignored", _WS, "", "1", None),
        (204, 3, 23, "Of a client that is not mapped", _WS, "", "1", None),
        (205, 6, 0, "Of a client without template", _WS, "", "1", None),
        (206, 2, 0, "In no location", "Mac OS X 14", "", "230.1", None),
    ],
    # 201 was synced as a network device, not as a computer.
    "plugin_cw_lastassetsync": [(1, 200, 900, None), (4, 201, 901, None)],
    "plugin_cw_assettemplates": [(1, "Workstations", 3), (2, "Servers", 4)],
    "plugin_cw_assettemplateassignments": [(1, 850), (1, 851)],
    "ticketstatus": [(1, "New"), (2, "Open"), (3, "Stalled"), (4, "Closed")],
    "ticketpriority": [(1, "1 - Critical"), (3, "3 - Normal")],
    "plugin_cw_serviceboards": [(1, "Help Desk"), (2, "NOC")],
    "plugin_cw_servicestatuses": [(11, 1, "New", 0), (12, 1, "Closed", 0), (13, 1, "Old", 1),
                                  (21, 2, "New", 0)],
    "plugin_cw_cwstatusmapping": [(11, 1), (12, None)],
    "plugin_cw_ltstatusmapping": [(1, 1, 11), (1, 2, 21), (2, None, 11), (3, 1, 0), (4, 1, 12)],
    "plugin_cw_servicepriorities": [(1, "P1"), (2, "P2"), (3, "P3")],
    # Priority 0 of Automate is no priority: decided, not reconstructed.
    "plugin_cw_cwtolabtechservicepriorityxrefs": [(1, 1), (3, 0)],
    "plugin_cw_servicepriorityxrefs": [(1, 1), (3, 0)],
}  # fmt: skip

EXPECTED: Mapping[str, frozenset[str]] = {
    "client": frozenset({"3", "5"}),
    "location": frozenset({"21"}),
    "asset": frozenset({"201", "206"}),
    "template": frozenset({"2"}),
    "status_from_psa": frozenset({"12", "21"}),
    "status_to_psa": frozenset({"3@1", "3@2", "4@2"}),
    "priority_from_psa": frozenset({"2", "3"}),
    "priority_to_psa": frozenset({"3"}),
}

#: Targets as they occur: none, 0 and negative are no target.
_TARGETS = (None, 0, 0, -1, -1, 1, 2, 7)
_CODES = (1, 2, 3, 4, 13)


def random_rows(seed: int, *, largest: int = 9) -> Rows:
    """A database in which ids of all kinds come from one short range, so that everything collides."""
    dice = random.Random(seed)
    span = dice.randint(2, 9) if largest == 9 else largest

    def ids() -> list[int]:
        return sorted(dice.sample(range(1, span + 1), dice.randint(span // 2 if span > 9 else 0, span)))

    def some() -> int:
        """An id that may or may not exist, 0 and negative among them."""
        return dice.randint(-1, span + 2)

    def target() -> int | None:
        return dice.choice(_TARGETS)

    def many(*makers: Callable[[], Value], share: float = 1.2) -> list[tuple[Value, ...]]:
        rows = dice.randint(0 if span <= 9 else span // 2, round(span * share) + 1)
        return [tuple(maker() for maker in makers) for _ in range(rows)]

    def name(kind: str, number: int) -> str | None:
        return dice.choice((f"{kind} {number}", None, "", f"{kind} `{number}` 'x' \\ \" 😀"))

    systems = (_SRV, _WS, "SERVER", "", None, "Mac OS X 14")
    return {
        "clients": [
            (n, name("Client", n), dice.choice((None, "", "0", "CW-12", "19", " 7 ")), "") for n in ids()
        ],
        "locations": [(n, some(), name("Location", n), dice.choice((None, 0, 5))) for n in [0, *ids()]],
        "computers": [
            (n, some(), dice.choice((0, some())), name("PC", n), dice.choice(systems), f"S{n}", "1",
             dice.choice((None, "0000-00-00 00:00:00", "2026-11-01 10:00:00")))
            for n in ids()
        ],
        "ticketstatus": [(n, name("Status", n)) for n in ids()],
        "ticketpriority": [(n, name("Priority", n)) for n in [0, *ids()]],
        "plugin_cw_clientmapping": many(some, target, lambda: "Company", target, share=1.5),
        "plugin_cw_sitemapping": many(some, target),
        "plugin_cw_ignoredentities": many(
            lambda: dice.choice(_CODES), lambda: dice.choice((None, some())), target, share=1.0
        ),
        "plugin_cw_lastassetsync": many(
            lambda: dice.choice(_CODES[:4]), some, target, lambda: None, share=2.0
        ),
        "plugin_cw_assettemplates": [(n, name("Template", n), target()) for n in ids()],
        "plugin_cw_assettemplateassignments": many(lambda: dice.choice((None, some())), some),
        "plugin_cw_configurationtypes": [(n, name("Type", n)) for n in ids()],
        "plugin_cw_serviceboards": [(n, name("Board", n)) for n in ids()[:4]],
        "plugin_cw_servicestatuses": [
            (n, some(), name("PSA status", n), dice.choice((0, 0, 0, 1, -1, 2))) for n in ids()
        ],
        "plugin_cw_cwstatusmapping": many(some, target),
        "plugin_cw_ltstatusmapping": many(some, lambda: dice.choice((None, 0, -1, some())), target),
        "plugin_cw_servicepriorities": [(n, name("PSA priority", n)) for n in ids()],
        "plugin_cw_servicepriorityxrefs": many(some, target),
        "plugin_cw_cwtolabtechservicepriorityxrefs": many(some, target),
    }  # fmt: skip
