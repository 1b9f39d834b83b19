"""What is in the program stands in the documents, and what stands in the documents is in the program."""

from __future__ import annotations

import re
from typing import Any

import pytest
import typer

from msp_audit.audit import load_catalogue
from msp_audit.cli.app import app
from msp_audit.cli.pages.messages import GAP, error_messages
from msp_audit.cli.pages.relations import SCHEMAS, published_columns
from msp_audit.cli.pages.settings import settings_tables
from msp_audit.settings import RuleSettings
from tests.docs.pages import DOCS
from tests.house.checkout import PACKAGE, ROOT


def text(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def commands(group: Any, before: str = "") -> dict[str, set[str]]:
    """Every command that is shown, with its options; a group counts where it does something itself."""
    found = {}
    for name, item in group.commands.items():
        if item.hidden:
            continue
        below = getattr(item, "commands", None)
        if not below or item.epilog:
            options = {word for param in item.params for word in param.opts if word.startswith("-")}
            found[f"{before}{name}"] = options - {"--help"}
        if below:
            found |= commands(item, f"{before}{name} ")
    return found


def test_commands_and_options() -> None:
    page = text("cli.md")
    sections = re.split(r"^## msp-audit ", page, flags=re.MULTILINE)[1:]
    told = {
        part.partition("\n")[0]: {
            option
            for row in re.findall(r"^\| (`-.*?) \|", part.partition("\n## ")[0], re.MULTILINE)
            for option in re.findall(r"`(--?[a-z][\w-]*)`", row)
        }
        for part in sections
    }
    known = commands(typer.main.get_command(app))
    assert told.keys() == known.keys()
    assert {name: told[name] ^ options for name, options in known.items() if told[name] != options} == {}


def test_rooms() -> None:
    page = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (`.*?`) \|", page, re.MULTILINE)
    told = {name for row in rows for name in re.findall(r"`(.*?)`", row)}
    rooms = {f"{path.name}/" if path.is_dir() else path.name for path in PACKAGE.iterdir()}
    rooms -= {"__init__.py", "__main__.py", "__pycache__/", "py.typed"}
    assert rooms <= told
    assert [name for name in told - rooms if not (ROOT / name).is_dir()] == []


def test_where_things_go() -> None:
    page = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    rows = "\n".join(line for line in page.partition("## Where things go")[2].split("\n") if line[:1] == "|")
    places = [place.partition("<")[0] for place in re.findall(r"`([a-z_]+/[^`]*)`", rows)]
    assert len(places) > 6
    assert [place for place in places if not (ROOT / place).exists()] == []


def test_rules() -> None:
    rules = {rule.name for rule in load_catalogue(None, RuleSettings()).rules}
    assert {path.stem for path in (DOCS / "rules").glob("*.md")} - {"index"} == rules
    assert set(re.findall(r"\]\(([a-z_]+\.[a-z_]+)\.md\)", text("rules/index.md"))) == rules


@pytest.mark.parametrize("schema", SCHEMAS)
def test_relations_and_columns(schema: str) -> None:
    known: dict[str, list[str]] = {}
    for column in published_columns()[schema]:
        known.setdefault(column.relation, []).append(column.name)
    sections = re.split(r"^## ", text(f"schema/{schema}.md"), flags=re.MULTILINE)[1:]
    told = {part.partition("\n")[0]: re.findall(r"^\| `(\w+)` \|", part, re.MULTILINE) for part in sections}
    assert told == known


def test_settings() -> None:
    page = text("settings.md")
    told = set(re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE))
    models = {table.model for table in settings_tables()}
    nested = {table.path.rpartition(".")[2].removesuffix("[]") for table in settings_tables()}
    known = {name for model in models for name in model.model_fields} - {"root"}
    assert told - known == set()
    # A setting that is a table of its own is a heading.
    assert known - told - nested - {"<name>"} == {
        name for name in known - told - nested if re.search(rf"`\[+[\w.]*\b{name}\b", page)
    }


def test_messages() -> None:
    page = text("messages.md").replace("\\", "")
    missing = [
        message
        for messages in error_messages().values()
        for message in messages
        if f"| {message.replace(chr(92), '')} |".replace("|", "") not in page.replace("|", "")
    ]
    assert missing == []
    troubles = re.findall(r"^### `(.*)`$", text("troubleshooting.md"), re.MULTILINE)
    assert len(troubles) > 20
    assert GAP in page
