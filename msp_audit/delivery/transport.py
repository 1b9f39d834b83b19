"""The contract of a way for mail to leave, and what can become of it there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Protocol

from msp_audit.errors import DeliveryError


class TryLater(DeliveryError):
    """Nobody got it; the same mail may be taken later."""


class NeverTaken(DeliveryError):
    """Nobody will get it so: an address, a right, a size."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """One recipient that did not get a mail which others got."""

    address: str
    reason: str
    #: Whether a later try may succeed.
    is_temporary: bool


class Transport(Protocol):
    """Takes a finished mail to its recipients."""

    #: Where it goes, for receipts: ``smtp.example.com``.
    place: str

    def largest(self) -> int | None:
        """Bytes that the other side takes, asked from it; None where it does not say.

        Raises:
            TryLater, NeverTaken: it cannot be asked.
        """
        ...

    def send(self, message: EmailMessage, *, sender: str, recipients: Sequence[str]) -> tuple[Refusal, ...]:
        """Send; answers with the recipients that did not get it, never all of them.

        Raises:
            TryLater, NeverTaken: nobody got it.
        """
        ...

    def sign_in(self) -> str:
        """Go as far as a mail would, but for the mail; answers with what was found, for people.

        Raises:
            TryLater, NeverTaken: a mail would not leave either.
        """
        ...

    def close(self) -> None:
        """Let go of the connection."""
        ...
