"""Connections that are not shared: whoever asks has one for itself until the answer is read.

httpcore's pool looks over all its connections, behind one lock, at the beginning and the end of each request;
with thousands of small requests from several threads that takes longer than the requests.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import httpx


class Connections(httpx.BaseTransport):
    """Transports of one connection each, as many as there are requests at once. How many, others limit."""

    def __init__(self, make: Callable[[], httpx.BaseTransport]) -> None:
        """Open the first with *make*, so that what is wrong with it is told here."""
        self._make = make
        first = make()
        self._all = [first]
        #: The one used last comes first: it is the least likely to have been hung up.
        self._idle = [first]

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """The answer, its body not yet read; closing it gives the connection back."""
        transport = self._take()
        try:
            response = transport.handle_request(request)
        except BaseException:
            self._idle.append(transport)
            raise
        assert isinstance(response.stream, httpx.SyncByteStream)  # noqa: S101  (no transport here is async)
        response.stream = _Lent(response.stream, give_back=lambda: self._idle.append(transport))
        return response

    def close(self) -> None:
        """Close them all; safe to call twice."""
        for transport in self._all:
            transport.close()

    def _take(self) -> httpx.BaseTransport:
        try:
            return self._idle.pop()
        except IndexError:
            self._all.append(transport := self._make())
            return transport


class _Lent(httpx.SyncByteStream):
    def __init__(self, stream: httpx.SyncByteStream, *, give_back: Callable[[], None]) -> None:
        self._stream = stream
        self._give_back: Callable[[], None] | None = give_back

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._stream)

    def close(self) -> None:
        self._stream.close()
        if self._give_back is not None:
            self._give_back()
            self._give_back = None
