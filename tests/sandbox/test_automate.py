"""The Automate stand-in over HTTP: tokens, plain arrays, pages that end with an empty one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from msp_audit.sandbox import Sandbox
from msp_audit.sandbox import automate as stand_in


def ids(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [record["Id"] for record in answer.json()]


def test_a_login_gives_a_token_for_about_an_hour(automate_login: Callable[[], httpx.Response]) -> None:
    document = automate_login().json()
    expires_at = datetime.fromisoformat(document["ExpirationDate"])
    assert timedelta(minutes=55) < expires_at - datetime.now(UTC) <= timedelta(minutes=60)
    assert (document["TokenType"], document["IsTwoFactorRequired"]) == ("Bearer", False)


@pytest.mark.parametrize("document", [{"Username": "auditor", "Password": "wrong"}, {}, None, "text"])
def test_a_wrong_login_is_refused(automate: httpx.Client, document: object) -> None:
    assert automate.post("/apitoken", json=document).status_code == 401


@pytest.mark.parametrize(
    "headers", [{"clientId": ""}, {"Authorization": "Bearer nonsense"}, {"Authorization": ""}]
)
def test_without_client_id_or_token_nothing_is_told(automate: httpx.Client, headers: dict[str, str]) -> None:
    assert automate.get("/Clients", headers=headers).status_code == 401


def test_a_token_ends_and_a_refreshed_one_replaces_it(
    automate: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = automate.headers["Authorization"].removeprefix("Bearer ")
    new = automate.post("/apitoken/refresh", json=old).json()["AccessToken"]
    assert automate.get("/Clients").status_code == 401
    assert automate.get("/Clients", headers={"Authorization": f"Bearer {new}"}).status_code == 200
    monkeypatch.setattr(stand_in, "TOKEN_SECONDS", -1)
    late = automate.post("/apitoken/refresh", json=new).json()["AccessToken"]
    assert automate.get("/Clients", headers={"Authorization": f"Bearer {late}"}).status_code == 401


@pytest.mark.parametrize(
    "path", ["Clients", "Locations", "Computers", "NetworkDevices", "RetiredAssets", "Tickets"]
)
def test_every_list_is_a_plain_array(automate: httpx.Client, path: str) -> None:
    assert isinstance(automate.get(f"/{path}").json(), list)


def test_pages_end_with_an_empty_one(automate: httpx.Client) -> None:
    read = [ids(automate.get(f"/Computers?page={page}&pagesize=3&orderby=Id asc")) for page in range(1, 5)]
    assert read == [["1", "2", "3"], ["4", "5", "6"], ["7"], []]


def test_parameters_are_found_in_any_case(automate: httpx.Client) -> None:
    assert ids(automate.get("/Computers?Page=2&pageSize=2")) == ["3", "4"]


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("Client.Id = 1", ["2", "4", "6"]),
        ("Type = 'Server' and Id > 3", ["5", "7"]),
        ("IsVirtualMachine = true", ["4"]),
        ("OpenPortsTCP contains 443", ["2"]),
        ("RemoteAgentLastContact >= 2026-10-06T00:00:00Z", ["6", "7"]),
        ("ComputerName like '%7'", ["7"]),
    ],
)
def test_conditions_choose(automate: httpx.Client, condition: str, expected: list[str]) -> None:
    assert ids(automate.get("/Computers", params={"condition": condition})) == expected


def test_ids_are_ordered_as_numbers(automate: httpx.Client) -> None:
    assert ids(automate.get("/Clients?orderby=Id desc")) == ["10", "2", "1"]
    assert ids(automate.get("/Clients?orderby=Name asc")) == ["1", "10", "2"]


@pytest.mark.parametrize(
    "asked", ["condition=Colour = 1", "condition=Id ~ 1", "orderby=Colour", "page=0", "pagesize=x"]
)
def test_what_is_not_understood_is_refused(automate: httpx.Client, asked: str) -> None:
    assert automate.get(f"/Computers?{asked}").status_code == 400


def test_one_record_by_id(automate: httpx.Client) -> None:
    assert automate.get("/Computers/4").json()["ComputerName"] == "PC-4"
    assert automate.get("/Tickets/9").json()["Subject"] == "Disk"
    assert automate.get("/Computers/44").status_code == 404


def test_tokens_outlive_a_change_of_week(automate: httpx.Client, sandbox: Sandbox) -> None:
    sandbox.serve(sandbox.folder)
    assert automate.get("/Clients").status_code == 200


def test_unknown_paths_and_verbs_are_refused(automate: httpx.Client) -> None:
    assert automate.get("/Nonsense").status_code == 404
    assert automate.post("/Clients", json={}).status_code == 405
    assert automate.get("/apitoken").status_code == 405
