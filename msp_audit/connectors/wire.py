"""Sends requests of one source straight through an httpx transport, thousands of times at little cost.

What ``httpx.Client`` adds to each request (merging of addresses, cookies, redirects) a reading does not want,
and pays as much processor time for as for the request itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

import httpx

from msp_audit.connectors.answer import Secrets
from msp_audit.connectors.session import PRODUCT, open_transport, time_limits
from msp_audit.connectors.tape import current_tape
from msp_audit.settings.model import HttpSettings


class Wire:
    """GET requests to *base_url* and its siblings, or to a recording of *source* (see :mod:`.tape`).

    Raises:
        SettingsError: the proxy or the file of authorities is not usable.
    """

    def __init__(
        self,
        settings: HttpSettings,
        *,
        base_url: str,
        source: str,
        secrets: Secrets,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        tape = current_tape()
        self._hook = tape.hook(source=source, secrets=secrets) if tape else None
        recorded = tape.transport(source=source) if tape else None
        self._transport = recorded or open_transport(settings, base_url=base_url)
        self._limits = time_limits(settings).as_dict()
        common = {"Accept": "application/json", "Accept-Encoding": "gzip, deflate", **PRODUCT}
        self._headers = httpx.Headers({**common, **(headers or {})}).raw

    def request(
        self,
        address: str,
        *,
        params: Mapping[str, str | int] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Request:
        """A GET of the absolute *address*; *params* replace its query.

        Raises:
            httpx.InvalidURL: it is no address.
        """
        if params:
            address = f"{address.partition('?')[0]}?{urlencode(params)}"
        own = httpx.Headers(self._headers)
        own.update(headers)
        return httpx.Request("GET", address, headers=own, extensions={"timeout": self._limits})

    def send(self, request: httpx.Request, *, auth: httpx.Auth | None) -> httpx.Response:
        """The answer, its body not yet read; whoever asks closes it.

        Raises:
            httpx.TransportError: none came.
        """
        if auth is None:
            return self._answer(request)
        flow = auth.sync_auth_flow(request)
        try:
            response = self._answer(next(flow))
            while True:
                try:
                    following = flow.send(response)
                except StopIteration:
                    return response
                except BaseException:
                    response.close()
                    raise
                response.read()
                response = self._answer(following)
        finally:
            flow.close()

    def close(self) -> None:
        """Release the connections; safe to call twice."""
        self._transport.close()

    def _answer(self, request: httpx.Request) -> httpx.Response:
        response = self._transport.handle_request(request)
        response.request = request
        if self._hook is not None:
            try:
                self._hook(response)
            except BaseException:
                response.close()
                raise
        return response
