"""Tells a monitor that a run ended well, so that silence is noticed."""

from __future__ import annotations

import httpx

from msp_audit.connectors.session import open_session
from msp_audit.errors import SettingsError, SourceUnavailable
from msp_audit.settings import HttpSettings


def beat(url: str) -> None:
    """Ask *url* once; its answer's content does not matter.

    Raises:
        SettingsError: it is no https address.
        SourceUnavailable: it did not answer with success. The address is a secret and is not repeated.
    """
    is_local = url.startswith(("http://127.0.0.1", "http://localhost"))
    if not (url.startswith("https://") or is_local):
        raise SettingsError("schedule.heartbeat_url is no https address.")
    session = open_session(HttpSettings(read_seconds=20, connect_seconds=10), headers=None, base_url=url)
    try:
        answer = session.get(url)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise SourceUnavailable(f"The heartbeat could not be told ({type(error).__name__}).") from None
    finally:
        session.close()
    if answer.status_code >= 400:
        raise SourceUnavailable(f"The heartbeat was answered with HTTP {answer.status_code}.")
