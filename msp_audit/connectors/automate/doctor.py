"""What ``msp-audit doctor`` finds out about Automate's REST API and exports; nothing is changed by it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from msp_audit.connectors.automate.exports import file_of, find_exports, read_header
from msp_audit.connectors.automate.names import Names
from msp_audit.connectors.automate.rest import fetch_page, open_api
from msp_audit.connectors.automate.tables import TABLES, Table
from msp_audit.connectors.base import Check
from msp_audit.connectors.http import Api, Forbidden
from msp_audit.errors import SourceError
from msp_audit.settings.model import AutomateSettings

#: ``doctor`` asks a person to wait, so it tries less often than a scheduled run.
DOCTOR_TRIES = 2


def check_rest(settings: AutomateSettings, *, sleep: Callable[[float], None]) -> Iterator[Check]:
    """One row of each list; stops at the first fault that is not about one list."""
    api = open_api(settings, sleep=sleep, tries=DOCTOR_TRIES)
    try:
        for table in TABLES.values():
            if table.rest_path is None:
                continue
            check = _check_list(api, table=table)
            yield check
            if not check.is_ok and not check.fix.startswith("Grant"):
                return
    finally:
        api.close()


def check_exports(settings: AutomateSettings, *, names: Names, now: Callable[[], float]) -> Iterator[Check]:
    """The files of the exports folder with their age and columns."""
    folder = settings.exports or Path()
    try:
        files = find_exports(folder)
    except OSError as error:
        detail = f"{folder} cannot be listed ({error.strerror})"
        yield Check(name="automate exports", is_ok=False, detail=detail, fix="Correct automate.exports.")
        return
    found = {table.name: file_of(table, files=files, names=names) for table in TABLES.values()}
    present = {name: path for name, path in found.items() if path is not None}
    yield Check(
        name="automate exports",
        is_ok=bool(present),
        detail=f"{len(present)} of {len(TABLES)} tables are in {folder}",
        fix="" if present else "Export the tables as <table>.csv into that folder.",
    )
    for name, path in present.items():
        yield _check_export(
            path, table=TABLES[name], names=names, now=now, max_age_hours=settings.exports_max_age_hours
        )


def _check_export(
    path: Path, *, table: Table, names: Names, now: Callable[[], float], max_age_hours: float
) -> Check:
    name = f"automate export {path.name}"
    fix = "Export the table again, with all its columns."
    try:
        header = read_header(path, table=table, names=names)
        age_hours = (now() - path.stat().st_mtime) / 3600
    except (OSError, UnicodeError):
        return Check(name=name, is_ok=False, detail="cannot be read as text", fix=fix)
    if header is None:
        return Check(name=name, is_ok=False, detail="is empty", fix=fix)
    if header.missing:
        missing = ", ".join(f"{table.physical}.{column}" for column in header.missing)
        return Check(name=name, is_ok=False, detail=f"lacks {missing}", fix=fix)
    is_fresh = age_hours <= max_age_hours
    detail = f"{age_hours:.0f} hours old"
    return Check(name=name, is_ok=is_fresh, detail=detail, fix="" if is_fresh else "Export it again.")


def _check_list(api: Api, *, table: Table) -> Check:
    name = f"automate {table.name}"
    try:
        rows = fetch_page(api, table=table, number=1, page_rows=1)
    except Forbidden as error:
        return Check(
            name=name, is_ok=False, detail=str(error), fix=f"Grant {table.resource.right} to the API user."
        )
    except SourceError as error:
        return Check(name=name, is_ok=False, detail=str(error), fix="Check the [automate] settings.")
    return Check(name=name, is_ok=True, detail="readable" if rows else "readable, but holds nothing")
