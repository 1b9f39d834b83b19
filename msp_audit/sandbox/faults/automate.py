"""Faults of Automate's REST interface."""

from __future__ import annotations

from dataclasses import replace

from msp_audit.sandbox.call import Answer, Call, Proceed, html_answer, json_answer
from msp_audit.sandbox.faults.registry import SwitchedFault, change_records, fault


@fault("automate", refreshes=True)
async def automate_token_expires(call: Call, proceed: Proceed, switched: SwitchedFault) -> Answer:
    """The token in use is 401 from now on (use ``after``); a new login works, a refresh if ``refreshes``."""
    if call.path.lower().endswith("/apitoken/refresh") and not switched.options["refreshes"]:
        return _denied()
    header = call.headers.get("authorization")
    if (
        header
        and switched.state.setdefault("header", header) == header
        and "/apitoken" not in call.path.lower()
    ):
        return _denied()
    return await proceed(call)


@fault("automate", path="*/apitoken")
async def automate_two_factor(_call: Call, _proceed: Proceed, _switched: SwitchedFault) -> Answer:
    """The login wants a second factor: 200 without a token, IsTwoFactorRequired."""
    document = {
        "AccessToken": None,
        "TokenType": None,
        "ExpirationDate": None,
        "AbsoluteExpirationDate": None,
        "UserId": None,
        "InternalUserName": None,
        "IsTwoFactorRequired": True,
        "IsInternalTwoFactorRequired": True,
        "SSOAccessToken": None,
    }
    return json_answer(document)


@fault("automate", status=503)
async def automate_unavailable(_call: Call, _proceed: Proceed, switched: SwitchedFault) -> Answer:
    """5xx (``status``) with the web server's HTML."""
    return html_answer("Service Unavailable", status=int(switched.options["status"]))


@fault("automate", seconds=5)
async def automate_rate_limited(_call: Call, _proceed: Proceed, switched: SwitchedFault) -> Answer:
    """429 with Retry-After in ``seconds``; not documented, so nobody may count on its absence."""
    answer = json_answer({"Message": "Too many requests."}, status=429)
    return answer.with_headers(retry_after=str(switched.options["seconds"]))


@fault("automate")
async def automate_forbidden(_call: Call, _proceed: Proceed, _switched: SwitchedFault) -> Answer:
    """403 for one list while the others answer."""
    return json_answer({"Message": "Access is denied."}, status=403)


@fault("automate", drop=1)
async def automate_short_page(call: Call, proceed: Proceed, switched: SwitchedFault) -> Answer:
    """A page holds ``drop`` rows fewer than asked for although more pages follow."""
    drop = int(switched.options["drop"])
    return change_records(await proceed(call), lambda records: records[:-drop])


@fault("automate")
async def automate_repeated_page(call: Call, proceed: Proceed, _switched: SwitchedFault) -> Answer:
    """Whatever page is asked for, the first one is answered."""
    query = tuple(pair for pair in call.query if pair[0].lower() != "page")
    return await proceed(replace(call, query=query))


@fault("automate", by=-1)
async def automate_rows_shift(call: Call, proceed: Proceed, switched: SwitchedFault) -> Answer:
    """Rows move between pages: ``by`` -1 repeats a row, 1 loses one."""
    return await proceed(replace(call, shift=int(switched.options["by"])))


def _denied() -> Answer:
    return json_answer({"Message": "Authorization has been denied for this request."}, status=401)
