"""The mail face: a front page that survives Outlook and Gmail, and says where the rest is."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup

from msp_audit.domain import Severity
from msp_audit.reporting.budget import cut_sections
from msp_audit.reporting.charts import COLOURS
from msp_audit.reporting.mail_charts import MailChart, mail_charts
from msp_audit.reporting.mailbody import MailBody
from msp_audit.reporting.mailtext import mail_text
from msp_audit.reporting.page import Page
from msp_audit.reporting.part import Section
from msp_audit.reporting.plot import WIDTH
from msp_audit.reporting.section import Column
from msp_audit.reporting.templates import environment, fill
from msp_audit.reporting.words import count, day, plain, severity_name

#: Gmail shows no more than 102 KB of a message; headers and encoding take their share.
MAX_HTML_BYTES = 90_000
#: Rows to begin with; fewer when they do not fit.
_ROWS = 160
#: Longest cell: a mail is skimmed.
_LONGEST = 240
#: So many signs without a space, and more to come.
_PIECE = re.compile(r"\S{18}(?=\S)")


def make_mail(page: Page, *, sections_folder: Path | None = None) -> MailBody:
    """*page* as a mail body; rows are cut until the HTML fits, and what is cut is counted.

    Raises:
        ReportError: the template is broken.
    """
    templates = environment(sections_folder)
    templates.filters["short"] = _short
    charts = mail_charts(page)
    images = _logo(page)
    rows = _ROWS
    while True:
        fitting = _fitting(page, rows=rows)
        html = _html(fitting, templates=templates, images=images, charts=charts)
        if len(html.encode()) < MAX_HTML_BYTES or rows == 0:
            break
        rows = rows * 3 // 4
    return MailBody(
        subject=subject(page),
        html=html,
        text=mail_text(fitting, charts=charts),
        images=(*images.items(), *((chart.name, chart.png) for chart in charts)),
        open_count=page.facts["open_count"],
        new_count=page.facts["new_count"],
        reopened_count=page.facts["reopened_count"],
        resolved_count=page.facts["resolved_count"],
    )


def subject(page: Page) -> str:
    """The definition's subject with its words filled in, on one line."""
    worst = next((row["severity"] for row in page.severity_counts if row["open_count"]), None)
    told = {
        "title": page.definition.title,
        "name": page.brand.name,
        "scope": page.scope_name,
        "date": day(page.as_of),
        "open": count(page.facts["open_count"]),
        "new": count(page.facts["new_count"]),
        "reopened": count(page.facts["reopened_count"]),
        "resolved": count(page.facts["resolved_count"]),
        "unchecked": count(page.facts["unchecked_count"]),
        "reference": page.reference,
        "worst": severity_name(Severity(worst)) if worst else "none",
    }
    return plain(page.definition.subject.format_map(told))[:200]


def mail_columns(section: Section) -> tuple[Column, ...]:
    """The columns that have anything to say; a company stands below what it owns. A mail is narrow."""
    columns = section.columns_on("mail")
    said = {*section.group_names}
    if any(column.name == "entity_name" for column in columns):
        said.add("company_name")
    return tuple(
        column
        for column in columns
        if column.name not in said and any(row[column.name] not in (None, "", 0) for row in section.rows)
    )


def _fitting(page: Page, *, rows: int) -> Page:
    named = {section.name: section for section in page.mailed}
    return page.with_sections({**page.sections, **cut_sections(named, rows=rows)})


def _html(
    page: Page,
    *,
    templates: SandboxedEnvironment,
    images: Mapping[str, bytes],
    charts: Sequence[MailChart],
) -> str:
    import css_inline

    text = fill(
        templates,
        "mail.html",
        page=page,
        sections=page.mailed,
        columns_of=mail_columns,
        colours=COLOURS,
        images=images,
        charts=charts,
        chart_width=WIDTH,
    )
    return css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False).inline(text)


def _logo(page: Page) -> dict[str, bytes]:
    # Mail programs draw no SVG.
    is_shown = page.brand.logo and page.brand.logo_type in ("image/png", "image/jpeg")
    return {"logo": page.brand.logo} if page.brand.logo and is_shown else {}


def _short(text: str) -> Markup:
    """*text* cut, and a place to break a line inside words that are wider than a phone's column."""
    told = text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
    return Markup("<wbr>").join(_PIECE.sub("\\g<0>\n", told).split("\n"))
