"""The generated pages agree with the code, and describe all of it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from msp_audit.cli.app import app
from msp_audit.cli.docs import generated_pages, stale_pages, write_pages
from msp_audit.cli.pages.relations import published_columns
from msp_audit.cli.pages.settings import settings_tables
from tests.docs.pages import DOCS
from tests.house.checkout import ROOT, run_tool


@pytest.fixture(scope="module")
def made() -> dict[str, str]:
    return generated_pages(app, cases=ROOT / "tests" / "rules")


def test_what_is_committed_agrees_with_the_code(made: dict[str, str]) -> None:
    assert stale_pages(DOCS, made) == [], "'make docs' mends it"


def test_the_same_code_makes_the_same_bytes(made: dict[str, str]) -> None:
    assert generated_pages(app, cases=ROOT / "tests" / "rules") == made


def test_a_page_that_was_edited_is_named_and_a_page_of_nothing_is_removed(
    made: dict[str, str], tmp_path: Path
) -> None:
    write_pages(tmp_path, made)
    assert stale_pages(tmp_path, made) == []
    (tmp_path / "cli.md").write_text("by hand", encoding="utf-8")
    (tmp_path / "rules" / "sync.gone.md").write_text("a rule that is no more", encoding="utf-8")
    (tmp_path / "schema" / "psa.md").unlink()
    assert stale_pages(tmp_path, made) == ["cli.md", "rules/sync.gone.md", "schema/psa.md"]
    write_pages(tmp_path, made)
    assert stale_pages(tmp_path, made) == []
    assert not (tmp_path / "rules" / "sync.gone.md").exists()


def test_the_check_fails_where_pages_are_missing(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    result = run_tool("-m", "msp_audit", "docs", "--check", str(tmp_path / "docs"), folder=ROOT)
    assert result.returncode == 5
    assert "does not agree with the code" in result.stdout
    assert list((tmp_path / "docs").iterdir()) == []


def test_every_column_has_a_meaning_and_every_relation_a_grain() -> None:
    columns = [column for members in published_columns().values() for column in members]
    assert [f"{c.relation}.{c.name}" for c in columns if not c.meaning] == []
    assert sorted({c.relation for c in columns if not c.grain}) == []


def test_every_setting_has_a_meaning(made: dict[str, str]) -> None:
    rows = re.findall(r"^\| `(\w+)` \|.*\| *([^|]*?) *\|$", made["settings.md"], re.MULTILINE)
    assert len(rows) > 60
    assert [setting for setting, said in rows if not said] == []


def test_every_setting_stands_on_the_page(made: dict[str, str]) -> None:
    for table in settings_tables():
        if table.path:
            assert table.path.removesuffix("[]") in made["settings.md"]
        for name in set(table.model.model_fields) - {"root"}:
            assert re.search(rf"[`.\[]{name}[`.\]]", made["settings.md"]), name


def test_every_command_has_words_and_an_example(made: dict[str, str]) -> None:
    sections = made["cli.md"].split("\n## msp-audit ")[1:]
    assert len(sections) >= 13
    for section in sections:
        command = section.split("\n")[0]
        assert f"Example: `msp-audit {command}" in section, command
        assert section.split("\n")[2].endswith("."), command


def test_a_column_says_which_member_of_the_api_it_is_made_of(made: dict[str, str]) -> None:
    assert "| `serial_number` | VARCHAR | Serial number exactly as stored;" in made["schema/psa.md"]
    line = next(
        line for line in made["schema/psa.md"].splitlines() if line.startswith("| `device_identifier`")
    )
    assert line.endswith("| `deviceIdentifier` |")
    assert "`/company/configurations`" in made["schema/psa.md"]


def test_a_rule_page_says_what_is_tested(made: dict[str, str]) -> None:
    page = made["rules/sync.client_unsynced.md"]
    assert "- stays silent on an ignored client" in page
    assert "../schema/automate.md#automateclients" in page
