"""Mails to a real server over TLS: taken, refused for now, refused for good, too large."""

from __future__ import annotations

import dataclasses
import errno
import os
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from msp_audit.delivery import EmailChannel, Parcel, ReceiptStatus
from msp_audit.delivery.email import fit
from msp_audit.delivery.transport import NeverTaken
from msp_audit.settings import MailSettings, SecretReference, SmtpSettings
from tests.delivery.conftest import PNG
from tests.delivery.mailserver import PASSWORD, TOKEN, USER, Taken, certificate, mail_server, parsed

SENT, SPOOLED, FAILED = ReceiptStatus.SENT, ReceiptStatus.SPOOLED, ReceiptStatus.FAILED


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture(autouse=True)
def secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAIL_PASSWORD", PASSWORD)
    monkeypatch.setenv("MAIL_TOKEN", TOKEN)


def channel(taken: Taken | int, root: Path, *, ca: Path | None = None, **told: object) -> EmailChannel:
    port = taken if isinstance(taken, int) else taken.port
    secret: dict[str, object] = {"password": SecretReference("env:MAIL_PASSWORD")}
    smtp = {"host": "127.0.0.1", "port": port, "username": USER, "ca_file": ca, "timeout_seconds": 5}
    own = {key: told.pop(key) for key in ("security", "token", "username") if key in told}
    if "token" in own:
        secret = {}
    if "username" in own:
        secret = {}
    settings = MailSettings.model_validate(
        {"smtp": SmtpSettings.model_validate({**smtp, **secret, **own}), "retry_seconds": 0, **told}
    )
    clock = datetime(2026, 11, 16, 6)
    made = EmailChannel(settings, root=root, sleep=lambda _: None, now=lambda: clock)
    if isinstance(taken, Taken):
        taken.clients.append(made)
    return made


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_mail_arrives_over_tls_with_every_part(
    security: str, tls: tuple[Path, Path], parcel: Parcel, tmp_path: Path
) -> None:
    with mail_server(tls=tls, security=security) as taken:
        receipt = channel(taken, tmp_path, ca=tls[0], security=security).deliver(parcel)
    assert receipt.status is SENT, receipt
    assert receipt.location == "ana@northwind.example, noc@northwind.example through 127.0.0.1"
    assert taken.envelopes == [
        ("audit@northwind.example", ["ana@northwind.example", "noc@northwind.example"])
    ]
    assert taken.logins == ["PLAIN audit"]
    (mail,) = taken.mails
    assert mail["To"].addresses[0].display_name == "Ana Núñez"
    assert mail["Subject"] == "12 findings"
    assert mail["In-Reply-To"] == mail["References"]
    html, text = mail.get_body(("html",)), mail.get_body(("plain",))
    assert html is not None
    assert text is not None
    assert "Zwölf Funde" in html.get_content()
    assert text.get_content().strip() == "Zwölf Funde"
    images = {p["Content-ID"]: p.get_content() for p in mail.walk() if p.get_content_maintype() == "image"}
    assert images == {"<trend>": PNG, "<themes>": b"\xff\xd8\xff\xe0jpeg"}
    files = {p.get_filename(): p.get_payload(decode=True) for p in mail.iter_attachments()}
    assert files == {path.name: path.read_bytes() for path in parcel.attachments}


def test_a_token_signs_in(tls: tuple[Path, Path], parcel: Parcel, tmp_path: Path) -> None:
    token = SecretReference("env:MAIL_TOKEN")
    with mail_server(tls=tls) as taken:
        receipt = channel(taken, tmp_path, ca=tls[0], token=token).deliver(parcel)
    assert receipt.status is SENT, receipt
    assert taken.logins == [f"XOAUTH2 user=audit\x01auth=Bearer {TOKEN}\x01\x01"]


def test_plain_is_for_this_machine_only(parcel: Parcel, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="only allowed towards this machine"):
        SmtpSettings(host="mail.example.com", security="none")
    with mail_server(tls=None, login=False) as taken:
        receipt = channel(taken, tmp_path, security="none", username=None).deliver(parcel)
    assert receipt.status is SENT, receipt


def test_a_wrong_password_is_told_without_it(
    tls: tuple[Path, Path], parcel: Parcel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAIL_PASSWORD", "wrong but secret")
    with mail_server(tls=tls) as taken:
        receipt = channel(taken, tmp_path, ca=tls[0]).deliver(parcel)
    assert receipt.status is FAILED
    assert "refused the user audit" in receipt.detail
    assert "wrong but" not in repr(receipt)
    assert not taken.mails


def test_a_certificate_that_nobody_signed_is_not_trusted(
    tls: tuple[Path, Path], parcel: Parcel, tmp_path: Path
) -> None:
    with mail_server(tls=tls) as taken:
        receipt = channel(taken, tmp_path).deliver(parcel)
    assert receipt.status is FAILED
    assert "mail.smtp.ca_file" in receipt.detail
    assert not taken.logins


def test_what_the_server_finds_too_large_becomes_smaller_and_says_so(
    tls: tuple[Path, Path], parcel: Parcel, tmp_path: Path
) -> None:
    big = tmp_path / "weekly.xlsx"
    big.write_bytes(os.urandom(160_000))
    with mail_server(tls=tls, size=100_000) as taken:
        receipt = channel(taken, tmp_path, ca=tls[0]).deliver(parcel)
    assert receipt.status is SENT
    assert receipt.detail == "Too large, so left out: weekly.xlsx."
    (mail,) = taken.mails
    assert taken.sizes[0] < 100_000
    assert [part.get_filename() for part in mail.iter_attachments()] == ["weekly.pdf", "weekly.html"]
    for kind in ("plain", "html"):
        body = mail.get_body((kind,))
        assert body is not None
        assert "weekly.xlsx (0.2 MB) was too large to attach" in body.get_content()


def test_our_own_limit_holds_where_the_server_names_none(parcel: Parcel) -> None:
    parcel.attachments[0].write_bytes(os.urandom(60_000))
    parcel.attachments[1].write_bytes(os.urandom(90_000))
    message, left_out = fit(parcel, largest=100_000)
    assert left_out == ["weekly.xlsx"]
    assert len(message.as_bytes()) <= 100_000
    with pytest.raises(NeverTaken):
        fit(parcel, largest=500)


def test_a_refusal_for_now_is_tried_again(tls: tuple[Path, Path], parcel: Parcel, tmp_path: Path) -> None:
    with mail_server(tls=tls) as taken:
        taken.data_answers = ["451 try again later", "421 busy"]
        receipt = channel(taken, tmp_path, ca=tls[0]).deliver(parcel)
    assert receipt.status is SENT
    assert len(taken.mails) == 1


def test_what_cannot_leave_waits_and_is_sent_by_the_next_run_once(
    tls: tuple[Path, Path], parcel: Parcel, tmp_path: Path
) -> None:
    with mail_server(tls=tls) as taken:
        taken.data_answers = ["451 greylisted"] * 3
        mails = channel(taken, tmp_path, ca=tls[0])
        first = mails.deliver(parcel)
        assert first.status is SPOOLED
        assert "451 greylisted" in first.detail
        assert not taken.mails
        (flushed,) = mails.flush()
        assert (flushed.receipt.status, flushed.waiting.name, flushed.waiting.run_id) == (SENT, "monday", 7)
        assert list(mails.flush()) == []
        mails.close()
    (mail,) = taken.mails
    assert taken.envelopes[0][1] == ["ana@northwind.example", "noc@northwind.example"]
    assert [part.get_filename() for part in mail.iter_attachments()] == [
        "weekly.pdf",
        "weekly.xlsx",
        "weekly.html",
    ]
    assert not list((tmp_path / "store" / "spool").iterdir())


def test_a_server_that_is_away_makes_the_mail_wait_until_it_is_given_up(
    parcel: Parcel, tmp_path: Path
) -> None:
    nobody = 1
    mails = channel(nobody, tmp_path, security="none", username=None, spool_days=2)
    assert mails.deliver(parcel).status is SPOOLED
    assert mails.deliver(parcel).status is SPOOLED
    (once,) = (tmp_path / "store" / "spool").glob("*.eml")
    assert parsed(once.read_bytes())["Subject"] == "12 findings"
    (kept,) = mails.flush()
    assert kept.receipt.status is SPOOLED
    mails._now = lambda: datetime(2026, 11, 16, 6) + timedelta(days=3)
    (given_up,) = mails.flush()
    assert given_up.receipt.status is FAILED
    assert "Given up after 2 days" in given_up.receipt.detail
    assert not once.exists()


def test_a_recipient_refused_for_good_is_told_and_the_others_get_it(
    tls: tuple[Path, Path], parcel: Parcel, tmp_path: Path
) -> None:
    with mail_server(tls=tls) as taken:
        taken.rcpt_answers["noc@northwind.example"] = "550 no such user"
        receipt = channel(taken, tmp_path, ca=tls[0]).deliver(parcel)
        assert receipt.status is SENT
        assert receipt.detail == "Not taken for: noc@northwind.example (550 no such user)."
        assert receipt.location.startswith("ana@northwind.example through")
        taken.rcpt_answers["ana@northwind.example"] = "550 gone"
        again = channel(taken, tmp_path, ca=tls[0]).deliver(parcel)
    assert again.status is FAILED
    assert "took none of the recipients" in again.detail
    assert not (tmp_path / "store" / "spool").exists()


def test_a_recipient_refused_for_now_waits_alone(
    tls: tuple[Path, Path], parcel: Parcel, tmp_path: Path
) -> None:
    with mail_server(tls=tls) as taken:
        taken.rcpt_answers["noc@northwind.example"] = "452 mailbox full"
        mails = channel(taken, tmp_path, ca=tls[0])
        assert mails.deliver(parcel).status is SENT
        taken.rcpt_answers.clear()
        assert [flushed.receipt.status for flushed in mails.flush()] == [SENT]
        mails.close()
    assert [to for _, to in taken.envelopes] == [["ana@northwind.example"], ["noc@northwind.example"]]


def test_a_recipient_refused_again_from_the_spool_waits_on_until_given_up(
    tls: tuple[Path, Path], parcel: Parcel, tmp_path: Path
) -> None:
    with mail_server(tls=tls) as taken:
        mails = channel(taken, tmp_path, ca=tls[0], spool_days=2)
        taken.data_answers = ["451 greylisted"] * 3
        assert mails.deliver(parcel).status is SPOOLED
        taken.rcpt_answers["noc@northwind.example"] = "452 mailbox full"
        (first,) = mails.flush()
        assert first.receipt.status is SENT
        assert "Those refused for now wait in the spool." in first.receipt.detail
        assert first.receipt.location.startswith("ana@northwind.example through")
        (second,) = mails.flush()
        assert (second.receipt.status, second.waiting.recipients) == (SPOOLED, ("noc@northwind.example",))
        mails._now = lambda: datetime(2026, 11, 16, 6) + timedelta(days=3)
        (third,) = mails.flush()
        assert third.receipt.status is FAILED
        assert list(mails.flush()) == []
        mails.close()
    assert [to for _, to in taken.envelopes] == [["ana@northwind.example"]]


def test_a_spooled_mail_that_cannot_be_read_now_is_not_thrown_away(
    tls: tuple[Path, Path], parcel: Parcel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreadable(path: Path) -> bytes:
        if path.suffix == ".eml":
            raise OSError(errno.EIO, "Input/output error")
        return reading(path)

    reading = Path.read_bytes
    with mail_server(tls=tls) as taken:
        mails = channel(taken, tmp_path, ca=tls[0])
        taken.data_answers = ["451 greylisted"] * 3
        assert mails.deliver(parcel).status is SPOOLED
        with monkeypatch.context() as disk:
            disk.setattr(Path, "read_bytes", unreadable)
            (kept,) = mails.flush()
        assert kept.receipt.status is SPOOLED
        assert [flushed.receipt.status for flushed in mails.flush()] == [SENT]
        mails.close()
    assert len(taken.mails) == 1


@pytest.mark.parametrize("full_from", [1, 2])
def test_a_full_disk_leaves_nothing_half_spooled(
    full_from: int, parcel: Parcel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mails = channel(1, tmp_path, security="none", username=None)
    flushing, flushed = os.fsync, []

    def full(descriptor: int) -> None:
        flushed.append(descriptor)
        if len(flushed) >= full_from:
            raise OSError(errno.ENOSPC, "No space left on device")
        flushing(descriptor)

    monkeypatch.setattr(os, "fsync", full)
    receipt = mails.deliver(parcel)
    assert receipt.status is FAILED
    assert "could not be spooled either" in receipt.detail
    assert "No space left" in receipt.detail
    assert list((tmp_path / "store" / "spool").iterdir()) == []


def test_a_subject_cannot_add_a_recipient(tls: tuple[Path, Path], parcel: Parcel, tmp_path: Path) -> None:
    forged = dataclasses.replace(parcel, subject="two\r\nBcc: everyone@example.com", attachments=())
    with mail_server(tls=tls) as taken:
        channel(taken, tmp_path, ca=tls[0]).deliver(forged)
    (mail,) = taken.mails
    assert mail["Bcc"] is None
    assert mail["Subject"] == "two Bcc: everyone@example.com"
    assert taken.envelopes[0][1] == ["ana@northwind.example", "noc@northwind.example"]
