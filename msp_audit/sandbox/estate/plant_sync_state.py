"""Fields that differ, syncs that stopped, devices out of sight, tenants on the wrong company."""

from __future__ import annotations

from msp_audit.sandbox.estate import auvik, psa
from msp_audit.sandbox.estate.plant_coverage import add_device
from msp_audit.sandbox.estate.planting import ALWAYS, SINCE_SECOND, Planting
from msp_audit.sandbox.estate.sync_planting import (
    answered,
    note_device,
    patch_own,
)


def plant(planting: Planting) -> None:
    """Plant all of the theme."""
    _fields(planting)
    _stopped(planting)
    _out_of_sight(planting)
    _without_agent(planting)
    _tenants(planting)


def _fields(planting: Planting) -> None:
    company = planting.company(24)
    gear = planting.gear(company, device_type="switch")
    id_ = patch_own(planting, company, gear, manufacturer=psa.manufacturer(16))
    planting.finding(
        "auvik.manufacturer_differs",
        key={"configuration_id": id_},
        weeks=ALWAYS,
        company=company.name,
        story=f"{gear.name}: somebody chose SonicWall.",
    )
    for rule, make in (("auvik.make_half_mapped", "yealink"), ("auvik.make_target_gone", "aruba")):
        planting.finding(
            rule,
            key={"make_key": make},
            weeks=ALWAYS,
            company="",
            story=f"The make mapping of {make} leads nowhere.",
        )
        planting.look_alike(rule, key={"make_key": "axis"}, story="A vendor is enough.")


def _stopped(planting: Planting) -> None:
    rule = "auvik.sync_stopped_for_device"
    for number, count, answer in ((21, 3, "2026-11-01"), (15, 1, "2026-11-02"), (4, 1, "2026-11-16")):
        company = planting.company(number)
        for _ in range(count):
            gear = planting.gear(company, device_type="switch" if number != 21 else None)
            id_ = planting.world.device_configuration_id(gear.number)
            answers = answered(id_, question_id=46, answer=answer)
            planting.patch("psa/configurations", id_, questions=answers)
            planting.patch("auvik/devices", gear.device_id, online="online")
            if number == 4:
                planting.look_alike(
                    rule, key={"configuration_id": id_}, story=f"{gear.name}: its Last mapped date is new."
                )
                continue
            planting.finding(
                rule,
                key={"configuration_id": id_},
                weeks=SINCE_SECOND,
                company=company.name,
                story=f"{gear.name}: last mapped on {answer}.",
            )
    company = planting.company(21)
    planting.finding(
        "auvik.sync_stopped_for_company",
        key={"company_id": company.company_id},
        weeks=SINCE_SECOND,
        company=company.name,
        story="All three devices with a Last mapped date stopped on 1 November.",
    )
    planting.look_alike(
        "auvik.sync_stopped_for_company",
        key={"company_id": planting.company(15).company_id},
        story="Only one device stopped.",
    )


def _out_of_sight(planting: Planting) -> None:
    company = planting.company(4)
    gear = planting.gear(company)
    planting.patch("auvik/devices", gear.device_id, weeks=SINCE_SECOND, managed=False)
    note_device(
        planting,
        "auvik.unmanaged_with_configuration",
        company,
        gear.device_id,
        f"{gear.name}: unmanaged in the second week, billed all the same.",
        SINCE_SECOND,
    )
    gear = planting.gear(company)
    planting.patch("auvik/devices", gear.device_id, seen="2026-09-20T10:00:00Z", online="offline")
    note_device(
        planting, "auvik.device_long_unseen", company, gear.device_id, f"{gear.name}: unplugged in September."
    )
    gear = planting.gear(company)
    planting.patch("auvik/devices", gear.device_id, seen="2026-10-25T10:00:00Z", online="offline")
    planting.look_alike(
        "auvik.device_long_unseen",
        key={"device_id": gear.device_id},
        story=f"{gear.name}: away for eight to twenty-two days.",
    )


def _without_agent(planting: Planting) -> None:
    company = planting.company(7)
    device_id = add_device(
        planting,
        company.tenant_id,
        name="WHL-SHADOW",
        type="server",
        is_managed=False,
        make="Dell Inc.",
        serial="SHADOW7",
    )
    note_device(
        planting,
        "coverage.device_without_agent",
        company,
        device_id,
        "A server under a desk that nobody put an agent on.",
    )
    device_id = add_device(
        planting,
        company.tenant_id,
        name="WHL-OFF",
        type="server",
        is_managed=False,
        online="offline",
        serial="SHADOW8",
    )
    planting.look_alike(
        "coverage.device_without_agent",
        key={"device_id": device_id},
        story="A server without agent that is switched off.",
    )
    add_device(planting, company.tenant_id, name="WHL-NEW", type="holodeck", is_managed=False)
    planting.finding(
        "auvik.class_unknown",
        key={"device_type": "holodeck"},
        weeks=ALWAYS,
        company="",
        story="A class that the vendor's description does not have.",
    )


def _tenants(planting: Planting) -> None:
    def tenant(prefix: str, name: str, company_id: int) -> str:
        tenant_id = str(199_502_786_990_000_001 + 16 * planting.next_id("auvik/tenants"))
        planting.add(
            "auvik/tenants",
            auvik.tenant_record(tenant_id, prefix=prefix, name=name, kind="client", parent=auvik.ROOT_TENANT),
        )
        planting.site_map[prefix] = {"company_id": company_id, "site": "Main Office"}
        return tenant_id

    company = planting.company(28)
    gear = planting.gear(company)
    id_ = patch_own(planting, company, gear)
    tenant_id = tenant("maplemain-old", f"{company.name} (old)", company.company_id)
    add_device(planting, tenant_id, name=gear.name, serial=None, type=gear.device_type, make=gear.make)
    planting.finding(
        "auvik.company_shared",
        key={"company_id": company.company_id},
        weeks=ALWAYS,
        company=company.name,
        story=f"The old tenant still has a {gear.name} too.",
    )
    planting.finding(
        "auvik.configuration_contested",
        key={"configuration_id": id_},
        weeks=ALWAYS,
        company=company.name,
        story=f"Two tenants' {gear.name} write to it.",
    )
    tenant_id = tenant("zephyrprint", "Zephyr Print", 9)
    planting.finding(
        "auvik.tenant_name_unlike",
        key={"tenant_id": tenant_id},
        weeks=ALWAYS,
        company=psa.OTHER_COMPANIES[9][1],
        story="Mapped to the line below by a slip.",
    )
