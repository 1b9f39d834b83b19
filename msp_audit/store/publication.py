"""Where the published database is: one name where files can be replaced, a pointer where they cannot."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from pathlib import Path

from msp_audit.errors import StoreError

#: What the published database is called where it is attached.
PUBLISHED = "published"


class Files:
    """The few steps on files that publishing takes; a stand-in shows what another system would do."""

    def replace(self, source: Path, target: Path) -> None:
        """Move *source* over *target* in one step."""
        source.replace(target)

    def remove(self, path: Path) -> None:
        """Remove *path*, if it is there."""
        path.unlink(missing_ok=True)

    def write(self, path: Path, text: str) -> None:
        """Write *path* and bring it to the disk."""
        with path.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())


class Publication:
    """The published database at *target*.

    Windows does not replace a file that a reader has open. There the new copy keeps a name of its own and a
    small file beside the target, the pointer, says which copy is the latest; the next publication that finds
    nobody reading goes back to the one name.
    """

    def __init__(self, target: Path, *, files: Files | None = None) -> None:
        self._target = target
        self._files = files or Files()
        self._pointer = target.with_name(f"{target.name}.current")

    def current(self) -> Path:
        """The latest copy."""
        try:
            name = self._pointer.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            return self._target
        pointed = self._target.with_name(name)
        is_ours = name == self._target.name or pointed in set(self._versions())
        return pointed if is_ours and pointed.exists() else self._target

    def found(self) -> Path:
        """The latest copy.

        Raises:
            StoreError: nothing was published yet.
        """
        current = self.current()
        if not current.exists():
            raise StoreError(f"{self._target} does not exist yet. 'msp-audit run' makes it.")
        return current

    def swap_in(self, fresh: Path) -> Path:
        """Make *fresh* the latest copy, in one step; returns where it is now.

        Raises:
            OSError: it could not be; the copy before is still the latest.
        """
        try:
            self._files.replace(fresh, self._target)
        except PermissionError:
            version = self._target.with_name(f"{self._target.stem}.{time.time_ns()}{self._target.suffix}")
            self._files.replace(fresh, version)
            try:
                self._point_at(version)
            except OSError:
                with contextlib.suppress(OSError):
                    self._files.remove(version)
                raise
            latest = version
        else:
            latest = self._target
            if self._pointer.exists():
                self._unpoint()
        for version in self._versions():
            if version != latest:
                # Somebody may still be reading it; the next publication tries again.
                with contextlib.suppress(OSError):
                    self._files.remove(version)
        return latest

    def remove_leftovers(self) -> None:
        """Remove what a publication that was killed left behind; only one at a time publishes."""
        for leftover in self._target.parent.glob(f".{self._target.name}.*.new*"):
            with contextlib.suppress(OSError):
                self._files.remove(leftover)

    def _unpoint(self) -> None:
        try:
            self._files.remove(self._pointer)
        except OSError:
            self._point_at(self._target)

    def _point_at(self, path: Path) -> None:
        fresh = self._pointer.with_name(f".{self._pointer.name}.{os.getpid()}.new")
        self._files.write(fresh, f"{path.name}\n")
        self._files.replace(fresh, self._pointer)

    def _versions(self) -> Iterator[Path]:
        for path in sorted(self._target.parent.glob(f"{self._target.stem}.*{self._target.suffix}")):
            if path.name[len(self._target.stem) + 1 : -len(self._target.suffix)].isdecimal():
                yield path
