"""Who gets which company's report: from settings, from a CSV, or everybody."""

from __future__ import annotations

from pathlib import Path

import pytest

from msp_audit.errors import SettingsError
from msp_audit.settings import DeliverySettings
from msp_audit.store.reader import Reader
from msp_audit.workspace.recipients import addressees, companies_with_findings
from tests.reporting import estate


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four companies in the PSA, two of them called alike; something is open at two."""
    path = tmp_path_factory.mktemp("recipients") / "published.duckdb"
    made = estate.Estate(path)
    made.run(1)
    made.connection.execute("""
        create schema psa;
        create table psa.companies as
        select * from (values
            (2, 'Alder', 'Alder & Finch Accountants', false),
            (7, 'Bayside', 'Bayside Dental Group', false),
            (11, 'Twin1', 'Twin', false),
            (12, 'Twin2', 'Twin', false),
            (13, 'Gone', 'Gone Ltd', true)
        ) as companies (company_id, identifier, name, is_deleted)
    """)
    made.finding("hygiene.computer_stale", company=estate.COMPANIES[0])
    made.finding("hygiene.computer_stale", company=estate.COMPANIES[1], triage="suppressed")
    made.finding("hygiene.computer_stale", company=estate.COMPANIES[2])
    made.connection.close()
    return path


def told(published: Path, root: Path, **settings: object) -> dict[str, tuple[str, ...]]:
    delivery = DeliverySettings.model_validate({"name": "review", "report": "company_review", **settings})
    with Reader(published) as reader:
        return {a.name: a.to for a in addressees(delivery, reader, root=root)}


def test_without_a_list_every_company_with_findings_goes_to_the_same(published: Path, tmp_path: Path) -> None:
    assert told(published, tmp_path, to=["am@msp.example"]) == {
        "Alder & Finch Accountants": ("am@msp.example",),
        "Copperline Logistics": ("am@msp.example",),
    }
    with Reader(published) as reader:
        assert list(companies_with_findings(reader)) == [2, 11]


def test_settings_name_companies_by_id_identifier_or_name(published: Path, tmp_path: Path) -> None:
    companies = {"2": ["a@alder.example"], "bayside": ["b@bayside.example"], "TWIN2": ["t@twin.example"]}
    assert told(published, tmp_path, companies=companies, to=["am@msp.example"]) == {
        "Alder & Finch Accountants": ("a@alder.example", "am@msp.example"),
        "Bayside Dental Group": ("b@bayside.example", "am@msp.example"),
        "Twin": ("t@twin.example", "am@msp.example"),
    }


@pytest.mark.parametrize("text", [
    "company,to\nBayside Dental Group,b@bayside.example\n7,c@bayside.example\n,\n",
    "\ufeffCompany;Who;To\r\nBayside Dental Group;Bea;b@bayside.example\r\n7;Cy;c@bayside.example\r\n",
])  # fmt: skip
def test_a_spreadsheet_s_csv_is_a_list_too(published: Path, tmp_path: Path, text: str) -> None:
    (tmp_path / "who.csv").write_text(text, encoding="utf-8")
    found = told(published, tmp_path, recipients="who.csv", companies={"7": ["b@bayside.example"]})
    assert found == {"Bayside Dental Group": ("b@bayside.example", "c@bayside.example")}


@pytest.mark.parametrize("company", ["Twin", "Gone Ltd", "99", "No such"])
def test_a_company_that_is_not_one_is_refused(published: Path, tmp_path: Path, company: str) -> None:
    (tmp_path / "who.csv").write_text(f"company,to\n{company},x@example.com\n")
    with pytest.raises(SettingsError, match=rf"who\.csv: the PSA has no single company '{company}'"):
        told(published, tmp_path, recipients="who.csv")


@pytest.mark.parametrize("text", ["name,mail\n2,x@example.com\n", None])
def test_a_list_that_cannot_be_read_is_refused(published: Path, tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / "who.csv").write_text(text)
    with pytest.raises(SettingsError, match=r"who\.csv"):
        told(published, tmp_path, recipients="who.csv")
