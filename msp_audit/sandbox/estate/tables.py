"""Automate's physical tables as data, and their two written forms: CSV exports and a database dump."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from msp_audit.domain import Record

_INT = "int not null default 0"
_MAYBE = "int default null"
_WHEN = "datetime default null"


def _text(width: int) -> str:
    return f"varchar({width}) not null default ''"


def _maybe(width: int) -> str:
    return f"varchar({width}) default null"


#: Table -> column -> type. Core names are the product's; which plugin columns are certain and which inferred,
#: the connector's guide tells.
TABLES: dict[str, dict[str, str]] = {
    "clients": {
        "ClientID": "int not null", "Name": _text(100), "Company": _text(100), "FirstName": _text(50),
        "LastName": _text(50), "Address1": _text(100), "Address2": _text(100), "City": _text(50),
        "State": _text(50), "Zip": _text(20), "Country": _text(50), "Phone": _text(50), "Fax": _text(50),
        "SupportMins": _INT, "Score": "decimal(5,2) default null", "Flags": _INT, "ExternalID": _maybe(50),
    },
    "locations": {
        "LocationID": "int not null", "ClientID": _INT, "Name": _text(100), "Address": _text(100),
        "City": _text(50), "State": _text(50), "Zip": _text(20), "Country": _text(50), "Phone": _text(50),
        "Fax": _text(50), "Router": _text(100), "RouterPort": _INT, "ContactID": _INT, "PasswordID": _INT,
        "TemplateID": _INT, "ExternalID": _INT,
    },
    "computers": {
        "ComputerID": "int not null", "ClientID": _INT, "LocationID": _INT, "ContactID": _INT,
        "Name": _text(50),
        "Domain": _text(100), "Username": _text(255), "LastUsername": _text(255), "OS": _text(100),
        "Version": _text(50), "ServiceVersion": "varchar(20) not null default '0'", "LocalAddress": _text(50),
        "RouterAddress": _text(50), "MAC": _text(50), "BiosMFG": _text(100), "BiosName": _text(100),
        "BiosVer": _text(100), "BiosFlash": _text(100), "AssetTag": _text(50), "AssetDate": _WHEN,
        "WarrantyEnd": _WHEN, "Comment": "text", "TotalMemory": _INT, "Uptime": _INT, "Flags": _INT,
        "DateAdded": _WHEN, "LastContact": _WHEN, "LastInventory": _WHEN,
    },
    "networkdevices": {
        "DeviceID": "int not null", "LocationID": _INT, "ContactID": _INT, "Name": _text(100),
        "DeviceType": _INT, "IPAddress": _text(50), "MAC": _text(50), "ManufacturerName": _maybe(100),
        "ModelName": _maybe(100), "LastContact": _WHEN, "DateAdded": _WHEN,
    },
    "retiredassets": {
        "AssetID": "int not null", "ComputerID": _INT, "ClientID": _MAYBE, "LocationID": _MAYBE,
        "Name": _maybe(50), "OS": _maybe(100), "RetiredDate": _WHEN, "RetireComment": "text",
    },
    "tickets": {
        "TicketID": "int not null", "ClientID": _INT, "LocationID": _INT, "ComputerID": _INT,
        "Status": "int not null default 1", "Priority": "int not null default 3", "Subject": _text(255),
        "StartedDate": _WHEN, "UpdateDate": _WHEN, "ExternalID": _INT,
    },
    "ticketstatus": {"TicketStatusID": "int not null", "TicketStatus": _text(50)},
    "ticketpriority": {"Priority": "int not null", "Name": _text(50)},
    "infocategory": {"ID": "int not null", "CategoryName": _maybe(200)},
    "plugin_cw_allcwcompanies": {
        "CWCompanyRecID": "int not null", "CWCompanyID": _maybe(50), "CWCompanyName": _maybe(255),
        "CWCompanyStatus": _maybe(50), "LastUpdate": _WHEN,
    },
    "plugin_cw_clientmapping": {
        "ClientID": "int not null", "CWCompanyRecID": _INT, "CWCompanyName": _maybe(100),
        "ManagedServiceTemplateID": _MAYBE, "CWAgreementRecID": _MAYBE, "LastUpdate": _WHEN,
    },
    "plugin_cw_sitemapping": {
        "LocationID": "int not null", "CWCompanyRecID": _MAYBE, "CWSiteRecID": _INT, "LastUpdate": _WHEN,
    },
    "plugin_cw_ignoredentities": {"TargetType": "int not null", "LTTargetID": _MAYBE,
                                  "CWTargetRecID": _MAYBE},
    "plugin_cw_lastassetsync": {
        "TargetType": "int not null default 1", "LTTargetID": "int not null", "CWConfigRecID": _INT,
        "LastSync": _WHEN,
    },
    "plugin_cw_configurationtypes": {"CWConfigTypeRecID": "int not null", "CWConfigTypeName": _maybe(100)},
    "plugin_cw_assettemplates": {
        "AssetTemplateID": "int not null", "Name": _maybe(100), "CWConfigTypeRecID": _MAYBE,
    },
    "plugin_cw_assettemplateassignments": {"AssetTemplateID": "int not null", "GroupID": _MAYBE},
    "plugin_cw_managedservicetemplates": {"ManagedServiceTemplateID": "int not null", "Name": _maybe(100)},
    "plugin_cw_serviceboards": {"CWServiceBoardRecID": "int not null", "CWServiceBoardName": _maybe(100)},
    "plugin_cw_servicestatuses": {
        "CWServiceStatusRecID": "int not null", "CWServiceBoardRecID": _INT,
        "CWServiceStatusName": _maybe(100),
        "Inactive": "tinyint(1) not null default 0",
    },
    "plugin_cw_cwstatusmapping": {"CWServiceStatusRecID": "int not null", "TicketStatusID": _MAYBE},
    "plugin_cw_ltstatusmapping": {
        "TicketStatusID": "int not null", "CWServiceBoardRecID": _MAYBE, "CWServiceStatusRecID": _MAYBE,
    },
    "plugin_cw_servicepriorities": {
        "CWServicePriorityRecID": "int not null", "CWServicePriorityName": _maybe(100),
    },
    "plugin_cw_servicepriorityxrefs": {"Priority": "int not null", "CWServicePriorityRecID": _MAYBE},
    "plugin_cw_cwtolabtechservicepriorityxrefs": {
        "CWServicePriorityRecID": "int not null", "Priority": _MAYBE,
    },
    "plugin_cw_categorymapping": {
        "CategoryID": "int not null", "CWServiceBoardRecID": _MAYBE, "CWPriorityRecID": _MAYBE,
        "CWServiceTypeRecID": _MAYBE, "CWSubTypeRecID": _MAYBE, "CWItemRecID": _MAYBE,
        "CWWorkTypeRecID": _MAYBE,
    },
    "plugin_cw_ticket_failures": {"TicketID": "int not null", "LastFailureMessage": "text",
                                  "LastAttempt": _WHEN},
}  # fmt: skip
#: Where a table has a primary key; the others have none in the product either.
_PRIMARY = ("clients", "locations", "computers", "networkdevices", "retiredassets", "tickets", "ticketstatus")
#: Zero dates and a zero id are values here, as in the product's own lenient mode.
_HEAD = """-- Dump of the tables that msp-audit reads; load with lower_case_table_names=1.
set names utf8mb4;
set sql_mode = 'NO_AUTO_VALUE_ON_ZERO';
create database if not exists labtech default character set utf8mb4;
use labtech;
"""
_ROWS_AN_INSERT = 200
_ESCAPES = str.maketrans({"\\": "\\\\", "'": "\\'", "\n": "\\n", "\r": "\\r", "\0": "\\0", "\x1a": "\\Z"})


class TableWriter:
    """Writes rows of the tables, one after the other, to CSV files and, when asked, a dump."""

    def __init__(self, folder: Path, *, dump: IO[str] | None) -> None:
        self._folder = folder
        self._dump = dump
        folder.mkdir(parents=True, exist_ok=True)
        if dump:
            dump.write(_HEAD)

    def write(self, table: str, rows: Iterable[Record]) -> Iterator[Record]:
        """Write each row and hand it on; exhaust the iterator to finish the table."""
        columns = tuple(TABLES[table])
        with (self._folder / f"{table}.csv").open(
            "w", encoding="utf-8", newline="", buffering=1 << 18
        ) as file:
            lines = csv.writer(file, lineterminator="\n")
            lines.writerow(columns)
            with self._inserts(table) as insert:
                for row in rows:
                    values = [row.get(column) for column in columns]
                    lines.writerow(values)
                    insert(values)
                    yield row

    @contextmanager
    def _inserts(self, table: str) -> Iterator[Any]:
        dump = self._dump
        if dump is None:
            yield lambda values: None
            return
        dump.write(_create(table))
        waiting: list[str] = []

        def insert(values: list[Any]) -> None:
            waiting.append("(" + ",".join(map(_literal, values)) + ")")
            if len(waiting) >= _ROWS_AN_INSERT:
                flush()

        def flush() -> None:
            if waiting:
                dump.write(f"insert into {table} values\n" + ",\n".join(waiting) + ";\n")
                waiting.clear()

        yield insert
        flush()


def _create(table: str) -> str:
    columns = [f"  {name} {type_}" for name, type_ in TABLES[table].items()]
    if table in _PRIMARY:
        columns.append(f"  primary key ({next(iter(TABLES[table]))})")
    return f"\ndrop table if exists {table};\ncreate table {table} (\n" + ",\n".join(columns) + "\n);\n"


def _literal(value: object) -> str:
    if isinstance(value, str):
        # Most text needs no escape, and looking is cheaper than translating.
        return "'" + (value if value.isalnum() else value.translate(_ESCAPES)) + "'"
    return "null" if value is None else str(value)
