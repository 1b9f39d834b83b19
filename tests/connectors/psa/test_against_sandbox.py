"""The connector against the sandbox with every fault it knows: whatever happens, no false *complete*."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pytest

from msp_audit.connectors.psa import PsaConnector
from msp_audit.domain import ResourceReading, Verdict
from msp_audit.errors import SourceError
from msp_audit.sandbox import KINDS, LOGINS, Sandbox
from msp_audit.settings import PsaSettings

#: Slowness costs what it says.
LEFT_OUT = {"delay_ms", "psa_24_slow_list"}
#: Forms other than a fault's first one.
FORMS: dict[str, list[dict[str, Any]]] = {
    "psa_09_company_info_odd": [{"form": "text_is_cloud"}, {"form": "no_site_url"}],
    "psa_20_rows_shift": [{"by": 1}],
    "psa_21_no_forward_only": [{"form": "page_honoured"}],
    "psa_22_link_odd": [{"form": "other_order"}, {"form": "conditions_dropped"}, {"form": "other_host"}],
    "psa_36_members_missing": [{"form": "absent"}, {"form": "info_null"}],
    "psa_41_odd_text": [{"form": "id_text"}, {"form": "long"}],
    "psa_45_endpoint_missing": [{"status": 405}],
}
CASES = [
    (name, options)
    for name, kind in sorted(KINDS.items())
    if kind.source in ("psa", "any") and name not in LEFT_OUT
    for options in ({}, *FORMS.get(name, []))
]

Contents = dict[str, set[str]]


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running:
        yield running


@pytest.fixture(scope="module")
def truth(sandbox: Sandbox) -> Contents:
    with pytest.MonkeyPatch.context() as patch:
        _sign_in(patch)
        readings, contents = _read(sandbox)
    assert {reading.verdict for reading in readings.values()} == {Verdict.COMPLETE}
    assert len(contents["configurations"]) > 1000
    return contents


def _sign_in(patch: pytest.MonkeyPatch) -> None:
    patch.setenv("SANDBOX_PUBLIC", LOGINS["psa"]["public_key"])
    patch.setenv("SANDBOX_PRIVATE", LOGINS["psa"]["private_key"])


def _read(sandbox: Sandbox) -> tuple[dict[str, ResourceReading], Contents]:
    settings = PsaSettings.model_validate(
        {
            "url": sandbox.psa_url,
            "company": LOGINS["psa"]["company"],
            "client_id": LOGINS["psa"]["client_id"],
            "public_key": "env:SANDBOX_PUBLIC",
            "private_key": "env:SANDBOX_PRIVATE",
            "http": {"retry_floor_seconds": 0, "page_size": 300},
        }
    )
    connector = PsaConnector(settings, sleep=lambda _seconds: None)
    readings: dict[str, ResourceReading] = {}
    contents: Contents = defaultdict(set)
    try:
        for event in connector.read():
            if isinstance(event, ResourceReading):
                readings[event.resource] = event
            else:
                contents[event.resource] |= {str(record["id"]) for record in event.records}
    finally:
        connector.close()
    return readings, contents


@pytest.mark.parametrize(("name", "options"), CASES)
def test_no_fault_gives_a_false_complete(
    sandbox: Sandbox,
    truth: Contents,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    options: dict[str, Any],
) -> None:
    _sign_in(monkeypatch)
    sandbox.faults.clear()
    sandbox.faults.add(name, **options)
    try:
        readings, contents = _read(sandbox)
    except SourceError:
        # It struck while signing in; let it strike later.
        sandbox.faults.clear()
        sandbox.faults.add(name, after=30, **options)
        try:
            readings, contents = _read(sandbox)
        finally:
            sandbox.faults.clear()
    finally:
        sandbox.faults.clear()
    for resource, reading in readings.items():
        assert contents[resource] <= truth[resource]
        if reading.verdict is Verdict.COMPLETE:
            assert contents[resource] == truth[resource], resource
        else:
            assert reading.reason


def test_hidden_records_are_not_taken_for_missing_ones(
    sandbox: Sandbox, truth: Contents, monkeypatch: pytest.MonkeyPatch
) -> None:
    _sign_in(monkeypatch)
    sandbox.faults.add("psa_16_level_my")
    try:
        readings, contents = _read(sandbox)
    finally:
        sandbox.faults.clear()
    assert len(contents["configurations"]) < len(truth["configurations"])
    assert readings["configurations"].verdict is Verdict.PARTIAL
    assert "level My" in readings["configurations"].reason


def test_a_password_of_the_source_is_never_handed_on(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    _sign_in(monkeypatch)
    sandbox.faults.add("psa_52_passwords_present", password="hunter2")
    settings = PsaSettings.model_validate(
        {
            "url": sandbox.psa_url,
            "company": LOGINS["psa"]["company"],
            "client_id": LOGINS["psa"]["client_id"],
            "public_key": "env:SANDBOX_PUBLIC",
            "private_key": "env:SANDBOX_PRIVATE",
        }
    )
    connector = PsaConnector(settings)
    try:
        told = "".join(repr(event) for event in connector.read())
    finally:
        connector.close()
        sandbox.faults.clear()
    assert "managed_devices_integrations" in told
    assert "hunter2" not in told
