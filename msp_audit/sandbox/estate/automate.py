"""Automate's side of the estate: physical rows, and the REST answers that describe the same things."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from msp_audit.domain import Record
from msp_audit.sandbox.estate.draw import Kind, draw, mac
from msp_audit.sandbox.estate.vocabulary import STREETS
from msp_audit.sandbox.estate.world import Company, Machine, Role, World

_SUBJECTS = (
    "Disk space low on C:", "Service stopped: Spooler", "Backup failed", "Antivirus out of date",
    "Server offline", "Patch installation failed", "CPU usage high", "Event log: disk errors",
)  # fmt: skip
_FAILURES = (
    "Cannot find company with RecID 0.",
    "The company status does not allow creating tickets.",
    "Timeout expired. The timeout period elapsed prior to completion of the operation.",
)


def sql_time(moment: datetime) -> str:
    """As MySQL writes it."""
    return moment.strftime("%Y-%m-%d %H:%M:%S")


def clients(world: World) -> Iterator[Record]:
    """One row a company; a client knows its PSA company in ``ExternalID`` too."""
    for company in world.companies():
        is_linked = company.role is not Role.IGNORED
        yield {
            "ClientID": company.client_id, "Name": company.name, "Company": company.name, "FirstName": "",
            "LastName": "", "Address1": f"{100 + company.number} {STREETS[company.number % 7]}",
            "Address2": "",
            "City": company.town, "State": "WA", "Zip": f"98{company.number % 900 + 100}", "Country": "USA",
            "Phone": f"206555{company.number % 10000:04d}", "Fax": "", "SupportMins": 0, "Score": 80.5,
            "Flags": 0,
            "ExternalID": str(company.company_id) if is_linked else "",
        }  # fmt: skip


def locations(world: World) -> Iterator[Record]:
    """One row a site."""
    for company in world.companies():
        is_linked = company.role is not Role.IGNORED
        for site in company.sites:
            yield {
                "LocationID": world.location_id(site), "ClientID": company.client_id,
                "Name": world.site_name(company, site=site), "Address": f"{site + 1} {STREETS[site % 7]}",
                "City": company.town, "State": "WA", "Zip": f"98{site % 900 + 100}", "Country": "USA",
                "Phone": "",
                "Fax": "", "Router": "", "RouterPort": 0, "ContactID": 0, "PasswordID": 0, "TemplateID": 1,
                "ExternalID": world.site_id(site) if is_linked else 0,
            }  # fmt: skip


def computers(world: World, *, week: int) -> Iterator[Record]:
    """The agents that are installed at that reading."""
    for company in world.companies():
        for machine in world.machines(company):
            if machine.joins <= week < machine.leaves:
                yield computer(world, company, machine, week=week)


def computer(world: World, company: Company, machine: Machine, *, week: int) -> Record:
    """The agent of *machine* at that reading."""
    reading = world.plan.readings[week]
    silent = world.seconds_silent(machine.number, is_server=machine.is_server)
    if world.flaw(machine.number) == 2:
        silent += 90 * 86_400
    seen = sql_time(reading - timedelta(seconds=silent))
    return {
        "ComputerID": world.computer_id(machine.number), "ClientID": company.client_id,
        "LocationID": world.location_id(machine.site), "ContactID": 0, "Name": machine.name,
        "Domain": f"{company.code.lower()}.local", "Username": machine.user, "LastUsername": machine.user,
        "OS": machine.system, "Version": machine.system_version,
        "ServiceVersion": "250.201" if week < 2 else "250.239", "LocalAddress": machine.ip,
        "RouterAddress": f"198.51.{company.number % 250}.1", "MAC": machine.mac.upper().replace(":", "-"),
        "BiosMFG": machine.maker, "BiosName": machine.model, "BiosVer": machine.serial, "BiosFlash": "1.18.0",
        "AssetTag": "", "AssetDate": None, "WarrantyEnd": None, "Comment": None,
        "TotalMemory": 65_536 if machine.is_server else 16_384, "Uptime": machine.number * 37 % 20_000,
        "Flags": 2048 if machine.is_virtual else 0, "DateAdded": f"{machine.added_on} 15:20:00",
        "LastContact": seen, "LastInventory": seen,
    }  # fmt: skip


def network_devices(world: World, *, week: int) -> Iterator[Record]:
    """The printer that the probe of each site found; ids run beside the computers' on purpose."""
    seen = sql_time(world.plan.readings[week] - timedelta(minutes=14))
    for company in world.companies():
        for site in company.sites:
            yield {
                "DeviceID": 101 + site, "LocationID": world.location_id(site), "ContactID": 0,
                "Name": printer_name(company, site=site), "DeviceType": 7,
                "IPAddress": f"10.{company.number % 250}.{(site - company.sites.start) % 250}.5",
                "MAC": mac(site, prefix="a0481c"), "ManufacturerName": "HP", "ModelName": "LaserJet M507",
                "LastContact": seen, "DateAdded": "2024-03-04 09:00:00",
            }  # fmt: skip


def printer_name(company: Company, *, site: int) -> str:
    """What a site's printer is called in Automate and in the PSA."""
    return f"{company.code}-PRN{site - company.sites.start + 1:02d}"


def retired_assets(world: World, *, week: int) -> Iterator[Record]:
    """Agents that were there at an earlier reading."""
    for company in world.companies() if week else ():
        for machine in world.machines(company):
            if machine.leaves <= week:
                yield {
                    "AssetID": 301 + machine.number, "ComputerID": world.computer_id(machine.number),
                    "ClientID": company.client_id, "LocationID": world.location_id(machine.site),
                    "Name": machine.name, "OS": machine.system,
                    "RetiredDate": sql_time(world.plan.readings[machine.leaves] - timedelta(days=2, hours=9)),
                    "RetireComment": "Replaced, disk wiped",
                }  # fmt: skip


def tickets(world: World, *, week: int) -> Iterator[Record]:
    """A ticket for one computer in twenty."""
    reading = world.plan.readings[week]
    number = 4000
    for company in world.companies():
        for index in range(company.computers.start, company.computers.stop, 20):
            number += 1
            bits = draw(world.seed, Kind.TICKET, index)
            started = reading - timedelta(hours=2 + bits % 500)
            yield {
                "TicketID": number, "ClientID": company.client_id,
                "LocationID": world.location_id(company.sites.start), "ComputerID": world.computer_id(index),
                "Status": 1 + bits % 5, "Priority": 1 + (bits >> 8) % 5,
                "Subject": _SUBJECTS[(bits >> 16) % 8],
                "StartedDate": sql_time(started), "UpdateDate": sql_time(started + timedelta(minutes=45)),
                "ExternalID": 0 if bits >> 20 & 15 == 0 else 70_000 + number,
            }  # fmt: skip


def ticket_failures(world: World, *, week: int) -> Iterator[Record]:
    """Why tickets did not reach the PSA."""
    for ticket in tickets(world, week=week):
        if not ticket["ExternalID"]:
            yield {
                "TicketID": ticket["TicketID"],
                "LastFailureMessage": _FAILURES[ticket["TicketID"] % 3],
                "LastAttempt": ticket["UpdateDate"],
            }


def client_mappings(world: World, *, week: int) -> Iterator[Record]:
    """The plugin's client map: a row for each agreement template, so one or two a client."""
    for company in world.companies():
        if company.role is Role.IGNORED:
            continue
        templates = (5, 7) if company.number % 6 == 1 else (5,)
        for template in templates if company.role is Role.SYNCED else (0,):
            yield {
                "ClientID": company.client_id, "CWCompanyRecID": company.company_id,
                "CWCompanyName": company.name, "ManagedServiceTemplateID": template,
                "CWAgreementRecID": 410 + company.number if template == 5 else None,
                "LastUpdate": sql_time(world.plan.readings[week] - timedelta(hours=4)),
            }  # fmt: skip


def site_mappings(world: World, *, week: int) -> Iterator[Record]:
    """The plugin's site map."""
    updated = sql_time(world.plan.readings[week] - timedelta(hours=4))
    for company in world.companies():
        if company.role is not Role.IGNORED:
            for site in company.sites:
                yield {
                    "LocationID": world.location_id(site), "CWCompanyRecID": company.company_id,
                    "CWSiteRecID": world.site_id(site), "LastUpdate": updated,
                }  # fmt: skip


def ignored_entities(world: World) -> Iterator[Record]:
    """Ignored clients, one contact of each tenth client, and a PSA company that must not become a client."""
    yield {"TargetType": 3, "LTTargetID": None, "CWTargetRecID": 4}
    for company in world.companies():
        if company.role is Role.IGNORED:
            yield {"TargetType": 3, "LTTargetID": company.client_id, "CWTargetRecID": -1}
        if company.number % 10 == 3:
            yield {"TargetType": 13, "LTTargetID": company.client_id, "CWTargetRecID": 10 + company.number}


def asset_syncs(world: World, *, week: int) -> Iterator[Record]:
    """The plugin's record of each asset that it wrote to the PSA."""
    synced = sql_time(world.plan.readings[week] - timedelta(hours=3, minutes=12))
    for company in world.companies():
        if company.role is Role.SYNCED:
            for site in company.sites:
                yield {"TargetType": 4, "LTTargetID": 101 + site,
                       "CWConfigRecID": world.other_configuration_id(site), "LastSync": synced}  # fmt: skip
            for index in world.present(company, week=week):
                if world.flaw(index) != 0:
                    yield {"TargetType": 1, "LTTargetID": world.computer_id(index),
                           "CWConfigRecID": world.computer_configuration_id(index),
                           "LastSync": synced}  # fmt: skip
