"""The analyst's object: everything that a notebook asks, and nothing that changes anything.

``Workspace`` moves data and answers in :class:`Rows`; a :class:`Desk` only reads, and answers in frames. So a
notebook cannot start a run by a slip, and the program itself never needs pandas.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from msp_audit.domain import Finding, Rows
from msp_audit.errors import SettingsError, StoreError
from msp_audit.settings import SETTINGS_FILE
from msp_audit.store import Database, QuestionLimits, Reader, ask, check_question, inspect
from msp_audit.workspace.analyst_cards import Company, Explained
from msp_audit.workspace.analyst_maps import MAPS, MapKind, busiest_board
from msp_audit.workspace.analyst_rules import Draft
from msp_audit.workspace.queries import SavedQuery, load_queries, named_query
from msp_audit.workspace.workspace import Workspace

if TYPE_CHECKING:
    import pandas

    from msp_audit.reporting.figures import Drawing

_RUNS = """
select runs.run_id, runs.as_of, runs.is_first, runs.started_at, runs.finished_at, runs.program_version
from audit.runs as runs
where runs.finished_at is not null
order by runs.run_id
"""
_FINDINGS = """
select findings.*
from audit.findings as findings
where findings.detection <> 'resolved' and findings.parent_finding_id is null
order by
    list_position(['critical', 'high', 'medium', 'low', 'info'], findings.severity),
    findings.rule, findings.finding_id
"""
_TREND = """
select
    runs.run_id,
    runs.as_of,
    coalesce(sum(counts.open_count), 0)::bigint as open,
    coalesce(sum(counts.open_count) filter (counts.severity = 'critical'), 0)::bigint as critical,
    coalesce(sum(counts.open_count) filter (counts.severity = 'high'), 0)::bigint as high,
    coalesce(sum(counts.open_count) filter (counts.severity = 'medium'), 0)::bigint as medium,
    coalesce(sum(counts.open_count) filter (counts.severity = 'low'), 0)::bigint as low,
    coalesce(sum(counts.open_count) filter (counts.severity = 'info'), 0)::bigint as info,
    coalesce(sum(counts.new_count), 0)::bigint as new,
    coalesce(sum(counts.reopened_count), 0)::bigint as reopened,
    coalesce(sum(counts.resolved_count), 0)::bigint as resolved
from audit.runs as runs
left join audit.run_counts as counts on runs.run_id = counts.run_id
where runs.finished_at is not null
group by runs.run_id, runs.as_of
order by runs.run_id
"""
_COMPANY = """
select companies.company_id, companies.name, companies.status_name, companies.is_deleted
from psa.companies as companies
where contains(lower(companies.name), lower($name)) or lower(companies.identifier) = lower($name)
order by lower(companies.name) = lower($name) desc, companies.is_deleted, companies.name, companies.company_id
"""
_ASSETS = """
select
    (select count(*) from psa.configurations as listed where listed.company_id = $id and listed.is_active)
        as active_configurations,
    (
        select count(distinct computers.computer_id)
        from automate.computers as computers
        inner join core.client_links as links on computers.client_id = links.client_id
        where links.company_id = $id
    ) as computers,
    (
        select count(*)
        from auvik.devices as devices
        inner join core.tenant_links as links on devices.tenant_id = links.tenant_id
        where links.company_id = $id
    ) as devices
"""
Into = Literal["pandas", "arrow", "polars", "rows"]


class Desk:
    """A finished audit to ask questions of: read only, within limits of time, memory and rows.

    >>> desk = open_desk(folder)
    >>> desk
    Desk('Northwind Managed IT')
    """

    def __init__(self, workspace: Workspace, *, limits: QuestionLimits | None = None) -> None:
        self.workspace = workspace
        self.limits = limits or QuestionLimits()

    def __repr__(self) -> str:
        return f"Desk({self.workspace.settings.name!r})"

    def sql(
        self,
        query: str,
        params: Mapping[str, Any] | None = None,
        *,
        as_of: int | datetime | None = None,
        into: Into = "pandas",
    ) -> Any:  # noqa: ANN401  (the frame that was asked for; optional libraries have no types here)
        """Ask with one select; *as_of* a run's number or a time looks back.

        A pandas DataFrame, or with *into* an Arrow table, a polars frame or plain :class:`Rows`.

        >>> open_desk(folder).sql("select count(*) as runs from audit.runs").iloc[0, 0]
        np.int64(3)

        Raises:
            StoreError: it is refused, fails, takes too long or answers with too much.
        """
        return _into(self.rows(query, params, as_of=as_of), into)

    def rows(
        self,
        query: str,
        params: Mapping[str, Any] | None = None,
        *,
        as_of: int | datetime | None = None,
    ) -> Rows:
        """The same as plain rows, without pandas.

        >>> open_desk(folder).rows("select max(run_id) from audit.runs", as_of=2).scalar()
        2
        """
        check_question(query)
        with self._database(query, as_of) as database:
            return ask(database, query, params, limits=self.limits)

    def table(self, name: str, *, as_of: int | datetime | None = None, into: Into = "pandas") -> Any:  # noqa: ANN401
        """A whole relation.

        >>> "serial_number" in open_desk(folder).table("psa.configurations").columns
        True
        """
        parts = name.split(".")
        if len(parts) != 2 or not all(part.isidentifier() for part in parts):
            raise StoreError(f"'{name}' is no relation; write it as schema.relation.")
        return self.sql(f"from {name}", as_of=as_of, into=into)

    def findings(self, *, as_of: int | datetime | None = None) -> pandas.DataFrame:
        """The open findings, worst first; those that another explains are left out.

        >>> "reason" in open_desk(folder).findings().columns
        True
        """
        return self.rows(_FINDINGS, as_of=as_of).to_frame()

    def runs(self) -> pandas.DataFrame:
        """Every finished run.

        >>> open_desk(folder).runs()["run_id"].tolist()
        [1, 2, 3]
        """
        return self.rows(_RUNS).to_frame()

    def trend(self) -> pandas.DataFrame:
        """Open, new, reopened and resolved findings of each run.

        >>> len(open_desk(folder).trend())
        3
        """
        return self.rows(_TREND).to_frame()

    def plot_trend(self) -> Drawing:
        """The trend as a figure.

        >>> type(open_desk(folder).plot_trend()).__name__
        'Drawing'
        """
        from msp_audit.reporting.figures import trend_figure

        return trend_figure(self.rows(_TREND).records())

    def explain(self, finding: str | Finding) -> Explained:
        """Why a finding is there: its story, its rule and its rows of the day it was last seen.

        >>> desk = open_desk(folder)
        >>> explained = desk.explain(desk.findings()["finding_id"].iloc[0])
        >>> explained.rows is not None
        True

        Raises:
            StoreError: no finding, or more than one, has an id that begins like this.
        """
        wanted = finding.finding_id if isinstance(finding, Finding) else finding
        told = self.workspace.history.explain(wanted)
        return Explained(**{field.name: getattr(told, field.name) for field in fields(told)})

    def company(self, name: str) -> Company:
        """The PSA company of this name, or with this in its name when there is only one.

        >>> open_desk(folder).company("Catchall").company_id
        1

        Raises:
            SettingsError: none, or several.
        """
        found = self.rows(_COMPANY, {"name": name}).records()
        exact = [record for record in found if str(record["name"]).lower() == name.lower()]
        # A deleted twin of the same name is a finding of its own, not a reason to ask back.
        living = [record for record in exact or found if not record["is_deleted"]]
        chosen = living or exact or found
        if len(chosen) != 1:
            names = ", ".join(str(record["name"]) for record in chosen[:5])
            raise SettingsError(f"'{name}' is {len(chosen)} companies{': ' + names if names else ''}.")
        (record,) = chosen
        ours = _FINDINGS.replace("where ", "where findings.company_id = $id and ", 1)
        return Company(
            company_id=record["company_id"],
            name=record["name"],
            status=record["status_name"],
            assets=self.rows(_ASSETS, {"id": record["company_id"]}),
            findings=self.rows(ours, {"id": record["company_id"]}),
        )

    def predict(self, *changes: str) -> pandas.DataFrame:
        """What Auvik's next inventory sync will do: one row a company, its devices by outcome.

        With *changes* (``option=value``) one row for each device that it would then treat otherwise.

        >>> open_desk(folder).predict()["create"].sum() > 0
        np.True_
        >>> "then" in open_desk(folder).predict("managed_only=false").columns
        True

        Raises:
            SettingsError: nothing is declared in ``[auvik.sync]``, or a change is not understood.
        """
        from msp_audit.workspace.prediction import predicted_changes, predicted_counts

        if changes:
            return predicted_changes(self.workspace, changes).to_frame()
        return predicted_counts(self.workspace).to_frame()

    def map(self, kind: MapKind) -> pandas.DataFrame:
        """The ticket maps of the Manage plugin, both directions at once: ``status`` or ``priority``.

        One row a pair of Automate's and the PSA's names on a board, with its path: both ways, only to the
        PSA, only from the PSA; and one for each name that is not mapped.

        >>> sorted(open_desk(folder).map("priority")["path"].unique())[0]
        'both ways'
        """
        return self.rows(MAPS[kind]).to_frame()

    def plot_map(self, kind: MapKind, *, board: str | None = None) -> Drawing:
        """The same as a figure with arrows, of one *board*: the one with most pairs by default.

        >>> open_desk(folder).plot_map("priority").axes[0].get_title()
        'every board'

        Raises:
            SettingsError: the maps know no such board.
        """
        from msp_audit.reporting.figures import map_figure

        lines = self.rows(MAPS[kind]).records()
        chosen = board or busiest_board(lines)
        drawn = [line for line in lines if line["board"] == chosen]
        if board is not None and not drawn:
            boards = ", ".join(sorted({str(line["board"]) for line in lines}))
            raise SettingsError(f"The maps know no board '{board}'; they have {boards or 'none'}.")
        return map_figure(drawn, title=chosen)

    def draft(self, name: str, text: str) -> Draft:
        """A rule that is being written: try it on the latest readings, test its cases, then save it.

        >>> text = open_desk(folder).workspace.catalogue.rule("hygiene.company_twin").path.read_text()
        >>> open_desk(folder).draft("mine.company_twin", text)
        Draft('mine.company_twin', 'low')

        Raises:
            RuleError: the name or the text is none of a rule; with the line.
        """
        return Draft(self, name, text)

    @property
    def queries(self) -> dict[str, SavedQuery]:
        """The saved queries by name: ours, and those of the workspace's ``queries`` folder.

        >>> "where_is" in open_desk(folder).queries
        True
        """
        return load_queries(self.workspace.settings.root / "queries")

    def saved(
        self, name: str, params: Mapping[str, str] | None = None, *, as_of: int | datetime | None = None
    ) -> Rows:
        """The answer of the saved query called *name*; *params* as typed.

        >>> len(open_desk(folder).saved("where_is", {"name": "dc0"})) > 0
        True
        """
        query = named_query(self.queries, name)
        return self.rows(query.sql, query.filled(params or {}), as_of=as_of)

    @contextmanager
    def _database(self, query: str, as_of: int | datetime | None) -> Iterator[Database]:
        settings = self.workspace.settings
        if as_of is not None:
            with self.workspace.as_of(as_of) as past:
                past.make(inspect(query).relations)
                yield past.database
            return
        with Reader(
            self.workspace.published, memory_limit=settings.store.memory_limit, spills=False
        ) as reader:
            yield reader.database


def open_desk(folder: Path | str | None = None) -> Desk:
    """The desk over the workspace in *folder*; without one, over the nearest.

    >>> open_desk(folder).workspace.sources
    ('psa', 'automate', 'auvik')

    Raises:
        SettingsError: there is none, or its settings are not understood.
    """
    found = Path(folder) if folder is not None else nearest_workspace()
    if found is None:
        raise SettingsError(
            f"Neither {Path.cwd()} nor a folder above it has a {SETTINGS_FILE}. Name the workspace:"
            " ma.open('folder'); or ma.open(or_demo=True) for the invented MSP."
        )
    return Desk(Workspace.open(found))


def nearest_workspace() -> Path | None:
    """The workspace that ``MSP_AUDIT_WORKSPACE`` names, else the first from the working folder upward."""
    if named := os.environ.get("MSP_AUDIT_WORKSPACE"):
        return Path(named)
    here = Path.cwd()
    return next((folder for folder in (here, *here.parents) if (folder / SETTINGS_FILE).is_file()), None)


def _into(rows: Rows, into: Into) -> Any:  # noqa: ANN401
    if into == "rows":
        return rows
    if into == "pandas":
        return rows.to_frame()
    try:
        from msp_audit.store.frames import arrow_table, polars_frame

        return arrow_table(rows) if into == "arrow" else polars_frame(rows)
    except ImportError as error:
        raise SettingsError(f"into='{into}' needs {error.name}: pip install pyarrow polars.") from error
