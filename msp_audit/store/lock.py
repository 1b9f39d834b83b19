"""One run at a time: a lock on the store's folder that says who holds it and dies with its process."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from msp_audit.errors import StoreError

_POLL_SECONDS = 0.1
#: Windows locks bytes, not files: one far behind the text, which others must be able to read.
_LOCKED_BYTE = 1 << 20


class StoreLock:
    """Held from construction to :meth:`release`; freed when its process ends, however it ends."""

    def __init__(self, folder: Path, *, wait_seconds: float = 0.0) -> None:
        """Take the lock of *folder*, waiting up to *wait_seconds* for whoever holds it.

        Raises:
            StoreError: somebody else still holds it; says who, since when, and how to wait.
        """
        path = folder / "lock"
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise StoreError(f"{path} cannot be written: {error.strerror}. Check rights and room.") from error
        self._file: BinaryIO | None = os.fdopen(descriptor, "r+b", buffering=0)
        until = time.monotonic() + wait_seconds
        while not _try_lock(self._file):
            if time.monotonic() >= until:
                holder = _holder(self._file)
                self._file.close()
                raise StoreError(
                    f"{folder} is held by {holder}. Wait for it to end, or let this run wait for it with"
                    " --wait SECONDS."
                )
            time.sleep(min(_POLL_SECONDS, max(0.0, until - time.monotonic())))
        self._sign()

    def release(self) -> None:
        """Let the next one in; safe to call twice."""
        if self._file is not None:
            with contextlib.suppress(OSError):
                self._file.truncate(0)
            _unlock(self._file)
            self._file.close()
            self._file = None

    def _sign(self) -> None:
        facts = {
            "process": os.getpid(),
            "host": socket.gethostname(),
            "since": f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC",
            "command": " ".join(Path(part).name if i == 0 else part for i, part in enumerate(sys.argv[:2])),
        }
        # Who holds it is a courtesy: the lock itself does not depend on a full disk.
        with contextlib.suppress(OSError):
            if self._file is not None:
                self._file.seek(0)
                self._file.truncate(0)
                self._file.write(json.dumps(facts).encode())


def _holder(file: BinaryIO) -> str:
    try:
        file.seek(0)
        facts = json.loads(file.read(4096))
        return f"process {facts['process']} on {facts['host']} ('{facts['command']}', since {facts['since']})"
    except (OSError, ValueError, KeyError, TypeError):
        return "another run"


if sys.platform == "win32":
    import msvcrt

    def _try_lock(file: BinaryIO) -> bool:
        file.seek(_LOCKED_BYTE)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _unlock(file: BinaryIO) -> None:
        file.seek(_LOCKED_BYTE)
        with contextlib.suppress(OSError):
            msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _try_lock(file: BinaryIO) -> bool:
        # flock belongs to this opening of the file, so a second store in one process is refused too.
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True

    def _unlock(file: BinaryIO) -> None:
        with contextlib.suppress(OSError):
            fcntl.flock(file, fcntl.LOCK_UN)
