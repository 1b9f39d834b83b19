"""The stand-in for Auvik: JSON:API lists of version 1 and 2, with cursors that it gave itself."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from functools import partial
from heapq import merge

import orjson

from msp_audit.domain import Record
from msp_audit.sandbox.call import Answer, Call, address, html_answer, raw_json
from msp_audit.sandbox.conditions import as_time
from msp_audit.sandbox.reading import Reading
from msp_audit.sandbox.records import Positions, Records, member

USER = "auditor@northwind.example"
API_KEY = "auvik"
MEDIA_TYPE = "application/vnd.api+json"

_TENANT = "relationships.tenant.data.id"


@dataclass(frozen=True, slots=True, kw_only=True)
class AuvikList:
    """One paged list."""

    resource: str
    path: str
    #: The parameter that says whose rows are wanted.
    tenant_parameter: str = "tenants"
    default_page: int = 100
    largest_page: int = 1_000
    #: Filter -> member of the attributes that it compares; ``>`` and ``<`` compare times.
    filters: tuple[tuple[str, str], ...] = ()


_DEVICE_FILTERS = (
    ("deviceType", "deviceType"),
    ("makeModel", "makeModel"),
    ("onlineStatus", "onlineStatus"),
    ("notSeenSince", "<lastSeenTime"),
)

LISTS = (
    AuvikList(
        resource="devices_v1",
        path="/v1/inventory/device/info",
        filters=(
            *_DEVICE_FILTERS,
            ("vendorName", "vendorName"),
            ("modifiedAfter", ">lastModified"),
            ("stateKnown", ""),
        ),
    ),
    AuvikList(
        resource="device_details",
        path="/v1/inventory/device/detail",
        filters=(
            ("manageStatus", "manageStatus"),
            ("discoverySNMP", "discoveryStatus.snmp"),
            ("discoveryWMI", "discoveryStatus.wmi"),
            ("discoveryLogin", "discoveryStatus.login"),
            ("discoveryVMware", "discoveryStatus.vmware"),
            ("trafficInsightsStatus", "trafficInsightsStatus"),
        ),
    ),
    AuvikList(
        resource="interfaces",
        path="/v1/inventory/interface/info",
        filters=(
            ("interfaceType", "interfaceType"),
            ("adminStatus", "adminStatus"),
            ("operationalStatus", "operationalStatus"),
            ("modifiedAfter", ">lastModified"),
        ),
    ),
    AuvikList(
        resource="device_lifecycles",
        path="/v1/inventory/device/lifecycle",
        filters=(
            ("salesAvailability", "salesAvailability"),
            ("softwareMaintenanceStatus", "softwareMaintenanceStatus"),
            ("securitySoftwareMaintenanceStatus", "securitySoftwareMaintenanceStatus"),
            ("lastSupportStatus", "lastSupportStatus"),
        ),
    ),
    AuvikList(
        resource="device_warranties",
        path="/v1/inventory/device/warranty",
        filters=(
            ("coveredUnderWarranty", "warrantyCoverageStatus"),
            ("coveredUnderService", "serviceCoverageStatus"),
        ),
    ),
    AuvikList(
        resource="devices_v2",
        path="/v2/api/inventory/device/info",
        tenant_parameter="tenant",
        default_page=1_000,
        largest_page=10_000,
        filters=(
            *_DEVICE_FILTERS,
            ("make", "make"),
            ("model", "model"),
            ("manageStatus", "manageStatus"),
        ),
    ),
)


class AuvikError(Exception):
    """The call is refused with this status."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail


class Auvik:
    """Answers calls over one weekly reading."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        #: Selection and cursor -> where the page after (or before) it begins.
        self._cursors: dict[tuple[str, str], int] = {}

    def answer(self, call: Call) -> Answer:
        """The vendor's answer to *call*."""
        path = call.path.rstrip("/")
        listed = next((listed for listed in LISTS if listed.path == path), None)
        single = {
            "/v1/authentication/verify": self._verify,
            "/v1/tenants": self._tenants,
            "/v1/tenants/detail": self._tenant_details,
        }.get(path)
        try:
            if call.login != (USER, API_KEY):
                raise AuvikError(401, "The user name or the API key is not valid.")
            if listed is None and single is None:
                return html_answer("404 Not Found", status=404)
            if call.method != "GET":
                raise AuvikError(405, "Method not allowed.")
            return single(call) if single else self._page(call, listed or LISTS[0])
        except AuvikError as error:
            return error_answer(error.status, error.detail)

    def _verify(self, _call: Call) -> Answer:
        return Answer(headers={"content-type": MEDIA_TYPE})

    def _tenants(self, _call: Call) -> Answer:
        tenants = self._reading.auvik("tenants")
        return raw_json(b'{"data":%b}' % tenants.listing(tenants.all), media_type=MEDIA_TYPE)

    def _tenant_details(self, call: Call) -> Answer:
        main = call.parameter("tenantDomainPrefix")
        tenants = self._reading.auvik("tenants").records(self._reading.auvik("tenants").all)
        top = next((tenant for tenant in tenants if member(tenant, "attributes.domainPrefix") == main), None)
        if not main or top is None:
            raise AuvikError(400, "tenantDomainPrefix is required and must name a tenant.")
        below = self._with_children(str(top["id"]))
        details = [tenant for tenant in tenants if str(tenant["id"]) in below]
        return raw_json(orjson.dumps({"data": details}), media_type=MEDIA_TYPE)

    def _page(self, call: Call, listed: AuvikList) -> Answer:
        records = self._reading.auvik(listed.resource)
        name, positions = self._selected(records, call, listed)
        span = self._span(call, listed, name, len(positions))
        shown = positions[span.start : span.stop]
        size = max(1, _size(call, listed))
        links = self._links(call, records, positions, name=name, span=span)
        body = b'{"data":%b,"included":%b,"links":%b,"meta":{"totalPages":%d}}' % (
            records.listing(shown),
            self._included(call, listed, records, shown),
            orjson.dumps(links),
            -(-len(positions) // size),
        )
        return raw_json(body, media_type=MEDIA_TYPE)

    def _selected(self, records: Records, call: Call, listed: AuvikList) -> tuple[str, Positions]:
        wanted = self._wanted_tenants(call, listed)
        groups = records.grouped(_TENANT)
        is_everything = wanted >= groups.keys()
        positions: Positions = (
            records.all if is_everything else list(merge(*(groups.get(tenant, ()) for tenant in wanted)))
        )
        name = f"{listed.path} {','.join(sorted(wanted))}"
        known = dict(listed.filters)
        for key, value in sorted(call.query):
            if not key.startswith("filter["):
                continue
            if (compared := known.get(key[7:-1])) is None:
                raise AuvikError(400, f"{key} is not a filter of this list.")
            name = f"{name}\n{key} {value}"
            if compared:
                positions = records.where(name, partial(_passes, compared, value), positions)
        return name, positions

    def _wanted_tenants(self, call: Call, listed: AuvikList) -> set[str]:
        given = call.parameter(listed.tenant_parameter)
        wanted = {part for part in (given or "").split(",") if part}
        if not wanted:
            raise AuvikError(400, f"The parameter {listed.tenant_parameter} is required.")
        known = self._reading.auvik("tenants")
        for tenant in wanted:
            if known.position_of(tenant) is None:
                raise AuvikError(403, f"You have no access to tenant {tenant}.")
        if listed.tenant_parameter != "tenant":
            return wanted
        if len(wanted) > 1:
            raise AuvikError(400, "The parameter tenant takes one id.")
        return self._with_children(wanted.pop())

    def _with_children(self, tenant: str) -> set[str]:
        tenants = self._reading.auvik("tenants")
        children = tenants.grouped("relationships.parent.data.id")
        found: set[str] = set()
        waiting = [tenant]
        while waiting:
            found.add(current := waiting.pop())
            below = (str(tenants.ids[place]) for place in children.get(current, ()))
            waiting += (child for child in below if child not in found)
        return found

    def _span(self, call: Call, listed: AuvikList, name: str, length: int) -> range:
        size = _size(call, listed)
        after, before = call.parameter("page[after]"), call.parameter("page[before]")
        if before is not None or call.parameter("page[last]") is not None:
            end = length if before is None else self._place(name, before)
            return range(max(0, end - size), end)
        start = 0 if after is None else self._place(name, after) + 1 + call.shift
        return range(min(start, length), min(start + size, length))

    def _place(self, name: str, cursor: str) -> int:
        place = self._cursors.get((name, cursor))
        if place is None:
            raise AuvikError(400, "The cursor is not valid.")
        return place

    def _links(
        self, call: Call, records: Records, positions: Positions, *, name: str, span: range
    ) -> dict[str, str | None]:
        kept = tuple(pair for pair in call.query if not pair[0].startswith("page["))
        size = str(max(1, len(span)))
        asked = call.parameter("page[first]") or call.parameter("page[last]")
        step = ("page[first]", asked or size)

        def link(*page: tuple[str, str]) -> str:
            return address(call.base, call.path, (*kept, *page))

        links: dict[str, str | None] = {"first": link(step), "last": link(("page[last]", step[1]))}
        has_next = bool(span) and span.stop < len(positions)
        has_previous = span.start > 0
        links["next"] = (
            link(step, ("page[after]", self._cursor(records, positions, name, span.stop - 1)))
            if has_next
            else None
        )
        links["prev"] = (
            link(
                ("page[last]", step[1]), ("page[before]", self._cursor(records, positions, name, span.start))
            )
            if has_previous and span
            else None
        )
        return links

    def _cursor(self, records: Records, positions: Positions, name: str, index: int) -> str:
        record_id = str(records.ids[positions[index]])
        try:
            inner = base64.b64decode(record_id + "=" * (-len(record_id) % 4), validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            inner = record_id
        cursor = base64.b64encode(f"cursor:{inner}".encode()).decode()
        self._cursors[name, cursor] = index
        return cursor

    def _included(self, call: Call, listed: AuvikList, records: Records, shown: Positions) -> bytes:
        if listed.resource != "devices_v1" or call.parameter("include") != "deviceDetail":
            return b"[]"
        details = self._reading.auvik("device_details")
        places = (details.position_of(str(records.ids[place])) for place in shown)
        return details.listing([place for place in places if place is not None])


def error_answer(status: int, detail: str) -> Answer:
    """An error in the JSON:API shape."""
    document = {"errors": [{"status": str(status), "title": "Request refused", "detail": detail}]}
    return raw_json(orjson.dumps(document), status=status, media_type=MEDIA_TYPE)


def _size(call: Call, listed: AuvikList) -> int:
    text = call.parameter("page[first]") or call.parameter("page[last]")
    if text is None:
        return listed.default_page
    if not text.isdecimal() or not 1 <= int(text) <= listed.largest_page:
        raise AuvikError(400, f"The page size must be between 1 and {listed.largest_page}.")
    return int(text)


def _passes(compared: str, value: str, record: Record) -> bool:
    found = member(record.get("attributes"), compared.lstrip("<>"))
    if compared[0] in "<>":
        time, limit = as_time(str(found)), as_time(value)
        return (
            time is not None and limit is not None and (time < limit if compared[0] == "<" else time > limit)
        )
    return str(found).casefold() == value.casefold()
