"""Asks for the next page while the one before is worked on: the server and we need not wait in turns."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Self, TypeVar

T = TypeVar("T")


class Ahead:
    """At most one request ahead, in a thread of its own that begins with the first one."""

    def __init__(self) -> None:
        self._pool: ThreadPoolExecutor | None = None

    def ask(self, request: Callable[[], T]) -> Callable[[], T]:
        """Begin *request*; what is returned waits for it, and gives its answer or raises its error."""
        if self._pool is None:
            self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="ahead")
        return self._pool.submit(request).result

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """What is on its way is waited for: nothing is in flight when a reading has ended."""
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
