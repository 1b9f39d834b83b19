"""Reading Auvik over real HTTP: paging, tenants, regions, throttles, and what makes a reading doubtful."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

import pytest

from msp_audit.connectors.auvik import AuvikConnector
from msp_audit.connectors.auvik.api import open_api
from msp_audit.connectors.auvik.paging import read_pages
from msp_audit.domain import Verdict
from msp_audit.errors import SourceChanged, SourceRefused
from msp_audit.settings.auvik_sync import AuvikMake, AuvikSiteMapping, AuvikSync
from tests.connectors.auvik.fake import (
    ACME,
    BRAVO,
    DETAIL,
    INTERFACE,
    KEY,
    LIFECYCLE,
    ROOT,
    V1,
    V2,
    WARRANTY,
    Fake,
    asked_for,
    item,
    read,
    running,
    settings,
    tenant,
)
from tests.connectors.loopback import Asked, Reply, as_json


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUVIK_TEST_KEY", KEY)


def only(path: str, reply: Callable[[Asked], Reply | None]) -> Callable[[Asked], Reply | None]:
    return lambda asked: reply(asked) if asked.path == path else None


def test_three_pages_behind_absolute_links_are_one_list() -> None:
    fake = Fake(items=[item(ACME, n) for n in range(3)] + [item(BRAVO, n) for n in range(3, 5)])
    with running(fake) as server:
        result = read(settings(server.url))
    pages = asked_for(server, V2)
    assert [asked.query.get("page[after]") for asked in pages] == [None, "2", "4", None]
    assert ["page[last]" in asked.query for asked in pages] == [False, False, False, True]
    assert {asked.query["tenant"] for asked in pages} == {ROOT}
    assert {asked.query["page[first]"] for asked in pages[:-1]} == {"2"}
    assert result.ids("devices") == [i["id"] for i in fake.items]
    reading = result.readings["devices"]
    assert reading.verdict is Verdict.COMPLETE
    assert (reading.proof.pages, reading.proof.rows, reading.proof.requests) == (3, 5, 4)


def test_rows_are_attributed_to_their_own_tenant() -> None:
    fake = Fake(items=[item(ACME, 1), item(BRAVO, 2)])
    with running(fake) as server:
        devices = read(settings(server.url)).records["devices"]
    assert [d["relationships"]["tenant"]["data"]["id"] for d in devices] == [ACME, BRAVO]
    assert {d["apiVersion"] for d in devices} == {"v2"}
    assert "networks" not in devices[0]["relationships"]


def test_version_1_is_read_tenant_by_tenant() -> None:
    fake = Fake(items=[item(ACME, n) for n in range(3)] + [item(BRAVO, 9)])
    with running(fake) as server:
        result = read(settings(server.url, version="v1"))
    assert [asked.query["tenants"] for asked in asked_for(server, V1)] == [
        ROOT,
        ACME,
        ACME,
        # Of several pages, so a look at its end.
        ACME,
        BRAVO,
    ]
    assert not asked_for(server, V2)
    assert len(result.records["devices"]) == 4
    assert result.readings["devices"].verdict is Verdict.COMPLETE


def test_filters_that_the_next_link_forgot_are_put_back() -> None:
    fake = Fake(items=[item(ACME, n) for n in range(5)])

    def forgetful(asked: Asked) -> Reply:
        document = fake.document(asked)
        if "links" in document:
            after = int(asked.query.get("page[after]", "0")) + 2
            query = urlencode({"page[after]": after, "page[first]": 2}, safe="[]")
            document["links"]["next"] = f"{fake.url}{asked.path}?{query}"
        return as_json(document)

    fake.intercept = only(V2, forgetful)
    with running(fake) as server:
        result = read(settings(server.url))
    assert [asked.query.get("tenant") for asked in asked_for(server, V2)] == [ROOT] * 4
    assert len(result.records["devices"]) == 5


@pytest.mark.parametrize(
    ("link", "words"),
    [
        ("https://auvikapi.evil.example{path}?page[after]=2", "not where it began"),
        ("{url}/v1/tenants?page[after]=2", "not where it began"),
        ("{url}{path}?page[after]=2&tenant=" + BRAVO, "another tenant"),
        ("{url}{path}", "comes back to where it was"),
        ("{url}{path}?page[after]=&page[first]=2", "comes back to where it was"),
        ("{url}{path}?page[after]=same", "comes back to where it was"),
    ],
)
def test_a_next_link_that_leads_astray_fails_loudly(link: str, words: str) -> None:
    fake = Fake(items=[item(ACME, n) for n in range(5)])

    def astray(asked: Asked) -> Reply:
        following = link.format(url=fake.url, path=asked.path)
        return as_json({"data": fake.items[:2], "links": {"next": following}})

    fake.intercept = only(V2, astray)
    with running(fake) as server:
        result = read(settings(server.url))
    reading = result.readings["devices"]
    assert reading.verdict is Verdict.PARTIAL
    assert words in reading.reason
    assert len(result.records["devices"]) == 2
    assert len(asked_for(server, V2)) <= 2
    assert result.readings["device_details"].verdict is Verdict.COMPLETE


def test_a_list_without_an_end_is_no_list() -> None:
    fake = Fake()

    def endless(asked: Asked) -> Reply:
        number = int(asked.query.get("page[after]", "0")) + 1
        following = f"{fake.url}{V2}?page[after]={number}"
        return as_json({"data": [item(ACME, number)], "links": {"next": following}})

    fake.intercept = only(V2, endless)
    with running(fake) as server:
        api = open_api(settings(server.url))
        pages = read_pages(api, path=V2, params={"page[first]": 1}, resource="devices", max_pages=5)
        with pytest.raises(SourceChanged, match="does not end after 5 pages"):
            list(pages)
        api.close()


def test_a_moved_account_stops_with_the_right_region_and_keeps_its_key() -> None:
    fake = Fake(
        intercept=lambda asked: Reply(
            status=308, headers={"Location": f"https://auvikapi.eu1.my.auvik.com{asked.path}"}
        )
    )
    with running(fake) as server, pytest.raises(SourceChanged) as caught:
        read(settings(server.url))
    assert 'auvik.url = "https://auvikapi.eu1.my.auvik.com"' in str(caught.value)
    assert len(server.asked) == 1


def test_a_redirect_to_a_stranger_is_not_recommended() -> None:
    with running(Fake()) as elsewhere:
        fake = Fake(intercept=lambda _asked: Reply(status=308, headers={"Location": elsewhere.url + "/v1"}))
        with running(fake) as server, pytest.raises(SourceChanged) as caught:
            read(settings(server.url))
    assert "not Auvik's" in str(caught.value)
    assert elsewhere.url not in str(caught.value)
    assert elsewhere.asked == []


def test_a_wrong_key_reads_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUVIK_TEST_KEY", "wr0ng-key-of-somebody")
    with running(Fake()) as server, pytest.raises(SourceRefused) as caught:
        read(settings(server.url))
    assert "wr0ng" not in str(caught.value)
    assert server.paths() == ["/v1/authentication/verify"]


def test_a_403_that_speaks_of_the_rate_limit_is_waited_for() -> None:
    fake = Fake(items=[item(ACME, 1)])
    replies = [
        as_json({"errors": [{"detail": "Rate limit exceeded"}]}, status=403),
        as_json({"errors": [{"detail": "API rate limit reached"}]}, status=403, Retry_After="40"),
    ]
    fake.intercept = only(V2, lambda _asked: replies.pop(0) if replies else None)
    slept: list[float] = []
    with running(fake) as server:
        result = read(settings(server.url), slept=slept)
    assert result.readings["devices"].verdict is Verdict.COMPLETE
    assert result.readings["devices"].proof.retries == 2
    assert slept[0] == pytest.approx(10, abs=1)
    assert slept[1] == pytest.approx(40, abs=1)


def test_a_tenant_that_refuses_is_named_and_the_others_are_read() -> None:
    fake = Fake(items=[item(ACME, 1), item(BRAVO, 2)])
    forbidden = as_json({"errors": [{"detail": "Forbidden"}]}, status=403)
    fake.intercept = lambda asked: forbidden if asked.query.get("tenants") == BRAVO else None
    with running(fake) as server:
        result = read(settings(server.url, version="v1"))
    for resource in ("devices", "device_details", "interfaces"):
        assert result.readings[resource].verdict is Verdict.PARTIAL
        assert "bravo" in result.readings[resource].reason
        assert "acme" not in result.readings[resource].reason
        assert len(result.records[resource]) == 1


def test_children_are_asked_for_themselves_when_the_root_refuses() -> None:
    fake = Fake(items=[item(ACME, 1), item(BRAVO, 2)])
    forbidden = as_json({"errors": [{"detail": "Forbidden"}]}, status=403)
    fake.intercept = only(V2, lambda asked: forbidden if asked.query["tenant"] == ROOT else None)
    with running(fake) as server:
        result = read(settings(server.url))
    assert len(result.records["devices"]) == 2
    assert result.readings["devices"].verdict is Verdict.PARTIAL
    assert "northwind" in result.readings["devices"].reason


def test_a_list_that_every_tenant_refuses_is_refused() -> None:
    fake = Fake(intercept=only(DETAIL, lambda _asked: as_json({"errors": [{}]}, status=403)))
    with running(fake) as server:
        result = read(settings(server.url))
    assert result.readings["device_details"].verdict is Verdict.REFUSED
    assert "acme" in result.readings["device_details"].reason


@pytest.mark.parametrize("stray", ["relationship", "id"])
def test_rows_of_another_tenant_than_asked_are_counted(stray: str) -> None:
    foreign = "777777777777777777"
    odd = item(ACME, 2, related=foreign) if stray == "relationship" else item(foreign, 2, related=ACME)
    fake = Fake(intercept=only(V2, lambda _asked: as_json({"data": [item(ACME, 1), odd]})))
    with running(fake) as server:
        reading = read(settings(server.url)).readings["devices"]
    assert reading.verdict is Verdict.PARTIAL
    assert "1 rows of other tenants" in reading.reason
    assert foreign in reading.reason


def test_ids_that_never_hold_the_tenant_prove_nothing() -> None:
    """As in the sample of the vendor's description, where the two differ."""
    fake = Fake(items=[item("199502786877063999", n, related=ACME) for n in range(2)])
    with running(fake) as server:
        assert read(settings(server.url)).readings["devices"].verdict is Verdict.COMPLETE


def test_a_row_that_comes_twice_is_kept_once() -> None:
    fake = Fake(items=[item(ACME, 1), item(ACME, 2), item(ACME, 2), item(ACME, 3)])
    with running(fake) as server:
        result = read(settings(server.url))
    assert len(set(result.ids("devices"))) == len(result.ids("devices")) == 3
    assert result.readings["devices"].proof.duplicates == 1
    assert result.readings["devices"].verdict is Verdict.COMPLETE


def test_a_row_without_tenant_belongs_to_the_one_that_was_asked() -> None:
    bare = item(ACME, 1)
    del bare["relationships"]
    answer = as_json({"data": [bare]})
    fake = Fake(
        intercept=only(DETAIL, lambda asked: answer if asked.query["tenants"] == ACME else None),
    )
    with running(fake) as server:
        (detail,) = read(settings(server.url)).records["device_details"]
    assert detail["relationships"]["tenant"]["data"]["id"] == ACME


@pytest.mark.parametrize(
    "body",
    [
        {"errors": [{"detail": "Internal trouble"}]},
        {"errors": [{"detail": "Internal trouble"}], "data": []},
        {"data": None},
        {},
        [],
        {"data": {"id": "x"}},
        {"data": [{"attributes": {}}]},
    ],
)
def test_a_200_without_a_list_is_no_empty_list(body: object) -> None:
    fake = Fake(items=[item(ACME, 1)], intercept=only(V2, lambda _asked: as_json(body)))
    with running(fake) as server:
        reading = read(settings(server.url)).readings["devices"]
    assert reading.verdict is Verdict.PARTIAL
    assert reading.reason


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_a_list_in_which_nothing_is_managed_or_unmanaged_is_doubtful(version: str) -> None:
    """One device may lack the flag; when all do, every rule about managed devices would fall silent."""
    fake = Fake(items=[item(ACME, 1, manageStatus=None), item(ACME, 2)])
    with running(fake) as server:
        assert (
            read(settings(server.url, version=version)).readings["device_details"].verdict is Verdict.COMPLETE
        )
        fake.items = fake.items[:1]
        result = read(settings(server.url, version=version))
    verdicts = {name: result.readings[name].verdict for name in ("devices", "device_details", "interfaces")}
    assert verdicts == {
        "devices": Verdict.PARTIAL if version == "v2" else Verdict.COMPLETE,
        "device_details": Verdict.PARTIAL,
        "interfaces": Verdict.COMPLETE,
    }
    assert "manageStatus" in result.readings["device_details"].reason


def test_without_a_tenant_nothing_is_known() -> None:
    with running(Fake(tenants=[])) as server:
        result = read(settings(server.url))
    for resource in ("tenants", "devices", "device_details", "interfaces"):
        assert result.readings[resource].verdict is Verdict.REFUSED
        assert "no tenant" in result.readings[resource].reason


def test_tenants_that_are_each_others_parents_are_read_all_the_same() -> None:
    fake = Fake(
        tenants=[tenant(ACME, "acme", parent=BRAVO), tenant(BRAVO, "bravo", parent=ACME)],
        items=[item(ACME, 1), item(BRAVO, 2)],
    )
    with running(fake) as server:
        assert len(read(settings(server.url)).records["devices"]) == 2


def test_interfaces_can_be_switched_off() -> None:
    with running(Fake()) as server:
        result = read(settings(server.url, interfaces=False))
    assert result.readings["interfaces"].verdict is Verdict.ABSENT
    assert "switched off" in result.readings["interfaces"].reason
    assert not asked_for(server, INTERFACE)


@pytest.mark.parametrize(
    ("hides", "verdict"), [(1, Verdict.COMPLETE), (24, Verdict.COMPLETE), (25, Verdict.PARTIAL)]
)
def test_an_end_that_the_pages_lack_is_found_from_behind(hides: int, verdict: Verdict) -> None:
    items = [item(ACME, number) for number in range(40)]
    with running(Fake(items=items, hides=hides)) as server:
        result = read(settings(server.url, rows=20))
    assert result.readings["devices"].verdict is verdict
    if verdict is Verdict.COMPLETE:
        assert set(result.ids("devices")) == {one["id"] for one in items}
        assert len(result.ids("devices")) == 40
    else:
        assert "ends before its last records" in result.readings["devices"].reason


def test_lifecycles_and_warranties_are_read_when_switched_on() -> None:
    with running(Fake(items=[item(ACME, 1), item(BRAVO, 2), item(BRAVO, 3)])) as server:
        without = read(settings(server.url))
        asked = set(server.paths())
        chosen = settings(server.url).model_copy(update={"lifecycles": True, "warranties": True})
        result = read(chosen)
        checks = {check.name: check for check in AuvikConnector(chosen).check()}
    assert not asked & {LIFECYCLE, WARRANTY}
    for resource, option in (("device_lifecycles", "lifecycles"), ("device_warranties", "warranties")):
        assert without.readings[resource].verdict is Verdict.ABSENT
        assert f"auvik.{option} is switched off" in without.readings[resource].reason
        assert result.readings[resource].verdict is Verdict.COMPLETE
        assert result.readings[resource].proof.rows == 3
        assert checks[f"auvik {resource}"].is_ok


def test_what_is_not_declared_is_absent() -> None:
    with running(Fake()) as server:
        result = read(settings(server.url))
    declared = [reading for name, reading in result.readings.items() if name.startswith("sync_")]
    assert len(declared) == 7
    assert {reading.verdict for reading in declared} == {Verdict.ABSENT}
    assert all("Not declared" in reading.reason for reading in declared)


def test_what_is_declared_is_read_even_when_empty() -> None:
    sync = AuvikSync(
        identifiers=("serial_number", "host_name"),
        inactive_on_delete="Inactive",
        class_map={"firewall": "Network Hardware"},
        make_map={"Cisco": AuvikMake(manufacturer="Cisco")},
        site_map={"acme": AuvikSiteMapping(company_id=250, inventory=False)},
    )
    with running(Fake()) as server:
        result = read(settings(server.url, sync=sync))
    assert result.records["sync_identifiers"] == [
        {"priority": 1, "auvik_field": "serial_number", "psa_field": "serial_number"},
        {"priority": 2, "auvik_field": "host_name", "psa_field": "name"},
    ]
    assert result.records["sync_site_map"][0]["company_id"] == 250
    assert result.records["sync_site_map"][0]["syncs_inventory"] is False
    assert result.records["sync_options"][0]["inactive_on_delete"] == "Inactive"
    assert result.records["sync_field_map"] == []
    assert result.readings["sync_field_map"].verdict is Verdict.COMPLETE


def test_doctor_tells_what_the_key_sees() -> None:
    with running(Fake(items=[item(ACME, 1)])) as server:
        checks = list(AuvikConnector(settings(server.url)).check())
    assert all(check.is_ok for check in checks)
    assert checks[0].detail == "sees 3 tenants"
    assert {check.name for check in checks[1:]} == {
        "auvik clock",
        "auvik devices",
        "auvik device_details",
        "auvik interfaces",
    }


def test_doctor_says_what_to_do_about_a_wrong_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUVIK_TEST_KEY", "wr0ng-key-of-somebody")
    with running(Fake()) as server:
        (check,) = AuvikConnector(settings(server.url)).check()
    assert not check.is_ok
    assert "api_key" in check.fix
    assert "wr0ng" not in check.detail
