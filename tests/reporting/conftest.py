"""Pages and files that several tests look at; made once, because paper takes seconds."""

from __future__ import annotations

from pathlib import Path

import pytest

from msp_audit.reporting import Brand, ReportDefinition, load_definition, render
from tests.reporting import estate

BRAND = Brand(name="Northwind Managed Services")


@pytest.fixture(scope="session")
def weekly() -> ReportDefinition:
    return load_definition("weekly_internal")


@pytest.fixture(scope="session")
def files(weekly: ReportDefinition, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The weekly report of the invented MSP, by ending."""
    made = render(
        weekly,
        estate.weekly().reader(),
        3,
        faces=["html", "pdf", "xlsx"],
        out_folder=tmp_path_factory.mktemp("weekly"),
        brand=BRAND,
    )
    return {path.suffix[1:]: path for path in made}
