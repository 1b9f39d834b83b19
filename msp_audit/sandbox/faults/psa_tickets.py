"""Faults of the PSA that meet whoever writes: answers lost after the work, false successes, refusals."""

from __future__ import annotations

from dataclasses import replace

import orjson

from msp_audit.sandbox.call import Answer, Call, Proceed, html_answer, json_answer
from msp_audit.sandbox.faults.registry import SwitchedFault, fault
from msp_audit.sandbox.psa_selection import error_answer

_TICKETS = "*/apis/3.0/service/tickets*"
_NEW_TICKET = "*/apis/3.0/service/tickets"
_DOCUMENTS = "*/apis/3.0/system/documents"
_WRITES = ("POST", "PATCH", "PUT", "DELETE")


@fault("psa", path=_TICKETS, methods=_WRITES, status=504)
async def psa_03_gateway_timeout_after_write(call: Call, proceed: Proceed, switched: SwitchedFault) -> Answer:
    """504 (or 502, 503) with a gateway's HTML, though the write was done."""
    await proceed(call)
    return html_answer("504 Gateway Time-out", status=int(switched.options["status"]))


@fault("psa", path=_TICKETS, methods=_WRITES)
async def psa_04_answer_lost_after_write(call: Call, proceed: Proceed, _switched: SwitchedFault) -> Answer:
    """The write is done and the connection drops before the answer."""
    return replace(await proceed(call), breaks_after=0)


@fault("psa", path=_TICKETS, methods=_WRITES)
async def psa_04_request_lost(_call: Call, _proceed: Proceed, _switched: SwitchedFault) -> Answer:
    """The connection drops and nothing was done."""
    return replace(json_answer({"id": 0}), breaks_after=0)


@fault("psa", path=_TICKETS, methods=_WRITES)
async def psa_05_timeout_words_after_write(call: Call, proceed: Proceed, _switched: SwitchedFault) -> Answer:
    """500 whose text has "timeout", though the write was done."""
    await proceed(call)
    return error_answer("ConnectWiseApi", "Execution Timeout Expired.", status=500)


@fault("psa", path=_TICKETS, methods=_WRITES, body=True)
async def psa_06_location_http(call: Call, proceed: Proceed, switched: SwitchedFault) -> Answer:
    """201 leads to plain http on another host in Location; without ``body`` it says nothing else."""
    answer = await proceed(call)
    if not switched.options["body"]:
        answer = replace(answer, body=b"")
    return answer.with_headers(Location="http://wrong.example/service/tickets/1")


@fault("psa", path=_TICKETS, methods=("PATCH",), form="nested")
async def psa_27_patch_ignored(call: Call, proceed: Proceed, switched: SwitchedFault) -> Answer:
    """A PATCH answers 200 and changes nothing: of "nested" paths, or of "all" (``form``)."""
    operations = orjson.loads(call.body)
    if switched.options["form"] == "nested":
        operations = [item for item in operations if "/" not in str(item.get("path", "")).lstrip("/")]
    else:
        operations = []
    return await proceed(replace(call, body=orjson.dumps(operations)))


@fault("psa", path=_TICKETS, methods=("PATCH",))
async def psa_29_patch_refused(_call: Call, _proceed: Proceed, _switched: SwitchedFault) -> Answer:
    """A PATCH is refused as InvalidPatch."""
    return error_answer("InvalidPatch", "Could not cast or convert from System.String to Int32.", status=400)


@fault("psa", path=_TICKETS, methods=("POST", "PATCH"))
async def psa_31_status_of_another_board(_call: Call, _proceed: Proceed, _switched: SwitchedFault) -> Answer:
    """400: the status belongs to another board."""
    words = "Service Status 17 not found for Service Board 21"
    detail = {"code": "NotFound", "message": words, "resource": "ticket", "field": "status/id"}
    return error_answer("InvalidObject", "ticket object is invalid", status=400, errors=[detail])


@fault("psa", path="*/service/tickets/*/notes", methods=("POST",))
async def psa_33_note_refused(_call: Call, _proceed: Proceed, _switched: SwitchedFault) -> Answer:
    """400: a note is refused because it does not say where to be shown, though it does."""
    words = "Please choose where to display the notes in order to save this record."
    detail = {"code": "InvalidObject", "message": words, "resource": "serviceNote", "field": "text"}
    return error_answer("InvalidObject", "serviceNote object is invalid", status=400, errors=[detail])


@fault("psa", path=_DOCUMENTS, methods=("POST",), status=403)
async def psa_44_document_refused(_call: Call, _proceed: Proceed, switched: SwitchedFault) -> Answer:
    """A file is refused: 403 (right), 413 (size) or 415 (kind), as ``status`` says."""
    status = int(switched.options["status"])
    if status == 413:
        return html_answer("413 Request Entity Too Large", status=413)
    return error_answer("Security", "You may not attach this document.", status=status)


@fault("psa", path=_DOCUMENTS, methods=("POST",))
async def psa_44_document_answer_lost(call: Call, proceed: Proceed, _switched: SwitchedFault) -> Answer:
    """A file is attached and the connection drops before the answer."""
    return replace(await proceed(call), breaks_after=0)


@fault("psa", path=_NEW_TICKET, methods=("POST",), status=0)
async def psa_47_workflow_rule(call: Call, proceed: Proceed, switched: SwitchedFault) -> Answer:
    """A workflow rule gives a new ticket another ``status`` (its id) before anyone reads it again."""
    answer = await proceed(call)
    status = int(switched.options["status"])
    if answer.status == 201 and status:
        ticket = answer.document
        body = orjson.dumps([{"op": "replace", "path": "status", "value": {"id": status}}])
        path = f"{call.path.rstrip('/')}/{ticket['id']}"
        changed = await proceed(replace(call, method="PATCH", path=path, body=body))
        if changed.status != 200:
            # Otherwise a test with a status that no board has would prove nothing.
            return error_answer("Invalid", f"The fault's status {status} is none of the board's.", status=418)
    return answer


@fault("psa", path=_NEW_TICKET, methods=("POST",))
async def psa_49_made_twice(call: Call, proceed: Proceed, _switched: SwitchedFault) -> Answer:
    """One POST makes two tickets, as a retry inside the vendor's network does."""
    await proceed(call)
    return await proceed(call)


@fault("psa", path=_TICKETS, methods=_WRITES, is_done=False)
async def psa_write_conflict(call: Call, proceed: Proceed, switched: SwitchedFault) -> Answer:
    """409 Conflict; with ``is_done`` the write was done all the same."""
    if switched.options["is_done"]:
        await proceed(call)
    return error_answer("Conflict", "The record was changed by another user.", status=409)
