from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path

import pytest

from msp_audit.domain import Severity
from msp_audit.reporting import ReportDefinition, render
from msp_audit.reporting.charts_lying import coverage
from tests.reporting import estate
from tests.reporting.conftest import BRAND
from tests.reporting.reading import Document, grid_rows, read_html


@pytest.fixture(scope="module")
def document(files: dict[str, Path]) -> Document:
    return read_html(files["html"].read_text(encoding="utf-8"))


def html(made: estate.Estate, definition: ReportDefinition, folder: Path, run_id: int = 3) -> str:
    (path,) = render(definition, made.reader(), run_id, faces=["html"], out_folder=folder, brand=BRAND)
    return path.read_text(encoding="utf-8")


def test_what_was_not_checked_is_said_before_anything_was_found(document: Document) -> None:
    checked, found = document.with_class("checked")[0], document.with_class("found")[0]
    assert checked.text.startswith("Not checked: 1 list of ConnectWise PSA and 1 rule.")
    assert found.text.startswith("53 open findings;")
    assert document.elements.index(checked) < document.elements.index(found)
    assert document.with_class("section")[0].attributes["id"] == "not_checked"


def test_the_sections_stand_in_the_order_of_the_definition(
    document: Document, weekly: ReportDefinition
) -> None:
    assert tuple(s.attributes["id"] for s in document.with_class("section")) == weekly.sections


def test_every_open_finding_goes_to_the_table_library(document: Document) -> None:
    rows = grid_rows(document)
    assert len(rows) == len({row["id"] for row in rows}) == 53
    assert {row["severity"] for row in rows} == {"critical", "high", "medium", "low"}
    assert all(row["rule"]["why"] and row["rule"]["remedy"] for row in rows)


def test_where_no_script_runs_the_findings_stand_as_they_are(document: Document) -> None:
    (plain,) = document.all("noscript")
    assert all(row["what"] in plain.text and row["reason"] in plain.text for row in grid_rows(document))


def test_a_finding_that_another_explains_is_counted_and_not_listed(document: Document) -> None:
    (asides,) = document.with_class("asides")
    assert "folded under another one" in asides.text
    folded = (
        estate.weekly()
        .connection.execute("select finding_id from audit.findings where parent_finding_id is not null")
        .fetchall()
    )
    assert folded
    ids = {e.attributes.get("id") for e in document.elements}
    assert not ids & {finding_id for (finding_id,) in folded}


def test_nothing_is_fetched_and_only_our_script_may_run(files: dict[str, Path], document: Document) -> None:
    text = files["html"].read_text(encoding="utf-8")
    policy = next(
        m.attributes["content"]
        for m in document.all("meta")
        if m.attributes.get("http-equiv") == "Content-Security-Policy"
    )
    assert policy.startswith("default-src 'none'; ")
    for tag in ("style", "script"):
        (inside,) = re.findall(f"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    for element in document.elements:
        assert "style" not in element.attributes, element
        for name in ("src", "href"):
            assert element.attributes.get(name, "#").startswith(("#", "data:")), element
    assert "url(" not in "".join(e.text for e in document.all("style"))


def test_every_link_inside_leads_somewhere(document: Document) -> None:
    ids = {e.attributes["id"] for e in document.elements if "id" in e.attributes}
    assert {a.attributes["href"][1:] for a in document.all("a")} <= ids


def test_times_in_the_evidence_read_as_times(document: Document) -> None:
    assert any("15 Nov 2026, 22:14 UTC" in e.text for e in document.with_class("fact"))


def test_charts_tell_their_figures_in_words(document: Document) -> None:
    trend, flow = [e for e in document.all("svg") if e.attributes.get("class") == "trend"]
    assert trend.attributes["aria-label"].startswith("Open findings over 3 runs: ")
    assert trend.attributes["aria-label"].endswith("53 on 16 Nov 2026.")
    assert flow.attributes["aria-label"].startswith("Findings that came and went in each run. ")


def test_the_chart_of_ages_holds_the_figures_of_its_table(document: Document) -> None:
    (chart,) = [e for e in document.all("svg") if "lying" in e.attributes.get("class", "")]
    told = chart.attributes["aria-label"].removeprefix("Open findings by age. ").removesuffix(".")
    assert sum(int(part.rpartition(": ")[2]) for part in told.split("; ")) == 53
    assert told.startswith("up to 7 days: ")


def test_the_chart_of_coverage_shows_the_lowest_and_no_name_as_markup() -> None:
    names = ["<script>alert(1)</script>", "株式会社" * 12, *(f"Company {n}" for n in range(20))]
    rows = [
        {"company_name": name, "computer_count": 40, "known_count": n, "known_share": n / 40}
        for n, name in enumerate(names)
    ]
    drawn = read_html(str(coverage(rows)))
    assert not drawn.all("script")
    written = [e.text for e in drawn.all("text")]
    assert written[:4] == ["<script>alert(1)</script>", "0.0 %", "株式会社" * 3 + "株…", "2.5 %"]
    assert written[-2:] == ["Company 7", "22.5 %"]
    (chart,) = drawn.all("svg")
    assert chart.attributes["aria-label"].endswith("Company 7: 22.5 % of 40.")


def test_nothing_found_says_so_and_names_what_was_examined(weekly: ReportDefinition, tmp_path: Path) -> None:
    document = read_html(html(estate.empty(), weekly, tmp_path, run_id=1))
    assert document.with_class("checked")[0].text == (
        "Everything configured was read completely and every rule was judged."
    )
    assert document.with_class("found")[0].text == (
        "Nothing found: 9 rules judged over 4,199 records of ConnectWise Automate, Auvik and ConnectWise PSA."
    )
    sentences = [e.text for e in document.with_class("sentence")]
    assert "Nothing open: every rule that was judged found its subject in order." in sentences
    assert any(s.startswith("This is the first run") for s in sentences)


def test_one_finding_is_one_row(weekly: ReportDefinition, tmp_path: Path) -> None:
    made = estate.empty()
    made.finding("sync.client_unsynced", name="Only one", events={1: "new"})
    document = read_html(html(made, weekly, tmp_path, run_id=1))
    assert len(grid_rows(document)) == 1
    assert document.with_class("found")[0].text.startswith("1 open finding; ")


def test_all_rows_are_there_however_many(weekly: ReportDefinition, tmp_path: Path) -> None:
    document = read_html(html(estate.crowded(5000), weekly, tmp_path, run_id=1))
    assert len(grid_rows(document)) == 5000
    (plain,) = document.all("noscript")
    left = [int(re.sub(r"\D", "", told)) for told in re.findall(r"[\d,]+ more rows? left out", plain.text)]
    assert 200 + sum(left) == 5000


def test_a_source_that_is_not_configured_is_one_line(weekly: ReportDefinition, tmp_path: Path) -> None:
    made = estate.Estate()
    made.run(1, sources=("psa", "automate"))
    made.resource(1, "psa", "companies")
    made.rule(1, "sync.client_unsynced")
    for rule in ("auvik.serial_placeholder", "coverage.device_without_configuration"):
        made.rule(1, rule, outcome="not_evaluated", inputs=["auvik.devices", "core.device_links"])
    document = read_html(html(made, weekly, tmp_path, run_id=1))
    assert document.with_class("checked")[0].text == (
        "Everything configured was read completely and every rule on it was judged. "
        "Not configured, so left aside: 2 rules for Auvik."
    )
    (section,) = [s for s in document.with_class("section") if s.attributes["id"] == "not_checked"]
    assert "2 rules need it" in section.text
    assert document.with_class("whole")


def test_a_company_s_report_holds_nothing_of_another(weekly: ReportDefinition, tmp_path: Path) -> None:
    company, other = estate.COMPANIES[0], estate.COMPANIES[1]
    (path,) = render(
        weekly,
        estate.weekly().reader(),
        3,
        faces=["html"],
        out_folder=tmp_path,
        brand=BRAND,
        company_id=company[0],
    )
    assert path.name == "weekly_internal-company-2-2026-11-16.html"
    text = path.read_text(encoding="utf-8")
    assert company[1].replace("&", "&amp;") in text
    assert other[1] not in text
    assert {row["company"] for row in grid_rows(read_html(text))} == {company[1]}
    assert 'id="coverage"' not in text


def test_the_floor_counts_what_it_does_not_list(weekly: ReportDefinition, tmp_path: Path) -> None:
    floored = weekly.model_copy(update={"severity_floor": Severity.HIGH})
    document = read_html(html(estate.weekly(), floored, tmp_path))
    assert {row["severity"] for row in grid_rows(document)} == {"critical", "high"}
    assert "10 findings are below High" in document.with_class("asides")[0].text
