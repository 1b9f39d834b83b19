"""Faults of Auvik."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import orjson

from msp_audit.sandbox.auvik import MEDIA_TYPE, error_answer
from msp_audit.sandbox.call import Answer, Call, Proceed, address, html_answer, raw_json
from msp_audit.sandbox.faults.registry import SwitchedFault, change_each, fault

_LISTS = "/v*/inventory/*"


@fault("auvik", host="auvikapi.eu1.my.auvik.com")
async def auvik_other_region(call: Call, _proceed: Proceed, switched: SwitchedFault) -> Answer:
    """308 to the region (``host``) that the account lives in."""
    location = address(f"https://{switched.options['host']}", call.path, call.query)
    return Answer(status=308, headers={"location": location})


@fault("auvik")
async def auvik_unauthorized(_call: Call, _proceed: Proceed, _switched: SwitchedFault) -> Answer:
    """401, as for a wrong key or a wrong region."""
    return error_answer(401, "The user name or the API key is not valid.")


@fault("auvik", path=_LISTS)
async def auvik_repeated_cursor(call: Call, proceed: Proceed, _switched: SwitchedFault) -> Answer:
    """From the second page on the next link leads to the page that it stands on."""
    answer = await proceed(call)
    if call.parameter("page[after]") is None:
        return answer
    return _with_next(answer, address(call.base, call.path, call.query))


@fault("auvik", path=_LISTS, host="auvikapi.us9.my.auvik.com")
async def auvik_foreign_next(call: Call, proceed: Proceed, switched: SwitchedFault) -> Answer:
    """The next link leads to another ``host``."""
    answer = await proceed(call)
    following = _next(answer)
    if following is None:
        return answer
    parts = urlsplit(following)._replace(scheme="https", netloc=str(switched.options["host"]))
    return _with_next(answer, urlunsplit(parts))


@fault("auvik", path=_LISTS)
async def auvik_filters_dropped(call: Call, proceed: Proceed, _switched: SwitchedFault) -> Answer:
    """The next link has lost the filters and the tenants of the request."""
    answer = await proceed(call)
    following = _next(answer)
    if following is None:
        return answer
    parts = urlsplit(following)
    kept = [pair for pair in parts.query.split("&") if pair.startswith("page[")]
    return _with_next(answer, urlunsplit(parts._replace(query="&".join(kept))))


@fault("auvik", form="seconds", seconds=2)
async def auvik_rate_limited(_call: Call, _proceed: Proceed, switched: SwitchedFault) -> Answer:
    """429; Retry-After in "seconds", as a "date", "zero", or "none" (``form``)."""
    answer = error_answer(429, "Rate limit exceeded.")
    seconds = int(switched.options["seconds"])
    at = datetime.now(UTC) + timedelta(seconds=seconds)
    forms = {"seconds": str(seconds), "date": format_datetime(at, usegmt=True), "zero": "0"}
    header = forms.get(str(switched.options["form"]))
    return answer.with_headers(retry_after=header) if header is not None else answer


@fault("auvik")
async def auvik_rate_limited_as_forbidden(_call: Call, _proceed: Proceed, _switched: SwitchedFault) -> Answer:
    """403 whose text says "rate limit"."""
    return error_answer(403, "API rate limit reached for this account, try again later.")


@fault("auvik")
async def auvik_unavailable(_call: Call, _proceed: Proceed, _switched: SwitchedFault) -> Answer:
    """503 in the API's own shape."""
    return error_answer(503, "Service temporarily unavailable.")


@fault("auvik")
async def auvik_html_page(_call: Call, _proceed: Proceed, _switched: SwitchedFault) -> Answer:
    """503 with a load balancer's HTML."""
    return html_answer("503 Service Temporarily Unavailable", status=503)


@fault("auvik")
async def auvik_error_without_body(_call: Call, _proceed: Proceed, _switched: SwitchedFault) -> Answer:
    """500 with no body, as the description declares it."""
    return Answer(status=500)


@fault("auvik", path=_LISTS, tenant="")
async def auvik_tenant_forbidden(call: Call, proceed: Proceed, switched: SwitchedFault) -> Answer:
    """403 for requests that name one ``tenant``; an empty one stands for all."""
    asked = call.parameter("tenants") or call.parameter("tenant") or ""
    tenant = str(switched.options["tenant"])
    if tenant and tenant not in asked.split(","):
        return await proceed(call)
    return error_answer(403, "You do not have access to this tenant.")


@fault("auvik", path=_LISTS)
async def auvik_truncated_json(call: Call, proceed: Proceed, _switched: SwitchedFault) -> Answer:
    """200 whose document ends in the middle."""
    answer = await proceed(call)
    return replace(answer, body=answer.body[: len(answer.body) // 2])


@fault("auvik", path=_LISTS)
async def auvik_error_in_200(_call: Call, _proceed: Proceed, _switched: SwitchedFault) -> Answer:
    """200 whose body is an error."""
    return replace(error_answer(500, "Internal error while reading the list."), status=200)


@fault("auvik", path=_LISTS)
async def auvik_short_page(call: Call, proceed: Proceed, _switched: SwitchedFault) -> Answer:
    """A page holds half the rows asked for; its next link leads on and nothing is lost."""
    size = call.parameter("page[first]")
    if size is None or int(size) < 2:
        return await proceed(call)
    smaller = str(int(size) // 2)
    answer = await proceed(replace(call, query=(*call.without("page[first]"), ("page[first]", smaller))))
    following = _next(answer)
    if following is None:
        return answer
    return _with_next(answer, following.replace(f"page[first]={smaller}", f"page[first]={size}"))


@fault("auvik", path=_LISTS, by=-1)
async def auvik_duplicate_id(call: Call, proceed: Proceed, switched: SwitchedFault) -> Answer:
    """Pages after the first begin with the last row of the page before (``by`` -1), or lose one (1)."""
    return await proceed(replace(call, shift=int(switched.options["by"])))


@fault("auvik", path=_LISTS, form="null")
async def auvik_data_null(call: Call, proceed: Proceed, switched: SwitchedFault) -> Answer:
    """The member "data" is "null" or "missing" (``form``) in a 200."""
    document = (await proceed(call)).document
    document.pop("data", None)
    if switched.options["form"] == "null":
        document["data"] = None
    return _document(document)


@fault("auvik", path=_LISTS)
async def auvik_null_attributes(call: Call, proceed: Proceed, _switched: SwitchedFault) -> Answer:
    """Attributes that the description calls required are null."""
    return change_each(
        await proceed(call),
        lambda record: {**record, "attributes": dict.fromkeys(record.get("attributes") or {})},
    )


def _next(answer: Answer) -> str | None:
    if answer.status != 200:
        return None
    found: str | None = (answer.document.get("links") or {}).get("next")
    return found


def _with_next(answer: Answer, url: str) -> Answer:
    document = answer.document
    return _document({**document, "links": {**(document.get("links") or {}), "next": url}})


def _document(document: Any) -> Answer:  # noqa: ANN401
    return raw_json(orjson.dumps(document), media_type=MEDIA_TYPE)
