"""What a session does besides asking the server, or instead: keep the answers, or give kept ones."""

from __future__ import annotations

import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

from msp_audit.connectors.patience import Sleep

if TYPE_CHECKING:
    import httpx

    from msp_audit.connectors.answer import Secrets

Hook = Callable[["httpx.Response"], None]


class Tape(ABC):
    """What a session does besides, or instead of, asking the server."""

    #: Whether waiting makes no sense: nobody is there who could be overloaded.
    is_offline = False

    @abstractmethod
    def hook(self, *, source: str, secrets: Secrets) -> Hook | None:
        """To be told of every answer."""

    @abstractmethod
    def transport(self, *, source: str) -> httpx.BaseTransport | None:
        """To be asked instead of the server."""


_tape: ContextVar[Tape | None] = ContextVar("tape", default=None)


@contextmanager
def taped(tape: Tape | None) -> Iterator[None]:
    """Sessions that are opened inside use *tape*."""
    token = _tape.set(tape)
    try:
        yield
    finally:
        _tape.reset(token)


def current_tape() -> Tape | None:
    """The tape that sessions opened now should use."""
    return _tape.get()


def chosen_sleep(sleep: Sleep, *, wake: threading.Event) -> Sleep:
    """How to wait: not where a recording answers; else *sleep*, the system's own until *wake* is set."""
    tape = current_tape()
    if tape is not None and tape.is_offline:
        return _no_sleep
    return wake.wait if sleep is time.sleep else sleep


def _no_sleep(_seconds: float) -> None:
    return
