from __future__ import annotations

from pathlib import Path

import pytest

from msp_audit.errors import SettingsError
from msp_audit.reporting import Brand, load_brand, load_definition, load_definitions
from msp_audit.reporting.section import SHIPPED, read_section


def test_ours_is_there_without_a_workspace() -> None:
    found = load_definition("weekly_internal")
    assert found.sections[0] == "not_checked"
    assert found.mail_sections[0] == "not_checked"


def test_every_section_that_ships_reads_and_every_definition_names_only_those() -> None:
    names = {path.stem for path in SHIPPED.glob("*.sql")}
    assert {read_section(name).name for name in names} == names
    for definition in load_definitions().values():
        assert {*definition.sections, *definition.mail_sections} <= names


def test_a_workspace_s_definition_replaces_ours_by_name(tmp_path: Path) -> None:
    (tmp_path / "weekly_internal.toml").write_text('title = "Ours"\nsections = ["about"]\n')
    (tmp_path / "other.toml").write_text('title = "Other"\nsections = ["about"]\nseverity_floor = "high"\n')
    found = load_definitions(tmp_path)
    assert (found["weekly_internal"].title, found["other"].title) == ("Ours", "Other")
    assert load_definition("weekly_internal", folder=tmp_path).title == "Ours"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("title = ", "is not TOML"),
        ('title = "T"\n', "sections"),
        ('title = "T"\nsections = []\n', "sections"),
        ('title = "T"\nsections = ["about"]\npapier = "A4"\n', "papier: unknown setting"),
        ('title = "T"\nsections = ["about"]\nseverity_floor = "loud"\n', "severity_floor"),
        ('title = "T"\nsections = ["about"]\nsubject = "{customer}"\n', "names customer"),
        ('title = "T"\nsections = ["about"]\nsubject = "{open.__class__}"\n', "which no report has"),
        ('title = "T"\nsections = ["about"]\nsubject = "{open"\n', "is not a subject"),
    ],
)
def test_what_is_not_understood_is_told_with_the_file(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "mine.toml").write_text(text)
    with pytest.raises(SettingsError, match=rf"(?s)mine\.toml.*{told}"):
        load_definition("mine", folder=tmp_path)


@pytest.mark.parametrize("name", ["nonsense", "../weekly_internal", "/etc/passwd", ""])
def test_an_unknown_report_lists_the_known(tmp_path: Path, name: str) -> None:
    (tmp_path / "weekly_internal.toml").write_text('title = "T"\nsections = ["about"]\n')
    (tmp_path / "inner").mkdir()
    with pytest.raises(SettingsError, match=r"Known: company_review, .*weekly_internal"):
        load_definition(name, folder=tmp_path / "inner")


def test_a_brand_is_read_with_its_logo(tmp_path: Path) -> None:
    (tmp_path / "mark.svg").write_bytes(b"<svg/>")
    (tmp_path / "brand.toml").write_text('logo = "mark.svg"\n[colours]\naccent = "#123456"\n')
    brand = load_brand(tmp_path, name="From the settings")
    assert (brand.name, brand.accent) == ("From the settings", "#123456")
    assert brand.logo_address == "data:image/svg+xml;base64,PHN2Zy8+"


def test_without_a_brand_there_is_a_plain_one(tmp_path: Path) -> None:
    assert load_brand(tmp_path) == Brand()
    assert load_brand(None, name="N") == Brand(name="N")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[colours]\naccent = "red;} body{"\n', "colours.accent"),
        ('logo = "mark.exe"\n', "of no known kind"),
        ('logo = "missing.png"\n', "cannot be read"),
        ('logo = "big.png"\n', "larger than"),
        ('slogan = "x"\n', "unknown setting"),
    ],
)
def test_a_brand_that_is_not_understood_is_told(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "brand.toml").write_text(text)
    (tmp_path / "big.png").write_bytes(b"\0" * 300_001)
    with pytest.raises(SettingsError, match=rf"(?s)brand\.toml.*{told}"):
        load_brand(tmp_path)
