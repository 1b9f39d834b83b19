"""The NinjaOne connector: the lists, then the reports over all devices, then what the settings declare."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from msp_audit.connectors.base import Check, Connector, Event, Page, Progress, Resource
from msp_audit.connectors.clock import check_clock
from msp_audit.connectors.http import Api, Unauthorized
from msp_audit.connectors.ninjaone.listing import (
    PAGE_ROWS,
    Tally,
    pages_after,
    pages_by_cursor,
    read_list,
    report,
)
from msp_audit.connectors.ninjaone.resources import (
    DECLARED,
    DEVICES,
    LISTS,
    ORGANISATIONS,
    QUERIES,
    RESOURCES,
)
from msp_audit.connectors.ninjaone.session import open_api
from msp_audit.domain import Proof, Record, ResourceReading, Verdict
from msp_audit.errors import SourceError, SourceRefused
from msp_audit.settings.model import NinjaoneSettings

#: ``doctor`` asks a person to wait, so it waits less than a scheduled run.
DOCTOR_TRIES = 2


class NinjaoneConnector(Connector):
    """One list after the other: NinjaOne names no limit, and one client is not to be a burden."""

    source = "ninjaone"
    resources = RESOURCES

    def __init__(self, settings: NinjaoneSettings, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self._settings = settings
        self._sleep = sleep
        self._api: Api | None = None

    def read(self, *, progress: Progress | None = None) -> Iterator[Event]:
        """Yield every list; see :meth:`Connector.read`.

        Raises:
            SourceError: the address or the API client is wrong.
        """
        self._api = api = self._api or open_api(self._settings, sleep=self._sleep)
        # One wrong secret is told once, and is not tried for every list.
        try:
            api.get(ORGANISATIONS.path, params={"pageSize": 1}, resource="sign-in")
        except Unauthorized:
            raise
        except SourceRefused:
            pass
        tallies = {resource.name: Tally() for resource in (*LISTS, *QUERIES)}
        owners: dict[int, int] = {}
        for resource in (*LISTS, *QUERIES):
            for event in read_list(
                api,
                resource=resource,
                pages=pages_by_cursor if resource in QUERIES else pages_after,
                page_rows=self._settings.http.page_size or PAGE_ROWS,
                land=self._device if resource is DEVICES else _as_it_is,
                tally=tallies[resource.name],
                progress=progress,
            ):
                if isinstance(event, Page):
                    if resource is DEVICES:
                        _count_owners(event.records, into=owners)
                    yield event
                else:
                    yield _judged(event, tallies=tallies, owners=owners)
        yield from self._declared()

    def check(self) -> Iterator[Check]:
        """Yield whether the API client may sign in, and whether each list answers."""
        api = open_api(self._settings, sleep=self._sleep, tries=DOCTOR_TRIES)
        try:
            yield from self._checks(api)
        finally:
            api.close()

    def close(self) -> None:
        """Release the session; safe to call twice."""
        if self._api is not None:
            self._api.close()
            self._api = None

    def _device(self, record: Record) -> Record:
        # No list tells it; the browser shows a device there (seen 2026-11).
        address = f"{self._settings.url}/#/deviceDashboard/{record.get('id')}/overview"
        return {**record, "dashboardUrl": address}

    def _declared(self) -> Iterator[Event]:
        mapped: list[Record] = [
            {"organisation_id": organisation, "company_id": company}
            for organisation, company in self._settings.organisations.items()
        ]
        covered: list[Record] = [{"configuration_type_name": name} for name in self._settings.covers]
        for resource, records in zip(DECLARED, (mapped, covered), strict=True):
            if records:
                yield Page(resource=resource.name, records=records)
            yield ResourceReading(
                source="ninjaone",
                resource=resource.name,
                verdict=Verdict.COMPLETE,
                proof=Proof(pages=1, rows=len(records)),
            )

    def _checks(self, api: Api) -> Iterator[Check]:
        name = "ninjaone sign-in"
        try:
            answer = api.get(ORGANISATIONS.path, params={"pageSize": 1}, resource=ORGANISATIONS.name)
            rows = answer.records()
        except SourceError as error:
            fix = "Check url (the region), client_id and client_secret in [ninjaone]."
            yield Check(name=name, is_ok=False, detail=str(error), fix=fix)
            return
        fix = "" if rows else f"Give the API client {ORGANISATIONS.right}."
        detail = "signed in" if rows else "signed in, and sees no organisation"
        yield Check(name=name, is_ok=bool(rows), detail=detail, fix=fix)
        yield check_clock(answer.headers, source="ninjaone")
        for resource in (*LISTS, *QUERIES):
            yield _check(api, resource=resource)


def _as_it_is(record: Record) -> Record:
    return record


def _count_owners(records: Iterable[Record], *, into: dict[int, int]) -> None:
    for record in records:
        owner = record.get("organizationId")
        if isinstance(owner, int):
            into[owner] = into.get(owner, 0) + 1


def _judged(
    reading: ResourceReading, *, tallies: Mapping[str, Tally], owners: Mapping[int, int]
) -> ResourceReading:
    """The same reading, unless the other lists show that something is missing."""
    known = tallies[ORGANISATIONS.name].seen
    if reading.verdict is not Verdict.COMPLETE:
        return reading
    if reading.resource == ORGANISATIONS.name and not known:
        reason = f"ninjaone shows this API client no organisation. Give it {ORGANISATIONS.right}."
        return replace(reading, verdict=Verdict.REFUSED, reason=reason)
    strangers = sum(count for owner, count in owners.items() if owner not in known)
    if reading.resource == DEVICES.name and known and strangers:
        reason = (
            f"ninjaone sent {strangers} devices of organisations that its list of organisations lacks. "
            f"Try again later."
        )
        return replace(reading, verdict=Verdict.PARTIAL, reason=reason)
    return reading


def _check(api: Api, *, resource: Resource) -> Check:
    name = f"ninjaone {resource.name}"
    try:
        answer = api.get(resource.path, params={"pageSize": 1}, resource=resource.name)
        rows = report(answer)[0] if resource in QUERIES else answer.records()
    except SourceError as error:
        fix = f"Give the API client {resource.right}."
        return Check(name=name, is_ok=False, detail=str(error), fix=fix)
    return Check(name=name, is_ok=True, detail="readable" if rows else "holds nothing")
