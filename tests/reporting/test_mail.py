from __future__ import annotations

import io
import re

import pytest

from msp_audit.reporting import Brand, MailBody, ReportDefinition, mail_body
from msp_audit.reporting.mail import MAX_HTML_BYTES
from tests.reporting import estate
from tests.reporting.conftest import BRAND
from tests.reporting.reading import read_html

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f64540"
    "0000000049454e44ae426082"
)


@pytest.fixture(scope="module")
def mail(weekly: ReportDefinition) -> MailBody:
    return mail_body(weekly, estate.weekly().reader(), 3, brand=BRAND)


def test_subject_holds_the_figures(mail: MailBody) -> None:
    assert mail.subject == ("Northwind Managed Services audit, 16 Nov 2026: 53 open, 13 new, 1 resolved")


def test_both_bodies_begin_with_what_was_not_checked(mail: MailBody) -> None:
    assert mail.text.startswith("Not checked: 1 list of ConnectWise PSA and 1 rule.")
    (body,) = read_html(mail.html).all("body")
    assert body.text.split()[:5] == ["Not", "checked:", "1", "list", "of"]


def test_styles_are_inlined_and_layout_is_tables(mail: MailBody) -> None:
    document = read_html(mail.html)
    assert not document.all("svg")
    assert not document.all("script")
    assert "display:flex" not in mail.html
    assert "display:grid" not in mail.html
    assert all(e.attributes.get("style") for e in document.with_class("c"))
    assert "@media" in mail.html


def test_images_come_along_and_tell_what_they_show(mail: MailBody) -> None:
    shown = {i.attributes["src"]: i.attributes["alt"] for i in read_html(mail.html).all("img")}
    assert list(shown) == [f"cid:{cid}" for cid, _ in mail.images]
    assert list(shown) == ["cid:trend", "cid:flow", "cid:age"]
    assert shown["cid:trend"].startswith("Open findings over 3 runs")
    assert shown["cid:flow"].endswith("16 Nov 2026: 14 appeared, 1 resolved.")
    assert "up to 7 days: " in shown["cid:age"]
    assert all(png.startswith(b"\x89PNG") for _, png in mail.images)


def test_the_charts_figures_stand_in_the_text_too(mail: MailBody) -> None:
    said = " ".join(mail.text.split())
    for image in read_html(mail.html).all("img"):
        assert image.attributes["alt"] in said


def test_the_charts_figures_are_those_of_the_ledger(mail: MailBody) -> None:
    made = estate.weekly()
    ages = [
        f"{count:,}"
        for (count,) in made.connection.execute("""
            select count(*) filter (
                date_diff('day', first_seen_at, timestamp '2026-11-16 06:00') between low and high
            )
            from audit.findings, (values (0, 7), (8, 30), (31, 90), (91, 365), (366, 9999)) as s (low, high)
            where detection <> 'resolved' and parent_finding_id is null and triage <> 'suppressed'
            group by low
            order by low
        """).fetchall()
    ]
    told = read_html(mail.html).all("img", src="cid:age")[0].attributes["alt"]
    assert re.findall(r": ([\d,]+)", told) == ages


def test_the_chart_does_not_name_its_maker(mail: MailBody) -> None:
    assert b"matplotlib" not in mail.images[0][1].lower()


def test_a_logo_goes_along_as_an_image(weekly: ReportDefinition) -> None:
    branded = Brand(name="N", logo=PNG, logo_type="image/png")
    mail = mail_body(weekly, estate.empty().reader(), 1, brand=branded)
    assert dict(mail.images)["logo"] == PNG
    assert 'src="cid:logo"' in mail.html


@pytest.mark.parametrize("length", [1, 400])
def test_a_mail_stays_below_what_gmail_shows_and_counts_the_rest(
    weekly: ReportDefinition, length: int
) -> None:
    made = estate.Estate()
    for run_id in (1, 2, 3):
        made.run(run_id)
    made.rule(3, "sync.client_unsynced")
    made.crowd(
        10_000,
        run_id=3,
        companies=5000,
        rules=["sync.client_unsynced"],
        name=f"repeat('<&>', {length}) || 'M' || n",
    )
    mail = mail_body(weekly, made.reader(), 3, brand=BRAND)
    assert len(mail.html.encode()) < MAX_HTML_BYTES
    left = [int(n.replace(",", "")) for n in re.findall(r"([\d,]+) more rows? left out here", mail.html)]
    # 10,000 changes and 5,000 companies, shown or counted; each shown row names its company.
    cells = [e for e in read_html(mail.html).with_class("c") if "Company <&>" in e.text]
    assert cells
    assert len(cells) + sum(left) == 15_000
    assert [int(n.replace(",", "")) for n in re.findall(r"\(([\d,]+) more rows? left", mail.text)] == left


def test_nothing_found_is_a_mail_too(weekly: ReportDefinition) -> None:
    mail = mail_body(weekly, estate.empty().reader(), 1, brand=BRAND)
    assert mail.text.startswith(
        "Everything configured was read completely and every rule was judged.\nNothing found: "
    )
    assert "No company has an open finding." in mail.html


def test_text_lines_stay_narrow(mail: MailBody) -> None:
    assert max(map(len, io.StringIO(mail.text).read().splitlines())) <= 78


def test_every_mail_says_when_each_source_was_last_read_whole(weekly: ReportDefinition) -> None:
    own = weekly.model_copy(update={"mail_sections": ("summary",)})
    mail = mail_body(own, estate.weekly().reader(), 3, brand=BRAND)
    for said in (mail.text, read_html(mail.html).all("body")[0].text):
        assert "last complete readings" in said.lower()
        # One of its lists was refused this time, so the reading before counts.
        assert "9 Nov 2026, 06:00 UTC" in said
