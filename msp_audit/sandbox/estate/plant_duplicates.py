"""Second records that Auvik's inventory sync will make, or has made."""

from __future__ import annotations

from msp_audit.sandbox.estate import psa, psa_setup
from msp_audit.sandbox.estate.plant_coverage import add_device
from msp_audit.sandbox.estate.planting import ALWAYS, Planting
from msp_audit.sandbox.estate.sync_planting import (
    CLOSED,
    UNKNOWN,
    add_second,
    answered,
    note_device,
    note_other_type,
    patch_own,
)


def plant(planting: Planting) -> None:
    """Plant all of the theme."""
    _duplicates_to_come(planting)
    _duplicates_made(planting)
    _device_gone(planting)
    _classes(planting)


def _duplicates_to_come(planting: Planting) -> None:
    company = planting.company(18)
    gear = planting.gear(company)
    patch_own(planting, company, gear)
    add_second(planting, company, gear, name=f"{gear.name} (2nd)")
    note_device(
        planting,
        "auvik.match_ambiguous",
        company,
        gear.device_id,
        f"{gear.name}: typed in twice, both records active.",
    )
    planting.finding(
        "hygiene.serial_duplicated",
        key={"company_id": company.company_id, "serial_number": gear.serial},
        weeks=ALWAYS,
        company=company.name,
        story=f"{gear.name}: typed in twice.",
    )
    company = planting.company(16)
    gear = planting.gear(company)
    patch_own(planting, company, gear, **CLOSED)
    planting.patch("auvik/devices", gear.device_id, online="online")
    note_device(
        planting,
        "auvik.inactive_prevents_match",
        company,
        gear.device_id,
        f"{gear.name}: closed by mistake; Auvik will make a second record.",
        ALWAYS,
        "auvik.configuration_inactive_device_online",
    )
    gear = planting.gear(company)
    patch_own(planting, company, gear, **CLOSED)
    planting.patch("auvik/devices", gear.device_id, managed=False)
    for rule in ("auvik.inactive_prevents_match", "auvik.configuration_inactive_device_online"):
        planting.look_alike(
            rule,
            key={"device_id": gear.device_id},
            story=f"{gear.name}: closed, and no longer managed either.",
        )


def _duplicates_made(planting: Planting) -> None:
    company = planting.company(17)
    gear = planting.gear(company, device_type="switch")
    own = patch_own(planting, company, gear)
    id_ = add_second(planting, company, gear, name=f"{gear.name} old stock", serialNumber=None)
    planting.patch("psa/configurations", id_, questions=answered(id_, question_id=45, answer=gear.device_id))
    planting.finding(
        "auvik.device_id_elsewhere",
        key={"configuration_id": id_},
        weeks=ALWAYS,
        company=company.name,
        story=f"It carries the ID of {gear.name}, which is configuration {own}.",
    )
    gear = planting.gear(company)
    own = patch_own(planting, company, gear)
    add_second(
        planting,
        company,
        gear,
        name=f"{gear.name} before",
        **CLOSED,
        _info={"lastUpdated": "2024-03-01T08:00:00Z", "dateEntered": "2022-01-10T08:00:00Z"},
    )
    planting.finding(
        "auvik.rediscovered_twice",
        key={"configuration_id": own},
        weeks=ALWAYS,
        company=company.name,
        story=f"{gear.name} was deleted in Auvik and found again.",
    )
    gear = planting.gear(company)
    own = patch_own(planting, company, gear)
    add_second(
        planting,
        company,
        gear,
        name=f"{gear.name} before",
        **CLOSED,
        _info={"lastUpdated": "2025-03-01T08:00:00Z", "dateEntered": "2022-01-10T08:00:00Z"},
    )
    planting.look_alike(
        "auvik.rediscovered_twice",
        key={"configuration_id": own},
        story=f"{gear.name}: its old record was closed after the new one was made.",
    )


def _device_gone(planting: Planting) -> None:
    company = planting.company(24)
    id_ = planting.next_id("psa/configurations")
    gone = planting.world.device_id(company.tenant_id, number=70_000)
    planting.add(
        "psa/configurations",
        psa.configuration(
            planting.world,
            id_,
            company=company,
            site=company.sites.start,
            name="JSA-SW-GONE",
            type_id=16,
            serial="FCWGONE0001",
        )
        | {"questions": answered(id_, question_id=45, answer=gone)},
    )
    for rule in ("auvik.configuration_of_gone_device", "coverage.configuration_without_device"):
        planting.finding(
            rule,
            key={"configuration_id": id_},
            weeks=ALWAYS,
            company=company.name,
            story="Its device was deleted in Auvik while the option was off.",
        )


def _classes(planting: Planting) -> None:
    company = planting.company(21)
    for rule, kind in (
        ("auvik.network_class_unmapped", "loadBalancer"),
        ("auvik.other_class_unmapped", "alarm"),
    ):
        device_id = add_device(planting, company.tenant_id, name=f"SOS-{kind}", type=kind)
        planting.finding(
            rule,
            key={"device_type": kind},
            weeks=ALWAYS,
            company="",
            story=f"The class {kind} has no configuration type.",
        )
        note_device(planting, UNKNOWN, company, device_id, f"SOS-{kind}: its class is not mapped.")
        planting.look_alike(
            rule, key={"device_type": "camera"}, story="Not mapped, but no camera is managed."
        )
    planting.finding(
        "auvik.class_type_gone",
        key={"device_type": "modem"},
        weeks=ALWAYS,
        company="",
        story="Modems are mapped to Phone System, which is inactive.",
    )
    planting.look_alike(
        "auvik.class_type_gone",
        key={"device_type": "accessPoint"},
        story="Mapped in lower case; the type is there.",
    )
    company = planting.company(16)
    gear = planting.gear(company, device_type="switch")
    id_ = patch_own(planting, company, gear, type={"id": 26, "name": psa_setup.type_name(26)})
    planting.finding(
        "auvik.configuration_type_differs",
        key={"configuration_id": id_},
        weeks=ALWAYS,
        company=company.name,
        story=f"{gear.name}: made before the class was mapped.",
    )
    note_other_type(planting, company, gear, carries_id=False)
    gear, machine = next(
        (one, one.machine)
        for one in planting.world.gear(company)
        if one.machine and one.device_type == "server"
    )
    id_ = planting.configuration_id(machine)
    planting.patch("psa/configurations", id_, type={"id": 15, "name": psa_setup.type_name(15)})
    planting.finding(
        "auvik.configuration_type_frozen",
        key={"configuration_id": id_},
        weeks=ALWAYS,
        company=company.name,
        story=f"{gear.name}: a server that is kept as a workstation.",
    )
    note_other_type(planting, company, gear, carries_id=False)
