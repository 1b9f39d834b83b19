"""The Auvik stand-in over HTTP: tenants, both versions, cursors."""

from __future__ import annotations

import base64
from collections.abc import Iterator

import httpx
import pytest

from msp_audit.sandbox import Sandbox

V1 = "/v1/inventory/device/info"
V2 = "/v2/api/inventory/device/info"


def names(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [base64.b64decode(record["id"] + "==").decode() for record in answer.json()["data"]]


def pages(auvik: httpx.Client, url: str) -> Iterator[list[str]]:
    following: str | None = url
    while following:
        answer = auvik.get(following)
        yield names(answer)
        following = answer.json()["links"].get("next")


def test_a_key_is_verified(auvik: httpx.Client) -> None:
    assert auvik.get("/v1/authentication/verify").status_code == 200
    for login in (("auditor@northwind.example", "wrong"), None):
        auvik.auth = login  # type: ignore[assignment]
        answer = auvik.get("/v1/authentication/verify")
        assert answer.status_code == 401
        assert answer.json()["errors"]


def test_answers_have_the_media_type_of_json_api(auvik: httpx.Client) -> None:
    answer = auvik.get("/v1/tenants")
    assert answer.headers["content-type"].startswith("application/vnd.api+json")
    assert [tenant["id"] for tenant in answer.json()["data"]] == ["100", "101", "102"]


def test_tenant_details_want_the_main_prefix(auvik: httpx.Client) -> None:
    assert auvik.get("/v1/tenants/detail").status_code == 400
    assert auvik.get("/v1/tenants/detail?tenantDomainPrefix=nobody").status_code == 400
    answer = auvik.get("/v1/tenants/detail?tenantDomainPrefix=northwind")
    assert [tenant["id"] for tenant in answer.json()["data"]] == ["100", "101", "102"]
    answer = auvik.get("/v1/tenants/detail?tenantDomainPrefix=client101")
    assert [tenant["id"] for tenant in answer.json()["data"]] == ["101"]


@pytest.mark.parametrize("path", [V1, "/v1/inventory/device/detail", "/v1/inventory/interface/info"])
def test_version_1_lists_the_tenants_it_is_asked_for(auvik: httpx.Client, path: str) -> None:
    assert auvik.get(path).status_code == 400
    assert names(auvik.get(f"{path}?tenants=101")) == [f"101,{number}" for number in range(1, 6)]
    assert len(names(auvik.get(f"{path}?tenants=101,102"))) == 10
    assert auvik.get(f"{path}?tenants=101,999").status_code == 403


def test_version_2_includes_the_children_of_its_one_tenant(auvik: httpx.Client) -> None:
    assert auvik.get(V2).status_code == 400
    assert auvik.get(f"{V2}?tenant=101,102").status_code == 400
    assert auvik.get(f"{V2}?tenant=999").status_code == 403
    assert len(names(auvik.get(f"{V2}?tenant=100"))) == 15
    assert len(names(auvik.get(f"{V2}?tenant=102"))) == 5


@pytest.mark.parametrize(("url", "rows"), [(f"{V1}?tenants=101,102", 10), (f"{V2}?tenant=100", 15)])
@pytest.mark.parametrize("size", [1, 4, 5, 15])
def test_next_links_lead_through_every_row_once(auvik: httpx.Client, url: str, rows: int, size: int) -> None:
    read = list(pages(auvik, f"{url}&page[first]={size}"))
    assert [len(page) for page in read] == [size] * (rows // size) + [rows % size] * (rows % size > 0)
    assert len({name for page in read for name in page}) == rows


def test_links_are_absolute_keep_filters_and_end_with_null(auvik: httpx.Client, sandbox: Sandbox) -> None:
    first = auvik.get(f"{V1}?tenants=101&page[first]=2&filter[deviceType]=switch").json()
    assert first["links"]["next"].startswith(
        f"{sandbox.auvik_url}{V1}?tenants=101&filter[deviceType]=switch&"
    )
    assert "page[first]=2&page[after]=" in first["links"]["next"]
    assert first["meta"] == {"totalPages": 2}
    second = auvik.get(first["links"]["next"]).json()
    assert second["links"]["next"] is None
    assert [item["attributes"]["deviceType"] for item in first["data"] + second["data"]] == ["switch"] * 3


def test_previous_links_lead_back(auvik: httpx.Client) -> None:
    first = auvik.get(f"{V1}?tenants=101&page[first]=2")
    second = auvik.get(first.json()["links"]["next"])
    assert names(auvik.get(second.json()["links"]["prev"])) == names(first)
    assert names(auvik.get(first.json()["links"]["last"])) == ["101,4", "101,5"]


def test_a_cursor_that_it_did_not_give_is_refused(auvik: httpx.Client) -> None:
    own = auvik.get(f"{V1}?tenants=101&page[first]=2").json()["links"]["next"]
    made_up = base64.b64encode(b"cursor:101,99").decode()
    assert auvik.get(f"{V1}?tenants=101&page[first]=2&page[after]={made_up}").status_code == 400
    # A cursor belongs to the list that it was given for.
    assert auvik.get(own.replace("tenants=101", "tenants=102")).status_code == 400
    assert auvik.get(own).status_code == 200


@pytest.mark.parametrize(
    "asked", ["page[first]=0", "page[first]=1001", "page[first]=x", "filter[colour]=red"]
)
def test_what_is_not_understood_is_refused(auvik: httpx.Client, asked: str) -> None:
    answer = auvik.get(f"{V1}?tenants=101&{asked}")
    assert (answer.status_code, list(answer.json())) == (400, ["errors"])


def test_version_2_pages_hold_ten_times_more(auvik: httpx.Client) -> None:
    assert auvik.get(f"{V2}?tenant=100&page[first]=10000").status_code == 200
    assert auvik.get(f"{V2}?tenant=100&page[first]=10001").status_code == 400


def test_times_are_filtered(auvik: httpx.Client) -> None:
    assert names(auvik.get(f"{V1}?tenants=101&filter[notSeenSince]=2026-10-03T00:00:00Z")) == [
        "101,1",
        "101,2",
    ]


def test_details_are_included_when_asked_for(auvik: httpx.Client) -> None:
    document = auvik.get(f"{V1}?tenants=101&include=deviceDetail&page[first]=2").json()
    assert [item["id"] for item in document["included"]] == [item["id"] for item in document["data"]]
    assert document["included"][0]["type"] == "deviceDetail"
