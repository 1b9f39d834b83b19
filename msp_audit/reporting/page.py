"""The frozen description of one report: everything asked once, before any face is made."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import orjson

from msp_audit.domain import Record, Severity
from msp_audit.errors import ReportError
from msp_audit.reporting.brand import Brand
from msp_audit.reporting.definition import ReportDefinition
from msp_audit.reporting.headline import Headline, headline
from msp_audit.reporting.links import RecordLinks
from msp_audit.reporting.reader import Reader
from msp_audit.reporting.section import Column, SectionFile, read_section, severities_at_least
from msp_audit.reporting.words import cleaned, joined
from msp_audit.sqlfile import SqlFile, read_sql_file

#: Sections that some face needs whether or not the definition lists them.
ALWAYS = ("not_checked", "summary", "changes", "trend", "companies", "rules", "findings", "about")

_LINE = re.compile(r"^LINE (\d+):", re.MULTILINE)
_HEAD = Path(__file__).parent / "head.sql"


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Rows that stand together below one heading."""

    rows: tuple[Record, ...]
    #: Rows cut to fit this face; they are counted here and stand in the workbook.
    left_out: int = 0

    @property
    def head(self) -> Record:
        """The row that the heading is taken from."""
        return self.rows[0]

    @property
    def total(self) -> int:
        """Rows shown and left out."""
        return len(self.rows) + self.left_out

    def shared(self, column: str) -> Any:  # noqa: ANN401  (any SQL value)
        """What every one of several rows holds in *column*, to be said once; None when they differ."""
        value = self.rows[0][column]
        return value if len(self.rows) > 1 and all(row[column] == value for row in self.rows) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One part of the report with its rows, or with a sentence in their place."""

    name: str
    title: str
    note: str
    columns: tuple[Column, ...]
    groups: tuple[Group, ...]
    state: Literal["filled", "empty", "missing"]
    #: Said in place of rows; empty when there are some.
    sentence: str
    #: By face; a plain table where there is none.
    templates: Mapping[str, str]
    #: Columns that groups are made by: said in their headings.
    group_names: tuple[str, ...] = ()
    #: Groups left out whole, with their rows.
    groups_left_out: int = 0
    rows_left_out: int = 0

    @property
    def rows(self) -> tuple[Record, ...]:
        """Rows of all groups, in order."""
        return tuple(row for group in self.groups for row in group.rows)

    @property
    def left_out(self) -> int:
        """All rows that this face does not show."""
        return self.rows_left_out + sum(group.left_out for group in self.groups)

    @property
    def total(self) -> int:
        """Rows shown and left out."""
        return sum(group.total for group in self.groups) + self.rows_left_out

    def columns_on(self, face: str) -> tuple[Column, ...]:
        """The columns that *face* shows."""
        return tuple(column for column in self.columns if face in column.faces)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A report before it has a face: the same data for every one."""

    definition: ReportDefinition
    brand: Brand
    run_id: int
    as_of: datetime
    is_first_run: bool
    program_version: str
    company_id: int | None
    company_name: str
    headline: Headline
    #: What the reader must know beside the run: that it came late, that something became smaller.
    notices: tuple[str, ...]
    #: Totals and what was examined: one row of ``head.sql``.
    facts: Mapping[str, Any]
    #: By name: those listed by the definition and those any face needs.
    sections: Mapping[str, Section]

    @property
    def listed(self) -> tuple[Section, ...]:
        """The definition's sections, in its order, as far as they suit the scope."""
        return tuple(self.sections[name] for name in self.definition.sections if name in self.sections)

    @property
    def rule_names(self) -> frozenset[str]:
        """Rules that the report lists with what to do about them."""
        rules = self.sections["rules"]
        return frozenset(row["rule"] for row in rules.rows) if rules in self.listed else frozenset()

    @property
    def scope_name(self) -> str:
        """Whom the report is about."""
        return self.company_name or "All companies"

    @property
    def file_stem(self) -> str:
        """Name of the files made, without their ending."""
        scope = f"-company-{self.company_id}" if self.company_id is not None else ""
        return f"{self.definition.name}{scope}-{self.as_of:%Y-%m-%d}"

    @property
    def severity_counts(self) -> tuple[Record, ...]:
        """Rows of the summary: one for each severity, worst first."""
        return self.sections["summary"].rows

    def with_sections(self, sections: Mapping[str, Section]) -> Page:
        """The same page with other *sections*."""
        return replace(self, sections=sections)


@dataclass(frozen=True, slots=True, kw_only=True)
class Extras:
    """What a report may hold beside the run's own data."""

    links: RecordLinks = field(default_factory=RecordLinks)
    notices: tuple[str, ...] = ()
    #: Name of the company of ``company_id``, where the findings do not tell it.
    company_name: str = ""


def gather(
    definition: ReportDefinition,
    reader: Reader,
    *,
    run_id: int,
    brand: Brand,
    company_id: int | None = None,
    sections_folder: Path | None = None,
    extras: Extras | None = None,
) -> Page:
    """Ask *reader* everything that the report *definition* needs about run *run_id*.

    Raises:
        ReportError: the run is unknown, a section is unknown, or a section's query does not run.
    """
    extras = extras or Extras()
    params: dict[str, object] = {
        "run_id": run_id,
        "company_id": company_id,
        "severities": severities_at_least(definition.severity_floor),
        "all_severities": [severity.value for severity in Severity],
        "rules": _rules(reader, definition.rules),
    }
    head = _ask(reader, read_sql_file(_HEAD, root=_HEAD.parent), params)
    if not head:
        raise ReportError(f"There is no run {run_id} in this database. 'msp-audit status' lists the runs.")
    facts = head[0]
    params["as_of"] = facts["as_of"]
    wanted = dict.fromkeys((*definition.sections, *definition.mail_sections, *ALWAYS))
    files = [read_section(name, folder=sections_folder) for name in wanted]
    scope = "all" if company_id is None else "company"
    files = [replace(file, title=definition.titles.get(file.name, file.title)) for file in files]
    sections = {
        file.name: _section(
            file,
            reader,
            params,
            is_first=bool(facts["is_first"]),
            is_for_customer=definition.for_customer,
            links=extras.links,
        )
        for file in files
        if scope in file.scope
    }
    return Page(
        definition=definition,
        brand=brand,
        run_id=run_id,
        as_of=facts["as_of"],
        is_first_run=bool(facts["is_first"]),
        program_version=facts["program_version"],
        company_id=company_id,
        company_name=_company_name(company_id, cleaned(extras.company_name) or facts["company_name"]),
        headline=headline(sections["not_checked"].rows, facts, is_for_customer=definition.for_customer),
        notices=tuple(cleaned(list(extras.notices))),
        facts=facts,
        sections=sections,
    )


def _company_name(company_id: int | None, name: str | None) -> str:
    return "" if company_id is None else name or f"Company {company_id}"


def _rules(reader: Reader, wanted: tuple[str, ...]) -> list[str] | None:
    """The rules of the latest catalogue that *wanted* names, by themselves or by their theme."""
    if not wanted:
        return None
    known = reader.query("select rules.rule, rules.theme from audit.rules as rules order by rules.rule")
    return [str(rule) for rule, theme in known if {rule, theme} & set(wanted)]


def _section(
    file: SectionFile,
    reader: Reader,
    params: Mapping[str, object],
    *,
    is_first: bool,
    is_for_customer: bool,
    links: RecordLinks,
) -> Section:
    missing = _missing(reader, file.file)
    rows = [] if missing else _ask(reader, file.file, params)
    if rows and {"finding_id", "key", "evidence"} <= rows[0].keys():
        for row in rows:
            row["links"] = () if is_for_customer else links.of(row)
    if rows and (unknown := [c.name for c in file.columns if c.name not in rows[0]]):
        raise ReportError(
            f"{file.file.path}: [columns] names {joined(unknown)}, which the query does not return."
        )
    sentence = ""
    if missing:
        sentence = f"Cannot be told: this database has no {joined(missing)}."
    elif not rows:
        sentence = file.empty_first_run if is_first else file.empty
    return Section(
        name=file.name,
        title=file.title,
        note=file.note,
        columns=file.columns,
        groups=tuple(_groups(rows, by=file.group)),
        state="missing" if missing else "filled" if rows else "empty",
        sentence=sentence,
        templates=file.templates,
        group_names=file.group,
    )


def _groups(rows: list[Record], *, by: tuple[str, ...]) -> Iterator[Group]:
    together: list[Record] = []
    for row in rows:
        if together and any(row[name] != together[0][name] for name in by):
            yield Group(rows=tuple(together))
            together = []
        together.append(row)
    if together:
        yield Group(rows=tuple(together))


def _missing(reader: Reader, file: SqlFile) -> tuple[str, ...]:
    try:
        return tuple(reader.has_relations(file.sql))
    except Exception as error:
        # A reader is only a protocol here: its database raises what it likes.
        raise _broken(file, error) from error


def _ask(reader: Reader, file: SqlFile, params: Mapping[str, object]) -> list[Record]:
    try:
        found = reader.query(file.sql, params)
    except Exception as error:
        raise _broken(file, error) from error
    is_json = [kind.upper() == "JSON" for kind in found.types]
    return [
        {
            name: cleaned(orjson.loads(value) if parse and isinstance(value, str) else value)
            for name, value, parse in zip(found.columns, row, is_json, strict=True)
        }
        for row in found
    ]


def _broken(file: SqlFile, error: Exception) -> ReportError:
    text = str(error).strip()
    cause = text.splitlines()[0].rstrip(".") if text else type(error).__name__
    # DuckDB counts lines from the query's first.
    found = _LINE.search(text)
    line = file.first_line + (int(found[1]) - 1 if found else 0)
    return ReportError(f"{file.path}:{line}: the section's query does not run: {cause}.")
