"""What earlier plantings and the dice left with Automate's agents and tickets, registered as it is found."""

from __future__ import annotations

from collections.abc import Callable

from msp_audit.sandbox.estate import automate
from msp_audit.sandbox.estate.planting import Planting
from msp_audit.sandbox.estate.world import Role


def plant(planting: Planting) -> None:
    """Register it; must come after everything that changes computers, tickets or the ignore list."""
    _agents(planting)
    _tickets(planting)


def _agents(planting: Planting) -> None:
    """Several agents with one serial number, as other plantings left them."""
    serials: list[dict[tuple[int, str], int]] = []
    for week, changes in enumerate(planting.changes):
        counted: dict[tuple[int, str], int] = {}
        rows = changes.over("computers", automate.computers(planting.world, week=week))
        for row in rows:
            serial = str(row["BiosVer"] or "")
            if len(serial) > 4:
                place = (int(row["ClientID"]), serial.upper())
                counted[place] = counted.get(place, 0) + 1
        serials.append(counted)
    for company_serial in sorted({place for counted in serials for place in counted}):
        weeks = tuple(
            week for week, counted in enumerate(serials) if counted.get(company_serial, 0) in (2, 3)
        )
        client_id, serial = company_serial
        if weeks and _identifies(serial):
            planting.finding("mapping.agent_duplicated",
                             key={"client_id": client_id, "serial_number": serial}, weeks=weeks,
                             company="", story="Two agents, one serial number.")  # fmt: skip


def _identifies(serial: str) -> bool:
    return any(sign.isdigit() for sign in serial) and len(set(serial)) > 3 and " " not in serial


def _tickets(planting: Planting) -> None:
    world = planting.world
    unsynced: dict[int, list[int]] = {}
    clients: dict[int, int] = {}
    for week, changes in enumerate(planting.changes):
        for row in changes.over("tickets", automate.tickets(world, week=week)):
            is_ignored = _is_ignored(planting, week)(row["ClientID"])
            if not row["ExternalID"] and not is_ignored:
                unsynced.setdefault(row["TicketID"], []).append(week)
                clients[row["TicketID"]] = row["ClientID"]
    for ticket_id, weeks in unsynced.items():
        planting.finding(
            "mapping.ticket_unsynced",
            key={"ticket_id": ticket_id},
            weeks=tuple(weeks),
            company="",
            story=f"A ticket of client {clients[ticket_id]} that stays in Automate.",
        )
    for kind, sign in (("company not found", 0), ("company status", 1), ("time-out", 2)):
        failing = tuple(
            week
            for week in range(len(planting.changes))
            if any(row["TicketID"] % 3 == sign for row in automate.ticket_failures(world, week=week))
        )
        if failing:
            planting.finding("mapping.ticket_sync_failing", key={"failure_kind": kind}, weeks=failing,
                             company="", story="What the plugin said of several tickets.")  # fmt: skip


def _is_ignored(planting: Planting, week: int) -> Callable[[int], bool]:
    roles = {company.client_id: company.role for company in planting.world.companies()}
    added = planting.changes[week].added.get("plugin_cw_ignoredentities", ())
    clients = {row["LTTargetID"] for row in added if row["TargetType"] == 3}
    return lambda client_id: client_id in clients or roles.get(client_id) is Role.IGNORED
