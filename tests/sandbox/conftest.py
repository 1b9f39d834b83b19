"""A tiny reading that is written for each test session, and clients for what serves it."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from msp_audit.sandbox import LOGINS, Sandbox

API = "/v2026_4/apis/3.0"
CLIENT_ID = LOGINS["psa"]["client_id"]


def write_lines(path: Path, records: Iterable[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = (json.dumps(record, separators=(",", ":"), ensure_ascii=False) + "\n" for record in records)
    path.write_text("".join(lines), encoding="utf-8")


def device_id(tenant: int, number: int) -> str:
    return base64.b64encode(f"{tenant},{number}".encode()).decode().rstrip("=")


def write_psa(folder: Path) -> None:
    companies = [
        {
            "id": number,
            "identifier": f"C{number}",
            "name": f"Company {number}" if number != 3 else "Büro [West] & Söhne",
            "status": {"id": 1 + number % 2, "name": "Active"},
            "types": [{"id": number % 3, "name": "Client"}],
            "deletedFlag": number == 5,
            "customFields": [{"id": 3, "caption": "RMM Id", "type": "Text", "value": str(number * 11)}],
            "_info": {"lastUpdated": f"2026-08-{number:02}T10:00:00Z"},
        }
        for number in range(1, 13)
    ]
    lists: dict[str, list[dict[str, Any]]] = {
        "companies": companies,
        # Not in the order of their ids, as nobody promises it.
        "sites": [
            {"id": number, "name": f"Site {number}", "company": {"id": 1 + number % 2}}
            for number in (4, 2, 1, 3)
        ],
        "configurations": [
            {
                "id": number,
                "name": f"PC-{number}",
                "status": {"id": 2, "name": "Active"},
                "serialNumber": f"SN{number}",
                "questions": [{"answerId": number, "questionId": 40, "answer": True}],
                "_info": {"lastUpdated": "2026-08-01T10:00:00Z"},
            }
            for number in range(1, 6)
        ],
        "manufacturers": [{"id": 8, "name": "Dell"}, {"id": 9, "name": "HP"}],
        "boards": [{"id": 21, "name": "Alerts"}],
        "board_statuses": [{"id": 501, "name": ">Closed", "board": {"id": 21}, "closedStatus": True}],
        "board_teams": [{"id": 61, "name": "Desk", "boardId": 21}],
        "priorities": [{"id": 1, "name": "High", "color": "Red", "level": "High"}],
        "agreements": [{"id": 410, "name": "MSA"}],
        "agreement_additions": [{"id": 7001, "agreementId": 410, "quantity": 2.5}],
        "managed_devices_integrations": [{"id": 3, "name": "Automate", "loginBy": "Global"}],
        "integration_cross_references": [{"id": 31, "managedDevicesIntegration": {"id": 3}}],
        "management_summaries": [{"id": 600, "company": {"id": 1}, "groupIdentifier": "77"}],
        "configuration_types": [{"id": 14, "name": "Managed Server"}],
        "configuration_type_questions": [{"id": 40, "configurationType": {"id": 14}, "question": "Backup?"}],
        "configuration_statuses": [{"id": 2, "description": "Active"}],
        "company_types": [{"id": 1, "name": "Client"}],
        "company_statuses": [{"id": 1, "name": "Active"}],
        "security_rights": [{"id": 1, "moduleFunctionName": "Company Maintenance", "inquireLevel": "All"}],
    }
    for resource, records in lists.items():
        write_lines(folder / "psa" / f"{resource}.ndjson", records)


def write_automate(folder: Path) -> None:
    lists: dict[str, list[dict[str, Any]]] = {
        "clients": [
            {"Id": str(number), "Name": f"Client {number}", "ExternalId": "0"} for number in (1, 2, 10)
        ],
        "computers": [
            {
                "Id": str(number),
                "ComputerName": f"PC-{number}",
                "Type": "Server" if number % 2 else "Workstation",
                "Client": {"Id": 1 + number % 2, "Name": "Client"},
                "IsVirtualMachine": number == 4,
                "OpenPortsTCP": [80, 443] if number == 2 else [22],
                "RemoteAgentLastContact": f"2026-10-{number:02}T00:00:00Z",
            }
            for number in range(1, 8)
        ],
        "tickets": [{"TicketId": 9, "Subject": "Disk"}],
    }
    for resource, records in lists.items():
        write_lines(folder / "automate" / "rest" / f"{resource}.ndjson", records)


def write_auvik(folder: Path) -> None:
    def device(tenant: int, number: int) -> dict[str, Any]:
        return {
            "id": device_id(tenant, number),
            "type": "device",
            "attributes": {
                "deviceName": f"sw-{number}",
                "deviceType": "switch" if number % 2 else "firewall",
                "lastSeenTime": f"2026-10-{number:02}T00:00:00.000Z",
            },
            "relationships": {"tenant": {"data": {"id": str(tenant), "type": "tenant"}}},
        }

    devices = [device(tenant, number) for number in range(1, 6) for tenant in (100, 101, 102)]
    details = [{**item, "type": "deviceDetail", "attributes": {"manageStatus": True}} for item in devices]
    tenants = [
        {
            "id": "100",
            "type": "tenant",
            "attributes": {"domainPrefix": "northwind", "tenantType": "multiClient"},
        },
        *(
            {
                "id": str(number),
                "type": "tenant",
                "attributes": {"domainPrefix": f"client{number}", "tenantType": "client"},
                "relationships": {"parent": {"data": {"id": "100", "type": "tenant"}}},
            }
            for number in (101, 102)
        ),
    ]
    write_lines(folder / "auvik" / "tenants.ndjson", tenants)
    write_lines(folder / "auvik" / "devices_v1.ndjson", devices)
    write_lines(folder / "auvik" / "devices_v2.ndjson", devices)
    write_lines(folder / "auvik" / "device_details.ndjson", details)
    write_lines(folder / "auvik" / "interfaces.ndjson", [{**item, "type": "interface"} for item in devices])


@pytest.fixture(scope="session")
def tiny_reading(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("weeks") / "2026-11-02"
    write_psa(folder)
    write_automate(folder)
    write_auvik(folder)
    (folder / "estate.json").write_text('{"reading_at":"2026-11-02T06:00:00Z"}', encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def running(tiny_reading: Path) -> Iterator[Sandbox]:
    with Sandbox(tiny_reading) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running: Sandbox) -> Iterator[Sandbox]:
    """The session's sandbox, well behaved at first."""
    running.faults.clear()
    running.forget_visits()
    yield running
    running.faults.clear()


@pytest.fixture
def psa(sandbox: Sandbox) -> Iterator[httpx.Client]:
    """Below the PSA's API root, logged in."""
    with httpx.Client(
        base_url=f"{sandbox.psa_url}{API}",
        auth=("northwind+public", "private"),
        headers={"clientId": CLIENT_ID, "Accept": "application/vnd.connectwise.com+json"},
    ) as caller:
        yield caller


@pytest.fixture
def automate_login(sandbox: Sandbox) -> Callable[[], httpx.Response]:
    """Asks Automate for a token."""

    def log_in() -> httpx.Response:
        document = {"Username": "auditor", "Password": "automate", "TwoFactorPasscode": ""}
        url = f"{sandbox.automate_url}/cwa/api/v1/apitoken"
        return httpx.post(url, json=document, headers={"clientId": CLIENT_ID})

    return log_in


@pytest.fixture
def automate(sandbox: Sandbox, automate_login: Callable[[], httpx.Response]) -> Iterator[httpx.Client]:
    """Below Automate's API root, with a token."""
    token = automate_login().json()["AccessToken"]
    with httpx.Client(
        base_url=f"{sandbox.automate_url}/cwa/api/v1",
        headers={"clientId": CLIENT_ID, "Authorization": f"Bearer {token}"},
    ) as caller:
        yield caller


@pytest.fixture
def auvik(sandbox: Sandbox) -> Iterator[httpx.Client]:
    """Below Auvik's address, logged in."""
    with httpx.Client(base_url=sandbox.auvik_url, auth=("auditor@northwind.example", "auvik")) as caller:
        yield caller
