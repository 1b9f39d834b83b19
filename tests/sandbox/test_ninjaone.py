"""NinjaOne's stand-in and each of its faults, seen through real HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from msp_audit.sandbox import LOGINS, Sandbox
from tests.sandbox.conftest import write_lines

DEVICES = "/v2/devices-detailed?pageSize=2"
SYSTEMS = "/v2/queries/computer-systems?pageSize=2"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    folder = tmp_path_factory.mktemp("reading")
    devices = [{"id": number, "nodeClass": "MAC"} for number in range(1, 6)]
    write_lines(folder / "ninjaone" / "devices.ndjson", devices)
    write_lines(folder / "ninjaone" / "computer_systems.ndjson", [{"deviceId": one["id"]} for one in devices])
    with Sandbox(folder) as sandbox:
        yield sandbox


def sign_in(sandbox: Sandbox) -> httpx.Response:
    form = {"grant_type": "client_credentials", "scope": "monitoring", **LOGINS["ninjaone"]}
    return httpx.post(f"{sandbox.ninjaone_url}/ws/oauth/token", data=form)


@pytest.fixture
def ninjaone(running: Sandbox) -> Iterator[httpx.Client]:
    running.faults.clear()
    token = sign_in(running).json()["access_token"]
    with httpx.Client(base_url=running.ninjaone_url, headers={"Authorization": f"Bearer {token}"}) as session:
        yield session
    running.faults.clear()


def ids(session: httpx.Client, path: str) -> list[int]:
    return [one["id"] for one in session.get(path).json()]


def test_lists_go_on_behind_an_id_and_reports_by_a_cursor(ninjaone: httpx.Client) -> None:
    assert [ids(ninjaone, f"{DEVICES}&after={last}") for last in (0, 2, 4, 5)] == [[1, 2], [3, 4], [5], []]
    cursor = ninjaone.get(SYSTEMS).json()["cursor"]["name"]
    pages = [ninjaone.get(f"{SYSTEMS}&cursor={cursor}").json()["results"] for _ in range(3)]
    assert [[one["deviceId"] for one in page] for page in pages] == [[3, 4], [5], []]


@pytest.mark.parametrize(
    ("fault", "options", "path", "expected"),
    [
        ("ninjaone_repeated_page", {}, f"{DEVICES}&after=2", [1, 2]),
        ("ninjaone_short_page", {}, DEVICES, [1]),
        ("ninjaone_rows_shift", {}, f"{DEVICES}&after=2", [2, 3]),
        ("ninjaone_ids_unordered", {}, DEVICES, [2, 1]),
    ],
)
def test_pages_that_are_not_what_was_asked_for(
    running: Sandbox,
    ninjaone: httpx.Client,
    fault: str,
    options: dict[str, Any],
    path: str,
    expected: list[int],
) -> None:
    running.faults.add(fault, **options)
    assert ids(ninjaone, path) == expected


def test_answers_that_refuse(running: Sandbox, ninjaone: httpx.Client) -> None:
    running.faults.add("ninjaone_rate_limited", seconds=7, times=1)
    answer = ninjaone.get(DEVICES)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "7")
    running.faults.add("ninjaone_client_unknown")
    assert sign_in(running).status_code == 401
    running.faults.clear()
    running.faults.add("ninjaone_cursor_expires")
    assert ninjaone.get(f"{SYSTEMS}&cursor=x").status_code == 400
    running.faults.add("ninjaone_member_gone")
    assert ninjaone.get(DEVICES).json() == [{"id": 1}, {"id": 2}]
    running.faults.add("ninjaone_token_expires")
    assert ninjaone.get(DEVICES).status_code == 401
    token = sign_in(running).json()["access_token"]
    assert ninjaone.get(DEVICES, headers={"Authorization": f"Bearer {token}"}).status_code == 200
