"""A million assets: how long the links, the prediction and every rule over them take, in four gigabytes.

    python -m bench.links --assets 1000000 --folder /tmp/links

Four fifths of the assets are Automate computers, one fifth Auvik devices with two interfaces; every one
has a configuration in the PSA, some with a fault. The typed relations are filled by SQL; nothing is read
over a network. Prints each core relation, each rule, the totals and the peak of the memory.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from datetime import datetime
from pathlib import Path

from msp_audit.audit import load_catalogue
from msp_audit.connectors import CONNECTORS, views_folder_of
from msp_audit.connectors.auvik.declared import declared_records
from msp_audit.settings import AuvikSync, RuleSettings
from msp_audit.store import Database, Views
from msp_audit.store.database import install_macros

THEMES = ("auvik", "coverage", "identity")
PER_COMPANY = 500
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


def main() -> None:
    """Fill, make, judge, print."""
    parser = argparse.ArgumentParser(prog="python -m bench.links", description=__doc__)
    parser.add_argument("--assets", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--memory", default="3GB", help="what DuckDB may take; the process stays below 4 GB")
    parser.add_argument("--threads", type=int, default=2)
    chosen = parser.parse_args()
    chosen.folder.mkdir(parents=True, exist_ok=True)
    path = chosen.folder / "links.duckdb"
    path.unlink(missing_ok=True)
    with Database.open(path, memory_limit=chosen.memory, threads=chosen.threads) as database:
        views = Views.load({source: views_folder_of(source) for source in CONNECTORS})
        install_macros(database)
        views.make_empty(database)
        _fill(database, assets=chosen.assets)
        begun = time.process_time()
        made = _make(database, views)
        judged = _judge(database)
        worked = time.process_time() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 / 1024
    total = f"relations {made:.1f} s, rules {judged:.1f} s, together {made + judged:.1f} s"
    _say(f"{chosen.assets:,} assets: {total}")
    # On a machine that does other work too, the wall clock says little.
    best = worked / chosen.threads
    _say(f"processor time {worked:.1f} s, on {chosen.threads} idle cores at best {best:.1f} s")
    _say(f"peak of the memory {peak:.2f} GB")


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


def _make(database: Database, views: Views) -> float:
    total = 0.0
    for view in views.ordered:
        if view.schema == "core":
            started = time.monotonic()
            database.execute(f"create or replace table {view.name} as {view.file.sql}")
            took = time.monotonic() - started
            rows = database.query(f"select count(*) from {view.name}").scalar()  # noqa: S608
            _say(f"{took:7.2f} s  {view.name}  {rows:,} rows")
            total += took
    return total


def _judge(database: Database) -> float:
    total = 0.0
    for rule in load_catalogue(None, RuleSettings()).rules:
        if rule.name.split(".")[0] in THEMES:
            started = time.monotonic()
            sql = f"create or replace temp table found as {rule.sql}"
            database.execute(sql, {**rule.params, "as_of": AS_OF})
            took = time.monotonic() - started
            rows = database.query("select count(*) from found").scalar()
            _say(f"{took:7.2f} s  {rule.name}  {rows:,} findings")
            total += took
    return total


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
