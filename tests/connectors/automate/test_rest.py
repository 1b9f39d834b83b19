"""Reading Automate over real HTTP: tokens, pages, and what must not be landed."""

from __future__ import annotations

from pathlib import Path

import pytest

from msp_audit.connectors.automate import AutomateConnector
from msp_audit.domain import Record, Verdict
from msp_audit.errors import SourceError, SourceRefused, SourceUnavailable
from tests.connectors.automate.fake import (
    PASSWORD,
    ROOT,
    Answer,
    Asked,
    Fake,
    read,
    read_rest,
    running,
    settings,
)

REST = ("clients", "locations", "computers", "network_devices", "retired_assets", "tickets")


@pytest.fixture(autouse=True)
def _password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTOMATE_TEST_PASSWORD", PASSWORD)


def clients(count: int) -> dict[str, list[Record]]:
    return {
        "/Clients": [{"Id": str(n), "Name": f"Client {n}", "ExternalId": ""} for n in range(1, count + 1)]
    }


def test_pages_are_asked_for_in_order_of_id_until_an_empty_one() -> None:
    with running(Fake(lists=clients(4))) as fake:
        result = read_rest(fake.url)
    *pages, end = fake.requests("/Clients")
    assert (end.query["orderby"], end.query["page"]) == ("Id desc", "1")
    assert [asked.query["page"] for asked in pages if asked.query["pagesize"] == "2"] == ["1", "2", "3"]
    assert {asked.query["orderby"] for asked in pages} == {"Id asc"}
    assert {asked.query["orderby"] for asked in fake.requests("/Tickets")} == {
        "TicketId asc",
        "TicketId desc",
    }
    assert [row["ClientID"] for row in result.records["clients"]] == ["1", "2", "3", "4"]
    assert {result.readings[name].verdict for name in REST} == {Verdict.COMPLETE}
    assert result.readings["clients"].proof.rows == 4
    assert result.readings["retired_assets"].proof.rows == 0


def test_a_short_page_in_the_middle_is_not_the_end() -> None:
    pages = {"1": [1, 2], "2": [3], "3": [4, 5], "4": []}

    def answer(asked: Asked) -> Answer | None:
        if not asked.path.endswith("/Clients"):
            return None
        return 200, [{"Id": str(n), "Name": "x"} for n in pages[asked.query["page"]]]

    with running(Fake(intercept=answer)) as fake:
        result = read_rest(fake.url)
    assert [row["ClientID"] for row in result.records["clients"]] == ["1", "2", "3", "4", "5"]
    assert result.readings["clients"].verdict is Verdict.COMPLETE


def test_a_page_that_comes_again_and_again_is_no_end_and_no_loop() -> None:
    def answer(asked: Asked) -> Answer | None:
        return (200, [{"Id": "1"}, {"Id": "2"}]) if asked.path.endswith("/Clients") else None

    with running(Fake(intercept=answer)) as fake:
        result = read_rest(fake.url)
    assert len(fake.requests("/Clients")) == 2
    assert len(result.records["clients"]) == 2
    assert result.readings["clients"].verdict is Verdict.PARTIAL
    assert "page 2 holds nothing new" in result.readings["clients"].reason
    assert result.readings["locations"].verdict is Verdict.COMPLETE


def test_rows_that_slip_between_pages_are_found_by_reading_again() -> None:
    """A row is deleted after the first page: the third client moves to a page that was read already."""
    fake = Fake(lists=clients(5))

    def delete(asked: Asked) -> Answer | None:
        if (
            asked.path.endswith("/Clients")
            and asked.query["page"] == "2"
            and len(fake.lists["/Clients"]) == 5
        ):
            del fake.lists["/Clients"][0]
        return None

    fake.intercept = delete
    with running(fake):
        result = read_rest(fake.url)
    assert sorted(row["ClientID"] for row in result.records["clients"]) == ["1", "2", "3", "4", "5"]
    assert result.readings["clients"].verdict is Verdict.COMPLETE
    assert len({asked.query["pagesize"] for asked in fake.requests("/Clients")}) > 1


def test_a_list_that_never_comes_twice_the_same_is_not_believed() -> None:
    """Every pass shows other rows of old ids."""
    passes = {"n": 0}

    def restless(asked: Asked) -> Answer | None:
        if not asked.path.endswith("/Clients") or asked.query["pagesize"] == "1":
            return None
        page = int(asked.query["page"])
        passes["n"] += page == 1
        rows = [{"Id": str(100 * page + passes["n"])}, {"Id": str(1000 + page)}]
        return 200, rows if page < 3 else []

    with running(Fake(intercept=restless)) as fake:
        reading = read_rest(fake.url).readings["clients"]
    assert reading.verdict is Verdict.PARTIAL
    assert "not the same in 4 passes" in reading.reason


def test_rows_that_are_added_meanwhile_are_no_reason_to_doubt() -> None:
    fake = Fake(lists=clients(4))

    def add(asked: Asked) -> Answer | None:
        if asked.path.endswith("/Clients") and asked.query["page"] == "3" and len(fake.lists["/Clients"]) < 6:
            fake.lists["/Clients"] += clients(6)["/Clients"][4:]
        return None

    fake.intercept = add
    with running(fake):
        result = read_rest(fake.url)
    assert len(result.records["clients"]) == 6
    assert result.readings["clients"].verdict is Verdict.COMPLETE


@pytest.mark.parametrize(
    ("held", "shown", "verdict"),
    [
        (3, 0, Verdict.COMPLETE),
        (7, 5, Verdict.COMPLETE),
        (40, 10, Verdict.COMPLETE),
        # So much is no end that was cut off.
        (300, 2, Verdict.PARTIAL),
    ],
)
def test_an_end_that_the_pages_lack_is_found_from_behind(held: int, shown: int, verdict: Verdict) -> None:
    """The server stops early, in every pass, and counts nothing."""
    all_of_them = clients(held)["/Clients"]

    def stop_early(asked: Asked) -> Answer | None:
        if not asked.path.endswith("/Clients") or asked.query["orderby"].endswith("desc"):
            return None
        page, size = int(asked.query["page"]), int(asked.query["pagesize"])
        return 200, all_of_them[:shown][(page - 1) * size : page * size]

    with running(Fake(lists={"/Clients": all_of_them}, intercept=stop_early)) as fake:
        result = read_rest(fake.url)
    reading = result.readings["clients"]
    assert reading.verdict is verdict
    if verdict is Verdict.COMPLETE:
        assert sorted(int(row["ClientID"]) for row in result.records["clients"]) == list(range(1, held + 1))
        assert (reading.proof.rows, reading.proof.duplicates) == (held, 0)
    else:
        assert "ends before its newest records" in reading.reason


def test_a_server_that_cannot_order_backwards_is_believed_as_before() -> None:
    def refuse(asked: Asked) -> Answer | None:
        is_backwards = asked.query.get("orderby", "").endswith("desc")
        return (400, {"Message": "The order is not valid."}) if is_backwards else None

    with running(Fake(lists=clients(5), intercept=refuse)) as fake:
        result = read_rest(fake.url)
    assert {result.readings[name].verdict for name in REST} == {Verdict.COMPLETE}
    assert len(result.records["clients"]) == 5


@pytest.mark.parametrize(("rows", "verdict"), [(10, Verdict.PARTIAL), (9, Verdict.COMPLETE)])
def test_a_model_that_lost_a_member_is_told(rows: int, verdict: Verdict) -> None:
    computers: list[Record] = [
        {"Id": str(n), "ComputerName": "PC", "Client": {"Id": 1}, "Location": {"Id": 1}, "SerialNumber": None}
        | {"OperatingSystemName": "Windows", "LastSeen": "2026-11-02T05:00:00Z"}
        for n in range(1, rows + 1)
    ]
    with running(Fake(lists={"/Computers": computers})) as fake:
        reading = read_rest(fake.url).readings["computers"]
    assert reading.verdict is verdict
    assert ("computers.LastContact" in reading.reason) is (verdict is Verdict.PARTIAL)
    assert "BiosVer" not in reading.reason


def test_a_row_that_comes_twice_is_kept_once() -> None:
    lists: dict[str, list[Record]] = {"/Clients": [{"Id": "1"}, {"Id": "2"}, {"Id": 2}, {"Id": "3"}]}
    with running(Fake(lists=lists)) as fake:
        result = read_rest(fake.url)
    assert [row["ClientID"] for row in result.records["clients"]] == ["1", "2", "3"]
    assert result.readings["clients"].proof.duplicates == 1


@pytest.mark.parametrize("refreshes", [True, False])
def test_a_token_that_dies_in_the_middle_is_renewed(refreshes: bool) -> None:
    fake = Fake(lists=clients(4), refreshes=refreshes)

    def expire(asked: Asked) -> Answer | None:
        if asked.path.endswith("/Clients") and asked.query["page"] == "2" and len(fake.tokens) == 1:
            fake.tokens.clear()
            fake.tokens.add("none-that-was-given")
        return None

    fake.intercept = expire
    with running(fake):
        result = read_rest(fake.url)
    posts = [asked for asked in fake.asked if asked.method == "POST"]
    assert result.readings["clients"].verdict is Verdict.COMPLETE
    assert len(result.records["clients"]) == 4
    assert posts[1].path == f"{ROOT}/apitoken/refresh"
    assert posts[1].body == "token-number-1"
    assert len(posts) == (2 if refreshes else 3)


def test_a_server_that_refuses_every_token_is_not_asked_for_ever() -> None:
    def refuse(asked: Asked) -> Answer | None:
        return None if "apitoken" in asked.path else (401, {"Message": "Denied."})

    with running(Fake(intercept=refuse)) as fake, pytest.raises(SourceRefused):
        read_rest(fake.url)
    assert len(fake.asked) == 4


def test_a_wrong_password_is_told_and_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTOMATE_TEST_PASSWORD", "wr0ng-password")
    with running(Fake()) as fake, pytest.raises(SourceRefused) as caught:
        read_rest(fake.url)
    assert "refused to sign in 'auditor'" in str(caught.value)
    assert "wr0ng" not in str(caught.value)
    assert len(fake.asked) == 1


def test_a_second_factor_is_explained() -> None:
    def second_factor(asked: Asked) -> Answer | None:
        answer = {"AccessToken": None, "IsTwoFactorRequired": True}
        return (200, answer) if asked.path.endswith("/apitoken") else None

    with running(Fake(intercept=second_factor)) as fake, pytest.raises(SourceRefused, match="Integrator"):
        read_rest(fake.url)


def test_a_token_endpoint_that_is_down_is_tried_again() -> None:
    answers = [(503, "down"), (500, "down")]

    def flaky(asked: Asked) -> Answer | None:
        return answers.pop() if answers and asked.path.endswith("/apitoken") else None

    with running(Fake(lists=clients(1), intercept=flaky)) as fake:
        assert read_rest(fake.url).readings["clients"].verdict is Verdict.COMPLETE


def test_a_token_endpoint_that_stays_down_is_unavailable() -> None:
    def down(asked: Asked) -> Answer | None:
        return (503, "down") if asked.path.endswith("/apitoken") else None

    with running(Fake(intercept=down)) as fake, pytest.raises(SourceUnavailable):
        read_rest(fake.url)


def test_one_refused_list_leaves_the_others() -> None:
    def forbid(asked: Asked) -> Answer | None:
        return (403, {"Message": "Access is denied."}) if asked.path.endswith("/Tickets") else None

    with running(Fake(lists=clients(1), intercept=forbid)) as fake:
        result = read_rest(fake.url)
    assert result.readings["tickets"].verdict is Verdict.REFUSED
    assert "Grant reading tickets" in result.readings["tickets"].reason
    assert result.readings["clients"].verdict is Verdict.COMPLETE


@pytest.mark.parametrize("body", [{"TotalRecords": 0, "Data": []}, None, "text", [1, 2]])
def test_an_answer_that_is_no_list_is_no_empty_list(body: object) -> None:
    def odd(asked: Asked) -> Answer | None:
        return (200, body) if asked.path.endswith("/Computers") else None

    with running(Fake(lists=clients(1), intercept=odd)) as fake:
        reading = read_rest(fake.url).readings["computers"]
    assert reading.verdict is Verdict.PARTIAL
    assert reading.reason


def test_records_without_an_id_are_told() -> None:
    with running(Fake(lists={"/Clients": [{"Id": "1"}, {"Name": "nameless"}]})) as fake:
        reading = read_rest(fake.url).readings["clients"]
    assert reading.verdict is Verdict.PARTIAL
    assert "1 records" in reading.reason


def test_secrets_of_the_models_are_not_landed() -> None:
    lists: dict[str, list[Record]] = {
        "/Locations": [
            {
                "Id": 1,
                "Client": {"Id": "1", "ScriptPassword": "hunter2"},
                "Name": "HQ",
                "ScriptPassword": "hunter2",
            }
        ],
        "/NetworkDevices": [{"Id": 5, "SnmpCommunity": "hunter2", "Name": "SW", "Location": {"Id": 1}}],
        "/Computers": [{"Id": "9", "ComputerName": "PC", "LocalAdminPassword": "hunter2"}],
    }
    with running(Fake(lists=lists)) as fake:
        result = read_rest(fake.url)
    assert len(result.records["network_devices"]) == 1
    assert "hunter2" not in repr(result.records)


def test_what_rest_does_not_offer_is_absent_with_its_reason() -> None:
    with running(Fake(lists=clients(1))) as fake:
        result = read_rest(fake.url)
    reading = result.readings["site_mappings"]
    assert reading.verdict is Verdict.ABSENT
    assert "plugin_cw_sitemapping" in reading.reason
    assert "automate.exports" in reading.reason
    assert result.readings["entity_types"].verdict is Verdict.COMPLETE
    assert {"entity_kind": "client", "entity_type_code": 3} in result.records["entity_types"]


def test_the_live_server_wins_and_exports_give_the_rest(tmp_path: Path) -> None:
    (tmp_path / "clients.csv").write_text(
        "ClientID,Name,ExternalID\n77,From the export,19\n", encoding="utf-8"
    )
    (tmp_path / "ticketstatus.csv").write_text("TicketStatusID,TicketStatus\n1,New\n", encoding="utf-8")
    lists = {**clients(3), "/Locations": [{"Id": 1, "Client": {"Id": 77}, "Name": "HQ"}]}
    with running(Fake(lists=lists)) as fake:
        result = read_rest(fake.url, exports=tmp_path)
    assert [row["ClientID"] for row in result.records["clients"]] == ["1", "2", "3"]
    assert [row["LocationID"] for row in result.records["locations"]] == ["1"]
    assert result.records["ticket_statuses"] == [{"TicketStatusID": "1", "TicketStatus": "New"}]


def test_a_server_that_is_away_is_not_replaced_by_old_exports_and_does_not_take_the_rest_with_it(
    tmp_path: Path,
) -> None:
    (tmp_path / "clients.csv").write_text("ClientID,Name,ExternalID\n77,Export,19\n", encoding="utf-8")
    (tmp_path / "ticketstatus.csv").write_text("TicketStatusID,TicketStatus\n1,New\n", encoding="utf-8")
    with running(Fake(intercept=lambda _asked: (503, "down"))) as fake:
        result = read_rest(fake.url, exports=tmp_path)
    assert result.readings["ticket_statuses"].verdict is Verdict.COMPLETE
    assert result.readings["clients"].verdict is Verdict.STALE
    assert result.records["clients"] == []
    assert "503" in result.readings["computers"].reason


def test_the_address_may_already_name_the_api() -> None:
    with running(Fake(lists=clients(1))) as fake:
        assert read_rest(fake.url + ROOT).readings["clients"].verdict is Verdict.COMPLETE


def test_doctor_asks_for_one_row_of_each_list_and_names_the_missing_right() -> None:
    def forbid(asked: Asked) -> Answer | None:
        return (403, {"Message": "Access is denied."}) if asked.path.endswith("/Tickets") else None

    with running(Fake(lists=clients(3), intercept=forbid)) as fake:
        checks = {check.name: check for check in AutomateConnector(settings(fake.url)).check()}
    assert set(checks) == {f"automate {name}" for name in REST}
    assert [name for name, check in checks.items() if not check.is_ok] == ["automate tickets"]
    assert "Grant reading tickets" in checks["automate tickets"].fix
    assert all(asked.query["pagesize"] == "1" for asked in fake.asked if asked.method == "GET")


def test_a_closed_port_raises_in_words(unused_port_url: str) -> None:
    with pytest.raises(SourceError, match="could not be reached"):
        read(AutomateConnector(settings(unused_port_url), sleep=lambda _seconds: None))


@pytest.fixture
def unused_port_url() -> str:
    with running(Fake()) as fake:
        return fake.url
