"""A year of weekly readings of a large estate: how the store grows, and whether the runs stay as quick.

    python -m bench ledger --assets 200000 --weeks 52

Every asset is a PSA configuration and an Automate computer; every week five of a hundred change in both. All
shipped rules judge. Nothing is read over a network, and making the records up is not counted. Beside it what
one would keep otherwise: every week's records once more, as Parquet files that DuckDB compresses with zstd.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import orjson

from bench.outcome import Outcome, arguments_of, commandline, quiet, scratch
from msp_audit.audit import Limits, Terms, judge, load_catalogue
from msp_audit.connectors import CONNECTORS, views_folder_of
from msp_audit.connectors.automate.tables import RESOURCES as AUTOMATE_RESOURCES
from msp_audit.connectors.psa.resources import RESOURCES as PSA_RESOURCES
from msp_audit.domain import Proof, Record, ResourceReading, Verdict
from msp_audit.settings import RuleSettings
from msp_audit.store import Shrinkage, Store, Views

#: UTC, as everywhere in the store.
START = datetime(2026, 1, 5, 6)  # noqa: DTZ001
PER_COMPANY = 250
SIZES = {"assets": (200_000, 2_000), "weeks": (52, 4), "change": (0.05, 0.05)}
#: What was promised for a year.
SIZE, SLOWER = 4.0, 1.3
#: Every list of a source with its key; those that the estate does not give are read and empty.
KEYS = {
    "psa": {resource.name: resource.key for resource in PSA_RESOURCES},
    "automate": {resource.name: resource.key for resource in AUTOMATE_RESOURCES},
}
SOURCES = tuple(KEYS)
#: Parts of a run, in order.
STEPS = ("open", "seal", "materialise", "judge", "publish")
#: The lists whose records are kept once more for the comparison.
LARGE = ("configurations", "computers", "asset_syncs")


class Estate:
    """Assets with a version each; a week gives five of a hundred another one."""

    def __init__(self, assets: int) -> None:
        self.assets = assets
        self.companies = max(1, assets // PER_COMPANY)
        self.versions = [0] * assets
        self._dice = random.Random(6)

    def age(self, share: float) -> None:
        """Give a *share* of the assets another version."""
        for number in self._dice.sample(range(self.assets), int(self.assets * share)):
            self.versions[number] += 1

    def lists(self, source: str) -> Iterator[tuple[str, Iterator[Record]]]:
        """Each list of *source* with its records."""
        if source == "psa":
            yield (
                "companies",
                (
                    {"id": n, "identifier": f"C{n}", "name": f"Company {n}", "deletedFlag": False}
                    for n in range(1, self.companies + 1)
                ),
            )
            yield "configurations", (self._configuration(n) for n in range(self.assets))
        else:
            yield (
                "clients",
                (
                    {"ClientID": str(n), "Name": f"Company {n}", "ExternalID": str(n)}
                    for n in range(1, self.companies + 1)
                ),
            )
            yield (
                "locations",
                (
                    {"LocationID": str(n), "ClientID": str(n), "Name": "Main"}
                    for n in range(1, self.companies + 1)
                ),
            )
            yield (
                "client_mappings",
                (
                    # One client in a hundred is not linked, and one in fifty has no service template.
                    {
                        "ClientID": str(n),
                        "CWCompanyRecID": str(n if n % 100 else 0),
                        "ManagedServiceTemplateID": "5",
                    }
                    for n in range(1, self.companies + 1)
                ),
            )
            yield (
                "site_mappings",
                (
                    {"LocationID": str(n), "CWCompanyRecID": str(n), "CWSiteRecID": str(n)}
                    for n in range(1, self.companies + 1)
                ),
            )
            yield "entity_types", iter([{"entity_kind": "computer", "entity_type_code": 1}])
            yield (
                "list_ways",
                iter([{"resource": name, "way": "mysql", "time_zone": None} for name in KEYS["automate"]]),
            )
            yield (
                "asset_syncs",
                (
                    {"TargetType": "1", "LTTargetID": str(n + 1), "CWConfigRecID": str(n + 1)}
                    for n in range(self.assets)
                    if n % 50
                ),
            )
            yield "computers", (self._computer(n) for n in range(self.assets))

    def _configuration(self, number: int) -> Record:
        version, company = self.versions[number], number // PER_COMPANY + 1
        return {
            "id": number + 1, "name": f"WS-{number:06}", "type": {"id": 12, "name": "Managed Workstation"},
            "status": {"id": 1, "name": "Active"},
            "company": {"id": company, "identifier": f"C{company}", "name": f"Company {company}"},
            "site": {"id": company, "name": "Main Office"}, "deviceIdentifier": str(number + 1),
            "serialNumber": f"SN{number * 7919 % 10**9:09}X", "modelNumber": "Latitude 5540", "tagNumber": "",
            "installationDate": "2023-05-19T00:00:00Z", "warrantyExpirationDate": "2026-05-01T00:00:00Z",
            "macAddress": f"94:57:A5:{number >> 16 & 255:02X}:{number >> 8 & 255:02X}:{number & 255:02X}",
            "billFlag": True, "ipAddress": f"10.{number >> 8 & 255}.{number & 255}.{version % 250}",
            "osType": "Microsoft Windows 11 Pro x64", "activeFlag": True,
            "manufacturer": {"id": 3, "name": "Dell Inc."},
            "managementLink": f"https://automate.example/automate/computer/{number + 1}",
            "_info": {"lastUpdated": f"2026-01-05T{version % 24:02}:15:00Z", "updatedBy": "labtech"},
            "questions": [
                {"answerId": number, "questionId": 40, "question": "Backup product", "answer": "Veeam",
                 "fieldType": "Text", "requiredFlag": False},
            ],
        }  # fmt: skip

    def _computer(self, number: int) -> Record:
        version, company = self.versions[number], number // PER_COMPANY + 1
        # One in a hundred has not been in contact for long.
        contact = START - timedelta(days=60) if number % 100 == 0 else START + timedelta(weeks=60 + version)
        return {
            "ComputerID": str(number + 1), "ClientID": str(company), "LocationID": str(company),
            "Name": f"WS-{number:06}", "Domain": "corp.local", "Username": "user", "LastUsername": "user",
            "OS": "Microsoft Windows 11 Pro x64", "Version": "10.0.22631", "ServiceVersion": "250.201",
            "LocalAddress": f"10.{number >> 8 & 255}.{number & 255}.{version % 250}",
            "MAC": f"94-57-A5-{number >> 16 & 255:02X}-{number >> 8 & 255:02X}-{number & 255:02X}",
            "BiosMFG": "Dell Inc.", "BiosName": "Latitude 5540", "BiosVer": f"SN{number * 7919 % 10**9:09}X",
            "TotalMemory": "16384", "DateAdded": "2023-05-19 15:20:00", "LastContact": f"{contact}",
            "LastInventory": f"{contact}",
        }  # fmt: skip


class Year:
    """One store, week by week."""

    def __init__(self, folder: Path, assets: int) -> None:
        self.folder = folder
        self.estate = Estate(assets)
        self.views = Views.load({source: views_folder_of(source) for source in CONNECTORS})
        self.catalogue = load_catalogue(None, RuleSettings())

    def week(self, number: int) -> dict[str, float]:
        """Read, seal, judge and publish once; seconds of each step."""
        took: dict[str, float] = {}
        now = START + timedelta(weeks=number)
        clock = time.perf_counter()

        def lap(name: str) -> None:
            nonlocal clock
            took[name] = took.get(name, 0.0) + time.perf_counter() - clock
            clock = time.perf_counter()

        with Store(self.folder / "store") as store:
            lap("open")
            for source in SOURCES:
                with store.spool(source) as spool:
                    for resource, records in self.estate.lists(source):
                        spool.add(resource, records)
                    lap("read")
                    readings = [
                        ResourceReading(
                            source=source, resource=name, verdict=Verdict.COMPLETE, proof=Proof(pages=1)
                        )
                        for name in KEYS[source]
                    ]
                    store.seal(
                        source=source, read_at=now, sealed_at=now, spool=spool, readings=readings,
                        keys=KEYS[source], shrinkage=Shrinkage(share=0.2, rows=10), program_version="bench",
                    )  # fmt: skip
                    lap("seal")
            store.materialise(self.views)
            lap("materialise")
            terms = Terms(
                as_of=now, limits=Limits(seconds=600, max_findings=1_000_000),
                stale_after=timedelta(days=8), settings=RuleSettings(), program_version="bench",
            )  # fmt: skip
            run = judge(
                store.database, catalogue=self.catalogue, views=self.views, sources=SOURCES, terms=terms
            )
            took["findings"] = float(sum(run.open_findings.values()))
            took["judged"] = float(sum(r.outcome == "evaluated" for r in run.rule_runs))
            lap("judge")
            store.publish(self.folder / "published.duckdb")
            lap("publish")
        took["store"], took["published"] = self.sizes()
        return took

    def sizes(self) -> tuple[float, float]:
        """Megabytes of store and published copy."""
        store, published = self.folder / "store" / "store.duckdb", self.folder / "published.duckdb"
        return store.stat().st_size / 1e6, published.stat().st_size / 1e6

    def parquet(self) -> float:
        """Megabytes of this week's large lists, a Parquet file each."""
        total = 0
        for source in SOURCES:
            for name, records in self.estate.lists(source):
                if name not in LARGE:
                    continue
                lines, path = self.folder / f"{name}.ndjson", self.folder / f"{name}.parquet"
                with lines.open("wb") as out:
                    out.writelines(orjson.dumps(record) + b"\n" for record in records)
                duckdb.sql(f"copy (from read_json('{lines}')) to '{path}' (compression zstd)")
                lines.unlink()
                total += path.stat().st_size
        return total / 1e6


def main(arguments: list[str]) -> int:
    """Live the year, keep the outcome."""
    chosen = arguments_of("ledger", __doc__, arguments, sizes=SIZES)
    outcome = Outcome(
        claim="ledger",
        title=(__doc__ or "").partition("\n")[0],
        command=commandline("ledger", arguments),
        remarks=[quiet()],
    )
    weeks: list[dict[str, float]] = []
    with scratch(chosen.folder) as folder:
        year = Year(folder / f"ledger-{chosen.assets}", chosen.assets)
        for number in range(1, chosen.weeks + 1):
            if number > 1:
                year.estate.age(chosen.change)
            weeks.append(year.week(number))
            print(f"  week {number}: {seconds_of(weeks[-1]):.1f} s", file=sys.stderr, flush=True)
        plainly = year.parquet() * chosen.weeks
    tell(outcome, weeks, plainly=plainly)
    outcome.close(is_quick=chosen.quick)
    return 0


def seconds_of(week: dict[str, float]) -> float:
    """Of one run, without making the records up, which is the bench's own time."""
    return sum(week[name] for name in STEPS)


def tell(outcome: Outcome, weeks: list[dict[str, float]], *, plainly: float) -> None:
    """Some weeks of the year, and what was promised of the last."""
    last = len(weeks)
    shown = sorted({1, 2, *range(13, last + 1, 13), last})
    rows: list[tuple[str, ...]] = [
        (step, *(f"{weeks[number - 1][step]:.2f}" for number in shown)) for step in STEPS
    ]
    rows.append(("together", *(f"{seconds_of(weeks[number - 1]):.2f}" for number in shown)))
    rows += [
        (name, *(f"{weeks[number - 1][key]:,.0f}" for number in shown))
        for name, key in (
            ("store, MB", "store"), ("published, MB", "published"), ("findings", "findings"),
            ("rules that judged", "judged"),
        )
    ]  # fmt: skip
    outcome.grid("Seconds of a week's run, and what it leaves:", ("week", *map(str, shown)), rows)
    first, end = weeks[0], weeks[-1]
    growth = (end["store"] + end["published"]) / (first["store"] + first["published"])
    slower = seconds_of(end) / seconds_of(weeks[min(1, last - 1)])
    outcome.target(
        f"{last} weeks take less than {SIZE:.0f} times the disk of one",
        f"{growth:.2f} times",
        is_met=growth < SIZE,
        remark="Store and published copy together.",
    )
    outcome.target(
        f"Week {last} takes less than {SLOWER} times week 2", f"{slower:.2f} times", is_met=slower < SLOWER
    )
    outcome.remarks.append(
        f"{last} weeks of the {len(LARGE)} large lists as Parquet files of their own would take"
        f" {plainly:,.1f} MB ({last} times the last week's; no history of findings in it)."
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
