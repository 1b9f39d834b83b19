"""The tree of tenants, and whose row a row is."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from msp_audit.domain import Record


@dataclass(frozen=True, slots=True)
class Tenants:
    """Every tenant that the key sees; a parent that it does not see does not count."""

    names: Mapping[str, str]
    _children: Mapping[str, Sequence[str]]

    @classmethod
    def of(cls, records: Iterable[Record]) -> Tenants:
        """The tree that the records of ``/v1/tenants`` describe."""
        records = list(records)
        names = {str(record["id"]): _name(record) for record in records}
        children: dict[str, list[str]] = {}
        for record in records:
            parent = related_id(record, "parent")
            if parent in names and parent != str(record["id"]):
                children.setdefault(parent, []).append(str(record["id"]))
        return cls(names, children)

    def roots(self) -> list[str]:
        """Tenants below no other; together with their families they are all tenants."""
        below = {child for children in self._children.values() for child in children}
        roots = [tenant for tenant in self.names if tenant not in below]
        reached = {member for root in roots for member in self.family(root)}
        # A circle of parents has no root of its own.
        return roots + [tenant for tenant in self.names if tenant not in reached]

    def children(self, tenant: str) -> Sequence[str]:
        """The tenants right below *tenant*."""
        return self._children.get(tenant, ())

    def family(self, tenant: str) -> set[str]:
        """*tenant* and everything below it."""
        family: set[str] = set()
        waiting = [tenant]
        while waiting:
            member = waiting.pop()
            if member not in family:
                family.add(member)
                waiting.extend(self.children(member))
        return family


@dataclass(slots=True, kw_only=True)
class Ownership:
    """Counts rows that are not of the tenant that was asked for."""

    strangers: int = 0
    first: str = ""
    #: Ids whose inner tenant fits, and ids where it does not although the relationship fits.
    _fitting_ids: int = 0
    _odd_ids: int = field(default=0)
    _first_odd: str = ""

    def judge(self, record: Record, *, family: set[str]) -> None:
        """Count *record* when its relationship or its id names a tenant outside *family*."""
        related, inner = related_id(record, "tenant"), tenant_of_id(str(record["id"]))
        if related is not None and related not in family:
            self.strangers += 1
            self.first = self.first or related
        elif inner is not None and inner not in family:
            self._odd_ids += 1
            self._first_odd = self._first_odd or inner
        elif inner is not None:
            self._fitting_ids += 1

    def complaint(self) -> str:
        """A sentence when rows were not of the asked tenant, else empty.

        Ids count only where the reading shows that they do hold the tenant: the vendor's sample does not.
        """
        odd = self._odd_ids if self._fitting_ids else 0
        if not self.strangers + odd:
            return ""
        return (
            f"auvik sent {self.strangers + odd} rows of other tenants than the one that was asked for "
            f"(for example {self.first or self._first_odd}). Ask Auvik's support."
        )


def related_id(record: Record, name: str) -> str | None:
    """The id of a record's to-one relationship; None when there is none."""
    relationships = record.get("relationships")
    relation = relationships.get(name) if isinstance(relationships, dict) else None
    data = relation.get("data") if isinstance(relation, dict) else None
    found = data.get("id") if isinstance(data, dict) else None
    return str(found) if found else None


def tenant_of_id(record_id: str) -> str | None:
    """The tenant inside an id, which is unpadded base64 of ``<tenant>,<object>``; None when it is not."""
    try:
        text = base64.b64decode(record_id + "=" * (-len(record_id) % 4), validate=True).decode("ascii")
    except (binascii.Error, ValueError):
        return None
    tenant, _, rest = text.partition(",")
    return tenant if tenant.isdigit() and rest.isdigit() else None


def _name(record: Record) -> str:
    attributes = record.get("attributes")
    known = attributes if isinstance(attributes, dict) else {}
    return str(known.get("domainPrefix") or known.get("name") or record["id"])
