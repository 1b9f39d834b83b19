"""Signing in to Automate: one token for all requests, renewed once when the server refuses it."""

from __future__ import annotations

import threading
from collections.abc import Generator

import httpx
import orjson

from msp_audit.connectors.answer import Secrets, complaint, parse
from msp_audit.connectors.http import Unauthorized
from msp_audit.connectors.token import PASSING, TokenUnavailable
from msp_audit.errors import SourceChanged, SourceRefused
from msp_audit.settings.secret import SecretReference


class TokenAuth(httpx.Auth):
    """``Authorization: Bearer`` with a token that is fetched at the first request.

    A 401 in the middle of a run is answered once for each request: by refreshing the token, else by
    signing in again. Tokens live for about an hour, so a long run meets several.
    """

    def __init__(
        self, *, token_address: str, username: str, password: SecretReference, secrets: Secrets
    ) -> None:
        self._address = token_address
        self._username = username
        self._password = password
        self._secrets = secrets
        self._token = ""
        self._lock = threading.Lock()

    def sync_auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Sign in when there is no token, send, and renew the token once on a 401."""
        with self._lock:
            if not self._token:
                yield from self._sign_in(request)
            token = self._token
        request.headers["Authorization"] = f"Bearer {token}"
        response = yield request
        if response.status_code != httpx.codes.UNAUTHORIZED:
            return
        with self._lock:
            # Another thread may have renewed it while this request was under way.
            if self._token == token:
                yield from self._renew(request)
        request.headers["Authorization"] = f"Bearer {self._token}"
        yield request

    def _renew(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        body = orjson.dumps(self._token)
        self._token = ""
        response = yield self._post(request, path="/refresh", body=body)
        if response.is_success:
            self._keep(response)
        if not self._token:
            yield from self._sign_in(request)

    def _sign_in(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        password = self._password.reveal()
        self._secrets.add(password)
        # No empty two-factor passcode: it would be judged as a wrong one.
        body = orjson.dumps({"Username": self._username, "Password": password})
        response = yield self._post(request, path="", body=body)
        response.read()
        if response.status_code in PASSING:
            raise TokenUnavailable(f"the token request was answered with HTTP {response.status_code}")
        if not response.is_success:
            raise self._refusal(response)
        answer = self._keep(response)
        if not self._token:
            raise _no_token(answer, username=self._username)

    def _post(self, request: httpx.Request, *, path: str, body: bytes) -> httpx.Request:
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        for name in ("clientId", "User-Agent"):
            if name in request.headers:
                headers[name] = request.headers[name]
        return httpx.Request(
            "POST", self._address + path, headers=headers, content=body, extensions=request.extensions
        )

    def _keep(self, response: httpx.Response) -> dict[str, object]:
        response.read()
        try:
            answer = parse(response.content)
        except ValueError:
            answer = None
        if isinstance(answer, str):
            answer = {"AccessToken": answer}
        if not isinstance(answer, dict):
            raise SourceChanged(
                "automate answered the token request with something else than JSON. Check automate.url."
            )
        token = answer.get("AccessToken")
        if isinstance(token, str) and token:
            self._token = token
            self._secrets.add(token)
        return answer

    def _refusal(self, response: httpx.Response) -> Exception:
        words = complaint(response.content, secrets=self._secrets)
        told = f"HTTP {response.status_code}" + (f": {words.rstrip('.')}" if words else "")
        if response.status_code in (400, 401, 403):
            return Unauthorized(
                f"automate refused to sign in '{self._username}' with {told}. "
                f"Check username, password and client_id in the settings."
            )
        return SourceChanged(f"automate answered the token request with {told}. Check automate.url.")


def _no_token(answer: dict[str, object], *, username: str) -> SourceRefused:
    if answer.get("IsTwoFactorRequired") or answer.get("IsInternalTwoFactorRequired"):
        return Unauthorized(
            f"automate wants a second factor for '{username}', which a scheduled program cannot give. "
            f"Use a user of the type Integrator; it signs in without one."
        )
    return Unauthorized(f"automate gave '{username}' no token and no reason. Check the user in Automate.")
