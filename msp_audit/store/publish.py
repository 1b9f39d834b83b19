"""The copy that people open: written beside, then swapped in, so that a reader sees one run or the next."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import stat
from pathlib import Path

from msp_audit.errors import StoreError
from msp_audit.store.database import Database, QueryFailed, quoted, text_literal
from msp_audit.store.publication import Files, Publication

_CHUNK = 1 << 30
#: What a file system answers that cannot copy by itself.
_CANNOT_COPY = {errno.EXDEV, errno.ENOSYS, errno.EINVAL, errno.EOPNOTSUPP, errno.EPERM}


def publish_file(source: Path, *, target: Path, files: Files | None = None) -> Path:
    """Make a copy of the closed database *source* the published one; returns where it is.

    A program that has the old copy open keeps reading it.

    Raises:
        StoreError: the copy cannot be written or swapped in; the old one stays as it was.
    """
    publication = Publication(target, files=files)
    fresh = _fresh(target)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        publication.remove_leftovers()
        _copy(source, fresh, mode=_mode_of(target))
        placed = publication.swap_in(fresh)
        _flush_folder(target.parent)
        return placed
    except OSError as error:
        raise StoreError(
            f"{target} could not be replaced; what was published before stays. {error}"
        ) from error
    finally:
        with contextlib.suppress(OSError):
            fresh.unlink(missing_ok=True)


def copy_database(database: Database, *, target: Path) -> None:
    """Write a compact copy of an open *database* to *target*, which must not exist.

    Raises:
        StoreError: it cannot be written; nothing of it is left.
    """
    try:
        name = str(database.query("select current_database()").scalar())
        database.execute(f"attach {text_literal(str(target))} as compact_copy")
        try:
            database.execute(f"copy from database {quoted(name)} to compact_copy")
            database.execute("checkpoint compact_copy")
        finally:
            database.execute("detach compact_copy")
    except QueryFailed as error:
        for leftover in (target, target.with_name(target.name + ".wal")):
            leftover.unlink(missing_ok=True)
        raise StoreError(f"{target} could not be written: {error}") from error


def _fresh(target: Path) -> Path:
    return target.with_name(f".{target.name}.{os.getpid()}.new")


def _mode_of(target: Path) -> int | None:
    """The rights that people gave the published copy stay."""
    try:
        return stat.S_IMODE(target.stat().st_mode)
    except OSError:
        return None


def _copy(source: Path, target: Path, *, mode: int | None) -> None:
    with source.open("rb") as read, target.open("wb") as written:
        if mode is not None:
            with contextlib.suppress(OSError):
                target.chmod(mode)
        try:
            # The kernel copies, or only shares the blocks where the file system can.
            while os.copy_file_range(read.fileno(), written.fileno(), _CHUNK):
                pass
        except (AttributeError, OSError) as error:
            if isinstance(error, OSError) and error.errno not in _CANNOT_COPY:
                raise
            read.seek(0)
            written.seek(0)
            written.truncate()
            shutil.copyfileobj(read, written, 1 << 20)
        written.flush()
        os.fsync(written.fileno())


def _flush_folder(folder: Path) -> None:
    """Bring the new name itself to the disk, where folders can be flushed."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
