"""The sandbox: one local server that answers as PSA, Automate, Auvik and NinjaOne over one weekly reading."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import uvicorn

from msp_audit.errors import SettingsError
from msp_audit.sandbox.application import Application, Visit
from msp_audit.sandbox.faults import Faults
from msp_audit.sandbox.psa_tickets import ServiceDesk
from msp_audit.sandbox.reading import sample_weeks, samples_folder

_STARTS_WITHIN_SECONDS = 15
_STOPS_WITHIN_SECONDS = 5


class Sandbox:
    """A running stand-in for all systems; a context manager, or :meth:`start` and :meth:`stop`.

    Args:
        folder: a weekly reading; the newest sample week without one.
        host: address to listen on; anything but this machine's own is your responsibility.
        port: 0 takes a free one.
        certificate: PEM file with a certificate and its key, to answer over TLS.

    Raises:
        SettingsError: no such folder, or the address is taken.
    """

    def __init__(
        self,
        folder: Path | None = None,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        certificate: Path | None = None,
    ) -> None:
        #: What misbehaves; to be changed at any time.
        self.faults = Faults()
        self._application = Application(folder or sample_weeks(samples_folder())[-1], faults=self.faults)
        self._host = host
        self._port = port
        self._certificate = certificate
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        """Root address; ``/sandbox`` below it tells what is served and which faults there are."""
        scheme = "http" if self._certificate is None else "https"
        return f"{scheme}://{self._host}:{self._port}"

    @property
    def psa_url(self) -> str:
        """For ``[psa] url``."""
        return self.url

    @property
    def automate_url(self) -> str:
        """For ``[automate] url``."""
        return f"{self.url}/automate"

    @property
    def auvik_url(self) -> str:
        """For ``[auvik] url``."""
        return f"{self.url}/auvik"

    @property
    def ninjaone_url(self) -> str:
        """For ``[ninjaone] url``."""
        return f"{self.url}/ninjaone"

    @property
    def folder(self) -> Path:
        """The weekly reading that is served."""
        return self._application.folder

    @property
    def desk(self) -> ServiceDesk:
        """The PSA's tickets, to look at and to treat as technicians do."""
        return self._application.desk

    @property
    def visits(self) -> Sequence[Visit]:
        """The requests that came so far, oldest first."""
        return tuple(self._application.visits)

    def serve(self, folder: Path) -> None:
        """Answer from another weekly reading from now on.

        Raises:
            SettingsError: no such folder.
        """
        self._application.serve(folder)

    def forget_visits(self) -> None:
        """Begin to count requests anew."""
        self._application.visits.clear()

    def start(self) -> Self:
        """Listen, in a thread of its own; returns when the first request can come.

        Raises:
            SettingsError: the address is taken or not this machine's.
        """
        listener = self._listener()
        config = uvicorn.Config(
            self._application.asgi,
            access_log=False,
            http="h11",
            lifespan="off",
            log_config=None,
            log_level="critical",
            loop="asyncio",
            ssl_certfile=self._certificate,
            timeout_graceful_shutdown=1,
            ws="none",
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [listener]}, name="msp-audit sandbox", daemon=True
        )
        self._thread.start()
        deadline = time.monotonic() + _STARTS_WITHIN_SECONDS
        while not self._server.started:
            if time.monotonic() > deadline or not self._thread.is_alive():
                raise SettingsError(f"The sandbox did not start on {self.url}.")
            time.sleep(0.005)
        return self

    def stop(self) -> None:
        """Finish what is being answered and close; safe to call twice."""
        if self._server is None or self._thread is None:
            return
        self._server.should_exit = True
        self._thread.join(_STOPS_WITHIN_SECONDS)
        self._server = self._thread = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _listener(self) -> socket.socket:
        # With the protocol named, asyncio sends small answers at once; without it each waits 40 ms.
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((self._host, self._port))
        except OSError as error:
            listener.close()
            raise SettingsError(
                f"The sandbox cannot listen on {self.url}: {error.strerror}. Choose another port."
            ) from error
        self._port = int(listener.getsockname()[1])
        return listener


def serve_forever(
    folder: Path | None = None,
    *,
    host: str = "127.0.0.1",
    port: int = 8400,
    ready: Callable[[Sandbox], None] | None = None,
) -> None:
    """Serve until interrupted; *ready* is called once the first request can come.

    Raises:
        SettingsError: no such folder, or the address is taken.
    """
    with Sandbox(folder, host=host, port=port) as sandbox:
        try:
            if ready is not None:
                ready(sandbox)
            threading.Event().wait()
        except KeyboardInterrupt:
            return
