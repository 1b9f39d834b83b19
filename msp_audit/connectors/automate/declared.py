"""Facts about Automate that no interface tells: the settings declare them, and they land like any list."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase

from msp_audit.connectors.automate.tables import CLIENT_EXCLUSIONS, ENTITY_TYPES, LIST_WAYS
from msp_audit.connectors.base import Event, Page, Resource
from msp_audit.domain import Proof, Record, ResourceReading, Verdict
from msp_audit.settings.model import AutomateSettings


def declared_events(
    settings: AutomateSettings, *, ways: Mapping[str, str | None], excluded: int
) -> Iterator[Event]:
    """The plugin's codes of the kinds of entity, the clients to be left out, and the way of each list.

    *excluded* clients were left out; the proof of ``client_exclusions`` tells it as the server's count.
    """
    kinds = settings.entity_types.items()
    codes: list[Record] = [{"entity_kind": kind, "entity_type_code": code} for kind, code in kinds]
    yield from _list(ENTITY_TYPES, codes)
    exclusions = [_exclusion(each) for each in settings.exclude_clients]
    yield from _list(CLIENT_EXCLUSIONS, exclusions, concerned=excluded)
    yield from _list(LIST_WAYS, [_way(name, way, zone=settings.time_zone) for name, way in ways.items()])


def _way(resource: str, way: str | None, *, zone: str) -> Record:
    # REST writes UTC; the database, and so its exports, the server's local time.
    is_local = way in ("mysql", "exports") and zone != "UTC"
    return {"resource": resource, "way": way, "time_zone": zone if is_local else None}


def _exclusion(given: int | str) -> Record:
    if isinstance(given, int):
        return {"exclusion": str(given), "client_id": given, "name_pattern": None}
    return {"exclusion": given, "client_id": None, "name_pattern": given}


def excluded_ids(settings: AutomateSettings, clients: Iterable[Record]) -> set[str]:
    """Ids of those of *clients* that the settings leave out, as ``automate.excluded_clients`` does."""
    ids = {str(each) for each in settings.exclude_clients if isinstance(each, int)}
    patterns = [
        each.lower().replace("[", "[[]") for each in settings.exclude_clients if isinstance(each, str)
    ]
    return {
        str(client["ClientID"])
        for client in clients
        if str(client["ClientID"]) in ids
        or any(fnmatchcase(" ".join((client["Name"] or "").lower().split()), each) for each in patterns)
    }


def _list(resource: Resource, records: list[Record], *, concerned: int | None = None) -> Iterator[Event]:
    if records:
        yield Page(resource=resource.name, records=records)
    yield ResourceReading(
        source="automate",
        resource=resource.name,
        verdict=Verdict.COMPLETE,
        proof=Proof(pages=1, rows=len(records), server_count=concerned),
    )
