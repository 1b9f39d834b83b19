"""What a reader does with the page, done by a real browser."""

from __future__ import annotations

import html
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

Probe = Callable[[str], str]
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
INPUT = 'new Event("input", {bubbles: true})'
SHOWN = 'document.querySelector("output").textContent'


def dump(page: Path, profile: Path) -> tuple[str, str]:
    """The document after its scripts ran, and what the browser had to say."""
    browser = shutil.which("chromium") or shutil.which("google-chrome") or shutil.which("chrome")
    if browser is None:
        pytest.skip("there is no Chromium here")
    done = subprocess.run(
        [
            browser,
            *FLAGS,
            "--enable-logging=stderr",
            f"--user-data-dir={profile}",
            "--dump-dom",
            page.as_uri(),
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return done.stdout, done.stderr


@pytest.fixture(scope="module")
def probe(files: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Probe:
    """Runs a script in the page and answers with its value; our own policy would forbid it, so it is off."""
    folder = tmp_path_factory.mktemp("browser")
    text = re.sub(
        r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", files["html"].read_text(encoding="utf-8")
    )

    def run(script: str) -> str:
        page = folder / "page.html"
        asked = f"<script>document.title = String((() => {{ {script} }})())</script></body>"
        page.write_text(text.replace("</body>", asked), encoding="utf-8")
        document, _ = dump(page, folder / "profile")
        found = re.search(r"<title>(.*?)</title>", document)
        assert found is not None
        return html.unescape(found[1])

    return run


@pytest.mark.slow
def test_the_page_runs_under_its_own_policy(files: dict[str, Path], tmp_path: Path) -> None:
    document, log = dump(files["html"], tmp_path)
    assert "<output>53 findings</output>" in document
    assert not re.search(r"CONSOLE|Refused|Content Security Policy", log), log


@pytest.mark.slow
def test_search_filters_and_sorting_do_what_they_say(probe: Probe) -> None:
    search = 'const s = document.querySelector("[type=search]");'
    assert probe(f'{search} s.value = "dunmore 9xk"; s.dispatchEvent({INPUT}); return {SHOWN}') == (
        "1 of 53 findings"
    )
    assert probe(f'document.querySelector("[value=high]").click(); return {SHOWN}') == "11 of 53 findings"
    choose = 'const s = document.querySelector("[aria-label={}]"); s.value = s.options[2].value;'
    assert (
        probe(f"{choose.format('Company')} s.dispatchEvent({INPUT}); return {SHOWN}") == "10 of 53 findings"
    )
    assert (
        probe(
            'const heads = [...document.querySelectorAll(".companies th button")];'
            'const b = heads.find((head) => head.textContent === "Open");'
            "b.click(); b.click(); const rows = document.querySelector('.companies').tBodies[0].rows;"
            "return [...rows].map((row) => row.querySelector('strong').textContent).join()"
        )
        == "10,9,7,7,5,4,4,3,2,2"
    )


@pytest.mark.slow
def test_a_link_to_a_finding_opens_its_company(probe: Probe) -> None:
    assert (
        probe(
            'document.querySelector("[data-do=close]").click(); location.hash = "#0000000000000003";'
            'dispatchEvent(new Event("hashchange"));'
            'return document.querySelectorAll(".company[open]").length'
        )
        == "1"
    )


@pytest.mark.slow
def test_no_page_is_wider_than_a_phone(probe: Probe) -> None:
    assert (
        probe(
            'const frame = document.createElement("iframe"); frame.width = 390; frame.height = 800;'
            "const text = document.documentElement.outerHTML.replace(/<script>[^]*?<\\/script>/g, '');"
            "document.body.replaceChildren(frame);"
            "frame.contentDocument.write(text); frame.contentDocument.close();"
            "return frame.contentDocument.documentElement.scrollWidth <= 390"
        )
        == "true"
    )
