"""Every condition that the samples must hold, one by one: where it is, and that it ends as it should."""

from __future__ import annotations

import ast
import tomllib
from pathlib import Path
from typing import Any

import pytest

from msp_audit.sandbox import samples_folder
from msp_audit.workspace import Workspace
from tests.workspace.estate import WEEKS, canonical, found_in, manifest

ROOT = Path(__file__).parents[2]
CONDITIONS: dict[str, dict[str, Any]] = tomllib.loads(
    (Path(__file__).parent / "conditions.toml").read_text(encoding="utf-8")
)
WAYS = {"planted", "silent", "stands", "predicted", "linked", "proven", "left_out"}
MANIFEST = manifest()
#: What -> where, of the table of hostile and broken data.
STANDS = dict(
    [cell.strip() for cell in line.strip("| ").split(" | ")][:2]
    for line in (samples_folder() / "README.md").read_text(encoding="utf-8").splitlines()
    if line.startswith("| ") and line.count(" | ") == 1
)
each = pytest.mark.parametrize("number", CONDITIONS)


def test_all_conditions_are_there_and_each_ends_somehow() -> None:
    assert [int(number) for number in CONDITIONS] == list(range(1, 35))
    for condition in CONDITIONS.values():
        assert condition["what"]
        assert set(condition) - {"what"} <= WAYS
        assert set(condition) - {"what", "left_out"}


@each
def test_what_is_planted_is_found_and_what_only_looks_alike_is_not(
    number: str, first_week: Workspace
) -> None:
    run = first_week.last_run()
    assert run is not None
    found = found_in(first_week, run)
    for rule, words in CONDITIONS[number].get("planted", ()):
        told = [one for one in MANIFEST["findings"] if one["rule"] == rule and words in one["story"]]
        assert told, f"{rule} is not planted with '{words}'"
        for one in told:
            assert ((rule, canonical(one["key"])) in found) == (WEEKS[0] in one["weeks"]), one
    for rule, words in CONDITIONS[number].get("silent", ()):
        alike = [one for one in MANIFEST["look_alikes"] if one["rule"] == rule and words in one["story"]]
        assert alike, f"{rule} has no look-alike with '{words}'"
        assert not {(rule, canonical(one["key"])) for one in alike} & found


@each
def test_a_device_will_be_synced_as_it_says(number: str, first_week: Workspace) -> None:
    for name, outcome, cause in CONDITIONS[number].get("predicted", ()):
        device = STANDS[name[1:]].split()[-1] if name.startswith("@") else name
        rows = first_week.sql(
            "select predictions.outcome, predictions.cause from core.auvik_predictions as predictions"
            " join auvik.devices as devices on predictions.device_id = devices.device_id"
            " where $device in (devices.device_id, devices.name)",
            {"device": device},
        ).rows
        assert rows, f"there is no device {device}"
        assert set(rows) == {(outcome, cause)}


@each
def test_an_asset_is_linked_as_it_says(number: str, first_week: Workspace) -> None:
    for source, asset, confidence, evidence in CONDITIONS[number].get("linked", ()):
        relation, key = (
            ("automate.computers", "computer_id") if source == "automate" else ("auvik.devices", "device_id")
        )
        column = "name" if source == "auvik" else "serial_number"
        chosen = f"assets.{column} like $asset" if asset.startswith("like ") else f"assets.{key} = $asset"
        rows = first_week.sql(
            "select links.confidence, links.evidence from core.asset_links as links"
            f" join {relation} as assets on links.from_id = assets.{key}::varchar"
            f" where links.from_source = $source and links.to_source = 'psa' and {chosen}",
            {"source": source, "asset": asset.removeprefix("like ")},
        ).rows
        assert rows, f"there is no such asset: {asset}"
        assert set(rows) == {(confidence, evidence)}


@each
def test_what_stands_in_the_data_or_is_proven_elsewhere_is_there(number: str) -> None:
    condition = CONDITIONS[number]
    assert [what for what in condition.get("stands", ()) if what not in STANDS] == []
    for place in condition.get("proven", ()):
        file, _, function = place.partition("::")
        assert (ROOT / file).is_file()
        if function:
            tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
            assert function in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
