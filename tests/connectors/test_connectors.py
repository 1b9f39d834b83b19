"""The list of connectors: cheap to import, and relative paths start at the workspace."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from msp_audit.connectors import CONNECTORS, configured_sources, connector, views_folder_of
from msp_audit.settings import Settings


def _settings(root: Path) -> Settings:
    psa = {
        "url": "https://psa.example",
        "company": "northwind",
        "client_id": "id",
        "public_key": "env:A",
        "private_key": "env:B",
        "http": {"ca_file": "certificates/ca.pem"},
    }
    return Settings.model_validate({"root": root, "psa": psa, "automate": {"exports": "exports"}})


def test_no_http_library_is_imported_before_a_source_is_read() -> None:
    program = (
        "import sys, msp_audit.connectors; sys.exit(bool({'httpx', 'pymysql', 'duckdb'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_only_configured_sources_are_read_in_reading_order(tmp_path: Path) -> None:
    assert configured_sources(_settings(tmp_path)) == ("psa", "automate")


@pytest.mark.parametrize("source", ["psa", "automate"])
def test_a_connector_knows_its_source_and_its_parents_come_first(source: str, tmp_path: Path) -> None:
    made = connector(source, settings=_settings(tmp_path))
    assert made.source == source
    names = [resource.name for resource in made.resources]
    assert len(set(names)) == len(names)
    for resource in made.resources:
        assert resource.parent is None or names.index(resource.parent) < names.index(resource.name)
    made.close()


def test_a_relative_file_of_authorities_is_looked_for_in_the_workspace(tmp_path: Path) -> None:
    made = connector("psa", settings=_settings(tmp_path))
    assert made._settings.http.ca_file == tmp_path / "certificates" / "ca.pem"  # type: ignore[attr-defined]


@pytest.mark.parametrize("source", sorted(CONNECTORS))
def test_every_connector_brings_views(source: str) -> None:
    assert list(views_folder_of(source).glob("*.sql"))
