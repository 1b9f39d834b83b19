"""Where each column comes from: read off the queries, through whatever they are built of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest

from msp_audit.cli.pages.lineage import Origins, origins
from msp_audit.cli.pages.relations import published_columns
from msp_audit.connectors import CONNECTORS, views_folder_of
from msp_audit.store import Database, Views, empty_relations


@pytest.fixture(scope="module")
def parser() -> Iterator[Database]:
    with empty_relations() as database:
        yield database


@pytest.fixture(scope="module")
def lineage(parser: Database) -> dict[str, Mapping[str, Origins]]:
    views = Views.load({name: views_folder_of(name) for name in CONNECTORS}).ordered
    return {view.name: origins(view.file.sql, parser) for view in views}


def test_every_column_that_is_made_of_sources_says_of_what(
    lineage: dict[str, Mapping[str, Origins]],
) -> None:
    made = [
        (column.relation, column.name)
        for members in published_columns().values()
        for column in members
        if column.relation in lineage
    ]
    assert len(made) > 400
    assert [f"{relation}.{name}" for relation, name in made if not lineage[relation].get(name)] == []


def test_what_it_says_exists(lineage: dict[str, Mapping[str, Origins]]) -> None:
    known = {f"{c.relation}.{c.name}" for members in published_columns().values() for c in members}
    schemas = {name.partition(".")[0] for name in known}
    said = {
        item
        for columns in lineage.values()
        for made_of in columns.values()
        for item in made_of
        if item.partition(".")[0] in schemas and item.count(".") == 2
    }
    assert len(said) > 50
    assert said - known == set()


@pytest.mark.parametrize(
    ("column", "made_of"),
    [
        ("psa.configurations.serial_number", ("serialNumber",)),
        ("psa.configurations.company_id", ("company.id",)),
        ("psa.configuration_answers.question", ("questions.question",)),
        ("automate.computers.is_server", ("Type", "OS")),
        ("automate.excluded_entities.entity_id", ("ClientID", "LocationID", "ComputerID", "DeviceID")),
        ("core.computer_links.evidence", ("core.computer_configuration_links.evidence",)),
    ],
)
def test_a_column_leads_back_to_the_field(
    column: str, made_of: Origins, lineage: dict[str, Mapping[str, Origins]]
) -> None:
    relation, _, name = column.rpartition(".")
    assert lineage[relation][name] == made_of


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("select c.name || c.kind as x from psa.c as c", ("psa.c.name", "psa.c.kind")),
        ("with a as (select c.id as k from psa.c as c) select k as x from a", ("psa.c.id",)),
        ("select s.k as x from (select c.id from psa.c as c) as s(k)", ("psa.c.id",)),
        ("select c.a as x from psa.c as c union all select d.b from psa.d as d", ("psa.c.a", "psa.d.b")),
        ("select (select max(d.b) from psa.d as d) as x from psa.c as c", ("psa.d.b",)),
        ("select r.payload ->> 'A' as x from landing.r as r", ("A",)),
        ("select u.v as x from psa.c as c, unnest(c.names) as u(v)", ("psa.c.names",)),
        (
            "with d as (select c.id as k from psa.c as c) select m.x from f('d', 'psa.e', 'a word') as m",
            ("psa.c.id", "psa.e"),
        ),
        ("select count(*) as x from psa.c as c", ("counted rows",)),
        ("select 'psa' as x from psa.c as c", ("the query itself",)),
    ],
)
def test_it_sees_through(sql: str, expected: Origins, parser: Database) -> None:
    assert origins(sql, parser)["x"] == expected
