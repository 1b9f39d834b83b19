"""Answers' bodies within limits: unpacked in small pieces, so that a small answer cannot fill the memory."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

import httpx

#: Bytes of one answer, unpacked; more is no page of a list.
MAX_ANSWER_BYTES = 64 * 1024 * 1024
#: What is unpacked at once.
_PIECE_BYTES = 256 * 1024
_PACKED = frozenset({"gzip", "x-gzip", "deflate"})


class TooLarge(httpx.DecodingError):
    """The answer does not end within the limit."""


class BoundedTransport(httpx.HTTPTransport):
    """Gives answers whose bodies are already unpacked, and end in :class:`TooLarge` past the limit."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """The answer, its body not yet read.

        Raises:
            httpx.TransportError: none came.
            httpx.DecodingError: it is packed in a way, or so often, that nobody asked for.
        """
        response = super().handle_request(request)
        try:
            return bounded(response, most=MAX_ANSWER_BYTES)
        except BaseException:
            response.close()
            raise


def bounded(response: httpx.Response, *, most: int) -> httpx.Response:
    """*response* with a body of at most *most* bytes, unpacked.

    Raises:
        httpx.DecodingError: it is packed in a way that nobody asked for. Packed twice, a few kilobytes
            would be gigabytes in one step.
    """
    packing = response.headers.get("content-encoding", "").strip().lower()
    if packing not in _PACKED and packing not in ("", "identity"):
        raise httpx.DecodingError("it is packed in a way that was not asked for")
    headers = httpx.Headers(response.headers)
    if packing:
        del headers["content-encoding"]
        headers.pop("content-length", None)
    assert isinstance(response.stream, httpx.SyncByteStream)  # noqa: S101  (what this transport gives)
    stream = _Body(response.stream, is_packed=packing in _PACKED, most=most)
    return httpx.Response(
        response.status_code, headers=headers, stream=stream, extensions=response.extensions
    )


class _Body(httpx.SyncByteStream):
    def __init__(self, stream: httpx.SyncByteStream, *, is_packed: bool, most: int) -> None:
        self._stream = stream
        self._is_packed = is_packed
        self._most = most

    def __iter__(self) -> Iterator[bytes]:
        size = 0
        for piece in _unpacked(self._stream) if self._is_packed else self._stream:
            size += len(piece)
            if size > self._most:
                raise TooLarge(f"it has more than {self._most:,} bytes")
            yield piece

    def close(self) -> None:
        self._stream.close()


def _unpacked(stream: httpx.SyncByteStream) -> Iterator[bytes]:
    unpacking = None
    try:
        for chunk in stream:
            if unpacking is None and chunk:
                # 47: gzip or zlib, whichever its first bytes say; some servers' "deflate" is neither.
                is_bare = chunk[0] != 0x1F and chunk[0] & 0x0F != 8
                unpacking = zlib.decompressobj(-15 if is_bare else 47)
            waiting = chunk
            while waiting and unpacking is not None and not unpacking.eof:
                yield unpacking.decompress(waiting, _PIECE_BYTES)
                waiting = unpacking.unconsumed_tail
        if unpacking is not None and not unpacking.eof:
            yield unpacking.flush()
            if not unpacking.eof:
                raise httpx.DecodingError("it ends too early")
    except zlib.error:
        raise httpx.DecodingError("it is not packed as it says") from None
