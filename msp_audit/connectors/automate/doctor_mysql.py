"""What ``msp-audit doctor`` finds out about Automate's database: rights, columns, engines, codes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from msp_audit.connectors.automate.mysql import Labtech, offset_text
from msp_audit.connectors.automate.names import Names
from msp_audit.connectors.automate.schema import Resolution, suggestions
from msp_audit.connectors.base import Check
from msp_audit.errors import SourceError
from msp_audit.settings.model import EntityKind

_READING = frozenset({"select", "usage", "show view", "show databases", "process"})
#: Kind of entity -> our resource whose key an ignored id of that kind must be.
_HOMES = {
    "computer": ("computers", "ComputerID"),
    "location": ("locations", "LocationID"),
    "client": ("clients", "ClientID"),
    "network_device": ("network_devices", "DeviceID"),
}


def check_mysql(
    database: Labtech, *, names: Names, codes: Mapping[EntityKind, int], time_zone: str
) -> Iterator[Check]:
    """Reachability, grants, each table's columns, engines, the clock, and whether the codes seem right."""
    try:
        schema = database.schema(names=names)
        version = str(database.rows("select version()")[0][0])
        yield Check(name="automate mysql", is_ok=True, detail=f"server {version}")
        yield _check_grants(database)
        resolved = schema.resolve_all(names)
        guesses = suggestions(schema, resolved)
        for resolution in resolved.values():
            yield _check_table(resolution, guesses)
        yield _check_engines(database, resolved)
        yield _check_clock(database, time_zone)
        yield from _check_codes(database, resolved, codes)
    except SourceError as error:
        yield Check(name="automate mysql", is_ok=False, detail=str(error), fix="Check [automate.mysql].")


def _check_grants(database: Labtech) -> Check:
    grants = [str(row[0]) for row in database.rows("show grants for current_user()")]
    rights = {
        right.strip().lower()
        for grant in grants
        if (listed := re.match(r"GRANT (.+?) ON ", grant))
        for right in re.sub(r"\([^)]*\)", "", listed[1]).split(",")
    }
    more = sorted(rights - _READING)
    return Check(
        name="automate mysql grants",
        is_ok=not more,
        detail=f"the account also has: {', '.join(more)}" if more else "the account may only read",
        fix="Use an account that was granted SELECT on labtech.* and nothing else." if more else "",
    )


def _check_table(resolution: Resolution, guesses: Mapping[str, str]) -> Check:
    name = resolution.table.physical
    if resolution.is_whole:
        renamed = {ours: column.name for ours, column in resolution.columns.items()}
        said = ", ".join(f"{ours} is {there}" for ours, there in renamed.items() if ours != there)
        return Check(name=f"automate table {name}", is_ok=True, detail=said or "all columns are there")
    wanted = [name] if resolution.physical is None else [f"{name}.{column}" for column in resolution.missing]
    lines = [f'"{each}" = "{guesses[each]}"' for each in wanted if each in guesses]
    return Check(
        name=f"automate table {name}",
        is_ok=False,
        detail=resolution.why_not(),
        fix=f"Perhaps, under [automate.aliases]: {'; '.join(lines)}"
        if lines
        else "'msp-audit doctor automate' lists what is there.",
    )


def _check_engines(database: Labtech, resolved: Mapping[str, Resolution]) -> Check:
    ours = {resolution.physical.lower() for resolution in resolved.values() if resolution.physical}
    rows = database.rows(
        "select table_name, engine from information_schema.tables where table_schema = database()"
    )
    loose = sorted(str(table) for table, engine in rows if str(table).lower() in ours and engine != "InnoDB")
    detail = (
        f"{len(loose)} tables are read at slightly different moments (their engine keeps no versions): "
        f"{', '.join(loose[:5])}{' …' if len(loose) > 5 else ''}"
        if loose
        else "all tables are read as of one moment"
    )
    return Check(name="automate mysql consistency", is_ok=True, detail=detail)


def _check_clock(database: Labtech, time_zone: str) -> Check:
    """Whether the server's own clock is as far from UTC as the declared zone is now."""
    server = database.minutes_from_utc()
    now = datetime.now(ZoneInfo(time_zone)).utcoffset() or timedelta()
    declared = round(now.total_seconds() / 60)
    is_ok = server == declared
    return Check(
        name="automate mysql clock",
        is_ok=is_ok,
        detail=f"the server is {offset_text(server)} from UTC, {time_zone} is {offset_text(declared)}",
        fix="" if is_ok else "Set automate.time_zone to the server's zone, by its name.",
    )


def _check_codes(
    database: Labtech, resolved: Mapping[str, Resolution], codes: Mapping[EntityKind, int]
) -> Iterator[Check]:
    """Ignored ids of a kind should be ids of that kind; when none is, the code is probably another's."""
    ignored = resolved["ignored_entities"]
    for kind, code in codes.items():
        resource, key = _HOMES.get(kind, ("", ""))
        home = resolved.get(resource)
        if home is None or not home.is_whole or not ignored.is_whole:
            continue
        kind_column, id_column = (ignored.columns[each].name for each in ("TargetType", "LTTargetID"))
        counted = (
            f"select count(*), count(entities.`{home.columns[key].name}`)"  # noqa: S608 (names of the schema)
            f" from `{ignored.physical}` as ignored left join `{home.physical}` as entities"
            f" on ignored.`{id_column}` = entities.`{home.columns[key].name}`"
            f" where ignored.`{kind_column}` = %s and ignored.`{id_column}` > 0"
        )
        listed, known = database.rows(counted, [code])[0]
        is_doubtful = int(listed) > 0 and int(known) == 0
        yield Check(
            name=f"automate code of {kind.replace('_', ' ')}",
            is_ok=not is_doubtful,
            detail=f"{known} of {listed} ignored ids of type {code} are {kind.replace('_', ' ')}s",
            fix=f"Correct automate.entity_types.{kind}; {code} seems to mean something else."
            if is_doubtful
            else "",
        )
