"""Mail through Microsoft Graph: one request when small, a draft with upload sessions when large."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from email import policy
from email.message import EmailMessage

from msp_audit.connectors.graph import SMALL_BYTES, GraphMail
from msp_audit.delivery.message import copy_of
from msp_audit.delivery.transport import NeverTaken, Refusal, TryLater
from msp_audit.errors import SettingsError, SourceError, SourceRefused
from msp_audit.settings import GraphSettings

#: Exchange Online's own end (vendor's limits page, 2026).
LARGEST_BYTES = 150_000_000


class GraphTransport:
    """One mailbox; Graph takes sender and recipients from the mail's own headers."""

    place = "Microsoft Graph"

    def __init__(self, settings: GraphSettings) -> None:
        self._settings = settings
        self._mail: GraphMail | None = None

    def largest(self) -> int | None:
        """Graph does not say; the vendor's documentation does."""
        return LARGEST_BYTES

    def send(self, message: EmailMessage, *, sender: str, recipients: Sequence[str]) -> tuple[Refusal, ...]:
        """Send the *message*; Graph tells of refused recipients later, by mail to the mailbox."""
        content = message.as_bytes(policy=policy.SMTP)
        with _errors():
            mail = self._connected()
            if len(content) <= SMALL_BYTES:
                mail.send(content)
            else:
                self._send_large(mail, message)
        return ()

    def sign_in(self) -> str:
        """Get a token, and look whether it carries the right to send."""
        with _errors():
            rights = self._connected().rights()
        if rights is not None and "Mail.Send" not in rights:
            held = ", ".join(sorted(rights)) or "none"
            raise NeverTaken(
                f"Microsoft Graph gives a token without the right Mail.Send (it has: {held}). Add Mail.Send "
                f"and Mail.ReadWrite to the application in Entra ID and grant the administrator's consent."
            )
        if rights is not None and "Mail.ReadWrite" not in rights:
            return f"{self.place} as {self._settings.mailbox}, but without Mail.ReadWrite: no large mails"
        return f"{self.place} as {self._settings.mailbox}"

    def close(self) -> None:
        """Let go of the connections."""
        if self._mail is not None:
            self._mail.close()
            self._mail = None

    def _connected(self) -> GraphMail:
        if self._mail is None:
            self._mail = GraphMail(self._settings)
        return self._mail

    def _send_large(self, mail: GraphMail, message: EmailMessage) -> None:
        body, files = _split(message)
        draft = mail.draft(body.as_bytes(policy=policy.SMTP))
        try:
            for name, kind, content in files:
                mail.attach(draft, name=name, content_type=kind, content=content)
            mail.send_draft(draft)
        except SourceError:
            # What is left behind among the drafts would puzzle whoever owns the mailbox.
            with contextlib.suppress(SourceError):
                mail.discard(draft)
            raise


def _split(message: EmailMessage) -> tuple[EmailMessage, list[tuple[str, str, bytes]]]:
    """The mail without its attachments, and those."""
    body = copy_of(message)
    files = []
    for part in message.iter_attachments():
        content = part.get_payload(decode=True)
        files.append(
            (
                part.get_filename() or "file",
                part.get_content_type(),
                content if isinstance(content, bytes) else b"",
            )
        )
    if body.get_content_type() == "multipart/mixed":
        body.set_payload([part for part in body.iter_parts() if not part.is_attachment()])
    return body, files


@contextmanager
def _errors() -> Iterator[None]:
    try:
        yield
    except (SourceRefused, SettingsError) as error:
        raise NeverTaken(str(error)) from None
    except SourceError as error:
        raise TryLater(str(error)) from None
