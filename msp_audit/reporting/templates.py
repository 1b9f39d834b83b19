"""The one Jinja environment: everything escaped, nothing undefined, the workspace's templates first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

from jinja2 import BaseLoader, ChoiceLoader, FileSystemLoader, PrefixLoader, StrictUndefined, TemplateError
from jinja2.sandbox import SandboxedEnvironment

from msp_audit.errors import ReportError
from msp_audit.reporting import charts, charts_lying, words
from msp_audit.reporting.budget import cut_section
from msp_audit.reporting.grid import packed
from msp_audit.reporting.part import Group

HERE = Path(__file__).parent
THEME = HERE / "theme"


def environment(sections_folder: Path | None = None) -> SandboxedEnvironment:
    """Templates of the theme, and of the sections with the workspace's own first."""
    sections: list[BaseLoader] = [FileSystemLoader(HERE / "sections")]
    if sections_folder is not None:
        sections.insert(0, FileSystemLoader(sections_folder))
    made = SandboxedEnvironment(
        loader=ChoiceLoader([PrefixLoader({"sections": ChoiceLoader(sections)}), FileSystemLoader(THEME)]),
        # Never select_autoescape(): it looks at endings and would miss a template named otherwise.
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(
        words=words.words,
        facts=words.facts,
        counted=words.counted,
        source=words.source_name,
        runs_by=runs_by,
        main_facts=words.main_facts,
        cut=words.cut,
        packed=packed,
        cut_to=lambda section, rows: cut_section(section, rows=rows),
    )
    made.globals.update(
        split_bar=charts.split_bar,
        share_bar=charts.share_bar,
        severity_mark=charts.severity_mark,
        trend_chart=charts.trend,
        flow_chart=charts.flow,
        age_chart=charts_lying.age,
        coverage_chart=charts_lying.coverage,
        charted_companies=charts_lying.COMPANIES,
        spark_line=charts.spark_line,
        trend_words=charts.trend_words,
        present_severities=charts.present_severities,
    )
    return made


def fill(templates: SandboxedEnvironment, name: str, **values: Any) -> str:  # noqa: ANN401
    """The template *name* filled with *values*.

    Raises:
        ReportError: the template or one it includes is broken; with file and line.
    """
    try:
        return templates.get_template(name).render(**values)
    except TemplateError as error:
        place = _place(error, name)
        raise ReportError(
            f"{place}: the template cannot be filled: {error.message or type(error).__name__}."
        ) from error


def runs_by(groups: Iterable[Group], column: str) -> Iterator[tuple[dict[str, Any], list[Group]]]:
    """Neighbouring groups with the same *column*: the row that heads them, and the groups."""
    for _, together in groupby(groups, key=lambda group: group.head[column]):
        listed = list(together)
        yield listed[0].head, listed


def _place(error: TemplateError, name: str) -> str:
    """File and line of the innermost template frame."""
    place, trace = name, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename.endswith(".html"):
            place = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}"
        trace = trace.tb_next
    line = getattr(error, "lineno", None)
    return f"{getattr(error, 'filename', None) or name}:{line}" if line is not None else place
