"""What the pages speak of exists: links, anchors, commands, settings, rules, relations, columns, messages."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from msp_audit.audit import load_catalogue
from msp_audit.cli.app import app
from msp_audit.cli.pages.markdown import anchor
from msp_audit.cli.pages.relations import published_columns
from msp_audit.cli.pages.settings import settings_tables
from msp_audit.connectors.automate.tables import TABLES
from msp_audit.connectors.psa.resources import RESOURCES
from msp_audit.settings import FleetSettings, RuleSettings, Settings
from msp_audit.workspace import Workspace
from tests.docs.pages import DOCS, blocks, guides, name, pages, prose
from tests.house.checkout import PACKAGE, ROOT

each_guide = pytest.mark.parametrize("page", guides(), ids=name)
_DOTTED = re.compile(r"(?:psa|automate|auvik|core|audit|store)\.[a-z_]+(?:\.[a-z_]+)?")


def known_names() -> set[str]:
    columns = [column for members in published_columns().values() for column in members]
    rules = load_catalogue(None, RuleSettings()).rules
    return {
        *(column.relation for column in columns),
        *(f"{column.relation}.{column.name}" for column in columns),
        *(rule.name for rule in rules),
        *(table.path for table in settings_tables()),
        *(f"{t.path}.{name}".strip(".") for t in settings_tables() for name in t.model.model_fields),
    }


def headings(page: Path) -> set[str]:
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    return {anchor(found.replace("`", "")) for found in re.findall(r"^#+ (.*)$", text, re.MULTILINE)}


def test_every_link_leads_to_a_file_and_a_heading() -> None:
    broken = []
    for page in pages():
        for target, place in re.findall(r"\]\((?!\w+:)([^)#\s]*)#?([^)\s]*)\)", prose(page)):
            file = (page.parent / target).resolve() if target else page
            is_lost = not file.exists() or (place and file.suffix == ".md" and place not in headings(file))
            if is_lost:
                broken.append(f"{name(page)}: {target}#{place}")
    assert broken == []


def test_every_page_is_linked_from_somewhere() -> None:
    linked = {
        (page.parent / target).resolve()
        for page in pages()
        for target in re.findall(r"\]\((?!\w+:)([^)#\s]+)", prose(page))
    }
    assert [name(page) for page in DOCS.rglob("*.md") if page.name != "index.md" and page not in linked] == []


@each_guide
def test_dotted_names_exist(page: Path) -> None:
    if page.parent.name == "decisions":
        return
    named = {word for word in re.findall(r"`([^`\n]+)`", prose(page)) if _DOTTED.fullmatch(word)}
    assert named - known_names() == set()


def _options() -> tuple[dict[str, set[str]], set[str]]:
    """Commands, subcommands too, to their options; and the options of the whole program."""
    group: Any = typer.main.get_command(app)
    return dict(_below(group)), {option for param in group.params for option in param.opts}


def _below(group: Any, before: str = "") -> Iterator[tuple[str, set[str]]]:
    for called, item in group.commands.items():
        yield f"{before}{called}", {option for param in item.params for option in param.opts}
        if hasattr(item, "commands"):
            yield from _below(item, f"{before}{called} ")


@each_guide
def test_commands_and_options_exist(page: Path) -> None:
    commands, everywhere = _options()
    text = page.read_text(encoding="utf-8")
    for found in re.findall(r"(?:^|`|/bin/)(msp-audit(?: [^`\n]*)?)", text, re.MULTILINE):
        line = re.sub(r" (-w|--workspace) \S+", "", found)
        words = re.split(r"[#>|\"&;]", line)[0].split()[1:]
        first = next((place for place, word in enumerate(words) if word in commands), len(words))
        command = " ".join(words[first : first + 1])
        if " ".join(words[first : first + 2]) in commands:
            command = " ".join(words[first : first + 2])
        options = {word for word in words if re.fullmatch(r"--?[a-z][a-z-]*", word)}
        known = everywhere | commands.get(command, set())
        assert options <= known | {"--help"}, line
        named = [word for word in words if re.fullmatch(r"[a-z]+", word)]
        if named and not command and not options:
            raise AssertionError(f"{line}: there is no command {named[0]}")


@each_guide
def test_settings_in_examples_are_understood(page: Path, tmp_path: Path) -> None:
    for block in blocks(page):
        if block.info != "toml" or "decisions" in page.parts:
            continue
        document = tomllib.loads(block.text)
        if "workspaces" in document:
            FleetSettings.model_validate(document)
            continue
        tables = {key for key, value in document.items() if isinstance(value, dict)}
        assert tables <= set(Settings.model_fields), block.text
        if "rules" in tables:
            (tmp_path / "msp-audit.toml").write_text(block.text, encoding="utf-8")
            assert Workspace.open(tmp_path).catalogue.rules
        for table in tables - {"rules"}:
            _validate(table, document[table])


def _validate(table: str, values: dict[str, object]) -> None:
    complete = {
        "psa": {"url": "https://x.example", "company": "x", "client_id": "x", "public_key": "env:X"},
        "automate": {"exports": "exports"},
        "auvik": {"url": "https://x.example", "username": "x", "api_key": "env:X"},
    }
    missing = {"private_key": "env:X"} if table == "psa" else {}
    Settings.model_validate({"root": ".", table: {**complete.get(table, {}), **missing, **values}})


def test_every_message_is_one_that_the_program_prints() -> None:
    printed = "\n".join(_texts())
    for message in re.findall(
        r"^### `(.*)`$", (DOCS / "troubleshooting.md").read_text("utf-8"), re.MULTILINE
    ):
        for part in message.split("…"):
            assert part.strip(" .") in printed, f"no message holds: {part}"


def _texts() -> list[str]:
    found = []
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.append(node.value)
    return found


def test_every_right_that_the_psa_is_asked_for_is_explained() -> None:
    text = (DOCS / "connecting" / "psa.md").read_text(encoding="utf-8")
    rights = {right for resource in RESOURCES if (right := resource.needs)}
    for right in rights:
        assert f"| {right.module} | {right.function} |" in text
        assert [item for item in right.items if item not in text] == []


def test_every_table_that_automate_is_read_from_is_exported() -> None:
    text = (DOCS / "connecting" / "automate.md").read_text(encoding="utf-8")
    exported = re.search(r"for table in (.*?)\ndo", text, re.DOTALL)
    assert exported is not None
    assert set(exported[1].replace("\\", " ").split()) == {table.physical for table in TABLES.values()}


def test_the_exit_codes_of_the_readme_are_all() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "| 0 | 1 | 2 | 3 | 4 | 5 |" in text


def test_the_readme_fits_a_screen_or_two() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 80
