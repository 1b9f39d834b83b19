"""The documents as a site: every link leads somewhere, search knows every page, nothing is fetched."""

from __future__ import annotations

import json
import runpy
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag

import pytest

from tests.docs.pages import name, pages
from tests.house.checkout import ROOT

#: Attributes that make a browser fetch something by itself.
FETCHED = {("script", "src"), ("img", "src"), ("iframe", "src"), ("link", "href"), ("source", "src")}


@dataclass
class Seen(HTMLParser):
    """What one page links to, fetches, and may be linked at."""

    ids: set[str] = field(default_factory=set)
    links: list[str] = field(default_factory=list)
    fetched: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for key, value in attrs:
            if key == "id" and value:
                self.ids.add(value)
            if (tag, key) in FETCHED and value:
                self.fetched.append(value)
            elif tag == "a" and key == "href" and value:
                self.links.append(value)


def build(checkout: Path, target: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(checkout / "scripts" / "site.py"), str(target)],
        cwd=checkout,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("site") / "site"
    done = build(ROOT, target)
    assert done.returncode == 0, done.stdout + done.stderr
    return target


@pytest.fixture(scope="module")
def seen(site: Path) -> dict[Path, Seen]:
    found = {}
    for path in site.rglob("*.html"):
        found[path] = Seen()
        found[path].feed(path.read_text(encoding="utf-8"))
    return found


def test_every_page_for_people_is_in_the_site(site: Path) -> None:
    made = {path.relative_to(site).with_suffix("").as_posix() for path in site.rglob("*.html")}
    wanted = {name(page).removesuffix(".md") for page in pages()} - {"README"}
    assert wanted - made == set()
    assert "index" in made


def test_every_link_and_anchor_leads_somewhere(site: Path, seen: dict[Path, Seen]) -> None:
    broken = []
    for page, what in seen.items():
        if page.name == "404.html":
            continue
        for link in what.links:
            address, anchor = urldefrag(link)
            if "://" in address or address.startswith("mailto:"):
                continue
            target = (page.parent / unquote(address)).resolve() if address else page
            target = target / "index.html" if target.is_dir() else target
            if not target.is_file() or (
                anchor and target in seen and unquote(anchor) not in seen[target].ids
            ):
                broken.append(f"{page.relative_to(site)}: {link}")
    assert broken == []


def test_no_page_fetches_anything_from_elsewhere(seen: dict[Path, Seen]) -> None:
    assert {url for what in seen.values() for url in what.fetched if "//" in url} == set()


def test_the_search_knows_every_page_of_the_documents(site: Path) -> None:
    index = json.loads((site / "search.json").read_text(encoding="utf-8"))
    known = {urldefrag(item["location"]).url for item in index["items"]}
    wanted = {
        path.relative_to(site).as_posix() for path in (site / "docs").rglob("*.html") if path.stat().st_size
    }
    assert wanted - known == set()
    texts = " ".join(item["text"] for item in index["items"])
    assert "serial number" in texts


def test_a_broken_link_and_a_page_without_a_place_stop_the_building() -> None:
    with tempfile.TemporaryDirectory() as place:
        checkout = Path(place) / "checkout"
        for part in (*runpy.run_path(str(ROOT / "scripts" / "site.py"))["CONTENT"], "scripts/site.py"):
            (checkout / part).parent.mkdir(parents=True, exist_ok=True)
            if (ROOT / part).is_dir():
                shutil.copytree(ROOT / part, checkout / part)
            else:
                shutil.copy(ROOT / part, checkout / part)
        shutil.copy(ROOT / "zensical.toml", checkout)
        # Nearly all pages are rules; without them it is quick.
        shutil.rmtree(checkout / "docs" / "rules")
        (checkout / "docs" / "rules").mkdir()
        (checkout / "docs" / "rules" / "index.md").write_text("# Rules\n\n[gone](gone.md)\n")
        done = build(checkout, Path(place) / "site")
        assert done.returncode != 0
        assert "page does not exist" in done.stdout + done.stderr
        (checkout / "docs" / "connecting" / "deeper").mkdir()
        (checkout / "docs" / "connecting" / "deeper" / "new.md").write_text("# New\n")
        done = build(checkout, Path(place) / "site")
        assert done.returncode != 0
        assert "not in the navigation: docs/connecting/deeper/new.md" in done.stderr
