"""Faults of the PSA that show in the records."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from itertools import cycle
from typing import Any

from msp_audit.domain import Record
from msp_audit.sandbox.call import Answer, Call, Proceed
from msp_audit.sandbox.faults.registry import SwitchedFault, change_each, change_records, fault
from msp_audit.sandbox.psa_selection import error_answer

_API = "*/apis/3.0/*"
_TIME = re.compile(r"\d{4}-\d\d-\d\dT")
_ENUMS = (
    "agreementStatus",
    "billCustomer",
    "defaultBillingLevel",
    "deviceType",
    "entryType",
    "escalationStatus",
    "fieldType",
    "inquireLevel",
    "level",
    "loginBy",
)
_ODD_TIMES = ("2024-08-20T18:04:26.1234567Z", "08/20/2024", "0001-01-01T00:00:00Z", "", "2024-08-20")
_PLACEHOLDERS = ("To be filled by O.E.M.", "None", "0", "Default string", "System Serial Number")


@fault("psa", path=_API)
async def psa_35_listed_but_not_found(call: Call, proceed: Proceed, _switched: SwitchedFault) -> Answer:
    """Records that the list has are 404 by id."""
    last = call.path.rpartition("/")[2]
    if not last.isdecimal():
        return await proceed(call)
    return error_answer("NotFound", f"Ticket {last} not found", status=404)


@fault("psa", path=_API, form="null", members="status,site,manufacturer")
async def psa_36_members_missing(call: Call, proceed: Proceed, switched: SwitchedFault) -> Answer:
    """``members`` are "null" or "absent", or the values of _info are null ("info_null"), by ``form``."""
    members = str(switched.options["members"]).split(",")
    form = switched.options["form"]

    def change(record: Record) -> Record:
        if form == "info_null":
            return {**record, "_info": dict.fromkeys(record.get("_info") or {})}
        kept = {name: value for name, value in record.items() if name not in members}
        return kept if form == "absent" else {**kept, **dict.fromkeys(members)}

    return change_each(await proceed(call), change)


@fault("psa", path=_API, member="company", id=999_999_999)
async def psa_37_reference_gone(call: Call, proceed: Proceed, switched: SwitchedFault) -> Answer:
    """The reference ``member`` of every record points to ``id``, which cannot be read."""
    name = str(switched.options["member"])
    gone = {"id": int(switched.options["id"]), "name": "Gone"}
    return change_each(
        await proceed(call), lambda record: {**record, name: gone} if name in record else record
    )


@fault("psa", path="*/service/priorities")
async def psa_38_sparse_records(call: Call, proceed: Proceed, _switched: SwitchedFault) -> Answer:
    """Records hold an id and a name and nothing else."""
    return change_each(
        await proceed(call), lambda record: {k: record[k] for k in ("id", "name") if k in record}
    )


@fault("psa", path="*/company/configurations")
async def psa_39_answers_of_any_type(call: Call, proceed: Proceed, _switched: SwitchedFault) -> Answer:
    """Answers to questions and values of custom fields are of every scalar type in turn."""
    values = cycle((True, 12, 3.5, None, "text", False, 0))

    def change(record: Record) -> Record:
        questions = [{**item, "answer": next(values)} for item in record.get("questions") or ()]
        fields = [{**item, "value": next(values)} for item in record.get("customFields") or ()]
        return {**record, "questions": questions, "customFields": fields}

    return change_each(await proceed(call), change)


@fault("psa", path=_API, value="Surprise")
async def psa_40_unknown_enum(call: Call, proceed: Proceed, switched: SwitchedFault) -> Answer:
    """Members with a fixed set of words hold a ``value`` that the description does not have."""
    value = switched.options["value"]
    return change_each(
        await proceed(call),
        lambda record: {name: value if name in _ENUMS else held for name, held in record.items()},
    )


@fault("psa", path=_API, form="nul")
async def psa_41_odd_text(call: Call, proceed: Proceed, switched: SwitchedFault) -> Answer:
    """By ``form``: NUL signs in names ("nul"), ids as text ("id_text"), names of 5,000 letters ("long")."""
    changes: dict[str, Callable[[Record], Record]] = {
        "nul": lambda record: {**record, "name": f"{record.get('name') or ''}\x00"},
        "id_text": lambda record: {**record, "id": str(record["id"])} if "id" in record else record,
        "long": lambda record: {**record, "name": f"{record.get('name') or ''}{'x' * 5_000}"},
    }
    return change_each(await proceed(call), changes[str(switched.options["form"])])


@fault("psa", path=_API)
async def psa_42_odd_times(call: Call, proceed: Proceed, _switched: SwitchedFault) -> Answer:
    """Times come with seven digits of fraction, as an American date, as year 1, empty, and without a time."""
    odd = cycle(_ODD_TIMES)

    def change(value: Any) -> Any:  # noqa: ANN401
        if isinstance(value, dict):
            return {name: change(held) for name, held in value.items()}
        return next(odd) if isinstance(value, str) and _TIME.match(value) else value

    return change_each(await proceed(call), change)


@fault("psa", path="*/company/companies", every=5)
async def psa_43_recycle_bin(call: Call, proceed: Proceed, switched: SwitchedFault) -> Answer:
    """Of so many records ``every`` one has deletedFlag set; lists and counts hold them all the same."""
    every = int(switched.options["every"])

    def change(records: list[Record]) -> list[Record]:
        return [
            {**record, "deletedFlag": True} if place % every == 0 else record
            for place, record in enumerate(records)
        ]

    return change_records(await proceed(call), change)


@fault("psa", path="*/company/configurations", form="macs")
async def psa_50_glued_identifiers(call: Call, proceed: Proceed, switched: SwitchedFault) -> Answer:
    """Several addresses in macAddress ("macs"), or empty serial numbers ("serials"), by ``form``."""
    placeholders = cycle(_PLACEHOLDERS)

    def change(record: Record) -> Record:
        if switched.options["form"] == "serials":
            return {**record, "serialNumber": next(placeholders)}
        return {**record, "macAddress": "00:15:5D:01:02:03,00:15:5"}

    return change_each(await proceed(call), change)


@fault("psa", path="*/company/managedDevicesIntegrations", password="correct horse battery staple")
async def psa_52_passwords_present(call: Call, proceed: Proceed, switched: SwitchedFault) -> Answer:
    """The records hold a ``password`` in globalLoginPassword."""
    password = switched.options["password"]
    return change_each(await proceed(call), lambda record: {**record, "globalLoginPassword": password})


@fault("psa", path=_API, drop=1)
async def psa_short_page(call: Call, proceed: Proceed, switched: SwitchedFault) -> Answer:
    """A page in the middle holds fewer rows than asked for; its link leads on. Forward-only loses nothing."""
    drop = int(switched.options["drop"])
    size = call.parameter("pageSize")
    if call.headers.get("pagination-type") != "forward-only" or size is None or int(size) <= drop:
        return change_records(await proceed(call), lambda records: records[:-drop])
    smaller = str(int(size) - drop)
    answer = await proceed(replace(call, query=(*call.without("pageSize"), ("pageSize", smaller))))
    link = answer.headers.get("link", "").replace(f"pageSize={smaller}", f"pageSize={size}")
    return answer.with_headers(link=link) if link else answer


@fault("psa", path=_API)
async def psa_row_repeated(call: Call, proceed: Proceed, _switched: SwitchedFault) -> Answer:
    """The first row of each page stands in it twice."""
    return change_records(await proceed(call), lambda records: records[:1] + records)


@fault("psa", path="*/count", by=1)
async def psa_count_differs(call: Call, proceed: Proceed, switched: SwitchedFault) -> Answer:
    """The count says ``by`` more records than the list has."""
    answer = await proceed(call)
    if answer.status != 200:
        return answer
    return answer.with_document({"count": answer.document["count"] + int(switched.options["by"])})
