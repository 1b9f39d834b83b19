"""The sources that can be read. A new connector is a folder beside this file and a line in ``CONNECTORS``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, cast

from msp_audit.connectors.base import Connector
from msp_audit.settings.files import FileToolSettings
from msp_audit.settings.model import Settings

if TYPE_CHECKING:
    from msp_audit.connectors.automate.report import SchemaReport
    from msp_audit.connectors.files.rows import ParquetRows

#: Source -> where its connector is. Text, not classes: an HTTP library is imported when a source is read.
CONNECTORS: Mapping[str, str] = MappingProxyType(
    {
        "psa": "msp_audit.connectors.psa:PsaConnector",
        "automate": "msp_audit.connectors.automate:AutomateConnector",
        "auvik": "msp_audit.connectors.auvik:AuvikConnector",
        "ninjaone": "msp_audit.connectors.ninjaone:NinjaoneConnector",
        "files": "msp_audit.connectors.files:FilesConnector",
    }
)


def configured_sources(settings: Settings) -> tuple[str, ...]:
    """The sources that *settings* name, in reading order."""
    # No table, or no tool below [files].
    return tuple(source for source in CONNECTORS if getattr(settings, source))


def connector(
    source: str, *, settings: Settings, is_replay: bool = False, parquet: ParquetRows | None = None
) -> Connector:
    """The connector of a configured *source*; relative paths of its settings start at the workspace.

    For a replay no secret is looked up. *parquet* reads Parquet files; connectors know no DuckDB.
    """
    module, _, name = CONNECTORS[source].partition(":")
    make = cast("Callable[..., Connector]", getattr(import_module(module), name))
    if source == "files":
        return make(_rooted_tools(settings), parquet=parquet)
    section = _rooted(getattr(settings, source), root=settings.root)
    return make(_keyless(section) if is_replay else section)


def automate_schema(settings: Settings) -> SchemaReport:
    """What Automate's database has of what is read; see :mod:`msp_audit.connectors.automate.report`.

    Raises:
        SettingsError: no database of Automate is configured.
        SourceError: it cannot be read.
    """
    from msp_audit.connectors.automate.report import schema_report

    section = settings.automate
    return schema_report(None if section is None else _rooted(section, root=settings.root))


def views_folder_of(source: str) -> Path:
    """Folder of the *source*'s view files; found without importing the connector."""
    return Path(__file__).parent / source / "views"


def _rooted_tools(settings: Settings) -> dict[str, FileToolSettings]:
    return {
        name: tool.model_copy(update={"folder": settings.root / tool.folder})
        for name, tool in settings.files.items()
    }


def _rooted(section: Any, *, root: Path) -> Any:  # noqa: ANN401  (one of the sources' settings models)
    update: dict[str, Any] = {}
    if section.http.ca_file is not None:
        update["http"] = section.http.model_copy(update={"ca_file": root / section.http.ca_file})
    if getattr(section, "exports", None) is not None:
        update["exports"] = root / section.exports
    if getattr(section, "inventory_mappings", None) is not None:
        update["inventory_mappings"] = root / section.inventory_mappings
    if getattr(section, "mysql", None) is not None and section.mysql.ca_file is not None:
        update["mysql"] = section.mysql.model_copy(update={"ca_file": root / section.mysql.ca_file})
    return section.model_copy(update=update) if update else section


def _keyless(section: Any) -> Any:  # noqa: ANN401
    from msp_audit.connectors.recording import without_keys

    return without_keys(section)
