"""The PSA's side of the estate: records as its lists answer them."""

from __future__ import annotations

from collections.abc import Iterator

from msp_audit.domain import Record
from msp_audit.sandbox.estate import psa_setup
from msp_audit.sandbox.estate.automate import printer_name
from msp_audit.sandbox.estate.draw import mac
from msp_audit.sandbox.estate.plan import stamp
from msp_audit.sandbox.estate.vocabulary import MAKES, STREETS
from msp_audit.sandbox.estate.world import Company, Gear, Machine, Role, World

_ACTIVE = {"id": 1, "name": "Active"}
_RETIRED = {"id": 4, "name": "Retired"}
_TYPES = {1: "Client", 2: "Prospect", 3: "Vendor", 4: "Owner", 5: "Former Client"}
#: PSA companies that no system but the PSA knows: id -> identifier, name, type, status id and name.
OTHER_COMPANIES: dict[int, tuple[str, str, int, int, str]] = {
    1: ("Catchall", "Catchall (for email connector)", 4, 1, "Active"),
    3: ("DellTech", "Dell Technologies", 3, 1, "Active"),
    4: ("IngramMicro", "Ingram Micro", 3, 1, "Active"),
    5: ("TDSynnex", "TD SYNNEX", 3, 1, "Active"),
    6: ("Pax8", "Pax8", 3, 1, "Active"),
    7: ("Comcast", "Comcast Business", 3, 1, "Active"),
    8: ("BallardBoats", "Ballard Boat Works", 2, 3, "Not Approved"),
    9: ("FremontYoga", "Fremont Yoga Studio", 2, 1, "Active"),
    10: ("Greenwood", "Greenwood Hardware", 5, 2, "Inactive"),
}


def company_info() -> Record:
    """What the server says about itself before a login."""
    return {
        "CompanyName": "Northwind Managed IT", "Codebase": "v2026_4/", "VersionCode": "v2026.4",
        "VersionNumber": "v4_6_release", "CompanyID": "northwind", "IsCloud": False, "SiteUrl": None,
    }  # fmt: skip


def company_reference(company: Company) -> Record:
    """How other records name a company."""
    return {"id": company.company_id, "identifier": company.code, "name": company.name}


def _info(entered: str, *, by: str = "labtech") -> Record:
    return {"lastUpdated": "2026-10-28T09:15:00Z", "updatedBy": by, "dateEntered": entered, "enteredBy": by}


def company_record(
    company_id: int, *, identifier: str, name: str, town: str, type_id: int = 1, status: tuple[int,
        str] = (1, "Active"),
    site_id: int | None = None,
) -> Record:  # fmt: skip
    """One company in the shape of the list."""
    return {
        "id": company_id, "identifier": identifier, "name": name, "status": {"id": status[0],
            "name": status[1]},
        "addressLine1": f"{100 + company_id % 800} {STREETS[company_id % 7]}", "city": town, "state": "WA",
        "zip": f"98{company_id % 900 + 100}", "phoneNumber": f"206555{company_id % 10000:04d}",
        "territory": {"id": 11, "name": "Seattle"}, "parentCompany": None, "deletedFlag": False,
        "isVendorFlag": type_id == 3, "types": [{"id": type_id, "name": _TYPES[type_id]}],
        "site": {"id": site_id, "name": "Main Office"} if site_id else None, "customFields": [],
        "_info": _info("2021-03-01T17:00:00Z", by="jolsen"),
    }  # fmt: skip


def companies(world: World) -> Iterator[Record]:
    """Vendors and prospects around the clients, by id: the MSP is company 2."""
    for company_id, (identifier, name, type_id, status_id, status) in OTHER_COMPANIES.items():
        if company_id == 3:
            yield _client_company(world, world.company(0))
        yield company_record(company_id, identifier=identifier, name=name, town="Seattle", type_id=type_id,
                             status=(status_id, status))  # fmt: skip
    for index in range(1, world.plan.companies):
        yield _client_company(world, world.company(index))


def _client_company(world: World, company: Company) -> Record:
    record = company_record(company.company_id, identifier=company.code, name=company.name, town=company.town,
                            type_id=1 if company.number else 4,
                            site_id=world.site_id(company.sites.start))  # fmt: skip
    if company.number % 15 == 2:
        record["parentCompany"] = company_reference(world.company(company.number - 1))
    if company.role is Role.IGNORED:
        record["types"] = [{"id": 2, "name": "Prospect"}]
        record["status"] = {"id": 3, "name": "Not Approved"}
    return record


def sites(world: World) -> Iterator[Record]:
    """Every company's sites; the first is the primary one."""
    for company in world.companies():
        for site in company.sites:
            yield site_record(world.site_id(site), name=world.site_name(company, site=site),
                              town=company.town,
                              company=company_reference(company),
                              is_primary=site == company.sites.start)  # fmt: skip


def site_record(site_id: int, *, name: str, town: str, company: Record, is_primary: bool) -> Record:
    """One site in the shape of the nested list."""
    return {
        "id": site_id, "name": name, "addressLine1": f"{site_id % 900 + 1} {STREETS[site_id % 7]}",
        "city": town,
        "stateReference": {"id": 48, "identifier": "WA", "name": "Washington"},
        "zip": f"98{site_id % 900 + 100}",
        "primaryAddressFlag": is_primary, "inactiveFlag": False, "company": company,
        "_info": {"lastUpdated": "2025-05-05T12:00:00Z", "updatedBy": "jolsen"},
    }  # fmt: skip


def configurations(world: World, *, week: int) -> Iterator[Record]:
    """By id: what computers, Auvik devices and the PSA alone have."""
    known = [company for company in world.companies() if company.role is not Role.IGNORED]
    for company in known:
        for machine in world.machines(company):
            if machine.joins <= week and world.flaw(machine.number) != 1:
                yield computer_configuration(world, company, machine, week=week)
    for company in known:
        for gear in world.gear(company):
            if gear.is_managed and not gear.machine and world.flaw(gear.number) != 0:
                yield device_configuration(world, company, gear)
    for company in known:
        for site in company.sites:
            yield _printer(world, company, site=site)
    yield from (_licence(world, company) for company in known)


def configuration(
    world: World, configuration_id: int, *, company: Company, site: int, name: str | None, type_id: int,
    serial: str | None
) -> Record:  # fmt: skip
    """The members that every configuration has; without questions."""
    return {
        "id": configuration_id, "name": name, "type": {"id": type_id, "name": psa_setup.type_name(type_id)},
        "status": _ACTIVE, "company": company_reference(company),
        "site": {"id": world.site_id(site), "name": world.site_name(company, site=site)},
        "deviceIdentifier": "", "serialNumber": serial, "modelNumber": None, "tagNumber": "",
        "installationDate": "2024-05-06T00:00:00Z", "warrantyExpirationDate": None, "macAddress": None,
        "billFlag": True, "ipAddress": None, "osType": None, "parentConfigurationId": None, "vendor": None,
        "manufacturer": None, "activeFlag": True, "managementLink": None, "showAutomateFlag": False,
        "_info": _info("2024-05-06T18:30:00Z"),
    }  # fmt: skip


def manufacturer(manufacturer_id: int) -> Record:
    """Reference to a manufacturer."""
    return {"id": manufacturer_id, "name": psa_setup.MANUFACTURERS[manufacturer_id]}


def computer_configuration(world: World, company: Company, machine: Machine, *, week: int) -> Record:
    """What the plugin writes for a computer; retired once the agent has gone."""
    type_id = 14 if machine.is_server else 15
    record = configuration(world, world.computer_configuration_id(machine.number), company=company,
                           site=machine.site,
                           name=machine.name, type_id=type_id, serial=machine.serial)  # fmt: skip
    computer_id = world.computer_id(machine.number)
    record["deviceIdentifier"] = str(computer_id)
    record["modelNumber"] = machine.model
    record["installationDate"] = f"{machine.added_on}T00:00:00Z"
    record["warrantyExpirationDate"] = f"{int(machine.added_on[:4]) + 4}{machine.added_on[4:8]}01T00:00:00Z"
    record["macAddress"] = machine.mac.upper()
    record["ipAddress"] = machine.ip
    record["osType"] = machine.system
    record["manufacturer"] = manufacturer(machine.manufacturer_id)
    record["managementLink"] = f"https://automate.northwind.example/automate/computer/{computer_id}"
    record["showAutomateFlag"] = True
    if machine.manufacturer_id == 1:
        record["vendor"] = {"id": 3, "identifier": "DellTech", "name": "Dell Technologies"}
    if machine.leaves <= week:
        record["status"] = _RETIRED
        record["activeFlag"] = False
    elif world.flaw(machine.number) == 3:
        record["activeFlag"] = False
    if machine.is_server and machine.number % 5 == 0:
        record["questions"] = [
            _answer(record["id"], question_id=40, answer="Veeam"),
            _answer(record["id"], question_id=41, answer=True),
        ]
    return record


def device_configuration(world: World, company: Company, gear: Gear) -> Record:
    """What Auvik's sync makes of a managed device."""
    record = configuration(world, world.device_configuration_id(gear.number), company=company,
                           site=company.sites.start, name=gear.name, type_id=gear.type_id,
                           serial=gear.serial)  # fmt: skip
    record["modelNumber"] = gear.model
    record["macAddress"] = gear.mac.upper()
    record["ipAddress"] = gear.ip
    record["manufacturer"] = manufacturer(MAKES[gear.make])
    record["managementLink"] = f"https://us1.my.auvik.com/#device/{gear.device_id}"
    if carries_auvik_id(gear):
        asked = _questions_of(gear)
        answers = {"Auvik ID": gear.device_id, "Warranty end": "2028-06-30T00:00:00Z", "Port count": 24}
        record["questions"] = [
            _answer(record["id"], question_id=id_, answer=answers.get(psa_setup.QUESTIONS[id_][1]))
            for id_ in asked
        ]
    return record


def carries_auvik_id(gear: Gear) -> bool:
    """Whether its configuration answers the question for Auvik's id: every third of the types that ask."""
    return bool(_questions_of(gear)) and gear.number % 3 == 0


def _questions_of(gear: Gear) -> list[int]:
    return [id_ for id_, (type_id, *_) in psa_setup.QUESTIONS.items() if type_id == gear.type_id]


def _answer(configuration_id: int, *, question_id: int, answer: object) -> Record:
    _, question, field_type, is_required = psa_setup.QUESTIONS[question_id]
    return {
        "answerId": configuration_id * 10 + question_id % 10, "questionId": question_id, "question": question,
        "answer": answer, "sequenceNumber": float(question_id - 39), "numberOfDecimals": 0,
        "fieldType": field_type, "requiredFlag": is_required,
    }  # fmt: skip


def _printer(world: World, company: Company, *, site: int) -> Record:
    record = configuration(world, world.other_configuration_id(site), company=company, site=site,
                           name=printer_name(company, site=site), type_id=21,
                           serial=f"VNB3{site:06d}")  # fmt: skip
    record["modelNumber"] = "LaserJet M507"
    record["macAddress"] = mac(site, prefix="a0481c").upper()
    record["manufacturer"] = manufacturer(2)
    return record


def _licence(world: World, company: Company) -> Record:
    id_ = world.other_configuration_id(world.plan.sites + company.number)
    record = configuration(world, id_, company=company, site=company.sites.start,
                           name="Microsoft 365 Business Premium", type_id=24, serial=None)  # fmt: skip
    record["questions"] = [_answer(id_, question_id=48, answer=len(company.computers))]
    record["_info"] = _info("2023-09-01T10:00:00Z", by="jolsen")
    return record


def agreements(world: World) -> Iterator[Record]:
    """One managed services agreement for every client with a template."""
    for company in world.companies():
        if company.role is Role.SYNCED:
            yield {
                "id": 410 + company.number, "name": f"{company.code} Managed Services",
                "type": {"id": 5, "name": "Managed Services"}, "company": company_reference(company),
                "contact": {"id": 3000 + company.number, "name": "Office Manager"},
                "startDate": "2024-01-01T00:00:00Z", "endDate": None, "noEndingDateFlag": True,
                "cancelledFlag": False, "billAmount": 0.0, "agreementStatus": "Active",
                "_info": _info("2023-12-11T10:00:00Z", by="jolsen"),
            }  # fmt: skip


def agreement_additions(world: World) -> Iterator[Record]:
    """Servers, workstations and network gear, billed by number."""
    for company in world.companies():
        if company.role is Role.SYNCED:
            counts = (
                ("MS-SERVER", 74, company.servers),
                ("MS-WORKSTATION", 75, len(company.computers) - company.servers),
                (
                    "MS-NETWORK",
                    76,
                    sum(1 for gear in world.gear(company) if gear.is_managed and not gear.machine),
                ),
            )
            for place, (product, product_id, quantity) in enumerate(counts):
                yield addition(2000 + 3 * company.number + place, agreement_id=410 + company.number,
                               product=product,
                               product_id=product_id, quantity=float(quantity))  # fmt: skip


def addition(id_: int, *, agreement_id: int, product: str, product_id: int, quantity: float) -> Record:
    """One addition of an agreement."""
    return {
        "id": id_, "product": {"id": product_id, "identifier": product}, "quantity": quantity,
        "lessIncluded": 0.0,
        "unitPrice": 95.0 if product == "MS-SERVER" else 28.0, "billCustomer": "Billable",
        "effectiveDate": "2024-01-01T00:00:00Z", "cancelledDate": None, "agreementId": agreement_id,
        "description": {"MS-SERVER": "Managed server", "MS-WORKSTATION": "Managed workstation"}.get(
            product, "Managed network device"
        ),
        "agreementStatus": "Active", "_info": _info("2023-12-11T10:05:00Z", by="jolsen"),
    }  # fmt: skip


def management_summaries(world: World) -> Iterator[Record]:
    """Automate's group of each company and its counts."""
    for company in world.companies():
        if company.role is Role.SYNCED:
            workstations = len(company.computers) - company.servers
            yield {
                "id": 600 + company.number,
                "managementSolution": {"id": 3, "name": "Automate", "setupName": "Automate"},
                "groupIdentifier": str(company.client_id), "deviceType": "WorkstationsAndServers",
                "agreement": {"id": 410 + company.number, "name": f"{company.code} Managed Services",
                              "type": "Managed Services"},
                "totalServers": company.servers, "totalWorkstations": workstations,
                "totalManagedMachines": company.servers + workstations, "company": company_reference(company),
                "_info": {"lastUpdated": stamp(world.plan.readings[0])},
            }  # fmt: skip
