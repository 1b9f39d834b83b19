from __future__ import annotations

import os
from pathlib import Path

import pytest

from msp_audit.errors import MspAuditError, ReportError, SettingsError
from msp_audit.reporting import ReportDefinition, mail_body, render
from msp_audit.store.reader import Reader as StoreReader
from tests.reporting import estate
from tests.reporting.conftest import BRAND

BROKEN = """/*
title = "Broken"
empty = "Nothing."
[columns]
name = "Name"
*/
select
    findings.no_such_column as name
from audit.findings as findings
"""


def make(
    made: estate.Estate, definition: ReportDefinition, folder: Path, *faces: str, sections: Path | None = None
) -> tuple[Path, ...]:
    return render(
        definition,
        made.reader(),
        3,
        faces=faces or ("html",),
        out_folder=folder,
        brand=BRAND,
        sections_folder=sections,
    )


def test_the_same_run_gives_the_same_bytes(
    files: dict[str, Path], weekly: ReportDefinition, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    again = make(estate.weekly(), weekly, tmp_path, "html", "pdf", "xlsx")
    for path in again:
        assert path.read_bytes() == files[path.suffix[1:]].read_bytes(), path.suffix
    assert "SOURCE_DATE_EPOCH" not in os.environ


def test_html_made_alone_is_the_html_made_with_others(weekly: ReportDefinition, tmp_path: Path) -> None:
    # Alone it reads its findings row by row, with others it shares what is held.
    def page(*faces: str) -> bytes:
        folder = tmp_path / str(len(faces))
        reader = estate.crowded(900).reader()
        path, *_ = render(weekly, reader, 1, faces=faces, out_folder=folder, brand=BRAND)
        return path.read_bytes()

    assert page("html") == page("html", "csv")


def test_the_same_run_gives_the_same_mail(weekly: ReportDefinition) -> None:
    first, second = (mail_body(weekly, estate.weekly().reader(), 3, brand=BRAND) for _ in range(2))
    assert first == second


def test_the_store_s_own_reader_serves(weekly: ReportDefinition, tmp_path: Path) -> None:
    estate.empty(tmp_path / "published.duckdb").connection.close()
    (tmp_path / "broken.sql").write_text(BROKEN)
    broken = weekly.model_copy(update={"sections": ("broken",)})
    with StoreReader(tmp_path / "published.duckdb") as reader:
        (path,) = render(weekly, reader, 1, faces=["html"], out_folder=tmp_path, brand=BRAND)
        with pytest.raises(ReportError, match=r"broken\.sql:8: .*no_such_column"):
            mail_body(broken, reader, 1, brand=BRAND, sections_folder=tmp_path)
    assert "Nothing found: 9 rules judged" in path.read_text(encoding="utf-8")


def test_files_are_named_after_report_and_day(files: dict[str, Path]) -> None:
    assert {path.name for path in files.values()} == {
        f"weekly_internal-2026-11-16.{face}" for face in ("html", "pdf", "xlsx")
    }
    assert sorted(p.name for p in files["html"].parent.iterdir()) == sorted(p.name for p in files.values())


def test_a_report_that_fails_leaves_the_old_file_and_no_rest(
    weekly: ReportDefinition, tmp_path: Path
) -> None:
    (path,) = make(estate.weekly(), weekly, tmp_path / "out")
    before = path.read_bytes()
    sections = tmp_path / "sections"
    sections.mkdir()
    (sections / "rules.sql").write_text(BROKEN)
    with pytest.raises(ReportError):
        make(estate.weekly(), weekly, tmp_path / "out", sections=sections)
    assert [p.name for p in path.parent.iterdir()] == [path.name]
    assert path.read_bytes() == before


def test_a_folder_that_cannot_be_written_is_named(weekly: ReportDefinition, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ReportError, match=r"file.*cannot be written"):
        make(estate.weekly(), weekly, tmp_path / "file")


def test_an_unknown_run_is_named(weekly: ReportDefinition, tmp_path: Path) -> None:
    with pytest.raises(ReportError, match="no run 9"):
        render(weekly, estate.weekly().reader(), 9, faces=["html"], out_folder=tmp_path, brand=BRAND)


def test_an_unknown_face_is_named_before_anything_is_asked(weekly: ReportDefinition, tmp_path: Path) -> None:
    reader = estate.weekly().reader()
    with pytest.raises(ReportError, match=r"no face 'docx'\. Known: html, pdf, xlsx"):
        render(weekly, reader, 3, faces=["docx"], out_folder=tmp_path, brand=BRAND)
    assert reader.asked == []


def test_a_workspace_s_section_replaces_ours(weekly: ReportDefinition, tmp_path: Path) -> None:
    sections = tmp_path / "sections"
    sections.mkdir()
    (sections / "rules.sql").write_text(
        '/*\ntitle = "Our own rules"\nempty = "None."\n[columns]\nname = "Name"\n*/\n'
        "select 'hand made <b>' as name from audit.runs as runs where runs.run_id = $run_id\n"
    )
    (sections / "rules.html").write_text("<p>{{ section.rows[0].name }} by {{ page.brand.name }}</p>")
    (path,) = make(estate.weekly(), weekly, tmp_path, sections=sections)
    text = path.read_text(encoding="utf-8")
    assert "Our own rules" in text
    assert "<p>hand made &lt;b&gt; by Northwind Managed Services</p>" in text


def test_a_workspace_s_section_may_be_new(weekly: ReportDefinition, tmp_path: Path) -> None:
    (tmp_path / "vip.sql").write_text(
        '/*\ntitle = "VIPs"\nempty = "None."\n[columns]\nname = "Name"\n*/\nselect \'Ada\' as name\n'
    )
    with_vip = weekly.model_copy(update={"sections": ("vip",)})
    (path,) = make(estate.weekly(), with_vip, tmp_path, sections=tmp_path)
    assert "<bdi>Ada</bdi>" in path.read_text(encoding="utf-8")


def test_a_broken_query_is_told_with_file_and_line(weekly: ReportDefinition, tmp_path: Path) -> None:
    (tmp_path / "rules.sql").write_text(BROKEN)
    with pytest.raises(ReportError, match=r"rules\.sql:8: .*no_such_column"):
        make(estate.weekly(), weekly, tmp_path, sections=tmp_path)


def test_a_broken_template_is_told_with_file_and_line(weekly: ReportDefinition, tmp_path: Path) -> None:
    (tmp_path / "trend.html").write_text("<p>fine</p>\n{{ section.nothing }}\n")
    with pytest.raises(ReportError, match=r"trend\.html:2: .*nothing"):
        make(estate.weekly(), weekly, tmp_path, sections=tmp_path)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("select 1 as name", "no header"),
        ('/*\ntitle = "T"\n*/\nselect 1 as name', "columns"),
        (
            '/*\ntitle = "T"\nempty = "E"\nfoo = 1\n[columns]\nname = "N"\n*/\nselect 1 as name',
            "unknown setting",
        ),
        (
            '/*\ntitle = "T"\nempty = "E"\n[columns]\nname = {format="loud"}\n*/\nselect 1 as name',
            "no such format",
        ),
        ('/*\ntitle = "T"\nempty = "E"\n[columns]\nother = "N"\n*/\nselect 1 as name', "names other"),
    ],
)
def test_a_section_that_is_not_understood_is_named(
    weekly: ReportDefinition, tmp_path: Path, text: str, told: str
) -> None:
    (tmp_path / "rules.sql").write_text(text)
    with pytest.raises(MspAuditError, match=rf"(?s)rules\.sql.*{told}"):
        make(estate.weekly(), weekly, tmp_path, sections=tmp_path)


def test_a_section_whose_relations_are_missing_says_so(weekly: ReportDefinition, tmp_path: Path) -> None:
    (tmp_path / "vip.sql").write_text(
        '/*\ntitle = "VIPs"\nempty = "None."\n[columns]\nname = "Name"\n*/\n'
        "select companies.name from psa.companies as companies\n"
    )
    with_vip = weekly.model_copy(update={"sections": ("vip", "about")})
    (path,) = make(estate.weekly(), with_vip, tmp_path, sections=tmp_path)
    assert "Cannot be told: this database has no psa.companies." in path.read_text(encoding="utf-8")


def test_an_unknown_section_lists_the_known(weekly: ReportDefinition, tmp_path: Path) -> None:
    wrong = weekly.model_copy(update={"sections": ("nonsense",)})
    with pytest.raises((ReportError, SettingsError), match=r"no section 'nonsense'. Known: about, .*trend"):
        make(estate.weekly(), wrong, tmp_path)


def test_a_run_that_the_database_does_not_show_is_refused(weekly: ReportDefinition, tmp_path: Path) -> None:
    with pytest.raises(ReportError, match=r"what run 3 left, not run 2\. 'msp-audit report --run 2' makes"):
        render(weekly, estate.weekly().reader(), 2, faces=["html"], out_folder=tmp_path, brand=BRAND)
