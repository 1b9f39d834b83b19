"""A PSA and NinjaOne: what is planted is found, and nothing else; what was not read resolves nothing."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest

from msp_audit.domain import RuleOutcome, Run, Verdict
from msp_audit.sandbox import LOGINS, Sandbox
from msp_audit.workspace import Workspace, exit_code
from msp_audit.workspace.doctor import check_sources
from msp_audit.workspace.papers import Papers
from tests.workspace.test_file_tools import AS_OF, OURS, outcomes, psa_estate

SEEN = datetime(2026, 11, 2, 5, tzinfo=UTC).timestamp()
LONG_AGO = datetime(2026, 9, 1, tzinfo=UTC).timestamp() + 0.25
ORGANIZATIONS = [{"id": 1, "name": "Acme Ltd"}, {"id": 2, "name": "Initech"}, {"id": 3, "name": "Umbra"}]
LOCATIONS = [{"id": 7, "name": "Head office", "organizationId": 1}]
SHARED_MAC = "00-1A-2B-00-00-FF"


def device(number: int, organization: int, name: str, **members: Any) -> dict[str, Any]:
    return {
        "id": number,
        "organizationId": organization,
        "locationId": 7,
        "systemName": name,
        "nodeClass": "WINDOWS_WORKSTATION",
        "approvalStatus": "APPROVED",
        "offline": False,
        "lastContact": SEEN,
        **members,
    }


def system(number: int, serial: str, **members: Any) -> dict[str, Any]:
    return {"deviceId": number, "manufacturer": "Dell Inc.", "serialNumber": serial, **members}


DEVICES = [
    device(1, 1, "anything", macAddresses=["00:1A:2B:00:00:01"]),
    device(2, 1, "PC-2"),
    device(3, 1, "PC-3", offline=True, lastContact=LONG_AGO),
    device(4, 1, "TWIN"),
    device(5, 1, "NEW"),
    device(6, 1, "DOUBLE-A"),
    device(7, 1, "DOUBLE-B"),
    device(8, 1, "MOVED"),
    device(9, 3, "OUT"),
    device(10, 1, "STAGED", approvalStatus="STAGED"),
    device(11, 1, "GUEST", nodeClass="VMWARE_VM_GUEST", parentDeviceId=5),
    device(12, 1, "https://acme.example", nodeClass="CLOUD_MONITOR_TARGET"),
    device(13, 1, "SCRAPPED", approvalStatus="DECOMMISSIONED"),
    device(14, 1, "SW-1", nodeClass="NMS_SWITCH"),
    device(15, 1, "FILLER"),
    device(16, 2, "PC-7"),
    *(device(number, 2, f"DOCK-{number}", macAddresses=[SHARED_MAC]) for number in range(20, 24)),
]
SYSTEMS = [
    system(1, "aaaa 1111"),
    system(2, "BBBB2222"),
    system(3, "CCCC3333"),
    system(4, "Default string", biosSerialNumber="To be filled by O.E.M."),
    system(5, "GGGG7777"),
    system(6, "HHHH8888"),
    system(7, "HHHH8888"),
    system(8, "EEEE5555"),
    system(9, "IIII9999"),
    system(15, "System Serial Number", biosSerialNumber="FFFF6666"),
    system(16, "", biosSerialNumber=""),
    *(system(number, f"JJJJ{number}") for number in range(20, 24)),
]
INTERFACES = [
    {"deviceId": 1, "interfaceName": "Ethernet", "macAddress": ["001A.2B00.0001", "00:1A:2B:00:00:02"]},
    {"deviceId": 5, "interfaceName": "Loopback", "macAddress": []},
]
PLANTED = {
    ("coverage.configuration_inactive_asset_online", "ninjaone/2"),
    ("coverage.asset_long_unseen", "ninjaone/3"),
    ("identity.asset_ambiguous", "ninjaone/4"),
    ("identity.asset_serial_placeholder", "ninjaone/4"),
    ("coverage.device_without_configuration", "ninjaone/4"),
    ("coverage.device_without_configuration", "ninjaone/5"),
    ("coverage.device_without_configuration", "ninjaone/6"),
    ("coverage.device_without_configuration", "ninjaone/7"),
    ("identity.device_serial_duplicated", "ninjaone/HHHH8888"),
    ("coverage.device_without_configuration", "ninjaone/8"),
    ("identity.asset_in_other_company", "ninjaone/8"),
    ("coverage.organisation_unmapped", "ninjaone/3"),
    ("coverage.device_without_configuration", "ninjaone/14"),
    ("identity.device_mac_shared", "001a2b0000ff"),
    *(("coverage.device_without_configuration", f"ninjaone/{number}") for number in range(20, 24)),
    ("coverage.configuration_without_device", "106"),
}
LISTS: Mapping[str, Sequence[Mapping[str, Any]]] = {
    "organizations": ORGANIZATIONS,
    "locations": LOCATIONS,
    "devices": DEVICES,
    "computer_systems": SYSTEMS,
    "network_interfaces": INTERFACES,
}


def write(estate: Path, name: str, records: Sequence[Mapping[str, Any]]) -> None:
    path = estate / "ninjaone" / f"{name}.ndjson"
    path.write_bytes(b"".join(orjson.dumps(record) + b"\n" for record in records))


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    estate = psa_estate(tmp_path_factory.mktemp("estate"))
    (estate / "ninjaone").mkdir()
    for name, records in LISTS.items():
        write(estate, name, records)
    with Sandbox(estate) as running, pytest.MonkeyPatch.context() as patch:
        patch.setenv("T_PUBLIC_KEY", LOGINS["psa"]["public_key"])
        patch.setenv("T_PRIVATE_KEY", LOGINS["psa"]["private_key"])
        patch.setenv("T_NINJAONE", LOGINS["ninjaone"]["client_secret"])
        yield running


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory, sandbox: Sandbox) -> tuple[Workspace, Run]:
    """The workspace after its first run; not to be changed."""
    folder = tmp_path_factory.mktemp("first")
    login = LOGINS["psa"]
    (folder / "msp-audit.toml").write_text(
        f"""
        as_of = {AS_OF}
        [psa]
        url = "{sandbox.psa_url}"
        company = "{login["company"]}"
        client_id = "{login["client_id"]}"
        public_key = "env:T_PUBLIC_KEY"
        private_key = "env:T_PRIVATE_KEY"
        [ninjaone]
        url = "{sandbox.ninjaone_url}"
        client_id = "{LOGINS["ninjaone"]["client_id"]}"
        client_secret = "env:T_NINJAONE"
        covers = ["managed workstation"]
        http = {{ page_size = 7, retry_floor_seconds = 0 }}
        [ninjaone.organisations]
        1 = 10
        2 = 11
        """
    )
    workspace = Workspace.open(folder)
    workspace.snapshot()
    return workspace, workspace.audit()


@pytest.fixture
def again(tmp_path: Path, first: tuple[Workspace, Run]) -> Workspace:
    """A copy of it, to go on with."""
    shutil.copytree(first[0].settings.root, tmp_path, dirs_exist_ok=True, symlinks=True)
    return Workspace.open(tmp_path)


def findings(workspace: Workspace, detection: str = "true") -> set[tuple[str, str]]:
    rows = workspace.sql(
        f"select rule, entity_id from audit.findings where {detection} and detection <> 'resolved'"
    )
    return {(rule, entity) for rule, entity in rows if rule in OURS}


def test_the_planted_findings_are_found_and_no_others(first: tuple[Workspace, Run]) -> None:
    workspace, run = first
    assert not run.failed
    assert {name: outcomes(run)[name] for name in OURS} == dict.fromkeys(OURS, (RuleOutcome.EVALUATED, ""))
    assert findings(workspace) == PLANTED
    assert exit_code(run) == 0
    links = workspace.sql("select from_id, to_id, evidence from core.asset_links where to_id is not null")
    assert {("1", "101", "serial number"), ("15", "108", "serial number")} <= set(links.rows)
    (umbra,) = workspace.sql("select company_id, evidence from core.company_links where from_id = '3'")
    assert umbra == (12, "exact name")
    reason = workspace.sql(
        "select reason from audit.findings where rule = 'coverage.asset_long_unseen'"
    ).scalar()
    assert (
        reason
        == "The asset PC-3 was last seen by NinjaOne on 2026-09-01, yet its configuration PC-3 is active."
    )
    # The website that is watched from outside is none.
    assert workspace.sql("select count(*) from core.monitored_assets", as_of=1).scalar() == len(DEVICES) - 1


def test_a_report_names_the_tool_and_links_its_device_only_in_the_region_of_the_settings(
    first: tuple[Workspace, Run],
) -> None:
    workspace, _ = first
    page = workspace.report(["weekly_internal"], faces=("html",))[0].read_text()
    assert "in NinjaOne" in page
    assert workspace.settings.ninjaone is not None
    region = workspace.settings.ninjaone.model_copy(update={"url": "https://eu.ninjarmm.com"})
    links = Papers(workspace.settings.model_copy(update={"ninjaone": region})).extras(()).links
    for host, is_linked in (("eu.ninjarmm.com", True), ("app.ninjarmm.com", False)):
        address = f"https://{host}/#/deviceDashboard/5/overview"
        row = {"key": {}, "evidence": {"monitored_by": "ninjaone", "dashboard_url": address}}
        assert links.of(row) == ([("NinjaOne", address)] if is_linked else [])


def test_a_list_that_is_refused_leaves_its_findings_open(sandbox: Sandbox, again: Workspace) -> None:
    sandbox.faults.add("server_error", path="/v2/queries/computer-systems", status=403)
    try:
        (snapshot,) = again.snapshot(["ninjaone"])
    finally:
        sandbox.faults.clear()
    verdicts = {one.resource: one for one in snapshot.readings}
    assert verdicts["computer_systems"].verdict is Verdict.REFUSED
    assert "the scope monitoring" in verdicts["computer_systems"].reason
    assert verdicts["devices"].verdict is Verdict.COMPLETE
    run = again.audit()
    outcome, reason = outcomes(run)["identity.device_serial_duplicated"]
    assert outcome is RuleOutcome.NOT_EVALUATED
    assert "ninjaone.computer_systems is refused" in reason
    assert run.resolved == 0
    assert ("identity.device_serial_duplicated", "ninjaone/HHHH8888") in findings(
        again, "detection = 'unchecked'"
    )
    assert exit_code(run) == 3


def test_a_device_that_left_resolves_what_was_said_of_it(sandbox: Sandbox, again: Workspace) -> None:
    write(sandbox.folder, "devices", [one for one in DEVICES if one["id"] != 5])
    sandbox.serve(sandbox.folder)
    try:
        again.snapshot(["ninjaone"])
    finally:
        write(sandbox.folder, "devices", DEVICES)
        sandbox.serve(sandbox.folder)
    assert again.audit().resolved == 1
    assert findings(again) == PLANTED - {("coverage.device_without_configuration", "ninjaone/5")}


def test_doctor_says_what_the_client_may_and_what_to_do_if_not(sandbox: Sandbox, again: Workspace) -> None:
    sandbox.forget_visits()
    checks = {check.name: check for _, check in check_sources(again.settings, sources=("ninjaone",))}
    assert {name: check.detail for name, check in checks.items() if not check.is_ok} == {}
    assert checks["ninjaone devices"].detail == "readable"
    assert {visit.path for visit in sandbox.visits if visit.method == "POST"} == {"/ws/oauth/token"}
    sandbox.faults.add("ninjaone_client_unknown")
    try:
        (check,) = (check for _, check in check_sources(again.settings, sources=("ninjaone",)))
    finally:
        sandbox.faults.clear()
    assert not check.is_ok
    assert "invalid_client" in check.detail
    assert "region" in check.fix
