"""Faults of the PSA that show in status, headers and paging."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from urllib.parse import urlsplit, urlunsplit

from msp_audit.sandbox.call import Answer, Call, Proceed, html_answer, json_answer
from msp_audit.sandbox.faults.registry import SwitchedFault, change_each, change_records, fault
from msp_audit.sandbox.psa_selection import error_answer

_API = "*/apis/3.0/*"
_COMPANY_INFO = "*/login/companyinfo/*"


@fault("psa", path=_API, seconds=30)
async def psa_01_rate_limited(_call: Call, _proceed: Proceed, switched: SwitchedFault) -> Answer:
    """429 with Retry-After in ``seconds``; the body has "error" where all others have "code"."""
    seconds = str(switched.options["seconds"])
    message = f"Too many requests. Please try again in {seconds} seconds."
    return json_answer({"error": "ConnectWiseAPI", "message": message}, status=429).with_headers(
        retry_after=seconds
    )


@fault("psa", path=_API, status=429)
async def psa_02_cloudflare_page(_call: Call, _proceed: Proceed, switched: SwitchedFault) -> Answer:
    """429 or 503 (``status``) as HTML from the network before the host, without Retry-After."""
    return html_answer("Access denied | Cloudflare", status=int(switched.options["status"])).with_headers(
        server="cloudflare"
    )


@fault("psa", path=_API, status=504)
async def psa_03_gateway_timeout(_call: Call, _proceed: Proceed, switched: SwitchedFault) -> Answer:
    """504 (or 502, 503) with a gateway's HTML."""
    return html_answer("504 Gateway Time-out", status=int(switched.options["status"]))


@fault("psa")
async def psa_07_login_page(_call: Call, _proceed: Proceed, _switched: SwitchedFault) -> Answer:
    """200 with the HTML of the login page, as a wrong host answers."""
    return html_answer("ConnectWise PSA - Login", status=200)


@fault("psa", path=_API)
async def psa_08_ssl_required(_call: Call, _proceed: Proceed, _switched: SwitchedFault) -> Answer:
    """The host without "api-": code Security, "SSL is required."."""
    return error_answer("Security", "SSL is required.", status=403)


@fault("psa", path=_COMPANY_INFO, form="null")
async def psa_09_company_info_odd(call: Call, proceed: Proceed, switched: SwitchedFault) -> Answer:
    """Companyinfo in another ``form``: "null", "text_is_cloud" ("True"), "no_site_url" (member missing)."""
    answer = await proceed(call)
    info = answer.document
    if switched.options["form"] == "null" or info is None:
        return answer.with_document(None)
    if switched.options["form"] == "text_is_cloud":
        return answer.with_document({**info, "IsCloud": "True"})
    return answer.with_document({name: value for name, value in info.items() if name != "SiteUrl"})


@fault("psa", codebase="v2026_5/")
async def psa_10_codebase_changed(call: Call, proceed: Proceed, switched: SwitchedFault) -> Answer:
    """A release is rolled out: companyinfo names another ``codebase`` and the old paths are 404."""
    new = str(switched.options["codebase"])
    if call.path.startswith("/login/companyinfo/"):
        answer = await proceed(call)
        return answer.with_document({**answer.document, "Codebase": new}) if answer.document else answer
    if not call.path.startswith(f"/{new}"):
        return html_answer("404 - File or directory not found.", status=404)
    # The stand-in itself only knows its own code base, and the one that answers everywhere.
    answer = await proceed(replace(call, path=call.path.replace(f"/{new}", "/v4_6_release/", 1)))
    link = answer.headers.get("link", "").replace("/v4_6_release/", f"/{new}")
    return answer.with_headers(link=link) if link else answer


@fault("psa", path=_API, status=401)
async def psa_11_wrong_key(_call: Call, _proceed: Proceed, switched: SwitchedFault) -> Answer:
    """The key is refused: 401, or 404 (``status``) as with a wrong code base."""
    if int(switched.options["status"]) == 404:
        return html_answer("404 - File or directory not found.", status=404)
    return error_answer("Unauthorized", "Incorrect public/private key", status=401)


@fault("psa", path=_API, status=400)
async def psa_12_client_id_refused(_call: Call, _proceed: Proceed, switched: SwitchedFault) -> Answer:
    """The clientId is not accepted: 400 on some systems, 401 on others (``status``)."""
    message = "The clientId header is missing or not registered."
    return error_answer("Unauthorized", message, status=int(switched.options["status"]))


@fault("psa", path=_API)
async def psa_13_version_unknown(call: Call, _proceed: Proceed, _switched: SwitchedFault) -> Answer:
    """The version in the Accept header is not known on this endpoint."""
    message = (
        f"The HTTP resource that matches the request URI '{call.base}{call.path}' "
        "does not support the API version '0.0'."
    )
    return error_answer("ConnectWiseApi", message, status=400)


@fault("psa", path=_API)
async def psa_14_plain_accept_gets_less(call: Call, proceed: Proceed, _switched: SwitchedFault) -> Answer:
    """Without the vendor's media type in Accept every second record is missing, and _info with them."""
    answer = await proceed(call)
    if "vnd.connectwise" in call.headers.get("accept", ""):
        return answer
    answer = change_records(answer, lambda records: records[::2])
    return change_each(
        answer, lambda record: {name: value for name, value in record.items() if name != "_info"}
    )


@fault("psa", path=_API)
async def psa_15_forbidden(_call: Call, _proceed: Proceed, _switched: SwitchedFault) -> Answer:
    """403 for one path (one board, one list) while the rest answers."""
    return error_answer("Security", "You do not have security permission to perform this action.", status=403)


@fault("psa", path=_API, every=3)
async def psa_16_level_my(call: Call, proceed: Proceed, switched: SwitchedFault) -> Answer:
    """Inquire level "My": every third record is silently missing, from counts too; mySecurity says so."""
    if call.path.lower().endswith("/system/mysecurity"):
        return change_each(await proceed(call), lambda record: {**record, "inquireLevel": "My"})
    return await proceed(replace(call, hides_every=int(switched.options["every"])))


@fault("psa", path=_API)
async def psa_17_condition_refused(call: Call, proceed: Proceed, _switched: SwitchedFault) -> Answer:
    """Any condition is a syntax error with a position."""
    if call.parameter("conditions") is None:
        return await proceed(call)
    message = "Condition Syntax Error (Line 1, Character 9) - Unrecognized value: Acme"
    return error_answer("ApiFindCondition", message, status=400)


@fault("psa", path=_API, unknown="typeids")
async def psa_18_name_not_recognized(call: Call, proceed: Proceed, switched: SwitchedFault) -> Answer:
    """Conditions and orders are refused because a name (``unknown``) is not known (older server)."""
    if call.parameter("conditions") is None and call.parameter("orderBy") is None:
        return await proceed(call)
    return error_answer(
        "ApiFindCondition", f"{switched.options['unknown']} is not a recognized name.", status=400
    )


@fault("psa", path=_API, largest=100)
async def psa_19_page_size_limit(call: Call, proceed: Proceed, switched: SwitchedFault) -> Answer:
    """Pages hold at most ``largest`` rows, as before 2016.2; more is 400 OutOfRange."""
    return await proceed(replace(call, largest_page=int(switched.options["largest"])))


@fault("psa", path=_API, by=-1)
async def psa_20_rows_shift(call: Call, proceed: Proceed, switched: SwitchedFault) -> Answer:
    """Rows move between numbered pages: ``by`` -1 repeats a row, 1 loses one. Forward-only is immune."""
    return await proceed(replace(call, shift=int(switched.options["by"])))


@fault("psa", path=_API, form="no_link")
async def psa_21_no_forward_only(call: Call, proceed: Proceed, switched: SwitchedFault) -> Answer:
    """The list does not know forward-only: "no_link" (first page for ever) or "page_honoured" (``form``)."""
    if call.headers.get("pagination-type", "").lower() != "forward-only":
        return await proceed(call)
    call = replace(call.without_header("pagination-type"), query=call.without("pageId"))
    answer = await proceed(call)
    return answer.without_header("link") if switched.options["form"] == "no_link" else answer


@fault("psa", path=_API, form="no_question_mark")
async def psa_22_link_odd(call: Call, proceed: Proceed, switched: SwitchedFault) -> Answer:
    """Odd links (``form``): "no_question_mark", "other_order", "conditions_dropped", "other_host"."""
    answer = await proceed(call)
    link = answer.headers.get("link")
    if link is None:
        return answer
    form = str(switched.options["form"])
    return answer.with_headers(link=re.sub("<([^>]*)>", lambda match: f"<{_odd(match[1], form)}>", link))


def _odd(url: str, form: str) -> str:
    parts = urlsplit(url)
    pairs = parts.query.split("&")
    if form == "no_question_mark":
        return url.replace("?", "&", 1)
    if form == "other_order":
        return urlunsplit(parts._replace(query="&".join(reversed(pairs))))
    if form == "conditions_dropped":
        kept = [pair for pair in pairs if not pair.lower().startswith("conditions=")]
        return urlunsplit(parts._replace(query="&".join(kept)))
    return urlunsplit(parts._replace(netloc="api-eu.myconnectwise.example"))


@fault("psa", path=_API)
async def psa_23_error_on_a_page(_call: Call, _proceed: Proceed, _switched: SwitchedFault) -> Answer:
    """500 "String was not recognized as a valid Boolean." in the midst of paging (use ``after``)."""
    return error_answer("ConnectWiseApi", "String was not recognized as a valid Boolean.", status=500)


@fault("psa", path=_API, ms=90_000)
async def psa_24_slow_list(call: Call, proceed: Proceed, switched: SwitchedFault) -> Answer:
    """Slower than any timeout (``ms``) unless the condition names ids with "in"."""
    if " in (" not in (call.parameter("conditions") or ""):
        await asyncio.sleep(float(switched.options["ms"]) / 1_000)
    return await proceed(call)


@fault("psa", limit=2_000, status=404)
async def psa_25_address_too_long(call: Call, proceed: Proceed, switched: SwitchedFault) -> Answer:
    """Addresses over ``limit`` letters are HTML pages with ``status`` 404, 414 or even 200."""
    if call.address_length <= int(switched.options["limit"]):
        return await proceed(call)
    return html_answer("Not Found", status=int(switched.options["status"]))


@fault("psa", path=_API, status=404)
async def psa_45_endpoint_missing(_call: Call, _proceed: Proceed, switched: SwitchedFault) -> Answer:
    """An older server does not have this endpoint: 404 or 405 (``status``)."""
    return html_answer("404 - File or directory not found.", status=int(switched.options["status"]))


@fault("psa", path="*/system/info", form="refused")
async def psa_46_system_info_refused(_call: Call, _proceed: Proceed, switched: SwitchedFault) -> Answer:
    """/system/info is "refused" (401) or fails with a "database" error (``form``)."""
    if switched.options["form"] == "refused":
        return error_answer("ConnectWiseApi", "UserNotAuthenticated", status=401)
    return error_answer("ConnectWiseApi", "An unexpected database error has occured.", status=500)
