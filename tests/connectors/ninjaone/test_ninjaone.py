"""NinjaOne: signing in, paging and what is made of its records."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from pydantic import ValidationError

from msp_audit.connectors.answer import Secrets
from msp_audit.connectors.base import Page
from msp_audit.connectors.ninjaone import NinjaoneConnector
from msp_audit.connectors.ninjaone.session import ClientCredentials
from msp_audit.domain import Record, ResourceReading, Verdict
from msp_audit.errors import SourceChanged, SourceRefused
from msp_audit.sandbox import LOGINS, Sandbox, sample_weeks, samples_folder
from msp_audit.settings import NinjaoneSettings, SecretReference
from tests.connectors.landed import typed
from tests.connectors.loopback import Asked, Reply, as_json, serving

SECRET = "a-secret-that-nobody-may-see"
TOKEN = {"access_token": "token-1", "expires_in": 3600, "token_type": "Bearer"}
READINGS = ("organisations", "locations", "devices", "computer_systems", "network_interfaces")


@pytest.fixture(autouse=True)
def _secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("T_NINJAONE", SECRET)


def settings(url: str, **more: Any) -> NinjaoneSettings:
    given = {"url": url, "client_id": "client", "client_secret": "env:T_NINJAONE", **more}
    return NinjaoneSettings.model_validate(given)


def read(url: str, **more: Any) -> tuple[dict[str, ResourceReading], dict[str, list[Record]]]:
    connector = NinjaoneConnector(settings(url, **more), sleep=lambda _seconds: None)
    readings: dict[str, ResourceReading] = {}
    records: dict[str, list[Record]] = {}
    try:
        for event in connector.read():
            if isinstance(event, Page):
                records.setdefault(event.resource, []).extend(event.records)
            else:
                readings[event.resource] = event
    finally:
        connector.close()
    return readings, records


def answering(lists: dict[str, Any]) -> Callable[[Asked], Reply]:
    """A server with these lists, each of one page; a path that is not given answers 403."""

    def respond(asked: Asked) -> Reply:
        if asked.path == "/ws/oauth/token":
            return as_json(TOKEN)
        if asked.path not in lists:
            return as_json({"error": "forbidden"}, status=403)
        found = lists[asked.path]
        if "queries" in asked.path:
            return as_json({"cursor": {"name": "c"}, "results": [] if "cursor" in asked.query else found})
        return as_json([] if "after" in asked.query else found)

    return respond


WHOLE: dict[str, Any] = {
    "/v2/organizations": [{"id": 1, "name": "Acme", "description": "not kept"}],
    "/v2/locations": [{"id": 7, "organizationId": 1, "name": "Office"}],
    "/v2/devices-detailed": [{"id": 5, "organizationId": 1, "systemName": "PC", "nodeClass": "MAC"}],
    "/v2/queries/computer-systems": [{"deviceId": 5, "serialNumber": "ABCD1234"}],
    "/v2/queries/network-interfaces": [{"deviceId": 5, "macAddress": ["00:1A:2B:00:00:01"]}] * 2,
}


def test_every_list_is_read_and_only_what_is_used_is_kept() -> None:
    with serving(answering(WHOLE)) as server:
        readings, records = read(server.url, organisations={"1": 250}, covers=["Server"])
    assert {name: one.verdict for name, one in readings.items()} == dict.fromkeys(
        (*READINGS, "organisation_map", "covered_types"), Verdict.COMPLETE
    )
    assert records["organisations"] == [{"id": 1, "name": "Acme"}]
    assert records["devices"][0]["dashboardUrl"] == f"{server.url}/#/deviceDashboard/5/overview"
    assert records["organisation_map"] == [{"organisation_id": "1", "company_id": 250}]
    assert (readings["network_interfaces"].proof.rows, readings["network_interfaces"].proof.duplicates) == (
        1,
        1,
    )


def test_the_client_signs_in_by_form_for_the_scope_that_only_reads() -> None:
    with Sandbox(sample_weeks(samples_folder())[-1]) as sandbox, pytest.MonkeyPatch.context() as patch:
        patch.setenv("T_NINJAONE", LOGINS["ninjaone"]["client_secret"])
        readings, records = read(sandbox.ninjaone_url, client_id=LOGINS["ninjaone"]["client_id"])
        posts = [visit for visit in sandbox.visits if visit.method == "POST"]
    assert [(visit.path, visit.query) for visit in posts] == [("/ws/oauth/token", ())]
    assert {one.verdict for one in readings.values()} == {Verdict.COMPLETE}
    assert len(records["devices"]) == len(records["computer_systems"]) > 1_000


@pytest.mark.parametrize(
    ("missing", "verdict"), [(path, Verdict.REFUSED) for path in WHOLE if path != "/v2/organizations"]
)
def test_a_list_that_is_refused_is_named_with_the_right_to_give_and_the_rest_goes_on(
    missing: str, verdict: Verdict
) -> None:
    with serving(answering({path: rows for path, rows in WHOLE.items() if path != missing})) as server:
        readings, _ = read(server.url)
    refused = [one for one in readings.values() if one.verdict is not Verdict.COMPLETE]
    assert [one.verdict for one in refused] == [verdict]
    assert "Give the API client the scope monitoring" in refused[0].reason


def test_a_client_that_sees_no_organisation_is_refused_and_not_empty() -> None:
    with serving(answering({path: [] for path in WHOLE})) as server:
        readings, _ = read(server.url)
    assert readings["organisations"].verdict is Verdict.REFUSED
    assert "no organisation" in readings["organisations"].reason


def test_devices_of_unknown_organisations_are_not_believed() -> None:
    lists = {
        **WHOLE,
        "/v2/devices-detailed": [{"id": 5, "organizationId": 1}, {"id": 6, "organizationId": 9}],
    }
    with serving(answering(lists)) as server:
        readings, _ = read(server.url)
    assert readings["devices"].verdict is Verdict.PARTIAL
    assert "1 devices of organisations" in readings["devices"].reason


@pytest.mark.parametrize(
    ("reply", "error", "words"),
    [
        (as_json({"error": "invalid_client"}, status=401), SourceRefused, "client credentials"),
        (as_json({"error": "invalid_scope"}, status=400), SourceRefused, "invalid_scope"),
        (as_json({"error": "echo", "error_description": SECRET}, status=400), SourceRefused, r"\*\*\*"),
        (as_json({}), SourceChanged, "without an access_token"),
        (Reply(body=b"<html></html>"), SourceChanged, "without an access_token"),
        (Reply(status=404), SourceChanged, "Check ninjaone.url"),
    ],
)
def test_a_sign_in_that_fails_says_what_to_do_and_never_the_secret(
    reply: Reply, error: type[Exception], words: str
) -> None:
    with serving(lambda _asked: reply) as server, pytest.raises(error, match=words) as raised:
        read(server.url)
    assert SECRET not in str(raised.value)
    assert len(server.asked) == 1


def credentials(clock: Callable[[], float]) -> ClientCredentials:
    return ClientCredentials(
        token_address="https://ninjaone.example/ws/oauth/token",
        client_id="client",
        client_secret=SecretReference("env:T_NINJAONE"),
        secrets=Secrets(),
        clock=clock,
    )


def tokens(life: object) -> Iterator[httpx.Response]:
    for number in range(1, 9):
        yield httpx.Response(200, json={"access_token": f"token-{number}", "expires_in": life})


@pytest.mark.parametrize(
    ("life", "at", "is_renewed"), [(3600, 3539, False), (3600, 3540, True), (40, 20, True)]
)
def test_a_token_is_renewed_before_it_ends(life: int, at: float, is_renewed: bool) -> None:
    now = [0.0]
    auth, given = credentials(lambda: now[0]), tokens(life)
    sent = []
    for moment in (0.0, at):
        now[0] = moment
        flow = auth.sync_auth_flow(httpx.Request("GET", "https://ninjaone.example/v2/devices"))
        request = next(flow)
        if request.method == "POST":
            request = flow.send(next(given))
        flow.close()
        sent.append(request.headers["Authorization"])
    assert sent[-1] == f"Bearer token-{2 if is_renewed else 1}"


def test_a_token_that_is_refused_under_way_is_renewed_once() -> None:
    auth, given = credentials(lambda: 0.0), tokens(3600)
    flow = auth.sync_auth_flow(httpx.Request("GET", "https://ninjaone.example/v2/devices"))
    next(flow)
    flow.send(next(given))
    assert flow.send(httpx.Response(401)).method == "POST"
    assert flow.send(next(given)).headers["Authorization"] == "Bearer token-2"
    with pytest.raises(StopIteration):
        flow.send(httpx.Response(401))


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"organisations": {"Acme": 250}}, "write its id in NinjaOne"),
        ({"covers": ["Server", "Server"]}, "stands twice"),
        ({"url": "http://ninjaone.example"}, "https"),
        ({"client_secret": "plain"}, "env:"),
    ],
)
def test_settings_that_cannot_be_are_refused_in_words(more: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        settings(**{"url": "https://eu.ninjarmm.com", **more})


@pytest.mark.parametrize(
    ("member", "value", "column", "expected"),
    [
        ("nodeClass", "WINDOWS_SERVER", "kind", "server"),
        ("nodeClass", "NMS_FIREWALL", "kind", "network"),
        ("nodeClass", "MAC", "kind", "workstation"),
        ("nodeClass", "SOMETHING_NEW", "kind", "other"),
        ("nodeClass", None, "kind", None),
        ("approvalStatus", "APPROVED", "is_managed", True),
        ("approvalStatus", "PENDING", "is_managed", False),
        ("approvalStatus", "DECOMMISSIONED", "is_managed", False),
        ("nodeClass", "UNMANAGED_DEVICE", "is_managed", False),
        ("nodeClass", "HYPERV_VMM_GUEST", "is_managed", False),
        ("offline", True, "is_online", False),
        ("offline", None, "is_online", None),
        ("lastContact", 1793595600.5, "last_seen_at::varchar", "2026-11-02 05:00:00.5"),
        ("lastContact", 1e300, "last_seen_at", None),
        ("lastContact", "yesterday", "last_seen_at", None),
        ("dnsName", "pc.acme.example", "name", "pc.acme.example"),
        ("id", 5, "device_id", "5"),
    ],
)
def test_what_a_device_becomes(member: str, value: object, column: str, expected: object) -> None:
    records = [{"id": 5, "displayName": "PC", member: value}]
    with typed("ninjaone", {"devices": records}) as database:
        assert database.query(f"select {column} from ninjaone.devices").scalar() == expected


def test_addresses_of_both_lists_come_once_each() -> None:
    landed: dict[str, list[Record]] = {
        "devices": [{"id": 5, "macAddresses": ["00-1A-2B-00-00-01", "none"]}, {"id": 6}],
        "network_interfaces": [{"deviceId": 5, "macAddress": ["001a.2b00.0001", "00:1A:2B:00:00:02"]}],
    }
    with typed("ninjaone", landed) as database:
        found = database.query("select device_id, mac_address from ninjaone.device_macs order by all").rows
    assert set(found) == {("5", "001a2b000001"), ("5", "001a2b000002")}
    assert len(found) == 2
