"""Opens the HTTP connections that the settings describe: time limits, authorities, proxy, no redirects."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from functools import partial
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx

from msp_audit.connectors.body import BoundedTransport
from msp_audit.connectors.connections import Connections
from msp_audit.errors import SettingsError
from msp_audit.settings.model import HttpSettings

#: Servers hang up on idle connections after five seconds and more; we let go of them before that.
KEEP_SECONDS = 3.0


#: How this program names itself.
PRODUCT = {"User-Agent": "msp-audit"}


def open_session(settings: HttpSettings, *, headers: Mapping[str, str] | None, base_url: str) -> httpx.Client:
    """A session towards *base_url* for a few requests of any kind; readings use :class:`.wire.Wire`.

    Raises:
        SettingsError: the proxy or the file of authorities is not usable.
    """
    return httpx.Client(
        headers={
            "Accept": "application/json",
            "Accept-Encoding": "gzip, deflate",
            **PRODUCT,
            **(headers or {}),
        },
        timeout=time_limits(settings),
        transport=open_transport(settings, base_url=base_url),
        follow_redirects=False,
    )


def open_transport(settings: HttpSettings, *, base_url: str) -> httpx.BaseTransport:
    """Connections towards *base_url*, through the proxy of the settings, else through the environment's.

    Raises:
        SettingsError: the proxy or the file of authorities is not usable.
    """
    limits = httpx.Limits(max_connections=1, max_keepalive_connections=1, keepalive_expiry=KEEP_SECONDS)
    authorities = _authorities(settings)
    proxy = settings.proxy or _proxy_of_environment(base_url)
    try:
        return Connections(partial(BoundedTransport, limits=limits, verify=authorities, proxy=proxy))
    except (ValueError, httpx.InvalidURL):
        # The text is not repeated: a proxy's address may hold a password.
        raise SettingsError("http.proxy is not an address; write it as http://host:port.") from None


def time_limits(settings: HttpSettings) -> httpx.Timeout:
    """Seconds for each step of a request. How many are in flight is limited elsewhere, so no wait for it."""
    return httpx.Timeout(settings.read_seconds, connect=settings.connect_seconds, pool=None)


def _proxy_of_environment(base_url: str) -> str | None:
    address = urlsplit(base_url)
    host = address.hostname or ""
    # A proxy cannot reach this machine's own loopback.
    if host in ("localhost", "127.0.0.1", "::1") or proxy_bypass(host):
        return None
    proxies = getproxies()
    proxy = proxies.get(address.scheme) or proxies.get("all")
    return proxy if proxy is None or "://" in proxy else f"http://{proxy}"


def _authorities(settings: HttpSettings) -> ssl.SSLContext:
    if settings.ca_file is None:
        return httpx.create_ssl_context()
    try:
        return ssl.create_default_context(cafile=str(settings.ca_file.expanduser()))
    except (OSError, ssl.SSLError):
        raise SettingsError(f"http.ca_file {settings.ca_file} cannot be read as PEM certificates.") from None
