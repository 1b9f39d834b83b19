"""Reads lists that exist once for each parent record: many small requests, a few at a time."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

from msp_audit.connectors.base import Page, Progress
from msp_audit.connectors.http import Forbidden, Missing, Params, Unauthorized
from msp_audit.connectors.paging import Tally, read_list
from msp_audit.connectors.psa.api import PsaApi
from msp_audit.connectors.psa.reading import Judgement, Reading, asked_fields, judged, shaped
from msp_audit.connectors.psa.resources import PsaResource
from msp_audit.domain import Record, ResourceReading, Verdict
from msp_audit.errors import SourceError

#: Records gathered before they are handed on; one page a parent would be thousands of tiny ones.
BATCH = 1000
#: A short list is not counted: that would double the requests. Servers that ignore the page size stop at 25.
COUNTED_FROM = 25
#: After so many refusals from the start, the list is refused or missing as a whole.
GIVE_UP_AFTER = 20
#: Parents that one worker asks for in a row.
LARGEST_PORTION = 8


@dataclass(slots=True)
class _ListOf:
    """What one parent's list held."""

    parent: int
    records: list[Record] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)
    server_count: int | None = None
    error: SourceError | None = None


class NestedReading(Reading):
    """A resource below another; the order of its records does not depend on which request ends first."""

    def __init__(
        self,
        api: PsaApi,
        *,
        resource: PsaResource,
        parent: PsaResource,
        parents: Reading,
        parent_reading: ResourceReading,
        workers: int,
        page_size: int | None,
        progress: Progress | None,
    ) -> None:
        super().__init__(api, resource=resource, page_size=page_size, progress=progress)
        self._parent = parent
        self._parent_ids = parents.ids
        self._parent_reading = parent_reading
        self._workers = workers
        self._failures: list[_ListOf] = []
        self._mismatches: list[_ListOf] = []
        #: Whether nobody waits for the lists any more.
        self._is_left = False

    def _pages(self) -> Iterator[Page]:
        if not self._parent_ids and self._parent_reading.verdict is not Verdict.COMPLETE:
            verdict = self._parent_reading.verdict
            self._judgement = (verdict, f"'{self.resource.parent}' could not be read, which it is below.")
            return
        waiting: list[Record] = []
        identities: set[tuple[int, object]] = set()
        for done, one in enumerate(self._lists(), start=1):
            self._add(one)
            for record in one.records:
                identity = (one.parent if len(self.resource.key) > 1 else 0, str(record["id"]))
                if identity in identities:
                    self.tally.duplicates += 1
                else:
                    identities.add(identity)
                    waiting.append(record)
            self.tally.rows = len(identities)
            if len(waiting) >= BATCH:
                yield Page(resource=self.resource.name, records=waiting)
                waiting = []
            if self.progress is not None:
                self.progress(self.resource.name, self.tally.rows, None)
            if self._is_hopeless(done):
                break
        if waiting:
            yield Page(resource=self.resource.name, records=waiting)
        self._judgement = self._judge()

    def _lists(self) -> Iterator[_ListOf]:
        """One parent's list after the other, in order, a few of them in flight."""
        pool = ThreadPoolExecutor(max_workers=self._workers, thread_name_prefix="psa")
        try:
            flight: deque[Future[list[_ListOf]]] = deque()
            for parents in portions(self._parent_ids, workers=self._workers):
                flight.append(pool.submit(self._lists_of, parents))
                if len(flight) >= 2 * self._workers:
                    yield from flight.popleft().result()
            while flight:
                yield from flight.popleft().result()
        finally:
            self._is_left = True
            pool.shutdown(wait=True, cancel_futures=True)

    def _lists_of(self, parents: Sequence[int]) -> list[_ListOf]:
        lists: list[_ListOf] = []
        for parent in parents:
            if self._is_left:
                break
            lists.append(self._list_of(parent))
        return lists

    def _list_of(self, parent: int) -> _ListOf:
        one = _ListOf(parent=parent)
        path = self.resource.path.format(parent=parent)
        try:
            self._read(one, path=path)
            if one.tally.distinct >= COUNTED_FROM and self._miscounted(one, path=path):
                self._read(one, path=path)
                self._miscounted(one, path=path)
        except Missing as error:
            one.error = None if self._is_gone(parent) else error
        except SourceError as error:
            one.error = error
        return one

    def _read(self, one: _ListOf, *, path: str) -> None:
        known = {int(record["id"]) for record in one.records}
        for records in read_list(
            self.api,
            path=path,
            resource=self.resource.name,
            tally=one.tally,
            known=known,
            params=asked_fields(self.resource),
            page_size=self.page_size,
        ):
            one.records += shaped(records, resource=self.resource, parent=one.parent)

    def _miscounted(self, one: _ListOf, *, path: str) -> bool:
        one.server_count = self.api.count(path, resource=self.resource.name)
        return one.server_count is not None and one.server_count != one.tally.distinct

    def _is_gone(self, parent: int) -> bool:
        """Whether the parent itself was deleted since its list was read.

        Asked of the list: a record by its id may be 404 although it is there, and everything is 404 when the
        API has moved.
        """
        asked: Params = {"conditions": f"id={parent}", "fields": "id", "pageSize": 1}
        try:
            return not self.api.get(self._parent.path, params=asked, resource=self.resource.name).records()
        except SourceError:
            return False

    def _add(self, one: _ListOf) -> None:
        self.tally.pages += one.tally.pages
        self.tally.duplicates += one.tally.duplicates
        self.tally.unusable += one.tally.unusable
        if one.error is not None:
            self._failures.append(one)
        elif one.server_count is not None and one.server_count != one.tally.distinct:
            self._mismatches.append(one)

    def _is_hopeless(self, done: int) -> bool:
        """Whether asking the remaining parents would only repeat the failure."""
        if not self._failures:
            return False
        kinds = (Forbidden, Unauthorized, Missing)
        if not isinstance(self._failures[-1].error, kinds):
            # It was retried already, with all the patience there is.
            return True
        return done == len(self._failures) >= GIVE_UP_AFTER

    def _judge(self) -> Judgement:
        count = len(self._parent_ids)
        if self._failures:
            error = self._failures[0].error
            assert error is not None  # noqa: S101  (that is what makes it a failure)
            is_whole = len(self._failures) in (count, GIVE_UP_AFTER) and not self.tally.rows
            if is_whole:
                return judged(error, resource=self.resource, rows=0)
            where = f"{_parents(self._failures)} of {count:,} '{self.resource.parent}'"
            return Verdict.PARTIAL, f"{where}: {error}"
        if self._mismatches:
            one = self._mismatches[0]
            return (
                Verdict.PARTIAL,
                f"{_parents(self._mismatches)} of {count:,} '{self.resource.parent}': the server counts "
                f"{one.server_count}, {one.tally.distinct} were read, also on a second reading.",
            )
        if self._parent_reading.verdict is not Verdict.COMPLETE:
            return Verdict.PARTIAL, f"'{self.resource.parent}', which it is below, is not complete."
        return Verdict.COMPLETE, ""


def portions(parents: Sequence[int], *, workers: int) -> Iterator[Sequence[int]]:
    """*parents* in slices to hand to a worker: large ones first, single ones in the end.

    Handing over costs about as much as a quick request; near the end small slices keep every worker busy.
    """
    begin = 0
    while begin < len(parents):
        width = max(1, min(LARGEST_PORTION, (len(parents) - begin) // (4 * workers)))
        yield parents[begin : begin + width]
        begin += width


def _parents(lists: Sequence[_ListOf]) -> str:
    shown = ", ".join(str(one.parent) for one in lists[:5])
    more = f" and {len(lists) - 5} more" if len(lists) > 5 else ""
    return f"Below {shown}{more}"
