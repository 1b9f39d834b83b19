"""The connector of ConnectWise PSA: every resource in turn, and what ``doctor`` wants to know."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

from msp_audit.connectors.base import Check, Connector, Event, Progress, Resource
from msp_audit.connectors.patience import Sleep
from msp_audit.connectors.psa.api import PsaApi
from msp_audit.connectors.psa.nested import NestedReading
from msp_audit.connectors.psa.reading import Reading
from msp_audit.connectors.psa.resources import RESOURCES, PsaResource
from msp_audit.connectors.psa.rights import Rights
from msp_audit.domain import ResourceReading
from msp_audit.errors import MspAuditError, SourceError
from msp_audit.settings import PsaSettings


class PsaConnector(Connector):
    """Reads one PSA. *sleep* is for tests."""

    source = "psa"
    resources: Sequence[Resource] = RESOURCES

    def __init__(self, settings: PsaSettings, *, sleep: Sleep = time.sleep) -> None:
        self._settings = settings
        self._sleep = sleep
        self._api: PsaApi | None = None

    def read(self, *, progress: Progress | None = None) -> Iterator[Event]:
        """Yield every resource: its pages, then its reading."""
        api = self._open()
        api.connect()
        rights = Rights()
        ended: dict[str, tuple[PsaResource, Reading, ResourceReading]] = {}
        for resource in RESOURCES:
            reading = self._reading(api, resource=resource, ended=ended, progress=progress)
            for page in reading.pages():
                if resource.name == "security_rights":
                    rights.add(page.records)
                yield page
            result = reading.result(doubt=rights.shortcoming(resource.needs))
            ended[resource.name] = (resource, reading, result)
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
        ended: dict[str, tuple[PsaResource, Reading, ResourceReading]],
        progress: Progress | None,
    ) -> Reading:
        page_size = self._settings.http.page_size
        if resource.parent is None:
            return Reading(api, resource=resource, page_size=page_size, progress=progress)
        parent, parents, parent_reading = ended[resource.parent]
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
        except SourceError as error:
            return Check(name=name, is_ok=False, detail=str(error), fix=resource.right)
        if resource.needs is None:
            rights.add(records)
            return Check(name=name, is_ok=True, detail=f"{len(records)} rights")
        shortcoming = rights.shortcoming(resource.needs)
        if shortcoming:
            return Check(name=name, is_ok=False, detail=shortcoming, fix=resource.right)
        if rights.is_customized(resource.needs):
            detail = f"may be read; {resource.needs.function} is customised, so some of it may be left out"
            return Check(name=name, is_ok=True, detail=detail)
        return Check(name=name, is_ok=True, detail="may be read")
