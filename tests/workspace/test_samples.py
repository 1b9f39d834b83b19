"""The whole main path on the samples: precision and recall 1.0 for every shipped rule, over HTTP."""

from __future__ import annotations

import json
import shutil
from collections import defaultdict
from pathlib import Path

import pytest

from msp_audit.domain import Run, Verdict
from msp_audit.errors import ExitCode
from msp_audit.workspace import Workspace, exit_code
from tests.estates import copy_of
from tests.workspace.estate import (
    WEEKS,
    canonical,
    expected_of,
    found_in,
    manifest,
    sandbox_of,
    workspace_on,
)
from tests.workspace.sections import check_sections

Key = tuple[str, str]


@pytest.fixture(scope="module")
def folder(first_week: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the workspace of the samples lies; its first week is done."""
    return copy_of(first_week.settings.root, tmp_path_factory.mktemp("samples"))


@pytest.fixture(scope="module")
def weeks(first_week: Workspace, folder: Path) -> dict[str, tuple[Run, set[Key]]]:
    """Week -> run and the ``(rule, key)`` of every finding that the rules reported that week."""
    first = first_week.last_run()
    assert first is not None
    found = {WEEKS[0]: (first, found_in(first_week, first))}
    for week in WEEKS[1:]:
        with sandbox_of(week) as sandbox:
            workspace = workspace_on(folder, sandbox, week)
            workspace.snapshot()
            run = workspace.audit()
        found[week] = (run, found_in(workspace, run))
    return found


@pytest.mark.parametrize("week", WEEKS)
def test_every_planted_fault_is_found_and_nothing_else(
    weeks: dict[str, tuple[Run, set[Key]]], week: str
) -> None:
    expected = expected_of(manifest()["findings"], week)
    run, found = weeks[week]
    assert not run.not_evaluated
    assert not run.failed
    assert found - expected == set(), "reported, but not planted"
    assert expected - found == set(), "planted, but not reported"


def test_look_alikes_stay_silent(weeks: dict[str, tuple[Run, set[Key]]]) -> None:
    everything = set().union(*(found for _, found in weeks.values()))
    alike = {(item["rule"], canonical(item["key"])) for item in manifest()["look_alikes"]}
    planted = {(item["rule"], canonical(item["key"])) for item in manifest()["findings"]}
    assert len(alike) > 20
    assert (alike - planted) & everything == set()


def test_every_shipped_rule_is_planted(weeks: dict[str, tuple[Run, set[Key]]]) -> None:
    shipped = {rule_run.rule for run, _ in weeks.values() for rule_run in run.rule_runs}
    planted: dict[str, int] = defaultdict(int)
    for item in manifest()["findings"]:
        planted[item["rule"]] += 1
    elsewhere = {rule for one in manifest()["declarations"] for rule in one["rules"]}
    unplanted = set(manifest()["not_planted"])
    assert not (elsewhere | unplanted) & set(planted)
    assert shipped == set(planted) | elsewhere | unplanted


def test_every_list_is_read_completely(weeks: dict[str, tuple[Run, set[Key]]]) -> None:
    for run, _ in weeks.values():
        verdicts = {(reading.resource, reading.verdict) for reading in run.readings}
        optional = {(name, Verdict.ABSENT) for name in ("device_lifecycles", "device_warranties")}
        assert {verdict for _, verdict in verdicts - optional} == {Verdict.COMPLETE}
        assert optional <= verdicts, "switched off by default, and named so"


def test_a_list_that_is_switched_off_is_unchecked_only_where_a_rule_reads_it(
    weeks: dict[str, tuple[Run, set[Key]]], folder: Path, tmp_path: Path
) -> None:
    def not_checked(workspace: Workspace) -> set[str]:
        (path,) = workspace.report(["weekly_internal"], faces=["json"], out=tmp_path / "out")
        return {row["name"] for row in json.loads(path.read_bytes())["sections"]["not_checked"]["rows"]}

    assert len(weeks) == 3
    own = tmp_path / "own"
    shutil.copytree(folder, own)
    workspace = Workspace.open(own)
    assert not_checked(workspace) == set()
    (own / "rules" / "own").mkdir(parents=True)
    (own / "rules" / "own" / "end_of_life.sql").write_text(
        '/*\ntitle = "Out of life"\nseverity = "low"\nsubject = "auvik.device_lifecycles"\n'
        'key = ["device_id"]\n*/\nselect null::bigint as company_id, lifecycles.device_id as entity_id,'
        " lifecycles.device_id as entity_name, 'old' as reason, lifecycles.device_id"
        " from auvik.device_lifecycles as lifecycles\n"
    )
    Workspace.open(own).audit()
    assert not_checked(Workspace.open(own)) == {"device lifecycles", "Out of life"}


def test_new_persisting_resolved_and_reopened_all_occur(weeks: dict[str, tuple[Run, set[Key]]]) -> None:
    (first, _), (second, _), (third, _) = (weeks[week] for week in WEEKS)
    assert first.is_first
    assert second.new
    assert second.resolved
    assert third.reopened
    assert sum(third.open_findings.values()) > third.new + third.reopened


def test_the_sections_of_a_report_say_what_the_database_says(
    weeks: dict[str, tuple[Run, set[Key]]], folder: Path
) -> None:
    workspace = Workspace.open(folder)
    (path,) = workspace.report(["weekly_internal"], faces=["json"], out=folder / "sections")
    check_sections(json.loads(path.read_bytes()), workspace, weeks[WEEKS[-1]][0])


@pytest.mark.parametrize("source", ["psa", "automate", "auvik"])
def test_a_source_that_is_down_resolves_nothing_and_is_named(
    first_week: Workspace, tmp_path: Path, source: str
) -> None:
    copy_of(first_week.settings.root, tmp_path)
    with sandbox_of(WEEKS[1]) as sandbox:
        sandbox.faults.add("source_off", source=source)
        workspace = workspace_on(tmp_path, sandbox, WEEKS[1])
        workspace = Workspace(workspace.settings.model_copy(update=_impatient(workspace, source)))
        workspace.snapshot()
        run = workspace.audit()
        (path,) = workspace.report(["weekly_internal"], faces=["html"])
    assert exit_code(run, fail_on=None) is ExitCode.SOURCE
    assert run.not_evaluated
    lost = {rule_run.rule for rule_run in run.not_evaluated}
    resolved = workspace.sql(
        "select distinct rule from audit.finding_events where event = 'resolved' and run_id = $run_id",
        {"run_id": run.run_id},
    )
    assert not lost & {rule for (rule,) in resolved}
    page = path.read_text(encoding="utf-8")
    assert source in page
    for rule in lost:
        assert rule in page


def _impatient(workspace: Workspace, source: str) -> dict[str, object]:
    section = getattr(workspace.settings, source)
    return {source: section.model_copy(update={"http": section.http.model_copy(update={"tries": 1})})}
