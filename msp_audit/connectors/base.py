"""The contract of a connector: resources as data in, raw records and a verdict out."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from msp_audit.domain import Record, ResourceReading


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """One list that a source offers."""

    #: Our name, also the name of the relation that is landed: plural, snake case.
    name: str
    #: Where it is read from: a path below the API root, or a physical table.
    path: str = ""
    #: Members that identify a record; dotted for nested ones. Empty: the whole record is its own key.
    key: tuple[str, ...] = ("id",)
    #: Resource whose records this one is nested under (one list for each of them).
    parent: str | None = None
    #: Asked from the server where it can trim; never relied upon.
    fields: tuple[str, ...] = ()
    #: Members that must never reach the store, dropped at any depth.
    secrets: tuple[str, ...] = ()
    #: Member with the version of the API that a record came by; lists of two versions are not compared.
    version_member: str = ""
    #: Words for people: what refused access to it means, and the right to grant.
    right: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Records of one resource as they arrive; the unit of streaming."""

    resource: str
    records: Sequence[Record]


#: What a connector yields: pages while it reads, one reading when a resource has ended.
Event = Page | ResourceReading

#: Told after each page: resource name, rows so far, rows expected (None where unknown).
Progress = Callable[[str, int, int | None], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One line of ``msp-audit doctor``: nothing is changed by finding it out."""

    name: str
    is_ok: bool
    detail: str
    #: What to do, when not ok.
    fix: str = ""


class Connector(ABC):
    """Reads one configured source. Instances are cheap; nothing is opened before :meth:`read`."""

    #: Schema name of the source's relations: ``psa``, ``automate``, ``auvik``.
    source: str
    #: In reading order: a parent before its nested lists.
    resources: Sequence[Resource]

    @abstractmethod
    def read(self, *, progress: Progress | None = None) -> Iterator[Event]:
        """Yield every resource: its pages, then exactly one :class:`ResourceReading`.

        A resource that fails yields its reading (``refused``, ``partial`` …) and the rest goes on.
        Pages of different resources may interleave.

        Raises:
            SourceError: nothing can be read at all (address, credentials).
        """

    @abstractmethod
    def check(self) -> Iterator[Check]:
        """Yield what ``doctor`` should know: reachability, credentials, rights."""

    def close(self) -> None:  # noqa: B027  (most connectors hold nothing)
        """Release connections; safe to call twice."""
