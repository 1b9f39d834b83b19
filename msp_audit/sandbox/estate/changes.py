"""What differs from the clean estate in one reading: records changed, left out and added."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from operator import itemgetter

from msp_audit.domain import Record

Key = object

#: Table -> the members that tell its records apart; ``id`` where nothing stands here.
KEYS: dict[str, tuple[str, ...]] = {
    "clients": ("ClientID",),
    "locations": ("LocationID",),
    "computers": ("ComputerID",),
    "networkdevices": ("DeviceID",),
    "retiredassets": ("AssetID",),
    "tickets": ("TicketID",),
    "ticketstatus": ("TicketStatusID",),
    "ticketpriority": ("Priority",),
    "plugin_cw_allcwcompanies": ("CWCompanyRecID",),
    "plugin_cw_clientmapping": ("ClientID",),
    "plugin_cw_sitemapping": ("LocationID",),
    "plugin_cw_ignoredentities": ("TargetType", "LTTargetID"),
    "plugin_cw_lastassetsync": ("TargetType", "LTTargetID"),
    "plugin_cw_assettemplates": ("AssetTemplateID",),
    "plugin_cw_cwstatusmapping": ("CWServiceStatusRecID",),
    "plugin_cw_ltstatusmapping": ("TicketStatusID", "CWServiceBoardRecID"),
    "plugin_cw_cwtolabtechservicepriorityxrefs": ("CWServicePriorityRecID",),
    "plugin_cw_servicepriorityxrefs": ("Priority",),
}


@dataclass(frozen=True, slots=True)
class Changes:
    """The changes of one reading, by ``psa/<resource>``, ``auvik/<list>`` or physical Automate table."""

    patched: dict[str, dict[Key, Record]] = field(default_factory=dict)
    dropped: dict[str, set[Key]] = field(default_factory=dict)
    added: dict[str, list[Record]] = field(default_factory=dict)

    def over(self, table: str, records: Iterable[Record]) -> Iterator[Record]:
        """*records* with the changes of *table*; added ones come last."""
        added = self.added.get(table, ())
        patched = self.patched.get(table)
        dropped = self.dropped.get(table)
        if not patched and not dropped:
            return chain(records, (dict(record) for record in added))
        return self._changed(chain(records, (dict(record) for record in added)), table=table)

    def _changed(self, records: Iterable[Record], *, table: str) -> Iterator[Record]:
        key = key_of(table)
        patched = self.patched.get(table, {})
        dropped = self.dropped.get(table, set())
        for record in records:
            which = key(record)
            if which in dropped:
                continue
            if which in patched:
                record.update(patched[which])
            yield record


def key_of(table: str) -> Callable[[Record], Key]:
    """The function that tells the records of *table* apart."""
    return itemgetter(*KEYS.get(table, ("id",)))
