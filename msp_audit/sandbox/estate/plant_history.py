"""What only several readings show: devices that left or came back, and the copied Inventory Mappings."""

from __future__ import annotations

from msp_audit.sandbox.estate import auvik
from msp_audit.sandbox.estate.plant_coverage import add_device
from msp_audit.sandbox.estate.planting import ALWAYS, FIRST, SINCE_SECOND, SINCE_THIRD, UNTIL_THIRD, Planting
from msp_audit.sandbox.estate.sync_planting import note_device
from msp_audit.sandbox.estate.world import Company

_READY, _WAITING, _STUCK, _MAPPED = (
    "Ready to Match",
    "Waiting for Online Time",
    "Matching in Progress",
    "Mapped and Syncing",
)


def plant(planting: Planting) -> None:
    """Plant all of the theme."""
    _gone(planting)
    _found_again(planting)
    _copied(planting)


def _gone(planting: Planting) -> None:
    company = planting.company(23)
    for number in range(14):
        add_device(
            planting, company.tenant_id, name=f"CRC-TRAILER{number + 1:02}", weeks=FIRST, is_managed=False
        )
    planting.finding(
        "auvik.devices_vanished",
        key={"tenant_id": company.tenant_id},
        weeks=SINCE_SECOND,
        company=company.name,
        story="The collector of the building site was switched off: fourteen devices in one week.",
    )
    other = planting.company(9)
    for number in range(3):
        add_device(planting, other.tenant_id, name=f"BEL-LOAN{number + 1}", weeks=FIRST, is_managed=False)
    planting.look_alike(
        "auvik.devices_vanished",
        key={"tenant_id": other.tenant_id},
        story="Three loan devices were returned: too few to say anything.",
    )
    tenant_id = str(199_502_786_990_000_001 + 16 * planting.next_id("auvik/tenants"))
    planting.add(
        "auvik/tenants",
        auvik.tenant_record(
            tenant_id, prefix="fair2026", name="Trade fair", kind="client", parent=auvik.ROOT_TENANT
        ),
    )
    for number in range(2):
        add_device(planting, tenant_id, name=f"fair-ap{number + 1}", weeks=UNTIL_THIRD, is_managed=False)
    planting.finding(
        "auvik.tenant_emptied",
        key={"tenant_id": tenant_id},
        weeks=SINCE_THIRD,
        company="",
        story="Its two access points went in the third week, and with them the last devices.",
    )
    planting.look_alike(
        "auvik.tenant_emptied", key={"tenant_id": company.tenant_id}, story="Most of its devices are there."
    )


def _found_again(planting: Planting) -> None:
    company, other = planting.company(25), planting.company(22)
    name, serial = "TRI-REPEATER", "DNIREPEAT7QX"
    add_device(planting, company.tenant_id, name=name, serial=serial, weeks=FIRST, is_managed=False)
    again = add_device(
        planting, company.tenant_id, name=name, serial=serial, weeks=SINCE_SECOND, is_managed=False
    )
    rule = "auvik.device_rediscovered"
    note_device(
        planting, rule, company, again, f"{name}: deleted, not excluded, and found again.", SINCE_SECOND
    )
    name, serial = "pool-switch", "DNIPOOLSWQX"
    add_device(planting, company.tenant_id, name=name, serial=serial, weeks=UNTIL_THIRD, is_managed=False)
    moved = add_device(
        planting, other.tenant_id, name=name, serial=serial, weeks=SINCE_THIRD, is_managed=False
    )
    note_device(
        planting, rule, other, moved, f"{name}: moved to another tenant, so its ID is new.", SINCE_THIRD
    )
    new = add_device(
        planting, other.tenant_id, name="VIF-NEW", serial="DNINEWSWQX", weeks=SINCE_SECOND, is_managed=False
    )
    planting.look_alike(rule, key={"device_id": new}, story="New, and nothing with its serial number left.")


def _copied(planting: Planting) -> None:
    """The table of one tenant, as a person copies it; by week, the state of each of its devices."""
    company = planting.company(25)
    for rule, states, weeks, look_alike in (
        ("auvik.waiting_long", (_WAITING,) * 3, SINCE_THIRD, (_MAPPED, _WAITING, _WAITING)),
        ("auvik.ready_never_matched", (_READY, _READY, _MAPPED), (1,), (_MAPPED, _MAPPED, _READY)),
        ("auvik.matching_stuck", (_STUCK,) * 3, SINCE_SECOND, (_STUCK, _MAPPED, _STUCK)),
    ):
        gear = planting.gear(company)
        _lines(planting, company, gear.name, gear.number, states=states)
        shown = f'{gear.name}: "{states[0]}" in one copy of the table after the other.'
        note_device(planting, rule, company, gear.device_id, shown, weeks)
        gear = planting.gear(company)
        _lines(planting, company, gear.name, gear.number, states=look_alike)
        planting.look_alike(
            rule, key={"device_id": gear.device_id}, story=f"{gear.name}: the table shows it too briefly."
        )
    gear, other = planting.gear(company), planting.gear(company)
    _lines(planting, company, gear.name, other.number, states=(_MAPPED,) * 3)
    _lines(planting, company, other.name, other.number, states=(_MAPPED,) * 3)
    rule = "auvik.mapped_elsewhere"
    note_device(
        planting, rule, company, gear.device_id, f"{gear.name}: mapped by hand to {other.name}'s record."
    )
    planting.look_alike(
        rule, key={"device_id": other.device_id}, story=f"{other.name}: mapped where its serial number leads."
    )


def _lines(
    planting: Planting, company: Company, name: str, number: int, *, states: tuple[str, str, str]
) -> None:
    for week in ALWAYS:
        is_mapped = states[week] == _MAPPED
        line = {
            "Domain Prefix": company.domain_prefix,
            "Device Name": name,
            "Configuration Item": str(planting.world.device_configuration_id(number)) if is_mapped else "",
            "State": states[week],
        }
        planting.add("auvik/inventory_mappings", line, weeks=(week,))
