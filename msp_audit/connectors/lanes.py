"""Several readings of one source at once: each lane in a thread of its own, their events as one stream."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from msp_audit.connectors.base import Event

#: Events that may wait to be taken; more would fill the memory when the disk is slower than the source.
AHEAD = 8
#: Seconds between two looks at whether anybody still listens.
_LOOK_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class _End:
    """The end of one lane."""

    error: BaseException | None = None


class Lanes:
    """Runs iterators side by side. How many requests are in flight is the session's limit, not ours."""

    def __init__(self, *lanes: Iterator[Event]) -> None:
        self._lanes = lanes
        self._events: queue.Queue[Event | _End] = queue.Queue(maxsize=AHEAD)
        self._stop = threading.Event()

    @property
    def is_stopped(self) -> bool:
        """Whether nobody listens any more; a lane that waits for another one must look."""
        return self._stop.is_set()

    def events(self) -> Iterator[Event]:
        """The events of all lanes as they come; within a lane in its order.

        What a lane raises is raised here; the others then end at their next event.
        """
        threads = [threading.Thread(target=self._drive, args=(lane,), daemon=True) for lane in self._lanes]
        for thread in threads:
            thread.start()
        try:
            yield from self._taken(running=len(threads))
        finally:
            self._stop.set()
            _join(threads)

    def _taken(self, *, running: int) -> Iterator[Event]:
        while running:
            event = self._events.get()
            if not isinstance(event, _End):
                yield event
                continue
            if event.error is not None:
                raise event.error
            running -= 1

    def _drive(self, lane: Iterator[Event]) -> None:
        error: BaseException | None = None
        try:
            for event in lane:
                if not self._put(event):
                    return
        except BaseException as raised:  # noqa: BLE001  (it is raised again by whoever takes the events)
            error = raised
        finally:
            # A lane that is left in the middle ends what it has in flight.
            if callable(close := getattr(lane, "close", None)):
                close()
            self._put(_End(error))

    def _put(self, event: Event | _End) -> bool:
        while not self._stop.is_set():
            try:
                self._events.put(event, timeout=_LOOK_SECONDS)
            except queue.Full:
                continue
            return True
        return False


def _join(threads: Sequence[threading.Thread]) -> None:
    for thread in threads:
        thread.join()
