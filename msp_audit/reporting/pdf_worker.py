"""Draws PDFs in a process of its own: jobs on standard input, documents on standard output.

Run as a file, never imported by the program: only WeasyPrint and the standard library are loaded here, so
that its memory is the drawing's alone. A frame is eight bytes of length and as many of content; a job is two
frames (JSON: identifier, epoch, seconds; HTML), an answer is two (JSON: status, what to tell; the document).
"""

from __future__ import annotations

import json
import logging
import os
import sys
from typing import Any, BinaryIO

try:
    import resource
except ImportError:  # Windows: only the parent's time limit holds there.
    resource = None  # type: ignore[assignment]


def main(megabytes: int) -> None:
    """Answer jobs until standard input ends."""
    jobs = sys.stdin.buffer
    # Whatever a library prints goes to the log, never between two frames.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    _limit_memory(megabytes)
    while (job := _read(jobs)) is not None:
        html = _read(jobs)
        told, document = _answer(json.loads(job), (html or b"").decode())
        for frame in (json.dumps(told).encode(), document):
            answers.write(len(frame).to_bytes(8, "big") + frame)
        answers.flush()


def _answer(job: dict[str, Any], html: str) -> tuple[dict[str, str], bytes]:
    _limit_processor(int(job["seconds"]))
    try:
        import weasyprint
    except (ImportError, OSError) as error:
        # OSError: the Python part is there, the library that it loads is not.
        return {"status": "library", "told": str(error).strip() or type(error).__name__}, b""
    os.environ["SOURCE_DATE_EPOCH"] = str(job["epoch"])
    # What the document wants from outside is refused and would be told line by line; that is no news.
    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    try:
        document = weasyprint.HTML(
            string=html,
            base_url=None,
            url_fetcher=weasyprint.urls.URLFetcher(allowed_protocols={"data"}, allow_redirects=False),
        ).write_pdf(pdf_identifier=bytes.fromhex(job["identifier"]), pdf_tags=True)
    except MemoryError:
        return {"status": "memory", "told": ""}, b""
    except Exception as error:  # noqa: BLE001  (told to the parent, which names the report)
        return {"status": "failed", "told": f"{type(error).__name__}: {error}"}, b""
    return {"status": "ok", "told": ""}, bytes(document)


def _limit_memory(megabytes: int) -> None:
    if resource is not None:
        _lower(resource.RLIMIT_DATA, megabytes * 1_000_000)


def _limit_processor(seconds: int) -> None:
    """End this process even when its parent is gone and cannot do it."""
    if resource is not None:
        usage = resource.getrusage(resource.RUSAGE_SELF)
        used = int(usage.ru_utime + usage.ru_stime)
        # Threads may use several processors at once; the parent's clock is the real limit.
        _lower(resource.RLIMIT_CPU, used + 4 * seconds + 10)


def _lower(limit: int, value: int) -> None:
    _, hard = resource.getrlimit(limit)
    if hard != resource.RLIM_INFINITY:
        value = min(value, hard)
    try:
        resource.setrlimit(limit, (value, hard))
    except (ValueError, OSError):
        # macOS refuses some limits; the time limit still holds.
        return


def _read(file: BinaryIO) -> bytes | None:
    """The next frame; None where the input ends."""
    size = file.read(8)
    return file.read(int.from_bytes(size, "big")) if len(size) == 8 else None


if __name__ == "__main__":
    main(int(sys.argv[1]))
