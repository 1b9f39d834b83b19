"""The next page is on its way while one is worked on; nothing is in flight once the reading was left."""

from __future__ import annotations

import threading
from collections.abc import Generator, Mapping

import pytest

from msp_audit.connectors.http import Answer, Params
from msp_audit.connectors.paging import Tally, read_list
from msp_audit.errors import SourceUnavailable

PAGES = 4


class _Server:
    """Some pages of one record each; *broken* is the page that fails."""

    def __init__(self, *, broken: int = 0) -> None:
        self.broken = broken
        self.asked = [threading.Event() for _ in range(PAGES + 2)]
        self.in_flight = 0

    def get(
        self,
        path: str,
        *,
        params: Params | None = None,
        headers: Mapping[str, str] | None = None,
        resource: str = "",
    ) -> Answer:
        del params, headers
        page = int(path.partition("pageId=")[2] or 1)
        self.in_flight += 1
        self.asked[page].set()
        try:
            if page == self.broken:
                raise SourceUnavailable(f"page {page} does not come")
            following = {"next": f"https://psa.example/list?pageId={page + 1}"} if page < PAGES else {}
            return Answer(
                source="psa",
                resource=resource,
                status=200,
                url="https://psa.example/list",
                headers={},
                links=following,
                content=b'[{"id": %d}]' % page,
            )
        finally:
            self.in_flight -= 1


def _pages(server: _Server) -> list[int]:
    found: list[int] = []
    try:
        for records in read_list(
            server, path="https://psa.example/list", resource="lists", tally=Tally(), known=set(), page_size=2
        ):
            found += [int(record["id"]) for record in records]
    except SourceUnavailable:
        found.append(-1)
    return found


def test_the_next_page_is_asked_for_before_the_one_in_hand_is_done() -> None:
    server = _Server()
    pages = read_list(
        server, path="https://psa.example/list", resource="lists", tally=Tally(), known=set(), page_size=2
    )
    assert next(pages) == [{"id": 1}]
    assert server.asked[2].wait(timeout=10)
    assert not server.asked[3].is_set()
    assert [records[0]["id"] for records in pages] == [2, 3, 4]


@pytest.mark.parametrize("broken", range(1, PAGES + 1))
def test_what_came_before_a_failure_is_kept(broken: int) -> None:
    assert _pages(_Server(broken=broken)) == [*range(1, broken), -1]


def test_a_list_that_is_left_has_nothing_in_flight() -> None:
    server, threads = _Server(), threading.active_count()
    pages = read_list(
        server, path="https://psa.example/list", resource="lists", tally=Tally(), known=set(), page_size=2
    )
    next(pages)
    assert isinstance(pages, Generator)
    pages.close()
    assert server.in_flight == 0
    assert threading.active_count() == threads
