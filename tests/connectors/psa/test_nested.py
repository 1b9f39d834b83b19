"""Lists nested below each record of another list: read a few at a time, and judged with their parents."""

from __future__ import annotations

import threading
import time

import pytest

from msp_audit.connectors.psa import PsaConnector
from msp_audit.connectors.psa.nested import LARGEST_PORTION, portions
from msp_audit.domain import Verdict
from tests.connectors.loopback import Asked, Reply, as_json, html
from tests.connectors.psa.fake import (
    FakePsa,
    read,
    reason,
    rows,
    running,
    settings,
    verdict,
)


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


@pytest.mark.parametrize("count", [0, 1, 7, 16, 100, 2_009])
def test_parents_are_handed_out_whole_in_order_and_singly_in_the_end(count: int) -> None:
    parents = list(range(count))
    slices = list(portions(parents, workers=4))
    assert [parent for one in slices for parent in one] == parents
    assert all(len(one) == 1 for one in slices[-16:])
    assert max(map(len, slices), default=0) <= LARGEST_PORTION
    assert count < 1_000 or len(slices) < count / 4


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
