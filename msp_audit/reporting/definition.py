"""Report definitions: ``reports/*.toml``, what goes into a report and for whom."""

from __future__ import annotations

import string
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from msp_audit.domain import Severity
from msp_audit.errors import SettingsError
from msp_audit.settings.complaint import complaint
from msp_audit.tomlfile import read_toml

#: Our own definitions; a workspace's file of the same name replaces one.
SHIPPED = Path(__file__).parent / "definitions"
#: What a mail subject may name in braces.
SUBJECT_WORDS = frozenset(
    {
        "title",
        "name",
        "scope",
        "date",
        "reference",
        "open",
        "new",
        "reopened",
        "resolved",
        "unchecked",
        "worst",
    }
)


def _subject(value: str) -> str:
    try:
        named = {field for _, field, _, _ in string.Formatter().parse(value) if field is not None}
    except ValueError as error:
        raise ValueError(f"is not a subject ({error}); double a brace to print one") from None
    if unknown := named - SUBJECT_WORDS:
        known = ", ".join(sorted(SUBJECT_WORDS))
        raise ValueError(f"names {', '.join(sorted(unknown))}, which no report has; known: {known}")
    return value


class ReportDefinition(BaseModel):
    """One report: which sections in which order, how severe, for whom, on which paper."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    #: File stem; also begins the names of the files made.
    name: str
    title: str = Field(min_length=1)
    #: Words for the cover: who should read it.
    audience: str = ""
    sections: tuple[str, ...] = Field(min_length=1)
    #: Other titles for sections, by name.
    titles: dict[str, str] = Field(default_factory=dict)
    #: Sections of the mail body, in order; a mail is a newspaper's front page, not the paper.
    mail_sections: tuple[str, ...] = ("not_checked", "summary", "changes", "companies")
    #: Findings below it are counted, not listed.
    severity_floor: Severity = Severity.INFO
    #: Rules or themes that the report is about; all without it.
    rules: tuple[str, ...] = ()
    #: Goes to a customer: no evidence, remedy, link, rule or run of ours stands in it.
    for_customer: bool = False
    #: When it is delivered, unless the delivery says otherwise.
    when: Literal["always", "on-change", "on-findings"] = "always"
    #: One report for everything, or one for each company.
    scope: Literal["all", "company"] = "all"
    paper: Literal["A4", "Letter"] = "A4"
    #: Mail subject; words in braces are filled in.
    subject: Annotated[str, AfterValidator(_subject)] = "{title}, {date}: {open} open, {new} new"
    #: Rows of all tables of the PDF; the rest is counted and stands in the workbook.
    pdf_rows: int = Field(default=400, ge=20, le=5000)
    #: Seconds that drawing one PDF may take; it is then ended, and everything else goes on.
    pdf_seconds: int = Field(default=120, ge=1, le=3600)
    #: Millions of bytes that drawing one PDF may take; Windows knows no such limit.
    pdf_memory_mb: int = Field(default=1000, ge=50, le=64_000)


def load_definitions(folder: Path | None = None) -> dict[str, ReportDefinition]:
    """Every definition by name: ours, then those in the workspace's reports *folder*, which win.

    Raises:
        SettingsError: a file is not TOML or not understood; with file and place.
    """
    found: dict[str, Path] = {}
    for place in (SHIPPED, folder):
        if place is not None and place.is_dir():
            found.update({path.stem: path for path in sorted(place.glob("*.toml"))})
    return {name: _read(found[name]) for name in sorted(found)}


def load_definition(name: str, *, folder: Path | None = None) -> ReportDefinition:
    """The definition called *name*.

    Raises:
        SettingsError: there is none, or it is not understood.
    """
    for place in (folder, SHIPPED):
        path = place / f"{name}.toml" if place is not None else None
        if path is not None and path.name == f"{name}.toml" and path.is_file():
            return _read(path)
    known = sorted({path.stem for place in (SHIPPED, folder) if place for path in place.glob("*.toml")})
    raise SettingsError(f"There is no report '{name}'. Known: {', '.join(known)}.")


def _read(path: Path) -> ReportDefinition:
    document = read_toml(path)
    document.pop("name", None)
    try:
        return ReportDefinition(name=path.stem, **document)
    except ValidationError as error:
        raise SettingsError(complaint(path, error, model=ReportDefinition)) from None
