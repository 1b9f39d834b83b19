"""Draws PDFs in worker processes, several at once, each within its limits of time and memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from msp_audit.errors import ReportError

_WORKER = Path(__file__).with_name("pdf_worker.py")
#: Documents after which a worker makes room for a fresh one: what fragments its memory ends with it.
_DOCUMENTS = 40
#: Processes at once, however many cores there are: each may take its whole memory limit.
_MOST_WORKERS = 8

_NEEDS = (
    "The PDF needs the text library Pango, which this machine lacks. "
    "Debian and Ubuntu: apt install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0. "
    "macOS: brew install pango. "
    r"Windows: install MSYS2, run 'pacman -S mingw-w64-x86_64-pango', and set "
    r"WEASYPRINT_DLL_DIRECTORIES=C:\msys64\mingw64\bin. HTML and workbook work without it."
)


def library_missing(told: str) -> ReportError:
    """What to do where WeasyPrint or a library below it does not load; *told* is the loader's complaint."""
    return ReportError(f"{_NEEDS} ({told.splitlines()[0]})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What one PDF is drawn from, and how much it may cost."""

    #: Name of the report, for errors.
    report: str
    html: str
    #: Seconds since 1970 that the document is dated.
    epoch: int
    #: 16 bytes as hexadecimal digits.
    identifier: str
    seconds: int
    #: Millions of bytes; no limit on Windows.
    megabytes: int


class Press:
    """Worker processes that draw; leaving the block waits for all, or on an error ends them at once."""

    def __init__(self, *, at_once: int | None = None) -> None:
        """Draw so many documents *at_once*; by default one a core."""
        at_once = at_once or min(_MOST_WORKERS, os.cpu_count() or 1)
        self._threads = ThreadPoolExecutor(max_workers=at_once, thread_name_prefix="pdf")
        # Whoever brings one more waits: no more documents are held than are drawn.
        self._places = threading.BoundedSemaphore(at_once)
        self._workers: list[_Worker] = []
        self._guard = threading.Lock()
        self._is_closed = False
        self._jobs: dict[Path, Future[None]] = {}

    def draw(self, sheet: Sheet, path: Path, *, put: Callable[[Path, bytes], None]) -> None:
        """Draw *sheet* and *put* it at *path*, soon; waits while all workers are busy."""
        self._places.acquire()
        try:
            job = self._threads.submit(self._drawn, sheet, path, put)
        except BaseException:
            self._places.release()
            raise
        self._jobs[path] = job
        job.add_done_callback(lambda _: self._places.release())

    def failures(self) -> dict[Path, ReportError]:
        """Wait for all; answers with what could not be drawn, and why.

        Raises:
            Exception: what a *put* raised, other than a ReportError.
        """
        found = {}
        for path, job in self._jobs.items():
            error = job.exception()
            if isinstance(error, ReportError):
                found[path] = error
            elif error is not None:
                raise error
        return found

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            self._end()
        self._threads.shutdown(wait=True, cancel_futures=kind is not None)
        self._end()

    def _drawn(self, sheet: Sheet, path: Path, put: Callable[[Path, bytes], None]) -> None:
        worker = self._taken(sheet.megabytes)
        try:
            document = worker.draw(sheet)
        except BaseException:
            self._let_go(worker)
            raise
        worker.is_free = True
        if worker.documents >= _DOCUMENTS:
            self._let_go(worker)
        put(path, document)

    def _taken(self, megabytes: int) -> _Worker:
        with self._guard:
            if self._is_closed:
                raise ReportError("The drawing of PDFs was broken off.")
            for worker in self._workers:
                if worker.is_free and worker.megabytes == megabytes:
                    worker.is_free = False
                    return worker
            worker = _Worker(megabytes)
            self._workers.append(worker)
            return worker

    def _let_go(self, worker: _Worker) -> None:
        with self._guard:
            if worker in self._workers:
                self._workers.remove(worker)
        worker.end()

    def _end(self) -> None:
        with self._guard:
            self._is_closed = True
            workers, self._workers = self._workers, []
        for worker in workers:
            worker.end()


class _Worker:
    """One process; whatever goes wrong with a document ends it."""

    def __init__(self, megabytes: int) -> None:
        self.megabytes = megabytes
        self.is_free = False
        self.documents = 0
        self._log: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115  (closed in end)
        # As a file and without this package: what the program has loaded costs no memory there.
        self._process = subprocess.Popen(  # noqa: S603  (ours)
            [sys.executable, "-P", str(_WORKER), str(megabytes)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )

    def draw(self, sheet: Sheet) -> bytes:
        """The document.

        Raises:
            ReportError: it took too long or too much memory, or cannot be drawn here.
        """
        self.documents += 1
        is_late = threading.Event()
        clock = threading.Timer(sheet.seconds, self._stop, [is_late])
        clock.daemon = True
        clock.start()
        try:
            told, document = self._asked(sheet)
        except (OSError, EOFError) as error:
            raise self._gone(sheet, is_late=is_late.is_set()) from error
        finally:
            clock.cancel()
        if told["status"] == "ok":
            return document
        raise _refusal(sheet, told)

    def end(self) -> None:
        """No process, no handle stays."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout, self._log):
            try:
                if pipe is not None:
                    pipe.close()
            except OSError:
                # What was still to be written to a process that is gone.
                continue

    def _stop(self, is_late: threading.Event) -> None:
        is_late.set()
        self._process.kill()

    def _asked(self, sheet: Sheet) -> tuple[dict[str, str], bytes]:
        job = {"identifier": sheet.identifier, "epoch": sheet.epoch, "seconds": sheet.seconds}
        to, back = self._process.stdin, self._process.stdout
        if to is None or back is None:
            raise EOFError
        for frame in (json.dumps(job).encode(), sheet.html.encode()):
            to.write(len(frame).to_bytes(8, "big") + frame)
        to.flush()
        told, document = _frame(back), _frame(back)
        return json.loads(told), document

    def _gone(self, sheet: Sheet, *, is_late: bool) -> ReportError:
        if is_late:
            return ReportError(
                f"{sheet.report}: drawing the PDF took longer than {sheet.seconds} s and was ended. "
                "Raise 'pdf_seconds' or lower 'pdf_rows' in the report's definition."
            )
        code = self._process.wait()
        self._log.seek(0)
        lines = self._log.read()[-4000:].decode("utf-8", "replace").strip().splitlines()
        log = lines[-1] if lines else ""
        # Libraries in C end the process where Python would raise.
        if "alloc" in log.lower() or "memory" in log.lower():
            return _refusal(sheet, {"status": "memory", "told": ""})
        return ReportError(f"{sheet.report}: the process that draws the PDF ended with {code}. {log}".strip())


def _frame(file: IO[bytes]) -> bytes:
    size = file.read(8)
    content = file.read(int.from_bytes(size, "big"))
    if len(size) < 8 or len(content) < int.from_bytes(size, "big"):
        raise EOFError
    return content


def _refusal(sheet: Sheet, told: dict[str, str]) -> ReportError:
    if told["status"] == "library":
        return library_missing(told["told"])
    if told["status"] == "memory":
        return ReportError(
            f"{sheet.report}: drawing the PDF took more than {sheet.megabytes} MB of memory and was ended. "
            "Raise 'pdf_memory_mb' or lower 'pdf_rows' in the report's definition."
        )
    return ReportError(f"{sheet.report}: the PDF cannot be drawn: {told['told']}.")
