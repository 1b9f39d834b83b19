"""The original audit and our eight rules find the same entities, in databases full of traps."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from msp_audit.workspace import Workspace
from tests.equivalence.model import EXPECTED, TRAPS, random_rows
from tests.equivalence.original import RULES
from tests.equivalence.sides import DATABASE, Original, judged, landed
from tests.mariadb import Server

#: At least 200 are promised; the seeds are the databases.
SEEDS = range(200)
AT_ONCE = 40


@pytest.fixture(scope="module")
def originals(mariadb: Server) -> Iterator[Original]:
    made = Original(mariadb)
    yield made
    made.close()


def test_the_trap_data_is_judged_as_its_comments_say(originals: Original) -> None:
    originals.fill(TRAPS)
    assert originals.found(is_literal=False) == EXPECTED


@pytest.mark.parametrize("is_literal", [False, True], ids=["quiet", "literal"])
def test_both_find_the_same_in_the_trap_data(originals: Original, is_literal: bool) -> None:
    originals.fill(TRAPS)
    with landed(originals.connector()) as database:
        assert judged(database, is_literal=is_literal) == originals.found(is_literal=is_literal)


def test_literal_buries_the_cause_and_quiet_does_not(originals: Original) -> None:
    originals.fill(TRAPS)
    quiet, literal = (originals.found(is_literal=each) for each in (False, True))
    assert quiet["location"] < literal["location"]
    assert quiet["asset"] < literal["asset"]


@pytest.mark.slow
@pytest.mark.parametrize("first", SEEDS[::AT_ONCE])
def test_both_find_the_same_in_random_databases(originals: Original, first: int) -> None:
    some_found = set()
    for seed in range(first, first + AT_ONCE):
        originals.fill(random_rows(seed))
        with landed(originals.connector()) as database:
            for is_literal in (False, True):
                theirs = originals.found(is_literal=is_literal)
                ours = judged(database, is_literal=is_literal)
                for component in RULES:
                    assert ours[component] == theirs[component], (seed, is_literal, component)
                some_found |= {component for component, entities in theirs.items() if entities}
    # Databases in which nothing is wrong would prove nothing.
    assert some_found == set(RULES)


def test_the_whole_program_finds_it_too(originals: Original, mariadb: Server, tmp_path: Path) -> None:
    originals.fill(TRAPS)
    (tmp_path / "msp-audit.toml").write_text(
        f'[automate.mysql]\nsocket = "{mariadb.socket}"\ndatabase = "{DATABASE}"\nusername = "root"\n',
        encoding="utf-8",
    )
    workspace = Workspace.open(tmp_path)
    workspace.snapshot()
    run = workspace.audit()
    assert not run.failed
    found = workspace.sql("select rule, entity_id from audit.findings where rule like 'sync.%'")
    assert {(rule, entity) for rule, entity in found} == {
        (RULES[component], entity) for component, entities in EXPECTED.items() for entity in entities
    }
