"""Writes towards the PSA, for tickets alone: sent once, told apart by whether anything may have happened."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

import httpx

from msp_audit.connectors.answer import complaint, parse
from msp_audit.connectors.patience import Patience, Sleep, retry_after_seconds
from msp_audit.connectors.psa.api import PsaApi, login_of
from msp_audit.connectors.session import open_session
from msp_audit.domain import Record
from msp_audit.errors import SourceError, SourceRefused, SourceUnavailable
from msp_audit.settings import PsaSettings

#: Rows asked for with one request; older servers give no more.
PAGE_SIZE = 100
#: Pages of one list; more tickets, notes or statuses than this nobody searches through.
MOST_PAGES = 100


class WriteRefused(SourceRefused):
    """The PSA said no; nothing was changed. ``status`` is the HTTP status, ``words`` what it said."""

    def __init__(self, message: str, *, status: int, words: str) -> None:
        super().__init__(message)
        self.status = status
        self.words = words


class WriteNotSent(SourceUnavailable):
    """No connection came about, so nothing was changed."""


class WriteUnclear(SourceUnavailable):
    """The answer was lost or says nothing: the write may have happened, so it is never repeated blindly."""


class TicketApi:
    """Lists of the PSA, and POST and PATCH towards it."""

    def __init__(self, settings: PsaSettings, *, request_timeout: float, sleep: Sleep = time.sleep) -> None:
        login = login_of(settings)
        self._settings = settings
        self._reader = PsaApi(settings, sleep=sleep)
        self._secrets = login.secrets
        self._auth = login.auth
        self._patience = Patience(settings.http, sleep=sleep, clock=time.monotonic)
        patient = settings.http.model_copy(update={"read_seconds": request_timeout})
        self._session = open_session(patient, headers=login.headers, base_url=settings.url)

    @property
    def company(self) -> str:
        """The login company: with it two PSA systems are told apart."""
        return self._settings.company

    def connect(self) -> None:
        """Find the API root and try the credentials on it.

        Raises:
            SourceError: no such site or company, or the credentials are refused.
        """
        self._reader.connect()

    def records(self, path: str, *, conditions: str = "", **parameters: str | int) -> list[Record]:
        """Every record of a list, in the order of ids.

        Raises:
            SourceError: it cannot be read, or not to its end.
        """
        resource = path.rsplit("/", maxsplit=1)[-1]
        found: list[Record] = []
        for page in range(1, MOST_PAGES + 1):
            asked: dict[str, str | int] = {"orderBy": "id", "pageSize": PAGE_SIZE, "page": page, **parameters}
            if conditions:
                asked["conditions"] = conditions
            rows = self._reader.get(path, params=asked, resource=resource).records()
            found += rows
            if len(rows) < PAGE_SIZE:
                return found
        raise SourceUnavailable(f"psa '{resource}' did not end after {len(found):,} records.")

    def documents(self, ticket_id: int) -> list[Record]:
        """The files attached to a ticket."""
        return self.records("/system/documents", recordType="Ticket", recordId=ticket_id)

    def rights(self) -> list[Record] | None:
        """What this member may do, as ``/system/mySecurity`` says; None where it does not tell."""
        try:
            return self._reader.get(
                "/system/mySecurity", params={"pageSize": 1000}, resource="mySecurity"
            ).records()
        except SourceError:
            return None

    def post(self, path: str, body: Mapping[str, Any]) -> Record:
        """Create something, once.

        Raises:
            WriteRefused: the PSA said no.
            WriteNotSent: there was no connection.
            WriteUnclear: it may exist now.
        """
        return self._send("POST", path, json=dict(body))

    def patch(self, path: str, changes: Mapping[str, Any]) -> Record:
        """Replace members, each as a whole; returns the record as the PSA says it is now.

        Raises:
            WriteRefused, WriteNotSent, WriteUnclear: as with :meth:`post`.
        """
        operations = [{"op": "replace", "path": name, "value": value} for name, value in changes.items()]
        return self._send("PATCH", path, json=operations)

    def upload(self, fields: Mapping[str, str], *, file_name: str, content: bytes) -> Record:
        """Attach a file; JSON would be answered with 415.

        Raises:
            WriteRefused, WriteNotSent, WriteUnclear: as with :meth:`post`.
        """
        return self._send(
            "POST", "/system/documents", data=dict(fields), files={"file": (file_name, content)}
        )

    def close(self) -> None:
        """Release the connections; safe to call twice."""
        self._reader.close()
        self._session.close()

    def _send(self, method: str, path: str, **content: Any) -> Record:  # noqa: ANN401  (httpx's own arguments)
        for attempt in range(self._settings.http.tries):
            self._patience.wait()
            response = self._once(method, path, content)
            if response.status_code != 429:
                return self._read(response, f"{method} {path}")
            # Turned away at the door: the one answer after which a write may be repeated.
            asked = retry_after_seconds(response.headers.get("Retry-After"))
            if not self._patience.pause(self._patience.backoff(attempt, asked=asked)):
                break
        raise WriteRefused(
            f"psa '{method} {path}' is still throttled.", status=429, words="Too many requests."
        )

    def _once(self, method: str, path: str, content: Mapping[str, Any]) -> httpx.Response:
        name = f"{method} {path}"
        address = f"{self._reader.root}{path}"
        try:
            return self._session.request(method, address, auth=self._auth, **content)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            words = self._secrets.redact(str(error)) or type(error).__name__
            raise WriteNotSent(f"psa '{name}' found no connection ({words}). Try again later.") from None
        except httpx.HTTPError as error:
            words = self._secrets.redact(str(error)) or type(error).__name__
            raise WriteUnclear(f"psa '{name}' was not answered ({words}).") from None

    def _read(self, response: httpx.Response, name: str) -> Record:
        status = response.status_code
        words = complaint(response.content, secrets=self._secrets).rstrip(".")
        if response.is_success:
            return self._record(response.content, f"psa '{name}'")
        told = f"HTTP {status}{f': {words}' if words else ''}"
        # 408: the server gave up on the request, not necessarily on the work.
        if status >= 500 or status == 408:
            raise WriteUnclear(f"psa '{name}' was answered with {told}.")
        raise WriteRefused(f"psa '{name}' was refused with {told}.", status=status, words=words)

    def _record(self, content: bytes, name: str) -> Record:
        try:
            body = parse(content)
        except ValueError:
            body = None
        if not isinstance(body, dict):
            raise WriteUnclear(f"{name} was answered without a record.")
        return body


def in_list(name: str, values: Sequence[int]) -> str:
    """A condition: *name* is one of these ids."""
    return f"{name} in ({','.join(map(str, values))})"
