"""Reads one list of Auvik over all tenants: each row once, attributed; the verdict names who refused."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from msp_audit.connectors.auvik.api import document, records
from msp_audit.connectors.auvik.paging import read_pages
from msp_audit.connectors.auvik.resources import RELATIONSHIPS
from msp_audit.connectors.auvik.tenants import Ownership, Tenants, related_id, tenant_of_id
from msp_audit.connectors.base import Event, Page, Progress, Resource
from msp_audit.connectors.http import Api, Forbidden, Params, Rejected
from msp_audit.domain import Proof, Record, ResourceReading, Verdict
from msp_audit.errors import SourceChanged, SourceError, SourceRefused

#: Rows that a look at the end of a list asks for.
END_ROWS = 25
#: Tenants that a reason names before it only counts.
NAMED_TENANTS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What to ask for: a path, by tenant, and how the tenant is named in the query."""

    resource: Resource
    path: str
    #: ``tenant`` (v2: children included) or ``tenants`` (v1: just the named one).
    tenant_param: str
    page_rows: int
    api_version: str
    #: Attributes that rules judge by. One row may lack them; when all do, the answer has changed.
    expected: tuple[str, ...] = ()

    @property
    def includes_children(self) -> bool:
        """Whether asking for a root answers for its whole family."""
        return self.tenant_param == "tenant"

    def params(self, tenant: str) -> Params:
        """The query for the first page of *tenant*."""
        return {self.tenant_param: tenant, "page[first]": self.page_rows}


@dataclass(slots=True, kw_only=True)
class _Tally:
    pages: int = 0
    rows: int = 0
    duplicates: int = 0
    seen: set[str] = field(default_factory=set)
    answered: int = 0
    refused: list[str] = field(default_factory=list)
    ownership: Ownership = field(default_factory=Ownership)
    #: Expected attributes that some row had.
    present: set[str] = field(default_factory=set)


def read_listing(
    api: Api, *, listing: Listing, tenants: Tenants, progress: Progress | None = None
) -> Iterator[Event]:
    """Yield the list's pages over all tenants, then its reading."""
    started = time.monotonic()
    tally = _Tally()
    fault: SourceError | None = None
    try:
        for page in _pages(api, listing=listing, tenants=tenants, tally=tally):
            yield page
            if progress is not None:
                progress(listing.resource.name, tally.rows, None)
    except SourceError as error:
        fault = error
    verdict, reason = _judge(tally, listing=listing, fault=fault)
    usage = api.usage(listing.resource.name)
    proof = Proof(
        pages=tally.pages,
        rows=tally.rows,
        duplicates=tally.duplicates,
        requests=usage.requests,
        retries=usage.retries,
        elapsed_seconds=time.monotonic() - started,
    )
    yield ResourceReading(
        source="auvik", resource=listing.resource.name, verdict=verdict, reason=reason, proof=proof
    )


def _pages(api: Api, *, listing: Listing, tenants: Tenants, tally: _Tally) -> Iterator[Page]:
    waiting = tenants.roots() if listing.includes_children else list(tenants.names)
    asked: set[str] = set()
    while waiting:
        tenant = waiting.pop(0)
        if tenant in asked:
            continue
        asked.add(tenant)
        try:
            yield from _pages_of(tenant, api=api, listing=listing, tenants=tenants, tally=tally)
            tally.answered += 1
        except Forbidden:
            # A user may have a role in a child and none in the parent.
            tally.refused.append(tenants.names[tenant])
            if listing.includes_children:
                waiting.extend(tenants.children(tenant))


def _pages_of(tenant: str, *, api: Api, listing: Listing, tenants: Tenants, tally: _Tally) -> Iterator[Page]:
    family = tenants.family(tenant)
    params = listing.params(tenant)
    pages_before = tally.pages
    for items in read_pages(api, path=listing.path, params=params, resource=listing.resource.name):
        first = {item["id"]: item for item in reversed(items)}
        fresh = [item for item in items if first[item["id"]] is item and item["id"] not in tally.seen]
        tally.duplicates += len(items) - len(fresh)
        yield _page(fresh, tenant=tenant, family=family, listing=listing, tally=tally)
    if listing.includes_children or tally.pages - pages_before > 1:
        fresh = _missing_end(tenant, api=api, listing=listing, tally=tally)
        if fresh:
            yield _page(fresh, tenant=tenant, family=family, listing=listing, tally=tally)


def _page(items: list[Record], *, tenant: str, family: set[str], listing: Listing, tally: _Tally) -> Page:
    for item in items:
        tally.seen.add(item["id"])
        tally.ownership.judge(item, family=family)
        tally.present |= _present(item, listing=listing)
    tally.pages += 1
    tally.rows += len(items)
    landed = [_landed(item, tenant=tenant, listing=listing) for item in items]
    return Page(resource=listing.resource.name, records=landed)


def _missing_end(tenant: str, *, api: Api, listing: Listing, tally: _Tally) -> list[Record]:
    """Records at the end of the list that its pages lacked: Auvik tells no count, but reads backwards.

    Raises:
        SourceChanged: there is more than a look at the end shows.
    """
    params: Params = {listing.tenant_param: tenant, "page[last]": END_ROWS}
    try:
        answer = api.get(listing.path, params=params, resource=listing.resource.name)
    except Rejected:
        return []
    found = records(document(answer), resource=listing.resource.name)
    fresh = [item for item in found if item["id"] not in tally.seen]
    if found and len(fresh) == len(found):
        raise SourceChanged(
            f"auvik's list of '{listing.resource.name}' ends before its last records. Try again later."
        )
    return fresh


def _present(item: Record, *, listing: Listing) -> set[str]:
    attributes = item.get("attributes")
    known = attributes if isinstance(attributes, dict) else {}
    return {name for name in listing.expected if known.get(name) is not None}


def landed_relationships(item: Record) -> Record:
    """The relationships that are kept, without the attributes that repeat the other side."""
    found = {name: related_id(item, name) for name in RELATIONSHIPS}
    return {name: {"data": {"id": value}} for name, value in found.items() if value is not None}


def _landed(item: Record, *, tenant: str, listing: Listing) -> Record:
    relationships = landed_relationships(item)
    if "tenant" not in relationships:
        owner = tenant_of_id(str(item["id"])) if listing.includes_children else None
        relationships["tenant"] = {"data": {"id": owner or tenant}}
    links = item.get("links")
    dashboard = links.get("dashboard") if isinstance(links, dict) else None
    return {
        "id": str(item["id"]),
        "attributes": item.get("attributes"),
        "relationships": relationships,
        "links": {"dashboard": dashboard},
        "apiVersion": listing.api_version,
    }


def _judge(tally: _Tally, *, listing: Listing, fault: SourceError | None) -> tuple[Verdict, str]:
    faults: list[str] = []
    if tally.refused:
        faults.append(_refusal(tally.refused, listing=listing))
    if fault is not None:
        faults.append(str(fault))
    if complaint := tally.ownership.complaint():
        faults.append(complaint)
    if tally.rows and (missing := [name for name in listing.expected if name not in tally.present]):
        faults.append(
            f"No record of '{listing.resource.name}' has a {', '.join(missing)}; auvik's answer has changed."
        )
    if not faults:
        return Verdict.COMPLETE, ""
    is_refused = not tally.pages and (isinstance(fault, SourceRefused) or (fault is None and tally.refused))
    return (Verdict.REFUSED if is_refused else Verdict.PARTIAL), " ".join(faults)


def _refusal(refused: list[str], *, listing: Listing) -> str:
    more = len(refused) - NAMED_TENANTS
    named = ", ".join(refused[:NAMED_TENANTS]) + (f" and {more} more" if more > 0 else "")
    noun = "tenant" if len(refused) == 1 else "tenants"
    return (
        f"auvik refused '{listing.resource.name}' of the {noun} {named} (HTTP 403). "
        f"Give the key's user {listing.resource.right}."
    )
