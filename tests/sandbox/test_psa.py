"""The PSA stand-in over HTTP: what it lets in, lists, pages, trims and refuses."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from msp_audit.sandbox import Sandbox
from msp_audit.sandbox.psa_lists import LISTS

FORWARD = {"pagination-type": "forward-only"}


def ids(answer: httpx.Response) -> list[int]:
    assert answer.status_code == 200, answer.text
    return [record["id"] for record in answer.json()]


def pages(psa: httpx.Client, url: str, headers: dict[str, str] | None = None) -> Iterator[list[int]]:
    following: str | None = url
    while following:
        answer = psa.get(following, headers=headers)
        yield ids(answer)
        following = answer.links.get("next", {}).get("url")


def test_company_info_is_told_to_everyone_and_null_for_a_stranger(sandbox: Sandbox) -> None:
    known = httpx.get(f"{sandbox.psa_url}/login/companyinfo/Northwind")
    assert known.json()["Codebase"] == "v2026_4/"
    stranger = httpx.get(f"{sandbox.psa_url}/login/companyinfo/acme")
    assert (stranger.status_code, stranger.json()) == (200, None)


@pytest.mark.parametrize(
    ("headers", "login", "status", "code"),
    [
        ({"clientId": ""}, ("northwind+public", "private"), 401, "Unauthorized"),
        (
            {"clientId": "11111111-0000-4000-8000-000000000001"},
            ("northwind+public", "private"),
            401,
            "Unauthorized",
        ),
        ({}, ("northwind+public", "wrong"), 401, "Unauthorized"),
        ({}, ("acme+public", "private"), 401, "Unauthorized"),
        ({}, ("public", "private"), 401, "Unauthorized"),
        ({"Authorization": "Bearer x"}, None, 401, "ConnectWiseApi"),
        ({"Authorization": "Basic %%%"}, None, 401, "ConnectWiseApi"),
        (
            {"Accept": "application/vnd.connectwise.com+json; version=2031.1"},
            ("northwind+public", "private"),
            400,
            "ConnectWiseApi",
        ),
        (
            {"Accept": "application/vnd.connectwise.com+json; version=latest"},
            ("northwind+public", "private"),
            400,
            "ConnectWiseApi",
        ),
    ],
)
def test_who_is_not_known_is_refused_in_the_vendors_shape(
    psa: httpx.Client, headers: dict[str, str], login: tuple[str, str] | None, status: int, code: str
) -> None:
    psa.auth = login  # type: ignore[assignment]
    answer = psa.get("/company/companies", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert set(answer.json()) == {"code", "message", "errors"}


def test_a_known_version_is_accepted_and_named_in_the_answer(psa: httpx.Client) -> None:
    headers = {"Accept": "application/vnd.connectwise.com+json; version=2025.1"}
    answer = psa.get("/company/companies", headers=headers)
    assert (answer.status_code, answer.headers["api-current-version"]) == (200, "2026.4")


def test_only_the_code_base_of_the_release_and_the_old_one_are_there(
    sandbox: Sandbox, psa: httpx.Client
) -> None:
    path = "apis/3.0/company/companies"
    assert ids(psa.get(f"{sandbox.psa_url}/v4_6_release/{path}"))
    answer = psa.get(f"{sandbox.psa_url}/v2025_1/{path}")
    assert (answer.status_code, answer.headers["content-type"]) == (404, "text/html; charset=utf-8")


def test_every_list_answers_its_records_its_count_and_one_record(psa: httpx.Client) -> None:
    parents = {"companies": 1, "configuration_types": 14, "boards": 21, "agreements": 410}
    parents["managed_devices_integrations"] = 3
    for listed in LISTS:
        path = listed.path.format(parent=parents.get(listed.parent))
        found = ids(psa.get(path))
        assert found, path
        for count in listed.counts:
            assert psa.get(f"{path}{count}").json() == {"count": len(found)}, path
        assert psa.get(f"{path}/{found[0]}").json()["id"] == found[0]


def test_records_come_by_id_as_they_stand_in_the_file(psa: httpx.Client) -> None:
    assert psa.get("/company/companies").json()[2]["name"] == "Büro [West] & Söhne"
    assert ids(psa.get("/company/companies/1/sites")) == [2, 4]
    assert ids(psa.get("/company/companies/2/sites")) == [1, 3]


@pytest.mark.parametrize(
    "path", ["/company/companies/999", "/company/companies/999/sites", "/company/companies/1/sites/1"]
)
def test_what_is_not_there_is_not_found(psa: httpx.Client, path: str) -> None:
    answer = psa.get(path)
    assert (answer.status_code, answer.json()["code"]) == (404, "NotFound")


def test_unknown_paths_and_verbs_are_refused(psa: httpx.Client) -> None:
    assert psa.get("/company/nonsense").status_code == 404
    assert psa.post("/company/companies", json={}).status_code == 405


def test_pages_by_number_lead_from_one_to_the_next(psa: httpx.Client) -> None:
    assert list(pages(psa, "/company/companies?pageSize=5")) == [[1, 2, 3, 4, 5], [6, 7, 8, 9, 10], [11, 12]]
    answer = psa.get(
        "/company/companies", params={"pageSize": 5, "page": 2, "conditions": "id > 0 and id < 99"}
    )
    assert set(answer.links) == {"first", "prev", "next", "last"}
    assert "conditions=id%20%3E%200%20and%20id%20%3C%2099" in answer.links["next"]["url"]
    assert ids(psa.get("/company/companies?pageSize=5&page=9")) == []
    assert psa.get("/company/companies?pageSize=12").headers.get("link") is None


def test_a_page_holds_25_rows_unless_asked(psa: httpx.Client, sandbox: Sandbox) -> None:
    assert len(ids(psa.get("/company/companies"))) == 12
    answer = psa.get("/company/companies?pageSize=12&page=1")
    assert len(ids(answer)) == 12


@pytest.mark.parametrize("asked", ["pageSize=1001", "pageSize=0", "pageSize=x", "page=0", "page=-1"])
def test_numbers_out_of_range_are_refused(psa: httpx.Client, asked: str) -> None:
    answer = psa.get(f"/company/companies?{asked}")
    name = asked.partition("=")[0]
    assert (answer.status_code, answer.json()["message"]) == (400, f"{name} object is invalid")
    assert answer.json()["errors"][0]["code"] == "OutOfRange"


@pytest.mark.parametrize("size", [5, 6, 12, 1000])
def test_forward_only_pages_end_without_a_link(psa: httpx.Client, size: int) -> None:
    read = list(pages(psa, f"/company/companies?pageSize={size}&page=7", headers=FORWARD))
    assert [number for page in read for number in page] == list(range(1, 13))
    # A list that ends with a full page is followed by an empty one.
    assert (read[-1] == []) == (12 % size == 0)


def test_forward_only_goes_on_after_any_id(psa: httpx.Client) -> None:
    asked = {"pageSize": "3", "pageId": "4", "conditions": "id not in (6)"}
    answer = psa.get("/company/companies", params=asked, headers=FORWARD)
    assert ids(answer) == [5, 7, 8]
    assert "pageId=8" in answer.links["next"]["url"]
    assert "conditions=" in answer.links["next"]["url"]


def test_forward_only_refuses_an_order(psa: httpx.Client) -> None:
    answer = psa.get("/company/companies?orderBy=id asc", headers=FORWARD)
    assert (answer.status_code, answer.json()["code"]) == (400, "InvalidObject")


def test_own_rights_have_no_forward_only_link(psa: httpx.Client) -> None:
    answer = psa.get("/system/mySecurity?pageSize=1", headers=FORWARD)
    assert (ids(answer), answer.headers.get("link")) == ([1], None)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"conditions": "deletedFlag = true"}, [5]),
        ({"conditions": 'name like "Büro [[]W%"'}, [3]),
        ({"conditions": 'name like "Büro [West]%"'}, []),
        ({"conditions": "lastUpdated > [2026-08-10T10:00:00Z]"}, [11, 12]),
        ({"childConditions": "types/id = 2"}, [2, 5, 8, 11]),
        ({"customFieldConditions": 'caption="RMM Id" AND value = "44"'}, [4]),
        ({"conditions": "id < 6", "childConditions": "types/id = 2", "orderBy": "id desc"}, [5, 2]),
        ({"orderBy": "status/id desc, id desc", "pageSize": "4"}, [11, 9, 7, 5]),
        ({"orderBy": "name", "pageSize": "3"}, [3, 1, 10]),
    ],
)
def test_conditions_and_orders_choose(psa: httpx.Client, asked: dict[str, str], expected: list[int]) -> None:
    assert ids(psa.get("/company/companies", params=asked)) == expected


def test_a_count_takes_the_same_conditions(psa: httpx.Client) -> None:
    assert psa.get("/company/companies/count", params={"conditions": "id > 10"}).json() == {"count": 2}


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"conditions": "typeids = 3"}, "typeids is not a recognized name."),
        (
            {"conditions": "name = Acme"},
            "Condition Syntax Error (Line 1, Character 8) - Unrecognized value: Acme",
        ),
        ({"childConditions": "id = 3"}, "id is not a recognized name."),
        ({"orderBy": "colour"}, "colour is not a recognized name."),
        ({"orderBy": "id upwards"}, "id upwards is not a recognized name."),
    ],
)
def test_a_refused_condition_says_why(psa: httpx.Client, asked: dict[str, str], message: str) -> None:
    answer = psa.get("/company/companies", params=asked)
    assert answer.status_code == 400
    assert answer.json() == {"code": "ApiFindCondition", "message": message, "errors": None}


def test_fields_trim_records_one_level_deep(psa: httpx.Client) -> None:
    asked = {"fields": "id,status/name,nothing", "pageSize": "1"}
    assert psa.get("/company/companies", params=asked).json() == [{"id": 1, "status": {"name": "Active"}}]
    assert psa.get("/company/companies/2?fields=name").json() == {"name": "Company 2"}


def test_an_address_that_is_too_long_is_refused_by_the_host(psa: httpx.Client) -> None:
    asked = {"conditions": " or ".join(f"id = {number}" for number in range(400))}
    answer = psa.get("/company/companies", params=asked)
    assert (answer.status_code, answer.headers["content-type"]) == (414, "text/html; charset=utf-8")


def test_system_info_names_the_version(psa: httpx.Client) -> None:
    assert psa.get("/system/info").json()["version"].startswith("v2026.4")
