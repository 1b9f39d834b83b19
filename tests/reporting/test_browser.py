"""What a reader does with the page, done by a real browser: on the invented MSP and on 100,000 findings."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pypdf
import pytest

from msp_audit.reporting import ReportDefinition, render
from tests.reporting import estate
from tests.reporting.chromium import Tab, browser
from tests.reporting.conftest import BRAND
from tests.reporting.test_hostile import FORMULA, SCRIPT, STORED

READY = "document.querySelector('.findings').dataset.ready === ''"
SHOWN = "document.querySelector('.findings output').textContent"
AXE = Path(__file__).parent / "vendor" / "axe-4.14.1.min.js"
pytestmark = pytest.mark.slow


def type_in(words: str) -> str:
    return (
        "(() => { const s = document.querySelector('[type=search]');"
        f"s.value = {words!r}; s.dispatchEvent(new Event('input', {{bubbles: true}})); }})()"
    )


def choose(name: str, place: int) -> str:
    return (
        f"(() => {{ const s = document.querySelector('[aria-label=\"{name}\"]'); s.selectedIndex = {place};"
        "s.dispatchEvent(new Event('input', {bubbles: true}));"
        "s.dispatchEvent(new Event('change', {bubbles: true})); })()"
    )


@pytest.fixture(scope="module")
def tab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tab]:
    with browser(tmp_path_factory.mktemp("profile")) as made:
        yield made


@pytest.fixture
def page(tab: Tab, files: dict[str, Path]) -> Tab:
    tab.logged.clear()
    tab.asked.clear()
    tab.open(files["html"], wait_for=READY)
    return tab


def test_the_page_runs_under_its_own_policy_and_asks_no_network(page: Tab) -> None:
    assert page.js(SHOWN) == "53 findings"
    assert page.logged == []
    assert [address for address in page.asked if not address.startswith(("file:", "data:"))] == []


def test_search_and_filters_do_what_they_say(page: Tab) -> None:
    page.js(type_in("dunmore 9xk"))
    page.wait(f"{SHOWN} === '1 of 53 findings'")
    page.js("document.querySelector('[data-do=reset]').click()")
    page.js("document.querySelector('.findings [value=high]').click()")
    page.wait(f"{SHOWN} === '11 of 53 findings'")
    page.js("document.querySelector('[data-do=reset]').click()")
    page.js(choose("Company", 2))
    page.wait(f"{SHOWN}.endsWith('of 53 findings') && {SHOWN} !== '11 of 53 findings'")
    companies = (
        "[...new Set([...document.querySelectorAll('.group button')].map((b) => b.textContent))].length"
    )
    page.wait(f"{companies} === 1")


def test_rows_are_sorted_with_the_keyboard_alone(page: Tab) -> None:
    page.js(choose("Group by", 2))
    page.js("[...document.querySelectorAll('.tabulator-col')].find((c) => c.textContent === 'Days').focus()")
    page.press("Enter", text="\r")
    page.wait("document.activeElement.getAttribute('aria-sort') === 'ascending'")
    days = "[...document.querySelectorAll('.tabulator-row [tabulator-field=age]')].map((c) => +c.textContent)"
    first = page.js(days)
    assert first == sorted(first)
    page.press("Enter", text="\r")
    page.wait("document.activeElement.getAttribute('aria-sort') === 'descending'")
    second = page.js(days)
    assert second == sorted(second, reverse=True)
    page.js("document.activeElement.blur()")
    page.press("/", text="/")
    assert page.js("document.activeElement.type") == "search"


def test_groups_close_and_open_and_a_link_to_a_finding_opens_its_own(page: Tab) -> None:
    rows = "document.querySelectorAll('.sheet .tabulator-row:not(.tabulator-group)').length"
    page.js("document.querySelector('[data-do=close]').click()")
    page.wait(f"{rows} === 0")
    page.js("location.hash = '#0000000000000003'")
    page.wait("document.querySelectorAll('.sheet .aimed').length === 1")
    assert page.js("document.querySelector('.aimed a.anchor').hash") == "#0000000000000003"
    page.js("document.querySelector('[data-do=open]').click()")
    page.wait(f"{rows} > 5")


def test_what_is_filtered_is_copied_as_csv(page: Tab) -> None:
    page.js(type_in("dunmore 9xk"))
    page.wait(f"{SHOWN} === '1 of 53 findings'")
    page.js(
        "navigator.clipboard.writeText = async (text) => { window.copied = text; };"
        "document.querySelector('[data-do=copy]').click()"
    )
    page.wait("typeof window.copied === 'string'")
    lines = str(page.js("window.copied")).split("\r\n")
    assert lines[0].startswith("severity,company,rule,what,finding")
    assert len(lines) == 2
    assert "Dunmore Primary School" in lines[1]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing_serious(tab: Tab, files: dict[str, Path], scheme: str, width: int) -> None:
    tab.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
    tab.open(files["html"], width=width, wait_for=READY)
    tab.js(AXE.read_text(encoding="utf-8") + ";0")
    found = tab.js(
        "axe.run().then((r) => r.violations.filter((v) => ['serious', 'critical'].includes(v.impact))"
        ".map((v) => [v.id, v.nodes[0].html, v.nodes[0].failureSummary]))"
    )
    assert found == []


def test_no_page_is_wider_than_a_phone(tab: Tab, files: dict[str, Path]) -> None:
    tab.open(files["html"], width=390, height=800, wait_for=READY)
    assert tab.js("document.documentElement.scrollWidth") == 390
    assert tab.js("document.querySelectorAll('.sheet .card').length") > 0


def test_the_browser_s_paper_holds_the_findings(page: Tab) -> None:
    paper = pypdf.PdfReader(io.BytesIO(page.pdf()))
    text = " ".join(" ".join(p.extract_text() for p in paper.pages).split())
    assert "Dunmore Primary School" in text
    assert "Search all findings" not in text
    assert text.count("has no configuration in PSA") > 5


@pytest.fixture(scope="module")
def crowd(tab: Tab, weekly: ReportDefinition, tmp_path_factory: pytest.TempPathFactory) -> Tab:
    """The page of 100,000 findings, opened."""
    folder = tmp_path_factory.mktemp("crowd")
    made = estate.crowded(100_000).reader()
    (path,) = render(weekly, made, 1, faces=["html"], out_folder=folder, brand=BRAND)
    assert path.stat().st_size < 12_000_000
    tab.logged.clear()
    tab.asked.clear()
    tab.open(path, wait_for=READY)
    assert tab.js(SHOWN) == "100,000 findings"
    return tab


ACTS = {
    "ungrouped": choose("Group by", 2),
    "sorted": "document.querySelectorAll('.tabulator-col-content')[1].click()",
    "filtered": "document.querySelector('.findings [value=high]').click()",
    "reset": "document.querySelector('[data-do=reset]').click()",
    "grouped": choose("Group by", 1),
    "opened": "document.querySelector('.group button').click()",
    "scrolled": "document.querySelector('.tabulator-tableholder').scrollTop = 1e6",
    "closed": "document.querySelector('[data-do=close]').click()",
    "by company": choose("Company", 3),
}


def test_nothing_that_is_done_to_a_hundred_thousand_findings_freezes_the_page(crowd: Tab) -> None:
    act = (
        "(async () => {{ const t = performance.now(); {}; await new Promise(requestAnimationFrame);"
        "return performance.now() - t; }})()"
    )
    took = {name: round(crowd.js(act.format(script))) for name, script in ACTS.items()}
    assert max(took.values()) < 8_000, took
    crowd.js(ACTS["reset"])
    crowd.js(type_in("machine-99999"))
    crowd.wait(f"{SHOWN} === '1 of 100,000 findings'", seconds=20)


def test_a_link_finds_its_finding_among_a_hundred_thousand(crowd: Tab) -> None:
    crowd.js(ACTS["reset"])
    crowd.js(choose("Group by", 0))
    crowd.js("location.hash = '#000000000001869f'")
    crowd.wait("document.querySelectorAll('.sheet .aimed').length === 1", seconds=20)
    assert crowd.js("document.querySelector('.aimed a.anchor').textContent") == "MACHINE-99999"


def test_all_hundred_thousand_are_copied_as_csv(crowd: Tab) -> None:
    crowd.js(ACTS["reset"])
    crowd.js(
        "window.copied = undefined;"
        "navigator.clipboard.writeText = async (text) => { window.copied = text; };"
        "document.querySelector('[data-do=copy]').click()"
    )
    crowd.wait("typeof window.copied === 'string'", seconds=20)
    assert crowd.js("window.copied.split('\\r\\n').length") == 100_001
    assert crowd.js("new Set(window.copied.split('\\r\\n')).size") == 100_001


def test_paper_and_policy_hold_for_a_hundred_thousand_too(crowd: Tab) -> None:
    crowd.js(ACTS["reset"])
    crowd.js("dispatchEvent(new Event('beforeprint'))")
    assert crowd.js("document.querySelectorAll('.on-paper tbody tr').length") == 1_000
    told = "99,000 more findings left out here; the workbook holds all of them."
    assert crowd.js("document.querySelector('.on-paper .left-out').textContent") == told
    crowd.js("dispatchEvent(new Event('afterprint'))")
    assert crowd.logged == []
    assert [address for address in crowd.asked if not address.startswith(("file:", "data:"))] == []


def test_hostile_names_stand_there_as_text(tab: Tab, weekly: ReportDefinition, tmp_path: Path) -> None:
    hostile = estate.Estate()
    hostile.run(1)
    hostile.rule(1, "sync.client_unsynced")
    for place, name in enumerate(STORED):
        hostile.finding("sync.client_unsynced", company=(100 + place, name), name=name, evidence={name: name})
    (path,) = render(weekly, hostile.reader(), 1, faces=["html"], out_folder=tmp_path, brand=BRAND)
    tab.logged.clear()
    tab.open(path, wait_for=READY)
    text = tab.js("document.querySelector('.sheet').textContent")
    assert SCRIPT in text
    assert FORMULA in text
    assert "\u202e" not in text
    assert tab.logged == []
    tab.js(
        "navigator.clipboard.writeText = async (text) => { window.copied = text; };"
        "document.querySelector('[data-do=copy]').click()"
    )
    tab.wait("typeof window.copied === 'string'")
    for line in str(tab.js("window.copied")).split("\r\n"):
        assert not any(cell.strip('"').startswith(("=", "+", "@")) for cell in line.split(","))
