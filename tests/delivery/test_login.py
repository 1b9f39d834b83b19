"""``doctor`` about mail: as far as a login goes, and never a mail."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from msp_audit.delivery import check_login
from msp_audit.settings import GraphSettings, MailSettings, SecretReference, SmtpSettings
from tests.delivery import mailserver
from tests.delivery.mailserver import PASSWORD, USER, certificate, graph, mail_server


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return certificate(tmp_path_factory.mktemp("tls"))


def smtp(port: int, monkeypatch: pytest.MonkeyPatch, **members: object) -> MailSettings:
    monkeypatch.setenv("LOGIN_PASSWORD", PASSWORD)
    settings = {"host": "127.0.0.1", "port": port, "username": USER, "password": "env:LOGIN_PASSWORD"}
    return MailSettings(sender="a@b.example", smtp=SmtpSettings.model_validate({**settings, **members}))


def app(url: str, monkeypatch: pytest.MonkeyPatch, *, secret: str = "a secret") -> MailSettings:
    monkeypatch.setenv("LOGIN_SECRET", secret)
    return MailSettings(
        graph=GraphSettings(
            tenant="11111111-2222",
            client_id="app",
            client_secret=SecretReference("env:LOGIN_SECRET"),
            mailbox="audit@northwind.example",
            url=url,
            login_url=url,
        )
    )


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_mail_server_that_lets_us_in_is_well_and_gets_no_mail(
    tls: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, security: str
) -> None:
    with mail_server(tls=tls, security=security) as taken:
        check = check_login(smtp(taken.port, monkeypatch, security=security, ca_file=tls[0]))
        assert taken.logins == [f"PLAIN {USER}"]
    assert (check.name, check.is_ok, check.fix) == ("mail login", True, "")
    assert check.detail == f"127.0.0.1:{taken.port} over {security.upper()}, as {USER}; nothing was sent"
    assert not taken.mails
    assert not taken.envelopes


def test_a_wrong_password_is_told_with_what_to_mend(
    tls: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    with mail_server(tls=tls) as taken:
        settings = smtp(taken.port, monkeypatch, ca_file=tls[0])
        monkeypatch.setenv("LOGIN_PASSWORD", "wrong, yet secret")
        check = check_login(settings)
    assert not check.is_ok
    assert "refused the user audit" in check.detail
    assert "mail.smtp" in check.fix
    assert "yet secret" not in check.detail + check.fix


def test_a_strange_certificate_and_a_closed_port_are_told(
    tls: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    with mail_server(tls=tls) as taken:
        strange = check_login(smtp(taken.port, monkeypatch))
    closed = check_login(smtp(taken.port, monkeypatch))
    assert "mail.smtp.ca_file" in strange.detail
    assert "could not be reached" in closed.detail
    assert "host, port and security" in closed.fix
    assert not strange.is_ok
    assert not closed.is_ok


def token(*roles: str) -> str:
    claims = base64.urlsafe_b64encode(json.dumps({"roles": roles}).encode()).decode().rstrip("=")
    return f"head.{claims}.sign"


@pytest.mark.parametrize(
    ("given", "is_ok", "told"),
    [
        ("opaque", True, "Microsoft Graph as audit@northwind.example"),
        (token("Mail.Send", "Mail.ReadWrite"), True, "Microsoft Graph as audit@northwind.example"),
        (token("Mail.Send"), True, "without Mail.ReadWrite: no large mails"),
        (token("User.Read"), False, "without the right Mail.Send (it has: User.Read). Add Mail.Send"),
    ],
)
def test_graph_gives_a_token_and_its_rights_are_looked_at(
    monkeypatch: pytest.MonkeyPatch, given: str, is_ok: bool, told: str
) -> None:
    monkeypatch.setattr(mailserver, "TOKEN", given)
    with graph() as stand_in:
        check = check_login(app(stand_in.url, monkeypatch))
        assert stand_in.asked == ["token"]
    assert check.is_ok is is_ok
    assert told in check.detail
    assert bool(check.fix) is not is_ok


def test_a_wrong_secret_of_graph_is_told_without_it(monkeypatch: pytest.MonkeyPatch) -> None:
    with graph() as stand_in:
        check = check_login(app(stand_in.url, monkeypatch, secret="wrong, yet secret"))
    assert not check.is_ok
    assert "mail.graph" in check.fix
    assert "yet secret" not in check.detail
