"""What the plantings of Auvik's sync share: records of a device, and noting what they mean."""

from __future__ import annotations

from typing import Any

from msp_audit.domain import Record
from msp_audit.sandbox.estate import psa, psa_setup
from msp_audit.sandbox.estate.planting import ALWAYS, Planting
from msp_audit.sandbox.estate.world import Company, Gear

CLOSED: Record = {"status": {"id": 2, "name": "Inactive"}, "activeFlag": False}
UNKNOWN = "coverage.device_without_configuration"


def note_device(
    planting: Planting,
    rule: str,
    company: Company,
    device_id: str,
    story: str,
    weeks: tuple[int, ...] = ALWAYS,
    *also: str,
) -> None:
    """A rule, and those of *also*, must report this device in exactly these readings."""
    for each in (rule, *also):
        planting.finding(each, key={"device_id": device_id}, weeks=weeks, company=company.name, story=story)


def patch_own(planting: Planting, company: Company, gear: Gear, **members: Any) -> int:  # noqa: ANN401  (a record's members)
    """Change the configuration of a device, without the ID that Auvik wrote; returns its id."""
    id_ = planting.world.device_configuration_id(gear.number)
    planting.patch("psa/configurations", id_, questions=[], **members)
    del company
    return id_


def add_second(planting: Planting, company: Company, gear: Gear, **members: Any) -> int:  # noqa: ANN401  (a record's members)
    """One more configuration like that of a device; returns its id."""
    id_ = planting.next_id("psa/configurations")
    record = psa.device_configuration(planting.world, company, gear) | {"questions": []}
    planting.add("psa/configurations", record | {"id": id_} | members)
    return id_


def answered(id_: int, *, question_id: int, answer: str) -> list[Record]:
    """The answers of a configuration, with this one question answered."""
    type_id, question, kind, is_required = psa_setup.QUESTIONS[question_id]
    del type_id
    return [
        {
            "answerId": id_ * 10,
            "questionId": question_id,
            "question": question,
            "answer": answer,
            "sequenceNumber": 1.0,
            "numberOfDecimals": 0,
            "fieldType": kind,
            "requiredFlag": is_required,
        }
    ]


def note_other_type(planting: Planting, company: Company, gear: Gear, *, carries_id: bool) -> None:
    """Where types are compared, such a configuration is not found, or by the ID that Auvik wrote alone."""
    planting.elsewhere(
        "auvik.type_drift_will_duplicate" if carries_id else "auvik.type_prevents_match",
        key={"device_id": gear.device_id},
        weeks=ALWAYS,
        company=company.name,
        story=f"{gear.name}: its configuration has another type than its class is mapped to.",
    )
