"""Writes the generated pages of ``docs/``, or says which of them no longer agree with the code."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from msp_audit.cli.pages import command_page, message_page, relation_pages, rule_pages, settings_page
from msp_audit.errors import SettingsError

if TYPE_CHECKING:
    import typer

#: Below ``docs/``, everything in these is generated.
_WHOLLY_GENERATED = ("rules", "schema")


def generated_pages(app: typer.Typer, *, cases: Path) -> dict[str, str]:
    """Name below ``docs/`` to the text of each generated page; the same code gives the same bytes."""
    return {
        **dict(rule_pages(cases=cases)),
        **dict(relation_pages()),
        "cli.md": command_page(app),
        "messages.md": message_page(),
        "settings.md": settings_page(),
    }


def stale_pages(folder: Path, pages: dict[str, str]) -> list[str]:
    """Names of pages below *folder* that differ from *pages*, are missing, or should not be there."""
    differ = [name for name, text in pages.items() if _text(folder / name) != text]
    return sorted(differ + [name for name in _present(folder) if name not in pages])


def write_pages(folder: Path, pages: dict[str, str]) -> None:
    """Bring *folder* in line with *pages*; files that agree already are not touched."""
    for name in stale_pages(folder, pages):
        path = folder / name
        if name in pages:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(pages[name], encoding="utf-8", newline="\n")
        else:
            path.unlink()
        sys.stdout.write(f"{path}\n")


def write_or_check(app: typer.Typer, folder: Path, *, is_check: bool) -> bool:
    """Do what the command says; whether the pages agree with the code.

    Raises:
        SettingsError: *folder* is none.
    """
    if not folder.is_dir():
        raise SettingsError(f"{folder} is no folder; name the docs folder of a checkout.")
    pages = generated_pages(app, cases=folder.resolve().parent / "tests" / "rules")
    if not is_check:
        write_pages(folder, pages)
        return True
    stale = stale_pages(folder, pages)
    for name in stale:
        sys.stderr.write(f"{folder / name} does not agree with the code; 'make docs' mends it.\n")
    return not stale


def _present(folder: Path) -> list[str]:
    found = (path for part in _WHOLLY_GENERATED for path in (folder / part).rglob("*.md"))
    return [path.relative_to(folder).as_posix() for path in found]


def _text(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None
