"""The interactive face: one HTML file that asks nothing of any network."""

from __future__ import annotations

import base64
import hashlib

from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup

from msp_audit.reporting.brand import Brand
from msp_audit.reporting.budget import PLAIN_ROWS, cut_section
from msp_audit.reporting.charts import COLOURS
from msp_audit.reporting.page import Page
from msp_audit.reporting.templates import THEME, fill

#: Sections whose rows go to the table library, all of them.
GRIDS = frozenset({"findings_by_company", "findings_by_rule"})
#: Tabulator (MIT), as published; its licence stands beside it.
_LIBRARY = "vendor/tabulator-6.5.3.min"


def html_page(page: Page, *, templates: SandboxedEnvironment) -> str:
    """The whole report as one document; the same page gives the same text."""
    sections = {
        name: section if name in GRIDS else cut_section(section, rows=PLAIN_ROWS)
        for name, section in page.sections.items()
    }
    has_grid = any(section.name in GRIDS and section.state == "filled" for section in page.listed)
    style = (_read(f"{_LIBRARY}.css") if has_grid else "") + _read("page.css") + colour_properties(page.brand)
    script = _read("page.js") + ((_read(f"{_LIBRARY}.js") + "\n" + _read("grid.js")) if has_grid else "")
    return fill(
        templates,
        "page.html",
        page=page.with_sections(sections),
        face="html",
        style=Markup(style),  # noqa: S704  (ours, and colours that were checked)
        script=Markup(script),  # noqa: S704  (ours)
        policy=_policy(style, script),
    )


def colour_properties(brand: Brand) -> str:
    """Brand and severity colours as custom properties. A brand's colours are checked to be colours."""
    severities = "".join(f"--{name}:{colour};" for name, colour in COLOURS.items())
    family = (
        f'--font:"{brand.font}",Inter,"Segoe UI","Helvetica Neue",Arial,sans-serif;' if brand.font else ""
    )
    return (
        f":root{{--accent:{brand.accent};{family}{severities}}}\n"
        f"@media screen and (prefers-color-scheme:dark){{:root{{--accent:{brand.accent_dark};"
        "--critical:#e0679b;--high:#ee8256;--medium:#efc15f;--low:#7db8ea;--info:#8994a0;}}\n"
    )


def _policy(style: str, script: str) -> str:
    """Nothing may be fetched, and no style or script but ours may run."""
    return (
        f"default-src 'none'; style-src {_digest(style)}; script-src {_digest(script)}; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode('ascii')}'"


def _read(name: str) -> str:
    text = (THEME / name).read_text(encoding="utf-8")
    # A browser's tools would look for the map that the library was published with.
    return text.partition("//# sourceMappingURL=")[0]
