"""How long each stage of a run took, in the log of whoever runs it unattended."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager

_log = logging.getLogger(__name__)


@contextmanager
def stage(what: str) -> Iterator[None]:
    """Log *what* with its seconds once it is done; nothing when it fails, for the error says more."""
    began = time.monotonic()
    yield
    _log.info("%s: %.1f s.", what, time.monotonic() - began)
