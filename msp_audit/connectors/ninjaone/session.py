"""Signing in to NinjaOne: OAuth 2 client credentials, a new token shortly before the old one ends."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator
from urllib.parse import urlencode

import httpx

from msp_audit.connectors.answer import Secrets, complaint, parse
from msp_audit.connectors.http import Api, Unauthorized
from msp_audit.connectors.token import PASSING, TokenUnavailable
from msp_audit.errors import SourceChanged
from msp_audit.settings.model import NinjaoneSettings
from msp_audit.settings.secret import SecretReference

TOKEN_PATH = "/ws/oauth/token"  # noqa: S105  (a path)
#: The least of NinjaOne's scopes: it reads and changes nothing.
SCOPE = "monitoring"
#: Taken for a token's life where the answer does not tell it.
USUAL_SECONDS = 3600.0
#: A token is renewed so much before its end: one that ends under way costs a request.
EARLY_SECONDS = 60.0


def open_api(
    settings: NinjaoneSettings, *, sleep: Callable[[float], None] = time.sleep, tries: int | None = None
) -> Api:
    """A session that signs in at its first request.

    Raises:
        SettingsError: the client's secret cannot be looked up.
    """
    http = settings.http if tries is None else settings.http.model_copy(update={"tries": tries})
    secrets = Secrets([settings.client_secret.reveal()])
    return Api(
        source="ninjaone",
        base_url=settings.url,
        settings=http,
        auth=ClientCredentials(
            token_address=settings.url + TOKEN_PATH,
            client_id=settings.client_id,
            client_secret=settings.client_secret,
            secrets=secrets,
        ),
        secrets=secrets,
        sleep=sleep,
    )


class ClientCredentials(httpx.Auth):
    """``Authorization: Bearer`` with a token for the scope ``monitoring``.

    Client credentials have no refresh token: near its end, and once for each request that is answered with
    401, a new token is fetched.
    """

    def __init__(
        self,
        *,
        token_address: str,
        client_id: str,
        client_secret: SecretReference,
        secrets: Secrets,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._address = token_address
        self._client_id = client_id
        self._client_secret = client_secret
        self._secrets = secrets
        self._clock = clock
        self._token = ""
        self._ends_at = 0.0
        self._lock = threading.Lock()

    def sync_auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Sign in when there is no token or it is about to end; again, once, on a 401."""
        with self._lock:
            if self._clock() >= self._ends_at:
                yield from self._sign_in(request)
            token = self._token
        request.headers["Authorization"] = f"Bearer {token}"
        response = yield request
        if response.status_code != httpx.codes.UNAUTHORIZED:
            return
        with self._lock:
            # Another thread may have fetched a new one while this request was under way.
            if self._token == token:
                yield from self._sign_in(request)
        request.headers["Authorization"] = f"Bearer {self._token}"
        yield request

    def _sign_in(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        secret = self._client_secret.reveal()
        self._secrets.add(secret)
        form = {
            "grant_type": "client_credentials",
            "client_id": self._client_id,
            "client_secret": secret,
            "scope": SCOPE,
        }
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        if "User-Agent" in request.headers:
            headers["User-Agent"] = request.headers["User-Agent"]
        response = yield httpx.Request(
            "POST",
            self._address,
            headers=headers,
            content=urlencode(form).encode(),
            extensions=request.extensions,
        )
        response.read()
        if response.status_code in PASSING:
            raise TokenUnavailable(f"the token request was answered with HTTP {response.status_code}")
        if not response.is_success:
            raise self._refusal(response)
        self._keep(response)

    def _keep(self, response: httpx.Response) -> None:
        try:
            answer = parse(response.content)
        except ValueError:
            answer = None
        token = answer.get("access_token") if isinstance(answer, dict) else None
        if not isinstance(token, str) or not token:
            raise SourceChanged(
                "ninjaone answered the token request without an access_token. Check ninjaone.url."
            )
        self._secrets.add(token)
        self._token = token
        life = _life(answer.get("expires_in"))
        self._ends_at = self._clock() + life - min(EARLY_SECONDS, life / 2)

    def _refusal(self, response: httpx.Response) -> Exception:
        words = complaint(response.content, secrets=self._secrets)
        told = f"HTTP {response.status_code}" + (f": {words.rstrip('.')}" if words else "")
        if response.status_code in (400, 401, 403):
            return Unauthorized(
                f"ninjaone refused to sign in the API client with {told}. Check client_id, client_secret and "
                f"the region in url; the client must allow client credentials and the scope {SCOPE}."
            )
        return SourceChanged(f"ninjaone answered the token request with {told}. Check ninjaone.url.")


def _life(seconds: object) -> float:
    is_number = isinstance(seconds, int | float) and not isinstance(seconds, bool)
    return float(str(seconds)) if is_number else USUAL_SECONDS
