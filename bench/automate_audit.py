"""The original audit on MariaDB against our rules, and landing a database against merely reading it.

    python -m msp_audit.sandbox.estate /tmp/estate --companies 2000 --computers 1000000 --devices 0 --no-sql
    python -m bench.automate_audit /tmp/estate/2026-11-02 --folder /tmp/automate-audit

One run, one machine, one after the other: MariaDB is loaded with the tables and their indexes, the
reconstructed six-part query runs as the server runs it by default, then our rules over what was landed
from the same server. Only the ratios mean something; the times are this machine's.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path

import orjson
from pymysql.cursors import SSCursor

from msp_audit.audit.catalogue import load_catalogue
from msp_audit.audit.readiness import Readiness, source_states
from msp_audit.audit.runner import Limits, Runner
from msp_audit.connectors import CONNECTORS, views_folder_of
from msp_audit.connectors.automate import AutomateConnector
from msp_audit.connectors.automate.mysql import Labtech, _select
from msp_audit.connectors.automate.names import Names
from msp_audit.connectors.base import Page
from msp_audit.connectors.psa.resources import RESOURCES as PSA_RESOURCES
from msp_audit.domain import Proof, ResourceReading, Verdict
from msp_audit.sandbox.estate.tables import TABLES
from msp_audit.settings import RuleSettings
from msp_audit.settings.model import AutomateSettings, HttpSettings
from msp_audit.store import Shrinkage, Store, Views
from tests.equivalence.original import RULES, original
from tests.mariadb import Server, running_mariadb

AS_OF = datetime(2026, 11, 2, 6)  # noqa: DTZ001
#: As the published model of the database has them.
INDEXES = {
    "clients": "primary key (ClientID)",
    "locations": "primary key (LocationID), add key (ClientID)",
    "computers": "unique key (ComputerID), add key (ClientID), add key (LocationID)",
    "networkdevices": "primary key (DeviceID), add key (LocationID)",
    "tickets": "primary key (TicketID)",
    "ticketstatus": "primary key (TicketStatusID)",
    "ticketpriority": "primary key (Priority)",
    "plugin_cw_clientmapping": "key (ClientID), add key (CWCompanyRecID)",
    "plugin_cw_sitemapping": "key (LocationID)",
    "plugin_cw_ignoredentities": "key (TargetType, LTTargetID)",
    "plugin_cw_lastassetsync": "key (TargetType, LTTargetID)",
    "plugin_cw_assettemplates": "primary key (AssetTemplateID)",
    "plugin_cw_assettemplateassignments": "key (AssetTemplateID)",
    "plugin_cw_serviceboards": "primary key (CWServiceBoardRecID)",
    "plugin_cw_servicestatuses": "primary key (CWServiceStatusRecID)",
    "plugin_cw_cwstatusmapping": "key (CWServiceStatusRecID)",
    "plugin_cw_ltstatusmapping": "key (TicketStatusID)",
    "plugin_cw_servicepriorities": "primary key (CWServicePriorityRecID)",
    "plugin_cw_servicepriorityxrefs": "key (Priority)",
    "plugin_cw_cwtolabtechservicepriorityxrefs": "key (CWServicePriorityRecID)",
}


def load(server: Server, tables: Path) -> None:
    """Create ``labtech`` and load every CSV, then the indexes and the statistics."""
    server.execute("create database labtech default character set utf8mb4")
    with closing(server.connect("labtech", local_infile=True)) as connection, connection.cursor() as cursor:
        for table, columns in TABLES.items():
            cursor.execute(
                f"create table {table} ({', '.join(f'{n} {kind}' for n, kind in columns.items())})"
            )
            path = tables / f"{table}.csv"
            if not path.exists():
                continue
            places = ", ".join(f"@v{place}" for place in range(len(columns)))
            values = ", ".join(
                f"{name} = {f'nullif(@v{place}, {chr(39) * 2})' if 'not null' not in kind else f'@v{place}'}"
                for place, (name, kind) in enumerate(columns.items())
            )
            cursor.execute(
                f"load data local infile '{path}' into table {table} character set utf8mb4"
                f" fields terminated by ',' optionally enclosed by '\"' ignore 1 lines ({places})"
                f" set {values}"
            )
            if table in INDEXES:
                cursor.execute(f"alter table {table} add {INDEXES[table]}")
            cursor.execute(f"analyze table {table}")


def timed(what: Callable[[], object], *, times: int = 3) -> float:
    """Seconds of the quickest of several runs."""
    best = float("inf")
    for _ in range(times):
        started = time.perf_counter()
        what()
        best = min(best, time.perf_counter() - started)
    return best


def run_original(server: Server) -> int:
    """The six-part query, all rows fetched; how many."""
    with closing(server.connect("labtech")) as connection, connection.cursor() as cursor:
        cursor.execute(original(is_literal=False))
        return len(cursor.fetchall())


def read_plainly(server: Server) -> int:
    """The same columns of the same tables, streamed and thrown away."""
    rows = 0
    with Labtech(server.settings("labtech"), http=HttpSettings()) as database:
        found = database.schema(names=Names()).resolve_all(Names())
    with closing(server.connect("labtech", cursorclass=SSCursor)) as connection:
        for resolution in found.values():
            with connection.cursor() as cursor:
                cursor.execute(_select(resolution))
                rows += sum(1 for _ in cursor.fetchall_unbuffered())
    return rows


def land(store: Store, server: Server) -> None:
    """Read through the connector and seal."""
    connector = AutomateConnector(AutomateSettings(mysql=server.settings("labtech")))
    readings: list[ResourceReading] = []
    with store.spool("automate") as spool, closing(connector):
        for event in connector.read():
            if isinstance(event, Page):
                spool.add(event.resource, event.records)
            else:
                readings.append(event)
        seal(store, "automate", spool, readings, {r.name: r.key for r in connector.resources})


def land_psa(store: Store, folder: Path) -> None:
    """The PSA's lists from the estate's files, all but the configurations, which no rule here reads."""
    readings = []
    with store.spool("psa") as spool:
        for listed in PSA_RESOURCES:
            path = folder / f"{listed.name}.ndjson"
            rows = 0
            if path.exists() and listed.name != "configurations":
                with path.open("rb") as lines:
                    records = [orjson.loads(line) for line in lines]
                spool.add(listed.name, records)
                rows = len(records)
            readings.append(
                ResourceReading(
                    source="psa", resource=listed.name, verdict=Verdict.COMPLETE, proof=Proof(rows=rows)
                )
            )
        seal(store, "psa", spool, readings, {r.name: r.key for r in PSA_RESOURCES})


def seal(store: Store, source: str, spool: object, readings: list[ResourceReading], keys: dict) -> None:  # type: ignore[type-arg]
    """One snapshot."""
    store.seal(
        source=source, read_at=AS_OF, sealed_at=AS_OF, spool=spool, readings=readings, keys=keys,  # type: ignore[arg-type]
        shrinkage=Shrinkage(share=1, rows=0), program_version="bench",
    )  # fmt: skip


def judge(store: Store, views: Views) -> Iterator[tuple[str, float, int, str]]:
    """Each rule of the themes sync and mapping: name, seconds, findings, what became of it."""
    states = source_states(store.database, sources=("psa", "automate"), as_of=AS_OF, stale_after=_forever())
    runner = Runner(
        store.database,
        readiness=Readiness(states, views=views, database=store.database),
        as_of=AS_OF,
        limits=Limits(seconds=600, max_findings=1_000_000),
        settings=RuleSettings(),
    )
    for rule in load_catalogue(workspace_rules=None, settings=RuleSettings()).rules:
        if rule.theme in ("sync", "mapping"):
            started = time.perf_counter()
            result = runner.judge(rule)
            yield (
                rule.name,
                time.perf_counter() - started,
                result.findings,
                f"{result.outcome} {result.reason}",
            )


def _forever():  # type: ignore[no-untyped-def]  # noqa: ANN202
    from datetime import timedelta

    return timedelta(days=36500)


def say(text: str) -> None:
    """A line of the report."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def main() -> None:
    """Load, time, compare."""
    parser = argparse.ArgumentParser(prog="python -m bench.automate_audit", description=__doc__)
    parser.add_argument("estate", type=Path, help="one reading of a generated estate")
    parser.add_argument("--folder", type=Path, required=True, help="scratch; removed afterwards")
    parser.add_argument("--times", type=int, default=3, help="runs of each side; the quickest counts")
    chosen = parser.parse_args()
    shutil.rmtree(chosen.folder, ignore_errors=True)
    chosen.folder.mkdir(parents=True)
    try:
        with running_mariadb(
            chosen.folder / "m", "--local-infile=1", "--innodb-buffer-pool-size=1G"
        ) as server:
            measure(server, chosen.estate, chosen.folder, times=chosen.times)
    finally:
        shutil.rmtree(chosen.folder, ignore_errors=True)


def measure(server: Server, estate: Path, folder: Path, *, times: int) -> None:
    """The whole comparison."""
    load(server, estate / "automate" / "tables")
    with closing(server.connect("labtech")) as connection, connection.cursor() as cursor:
        cursor.execute("select version(), (select count(*) from computers), (select count(*) from clients)")
        version, computers, clients = cursor.fetchall()[0]
    say(f"server {version}, defaults but 1 GB of buffers; {computers:,} computers of {clients:,} clients")
    theirs = timed(lambda: run_original(server), times=times)
    say(f"reconstructed query   {theirs:8.2f} s")
    plain = timed(lambda: read_plainly(server), times=1)
    say(f"plain streaming read  {plain:8.2f} s")
    with Store(folder / "store", memory_limit="2GB") as store:
        landing = timed(lambda: land(store, server), times=1)
        say(f"read, spool and seal  {landing:8.2f} s   {landing / plain:.2f} times the plain read")
        land_psa(store, estate / "psa")
        views = Views.load({name: views_folder_of(name) for name in CONNECTORS})
        typing = timed(lambda: store.materialise(views), times=1)
        say(f"typed tables          {typing:8.2f} s")
        best: dict[str, float] = {}
        for _ in range(times):
            for name, seconds, findings, outcome in judge(store, views):
                if name not in best:
                    say(f"  {name:<42} {seconds:7.3f} s {findings:>8,} {outcome}")
                best[name] = min(best.get(name, seconds), seconds)
    eight = sum(best[name] for name in RULES.values())
    every = sum(best.values())
    say(f"eight sync rules      {eight:8.2f} s   {eight / theirs:.3f} of the query (wanted: at most 0.1)")
    say(f"all sync and mapping  {every:8.2f} s   {every / theirs:.3f} of the query (wanted: less than 1)")
    say(f"peak memory of this process {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB")


if __name__ == "__main__":
    main()
