"""Facts about Automate that no interface tells: the settings declare them, and they land like any list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msp_audit.connectors.automate.tables import CLIENT_EXCLUSIONS, ENTITY_TYPES, LIST_WAYS
from msp_audit.connectors.base import Event, Page, Resource
from msp_audit.domain import Proof, Record, ResourceReading, Verdict
from msp_audit.settings.model import AutomateSettings


def declared_events(settings: AutomateSettings, *, ways: Mapping[str, str | None]) -> Iterator[Event]:
    """The plugin's codes of the kinds of entity, the clients to be left out, and the way of each list."""
    kinds = settings.entity_types.items()
    codes: list[Record] = [{"entity_kind": kind, "entity_type_code": code} for kind, code in kinds]
    yield from _list(ENTITY_TYPES, codes)
    yield from _list(CLIENT_EXCLUSIONS, [_exclusion(each) for each in settings.exclude_clients])
    yield from _list(LIST_WAYS, [{"resource": name, "way": way} for name, way in ways.items()])


def _exclusion(given: int | str) -> Record:
    if isinstance(given, int):
        return {"exclusion": str(given), "client_id": given, "name_pattern": None}
    return {"exclusion": given, "client_id": None, "name_pattern": given}


def _list(resource: Resource, records: list[Record]) -> Iterator[Event]:
    if records:
        yield Page(resource=resource.name, records=records)
    yield ResourceReading(
        source="automate",
        resource=resource.name,
        verdict=Verdict.COMPLETE,
        proof=Proof(pages=1, rows=len(records)),
    )
