"""A thin, patient layer over one HTTP session: GET, retries, a budget, counters, errors by remedy."""

from __future__ import annotations

import logging
import ssl
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

import httpx

from msp_audit.connectors.answer import Answer, Secrets, complaint
from msp_audit.connectors.body import MAX_ANSWER_BYTES, TooLarge
from msp_audit.connectors.patience import Clock, Patience, Sleep, retry_after_seconds
from msp_audit.connectors.slots import Slots
from msp_audit.connectors.tape import chosen_sleep
from msp_audit.connectors.wire import Wire
from msp_audit.errors import SourceChanged, SourceError, SourceRefused, SourceUnavailable
from msp_audit.settings.model import HttpSettings

__all__ = [
    "Answer",
    "Api",
    "Forbidden",
    "Missing",
    "Params",
    "Rejected",
    "Secrets",
    "Throttled",
    "Unauthorized",
    "Usage",
]

#: An answer that drips in may take this many times ``read_seconds`` in all.
DRIP_FACTOR = 10
#: Gateways and throttles (52x: Cloudflare); worth every try. 500 is worth two.
RETRIED_STATUSES = frozenset({408, 425, 429, 502, 503, 504, *range(520, 528)})
RETRIES_OF_500 = 2

#: OpenSSL's words for a handshake that no second try mends -> what they mean, and what to do.
_TLS_TROUBLE = {
    ("PROTOCOL_VERSION", "UNSUPPORTED_PROTOCOL"): "only speaks a TLS that is no longer safe. "
    "Let that server speak TLS 1.2 or newer.",
    ("WRONG_VERSION_NUMBER", "HTTP_REQUEST"): "does not speak TLS on that port. Correct the address.",
}

_log = logging.getLogger(__name__)

#: Name -> value of the query; sent as written, in this order.
Params = Mapping[str, str | int]
#: Whether an answer that is no 429 means "slow down" all the same.
Throttled = Callable[[int, bytes], bool]


class Unauthorized(SourceRefused):
    """HTTP 401: the credentials."""


class Forbidden(SourceRefused):
    """HTTP 403: the rights."""


class Missing(SourceChanged):
    """HTTP 404, 405, 410 or 501: this server does not offer it (there)."""


class Rejected(SourceChanged):
    """Any other 4xx: the request is not understood; the message holds the server's words."""


@dataclass(slots=True)
class Usage:
    """What the requests for one resource cost so far."""

    requests: int = 0
    retries: int = 0


class Api:
    """GET requests to one source, from any number of threads.

    *throttled* recognises a source's own way to say "slow down". *sleep* and *clock* are for tests.
    """

    def __init__(
        self,
        *,
        source: str,
        base_url: str,
        settings: HttpSettings,
        auth: httpx.Auth | None = None,
        headers: Mapping[str, str] | None = None,
        secrets: Secrets | Iterable[str] = (),
        throttled: Throttled | None = None,
        max_answer_bytes: int = MAX_ANSWER_BYTES,
        sleep: Sleep = time.sleep,
        clock: Clock = time.monotonic,
    ) -> None:
        self.source = source
        #: Address that relative paths are put behind; may be moved (see :mod:`.psa`).
        self.base_url = base_url.rstrip("/")
        self.secrets = secrets if isinstance(secrets, Secrets) else Secrets(secrets)
        self._auth = auth
        self._settings = settings
        self._throttled = throttled or (lambda _status, _body: False)
        self._max_answer_bytes = max_answer_bytes
        self._clock = clock
        self._slots = Slots(settings.concurrency)
        self._patience = Patience(settings, sleep=chosen_sleep(sleep, wake=self._slots.ended), clock=clock)
        self._lock = threading.Lock()
        self._usage: dict[str, Usage] = defaultdict(Usage)
        self._wire = Wire(
            settings, headers=headers, base_url=self.base_url, source=source, secrets=self.secrets
        )

    def get(
        self,
        path: str,
        *,
        params: Params | None = None,
        headers: Mapping[str, str] | None = None,
        resource: str = "",
        is_public: bool = False,
    ) -> Answer:
        """The answer to a GET of *path* (below the base address, or absolute), after retries.

        ``params=None`` keeps the query of an absolute address; params replace it (httpx 0.28).
        *resource* names the request in messages and counters. *is_public* sends no credentials.

        Raises:
            SourceRefused: :class:`Unauthorized` (401) or :class:`Forbidden` (403).
            SourceUnavailable: no good answer within the tries or the budget, or closed meanwhile.
            SourceChanged: :class:`Missing`, :class:`Rejected`, a redirect, or too large an answer.
        """
        address = self._address(path)
        try:
            request = self._wire.request(address, params=params, headers=headers)
        except httpx.InvalidURL:
            raise self._not_askable(resource) from None
        auth = None if is_public else self._auth
        attempt = 0
        while True:
            self._patience.wait()
            if self._slots.ended.is_set():
                raise SourceUnavailable(f"{self._named(resource)}: the reading was given up.")
            outcome = self._send(request, auth=auth, resource=resource, is_retry=attempt > 0)
            if isinstance(outcome, Answer):
                return outcome
            attempt += 1
            if attempt >= min(outcome.tries, self._settings.tries):
                raise outcome.error
            wait = self._patience.backoff(attempt - 1, asked=outcome.retry_after)
            if not self._patience.pause(wait):
                raise SourceUnavailable(
                    f"{outcome.error} Waiting {wait:.0f} s more would pass http.retry_budget_seconds."
                )
            _log.debug("%s: nothing is asked for %.1f s", self.source, wait)

    def usage(self, resource: str) -> Usage:
        """A copy of what *resource* has cost so far."""
        with self._lock:
            return replace(self._usage[resource])

    def close(self) -> None:
        """Wake who waits, let end what is in flight, release the connections; safe to call twice."""
        with self._slots.all(within=self._settings.read_seconds):
            self._wire.close()

    def _address(self, path: str) -> str:
        return path if path.startswith(("http://", "https://")) else f"{self.base_url}/{path.lstrip('/')}"

    def _count(self, resource: str, *, requests: int = 0, retries: int = 0) -> None:
        with self._lock:
            (usage := self._usage[resource]).requests += requests
            usage.retries += retries

    def _send(
        self, request: httpx.Request, *, auth: httpx.Auth | None, resource: str, is_retry: bool
    ) -> Answer | _Failure:
        self._count(resource, requests=1, retries=int(is_retry))
        try:
            with self._slots.one():
                response = self._wire.send(request, auth=auth)
                try:
                    content = self._body(response)
                finally:
                    response.close()
        except TooLarge:
            raise self._too_large() from None
        except httpx.DecodingError as error:
            raise SourceChanged(
                f"{self._named(resource)} was answered with a damaged body: {error}."
            ) from None
        except (httpx.TransportError, httpx.InvalidURL) as error:
            self._log(request, type(error).__name__)
            return self._unreached(error, resource=resource)
        self._log(request, f"HTTP {response.status_code}, {len(content):,} bytes")
        if response.is_success:
            return self._answer(response, content, resource=resource)
        return self._failed(response, content, resource=resource)

    def _log(self, request: httpx.Request, outcome: str) -> None:
        if _log.isEnabledFor(logging.DEBUG):
            place = self.secrets.redact(request.url.raw_path.decode("ascii", "replace"))
            _log.debug("%s %s %s: %s", self.source, request.method, place, outcome)

    def _body(self, response: httpx.Response) -> bytes:
        chunks: list[bytes] = []
        size = 0
        deadline = self._clock() + DRIP_FACTOR * self._settings.read_seconds
        for chunk in response.iter_bytes():
            chunks.append(chunk)
            size += len(chunk)
            if size > self._max_answer_bytes:
                raise self._too_large()
            if self._clock() > deadline:
                raise httpx.ReadTimeout("the answer did not end", request=response.request)
        return b"".join(chunks)

    def _too_large(self) -> SourceChanged:
        return SourceChanged(
            f"{self.source} sent more than {self._max_answer_bytes:,} bytes in one answer. "
            f"Set a smaller http.page_size for it."
        )

    def _answer(self, response: httpx.Response, content: bytes, *, resource: str) -> Answer:
        return Answer(
            source=self.source,
            resource=resource,
            status=response.status_code,
            url=str(response.request.url),
            headers=response.headers,
            links={rel: link["url"] for rel, link in response.links.items() if rel and "url" in link},
            content=content,
            secrets=self.secrets,
        )

    def _unreached(self, error: httpx.TransportError | httpx.InvalidURL, *, resource: str) -> _Failure:
        host = urlsplit(self.base_url).netloc
        if isinstance(error, httpx.InvalidURL | httpx.UnsupportedProtocol):
            raise self._not_askable(resource) from None
        if _certificate_trouble(error):
            raise SourceUnavailable(
                f"{self.source} at {host} shows a certificate that is not trusted. "
                f"Set http.ca_file to the authority that signed it."
            ) from None
        for signs, advice in _TLS_TROUBLE.items():
            if any(sign in str(error) for sign in signs):
                raise SourceUnavailable(f"{self.source}: {host} {advice}") from None
        is_slow = isinstance(error, httpx.TimeoutException)
        kind = "did not answer in time" if is_slow else "could not be reached"
        words = self.secrets.redact(str(error)) or type(error).__name__
        return _Failure(
            error=SourceUnavailable(
                f"{self._named(resource)}: {host} {kind} ({words}). Try again later, or check the address."
            ),
            tries=self._settings.tries,
        )

    def _not_askable(self, resource: str) -> SourceChanged:
        return SourceChanged(f"{self._named(resource)} led to an address that cannot be asked.")

    def _failed(self, response: httpx.Response, content: bytes, *, resource: str) -> _Failure:
        status = response.status_code
        words = complaint(content, secrets=self.secrets)
        retry_after = retry_after_seconds(response.headers.get("Retry-After"))
        is_throttled = self._throttled(status, content)
        if status in RETRIED_STATUSES or is_throttled:
            return _Failure(
                error=self._gave_up(status, words, resource=resource),
                tries=self._settings.tries,
                retry_after=retry_after,
            )
        if status >= 500 and status != 501:
            return _Failure(
                error=self._gave_up(status, words, resource=resource),
                tries=RETRIES_OF_500 + 1,
                retry_after=retry_after,
            )
        raise self._error(status, words, resource=resource, location=response.headers.get("Location", ""))

    def _gave_up(self, status: int, words: str, *, resource: str) -> SourceUnavailable:
        told = _status(status, words)
        return SourceUnavailable(f"{self._named(resource)} kept failing with {told}. Try again later.")

    def _error(self, status: int, words: str, *, resource: str, location: str) -> SourceError:
        told = _status(status, words)
        subject = f"'{resource}'" if resource else "a request"
        if status == 401:
            advice = "Check them in the settings."
            return Unauthorized(f"{self.source} refused the credentials with {told}. {advice}")
        if status == 403:
            return Forbidden(f"{self.source} refused {subject} with {told}.")
        if status in (404, 405, 410, 501):
            return Missing(f"{self.source} does not offer {subject}: {told}.")
        if status < 400:
            host = urlsplit(location).netloc or "another page"
            return SourceChanged(
                f"{self.source} sends {subject} on to {self.secrets.redact(host)} (HTTP {status}). "
                f"Put the right address in the settings."
            )
        return Rejected(f"{self.source} did not understand {subject}: {told}.")

    def _named(self, resource: str) -> str:
        return f"{self.source} '{resource}'" if resource else self.source


@dataclass(frozen=True, slots=True, kw_only=True)
class _Failure:
    """One try that failed and may be repeated."""

    error: SourceUnavailable
    tries: int
    retry_after: float | None = None


def _status(status: int, words: str) -> str:
    return f"HTTP {status}: {words.rstrip('.')}" if words else f"HTTP {status}"


def _certificate_trouble(error: Exception) -> bool:
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, ssl.SSLCertVerificationError) or "CERTIFICATE_VERIFY_FAILED" in str(seen):
            return True
        seen = seen.__cause__ or seen.__context__
    return False
