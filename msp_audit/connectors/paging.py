"""Reads a paged list whole, or says loudly that it could not: forward-only first, ordered pages otherwise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Protocol
from urllib.parse import SplitResult, urljoin, urlsplit

from msp_audit.connectors.ahead import Ahead
from msp_audit.connectors.http import Answer, Params, Rejected, Usage
from msp_audit.domain import Proof, Record
from msp_audit.errors import SourceChanged

#: A list of more pages is not believed.
MAX_PAGES = 20_000
#: What servers before 2016.2 accept as the longest page.
OLD_PAGE_SIZE = 100

_FORWARD_ONLY = {"pagination-type": "forward-only"}


class Getter(Protocol):
    """What paging needs of a source; :class:`msp_audit.connectors.http.Api` is one."""

    def get(
        self,
        path: str,
        *,
        params: Params | None = None,
        headers: Mapping[str, str] | None = None,
        resource: str = "",
    ) -> Answer:
        """The answer to one GET."""


@dataclass(slots=True, kw_only=True)
class Tally:
    """What was counted while a list was read; grows page by page, so it also tells where a failure struck."""

    pages: int = 0
    #: Records handed on, each identity once.
    rows: int = 0
    #: Records that came more than once within one pass over the list.
    duplicates: int = 0
    #: Records without an identity; they cannot be kept.
    unusable: int = 0
    #: Different identities in the latest pass.
    distinct: int = 0

    def proof(self, *, usage: Usage, server_count: int | None = None, elapsed_seconds: float = 0.0) -> Proof:
        """The evidence behind a verdict."""
        return Proof(
            pages=self.pages,
            rows=self.rows,
            duplicates=self.duplicates,
            server_count=server_count,
            requests=usage.requests,
            retries=usage.retries,
            elapsed_seconds=elapsed_seconds,
        )


def read_list(
    api: Getter,
    *,
    path: str,
    resource: str,
    tally: Tally,
    known: set[int],
    params: Params | None = None,
    page_size: int = 1000,
    max_pages: int = MAX_PAGES,
) -> Iterator[list[Record]]:
    """The records at *path* that are not yet *known* (by ``id``), page by page.

    Forward-only paging (the only stable one) is tried first. When the server does not keep its promises (no
    Link on a full page, a Link that leads elsewhere, ids that do not rise), the list is read again as
    ``orderBy=id asc`` pages. When it refuses optional *params* or the page size, they are left out.

    Raises:
        SourceError: the list cannot be read to its end.
    """
    pages = _Pages(api, path=path, resource=resource, tally=tally, known=known, max_pages=max_pages)
    try:
        yield from pages.forward(params or {}, page_size=page_size)
        return
    except _BrokenPromise:
        pass
    except Rejected:
        # An old server knows neither the parameters nor such long pages.
        params, page_size = {}, min(page_size, OLD_PAGE_SIZE)
    yield from pages.ordered(params or {}, page_size=page_size)


def same_list(address: str, *, asked: str) -> str | None:
    """*address* (perhaps relative to *asked*) made absolute; None when it leads to another host or path.

    A next link is data from the network; credentials go where the settings say, and nowhere else.
    """
    try:
        absolute = urljoin(asked, address)
        target, origin = urlsplit(absolute), urlsplit(asked)
        is_same = _place(target) == _place(origin)
    except ValueError:
        return None
    return absolute if is_same else None


class _BrokenPromise(Exception):
    """Forward-only paging is not what this list offers."""


class _Pages:
    def __init__(
        self, api: Getter, *, path: str, resource: str, tally: Tally, known: set[int], max_pages: int
    ) -> None:
        self._api = api
        self._path = path
        self._resource = resource
        self._tally = tally
        self._known = known
        self._max_pages = max_pages
        self._seen: set[int] = set()
        self._pages = 0

    def forward(self, params: Params, *, page_size: int) -> Iterator[list[Record]]:
        """Pages by rising id, each telling where the next begins."""
        self._begin()
        answer = self._get(self._path, params={**params, "pageSize": page_size}, headers=_FORWARD_ONLY)
        last = 0
        with Ahead() as ahead:
            while True:
                link = answer.links.get("next")
                address = same_list(link, asked=answer.url) if link is not None else None
                following = (
                    ahead.ask(partial(self._get, address, params=None, headers=_FORWARD_ONLY))
                    if address is not None
                    else None
                )
                if not (records := answer.records()):
                    return
                last = _rising(records, last=last)
                yield self._fresh(records)
                if following is not None:
                    answer = following()
                elif link is None and len(records) < page_size:
                    return
                else:
                    raise _BrokenPromise

    def ordered(self, params: Params, *, page_size: int) -> Iterator[list[Record]]:
        """Numbered pages in the order of ids; stable unless records are deleted meanwhile."""
        self._begin()
        page = 1
        previous: list[int | None] = []
        while True:
            asked = {**params, "orderBy": "id asc", "pageSize": page_size, "page": page}
            answer = self._get(self._path, params=asked, headers=None)
            records = answer.records()
            if not records:
                return
            ids = [_identity(record) for record in records]
            if ids == previous:
                raise SourceChanged(
                    f"The list '{self._resource}' repeats its pages: page {page} is page {page - 1} again. "
                    f"It cannot be read to its end."
                )
            previous = ids
            yield self._fresh(records)
            if "next" not in answer.links and len(records) < page_size:
                return
            page += 1

    def _begin(self) -> None:
        self._seen.clear()
        self._pages = 0
        self._tally.distinct = 0
        self._tally.duplicates = 0
        self._tally.unusable = 0

    def _get(self, path: str, *, params: Params | None, headers: Mapping[str, str] | None) -> Answer:
        if self._pages >= self._max_pages:
            raise SourceChanged(
                f"The list '{self._resource}' has not ended after {self._max_pages:,} pages; it was left."
            )
        answer = self._api.get(path, params=params, headers=headers, resource=self._resource)
        self._pages += 1
        self._tally.pages += 1
        return answer

    def _fresh(self, records: list[Record]) -> list[Record]:
        fresh: list[Record] = []
        for record in records:
            identity = _identity(record)
            if identity is None:
                self._tally.unusable += 1
            elif identity in self._seen:
                self._tally.duplicates += 1
            else:
                self._seen.add(identity)
                if identity not in self._known:
                    self._known.add(identity)
                    fresh.append(record)
        self._tally.distinct = len(self._seen)
        self._tally.rows += len(fresh)
        return fresh


def _identity(record: Record) -> int | None:
    """The id as a number; servers have sent ids as strings."""
    value = record.get("id")
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, str) and value.strip().isascii() and value.strip().isdecimal():
        return int(value)
    return None


def _rising(records: list[Record], *, last: int) -> int:
    for record in records:
        identity = _identity(record)
        if identity is None or identity <= last:
            raise _BrokenPromise
        last = identity
    return last


def _place(address: SplitResult) -> tuple[str, str | None, int | None, str]:
    port = address.port or {"http": 80, "https": 443}.get(address.scheme)
    return address.scheme, address.hostname, port, address.path.rstrip("/").lower()
