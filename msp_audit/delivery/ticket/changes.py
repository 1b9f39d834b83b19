"""What has changed in a group since its ticket was last told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from msp_audit.delivery.ticket.model import Gone, Item, Told


@dataclass(frozen=True, slots=True, kw_only=True)
class Delta:
    """Nothing but the difference. Reasons and evidence may change every day; they are no difference."""

    added: tuple[Item, ...] = ()
    #: Label, old and new severity.
    changed: tuple[tuple[str, str], ...] = ()
    #: Labels by why they left.
    gone: tuple[tuple[Gone, tuple[str, ...]], ...] = ()

    @classmethod
    def between(cls, told: Told, items: Sequence[Item], *, gone: Mapping[str, Gone]) -> Self:
        """From what the ticket was *told* to the *items* there are now; *gone* says why others left."""
        now = {item.finding_id for item in items}
        changed = tuple(
            (item.label, f"{told[item.finding_id][0]} → {item.severity}")
            for item in items
            if item.finding_id in told and told[item.finding_id][0] is not item.severity
        )
        left: dict[Gone, list[str]] = {}
        for finding_id, (_, label) in told.items():
            if finding_id not in now:
                # A finding that the ledger no longer has was pruned long after it was resolved.
                left.setdefault(gone.get(finding_id, Gone.RESOLVED), []).append(label or finding_id)
        return cls(
            added=tuple(item for item in items if item.finding_id not in told),
            changed=changed,
            gone=tuple((why, tuple(labels)) for why, labels in sorted(left.items())),
        )

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.gone)

    @property
    def size(self) -> int:
        """Findings that it names."""
        return len(self.added) + len(self.changed) + sum(len(labels) for _, labels in self.gone)

    @property
    def is_all_resolved(self) -> bool:
        """Whether what left was really no longer found."""
        return all(why is Gone.RESOLVED for why, _ in self.gone)

    def summary(self, left: int) -> str:
        """In one sentence; *left* is how many there are now."""
        counts = [(len(self.added), "new"), (len(self.changed), "changed")]
        counts += [(len(labels), why.value) for why, labels in self.gone]
        told = ", ".join(f"{count:,} {word}" for count, word in counts if count) or "nothing changed"
        return f"{told}; {left:,} in all now." if left else f"{told}; nothing is left."

    def chapters(self) -> Iterator[tuple[str, Sequence[str]]]:
        """Title and lines of each kind of change."""
        if self.added:
            yield "New", [f"{i.label}: {i.reason}" if i.reason else i.label for i in self.added]
        if self.changed:
            yield "Changed severity", [f"{label}: {change}" for label, change in self.changed]
        for why, labels in self.gone:
            yield why.value.capitalize(), list(labels)
