"""What can be judged of Automate over REST alone, and on a plugin version that nobody has seen."""

from __future__ import annotations

import csv
import shutil
from email.parser import BytesParser
from email.policy import default
from pathlib import Path
from typing import Any

import orjson

from msp_audit.connectors.automate.tables import PLUGIN_TABLES
from msp_audit.domain import RuleOutcome, Run
from msp_audit.sandbox import samples_folder
from msp_audit.workspace import Workspace
from tests.equivalence.original import RULES as ORIGINAL
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


#: What another version of the plugin may have changed -> the rules that cannot be judged then.
OTHER_VERSIONS = {
    "alter table plugin_cw_sitemapping rename column CWSiteRecID to TheSite": (
        "plugin_cw_sitemapping.CWSiteRecID",
        {
            "mapping.location_external_id_mismatch",
            "mapping.location_gone",
            "mapping.location_ignored_and_mapped",
            "sync.location_unsynced",
        },
    ),
    "alter table plugin_cw_clientmapping drop column ManagedServiceTemplateID": (
        "plugin_cw_clientmapping.ManagedServiceTemplateID",
        {"mapping.client_without_service_template", "sync.asset_unsynced"},
    ),
    "alter table plugin_cw_servicestatuses drop column Inactive": (
        "plugin_cw_servicestatuses.Inactive",
        {"sync.status_unmapped_from_psa"},
    ),
    "drop table plugin_cw_assettemplateassignments": (
        "plugin_cw_assettemplateassignments",
        {"sync.asset_template_unassigned"},
    ),
}


def _blind_for(run: Run, name: str) -> set[str]:
    """The rules that were not evaluated for want of *name*; each tells the setting that would map it."""
    for each in run.not_evaluated:
        if name in each.reason:
            assert f'"{name}" = "its name"' in each.reason
            assert "automate.aliases" in each.reason
    return {each.rule for each in run.not_evaluated if name in each.reason}


def test_on_another_plugin_version_only_the_affected_rules_are_not_evaluated(
    mariadb: Server, tmp_path: Path
) -> None:
    mariadb.load(samples_folder() / WEEKS[0] / "automate" / "labtech.sql")
    mariadb.execute(*OTHER_VERSIONS, database="labtech")
    run = _database_workspace(tmp_path, mariadb).audit()
    for name, rules in OTHER_VERSIONS.values():
        assert _blind_for(run, name) == rules
    # The rest waits for the PSA or Auvik, which this workspace has not.
    mine = {each.rule for each in run.not_evaluated if each.reason.startswith("automate")}
    assert mine == set().union(*(rules for _, rules in OTHER_VERSIONS.values()))
    assert not run.failed
    aliases = '[automate.aliases]\n"plugin_cw_sitemapping.CWSiteRecID" = "TheSite"\n'
    run = _database_workspace(tmp_path, mariadb, aliases).audit()
    assert not _blind_for(run, "plugin_cw_sitemapping.CWSiteRecID")
    outcomes = {each.rule: each.outcome for each in run.rule_runs}
    assert outcomes["sync.location_unsynced"] is RuleOutcome.EVALUATED


def test_where_the_plugin_is_not_installed_its_rules_say_so_and_nothing_fails(
    mariadb: Server, tmp_path: Path
) -> None:
    mariadb.load(samples_folder() / WEEKS[0] / "automate" / "labtech.sql")
    plugin = [table.physical for table in PLUGIN_TABLES]
    mariadb.execute(*(f"drop table {name}" for name in plugin), database="labtech")
    run = _database_workspace(tmp_path, mariadb).audit()
    blind = {each.rule: each.reason for each in run.not_evaluated}
    assert "Is the plugin installed?" in blind["sync.client_unsynced"]
    assert {rule for rule in ORIGINAL.values() if rule in blind} == set(ORIGINAL.values())
    assert not run.failed
    judged = {each.rule for each in run.rule_runs if each.outcome is RuleOutcome.EVALUATED}
    assert "sync.client_without_external_id" in judged


def test_an_export_without_a_column_silences_only_the_rules_that_use_it(tmp_path: Path) -> None:
    tables = tmp_path / "tables"
    shutil.copytree(samples_folder() / WEEKS[0] / "automate" / "tables", tables)
    for name, column in (("plugin_cw_sitemapping", "CWSiteRecID"), ("plugin_cw_servicestatuses", "Inactive")):
        path = tables / f"{name}.csv"
        first, _, rest = path.read_text(encoding="utf-8").partition("\n")
        path.write_text(first.replace(column, "SomethingElse") + "\n" + rest, encoding="utf-8")
    (tables / "plugin_cw_assettemplateassignments.csv").unlink()
    settings = f'[automate]\nexports = "{tables}"\nexports_max_age_hours = 1000000\n'
    (tmp_path / "msp-audit.toml").write_text(settings, encoding="utf-8")
    workspace = Workspace.open(tmp_path)
    workspace.snapshot()
    run = workspace.audit()
    for change, (name, rules) in OTHER_VERSIONS.items():
        if "ManagedServiceTemplateID" not in change and "drop table" not in change:
            assert _blind_for(run, name) == rules
    gone = next(r for r in run.not_evaluated if r.rule == "sync.asset_template_unassigned")
    assert "plugin_cw_assettemplateassignments.csv" in gone.reason
    assert not run.failed
    outcomes = {each.rule: each.outcome for each in run.rule_runs}
    assert outcomes["sync.client_unsynced"] is RuleOutcome.EVALUATED


def test_a_finding_whose_column_is_gone_stays_open_and_the_rest_resolves(tmp_path: Path) -> None:
    tables = tmp_path / "tables"
    tables.mkdir()
    lists = {
        "clients": "ClientID,Name,ExternalID,City\n{clients}",
        "plugin_cw_clientmapping": "ClientID,CWCompanyRecID,{template}\n",
        "plugin_cw_ignoredentities": "TargetType,LTTargetID,CWTargetRecID\n",
        "locations": "LocationID,ClientID,Name,ExternalID\n",
        "computers": "ComputerID,ClientID,LocationID,Name,OS,BiosVer,LastContact\n",
    }
    (tmp_path / "msp-audit.toml").write_text(
        f'[automate]\nexports = "{tables}"\nexports_max_age_hours = 1000000\n', encoding="utf-8"
    )

    def audit(*, clients: str, template: str) -> dict[str, str]:
        for name, text in lists.items():
            shown = text.format(clients=clients, template=template)
            (tables / f"{name}.csv").write_text(shown, encoding="utf-8")
        workspace = Workspace.open(tmp_path)
        workspace.snapshot()
        workspace.audit()
        rows = workspace.sql(
            "select entity_id, detection from audit.findings where rule = 'sync.client_unsynced'"
        )
        return {str(entity): str(detection) for entity, detection in rows}

    assert audit(clients="1,One,,\n2,Two,,\n", template="ManagedServiceTemplateID") == {
        "1": "new",
        "2": "new",
    }
    # The column is gone, but the rule does not use it: what is gone from the list is gone.
    assert audit(clients="2,Two,,\n", template="Another") == {"1": "resolved", "2": "open"}


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
        bare = tuple(each.model_copy(update={"attach": ()}) for each in workspace.settings.delivery)
        workspace = Workspace(workspace.settings.model_copy(update={"automate": chosen, "delivery": bare}))
        workspace.snapshot()
        run = workspace.audit()
        page = next(iter(workspace.report(faces=["html"]))).read_text(encoding="utf-8")
        workspace.deliver()
    mail = BytesParser(policy=default).parsebytes(next(tmp_path.rglob("*.eml")).read_bytes())
    assert not run.failed
    assert "Automate clients left out" in page
    assert "2 (automate.exclude_clients in the settings)" in page
    for kind in ("plain", "html"):
        body = mail.get_body((kind,))
        assert body is not None
        assert "2 clients left out by" in " ".join(body.get_content().split())
    excluded = workspace.sql("select client_id from automate.excluded_clients")
    about = workspace.sql(
        "select entity_id from audit.findings where rule = 'mapping.client_without_service_template'"
    )
    assert not {str(row[0]) for row in excluded} & {row[0] for row in about}
