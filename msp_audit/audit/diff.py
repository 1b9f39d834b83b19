"""What changed between two runs, or two readings: inventory and findings, company by company."""

from __future__ import annotations

from pathlib import Path

from msp_audit.audit.past import Moment, moment_of_run, moment_of_snapshot
from msp_audit.audit.versions import FINDINGS_AS_OF
from msp_audit.domain import Rows
from msp_audit.store import Database, Views, install_macros, open_published
from msp_audit.store.database import quoted
from msp_audit.store.publication import PUBLISHED

_SIDES = ("before", "after")
_CHANGES = """
create table changes (
    part varchar, what varchar, company_id bigint, company_name varchar, item varchar, name varchar,
    change varchar
)
"""
#: Which column leads to a company, and how, tried in this order; {side} is the database of that day.
_COMPANY_OF = {
    "company_id": "try_cast(rows.company_id as bigint)",
    "client_id": "(select min(links.company_id) from {side}.core.client_links as links"
    " where links.client_id = rows.client_id)",
    "computer_id": "(select min(links.company_id) from {side}.core.client_links as links"
    " join {side}.automate.computers as computers on links.client_id = computers.client_id"
    " where computers.computer_id = rows.computer_id)",
    "tenant_id": "(select min(links.company_id) from {side}.core.tenant_links as links"
    " where links.tenant_id = rows.tenant_id)",
    "configuration_id": "(select min(owners.company_id) from {side}.psa.configurations as owners"
    " where owners.configuration_id = rows.configuration_id)",
}
_NEEDED = ("core.client_links", "core.tenant_links", "automate.computers", "psa.configurations")
_COMPARE = """
insert into changes
select
    'inventory', $relation, coalesce(after.company_id, before.company_id), null,
    coalesce(after.item, before.item), coalesce(after.name, before.name),
    case when before.item is null then 'added' when after.item is null then 'removed' else 'changed' end
from ({before}) as before
full join ({after}) as after on before.item = after.item
where before.content is distinct from after.content
"""
_FINDINGS = """
insert into changes
select
    'findings', coalesce(after.rule, before.rule), coalesce(after.company_id, before.company_id), null,
    coalesce(after.finding_id, before.finding_id), coalesce(after.reason, before.reason),
    case
        when before.finding_id is null then 'added'
        when after.finding_id is null then 'removed'
        else 'changed'
    end
from (select states.* from ({before}) as states where states.detection <> 'resolved') as before
full join (select states.* from ({after}) as states where states.detection <> 'resolved') as after
    on before.finding_id = after.finding_id
where before.finding_id is null or after.finding_id is null
    or row(before.severity, before.company_id, before.evidence::varchar, before.triage)
        is distinct from row(after.severity, after.company_id, after.evidence::varchar, after.triage)
"""
_BY_COMPANY = """
select
    changes.part, changes.what, changes.company_id, changes.company_name,
    count(*) filter (changes.change = 'added') as added,
    count(*) filter (changes.change = 'removed') as removed,
    count(*) filter (changes.change = 'changed') as changed
from changes
group by changes.part, changes.what, changes.company_id, changes.company_name
order by changes.company_name nulls last, changes.company_id, changes.part, changes.what
"""
_ITEMS = """
select
    changes.part, changes.what, changes.company_id, changes.company_name, changes.item, changes.name,
    changes.change
from changes
order by changes.company_name nulls last, changes.company_id, changes.part, changes.what, changes.change,
    changes.item
"""


def diff_runs(
    path: Path, *, before: int, after: int, views: Views, by_item: bool = False, memory_limit: str = "2GB"
) -> Rows:
    """Inventory and findings of run *before* against run *after*; one row a company and relation or rule.

    *by_item* gives one row a record or finding instead.

    Raises:
        StoreError: there is no such run, or what it saw is kept no longer.
    """
    with open_published(path, memory_limit=memory_limit) as database:
        moments = moment_of_run(database, before), moment_of_run(database, after)
        _compare_inventory(database, moments, views)
        sides = {
            side: FINDINGS_AS_OF.format(schema=f"{PUBLISHED}.audit", run_id=moment.run_id)
            for side, moment in zip(_SIDES, moments, strict=True)
        }
        database.execute(_FINDINGS.format(**sides))
        return _told(database, by_item=by_item)


def diff_snapshots(
    path: Path, *, before: int, after: int, views: Views, by_item: bool = False, memory_limit: str = "2GB"
) -> Rows:
    """The inventory after reading *before* against that after reading *after*; rows as in a diff of runs.

    Raises:
        StoreError: there is no such reading, or what it saw is kept no longer.
    """
    with open_published(path, memory_limit=memory_limit) as database:
        moments = moment_of_snapshot(database, before), moment_of_snapshot(database, after)
        _compare_inventory(database, moments, views)
        return _told(database, by_item=by_item)


def _told(database: Database, *, by_item: bool) -> Rows:
    for side in reversed(_SIDES):
        if _columns(database, side, "psa.companies"):
            database.execute(
                f"update changes set company_name = companies.name from {side}.psa.companies as companies"
                " where changes.company_id = companies.company_id and changes.company_name is null"
            )
    return database.query(_ITEMS if by_item else _BY_COMPANY)


def _compare_inventory(database: Database, moments: tuple[Moment, Moment], views: Views) -> None:
    relations = [view.name for view in views.ordered if view.schema != "core"]
    for side, moment in zip(_SIDES, moments, strict=True):
        database.execute(f"attach ':memory:' as {side}; use {side}")
        install_macros(database)
        views.make_as_of(database, {*relations, *_NEEDED}, catalog=PUBLISHED, snapshot_id=moment.snapshot_id)
    database.execute(f"use memory; {_CHANGES}")
    for relation in relations:
        columns = {side: _columns(database, side, relation) for side in _SIDES}
        # What was not read on both days did not change: it became known, or was given up.
        if columns["before"] and columns["before"] == columns["after"]:
            key = _key(database, relation, columns["after"])
            sides = {side: _side(database, side, relation, columns[side], key) for side in _SIDES}
            database.execute(_COMPARE.format(**sides), {"relation": relation})


def _side(database: Database, side: str, relation: str, columns: tuple[str, ...], key: str | None) -> str:
    content = f"row({', '.join(f'rows.{quoted(column)}' for column in columns)})::varchar"
    item = f"cast(rows.{quoted(key)} as varchar)" if key else f"md5({content})"
    name = "rows.name" if "name" in columns else "null::varchar"
    return (
        f"select distinct {item} as item, {name} as name, {content} as content,"
        f" {_company(database, side, columns)} as company_id from {side}.{relation} as rows"
    )


def _company(database: Database, side: str, columns: tuple[str, ...]) -> str:
    for column, expression in _COMPANY_OF.items():
        if column in columns:
            needed = [name for name in _NEEDED if f"{{side}}.{name}" in expression]
            if all(_columns(database, side, name) for name in needed):
                return expression.format(side=side)
    return "null::bigint"


def _key(database: Database, relation: str, columns: tuple[str, ...]) -> str | None:
    """The first column, by convention the key, where it tells all rows apart on both days."""
    first = quoted(columns[0])
    doubled = " union all ".join(
        f"select 1 from {side}.{relation} as rows having count(distinct rows.{first}) < count(*)"
        for side in _SIDES
    )
    return None if len(database.query(doubled)) else columns[0]


def _columns(database: Database, side: str, relation: str) -> tuple[str, ...]:
    schema, _, name = relation.partition(".")
    found = database.query(
        "select column_name from duckdb_columns() where database_name = $side and schema_name = $schema"
        " and table_name = $name order by column_index",
        {"side": side, "schema": schema, "name": name},
    )
    return tuple(str(column) for (column,) in found)
