"""Reads one resource of the PSA and judges the reading: pages first, then a verdict with its proof."""

from __future__ import annotations

import time
from collections.abc import Iterator

from msp_audit.connectors.base import Page, Progress
from msp_audit.connectors.http import Forbidden, Missing, Unauthorized
from msp_audit.connectors.paging import Tally, read_list
from msp_audit.connectors.psa.api import PsaApi
from msp_audit.connectors.psa.resources import PsaResource
from msp_audit.connectors.scrub import scrub
from msp_audit.domain import Record, ResourceReading, Verdict
from msp_audit.errors import SourceError

#: The longest page that PSA serves (since 2016.2).
PAGE_SIZE = 1000

Judgement = tuple[Verdict, str]


class Reading:
    """One resource being read. Iterate :meth:`pages` to the end, then take :meth:`result`."""

    def __init__(
        self, api: PsaApi, *, resource: PsaResource, page_size: int | None, progress: Progress | None
    ) -> None:
        self.api = api
        self.resource = resource
        self.page_size = min(page_size or PAGE_SIZE, PAGE_SIZE)
        self.progress = progress
        self.tally = Tally()
        self.known: set[int] = set()
        self.server_count: int | None = None
        self._started = time.monotonic()
        self._judgement: Judgement = (Verdict.COMPLETE, "")

    @property
    def ids(self) -> list[int]:
        """Identities that were read, rising: the parents of nested lists."""
        return sorted(self.known)

    def pages(self) -> Iterator[Page]:
        """The records as they come; never raises a :class:`SourceError`, see :meth:`result`."""
        try:
            yield from self._pages()
        except SourceError as error:
            self._judgement = judged(error, resource=self.resource, rows=self.tally.rows)

    def result(self, *, doubt: str = "") -> ResourceReading:
        """The verdict; a *doubt* about what may be hidden makes a complete reading partial."""
        verdict, reason = self._judgement
        if verdict is Verdict.COMPLETE and self.tally.unusable:
            verdict = Verdict.PARTIAL
            reason = f"{self.tally.unusable:,} records came without an id and could not be kept."
        if verdict is Verdict.COMPLETE and doubt:
            verdict, reason = Verdict.PARTIAL, doubt
        return ResourceReading(
            source="psa",
            resource=self.resource.name,
            verdict=verdict,
            reason=reason,
            proof=self.tally.proof(
                usage=self.api.usage(self.resource.name),
                server_count=self.server_count,
                elapsed_seconds=time.monotonic() - self._started,
            ),
        )

    def _pages(self) -> Iterator[Page]:
        self.server_count = self._count()
        yield from self._pass()
        if self._is_counted():
            return
        # Records may have come or gone meanwhile: ask again, and only then read again.
        self.server_count = self._count()
        if self._is_counted():
            return
        yield from self._pass()
        self.server_count = self._count()
        if not self._is_counted():
            self._judgement = (
                Verdict.PARTIAL,
                f"The server counts {self.server_count:,}, {self.tally.distinct:,} were read, also on a "
                f"second reading. Check whether the API member's role hides records.",
            )

    def _is_counted(self) -> bool:
        return self.server_count is None or self.server_count == self.tally.distinct

    def _count(self) -> int | None:
        if not self.resource.has_count:
            return None
        return self.api.count(self.resource.path, resource=self.resource.name)

    def _pass(self) -> Iterator[Page]:
        for records in read_list(
            self.api,
            path=self.resource.path,
            resource=self.resource.name,
            tally=self.tally,
            known=self.known,
            params=asked_fields(self.resource),
            page_size=self.page_size,
        ):
            if records:
                yield Page(resource=self.resource.name, records=shaped(records, resource=self.resource))
            if self.progress is not None:
                self.progress(self.resource.name, self.tally.rows, self.server_count)


def asked_fields(resource: PsaResource) -> dict[str, str]:
    """The query that lets the server leave out what is not kept."""
    return {"fields": ",".join(resource.fields)} if resource.fields else {}


def shaped(records: list[Record], *, resource: PsaResource, parent: int | None = None) -> list[Record]:
    """*records* as they are kept: declared members only, parent named, nothing secret."""
    if resource.fields:
        # Whether a server trims must not change what is kept: it would look like a change of the record.
        wanted = frozenset(resource.fields)
        records = [
            record
            if record.keys() <= wanted
            else {name: value for name, value in record.items() if name in wanted}
            for record in records
        ]
    if parent is not None:
        for record in records:
            _name_parent(record, member=resource.parent_member, parent=parent)
    return scrub(records, secrets=resource.secrets)


def judged(error: SourceError, *, resource: PsaResource, rows: int) -> Judgement:
    """The verdict that an *error* means after *rows* records."""
    reason = str(error)
    if isinstance(error, Forbidden | Unauthorized):
        return (Verdict.PARTIAL if rows else Verdict.REFUSED), f"{reason} {resource.right}"
    if isinstance(error, Missing) and not rows:
        return Verdict.ABSENT, f"{reason} This server's version may be older than the list."
    return Verdict.PARTIAL, f"{reason} {rows:,} records were read before that." if rows else reason


def _name_parent(record: Record, *, member: str, parent: int) -> None:
    outer, _, inner = member.partition(".")
    if not inner:
        if record.get(outer) is None:
            record[outer] = parent
        return
    reference = record.get(outer)
    if not isinstance(reference, dict):
        record[outer] = {inner: parent}
    elif reference.get(inner) is None:
        reference[inner] = parent
