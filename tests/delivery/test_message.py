"""The mail of a parcel, parsed back as a mail program does."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from msp_audit.delivery import Parcel, message_bytes
from msp_audit.delivery.message import SUBJECT_LENGTH
from msp_audit.errors import DeliveryError

HOSTILE = (
    "Acme\r\nBcc: thief@evil.example",
    "Acme\nX-Injected: yes",
    "Acme\r\n\r\n<script>alert(1)</script>",
    "Acme\u2028Bcc: thief@evil.example",
    "Acme\x00\x0b\x0c\x1c\x85Bcc: thief@evil.example",
    "Acme =?utf-8?q?=0D=0ABcc=3A_thief=40evil=2Eexample?=",
)


def parse(raw: bytes) -> EmailMessage:
    return message_from_bytes(raw, policy=policy.default)


def headers_of(message: EmailMessage) -> list[str]:
    return [name for part in message.walk() for name in part]


def test_all_parts_arrive_as_they_were(parcel: Parcel) -> None:
    message = parse(message_bytes(parcel))
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    assert text is not None
    assert html is not None
    assert text.get_content().splitlines() == parcel.text.splitlines()
    assert html.get_content().splitlines() == parcel.html.splitlines()
    attached = {part.get_filename(): part for part in message.iter_attachments()}
    assert list(attached) == ["weekly.pdf", "weekly.xlsx", "weekly.html"]
    for path in parcel.attachments:
        assert attached[path.name].get_payload(decode=True) == path.read_bytes()
    assert attached["weekly.pdf"].get_content_type() == "application/pdf"
    assert [part.defects for part in message.walk() if part.defects] == []


def test_the_parts_are_nested_as_mail_programs_expect(parcel: Parcel) -> None:
    assert [part.get_content_type() for part in parse(message_bytes(parcel)).walk()] == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "multipart/related",
        "text/html",
        "image/png",
        "image/jpeg",
        "application/pdf",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "text/html",
    ]


def test_every_image_that_the_html_names_is_there_and_inline(parcel: Parcel) -> None:
    message = parse(message_bytes(parcel))
    images = {part["Content-ID"]: part for part in message.walk() if part.get_content_maintype() == "image"}
    assert {f"<{cid}>" for cid in re.findall(r'src="cid:([^"]+)"', parcel.html)} == set(images)
    for cid, content in parcel.images:
        assert images[f"<{cid}>"].get_payload(decode=True) == content
        assert images[f"<{cid}>"].get_content_disposition() == "inline"


def test_headers_say_who_when_and_that_no_one_need_answer(parcel: Parcel) -> None:
    message = parse(message_bytes(parcel))
    assert message["From"] == "MSP audit <audit@northwind.example>"
    assert [address.addr_spec for address in message["To"].addresses] == [
        "ana@northwind.example",
        "noc@northwind.example",
    ]
    assert message["To"].addresses[0].display_name == "Ana Núñez"
    assert message["Date"].datetime == datetime(2026, 11, 2, 6, tzinfo=UTC)
    assert message["Auto-Submitted"] == "auto-generated"


def test_a_mail_to_nobody_has_no_to(parcel: Parcel) -> None:
    assert parse(message_bytes(replace(parcel, to=())))["To"] is None


def test_the_mail_travels_as_short_seven_bit_lines(parcel: Parcel) -> None:
    long = "ü" * 5000 + "\n" + "x" * 5000
    raw = message_bytes(replace(parcel, html=long, text=long, subject="Größe " * 40))
    assert raw.isascii()
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    html = parse(raw).get_body(("html",))
    assert html is not None
    assert html.get_content().splitlines() == long.splitlines()


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_subject_stays_one_inert_header(parcel: Parcel, name: str) -> None:
    message = parse(message_bytes(replace(parcel, subject=f"Findings of {name}")))
    assert headers_of(message) == headers_of(parse(message_bytes(parcel)))
    assert message["Subject"].startswith("Findings of Acme")
    assert not re.search(r"[\r\n\x00-\x1f\x85\u2028]", message["Subject"])


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_company_and_file_name_add_no_header(parcel: Parcel, tmp_path: Path, name: str) -> None:
    file = tmp_path / (name.replace("/", "-").replace("\x00", "") + ".pdf")
    file.write_bytes(b"%PDF")
    message = parse(message_bytes(replace(parcel, company=name, name=name, report=name, attachments=(file,))))
    assert "Bcc" not in headers_of(message)
    assert "X-Injected" not in headers_of(message)
    (attached,) = message.iter_attachments()
    assert attached.get_payload(decode=True) == b"%PDF"


@pytest.mark.parametrize(
    "address",
    [
        "ana@x.example\r\nBcc: thief@evil.example",
        "a@x.example, b@y.example",
        "Ana",
        "",
        "@x.example",
        "ana@",
        "=?utf-8?q?=0D=0ABcc:?= <a@b>, c@d",
    ],
)
def test_what_is_not_one_address_is_refused(parcel: Parcel, address: str) -> None:
    with pytest.raises(DeliveryError, match="is not one mail address"):
        message_bytes(replace(parcel, to=(address,)))
    with pytest.raises(DeliveryError, match="is not one mail address"):
        message_bytes(replace(parcel, sender=address))


def test_non_ascii_subjects_arrive_and_reading_marks_do_not(parcel: Parcel) -> None:
    subject = "Prüfung 監査 🔍 \u202egnp.exe"
    assert parse(message_bytes(replace(parcel, subject=subject)))["Subject"] == "Prüfung 監査 🔍 gnp.exe"


def test_an_endless_subject_is_cut(parcel: Parcel) -> None:
    subject = parse(message_bytes(replace(parcel, subject="x" * 5000)))["Subject"]
    assert len(subject) == SUBJECT_LENGTH
    assert subject.endswith("…")


def test_half_a_character_does_not_stop_the_mail(parcel: Parcel) -> None:
    broken = replace(parcel, subject="A\ud800B", text="A\ud800B", html="A\ud800B", company="\ud800")
    assert parse(message_bytes(broken))["Subject"] == "A B"


def test_the_same_parcel_is_the_same_mail_in_another_process(parcel: Parcel, tmp_path: Path) -> None:
    assert message_bytes(parcel) == message_bytes(replace(parcel))
    script = tmp_path / "again.py"
    script.write_text(
        "import sys, datetime, pathlib\n"
        "from pathlib import PosixPath, WindowsPath\n"
        "from msp_audit.delivery import Parcel, message_bytes\n"
        f"sys.stdout.buffer.write(message_bytes({parcel!r}))\n"
    )
    again = subprocess.run(
        [sys.executable, script],
        capture_output=True,
        check=True,
        cwd=Path.cwd(),
        env={
            "PYTHONPATH": str(Path(__file__).parents[2]),
            "PYTHONHASHSEED": "1",
            "TZ": "Asia/Tokyo",
        },
    )
    assert again.stdout == message_bytes(parcel)


def test_runs_deliveries_and_companies_have_identities_of_their_own(parcel: Parcel) -> None:
    others = (
        replace(parcel, run_id=8),
        replace(parcel, as_of=datetime(2026, 11, 9, 6)),
        replace(parcel, name="tuesday"),
        replace(parcel, report="monthly"),
        replace(parcel, company="Acme"),
    )
    ids = {parse(message_bytes(each))["Message-ID"] for each in (parcel, *others)}
    assert len(ids) == 1 + len(others)
    assert parse(message_bytes(replace(parcel, text="other")))["Message-ID"] in ids


def test_mails_of_one_report_form_one_thread(parcel: Parcel) -> None:
    first, second = parse(message_bytes(parcel)), parse(message_bytes(replace(parcel, run_id=8, subject="9")))
    assert first["In-Reply-To"] == first["References"] == second["References"] == second["In-Reply-To"]
    assert first["References"] not in (first["Message-ID"], second["Message-ID"])
    for other in (replace(parcel, report="monthly"), replace(parcel, company="Acme")):
        assert parse(message_bytes(other))["References"] != first["References"]


def test_a_missing_attachment_is_named(parcel: Parcel, tmp_path: Path) -> None:
    with pytest.raises(DeliveryError, match=r"gone\.pdf cannot be read"):
        message_bytes(replace(parcel, attachments=(tmp_path / "gone.pdf",)))


@pytest.mark.parametrize("image", [("trend", b"<svg/>"), ("a>\r\nBcc: x@y.example", b"\x89PNG\r\n\x1a\n")])
def test_an_image_that_mail_programs_cannot_show_is_refused(parcel: Parcel, image: tuple[str, bytes]) -> None:
    with pytest.raises(DeliveryError, match="is no PNG or JPEG"):
        message_bytes(replace(parcel, images=(image,)))
