"""What the other plantings mean for the rules that see several systems."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from msp_audit.domain import Record
from msp_audit.sandbox.estate import automate, psa
from msp_audit.sandbox.estate.planting import ALWAYS, SINCE_THIRD, UNTIL_THIRD, Planting
from msp_audit.sandbox.estate.world import Role


def plant(planting: Planting) -> None:
    """Plant all of the theme; after the others, whose consequences it notes."""
    _fed_twice(planting)
    _companies_gone(planting)
    _consequences(planting)
    _maker_and_stack(planting)
    _spares(planting)
    _billed(planting)


def _fed_twice(planting: Planting) -> None:
    """Servers that both systems write, and their makers, which have no make mapping."""
    world = planting.world
    makers: Counter[str] = Counter()
    for company in world.companies():
        if company.number == 27:
            continue
        gears = [one for one in world.gear(company) if one.machine and one.is_managed]
        makers.update(one.make.lower() for one in gears)
        if gears and company.role is Role.SYNCED:
            planting.finding(
                "auvik.configurations_fed_twice",
                key={"company_id": company.company_id},
                weeks=ALWAYS,
                company=company.name,
                story="Its servers are synced by the plugin and by Auvik.",
            )
    planting.look_alike(
        "auvik.configurations_fed_twice",
        key={"company_id": planting.company(13).company_id},
        story="The plugin syncs nothing of this client.",
    )
    for make, count in makers.items():
        if count >= 5:
            planting.finding(
                "auvik.make_unmapped",
                key={"make_key": make},
                weeks=ALWAYS,
                company="",
                story=f"{count} servers of this make are synced, and it is not mapped.",
            )
    planting.look_alike("auvik.make_unmapped", key={"make_key": "cisco"}, story="Mapped.")


def _companies_gone(planting: Planting) -> None:
    for company in planting.world.companies():
        if company.role is Role.IGNORED:
            continue

        def is_gone(week: int, id_: int = company.company_id) -> bool:
            changes = planting.changes[week]
            members = changes.patched.get("psa/companies", {}).get(id_, {})
            status = members.get("status") or {}
            dropped = changes.dropped.get("psa/companies", set())
            return id_ in dropped or bool(members.get("deletedFlag")) or status.get("id") == 2

        weeks = _weeks(planting, is_gone)
        if weeks:
            planting.finding(
                "auvik.company_gone",
                key={"tenant_id": company.tenant_id},
                weeks=weeks,
                company=company.name,
                story="The tenant stays mapped to a company that is deleted or inactive.",
            )
    planting.look_alike(
        "auvik.company_gone", key={"tenant_id": planting.company(1).tenant_id}, story="Alive."
    )


def _consequences(planting: Planting) -> None:
    """What faults of the other themes mean for the rules that see both inventories."""
    world = planting.world
    for one in list(planting.findings):
        if one.rule == "sync.asset_unsynced" and "stands under" in one.story:
            number = int(one.key["computer_id"]) - world.computer_id(0)
            planting.finding(
                "identity.asset_moved", key=one.key, weeks=one.weeks, company=one.company, story=one.story
            )
            planting.finding(
                "coverage.configuration_without_computer",
                key={"configuration_id": world.computer_configuration_id(number)},
                weeks=one.weeks,
                company=one.company,
                story=one.story,
            )
        if one.rule == "coverage.device_without_configuration" and "its address is its name" in one.story:
            company = next(each for each in world.companies() if each.name == one.company)
            gear = next(each for each in world.gear(company) if each.device_id == one.key["device_id"])
            for rule in ("auvik.device_name_generic", "auvik.mac_matches_unmatched"):
                planting.finding(rule, key=one.key, weeks=one.weeks, company=one.company, story=one.story)
            planting.finding(
                "coverage.configuration_without_device",
                key={"configuration_id": world.device_configuration_id(gear.number)},
                weeks=one.weeks,
                company=one.company,
                story=one.story,
            )


def _maker_and_stack(planting: Planting) -> None:
    world = planting.world
    for company in world.companies():
        for gear in world.gear(company):
            make = planting.changes[0].patched.get("auvik/devices", {}).get(gear.device_id, {}).get("make")
            if make == "Hewlett Packard Enterprise":
                planting.finding(
                    "auvik.manufacturer_differs",
                    key={"configuration_id": world.device_configuration_id(gear.number)},
                    weeks=ALWAYS,
                    company=company.name,
                    story=f"{gear.name}: Auvik calls its maker by another name.",
                )
    for one_like in list(planting.look_alikes):
        if "a stack that failed over" in one_like.story:
            company = planting.company(22)
            second = next(
                record["id"]
                for record in planting.changes[0].added["psa/configurations"]
                if str(record["name"]).endswith("(member 2)")
            )
            planting.finding(
                "auvik.identifiers_disagree",
                key=one_like.key,
                weeks=SINCE_THIRD,
                company=company.name,
                story="A stack that failed over: serial number and name now differ.",
            )
            planting.finding(
                "coverage.configuration_without_device",
                key={"configuration_id": second},
                weeks=UNTIL_THIRD,
                company=company.name,
                story="The second member of a stack, which Auvik shows as one.",
            )


def _spares(planting: Planting) -> None:
    """Odd records of a network type that Auvik has never seen."""
    company = planting.company(9)
    for record in planting.changes[0].added.get("psa/configurations", ()):
        final = record | planting.changes[0].patched.get("psa/configurations", {}).get(record["id"], {})
        if final["type"]["id"] == 26 and str(final["company"]["id"]) == str(company.company_id):
            planting.finding(
                "coverage.configuration_without_device",
                key={"configuration_id": record["id"]},
                weeks=ALWAYS,
                company=company.name,
                story="A spare that Auvik has never seen.",
            )


def _billed(planting: Planting) -> None:
    """Counted over the rows as they are written: what is billed and what was in contact for 30 days."""
    world = planting.world
    found: dict[int, list[int]] = {}
    for week, reading in enumerate(world.plan.readings):
        changes = planting.changes[week]
        mapped: dict[int, set[int]] = {}
        for row in changes.over("plugin_cw_clientmapping", automate.client_mappings(world, week=week)):
            if row["CWCompanyRecID"] and int(row["CWCompanyRecID"]) > 0:
                mapped.setdefault(int(row["ClientID"]), set()).add(int(row["CWCompanyRecID"]))
        present: Counter[int] = Counter()
        for row in changes.over("computers", automate.computers(world, week=week)):
            if _is_present(row, reading=reading):
                present.update(mapped.get(int(row["ClientID"]), ()))
        for company_id, billed in _billed_quantities(planting, week=week).items():
            difference = abs(billed - present[company_id])
            if present[company_id] and difference > max(1, 0.05 * present[company_id]):
                found.setdefault(company_id, []).append(week)
    for company_id, weeks in found.items():
        planting.finding(
            "coverage.billed_computers_differ",
            key={"company_id": company_id},
            weeks=tuple(weeks),
            company="",
            story="Computers came, went or moved, and the agreement stayed as it was.",
        )


def _weeks(planting: Planting, holds: Callable[[int], bool]) -> tuple[int, ...]:
    return tuple(week for week in range(len(planting.changes)) if holds(week))


def _is_present(row: Record, *, reading: datetime) -> bool:
    text = str(row["LastContact"])
    if text < "1980":
        return False
    return datetime.fromisoformat(text).replace(tzinfo=UTC) >= reading - timedelta(days=30)


def _billed_quantities(planting: Planting, *, week: int) -> dict[int, float]:
    world, changes = planting.world, planting.changes[week]
    owners = {
        record["id"]: record["company"]["id"]
        for record in changes.over("psa/agreements", psa.agreements(world))
        if record["agreementStatus"] == "Active" and not record["cancelledFlag"]
    }
    billed: dict[int, float] = {}
    for record in changes.over("psa/agreement_additions", psa.agreement_additions(world)):
        product = ((record["product"] or {}).get("identifier") or "").lower()
        if record["agreementId"] in owners and ("server" in product or "workstation" in product):
            company_id = int(owners[record["agreementId"]])
            billed[company_id] = billed.get(company_id, 0) + record["quantity"] - record["lessIncluded"]
    return billed
