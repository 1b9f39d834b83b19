"""Every fault, seen through real HTTP; and the registry that switches them."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from msp_audit.sandbox import KINDS, Faults, Sandbox

V1 = "/v1/inventory/device/info?tenants=101&page[first]=2"
FORWARD = {"pagination-type": "forward-only"}


def told(answer: httpx.Response) -> str:
    return f"{answer.status_code} {answer.headers.get('content-type', '')} {answer.text}"


# Fault, options, path asked for, and what the answer must say.
PSA_ANSWERS: list[tuple[str, dict[str, Any], str, str]] = [
    (
        "psa_01_rate_limited",
        {"seconds": 7},
        "/company/companies",
        '429 .*"error":"ConnectWiseAPI".*in 7 seconds',
    ),
    ("psa_02_cloudflare_page", {}, "/company/companies", "429 text/html.*Cloudflare"),
    ("psa_02_cloudflare_page", {"status": 503}, "/company/companies", "503 text/html.*Cloudflare"),
    ("psa_03_gateway_timeout", {}, "/company/companies", "504 text/html"),
    ("psa_07_login_page", {}, "/company/companies", "200 text/html.*Login"),
    ("psa_08_ssl_required", {}, "/company/companies", '403 .*"code":"Security","message":"SSL is required."'),
    ("psa_11_wrong_key", {}, "/company/companies", "401 .*Incorrect public/private key"),
    ("psa_11_wrong_key", {"status": 404}, "/company/companies", "404 text/html"),
    ("psa_12_client_id_refused", {}, "/company/companies", "400 .*clientId"),
    ("psa_13_version_unknown", {}, "/company/companies", "400 .*does not support the API version '0.0'"),
    (
        "psa_15_forbidden",
        {"path": "*/service/boards/21/*"},
        "/service/boards/21/statuses",
        "403 .*permission",
    ),
    ("psa_15_forbidden", {"path": "*/service/boards/21/*"}, "/service/boards", "200 "),
    ("psa_17_condition_refused", {}, "/company/companies?conditions=id=1", r"400 .*Line 1, Character 9"),
    ("psa_17_condition_refused", {}, "/company/companies", "200 "),
    (
        "psa_18_name_not_recognized",
        {},
        "/company/companies?orderBy=id",
        "400 .*typeids is not a recognized name",
    ),
    ("psa_19_page_size_limit", {}, "/company/companies?pageSize=101", "400 .*between 1 and 100"),
    ("psa_19_page_size_limit", {}, "/company/companies?pageSize=100", "200 "),
    ("psa_23_error_on_a_page", {}, "/company/companies?page=2", "500 .*valid Boolean"),
    ("psa_25_address_too_long", {"limit": 80}, "/company/companies?conditions=id=1 or id=2", "404 text/html"),
    ("psa_25_address_too_long", {"limit": 200}, "/company/companies?conditions=id=1 or id=2", "200 "),
    ("psa_35_listed_but_not_found", {}, "/company/companies/1", "404 .*NotFound"),
    ("psa_45_endpoint_missing", {"status": 405}, "/company/companies", "405 "),
    ("psa_46_system_info_refused", {}, "/system/info", "401 .*UserNotAuthenticated"),
    ("psa_46_system_info_refused", {"form": "database"}, "/system/info", "500 .*database error"),
    ("source_off", {"source": "psa"}, "/company/companies", "503 text/html"),
    ("server_error", {"status": 502}, "/company/companies", "502 text/html"),
]


@pytest.mark.parametrize(("name", "options", "path", "expected"), PSA_ANSWERS)
def test_psa_answers(
    sandbox: Sandbox, psa: httpx.Client, name: str, options: dict[str, Any], path: str, expected: str
) -> None:
    assert psa.get(path).status_code in (200, 404)
    sandbox.faults.add(name, **options)
    assert re.match(expected, told(psa.get(path)), re.DOTALL)
    sandbox.faults.clear()
    assert psa.get(path).status_code in (200, 404)


# Fault, options, list asked for, and what must hold of its records.
PSA_RECORDS: list[tuple[str, dict[str, Any], str, Callable[[list[dict[str, Any]]], bool]]] = [
    (
        "psa_16_level_my",
        {},
        "/company/companies",
        lambda r: [x["id"] for x in r] == [1, 2, 4, 5, 7, 8, 10, 11],
    ),
    ("psa_16_level_my", {}, "/system/mySecurity", lambda r: r[0]["inquireLevel"] == "My"),
    ("psa_36_members_missing", {}, "/company/companies", lambda r: r[0]["status"] is None),
    ("psa_36_members_missing", {"form": "absent"}, "/company/companies", lambda r: "status" not in r[0]),
    (
        "psa_36_members_missing",
        {"form": "info_null"},
        "/company/companies",
        lambda r: r[0]["_info"] == {"lastUpdated": None},
    ),
    (
        "psa_37_reference_gone",
        {"member": "status"},
        "/company/companies",
        lambda r: r[0]["status"]["id"] == 999_999_999,
    ),
    ("psa_38_sparse_records", {}, "/service/priorities", lambda r: r == [{"id": 1, "name": "High"}]),
    (
        "psa_39_answers_of_any_type",
        {},
        "/company/configurations",
        lambda r: len({type(x["questions"][0]["answer"]) for x in r}) >= 4,
    ),
    ("psa_40_unknown_enum", {}, "/service/priorities", lambda r: r[0]["level"] == "Surprise"),
    ("psa_41_odd_text", {}, "/company/companies", lambda r: r[0]["name"] == "Company 1\x00"),
    ("psa_41_odd_text", {"form": "id_text"}, "/company/companies", lambda r: r[0]["id"] == "1"),
    ("psa_41_odd_text", {"form": "long"}, "/company/companies", lambda r: len(r[0]["name"]) > 5_000),
    (
        "psa_42_odd_times",
        {},
        "/company/companies",
        lambda r: r[0]["_info"]["lastUpdated"].endswith(".1234567Z"),
    ),
    ("psa_43_recycle_bin", {}, "/company/companies", lambda r: sum(x["deletedFlag"] for x in r) == 4),
    ("psa_50_glued_identifiers", {}, "/company/configurations", lambda r: "," in r[0].get("macAddress", "")),
    (
        "psa_50_glued_identifiers",
        {"form": "serials"},
        "/company/configurations",
        lambda r: r[0]["serialNumber"] == "To be filled by O.E.M.",
    ),
    (
        "psa_52_passwords_present",
        {"password": "hunter2"},
        "/company/managedDevicesIntegrations",
        lambda r: r[0].get("globalLoginPassword") == "hunter2",
    ),
    ("psa_row_repeated", {}, "/company/companies", lambda r: [x["id"] for x in r[:3]] == [1, 1, 2]),
    ("psa_short_page", {}, "/company/companies?pageSize=5", lambda r: len(r) == 4),
]


@pytest.mark.parametrize(("name", "options", "path", "holds"), PSA_RECORDS)
def test_psa_records(
    sandbox: Sandbox,
    psa: httpx.Client,
    name: str,
    options: dict[str, Any],
    path: str,
    holds: Callable[[list[dict[str, Any]]], bool],
) -> None:
    assert not holds(psa.get(path).json())
    sandbox.faults.add(name, **options)
    assert holds(psa.get(path).json())


def test_psa_09_company_info_comes_in_other_forms(sandbox: Sandbox) -> None:
    url = f"{sandbox.psa_url}/login/companyinfo/northwind"
    forms = {}
    for form in ("null", "text_is_cloud", "no_site_url"):
        sandbox.faults.clear()
        sandbox.faults.add("psa_09_company_info_odd", form=form)
        forms[form] = httpx.get(url).json()
    assert forms["null"] is None
    assert forms["text_is_cloud"]["IsCloud"] == "True"
    assert "SiteUrl" not in forms["no_site_url"]


def test_psa_10_a_release_moves_every_path(sandbox: Sandbox, psa: httpx.Client) -> None:
    sandbox.faults.add("psa_10_codebase_changed")
    assert psa.get("/company/companies").status_code == 404
    info = httpx.get(f"{sandbox.psa_url}/login/companyinfo/northwind").json()
    assert info["Codebase"] == "v2026_5/"
    answer = psa.get(f"{sandbox.psa_url}/v2026_5/apis/3.0/company/companies?pageSize=5")
    assert answer.status_code == 200
    assert "/v2026_5/apis/3.0/" in answer.links["next"]["url"]


def test_psa_14_a_plain_accept_header_gets_less(sandbox: Sandbox, psa: httpx.Client) -> None:
    sandbox.faults.add("psa_14_plain_accept_gets_less")
    full, plain = (
        psa.get("/company/companies").json(),
        psa.get("/company/companies", headers={"Accept": "application/json"}).json(),
    )
    assert (len(full), len(plain), "_info" in plain[0]) == (12, 6, False)


def test_psa_16_counts_hide_what_lists_hide(sandbox: Sandbox, psa: httpx.Client) -> None:
    sandbox.faults.add("psa_16_level_my")
    assert psa.get("/company/companies/count").json() == {"count": 8}


@pytest.mark.parametrize(("by", "second"), [(-1, [5, 6, 7, 8, 9]), (1, [7, 8, 9, 10, 11])])
def test_psa_20_rows_shift_between_numbered_pages_only(
    sandbox: Sandbox, psa: httpx.Client, by: int, second: list[int]
) -> None:
    sandbox.faults.add("psa_20_rows_shift", by=by)
    read = [
        [row["id"] for row in psa.get(f"/company/companies?pageSize=5&page={page}").json()] for page in (1, 2)
    ]
    assert read == [[1, 2, 3, 4, 5], second]
    answer = psa.get("/company/companies?pageSize=5&pageId=5", headers=FORWARD)
    assert [row["id"] for row in answer.json()] == [6, 7, 8, 9, 10]


@pytest.mark.parametrize(("form", "has_link"), [("no_link", False), ("page_honoured", True)])
def test_psa_21_forward_only_is_not_known(
    sandbox: Sandbox, psa: httpx.Client, form: str, *, has_link: bool
) -> None:
    sandbox.faults.add("psa_21_no_forward_only", form=form)
    answer = psa.get("/company/companies?pageSize=5&pageId=5", headers=FORWARD)
    assert [row["id"] for row in answer.json()] == [1, 2, 3, 4, 5]
    assert ("link" in answer.headers) is has_link
    assert "pageId" not in answer.headers.get("link", "")


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("no_question_mark", r"companies&conditions="),
        ("other_order", r"\?page=2&pageSize=5&conditions="),
        ("conditions_dropped", r"companies\?pageSize=5&page=2$"),
        ("other_host", r"^http://api-eu\.myconnectwise\.example/v2026_4"),
    ],
)
def test_psa_22_links_are_odd(sandbox: Sandbox, psa: httpx.Client, form: str, expected: str) -> None:
    sandbox.faults.add("psa_22_link_odd", form=form)
    answer = psa.get("/company/companies?conditions=id>0&pageSize=5")
    assert re.search(expected, answer.links["next"]["url"])


def test_psa_24_a_list_is_slow_unless_ids_are_named(sandbox: Sandbox, psa: httpx.Client) -> None:
    sandbox.faults.add("psa_24_slow_list", ms=5_000)
    with pytest.raises(httpx.ReadTimeout):
        psa.get("/company/companies?conditions=deletedFlag=false", timeout=0.3)
    assert psa.get("/company/companies?conditions=status/id in (1)", timeout=2).status_code == 200


def test_psa_a_short_page_of_forward_only_loses_nothing(sandbox: Sandbox, psa: httpx.Client) -> None:
    sandbox.faults.add("psa_short_page", after=1, times=1)
    url: str | None = "/company/companies?pageSize=5"
    read = []
    while url:
        answer = psa.get(url, headers=FORWARD)
        read.append([row["id"] for row in answer.json()])
        url = answer.links.get("next", {}).get("url")
    assert read == [[1, 2, 3, 4, 5], [6, 7, 8, 9], [10, 11, 12]]


def test_psa_a_count_differs(sandbox: Sandbox, psa: httpx.Client) -> None:
    sandbox.faults.add("psa_count_differs", by=-2)
    assert psa.get("/company/companies/count").json() == {"count": 10}


AUVIK_ANSWERS: list[tuple[str, dict[str, Any], str]] = [
    ("auvik_unauthorized", {}, "401 .*errors"),
    ("auvik_rate_limited_as_forbidden", {}, "403 .*rate limit"),
    ("auvik_unavailable", {}, "503 application/vnd.api"),
    ("auvik_html_page", {}, "503 text/html"),
    ("auvik_error_without_body", {}, "500  $"),
    ("auvik_tenant_forbidden", {"tenant": "101"}, "403 .*errors"),
    ("auvik_tenant_forbidden", {"tenant": "102"}, "200 "),
    ("auvik_error_in_200", {}, '200 .*"errors"'),
    ("auvik_data_null", {}, '200 .*"data":null'),
    ("auvik_data_null", {"form": "missing"}, '200 application[^"]*(?!.*"data").*"links"'),
    ("auvik_null_attributes", {}, '200 .*"deviceName":null'),
    ("source_off", {"source": "auvik"}, "503 text/html"),
]


@pytest.mark.parametrize(("name", "options", "expected"), AUVIK_ANSWERS)
def test_auvik_answers(
    sandbox: Sandbox, auvik: httpx.Client, name: str, options: dict[str, Any], expected: str
) -> None:
    assert auvik.get(V1).status_code == 200
    sandbox.faults.add(name, **options)
    assert re.match(expected, told(auvik.get(V1)), re.DOTALL)


def test_auvik_sends_accounts_of_another_region_away(sandbox: Sandbox, auvik: httpx.Client) -> None:
    sandbox.faults.add("auvik_other_region")
    answer = auvik.get(V1)
    assert answer.status_code == 308
    assert answer.headers["location"].startswith(
        "https://auvikapi.eu1.my.auvik.com/v1/inventory/device/info?tenants=101"
    )


@pytest.mark.parametrize("form", ["seconds", "date", "zero", "none"])
def test_auvik_limits_in_all_forms(sandbox: Sandbox, auvik: httpx.Client, form: str) -> None:
    sandbox.faults.add("auvik_rate_limited", form=form, seconds=60)
    answer = auvik.get(V1)
    header = answer.headers.get("retry-after")
    assert answer.status_code == 429
    assert {"seconds": "60", "zero": "0", "none": None}.get(form, header) == header
    if form == "date":
        assert 0 < parsedate_to_datetime(header).timestamp() - time.time() <= 60


def test_auvik_repeats_a_cursor(sandbox: Sandbox, auvik: httpx.Client) -> None:
    sandbox.faults.add("auvik_repeated_cursor")
    second = auvik.get(auvik.get(V1).json()["links"]["next"])
    assert auvik.get(second.json()["links"]["next"]).json() == second.json()


def test_auvik_leads_to_another_host(sandbox: Sandbox, auvik: httpx.Client) -> None:
    sandbox.faults.add("auvik_foreign_next")
    assert auvik.get(V1).json()["links"]["next"].startswith("https://auvikapi.us9.my.auvik.com/")


def test_auvik_drops_filters_from_the_next_link(sandbox: Sandbox, auvik: httpx.Client) -> None:
    sandbox.faults.add("auvik_filters_dropped")
    assert "tenants" not in auvik.get(V1).json()["links"]["next"]


def test_auvik_repeats_a_row_on_the_next_page(sandbox: Sandbox, auvik: httpx.Client) -> None:
    sandbox.faults.add("auvik_duplicate_id")
    first = auvik.get(V1).json()
    second = auvik.get(first["links"]["next"]).json()
    assert first["data"][-1]["id"] == second["data"][0]["id"]


def test_auvik_has_a_short_page_in_the_middle_that_loses_nothing(
    sandbox: Sandbox, auvik: httpx.Client
) -> None:
    sandbox.faults.add("auvik_short_page", after=1, times=1)
    url = V1.replace("=2", "=2")
    sizes, seen = [], set()
    while url:
        document = auvik.get(url).json()
        sizes.append(len(document["data"]))
        seen |= {item["id"] for item in document["data"]}
        url = document["links"]["next"]
    assert (sizes, len(seen)) == ([2, 1, 2], 5)


@pytest.mark.parametrize("name", ["auvik_truncated_json", "truncated_json"])
def test_a_truncated_document_is_no_json(sandbox: Sandbox, auvik: httpx.Client, name: str) -> None:
    sandbox.faults.add(name)
    answer = auvik.get(V1)
    assert answer.status_code == 200
    with pytest.raises(json.JSONDecodeError):
        answer.json()


def test_automate_tokens_expire_in_the_middle(
    sandbox: Sandbox, automate: httpx.Client, automate_login: Callable[[], httpx.Response]
) -> None:
    sandbox.faults.add("automate_token_expires", path="*/Computers", after=2)
    statuses = [automate.get(f"/Computers?page={page}").status_code for page in range(4)]
    assert statuses == [400, 200, 401, 401]
    old = automate.headers["Authorization"].removeprefix("Bearer ")
    renewed = automate.post("/apitoken/refresh", json=old).json()["AccessToken"]
    for token in (renewed, automate_login().json()["AccessToken"]):
        assert automate.get("/Computers", headers={"Authorization": f"Bearer {token}"}).status_code == 200


def test_automate_tokens_may_not_be_refreshed(sandbox: Sandbox, automate: httpx.Client) -> None:
    sandbox.faults.add("automate_token_expires", refreshes=False)
    old = automate.headers["Authorization"].removeprefix("Bearer ")
    assert automate.post("/apitoken/refresh", json=old).status_code == 401


def test_automate_wants_a_second_factor(
    sandbox: Sandbox, automate_login: Callable[[], httpx.Response]
) -> None:
    sandbox.faults.add("automate_two_factor")
    document = automate_login().json()
    assert (document["AccessToken"], document["IsTwoFactorRequired"]) == (None, True)


@pytest.mark.parametrize(
    ("name", "options", "expected"),
    [
        ("automate_unavailable", {"status": 502}, "502 text/html"),
        ("automate_rate_limited", {}, "429 .*Too many"),
        ("automate_forbidden", {}, "403 .*denied"),
        ("source_off", {"source": "automate"}, "503 "),
    ],
)
def test_automate_answers(
    sandbox: Sandbox, automate: httpx.Client, name: str, options: dict[str, Any], expected: str
) -> None:
    sandbox.faults.add(name, **options)
    assert re.match(expected, told(automate.get("/Computers")), re.DOTALL)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("automate_short_page", ["4", "5"]),
        ("automate_repeated_page", ["1", "2", "3"]),
        ("automate_rows_shift", ["3", "4", "5"]),
    ],
)
def test_automate_pages_break(
    sandbox: Sandbox, automate: httpx.Client, name: str, expected: list[str]
) -> None:
    sandbox.faults.add(name)
    assert [row["Id"] for row in automate.get("/Computers?page=2&pagesize=3").json()] == expected


def test_a_connection_drops_in_the_middle_of_a_body(sandbox: Sandbox, psa: httpx.Client) -> None:
    sandbox.faults.add("connection_dropped", times=1)
    with pytest.raises(httpx.RemoteProtocolError):
        psa.get("/company/companies")
    assert psa.get("/company/companies").status_code == 200


def test_answers_are_late(sandbox: Sandbox, psa: httpx.Client) -> None:
    sandbox.faults.add("delay_ms", ms=200)
    began = time.monotonic()
    assert psa.get("/company/companies").status_code == 200
    assert time.monotonic() - began >= 0.2


def test_a_source_that_is_off_leaves_the_others_alone(
    sandbox: Sandbox, psa: httpx.Client, auvik: httpx.Client
) -> None:
    sandbox.faults.add("source_off", source="psa")
    assert (psa.get("/company/companies").status_code, auvik.get(V1).status_code) == (503, 200)


def test_a_fault_acts_after_so_many_requests_and_so_often(sandbox: Sandbox, psa: httpx.Client) -> None:
    switched = sandbox.faults.add("psa_01_rate_limited", path="*/company/companies", after=2, times=1)
    psa.get("/service/boards")
    assert [psa.get("/company/companies").status_code for _ in range(4)] == [200, 200, 429, 200]
    assert (switched.seen, switched.acted) == (4, 1)


def test_faults_add_up(sandbox: Sandbox, psa: httpx.Client) -> None:
    sandbox.faults.add("psa_row_repeated")
    sandbox.faults.add("psa_41_odd_text", form="id_text")
    assert [row["id"] for row in psa.get("/company/companies").json()[:3]] == ["1", "1", "2"]
    sandbox.faults.remove("psa_row_repeated")
    assert [row["id"] for row in psa.get("/company/companies").json()[:3]] == ["1", "2", "3"]


def test_unknown_faults_and_options_are_refused() -> None:
    faults = Faults()
    with pytest.raises(ValueError, match="did you mean psa_01_rate_limited"):
        faults.add("psa_rate_limited")
    with pytest.raises(ValueError, match="takes no colour; it knows: seconds"):
        faults.add("psa_01_rate_limited", colour="red")
    assert faults.on == ()


def test_every_fault_says_what_it_does_and_is_tried_here() -> None:
    here = Path(__file__)
    files = (here, here.with_name("test_tickets.py"), here.with_name("test_ninjaone.py"))
    tried = "".join(file.read_text(encoding="utf-8") for file in files)
    assert {name for name in KINDS if f'"{name}"' not in tried} == set()
    assert {name for name, kind in KINDS.items() if not kind.meaning.endswith(".")} == set()
