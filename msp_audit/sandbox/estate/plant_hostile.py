"""Hostile and broken data that no rule reports: it must neither stop a reading nor trip anything."""

from __future__ import annotations

from msp_audit.domain import Record
from msp_audit.sandbox.estate import psa
from msp_audit.sandbox.estate.draw import computer_serial
from msp_audit.sandbox.estate.plant_coverage import add_device
from msp_audit.sandbox.estate.planting import SINCE_THIRD, Planting
from msp_audit.sandbox.estate.sync_planting import note_other_type
from msp_audit.sandbox.estate.world import Company

_DOCK_MAC = "9C-EB-E8-11-22-33"


def plant(planting: Planting) -> None:
    """Plant all of it, in every reading."""
    _configurations(planting)
    _companies(planting)
    _agreements(planting)
    _priorities(planting)
    _computers(planting)
    _serial_pairs(planting)
    _tickets(planting)
    _devices(planting)
    _device_names(planting)


def _configurations(planting: Planting) -> None:
    company = planting.company(9)
    plans: tuple[tuple[str, Record], ...] = (
        ("Name is null", {"name": None}),
        ("NUL in the name", {"name": "Line of business\0server"}),
        ("Serial damaged by a spreadsheet", {"serialNumber": "1.23457E+11"}),
        ("Id as text", {}),
        ("Company id as text", {"company": {"id": str(company.company_id), "name": company.name}}),
        ("Company that does not exist", {"company": {"id": 88888, "identifier": "Gone",
                                                     "name": "Gone Inc."}}),
        ("Site that does not exist", {"site": {"id": 99999, "name": "Demolished"}}),
        ("Type that does not exist", {"type": {"id": 999, "name": "Fax"}}),
        ("_info is null", {"_info": None}),
        ("Warranty date that is no date", {"warrantyExpirationDate": "N/A"}),
        ("Warranty date of year 9999", {"warrantyExpirationDate": "9999-12-31T00:00:00Z"}),
        ("Dates of year 1 and without a zone", {"warrantyExpirationDate": "0001-01-01T00:00:00Z",
                                                "installationDate": "2024-02-30"}),
        ("Two MAC addresses glued together", {"macAddress": "00:15:5D:01:02:0300:15:5D"}),
        ("Serial in the tag number", {"tagNumber": "9QX7K21"}),
        ("Parent that does not exist", {"parentConfigurationId": 424242}),
        ("Unknown members, empty references", {"newMember": {"a": [1, None]}, "manufacturer": {},
                                               "vendor": None}),
        ("Name of 100 letters", {"name": "W" * 100}),
        ("SQL in the name", {"name": "Robert'); drop table findings;--"}),
        ("Surrounded by blanks", {"name": " \u00a0 File  server\u200b "}),
    )  # fmt: skip
    for what, members in plans:
        id_ = _spare(planting, company, what=what)
        planting.patch("psa/configurations", id_, **members)
        if what == "Id as text":
            planting.patch("psa/configurations", id_, id=str(id_))
        planting.condition(what, where=f"PSA configuration {id_}")
    for name in ("Reception printer", "Reception Printer "):
        planting.patch("psa/configurations", _spare(planting, company, what=name), name=name, serialNumber="")
    planting.condition("Made twice by hand, blank serials", where=f"PSA configurations of {company.name}")


def _spare(planting: Planting, company: Company, *, what: str) -> int:
    id_ = planting.next_id("psa/configurations")
    record = psa.configuration(planting.world, id_, company=company, site=company.sites.start,
                               name=f"Spare: {what}",
                               type_id=26, serial=None)  # fmt: skip
    planting.add("psa/configurations", record)
    return id_


def _companies(planting: Planting) -> None:
    plans: tuple[tuple[str, Record], ...] = (
        ("Name and status are null", {"name": None, "status": None, "types": None}),
        ("Name of 156 letters", {"name": "Y" * 156}),
        ("_info and site null, no types", {"_info": None, "site": None, "types": []}),
        ("Flag is null, identifier is empty", {"deletedFlag": None, "identifier": ""}),
    )
    for what, members in plans:
        id_ = planting.next_id("psa/companies")
        record = psa.company_record(id_, identifier=f"Odd{id_}", name=f"Odd {id_}", town="Seattle", type_id=2)
        planting.add("psa/companies", record | members)
        planting.condition(f"Company: {what[0].lower()}{what[1:]}", where=f"PSA company {id_}")
    company = planting.company(9)
    id_ = planting.next_id("psa/sites")
    site = psa.site_record(id_, name="Kiosk \"B\" \\ annex", town="Kirkland",
                           company=psa.company_reference(company),
                           is_primary=False)  # fmt: skip
    planting.add("psa/sites", site | {"id": str(id_), "inactiveFlag": None, "addressLine1": None})
    planting.condition("Site id as text, quotes and a backslash in its name", where=f"PSA site {id_}")


def _agreements(planting: Planting) -> None:
    base = {"type": {"id": 6, "name": "Block Time"}, "startDate": "2025-01-01T00:00:00Z",
            "noEndingDateFlag": False,
            "endDate": "2025-12-31T00:00:00Z", "cancelledFlag": False, "contact": None, "billAmount": 1500.0,
            "_info": {"lastUpdated": None}}  # fmt: skip
    company = psa.company_reference(planting.company(9))
    for id_, members in (
        (9001, {"name": "Odd status", "company": company, "agreementStatus": "OnHold"}),
        (9002, {"name": "Of a deleted company", "company": {"id": 88888, "name": "Gone Inc."},
                "agreementStatus": "Expired"}),
        (9003, {"name": "Cancelled", "company": company, "agreementStatus": "Cancelled",
                "cancelledFlag": True}),
    ):  # fmt: skip
        planting.add("psa/agreements", {"id": id_} | base | members)
    planting.condition("Status that no list names", where="PSA agreement 9001")
    planting.condition("Agreement of a company that does not exist", where="PSA agreement 9002")
    amounts: tuple[tuple[int, float, Record], ...] = (
        (9101, 2.5, {}),
        (9102, -1.0, {}),
        (9103, 4.0, {"cancelledDate": "2026-03-31T00:00:00Z", "agreementStatus": "Cancelled"}),
        (9104, 0.0, {"product": None, "description": None}),
    )
    for id_, quantity, odd in amounts:
        record = psa.addition(
            id_, agreement_id=9001, product="MS-WORKSTATION", product_id=75, quantity=quantity
        )
        planting.add("psa/agreement_additions", record | odd)
    planting.condition(
        "Fractional, negative, cancelled and empty quantities", where="PSA additions 9101 to 9104"
    )


def _priorities(planting: Planting) -> None:
    planting.patch("psa/priorities", 10, color=None, sortOrder=None, defaultFlag=None, level=None, _info=None)
    planting.condition("Nothing but a name", where="PSA priority 10")


def _computers(planting: Planting) -> None:
    company = planting.company(22)
    for _ in range(6):
        planting.patch("computers", planting.computer_id(planting.machine(company)), MAC=_DOCK_MAC)
    planting.condition("One docking station's MAC on six laptops", where=f"computers of {company.name}")
    plans: tuple[tuple[str, Record], ...] = (
        ("Locally administered MAC", {"MAC": "DA-A1-19-00-00-01"}),
        ("Empty MAC, no agent version", {"MAC": "", "ServiceVersion": "0"}),
        ("Zero date as the day it was added", {"DateAdded": "0000-00-00 00:00:00"}),
        (
            "Line break, quotes, comma and backslash",
            {"LastUsername": "a\nb\"c',\\d", "Comment": "one\r\ntwo;\ttab"},
        ),
        ("IPv6 address only", {"LocalAddress": "fe80::1ff:fe23:4567:890a"}),
        ("Address of a network that gave none", {"LocalAddress": "169.254.17.3"}),
        ("Host name in full and in capitals", {"Name": "RECEPTION-2.CORP.EXAMPLE"}),
        (
            "Model that is a placeholder",
            {"BiosName": "System Product Name", "BiosMFG": "System manufacturer"},
        ),
    )
    for what, members in plans:
        machine = planting.machine(company)
        planting.patch("computers", planting.computer_id(machine), **members)
        planting.condition(what, where=f"Automate computer {planting.computer_id(machine)}")
    first, second = planting.machine(company), planting.machine(company)
    for machine, name in ((first, "ACCOUNTING-FRONT-LEFT"), (second, "ACCOUNTING-FRONT-RIGHT")):
        planting.patch("computers", planting.computer_id(machine), Name=name[:15])
        planting.patch("psa/configurations", planting.configuration_id(machine), name=name)
    planting.condition(
        "Two long names that shorten to one of 15 letters",
        where=f"computers {planting.computer_id(first)} and {planting.computer_id(second)}",
    )


def _serial_pairs(planting: Planting) -> None:
    """Serials that differ between the systems; the asset sync record links them all the same."""
    company = planting.company(23)
    for what, here, there in (
        ("Leading zero lost in the PSA", "0042137788", "42137788"),
        ("O and 0 swapped", "5CG0O17KQZ", "5CGO017KQZ"),
        ("Dell tag against express service code", "HV52M12", "38905142534"),
    ):
        machine = planting.machine(company)
        planting.patch("computers", planting.computer_id(machine), BiosVer=here)
        planting.patch("psa/configurations", planting.configuration_id(machine), serialNumber=there)
        planting.condition(what, where=f"Automate computer {planting.computer_id(machine)}")
    machine = planting.machine(company)
    number = planting.configuration_id(machine)
    planting.patch("psa/configurations", number, serialNumber=computer_serial("HP", index=900_001, bits=1))
    planting.condition("Board replaced: same name and MAC, new serial", where=f"PSA configuration {number}")
    old, new = planting.machine(company), planting.machine(company)
    planting.patch("plugin_cw_lastassetsync", (1, planting.computer_id(old)),
                   CWConfigRecID=planting.configuration_id(new))  # fmt: skip
    planting.patch(
        "computers", planting.computer_id(old), BiosVer=new.serial, LastContact="2026-10-14 11:00:00"
    )
    planting.drop("psa/configurations", planting.configuration_id(old))
    planting.condition(
        "Re-imaged: two agents, one serial, one configuration",
        where=f"computers {planting.computer_id(old)} and {planting.computer_id(new)}",
    )


def _tickets(planting: Planting) -> None:
    company = planting.company(22)
    long_subject = "Email from scanner: " + "x" * 235
    for id_, subject, members in (
        (9001, long_subject, {}),
        (9002, "Re: \"quoted\", 'single'\nBcc: all@example.com", {}),
        (9003, "Computer and location are gone", {"ComputerID": 88888, "LocationID": 0, "ExternalID": 0}),
        (9004, "Unknown status", {"Status": 42, "Priority": 0}),
    ):
        planting.add("tickets", {
            "TicketID": id_, "ClientID": company.client_id, "LocationID": company.sites.start + 1,
            "ComputerID": 0,
            "Status": 1, "Priority": 3, "Subject": subject, "StartedDate": "2026-10-30 09:00:00",
            "UpdateDate": "2026-10-30 09:05:00", "ExternalID": 70_000 + id_} | members)  # fmt: skip
    planting.condition(
        "Subject of 255 letters; line break and quotes; dangling ids", where="Automate tickets 9001-9004"
    )


def _devices(planting: Planting) -> None:
    """Each stays linked by its serial."""
    plans: tuple[tuple[int, str, Record], ...] = (
        (22, "60 addresses", {"ips": [f"10.60.0.{number}" for number in range(1, 61)]}),
        (22, "IPv6 addresses only", {"ips": ["2001:db8::17", "fe80::1"]}),
        (22, "No address at all", {"ips": []}),
        (22, "links are null", {"links": None}),
        (22, "Online, but never seen", {"seen": None, "online": "online"}),
        (23, "Seen in the future", {"seen": "2031-01-01T00:00:00.452Z"}),
        (23, "Time with an offset and without colon", {"seen": "2026-10-31T23:10:05.000-0500"}),
        (23, "Class and state that no list names", {"type": "inferredSwitch", "online": "hibernating"}),
        (23, "Null in every member that is required", {"make": None, "model": None, "firmware": None,
                                                        "software": None, "description": None}),
        (25, "Make in another spelling", {"make": "Hewlett Packard Enterprise"}),
        (25, "Class unknown", {"type": "unknown"}),
        (25, "MAC is null", {"mac": None}),
        (25, "MAC of zeros", {"mac": "00:00:00:00:00:00"}),
        (23, "MAC with dots", {"mac": "70db.98aa.1f00"}),
        (23, "EUI-64 for a MAC", {"mac": "70:db:98:ff:fe:aa:1f:01"}),
        (22, "MAC of a VMware host adapter", {"mac": "00:50:56:c0:00:08"}),
        (25, "Serial in lower case with a blank behind it", {}),
    )  # fmt: skip
    for number, what, members in plans:
        company = planting.company(number)
        gear = planting.gear(company)
        planting.patch("auvik/devices", gear.device_id, **members)
        if "type" in members:
            note_other_type(planting, company, gear, carries_id=psa.carries_auvik_id(gear))
        if what.startswith("Serial"):
            planting.patch("auvik/devices", gear.device_id, serial=f"{(gear.serial or '').lower()} ")
        planting.condition(what, where=f"Auvik device {gear.device_id}")


def _device_names(planting: Planting) -> None:
    company = planting.company(6)
    for _ in range(4):
        _rename(planting, company, "ubnt")
    planting.condition(
        "Four devices of one tenant called ubnt", where=f"Auvik tenant {company.domain_prefix}"
    )
    for number in (2, 3, 5, 16, 17):
        _rename(planting, planting.company(number), "fw01", device_type="firewall")
    planting.condition("fw01 at five clients", where="the firewalls of five Auvik tenants")
    tenant = planting.company(24)
    planting.patch(
        "auvik/tenants",
        tenant.tenant_id,
        weeks=SINCE_THIRD,
        attributes={
            "domainPrefix": tenant.domain_prefix,
            "tenantType": "client",
            "name": f"{tenant.name} (moved)",
        },
    )
    planting.condition("Tenant renamed in the third week", where=f"Auvik tenant {tenant.domain_prefix}")
    company = planting.company(22)
    for name in ("iPhone", "iPhone", "NPI3F2A1C", "localhost", "10.22.0.77"):
        add_device(planting, company.tenant_id, name=name, is_managed=False,
                   type="phone" if name == "iPhone" else
                   "unknown", serial=None, make=None, model=None)  # fmt: skip
    planting.condition(
        "Generic names and a name that is an address", where=f"Auvik tenant {company.domain_prefix}"
    )


def _rename(planting: Planting, company: Company, name: str, *, device_type: str | None = None) -> None:
    gear = planting.gear(company, device_type=device_type)
    planting.patch("auvik/devices", gear.device_id, name=name)
    planting.patch("psa/configurations", planting.world.device_configuration_id(gear.number), name=name)
