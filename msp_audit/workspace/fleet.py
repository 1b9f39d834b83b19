"""Many workspaces: which there are, how each is, one question to all, and runs side by side."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from msp_audit.domain import Rows
from msp_audit.errors import MspAuditError, SettingsError
from msp_audit.settings import SETTINGS_FILE
from msp_audit.store import QuestionLimits, Reader, Side, ask_all
from msp_audit.workspace.workspace import Workspace

FLEET_FILE = "fleet.toml"
_STATUS = """
select
    runs.run_id,
    runs.as_of,
    (
        select coalesce(sum(counts.open_count), 0)::bigint
        from audit.run_counts as counts
        where counts.run_id = runs.run_id
    ) as open,
    (
        select count(*)
        from audit.run_resources as resources
        where resources.run_id = runs.run_id and resources.verdict not in ('complete', 'absent')
    ) as incomplete_lists
from audit.runs as runs
where runs.finished_at is not null
order by runs.run_id desc
limit 1
"""
_COLUMNS = ("workspace", "run_id", "as_of", "open", "incomplete_lists", "problem")
_TYPES = ("VARCHAR", "BIGINT", "TIMESTAMP", "BIGINT", "BIGINT", "VARCHAR")


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

    def status(self) -> Rows:
        """One row a workspace: its latest run, or why there is none."""
        with ThreadPoolExecutor(max_workers=4) as pool:
            rows = tuple(pool.map(_status, self.folders.items()))
        return Rows(columns=_COLUMNS, types=_TYPES, rows=rows)

    def sql(self, query: str, *, limits: QuestionLimits | None = None) -> tuple[Rows, dict[str, str]]:
        """One question to all estates, and why some were not asked.

        Raises:
            StoreError: the question is refused or fails.
        """
        sides, problems = [], {}
        for name, folder in self.folders.items():
            try:
                sides.append(Side(name=name, published=Workspace.open(folder).published))
            except MspAuditError as error:
                problems[name] = str(error)
        rows, failed = ask_all(sides, query, limits=limits)
        return rows, {**problems, **failed}

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
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(
            f'{path} cannot be read ({error.strerror}). Write workspaces = ["estates/*"] into it.'
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path} is not TOML: {error}.") from error
    patterns = document.get("workspaces")
    if not isinstance(patterns, list) or set(document) != {"workspaces"}:
        raise SettingsError(f'{path} says workspaces = ["folder", "estates/*"] and nothing else.')
    folders = [folder for pattern in patterns for folder in _folders(path, str(pattern))]
    names = [folder.name for folder in folders]
    return Fleet(
        folders={
            folder.name if names.count(folder.name) == 1 else str(folder): folder
            for folder in dict.fromkeys(folders)
        }
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


def _status(item: tuple[str, Path]) -> tuple[Any, ...]:
    name, folder = item
    try:
        workspace = Workspace.open(folder)
        with Reader(workspace.published, memory_limit="200MB", threads=1) as reader:
            found = reader.query(_STATUS).rows
    # Whatever is wrong with one estate, the others are shown.
    except Exception as error:  # noqa: BLE001
        return (name, None, None, None, None, str(error))
    return (name, *found[0], "") if found else (name, None, None, None, None, "There is no run yet.")


def _run(name: str, folder: Path, words: Sequence[str]) -> FleetRun:
    done = subprocess.run(  # noqa: S603  (our own program over folders of the reader's list)
        [sys.executable, "-m", "msp_audit", "--workspace", str(folder), "run", *words],
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    return FleetRun(name=name, exit_code=done.returncode, told="\n".join(done.stderr.splitlines()[-3:]))
