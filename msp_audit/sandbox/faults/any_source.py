"""Faults that any system can have: gone, slow, cut off."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from msp_audit.sandbox.call import Answer, Call, Proceed, html_answer
from msp_audit.sandbox.faults.registry import SwitchedFault, fault


@fault("any", source="*")
async def source_off(_call: Call, _proceed: Proceed, _switched: SwitchedFault) -> Answer:
    """The whole source (option ``source``) is down: 503 with a gateway's page, for every request."""
    return html_answer("503 Service Unavailable", status=503)


@fault("any", source="*", ms=1_000)
async def delay_ms(call: Call, proceed: Proceed, switched: SwitchedFault) -> Answer:
    """Every answer comes ``ms`` milliseconds late."""
    await asyncio.sleep(float(switched.options["ms"]) / 1_000)
    return await proceed(call)


@fault("any", source="*", bytes=20)
async def connection_dropped(call: Call, proceed: Proceed, switched: SwitchedFault) -> Answer:
    """The connection closes after so many ``bytes`` of the body, short of its declared length."""
    return replace(await proceed(call), breaks_after=int(switched.options["bytes"]))


@fault("any", source="*", share=0.5)
async def truncated_json(call: Call, proceed: Proceed, switched: SwitchedFault) -> Answer:
    """The body ends in the middle of the document, with a length that agrees."""
    answer = await proceed(call)
    return replace(answer, body=answer.body[: int(len(answer.body) * float(switched.options["share"]))])


@fault("any", source="*", status=500)
async def server_error(_call: Call, _proceed: Proceed, switched: SwitchedFault) -> Answer:
    """A plain error of the server with ``status`` and an HTML page."""
    status = int(switched.options["status"])
    return html_answer(f"{status} Server Error", status=status)
