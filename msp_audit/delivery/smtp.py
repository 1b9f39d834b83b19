"""Mail through a mail server: STARTTLS, TLS, or plain towards this machine; password or XOAUTH2."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from email import policy
from email.message import EmailMessage

from msp_audit.delivery.transport import NeverTaken, Refusal, TryLater
from msp_audit.settings import SmtpSettings


class SmtpTransport:
    """One server; connected when first needed, and kept for the mails of a run."""

    def __init__(self, settings: SmtpSettings) -> None:
        self._settings = settings
        self._session: smtplib.SMTP | None = None
        self.place = settings.host

    def largest(self) -> int | None:
        """The server's own SIZE (RFC 1870)."""
        told = self._connected().esmtp_features.get("size", "")
        return int(told) if told.isdigit() and int(told) > 0 else None

    def send(self, message: EmailMessage, *, sender: str, recipients: Sequence[str]) -> tuple[Refusal, ...]:
        """Send the *message* as it stands, in one go to all *recipients*."""
        session = self._connected()
        content = message.as_bytes(policy=policy.SMTP)
        try:
            with self._errors():
                refused = session.sendmail(sender, list(recipients), content)
        except (TryLater, NeverTaken):
            # A connection that failed in the middle is of no use to the next mail.
            self.close()
            raise
        return tuple(_refusal(address, code, words) for address, (code, words) in refused.items())

    def sign_in(self) -> str:
        """Connect, STARTTLS or TLS, log in, and ask whether the server is still content."""
        session = self._connected()
        with self._errors():
            session.noop()
        settings = self._settings
        how = "without TLS" if settings.security == "none" else f"over {settings.security.upper()}"
        who = "without a login" if settings.username is None else f"as {settings.username}"
        return f"{settings.host}:{settings.port} {how}, {who}"

    def close(self) -> None:
        """Say goodbye, if anyone is there."""
        session, self._session = self._session, None
        if session is not None:
            try:
                session.quit()
            except (smtplib.SMTPException, OSError):
                session.close()

    def _connected(self) -> smtplib.SMTP:
        if self._session is None:
            with self._errors():
                session = self._opened()
            try:
                with self._errors():
                    self._signed_in(session)
            except BaseException:
                session.close()
                raise
            self._session = session
        return self._session

    def _opened(self) -> smtplib.SMTP:
        settings = self._settings
        if settings.security == "tls":
            return smtplib.SMTP_SSL(
                settings.host, settings.port, timeout=settings.timeout_seconds, context=self._context()
            )
        return smtplib.SMTP(settings.host, settings.port, timeout=settings.timeout_seconds)

    def _signed_in(self, session: smtplib.SMTP) -> None:
        settings = self._settings
        session.ehlo_or_helo_if_needed()
        if settings.security == "starttls":
            session.starttls(context=self._context())
            session.ehlo()
        if settings.username is None:
            return
        if settings.token is not None:
            token = settings.token.reveal()
            # The stubs know only one of the two shapes that the library itself calls it in.
            session.auth("XOAUTH2", _xoauth2(settings.username, token))  # type: ignore[arg-type]
        elif settings.password is not None:
            _log_in(session, settings.username, settings.password.reveal())

    def _context(self) -> ssl.SSLContext:
        file = self._settings.ca_file
        try:
            return ssl.create_default_context(cafile=str(file.expanduser()) if file else None)
        except (OSError, ssl.SSLError):
            raise NeverTaken(f"mail.smtp.ca_file {file} cannot be read as PEM certificates.") from None

    @contextmanager
    def _errors(self) -> Iterator[None]:
        """The library's many errors as two; a server's words are quoted, a secret never."""
        place = f"The mail server {self._settings.host}"
        try:
            yield
        except smtplib.SMTPAuthenticationError as error:
            kind = TryLater if error.smtp_code < 500 else NeverTaken
            raise kind(
                f"{place} refused the user {self._settings.username} ({_told(error.smtp_code, b'')}). "
                f"Check username and password or token under mail.smtp."
            ) from None
        except smtplib.SMTPRecipientsRefused as error:
            refusals = [_refusal(name, *answer) for name, answer in error.recipients.items()]
            told = "; ".join(f"{refusal.address}: {refusal.reason}" for refusal in refusals)
            kind = TryLater if any(refusal.is_temporary for refusal in refusals) else NeverTaken
            raise kind(f"{place} took none of the recipients ({told}).") from None
        except smtplib.SMTPResponseException as error:
            kind = TryLater if 400 <= error.smtp_code < 500 or error.smtp_code < 200 else NeverTaken
            raise kind(f"{place} refused the mail ({_told(error.smtp_code, error.smtp_error)}).") from None
        except smtplib.SMTPNotSupportedError as error:
            raise NeverTaken(f"{place} does not offer what the settings ask for ({error}).") from None
        except ssl.SSLCertVerificationError as error:
            raise NeverTaken(
                f"{place} shows a certificate that is not trusted ({error.verify_message}). "
                f"Set mail.smtp.ca_file to the authority that signed it."
            ) from None
        except (smtplib.SMTPException, OSError) as error:
            raise TryLater(f"{place} could not be reached ({str(error) or type(error).__name__}).") from None


def _log_in(session: smtplib.SMTP, username: str, password: str) -> None:
    """One mechanism, one try: the library's own login tries all, and servers hang up on the second."""
    offered = session.esmtp_features.get("auth", "").upper().split()
    session.user, session.password = username, password
    for mechanism, answer in (
        ("PLAIN", session.auth_plain),
        ("LOGIN", session.auth_login),
        ("CRAM-MD5", session.auth_cram_md5),
    ):
        if mechanism in offered:
            session.auth(mechanism, answer)
            return
    raise smtplib.SMTPNotSupportedError("it offers no login by password")


def _xoauth2(username: str, token: str) -> Callable[[bytes | None], str]:
    def answer(challenge: bytes | None = None) -> str:
        # After a refusal the server sends its reason and waits for an empty line.
        return "" if challenge else f"user={username}\x01auth=Bearer {token}\x01\x01"

    return answer


def _refusal(address: str, code: int, words: bytes) -> Refusal:
    return Refusal(address=address, reason=_told(code, words), is_temporary=400 <= code < 500)


def _told(code: int, words: bytes | str) -> str:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    shown = " ".join("".join(c if c.isprintable() else " " for c in text).split())[:200]
    return f"{code} {shown}".strip()
