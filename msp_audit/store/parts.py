"""Relations made of parts: each comes from one source, and those of sources that are not there are empty.

The header of such a view says which of the relations that it reads belong to which source:

    [parts]
    auvik = ["auvik.devices", "core.device_keys"]
    tools = ["core.tool_assets", "core.tool_asset_keys"]

What stands in no part is needed in any case. The part ``tools`` is as many parts as its relations are made
of: one for each source of other monitoring tools.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from msp_audit.errors import RuleError
from msp_audit.sqlfile import SqlFile

#: The part whose relations are made of parts themselves; it takes their names.
TOOLS = "tools"
#: One resource of one source, as ``(source, resource)``.
ResourceName = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """Resources that a relation is made of: those it needs in any case, and those of each part."""

    common: frozenset[ResourceName] = frozenset()
    parts: Mapping[str, frozenset[ResourceName]] = field(default_factory=dict)

    def together(self, other: Needs) -> Needs:
        """What both need."""
        names = {*self.parts, *other.parts}
        empty: frozenset[ResourceName] = frozenset()
        return Needs(
            common=self.common | other.common,
            parts={name: self.parts.get(name, empty) | other.parts.get(name, empty) for name in names},
        )

    def as_part(self, name: str) -> Needs:
        """The same as needs of the part called *name*."""
        if not name.startswith(TOOLS):
            return Needs(parts={name: self.everything})
        return Needs(
            parts={
                name.replace(TOOLS, inner, 1): self.common | resources
                for inner, resources in self.parts.items()
            }
        )

    @property
    def everything(self) -> frozenset[ResourceName]:
        """All resources, of whatever part."""
        return self.common.union(*self.parts.values())


def parts_of(file: SqlFile, *, reads: Collection[str]) -> dict[str, tuple[str, ...]]:
    """The parts that the header of *file* names.

    Raises:
        RuleError: a part is no list of relations that the query reads.
    """
    parts = file.header.get("parts", {})
    for source, relations in parts.items():
        if not isinstance(relations, list) or not set(relations) <= set(reads):
            raise RuleError(
                f"{file.path}:1: the part '{source}' must be a list of relations that the query reads."
            )
    return {source: tuple(relations) for source, relations in parts.items()}


def lacking(parts: Mapping[str, Iterable[str]], *, made: Collection[str]) -> frozenset[str]:
    """The relations of those *parts* that cannot be had whole, for not every one of them is *made*."""
    broken = [relations for relations in parts.values() if not set(relations) <= set(made)]
    return frozenset(name for relations in broken for name in relations)
