"""Makes the files: asks once, draws each face, puts each in place whole."""

from __future__ import annotations

import os
import tempfile
import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from enum import StrEnum
from functools import partial
from pathlib import Path

from msp_audit.errors import ReportError
from msp_audit.reporting.brand import Brand
from msp_audit.reporting.budget import PLAIN_ROWS
from msp_audit.reporting.definition import ReportDefinition
from msp_audit.reporting.mailbody import MailBody
from msp_audit.reporting.page import Extras, Need, Page, gather
from msp_audit.reporting.pdf_press import Press, Sheet
from msp_audit.reporting.reader import Reader

_ONE_AT_A_TIME = threading.Lock()
#: Findings ever seen, below which everything is fetched once.
FEW = 5_000
_GRIDS = frozenset({"findings_by_company", "findings_by_rule"})


class Face(StrEnum):
    """A kind of file that a report is made as."""

    HTML = "html"
    PDF = "pdf"
    XLSX = "xlsx"
    CSV = "csv"
    JSON = "json"
    PARQUET = "parquet"


def render(
    definition: ReportDefinition,
    reader: Reader,
    run_id: int,
    *,
    faces: Sequence[Face | str],
    out_folder: Path,
    brand: Brand,
    company_id: int | None = None,
    sections_folder: Path | None = None,
    extras: Extras | None = None,
    press: Press | None = None,
) -> tuple[Path, ...]:
    """Make the report about run *run_id* as files in *out_folder*, one for each of *faces*, in their order.

    The same run gives the same bytes. A file appears whole or not at all. With a *press* the PDF is only
    promised: it is there, or among the press's failures, once those were asked for.

    Raises:
        ReportError: a section does not run, a face cannot be made here, or the folder cannot be written.
        RuleError, SettingsError: a section's file is not understood.
    """
    wanted = [_face(face) for face in faces]
    made: dict[Face, Path] = {}
    # Few findings are fetched once for all faces; many, for each face what it shows.
    together = [wanted] if _are_few(reader) else [[face] for face in wanted]
    with ExitStack() as stack:
        drawing = press or stack.enter_context(Press(at_once=1))
        for some in together:
            page = gather(
                definition,
                reader,
                run_id=run_id,
                brand=brand,
                company_id=company_id,
                sections_folder=sections_folder,
                extras=extras,
                need=_need(some[0], definition) if len(some) == 1 else None,
            )
            for face in some:
                made[face] = out_folder / f"{page.file_stem}.{face.value}"
                if face is Face.PDF:
                    drawing.draw(_sheet(page, sections_folder), made[face], put=_put_bytes)
                else:
                    _put(made[face], partial(_FACES[face], page, sections_folder))
        if press is None:
            for error in drawing.failures().values():
                raise error
    return tuple(made[face] for face in wanted)


def _are_few(reader: Reader) -> bool:
    ((number,),) = reader.query("select count(*) from audit.findings as findings")
    return int(number) < FEW


def check_pdf() -> None:
    """Try whether PDF can be made on this machine.

    Raises:
        ReportError: it cannot; the message names the fix.
    """
    from msp_audit.reporting import pdf

    pdf.check_pdf()


def mail_body(
    definition: ReportDefinition,
    reader: Reader,
    run_id: int,
    *,
    brand: Brand,
    company_id: int | None = None,
    sections_folder: Path | None = None,
    extras: Extras | None = None,
) -> MailBody:
    """The report about run *run_id* as a mail: a front page, its HTML below 90 KB.

    Raises:
        ReportError: a section does not run.
        RuleError, SettingsError: a section's file is not understood.
    """
    from msp_audit.reporting.mail import make_mail

    page = gather(
        definition,
        reader,
        run_id=run_id,
        brand=brand,
        company_id=company_id,
        sections_folder=sections_folder,
        extras=extras,
        need=Need(most_rows=_SHOWN),
    )
    return make_mail(page, sections_folder=sections_folder)


def _face(face: Face | str) -> Face:
    try:
        return Face(face)
    except ValueError:
        raise ReportError(f"There is no face '{face}'. Known: {', '.join(Face)}.") from None


def _html(page: Page, sections_folder: Path | None, path: Path) -> None:
    from msp_audit.reporting.html import html_page
    from msp_audit.reporting.templates import environment

    path.write_bytes(html_page(page, templates=environment(sections_folder)).encode())


def _sheet(page: Page, sections_folder: Path | None) -> Sheet:
    from msp_audit.reporting.pdf import pdf_sheet
    from msp_audit.reporting.templates import environment

    return pdf_sheet(page, templates=environment(sections_folder))


def _put_bytes(path: Path, content: bytes) -> None:
    _put(path, lambda begun: begun.write_bytes(content))


def _xlsx(page: Page, _: Path | None, path: Path) -> None:
    from msp_audit.reporting.workbook import write_workbook

    write_workbook(page, path)


def _csv(page: Page, _: Path | None, path: Path) -> None:
    from msp_audit.reporting.data import write_csv

    write_csv(page, path)


def _json(page: Page, _: Path | None, path: Path) -> None:
    from msp_audit.reporting.data import write_json

    write_json(page, path)


def _parquet(page: Page, _: Path | None, path: Path) -> None:
    from msp_audit.reporting.data import write_parquet

    write_parquet(page, path)


def _need(face: Face, definition: ReportDefinition) -> Need:
    return Need(most_rows=definition.pdf_rows) if face is Face.PDF else _NEEDS[face]


#: No mail shows more rows of one section.
_SHOWN = 5_000
#: Findings that the HTML shows where no script runs.
_WITHOUT_SCRIPT = 200
_NEEDS: dict[Face, Need] = {
    # All findings go into its data, row by row; what stands there without a script are a few.
    Face.HTML: Need(most_rows=PLAIN_ROWS, most_rows_of=dict.fromkeys(_GRIDS, _WITHOUT_SCRIPT)),
    # These ask for their rows themselves, one after another.
    Face.XLSX: Need(without=frozenset({*_GRIDS, "findings", "changes"})),
    Face.CSV: Need(most_rows=1),
    Face.JSON: Need(without=frozenset({*_GRIDS, "findings", "changes"})),
    Face.PARQUET: Need(most_rows=1),
}
_FACES: dict[Face, Callable[[Page, Path | None, Path], None]] = {
    Face.HTML: _html,
    Face.XLSX: _xlsx,
    Face.CSV: _csv,
    Face.JSON: _json,
    Face.PARQUET: _parquet,
}


def _put(path: Path, write: Callable[[Path], object]) -> None:
    """Let *write* make the file beside *path* and rename it, so that nobody ever sees half a report."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        os.close(handle)
        begun = Path(name)
        try:
            write(begun)
            with begun.open("rb+") as file:
                os.fsync(file.fileno())
            # mkstemp makes private files; a report is as readable as its folder says.
            begun.chmod(0o666 & ~_umask())
            begun.replace(path)
        except BaseException:
            begun.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise ReportError(f"{path}: cannot be written ({error.strerror}).") from error


def _umask() -> int:
    # It can only be read by setting it, and a PDF is put in place by a thread of its own.
    with _ONE_AT_A_TIME:
        mask = os.umask(0)
        os.umask(mask)
    return mask
