"""The main path on estates that nobody looked at: other seeds, sizes and declared settings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import orjson
import pytest

from msp_audit.domain import RuleOutcome
from msp_audit.sandbox import Sandbox
from msp_audit.sandbox.estate import SAMPLE, generate
from msp_audit.workspace import Workspace
from tests.workspace.estate import WEEKS, expected_of, found_in, workspace_on

#: Chance gives every company something; planting needs some more of everything.
ROOMY = replace(
    SAMPLE, sites=140, computers=1700, devices=900, least_sites=4, least_computers=56, least_devices=30,
    has_sql=False,
)  # fmt: skip
#: Plan, and the weeks that are read; the last one is judged. The second estate's chance also makes a device
#: that is known by the ID alone which Auvik wrote.
ESTATES = (
    (replace(ROOMY, seed=2), WEEKS[:1]),
    (replace(ROOMY, seed=9, companies=33, sites=160, devices=1000, computers=1850), WEEKS[:2]),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """An estate that was read up to *week*, its servers still running, and the register of its faults."""

    workspace: Workspace
    register: dict[str, Any]
    week: str


@pytest.fixture(scope="module", params=ESTATES, ids=lambda value: f"seed_{value[0].seed}")
def read(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Read]:
    plan, weeks = request.param
    folder = tmp_path_factory.mktemp("other_estate")
    estate = folder / "estate"
    generate(estate, plan=plan)
    with Sandbox(estate / weeks[0]) as sandbox:
        for week in weeks:
            sandbox.serve(estate / week)
            workspace_on(folder / "workspace", sandbox, week, estate=estate).snapshot()
        workspace = workspace_on(folder / "workspace", sandbox, weeks[-1], estate=estate)
        register = orjson.loads((estate / "manifest.json").read_bytes())
        yield Read(workspace=workspace, register=register, week=weeks[-1])


def test_every_rule_finds_what_was_planted_and_nothing_else(read: Read) -> None:
    run = read.workspace.audit()
    found, expected = found_in(read.workspace, run), expected_of(read.register["findings"], read.week)
    assert not run.not_evaluated
    assert not run.failed
    assert found - expected == set(), "reported, but not planted"
    assert expected - found == set(), "planted, but not reported"
    assert len(expected) > 200


@pytest.mark.parametrize("read", ESTATES[1:], indirect=True, ids=lambda value: f"seed_{value[0].seed}")
def test_under_another_declaration_the_rules_about_it_find_what_it_does(read: Read) -> None:
    for declared in read.register["declarations"]:
        workspace = workspace_declaring(read.workspace, declared["auvik_sync"])
        workspace.snapshot(["auvik"])
        run = workspace.audit()
        found = {one for one in found_in(workspace, run) if one[0] in declared["rules"]}
        assert found == expected_of(declared["findings"], read.week), declared["name"]
        assert {rule for rule, _ in found} == set(declared["rules"]), declared["name"]
        outcomes = {each.rule: each.outcome for each in run.rule_runs}
        assert {outcomes[rule] for rule in declared["rules"]} == {RuleOutcome.EVALUATED}
        assert not run.failed


def workspace_declaring(workspace: Workspace, members: dict[str, Any]) -> Workspace:
    """The same workspace, its ``[auvik.sync]`` changed."""
    settings = workspace.settings
    assert settings.auvik is not None
    assert settings.auvik.sync is not None
    sync = type(settings.auvik.sync).model_validate(
        settings.auvik.sync.model_dump(exclude_unset=True) | members
    )
    auvik = settings.auvik.model_copy(update={"sync": sync})
    return Workspace(settings.model_copy(update={"auvik": auvik}))
