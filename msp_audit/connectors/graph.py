"""Microsoft Graph as a way for mail to leave: client credentials, drafts, upload sessions."""

from __future__ import annotations

import base64
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import httpx
import orjson

from msp_audit.connectors.answer import Secrets, complaint
from msp_audit.connectors.patience import retry_after_seconds
from msp_audit.connectors.session import open_session
from msp_audit.errors import SourceRefused, SourceUnavailable
from msp_audit.settings import GraphSettings, HttpSettings

#: Graph takes requests up to 4 MB; base64 makes three bytes four (vendor's documentation, 2026).
SMALL_BYTES = 2_900_000
#: A piece of an upload: a multiple of 320 KiB, below 4 MB.
PIECE_BYTES = 320 * 1024 * 10
_LATER = frozenset({408, 425, 429, 500, 502, 503, 504})


class GraphMail:
    """One mailbox that sends. Nothing is asked before the first call.

    Every call raises:
        SourceRefused: Graph will never take it so (rights, addresses, size).
        SourceUnavailable: it may take it later.
    """

    def __init__(self, settings: GraphSettings) -> None:
        self._settings = settings
        http = HttpSettings(read_seconds=settings.timeout_seconds, concurrency=1)
        self._secrets = Secrets([settings.client_secret.reveal()])
        self._session = open_session(http, headers=None, base_url=settings.url)
        self._login = open_session(http, headers=None, base_url=settings.login_url)
        self._mailbox = f"{settings.url}/users/{quote(settings.mailbox, safe='@')}"
        self._token = ""
        self._ends_at = 0.0

    def send(self, mail: bytes) -> None:
        """Send the whole *mail* (MIME) in one request; for small ones."""
        self._ask("POST", f"{self._mailbox}/sendMail", content=base64.b64encode(mail), kind="text/plain")

    def draft(self, mail: bytes) -> str:
        """Put *mail* (MIME, without its attachments) among the drafts; answers with its id."""
        answer = self._ask(
            "POST", f"{self._mailbox}/messages", content=base64.b64encode(mail), kind="text/plain"
        )
        return str(_member(answer, "id"))

    def attach(self, draft: str, *, name: str, content_type: str, content: bytes) -> None:
        """Add a file to a draft through an upload session, piece by piece."""
        item = {"attachmentType": "file", "name": name, "size": len(content), "contentType": content_type}
        answer = self._ask(
            "POST",
            f"{self._draft(draft)}/attachments/createUploadSession",
            content=orjson.dumps({"AttachmentItem": item}),
        )
        address = str(_member(answer, "uploadUrl"))
        for start in range(0, len(content), PIECE_BYTES):
            piece = content[start : start + PIECE_BYTES]
            told = f"bytes {start}-{start + len(piece) - 1}/{len(content)}"
            # The address is its own permission: the token must not go there.
            self._ask("PUT", address, content=piece, headers={"Content-Range": told}, is_public=True)

    def send_draft(self, draft: str) -> None:
        """Send a draft that is complete."""
        self._ask("POST", f"{self._draft(draft)}/send", content=b"")

    def discard(self, draft: str) -> None:
        """Remove a draft that will not be sent."""
        self._ask("DELETE", self._draft(draft))

    def rights(self) -> frozenset[str] | None:
        """The application's rights as the token names them; None where the token does not tell."""
        parts = self._bearer().split(".")
        if len(parts) != 3:
            return None
        try:
            claims = orjson.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
        except ValueError:
            return None
        roles = claims.get("roles", []) if isinstance(claims, dict) else None
        return frozenset(map(str, roles)) if isinstance(roles, list) else None

    def close(self) -> None:
        """Release the connections."""
        self._session.close()
        self._login.close()

    def _draft(self, draft: str) -> str:
        return f"{self._mailbox}/messages/{quote(draft, safe='')}"

    def _ask(
        self,
        method: str,
        address: str,
        *,
        content: bytes | None = None,
        kind: str = "application/json",
        headers: Mapping[str, str] | None = None,
        is_public: bool = False,
    ) -> Any:  # noqa: ANN401  (any JSON)
        told = {"Content-Type": "application/octet-stream" if is_public else kind, **(headers or {})}
        if not is_public:
            told["Authorization"] = f"Bearer {self._bearer()}"
        return self._read(self._sent(self._session, method, address, content=content, headers=told))

    def _bearer(self) -> str:
        if time.monotonic() >= self._ends_at:
            form = {
                "grant_type": "client_credentials",
                "client_id": self._settings.client_id,
                "client_secret": self._settings.client_secret.reveal(),
                "scope": "https://graph.microsoft.com/.default",
            }
            address = f"{self._settings.login_url}/{quote(self._settings.tenant, safe='')}/oauth2/v2.0/token"
            answer = self._read(self._sent(self._login, "POST", address, data=form))
            self._token = str(_member(answer, "access_token"))
            self._secrets.add(self._token)
            # A minute early: a token that ends under way is an error that nobody understands.
            self._ends_at = time.monotonic() + float(answer.get("expires_in", 300)) - 60
        return self._token

    def _sent(self, session: httpx.Client, method: str, address: str, **given: Any) -> httpx.Response:  # noqa: ANN401
        try:
            return session.request(method, address, **given)
        except httpx.HTTPError as error:
            words = self._secrets.redact(str(error)) or type(error).__name__
            raise SourceUnavailable(f"Microsoft Graph could not be reached ({words}).") from None

    def _read(self, response: httpx.Response) -> Any:  # noqa: ANN401
        if response.is_success:
            try:
                return orjson.loads(response.content) if response.content else {}
            except orjson.JSONDecodeError:
                raise SourceRefused("Microsoft Graph answered with something that is no JSON.") from None
        words = complaint(response.content, secrets=self._secrets)
        told = f"HTTP {response.status_code}" + (f": {words.rstrip('.')}" if words else "")
        if response.status_code in _LATER:
            wait = retry_after_seconds(response.headers.get("Retry-After"))
            later = f" It asks to wait {wait:.0f} s." if wait else ""
            raise SourceUnavailable(f"Microsoft Graph did not take the mail now ({told}).{later}")
        if response.status_code in (401, 403):
            raise SourceRefused(
                f"Microsoft Graph refused ({told}). The application needs the permissions Mail.Send and, for "
                f"large mails, Mail.ReadWrite, with the administrator's consent."
            )
        raise SourceRefused(f"Microsoft Graph refused the mail ({told}).")


def _member(answer: Any, name: str) -> Any:  # noqa: ANN401
    if not isinstance(answer, dict) or not answer.get(name):
        raise SourceRefused(f"Microsoft Graph's answer holds no {name}.")
    return answer[name]
