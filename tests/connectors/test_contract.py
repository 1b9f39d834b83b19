"""One contract for every interface: each way to misbehave ends in its verdict, never in a quiet loss."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from msp_audit.connectors.automate import AutomateConnector
from msp_audit.connectors.auvik import AuvikConnector
from msp_audit.connectors.base import Connector
from msp_audit.connectors.ninjaone import NinjaoneConnector
from msp_audit.connectors.psa import PsaConnector
from msp_audit.domain import Record, ResourceReading, Verdict
from msp_audit.sandbox import LOGINS, Sandbox, sample_weeks, samples_folder
from msp_audit.settings import AutomateSettings, AuvikSettings, NinjaoneSettings, PsaSettings
from msp_audit.store import Shrinkage
from tests.workspace.estate import WEEKS, workspace_on

WEEK = sample_weeks(samples_folder())[-1]
PATIENT = {"retry_floor_seconds": 0, "tries": 5}
COMPLETE, PARTIAL, REFUSED = Verdict.COMPLETE, Verdict.PARTIAL, Verdict.REFUSED


@dataclass(frozen=True, kw_only=True)
class Interface:
    """One way to read, and its longest list."""

    name: str
    resource: str
    #: Of the list, below the source's address.
    path: str
    #: File of the estate that holds it.
    file: str
    page_size: int
    #: Settings that switch an optional list on.
    options: dict[str, bool] = field(default_factory=dict)

    def connector(self, sandbox: Sandbox) -> Connector:
        http = {**PATIENT, "page_size": self.page_size}
        if self.name == "psa":
            keys = {"public_key": "env:CONTRACT_PUBLIC", "private_key": "env:CONTRACT_PRIVATE"}
            psa = {"url": sandbox.psa_url, **LOGINS["psa"], **keys, "http": http}
            return PsaConnector(PsaSettings.model_validate(psa), sleep=_no_sleep)
        if self.name == "automate":
            automate = {
                "url": sandbox.automate_url,
                **LOGINS["automate"],
                "password": "env:CONTRACT_AUTOMATE",
            }
            return AutomateConnector(
                AutomateSettings.model_validate({**automate, "http": http}), sleep=_no_sleep
            )
        if self in NINJAONE:
            ninjaone = {
                "url": sandbox.ninjaone_url,
                "client_id": LOGINS["ninjaone"]["client_id"],
                "client_secret": "env:CONTRACT_NINJAONE",
                "http": http,
            }
            return NinjaoneConnector(NinjaoneSettings.model_validate(ninjaone), sleep=_no_sleep)
        auvik = {
            "url": sandbox.auvik_url,
            "username": LOGINS["auvik"]["username"],
            "api_key": "env:CONTRACT_AUVIK",
            "api_version": "v2" if self is AUVIK_2 else "v1",
            "interfaces": False,
            **self.options,
            "http": http,
        }
        return AuvikConnector(AuvikSettings.model_validate(auvik), sleep=_no_sleep)


PSA = Interface(
    name="psa",
    resource="configurations",
    path="*/company/configurations",
    file="psa/configurations.ndjson",
    page_size=300,
)
AUTOMATE = Interface(
    name="automate",
    resource="computers",
    path="*omputers",
    file="automate/rest/computers.ndjson",
    page_size=300,
)
AUVIK_1 = Interface(
    name="auvik_v1",
    resource="devices",
    path="/v1/inventory/device/info",
    file="auvik/devices_v1.ndjson",
    page_size=10,
)
AUVIK_2 = Interface(
    name="auvik_v2",
    resource="devices",
    path="/v2/api/inventory/device/info",
    file="auvik/devices_v2.ndjson",
    page_size=50,
)
AUVIK_INTERFACES = Interface(
    name="auvik_interfaces",
    resource="interfaces",
    path="/v1/inventory/interface/info",
    file="auvik/interfaces.ndjson",
    page_size=5,
    options={"interfaces": True},
)
AUVIK_LIFECYCLES = Interface(
    name="auvik_lifecycles",
    resource="device_lifecycles",
    path="/v1/inventory/device/lifecycle",
    file="auvik/devices_v1.ndjson",
    page_size=3,
    options={"lifecycles": True},
)
AUVIK_WARRANTIES = Interface(
    name="auvik_warranties",
    resource="device_warranties",
    path="/v1/inventory/device/warranty",
    file="auvik/devices_v1.ndjson",
    page_size=3,
    options={"warranties": True},
)
AUVIK = (AUVIK_1, AUVIK_2, AUVIK_INTERFACES, AUVIK_LIFECYCLES, AUVIK_WARRANTIES)
NINJAONE_DEVICES = Interface(
    name="ninjaone_devices",
    resource="devices",
    path="/v2/devices-detailed",
    file="automate/rest/computers.ndjson",
    page_size=300,
)
NINJAONE_SYSTEMS = Interface(
    name="ninjaone_systems",
    resource="computer_systems",
    path="/v2/queries/computer-systems",
    file="automate/rest/computers.ndjson",
    page_size=300,
)
NINJAONE = (NINJAONE_DEVICES, NINJAONE_SYSTEMS)
EVERY = (PSA, AUTOMATE, *AUVIK, *NINJAONE)


@dataclass(frozen=True, kw_only=True)
class Case:
    """A fault of the longest list, and what the reading has to say about it."""

    what: str
    of: tuple[Interface, ...] = EVERY
    fault: str = ""
    options: dict[str, Any] = field(default_factory=dict)
    verdict: Verdict = COMPLETE
    reason: str = ""
    #: A fault that passes has been retried.
    is_retried: bool = False


CASES = (
    Case(what="second page"),
    Case(what="loop", of=(PSA,), fault="psa_21_no_forward_only"),
    Case(what="loop", of=(AUTOMATE,), fault="automate_repeated_page", verdict=PARTIAL, reason="again|same"),
    Case(
        what="loop",
        of=AUVIK,
        fault="auvik_repeated_cursor",
        verdict=PARTIAL,
        reason="comes back to where it was",
    ),
    Case(
        what="loop",
        of=(NINJAONE_DEVICES,),
        fault="ninjaone_repeated_page",
        verdict=PARTIAL,
        reason="go on behind",
    ),
    Case(
        what="loop",
        of=(NINJAONE_SYSTEMS,),
        fault="ninjaone_repeated_page",
        verdict=PARTIAL,
        reason="nothing new",
    ),
    Case(what="foreign link host", of=(PSA,), fault="psa_22_link_odd", options={"form": "other_host"}),
    Case(
        what="foreign link host",
        of=AUVIK,
        fault="auvik_foreign_next",
        verdict=PARTIAL,
        reason=r"goes on at auvikapi\.us9\.my\.auvik\.com.*not sent there",
    ),
    Case(what="short page", of=(PSA,), fault="psa_short_page", options={"after": 1, "times": 1}),
    Case(what="short page", of=(AUTOMATE,), fault="automate_short_page", options={"after": 1, "times": 1}),
    Case(what="short page", of=AUVIK, fault="auvik_short_page", options={"after": 1, "times": 1}),
    Case(what="short page", of=NINJAONE, fault="ninjaone_short_page", options={"after": 1, "times": 1}),
    Case(what="401", fault="server_error", options={"status": 401}, verdict=REFUSED, reason="HTTP 401"),
    Case(
        what="403",
        fault="server_error",
        options={"status": 403},
        verdict=REFUSED,
        reason="HTTP 403.*(Grant|Give|reading)",
    ),
    Case(what="429 seconds", of=(PSA,), fault="psa_01_rate_limited", options={"times": 2}, is_retried=True),
    Case(
        what="429 as HTML", of=(PSA,), fault="psa_02_cloudflare_page", options={"times": 2}, is_retried=True
    ),
    Case(
        what="429 seconds",
        of=(AUTOMATE,),
        fault="automate_rate_limited",
        options={"times": 2},
        is_retried=True,
    ),
    *(
        Case(
            what=f"429 {form}",
            of=AUVIK,
            fault="auvik_rate_limited",
            options={"times": 2, "form": form},
            is_retried=True,
        )
        for form in ("seconds", "date", "zero", "none")
    ),
    Case(
        what="429 seconds", of=NINJAONE, fault="ninjaone_rate_limited", options={"times": 2}, is_retried=True
    ),
    Case(
        what="429 as 403",
        of=AUVIK,
        fault="auvik_rate_limited_as_forbidden",
        options={"times": 2},
        is_retried=True,
    ),
    Case(what="500 then good", fault="server_error", options={"times": 1}, is_retried=True),
    Case(
        what="503 HTML",
        fault="server_error",
        options={"status": 503},
        verdict=PARTIAL,
        reason=r"kept failing with HTTP 503: HTML \(503 Server Error\)",
    ),
    Case(what="truncated JSON", fault="truncated_json", verdict=PARTIAL, reason="bytes of damaged JSON"),
    Case(what="connection dropped once", fault="connection_dropped", options={"times": 1}, is_retried=True),
    Case(what="null members", of=(PSA,), fault="psa_36_members_missing"),
    Case(what="missing members", of=(PSA,), fault="psa_36_members_missing", options={"form": "absent"}),
    Case(
        what="null members",
        of=(AUVIK_2,),
        fault="auvik_null_attributes",
        verdict=PARTIAL,
        reason="has a manageStatus",
    ),
    Case(
        what="missing members",
        of=(NINJAONE_DEVICES,),
        fault="ninjaone_member_gone",
        verdict=PARTIAL,
        reason="has a nodeClass",
    ),
    Case(
        what="ids out of order",
        of=(NINJAONE_DEVICES,),
        fault="ninjaone_ids_unordered",
        verdict=PARTIAL,
        reason="go on behind its last id",
    ),
    Case(
        what="cursor expired",
        of=(NINJAONE_SYSTEMS,),
        fault="ninjaone_cursor_expires",
        verdict=PARTIAL,
        reason="cursor_expired",
    ),
    Case(what="unknown enum", of=(PSA,), fault="psa_40_unknown_enum"),
    Case(what="deleted flags", of=(PSA,), fault="psa_43_recycle_bin"),
    Case(what="id twice", of=(PSA,), fault="psa_row_repeated"),
    Case(what="id twice", of=(AUTOMATE,), fault="automate_rows_shift"),
    Case(what="id twice", of=AUVIK, fault="auvik_duplicate_id"),
    Case(what="id twice", of=NINJAONE, fault="ninjaone_rows_shift"),
    Case(what="token expiry", of=(AUTOMATE,), fault="automate_token_expires", options={"after": 2}),
    Case(what="token expiry", of=NINJAONE, fault="ninjaone_token_expires", options={"after": 1}),
)


def _no_sleep(_seconds: float) -> None:
    return


@pytest.fixture(autouse=True)
def _keys(monkeypatch: pytest.MonkeyPatch) -> None:
    _sign_in(monkeypatch)


def _sign_in(patch: pytest.MonkeyPatch) -> None:
    patch.setenv("CONTRACT_PUBLIC", LOGINS["psa"]["public_key"])
    patch.setenv("CONTRACT_PRIVATE", LOGINS["psa"]["private_key"])
    patch.setenv("CONTRACT_AUTOMATE", LOGINS["automate"]["password"])
    patch.setenv("CONTRACT_AUVIK", LOGINS["auvik"]["api_key"])
    patch.setenv("CONTRACT_NINJAONE", LOGINS["ninjaone"]["client_secret"])


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(WEEK) as running:
        yield running


@pytest.fixture(scope="module")
def truth(sandbox: Sandbox) -> dict[str, set[str]]:
    with pytest.MonkeyPatch.context() as patch:
        _sign_in(patch)
        return {one.name: set(read(one, sandbox)[1]) for one in EVERY}


def read(interface: Interface, sandbox: Sandbox) -> tuple[ResourceReading, dict[str, Record]]:
    """The reading of the interface's longest list, and its records by identity."""
    connector = interface.connector(sandbox)
    found: ResourceReading | None = None
    records: dict[str, Record] = {}
    try:
        for event in connector.read():
            if event.resource != interface.resource:
                continue
            if isinstance(event, ResourceReading):
                found = event
            else:
                for record in event.records:
                    identity = str(record.get("id", record.get("ComputerID", record.get("deviceId"))))
                    assert identity not in records, "handed on twice"
                    records[identity] = record
    finally:
        connector.close()
    assert found is not None, "a list without an end"
    return found, records


@pytest.mark.parametrize(
    ("interface", "case"),
    [
        pytest.param(one, case, id=f"{one.name}-{case.what}-{number}")
        for number, case in enumerate(CASES)
        for one in case.of
    ],
)
def test_each_fault_ends_in_its_verdict(
    sandbox: Sandbox, truth: dict[str, set[str]], interface: Interface, case: Case
) -> None:
    sandbox.faults.clear()
    if case.fault:
        sandbox.faults.add(case.fault, path=interface.path, **case.options)
    try:
        reading, records = read(interface, sandbox)
    finally:
        acted = sum(switched.acted for switched in sandbox.faults.on)
        sandbox.faults.clear()
    assert acted or not case.fault
    assert (reading.verdict, bool(reading.reason)) == (case.verdict, case.verdict is not COMPLETE)
    assert re.search(case.reason, reading.reason)
    assert set(records) <= truth[interface.name]
    assert reading.proof.rows == len(records)
    if case.verdict is COMPLETE:
        assert set(records) == truth[interface.name]
        assert len(records) > interface.page_size
        assert reading.proof.pages > 1
    assert bool(reading.proof.retries) >= case.is_retried


@pytest.mark.parametrize("interface", EVERY, ids=lambda one: str(one.name))
def test_a_list_that_moves_is_never_complete_with_a_hole(
    sandbox: Sandbox, truth: dict[str, set[str]], interface: Interface
) -> None:
    """Numbered pages that lose a row; what is read by a cursor cannot lose one."""
    sandbox.faults.clear()
    if interface is PSA:
        sandbox.faults.add("psa_21_no_forward_only")
        sandbox.faults.add("psa_20_rows_shift", path=PSA.path, by=1)
    elif interface is AUTOMATE:
        sandbox.faults.add("automate_rows_shift", path=AUTOMATE.path, by=1)
    try:
        reading, records = read(interface, sandbox)
    finally:
        sandbox.faults.clear()
    assert reading.verdict is PARTIAL or set(records) == truth[interface.name]


@pytest.mark.parametrize("interface", EVERY, ids=lambda one: str(one.name))
def test_an_empty_list_is_complete_and_empty(tmp_path: Path, interface: Interface) -> None:
    shutil.copytree(WEEK, tmp_path / WEEK.name)
    (tmp_path / WEEK.name / interface.file).write_bytes(b"")
    with Sandbox(tmp_path / WEEK.name) as empty:
        reading, records = read(interface, empty)
    assert (reading.verdict, reading.reason, records) == (COMPLETE, "", {})


def test_a_list_that_shrank_is_not_believed_until_it_is_accepted(tmp_path: Path) -> None:
    shutil.copytree(WEEK, tmp_path / "short" / WEEK.name)
    shorter = tmp_path / "short" / WEEK.name / PSA.file
    lines = shorter.read_bytes().splitlines(keepends=True)
    shorter.write_bytes(b"".join(lines[: len(lines) // 2]))
    with Sandbox(WEEK) as sandbox:
        workspace = workspace_on(tmp_path / "workspace", sandbox, WEEKS[-1])
        workspace.snapshot(["psa"])
        sandbox.serve(tmp_path / "short" / WEEK.name)
        verdicts = []
        for is_accepted in (False, True):
            (snapshot,) = workspace.snapshot(["psa"], accept_shrink=is_accepted)
            verdicts += [one.verdict for one in snapshot.readings if one.resource == "configurations"]
    assert verdicts == [Verdict.SHRUNK, COMPLETE]
    assert Shrinkage(share=0.2, rows=10).doubts(before=len(lines), now=len(lines) // 2)


def test_devices_of_two_versions_are_never_compared(tmp_path: Path) -> None:
    with Sandbox(WEEK) as sandbox:
        auvik = {
            "url": sandbox.auvik_url,
            "username": LOGINS["auvik"]["username"],
            "api_key": "file:secrets/auvik-key",
            "interfaces": False,
        }

        def snapshot(version: str, *, is_accepted: bool = False) -> tuple[Verdict, str, int]:
            workspace = workspace_on(tmp_path, sandbox, WEEKS[-1], auvik={**auvik, "api_version": version})
            (made,) = workspace.snapshot(["auvik"], accept_shrink=is_accepted)
            found = next(one for one in made.readings if one.resource == "devices")
            with workspace._store() as store:
                versions = store.database.query("select distinct api_version from auvik.devices")
                assert len(versions) == 1
                return found.verdict, found.reason, int(versions.scalar().removeprefix("v"))

        assert snapshot("v1") == (COMPLETE, "", 1)
        verdict, reason, held = snapshot("v2")
        assert (verdict, held) == (Verdict.STALE, 1)
        assert "read by v2 of the API, and what is known by v1" in reason
        assert snapshot("v2", is_accepted=True) == (COMPLETE, "", 2)
        assert snapshot("v2") == (COMPLETE, "", 2)
