"""A year of weekly readings of a large estate: how the store grows, and whether the runs stay as quick.

    python -m bench.ledger --assets 200000 --weeks 52 --folder /tmp/ledger

Every asset is a PSA configuration and an Automate computer; every week five of a hundred change in both. All
shipped rules judge. Prints one line a week and the two figures at the end; nothing is read over a network.
"""

from __future__ import annotations

import argparse
import random
import shutil
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from msp_audit.audit import Limits, Terms, judge, load_catalogue
from msp_audit.connectors import CONNECTORS, views_folder_of
from msp_audit.domain import Proof, Record, ResourceReading, Verdict
from msp_audit.settings import RuleSettings
from msp_audit.store import Shrinkage, Store, Views

#: UTC, as everywhere in the store.
START = datetime(2026, 1, 5, 6)  # noqa: DTZ001
PER_COMPANY = 250
SOURCES = ("psa", "automate")
#: Lists that only have to be there.
EMPTY = {
    "psa": (
        "company_types", "company_statuses", "sites", "configuration_types", "configuration_type_questions",
        "configuration_statuses", "manufacturers",
    ),
    "automate": (
        "network_devices", "retired_assets", "ticket_statuses", "ticket_priorities", "plugin_companies",
        "ignored_entities", "plugin_configuration_types", "asset_templates",
        "asset_template_assignments", "service_templates", "plugin_boards", "plugin_statuses",
        "status_mappings_from_psa", "status_mappings_to_psa", "plugin_priorities",
        "priority_mappings_from_psa", "priority_mappings_to_psa", "category_mappings",
    ),
}  # fmt: skip
KEYS = {
    "automate": {
        "clients": ("ClientID",),
        "locations": ("LocationID",),
        "computers": ("ComputerID",),
        "client_mappings": (),
        "site_mappings": (),
        "asset_syncs": (),
        "entity_types": ("entity_kind",),
    },
    "psa": {},
}


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
        shutil.rmtree(folder, ignore_errors=True)
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
                    names = []
                    for resource, records in self.estate.lists(source):
                        spool.add(resource, records)
                        names.append(resource)
                    lap("read")
                    readings = [
                        ResourceReading(
                            source=source, resource=name, verdict=Verdict.COMPLETE, proof=Proof(pages=1)
                        )
                        for name in (*names, *EMPTY[source])
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
        return took

    def sizes(self) -> tuple[float, float]:
        """Megabytes of store and published copy."""
        store, published = self.folder / "store" / "store.duckdb", self.folder / "published.duckdb"
        return store.stat().st_size / 1e6, published.stat().st_size / 1e6


def main() -> None:
    """Run the year and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--assets", type=int, default=200_000)
    parser.add_argument("--weeks", type=int, default=52)
    parser.add_argument("--change", type=float, default=0.05)
    parser.add_argument("--folder", type=Path, required=True)
    given = parser.parse_args()
    year = Year(given.folder, given.assets)
    seconds: dict[int, float] = {}
    size: dict[int, tuple[float, float]] = {}
    for number in range(1, given.weeks + 1):
        if number > 1:
            year.estate.age(given.change)
        took = year.week(number)
        counts = {name: took.pop(name) for name in ("findings", "judged")}
        # Making the records up is the bench's own time, not the run's.
        seconds[number] = sum(value for name, value in took.items() if name != "read")
        size[number] = year.sizes()
        steps = " ".join(f"{name} {value:5.2f}" for name, value in took.items())
        print(
            f"week {number:2} {seconds[number]:6.2f} s ({steps}) store {size[number][0]:7.1f} MB"
            f" published {size[number][1]:7.1f} MB findings {counts['findings']:.0f}"
            f" rules {counts['judged']:.0f}",
            flush=True,
        )
    last = given.weeks
    print(f"size after {last} weeks / after one: {sum(size[last]) / sum(size[1]):.2f} (below 4)")
    print(f"seconds of week {last} / of week 2: {seconds[last] / seconds[min(2, last)]:.2f} (below 1.3)")


if __name__ == "__main__":
    main()
