"""Machines that one system sees and the PSA does not know."""

from __future__ import annotations

from msp_audit.domain import Record
from msp_audit.sandbox.estate import auvik, psa
from msp_audit.sandbox.estate.planting import (
    ALWAYS,
    FIRST,
    REOPENED,
    SINCE_SECOND,
    SINCE_THIRD,
    UNTIL_THIRD,
    Planting,
)
from msp_audit.sandbox.estate.world import Company, Machine

_COMPUTERS = "coverage.computer_without_configuration"
_DEVICES = "coverage.device_without_configuration"
_UNSYNCED = "sync.asset_unsynced"


def plant(planting: Planting) -> None:
    """Plant all of the theme."""
    _computers(planting)
    _unknown_to_both(planting)
    _computer_look_alikes(planting)
    _devices(planting)
    _odd_devices(planting)
    _device_look_alikes(planting)


def add_device(
    planting: Planting, tenant_id: str, *, name: str, weeks: tuple[int, ...] = ALWAYS,
    is_managed: bool = True,
    **members: object,
) -> str:  # fmt: skip
    """One more Auvik device, a switch unless told otherwise; returns its id."""
    number = 50_000 + planting.next_id("auvik/devices")
    device_id = planting.world.device_id(tenant_id, number=number)
    record = auvik.flat(
        device_id, tenant_id=tenant_id, name=name, device_type="switch", make="Cisco", model="CBS350-24P",
        serial=f"DNI{number}QX", ip=f"10.251.{number % 250}.7", mac=f"70db98aa{number % 65536:04x}",
        is_managed=is_managed, online="online", seen="2026-11-02T05:50:00Z",
    )  # fmt: skip
    mac = record["mac"]
    record["mac"] = ":".join(mac[at : at + 2] for at in range(0, 12, 2))
    planting.add("auvik/devices", record | members, weeks=weeks)
    return device_id


def _found(planting: Planting, company: Company, machine: Machine, *, weeks: tuple[int, ...], story: str,
           rules: tuple[str, ...] = (_COMPUTERS,)) -> None:  # fmt: skip
    for rule in rules:
        planting.finding(rule, key={"computer_id": planting.computer_id(machine)}, weeks=weeks,
                         company=company.name, story=f"{machine.name}: {story}")  # fmt: skip


def _computers(planting: Planting) -> None:
    for number, is_server, weeks, story in (
        (6, False, ALWAYS, "the plugin says it is synced, but its configuration was deleted in the PSA."),
        (22, False, SINCE_SECOND, "somebody deleted its configuration in the second week."),
        (23, False, FIRST, "its configuration was restored in the second week."),
        (25, False, UNTIL_THIRD, "its configuration came back in the third week."),
        (15, False, REOPENED, "its configuration is deleted again and again by a clean-up."),
        (22, True, SINCE_THIRD, "a server whose configuration was deleted in the third week."),
        (13, False, ALWAYS, "a client without agreement template: nothing is synced, nobody typed it in."),
    ):
        company = planting.company(number)
        machine = planting.machine(company, is_server=is_server)
        planting.drop("psa/configurations", planting.configuration_id(machine), weeks=weeks)
        _found(planting, company, machine, weeks=weeks, story=story)
    company = planting.company(25)
    machine = planting.machine(company)
    planting.drop("psa/configurations", planting.configuration_id(machine))
    planting.patch("computers", planting.computer_id(machine), LastContact="2026-10-08 20:00:00")
    _found(
        planting, company, machine, weeks=FIRST, story="silent since 8 October, so out of sight a week later."
    )


def _unknown_to_both(planting: Planting) -> None:
    rules = (_COMPUTERS, _UNSYNCED)
    company = planting.company(19)
    machine = planting.machine(company)
    planting.drop("psa/configurations", planting.configuration_id(machine))
    planting.drop("plugin_cw_lastassetsync", (1, planting.computer_id(machine)))
    _found(planting, company, machine, weeks=ALWAYS, rules=rules, story="never synced and never typed in.")
    company, other = planting.company(23), planting.company(4)
    machine = planting.machine(company)
    planting.patch(
        "psa/configurations", planting.configuration_id(machine), company=psa.company_reference(other)
    )
    planting.drop("plugin_cw_lastassetsync", (1, planting.computer_id(machine)))
    _found(
        planting,
        company,
        machine,
        weeks=ALWAYS,
        rules=rules,
        story=f"its configuration stands under {other.name}, where it was before it was sold on.",
    )
    company = planting.company(6)
    machine = planting.machine(company)
    planting.drop("psa/configurations", planting.configuration_id(machine), weeks=SINCE_SECOND)
    planting.drop("plugin_cw_lastassetsync", (1, planting.computer_id(machine)), weeks=SINCE_SECOND)
    planting.patch("computers", planting.computer_id(machine), Name="RBS-😀-LOBBY")
    _found(planting, company, machine, weeks=SINCE_SECOND, rules=rules,
           story="with an emoji for a name, it lost both in the second week.")  # fmt: skip
    planting.condition("Emoji in a host name", where=f"Automate computer {planting.computer_id(machine)}")


def _computer_look_alikes(planting: Planting) -> None:
    company = planting.company(22)
    machine = planting.machine(company)
    planting.drop("psa/configurations", planting.configuration_id(machine))
    planting.patch("computers", planting.computer_id(machine), LastContact="2026-10-01 08:00:00")
    _silent(planting, machine, "no configuration, but not heard of for more than 30 days.")
    company = planting.company(13)
    machine = planting.machine(company)
    placeholder = "To be filled by O.E.M."
    planting.patch("computers", planting.computer_id(machine), BiosVer=placeholder)
    planting.patch("psa/configurations", planting.configuration_id(machine), serialNumber=placeholder)
    _silent(planting, machine, "never synced, a placeholder for a serial: known by its name.")
    machine = planting.machine(company)
    planting.patch("computers", planting.computer_id(machine), Name="DESKTOP-7K2QX1P",
                   BiosVer=f"S/N: {machine.serial.lower()} ")  # fmt: skip
    _silent(planting, machine, "renamed; serial in lower case behind S/N: still links it.")
    machine = planting.machine(company)
    planting.patch("computers", planting.computer_id(machine), Name="DESKTOP-9PLM44T")
    planting.patch("psa/configurations", planting.configuration_id(machine),
                   serialNumber=f"\u00a0{machine.serial[:4]}\u200b{machine.serial[4:]}\u00a0")  # fmt: skip
    _silent(planting, machine, "renamed; the PSA's serial holds no-break and zero-width blanks.")
    company = planting.company(28)
    machine = planting.machine(company)
    planting.patch("psa/configurations", planting.configuration_id(machine), serialNumber=None,
                   name=f"{machine.name.lower()}.{company.code.lower()}.local")  # fmt: skip
    _silent(planting, machine, "the PSA knows its full domain name in lower case and no serial.")
    ignored = planting.company(14)
    _silent(planting, planting.machine(ignored), f"{ignored.name} is ignored as a whole.")


def _silent(planting: Planting, machine: Machine, story: str) -> None:
    planting.look_alike(_COMPUTERS, key={"computer_id": planting.computer_id(machine)},
                        story=f"{machine.name}: {story}")  # fmt: skip


def _devices(planting: Planting) -> None:
    for number, weeks, story in (
        (6, ALWAYS, "the sync could not create it and nobody looked."),
        (22, SINCE_SECOND, "its configuration was deleted in the second week."),
        (23, FIRST, "created by the sync in the second week."),
        (9, UNTIL_THIRD, "typed in by hand in the third week."),
        (19, SINCE_THIRD, "deleted with the old site in the third week."),
    ):
        company = planting.company(number)
        gear = planting.gear(company)
        planting.drop("psa/configurations", planting.world.device_configuration_id(gear.number), weeks=weeks)
        planting.finding(_DEVICES, key={"device_id": gear.device_id}, weeks=weeks, company=company.name,
                         story=f"{gear.name}: {story}")  # fmt: skip
    company = planting.company(25)
    gear = planting.gear(company)
    planting.drop("psa/configurations", planting.world.device_configuration_id(gear.number))
    planting.patch("auvik/devices", gear.device_id, weeks=(1,), managed=False)
    planting.finding(_DEVICES, key={"device_id": gear.device_id}, weeks=REOPENED, company=company.name,
                     story=f"{gear.name}: without configuration; unmanaged for one week.")  # fmt: skip


def _odd_devices(planting: Planting) -> None:
    company = planting.company(15)
    gear = planting.gear(company, may_carry_id=False)
    planting.patch("auvik/devices", gear.device_id, weeks=SINCE_THIRD, name=gear.ip, serial=None)
    planting.finding(
        _DEVICES,
        key={"device_id": gear.device_id},
        weeks=SINCE_THIRD,
        company=company.name,
        story=f"{gear.name}: SNMP fails since the third week, so its address is its name and it has "
        "no serial: nothing to match by.",
    )
    plans: tuple[tuple[int, str, tuple[int, ...], str, Record], ...] = (
        (4, "PSCU-FW01-B", ALWAYS, "the standby of a firewall pair; only the first has a configuration.",
         {"type": "firewall", "make": "Fortinet", "model": "FortiGate-60F"}),
        (6, "core switch\nrack 2", ALWAYS, "a name with a line break, never created.", {}),
        (22, "long-" + "switch-" * 35 + "stack", SINCE_SECOND,
         "a name of 255 characters, found in week two.", {}),
    )  # fmt: skip
    for number, name, weeks, story, members in plans:
        company = planting.company(number)
        device_id = add_device(planting, company.tenant_id, name=name, weeks=weeks, **members)
        planting.finding(_DEVICES, key={"device_id": device_id}, weeks=weeks, company=company.name,
                         story=f"{' '.join(name.split())[:24]}: {story}")  # fmt: skip
        planting.condition(story[0].upper() + story[1:-1], where=f"Auvik device {device_id}")


def _device_look_alikes(planting: Planting) -> None:
    gear = planting.gear(planting.company(6), is_managed=False)
    planting.look_alike(_DEVICES, key={"device_id": gear.device_id}, story=f"{gear.name} is not managed.")
    company = planting.company(27)
    planting.site_map[company.domain_prefix] = {"inventory": False}
    gear = planting.gear(company)
    planting.drop("psa/configurations", planting.world.device_configuration_id(gear.number))
    planting.look_alike(_DEVICES, key={"device_id": gear.device_id},
                        story=f"{gear.name}: the tenant's inventory sync is switched off.")  # fmt: skip
    gear = planting.gear(company)
    planting.patch("auvik/devices", gear.device_id, serial="Default string")
    planting.look_alike("auvik.serial_placeholder", key={"device_id": gear.device_id},
                        story=f"{gear.name}: the tenant's inventory sync is switched off.")  # fmt: skip
    company = planting.company(22)
    gear = planting.gear(company, device_type="switch", may_carry_id=False)
    record = psa.device_configuration(planting.world, company, gear)
    second = "FCW2719MEMBR2"
    planting.add("psa/configurations", record | {
        "id": planting.next_id("psa/configurations"), "name": f"{gear.name} (member 2)",
        "serialNumber": second})  # fmt: skip
    planting.patch("auvik/devices", gear.device_id, type="stack")
    planting.patch("auvik/devices", gear.device_id, weeks=SINCE_THIRD, serial=second)
    planting.look_alike(
        _DEVICES,
        key={"device_id": gear.device_id},
        story=f"{gear.name}: a stack that failed over; its other member's serial is known too.",
    )
