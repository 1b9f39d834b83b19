"""One session with Auvik: basic authentication that stays with its region, and patience for its throttle."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Generator, Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx

from msp_audit.connectors.answer import complaint
from msp_audit.connectors.http import Answer, Api, Secrets
from msp_audit.domain import Record
from msp_audit.errors import SourceChanged
from msp_audit.settings.model import AuvikSettings

#: Auvik's throttle looks back over five minutes, so the waiting has to span them.
PATIENCE: Mapping[str, float | int] = {"retry_floor_seconds": 10, "tries": 8}
_REGION_HOST = re.compile(r"auvikapi\.(?P<region>[a-z]{2,3}\d?)\.my\.auvik\.com")


def open_api(
    settings: AuvikSettings,
    *,
    sleep: Callable[[float], None] = time.sleep,
    patience: Mapping[str, float | int] = PATIENCE,
) -> Api:
    """A session; nothing is asked before its first request.

    Where the settings say nothing about tries and waiting, *patience* does.

    Raises:
        SettingsError: the API key cannot be looked up.
    """
    key = settings.api_key.reveal()
    unsaid = {name: value for name, value in patience.items() if name not in settings.http.model_fields_set}
    secrets = Secrets([key, f"{settings.username}:{key}"])
    return Api(
        source="auvik",
        base_url=settings.url,
        settings=settings.http.model_copy(update=unsaid),
        auth=_RegionalAuth(settings.username, key),
        headers={"Accept": "application/vnd.api+json"},
        secrets=secrets,
        throttled=is_throttled,
        sleep=sleep,
    )


def is_throttled(status: int, body: bytes) -> bool:
    """Whether a 403 means "slow down": Auvik says so in words."""
    return status == httpx.codes.FORBIDDEN and b"rate limit" in body.lower()


class _RegionalAuth(httpx.BasicAuth):
    """Basic authentication that explains a redirect: the account lives in another region."""

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        flow = super().auth_flow(request)
        response = yield next(flow)
        if response.is_redirect:
            raise _moved(response.headers.get("Location", ""), host=request.url.host)


def _moved(location: str, *, host: str) -> SourceChanged:
    found = _REGION_HOST.fullmatch((urlsplit(location).hostname or "").lower())
    if found is None:
        return SourceChanged(
            f"auvik at {host} sends requests on to an address that is not Auvik's; the key was not sent "
            f"there. Check auvik.url."
        )
    return SourceChanged(
        f"auvik at {host} says that this account lives in the region {found['region']}; the key was not sent "
        f'there. Set auvik.url = "https://{found[0]}".'
    )


def document(answer: Answer) -> dict[str, Any]:
    """The JSON:API document of an answer.

    Raises:
        SourceChanged: no JSON:API document, or one that holds errors (Auvik may send them with a 200).
    """
    data = answer.data()
    if not isinstance(data, dict):
        raise SourceChanged(f"auvik answered '{answer.resource}' with something else than a document.")
    if data.get("errors"):
        words = complaint(answer.content, secrets=answer.secrets) or "no words"
        raise SourceChanged(f"auvik answered '{answer.resource}' with an error: {words.rstrip('.')}.")
    return data


def records(body: dict[str, Any], *, resource: str) -> list[Record]:
    """The resource objects of a list's document.

    Raises:
        SourceChanged: ``data`` is no list of objects with an id.
    """
    items = body.get("data")
    if not isinstance(items, list) or not all(isinstance(i, dict) and i.get("id") for i in items):
        raise SourceChanged(f"auvik answered '{resource}' without a list of records.")
    return items
