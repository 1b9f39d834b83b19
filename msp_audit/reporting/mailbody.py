"""What a mail is made of: the one thing that the reporting hands to a channel that is no file."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class MailBody:
    """One mail, without sender, recipients or attachments."""

    #: One line.
    subject: str
    #: Styles inlined; images by ``cid:``.
    html: str
    text: str
    #: Content id and PNG or JPEG bytes of each image that the HTML shows.
    images: tuple[tuple[str, bytes], ...] = ()
    #: Totals of what the report is about; they decide whether anyone should hear of it.
    open_count: int = 0
    new_count: int = 0
    reopened_count: int = 0
    resolved_count: int = 0
