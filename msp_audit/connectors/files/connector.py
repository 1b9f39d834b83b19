"""The files connector: every tool of ``[files]`` one after the other, into lists that all of them share."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

from msp_audit.connectors.base import Check, Connector, Event, Page, Progress
from msp_audit.connectors.files.layout import (
    ASSET_MACS,
    COVERED_TYPES,
    ORGANISATION_MAP,
    RESOURCES,
    TABLES,
    TOOLS,
    Table,
)
from msp_audit.connectors.files.rows import ParquetRows, UnreadableFile, find_files
from msp_audit.connectors.files.table import TableReader, Told
from msp_audit.domain import Proof, Record, ResourceReading, Verdict
from msp_audit.settings.files import FileToolSettings

PAGE_ROWS = 5_000
#: Files without which a tool can do: nothing is judged by sites.
OPTIONAL = frozenset({"sites"})


@dataclass(slots=True, kw_only=True)
class _Tally:
    """What all tools together gave of one list."""

    rows: int = 0
    pages: int = 0
    told: list[tuple[str, Told]] = field(default_factory=list)


class FilesConnector(Connector):
    """Reads what other monitoring tools exported; see docs/connecting/files.md for the layout.

    *now* (seconds since 1970) is what the age of a file is measured against; *parquet* reads such files.
    """

    source = "files"
    resources = RESOURCES

    def __init__(
        self,
        settings: Mapping[str, FileToolSettings],
        *,
        parquet: ParquetRows | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._settings = settings
        self._parquet = parquet or _no_parquet
        self._now = now

    def read(self, *, progress: Progress | None = None) -> Iterator[Event]:
        """Yield what the settings declare, then every list of every tool; see :meth:`Connector.read`."""
        started = time.monotonic()
        yield from _declared(self._settings)
        tallies = {table.name: _Tally() for table in TABLES}
        for tool, settings in self._settings.items():
            for page in self._tool(tool, settings, tallies):
                tally = tallies[page.resource]
                tally.pages += 1
                tally.rows += len(page.records)
                yield page
                if progress is not None:
                    progress(page.resource, tally.rows, None)
        elapsed = time.monotonic() - started
        for table in TABLES:
            yield _reading(table, tallies[table.name], elapsed=elapsed / len(TABLES))

    def check(self) -> Iterator[Check]:
        """Yield whether each file is there, fits and is fresh enough."""
        for tool, settings in self._settings.items():
            tallies = {table.name: _Tally() for table in TABLES}
            for _ in self._tool(tool, settings, tallies):
                pass
            for table in TABLES:
                for _, told in tallies[table.name].told:
                    yield _check(tool, table, told)

    def _tool(self, tool: str, settings: FileToolSettings, tallies: Mapping[str, _Tally]) -> Iterator[Page]:
        try:
            files = find_files(settings.folder)
        except OSError as error:
            reason = f"{settings.folder} cannot be listed ({error.strerror}). Correct files.{tool}.folder."
            for tally in tallies.values():
                tally.told.append((tool, Told(verdict=Verdict.PARTIAL, reason=reason)))
            return
        ids: dict[str, set[str] | None] = {}
        told: dict[str, Told] = {}
        for table in TABLES:
            reader = self._reader(files.get(table.name), settings=settings, table=table, ids=ids)
            if reader is None:
                told[table.name] = _missing(table, settings=settings, told=told)
            else:
                yield from _pages(tool, reader)
                told[table.name] = reader.told
            ids[table.name] = told[table.name].ids
        _judge_addresses(told, settings=settings)
        for name, outcome in told.items():
            tallies[name].told.append((tool, outcome))

    def _reader(
        self,
        path: Path | None,
        *,
        settings: FileToolSettings,
        table: Table,
        ids: Mapping[str, set[str] | None],
    ) -> TableReader | None:
        is_wanted = table.name != "asset_macs" or "mac_address" in settings.reports
        if path is None or not is_wanted:
            return None
        return TableReader(
            path=path,
            table=table,
            reports=settings.reports,
            parquet=self._parquet,
            max_age_hours=settings.max_age_hours,
            known_ids=ids,
            now=self._now,
        )


def _declared(settings: Mapping[str, FileToolSettings]) -> Iterator[Event]:
    tools: list[Record] = [{"tool": tool, "reports": sorted(each.reports)} for tool, each in settings.items()]
    mapped: list[Record] = [
        {"tool": tool, "organisation_id": organisation, "company_id": company}
        for tool, each in settings.items()
        for organisation, company in each.organisations.items()
    ]
    covered: list[Record] = [
        {"tool": tool, "configuration_type_name": name}
        for tool, each in settings.items()
        for name in each.covers
    ]
    for resource, records in ((TOOLS, tools), (ORGANISATION_MAP, mapped), (COVERED_TYPES, covered)):
        if records:
            yield Page(resource=resource.name, records=records)
        yield ResourceReading(
            source="files",
            resource=resource.name,
            verdict=Verdict.COMPLETE,
            proof=Proof(pages=1, rows=len(records)),
        )


def _pages(tool: str, reader: TableReader) -> Iterator[Page]:
    """The records of one file; the addresses that stand in the file of assets go to their own list."""
    batch: list[Record] = []
    addresses: list[Record] = []
    name = reader.table.name
    for record in reader.records():
        macs = record.pop("mac_address", None) or ()
        owner = {"tool": tool, "asset_id": record["asset_id"]} if macs else {}
        addresses += [{**owner, "mac_address": mac} for mac in macs]
        if name != "asset_macs":
            batch.append({"tool": tool, **record})
        if len(batch) + len(addresses) >= PAGE_ROWS:
            yield from _filled(name, batch, addresses)
            batch, addresses = [], []
    yield from _filled(name, batch, addresses)


def _filled(name: str, batch: list[Record], addresses: list[Record]) -> Iterator[Page]:
    if batch:
        yield Page(resource=name, records=batch)
    if addresses:
        yield Page(resource="asset_macs", records=addresses)


def _missing(table: Table, *, settings: FileToolSettings, told: Mapping[str, Told]) -> Told:
    if table.name == "asset_macs" and (
        "mac_address" not in settings.reports or "mac_address" in told["assets"].columns
    ):
        return Told()
    reason = f"There is no {table.name}.csv, .tsv or .parquet in {settings.folder}."
    return Told(verdict=Verdict.ABSENT, reason=reason)


def _judge_addresses(told: Mapping[str, Told], *, settings: FileToolSettings) -> None:
    """Addresses out of the file of assets are as good as that file."""
    assets, macs = told["assets"], told["asset_macs"]
    if "mac_address" in settings.reports and macs.verdict is Verdict.COMPLETE:
        macs.verdict, macs.reason = assets.verdict, assets.reason
    elif macs.verdict is Verdict.ABSENT and assets.verdict is Verdict.COMPLETE:
        macs.reason += (
            " The settings say that the tool reports mac_address: export the addresses,"
            " or take it out of reports."
        )


def _reading(table: Table, tally: _Tally, *, elapsed: float) -> ResourceReading:
    verdict, reason = _together(table, tally)
    return ResourceReading(
        source="files",
        resource=table.name,
        verdict=verdict,
        reason=reason,
        proof=Proof(pages=tally.pages, rows=tally.rows, elapsed_seconds=elapsed),
    )


def _together(table: Table, tally: _Tally) -> tuple[Verdict, str]:
    """One verdict for all tools: complete only when each is, for the list holds all of them."""
    verdicts = {told.verdict for _, told in tally.told}
    reason = " ".join(f"{tool}: {told.reason}" for tool, told in tally.told if told.reason)
    if verdicts == {Verdict.ABSENT}:
        return Verdict.ABSENT, reason
    if table.name in OPTIONAL:
        verdicts.discard(Verdict.ABSENT)
    if verdicts <= {Verdict.COMPLETE}:
        return Verdict.COMPLETE, ""
    if verdicts <= {Verdict.COMPLETE, Verdict.STALE}:
        return Verdict.STALE, reason
    return Verdict.PARTIAL, reason


def _check(tool: str, table: Table, told: Told) -> Check:
    name = f"{tool} {table.name}"
    if table.name in OPTIONAL and told.verdict is Verdict.ABSENT:
        return Check(name=name, is_ok=True, detail="not exported; nothing is judged by it")
    is_ok = told.verdict is Verdict.COMPLETE
    detail = f"{told.rows:,} rows" if is_ok else told.reason
    if table is ASSET_MACS and is_ok and not told.rows:
        detail = "no file of their own"
    fix = "" if is_ok else "Mend the export; what it must hold: docs/connecting/files.md."
    return Check(name=name, is_ok=is_ok, detail=detail, fix=fix)


def _no_parquet(_path: Path) -> NoReturn:
    raise UnreadableFile("Parquet files cannot be read here; export it as .csv")
