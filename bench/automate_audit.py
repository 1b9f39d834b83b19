"""The original audit on MariaDB and in pandas against our rules, and landing against merely reading.

    python -m bench automate_audit --computers 1000000

One run, one machine, one after the other: MariaDB is loaded with an estate's tables and their indexes, the
reconstructed six-part query runs as the server runs it by default, then the same audit in pandas over the
same tables in memory, then our rules over what was landed from the same server. What each found is compared.
Counted is the audit alone: of pandas without reading the tables, of ours without landing them and making the
typed relations, of the query with fetching its rows. What stands before the audit has lines of its own.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TypeVar

import orjson
from pandas import DataFrame
from pymysql.cursors import SSCursor

from bench._pandas_audit import audit, from_files, from_server
from bench.measure import SCRATCH
from bench.measure import estate as made_estate
from bench.outcome import Outcome, arguments_of, commandline, quiet
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

SIZES = {
    "computers": (1_000_000, 20_000),
    "companies": (2_000, 40),
    # Runs of each side; the quickest counts.
    "times": (3, 1),
}
#: What was promised: of the query's time, of the plain read's time, times faster than either.
EIGHT, EVERY, LANDING, FASTER = 0.1, 1.0, 1.5, 10.0
Given = TypeVar("Given")
AS_OF = datetime(2026, 11, 2, 6)  # noqa: DTZ001
#: What the two sides of a comparison hold.
COUNTED = (
    "The audit alone, over tables that stand ready: in MariaDB with their indexes, in memory for pandas,"
    " typed in DuckDB for the rules. The rules also write names, reasons and evidence of what they find;"
    " pandas does not."
)
#: A generated estate is nearly clean; so every component has something to find, and something ignored.
SPOIL = (
    "update plugin_cw_clientmapping set CWCompanyRecID = 0 where ClientID % 20 = 7",
    "insert into plugin_cw_ignoredentities (TargetType, LTTargetID)"
    " select 3, ClientID from clients where ClientID % 40 = 7",
    "update plugin_cw_sitemapping set CWSiteRecID = -1 where LocationID % 10 = 3",
    "insert into plugin_cw_ignoredentities (TargetType, LTTargetID)"
    " select 2, LocationID from locations where LocationID % 20 = 3",
    "insert into plugin_cw_ignoredentities (TargetType, LTTargetID)"
    " select 1, ComputerID from computers where ComputerID % 1000 = 1",
    "update plugin_cw_lastassetsync set CWConfigRecID = 0 where TargetType = 1 and LTTargetID % 500 = 1",
    "delete from plugin_cw_assettemplateassignments where AssetTemplateID % 2 = 1",
    "update plugin_cw_cwstatusmapping set TicketStatusID = 0 where CWServiceStatusRecID % 3 = 0",
    "delete from plugin_cw_ltstatusmapping where TicketStatusID % 3 = 0",
    "delete from plugin_cw_cwtolabtechservicepriorityxrefs where CWServicePriorityRecID % 2 = 0",
    "delete from plugin_cw_servicepriorityxrefs where Priority % 2 = 0",
)
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


def timed(what: Callable[[], Given], *, times: int = 1) -> tuple[float, Given]:
    """Seconds of the quickest of several runs, and what the last one gave."""
    best, left = float("inf"), times
    while True:
        started = time.perf_counter()
        given = what()
        best, left = min(best, time.perf_counter() - started), left - 1
        if left <= 0:
            return best, given


def run_original(server: Server) -> Counter[str]:
    """The six-part query, all rows fetched; how many of each component."""
    with closing(server.connect("labtech")) as connection, connection.cursor() as cursor:
        cursor.execute(original(is_literal=False))
        return Counter(str(component) for component, *_ in cursor.fetchall())


def run_pandas(tables: dict[str, DataFrame]) -> Counter[str]:
    """The same over tables in memory."""
    return Counter({component: len(entities) for component, entities in audit(tables).items()})


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
    states = source_states(
        store.database, sources=("psa", "automate"), as_of=AS_OF, stale_after=timedelta(days=36500)
    )
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


@dataclass(slots=True)
class Judged:
    """What became of one rule."""

    seconds: float
    findings: int
    outcome: str


def main(arguments: list[str]) -> int:
    """Load, time, compare, keep the outcome."""
    chosen = arguments_of("automate_audit", __doc__, arguments, sizes=SIZES)
    outcome = Outcome(
        claim="automate_audit",
        title=(__doc__ or "").partition("\n")[0],
        command=commandline("automate_audit", arguments),
        remarks=[quiet()],
    )
    estates = chosen.folder or SCRATCH
    reading = made_estate(estates, companies=chosen.companies, computers=chosen.computers)
    # A socket's path may not be long, so never below the folder that was given.
    with tempfile.TemporaryDirectory(prefix="msp-audit-") as name:
        options = ("--local-infile=1", "--innodb-buffer-pool-size=1G")
        with running_mariadb(Path(name) / "m", *options) as server:
            load(server, reading / "automate" / "tables")
            server.execute(*SPOIL, database="labtech")
            measure(outcome, server, reading, Path(name), times=chosen.times)
    outcome.close(is_quick=chosen.quick)
    return 0


def measure(outcome: Outcome, server: Server, estate: Path, folder: Path, *, times: int) -> None:
    """The whole comparison."""
    with closing(server.connect("labtech")) as connection, connection.cursor() as cursor:
        cursor.execute("select version(), (select count(*) from computers), (select count(*) from clients)")
        version, computers, clients = cursor.fetchall()[0]
    outcome.remarks.append(
        f"{computers:,} computers of {clients:,} clients; server {version}, its defaults but 1 GB of buffers;"
        f" the quickest of {times}."
    )
    laps: dict[str, float] = {}
    counts: dict[str, Counter[str]] = {}
    laps["the query on MariaDB"], counts["MariaDB"] = timed(lambda: run_original(server), times=times)
    laps["pandas: read_csv of exports"], _ = timed(lambda: from_files(estate / "automate" / "tables"))
    laps["pandas: read_sql"], tables = timed(lambda: from_server(server))
    laps["pandas: the audit"], counts["pandas"] = timed(partial(run_pandas, tables), times=times)
    del tables
    laps["plain streaming read"], _ = timed(lambda: read_plainly(server))
    best = ours(laps, server, estate, folder, times=times)
    eight = {component: best[rule] for component, rule in RULES.items()}
    counts["msp-audit"] = Counter({component: rule.findings for component, rule in eight.items()})
    laps["msp-audit: eight sync rules"] = sum(rule.seconds for rule in eight.values())
    laps["msp-audit: all sync and mapping rules"] = sum(rule.seconds for rule in best.values())
    tell(outcome, laps, counts, best)


def ours(
    laps: dict[str, float], server: Server, estate: Path, folder: Path, *, times: int
) -> dict[str, Judged]:
    """Land, type and judge; the quickest judging of each rule."""
    best: dict[str, Judged] = {}
    with Store(folder / "store", memory_limit="2GB") as store:
        laps["msp-audit: read, spool and seal"], _ = timed(lambda: land(store, server))
        land_psa(store, estate / "psa")
        views = Views.load({name: views_folder_of(name) for name in CONNECTORS})
        laps["msp-audit: typed relations"], _ = timed(lambda: store.materialise(views))
        for _ in range(times):
            for name, seconds, findings, outcome in judge(store, views):
                quickest = min(seconds, best[name].seconds) if name in best else seconds
                best[name] = Judged(seconds=quickest, findings=findings, outcome=outcome)
    return best


def tell(
    outcome: Outcome, laps: dict[str, float], counts: dict[str, Counter[str]], best: dict[str, Judged]
) -> None:
    """The tables and the promises."""
    query, eight = laps["the query on MariaDB"], laps["msp-audit: eight sync rules"]
    rows = [(name, f"{seconds:.2f}", f"{seconds / query:.3f}") for name, seconds in laps.items()]
    outcome.grid("Each part:", ("what", "seconds", "of the query"), rows)
    outcome.grid(
        "Rows of each component, which must be the same:",
        ("component", *counts),
        [(component, *(f"{found[component]:,}" for found in counts.values())) for component in RULES],
    )
    outcome.grid(
        "Each rule:",
        ("rule", "seconds", "findings", "outcome"),
        [
            (name, f"{rule.seconds:.3f}", f"{rule.findings:,}", rule.outcome)
            for name, rule in sorted(best.items())
        ],
    )
    first = counts["MariaDB"]
    outcome.target(
        "The query, pandas and our eight rules find as many of each component",
        f"{sum(first.values()):,} rows",
        is_met=all(+found == +first for found in counts.values()),
    )
    share = eight / query
    outcome.target(
        f"Eight sync rules: at most {EIGHT} of the query's time", f"{share:.3f}", is_met=share <= EIGHT
    )
    share = laps["msp-audit: all sync and mapping rules"] / query
    outcome.target(
        "All sync and mapping rules: less than the query alone", f"{share:.2f} of it", is_met=share < EVERY
    )
    for name, seconds in (
        ("the query on MariaDB", query),
        ("the audit in pandas", laps["pandas: the audit"]),
    ):
        outcome.target(
            f"Eight sync rules at least {FASTER:.0f} times faster than {name}",
            f"{seconds / eight:.1f} times",
            is_met=seconds / eight >= FASTER,
            remark=COUNTED,
        )
    whole = laps["pandas: read_sql"] + laps["pandas: the audit"]
    all_of_ours = sum(laps[f"msp-audit: {name}"] for name in ("read, spool and seal", "typed relations"))
    outcome.remarks.append(
        f"With all that comes before it: pandas {whole:.1f} s, ours {all_of_ours + eight:.1f} s; ours reads"
        " more tables, keeps their history, and is done with it for every other rule too."
    )
    ratio = laps["msp-audit: read, spool and seal"] / laps["plain streaming read"]
    outcome.target(
        f"Landing takes at most {LANDING} times the plain streaming read",
        f"{ratio:.2f} times",
        is_met=ratio <= LANDING,
    )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6
    outcome.remarks.append(f"Peak memory of the one process with all of it, pandas too: {peak:,.0f} MB.")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
