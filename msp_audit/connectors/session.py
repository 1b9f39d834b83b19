"""Opens the HTTP session that the settings describe: time limits, authorities, proxy, no redirects."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from urllib.parse import urlsplit

import httpx

from msp_audit.connectors.answer import Secrets
from msp_audit.connectors.tape import current_tape
from msp_audit.errors import SettingsError
from msp_audit.settings.model import HttpSettings

#: Servers hang up on idle connections after five seconds and more; we let go of them before that.
KEEP_SECONDS = 3.0


def open_session(
    settings: HttpSettings,
    *,
    headers: Mapping[str, str] | None,
    base_url: str,
    source: str = "",
    secrets: Secrets | None = None,
) -> httpx.Client:
    """A session towards *base_url*, or towards a recording of *source* (see :mod:`.tape`).

    Raises:
        SettingsError: the proxy or the file of authorities is not usable.
    """
    tape = current_tape() if source else None
    hook = tape.hook(source=source, secrets=secrets or Secrets()) if tape else None
    is_local = urlsplit(base_url).hostname in ("localhost", "127.0.0.1", "::1")
    try:
        return httpx.Client(
            headers={"User-Agent": "msp-audit", "Accept": "application/json", **(headers or {})},
            timeout=httpx.Timeout(settings.read_seconds, connect=settings.connect_seconds, pool=None),
            limits=httpx.Limits(
                max_connections=settings.concurrency,
                max_keepalive_connections=settings.concurrency,
                keepalive_expiry=KEEP_SECONDS,
            ),
            verify=_authorities(settings),
            proxy=settings.proxy,
            follow_redirects=False,
            # A proxy of the environment cannot reach this machine's own loopback.
            trust_env=not is_local,
            event_hooks={"response": [hook] if hook else []},
            transport=tape.transport(source=source) if tape else None,
        )
    except (ValueError, httpx.InvalidURL):
        # The text is not repeated: a proxy's address may hold a password.
        raise SettingsError("http.proxy is not an address; write it as http://host:port.") from None


def _authorities(settings: HttpSettings) -> ssl.SSLContext | bool:
    if settings.ca_file is None:
        return True
    try:
        return ssl.create_default_context(cafile=str(settings.ca_file.expanduser()))
    except (OSError, ssl.SSLError):
        raise SettingsError(f"http.ca_file {settings.ca_file} cannot be read as PEM certificates.") from None
