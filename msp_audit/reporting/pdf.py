"""The paper face: a paged document, written here and drawn by WeasyPrint in a process of its own."""

from __future__ import annotations

import calendar
import hashlib
import os
from collections.abc import Callable
from typing import Any

from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup

from msp_audit.errors import ReportError
from msp_audit.reporting.budget import cut_sections
from msp_audit.reporting.charts import COLOURS
from msp_audit.reporting.page import Page
from msp_audit.reporting.pdf_fonts import font_faces, font_family
from msp_audit.reporting.pdf_press import Sheet, library_missing
from msp_audit.reporting.templates import THEME, fill


def _import_weasyprint() -> Any:  # noqa: ANN401  (it has no types)
    import weasyprint

    return weasyprint


def pdf_sheet(page: Page, *, templates: SandboxedEnvironment) -> Sheet:
    """What the PDF is drawn from; the same page gives the same sheet, and that the same bytes.

    Raises:
        ReportError: a template is broken.
    """
    text = fill(
        templates,
        "paper.html",
        page=page.with_sections(_fitting(page)),
        face="pdf",
        style=Markup(_style(page)),  # noqa: S704  (ours, and names and colours that were checked)
    )
    faces = font_faces(text, brand=page.brand)
    definition = page.definition
    return Sheet(
        report=definition.name if page.company_id is None else f"{definition.name} for {page.company_name}",
        html=text.replace("<style>", f"<style>{faces}", 1),
        epoch=_epoch(page),
        identifier=hashlib.sha256(text.encode()).hexdigest()[:32],
        seconds=definition.pdf_seconds,
        megabytes=definition.pdf_memory_mb,
    )


def check_pdf(*, import_weasyprint: Callable[[], Any] = _import_weasyprint) -> Any:  # noqa: ANN401
    """WeasyPrint, if it and the libraries below it can be loaded here.

    Raises:
        ReportError: they cannot; the message names the fix.
    """
    try:
        return import_weasyprint()
    except (ImportError, OSError) as error:
        # OSError: the Python part is there, the library that it loads is not.
        raise library_missing(str(error).strip() or type(error).__name__) from error


def _fitting(page: Page) -> dict[str, Any]:
    listed = {section.name: section for section in page.listed}
    return {**page.sections, **cut_sections(listed, rows=page.definition.pdf_rows)}


def _style(page: Page) -> str:
    colours = "".join(f"--{name}:{colour};" for name, colour in COLOURS.items())
    sheet = (THEME / "paper.css").read_text(encoding="utf-8")
    # WeasyPrint knows no custom properties in the margins of a page.
    sheet = sheet.replace("var(--font)", font_family(page.brand))
    return f"@page{{size:{page.definition.paper}}}:root{{--accent:{page.brand.accent};{colours}}}\n{sheet}"


def _epoch(page: Page) -> int:
    """The document's time is the run's, unless SOURCE_DATE_EPOCH says otherwise."""
    given = os.environ.get("SOURCE_DATE_EPOCH")
    try:
        return calendar.timegm(page.as_of.timetuple()) if given is None else int(given)
    except ValueError:
        raise ReportError(f"SOURCE_DATE_EPOCH is '{given}'; it must be a whole number of seconds.") from None
