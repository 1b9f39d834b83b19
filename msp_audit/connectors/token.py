"""What every sign-in that fetches a token has in common."""

from __future__ import annotations

import httpx

#: Statuses of a token endpoint that say "not now", not "not you".
PASSING = frozenset({408, 425, 429, *range(500, 600)})


class TokenUnavailable(httpx.TransportError):
    """The token endpoint did not answer properly; the HTTP layer retries it like a lost connection."""
