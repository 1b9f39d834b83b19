"""Builds the documents as a static site with search: ``python scripts/site.py [FOLDER]``, or build/site.

The pages are copied as they lie in the repository, so that a link that works where the code is browsed works
in the site too. Every page stands in the navigation once; one that does not is an error.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
#: What the site holds; the pages among it are Markdown.
CONTENT = (
    "README.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "LICENSE",
    "bench/README.md",
    "data/samples/README.md",
    "docs",
    "notebooks",
    "reports/README.md",
    "reports/gallery",
)
#: Heading to pages, in reading order; ``*`` is every page of a folder that is not named elsewhere.
NAVIGATION = {
    "Overview": ("README.md", "docs/index.md"),
    "Getting started": ("docs/getting-started/*",),
    "Connecting": ("docs/connecting/*",),
    "Running it": (
        "docs/deployment-linux.md",
        "docs/deployment-windows.md",
        "docs/security.md",
        "docs/troubleshooting.md",
        "docs/tickets.md",
        "docs/fleet.md",
    ),
    "Using it": (
        "docs/writing-rules.md",
        "docs/exercises.md",
        "notebooks/*",
        "reports/*",
        "reports/gallery/*",
        "docs/*",
    ),
    "Reference": (
        "docs/cli.md",
        "docs/settings.md",
        "docs/messages.md",
        "docs/schema/index.md",
        "docs/schema/*",
    ),
    "Rules": ("docs/rules/index.md", "docs/rules/*"),
    "The project": (
        "CONTRIBUTING.md",
        "docs/testing.md",
        "CHANGELOG.md",
        "data/samples/*",
        "bench/*",
        "docs/decisions/*",
    ),
}


def main() -> int:
    """Copy, add the navigation, build strictly; 0 when every link leads somewhere."""
    target = Path(sys.argv[1] if sys.argv[1:] else ROOT / "build" / "site").resolve()
    work = target.with_name(f"{target.name}-source")
    for folder in (target, work):
        shutil.rmtree(folder, ignore_errors=True)
    pages = work / "pages"
    copy_content(pages)
    listed = navigation(pages)
    settings = (ROOT / "zensical.toml").read_text(encoding="utf-8")
    (work / "zensical.toml").write_text(
        settings.replace("[project]\n", f"[project]\nnav = {toml(listed)}\n", 1), encoding="utf-8"
    )
    command = [sys.executable, "-m", "zensical", "build", "--clean", "--strict"]
    done = subprocess.run(command, cwd=work, check=False)
    if done.returncode == 0:
        (work / "site").rename(target)
        shutil.rmtree(work)
        print(f"{target}/index.html; with search: python -m http.server --bind 127.0.0.1 -d {target}")
    return done.returncode


def copy_content(pages: Path) -> None:
    """Put what the site holds into *pages*, in the repository's own places."""
    for name in CONTENT:
        source, place = ROOT / name, pages / name
        place.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, place, ignore=shutil.ignore_patterns(".*", "__pycache__"))
        else:
            shutil.copy(source, place)


def navigation(pages: Path) -> list[object]:
    """The navigation as Zensical wants it.

    Raises:
        SystemExit: a page stands in no place of it, or a place names no page.
    """
    present = {path.relative_to(pages).as_posix() for path in pages.rglob("*.md")}
    named = {entry for entries in NAVIGATION.values() for entry in entries if not entry.endswith("*")}
    if missing := sorted(named - present):
        raise SystemExit(f"scripts/site.py: the navigation names what is no page: {', '.join(missing)}")
    nav: list[object] = []
    placed: set[str] = set()
    for heading, entries in NAVIGATION.items():
        found = [page for entry in entries for page in expanded(entry, present=present, named=named)]
        placed |= set(found)
        nav.append({heading: by_theme(found) if heading == "Rules" else list(found)})
    if left := sorted(present - placed):
        raise SystemExit(f"scripts/site.py: not in the navigation: {', '.join(left)}")
    return nav


def expanded(entry: str, *, present: set[str], named: set[str]) -> Iterator[str]:
    """The pages that *entry* stands for."""
    if not entry.endswith("*"):
        yield entry
        return
    folder = entry.removesuffix("*")
    for page in sorted(present - named):
        if page.startswith(folder) and "/" not in page.removeprefix(folder):
            yield page


def by_theme(pages: list[str]) -> list[object]:
    """Rule pages below their themes; the catalogue first."""
    index, *rules = pages
    themes = groupby(sorted(rules), key=lambda page: page.rsplit("/", 1)[1].split(".", 1)[0])
    return [
        index,
        *(
            {theme: [{page.rsplit("/", 1)[1].removesuffix(".md"): page} for page in members]}
            for theme, members in themes
        ),
    ]


def toml(value: object) -> str:
    """*value* in TOML's inline notation."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{json.dumps(key)} = {toml(item)}" for key, item in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    return json.dumps(value)


if __name__ == "__main__":
    sys.exit(main())
