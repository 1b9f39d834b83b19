"""What can be judged of Automate over REST alone, and on a plugin version that nobody has seen."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import orjson

from msp_audit.domain import RuleOutcome
from msp_audit.sandbox import samples_folder
from msp_audit.workspace import Workspace
from tests.mariadb import Server
from tests.workspace.estate import WEEKS, sandbox_of, workspace_on


def _rows(table: str) -> list[dict[str, str]]:
    path = samples_folder() / WEEKS[0] / "automate" / "tables" / f"{table}.csv"
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def _answers(name: str) -> list[dict[str, Any]]:
    path = samples_folder() / WEEKS[0] / "automate" / "rest" / f"{name}.ndjson"
    return [orjson.loads(line) for line in path.read_bytes().splitlines()]


def test_over_rest_alone_the_external_ids_and_the_sync_flag_are_judged_and_the_rest_is_not(
    tmp_path: Path,
) -> None:
    with sandbox_of(WEEKS[0]) as sandbox:
        workspace = workspace_on(tmp_path, sandbox, WEEKS[0])
        automate = workspace.settings.automate
        assert automate is not None
        alone = workspace.settings.model_copy(
            update={"automate": automate.model_copy(update={"exports": None})}
        )
        workspace = Workspace(alone)
        workspace.snapshot(["automate", "psa"])
        run = workspace.audit()
    found = workspace.sql("select rule, entity_id from audit.findings where rule like 'sync.%'")
    by_rule: dict[str, set[str]] = {}
    for rule, entity in found:
        by_rule.setdefault(rule, set()).add(entity)
    unlinked = {
        r["ClientID"] for r in _rows("clients") if not r["ExternalID"].isdigit() or r["ExternalID"] == "0"
    }
    assert by_rule["sync.client_without_external_id"] == unlinked
    assert by_rule["sync.location_without_external_id"] == {
        r["LocationID"] for r in _rows("locations") if r["ExternalID"] in ("", "0")
    }
    assert by_rule["sync.network_device_without_sync_flag"] == {
        str(device["Id"]) for device in _answers("network_devices") if not device["IsSyncedToManage"]
    }
    outcomes = {rule_run.rule: rule_run for rule_run in run.rule_runs}
    blind = outcomes["sync.client_unsynced"]
    assert blind.outcome is RuleOutcome.NOT_EVALUATED
    assert "plugin_cw_" in blind.reason
    assert not run.failed


def test_on_another_plugin_version_only_the_affected_rules_are_not_evaluated(
    mariadb: Server, tmp_path: Path
) -> None:
    mariadb.load(samples_folder() / WEEKS[0] / "automate" / "labtech.sql")
    mariadb.execute(
        "alter table plugin_cw_sitemapping rename column CWSiteRecID to TheSite",
        "drop table plugin_cw_assettemplateassignments",
        database="labtech",
    )
    workspace = _database_workspace(tmp_path, mariadb)
    run = workspace.audit()
    outcomes = {r.rule: r for r in run.rule_runs if r.rule.startswith("sync.")}
    changed = outcomes["sync.location_unsynced"]
    assert changed.outcome is RuleOutcome.NOT_EVALUATED
    assert "plugin_cw_sitemapping.CWSiteRecID" in changed.reason
    assert "automate.aliases" in changed.reason
    gone = outcomes["sync.asset_template_unassigned"]
    assert gone.outcome is RuleOutcome.NOT_EVALUATED
    assert "plugin_cw_assettemplateassignments" in gone.reason
    others = {name for name, r in outcomes.items() if r.outcome is not RuleOutcome.EVALUATED}
    assert others == {"sync.location_unsynced", "sync.asset_template_unassigned"}
    assert not run.failed
    aliases = '[automate.aliases]\n"plugin_cw_sitemapping.CWSiteRecID" = "TheSite"\n'
    run = _database_workspace(tmp_path, mariadb, aliases).audit()
    mended = next(r for r in run.rule_runs if r.rule == "sync.location_unsynced")
    assert mended.outcome is RuleOutcome.EVALUATED


def _database_workspace(folder: Path, server: Server, more: str = "") -> Workspace:
    (folder / "msp-audit.toml").write_text(
        f'[automate.mysql]\nsocket = "{server.socket}"\ndatabase = "labtech"\nusername = "root"\n{more}',
        encoding="utf-8",
    )
    workspace = Workspace.open(folder)
    workspace.snapshot()
    return workspace


def test_the_report_tells_how_many_clients_were_left_out(tmp_path: Path) -> None:
    with sandbox_of(WEEKS[0]) as sandbox:
        workspace = workspace_on(tmp_path, sandbox, WEEKS[0])
        automate = workspace.settings.automate
        assert automate is not None
        chosen = automate.model_copy(update={"exclude_clients": (1, "zz *")})
        workspace = Workspace(workspace.settings.model_copy(update={"automate": chosen}))
        workspace.snapshot()
        run = workspace.audit()
        page = next(iter(workspace.report(faces=["html"]))).read_text(encoding="utf-8")
    assert not run.failed
    assert "Automate clients left out" in page
    assert "2 (automate.exclude_clients in the settings)" in page
    excluded = workspace.sql("select client_id from automate.excluded_clients")
    about = workspace.sql(
        "select entity_id from audit.findings where rule = 'mapping.client_without_service_template'"
    )
    assert not {str(row[0]) for row in excluded} & {row[0] for row in about}
