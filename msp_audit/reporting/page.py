"""The frozen description of one report: everything asked once, before any face is made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from msp_audit.domain import Record, Severity
from msp_audit.errors import ReportError
from msp_audit.reporting.brand import Brand
from msp_audit.reporting.definition import ReportDefinition
from msp_audit.reporting.fetch import ask, fetch_section
from msp_audit.reporting.headline import Headline, headline
from msp_audit.reporting.links import RecordLinks
from msp_audit.reporting.part import Section
from msp_audit.reporting.reader import Reader
from msp_audit.reporting.section import SectionFile, read_section, severities_at_least
from msp_audit.reporting.stream import Asking
from msp_audit.reporting.words import cleaned
from msp_audit.sqlfile import read_sql_file

#: Sections that some face needs whether or not the definition lists them.
ALWAYS = (
    "not_checked", "summary", "changes", "trend", "companies", "rules", "set_aside", "readings", "about",
)  # fmt: skip

_HEAD = Path(__file__).parent / "head.sql"


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
    #: What a ticket system knows this report's mails by; empty where nobody asks.
    reference: str
    #: Totals and what was examined: one row of ``head.sql``.
    facts: Mapping[str, Any]
    #: By name: those listed by the definition and those any face needs.
    sections: Mapping[str, Section]
    #: For what is too much to be held: the same questions once more, row by row.
    asking: Asking = field(repr=False, compare=False)

    @property
    def listed(self) -> tuple[Section, ...]:
        """The definition's sections, in its order, as far as they suit the scope."""
        return tuple(self.sections[name] for name in self.definition.sections if name in self.sections)

    @property
    def mailed(self) -> tuple[Section, ...]:
        """The sections of the mail body; whoever defines it, it says when each source was last read whole."""
        names = dict.fromkeys((*self.definition.mail_sections, "readings"))
        return tuple(self.sections[name] for name in names if name in self.sections)

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
    #: What a ticket system knows this report's mails by, run after run.
    reference: str = ""
    #: Name of the company of ``company_id``, where the findings do not tell it.
    company_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """What a face can do without; a hundred thousand rows are not fetched for nothing."""

    #: Rows of one section beyond which they are only counted.
    most_rows: int | None = None
    #: The same for some sections, by their names.
    most_rows_of: Mapping[str, int] = field(default_factory=dict)
    #: Sections left empty, as many rows as they may have.
    without: frozenset[str] = frozenset()


def gather(
    definition: ReportDefinition,
    reader: Reader,
    *,
    run_id: int,
    brand: Brand,
    company_id: int | None = None,
    sections_folder: Path | None = None,
    extras: Extras | None = None,
    need: Need | None = None,
) -> Page:
    """Ask *reader* everything that the report *definition* needs about run *run_id*.

    Raises:
        ReportError: the run is unknown, a section is unknown, or a section's query does not run.
    """
    extras = extras or Extras()
    params = _params(definition, reader, run_id=run_id, company_id=company_id)
    facts = _facts(reader, params)
    params["as_of"] = facts["as_of"]
    need = need or Need()
    scope = "all" if company_id is None else "company"
    sections = {
        file.name: fetch_section(
            file,
            reader,
            params,
            is_first=bool(facts["is_first"]),
            is_for_customer=definition.for_customer,
            links=extras.links,
            most_rows=need.most_rows_of.get(file.name, need.most_rows),
        )
        for file in _section_files(definition, need=need, folder=sections_folder)
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
        reference=extras.reference,
        facts=facts,
        sections=sections,
        asking=Asking(
            reader=reader,
            params=params,
            links=extras.links,
            is_for_customer=definition.for_customer,
            folder=sections_folder,
        ),
    )


def _params(
    definition: ReportDefinition, reader: Reader, *, run_id: int, company_id: int | None
) -> dict[str, object]:
    """What sections may name, all but the time."""
    return {
        "run_id": run_id,
        "company_id": company_id,
        "severities": severities_at_least(definition.severity_floor),
        "all_severities": [severity.value for severity in Severity],
        "rules": _rules(reader, definition.rules),
        "is_for_customer": definition.for_customer,
        "with_resolved": False,
        "only": None,
    }


def _facts(reader: Reader, params: Mapping[str, object]) -> Record:
    """The run itself and its totals; refused where the database shows another run's findings."""
    head = ask(reader, read_sql_file(_HEAD, root=_HEAD.parent), params)
    run_id = params["run_id"]
    if not head:
        raise ReportError(f"There is no run {run_id} in this database. 'msp-audit status' lists the runs.")
    if head[0]["last_run_id"] != run_id:
        raise ReportError(
            f"This database shows what run {head[0]['last_run_id']} left, not run {run_id}. "
            f"'msp-audit report --run {run_id}' makes the report of that run."
        )
    return head[0]


def _section_files(definition: ReportDefinition, *, need: Need, folder: Path | None) -> Iterator[SectionFile]:
    wanted = dict.fromkeys((*definition.sections, *definition.mail_sections, *ALWAYS))
    for name in wanted:
        if name not in need.without:
            file = read_section(name, folder=folder)
            yield replace(file, title=definition.titles.get(file.name, file.title))


def _company_name(company_id: int | None, name: str | None) -> str:
    return "" if company_id is None else name or f"Company {company_id}"


def _rules(reader: Reader, wanted: tuple[str, ...]) -> list[str] | None:
    """The rules of the latest catalogue that *wanted* names, by themselves or by their theme."""
    if not wanted:
        return None
    known = reader.query("select rules.rule, rules.theme from audit.rules as rules order by rules.rule")
    return [str(rule) for rule, theme in known if {rule, theme} & set(wanted)]
