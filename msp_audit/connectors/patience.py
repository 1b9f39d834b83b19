"""How long to wait before asking a source again, and when to stop waiting."""

from __future__ import annotations

import random
import re
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from msp_audit.settings.model import HttpSettings

#: No single back-off of ours is longer; a server's Retry-After may be.
LONGEST_SECONDS = 60.0

Sleep = Callable[[float], object]
Clock = Callable[[], float]


class Patience:
    """Waiting of one source: shared by its threads, bounded by one budget.

    A server that says "slow down" to one thread means all of them, so a wait holds every request back.
    """

    def __init__(self, settings: HttpSettings, *, sleep: Sleep, clock: Clock) -> None:
        self._floor = settings.retry_floor_seconds
        self._budget = settings.retry_budget_seconds
        self._sleep = sleep
        self._clock = clock
        self._lock = threading.Lock()
        self._resume_at = 0.0
        #: How far ahead our clock is because an injected sleep did not take its time.
        self._ahead = 0.0

    def pause(self, seconds: float) -> bool:
        """Hold every request back for *seconds*; False, and nothing done, when the budget is too small."""
        with self._lock:
            resume_at = self._now() + seconds
            charged = max(0.0, resume_at - max(self._resume_at, self._now()))
            if charged > self._budget:
                return False
            self._budget -= charged
            self._resume_at = max(self._resume_at, resume_at)
            return True

    def wait(self) -> None:
        """Sleep until requests may go on."""
        with self._lock:
            seconds = self._resume_at - self._now()
        if seconds <= 0:
            return
        before = self._clock()
        self._sleep(seconds)
        with self._lock:
            if self._now() < self._resume_at:
                self._ahead += max(0.0, seconds - (self._clock() - before))

    def backoff(self, attempt: int, *, asked: float | None = None) -> float:
        """Seconds before try *attempt* + 1: what the server *asked* for, else exponential with jitter."""
        if asked is not None:
            return max(self._floor, asked)
        step = min(LONGEST_SECONDS, self._floor * 2.0**attempt)
        return max(self._floor, step * random.uniform(0.5, 1.0))  # noqa: S311 (jitter)

    def _now(self) -> float:
        return self._clock() + self._ahead


def retry_after_seconds(value: str | None, *, now: datetime | None = None) -> float | None:
    """A Retry-After header (seconds or an HTTP date) in seconds; None when absent or unreadable."""
    if value is None:
        return None
    value = value.strip()
    if re.fullmatch(r"[0-9]{1,9}(\.[0-9]+)?", value):
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, IndexError, TypeError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - (now or datetime.now(UTC))).total_seconds())
