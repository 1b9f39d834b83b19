"""Values that identify nothing, and records that are several or none."""

from __future__ import annotations

from msp_audit.sandbox.estate import psa_setup
from msp_audit.sandbox.estate.planting import ALWAYS, Planting
from msp_audit.sandbox.estate.settings import CLASS_MAP
from msp_audit.sandbox.estate.world import Role


def plant(planting: Planting) -> None:
    """Plant all of the theme; after the others, whose consequences it notes."""
    _shared_values(planting)
    _ambiguous(planting)
    _retired(planting)
    _settings(planting)


def _shared_values(planting: Planting) -> None:
    for serial, table, rule in (
        ("POOL-2024-A", "computers", "identity.computer_serial_shared"),
        ("POOL-2024-B", "psa/configurations", "identity.configuration_serial_shared"),
    ):
        for number in (16, 21, 24, 27):
            machine = planting.machine(planting.company(number))
            if table == "computers":
                planting.patch(table, planting.computer_id(machine), BiosVer=serial)
            else:
                planting.patch(table, planting.configuration_id(machine), serialNumber=serial)
        planting.finding(
            rule,
            key={"value": serial},
            weeks=ALWAYS,
            company="",
            story="The label of a loan pool, typed in for the serial number of four.",
        )
        planting.look_alike(rule, key={"value": "DEFAULTSTRING"}, story="A filler that the list knows.")
    planting.finding(
        "identity.computer_mac_shared",
        key={"value": "9cebe8112233"},
        weeks=ALWAYS,
        company="",
        story="The docking station of a meeting room.",
    )


def _ambiguous(planting: Planting) -> None:
    company = planting.company(13)
    machine = planting.machine(company)
    planting.patch("psa/configurations", planting.configuration_id(machine), name="Front desk")
    record = planting.configuration_of(company, machine)
    planting.add(
        "psa/configurations",
        record
        | {"id": planting.next_id("psa/configurations"), "name": "Front desk new", "deviceIdentifier": ""},
    )
    story = f"{machine.name}: two records have its serial number, and neither has its name."
    for rule in ("identity.computer_ambiguous", "coverage.computer_without_configuration"):
        planting.finding(
            rule,
            key={"computer_id": planting.computer_id(machine)},
            weeks=ALWAYS,
            company=company.name,
            story=story,
        )
    planting.finding(
        "hygiene.serial_duplicated",
        key={"company_id": company.company_id, "serial_number": machine.serial},
        weeks=ALWAYS,
        company=company.name,
        story=story,
    )


def _retired(planting: Planting) -> None:
    world = planting.world
    company, machine = next(
        (company, machine)
        for company in world.companies()
        if company.role is Role.SYNCED and company.number > 3
        for machine in world.machines(company)
        if machine.leaves == 1
    )
    id_ = planting.configuration_id(machine)
    planting.patch(
        "psa/configurations", id_, weeks=(1, 2), status={"id": 1, "name": "Active"}, activeFlag=True
    )
    story = f"{machine.name}: retired in Automate after the first week, never closed in the PSA."
    planting.finding(
        "coverage.retired_computer_active",
        key={"retired_asset_id": 301 + machine.number},
        weeks=(1, 2),
        company=company.name,
        story=story,
    )
    planting.finding(
        "coverage.configuration_without_computer",
        key={"configuration_id": id_},
        weeks=(1, 2),
        company=company.name,
        story=story,
    )


def _settings(planting: Planting) -> None:
    """What the declaration itself is guilty of."""
    asked = {(type_id, question) for type_id, question, *_ in psa_setup.QUESTIONS.values()}
    names = {psa_setup.type_name(type_id).lower(): type_id for type_id in range(14, 28)}
    for type_key in sorted({name.lower() for name in CLASS_MAP.values()}):
        for field, question in (("device_id", "Auvik ID"), ("last_mapped", "Auvik last mapped")):
            if (names[type_key], question) not in asked:
                planting.finding(
                    "auvik.field_question_missing",
                    key={"field": field, "type_key": type_key},
                    weeks=ALWAYS,
                    company="",
                    story=f"The type {type_key} was never given the question {question}.",
                )
    planting.look_alike(
        "auvik.field_question_missing",
        key={"field": "device_id", "type_key": "firewall"},
        story="Firewalls have the question.",
    )
    planting.finding(
        "auvik.warranty_into_date_question",
        key={"question_id": 43},
        weeks=ALWAYS,
        company="",
        story="Warranty end takes dates, and the vendor does not promise one.",
    )
    planting.finding(
        "auvik.make_split",
        key={"maker_key": "hp"},
        weeks=ALWAYS,
        company="",
        story="HP, Hewlett Packard Enterprise and Aruba are mapped apart.",
    )
    planting.look_alike("auvik.make_split", key={"maker_key": "cisco"}, story="Meraki keeps its own name.")
    company = planting.company(27)
    planting.finding(
        "auvik.inventory_off",
        key={"tenant_id": company.tenant_id},
        weeks=ALWAYS,
        company=company.name,
        story="Mapped for alerts only.",
    )
