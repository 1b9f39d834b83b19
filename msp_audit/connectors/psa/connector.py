"""The connector of ConnectWise PSA: every resource in turn, and what ``doctor`` wants to know."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence

from msp_audit.connectors.base import Check, Connector, Event, Progress, Resource
from msp_audit.connectors.clock import check_clock
from msp_audit.connectors.lanes import Lanes
from msp_audit.connectors.patience import Sleep
from msp_audit.connectors.psa.api import PsaApi
from msp_audit.connectors.psa.nested import NestedReading
from msp_audit.connectors.psa.reading import Reading
from msp_audit.connectors.psa.resources import RESOURCES, PsaResource
from msp_audit.connectors.psa.rights import Rights
from msp_audit.domain import ResourceReading
from msp_audit.errors import MspAuditError, SourceError, SourceUnavailable
from msp_audit.settings import PsaSettings

#: Read one after the other: the rights first, then parents, the longest list last.
_PLAIN = sorted(
    (resource for resource in RESOURCES if resource.parent is None),
    key=lambda resource: (resource.name == "configurations", RESOURCES.index(resource)),
)
#: Read meanwhile, each once its parents are known.
_NESTED = [resource for resource in RESOURCES if resource.parent is not None]


class PsaConnector(Connector):
    """Reads one PSA. *sleep* is for tests."""

    source = "psa"
    resources: Sequence[Resource] = RESOURCES

    def __init__(self, settings: PsaSettings, *, sleep: Sleep = time.sleep) -> None:
        self._settings = settings
        self._sleep = sleep
        self._api: PsaApi | None = None

    def read(self, *, progress: Progress | None = None) -> Iterator[Event]:
        """Yield every resource: its pages, then its reading; nested lists beside the plain ones."""
        api = self._open()
        api.connect()
        ended = _Ended()
        lanes = Lanes(
            self._lane(api, _PLAIN, ended=ended, progress=progress),
            self._lane(api, _NESTED, ended=ended, progress=progress),
        )
        ended.is_over = lambda: lanes.is_stopped
        yield from lanes.events()

    def _lane(
        self, api: PsaApi, resources: Sequence[PsaResource], *, ended: _Ended, progress: Progress | None
    ) -> Iterator[Event]:
        for resource in resources:
            reading = self._reading(api, resource=resource, ended=ended, progress=progress)
            for page in reading.pages():
                if resource.name == "security_rights":
                    ended.rights.add(page.records)
                yield page
            result = reading.result(doubt=ended.rights.shortcoming(resource.needs))
            ended.add(resource, reading, result)
            yield result

    def check(self) -> Iterator[Check]:
        """Yield address, sign-in, rights, and whether each list may be read."""
        try:
            api = self._open()
            info = api.connect()
        except MspAuditError as error:
            yield Check(name="psa sign-in", is_ok=False, detail=str(error), fix="Edit the [psa] settings.")
            return
        version = info.version or info.codebase.rstrip("/")
        yield Check(name="psa sign-in", is_ok=True, detail=f"{self._settings.url}, version {version}")
        yield check_clock(api.headers, source="psa")
        rights = Rights()
        for resource in RESOURCES:
            if resource.parent is None:
                yield self._check_list(api, resource=resource, rights=rights)

    def close(self) -> None:
        """Release connections."""
        if self._api is not None:
            self._api.close()
            self._api = None

    def _open(self) -> PsaApi:
        self.close()
        self._api = PsaApi(self._settings, sleep=self._sleep)
        return self._api

    def _reading(
        self,
        api: PsaApi,
        *,
        resource: PsaResource,
        ended: _Ended,
        progress: Progress | None,
    ) -> Reading:
        page_size = self._settings.http.page_size
        if resource.parent is None:
            return Reading(api, resource=resource, page_size=page_size, progress=progress)
        parent, parents, parent_reading = ended.wait_for(resource.parent)
        return NestedReading(
            api,
            resource=resource,
            parent=parent,
            parents=parents,
            parent_reading=parent_reading,
            workers=self._settings.http.concurrency,
            page_size=page_size,
            progress=progress,
        )

    def _check_list(self, api: PsaApi, *, resource: PsaResource, rights: Rights) -> Check:
        name = f"psa {resource.name}"
        params = {"pageSize": 1000 if resource.needs is None else 1}
        try:
            records = api.get(resource.path, params=params, resource=resource.name).records()
            count = api.count(resource.path, resource=resource.name) if resource.has_count else None
        except SourceError as error:
            return Check(name=name, is_ok=False, detail=str(error), fix=resource.right)
        if resource.needs is None:
            rights.add(records)
            return Check(name=name, is_ok=True, detail=f"{len(records)} rights")
        told = "may be read" if count is None else f"may be read: {count:,} records"
        shortcoming = rights.shortcoming(resource.needs)
        if shortcoming:
            return Check(name=name, is_ok=False, detail=shortcoming, fix=resource.right)
        if rights.is_customized(resource.needs):
            detail = f"{told}; {resource.needs.function} is customised, so some of it may be left out"
            return Check(name=name, is_ok=True, detail=detail)
        return Check(name=name, is_ok=True, detail=told)


class _Ended:
    """What has been read so far; the lane of the nested lists waits here for their parents."""

    def __init__(self) -> None:
        self.rights = Rights()
        #: Whether the reading was given up.
        self.is_over: Callable[[], bool] = lambda: False
        self._changed = threading.Condition()
        self._found: dict[str, tuple[PsaResource, Reading, ResourceReading]] = {}

    def add(self, resource: PsaResource, reading: Reading, result: ResourceReading) -> None:
        """Tell that *resource* has ended."""
        with self._changed:
            self._found[resource.name] = (resource, reading, result)
            self._changed.notify_all()

    def wait_for(self, name: str) -> tuple[PsaResource, Reading, ResourceReading]:
        """The reading of the resource called *name*, once it has ended.

        Raises:
            SourceUnavailable: nobody waits for the outcome any more.
        """
        with self._changed:
            while name not in self._found:
                if self.is_over():
                    raise SourceUnavailable("The reading was given up.")
                self._changed.wait(timeout=0.2)
            return self._found[name]
