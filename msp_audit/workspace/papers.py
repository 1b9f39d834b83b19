"""Makes a workspace's reports: definitions, brand and links of its folder, each file made once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from msp_audit.connectors.base import Check
from msp_audit.errors import ReportError, SettingsError
from msp_audit.settings import Settings
from msp_audit.workspace.recipients import companies_with_findings

if TYPE_CHECKING:
    from msp_audit.reporting import Brand, Extras, MailBody, Press, Reader, ReportDefinition

_PSA_RECORD = (
    "{url}/v4_6_release/services/system_io/router/openrecord.rails"
    "?locale=en_US&companyName={company}&recordType={{record_type}}&recid={{id}}"
)
#: Made when nobody says which, and no delivery does either.
_DEFAULT = "weekly_internal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """Files of reports, and what could not be made of them: a sentence each."""

    files: tuple[Path, ...]
    unmade: tuple[str, ...] = ()


class Papers:
    """Reports of published runs as files and mail bodies."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._folder = settings.root / "reports"
        self._made: dict[tuple[int, str, int | None, str, Path], Path] = {}
        # What passed its limits is not tried again for the delivery of the same run.
        self._failed: dict[Path, str] = {}

    @property
    def output(self) -> Path:
        """Where files go that nobody gave a place."""
        return self._folder / "output"

    def definition(self, name: str) -> ReportDefinition:
        """The definition called *name*."""
        return next(self.definitions([name]))

    def definitions(self, names: Sequence[str] | None) -> Iterator[ReportDefinition]:
        """Those called *names*; without names, the delivered ones."""
        from msp_audit.reporting import load_definitions

        known = load_definitions(self._folder)
        wanted = names or dict.fromkeys(item.report for item in self._settings.delivery) or [_DEFAULT]
        for name in wanted:
            if name not in known:
                raise SettingsError(f"There is no report '{name}'. There are: {', '.join(sorted(known))}.")
            yield known[name]

    def all(
        self,
        reader: Reader,
        run_id: int,
        names: Sequence[str] | None,
        *,
        faces: Sequence[str],
        out: Path | None,
        notices: Sequence[str] = (),
    ) -> Made:
        """Every report called *names* as *faces*; one per company where its definition says so."""
        from msp_audit.reporting import Press

        paths: list[Path] = []
        with Press() as press:
            for definition in self.definitions(names):
                companies: dict[int | None, str] = {None: ""}
                if definition.scope == "company":
                    companies = dict(companies_with_findings(reader).items())
                for company_id, name in companies.items():
                    told = () if definition.for_customer else notices
                    extras = self.extras(told, company_name=name)
                    paths += self._begun(
                        reader,
                        run_id,
                        definition,
                        press,
                        faces=faces,
                        out=out,
                        company_id=company_id,
                        extras=extras,
                    )
            return self._ended(paths, press)

    def files(
        self,
        reader: Reader,
        run_id: int,
        definition: ReportDefinition,
        *,
        faces: Sequence[str],
        extras: Extras,
        company_id: int | None = None,
    ) -> Made:
        """One report as files; a report and a delivery of one run share theirs, a PDF takes seconds."""
        from msp_audit.reporting import Press

        with Press(at_once=1) as press:
            paths = self._begun(
                reader, run_id, definition, press, faces=faces, out=None, company_id=company_id, extras=extras
            )
            return self._ended(paths, press)

    def _begun(
        self,
        reader: Reader,
        run_id: int,
        definition: ReportDefinition,
        press: Press,
        *,
        faces: Sequence[str],
        extras: Extras,
        out: Path | None,
        company_id: int | None,
    ) -> list[Path]:
        """Where the files are, or will be once the *press* has drawn."""
        from msp_audit.reporting import render

        folder = out or self.output
        keys = {face: (run_id, definition.name, company_id, face, folder) for face in faces}
        if missing := [face for face in faces if keys[face] not in self._made]:
            paths = render(
                definition,
                reader,
                run_id,
                faces=missing,
                out_folder=folder,
                company_id=company_id,
                press=press,
                **self._around(extras),
            )
            self._made.update({keys[face]: path for face, path in zip(missing, paths, strict=True)})
        return [self._made[keys[face]] for face in faces]

    def _ended(self, paths: Sequence[Path], press: Press) -> Made:
        self._failed.update({path: str(error) for path, error in press.failures().items()})
        return Made(
            files=tuple(path for path in paths if path not in self._failed),
            unmade=tuple(self._failed[path] for path in paths if path in self._failed),
        )

    def mail(
        self,
        reader: Reader,
        run_id: int,
        definition: ReportDefinition,
        *,
        extras: Extras,
        company_id: int | None = None,
    ) -> MailBody:
        """One report as the body of a mail."""
        from msp_audit.reporting import mail_body

        return mail_body(definition, reader, run_id, company_id=company_id, **self._around(extras))

    def extras(self, notices: Sequence[str], *, company_name: str = "", reference: str = "") -> Extras:
        """What the reports hold beside the run's own data."""
        from msp_audit.reporting import Extras, RecordLinks

        settings, written = self._settings, self._settings.links
        psa, automate = written.psa, written.automate_computer
        if psa is None and settings.psa is not None:
            psa = _PSA_RECORD.format(url=settings.psa.url, company=settings.psa.company)
        if automate is None and settings.automate is not None and settings.automate.url:
            automate = f"{settings.automate.url}/automate/computer/{{id}}/normal-tiles"
        links = RecordLinks(
            psa=psa or "",
            automate_computer=automate or "",
            auvik_host=written.auvik_host,
            tool_hosts=_tool_hosts(settings),
        )
        return Extras(links=links, notices=tuple(notices), company_name=company_name, reference=reference)

    def check_pdf(self) -> Check:
        """Whether PDF can be made here."""
        from msp_audit.reporting import check_pdf

        try:
            check_pdf()
        except ReportError as error:
            return Check(name="PDF libraries", is_ok=False, detail="not usable", fix=str(error))
        return Check(name="PDF libraries", is_ok=True, detail="Pango and WeasyPrint work.")

    def _around(self, extras: Extras) -> dict[str, Any]:
        return {
            "brand": self._brand(),
            "sections_folder": self._folder / "sections",
            "extras": extras,
        }

    def _brand(self) -> Brand:
        from msp_audit.reporting import load_brand

        return load_brand(self._folder / "brand", name=self._settings.name)


def _tool_hosts(settings: Settings) -> dict[str, str]:
    hosts = {name: tool.link_host for name, tool in settings.files.items() if tool.link_host}
    if settings.ninjaone is not None:
        hosts["ninjaone"] = urlsplit(settings.ninjaone.url).hostname or ""
    return hosts
