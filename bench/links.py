"""A million assets: how long the links, the prediction and every rule over them take, in four gigabytes.

    python -m bench links --assets 1000000

Four fifths of the assets are Automate computers, one fifth Auvik devices with two interfaces; every one
has a configuration in the PSA, some with a fault. The typed relations are filled by SQL; nothing is read
over a network. What is promised is the sum of the core relations and the rules by the clock. Beside it the
least that the links need: joining all three lists on the serial number alone, in one statement.
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from bench.outcome import Outcome, arguments_of, commandline, quiet, scratch
from msp_audit.audit import load_catalogue
from msp_audit.connectors import CONNECTORS, views_folder_of
from msp_audit.connectors.auvik.declared import declared_records
from msp_audit.settings import AuvikSync, RuleSettings
from msp_audit.store import Database, Views
from msp_audit.store.database import install_macros

THEMES = ("auvik", "coverage", "identity")
PER_COMPANY = 500
SIZES = {
    "assets": (1_000_000, 20_000),
    # What DuckDB may take; the process stays below 4 GB.
    "memory": ("3GB", "1GB"),
    "threads": (2, 2),
}
#: What was promised for a million assets.
SECONDS, GIGABYTES = 30.0, 4.0
#: Lines of the table.
LISTED = 15
AS_OF = datetime(2026, 11, 2, 6)  # noqa: DTZ001
_FILL = """
insert into psa.companies (company_id, name, is_deleted, status_id)
    select i, 'Company ' || i, false, 1 from range($companies) as numbers(i);
insert into automate.clients (client_id, name) select i, 'Company ' || i from range($companies) as numbers(i);
insert into automate.client_mappings (client_id, company_id, service_template_id)
    select i, i, 5 from range($companies) as numbers(i);
insert into auvik.tenants (tenant_id, domain_prefix, name, tenant_type)
    select 't' || i, 'company' || i, 'Company ' || i, 'client' from range($companies) as numbers(i);
insert into psa.configuration_types (configuration_type_id, name, is_inactive)
    values (15, 'Managed Workstation', false), (16, 'Network Switch', false);
insert into psa.configurations
    (configuration_id, company_id, name, configuration_type_id, configuration_type_name, is_active,
     serial_number, mac_address, manufacturer_name, created_at, updated_at)
    select
        i, i % $companies, 'PC-' || i, if(i < $computers, 15, 16),
        if(i < $computers, 'Managed Workstation', 'Network Switch'), i % 50 <> 7,
        case
            when i % 50 = 3 then 'Default string'
            when i % 50 = 4 then 'SHARED' || (i % 1000)
            else 'SN' || i || 'X'
        end,
        printf('d4be%08x', i), 'Dell', timestamp '2024-01-01', timestamp '2025-01-01'
    from range($assets) as numbers(i);
insert into automate.computers
    (computer_id, client_id, name, serial_number, mac_address, manufacturer, last_contact_at)
    select i, i % $companies, if(i % 50 = 5, 'RENAMED-' || i, 'PC-' || i),
        case when i % 50 = 3 then 'Default string' when i % 50 = 6 then null else 'SN' || i || 'X' end,
        printf('D4-BE-%08x', i), 'Dell Inc.', timestamp '2026-11-01'
    from range($computers) as numbers(i);
insert into automate.asset_syncs (entity_kind, entity_id, configuration_id)
    select 'computer', i, i from range($computers) as numbers(i) where i % 3 = 0;
insert into auvik.devices
    (device_id, tenant_id, name, device_type, make, model, serial_number, online_status, is_managed,
     last_seen_at)
    select 'd' || i, 't' || (i % $companies), 'PC-' || i, 'switch', 'Cisco', 'CBS350',
        if(i % 50 = 3, 'Default string', 'SN' || i || 'X'), 'online', i % 10 <> 0, timestamp '2026-11-01'
    from range($computers, $assets) as numbers(i);
insert into auvik.device_history (device_id, tenant_id, name, make, serial_number, first_read_at, gone_at)
    select devices.device_id || if(copy = 1, '.old', ''), devices.tenant_id, devices.name, devices.make,
        devices.serial_number, if(copy = 1, timestamp '2026-01-05', timestamp '2026-10-26'),
        if(copy = 1, timestamp '2026-10-26', null)
    from auvik.devices as devices, range(2) as copies(copy)
    where copy = 0 or devices.device_id like '%7';
insert into auvik.inventory_mappings
    (domain_prefix, device_name, configuration_item, configuration_id, state, line_count, copied_at,
     state_since_at)
    select 'company' || (i % $companies), 'PC-' || i, i::varchar, i,
        if(i % 100 = 1, 'Ready to Match', 'Mapped and Syncing'), 1, timestamp '2026-11-01',
        timestamp '2026-10-25'
    from range($computers, $assets) as numbers(i);
insert into auvik.interfaces (interface_id, device_id, tenant_id, mac_address)
    select 'd' || i || '.' || port, 'd' || i, 't' || (i % $companies), printf('70db%07x%01x', i, port)
    from range($computers, $assets) as numbers(i), range(2) as ports(port);
"""
_BY_SERIAL = """
create or replace temp table found as
select configurations.configuration_id, computers.computer_id, devices.device_id
from psa.configurations as configurations
left join automate.computers as computers
    on configurations.serial_number = computers.serial_number and computers.serial_number like 'SN%'
left join auvik.devices as devices
    on configurations.serial_number = devices.serial_number and devices.serial_number like 'SN%'
"""


def main(arguments: list[str]) -> int:
    """Fill, make, judge, keep the outcome."""
    chosen = arguments_of("links", __doc__, arguments, sizes=SIZES)
    outcome = Outcome(
        claim="links",
        title=(__doc__ or "").partition("\n")[0],
        command=commandline("links", arguments),
        remarks=[quiet()],
    )
    with scratch(chosen.folder) as folder:
        measure(outcome, folder, chosen.assets, memory=chosen.memory, threads=chosen.threads)
    outcome.close(is_quick=chosen.quick)
    return 0


def measure(outcome: Outcome, folder: Path, assets: int, *, memory: str, threads: int) -> None:
    """One estate of so many *assets*."""
    path = folder / "links.duckdb"
    path.unlink(missing_ok=True)
    with Database.open(path, memory_limit=memory, threads=threads) as database:
        views = Views.load({source: views_folder_of(source) for source in CONNECTORS})
        install_macros(database)
        views.make_empty(database)
        _fill(database, assets=assets)
        begun = time.process_time()
        made = list(_make(database, views))
        judged = list(_judge(database))
        worked = time.process_time() - begun
        least = _timed(database, _BY_SERIAL)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9
    made_in, judged_in = (sum(seconds for _, seconds, _ in laps) for laps in (made, judged))
    laps = sorted([*made, *judged], key=lambda lap: -lap[1])
    rows = [(name, f"{seconds:.2f}", f"{count:,}") for name, seconds, count in laps[:LISTED]]
    outcome.grid(f"The {LISTED} longest of {len(laps)}:", ("relation or rule", "seconds", "rows"), rows)
    totals = (
        ("core relations", made_in), ("rules", judged_in), ("together", made_in + judged_in),
        ("of the processor", worked), ("joining on the serial number alone", least),
    )  # fmt: skip
    outcome.grid("All of them:", ("what", "seconds"), [(name, f"{seconds:.1f}") for name, seconds in totals])
    together = made_in + judged_in
    outcome.target(
        f"{assets:,} assets link and all rules run in under {SECONDS:.0f} s",
        f"{together:.1f} s",
        is_met=together < SECONDS,
    )
    outcome.target(
        f"{assets:,} assets in under {GIGABYTES:.0f} GB", f"{peak:.2f} GB", is_met=peak < GIGABYTES
    )
    outcome.remarks.append(f"DuckDB had {memory} of memory and {threads} threads.")


def _fill(database: Database, *, assets: int) -> None:
    companies = max(1, assets // PER_COMPANY)
    numbers = {"companies": companies, "computers": assets * 4 // 5, "assets": assets}
    for statement in _FILL.split(";\n"):
        if statement.strip():
            database.execute(statement, {k: v for k, v in numbers.items() if f"${k}" in statement})
    sync = AuvikSync.model_validate(
        {
            "only_match_active": True,
            "managed_only": True,
            "class_map": {"switch": "Network Switch"},
            "make_map": {"Cisco": {"manufacturer": "Cisco"}},
            "field_sync": [{"auvik": "device_id", "psa": "question:Auvik ID"}],
            "site_map": {f"company{number}": {"company_id": number} for number in range(companies)},
        }
    )
    for resource_name, records in declared_records(sync).items():
        types = dict(
            database.query(f"select column_name, column_type from (describe auvik.{resource_name})").rows  # noqa: S608
        )
        rows = [[record.get(name) for name in types] for record in records]
        database.insert_rows(f"auvik.{resource_name}", types, rows)


def _make(database: Database, views: Views) -> Iterator[tuple[str, float, int]]:
    """Each core relation: name, seconds, rows."""
    for view in views.ordered:
        if view.schema == "core":
            took = _timed(database, f"create or replace table {view.name} as {view.file.sql}")
            yield view.name, took, _count(database, view.name)


def _judge(database: Database) -> Iterator[tuple[str, float, int]]:
    """Each rule: name, seconds, findings."""
    for rule in load_catalogue(None, RuleSettings()).rules:
        if rule.name.split(".")[0] in THEMES:
            params = {**rule.params, "as_of": AS_OF}
            took = _timed(database, f"create or replace temp table found as {rule.sql}", params)
            yield rule.name, took, _count(database, "found")


def _timed(database: Database, sql: str, params: dict[str, Any] | None = None) -> float:
    started = time.monotonic()
    database.execute(sql, params or {})
    return time.monotonic() - started


def _count(database: Database, relation: str) -> int:
    return int(database.query(f"select count(*) from {relation}").scalar())  # noqa: S608


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
