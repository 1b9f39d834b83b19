"""Lists of records that were written, and the rights that writing needs."""

from __future__ import annotations

from collections.abc import Sequence

from msp_audit.domain import Record
from msp_audit.sandbox.call import Answer, Call, json_answer
from msp_audit.sandbox.conditions import PSA, ConditionError, parse
from msp_audit.sandbox.matching import check, matches
from msp_audit.sandbox.psa_lists import kind_of_field
from msp_audit.sandbox.psa_selection import PsaError
from msp_audit.sandbox.reading import Reading
from msp_audit.sandbox.records import member


def listing(records: Sequence[Record], call: Call, model: str, *, is_count: bool = False) -> Answer:
    """The records that the call's conditions let through, ordered and cut to its page.

    Raises:
        ConditionError: a condition or an order is refused.
    """
    if text := call.parameter("conditions"):
        expression = parse(text, dialect=PSA)
        check(expression, lambda name: kind_of_field(model, name))
        records = [record for record in records if matches(expression, record, PSA)]
    if call.hides_every:
        records = [r for place, r in enumerate(records, start=1) if place % call.hides_every]
    if is_count:
        return json_answer({"count": len(records)})
    name, _, direction = (call.parameter("orderBy") or "id").partition(" ")
    if kind_of_field(model, name) is None:
        raise ConditionError(f"{name} is not a recognized name.")
    path = name.replace("/", ".")
    ordered = sorted(records, key=lambda r: (member(r, path) is not None, member(r, path)))
    if direction.lower() == "desc":
        ordered.reverse()
    size = int(call.parameter("pageSize") or 25)
    start = (int(call.parameter("page") or 1) - 1) * size
    return json_answer(ordered[start : start + size])


def demand_right(reading: Reading, function: str, level: str) -> None:
    """Refuse what the member's role does not allow; a reading without rights allows everything.

    Raises:
        PsaError: 403.
    """
    rights = reading.psa("security_rights")
    for right in rights.records(rights.all):
        if right.get("moduleFunctionName") == function and right.get(level) == "None":
            words = "You do not have security permission to perform this action."
            raise PsaError.of("Security", words, status=403)
