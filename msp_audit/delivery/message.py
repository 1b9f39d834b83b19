"""A parcel as an e-mail: the same parcel always gives the same bytes, and no name can forge a header."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from datetime import UTC
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage, MIMEPart
from email.parser import BytesParser
from email.utils import format_datetime, getaddresses
from pathlib import Path

from msp_audit.delivery.base import Parcel
from msp_audit.errors import DeliveryError

#: Longer subjects are cut; most mail programs show far less.
SUBJECT_LENGTH = 200
#: Our own table: the system's would differ from machine to machine.
_TYPES = {
    ".csv": ("text", "csv"),
    ".html": ("text", "html"),
    ".json": ("application", "json"),
    ".parquet": ("application", "vnd.apache.parquet"),
    ".pdf": ("application", "pdf"),
    ".xlsx": ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}
_IMAGES = {b"\x89PNG\r\n\x1a\n": "png", b"\xff\xd8\xff": "jpeg"}
_CID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(@[A-Za-z0-9._-]+)?")
#: Marks that turn the reading direction: a name could dress up as another.
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def build_message(parcel: Parcel) -> EmailMessage:
    """The mail of *parcel*: text, HTML with its images, attachments.

    Raises:
        DeliveryError: an address is none, an attachment cannot be read, an image is no PNG or JPEG.
    """
    message = EmailMessage(policy=policy.SMTP)
    message["From"] = _addresses("sender", parcel.sender)
    if parcel.to:
        message["To"] = _addresses("to", *parcel.to)
    message["Subject"] = _shortened(one_line(parcel.subject))
    as_of = parcel.as_of if parcel.as_of.tzinfo else parcel.as_of.replace(tzinfo=UTC)
    message["Date"] = format_datetime(as_of.astimezone(UTC))
    message["Message-ID"] = message_id(parcel)
    for header in ("In-Reply-To", "References"):
        message[header] = _thread_id(parcel)
    # Keeps out-of-office replies away (RFC 3834).
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(_encodable(parcel.text), cte="quoted-printable")
    message.add_alternative(_encodable(parcel.html), subtype="html", cte="quoted-printable")
    _add_images(message, parcel)
    for path in parcel.attachments:
        _attach(message, path)
    _fix_boundaries(message)
    return message


def copy_of(message: EmailMessage) -> EmailMessage:
    """*message* once more, to be changed."""
    parsed = BytesParser(EmailMessage, policy=policy.SMTP).parsebytes(message.as_bytes(policy=policy.SMTP))
    assert isinstance(parsed, EmailMessage)  # noqa: S101  (its class was given)
    return parsed


def message_bytes(parcel: Parcel) -> bytes:
    """The mail of *parcel* as it travels: CRLF line ends, 7-bit headers. Raises as :func:`build_message`."""
    return build_message(parcel).as_bytes()


def message_id(parcel: Parcel) -> str:
    """The identity of *parcel*: run and delivery, nothing of its content."""
    run = f"{parcel.run_id}|{parcel.as_of:%Y-%m-%dT%H:%M:%S}"
    return _id(parcel, "run", parcel.name, parcel.report, parcel.company or "", run)


def one_line(text: str) -> str:
    """*text* fit for a header: no line ends, no control characters, no turned reading direction."""
    kept = (" " if c in _BIDI or unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") else c for c in text)
    # Python decodes "=?utf-8?q?=0D=0A…?=" in a value that it is given, line ends and all (seen in 3.11).
    return " ".join("".join(kept).split()).replace("=?", "= ?")


def _thread_id(parcel: Parcel) -> str:
    # No mail bears this id; programs thread by it all the same, and no earlier run need be known.
    return _id(parcel, "thread", parcel.report, parcel.company or "")


def _id(parcel: Parcel, *parts: str) -> str:
    digest = hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()[:32]
    domain = _addresses("sender", parcel.sender)[0].domain
    return f"<{digest}@{domain if re.fullmatch(r'[A-Za-z0-9.-]+', domain) else 'msp-audit.invalid'}>"


def _addresses(where: str, *texts: str) -> list[Address]:
    found = []
    for text in texts:
        try:
            ((name, address),) = getaddresses([one_line(text)])
            found.append(Address(display_name=name, addr_spec=address))
        # The parser fails in many ways, an IndexError among them; each means the same.
        except Exception as error:
            raise DeliveryError(
                f"{where} = {text!r} is not one mail address; write name@example.com."
            ) from error
        if not found[-1].username or not found[-1].domain:
            raise DeliveryError(f"{where} = {text!r} is not one mail address; write name@example.com.")
    return found


def _shortened(text: str) -> str:
    return text if len(text) <= SUBJECT_LENGTH else text[: SUBJECT_LENGTH - 1].rstrip() + "…"


def _encodable(text: str) -> str:
    # Half a character (a lone surrogate) in a stranger's name must not stop the mail.
    return text.encode("utf-8", "replace").decode("utf-8")


def _add_images(message: EmailMessage, parcel: Parcel) -> None:
    html = message.get_body(("html",))
    assert html is not None  # noqa: S101  (added just before)
    for cid, content in parcel.images:
        kind = next((kind for start, kind in _IMAGES.items() if content.startswith(start)), None)
        if kind is None or not _CID.fullmatch(cid):
            raise DeliveryError(
                f"The image {cid!r} of report '{parcel.report}' is no PNG or JPEG with a plain name."
            )
        html.add_related(content, maintype="image", subtype=kind, cid=f"<{cid}>", disposition="inline")


def _attach(message: EmailMessage, path: Path) -> None:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DeliveryError(f"The attachment {path} cannot be read ({error.strerror}).") from error
    maintype, subtype = _TYPES.get(path.suffix.lower(), ("application", "octet-stream"))
    message.add_attachment(
        content,
        maintype=maintype,
        subtype=subtype,
        filename=one_line(path.name),
        params={"charset": "utf-8"} if maintype == "text" else {},
    )


def _fix_boundaries(message: EmailMessage) -> None:
    """Boundaries that follow from the mail; Python's own are drawn by lot."""
    parts = [part for part in message.walk() if part.is_multipart()]
    digest = hashlib.sha256(b"".join(_content(part) for part in message.walk())).hexdigest()[:24]
    for number, part in enumerate(parts):
        part.set_boundary(f"=_{digest}_{number}")


def _content(part: MIMEPart) -> bytes:
    payload = None if part.is_multipart() else part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""
