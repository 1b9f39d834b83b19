"""Whether this machine and a server agree about the time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from msp_audit.connectors.base import Check

#: More is a wrong clock, not a slow answer; ages of records would be judged wrongly.
TOLERATED_SECONDS = 120.0


def check_clock(headers: Mapping[str, str], *, source: str, now: datetime | None = None) -> Check:
    """Compare this machine's clock with the Date header of an answer that has just come."""
    name = f"{source} clock"
    try:
        told = parsedate_to_datetime(headers.get("Date", ""))
    except (TypeError, ValueError):
        return Check(name=name, is_ok=True, detail="the server does not tell the time")
    told = told if told.tzinfo else told.replace(tzinfo=UTC)
    seconds = ((now or datetime.now(UTC)) - told).total_seconds()
    is_ok = abs(seconds) <= TOLERATED_SECONDS
    where = "ahead of" if seconds > 0 else "behind"
    return Check(
        name=name,
        is_ok=is_ok,
        detail=f"{abs(seconds):.0f} s {where} the server" if not is_ok else "agrees with the server's",
        fix="" if is_ok else "Let this machine take its time from a time server (NTP).",
    )
