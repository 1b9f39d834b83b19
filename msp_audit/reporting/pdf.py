"""The paper face: a paged document by WeasyPrint, which is only imported when one is made."""

from __future__ import annotations

import calendar
import hashlib
import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup

from msp_audit.errors import ReportError
from msp_audit.reporting.budget import cut_sections
from msp_audit.reporting.charts import COLOURS
from msp_audit.reporting.page import Page
from msp_audit.reporting.templates import THEME, fill

_NEEDS = (
    "The PDF needs the text library Pango, which this machine lacks. "
    "Debian and Ubuntu: apt install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0. "
    "macOS: brew install pango. "
    r"Windows: install MSYS2, run 'pacman -S mingw-w64-x86_64-pango', and set "
    r"WEASYPRINT_DLL_DIRECTORIES=C:\msys64\mingw64\bin. HTML and workbook work without it."
)


def _import_weasyprint() -> Any:  # noqa: ANN401  (it has no types)
    import weasyprint

    return weasyprint


def pdf_document(
    page: Page,
    *,
    templates: SandboxedEnvironment,
    import_weasyprint: Callable[[], Any] = _import_weasyprint,
) -> bytes:
    """The report as a PDF; the same page gives the same bytes on the same machine.

    Raises:
        ReportError: Pango is missing, or a template is broken.
    """
    weasyprint = check_pdf(import_weasyprint=import_weasyprint)
    text = fill(
        templates,
        "paper.html",
        page=page.with_sections(_fitting(page)),
        face="pdf",
        style=Markup(_style(page)),  # noqa: S704  (ours, and colours that were checked)
    )
    # What the document wants from outside is refused and would be told line by line; that is no news.
    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    with _epoch(page):
        made = weasyprint.HTML(
            string=text,
            base_url=None,
            url_fetcher=weasyprint.urls.URLFetcher(allowed_protocols={"data"}, allow_redirects=False),
        ).write_pdf(pdf_identifier=_identifier(text))
    return bytes(made)


def check_pdf(*, import_weasyprint: Callable[[], Any] = _import_weasyprint) -> Any:  # noqa: ANN401
    """WeasyPrint, if it and the libraries below it can be loaded here.

    Raises:
        ReportError: they cannot; the message names the fix.
    """
    try:
        return import_weasyprint()
    except (ImportError, OSError) as error:
        # OSError: the Python part is there, the library that it loads is not.
        cause = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise ReportError(f"{_NEEDS} ({cause})") from error


def _fitting(page: Page) -> dict[str, Any]:
    listed = {section.name: section for section in page.listed}
    return {**page.sections, **cut_sections(listed, rows=page.definition.pdf_rows)}


def _style(page: Page) -> str:
    colours = "".join(f"--{name}:{colour};" for name, colour in COLOURS.items())
    return f"@page{{size:{page.definition.paper}}}:root{{--accent:{page.brand.accent};{colours}}}\n" + (
        THEME / "paper.css"
    ).read_text(encoding="utf-8")


def _identifier(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()[:16]


@contextmanager
def _epoch(page: Page) -> Iterator[None]:
    """The document's time is the run's, unless SOURCE_DATE_EPOCH says otherwise."""
    if "SOURCE_DATE_EPOCH" in os.environ:
        yield
        return
    os.environ["SOURCE_DATE_EPOCH"] = str(calendar.timegm(page.as_of.timetuple()))
    try:
        yield
    finally:
        os.environ.pop("SOURCE_DATE_EPOCH", None)
