"""Lists of the PSA: read whole, or with a verdict that says why not."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest

from msp_audit.connectors.psa import RESOURCES, PsaConnector
from msp_audit.connectors.psa.nested import LARGEST_PORTION, portions
from msp_audit.domain import Record, Verdict
from tests.connectors.loopback import Asked, Reply, as_json, html
from tests.connectors.psa.fake import PRIVATE_KEY, FakePsa, Reading, read, running, settings

STATUSES = "/company/configurations/statuses"


def rows(*ids: int, **members: Any) -> list[Record]:
    return [{"id": one, "name": f"n{one}", **members} for one in ids]


def verdict(reading: Reading, resource: str = "configuration_statuses") -> Verdict:
    return reading.readings[resource].verdict


def reason(reading: Reading, resource: str = "configuration_statuses") -> str:
    return reading.readings[resource].reason


def test_every_resource_ends_with_one_reading_and_empty_lists_are_complete() -> None:
    reading = read(FakePsa())
    assert sorted(reading.readings) == sorted(resource.name for resource in RESOURCES)
    assert {one.verdict for one in reading.readings.values()} == {Verdict.COMPLETE}
    assert reading.records == {}


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5])
def test_a_list_is_read_to_its_end_wherever_the_page_ends(count: int) -> None:
    reading = read(FakePsa({STATUSES: rows(*range(1, count + 1))}))
    assert reading.ids("configuration_statuses") == list(range(1, count + 1))
    proof = reading.readings["configuration_statuses"].proof
    assert verdict(reading) is Verdict.COMPLETE
    assert (proof.rows, proof.server_count, proof.duplicates) == (count, count, 0)
    assert proof.pages >= (count + 1) // 2
    assert proof.requests == proof.pages + 1


def test_the_link_is_followed_with_its_own_query() -> None:
    reading = read(FakePsa({STATUSES: rows(1, 2, 3)}))
    asked = [one.query for one in reading.asked if one.path.endswith(STATUSES)]
    assert asked == [{"pageSize": "2"}, {"pageSize": "2", "pageId": "2"}]


def test_the_vendors_type_and_version_are_asked_for() -> None:
    reading = read(FakePsa(), version="2025.1")
    assert reading.asked[-1].headers["accept"] == "application/vnd.connectwise.com+json; version=2025.1"


def _without_link(fake: FakePsa) -> None:
    """Forward-only is not offered: the first page, however often one asks."""

    def answer(asked: Asked) -> Reply | None:
        if asked.headers.get("pagination-type") == "forward-only":
            return as_json(fake.lists[STATUSES][:2])
        return None

    fake.habit(STATUSES, answer)


def test_a_full_page_without_a_link_is_read_again_in_ordered_pages() -> None:
    fake = FakePsa({STATUSES: rows(1, 2, 3, 4, 5)})
    _without_link(fake)
    reading = read(fake)
    assert reading.ids("configuration_statuses") == [1, 2, 3, 4, 5]
    assert verdict(reading) is Verdict.COMPLETE
    assert reading.readings["configuration_statuses"].proof.duplicates == 0
    assert any(one.query.get("orderBy") == "id asc" for one in reading.asked)


def test_ids_that_do_not_rise_are_read_again_in_ordered_pages() -> None:
    fake = FakePsa({STATUSES: rows(1, 2, 3)})

    def answer(asked: Asked) -> Reply | None:
        if asked.headers.get("pagination-type") == "forward-only":
            return as_json(rows(3, 1), Link=f'<{fake.url}{asked.path}?pageId=1>; rel="next"')
        return None

    fake.habit(STATUSES, answer)
    reading = read(fake)
    assert reading.ids("configuration_statuses") == [1, 2, 3]
    assert verdict(reading) is Verdict.COMPLETE


def test_a_link_in_a_circle_ends() -> None:
    fake = FakePsa({STATUSES: rows(1, 2, 3)})

    def answer(asked: Asked) -> Reply | None:
        if asked.headers.get("pagination-type") == "forward-only":
            return as_json(rows(1, 2), Link=f'<{fake.url}{asked.path}?pageId=0>; rel="next"')
        return None

    fake.habit(STATUSES, answer)
    reading = read(fake)
    assert reading.ids("configuration_statuses") == [1, 2, 3]
    assert verdict(reading) is Verdict.COMPLETE


def test_a_server_that_repeats_its_pages_is_not_believed() -> None:
    fake = FakePsa({STATUSES: rows(1, 2, 3)})
    fake.habit(STATUSES, lambda _asked: as_json(rows(1, 2)))
    reading = read(fake)
    assert verdict(reading) is Verdict.PARTIAL
    assert "repeats its pages" in reason(reading)


@pytest.mark.parametrize(
    "foreign", ["http://stranger.example{path}", "{url}/elsewhere", "//stranger.example/x"]
)
def test_a_link_to_a_stranger_is_never_followed(foreign: str) -> None:
    fake = FakePsa({STATUSES: rows(1, 2, 3)})

    def answer(asked: Asked) -> Reply | None:
        if asked.headers.get("pagination-type") == "forward-only":
            link = foreign.format(path=asked.path, url=fake.url)
            return as_json(rows(1, 2), Link=f'<{link}?pageId=2>; rel="next"')
        return None

    fake.habit(STATUSES, answer)
    reading = read(fake)
    assert reading.ids("configuration_statuses") == [1, 2, 3]
    assert not any("elsewhere" in path for path in (one.path for one in reading.asked))


def test_duplicates_between_pages_are_kept_once_and_counted() -> None:
    fake = FakePsa({STATUSES: rows(1, 2, 3, 4)})
    pages = {"1": rows(1, 2), "2": rows(2, 3), "3": rows(4)}
    fake.habit(
        STATUSES,
        lambda asked: as_json(
            rows(9, 1) if "pagination-type" in asked.headers else pages[asked.query["page"]]
        ),
    )
    reading = read(fake)
    assert reading.ids("configuration_statuses") == [1, 2, 3, 4]
    assert reading.readings["configuration_statuses"].proof.duplicates == 1
    assert verdict(reading) is Verdict.COMPLETE


def test_a_count_that_stays_different_makes_the_list_partial() -> None:
    fake = FakePsa({STATUSES: rows(1, 2, 3)})
    fake.habit(f"{STATUSES}/count", lambda _asked: as_json({"count": 5}))
    reading = read(fake)
    assert verdict(reading) is Verdict.PARTIAL
    assert "counts 5, 3 were read" in reason(reading)
    assert reading.ids("configuration_statuses") == [1, 2, 3]
    assert reading.readings["configuration_statuses"].proof.server_count == 5


def test_a_record_that_the_first_pass_missed_is_found_by_the_second() -> None:
    fake = FakePsa({STATUSES: rows(1, 2, 3)})
    passes: list[int] = []

    def answer(asked: Asked) -> Reply | None:
        if "pageId" not in asked.query:
            passes.append(1)
        return as_json(rows(1)) if len(passes) == 1 else None

    fake.habit(STATUSES, answer)
    reading = read(fake)
    assert sorted(reading.ids("configuration_statuses")) == [1, 2, 3]
    assert verdict(reading) is Verdict.COMPLETE


def test_a_list_that_grew_while_it_was_read_is_complete() -> None:
    fake = FakePsa({STATUSES: rows(1, 2, 3)})
    counts = iter([2, 3])
    fake.habit(f"{STATUSES}/count", lambda _asked: as_json({"count": next(counts)}))
    assert verdict(read(fake)) is Verdict.COMPLETE


def test_a_list_without_a_count_rests_on_its_paging() -> None:
    fake = FakePsa({STATUSES: rows(1, 2, 3)})
    fake.habit(f"{STATUSES}/count", lambda _asked: as_json({"message": "no"}, status=405))
    reading = read(fake)
    assert verdict(reading) is Verdict.COMPLETE
    assert reading.readings["configuration_statuses"].proof.server_count is None


def test_a_refused_list_is_refused_with_the_right_to_grant_and_the_rest_goes_on() -> None:
    fake = FakePsa({STATUSES: rows(1)})
    words = {"code": "Security", "message": "You do not have security permission to perform this action."}
    fake.habit("/company/configurations", lambda _asked: as_json(words, status=403))
    reading = read(fake)
    assert verdict(reading, "configurations") is Verdict.REFUSED
    assert "security permission" in reason(reading, "configurations")
    assert "Companies > Configurations" in reason(reading, "configurations")
    assert verdict(reading) is Verdict.COMPLETE


@pytest.mark.parametrize("status", [404, 405])
def test_a_list_that_an_old_server_lacks_is_absent_with_all_below_it(status: int) -> None:
    fake = FakePsa()
    path = "/company/managedDevicesIntegrations"
    fake.habit(path, lambda _asked: as_json({"message": "no such thing"}, status=status))
    fake.habit(f"{path}/count", lambda _asked: as_json({"message": "no such thing"}, status=status))
    reading = read(fake)
    assert verdict(reading, "managed_devices_integrations") is Verdict.ABSENT
    assert verdict(reading, "integration_cross_references") is Verdict.ABSENT


@pytest.mark.parametrize(
    "trouble",
    [
        lambda: html("<h1>503 Service Unavailable", status=503),
        lambda: html("<title>Sign in</title>"),
        lambda: Reply(body=b'[{"id": 3}, {"id'),
        lambda: as_json({"code": "ConnectWiseApi", "message": "not a valid Boolean"}, status=500),
    ],
)
def test_a_failure_in_the_middle_keeps_what_was_read_and_says_so(trouble: Any) -> None:
    fake = FakePsa({STATUSES: rows(1, 2, 3)})
    fake.habit(STATUSES, lambda asked: trouble() if "pageId" in asked.query else None)
    reading = read(fake)
    assert verdict(reading) is Verdict.PARTIAL
    assert reading.ids("configuration_statuses") == [1, 2]
    assert "2 records were read before that" in reason(reading)
    assert verdict(reading, "manufacturers") is Verdict.COMPLETE


def test_a_failure_that_passes_leaves_no_trace_but_the_count() -> None:
    fake = FakePsa({STATUSES: rows(1)})
    answers = iter([html("<h1>502", status=502), as_json({"error": "slow"}, status=429, Retry_After="0")])
    fake.habit(STATUSES, lambda _asked: next(answers, None))
    reading = read(fake)
    assert verdict(reading) is Verdict.COMPLETE
    assert reading.readings["configuration_statuses"].proof.retries == 2


def test_an_old_server_that_refuses_long_pages_is_asked_for_short_ones() -> None:
    fake = FakePsa({"/company/companies": rows(*range(1, 151))})

    def answer(asked: Asked) -> Reply | None:
        if int(asked.query.get("pageSize", "25")) > 100:
            words = {"code": "InvalidObject", "errors": [{"message": "pageSize must be between 1 and 100."}]}
            return as_json(words, status=400)
        return None

    fake.habit("/company/companies", answer)
    reading = read(fake, page_size=None)
    assert len(reading.ids("companies")) == 150
    assert verdict(reading, "companies") is Verdict.COMPLETE


def test_records_without_an_id_cannot_be_kept_and_are_told() -> None:
    fake = FakePsa({STATUSES: rows(1)})
    fake.habit(STATUSES, lambda _asked: as_json([{"id": 1}, {"id": None}, {"name": "x"}, {"id": True}]))
    reading = read(fake)
    assert verdict(reading) is Verdict.PARTIAL
    assert reading.ids("configuration_statuses") == [1]


def test_ids_may_be_texts() -> None:
    reading = read(FakePsa({STATUSES: [{"id": "1"}, {"id": "2"}, {"id": "10"}]}))
    assert reading.ids("configuration_statuses") == ["1", "2", "10"]
    assert verdict(reading) is Verdict.COMPLETE


def test_passwords_and_what_is_not_needed_stay_outside() -> None:
    fake = FakePsa(
        {
            "/company/managedDevicesIntegrations": [
                {"id": 3, "name": "A", "globalLoginPassword": "hunter2", "globalLoginUsername": "u"}
            ],
            "/company/configurations": [
                {
                    "id": 1,
                    "name": "SRV\u0000-1",
                    "notes": "root / hunter2",
                    "questions": [
                        {"questionId": 1, "question": "Key", "fieldType": "Password", "answer": "hunter2"},
                        {
                            "questionId": 2,
                            "question": "Local admin password",
                            "fieldType": "Text",
                            "answer": "hunter2",
                        },
                        {"questionId": 3, "question": "Rack", "fieldType": "Text", "answer": "7"},
                    ],
                    "customFields": [{"id": 1, "caption": "x", "type": "Password", "value": "hunter2"}],
                }
            ],
        }
    )
    reading = read(fake)
    assert "hunter2" not in repr(reading.records)
    configuration = reading.records["configurations"][0]
    assert configuration["name"] == "SRV-1"
    assert configuration["questions"][2]["answer"] == "7"
    assert reading.records["managed_devices_integrations"][0]["globalLoginUsername"] == "u"


def test_null_members_and_wrong_types_pass_through() -> None:
    fake = FakePsa(
        {"/company/companies": [{"id": 1, "name": None, "status": None, "types": "x", "_info": None}]}
    )
    reading = read(fake)
    assert reading.records["companies"] == [
        {"id": 1, "name": None, "status": None, "types": "x", "_info": None}
    ]


def test_a_record_nested_without_end_ends_its_list_only() -> None:
    deep: dict[str, Any] = {"id": 1}
    for _ in range(200):
        deep = {"id": 1, "x": deep}
    reading = read(FakePsa({STATUSES: [deep]}))
    assert verdict(reading) is Verdict.PARTIAL
    assert verdict(reading, "manufacturers") is Verdict.COMPLETE


def _right(module: str, function: str, level: str, **more: Any) -> Record:
    return {"moduleName": module, "moduleFunctionName": function, "inquireLevel": level, **more}


@pytest.mark.parametrize("level", ["My", "None"])
def test_a_right_below_all_makes_its_lists_partial(level: str) -> None:
    rights = [
        {"id": 1, **_right("Companies", "Configurations", level)},
        {"id": 2, **_right("Finance", "Agreement", "All")},
        {"id": 3, **_right("Service Desk", "Configurations", "None")},
    ]
    reading = read(FakePsa({"/system/mySecurity": rights, "/company/configurations": rows(1)}))
    assert verdict(reading, "configurations") is Verdict.PARTIAL
    assert f"Companies > Configurations at level {level}" in reason(reading, "configurations")
    assert verdict(reading, "agreements") is Verdict.COMPLETE
    assert verdict(reading, "companies") is Verdict.COMPLETE


def _sites(count: int) -> FakePsa:
    fake = FakePsa({"/company/companies": rows(*range(1, count + 1))})
    for company in range(1, count + 1):
        fake.lists[f"/company/companies/{company}/sites"] = rows(company * 10, company * 10 + 1)
    return fake


def test_nested_lists_name_their_parent_and_keep_their_order() -> None:
    fake = _sites(30)
    # The first answers take longest: order must not depend on it.
    fake.habits.append(lambda path, _asked: time.sleep(0.05) if path.endswith("/1/sites") else None)
    reading = read(fake)
    assert reading.ids("sites") == [company * 10 + n for company in range(1, 31) for n in (0, 1)]
    assert [record["company"]["id"] for record in reading.records["sites"][:3]] == [1, 1, 2]
    assert verdict(reading, "sites") is Verdict.COMPLETE


@pytest.mark.parametrize(
    ("path", "resource", "parent", "nested", "member"),
    [
        ("/finance/agreements", "agreement_additions", 7, "additions", "agreementId"),
        ("/service/boards", "board_teams", 7, "teams", "boardId"),
    ],
)
def test_a_parent_that_is_a_plain_number_is_filled_in_but_not_replaced(
    path: str, resource: str, parent: int, nested: str, member: str
) -> None:
    fake = FakePsa({path: rows(parent), "/service/boards/7/statuses": []})
    fake.lists[f"{path}/{parent}/{nested}"] = [{"id": 1}, {"id": 2, member: 99}]
    assert [record[member] for record in read(fake).records[resource]] == [parent, 99]


def test_nested_lists_are_read_a_few_at_a_time_and_never_more() -> None:
    fake = _sites(12)
    lock, now, most = threading.Lock(), [0], [0]

    def slow(path: str, _asked: Asked) -> None:
        if not path.endswith("/sites"):
            return
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        time.sleep(0.03)
        with lock:
            now[0] -= 1

    fake.habits.append(slow)
    read(fake, concurrency=3)
    assert most[0] == 3


def test_one_refused_parent_makes_the_nested_list_partial_and_names_it() -> None:
    fake = _sites(5)
    fake.habit("/company/companies/3/sites", lambda _asked: as_json({"message": "no"}, status=403))
    reading = read(fake)
    assert verdict(reading, "sites") is Verdict.PARTIAL
    assert "Below 3 of 5 'companies'" in reason(reading, "sites")
    assert len(reading.ids("sites")) == 8


def test_a_nested_list_refused_everywhere_is_refused_without_asking_every_parent() -> None:
    fake = _sites(60)
    fake.habits.append(
        lambda path, _asked: as_json({"message": "no"}, status=403) if path.endswith("/sites") else None
    )
    reading = read(fake)
    assert verdict(reading, "sites") is Verdict.REFUSED
    assert sum(one.path.endswith("/sites") for one in reading.asked) < 40


def test_a_parent_deleted_meanwhile_takes_its_list_with_it() -> None:
    fake = _sites(3)

    def deleted(_asked: Asked) -> Reply:
        fake.lists["/company/companies"] = rows(1, 3)
        return as_json({"message": "gone"}, status=404)

    fake.habit("/company/companies/2/sites", deleted)
    reading = read(fake)
    assert verdict(reading, "sites") is Verdict.COMPLETE
    assert reading.ids("sites") == [10, 11, 30, 31]


def test_an_api_that_vanishes_is_not_taken_for_deleted_parents() -> None:
    fake = _sites(3)
    gone: list[int] = []

    def vanish(path: str, _asked: Asked) -> Reply | None:
        if path.endswith("/sites"):
            gone.append(1)
        return html("404 - not found", status=404) if gone else None

    fake.habits.append(vanish)
    assert verdict(read(fake), "sites") is Verdict.ABSENT


def test_a_list_missing_below_one_parent_that_is_there_is_partial() -> None:
    fake = _sites(3)
    fake.habit("/company/companies/2/sites", lambda _asked: as_json({"message": "gone"}, status=404))
    reading = read(fake)
    assert verdict(reading, "sites") is Verdict.PARTIAL
    assert reading.ids("sites") == [10, 11, 30, 31]


def test_nested_lists_below_an_incomplete_parent_are_partial() -> None:
    fake = _sites(3)
    fake.habit("/company/companies/count", lambda _asked: as_json({"count": 9}))
    reading = read(fake)
    assert verdict(reading, "sites") is Verdict.PARTIAL
    assert "companies" in reason(reading, "sites")


def test_a_long_nested_list_is_counted_too() -> None:
    fake = FakePsa({"/company/companies": rows(1)})
    fake.lists["/company/companies/1/sites"] = rows(*range(1, 26))
    fake.habit("/company/companies/1/sites/count", lambda _asked: as_json({"count": 60}))
    reading = read(fake, page_size=None)
    assert verdict(reading, "sites") is Verdict.PARTIAL
    assert "counts 60, 25 were read" in reason(reading, "sites")


def test_the_same_id_below_two_companies_is_two_summaries() -> None:
    fake = FakePsa({"/company/companies": rows(1, 2)})
    for company in (1, 2):
        fake.lists[f"/company/companies/{company}/managementSummaryReports"] = rows(5)
    assert read(fake).ids("management_summaries") == [5, 5]


def test_stopping_in_the_middle_leaves_no_thread_behind() -> None:
    before = threading.active_count()
    fake = _sites(20)
    with running(fake) as loopback:
        connector = PsaConnector(settings(loopback.url))
        events = connector.read()
        for event in events:
            if getattr(event, "resource", "") == "sites":
                break
        events.close()  # type: ignore[attr-defined]
        connector.close()
    time.sleep(0.05)
    assert threading.active_count() <= before + 1


def test_progress_tells_rows_and_what_the_server_counts() -> None:
    told: list[tuple[str, int, int | None]] = []
    with running(FakePsa({STATUSES: rows(1, 2, 3)})) as loopback:
        connector = PsaConnector(settings(loopback.url))
        for _ in connector.read(progress=lambda *line: told.append(line)):
            pass
        connector.close()
    mine = [line for line in told if line[0] == "configuration_statuses"]
    assert mine[0] == ("configuration_statuses", 2, 3)
    assert mine[-1] == ("configuration_statuses", 3, 3)


def test_no_reason_holds_a_key() -> None:
    fake = FakePsa()
    for path in ("/company/configurations", "/service/boards", "/finance/agreements"):
        fake.habit(path, lambda asked: as_json({"message": str(asked.headers)}, status=403))
    told = repr(read(fake).readings)
    assert "authorization" in told
    assert PRIVATE_KEY not in told
    assert "Basic dm" not in told
    assert "bm9ydGh3aW5k" not in told


@pytest.mark.parametrize("count", [0, 1, 7, 16, 100, 2_009])
def test_parents_are_handed_out_whole_in_order_and_singly_in_the_end(count: int) -> None:
    parents = list(range(count))
    slices = list(portions(parents, workers=4))
    assert [parent for one in slices for parent in one] == parents
    assert all(len(one) == 1 for one in slices[-16:])
    assert max(map(len, slices), default=0) <= LARGEST_PORTION
    assert count < 1_000 or len(slices) < count / 4
