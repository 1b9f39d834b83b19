"""The operator's mail when a run fails, and the heartbeat when it does not."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from msp_audit.connectors.heartbeat import beat
from msp_audit.delivery import ReceiptStatus
from msp_audit.errors import SettingsError, SourceUnavailable
from msp_audit.settings import MailSettings, ScheduleSettings, SecretReference, Settings, SmtpSettings
from msp_audit.workspace.watch import tell_monitor, tell_operator
from tests.connectors.loopback import Reply, serving
from tests.delivery.mailserver import mail_server
from tests.reporting import estate

NOW = datetime(2026, 11, 16, 6)


def test_the_operator_hears_what_failed(tmp_path: Path) -> None:
    with mail_server(tls=None, login=False) as taken:
        mail = MailSettings(
            smtp=SmtpSettings(host="127.0.0.1", port=taken.port, security="none"),
            operator=("ops@northwind.example",),
            sender="audit@northwind.example",
        )
        settings = Settings(root=tmp_path, name="North\r\nBcc: x@example.com", mail=mail)
        made = estate.Estate(tmp_path / settings.store.published)
        made.run(1)
        made.resource(1, "psa", "companies")
        made.resource(1, "psa", "sites", verdict="refused")
        made.connection.close()
        receipt = tell_operator(settings, troubles=["psa refused <script>"], now=NOW)
    assert receipt is not None
    assert receipt.status is ReceiptStatus.SENT, receipt
    (told,) = taken.mails
    assert told["Subject"] == "msp-audit of North Bcc: x@example.com needs a look"
    html, text = told.get_body(("html",)), told.get_body(("plain",))
    assert html is not None
    assert text is not None
    assert "psa refused &lt;script&gt;" in html.get_content()
    assert "- psa refused <script>" in text.get_content()
    assert text.get_content().splitlines()[-1] == "- psa: 2026-10-26 06:00 UTC"


def test_nobody_is_told_where_nothing_failed_or_nobody_is_named(tmp_path: Path) -> None:
    assert tell_operator(Settings(root=tmp_path), troubles=["x"], now=NOW) is None


def test_an_operator_who_cannot_be_told_is_logged_and_nothing_is_raised(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    mail = MailSettings(
        smtp=SmtpSettings(host="127.0.0.1", port=1, security="none"),
        operator=("ops@northwind.example",),
        sender="audit@northwind.example",
        retry_seconds=0,
    )
    receipt = tell_operator(Settings(root=tmp_path, mail=mail), troubles=["psa refused"], now=NOW)
    assert receipt is not None
    assert receipt.status is ReceiptStatus.SPOOLED
    assert "The operator could not be told" in caplog.text
    (spooled,) = (tmp_path / mail.spool).glob("*.eml")
    assert b"- none known" in spooled.read_bytes()


@pytest.mark.parametrize(("status", "told"), [(200, ""), (404, "answered with HTTP 404"), (500, "HTTP 500")])
def test_a_monitor_that_refuses_a_heartbeat_is_logged_without_its_address(
    status: int, told: str, tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(lambda _asked: Reply(body=b"", status=status)) as server:
        monkeypatch.setenv("HEARTBEAT", f"{server.url}/secret-token")
        schedule = ScheduleSettings.model_validate({"heartbeat_url": SecretReference("env:HEARTBEAT")})
        tell_monitor(Settings(root=tmp_path, schedule=schedule))
    assert told in caplog.text
    assert bool(caplog.text) is bool(told)
    assert "secret-token" not in caplog.text


def test_a_heartbeat_that_is_not_heard_keeps_its_address_secret() -> None:
    with pytest.raises(SourceUnavailable) as told:
        beat("http://127.0.0.1:1/secret-token")
    assert "secret-token" not in str(told.value)
    with pytest.raises(SettingsError):
        beat("http://example.com/secret-token")
