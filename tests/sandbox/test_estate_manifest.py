"""The samples trip what the manifest says and nothing else, by a second, plain reading of the predicates.

The rules themselves are SQL and have their own tests; here the data is on trial.
"""

from __future__ import annotations

import csv
import json
import re
import tomllib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from msp_audit.sandbox.estate import SAMPLE, Plan, generate

SAMPLES = Path(__file__).parents[2] / "data" / "samples"
WEEKS = ("2026-11-02", "2026-11-09", "2026-11-16")
MANIFEST = json.loads((SAMPLES / "manifest.json").read_text(encoding="utf-8"))
Found = set[tuple[str, ...]]


class Estate:
    """One reading, as the systems tell it."""

    def __init__(self, week: str, *, folder: Path = SAMPLES) -> None:
        self.folder = folder / week
        declared = tomllib.loads((folder / "auvik_sync.toml").read_text(encoding="utf-8"))
        self.sync: dict[str, Any] = declared["auvik"]["sync"]
        self.as_of = datetime.fromisoformat(f"{week}T06:00:00")
        self.ignored: dict[str, set[int]] = defaultdict(set)
        for row in self.table("plugin_cw_ignoredentities"):
            self.ignored[row["TargetType"]].add(number(row["LTTargetID"]))
        self.clients = {number(row["ClientID"]): row for row in self.table("clients")}
        self.computers = {number(row["ComputerID"]): row for row in self.table("computers")}
        self.maps: dict[int, set[int]] = defaultdict(set)
        self.templated: set[int] = set()
        for row in self.table("plugin_cw_clientmapping"):
            if number(row["CWCompanyRecID"]) > 0:
                self.maps[number(row["ClientID"])].add(number(row["CWCompanyRecID"]))
                if number(row["ManagedServiceTemplateID"]) > 0:
                    self.templated.add(number(row["ClientID"]))
        self.syncs = {
            number(row["LTTargetID"]): number(row["CWConfigRecID"])
            for row in self.table("plugin_cw_lastassetsync")
            if row["TargetType"] == "1" and number(row["CWConfigRecID"]) > 0
        }
        self.companies = {int(record["id"]): record for record in self.records("psa/companies")}
        self.configurations = {int(record["id"]): record for record in self.records("psa/configurations")}
        self.by_serial: dict[tuple[int, str], list[int]] = defaultdict(list)
        self.by_name: dict[tuple[int, str], list[int]] = defaultdict(list)
        for id_, record in self.configurations.items():
            company = int(record["company"]["id"])
            serial, name = good(record["serialNumber"]), host(record["name"])
            if serial:
                self.by_serial[company, serial].append(id_)
            if name:
                self.by_name[company, name].append(id_)

    def table(self, name: str) -> list[dict[str, str]]:
        with (self.folder / f"automate/tables/{name}.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def records(self, name: str) -> list[dict[str, Any]]:
        text = (self.folder / f"{name}.ndjson").read_text(encoding="utf-8")
        return [json.loads(line) for line in text.split("\n") if line]

    def link(self, companies: set[int], serial: str | None, name: str | None) -> int | None:
        for index, value in ((self.by_serial, good(serial)), (self.by_name, host(name))):
            hits = [id_ for company in companies for id_ in index.get((company, value or ""), ())]
            if len(hits) == 1:
                return hits[0]
        return None

    def computer_link(self, id_: int) -> int | None:
        row = self.computers[id_]
        if self.syncs.get(id_) in self.configurations:
            return self.syncs[id_]
        return self.link(self.maps.get(number(row["ClientID"]), set()), row["BiosVer"], row["Name"])

    def silent_days(self, row: dict[str, str]) -> float | None:
        text = row["LastContact"]
        if not text or text < "1980":
            return None
        return (self.as_of - datetime.fromisoformat(text)) / timedelta(days=1)

    def scoped(self) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
        tenants = {
            record["id"]: record["attributes"]["domainPrefix"] for record in self.records("auvik/tenants")
        }
        for device in self.records("auvik/devices_v2"):
            row = self.sync["site_map"].get(tenants.get(device["relationships"]["tenant"]["data"]["id"]))
            if row and row.get("inventory", True) and device["attributes"]["manageStatus"]:
                yield device, row


def number(text: str | None) -> int:
    return int(text) if text and re.fullmatch(r"-?\d+", text) else 0


def normal(serial: str | None) -> str:
    text = re.sub(r"[\s\u00a0\u200b]", "", serial or "").upper()
    return re.sub(r"^S/N:?", "", text)


def placeholder(serial: str | None) -> bool:
    text = normal(serial)
    filler = {"DEFAULTSTRING", "TOBEFILLEDBYO.E.M.", "SYSTEMSERIALNUMBER", "OEM_SERIAL"}
    words = filler | {"UNKNOWN", "NONE", "N/A"}
    return (
        len(text) < 4
        or text in words
        or len(set(text)) == 1
        or "01234567890".find(text) >= 0
        or re.fullmatch(r"\d\.\d(\.\d)?", text) is not None
    )


def good(serial: str | None) -> str | None:
    return None if placeholder(serial) else normal(serial)


def blank(serial: str | None) -> bool:
    return (serial or "").strip().lower() in ("", "unknown", "n/a", "none", "-")


def host(name: str | None) -> str | None:
    text = " ".join((name or "").replace("\u00a0", " ").replace("\u200b", "").split())
    if not text or re.fullmatch(r"[\d.]+|[0-9a-f:]+:[0-9a-f:]+", text):
        return None
    return text.split(".")[0].lower()


def client_unsynced(of: Estate) -> Found:
    return {(str(id_),) for id_ in of.clients if not of.maps.get(id_) and id_ not in of.ignored["3"]}


def location_unsynced(of: Estate) -> Found:
    mapped = {
        row["LocationID"] for row in of.table("plugin_cw_sitemapping") if number(row["CWSiteRecID"]) > 0
    }
    return {
        (row["LocationID"],)
        for row in of.table("locations")
        if row["LocationID"] not in mapped
        and number(row["LocationID"]) not in of.ignored["2"]
        and number(row["ClientID"]) not in of.ignored["3"]
        and number(row["ClientID"]) in of.clients
        and of.maps.get(number(row["ClientID"]))
    }


def asset_unsynced(of: Estate) -> Found:
    return {
        (str(id_),)
        for id_, row in of.computers.items()
        if id_ not in of.syncs
        and id_ not in of.ignored["1"]
        and number(row["LocationID"]) not in of.ignored["2"]
        and number(row["ClientID"]) not in of.ignored["3"]
        and number(row["ClientID"]) in of.templated
        and number(row["ClientID"]) in of.clients
    }


def asset_template_unassigned(of: Estate) -> Found:
    assigned = {row["AssetTemplateID"] for row in of.table("plugin_cw_assettemplateassignments")}
    templates = (row["AssetTemplateID"] for row in of.table("plugin_cw_assettemplates"))
    return {(id_,) for id_ in templates if id_ not in assigned}


def _unmapped(of: Estate, subject: str, key: str, table: str, target: str) -> Found:
    mapped = {row[key] for row in of.table(table) if number(row[target]) > 0}
    return {
        (row[key],) for row in of.table(subject) if row[key] not in mapped and row.get("Inactive", "0") == "0"
    }


def status_unmapped_from_psa(of: Estate) -> Found:
    return _unmapped(
        of, "plugin_cw_servicestatuses", "CWServiceStatusRecID", "plugin_cw_cwstatusmapping", "TicketStatusID"
    )


def status_unmapped_to_psa(of: Estate) -> Found:
    mapped = {
        (row["TicketStatusID"], number(row["CWServiceBoardRecID"]))
        for row in of.table("plugin_cw_ltstatusmapping")
        if number(row["CWServiceStatusRecID"]) > 0
    }
    return {
        (status["TicketStatusID"], board["CWServiceBoardRecID"])
        for status in of.table("ticketstatus")
        for board in of.table("plugin_cw_serviceboards")
        if not {
            (status["TicketStatusID"], 0),
            (status["TicketStatusID"], number(board["CWServiceBoardRecID"])),
        }
        & mapped
    }


def priority_unmapped_from_psa(of: Estate) -> Found:
    table = "plugin_cw_cwtolabtechservicepriorityxrefs"
    return _unmapped(of, "plugin_cw_servicepriorities", "CWServicePriorityRecID", table, "Priority")


def priority_unmapped_to_psa(of: Estate) -> Found:
    return _unmapped(
        of, "ticketpriority", "Priority", "plugin_cw_servicepriorityxrefs", "CWServicePriorityRecID"
    )


def company_gone(of: Estate) -> Found:
    alive = {id_ for id_, record in of.companies.items() if not record["deletedFlag"]}
    return {(str(client), str(id_)) for client, ids in of.maps.items() for id_ in ids if id_ not in alive}


def company_shared(of: Estate) -> Found:
    users = Counter(id_ for client, ids in of.maps.items() if client in of.clients for id_ in ids)
    return {(str(id_),) for id_, count in users.items() if count > 1}


def external_id_mismatch(of: Estate) -> Found:
    return {
        (str(id_),)
        for id_, row in of.clients.items()
        if number(row["ExternalID"]) and of.maps.get(id_) and number(row["ExternalID"]) not in of.maps[id_]
    }


def computer_without_configuration(of: Estate) -> Found:
    alive = {id_ for id_, record in of.companies.items() if not record["deletedFlag"]}
    found: Found = set()
    for id_, row in of.computers.items():
        days = of.silent_days(row)
        client = number(row["ClientID"])
        seen = days is not None and days <= 30
        is_ignored = id_ in of.ignored["1"] or client in of.ignored["3"]
        if seen and not is_ignored and of.maps.get(client, set()) & alive and of.computer_link(id_) is None:
            found.add((str(id_),))
    return found


def device_without_configuration(of: Estate) -> Found:
    return {
        (device["id"],)
        for device, row in of.scoped()
        if of.link(
            {row["company_id"]}, device["attributes"]["serialNumber"], device["attributes"]["deviceName"]
        )
        is None
    }


def serial_duplicated(of: Estate) -> Found:
    return {
        (str(company), serial)
        for (company, serial), ids in of.by_serial.items()
        if sum(of.configurations[id_]["activeFlag"] for id_ in ids) > 1
    }


def computer_stale(of: Estate) -> Found:
    found: Found = set()
    for id_, row in of.computers.items():
        days = of.silent_days(row)
        if days is not None and days > 45:
            link = of.computer_link(id_)
            if link and of.configurations[link]["activeFlag"]:
                found.add((str(id_),))
    return found


def company_twin(of: Estate) -> Found:
    named = [
        (id_, (record["name"] or "").lower(), bool(record["deletedFlag"]))
        for id_, record in of.companies.items()
    ]
    deleted = {name for _, name, is_deleted in named if is_deleted}
    return {(str(id_),) for id_, name, is_deleted in named if name and not is_deleted and name in deleted}


def configuration_status_disagrees(of: Estate) -> Found:
    closed = {record["id"]: record["closedFlag"] for record in of.records("psa/configuration_statuses")}
    return {
        (str(id_),)
        for id_, record in of.configurations.items()
        if record["activeFlag"] is closed[record["status"]["id"]]
    }


def tenant_unmapped(of: Estate) -> Found:
    managed = {
        device["relationships"]["tenant"]["data"]["id"]
        for device in of.records("auvik/devices_v2")
        if device["attributes"]["manageStatus"]
    }
    return {
        (record["id"],)
        for record in of.records("auvik/tenants")
        if record["attributes"]["tenantType"] in ("client", "corporateIt")
        and record["id"] in managed
        and record["attributes"]["domainPrefix"] not in of.sync["site_map"]
    }


def serial_placeholder(of: Estate) -> Found:
    serials = ((device["id"], device["attributes"]["serialNumber"]) for device, _ in of.scoped())
    return {(id_,) for id_, serial in serials if placeholder(serial) and not blank(serial)}


def question_required(of: Estate) -> Found:
    targets = {name.lower() for name in of.sync["class_map"].values()}
    types = {record["id"]: record["name"].lower() for record in of.records("psa/configuration_types")}
    return {
        (str(record["id"]),)
        for record in of.records("psa/configuration_type_questions")
        if record["requiredFlag"]
        and not record["inactiveFlag"]
        and types[record["configurationType"]["id"]] in targets
    }


def rediscovery_hazard(of: Estate) -> Found:
    return (
        {("only_match_active+inactive_on_delete",)}
        if of.sync["only_match_active"] and of.sync["inactive_on_delete"]
        else set()
    )


RULES: dict[str, Callable[[Estate], Found]] = {
    "sync.client_unsynced": client_unsynced,
    "sync.location_unsynced": location_unsynced,
    "sync.asset_unsynced": asset_unsynced,
    "sync.asset_template_unassigned": asset_template_unassigned,
    "sync.status_unmapped_from_psa": status_unmapped_from_psa,
    "sync.status_unmapped_to_psa": status_unmapped_to_psa,
    "sync.priority_unmapped_from_psa": priority_unmapped_from_psa,
    "sync.priority_unmapped_to_psa": priority_unmapped_to_psa,
    "mapping.company_gone": company_gone,
    "mapping.company_shared": company_shared,
    "mapping.external_id_mismatch": external_id_mismatch,
    "coverage.computer_without_configuration": computer_without_configuration,
    "coverage.device_without_configuration": device_without_configuration,
    "hygiene.serial_duplicated": serial_duplicated,
    "hygiene.computer_stale": computer_stale,
    "hygiene.company_twin": company_twin,
    "hygiene.configuration_status_disagrees": configuration_status_disagrees,
    "auvik.tenant_unmapped": tenant_unmapped,
    "auvik.serial_placeholder": serial_placeholder,
    "auvik.question_required": question_required,
    "auvik.rediscovery_hazard": rediscovery_hazard,
}


@cache
def estate(week: str) -> Estate:
    return Estate(week)


def planted(rule: str, *, week: str) -> Found:
    return {
        tuple(one["key"].values())
        for one in MANIFEST["findings"]
        if one["rule"] == rule and week in one["weeks"]
    }


@pytest.mark.parametrize("week", WEEKS)
@pytest.mark.parametrize("rule", RULES)
def test_the_samples_trip_what_the_manifest_says_and_nothing_else(rule: str, week: str) -> None:
    assert RULES[rule](estate(week)) == planted(rule, week=week)


@pytest.mark.parametrize("seed", [1, 7])
def test_an_estate_without_planted_faults_trips_only_its_settings(seed: int, tmp_path: Path) -> None:
    plan = Plan(seed=seed, companies=32, sites=90, computers=900, devices=300, has_sql=False)
    generate(tmp_path, plan=plan)
    for week in WEEKS:
        of = Estate(week, folder=tmp_path)
        tripped = {rule for rule, found in RULES.items() if found(of)}
        assert tripped == {"auvik.rediscovery_hazard"}


def test_a_share_of_faults_trips_the_rules_that_grow_with_the_estate(tmp_path: Path) -> None:
    plan = Plan(
        companies=20, sites=40, computers=2000, devices=400, readings=SAMPLE.readings[:1], fault_share=0.1
    )
    generate(tmp_path, plan=plan)
    of = Estate(WEEKS[0], folder=tmp_path)
    counts = {rule: len(found(of)) for rule, found in RULES.items()}
    grown = {
        "sync.asset_unsynced", "coverage.computer_without_configuration",
        "coverage.device_without_configuration",
        "hygiene.computer_stale", "hygiene.configuration_status_disagrees", "auvik.serial_placeholder",
    }  # fmt: skip
    assert {rule for rule, count in counts.items() if count > 1} == grown
    computers = sum(counts[rule] for rule in grown if rule.split(".")[0] in ("sync", "hygiene"))
    assert 80 < computers < 220


@pytest.mark.parametrize("rule", RULES)
def test_a_look_alike_is_never_a_planted_finding(rule: str) -> None:
    alike = [tuple(one["key"].values()) for one in MANIFEST["look_alikes"] if one["rule"] == rule]
    faults = {tuple(one["key"].values()) for one in MANIFEST["findings"] if one["rule"] == rule}
    assert alike
    assert len(alike) == len(set(alike))
    assert not faults & set(alike)


def test_every_rule_has_faults_in_every_stage_of_life() -> None:
    stages = {
        "persisting": list(WEEKS), "new": [WEEKS[1], WEEKS[2]], "new at last": [WEEKS[2]],
        "resolved": [WEEKS[0]], "resolved at last": [WEEKS[0], WEEKS[1]], "reopened": [WEEKS[0], WEEKS[2]],
    }  # fmt: skip
    patterns = [one["weeks"] for one in MANIFEST["findings"]]
    assert {name: patterns.count(weeks) > 2 for name, weeks in stages.items()} == dict.fromkeys(stages, True)
    counts = Counter(one["rule"] for one in MANIFEST["findings"])
    # The rules over predictions and links are judged a second time in tests/prediction and tests/links.
    assert set(RULES) <= set(counts)
    assert {rule for rule in RULES if counts[rule] < 2} == {"auvik.rediscovery_hazard"}


def test_every_planted_fault_is_told_in_a_sentence() -> None:
    for one in (*MANIFEST["findings"], *MANIFEST["look_alikes"]):
        assert one["story"].endswith(".")
        assert "\n" not in one["story"]
