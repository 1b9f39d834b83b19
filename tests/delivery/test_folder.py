"""The folder channel on a real folder."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import datetime
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from msp_audit.delivery import CHANNELS, Parcel, ReceiptStatus, message_bytes, open_channel
from msp_audit.delivery.folder import FolderChannel, file_name
from msp_audit.settings import DeliverySettings


@pytest.fixture
def outbox(tmp_path: Path) -> Path:
    return tmp_path / "reports" / "outbox"


def test_a_parcel_becomes_one_mail_file(parcel: Parcel, outbox: Path) -> None:
    receipt = FolderChannel(outbox).deliver(parcel)
    assert receipt.status is ReceiptStatus.SENT
    assert receipt.location == str(outbox / "monday-7.eml")
    assert [path.name for path in outbox.iterdir()] == ["monday-7.eml"]
    assert (outbox / "monday-7.eml").read_bytes() == message_bytes(parcel)


def test_the_same_delivery_twice_is_one_mail(parcel: Parcel, outbox: Path) -> None:
    channel = FolderChannel(outbox)
    channel.deliver(parcel)
    before = (outbox / "monday-7.eml").stat()
    again = channel.deliver(replace(parcel, text="made anew, with another time stamp inside"))
    assert (again.status, again.location) == (ReceiptStatus.SKIPPED, str(outbox / "monday-7.eml"))
    after = (outbox / "monday-7.eml").stat()
    assert (after.st_mtime_ns, after.st_ino) == (before.st_mtime_ns, before.st_ino)


def test_another_mail_of_that_name_is_neither_overwritten_nor_taken_for_ours(
    parcel: Parcel, outbox: Path
) -> None:
    channel = FolderChannel(outbox)
    channel.deliver(parcel)
    receipt = channel.deliver(replace(parcel, as_of=datetime(2027, 1, 1)))
    assert receipt.status is ReceiptStatus.FAILED
    assert "holds another mail" in receipt.detail
    assert (outbox / "monday-7.eml").read_bytes() == message_bytes(parcel)


@pytest.mark.parametrize("there", [b"", b"not a mail", b"Message-ID: <x@y.example>\r\n\r\n"])
def test_a_foreign_file_is_left_alone(parcel: Parcel, outbox: Path, there: bytes) -> None:
    outbox.mkdir(parents=True)
    (outbox / "monday-7.eml").write_bytes(there)
    assert FolderChannel(outbox).deliver(parcel).status is ReceiptStatus.FAILED
    assert (outbox / "monday-7.eml").read_bytes() == there


def test_what_a_killed_run_left_behind_is_no_delivery(parcel: Parcel, outbox: Path) -> None:
    outbox.mkdir(parents=True)
    (outbox / ".monday-7.eml.part").write_bytes(b"Message-ID: half a m")
    assert FolderChannel(outbox).deliver(parcel).status is ReceiptStatus.SENT
    assert [path.name for path in outbox.iterdir()] == ["monday-7.eml"]


def test_a_parcel_that_cannot_be_made_leaves_nothing(parcel: Parcel, outbox: Path, tmp_path: Path) -> None:
    receipt = FolderChannel(outbox).deliver(replace(parcel, attachments=(tmp_path / "gone.pdf",)))
    assert receipt.status is ReceiptStatus.FAILED
    assert "gone.pdf" in receipt.detail
    assert not outbox.exists()


def test_a_folder_that_cannot_be_written_is_in_the_receipt(parcel: Parcel, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    receipt = FolderChannel(tmp_path / "file" / "outbox").deliver(parcel)
    assert receipt.status is ReceiptStatus.FAILED
    assert "could not be written" in receipt.detail
    assert receipt.location == ""


def test_a_full_disk_leaves_nothing_half_written(parcel: Parcel, outbox: Path) -> None:
    outbox.mkdir(parents=True)
    # A folder in the file's place: the last step fails, as it does when the disk is full.
    (outbox / ".monday-7.eml.part").mkdir()
    assert FolderChannel(outbox).deliver(parcel).status is ReceiptStatus.FAILED
    assert not (outbox / "monday-7.eml").exists()


@pytest.mark.parametrize(
    "name", ["../../etc/cron.d/x", "a/b", "..", "C:\\x", "con\x00", "\u202e", "ü" * 300, ""]
)
def test_no_name_leaves_the_folder(parcel: Parcel, outbox: Path, name: str) -> None:
    for hostile in (replace(parcel, name=name or "-"), replace(parcel, company=name)):
        assert FolderChannel(outbox).deliver(hostile).status is ReceiptStatus.SENT
    assert all(path.parent == outbox and len(os.fsencode(path.name)) < 255 for path in outbox.iterdir())
    assert len(list(outbox.iterdir())) == 2


def test_companies_that_look_alike_have_files_of_their_own(parcel: Parcel) -> None:
    names = {file_name(replace(parcel, company=company)) for company in ("A/B", "A B", "a-b", "監査", "検査")}
    assert len(names) == 5
    assert all(name.startswith("monday-") and name.endswith("-7.eml") for name in names)


def test_the_settings_choose_channel_and_folder(parcel: Parcel, tmp_path: Path) -> None:
    settings = DeliverySettings(name="monday", report="weekly", channel="folder", folder=Path("out"))
    receipt = open_channel(settings, root=tmp_path).deliver(parcel)
    assert receipt.location == str(tmp_path / "out" / "monday-7.eml")
    assert message_from_bytes((tmp_path / "out" / "monday-7.eml").read_bytes(), policy=policy.default)[
        "Subject"
    ]


def test_every_channel_of_the_settings_exists() -> None:
    known = DeliverySettings.model_json_schema()["properties"]["channel"]
    assert set(known.get("enum", [known.get("const")])) == set(CHANNELS)
    assert all(channel.name == name for name, channel in CHANNELS.items())
