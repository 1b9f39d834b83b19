"""How many requests of one session are in flight, and the end of it all."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class Slots:
    """At most *width* requests at once, from any number of threads.

    More threads than connections wait here: httpx's own queue has left one of them waiting for ever.
    """

    def __init__(self, width: int) -> None:
        self._width = width
        #: One entry for each free slot. A semaphore of Python's own takes longer than a request.
        self._free: queue.SimpleQueue[None] = queue.SimpleQueue()
        for _ in range(width):
            self._free.put(None)
        self._ending = threading.Lock()
        #: Set when nobody shall begin another request, or go on sleeping.
        self.ended = threading.Event()

    @contextmanager
    def one(self) -> Iterator[None]:
        """Room for one request."""
        self._free.get()
        try:
            yield
        finally:
            self._free.put(None)

    @contextmanager
    def all(self, *, within: float) -> Iterator[None]:
        """Every slot, so that nothing is in flight; after *within* seconds what is stuck is left alone."""
        self.ended.set()
        with self._ending:
            taken = 0
            with suppress(queue.Empty):
                for _ in range(self._width):
                    self._free.get(timeout=within)
                    taken += 1
            try:
                yield
            finally:
                for _ in range(taken):
                    self._free.put(None)
