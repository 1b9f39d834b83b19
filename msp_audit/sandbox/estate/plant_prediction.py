"""Identifiers by which Auvik's inventory sync will match wrongly, or nothing."""

from __future__ import annotations

from msp_audit.sandbox.estate import psa
from msp_audit.sandbox.estate.plant_coverage import add_device
from msp_audit.sandbox.estate.planting import ALWAYS, Planting
from msp_audit.sandbox.estate.sync_planting import (
    UNKNOWN,
    note_device,
    patch_own,
)


def plant(planting: Planting) -> None:
    """Plant all of the theme."""
    _identifiers(planting)
    _same_serials(planting)
    _lent(planting)
    _same_names(planting)


def _identifiers(planting: Planting) -> None:
    company = planting.company(21)
    device_id = add_device(planting, company.tenant_id, name="Unknown", serial=None)
    note_device(
        planting,
        "auvik.device_without_identifier",
        company,
        device_id,
        "Neither a serial number nor a name: SNMP was never allowed on it.",
        ALWAYS,
        UNKNOWN,
    )
    device_id = add_device(planting, company.tenant_id, name="Unknown", serial=None, is_managed=False)
    planting.look_alike(
        "auvik.device_without_identifier",
        key={"device_id": device_id},
        story="Nothing to be synced by either, but it is not managed.",
    )
    company = planting.company(18)
    gear = planting.gear(company)
    patch_own(planting, company, gear, serialNumber=f"S/N: {gear.serial}", name=f"{gear.name} rack 1")
    note_device(
        planting,
        "auvik.identifier_written_differently",
        company,
        gear.device_id,
        f"{gear.name}: its serial number was typed in with S/N: before it.",
        ALWAYS,
        "auvik.mac_matches_unmatched",
    )
    gear = planting.gear(company)
    patch_own(planting, company, gear, serialNumber=(gear.serial or "").lower())
    planting.look_alike(
        "auvik.identifier_written_differently",
        key={"device_id": gear.device_id},
        story=f"{gear.name}: lower case makes no difference to Auvik.",
    )


def _same_serials(planting: Planting) -> None:
    company = planting.company(20)
    gear = planting.gear(company)
    id_ = patch_own(planting, company, gear)
    add_device(
        planting,
        company.tenant_id,
        name=f"{gear.name}-old",
        serial=gear.serial,
        type=gear.device_type,
        make=gear.make,
    )
    planting.finding(
        "identity.device_serial_duplicated",
        key={"company_id": company.company_id, "serial_number": gear.serial},
        weeks=ALWAYS,
        company=company.name,
        story=f"{gear.name} was rediscovered and its old record never deleted.",
    )
    planting.finding(
        "auvik.configuration_contested",
        key={"configuration_id": id_},
        weeks=ALWAYS,
        company=company.name,
        story=f"Both records of {gear.name} write to it.",
    )


def _lent(planting: Planting) -> None:
    company, other = planting.company(20), planting.company(26)
    gear = planting.gear(company)
    device_id = add_device(
        planting, other.tenant_id, name="spare-from-goldfinch", serial=gear.serial, type=gear.device_type
    )
    planting.finding(
        "identity.device_serial_in_two_companies",
        key={"serial_number": gear.serial},
        weeks=ALWAYS,
        company=company.name,
        story=f"{gear.name} was lent to another client and left a record behind.",
    )
    note_device(
        planting,
        "auvik.configuration_in_other_company",
        other,
        device_id,
        "Its configuration stands under the client that lent it.",
        ALWAYS,
        UNKNOWN,
    )
    for number in (1, 2, 3, 5):
        add_device(
            planting,
            planting.company(number).tenant_id,
            name=f"kit-{number}",
            serial="EVALKIT2026",
            is_managed=False,
        )
    planting.finding(
        "identity.device_serial_shared",
        key={"value": "EVALKIT2026"},
        weeks=ALWAYS,
        company="",
        story="Four evaluation kits that answer with the same serial number.",
    )
    planting.look_alike(
        "identity.device_serial_in_two_companies",
        key={"serial_number": "EVALKIT2026"},
        story="On too many devices to say that one of them moved.",
    )


def _same_names(planting: Planting) -> None:
    company = planting.company(21)
    for place in ("east", "west"):
        device_id = add_device(
            planting, company.tenant_id, name="fw-branch", serial="Unknown", description=f"{place} wing"
        )
        note_device(planting, UNKNOWN, company, device_id, f"fw-branch, {place} wing: named like its twin.")
    planting.finding(
        "auvik.device_name_duplicated",
        key={"company_id": company.company_id, "device_name": "fw-branch"},
        weeks=ALWAYS,
        company=company.name,
        story="Two firewalls of one name, without serial numbers.",
    )
    other = planting.company(26)
    for number in (20, 26):
        add_device(
            planting, planting.company(number).tenant_id, name="fw-wing", serial="Unknown", is_managed=False
        )
    planting.look_alike(
        "auvik.device_name_duplicated",
        key={"company_id": other.company_id, "device_name": "fw-wing"},
        story="The same name at two clients, once at each.",
    )
    name = "warehouse-cctv-recorder"
    device_id = add_device(planting, other.tenant_id, name=name, type="controller")
    id_ = planting.next_id("psa/configurations")
    planting.add(
        "psa/configurations",
        psa.configuration(
            planting.world,
            id_,
            company=other,
            site=other.sites.start,
            name=name[:15].upper(),
            type_id=21,
            serial=None,
        ),
    )
    note_device(
        planting,
        "auvik.name_truncated",
        other,
        device_id,
        "Its configuration has the name that Windows cut.",
        ALWAYS,
        UNKNOWN,
    )
