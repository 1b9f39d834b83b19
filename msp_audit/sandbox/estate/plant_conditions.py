"""Conditions of real networks that no other theme plants: what a monitoring tool sees on a bad day."""

from __future__ import annotations

from collections import Counter

from msp_audit.sandbox.estate import auvik, psa
from msp_audit.sandbox.estate.plant_coverage import add_device
from msp_audit.sandbox.estate.planting import ALWAYS, SINCE_THIRD, Planting
from msp_audit.sandbox.estate.sync_planting import note_device
from msp_audit.sandbox.estate.world import Company, Gear, Role

_FILLER = "OEM_Serial"
_SHARED_MAC = "3c:ef:8c:04:17:0b"
#: Classes that are billed as computers.
_COMPUTERS = {
    "server", "hypervisor", "virtualMachine", "workstation", "thinClient", "phone", "ipPhone", "tablet",
    "handheld",
}  # fmt: skip


def plant(planting: Planting) -> None:
    """Plant all of the theme; after the others, so that their records keep their ids."""
    _filler_everywhere(planting)
    _short_serial_of_two_makers(planting)
    _names(planting)
    _cards_and_printers(planting)
    _hardly_there(planting)
    _power(planting)
    _shared_macs(planting)
    _billed(planting)


def _filler_everywhere(planting: Planting) -> None:
    """One filler on nine devices of three clients; at one of them a record of another device has it too."""
    for number in (6, 13, 28):
        company = planting.company(number)
        gears = [planting.gear(company, device_type="accessPoint", may_carry_id=False) for _ in range(3)]
        for gear in gears:
            planting.patch("auvik/devices", gear.device_id, serial=_FILLER)
            note_device(
                planting,
                "auvik.serial_placeholder",
                company,
                gear.device_id,
                f"{gear.name}: one of nine devices of three clients with the same filler.",
            )
        if number == 6:
            _record_of_another(planting, company, gears)


def _record_of_another(planting: Planting, company: Company, gears: list[Gear]) -> None:
    id_ = planting.next_id("psa/configurations")
    record = psa.device_configuration(planting.world, company, gears[0])
    other = {"id": id_, "name": "RBS-LOBBY-KIOSK", "serialNumber": _FILLER.upper(), "questions": []}
    planting.add("psa/configurations", record | other)
    for gear in gears:
        planting.patch("auvik/devices", gear.device_id, make=gears[0].make)
    story = "RBS-LOBBY-KIOSK has the filler too, so the sync takes it for three devices."
    for rule in ("auvik.configuration_contested", "coverage.configuration_without_device"):
        planting.finding(rule, key={"configuration_id": id_}, weeks=ALWAYS, company=company.name, story=story)
    for gear in gears:
        note_device(
            planting,
            "auvik.identifiers_disagree",
            company,
            gear.device_id,
            f"{gear.name}: its name leads to its own record, its filler to the kiosk's.",
        )


def _short_serial_of_two_makers(planting: Planting) -> None:
    for number, make in ((22, "APC"), (23, "Axis")):
        company = planting.company(number)
        add_device(
            planting,
            company.tenant_id,
            name=f"short-{make.lower()}",
            serial="0417B",
            make=make,
            is_managed=False,
        )
    planting.look_alike(
        "identity.device_serial_in_two_companies",
        key={"serial_number": "0417B"},
        story="Five characters, two makers: not one device.",
    )


def _names(planting: Planting) -> None:
    company = planting.company(22)
    for name in ("switch", "Printer"):
        add_device(
            planting, company.tenant_id, name=name, is_managed=False, type="unknown", serial=None, make=None
        )
    device_id = add_device(
        planting, company.tenant_id, name="10.22.0.91", is_managed=False, type="unknown", serial=None
    )
    planting.patch("auvik/devices", device_id, weeks=SINCE_THIRD, name="phone-lobby.vif.example")
    planting.condition(
        "A name that is an address, and a DNS name from the third week", where=f"Auvik device {device_id}"
    )


def _cards_and_printers(planting: Planting) -> None:
    company = planting.company(23)
    for name, kind in (("CRC-CHASSIS", "chassis"), ("CRC-CARD-1", "module"), ("CRC-CARD-2", "module")):
        add_device(planting, company.tenant_id, name=name, type=kind, is_managed=False)
    planting.condition(
        "A chassis whose cards have serial numbers of their own",
        where=f"Auvik tenant {company.domain_prefix}",
    )
    mac = "00:1b:a9:04:17:0b"
    for name, kind in (("CRC-PRINTSRV", "server"), ("CRC-MFP-LOBBY", "printer")):
        add_device(
            planting,
            company.tenant_id,
            name=name,
            type=kind,
            mac=mac,
            is_managed=False,
            serial=None,
            online="offline",
        )
    planting.condition(
        "A printer with the MAC address of its print server", where=f"Auvik tenant {company.domain_prefix}"
    )


def _hardly_there(planting: Planting) -> None:
    company = planting.company(23)
    gear = planting.gear(company)
    planting.patch("auvik/devices", gear.device_id, seen="2025-10-10T10:00:00Z", online="offline")
    note_device(
        planting,
        "auvik.device_long_unseen",
        company,
        gear.device_id,
        f"{gear.name}: not seen for 400 days, and its configuration is still active.",
    )
    gear = planting.gear(company, may_carry_id=False)
    planting.patch("auvik/devices", gear.device_id, seen=None, online="offline")
    planting.condition("Managed, but never online", where=f"Auvik device {gear.device_id}")


def _power(planting: Planting) -> None:
    for serial, what in (
        (None, "A UPS without serial number"),
        ("5A1432T0NMC", "A UPS with the serial number of its network card"),
    ):
        gear = _spare_ups(planting)
        planting.patch("auvik/devices", gear.device_id, serial=serial)
        planting.condition(what, where=f"Auvik device {gear.device_id}")


def _spare_ups(planting: Planting) -> Gear:
    """A UPS of some company that has one left."""
    for number in (9, 19, 6, 13, 22, 23):
        try:
            return planting.gear(planting.company(number), device_type="ups", may_carry_id=False)
        except LookupError:
            continue
    raise LookupError("No company has a UPS left to plant a fault in.")


def _shared_macs(planting: Planting) -> None:
    """Of four records each: an adapter that was typed in, and one that a maker uses twice over."""
    for number, other in ((6, 9), (22, 13), (23, 22), (25, 23)):
        company = planting.company(number)
        machine = planting.machine(company)
        planting.patch(
            "psa/configurations", planting.configuration_id(machine), macAddress="9C:EB:E8:44:55:66"
        )
        planting.patch("auvik/devices", planting.gear(planting.company(other)).device_id, mac=_SHARED_MAC)
    pair = f"{_SHARED_MAC[:-2]}aa"
    for number in (19, 28):
        planting.patch("auvik/devices", planting.gear(planting.company(number)).device_id, mac=pair)
    for rule, key, story in (
        ("identity.configuration_mac_shared", {"value": "9cebe8445566"}, "The adapter of the imaging bench."),
        (
            "identity.device_mac_shared",
            {"monitored_by": "auvik", "value": _SHARED_MAC.replace(":", "")},
            "One address that four devices answer with: a relay of the maker.",
        ),
    ):
        planting.finding(rule, key=key, weeks=ALWAYS, company="", story=story)
    planting.look_alike(
        "identity.configuration_mac_shared", key={"value": "9cebe8112233"}, story="On computers, not records."
    )
    planting.look_alike(
        "identity.device_mac_shared",
        key={"monitored_by": "auvik", "value": pair.replace(":", "")},
        story="A redundant pair that answers with one address: two.",
    )


def _billed(planting: Planting) -> None:
    """Counted over the rows as they are written: what each company is billed, what Auvik manages there."""
    world = planting.world
    synced = {one.tenant_id: one for one in world.companies() if one.role is not Role.IGNORED}
    billed = {
        record["agreementId"] - 410: record["quantity"]
        for record in psa.agreement_additions(world)
        if record["product"]["identifier"] == "MS-NETWORK"
    }
    found: dict[int, list[int]] = {}
    for week in range(len(planting.changes)):
        managed: Counter[int] = Counter()
        tenants = {id_: one.company_id for id_, one in synced.items()} | _mapped_besides(planting, week=week)
        for row in planting.changes[week].over("auvik/devices", auvik.devices(world, week=week)):
            if row["managed"] and row["type"] not in _COMPUTERS and row["tenant"] in tenants:
                managed[tenants[row["tenant"]]] += 1
        for number, quantity in billed.items():
            there = managed[world.company(number).company_id]
            if abs(quantity - there) > max(1, 0.05 * there):
                found.setdefault(number, []).append(week)
    for number, weeks in found.items():
        company = world.company(number)
        planting.finding(
            "coverage.billed_network_devices_differ",
            key={"company_id": company.company_id},
            weeks=tuple(weeks),
            company=company.name,
            story="Auvik was told to manage more or less, and the agreement stayed as it was.",
        )
    planting.look_alike(
        "coverage.billed_network_devices_differ",
        key={"company_id": planting.company(6).company_id},
        story="One device more or less is tolerated, and five in a hundred.",
    )


def _mapped_besides(planting: Planting, *, week: int) -> dict[str, int]:
    """Tenant -> company, of the tenants that were planted with a site mapping."""
    return {
        record["id"]: planting.site_map[prefix]["company_id"]
        for record in planting.changes[week].added.get("auvik/tenants", ())
        if "company_id" in planting.site_map.get(prefix := record["attributes"]["domainPrefix"], {})
    }
