"""External references: of stable keys alone, so that a group finds its ticket again without a ledger."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import datetime

#: At most this many characters of the rule; the whole stays below the vendor's 100.
_SCOPE = 40
_REFERENCE = re.compile(
    r"(?P<group>msp_audit:[^:]*:[0-9a-f]{24})(?::(?P<generation>\d{1,9}))?", re.IGNORECASE
)


def group_key(*, system: str, kind: str, scope: str, company_id: int | None) -> str:
    """``msp_audit:<scope>:<hash>``: never of counts, names, texts or times."""
    plain = json.dumps([system.casefold(), kind, scope, company_id])
    return f"msp_audit:{_plain(scope)[:_SCOPE]}:{hashlib.sha256(plain.encode()).hexdigest()[:24]}"


def flood_key(*, system: str, window_at: datetime) -> str:
    """The reference of the collecting ticket of one interval."""
    return (
        group_key(system=system, kind="flood", scope="flood", company_id=None)[:-8]
        + (hashlib.sha256(window_at.isoformat().encode()).hexdigest()[:8])
    )


def ticket_key(group: str, *, generation: int) -> str:
    """The reference of the group's *generation*-th ticket."""
    return group if generation == 1 else f"{group}:{generation}"


def parse_reference(reference: str) -> tuple[str, int] | None:
    """Group key and generation of a reference of ours; None of any other. Databases ignore case, so do we."""
    match = _REFERENCE.fullmatch(reference.strip())
    return (match["group"].lower(), int(match["generation"] or 1)) if match else None


def note_marker(key: str, *, number: int) -> str:
    """The line by which a note of ours is known again."""
    return f"[{key} #{number}]"


def _plain(scope: str) -> str:
    return re.sub(r"[^a-z0-9_.-]+", "_", scope.casefold())
