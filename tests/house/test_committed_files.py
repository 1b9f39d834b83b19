"""What is committed speaks of the program, not of the place where it was written."""

from __future__ import annotations

import re
import subprocess
import tomllib

import pytest

from tests.house.checkout import ROOT

#: Written in pieces, so that this file passes its own test.
PLACES = re.compile(
    "|".join(
        (
            "/" + r"work/(main|shared|\.)",
            "/" + r"root/",
            "/" + r"tmp/(msp|found|bash_jobs)",
            "/" + r"opt/(pypi|wheels)",
            "work/" + r"\.library",
            r"(automate"
            + r"-db|connectwise-psa"
            + r"-api|auvik-and"
            + r"-rmm-apis|model"
            + r"-codebases)\.md",
        )
    )
)
SECRETS = re.compile("-----BEGIN [A-Z ]*" + "PRIVATE KEY|gh[pousr]_[A-Za-z0-9]{30}|AKIA[0-9A-Z]{16}")


def committed_files() -> list[str]:
    # A build server's checkout may belong to another user.
    command = ["git", "-c", "safe.directory=*", "ls-files", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    return [name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


@pytest.mark.parametrize("pattern", [PLACES, SECRETS], ids=["places", "secrets"])
def test_no_committed_file_holds(pattern: re.Pattern[str]) -> None:
    found = []
    for name in committed_files():
        text = (ROOT / name).read_bytes().decode("latin-1")
        found += [f"{name}: {match[0]}" for match in pattern.finditer(text)]
    assert found == []


def test_the_lock_names_public_registries_only() -> None:
    hosts = set(re.findall(r"https?://([^/\"]+)", (ROOT / "uv.lock").read_text(encoding="utf-8")))
    assert hosts <= {"pypi.org", "files.pythonhosted.org"}


def test_nothing_generated_is_committed() -> None:
    litter = re.compile(r"(^|/)(__pycache__|\.ipynb_checkpoints|\.venv|dist)/|\.(pyc|duckdb|wal|swp|orig)$")
    assert [name for name in committed_files() if litter.search(name)] == []


def test_the_version_is_said_once_and_the_same() -> None:
    document = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    package = (ROOT / "msp_audit" / "__init__.py").read_text(encoding="utf-8")
    assert f'__version__ = "{document["project"]["version"]}"' in package
    assert document["project"]["version"] in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_every_relative_link_leads_somewhere() -> None:
    broken = []
    for name in committed_files():
        if name.endswith(".md"):
            text = (ROOT / name).read_text(encoding="utf-8")
            targets = re.findall(
                r"\]\((?!\w+:|#)([^)#\s]+)", re.sub(r"```.*?```|`[^`]*`", "", text, flags=re.DOTALL)
            )
            broken += [
                f"{name}: {target}"
                for target in targets
                if not (ROOT / name).parent.joinpath(target).exists()
            ]
    assert broken == []
