"""Small invented estates for the prediction: put into real relations, and judged by the real views."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from msp_audit.connectors.auvik.declared import declared_records
from msp_audit.domain import Record
from msp_audit.settings.auvik_sync import AuvikSync
from msp_audit.store import Database, Views
from msp_audit.store.store import built_in_view_folders, empty_relations

#: Typed relation of a declared resource -> how it differs from the record: nothing at all.
DECLARED = (
    "sync_options",
    "sync_identifiers",
    "sync_class_map",
    "sync_make_map",
    "sync_field_map",
    "sync_site_map",
    "sync_assumptions",
)


class World:
    """Typed relations that are filled by hand; the core relations are made of them by the shipped views."""

    def __init__(self) -> None:
        self._views = Views.load(built_in_view_folders())
        self.database: Database = empty_relations(self._views)

    def close(self) -> None:
        self.database.close()

    def declare(self, sync: AuvikSync) -> None:
        """Put what the settings declare where a snapshot would put it."""
        for resource, records in declared_records(sync).items():
            self.fill(f"auvik.{resource}", records)

    def fill(self, relation: str, records: Iterable[Record]) -> None:
        """Replace the content of a typed relation."""
        rows = list(records)
        self.database.execute(f"delete from {relation}")
        if rows:
            types = dict(
                self.database.query(
                    "select column_name, data_type from duckdb_columns()"
                    " where schema_name || '.' || table_name = $name",
                    {"name": relation},
                ).rows
            )
            names = list(dict.fromkeys(name for row in rows for name in row))
            self.database.insert_rows(
                relation,
                {name: types[name] for name in names},
                [[row.get(name) for name in names] for row in rows],
            )

    def make(self, relation: str) -> None:
        """Make *relation* and every core relation it needs, from what was filled in."""
        for view in self._views.closure([relation]):
            if view.schema == "core":
                self.database.execute(f"create or replace table {view.name} as {view.file.sql}")

    def predictions(self) -> dict[str, Record]:
        """Device -> its row of core.auvik_predictions."""
        self.make("core.auvik_predictions")
        rows = self.database.query("select * from core.auvik_predictions").records()
        assert len({row["device_id"] for row in rows}) == len(rows)
        return {row["device_id"]: row for row in rows}


def sync(**declared: Any) -> AuvikSync:
    """A declaration with the tenant ``acme`` mapped to company 10."""
    return AuvikSync.model_validate({"site_map": {"acme": {"company_id": 10}}, **declared})


def tenant(tenant_id: str = "t1", prefix: str = "acme", kind: str = "client") -> Record:
    return {"tenant_id": tenant_id, "domain_prefix": prefix, "name": prefix, "tenant_type": kind}


def device(device_id: str = "d1", **members: Any) -> Record:
    return {
        "device_id": device_id,
        "tenant_id": "t1",
        "device_type": "switch",
        "is_managed": True,
        "online_status": "online",
        **members,
    }


def configuration(configuration_id: int, **members: Any) -> Record:
    return {"configuration_id": configuration_id, "company_id": 10, "is_active": True, **members}
