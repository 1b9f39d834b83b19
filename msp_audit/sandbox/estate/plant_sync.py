"""Clients, locations and assets that the Manage plugin does not sync."""

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
from msp_audit.sandbox.estate.world import Company, Machine, Role

HOSTILE_CLIENT = "<script>alert(1)</script>"
HOSTILE_LOCATION = "=cmd|'/c calc'!A1"


def plant(planting: Planting) -> None:
    """Plant all of the theme."""
    _clients(planting)
    _locations(planting)
    _assets(planting)
    _asset_look_alikes(planting)


def add_client(
    planting: Planting, name: str, *, external_id: str | None = None, weeks: tuple[int, ...] = ALWAYS
) -> tuple[int, int]:
    """A client with one location; returns both ids. Unmapped unless the caller maps it."""
    client_id, location_id = planting.next_id("clients"), planting.next_id("locations")
    place = {"City": "Seattle", "State": "WA", "Zip": "98101", "Country": "USA", "Phone": "", "Fax": ""}
    planting.add(
        "clients",
        {"ClientID": client_id, "Name": name, "Company": name, "FirstName": "", "LastName": "",
         "Address1": "1 Pine St", "Address2": "", "SupportMins": 0, "Score": None, "Flags": 0,
         "ExternalID": external_id, **place},
        weeks=weeks,
    )  # fmt: skip
    planting.add(
        "locations",
        {"LocationID": location_id, "ClientID": client_id, "Name": "Main Office", "Address": "1 Pine St",
         "Router": "", "RouterPort": 0, "ContactID": 0, "PasswordID": 0, "TemplateID": 1, "ExternalID": 0,
         **place},
        weeks=weeks,
    )  # fmt: skip
    return client_id, location_id


def client_mapping(client_id: int, company_id: int, *, template: int | None = 5) -> Record:
    """One row of the client map."""
    return {"ClientID": client_id, "CWCompanyRecID": company_id, "CWCompanyName": None,
            "ManagedServiceTemplateID": template, "CWAgreementRecID": None,
            "LastUpdate": "2026-10-30 11:00:00"}  # fmt: skip


def site_mapping(location_id: int, site_id: int, *, company_id: int | None = None) -> Record:
    """One row of the site map."""
    return {"LocationID": location_id, "CWCompanyRecID": company_id, "CWSiteRecID": site_id,
            "LastUpdate": "2026-10-30 11:00:00"}  # fmt: skip


def _clients(planting: Planting) -> None:
    rule = "sync.client_unsynced"

    def found(client_id: int, name: str, weeks: tuple[int, ...], story: str) -> None:
        planting.finding(rule, key={"client_id": client_id}, weeks=weeks, company=name, story=story)

    name = psa.OTHER_COMPANIES[8][1]
    client_id, _ = add_client(planting, name, external_id="8")
    found(client_id, name, ALWAYS, "Signed in October; the agents are out, but nobody mapped the client.")
    client_id, _ = add_client(planting, HOSTILE_CLIENT, weeks=SINCE_SECOND)
    found(
        client_id, HOSTILE_CLIENT, SINCE_SECOND, "A client whose name is a script, added in the second week."
    )
    planting.condition("Client name that is HTML", where=f"Automate client {client_id}")

    name = psa.OTHER_COMPANIES[9][1]
    client_id, location_id = add_client(planting, name, external_id="0")
    site_id = planting.next_id("psa/sites")
    yoga = {"id": 9, "identifier": "FremontYoga", "name": name}
    planting.add("psa/sites", psa.site_record(site_id, name="Main Office", town="Seattle", company=yoga,
                                              is_primary=True))  # fmt: skip
    planting.add("plugin_cw_clientmapping", client_mapping(client_id, 9, template=0), weeks=SINCE_THIRD)
    planting.add("plugin_cw_sitemapping", site_mapping(location_id, site_id), weeks=SINCE_THIRD)
    found(client_id, name, UNTIL_THIRD, "A trial client that was mapped when it signed, in the third week.")

    name = psa.OTHER_COMPANIES[10][1]
    client_id, location_id = add_client(planting, name, external_id="")
    planting.add("plugin_cw_clientmapping", client_mapping(client_id, 0, template=None))
    planting.patch("plugin_cw_clientmapping", client_id, weeks=(1,), CWCompanyRecID=10)
    planting.add("plugin_cw_sitemapping", site_mapping(location_id, 900, company_id=10))
    found(
        client_id,
        name,
        REOPENED,
        "The map row stands, but its company is 0; it was filled in for one week only.",
    )

    name = "Lumen Test Lab"
    client_id, _ = add_client(planting, name)
    planting.add("plugin_cw_clientmapping", client_mapping(client_id, -1))
    planting.add("plugin_cw_ignoredentities", {"TargetType": 2, "LTTargetID": client_id, "CWTargetRecID": -1})
    planting.add("plugin_cw_ignoredentities", {"TargetType": 3, "LTTargetID": client_id, "CWTargetRecID": -1},
                 weeks=SINCE_SECOND)  # fmt: skip
    found(client_id, name, FIRST,
          "Mapped to company -1, and it is the location of the same id that was ignored; "
          "put right in the second week.")  # fmt: skip
    _location_of_that_id(planting, client_id)
    _client_look_alikes(planting)


def _location_of_that_id(planting: Planting, location_id: int) -> None:
    """Where chance gave that location to a mapped client, it is ignored and mapped at once."""
    site = location_id - planting.world.location_id(0)
    owner = next((each for each in planting.world.companies() if site in each.sites), None)
    if owner is not None and owner.role is not Role.IGNORED:
        planting.finding("mapping.location_ignored_and_mapped", key={"location_id": location_id},
                         weeks=ALWAYS, company=owner.name,
                         story="Ignored by mistake: a client of the same id was meant.")  # fmt: skip


def _client_look_alikes(planting: Planting) -> None:
    rule = "sync.client_unsynced"
    ignored, doubled, zeroed = (planting.company(number) for number in (14, 1, 5))
    planting.look_alike(rule, key={"client_id": ignored.client_id},
                        story=f"{ignored.name} is not mapped, but ignored on purpose.")  # fmt: skip
    planting.look_alike(
        rule,
        key={"client_id": doubled.client_id},
        story=f"{doubled.name} has two map rows, one for each agreement template.",
    )
    planting.add("plugin_cw_clientmapping", client_mapping(zeroed.client_id, 0, template=None))
    planting.look_alike(rule, key={"client_id": zeroed.client_id},
                        story=f"{zeroed.name} has a map row with company 0 beside its good one.")  # fmt: skip
    planting.add("plugin_cw_clientmapping", client_mapping(9999, planting.company(7).company_id))
    planting.look_alike(
        rule, key={"client_id": 9999}, story="A map row whose client was deleted: nothing to map."
    )
    planting.condition("Map row of a deleted client", where="plugin_cw_clientmapping, ClientID 9999")


def _locations(planting: Planting) -> None:
    rule = "sync.location_unsynced"
    plans = (
        (9, ALWAYS, "drop", "A branch opened in summer; its site was never mapped."),
        (22, SINCE_THIRD, "drop", "The site map row was lost in the third week."),
        (23, FIRST, "drop", "Mapped in the second week."),
        (25, REOPENED, "zero", "The map row's site is 0 again after one good week."),
        (6, ALWAYS, "ignored", "Only the network device of the same id is ignored, not this location."),
    )
    for number, weeks, way, story in plans:
        company = planting.company(number)
        site = planting.site(company)
        location_id = planting.world.location_id(site)
        if way == "zero":
            planting.patch("plugin_cw_sitemapping", location_id, weeks=weeks, CWSiteRecID=0)
        else:
            planting.drop("plugin_cw_sitemapping", location_id, weeks=weeks)
        if way == "ignored":
            planting.add("plugin_cw_ignoredentities",
                         {"TargetType": 4, "LTTargetID": location_id, "CWTargetRecID": None})  # fmt: skip
        planting.finding(
            rule, key={"location_id": location_id}, weeks=weeks, company=company.name, story=story
        )
    company = planting.company(22)
    location_id = planting.world.location_id(planting.site(company))
    planting.patch("locations", location_id, Name=HOSTILE_LOCATION)
    planting.drop("plugin_cw_sitemapping", location_id)
    planting.finding(rule, key={"location_id": location_id}, weeks=ALWAYS, company=company.name,
                     story="A location named like a spreadsheet formula, never mapped.")  # fmt: skip
    planting.condition(
        "Name that is a live formula in a spreadsheet", where=f"Automate location {location_id}"
    )
    _location_look_alikes(planting)


def _location_look_alikes(planting: Planting) -> None:
    rule = "sync.location_unsynced"
    company = planting.company(23)
    site = planting.site(company)
    location_id = planting.world.location_id(site)
    planting.drop("plugin_cw_sitemapping", location_id)
    planting.add(
        "plugin_cw_ignoredentities", {"TargetType": 2, "LTTargetID": location_id, "CWTargetRecID": -1}
    )
    planting.look_alike(
        rule, key={"location_id": location_id}, story="A closed branch, ignored in the plugin."
    )
    residents = [each for each in planting.world.machines(company) if each.site == site]
    for machine in residents:
        # Whatever else were planted in them, the closed branch would hide it.
        planting.reserve(machine)
    for machine in residents[:1]:
        planting.drop("plugin_cw_lastassetsync", (1, planting.computer_id(machine)))
        planting.look_alike(
            "sync.asset_unsynced",
            key={"computer_id": planting.computer_id(machine)},
            story=f"{machine.name} was never synced, but its location is ignored.",
        )
    location_id = planting.world.location_id(planting.company(14).sites.start)
    planting.look_alike(rule, key={"location_id": location_id}, story="Belongs to an ignored client.")
    company = planting.company(25)
    location_id = planting.world.location_id(planting.site(company))
    planting.add("plugin_cw_sitemapping", site_mapping(location_id, 0))
    planting.look_alike(
        rule, key={"location_id": location_id}, story="Two map rows, one of them with site 0."
    )
    orphan = planting.next_id("locations")
    planting.add("locations", {
        "LocationID": orphan, "ClientID": 9999, "Name": "Büro-Wächter", "Address": "", "City": "",
        "State": "",
        "Zip": "", "Country": "", "Phone": "", "Fax": "", "Router": "", "RouterPort": 0, "ContactID": 0,
        "PasswordID": 0, "TemplateID": 0, "ExternalID": 0})  # fmt: skip
    planting.look_alike(
        rule, key={"location_id": orphan}, story="Its client was deleted; there is nobody to map."
    )
    planting.condition(
        "Location of a deleted client, umlauts in its name", where=f"Automate location {orphan}"
    )


def _assets(planting: Planting) -> None:
    rule = "sync.asset_unsynced"
    plans = (
        (1, False, ALWAYS, "drop", "Installed in spring, never picked up by the asset sync."),
        (15, True, ALWAYS, "zero", "The sync record of this server points to configuration 0."),
        (19, False, SINCE_SECOND, "drop", "Its sync record disappeared when the agent was re-installed."),
        (3, False, SINCE_THIRD, "drop", "Lost in the third week, when the plugin's table was repaired."),
        (16, False, FIRST, "drop", "Synced at last in the second week."),
        (4, False, UNTIL_THIRD, "drop", "Synced at last in the third week."),
        (24, False, REOPENED, "drop", "Synced in one week and lost in the next: the plugin flaps."),
        (
            9,
            False,
            ALWAYS,
            "elsewhere",
            "Location 0: the agent never got a place, so no template reaches it.",
        ),
    )
    for number, is_server, weeks, way, story in plans:
        company = planting.company(number)
        machine = planting.machine(company, is_server=is_server)
        computer_id = planting.computer_id(machine)
        if way == "zero":
            planting.patch("plugin_cw_lastassetsync", (1, computer_id), weeks=weeks, CWConfigRecID=0)
        else:
            planting.drop("plugin_cw_lastassetsync", (1, computer_id), weeks=weeks)
        if way == "elsewhere":
            planting.patch("computers", computer_id, LocationID=0)
        planting.finding(rule, key={"computer_id": computer_id}, weeks=weeks, company=company.name,
                         story=f"{machine.name}: {story}")  # fmt: skip
    company = planting.company(6)
    machine = _with_small_id(planting, company=planting.company(1))
    computer_id = planting.computer_id(machine)
    planting.drop("plugin_cw_lastassetsync", (1, computer_id))
    planting.finding(
        rule,
        key={"computer_id": computer_id},
        weeks=ALWAYS,
        company=planting.company(1).name,
        story=f"{machine.name}: the sync record of that id belongs to a printer, not to it.",
    )
    machine = planting.machine(company)
    computer_id = planting.computer_id(machine)
    planting.patch("computers", computer_id, Name="=1+1|RECEPTION\u202etxt.exe")
    planting.drop("plugin_cw_lastassetsync", (1, computer_id))
    planting.finding(rule, key={"computer_id": computer_id}, weeks=ALWAYS, company=company.name,
                     story="A host name with a formula and a right-to-left mark, never synced.")  # fmt: skip
    planting.condition(
        "Right-to-left mark and formula in a host name", where=f"Automate computer {computer_id}"
    )


def _with_small_id(planting: Planting, *, company: Company) -> Machine:
    """A computer whose id is also the id of a network device with a sync record of its own."""
    machine = planting.machine(company)
    if machine.number >= planting.world.plan.sites:
        raise LookupError(f"{company.name} has no computer whose id is a network device's too.")
    return machine


def _asset_look_alikes(planting: Planting) -> None:
    rule = "sync.asset_unsynced"
    company = planting.company(25)
    machine = planting.machine(company)
    computer_id = planting.computer_id(machine)
    planting.drop("plugin_cw_lastassetsync", (1, computer_id))
    planting.drop("psa/configurations", planting.configuration_id(machine))
    planting.add(
        "plugin_cw_ignoredentities", {"TargetType": 1, "LTTargetID": computer_id, "CWTargetRecID": None}
    )
    for name in (rule, "coverage.computer_without_configuration"):
        planting.look_alike(name, key={"computer_id": computer_id},
                            story=f"{machine.name} is a loan computer, ignored in the plugin.")  # fmt: skip
    untemplated = planting.company(13)
    machine = planting.machine(untemplated)
    planting.look_alike(
        rule,
        key={"computer_id": planting.computer_id(machine)},
        story=f"{untemplated.name} has no agreement template, so nothing of it is synced.",
    )
    ignored = planting.machine(planting.company(14))
    planting.look_alike(rule, key={"computer_id": planting.computer_id(ignored)},
                        story=f"{ignored.name} belongs to an ignored client.")  # fmt: skip
