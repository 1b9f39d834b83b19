"""What if: another setting on the command line, over the published samples; and the draft of the settings."""

from __future__ import annotations

import tomllib

import pytest
from typer.testing import CliRunner

from msp_audit.cli.app import app
from msp_audit.errors import SettingsError
from msp_audit.settings.auvik_sync import AuvikSync
from msp_audit.workspace import Workspace
from msp_audit.workspace.prediction import (
    changed_sync,
    predicted_changes,
    predicted_counts,
    predicted_flips,
    sync_skeleton,
)


@pytest.fixture(scope="module")
def workspace(first_week: Workspace) -> Workspace:
    return first_week


def test_the_same_settings_change_nothing(workspace: Workspace) -> None:
    assert len(predicted_changes(workspace, ["managed_only=true"])) == 0


def test_an_option_on_the_command_line_names_the_devices_it_touches(workspace: Workspace) -> None:
    expected = workspace.sql(
        "select device_id from core.auvik_prediction_flips where flipped_option = 'only_match_active'"
    )
    rows = predicted_changes(workspace, ["only_match_active=false"]).records()
    assert {row["device_id"] for row in rows} == {device_id for (device_id,) in expected}
    assert {(row["now"], row["then"]) for row in rows} >= {("create", "match")}


def test_a_class_map_entry_can_be_added_and_removed(workspace: Workspace) -> None:
    rows = predicted_changes(workspace, ["class_map.loadBalancer=Network Device"]).records()
    assert [(row["device"], row["now"], row["then"]) for row in rows] == [
        ("SOS-loadBalancer", "blocked", "create")
    ]
    rows = predicted_changes(workspace, ["site_map.harbordentalgroup="]).records()
    assert {row["then"] for row in rows} == {"excluded"}


def test_every_device_is_counted_once(workspace: Workspace) -> None:
    counted = sum(sum(row[1:]) for row in predicted_counts(workspace))
    assert counted == workspace.sql("select count(*) from auvik.devices").scalar()


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ("managed_only", "write option=value"),
        ("manged_only=true", "there is no option manged_only; did you mean managed_only"),
        ("assumptions.scope=all", "there is no option assumptions.scope; there are names_match_any_case"),
        ("identifiers=host_name,device_name", "exclude each other"),
        ("class_map.swich=Switch", "did you mean 'switch'"),
    ],
)
def test_a_change_that_cannot_be_is_refused(change: str, complaint: str) -> None:
    with pytest.raises(SettingsError, match=complaint):
        changed_sync(AuvikSync(), [change])


def test_turning_over_each_option_is_told_with_how_many_devices_it_touches(workspace: Workspace) -> None:
    flips = predicted_flips(workspace).records()
    assert {row["option"] for row in flips} == {
        "enabled", "managed_only", "only_match_active", "use_configuration_type_when_matching",
        "identifiers", "inventory",
    }  # fmt: skip
    touched = sum(row["devices"] for row in flips if row["option"] == "only_match_active")
    assert touched == len(predicted_changes(workspace, ["only_match_active=false"]))
    enabled = [row for row in flips if row["option"] == "enabled"]
    assert {row["then"] for row in enabled} == {"excluded"}
    told = CliRunner().invoke(
        app, ["-w", str(workspace.settings.root), "predict", "--each", "-f", "csv"], env={"COLUMNS": "80"}
    )
    assert told.stdout.splitlines()[0] == "option,now,then,devices,example"


def test_the_devices_fit_a_narrow_window(workspace: Workspace) -> None:
    command = ["-w", str(workspace.settings.root), "predict", "--set", "only_match_active=false"]
    told = CliRunner().invoke(app, command, env={"COLUMNS": "80"})
    assert "because" in told.stdout
    assert max(len(line) for line in told.stdout.splitlines()) <= 80
    assert max(line.count("create") for line in told.stdout.splitlines()) == 1


def test_the_draft_is_settings_that_load(workspace: Workspace) -> None:
    text = sync_skeleton(workspace)
    sync = AuvikSync.model_validate(tomllib.loads(text)["auvik"]["sync"])
    assert sync.class_map["firewall"] == "Firewall"
    assert sync.make_map["Cisco"].manufacturer == "Cisco"
    assert sync.site_map["harbordentalgroup"].company_id == 251
    assert "# by name" in text


def test_the_command_prints_the_devices(workspace: Workspace) -> None:
    folder = str(workspace.settings.root)
    told = CliRunner().invoke(app, ["-w", folder, "predict", "--set", "only_match_active=false", "-f", "csv"])
    assert told.exit_code == 0
    assert "LFL-" in told.stdout
    told = CliRunner().invoke(app, ["-w", folder, "init", "auvik-sync"])
    assert "[auvik.sync.class_map]" in told.stdout
