"""The schema report: what a database has of what is read, in text that holds no customer data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from msp_audit.connectors.automate.mysql import Labtech, offset_text
from msp_audit.connectors.automate.names import Names
from msp_audit.connectors.automate.schema import Resolution, Schema, suggestions
from msp_audit.errors import SettingsError
from msp_audit.settings.model import AutomateSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemaReport:
    """Lines to print, and whether every table that is read was found with its columns."""

    lines: tuple[str, ...]
    is_whole: bool


def schema_report(settings: AutomateSettings | None) -> SchemaReport:
    """Ask the database of *settings* for its schema.

    Raises:
        SettingsError: no database is configured.
        SourceError: it cannot be read.
    """
    if settings is None or settings.mysql is None:
        raise SettingsError("No database of Automate is configured; give [automate.mysql] in the settings.")
    names = Names.of(settings.aliases)
    with Labtech(settings.mysql, http=settings.http) as database:
        schema = database.schema(names=names)
        version = str(database.rows("select version()")[0][0])
        offset = offset_text(database.minutes_from_utc())
    resolved = schema.resolve_all(names)
    lines = (
        f"# Schema report of msp-audit, server {version}.",
        "# Names and types only, no customer data.",
        f"# Its clock is {offset} from UTC now; automate.time_zone is {settings.time_zone}.",
        *_resolutions(resolved),
        *_aliases(suggestions(schema, resolved)),
        *_columns(schema),
    )
    return SchemaReport(lines=lines, is_whole=all(each.is_whole for each in resolved.values()))


def _resolutions(resolved: Mapping[str, Resolution]) -> Iterator[str]:
    for resolution in resolved.values():
        if resolution.is_whole:
            renamed = ", ".join(f"{o} = {c.name}" for o, c in resolution.columns.items() if o != c.name)
            optional = [c for c in resolution.table.columns if c not in resolution.columns]
            more = f"; {renamed}" if renamed else ""
            more += f"; without {', '.join(optional)}" if optional else ""
            yield f"ok       {resolution.table.physical}{more}"
        else:
            lack = ", ".join(resolution.missing) if resolution.physical else "the table"
            yield f"MISSING  {resolution.table.physical}: {lack}"


def _aliases(guesses: Mapping[str, str]) -> Iterator[str]:
    if guesses:
        yield ""
        yield "# Perhaps; check each one before you believe it."
        yield "[automate.aliases]"
        yield from (f'"{ours}" = "{there}"' for ours, there in guesses.items())


def _columns(schema: Schema) -> Iterator[str]:
    yield ""
    yield "table\tcolumn\ttype\tnull\tkey"
    for table in sorted(schema.tables, key=str.lower):
        for column in schema.columns_of(table):
            null = "yes" if column.is_nullable else "no"
            yield f"{column.table}\t{column.name}\t{column.declared}\t{null}\t{column.key}"
