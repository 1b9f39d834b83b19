"""The page of licences names what is locked for running and what is vendored, each with its own licence."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import PackageNotFoundError, metadata

from tests.docs.pages import DOCS
from tests.house.checkout import ROOT

PAGE = (DOCS / "licences.md").read_text(encoding="utf-8")
ROWS = dict(re.findall(r"^\| `([\w.-]+)` \| ([^|]+) \|$", PAGE, re.MULTILINE))
VENDORED = ROOT / "msp_audit" / "reporting" / "theme"
#: What packages write -> the name by which the licence is known.
WORDS = {
    "BSD": ("BSD",), "MIT": ("MIT",), "MPL": ("MPL", "Mozilla"), "Apache": ("Apache",),
    "PSF": ("PSF", "Python"), "ISC": ("ISC",), "LGPL": ("LGPL",),
    "0BSD": ("0BSD",), "CC0": ("CC0",), "Zlib": ("Zlib",),
}  # fmt: skip


def locked() -> set[str]:
    """What running the program brings along, from the lock file."""
    packages = {one["name"]: one for one in tomllib.loads((ROOT / "uv.lock").read_text())["package"]}
    found, waiting = set[str](), ["msp-audit"]
    while waiting:
        for need in packages[waiting.pop()].get("dependencies", []):
            if need["name"] not in found:
                found.add(need["name"])
                waiting.append(need["name"])
    return found


def test_the_page_names_every_package_that_running_brings_along() -> None:
    parts = {name for name in ROWS if name in ("tabulator", "source-sans-3")}
    assert set(ROWS) - parts == locked()


def test_each_licence_is_the_one_that_the_package_states() -> None:
    wrong = {}
    for name in locked():
        try:
            told = metadata(name).json
        except PackageNotFoundError:
            # For another system: colorama and tzdata on Windows.
            continue
        stated = " ".join(
            [str(told.get("license_expression", "")), str(told.get("license", ""))[:200]]
            + [line for line in told.get("classifier", []) if line.startswith("License")]
        )
        words = [word for word in WORDS if re.search(rf"(?<![A-Z]){word}", ROWS[name])]
        if not words or not any(known in stated for word in words for known in WORDS[word]):
            wrong[name] = (ROWS[name], stated)
    assert wrong == {}


def test_each_vendored_part_carries_its_licence() -> None:
    for name, place, word in (
        ("tabulator", "vendor/tabulator-LICENSE", "MIT License"),
        ("source-sans-3", "fonts/source-sans-3-LICENSE", "SIL OPEN FONT LICENSE"),
    ):
        assert word.lower() in (VENDORED / place).read_text(encoding="utf-8").lower()
        assert name in ROWS
    parts = {path.name.split("-6")[0].split("-cyr")[0] for path in (VENDORED / "vendor").iterdir()}
    assert {part.split("-")[0] for part in parts} == {"tabulator"}
    assert {path.name[:13] for path in (VENDORED / "fonts").iterdir()} == {"source-sans-3"}
