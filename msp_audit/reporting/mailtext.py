"""The mail's plain text: the same front page for those who read mail in a terminal or by ear."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence, Set

from msp_audit.domain import Record
from msp_audit.reporting.mail_charts import MailChart
from msp_audit.reporting.page import Page
from msp_audit.reporting.part import Group, Section
from msp_audit.reporting.section import Column
from msp_audit.reporting.words import counted, severity_name, source_name, words

_WIDTH = 76


def mail_text(page: Page, *, charts: Sequence[MailChart] = ()) -> str:
    """*page*, already cut to fit, and the figures of its *charts*, as text of narrow lines."""
    lines = [*_wrapped(page.headline.checked), *_wrapped(page.headline.found)]
    lines += [line for notice in page.notices for line in _wrapped(notice)]
    lines.append("")
    lines += [page.definition.title, f"{page.scope_name}, as of {words(page.as_of, 'time')}", ""]
    for section in page.mailed:
        lines += _section(section, is_one_company=page.company_id is not None)
        if section.name == "summary" and charts:
            lines += [line for chart in charts for line in _wrapped(chart.told, first="- ", rest="  ")]
            lines.append("")
    if page.reference:
        lines += [f"Reference: {page.reference}", ""]
    run = f" Run {page.run_id}, made by msp-audit {page.program_version}."
    lines += ["-- ", f"{page.brand.name}." + ("" if page.definition.for_customer else run)]
    return "\n".join(lines) + "\n"


def _section(section: Section, *, is_one_company: bool) -> Iterator[str]:
    said = {*section.group_names, *(["company_name"] if is_one_company else [])}
    yield section.title.upper()
    if section.state != "filled":
        yield from _wrapped(section.sentence)
    elif section.name == "summary":
        for row in section.rows:
            name = severity_name(row["severity"])
            yield f"  {name:<10}{row['open_count']:>7,} open, {row['new_count']:,} new"
    else:
        for group in section.groups:
            yield from _group(group, section, said=said)
    if section.left_out:
        yield f"({counted(section.left_out, 'more row')} left out here; the workbook holds all of them.)"
    yield ""


def _group(group: Group, section: Section, *, said: Set[str]) -> Iterator[str]:
    if section.name == "changes":
        yield f"{words(group.head['event'], 'event')}: {group.total:,}"
    elif section.name in ("findings_by_rule", "findings_by_company"):
        yield f"{group.head['title']}: {group.total:,}"
    for row in group.rows:
        yield from _wrapped(_line(row, section, said=said), first="- ", rest="  ")


def _line(row: Record, section: Section, *, said: Set[str]) -> str:
    if section.name == "not_checked":
        what = row["name"] if row["kind"] == "rule" else f"{source_name(row['place'])}, {row['name']}"
        return f"{what}: {words(row['verdict'], 'outcome')}. {row['reason'] or ''}"
    columns = [column for column in section.columns_on("mail") if column.name not in said]
    told = [_told(row, column) for column in columns if row[column.name] not in (None, "", 0)]
    return " · ".join(told)


def _told(row: Record, column: Column) -> str:
    told = words(row[column.name], column.format)
    return f"{column.label.lower()} {told}" if column.is_number else told


def _wrapped(text: str, *, first: str = "", rest: str = "") -> list[str]:
    return textwrap.wrap(
        text,
        _WIDTH,
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    ) or [""]
