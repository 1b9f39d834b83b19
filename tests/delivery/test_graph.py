"""Mails through a stand-in for Microsoft Graph: small in one request, large with upload sessions."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from msp_audit.delivery import EmailChannel, Parcel, ReceiptStatus
from msp_audit.settings import GraphSettings, MailSettings, SecretReference
from tests.delivery.conftest import PNG
from tests.delivery.mailserver import Graph, graph


@pytest.fixture
def stand_in() -> Iterator[Graph]:
    with graph() as made:
        yield made


@pytest.fixture
def mails(stand_in: Graph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[EmailChannel]:
    monkeypatch.setenv("GRAPH_SECRET", "a secret")
    settings = GraphSettings(
        tenant="11111111-2222",
        client_id="app",
        client_secret=SecretReference("env:GRAPH_SECRET"),
        mailbox="audit@northwind.example",
        url=stand_in.url,
        login_url=stand_in.url,
    )
    made = EmailChannel(MailSettings(graph=settings, retry_seconds=0), root=tmp_path, sleep=lambda _: None)
    yield made
    made.close()


def test_a_small_mail_goes_whole(mails: EmailChannel, stand_in: Graph, parcel: Parcel) -> None:
    receipt = mails.deliver(parcel)
    assert receipt.status is ReceiptStatus.SENT, receipt
    assert stand_in.asked == ["token", "POST sendMail"]
    (mail,) = stand_in.sent
    assert mail["Subject"] == "12 findings"
    assert mail["References"]
    assert {p["Content-ID"] for p in mail.walk() if p.get_content_maintype() == "image"} == {
        "<trend>",
        "<themes>",
    }
    assert len(list(mail.iter_attachments())) == 3


def test_a_large_mail_goes_as_a_draft_with_upload_sessions(
    mails: EmailChannel, stand_in: Graph, parcel: Parcel
) -> None:
    big = parcel.attachments[1]
    big.write_bytes(os.urandom(5_000_000))
    receipt = mails.deliver(parcel)
    assert receipt.status is ReceiptStatus.SENT, receipt
    (mail,) = stand_in.sent
    files = {p.get_filename(): p.get_payload(decode=True) for p in mail.iter_attachments()}
    assert files == {path.name: path.read_bytes() for path in parcel.attachments}
    assert [told.rpartition("/")[0] for told in stand_in.pieces if told.endswith("/5000000")] == [
        "bytes 0-3276799",
        "bytes 3276800-4999999",
    ]
    html = mail.get_body(("html",))
    assert html is not None
    assert "Zwölf" in html.get_content()
    assert PNG in [p.get_payload(decode=True) for p in mail.walk()]
    assert mail["In-Reply-To"]


def test_throttling_is_waited_for(mails: EmailChannel, stand_in: Graph, parcel: Parcel) -> None:
    stand_in.answers["sendMail"] = [(429, {"Retry-After": "1"}), (503, {})]
    assert mails.deliver(parcel).status is ReceiptStatus.SENT
    assert stand_in.asked.count("POST sendMail") == 3
    assert stand_in.asked.count("token") == 1


def test_a_missing_permission_is_told_and_not_tried_again(
    mails: EmailChannel, stand_in: Graph, parcel: Parcel
) -> None:
    stand_in.answers["sendMail"] = [(403, {})]
    receipt = mails.deliver(parcel)
    assert receipt.status is ReceiptStatus.FAILED
    assert "Mail.Send" in receipt.detail
    assert stand_in.asked.count("POST sendMail") == 1


def test_a_draft_that_cannot_be_finished_is_removed(
    mails: EmailChannel, stand_in: Graph, parcel: Parcel
) -> None:
    parcel.attachments[1].write_bytes(os.urandom(4_000_000))
    stand_in.answers["createUploadSession"] = [(400, {})]
    assert mails.deliver(parcel).status is ReceiptStatus.FAILED
    assert not stand_in.drafts
    assert not stand_in.sent


def test_a_wrong_secret_is_told_without_it(
    mails: EmailChannel, parcel: Parcel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRAPH_SECRET", "wrong, yet secret")
    receipt = mails.deliver(parcel)
    assert receipt.status is ReceiptStatus.FAILED
    assert "yet secret" not in receipt.detail
