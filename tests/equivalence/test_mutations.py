"""The proof can fail: whichever predicate of the eight rules is changed, some comparison no longer holds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import pytest

from msp_audit.store.database import Database, QueryFailed, inspect
from tests.equivalence.model import TRAPS, random_rows
from tests.equivalence.sides import (
    RULE_FILES,
    Found,
    Original,
    entities,
    landed,
    needed_views,
)
from tests.mariadb import Server

#: Few but crowded: every combination of what may stand beside what occurs somewhere.
CROWDED = tuple(random_rows(seed, largest=60) for seed in range(6))

#: Pattern of a predicate -> what is put in its place, one mutant each. A predicate is a comparison, a test
#: for null, an existence, a kind of entity, a parameter, a join that filters.
MUTATIONS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r"not exists \(", ("exists (", "not not exists (")),
    (r"(?P<left>[\w.]+) = (?P<right>'\w+'|[\w.]+)", (r"\g<left> <> \g<right>", "true", "false")),
    (r"(?P<left>[\w.]+) is not null", (r"\g<left> is null", "true", "false")),
    (r"(?P<left>[\w.]+) is null", (r"\g<left> is not null", "true", "false")),
    (r"not coalesce\(statuses\.is_inactive, false\)", ("coalesce(statuses.is_inactive, false)", "true")),
    (r"'(computer|location|client)'", ("'computer'", "'location'", "'client'", "'network_device'")),
    (r"\$literal", ("(not $literal)", "true", "false")),
    (r"\bor \(", ("and (",)),
    (r"\band not exists", ("or not exists",)),
    (r"\band \(", ("or (",)),
    (r"\njoin automate\.clients", ("\nleft join automate.clients",)),
    (r"(?P<left>[\w.]+) > 0", (r"\g<left> >= 0", r"\g<left> <> 0", r"\g<left> > 1", "true")),
    (r"nullif\((?P<board>[\w.]+), 0\)", (r"\g<board>", r"case when \g<board> > 0 then \g<board> end")),
    (r"<> 0", ("> 0", "= 0")),
)

#: Predicates that only fetch evidence: they change no entity, whatever they say.
EVIDENCE = {
    "client": ("clients.client_id = located.client_id", "clients.client_id = managed.client_id"),
    "asset": ("computers.location_id = locations.location_id", "clients.client_id = links.client_id"),
    "template": ("templates.configuration_type_id = types.configuration_type_id",),
    "status_from_psa": ("statuses.board_id = boards.board_id",),
}
#: Views whose predicates the eight rules rest on.
VIEWS = (
    "automate.client_mappings", "automate.site_mappings", "automate.asset_syncs",
    "automate.status_mappings_from_psa", "automate.status_mappings_to_psa", "automate.plugin_statuses",
    "automate.priority_mappings_from_psa", "automate.priority_mappings_to_psa", "automate.ignored_entities",
)  # fmt: skip
#: Predicates of those views that no rule of the eight reads.
UNREAD = {
    "automate.client_mappings": ("CWAgreementRecID > 0",),
    "automate.site_mappings": ("CWCompanyRecID > 0",),
    "automate.ignored_entities": ("CWTargetRecID > 0",),
    "automate.plugin_statuses": ("CWServiceStatusRecID is not null",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """One changed text: of a rule (by component) or of a view (by name)."""

    of: str
    sql: str
    was: str
    now: str

    def __str__(self) -> str:
        return f"{self.of}: {self.was.strip()} -> {self.now.strip()}"


def mutants(of: str, sql: str) -> Iterator[Mutant]:
    """Every single change of one predicate that MUTATIONS know."""
    for pattern, replacements in MUTATIONS:
        for match in re.finditer(pattern, sql):
            for replacement in replacements:
                now = match.expand(replacement)
                changed = sql[: match.start()] + now + sql[match.end() :]
                if now != match[0]:
                    yield Mutant(of=of, sql=changed, was=match[0], now=now)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One database, typed, and what the original finds in it."""

    database: Database
    quiet: Found
    literal: Found

    def holds(self, component: str, sql: str) -> bool:
        return all(
            entities(self.database, sql, is_literal=is_literal) == found[component]
            for is_literal, found in ((False, self.quiet), (True, self.literal))
        )


@pytest.fixture(scope="module")
def originals(mariadb: Server) -> Iterator[Original]:
    made = Original(mariadb)
    yield made
    made.close()


@pytest.fixture(scope="module")
def comparisons(originals: Original) -> Iterator[list[Comparison]]:
    with ExitStack() as stack:
        made = []
        for rows in (TRAPS, *CROWDED):
            originals.fill(rows)
            database = stack.enter_context(landed(originals.connector()))
            quiet, literal = (originals.found(is_literal=each) for each in (False, True))
            made.append(Comparison(database=database, quiet=quiet, literal=literal))
        yield made


@pytest.mark.parametrize("component", RULE_FILES)
def test_the_rules_as_they_are_hold(comparisons: list[Comparison], component: str) -> None:
    assert all(each.holds(component, RULE_FILES[component].sql) for each in comparisons)


@pytest.mark.slow
@pytest.mark.parametrize("component", RULE_FILES)
def test_every_changed_predicate_of_a_rule_is_noticed(comparisons: list[Comparison], component: str) -> None:
    survivors = []
    tried = 0
    for mutant in mutants(component, RULE_FILES[component].sql):
        tried += 1
        try:
            is_noticed = not all(each.holds(component, mutant.sql) for each in comparisons)
        except QueryFailed:
            continue
        if not is_noticed and not mutant.was.startswith(EVIDENCE.get(component, ())):
            survivors.append(str(mutant))
    assert survivors == []
    assert tried >= 6


@pytest.mark.slow
@pytest.mark.parametrize("view", VIEWS)
def test_every_changed_predicate_of_a_relation_behind_them_is_noticed(
    comparisons: list[Comparison], view: str
) -> None:
    sql = next(each.file.sql for each in needed_views() if each.name == view)
    # The zone of times: the original query reads none; tests/connectors/automate/test_views.py has them.
    unread = (*UNREAD.get(view, ()), f"clock.resource = '{view.rpartition('.')[2]}'")
    waiting = [mutant for mutant in mutants(view, sql) if not mutant.was.endswith(unread)]
    assert waiting
    survivors = [str(m) for m in waiting if not any(_is_noticed(each, m) for each in comparisons)]
    assert survivors == []


def _is_noticed(comparison: Comparison, mutant: Mutant) -> bool:
    """Whether the relation of *mutant*, and what is made of it, would judge one database otherwise."""
    database = comparison.database
    stale = {mutant.of}
    database.execute("begin transaction")
    try:
        for view in needed_views():
            if view.name in stale or view.reads & stale:
                stale.add(view.name)
                text = mutant.sql if view.name == mutant.of else view.file.sql
                database.execute(f"create or replace table {view.name} as {text}")
        return not all(
            comparison.holds(component, file.sql)
            for component, file in RULE_FILES.items()
            if inspect(file.sql).relations & stale
        )
    except QueryFailed:
        return True
    finally:
        database.execute("rollback")
