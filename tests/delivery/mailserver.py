"""A mail server on this machine over TLS, and a stand-in for Microsoft Graph; both take real requests."""

from __future__ import annotations

import asyncio
import base64
import json
import socket
import ssl
import subprocess
import threading
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from typing import Any

import uvicorn
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from msp_audit.delivery import EmailChannel

USER, PASSWORD, TOKEN = "audit", "a password, invented", "ya29.invented"


def certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 that nobody signed, and its key."""
    certificate, key = folder / "cert.pem", folder / "key.pem"
    subprocess.run(
        f"openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 "
        f"-subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1 -keyout {key} -out {certificate}".split(),
        check=True,
        capture_output=True,
    )
    return certificate, key


def parsed(content: bytes) -> EmailMessage:
    message = BytesParser(EmailMessage, policy=policy.default).parsebytes(content)
    assert isinstance(message, EmailMessage)
    return message


@dataclass
class Taken:
    """What the server got; answers that it gives once, before it becomes friendly."""

    mails: list[EmailMessage] = field(default_factory=list)
    envelopes: list[tuple[str, list[str]]] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)
    data_answers: list[str] = field(default_factory=list)
    rcpt_answers: dict[str, str] = field(default_factory=dict)
    sizes: list[int] = field(default_factory=list)
    port: int = 0
    #: Closed before the server is: a connection left open is a warning in some later test.
    clients: list[EmailChannel] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if answer := self.rcpt_answers.get(address):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.data_answers:
            return self.data_answers.pop(0)
        content = envelope.content
        assert isinstance(content, bytes)
        self.sizes.append(len(content))
        self.mails.append(parsed(content))
        self.envelopes.append((str(envelope.mail_from), [str(to) for to in envelope.rcpt_tos]))
        return "250 OK"


class _Server(SMTP):
    """Knows one password and one token."""

    async def auth_XOAUTH2(self, _server: SMTP, args: list[str]) -> AuthResult:  # noqa: N802
        told = base64.b64decode(args[1]).decode()
        self.event_handler.logins.append(f"XOAUTH2 {told}")
        return AuthResult(success=told == f"user={USER}\x01auth=Bearer {TOKEN}\x01\x01", handled=False)


@contextmanager
def mail_server(
    *, tls: tuple[Path, Path] | None, security: str = "starttls", size: int = 1_000_000, login: bool = True
) -> Iterator[Taken]:
    """A server that speaks STARTTLS or TLS, wants a login and advertises SIZE."""
    taken = Taken()
    context = None
    if tls is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*tls)

    talking: list[SMTP] = []

    def authenticate(_s: object, _session: object, _e: object, mechanism: str, data: object) -> AuthResult:
        assert isinstance(data, LoginPassword)
        taken.logins.append(f"{mechanism} {data.login.decode()}")
        return AuthResult(
            success=(data.login, data.password) == (USER.encode(), PASSWORD.encode()), handled=False
        )

    def make() -> SMTP:
        with warnings.catch_warnings():
            # It does not see that its connection is TLS from the first byte.
            warnings.simplefilter("ignore")
            made = _Server(
                taken,
                hostname="127.0.0.1",
                data_size_limit=size,
                authenticator=authenticate,
                auth_required=login,
                require_starttls=context is not None and security == "starttls",
                tls_context=context if security == "starttls" else None,
                auth_require_tls=security == "starttls",
                enable_SMTPUTF8=True,
            )
        talking.append(made)
        return made

    with _loop() as loop:
        wrapped = context if security == "tls" else None
        started = asyncio.run_coroutine_threadsafe(
            loop.create_server(make, "127.0.0.1", 0, ssl=wrapped), loop
        ).result(10)
        taken.port = started.sockets[0].getsockname()[1]
        try:
            yield taken
        finally:
            for client in taken.clients:
                client.close()
            loop.call_soon_threadsafe(started.close)
            asyncio.run_coroutine_threadsafe(_hang_up(talking), loop).result(10)


@contextmanager
def _loop() -> Iterator[asyncio.AbstractEventLoop]:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield loop
    finally:
        # What still talks is told to stop before the loop is closed.
        asyncio.run_coroutine_threadsafe(_cancel(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


async def _hang_up(talking: list[SMTP]) -> None:
    for one in talking:
        if one.transport is not None:
            one.transport.close()
    await asyncio.sleep(0.05)


async def _cancel() -> None:
    tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


@dataclass
class Graph:
    """A mailbox behind the vendor's addresses."""

    url: str = ""
    sent: list[EmailMessage] = field(default_factory=list)
    uploaded: dict[str, bytes] = field(default_factory=dict)
    drafts: dict[str, EmailMessage] = field(default_factory=dict)
    pieces: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    #: Status and headers given before the first good answer, by the end of the path.
    answers: dict[str, list[tuple[int, dict[str, str]]]] = field(default_factory=dict)

    async def token(self, request: Request) -> Response:
        form = await request.body()
        self.asked.append("token")
        assert b"grant_type=client_credentials" in form
        if b"client_secret=a+secret" not in form:
            return JSONResponse({"error": "invalid_client"}, status_code=401)
        return JSONResponse({"access_token": TOKEN, "expires_in": 3599})

    async def any(self, request: Request) -> Response:
        path = request.url.path
        last = path.rsplit("/", 1)[-1]
        self.asked.append(f"{request.method} {last}")
        body = await request.body()
        if path.startswith("/upload/"):
            assert "authorization" not in request.headers
            return self._piece(path.removeprefix("/upload/"), request.headers["content-range"], body)
        assert request.headers["authorization"] == f"Bearer {TOKEN}"
        if self.answers.get(last):
            status, headers = self.answers[last].pop(0)
            return JSONResponse({"error": {"message": "not now"}}, status_code=status, headers=headers)
        return self._answer(request.method, last, path, body)

    def _answer(self, method: str, last: str, path: str, body: bytes) -> Response:
        if last in ("sendMail", "messages"):
            assert len(body) <= 4_000_000
            message = parsed(base64.b64decode(body, validate=True))
            if last == "sendMail":
                self.sent.append(message)
                return Response(status_code=202)
            self.drafts["AAMk="] = message
            return JSONResponse({"id": "AAMk="}, status_code=201)
        if last == "createUploadSession":
            item: dict[str, Any] = json.loads(body)["AttachmentItem"]
            assert item["attachmentType"] == "file"
            self.uploaded[item["name"]] = b""
            return JSONResponse({"uploadUrl": f"{self.url}/upload/{item['name']}"}, status_code=201)
        if last == "send":
            message = self.drafts.pop("AAMk=")
            for name, content in self.uploaded.items():
                message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
            self.sent.append(message)
            return Response(status_code=202)
        assert method == "DELETE"
        self.drafts.pop("AAMk=")
        return Response(status_code=204)

    def _piece(self, name: str, told: str, body: bytes) -> Response:
        self.pieces.append(told)
        first, end, total = (int(n) for n in told.removeprefix("bytes ").replace("/", "-").split("-"))
        assert (first, end - first + 1) == (len(self.uploaded[name]), len(body))
        assert len(body) % (320 * 1024) == 0 or end == total - 1
        self.uploaded[name] += body
        return JSONResponse({}, status_code=201 if end == total - 1 else 200)


@contextmanager
def graph() -> Iterator[Graph]:
    """The stand-in, listening."""
    made = Graph()
    routes = [
        Route("/{tenant}/oauth2/v2.0/token", made.token, methods=["POST"]),
        Route("/{rest:path}", made.any, methods=["GET", "POST", "PUT", "DELETE"]),
    ]
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(Starlette(routes=routes), log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    made.url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    try:
        yield made
    finally:
        server.should_exit = True
        thread.join(10)
        listening.close()
