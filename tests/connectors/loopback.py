"""A real HTTP server on this machine that answers what a test says, and remembers what it was asked."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request."""

    path: str
    query: dict[str, str]
    headers: dict[str, str]
    #: The other end's port: tells connections apart.
    port: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One answer; *close* drops the connection instead of answering."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    close: bool = False


Responder = Callable[[Asked], Reply]


@dataclass(slots=True)
class Loopback:
    """A running server."""

    url: str
    asked: list[Asked]

    def paths(self) -> list[str]:
        """What was asked for, in order."""
        return [one.path for one in self.asked]


def as_json(data: Any, *, status: int = 200, **headers: str) -> Reply:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(
        status=status, body=json.dumps(data).encode(), headers={"Content-Type": "application/json", **names}
    )


def html(text: str, *, status: int = 200, **headers: str) -> Reply:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status=status, body=text.encode(), headers={"Content-Type": "text/html", **names})


def in_turn(*replies: Reply) -> Responder:
    """Each reply once, the last one for ever."""
    waiting = list(replies)
    lock = threading.Lock()

    def respond(_asked: Asked) -> Reply:
        with lock:
            return waiting.pop(0) if len(waiting) > 1 else waiting[0]

    return respond


@contextmanager
def serving(respond: Responder) -> Iterator[Loopback]:
    """A server on a free port for the time of the block."""
    asked: list[Asked] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # Header and body in one packet: two would wait 40 ms for each other.
        wbufsize = 65536
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            one = Asked(
                path=parts.path,
                query=dict(parse_qsl(parts.query, keep_blank_values=True)),
                headers={name.lower(): value for name, value in self.headers.items()},
                port=self.client_address[1],
            )
            asked.append(one)
            reply = respond(one)
            if reply.close:
                self.close_connection = True
                return
            self.send_response(reply.status)
            names = {name.lower() for name in reply.headers}
            for name, value in reply.headers.items():
                self.send_header(name, value)
            if "content-length" not in names:
                self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body)
            if "content-length" in names:
                self.close_connection = True

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.do_GET()

        def log_message(self, *_args: object) -> None:
            """Say nothing: a test's output is its own."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield Loopback(url=f"http://127.0.0.1:{server.server_address[1]}", asked=asked)
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=5)
