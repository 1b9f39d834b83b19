"""Sections as files: one ``.sql`` with a header, and an ``.html`` beside it where a table will not do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from msp_audit.domain import Severity
from msp_audit.errors import ReportError, SettingsError
from msp_audit.reporting.words import FORMS
from msp_audit.settings.complaint import complaint
from msp_audit.sqlfile import SqlFile, read_sql_file

#: Our own sections; a workspace's file of the same name replaces one.
SHIPPED = Path(__file__).parent / "sections"

FaceName = Literal["html", "pdf", "xlsx", "mail"]
FACES: tuple[FaceName, ...] = ("html", "pdf", "xlsx", "mail")


class Column(BaseModel):
    """What the header says about one column of the query."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    label: str
    format: str = "text"
    #: Faces that show it.
    faces: tuple[FaceName, ...] = FACES

    @field_validator("format")
    @classmethod
    def _known(cls, value: str) -> str:
        if value not in FORMS:
            raise ValueError(f"no such format; known: {', '.join(sorted(FORMS))}")
        return value

    @property
    def is_number(self) -> bool:
        """Whether it is set flush right."""
        return self.format in ("change", "count", "days", "share", "seconds")


class _Header(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str = Field(min_length=1)
    #: Sentence shown when there are no rows: what was looked at, and that there is nothing.
    empty: str = Field(min_length=1)
    #: The same on the first run, where it differs.
    empty_first_run: str = ""
    note: str = ""
    #: Columns whose change begins a new group; rows of a group stay together.
    group: tuple[str, ...] = ()
    scope: tuple[Literal["all", "company"], ...] = ("all", "company")
    columns: dict[str, str | dict[str, str | list[str]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionFile:
    """One section as written: its words, its columns, its query."""

    name: str
    title: str
    empty: str
    empty_first_run: str
    note: str
    group: tuple[str, ...]
    scope: tuple[str, ...]
    columns: tuple[Column, ...]
    file: SqlFile
    #: Its own templates by face: ``<name>.<face>.html``, else ``<name>.html``; none where a table does.
    templates: Mapping[str, str]

    def columns_on(self, face: str) -> tuple[Column, ...]:
        """The columns that *face* shows."""
        return tuple(column for column in self.columns if face in column.faces)


def read_section(name: str, *, folder: Path | None = None) -> SectionFile:
    """The section called *name*: the workspace's in *folder*, else ours.

    Raises:
        ReportError: there is none of that name.
        RuleError: the file has no readable header or no query.
        SettingsError: the header holds something unknown.
    """
    for place in (folder, SHIPPED):
        if place is not None and (path := place / f"{name}.sql").is_file():
            return _read(path, folder=folder)
    known = sorted({path.stem for place in (SHIPPED, folder) if place for path in place.glob("*.sql")})
    raise ReportError(f"There is no section '{name}'. Known: {', '.join(known)}.")


def _read(path: Path, *, folder: Path | None) -> SectionFile:
    file = read_sql_file(path, root=path.parent)
    try:
        header = _Header(**file.header)
        columns = tuple(_column(name, written) for name, written in header.columns.items())
    except ValidationError as error:
        raise SettingsError(complaint(path, error, model=_Header)) from None
    return SectionFile(
        name=path.stem,
        title=header.title,
        empty=header.empty,
        empty_first_run=header.empty_first_run or header.empty,
        note=header.note,
        group=header.group,
        scope=header.scope,
        columns=columns,
        file=file,
        templates=_templates(path.stem, places=[place for place in (folder, SHIPPED) if place is not None]),
    )


def _templates(name: str, *, places: Sequence[Path]) -> dict[str, str]:
    found = {}
    for face in ("html", "pdf"):
        # The workspace's template for every face wins over ours for one.
        wanted = [(place, file) for place in places for file in (f"{name}.{face}.html", f"{name}.html")]
        own = next((file for place, file in wanted if (place / file).is_file()), None)
        if own is not None:
            found[face] = f"sections/{own}"
    return found


def _column(name: str, written: str | dict[str, str | list[str]]) -> Column:
    if isinstance(written, str):
        return Column(name=name, label=written)
    return Column.model_validate({"label": name.replace("_", " ").capitalize(), **written, "name": name})


def severities_at_least(floor: Severity) -> list[str]:
    """Names of the severities that a report with this *floor* lists, worst first."""
    return [severity.value for severity in Severity if severity.at_least(floor)]
