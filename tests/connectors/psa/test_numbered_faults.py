"""The 54 numbered behaviours of ConnectWise PSA, as far as they concern reading: each by its number."""

from __future__ import annotations

import json
import re
import ssl
import subprocess
import threading
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import orjson
import pytest

from msp_audit.connectors.psa import PsaConnector
from msp_audit.domain import Record, ResourceReading, Verdict
from msp_audit.errors import SourceError
from msp_audit.sandbox import KINDS, LOGINS, Sandbox
from msp_audit.settings import PsaSettings
from tests.connectors.psa.numbered import CASES, NOT_READING, OVER_TLS, Case
from tests.sandbox.conftest import write_psa

WHOLE = range(1, 55)
NUMBERED = re.compile(r"psa_(\d\d)_")


@dataclass(slots=True)
class Outcome:
    """What one reading gave."""

    readings: dict[str, ResourceReading] = field(default_factory=dict)
    records: dict[str, list[Record]] = field(default_factory=lambda: defaultdict(list))
    error: str = ""
    slept: list[float] = field(default_factory=list)

    def keys(self, resource: str) -> list[tuple[str, str]]:
        """Sorted identities; a record that came twice stands there twice."""
        return sorted((str(r.get("company", {}).get("id")), str(r["id"])) for r in self.records[resource])


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    folder = tmp_path_factory.mktemp("weeks") / "2026-11-02"
    write_psa(folder)
    # Sites of a company that is read; and number 51, one machine twice.
    twice = {"id": 6, "name": "PC-1", "status": {"id": 2}, "serialNumber": "SN1", "questions": []}
    with (folder / "psa" / "configurations.ndjson").open("a") as file:
        file.write(json.dumps(twice) + "\n")
    right = {"id": 1, "moduleName": "Companies", "moduleFunctionName": "Company Maintenance"}
    lines = json.dumps({**right, "inquireLevel": "All", "customFlag": False}) + "\n"
    (folder / "psa" / "security_rights.ndjson").write_text(lines)
    (folder / "estate.json").write_text('{"reading_at":"2026-11-02T06:00:00Z"}')
    with Sandbox(folder) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    monkeypatch.setenv("SANDBOX_PUBLIC", LOGINS["psa"]["public_key"])
    monkeypatch.setenv("SANDBOX_PRIVATE", LOGINS["psa"]["private_key"])
    running.faults.clear()
    running.forget_visits()
    yield running
    running.faults.clear()


@pytest.fixture(scope="module")
def truth(running: Sandbox) -> Outcome:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SANDBOX_PUBLIC", LOGINS["psa"]["public_key"])
        patch.setenv("SANDBOX_PRIVATE", LOGINS["psa"]["private_key"])
        outcome = read(running.psa_url)
    assert {reading.verdict for reading in outcome.readings.values()} == {Verdict.COMPLETE}
    assert len(outcome.readings) == 19
    return outcome


def read(url: str, http: Mapping[str, Any] | None = None) -> Outcome:
    settings = PsaSettings.model_validate(
        {
            "url": url,
            "company": LOGINS["psa"]["company"],
            "client_id": LOGINS["psa"]["client_id"],
            "public_key": "env:SANDBOX_PUBLIC",
            "private_key": "env:SANDBOX_PRIVATE",
            # Short pages, so that every list has several.
            "http": {"retry_floor_seconds": 0.001, "page_size": 5, **(http or {})},
        }
    )
    outcome = Outcome()
    connector = PsaConnector(settings, sleep=outcome.slept.append)
    try:
        for event in connector.read():
            if isinstance(event, ResourceReading):
                outcome.readings[event.resource] = event
            else:
                outcome.records[event.resource] += event.records
    except SourceError as error:
        outcome.error = str(error)
    finally:
        connector.close()
    return outcome


def _id(case: Case) -> str:
    return f"fault_{case.number:02}_{case.name}"


@pytest.mark.parametrize("case", CASES, ids=_id)
def test_a_reading_meets(sandbox: Sandbox, truth: Outcome, case: Case) -> None:
    for name, options in case.faults:
        sandbox.faults.add(name, **options)
    outcome = read(sandbox.psa_url, case.http)
    assert re.search(case.error, outcome.error) if case.error else not outcome.error
    if case.error:
        assert not outcome.readings
        return
    assert all(switched.seen for switched in sandbox.faults.on if switched.kind.name not in UNSEEN)
    for resource, reading in outcome.readings.items():
        verdict, reason = case.verdicts.get(resource, (Verdict.COMPLETE, "^$"))
        assert (resource, reading.verdict) == (resource, verdict), reading.reason
        assert re.search(reason, reading.reason), resource
        if verdict is Verdict.COMPLETE and "*" not in case.changed:
            assert outcome.keys(resource) == truth.keys(resource)
        assert len(set(outcome.keys(resource))) == len(outcome.keys(resource))
    assert outcome.readings.keys() == truth.readings.keys()
    assert any(reading.proof.retries for reading in outcome.readings.values()) or not case.is_retried
    if case.name in SPECIAL:
        SPECIAL[case.name](sandbox, outcome)


#: Faults in a place where reading never comes.
UNSEEN = {"psa_46_system_info_refused"}


def _waited_as_told(_sandbox: Sandbox, outcome: Outcome) -> None:
    assert any(29 < seconds <= 30 for seconds in outcome.slept)


def _root_looked_up_twice(sandbox: Sandbox, _outcome: Outcome) -> None:
    assert [visit.path for visit in sandbox.visits].count("/login/companyinfo/northwind") == 2


def _addresses_below_2000(sandbox: Sandbox, _outcome: Outcome) -> None:
    longest = max(len(v.path) + sum(len(n) + len(t) + 2 for n, t in v.query) for v in sandbox.visits)
    assert 300 < longest < 1_500


def _no_record_by_its_id(sandbox: Sandbox, _outcome: Outcome) -> None:
    assert not any(visit.path.rpartition("/")[2].isdecimal() for visit in sandbox.visits)


def _no_foreign_host(sandbox: Sandbox, outcome: Outcome) -> None:
    # One page until the link, then three numbered ones; the link itself was not asked.
    assert outcome.readings["companies"].proof.pages == 4
    assert {visit.status for visit in sandbox.visits} == {200}


def _seen_twice_counted(_sandbox: Sandbox, outcome: Outcome) -> None:
    assert outcome.readings["companies"].proof.duplicates


def _no_nul(_sandbox: Sandbox, outcome: Outcome) -> None:
    assert "\x00" not in repr(outcome.records)
    assert "\\x00" not in repr(outcome.records)


def _word_kept(_sandbox: Sandbox, outcome: Outcome) -> None:
    assert outcome.records["priorities"][0]["level"] == "Surprise"


def _deleted_kept(_sandbox: Sandbox, outcome: Outcome) -> None:
    assert sum(record["deletedFlag"] for record in outcome.records["companies"]) > 1


def _no_password(_sandbox: Sandbox, outcome: Outcome) -> None:
    assert "hunter2" not in orjson.dumps(outcome.records).decode()
    assert "managed_devices_integrations" in outcome.records


def _never_asked(sandbox: Sandbox, _outcome: Outcome) -> None:
    assert not any("/system/info" in visit.path for visit in sandbox.visits)


def _both_there(_sandbox: Sandbox, outcome: Outcome) -> None:
    assert [r["id"] for r in outcome.records["configurations"] if r["serialNumber"] == "SN1"] == [1, 6]


#: Name of a case -> what must hold besides.
SPECIAL: Mapping[str, Callable[[Sandbox, Outcome], None]] = {
    "rate_limited": _waited_as_told,
    "codebase_changed_meanwhile": _root_looked_up_twice,
    "addresses_stay_short": _addresses_below_2000,
    "listed_but_not_found": _no_record_by_its_id,
    "rows_repeat_between_pages": _seen_twice_counted,
    "link_to_another_host": _no_foreign_host,
    "nul_in_text": _no_nul,
    "unknown_enum": _word_kept,
    "recycle_bin": _deleted_kept,
    "passwords_present": _no_password,
    "system_info_refused": _never_asked,
    "configuration_twice": _both_there,
}


def test_every_number_is_met_or_does_not_concern_reading() -> None:
    met = {case.number for case in CASES} | OVER_TLS.keys()
    assert met.isdisjoint(NOT_READING)
    assert met | NOT_READING.keys() == set(WHOLE)
    assert all(len(reason) > 20 for reason in NOT_READING.values())


def test_a_case_uses_the_fault_of_its_number() -> None:
    for case in CASES:
        numbers = {int(found[1]) for name, _ in case.faults if (found := NUMBERED.match(name))}
        assert case.number in numbers or case.number == 51, _id(case)
    assert {name for case in CASES for name, _ in case.faults} <= KINDS.keys()
    assert SPECIAL.keys() <= {case.name for case in CASES}


def test_every_fault_of_the_sandbox_that_a_reading_can_meet_has_a_case() -> None:
    used = {name for case in CASES for name, _ in case.faults}
    for name, kind in KINDS.items():
        found = NUMBERED.match(name)
        if found and kind.source == "psa" and int(found[1]) not in NOT_READING:
            assert name in used or "after_write" in name, name


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate that no public authority knows, with its key behind it."""
    folder = tmp_path_factory.mktemp("tls")
    command = [
        *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"),
        *("-days", "2", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"),
        *("-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")),
    ]
    subprocess.run(command, check=True, capture_output=True)
    both = folder / "both.pem"
    both.write_bytes((folder / "cert.pem").read_bytes() + (folder / "key.pem").read_bytes())
    return both


def test_fault_53_a_private_authority(sandbox: Sandbox, truth: Outcome, certificate: Path) -> None:
    with Sandbox(sandbox.folder, certificate=certificate) as private:
        refused = read(private.psa_url, {"tries": 1})
        trusted = read(private.psa_url, {"ca_file": str(certificate)})
    assert re.search("certificate that is not trusted. Set http.ca_file", refused.error)
    assert trusted.keys("companies") == truth.keys("companies")
    assert {reading.verdict for reading in trusted.readings.values()} == {Verdict.COMPLETE}


def test_fault_53_old_tls(sandbox: Sandbox, certificate: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings(action="ignore"):
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
    context.load_cert_chain(certificate)
    server = HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        outcome = read(f"https://127.0.0.1:{server.server_port}", {"ca_file": str(certificate), "tries": 1})
    finally:
        server.shutdown()
        server.server_close()
    assert "only speaks a TLS that is no longer safe" in outcome.error
