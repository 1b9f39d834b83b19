"""Where the records of one reading wait, as files, until they are sealed: constant memory."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

import orjson

from msp_audit.domain import Record
from msp_audit.errors import StoreError

#: Sorted members make the same record the same bytes, whatever order a server sends.
_OPTIONS = orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE
_BUFFER = 1 << 20
#: Bytes of one record; the store takes one of 8 MiB.
MAX_RECORD_BYTES = 8_000_000


class Spool:
    """One folder of ``<resource>.ndjson`` files, removed when it is closed; one writer per resource."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files: dict[str, BinaryIO] = {}
        shutil.rmtree(folder, ignore_errors=True)
        try:
            folder.mkdir(parents=True, mode=0o700)
        except OSError as error:
            raise StoreError(f"{folder} cannot be made: {error.strerror}. Check rights and room.") from error

    def add(self, resource: str, records: Iterable[Record]) -> int:
        """Append *records* to *resource*; returns how many were left out for their size.

        Raises:
            StoreError: the disk is full or the folder is gone.
        """
        try:
            file = self._files.get(resource)
            if file is None:
                # To the end: looked into meanwhile, a file was closed.
                file = self._files[resource] = self.path(resource).open("ab", buffering=_BUFFER)
            lines = [orjson.dumps(record, option=_OPTIONS) for record in records]
            taken = [line for line in lines if len(line) <= MAX_RECORD_BYTES]
            file.write(b"".join(taken))
        except OSError as error:
            raise _unusable(self._folder, error) from error
        return len(lines) - len(taken)

    def path(self, resource: str) -> Path:
        """The file of *resource*; it exists once records were added."""
        return self._folder / f"{resource}.ndjson"

    def first(self, resource: str, *, member: str) -> str | None:
        """What the first record of *resource* holds in *member*; None without one.

        Raises:
            StoreError: the disk is full or the folder is gone.
        """
        self.finish()
        try:
            with self.path(resource).open("rb") as file:
                value = orjson.loads(file.readline() or b"{}").get(member)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise _unusable(self._folder, error) from error
        return None if value is None else str(value)

    def drop(self, resource: str) -> None:
        """Forget the records of *resource*.

        Raises:
            StoreError: the disk is full or the folder cannot be written.
        """
        self.finish()
        try:
            self.path(resource).unlink(missing_ok=True)
        except OSError as error:
            raise _unusable(self._folder, error) from error

    def size(self) -> int:
        """Bytes of the largest file."""
        return max((path.stat().st_size for path in self._folder.glob("*.ndjson")), default=0)

    def finish(self) -> None:
        """Flush everything, so that the files can be read.

        Raises:
            StoreError: the disk is full; no file stays open all the same.
        """
        failed = self._close_files()
        if failed is not None:
            raise _unusable(self._folder, failed) from failed

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # What could not be written was told by add or finish; here it is thrown away.
        self._close_files()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _close_files(self) -> OSError | None:
        """Close every file, also behind one that cannot be written out; the first failure."""
        failed = None
        while self._files:
            _, file = self._files.popitem()
            try:
                file.close()
            except OSError as error:
                failed = failed or error
        return failed


def _unusable(folder: Path, error: OSError) -> StoreError:
    return StoreError(f"{folder} cannot be used: {error.strerror}. Check rights, and room on the disk.")
