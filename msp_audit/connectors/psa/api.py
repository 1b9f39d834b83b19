"""Finds the API of a PSA site, signs in, and follows it when a release moves it."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlsplit, urlunsplit

import httpx

from msp_audit.connectors.http import (
    Answer,
    Api,
    Forbidden,
    Missing,
    Params,
    Rejected,
    Secrets,
    Unauthorized,
    Usage,
)
from msp_audit.connectors.patience import Sleep
from msp_audit.errors import SourceChanged, SourceError, SourceRefused
from msp_audit.settings import PsaSettings

#: On premises the codebase never changes (vendor's Developer Guide).
DEFAULT_CODEBASE = "v4_6_release/"
#: A 404 within this time of the latest look at companyinfo is believed.
REDISCOVER_SECONDS = 60.0

#: What to do when signing in ends like this.
_ADVICE = {
    Unauthorized: "PSA wants the login company, both API keys of an active API member, and a clientId.",
    Forbidden: "The API of a cloud system answers on the host with 'api-' in front: correct psa.url.",
    # A wrong key under a wrong codebase answers 404 (vendor's Developer Guide).
    Missing: "Check psa.url; on the cloud this may also mean wrong keys.",
    Rejected: "Check psa.client_id, and psa.version if it is set.",
}

_CODEBASE = re.compile(r"[A-Za-z0-9_.\-]+/")
#: Cloud systems answer the API only on the host with this prefix (vendor's Developer Guide, 2025-04).
_CLOUD = re.compile(r"(?i)(?!api-)[a-z0-9-]+\.(?:myconnectwise\.net|connectwisedev\.com)")


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyInfo:
    """What a site says about one login company, before anyone signs in."""

    #: Ends with a slash: ``v2026_4/``.
    codebase: str
    #: API host that the site names; empty on older systems.
    site_url: str
    version: str


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Login:
    """What every request of an API member carries, and the texts that must never be shown."""

    auth: httpx.BasicAuth
    headers: dict[str, str]
    secrets: Secrets


def login_of(settings: PsaSettings) -> Login:
    """The login that *settings* refer to.

    Raises:
        SettingsError: a secret is not where they say.
    """
    public, private = settings.public_key.reveal(), settings.private_key.reveal()
    user = f"{settings.company}+{public}"
    return Login(
        auth=httpx.BasicAuth(user, private),
        headers={"clientId": settings.client_id, "Accept": _accept(settings.version)},
        secrets=Secrets((public, private, settings.client_id, f"{user}:{private}")),
    )


class PsaApi:
    """Signed-in GET requests to one PSA; paths are relative to the API root."""

    def __init__(self, settings: PsaSettings, *, sleep: Sleep) -> None:
        login = login_of(settings)
        self._settings = settings
        self._api = Api(
            source="psa",
            base_url=settings.url,
            settings=settings.http,
            auth=login.auth,
            headers=login.headers,
            secrets=login.secrets,
            sleep=sleep,
        )
        self._lock = threading.Lock()
        self._rediscovered_at: float | None = None
        self.info: CompanyInfo | None = None
        #: Of the latest companyinfo; they tell the server's time.
        self.headers: Mapping[str, str] = {}

    def connect(self) -> CompanyInfo:
        """Find the API root and try the credentials on it.

        Raises:
            SourceError: no such site or company, or the credentials are refused.
        """
        self.info = info = self._discover()
        self._api.base_url = self._root(info)
        try:
            self._api.get("/company/companies", params={"pageSize": 1, "fields": "id"}, resource="sign-in")
        except Forbidden as error:
            # Otherwise signed in, without the right to companies; the reading of that list will say so.
            if "SSL is required" in str(error):
                raise SourceRefused(f"{error} {_ADVICE[Forbidden]}") from None
        except (Unauthorized, Missing, Rejected) as error:
            raise SourceRefused(f"{error} {_ADVICE[type(error)]}") from None
        return info

    def get(
        self,
        path: str,
        *,
        params: Params | None = None,
        headers: Mapping[str, str] | None = None,
        resource: str = "",
    ) -> Answer:
        """The answer to a GET; after a 404 companyinfo is read once more, in case a release moved the API."""
        root = self._api.base_url
        try:
            return self._api.get(path, params=params, headers=headers, resource=resource)
        except Missing:
            if not self._has_moved(root):
                raise
        if path.startswith(root):
            path = self._api.base_url + path[len(root) :]
        return self._api.get(path, params=params, headers=headers, resource=resource)

    def count(self, path: str, *, resource: str) -> int | None:
        """What the server says a list holds; None where it does not say.

        Raises:
            SourceError: the server failed, which is not the same as having no count.
        """
        try:
            body = self.get(f"{path}/count", resource=resource).data()
        except (Missing, Forbidden, Unauthorized):
            return None
        value = body.get("count") if isinstance(body, dict) else None
        if isinstance(value, str) and value.isascii() and value.isdecimal():
            return int(value)
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    @property
    def root(self) -> str:
        """Address of the API, without a slash at its end; the site's own before :meth:`connect`."""
        return self._api.base_url

    def usage(self, resource: str) -> Usage:
        """What *resource* has cost so far."""
        return self._api.usage(resource)

    def close(self) -> None:
        """Release the connections."""
        self._api.close()

    def _discover(self) -> CompanyInfo:
        path = f"{self._settings.url}/login/companyinfo/{quote(self._settings.company, safe='')}"
        answer = self._api.get(path, resource="companyinfo", is_public=True)
        self.headers = answer.headers
        body = answer.data()
        if body is None:
            # An unknown company is answered with 200 and null.
            raise SourceRefused(
                f"psa does not know the login company '{self._settings.company}'. "
                f"Set psa.company to the name typed on the login page."
            )
        if not isinstance(body, dict):
            raise SourceChanged(
                "psa answered 'companyinfo' with something that is no company. Check psa.url."
            )
        codebase = str(body.get("Codebase") or DEFAULT_CODEBASE).strip("/") + "/"
        if not _CODEBASE.fullmatch(codebase) or codebase in ("./", "../"):
            raise SourceChanged("psa named a codebase that is no folder name. Check psa.url.")
        return CompanyInfo(
            codebase=codebase,
            site_url=str(body.get("SiteUrl") or "").strip(),
            version=str(body.get("VersionCode") or ""),
        )

    def _root(self, info: CompanyInfo) -> str:
        site = urlsplit(self._settings.url)
        host = _api_host(site.netloc, named=info.site_url)
        return urlunsplit((site.scheme, host, f"{site.path}/{info.codebase}apis/3.0", "", ""))

    def _has_moved(self, root: str) -> bool:
        """Whether the API is no longer at *root*; looks at companyinfo at most once a minute."""
        with self._lock:
            if self._api.base_url != root:
                return True
            now = time.monotonic()
            if self._rediscovered_at is not None and now - self._rediscovered_at < REDISCOVER_SECONDS:
                return False
            self._rediscovered_at = now
            try:
                self.info = self._discover()
            except SourceError:
                return False
            self._api.base_url = self._root(self.info)
            return self._api.base_url != root


def _api_host(own: str, *, named: str) -> str:
    """The host of the API: what the site names, when that is a sibling of its *own* host; else derived.

    Credentials never follow a stranger's name.
    """
    named = (urlsplit(named).netloc if "://" in named else named).strip("/")
    if re.fullmatch(r"[A-Za-z0-9.-]+(?::\d{1,5})?", named) and _domain(named) == _domain(own):
        host = named
    else:
        host = own
    return f"api-{host}" if _CLOUD.fullmatch(host) else host


def _domain(host: str) -> str:
    """What one owner registers (``example.com``, ``example.co.uk``); the whole of a numeric address."""
    name = host.partition(":")[0].lower()
    labels = name.split(".")
    if labels[-1].isdecimal():
        return name
    has_two_part_ending = len(labels) > 2 and len(labels[-2]) <= 3
    return ".".join(labels[-3 if has_two_part_ending else -2 :])


def _accept(version: str | None) -> str:
    # Plain application/json has answered with fewer fields and fewer records.
    return "application/vnd.connectwise.com+json" + (f"; version={version}" if version else "")
