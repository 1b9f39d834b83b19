"""Rules that judge tool by tool: one tool that was not read, or cannot tell, does not silence the others."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from msp_audit.audit import load_catalogue
from msp_audit.audit.readiness import Readiness, SourceState
from msp_audit.audit.runner import Limits, Runner
from msp_audit.connectors import CONNECTORS, views_folder_of
from msp_audit.domain import ResourceReading, RuleOutcome, RuleRun, Verdict
from msp_audit.errors import RuleError
from msp_audit.settings import RuleSettings
from msp_audit.store import Store, Views
from tests.audit.harness import START

RULE = "identity.device_serial_duplicated"


class Estate:
    """Every relation, two duplicates in Auvik, in NinjaOne and in each of two tools; read as told."""

    def __init__(self, folder: Path) -> None:
        self.views = Views.load({source: views_folder_of(source) for source in CONNECTORS})
        self.store = Store(folder, in_memory=True, threads=1)
        database = self.store.database
        self.views.make_empty(database)
        database.execute(
            "insert into files.tools (tool, reports_serial_number, reports_mac_address, reports_last_seen_at,"
            " reports_is_online)"
            " values ('datto', true, true, true, true), ('central', false, true, true, true)"
        )
        database.execute(
            "insert into core.monitored_keys (asset_key, monitored_by, tool_name, company_id, serial_key)"
            " select tools.tool || '/' || number, tools.tool, tools.tool, 19, 'SERIAL-' || tools.tool"
            " from (values ('auvik'), ('datto'), ('central'), ('ninjaone')) as tools(tool),"
            " range(2) as numbers(number)"
        )

    def judge(self, rule: str = RULE, **verdicts: Verdict) -> tuple[RuleRun, set[str]]:
        """Judge with these sources configured, each list of them with that verdict."""
        states = [
            SourceState(
                source=source,
                snapshot_id=1,
                read_at=START,
                readings=tuple(
                    ResourceReading(source=source, resource=resource, verdict=verdict, reason="It broke.")
                    for resource in sorted(
                        {name for view in self.views.ordered for at, name in view.landed if at == source}
                    )
                ),
            )
            for source, verdict in verdicts.items()
        ]
        database = self.store.database
        readiness = Readiness(states, views=self.views, database=database, sources=tuple(verdicts))
        runner = Runner(
            database,
            readiness=readiness,
            as_of=datetime(2026, 11, 2),
            limits=Limits(seconds=10, max_findings=100),
            settings=RuleSettings(),
        )
        run = runner.judge(load_catalogue(None, RuleSettings()).rule(rule))
        return run, {str(row[0]) for row in database.query("select entity_id from observed")}


@pytest.fixture(scope="module")
def estate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Estate]:
    made = Estate(tmp_path_factory.mktemp("tools"))
    yield made
    made.store.close()


def test_a_tool_that_does_not_report_what_a_rule_needs_is_left_out_and_named(estate: Estate) -> None:
    run, found = estate.judge(psa=Verdict.COMPLETE, auvik=Verdict.COMPLETE, files=Verdict.COMPLETE)
    assert run.outcome is RuleOutcome.TRUNCATED
    assert run.reason == "judged without some tools: central does not report serial numbers."
    assert found == {"SERIAL-auvik", "datto/SERIAL-datto"}


def test_files_that_broke_do_not_silence_auvik(estate: Estate) -> None:
    run, found = estate.judge(psa=Verdict.COMPLETE, auvik=Verdict.COMPLETE, files=Verdict.PARTIAL)
    assert run.outcome is RuleOutcome.TRUNCATED
    assert "files.assets is partial: It broke." in run.reason
    assert found == {"SERIAL-auvik"}


def test_ninjaone_that_refused_does_not_silence_the_files_nor_the_other_way_round(estate: Estate) -> None:
    run, found = estate.judge(psa=Verdict.COMPLETE, ninjaone=Verdict.REFUSED, files=Verdict.COMPLETE)
    assert run.outcome is RuleOutcome.TRUNCATED
    assert "ninjaone." in run.reason
    assert found == {"datto/SERIAL-datto"}
    run, found = estate.judge(psa=Verdict.COMPLETE, ninjaone=Verdict.COMPLETE, files=Verdict.PARTIAL)
    assert "files.assets is partial: It broke." in run.reason
    assert found == {"ninjaone/SERIAL-ninjaone"}
    run, found = estate.judge(psa=Verdict.COMPLETE, ninjaone=Verdict.COMPLETE)
    assert (run.outcome, run.reason, found) == (RuleOutcome.EVALUATED, "", {"ninjaone/SERIAL-ninjaone"})


def test_auvik_that_refused_does_not_silence_the_files(estate: Estate) -> None:
    run, found = estate.judge(psa=Verdict.COMPLETE, auvik=Verdict.REFUSED, files=Verdict.COMPLETE)
    assert run.outcome is RuleOutcome.TRUNCATED
    assert "auvik." in run.reason
    assert found == {"datto/SERIAL-datto"}


def test_where_no_tool_can_be_judged_the_rule_is_not_evaluated(estate: Estate) -> None:
    run, found = estate.judge(psa=Verdict.COMPLETE, auvik=Verdict.REFUSED, files=Verdict.PARTIAL)
    assert run.outcome is RuleOutcome.NOT_EVALUATED
    assert not found
    run, found = estate.judge(psa=Verdict.COMPLETE)
    assert (run.outcome, run.reason) == (
        RuleOutcome.NOT_EVALUATED,
        "None of auvik, files, ninjaone is configured.",
    )


def test_with_auvik_alone_the_rule_is_evaluated_whole(estate: Estate) -> None:
    run, found = estate.judge(psa=Verdict.COMPLETE, auvik=Verdict.COMPLETE)
    assert (run.outcome, run.reason, found) == (RuleOutcome.EVALUATED, "", {"SERIAL-auvik"})


def test_a_rule_that_looks_for_what_no_tool_knows_needs_every_configured_one(estate: Estate) -> None:
    rule = "coverage.configuration_without_device"
    run, _ = estate.judge(rule, psa=Verdict.COMPLETE, auvik=Verdict.COMPLETE, files=Verdict.PARTIAL)
    assert run.outcome is RuleOutcome.NOT_EVALUATED
    assert "files." in run.reason
    run, _ = estate.judge(rule, psa=Verdict.COMPLETE, auvik=Verdict.COMPLETE)
    assert run.outcome is RuleOutcome.EVALUATED


def test_a_rule_about_other_tools_has_nothing_to_judge_where_none_is_configured(
    estate: Estate,
) -> None:
    run, _ = estate.judge("identity.asset_ambiguous", psa=Verdict.COMPLETE)
    assert (run.outcome, run.findings, run.subject_count) == (RuleOutcome.EVALUATED, 0, 0)


def test_a_rule_cannot_need_what_no_tool_can_be_said_to_report(tmp_path: Path) -> None:
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "rule.sql").write_text(
        '/*\ntitle = "x"\nkey = ["entity_id"]\ntool_reports = ["serial"]\n*/\n'
        "select null::bigint as company_id, 1 as entity_id, 'a' as entity_name, 'b' as reason"
    )
    catalogue = load_catalogue(tmp_path, RuleSettings())
    (broken,) = catalogue.broken
    assert "no tool reports 'serial'" in broken.message
    with pytest.raises(RuleError):
        catalogue.rule("own.rule")
