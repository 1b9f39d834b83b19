"""How many requests of one session are in flight, and the end of it all."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Slots:
    """At most *width* requests at once, from any number of threads.

    More threads than connections wait here: httpx's own queue has left one of them waiting for ever.
    """

    def __init__(self, width: int) -> None:
        self._width = width
        self._free = threading.Semaphore(width)
        self._ending = threading.Lock()
        #: Set when nobody shall begin another request, or go on sleeping.
        self.ended = threading.Event()

    @contextmanager
    def one(self) -> Iterator[None]:
        """Room for one request."""
        with self._free:
            yield

    @contextmanager
    def all(self, *, within: float) -> Iterator[None]:
        """Every slot, so that nothing is in flight; after *within* seconds what is stuck is left alone."""
        self.ended.set()
        with self._ending:
            taken = [self._free.acquire(timeout=within) for _ in range(self._width)]
            try:
                yield
            finally:
                for _ in range(sum(taken)):
                    self._free.release()
