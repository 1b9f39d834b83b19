"""Keeps the raw answers of a reading as files without secrets, and reads from such files without a network.

One file an answer: the request, a blank line, status and headers, a blank line, the body. People can read and
cut them; the order of the file names is the order in which the answers came.
"""

from __future__ import annotations

import os
import re
import threading
from collections import defaultdict
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import orjson

from msp_audit.connectors.answer import Secrets, parse
from msp_audit.connectors.body import MAX_ANSWER_BYTES
from msp_audit.connectors.scrub import MASK, masked
from msp_audit.connectors.tape import Hook, Tape
from msp_audit.errors import SettingsError, SourceChanged
from msp_audit.settings.secret import SecretReference

#: Headers of a request that say what was asked for, and not by whom.
_KEPT_OF_REQUEST = ("accept", "pagination-type")
#: Headers of an answer that are not kept: cookies, and what only describes how the body travelled.
_LEFT_OF_ANSWER = frozenset(
    {
        "set-cookie",
        "content-length",
        "content-encoding",
        "transfer-encoding",
        "connection",
        "www-authenticate",
    }
)
#: Keys and tokens are longer. What is shorter is a password, which no server repeats, or a common word.
_SHORTEST_SECRET = 12
#: Letters of a request line that are looked at.
_LONGEST_LINE = 65_536
_UNSAFE = re.compile(r"[^A-Za-z0-9]+")


class Recording(Tape):
    """Writes the answers below *folder*, a folder a source.

    Raises:
        SettingsError: the folder holds something already, or cannot be made.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._counts: dict[str, int] = defaultdict(int)
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            is_used = any(folder.iterdir())
        except OSError as error:
            raise SettingsError(f"{folder} cannot be used for a recording: {error.strerror}.") from error
        if is_used:
            raise SettingsError(f"{folder} is not empty; name a new folder for the recording.")

    def hook(self, *, source: str, secrets: Secrets) -> Hook:
        """Writes each answer as it comes."""

        def write(response: httpx.Response) -> None:
            response.read()
            self._write(response, source=source, secrets=secrets)

        return write

    def transport(self, *, source: str) -> None:
        """The server is asked."""

    def _write(self, response: httpx.Response, *, source: str, secrets: Secrets) -> None:
        request = response.request
        place = _place(request)
        asked = [f"{request.method} {place}"]
        asked += [f"{name}: {request.headers[name]}" for name in _KEPT_OF_REQUEST if name in request.headers]
        told = [f"HTTP {response.status_code}"]
        told += [
            f"{name}: {secrets.hide(value, shortest=_SHORTEST_SECRET)}"
            for name, value in response.headers.multi_items()
            if name.lower() not in _LEFT_OF_ANSWER
        ]
        body = _without_secrets(response.content, secrets=secrets, is_token=request.method != "GET")
        head = "\n".join([*asked, "", *told, "", ""]).encode()
        slug = _UNSAFE.sub("-", urlsplit(place).path.rpartition("/apis/")[2]).strip("-")[:80]
        with self._lock:
            self._counts[source] += 1
            number = self._counts[source]
            (self._folder / source).mkdir(exist_ok=True, mode=0o700)
        path = self._folder / source / f"{number:06}-{slug}.http"
        # The folder may have been there, open to everybody.
        with open(path, "wb", opener=_private) as file:
            file.write(head + body)


class Replay(Tape):
    """Answers from what a :class:`Recording` wrote: the same request gets the same answers in the same order.

    Raises:
        SettingsError: the folder holds no recording.
    """

    is_offline = True

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        if not folder.is_dir() or not any(folder.glob("*/*.http")):
            raise SettingsError(f"{folder} holds no recording; 'msp-audit snapshot --record' makes one.")

    def hook(self, *, source: str, secrets: Secrets) -> None:
        """Nothing is kept."""

    def transport(self, *, source: str) -> httpx.BaseTransport:
        """The answers of one source."""
        return _Recorded(self._folder / source, source=source)


class _Recorded(httpx.BaseTransport):
    def __init__(self, folder: Path, *, source: str) -> None:
        self._source = source
        self._lock = threading.Lock()
        #: Request -> files, the next one last; the very last one is given again and again.
        self._files: dict[str, list[Path]] = defaultdict(list)
        for path in sorted(folder.glob("*.http"), reverse=True):
            with path.open("rb") as file:
                self._files[file.readline(_LONGEST_LINE).decode("utf-8", "replace").strip()].append(path)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """The answer that was recorded for this request."""
        key = f"{request.method} {_place(request)}"
        with self._lock:
            files = self._files.get(key, [])
            if not files:
                raise SourceChanged(
                    f"The recording of {self._source} has no answer to {key}. It was made with other "
                    f"settings or another version of this program."
                )
            path = files.pop() if len(files) > 1 else files[0]
        return _answer(path, request=request)


def _answer(path: Path, *, request: httpx.Request) -> httpx.Response:
    try:
        if path.stat().st_size > MAX_ANSWER_BYTES:
            raise SourceChanged(f"{path} has more than {MAX_ANSWER_BYTES:,} bytes; no answer has.")
        _, told, body = path.read_bytes().split(b"\n\n", 2)
        status, *lines = told.decode().split("\n")
        headers = [(name, value) for name, _, value in (line.partition(": ") for line in lines)]
        code = int(status.removeprefix("HTTP "))
        return httpx.Response(code, headers=headers, content=body, request=request)
    except (OSError, ValueError):
        raise SourceChanged(f"{path} is no answer as 'msp-audit snapshot --record' keeps it.") from None


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _place(request: httpx.Request) -> str:
    """Path and query: hosts change, and may be a customer's name."""
    return request.url.raw_path.decode("ascii")


def _without_secrets(content: bytes, *, secrets: Secrets, is_token: bool) -> bytes:
    try:
        document = parse(content)
    except ValueError:
        return secrets.hide(content.decode("utf-8", "surrogateescape"), shortest=_SHORTEST_SECRET).encode(
            "utf-8", "surrogateescape"
        )
    if is_token and isinstance(document, str):
        return orjson.dumps(MASK)
    if masked(document):
        content = orjson.dumps(document)
    return secrets.hide(content.decode("utf-8", "surrogateescape"), shortest=_SHORTEST_SECRET).encode(
        "utf-8", "surrogateescape"
    )


def without_keys(section: Any) -> Any:  # noqa: ANN401  (one of the sources' settings models)
    """The settings of a source for a replay, which needs no secret: whoever has the recording has no keys."""
    references = [name for name, value in section if isinstance(value, SecretReference)]
    return section.model_copy(update=dict.fromkeys(references, _NoKey("env:REPLAYED")))


class _NoKey(SecretReference):
    def reveal(self) -> str:
        return "replayed"
