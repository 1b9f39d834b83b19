"""Records that contradict each other or have outlived their machine."""

from __future__ import annotations

from msp_audit.domain import Record
from msp_audit.sandbox.estate import psa
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

_CLOSED: Record = {"status": {"id": 2, "name": "Inactive"}, "activeFlag": False}


def plant(planting: Planting) -> None:
    """Plant all of the theme."""
    _duplicates(planting)
    _duplicate_look_alikes(planting)
    _stale(planting)
    _stale_look_alikes(planting)
    _twins(planting)
    _statuses(planting)


def _copy(planting: Planting, company: Company, machine: Machine, *, weeks: tuple[int, ...] = ALWAYS,
          **members: object) -> int:  # fmt: skip
    """A second configuration of a computer, as a technician types it; returns its id."""
    id_ = planting.next_id("psa/configurations")
    record = planting.configuration_of(company, machine)
    typed = {"id": id_, "name": f"{machine.name} ({id_})", "deviceIdentifier": "", "managementLink": None}
    planting.add("psa/configurations", record | typed | members, weeks=weeks)
    return id_


def _duplicates(planting: Planting) -> None:
    for number, weeks, copies, story in (
        (15, ALWAYS, ("{}",), "typed in by hand before the agent synced it."),
        (1, ALWAYS, ("{}", "{}"), "three configurations after two migrations."),
        (
            19,
            SINCE_SECOND,
            ("S/N: {}",),
            "entered a second time in the second week, with S/N: before the serial.",
        ),
        (24, FIRST, ("{} ",), "merged in the second week."),
        (23, UNTIL_THIRD, ("{}",), "merged in the third week."),
    ):
        company = planting.company(number)
        machine = planting.machine(company)
        for text in copies:
            _copy(planting, company, machine, weeks=weeks, serialNumber=text.format(machine.serial))
        _duplicate(planting, company, machine, weeks=weeks, story=story)
    company = planting.company(3)
    machine = planting.machine(company)
    id_ = _copy(planting, company, machine, serialNumber=f"\u00a0{machine.serial.lower()}")
    planting.patch("psa/configurations", id_, weeks=(1,), **_CLOSED)
    _duplicate(
        planting, company, machine, weeks=REOPENED, story="the copy was closed for one week; lower case."
    )
    planting.condition("Serial in lower case after a no-break space", where=f"PSA configuration {id_}")
    company = planting.company(25)
    machine, clone = planting.machine(company), planting.machine(company)
    planting.patch("computers", planting.computer_id(clone), weeks=SINCE_SECOND, BiosVer=machine.serial)
    planting.patch("psa/configurations", planting.configuration_id(clone), weeks=SINCE_SECOND,
                   serialNumber=machine.serial)  # fmt: skip
    _duplicate(
        planting, company, machine, weeks=SINCE_SECOND, story=f"cloned to {clone.name} with its identity."
    )


def _duplicate(
    planting: Planting, company: Company, machine: Machine, *, weeks: tuple[int, ...], story: str
) -> None:
    planting.finding("hygiene.serial_duplicated",
                     key={"company_id": company.company_id, "serial_number": machine.serial}, weeks=weeks,
                     company=company.name, story=f"{machine.name}: {story}")  # fmt: skip


def _duplicate_look_alikes(planting: Planting) -> None:
    rule = "hygiene.serial_duplicated"
    company, other = planting.company(2), planting.company(4)
    machine, twin = planting.machine(company), planting.machine(other)
    planting.patch("computers", planting.computer_id(twin), BiosVer=machine.serial)
    planting.patch("psa/configurations", planting.configuration_id(twin), serialNumber=machine.serial)
    for each in (company, other):
        planting.look_alike(rule, key={"company_id": each.company_id, "serial_number": machine.serial},
                            story="One serial in two companies, once in each.")  # fmt: skip
    company = planting.company(25)
    for placeholder in ("Default string", "To be filled by O.E.M.", "System Serial Number", "0000000"):
        for _ in range(3):
            machine = planting.machine(company)
            planting.patch("computers", planting.computer_id(machine), BiosVer=placeholder)
            planting.patch("psa/configurations", planting.configuration_id(machine), serialNumber=placeholder)
        planting.look_alike(rule, key={"company_id": company.company_id,
                                       "serial_number": placeholder.upper()},
                            story=f"Three configurations share the placeholder {placeholder!r}.")  # fmt: skip
    company = planting.company(16)
    machine = planting.machine(company)
    _copy(planting, company, machine, **_CLOSED)
    planting.look_alike(
        rule,
        key={"company_id": company.company_id, "serial_number": machine.serial},
        story=f"{machine.name}: one of the two is inactive, left by a delete and rediscovery.",
    )


def _stale(planting: Planting) -> None:
    for number, seen, seen_weeks, closed_weeks, weeks, story in (
        (22, "2026-08-14 16:20:00", ALWAYS, (), ALWAYS, "last heard in August, still billed."),
        (23, "2026-09-20 10:00:00", ALWAYS, (), SINCE_SECOND, "passed 45 days in the second week."),
        (25, "2026-09-28 09:00:00", ALWAYS, (), SINCE_THIRD, "passed 45 days in the third week."),
        (6, "2026-08-30 07:45:00", FIRST, (), FIRST, "came back from a drawer in the second week."),
        (
            19,
            "2026-07-01 12:00:00",
            ALWAYS,
            (2,),
            UNTIL_THIRD,
            "its configuration was closed in the third week.",
        ),
        (9, "2026-06-15 12:00:00", ALWAYS, (1,), REOPENED, "its configuration was closed and opened again."),
    ):
        company = planting.company(number)
        machine = planting.machine(company)
        planting.patch("computers", planting.computer_id(machine), weeks=seen_weeks, LastContact=seen)
        planting.patch(
            "psa/configurations", planting.configuration_id(machine), weeks=closed_weeks, **_CLOSED
        )
        planting.finding("hygiene.computer_stale", key={"computer_id": planting.computer_id(machine)},
                         weeks=weeks,
                         company=company.name, story=f"{machine.name}: {story}")  # fmt: skip


def _stale_look_alikes(planting: Planting) -> None:
    for number, seen, is_closed, story in (
        (15, "2026-10-07 12:00:00", False, "silent for 25 to 40 days, not for 45."),
        (24, "2026-05-02 12:00:00", True, "silent for half a year, but its configuration is inactive."),
        (4, "0001-01-01 00:00:00", False, "never in contact: year 1 is a sentinel, not an age."),
        (16, "0000-00-00 00:00:00", False, "never in contact: MySQL's zero date."),
        (7, "1979-01-01 01:01:01", False, "never in contact: Automate's own sentinel."),
        (3, "2031-05-04 12:00:00", False, "its clock is five years ahead."),
    ):
        machine = planting.machine(planting.company(number))
        computer_id = planting.computer_id(machine)
        planting.patch("computers", computer_id, LastContact=seen)
        if is_closed:
            planting.patch("psa/configurations", planting.configuration_id(machine), **_CLOSED)
        planting.look_alike("hygiene.computer_stale", key={"computer_id": computer_id},
                            story=f"{machine.name}: {story}")  # fmt: skip
        if "-0" in seen[:6] or seen[:4] in ("0001", "1979", "2031"):
            planting.condition(f"Last contact {seen}", where=f"Automate computer {computer_id}")


def _twins(planting: Planting) -> None:
    rule = "hygiene.company_twin"
    for company_id, name, there, deleted, story in (
        (8, "BALLARD BOAT WORKS", ALWAYS, SINCE_SECOND, "its second record was deleted, but in capitals."),
        (9, "Fremont Yoga Studio", UNTIL_THIRD, UNTIL_THIRD, "the old record was purged in the third week."),
    ):
        twin = _deleted(planting, name, is_deleted=True)
        planting.add("psa/companies", twin, weeks=there)
        kept_weeks = tuple(sorted(set(there) - set(deleted)))
        planting.patch("psa/companies", twin["id"], weeks=kept_weeks, deletedFlag=False)
        planting.finding(rule, key={"company_id": company_id}, weeks=deleted,
                         company=psa.OTHER_COMPANIES[company_id][1], story=story)  # fmt: skip
    name = "Sunrise 🌅 Bakery"
    kept, other = _deleted(planting, name, is_deleted=False), _deleted(planting, name, is_deleted=True)
    planting.add("psa/companies", kept)
    planting.add("psa/companies", other)
    planting.patch("psa/companies", other["id"], weeks=(1,), deletedFlag=False)
    planting.finding(rule, key={"company_id": kept["id"]}, weeks=REOPENED, company=name,
                     story="Deleted, restored and deleted again; an emoji in both names.")  # fmt: skip
    planting.condition("Emoji in a company name", where=f"PSA company {kept['id']}")
    company = planting.company(24)
    planting.add("psa/companies", _deleted(planting, f"{company.name} LLC", is_deleted=True))
    planting.look_alike(rule, key={"company_id": company.company_id},
                        story="The deleted one is called LLC at the end: another legal person.")  # fmt: skip
    for is_deleted, story in ((True, "Both are deleted."), (False, "Neither is deleted.")):
        name = f"Old Town Cafe {'(closed)' if is_deleted else ''}".strip()
        first, second = (_deleted(planting, name, is_deleted=is_deleted) for _ in range(2))
        planting.add("psa/companies", first)
        planting.add("psa/companies", second)
        planting.look_alike(rule, key={"company_id": second["id"]}, story=f"{name} exists twice. {story}")


def _deleted(planting: Planting, name: str, *, is_deleted: bool) -> Record:
    id_ = planting.next_id("psa/companies")
    record = psa.company_record(id_, identifier=f"Twin{id_}", name=name, town="Seattle", type_id=2)
    return record | {"deletedFlag": is_deleted}


def _statuses(planting: Planting) -> None:
    rule = "hygiene.configuration_status_disagrees"
    shut: Record = {"activeFlag": False}
    open_: Record = {"status": {"id": 2, "name": "Inactive"}}
    for number, members, weeks, story in (
        (15, shut, ALWAYS, "switched off, though its status still says Active."),
        (22, open_, ALWAYS, "its status is Inactive, but it is still active and billed."),
        (4, open_, SINCE_SECOND, "closed by status only in the second week."),
        (25, shut, FIRST, "put right in the second week."),
        (1, shut, REOPENED, "an import sets it right and a sync breaks it again."),
    ):
        company = planting.company(number)
        machine = planting.machine(company)
        id_ = planting.configuration_id(machine)
        planting.patch("psa/configurations", id_, weeks=weeks, **members)
        planting.finding(rule, key={"configuration_id": id_}, weeks=weeks, company=company.name,
                         story=f"{machine.name}: {story}")  # fmt: skip
    for number, members, story in (
        (16, {"status": {"id": 3, "name": "In Stock"}}, "in stock is an open status."),
        (24, {"status": {"id": 4, "name": "Retired"}, "activeFlag": False}, "retired and inactive agree."),
    ):
        machine = planting.machine(planting.company(number))
        id_ = planting.configuration_id(machine)
        planting.patch("psa/configurations", id_, **members)
        planting.look_alike(rule, key={"configuration_id": id_}, story=f"{machine.name}: {story}")
