"""The Automate connector: chooses for each list the way that has it, and says so where none does."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from msp_audit.connectors.automate.declared import declared_events, excluded_ids
from msp_audit.connectors.automate.doctor import check_exports, check_rest
from msp_audit.connectors.automate.exports import file_of, find_exports, read_export
from msp_audit.connectors.automate.names import Names
from msp_audit.connectors.automate.rest import fetch_page, open_api, read_list
from msp_audit.connectors.automate.tables import RESOURCES, TABLES, Table
from msp_audit.connectors.base import Check, Connector, Event, Page, Progress
from msp_audit.connectors.http import Api, Forbidden
from msp_audit.domain import ResourceReading, Verdict
from msp_audit.errors import SourceError, SourceRefused, SourceUnavailable
from msp_audit.settings.model import AutomateSettings, MysqlSettings

if TYPE_CHECKING:
    from msp_audit.connectors.automate.mysql import Labtech
    from msp_audit.connectors.automate.schema import Resolution


class AutomateConnector(Connector):
    """A live way wins: the database, then REST. Exports give what neither of them offers.

    A live way that is down is not replaced by exports: what it should have given is *stale*, with the reason.
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
        self._names = Names.of(settings.aliases)
        self._api: Api | None = None
        self._database: Labtech | None = None

    def read(self, *, progress: Progress | None = None) -> Iterator[Event]:
        """Yield every list; see :meth:`Connector.read`.

        Raises:
            SourceError: the database, or everything that is configured, cannot be used.
        """
        found = self._resolve()
        files = self._files()
        fault = self._probe(found, is_alone=not files and not found)
        ways: dict[str, str | None] = {}
        excluded: set[str] = set()
        for table in TABLES.values():
            resolved = found.get(table.name)
            path = file_of(table, files=files, names=self._names)
            if resolved is not None and self._database is not None and resolved.is_whole:
                ways[table.name] = "mysql"
                events = self._database.read_table(resolved, progress=progress)
            elif self._api is not None and table.rest_path is not None:
                ways[table.name] = "rest"
                events = self._read_rest(table, fault=fault, progress=progress)
            elif path is not None:
                ways[table.name] = "exports"
                events = self._read_export(path, table=table, progress=progress)
            elif resolved is not None and self._database is not None and resolved.is_readable:
                ways[table.name] = "mysql"
                events = self._database.read_table(resolved, progress=progress)
            else:
                ways[table.name] = None
                events = iter([_unread(table, self._why_unread(table, resolved), resolved=resolved)])
            for event in events:
                if isinstance(event, Page) and event.resource == "clients":
                    excluded |= excluded_ids(self._settings, event.records)
                yield event
        yield from declared_events(self._settings, ways=ways, excluded=len(excluded))

    def check(self) -> Iterator[Check]:
        """Yield what each way can give: database and rights, server and rights, files and columns."""
        if self._settings.mysql is not None:
            from msp_audit.connectors.automate.doctor_mysql import check_mysql

            with self._labtech(self._settings.mysql) as database:
                yield from check_mysql(
                    database,
                    names=self._names,
                    codes=self._settings.entity_types,
                    time_zone=self._settings.time_zone,
                )
        if self._settings.url is not None:
            yield from check_rest(self._settings, sleep=self._sleep)
        if self._settings.exports is not None:
            yield from check_exports(self._settings, names=self._names, now=self._now)

    def close(self) -> None:
        """Release the sessions; safe to call twice."""
        if self._api is not None:
            self._api.close()
            self._api = None
        if self._database is not None:
            self._database.close()
            self._database = None

    def _labtech(self, settings: MysqlSettings) -> Labtech:
        # The driver is imported when a database is configured, not before.
        from msp_audit.connectors.automate.mysql import Labtech

        return Labtech(settings, http=self._settings.http, sleep=self._sleep)

    def _resolve(self) -> Mapping[str, Resolution]:
        """Every table as the database has it; nothing when no database is configured."""
        if self._settings.mysql is None:
            return {}
        self._database = self._database or self._labtech(self._settings.mysql)
        return self._database.schema(names=self._names).resolve_all(self._names)

    def _files(self) -> dict[str, Path]:
        folder = self._settings.exports
        if folder is None:
            return {}
        known = {name.lower() for table in TABLES.values() for name in self._names.of_table(table.physical)}
        try:
            files = {name: path for name, path in find_exports(folder).items() if name in known}
        except OSError as error:
            files, cause = {}, f"cannot be listed ({error.strerror})"
        else:
            cause = "holds no export of a table that is read"
        if not files and self._settings.url is None and self._settings.mysql is None:
            raise SourceUnavailable(f"The folder of Automate exports, {folder}, {cause}.")
        return files

    def _probe(self, found: Mapping[str, Resolution], *, is_alone: bool) -> SourceError | None:
        """Sign in once, if REST is needed; what went wrong, unless nothing can be read without it."""
        covered = {name for name, resolved in found.items() if resolved.is_whole}
        is_needed = any(t.rest_path is not None and t.name not in covered for t in TABLES.values())
        if self._settings.url is None or not is_needed:
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
            verdict = Verdict.REFUSED if isinstance(fault, SourceRefused) else Verdict.STALE
            yield _reading(table, verdict, str(fault))
        elif self._api is not None:
            yield from read_list(
                self._api, table=table, page_rows=self._settings.http.page_size, progress=progress
            )

    def _read_export(self, path: Path, *, table: Table, progress: Progress | None) -> Iterator[Event]:
        yield from read_export(
            path,
            table=table,
            max_age_hours=self._settings.exports_max_age_hours,
            names=self._names,
            now=self._now,
            progress=progress,
        )

    def _why_unread(self, table: Table, resolved: Resolution | None) -> str:
        if resolved is not None:
            return resolved.why_not()
        if self._settings.exports is not None:
            return f"There is no {table.physical}.csv in {self._settings.exports}. Export that table too."
        return (
            f"Automate's REST API does not offer {table.physical}. Read the database (automate.mysql), "
            f"or export that table and set automate.exports to its folder."
        )


def _unread(table: Table, reason: str, *, resolved: Resolution | None) -> ResourceReading:
    """A table that is there under other columns has changed; one that is not there is simply absent."""
    is_changed = resolved is not None and resolved.physical is not None
    return _reading(table, Verdict.PARTIAL if is_changed else Verdict.ABSENT, reason)


def _reading(table: Table, verdict: Verdict, reason: str) -> ResourceReading:
    return ResourceReading(source="automate", resource=table.name, verdict=verdict, reason=reason)
