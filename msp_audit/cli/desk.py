"""The way in for notebooks: the workspace around the notebook, or the invented MSP where there is none."""

from __future__ import annotations

import hashlib
import logging
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from msp_audit.errors import SettingsError
from msp_audit.sandbox import samples_folder
from msp_audit.workspace import Desk, nearest_workspace, open_desk

_PACKAGE = Path(__file__).parents[1]
#: Notebooks of two versions may be open at once; what is older goes.
_KEPT = 2


def open_here(folder: Path | str | None = None, *, or_demo: bool = False) -> Desk:
    """The desk over the workspace in *folder*.

    Without a folder it is the one that ``MSP_AUDIT_WORKSPACE`` names, else the nearest from here upward. With
    *or_demo* the invented MSP is opened where there is none: its three weeks are read once for each version
    of the program (half a minute) and kept in the user's cache folder.

    >>> open_here(folder)
    Desk('Northwind Managed IT')

    Raises:
        SettingsError: there is no workspace, or its settings are not understood.
    """
    if folder is None and or_demo and nearest_workspace() is None:
        return open_desk(demo_folder())
    return open_desk(folder)


def demo_folder() -> Path:
    """The invented MSP's workspace in the user's cache; made when it is not there."""
    cache = _cache()
    wanted = cache / f"demo-{_version()}"
    if not (wanted / "msp-audit.duckdb").exists():
        _make(wanted)
        made = sorted(cache.glob("demo-*"), key=lambda path: path.stat().st_mtime, reverse=True)
        for old in (path for path in made[_KEPT:] if path != wanted):
            shutil.rmtree(old, ignore_errors=True)
    return wanted


def _make(folder: Path) -> None:
    from msp_audit.cli.demo import demo_workspace

    # What the invented MSP does not offer is no news for the reader of a notebook.
    log = logging.getLogger("msp_audit")
    before = log.level
    log.setLevel(logging.ERROR)
    try:
        _make_quietly(folder, demo_workspace)
    finally:
        log.setLevel(before)
    if not folder.exists():
        raise SettingsError(f"{folder} cannot be written; name a workspace: ma.open('folder').")


def _make_quietly(folder: Path, make: Callable[[Path], object]) -> None:
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix="new-") as scratch:
        made = Path(scratch) / "demo"
        make(made)
        # Another notebook may have been quicker; both made the same.
        with suppress(OSError):
            made.rename(folder)


def _cache() -> Path:
    if sys.platform == "win32":
        home = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    else:
        home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = home / "msp-audit"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise SettingsError(f"{folder} cannot be made ({error.strerror}); set XDG_CACHE_HOME.") from error
    return folder


def _version() -> str:
    """Changes when the program or the samples do: a kept demo must never hide a changed rule."""
    facts = [(str(path), (stat := path.stat()).st_size, stat.st_mtime_ns) for path in sorted(_files())]
    return hashlib.sha256(repr(facts).encode()).hexdigest()[:12]


def _files() -> Iterator[Path]:
    for folder in {_PACKAGE, samples_folder()}:
        yield from (path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc")
