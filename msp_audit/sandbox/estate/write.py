"""Writes an estate: one folder a reading, line by line, so that memory does not grow with the estate."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import IO

import orjson

from msp_audit.domain import Record
from msp_audit.sandbox.estate import automate, automate_setup, auvik, psa, psa_setup, rest
from msp_audit.sandbox.estate.changes import Changes
from msp_audit.sandbox.estate.plan import stamp
from msp_audit.sandbox.estate.tables import TABLES, TableWriter
from msp_audit.sandbox.estate.world import Role, World

_BUFFER = 1 << 20


def write_reading(folder: Path, *, world: World, week: int, changes: Changes) -> None:
    """Write the estate as it stood at one reading."""
    for name in ("psa", "automate/rest", "automate/tables", "auvik"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    write_psa(folder / "psa", world=world, week=week, changes=changes)
    write_automate(folder / "automate", world=world, week=week, changes=changes)
    write_auvik(folder / "auvik", world=world, week=week, changes=changes)
    plan = world.plan
    facts = {
        "reading_at": stamp(plan.readings[week]), "seed": plan.seed, "companies": plan.companies,
        "sites": plan.sites, "computers": plan.computers, "devices": plan.devices,
    }  # fmt: skip
    (folder / "estate.json").write_bytes(orjson.dumps(facts) + b"\n")


def psa_records(world: World, *, week: int, changes: Changes) -> Iterator[tuple[str, Iterator[Record]]]:
    """Every PSA resource and its records, both as iterators."""
    streams: dict[str, Iterable[Record]] = dict(psa_setup.setup_records())
    streams |= {
        "companies": psa.companies(world),
        "sites": psa.sites(world),
        "configurations": psa.configurations(world, week=week),
        "agreements": psa.agreements(world),
        "agreement_additions": psa.agreement_additions(world),
        "management_summaries": psa.management_summaries(world),
    }
    for resource, records in streams.items():
        yield resource, changes.over(f"psa/{resource}", records)


def write_psa(folder: Path, *, world: World, week: int, changes: Changes) -> None:
    """One file a resource."""
    (folder / "companyinfo.json").write_bytes(orjson.dumps(psa.company_info()) + b"\n")
    for resource, records in psa_records(world, week=week, changes=changes):
        with (folder / f"{resource}.ndjson").open("wb", buffering=_BUFFER) as file:
            for record in records:
                file.write(_line(record))


def automate_rows(world: World, *, week: int, changes: Changes) -> Iterator[tuple[str, Iterator[Record]]]:
    """Every physical table and its rows; a table before those whose REST answers name its records."""
    streams: dict[str, Iterable[Record]] = {
        "clients": automate.clients(world),
        "locations": automate.locations(world),
        "computers": automate.computers(world, week=week),
        "networkdevices": automate.network_devices(world, week=week),
        "retiredassets": automate.retired_assets(world, week=week),
        "tickets": automate.tickets(world, week=week),
        "plugin_cw_allcwcompanies": _plugin_companies(world, week=week, changes=changes),
        "plugin_cw_clientmapping": automate.client_mappings(world, week=week),
        "plugin_cw_sitemapping": automate.site_mappings(world, week=week),
        "plugin_cw_ignoredentities": automate.ignored_entities(world),
        "plugin_cw_lastassetsync": automate.asset_syncs(world, week=week),
        "plugin_cw_ticket_failures": automate.ticket_failures(world, week=week),
    }
    streams |= automate_setup.setup_rows()
    for table in TABLES:
        yield table, changes.over(table, streams[table])


def _plugin_companies(world: World, *, week: int, changes: Changes) -> Iterator[Record]:
    """The plugin's copy of the PSA's companies; it does not know which are in the recycle bin."""
    updated = automate.sql_time(world.plan.readings[week])
    for record in changes.over("psa/companies", psa.companies(world)):
        status = record["status"] or {}
        yield {"CWCompanyRecID": record["id"], "CWCompanyID": record["identifier"],
               "CWCompanyName": record["name"],
               "CWCompanyStatus": status.get("name"), "LastUpdate": updated}  # fmt: skip


def write_automate(folder: Path, *, world: World, week: int, changes: Changes) -> None:
    """The tables as CSV and as a dump, and the six REST lists."""
    online_since = automate.sql_time(world.plan.readings[week] - timedelta(minutes=15))
    clients: dict[int, str] = {}
    places: dict[int, tuple[str, int]] = {}
    with ExitStack() as stack:
        dump = _dump(folder / "labtech.sql", stack=stack) if world.plan.has_sql else None
        writer = TableWriter(folder / "tables", dump=dump)
        for table, rows in automate_rows(world, week=week, changes=changes):
            answer = _answer_of(table, world=world, clients=clients, places=places, online_since=online_since)
            written = writer.write(table, rows)
            if answer is None:
                deque(written, maxlen=0)
                continue
            name, shape = answer
            with (folder / "rest" / f"{name}.ndjson").open("wb", buffering=_BUFFER) as file:
                for row in written:
                    file.write(_line(shape(row)))


def _dump(path: Path, *, stack: ExitStack) -> IO[str]:
    return stack.enter_context(path.open("w", encoding="utf-8", newline="\n", buffering=_BUFFER))


def _answer_of(
    table: str,
    *,
    world: World,
    clients: dict[int, str],
    places: dict[int, tuple[str, int]],
    online_since: str,
) -> tuple[str, Callable[[Record], Record]] | None:
    """REST list and shape of a table; fills *clients* and *places* while those tables pass."""

    def client(row: Record) -> Record:
        clients[row["ClientID"]] = row["Name"]
        return rest.client(row)

    def location(row: Record) -> Record:
        places[row["LocationID"]] = (row["Name"], row["ClientID"])
        return rest.location(row, clients=clients)

    def is_synced(row: Record) -> bool:
        _, client_id = places[row["LocationID"]]
        return world.role(client_id - 1) is Role.SYNCED

    return {
        "clients": ("clients", client),
        "locations": ("locations", location),
        "computers": (
            "computers",
            lambda row: rest.computer(row, clients=clients, places=places, online_since=online_since),
        ),
        "networkdevices": (
            "network_devices",
            lambda row: rest.network_device(row, clients=clients, places=places, is_synced=is_synced(row)),
        ),
        "retiredassets": (
            "retired_assets",
            lambda row: rest.retired_asset(row, clients=clients, places=places),
        ),
        "tickets": ("tickets", lambda row: rest.ticket(row, clients=clients, places=places)),
    }.get(table)


def write_auvik(folder: Path, *, world: World, week: int, changes: Changes) -> None:
    """Tenants, and every device in the shape of each endpoint."""
    with ExitStack() as stack:

        def file(name: str) -> IO[bytes]:
            return stack.enter_context((folder / f"{name}.ndjson").open("wb", buffering=_BUFFER))

        with_details = world.plan.has_auvik_details
        tenants, second = file("tenants"), file("devices_v2")
        first, details, interfaces = file("devices_v1"), file("device_details"), file("interfaces")
        for tenant in changes.over("auvik/tenants", auvik.tenants(world)):
            tenants.write(_line(tenant))
        for record in changes.over("auvik/devices", auvik.devices(world, week=week)):
            second.write(_line(auvik.device_v2(record)))
            if not with_details:
                continue
            answer = auvik.device_v1(record)
            if answer is not None:
                first.write(_line(answer))
            details.write(_line(auvik.device_detail(record)))
            for interface in auvik.interfaces(record):
                interfaces.write(_line(interface))
    day = world.plan.readings[week].date().isoformat()
    lines = ["Domain Prefix\tDevice Name\tConfiguration Item\tState"]
    lines += ["\t".join(row.values()) for row in changes.over("auvik/inventory_mappings", ())]
    (folder / f"inventory_mappings_{day}.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _line(record: Record) -> bytes:
    return orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE)
