"""Faults between Automate's clients and the PSA's companies."""

from __future__ import annotations

from msp_audit.domain import Record
from msp_audit.sandbox.estate import psa
from msp_audit.sandbox.estate.plant_sync import add_client, client_mapping, site_mapping
from msp_audit.sandbox.estate.planting import (
    ALWAYS,
    REOPENED,
    SINCE_SECOND,
    SINCE_THIRD,
    UNTIL_THIRD,
    Planting,
)


def plant(planting: Planting) -> None:
    """Plant all of the theme."""
    _gone(planting)
    _shared(planting)
    _external_ids(planting)


def _gone(planting: Planting) -> None:
    rule = "mapping.company_gone"

    def found(number: int, weeks: tuple[int, ...], story: str) -> None:
        company = planting.company(number)
        planting.finding(rule, key={"client_id": company.client_id, "company_id": company.company_id},
                         weeks=weeks,
                         company=company.name, story=story)  # fmt: skip

    deleted: Record = {"deletedFlag": True, "dateDeleted": "2026-10-21T15:00:00Z", "deletedBy": "jolsen"}
    company = planting.company(8)
    planting.patch("psa/companies", company.company_id, **deleted)
    found(8, ALWAYS, "Deleted to the recycle bin and made anew; the client still points to the old one.")
    twin_id = planting.next_id("psa/companies")
    twin = psa.company_record(twin_id, identifier="SalishMarine2", name=company.name, town=company.town)
    planting.add("psa/companies", twin)
    planting.finding("hygiene.company_twin", key={"company_id": twin_id}, weeks=ALWAYS, company=company.name,
                     story="The new record of a company whose old one lies in the recycle bin.")  # fmt: skip
    planting.drop("psa/companies", planting.company(20).company_id, weeks=SINCE_SECOND)
    found(20, SINCE_SECOND, "The company was purged from the PSA in the second week.")
    planting.patch("psa/companies", planting.company(26).company_id, weeks=REOPENED, **deleted)
    found(26, REOPENED, "Deleted, restored for a week, deleted again.")
    planting.patch("psa/companies", planting.company(11).company_id, weeks=UNTIL_THIRD, **deleted)
    found(11, UNTIL_THIRD, "Deleted by mistake and restored in the third week.")

    company = planting.company(12)
    planting.patch("psa/companies", company.company_id, status={"id": 2, "name": "Inactive"})
    planting.look_alike(rule, key={"client_id": company.client_id, "company_id": company.company_id},
                        story=f"{company.name} is inactive, but neither deleted nor missing.")  # fmt: skip
    orphan = planting.company(7)
    planting.look_alike(rule, key={"client_id": 9999, "company_id": orphan.company_id},
                        story="A map row whose client was deleted; its company is fine.")  # fmt: skip


def _shared(planting: Planting) -> None:
    rule = "mapping.company_shared"

    def found(number: int, weeks: tuple[int, ...], story: str) -> None:
        company = planting.company(number)
        planting.finding(rule, key={"company_id": company.company_id}, weeks=weeks, company=company.name,
                         story=story)  # fmt: skip

    owner = planting.company(1)
    client_id, location_id = add_client(planting, f"{owner.name} - Annex", external_id=str(owner.company_id))
    planting.add("plugin_cw_clientmapping", client_mapping(client_id, owner.company_id))
    site_id = planting.world.site_id(owner.sites.start)
    planting.add("plugin_cw_sitemapping", site_mapping(location_id, site_id, company_id=owner.company_id))
    found(1, ALWAYS, "An acquired practice has its own client, mapped to the same company.")
    owner = planting.company(17)
    client_id, location_id = add_client(planting, f"zz {owner.name} OLD", external_id=str(owner.company_id))
    planting.add("plugin_cw_clientmapping", client_mapping(client_id, owner.company_id, template=0))
    site_id = planting.world.site_id(owner.sites.start)
    planting.add("plugin_cw_sitemapping", site_mapping(location_id, site_id, company_id=owner.company_id))
    planting.patch("plugin_cw_clientmapping", client_id, weeks=SINCE_THIRD, CWCompanyRecID=0)
    planting.add("plugin_cw_ignoredentities", {"TargetType": 3, "LTTargetID": client_id, "CWTargetRecID": -1},
                 weeks=SINCE_THIRD)  # fmt: skip
    found(17, UNTIL_THIRD, "The old client kept its mapping until it was ignored in the third week.")
    other = planting.company(18)
    extra = client_mapping(other.client_id, planting.company(16).company_id, template=3)
    planting.add("plugin_cw_clientmapping", extra, weeks=SINCE_THIRD)
    found(16, SINCE_THIRD, f"{other.name} was mapped to this company too when its backup template was added.")

    for number, story in (
        (7, "One row of a living client, one of a deleted client: only one is left to share with."),
        (19, "One client with two map rows for two agreement templates."),
    ):
        company = planting.company(number)
        planting.look_alike(rule, key={"company_id": company.company_id}, story=f"{company.name}: {story}")


def _external_ids(planting: Planting) -> None:
    rule = "mapping.external_id_mismatch"
    for number, weeks, value, story in (
        (23, ALWAYS, "7723", "ExternalID holds the accounting system's customer number."),
        (3, SINCE_SECOND, "352", "A digit was mistyped in the second week."),
        (21, REOPENED, "217", "Two digits change places whenever the old import script runs."),
    ):
        company = planting.company(number)
        planting.patch("clients", company.client_id, weeks=weeks, ExternalID=value)
        planting.finding(rule, key={"client_id": company.client_id}, weeks=weeks, company=company.name,
                         story=story)  # fmt: skip
    for number, text, story in (
        (2, None, "ExternalID is NULL."),
        (10, "0", "ExternalID is 0."),
        (27, "CW-12", "ExternalID is no number."),
        (16, "", "ExternalID is empty."),
    ):
        company = planting.company(number)
        planting.patch("clients", company.client_id, ExternalID=text)
        planting.look_alike(rule, key={"client_id": company.client_id}, story=f"{company.name}: {story}")
    company = planting.company(18)
    planting.look_alike(
        rule,
        key={"client_id": company.client_id},
        story=f"{company.name} is mapped to two companies; ExternalID is one of them.",
    )
