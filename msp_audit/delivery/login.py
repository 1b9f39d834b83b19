"""What ``msp-audit doctor`` finds out about mail: the server is reached and lets us in; nothing is sent."""

from __future__ import annotations

from msp_audit.connectors.base import Check
from msp_audit.delivery.email import transport_of
from msp_audit.delivery.transport import TryLater
from msp_audit.errors import DeliveryError, SettingsError
from msp_audit.settings import MailSettings

#: Whoever asks the doctor waits at the screen.
PATIENCE_SECONDS = 20.0
NAME = "mail login"


def check_login(mail: MailSettings) -> Check:
    """Connect, secure the connection, log in and leave; with Graph, get a token and look at its rights."""
    transport = transport_of(_impatient(mail))
    where = "mail.smtp" if mail.smtp is not None else "mail.graph"
    try:
        told = transport.sign_in()
    except TryLater as error:
        fix = f"Check host, port and security in [{where}], and that this machine may reach it."
        return Check(name=NAME, is_ok=False, detail=str(error), fix=fix)
    except (DeliveryError, SettingsError) as error:
        return Check(name=NAME, is_ok=False, detail=str(error), fix=f"Correct [{where}] in the settings.")
    finally:
        transport.close()
    return Check(name=NAME, is_ok=True, detail=f"{told}; nothing was sent")


def _impatient(mail: MailSettings) -> MailSettings:
    update = {}
    for name, way in (("smtp", mail.smtp), ("graph", mail.graph)):
        if way is not None:
            seconds = min(way.timeout_seconds, PATIENCE_SECONDS)
            update[name] = way.model_copy(update={"timeout_seconds": seconds})
    return mail.model_copy(update=update)
