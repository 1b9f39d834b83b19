"""Faults of NinjaOne."""

from __future__ import annotations

from dataclasses import replace

from msp_audit.sandbox.call import Answer, Call, Proceed
from msp_audit.sandbox.faults.registry import SwitchedFault, change_records, fault
from msp_audit.sandbox.ninjaone import LARGEST_PAGE, TOKEN_PATH, error_answer


@fault("ninjaone")
async def ninjaone_token_expires(call: Call, proceed: Proceed, switched: SwitchedFault) -> Answer:
    """The token in use is 401 from now on (use ``after``); a new sign-in works."""
    header = call.headers.get("authorization")
    if (
        header
        and switched.state.setdefault("header", header) == header
        and not call.path.startswith(TOKEN_PATH)
    ):
        return error_answer(401, "invalid_token")
    return await proceed(call)


@fault("ninjaone", path=TOKEN_PATH)
async def ninjaone_client_unknown(_call: Call, _proceed: Proceed, _switched: SwitchedFault) -> Answer:
    """The sign-in is refused: a wrong secret, another region, or a client without client credentials."""
    return error_answer(401, "invalid_client")


@fault("ninjaone", seconds=5)
async def ninjaone_rate_limited(_call: Call, _proceed: Proceed, switched: SwitchedFault) -> Answer:
    """429 with Retry-After in ``seconds``; not documented, so nobody may count on its absence."""
    answer = error_answer(429, "too_many_requests")
    return answer.with_headers(retry_after=str(switched.options["seconds"]))


@fault("ninjaone")
async def ninjaone_repeated_page(call: Call, proceed: Proceed, _switched: SwitchedFault) -> Answer:
    """Whatever page is asked for, the first one is answered."""
    return await proceed(replace(call, query=call.without("after", "cursor")))


@fault("ninjaone", rows=1)
async def ninjaone_short_page(call: Call, proceed: Proceed, switched: SwitchedFault) -> Answer:
    """A page holds ``rows`` fewer than asked for although more follow."""
    size = max(1, int(call.parameter("pageSize") or LARGEST_PAGE) - int(switched.options["rows"]))
    return await proceed(replace(call, query=(*call.without("pageSize"), ("pageSize", str(size)))))


@fault("ninjaone", by=-1)
async def ninjaone_rows_shift(call: Call, proceed: Proceed, switched: SwitchedFault) -> Answer:
    """Pages after the first begin with the last row of the page before (``by`` -1)."""
    return await proceed(replace(call, shift=int(switched.options["by"])))


@fault("ninjaone", path="/v2/queries/*")
async def ninjaone_cursor_expires(call: Call, proceed: Proceed, _switched: SwitchedFault) -> Answer:
    """A report's cursor is no longer known when its second page is asked for."""
    if call.parameter("cursor") is not None:
        return error_answer(400, "cursor_expired")
    return await proceed(call)


@fault("ninjaone", path="/v2/devices-detailed", member="nodeClass")
async def ninjaone_member_gone(call: Call, proceed: Proceed, switched: SwitchedFault) -> Answer:
    """No device has a ``member`` any more."""
    gone = str(switched.options["member"])
    return change_records(
        await proceed(call),
        lambda records: [{name: record[name] for name in record if name != gone} for record in records],
    )


@fault("ninjaone", path="/v2/devices-detailed")
async def ninjaone_ids_unordered(call: Call, proceed: Proceed, _switched: SwitchedFault) -> Answer:
    """A page's devices are not in the order of their ids."""
    return change_records(await proceed(call), lambda records: records[::-1])
