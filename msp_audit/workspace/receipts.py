"""What was handed over before, and the keeping of receipts in the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from msp_audit.delivery import Receipt
from msp_audit.settings import DeliverySettings
from msp_audit.store import Reader, Store

_ALREADY = """
select 1 from audit.deliveries as deliveries
where
    deliveries.run_id = $run_id
    and deliveries.name = $name
    and deliveries.status in ('sent', 'spooled')
"""
_LAST = """
select max(runs.as_of) from audit.deliveries as deliveries
inner join audit.runs as runs
    on deliveries.run_id = runs.run_id
where deliveries.name = $name and deliveries.status = 'sent' and deliveries.run_id < $run_id
"""
_BOOK = """
insert into audit.deliveries
select nextval('audit.delivery_ids'), $run_id, $name, $report, $channel, $status, $detail, $location, $now
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """One delivery and what became of it."""

    delivery: DeliverySettings
    receipt: Receipt
    run_id: int
    #: What the receipt is filed under: the delivery's name, with the company's id where there is one.
    name: str


def was_handed_over(reader: Reader, *, run_id: int, name: str) -> bool:
    """Whether that run was delivered under that *name* before, or waits in the spool."""
    return len(reader.query(_ALREADY, {"run_id": run_id, "name": name})) > 0


def last_sent_as_of(reader: Reader, *, run_id: int, name: str) -> datetime | None:
    """Time of the last run before *run_id* that was sent under *name*."""
    ((found,),) = reader.query(_LAST, {"run_id": run_id, "name": name})
    return found if isinstance(found, datetime) else None


def book(store: Store, handed: Sequence[Handed], *, now: datetime) -> None:
    """Keep the receipts of what was *handed* over in the ledger."""
    for item in handed:
        store.database.execute(
            _BOOK,
            {
                "run_id": item.run_id,
                "name": item.name,
                "report": item.delivery.report,
                "channel": item.delivery.channel,
                "status": item.receipt.status.value,
                "detail": item.receipt.detail,
                "location": item.receipt.location,
                "now": now,
            },
        )
