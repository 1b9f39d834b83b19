"""The stand-in for ConnectWise PSA: the address, who may call, and which list a path names."""

from __future__ import annotations

import re
from dataclasses import dataclass

from msp_audit.sandbox.call import Answer, Call, html_answer, json_answer, raw_json
from msp_audit.sandbox.conditions import ConditionError
from msp_audit.sandbox.psa_lists import LISTS, PsaList
from msp_audit.sandbox.psa_paging import forward_page, numbered_page
from msp_audit.sandbox.psa_selection import PsaError, Selection, chosen, error_answer, ordered, trimmed
from msp_audit.sandbox.psa_tickets import ServiceDesk
from msp_audit.sandbox.reading import Reading
from msp_audit.sandbox.records import Positions, Records

COMPANY = "northwind"
PUBLIC_KEY = "public"
PRIVATE_KEY = "private"
CLIENT_ID = "00000000-0000-4000-8000-000000000001"

#: The vendor's guide recommends to stay below 2,000 letters; above it, hosts answer with pages of their own.
LONGEST_ADDRESS = 2_000

_INFO_PATH = re.compile(r"/login/companyinfo/(?P<company>[^/]+)/?", re.IGNORECASE)
_API_PATH = re.compile(r"/(?P<codebase>v\w+/)apis/3\.0(?P<path>/.*)", re.IGNORECASE)
_VERSION = re.compile(r"version=\s*([^\s;,]+)", re.IGNORECASE)
#: Answers on every server beside the code base of the release.
_OLD_CODEBASE = "v4_6_release/"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """Which list, record or count a path names."""

    listed: PsaList
    parent: str | None
    one: str | None
    is_count: bool


class Psa:
    """Answers calls over one weekly reading; tickets are kept at the *desk*."""

    def __init__(self, reading: Reading, desk: ServiceDesk | None = None) -> None:
        self._reading = reading
        self._desk = desk or ServiceDesk()
        info = reading.company_info
        self._codebase = str(info["Codebase"])
        release = re.search(r"(\d{4})\D(\d+)", f"{info['VersionCode']} {self._codebase}")
        self._release = (int(release[1]), int(release[2])) if release else (2026, 4)

    def answer(self, call: Call) -> Answer:
        """The vendor's answer to *call*."""
        if (asked := _INFO_PATH.fullmatch(call.path)) is not None:
            return self._company_info(asked["company"])
        api = _API_PATH.fullmatch(call.path)
        if api is None or api["codebase"] not in (self._codebase, _OLD_CODEBASE):
            return html_answer("404 - File or directory not found.", status=404)
        try:
            self._admit(call)
            answer = self._resource(call, api["path"].rstrip("/"))
        except PsaError as error:
            answer = error.answer
        except ConditionError as error:
            answer = error_answer("ApiFindCondition", str(error), status=400)
        return answer.with_headers(api_current_version=f"{self._release[0]}.{self._release[1]}")

    def _company_info(self, company: str) -> Answer:
        info = self._reading.company_info
        is_known = company.casefold() == str(info["CompanyID"]).casefold()
        return json_answer(info if is_known else None)

    def _admit(self, call: Call) -> None:
        if call.address_length > LONGEST_ADDRESS:
            raise PsaError(html_answer("414 Request-URI Too Large", status=414))
        if call.headers.get("clientid", "").lower() != CLIENT_ID:
            raise PsaError.of("Unauthorized", "The clientId header is missing or not registered.", status=401)
        if call.login is None:
            raise PsaError.of("ConnectWiseApi", "UserNotAuthenticated", status=401)
        company = str(self._reading.company_info["CompanyID"])
        if call.login != (f"{company}+{PUBLIC_KEY}", PRIVATE_KEY):
            raise PsaError.of("Unauthorized", "Incorrect public/private key", status=401)
        if (asked := _VERSION.search(call.headers.get("accept", ""))) is not None:
            self._admit_version(asked[1], call)

    def _admit_version(self, version: str, call: Call) -> None:
        number = re.fullmatch(r"(\d{4})\.(\d+)", version)
        if number is None or (int(number[1]), int(number[2])) > self._release or int(number[1]) < 2015:
            message = (
                f"The HTTP resource that matches the request URI '{call.base}{call.path}' "
                f"does not support the API version '{version if number else '0.0'}'."
            )
            raise PsaError.of("ConnectWiseApi", message, status=400)

    def _resource(self, call: Call, path: str) -> Answer:
        written = self._desk.answer(call, path, self._reading)
        if written is not None:
            return written
        found = _find(path)
        if found is None and path.lower() != "/system/info":
            return html_answer("404 - File or directory not found.", status=404)
        if call.method != "GET":
            message = f"The requested resource does not support http method '{call.method}'."
            return json_answer({"message": message}, status=405)
        return self._system_info() if found is None else self._listed(call, found)

    def _listed(self, call: Call, found: _Found) -> Answer:
        records = self._reading.psa(found.listed.resource)
        within = self._within(found, records, call)
        if found.one is not None:
            return _one(records, within, found, call)
        everything = Selection(name=f"{found.parent} {call.hides_every}", positions=within)
        selected = chosen(records, everything, call, found.listed.resource)
        if found.is_count:
            return json_answer({"count": len(selected.positions)})
        is_forward = call.headers.get("pagination-type", "").lower() == "forward-only"
        if is_forward and found.listed.has_forward_only:
            page = forward_page(records, selected.positions, call)
        else:
            in_order = ordered(records, selected, call, found.listed.resource)
            page = numbered_page(in_order, call)
        answer = raw_json(trimmed(records, page.positions, call.parameter("fields")))
        has_link = page.link and (found.listed.has_forward_only or not is_forward)
        return answer.with_headers(link=page.link) if has_link else answer

    def _within(self, found: _Found, records: Records, call: Call) -> Positions:
        within = records.all
        if found.parent is not None:
            parents = self._reading.psa(found.listed.parent)
            if parents.position_of(found.parent) is None:
                raise _not_found(found.listed.parent, found.parent)
            within = records.grouped(found.listed.parent_member).get(found.parent, ())
        if call.hides_every:
            within = [place for place in within if (place + 1) % call.hides_every]
        return within

    def _system_info(self) -> Answer:
        info = self._reading.company_info
        return json_answer(
            {
                "version": f"v{self._release[0]}.{self._release[1]}.100000",
                "isCloud": info["IsCloud"],
                "serverTimeZone": "Eastern Standard Time",
                "cloudRegion": "NA" if info["IsCloud"] else None,
                "licenseBits": [],
            }
        )


def _find(path: str) -> _Found | None:
    for listed in LISTS:
        if (match := listed.pattern.fullmatch(path)) is not None:
            parts = match.groupdict()
            return _Found(
                listed=listed,
                parent=parts.get("parent"),
                one=parts.get("one"),
                is_count=parts.get("count") is not None,
            )
    return None


def _one(records: Records, within: Positions, found: _Found, call: Call) -> Answer:
    position = records.position_of(str(found.one))
    if position is None or position not in within:
        raise _not_found(found.listed.resource, str(found.one))
    return raw_json(trimmed(records, (position,), call.parameter("fields"))[1:-1])


def _not_found(resource: str, record_id: str) -> PsaError:
    noun = resource.replace("ies", "y").removesuffix("s").replace("_", " ").title()
    return PsaError.of("NotFound", f"{noun} {record_id} not found", status=404)
