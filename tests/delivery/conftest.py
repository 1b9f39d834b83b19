"""A parcel to hand over."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from msp_audit.delivery import Parcel

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))


@pytest.fixture
def parcel(tmp_path: Path) -> Parcel:
    pdf, xlsx, page = (tmp_path / name for name in ("weekly.pdf", "weekly.xlsx", "weekly.html"))
    pdf.write_bytes(b"%PDF-1.7\r\n\x00\xff")
    xlsx.write_bytes(b"PK\x03\x04\x00\n\r")
    page.write_bytes("<p>Größe</p>\n".encode())
    return Parcel(
        name="monday",
        report="weekly",
        run_id=7,
        as_of=datetime(2026, 11, 2, 6),
        subject="12 findings",
        html='<p>Zwölf Funde</p><img src="cid:trend"><img src="cid:themes">\n',
        text="Zwölf Funde\n",
        sender="MSP audit <audit@northwind.example>",
        to=("Ana Núñez <ana@northwind.example>", "noc@northwind.example"),
        images=(("trend", PNG), ("themes", b"\xff\xd8\xff\xe0jpeg")),
        attachments=(pdf, xlsx, page),
    )
