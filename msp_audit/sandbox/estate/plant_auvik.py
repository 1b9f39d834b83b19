"""Faults of Auvik's inventory sync: tenants, serials, required questions, a dangerous pair of settings."""

from __future__ import annotations

from msp_audit.sandbox.estate import auvik, psa, psa_setup
from msp_audit.sandbox.estate.plant_coverage import add_device
from msp_audit.sandbox.estate.planting import (
    ALWAYS,
    FIRST,
    REOPENED,
    SINCE_SECOND,
    SINCE_THIRD,
    UNTIL_THIRD,
    Planting,
)


def plant(planting: Planting) -> None:
    """Plant all of the theme."""
    _tenants(planting)
    _tenant_look_alikes(planting)
    _serials(planting)
    _serial_look_alikes(planting)
    _questions(planting)
    planting.finding("auvik.rediscovery_hazard", key={"setting": "only_match_active+inactive_on_delete"},
                     weeks=ALWAYS, company="",
                     story="Deleted devices become inactive, and inactive ones are never "
                     "matched again: a rediscovered device gets a second configuration.")  # fmt: skip
    planting.look_alike("auvik.rediscovery_hazard", key={"setting": "managed_only"},
                        story="Managed devices only is set too, and harmless.")  # fmt: skip


def _tenant(planting: Planting, prefix: str, *, name: str | None, kind: str = "client",
            weeks: tuple[int, ...] = ALWAYS) -> str:  # fmt: skip
    tenant_id = str(199_502_786_990_000_001 + 16 * planting.next_id("auvik/tenants"))
    planting.add("auvik/tenants", auvik.tenant_record(tenant_id, prefix=prefix, name=name, kind=kind,
                                                      parent=auvik.ROOT_TENANT), weeks=weeks)  # fmt: skip
    return tenant_id


def _tenants(planting: Planting) -> None:
    for prefix, name, kind, there, managed, story in (
        (
            "ballardboats",
            "Ballard Boat Works",
            "client",
            ALWAYS,
            ALWAYS,
            "monitored since October, never mapped.",
        ),
        ("lumenlab", "Lumen Test Lab", "corporateIt", ALWAYS, UNTIL_THIRD, "unmanaged in the third week."),
        (
            "cedarcoffee",
            "Cedar Coffee Carts",
            "client",
            SINCE_SECOND,
            SINCE_SECOND,
            "new in the second week.",
        ),
        ("fremontyoga", "Fremont Yoga Studio", "client", ALWAYS, REOPENED, "its trial lapsed for one week."),
    ):
        tenant_id = _tenant(planting, prefix, name=name, kind=kind, weeks=there)
        for place in ("sw01", "ap01"):
            device_id = add_device(
                planting, tenant_id, name=f"{prefix}-{place}", weeks=there, is_managed=True
            )
            away = tuple(sorted(set(there) - set(managed)))
            planting.patch("auvik/devices", device_id, weeks=away, managed=False)
        planting.finding("auvik.tenant_unmapped", key={"tenant_id": tenant_id}, weeks=managed, company=name,
                         story=story[0].upper() + story[1:])  # fmt: skip


def _tenant_look_alikes(planting: Planting) -> None:
    rule = "auvik.tenant_unmapped"
    device_id = add_device(planting, auvik.ROOT_TENANT, name="nwi-collector-hub")
    planting.look_alike(rule, key={"tenant_id": auvik.ROOT_TENANT},
                        story="The multi-client tenant is a folder, though it holds a device.")  # fmt: skip
    planting.look_alike("coverage.device_without_configuration", key={"device_id": device_id},
                        story="A device of the multi-client tenant, which maps to no company.")  # fmt: skip
    tenant_id = _tenant(planting, "greenwood", name=None)
    add_device(planting, tenant_id, name="greenwood-sw01", is_managed=False)
    planting.look_alike(
        rule, key={"tenant_id": tenant_id}, story="Not mapped, but none of its devices is managed."
    )
    planting.condition("Tenant without a name", where=f"Auvik tenant {tenant_id}")
    tenant_id = _tenant(planting, "oldtowncafe", name="Old Town Cafe")
    planting.look_alike(rule, key={"tenant_id": tenant_id}, story="Not mapped, but it has no device at all.")


def _serials(planting: Planting) -> None:
    for number, serial, weeks, story in (
        (22, "Default string", ALWAYS, "a white-label switch that nobody gave a serial."),
        (6, "To be filled by O.E.M.", ALWAYS, "an appliance built on a desktop board."),
        (23, "123456789", SINCE_SECOND, "reset to factory values in the second week."),
        (25, "System Serial Number", FIRST, "its firmware was updated in the second week."),
        (9, "0000000", REOPENED, "reads zeros whenever its SNMP card restarts."),
        (15, "1.0", UNTIL_THIRD, "gave its hardware version for a serial until the third week."),
        (25, "0", SINCE_THIRD, "reads 0 since the third week."),
    ):
        company = planting.company(number)
        gear = planting.gear(company)
        planting.patch("auvik/devices", gear.device_id, weeks=weeks, serial=serial)
        planting.finding("auvik.serial_placeholder", key={"device_id": gear.device_id}, weeks=weeks,
                         company=company.name, story=f"{gear.name}: {story}")  # fmt: skip
        if serial == "System Serial Number" and not psa.carries_auvik_id(gear):
            # Three computers of that company have the same filler, and no ID tells the device from them.
            planting.finding("auvik.match_ambiguous", key={"device_id": gear.device_id}, weeks=weeks,
                             company=company.name, story=f"{gear.name}: {story}")  # fmt: skip


def _serial_look_alikes(planting: Planting) -> None:
    rule = "auvik.serial_placeholder"
    for number, serial in ((22, "Unknown"), (23, "N/A"), (25, ""), (6, None), (23, " "), (22, "none")):
        gear = planting.gear(planting.company(number))
        planting.patch("auvik/devices", gear.device_id, serial=serial)
        planting.look_alike(
            rule,
            key={"device_id": gear.device_id},
            story=f"{gear.name}: {serial!r} counts as no serial, so the name is used.",
        )
    gear = planting.gear(planting.company(22), is_managed=False)
    planting.patch("auvik/devices", gear.device_id, serial="Default string")
    planting.look_alike(rule, key={"device_id": gear.device_id}, story=f"{gear.name} is not managed.")


def _questions(planting: Planting) -> None:
    rule = "auvik.question_required"

    def add(id_: int, type_id: int, question: str, *, is_required: bool = True) -> None:
        planting.add("psa/configuration_type_questions", psa_setup.question_record(
            id_, type_id=type_id, question=question, field_type="Text", is_required=is_required))  # fmt: skip

    for id_, type_id, question, weeks, story in (
        (60, 17, "Rack position", ALWAYS, "made required when the data centre moved."),
        (61, 16, "Patch panel", SINCE_SECOND, "made required in the second week."),
        (
            62,
            18,
            "Ceiling or wall",
            FIRST,
            "required until the second week; the map writes the type in lower case.",
        ),
        (63, 22, "Backup target of", REOPENED, "made optional for one week only."),
    ):
        add(id_, type_id, question)
        optional = tuple(sorted(set(ALWAYS) - set(weeks)))
        planting.patch("psa/configuration_type_questions", id_, weeks=optional, requiredFlag=False)
        planting.finding(rule, key={"question_id": id_}, weeks=weeks, company="",
                         story=f"{psa_setup.type_name(type_id)}, {question}: {story}")  # fmt: skip
    planting.look_alike(
        rule, key={"question_id": 48}, story="Seats is required, but Auvik creates no licences."
    )
    add(64, 17, "Old contract number")
    planting.patch("psa/configuration_type_questions", 64, inactiveFlag=True)
    planting.look_alike(rule, key={"question_id": 64}, story="Required, but inactive.")
    add(65, 16, "Colour", is_required=False)
    planting.look_alike(rule, key={"question_id": 65}, story="Of a mapped type, but optional.")
