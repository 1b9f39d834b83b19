"""The sandbox against the vendors' own API descriptions: it offers nothing that they do not."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from msp_audit.sandbox import auvik, sample_weeks, samples_folder
from msp_audit.sandbox.psa_lists import LISTS, kind_of_child_field, kind_of_field
from msp_audit.sandbox.reading import Reading


@cache
def document(path: Path) -> dict[str, Any]:
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    found: dict[str, Any] = json.loads(content)
    return found


@pytest.fixture
def psa_paths(specs: Path) -> set[str]:
    described = document(specs / "connectwise-psa" / "connectwise-psa-openapi-2025.1-reconstructed.json.gz")
    return set(described["paths"])


@pytest.mark.specs
def test_every_psa_list_and_count_is_in_the_description(psa_paths: set[str]) -> None:
    for listed in LISTS:
        path = listed.path.replace("{parent}", "{parentId}")
        assert path in psa_paths
        for count in listed.counts:
            assert f"{path}{count}" in psa_paths


@pytest.mark.specs
@pytest.mark.parametrize("listed", auvik.LISTS, ids=lambda listed: str(listed.path))
def test_every_auvik_list_takes_the_parameters_of_the_description(
    specs: Path, listed: auvik.AuvikList
) -> None:
    name = "v2beta-2025-10" if listed.path.startswith("/v2") else "v1-2025-10"
    described = document(specs / f"auvik-openapi-{name}.json")
    paths = {path.removeprefix("/v1"): item for path, item in described["paths"].items()}
    operation = paths[listed.path.removeprefix("/v1")]["get"]
    parameters = {parameter.get("name") for parameter in operation["parameters"]}
    assert {f"filter[{name}]" for name, _ in listed.filters} <= parameters
    assert {listed.tenant_parameter, "page[first]", "page[after]", "page[last]", "page[before]"} <= parameters


def test_the_samples_hold_no_member_that_conditions_do_not_know() -> None:
    unknown: Counter[str] = Counter()
    for week in sample_weeks(samples_folder()):
        reading = Reading(week)
        for listed in LISTS:
            records = reading.psa(listed.resource)
            names = {name for record in records.records(records.all) for name in record}
            unknown.update(
                f"{listed.resource}.{name}" for name in names if not is_known(listed.resource, name)
            )
    # Planted there as what a later version of the vendor's may bring.
    assert unknown.keys() <= {"configurations.newMember"}


def is_known(resource: str, name: str) -> bool:
    known = kind_of_field(resource, name) or kind_of_child_field(resource, f"{name}/id")
    return known is not None
