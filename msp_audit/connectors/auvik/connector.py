"""The Auvik connector: tenants first, then every list over them, then what the operator declared."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator

from msp_audit.connectors.auvik.api import document, open_api, records
from msp_audit.connectors.auvik.declared import declared_records
from msp_audit.connectors.auvik.inventory_mappings import check_inventory_mappings, read_inventory_mappings
from msp_audit.connectors.auvik.listing import Listing, landed_relationships, read_listing
from msp_audit.connectors.auvik.resources import (
    DECLARED,
    DEVICE_DETAILS,
    DEVICE_LIFECYCLES,
    DEVICE_PATHS,
    DEVICE_WARRANTIES,
    DEVICES,
    EXPECTED,
    INTERFACES,
    INVENTORY_MAPPINGS,
    MAX_PAGE_ROWS,
    OPTIONS,
    PAGE_ROWS,
    RESOURCES,
    TENANTS,
)
from msp_audit.connectors.auvik.tenants import Tenants
from msp_audit.connectors.base import Check, Connector, Event, Page, Progress, Resource
from msp_audit.connectors.clock import check_clock
from msp_audit.connectors.http import Api
from msp_audit.domain import Proof, Record, ResourceReading, Verdict
from msp_audit.errors import SourceError, SourceRefused
from msp_audit.settings.model import AuvikSettings

VERIFY_PATH = "/v1/authentication/verify"
#: ``doctor`` asks a person to wait, so it waits less than a scheduled run.
DOCTOR_PATIENCE = {"retry_floor_seconds": 1, "tries": 2}


class AuvikConnector(Connector):
    """One request at a time: Auvik's limit counts per key.

    *now* (seconds since 1970) is what the age of the copied Inventory Mappings is measured against.
    """

    source = "auvik"
    resources = RESOURCES

    def __init__(
        self,
        settings: AuvikSettings,
        *,
        sleep: Callable[[float], None] = time.sleep,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._settings = settings
        self._sleep = sleep
        self._now = now
        self._api: Api | None = None

    def read(self, *, progress: Progress | None = None) -> Iterator[Event]:
        """Yield every list; see :meth:`Connector.read`.

        Raises:
            SourceError: the address, the region or the key is wrong.
        """
        self._api = api = self._api or open_api(self._settings, sleep=self._sleep)
        api.get(VERIFY_PATH, resource="authentication")
        found = yield from _read_tenants(api, progress=progress)
        for listing in self._listings():
            if not self._is_wanted(listing.resource):
                option = OPTIONS[listing.resource.name]
                reason = f"Not read: auvik.{option} is switched off in the settings."
                yield _reading(listing.resource, Verdict.ABSENT, reason)
            elif isinstance(found, ResourceReading):
                yield _reading(listing.resource, found.verdict, f"The tenants are not known. {found.reason}")
            else:
                yield from read_listing(api, listing=listing, tenants=found, progress=progress)
        yield from self._declared()
        yield from self._copied()

    def check(self) -> Iterator[Check]:
        """Yield whether the key is good, what it sees, and whether each list answers."""
        api = open_api(self._settings, sleep=self._sleep, patience=DOCTOR_PATIENCE)
        try:
            yield from self._checks(api)
        finally:
            api.close()

    def close(self) -> None:
        """Release the session; safe to call twice."""
        if self._api is not None:
            self._api.close()
            self._api = None

    def _listings(self) -> Iterator[Listing]:
        version = self._settings.api_version
        yield self._listing(DEVICES, path=DEVICE_PATHS[version], version=version)
        for resource in (DEVICE_DETAILS, INTERFACES, DEVICE_LIFECYCLES, DEVICE_WARRANTIES):
            yield self._listing(resource, path=resource.path, version="v1")

    def _is_wanted(self, resource: Resource) -> bool:
        option = OPTIONS.get(resource.name)
        return option is None or bool(getattr(self._settings, option))

    def _listing(self, resource: Resource, *, path: str, version: str) -> Listing:
        rows = self._settings.http.page_size or PAGE_ROWS[version]
        return Listing(
            resource=resource,
            path=path,
            tenant_param="tenant" if version == "v2" else "tenants",
            page_rows=min(rows, MAX_PAGE_ROWS[version]),
            api_version=version,
            expected=EXPECTED[resource.name] if version == "v2" or resource is not DEVICES else (),
        )

    def _declared(self) -> Iterator[Event]:
        if self._settings.sync is None:
            for resource in DECLARED:
                yield _reading(resource, Verdict.ABSENT, "Not declared: the settings have no [auvik.sync].")
            return
        rows = declared_records(self._settings.sync)
        for resource in DECLARED:
            yield Page(resource=resource.name, records=rows[resource.name])
            proof = Proof(pages=1, rows=len(rows[resource.name]))
            yield _reading(resource, Verdict.COMPLETE, "", proof=proof)

    def _copied(self) -> Iterator[Event]:
        path = self._settings.inventory_mappings
        if path is None:
            reason = "Not given: the settings name no file in auvik.inventory_mappings."
            yield _reading(INVENTORY_MAPPINGS, Verdict.ABSENT, reason)
            return
        max_age = self._settings.inventory_mappings_max_age_hours
        yield from read_inventory_mappings(path, max_age_hours=max_age, now=self._now)

    def _checks(self, api: Api) -> Iterator[Check]:
        name = "auvik key"
        try:
            answer = api.get(VERIFY_PATH, resource="authentication")
            tenants = Tenants.of(_fetch_tenants(api))
        except SourceError as error:
            fix = "Check url, username and api_key in [auvik]."
            yield Check(name=name, is_ok=False, detail=str(error), fix=fix)
            return
        is_ok = bool(tenants.names)
        fix = "" if is_ok else f"Give the key's user {TENANTS.right}."
        yield Check(name=name, is_ok=is_ok, detail=f"sees {len(tenants.names)} tenants", fix=fix)
        yield check_clock(answer.headers, source="auvik")
        for listing in self._listings() if is_ok else ():
            if self._is_wanted(listing.resource):
                yield _check_listing(api, listing=listing, tenant=tenants.roots()[0])
        if self._settings.inventory_mappings is not None:
            max_age = self._settings.inventory_mappings_max_age_hours
            yield check_inventory_mappings(
                self._settings.inventory_mappings, max_age_hours=max_age, now=self._now
            )


def _read_tenants(
    api: Api, *, progress: Progress | None
) -> Generator[Event, None, Tenants | ResourceReading]:
    """Yield the tenants; return their tree, or the reading that says why there is none."""
    started = time.monotonic()
    items: list[Record] = []
    verdict, reason = Verdict.COMPLETE, ""
    try:
        items = list({str(item["id"]): item for item in _fetch_tenants(api)}.values())
    except SourceError as error:
        verdict = Verdict.REFUSED if isinstance(error, SourceRefused) else Verdict.PARTIAL
        reason = str(error)
    else:
        landed = [
            {
                "id": str(item["id"]),
                "attributes": item.get("attributes"),
                "relationships": landed_relationships(item),
            }
            for item in items
        ]
        yield Page(resource=TENANTS.name, records=landed)
        if progress is not None:
            progress(TENANTS.name, len(items), len(items))
        if not items:
            verdict = Verdict.REFUSED
            reason = f"auvik shows this key no tenant. Give its user {TENANTS.right}."
    usage = api.usage(TENANTS.name)
    proof = Proof(
        pages=1 if verdict is Verdict.COMPLETE else 0,
        rows=len(items),
        requests=usage.requests,
        retries=usage.retries,
        elapsed_seconds=time.monotonic() - started,
    )
    reading = _reading(TENANTS, verdict, reason, proof=proof)
    yield reading
    return Tenants.of(items) if verdict is Verdict.COMPLETE else reading


def _fetch_tenants(api: Api) -> list[Record]:
    answer = api.get(TENANTS.path, resource=TENANTS.name)
    return records(document(answer), resource=TENANTS.name)


def _check_listing(api: Api, *, listing: Listing, tenant: str) -> Check:
    name = f"auvik {listing.resource.name}"
    params = {**listing.params(tenant), "page[first]": 1}
    try:
        answer = api.get(listing.path, params=params, resource=listing.resource.name)
        body = document(answer)
        rows = records(body, resource=listing.resource.name)
    except SourceError as error:
        fix = f"Give the key's user {listing.resource.right}."
        return Check(name=name, is_ok=False, detail=str(error), fix=fix)
    return Check(name=name, is_ok=True, detail=_readable(body, tenant=tenant) if rows else "holds nothing")


def _readable(body: Record, *, tenant: str) -> str:
    # Pages of one row: their number is the count, where the list tells it.
    pages = (body.get("meta") or {}).get("totalPages")
    return f"readable: {pages:,} records in tenant {tenant}" if isinstance(pages, int) else "readable"


def _reading(
    resource: Resource, verdict: Verdict, reason: str, *, proof: Proof | None = None
) -> ResourceReading:
    return ResourceReading(
        source="auvik", resource=resource.name, verdict=verdict, reason=reason, proof=proof or Proof()
    )
