"""What is attached to tickets, and where it is kept when the PSA does not take it."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from msp_audit.delivery.ticket.model import Action, File, Group
from msp_audit.delivery.ticket.wording import MOST_LINES, line_of
from msp_audit.settings import TicketSettings

#: The reports of one company as finished files; given by whoever makes reports.
Reports = Callable[[int], Sequence[Path]]

_log = logging.getLogger(__name__)


class Files:
    """Makes attachments, and keeps those that could not be attached."""

    def __init__(self, settings: TicketSettings, *, root: Path, reports: Reports | None = None) -> None:
        self._settings = settings
        self._folder = root / settings.missing_attachments
        self._reports = reports

    def titles(self, group: Group, *, run_id: int) -> list[str]:
        """Titles of what goes with a ticket about *group* in this run."""
        has_list = "txt" in self._settings.attach or len(group.items) > MOST_LINES
        titles = [f"msp-audit run {run_id}: findings.txt"] if has_list else []
        is_about_one = group.company_id is not None and self._reports is not None
        faces = [face for face in self._settings.attach if face != "txt"] if is_about_one else []
        return titles + [f"msp-audit run {run_id}: report.{face}" for face in faces]

    def file(self, action: Action, group: Group) -> File | None:
        """The file that an intended step is about; None when it can no longer be made."""
        name = re.sub(r"[^\w.#-]+", "_", action.marker)
        if action.text:
            return File(title=action.marker, name=name, content=action.text.encode())
        if action.marker.endswith(".txt"):
            text = "\n".join(line_of(item) for item in group.items)
            return File(title=action.marker, name=name, content=text.encode())
        if self._reports is None or group.company_id is None:
            return None
        face = action.marker.rpartition(".")[2]
        for path in self._reports(group.company_id):
            if path.suffix == f".{face}":
                return File(title=action.marker, name=path.name, content=path.read_bytes())
        return None

    def keep(self, ticket_id: int, file: File) -> Path:
        """Put *file* where a person finds it, and say so in the log (seed 002's line).

        Raises:
            OSError: the folder cannot be written; nothing of the file is left.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / f"{ticket_id}-{Path(file.name).name}"
        try:
            path.write_bytes(file.content)
        except OSError:
            with suppress(OSError):
                path.unlink(missing_ok=True)
            raise
        _log.warning("Attached files for ticket id: %s dumped: '%s'", ticket_id, path)
        return path
