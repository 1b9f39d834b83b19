"""Many workspaces: which there are, how each is, one question to all, and runs side by side."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from msp_audit.delivery import EmailChannel, Parcel, Receipt
from msp_audit.domain import Rows
from msp_audit.errors import MspAuditError, SettingsError
from msp_audit.reporting.fleet import Estate, FleetPage, estate_of, fleet_mail, fleet_page, fleet_queries
from msp_audit.settings import SETTINGS_FILE, FleetReport, MailSettings, load_fleet_settings
from msp_audit.store import QuestionLimits, Side, ask_all, ask_each
from msp_audit.workspace.workspace import Workspace

_COLUMNS = ("workspace", "run_id", "as_of", "open", "new", "incomplete_lists", "problem")
_TYPES = ("VARCHAR", "BIGINT", "TIMESTAMP", "BIGINT", "BIGINT", "BIGINT", "VARCHAR")


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetRun:
    """How the run of one workspace ended."""

    name: str
    exit_code: int
    #: The last lines that it said.
    told: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fleet:
    """The workspaces of a list, by name."""

    folders: dict[str, Path]
    #: What the report over all of them is called, and who gets it.
    papers: FleetReport = field(default_factory=FleetReport)
    mail: MailSettings | None = None
    #: Folder of the list.
    root: Path = Path()

    def status(self) -> Rows:
        """One row a workspace: its latest run, and why there is none or what is wrong with it."""
        queries = {name: sql for name, sql in fleet_queries().items() if name in ("run", "not_read")}
        return Rows(columns=_COLUMNS, types=_TYPES, rows=tuple(map(_status, self._estates(queries).values())))

    def page(self) -> FleetPage:
        """What was not read, what is new, the worst rules and what the PSA knows, over all estates."""
        estates = tuple(self._estates(fleet_queries()).values())
        return fleet_page(estates, title=self.papers.title, made_at=_now())

    def send(self, page: FleetPage, attached: Path) -> Receipt:
        """Mail *page*, with the file *attached* that holds all of it, to whom the list names.

        Raises:
            SettingsError: the list names nobody, or has no [mail].
        """
        if self.mail is None or not self.papers.to:
            raise SettingsError('The fleet\'s list needs [mail], and [report] with to = ["…"], to send.')
        body = fleet_mail(page)
        channel = EmailChannel(self.mail, root=self.root)
        try:
            return channel.deliver(
                Parcel(
                    name="fleet",
                    report="fleet",
                    run_id=int(page.made_at.timestamp()),
                    as_of=page.made_at,
                    subject=body.subject,
                    html=body.html,
                    text=body.text,
                    sender=self.mail.sender,
                    to=self.papers.to,
                    attachments=(attached,),
                )
            )
        finally:
            channel.close()

    def sql(self, query: str, *, limits: QuestionLimits | None = None) -> tuple[Rows, dict[str, str]]:
        """One question to all estates, and why some were not asked.

        Raises:
            StoreError: the question is refused or fails.
        """
        opened, problems = self._opened()
        sides = [Side(name=name, published=workspace.published) for name, workspace in opened.items()]
        rows, failed = ask_all(sides, query, limits=limits)
        return rows, {**problems, **failed}

    def _estates(self, queries: Mapping[str, str]) -> dict[str, Estate]:
        opened, problems = self._opened()
        sides = [Side(name=name, published=workspace.published) for name, workspace in opened.items()]
        answers = {**problems, **ask_each(sides, queries)}
        return {
            name: estate_of(
                name, answers[name], overdue=_overdue(opened[name], answers[name]) if name in opened else ""
            )
            for name in self.folders
        }

    def _opened(self) -> tuple[dict[str, Workspace], dict[str, str]]:
        """The workspaces whose settings are understood, and what is wrong with the others."""
        opened: dict[str, Workspace] = {}
        problems: dict[str, str] = {}
        for name, folder in self.folders.items():
            try:
                opened[name] = Workspace.open(folder)
            except MspAuditError as error:
                problems[name] = str(error)
        return opened, problems

    def run(
        self, words: Sequence[str], *, jobs: int, tell: Callable[[FleetRun], None]
    ) -> tuple[FleetRun, ...]:
        """``msp-audit run`` in every workspace, *jobs* at once; one that fails stops no other."""
        with ThreadPoolExecutor(max_workers=jobs) as pool:
            futures = [pool.submit(_run, name, folder, words) for name, folder in self.folders.items()]
            for future in as_completed(futures):
                tell(future.result())
        return tuple(future.result() for future in futures)


def load_fleet(path: Path) -> Fleet:
    """Read a list of workspaces: ``workspaces = ["estates/*", …]``, relative to the file.

    Raises:
        SettingsError: it cannot be read, or names nothing.
    """
    settings = load_fleet_settings(path)
    folders = [folder for pattern in settings.workspaces for folder in _folders(path, pattern)]
    names = [folder.name for folder in folders]
    return Fleet(
        folders={
            folder.name if names.count(folder.name) == 1 else str(folder): folder
            for folder in dict.fromkeys(folders)
        },
        papers=settings.report,
        mail=settings.mail,
        root=path.resolve().parent,
    )


def _folders(path: Path, pattern: str) -> list[Path]:
    home = path.resolve().parent
    if "*" not in pattern:
        # Named one by one, a folder that is missing is a problem to report, not to skip.
        return [(home / pattern).resolve()]
    base = Path(pattern).anchor or home
    found = sorted(Path(base).glob(pattern.removeprefix(Path(pattern).anchor)))
    folders = [folder.resolve() for folder in found if (folder / SETTINGS_FILE).is_file()]
    if not folders:
        raise SettingsError(f"{path}: no folder of '{pattern}' has a {SETTINGS_FILE}.")
    return folders


def _status(estate: Estate) -> tuple[Any, ...]:
    run = estate.run
    if run is None:
        return (estate.name, None, None, None, None, None, estate.problem)
    new = None if run["is_first"] else run["new_count"]
    incomplete = sum(row["list_count"] for row in estate.not_read)
    return (estate.name, run["run_id"], run["as_of"], run["open_count"], new, incomplete, estate.problem)


def _overdue(workspace: Workspace, answer: Mapping[str, Rows] | str) -> str:
    """A sentence where the latest run is too long ago: a timer that never fires tells nobody."""
    if isinstance(answer, str) or not answer["run"].rows:
        return ""
    as_of = answer["run"].records()[0]["as_of"]
    hours = workspace.settings.store.overdue_after_hours
    if workspace.now() - as_of <= timedelta(hours=hours):
        return ""
    return f"No run since {as_of:%Y-%m-%d %H:%M} UTC; overdue after {hours:g} h (overdue_after_hours)."


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None, microsecond=0)


def _run(name: str, folder: Path, words: Sequence[str]) -> FleetRun:
    done = subprocess.run(  # noqa: S603  (our own program over folders of the reader's list)
        [sys.executable, "-m", "msp_audit", "--workspace", str(folder), "run", *words],
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    return FleetRun(name=name, exit_code=done.returncode, told="\n".join(done.stderr.splitlines()[-3:]))
