"""The six-part audit of seed 000 as an analyst would write it with pandas, over whole tables in memory.

Only what the query asks, quiet form; an unsynced entity is a row of the answer, without words or evidence.
"""

from __future__ import annotations

import warnings
from pathlib import Path

import pandas as pd

from tests.equivalence.original import CLIENT, COMPUTER, LOCATION
from tests.mariadb import Server

#: Every table that the audit looks at.
TABLES = (
    "clients", "locations", "computers", "ticketstatus", "ticketpriority", "plugin_cw_clientmapping",
    "plugin_cw_sitemapping", "plugin_cw_ignoredentities", "plugin_cw_lastassetsync",
    "plugin_cw_assettemplates", "plugin_cw_assettemplateassignments", "plugin_cw_serviceboards",
    "plugin_cw_servicestatuses", "plugin_cw_cwstatusmapping", "plugin_cw_ltstatusmapping",
    "plugin_cw_servicepriorities", "plugin_cw_servicepriorityxrefs",
    "plugin_cw_cwtolabtechservicepriorityxrefs",
)  # fmt: skip
Tables = dict[str, pd.DataFrame]


def from_files(folder: Path) -> Tables:
    """The exports, whole."""
    return {name: pd.read_csv(folder / f"{name}.csv", low_memory=False) for name in TABLES}


def from_server(server: Server) -> Tables:
    """The same tables, whole, by ``pandas.read_sql``."""
    with server.connect("labtech") as connection, warnings.catch_warnings():
        # pandas would rather be given SQLAlchemy; it reads the same rows.
        warnings.simplefilter("ignore", UserWarning)
        return {name: pd.read_sql(f"select * from {name}", connection) for name in TABLES}  # noqa: S608


def audit(tables: Tables) -> dict[str, pd.DataFrame]:
    """Component of the query -> its entities."""
    mappings = tables["plugin_cw_clientmapping"]
    mapped = mappings[mappings.CWCompanyRecID > 0]
    templated = mapped[mapped.ManagedServiceTemplateID > 0]
    ignored = tables["plugin_cw_ignoredentities"]
    ignores = {code: ignored[ignored.TargetType == code].LTTargetID for code in (COMPUTER, LOCATION, CLIENT)}
    clients, locations = tables["clients"], tables["locations"]
    sites = tables["plugin_cw_sitemapping"]
    return {
        "client": clients[~clients.ClientID.isin(mapped.ClientID) & ~clients.ClientID.isin(ignores[CLIENT])],
        "location": locations[
            ~locations.LocationID.isin(sites[sites.CWSiteRecID > 0].LocationID)
            & ~locations.LocationID.isin(ignores[LOCATION])
            & ~locations.ClientID.isin(ignores[CLIENT])
            & locations.ClientID.isin(mapped.ClientID)
        ].merge(clients[["ClientID", "Name"]], on="ClientID", suffixes=("", "_client")),
        "asset": _assets(tables, ignores, templated),
        **_statuses(tables),
        **_priorities(tables),
    }


def _assets(tables: Tables, ignores: dict[int, pd.Series], templated: pd.DataFrame) -> pd.DataFrame:
    computers, syncs = tables["computers"], tables["plugin_cw_lastassetsync"]
    synced = syncs[(syncs.TargetType == COMPUTER) & (syncs.CWConfigRecID > 0)]
    unsynced = computers[
        ~computers.ComputerID.isin(synced.LTTargetID)
        & ~computers.ComputerID.isin(ignores[COMPUTER])
        & ~computers.LocationID.isin(ignores[LOCATION])
        & ~computers.ClientID.isin(ignores[CLIENT])
        & computers.ClientID.isin(templated.ClientID)
    ]
    return unsynced.merge(tables["clients"][["ClientID", "Name"]], on="ClientID", suffixes=("", "_client"))


def _statuses(tables: Tables) -> Tables:
    templates, statuses = tables["plugin_cw_assettemplates"], tables["plugin_cw_servicestatuses"]
    inward, outward = tables["plugin_cw_cwstatusmapping"], tables["plugin_cw_ltstatusmapping"]
    assigned = tables["plugin_cw_assettemplateassignments"].AssetTemplateID
    pairs = tables["ticketstatus"].merge(tables["plugin_cw_serviceboards"], how="cross")
    kept = outward[outward.CWServiceStatusRecID > 0]
    everywhere = kept[kept.CWServiceBoardRecID.fillna(0) == 0].TicketStatusID
    found = pairs.merge(
        kept[["TicketStatusID", "CWServiceBoardRecID"]].drop_duplicates(), how="left", indicator=True
    )
    return {
        "template": templates[~templates.AssetTemplateID.isin(assigned)],
        "status_from_psa": statuses[
            (statuses.Inactive == 0)
            & ~statuses.CWServiceStatusRecID.isin(inward[inward.TicketStatusID > 0].CWServiceStatusRecID)
        ],
        "status_to_psa": found[(found._merge == "left_only") & ~found.TicketStatusID.isin(everywhere)],
    }


def _priorities(tables: Tables) -> Tables:
    theirs, ours = tables["plugin_cw_servicepriorities"], tables["ticketpriority"]
    inward = tables["plugin_cw_cwtolabtechservicepriorityxrefs"]
    outward = tables["plugin_cw_servicepriorityxrefs"]
    return {
        "priority_from_psa": theirs[
            ~theirs.CWServicePriorityRecID.isin(inward[inward.Priority > 0].CWServicePriorityRecID)
        ],
        "priority_to_psa": ours[~ours.Priority.isin(outward[outward.CWServicePriorityRecID > 0].Priority)],
    }
