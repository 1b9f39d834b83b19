"""Lists of the PSA: read whole, or with a verdict that says why not."""

from __future__ import annotations

from typing import Any

import pytest

from msp_audit.connectors.psa import RESOURCES, PsaConnector
from msp_audit.domain import Record, Verdict
from tests.connectors.loopback import Asked, Reply, as_json, html
from tests.connectors.psa.fake import (
    PRIVATE_KEY,
    FakePsa,
    read,
    reason,
    rows,
    running,
    settings,
    verdict,
)

STATUSES = "/company/configurations/statuses"


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
