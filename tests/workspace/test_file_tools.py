"""A PSA and a monitoring tool that is read from files: what is planted is found, and nothing else."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
import pytest

from msp_audit.domain import RuleOutcome, Run
from msp_audit.sandbox import LOGINS, Sandbox, samples_folder
from msp_audit.workspace import Workspace, exit_code
from msp_audit.workspace.doctor import check_sources
from tests.workspace.estate import WEEKS

AS_OF = "2026-11-02T06:00:00Z"
DAY = datetime(2026, 11, 2, 6)
SEEN = "2026-11-02T05:00:00Z"
#: Rules that judge what a monitoring tool knows.
OURS = {
    "coverage.asset_long_unseen",
    "coverage.configuration_inactive_asset_online",
    "coverage.configuration_without_device",
    "coverage.device_without_configuration",
    "coverage.organisation_unmapped",
    "identity.asset_ambiguous",
    "identity.asset_in_other_company",
    "identity.asset_serial_placeholder",
    "identity.device_mac_shared",
    "identity.device_serial_duplicated",
    "identity.device_serial_in_two_companies",
    "identity.device_serial_shared",
}
HEADER = (
    "asset_id,organisation_id,name,kind,manufacturer,serial_number,mac_address,last_seen_at,is_online,"
    "configuration_id"
)
COMPANIES = {10: "Acme", 11: "Initech", 12: "Umbra"}


def configuration(number: int, company: int, name: str, **members: Any) -> dict[str, Any]:
    return {
        "id": number,
        "name": name,
        "type": {"id": 15, "name": "Managed Workstation"},
        "status": {"id": 1, "name": "Active"},
        "company": {"id": company, "name": COMPANIES[company]},
        "manufacturer": {"id": 1, "name": "Dell"},
        "activeFlag": True,
        **members,
    }


CONFIGURATIONS = [
    configuration(101, 10, "PC-1", serialNumber="AAAA1111"),
    configuration(102, 10, "PC-2", serialNumber="BBBB2222", activeFlag=False),
    configuration(103, 10, "PC-3", serialNumber="CCCC3333"),
    configuration(104, 10, "TWIN"),
    configuration(105, 10, "TWIN"),
    configuration(106, 10, "FORGOTTEN", serialNumber="DDDD4444"),
    configuration(107, 11, "PC-7", serialNumber="EEEE5555"),
    configuration(108, 10, "RENAMED", serialNumber="FFFF6666"),
    configuration(109, 10, "SERVER", type={"id": 14, "name": "Managed Server"}),
]
ORGANISATIONS = "organisation_id,name\no1,Acme Ltd\no2,Initech\no3,Umbra\n"
ASSETS = [
    "1,o1,anything,workstation,Dell Inc.,aaaa 1111,00:1A:2B:00:00:01," + SEEN + ",true,",
    "2,o1,PC-2,workstation,Dell,BBBB2222,," + SEEN + ",true,",
    "3,o1,PC-3,workstation,Dell,CCCC3333,,2026-09-01T00:00:00Z,false,",
    "4,o1,TWIN,workstation,,Default string,," + SEEN + ",true,",
    "5,o1,NEW,workstation,Dell,GGGG7777,," + SEEN + ",true,",
    "6,o1,DOUBLE-A,workstation,Dell,HHHH8888,," + SEEN + ",true,108",
    "7,o1,DOUBLE-B,workstation,Dell,HHHH8888,," + SEEN + ",true,108",
    "8,o1,MOVED,workstation,Dell,EEEE5555,," + SEEN + ",true,",
    "10,o1,WANDER-A,workstation,Dell,KKKK1010,," + SEEN + ",true,101",
    "11,o2,WANDER-B,workstation,Dell,KKKK1010,," + SEEN + ",true,107",
    "9,o3,OUT,workstation,Dell,IIII9999,," + SEEN + ",true,",
    *(
        f"{number},o2,DOCK-{number},other,,JJJJ{1234 if number < 24 else number},"
        f"00:1A:2B:00:00:FF,{SEEN},false,107"
        for number in range(20, 24)
    ),
]
PLANTED = {
    ("coverage.configuration_inactive_asset_online", "datto/2"),
    ("coverage.asset_long_unseen", "datto/3"),
    ("identity.asset_ambiguous", "datto/4"),
    ("identity.asset_serial_placeholder", "datto/4"),
    ("coverage.device_without_configuration", "datto/4"),
    ("coverage.device_without_configuration", "datto/5"),
    ("coverage.device_without_configuration", "datto/8"),
    ("identity.device_serial_duplicated", "datto/HHHH8888"),
    ("identity.asset_in_other_company", "datto/8"),
    ("identity.device_serial_in_two_companies", "datto/KKKK1010"),
    ("coverage.organisation_unmapped", "datto/o3"),
    ("identity.device_serial_shared", "datto/JJJJ1234"),
    ("identity.device_mac_shared", "001a2b0000ff"),
    ("coverage.configuration_without_device", "106"),
}


def psa_estate(folder: Path) -> Path:
    """A reading with these companies and configurations, and nothing else in the PSA."""
    estate = folder / WEEKS[0]
    shutil.copytree(samples_folder() / WEEKS[0], estate, ignore=shutil.ignore_patterns("labtech.sql"))
    for path in (estate / "psa").glob("*.ndjson"):
        if path.stem in ("agreements", "agreement_additions", "sites", "management_summaries"):
            path.write_text("")
    companies = [
        {"id": n, "name": name, "identifier": name, "deletedFlag": False} for n, name in COMPANIES.items()
    ]
    for name, records in (("companies", companies), ("configurations", CONFIGURATIONS)):
        (estate / "psa" / f"{name}.ndjson").write_bytes(b"".join(orjson.dumps(r) + b"\n" for r in records))
    return estate


@pytest.fixture(scope="module")
def psa(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with Sandbox(psa_estate(tmp_path_factory.mktemp("estate"))) as sandbox:
        yield sandbox


class Msp:
    """A workspace over the PSA and one tool."""

    def __init__(self, folder: Path, psa: Sandbox) -> None:
        self.folder = folder
        self.psa = psa

    def write(self, name: str, text: str) -> None:
        path = self.folder / "datto" / f"{name}.csv"
        path.write_text(text, encoding="utf-8")
        os.utime(path)

    def run(self, *, reports: str = "serial_number mac_address last_seen_at is_online") -> Run:
        listed = ", ".join(f'"{name}"' for name in reports.split())
        login = LOGINS["psa"]
        (self.folder / "msp-audit.toml").write_text(
            f"""
            as_of = {AS_OF}
            [psa]
            url = "{self.psa.psa_url}"
            company = "{login["company"]}"
            client_id = "{login["client_id"]}"
            public_key = "env:T_PUBLIC_KEY"
            private_key = "env:T_PRIVATE_KEY"
            [files.datto]
            folder = "datto"
            reports = [{listed}]
            covers = ["managed workstation"]
            link_host = "rmm.example"
            [files.datto.organisations]
            o1 = 10
            o2 = 11
            """
        )
        self.workspace = Workspace.open(self.folder)
        self.workspace.snapshot(None if not self.workspace.published.exists() else ["files"])
        return self.workspace.audit()

    def findings(self, detection: str = "true") -> set[tuple[str, str]]:
        rows = self.workspace.sql(
            f"select rule, entity_id from audit.findings where {detection} and detection <> 'resolved'"
        )
        return {(rule, entity) for rule, entity in rows if rule in OURS}


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory, psa: Sandbox) -> Iterator[tuple[Msp, Run]]:
    """The workspace after its first run; not to be changed."""
    made = Msp(tmp_path_factory.mktemp("first"), psa)
    (made.folder / "datto").mkdir()
    made.write("organisations", ORGANISATIONS)
    made.write("assets", "\n".join([HEADER, *ASSETS]) + "\n")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("public_key", "private_key"):
            patch.setenv(f"T_{name}".upper(), LOGINS["psa"][name])
        yield made, made.run()


@pytest.fixture
def msp(tmp_path: Path, first: tuple[Msp, Run]) -> Msp:
    """A copy of it, to go on with."""
    shutil.copytree(first[0].folder, tmp_path, dirs_exist_ok=True, symlinks=True)
    return Msp(tmp_path, first[0].psa)


def outcomes(run: Run) -> dict[str, tuple[RuleOutcome, str]]:
    return {one.rule: (one.outcome, one.reason) for one in run.rule_runs}


def test_the_planted_findings_are_found_and_no_others(first: tuple[Msp, Run]) -> None:
    msp, run = first
    assert not run.failed
    assert {name: outcomes(run)[name] for name in OURS} == dict.fromkeys(OURS, (RuleOutcome.EVALUATED, ""))
    assert msp.findings() == PLANTED
    links = msp.workspace.sql("select from_id, to_id, evidence from core.asset_links where to_id is not null")
    assert ("1", "101", "serial number") in links.rows
    assert ("6", "108", "configuration id") in links.rows
    (umbra,) = msp.workspace.sql(
        "select company_id, confidence, evidence from core.company_links where from_id = 'o3'"
    )
    assert umbra == (12, "likely", "exact name")
    past = msp.workspace.sql("select count(*) from core.monitored_assets", as_of=1).scalar()
    assert past == len(ASSETS)
    assert "datto" in (msp.workspace.report(["weekly_internal"], faces=("html",))[0]).read_text()
    # Auvik is not configured: what only it could tell is not judged, and that is said.
    assert outcomes(run)["auvik.serial_placeholder"][0] is RuleOutcome.NOT_EVALUATED
    assert exit_code(run) == 0


def test_what_a_tool_cannot_tell_is_not_judged_and_its_findings_stay_open(msp: Msp) -> None:
    run = msp.run(reports="mac_address is_online")
    for rule in ("identity.device_serial_duplicated", "identity.asset_serial_placeholder"):
        outcome, reason = outcomes(run)[rule]
        assert (outcome, reason) == (RuleOutcome.NOT_EVALUATED, "datto does not report serial numbers.")
    assert outcomes(run)["coverage.asset_long_unseen"][1] == (
        "datto does not report when it last heard of an asset."
    )
    assert ("identity.device_serial_duplicated", "datto/HHHH8888") in msp.findings("detection = 'unchecked'")
    assert outcomes(run)["coverage.device_without_configuration"][0] is RuleOutcome.EVALUATED


def test_a_broken_export_stops_the_rules_and_names_file_and_line(msp: Msp) -> None:
    msp.write("assets", "\n".join([HEADER, ASSETS[0], "5,o9,NEW,workstation,,,,,,"]) + "\n")
    run = msp.run()
    outcome, reason = outcomes(run)["coverage.device_without_configuration"]
    assert outcome is RuleOutcome.NOT_EVALUATED
    assert "assets.csv: line 3: its organisation_id stands in no line of organisations" in reason
    assert msp.findings() == PLANTED
    assert exit_code(run) == 3
    checks = {check.name: check for _, check in check_sources(msp.workspace.settings, sources=("files",))}
    assert not checks["datto assets"].is_ok
    assert checks["datto organisations"].is_ok


def test_a_tool_that_was_taken_out_of_the_settings_does_not_resolve_anything(msp: Msp) -> None:
    msp.workspace = before = Workspace.open(msp.folder)
    alone = before.settings.model_copy(update={"files": {}})
    run = Workspace(alone).audit()
    assert "files is not configured" in outcomes(run)["identity.asset_ambiguous"][1]
    assert run.resolved == 0
    assert ("identity.asset_ambiguous", "datto/4") in msp.findings()
