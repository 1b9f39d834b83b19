"""Who hears how a run ended: the operator by mail when it failed, a monitor's heartbeat when it did not."""

from __future__ import annotations

import html
import logging
from collections.abc import Sequence
from datetime import datetime

from msp_audit.connectors.heartbeat import beat
from msp_audit.delivery import EmailChannel, Parcel, Receipt, ReceiptStatus
from msp_audit.errors import MspAuditError
from msp_audit.settings import Settings
from msp_audit.store import QueryFailed, Reader

_log = logging.getLogger(__name__)
_LAST_COMPLETE = """
select
    run_resources.source,
    if(bool_or(run_resources.last_complete_at is null), null, min(run_resources.last_complete_at))
from audit.run_resources as run_resources
where
    run_resources.run_id = (select max(runs.run_id) from audit.runs as runs)
    and run_resources.verdict <> 'absent'
group by run_resources.source
order by run_resources.source
"""


def tell_operator(
    settings: Settings, *, troubles: Sequence[str], now: datetime, run_id: int = 0
) -> Receipt | None:
    """Mail the operator what went wrong; None where no operator or no mail is set. Never raises."""
    mail = settings.mail
    if mail is None or not mail.operator or not troubles:
        return None
    last, last_items = _listed(_last_complete(settings))
    lines, items = _listed(troubles)
    told = f"The run of {now:%Y-%m-%d %H:%M} UTC needs a look:"
    parcel = Parcel(
        name="operator",
        report="operator",
        run_id=run_id,
        as_of=now,
        sender=mail.sender,
        to=mail.operator,
        subject=f"msp-audit of {settings.name} needs a look",
        html=f"<html><body><p>{told}</p>{items}<p>Last complete readings:</p>{last_items}</body></html>",
        text=f"{told}\n\n{lines}\n\nLast complete readings:\n\n{last}\n",
    )
    channel = EmailChannel(mail, root=settings.root)
    try:
        receipt = channel.deliver(parcel)
    except MspAuditError as error:
        receipt = Receipt(status=ReceiptStatus.FAILED, detail=str(error))
    finally:
        channel.close()
    if receipt.status is not ReceiptStatus.SENT:
        _log.error("The operator could not be told: %s", receipt.detail)
    return receipt


def _last_complete(settings: Settings) -> list[str]:
    """When each source was last read completely, as the last published run knew."""
    try:
        with Reader(settings.root / settings.store.published) as reader:
            found = reader.query(_LAST_COMPLETE).rows
    except (MspAuditError, QueryFailed) as error:
        # The operator is told what failed in any case.
        _log.info("Nothing is known of earlier readings: %s", error)
        return []
    return [f"{source}: {f'{at:%Y-%m-%d %H:%M} UTC' if at else 'never'}" for source, at in found]


def _listed(lines: Sequence[str]) -> tuple[str, str]:
    """*lines* as text and as HTML."""
    items = "".join(f"<li>{html.escape(line)}</li>" for line in lines) or "<li>none known</li>"
    return "\n".join(f"- {line}" for line in lines) or "- none known", f"<ul>{items}</ul>"


def tell_monitor(settings: Settings) -> None:
    """Ask the heartbeat address, if there is one; that it failed is logged, never raised."""
    if settings.schedule is None or settings.schedule.heartbeat_url is None:
        return
    try:
        beat(settings.schedule.heartbeat_url.reveal())
    except MspAuditError as error:
        _log.warning("%s", error)
