"""The Automate connector: chooses for each list the way that has it, and says so where none does."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

from msp_audit.connectors.automate.exports import find_exports, read_export, read_header
from msp_audit.connectors.automate.rest import fetch_page, open_api, read_list
from msp_audit.connectors.automate.tables import ENTITY_TYPES, RESOURCES, TABLES, Table
from msp_audit.connectors.base import Check, Connector, Event, Page, Progress
from msp_audit.connectors.http import Api, Forbidden
from msp_audit.domain import Proof, ResourceReading, Verdict
from msp_audit.errors import SourceError, SourceRefused, SourceUnavailable
from msp_audit.settings.model import AutomateSettings

#: ``doctor`` asks a person to wait, so it tries less often than a scheduled run.
DOCTOR_TRIES = 2


class AutomateConnector(Connector):
    """Exported tables win where their file exists; REST gives what it offers of the rest.

    *now* (seconds since 1970) is what the age of an export is measured against.
    """

    source = "automate"
    resources = RESOURCES

    def __init__(
        self,
        settings: AutomateSettings,
        *,
        sleep: Callable[[float], None] = time.sleep,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._settings = settings
        self._sleep = sleep
        self._now = now
        self._api: Api | None = None

    def read(self, *, progress: Progress | None = None) -> Iterator[Event]:
        """Yield every list; see :meth:`Connector.read`.

        Raises:
            SourceError: no export is there and the server cannot be used.
        """
        files = self._files()
        needs_rest = any(t.rest_path is not None and t.physical not in files for t in TABLES.values())
        fault = self._probe(is_alone=not files) if needs_rest else None
        for table in TABLES.values():
            path = files.get(table.physical)
            if path is not None:
                yield from read_export(
                    path,
                    table=table,
                    max_age_hours=self._settings.exports_max_age_hours,
                    now=self._now,
                    progress=progress,
                )
            elif self._api is not None and table.rest_path is not None:
                yield from self._read_rest(table, fault=fault, progress=progress)
            else:
                yield _reading(table.name, Verdict.ABSENT, self._why_absent(table))
        yield from self._declared()

    def check(self) -> Iterator[Check]:
        """Yield what each way can give: the files with their columns, the server with its rights."""
        if self._settings.exports is not None:
            yield from self._check_exports(self._settings.exports)
        if self._settings.url is not None:
            yield from self._check_rest()

    def close(self) -> None:
        """Release the session; safe to call twice."""
        if self._api is not None:
            self._api.close()
            self._api = None

    def _files(self) -> dict[str, Path]:
        folder = self._settings.exports
        if folder is None:
            return {}
        known = {table.physical for table in TABLES.values()}
        try:
            files = {name: path for name, path in find_exports(folder).items() if name in known}
        except OSError as error:
            files, cause = {}, f"cannot be listed ({error.strerror})"
        else:
            cause = "holds no export of a table that is read"
        if not files and self._settings.url is None:
            raise SourceUnavailable(f"The folder of Automate exports, {folder}, {cause}.")
        return files

    def _probe(self, *, is_alone: bool) -> SourceError | None:
        """Sign in once; what went wrong, unless nothing can be read without it."""
        if self._settings.url is None:
            return None
        self._api = self._api or open_api(self._settings, sleep=self._sleep)
        try:
            fetch_page(self._api, table=TABLES["clients"], number=1, page_rows=1)
        except Forbidden:
            return None
        except SourceError as error:
            if is_alone:
                raise
            return error
        return None

    def _read_rest(
        self, table: Table, *, fault: SourceError | None, progress: Progress | None
    ) -> Iterator[Event]:
        if fault is not None:
            verdict = Verdict.REFUSED if isinstance(fault, SourceRefused) else Verdict.PARTIAL
            yield _reading(table.name, verdict, str(fault))
        elif self._api is not None:
            yield from read_list(
                self._api, table=table, page_rows=self._settings.http.page_size, progress=progress
            )

    def _why_absent(self, table: Table) -> str:
        if self._settings.exports is not None:
            return f"There is no {table.physical}.csv in {self._settings.exports}. Export that table too."
        return (
            f"Automate's REST API does not offer {table.physical}. "
            f"Export that table and set automate.exports to its folder."
        )

    def _declared(self) -> Iterator[Event]:
        codes = self._settings.entity_types
        rows = [{"entity_kind": kind, "entity_type_code": code} for kind, code in codes.items()]
        yield Page(resource=ENTITY_TYPES.name, records=rows)
        yield _reading(ENTITY_TYPES.name, Verdict.COMPLETE, "", proof=Proof(pages=1, rows=len(rows)))

    def _check_exports(self, folder: Path) -> Iterator[Check]:
        try:
            files = find_exports(folder)
        except OSError as error:
            detail = f"{folder} cannot be listed ({error.strerror})"
            yield Check(name="automate exports", is_ok=False, detail=detail, fix="Correct automate.exports.")
            return
        present = [table for table in TABLES.values() if table.physical in files]
        yield Check(
            name="automate exports",
            is_ok=bool(present),
            detail=f"{len(present)} of {len(TABLES)} tables are in {folder}",
            fix="" if present else "Export the tables as <table>.csv into that folder.",
        )
        for table in present:
            yield self._check_export(files[table.physical], table=table)

    def _check_export(self, path: Path, *, table: Table) -> Check:
        name = f"automate export {path.name}"
        fix = "Export the table again, with all its columns."
        try:
            header = read_header(path, table=table)
            age_hours = (self._now() - path.stat().st_mtime) / 3600
        except (OSError, UnicodeError):
            return Check(name=name, is_ok=False, detail="cannot be read as text", fix=fix)
        if header is None:
            return Check(name=name, is_ok=False, detail="is empty", fix=fix)
        if header.missing:
            missing = ", ".join(f"{table.physical}.{column}" for column in header.missing)
            return Check(name=name, is_ok=False, detail=f"lacks {missing}", fix=fix)
        is_fresh = age_hours <= self._settings.exports_max_age_hours
        detail = f"{age_hours:.0f} hours old"
        return Check(name=name, is_ok=is_fresh, detail=detail, fix="" if is_fresh else "Export it again.")

    def _check_rest(self) -> Iterator[Check]:
        api = open_api(self._settings, sleep=self._sleep, tries=DOCTOR_TRIES)
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


def _reading(resource: str, verdict: Verdict, reason: str, *, proof: Proof | None = None) -> ResourceReading:
    return ResourceReading(
        source="automate", resource=resource, verdict=verdict, reason=reason, proof=proof or Proof()
    )
