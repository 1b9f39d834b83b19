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

_log = logging.getLogger(__name__)


def tell_operator(
    settings: Settings, *, troubles: Sequence[str], now: datetime, run_id: int = 0
) -> Receipt | None:
    """Mail the operator what went wrong; None where no operator or no mail is set. Never raises."""
    mail = settings.mail
    if mail is None or not mail.operator or not troubles:
        return None
    lines = "\n".join(f"- {trouble}" for trouble in troubles)
    items = "".join(f"<li>{html.escape(trouble)}</li>" for trouble in troubles)
    told = f"The run of {now:%Y-%m-%d %H:%M} UTC needs a look:"
    parcel = Parcel(
        name="operator",
        report="operator",
        run_id=run_id,
        as_of=now,
        sender=mail.sender,
        to=mail.operator,
        subject=f"msp-audit of {settings.name} needs a look",
        html=f"<html><body><p>{told}</p><ul>{items}</ul></body></html>",
        text=f"{told}\n\n{lines}\n",
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


def tell_monitor(settings: Settings) -> None:
    """Ask the heartbeat address, if there is one; that it failed is logged, never raised."""
    if settings.schedule is None or settings.schedule.heartbeat_url is None:
        return
    try:
        beat(settings.schedule.heartbeat_url.reveal())
    except MspAuditError as error:
        _log.warning("%s", error)
