"""Finding the API of a PSA and signing in: every way it goes wrong says what to do."""

from __future__ import annotations

from typing import Any

import pytest

from msp_audit.connectors.psa import PsaConnector
from msp_audit.connectors.psa.api import _api_host
from msp_audit.domain import Verdict
from msp_audit.errors import SourceChanged, SourceRefused, SourceUnavailable
from tests.connectors.loopback import Asked, Reply, as_json, html, serving
from tests.connectors.psa.fake import PRIVATE_KEY, FakePsa, read, running, settings


@pytest.mark.parametrize(
    ("own", "named", "host"),
    [
        ("na.myconnectwise.net", "", "api-na.myconnectwise.net"),
        ("api-eu.myconnectwise.net", "", "api-eu.myconnectwise.net"),
        ("staging.connectwisedev.com", "", "api-staging.connectwisedev.com"),
        ("na.myconnectwise.net", "api-na.myconnectwise.net", "api-na.myconnectwise.net"),
        ("na.myconnectwise.net", "https://eu.myconnectwise.net/", "api-eu.myconnectwise.net"),
        ("na.myconnectwise.net", "evil.example", "api-na.myconnectwise.net"),
        ("na.myconnectwise.net", "myconnectwise.net.evil.example", "api-na.myconnectwise.net"),
        ("psa.customer.co.uk", "evil.co.uk", "psa.customer.co.uk"),
        ("psa.example.com", "api.example.com", "api.example.com"),
        ("psa.example.com:8443", "user@psa.example.com", "psa.example.com:8443"),
        ("127.0.0.1:9", "127.0.0.2:9", "127.0.0.1:9"),
    ],
)
def test_credentials_go_to_the_sites_own_api_host_and_to_no_stranger(own: str, named: str, host: str) -> None:
    assert _api_host(own, named=named) == host


def test_the_codebase_may_be_missing() -> None:
    fake = FakePsa()
    fake.codebase = "v4_6_release/"
    fake.info = {"IsCloud": "True"}
    assert {one.verdict for one in read(fake).readings.values()} == {Verdict.COMPLETE}


def test_an_unknown_company_is_refused_with_advice() -> None:
    with pytest.raises(SourceRefused, match=r"does not know the login company 'elsewhere'.*psa\.company"):
        read(FakePsa(), company="elsewhere")


def test_a_wrong_key_is_refused_before_anything_is_read() -> None:
    fake = FakePsa()
    with pytest.raises(SourceRefused, match="Incorrect public/private key") as caught:
        read(fake, client_id="00000000-0000-4000-8000-00000000beef")
    assert PRIVATE_KEY not in str(caught.value)


@pytest.mark.parametrize("info", [[], "x", {"Codebase": "../../evil/"}, {"Codebase": "http://evil.example/"}])
def test_a_strange_companyinfo_is_not_believed(info: Any) -> None:
    fake = FakePsa()
    fake.info = info
    with pytest.raises(SourceChanged, match=r"psa\.url"):
        read(fake)


def test_a_login_page_instead_of_the_api_is_told() -> None:
    with serving(lambda _asked: html("<title>Sign in</title>")) as loopback:
        connector = PsaConnector(settings(loopback.url))
        with pytest.raises(SourceChanged, match="Sign in"):
            list(connector.read())
        connector.close()


def test_a_site_that_is_down_is_unavailable() -> None:
    with serving(lambda _asked: html("busy", status=503)) as loopback:
        connector = PsaConnector(settings(loopback.url), sleep=lambda _seconds: None)
        with pytest.raises(SourceUnavailable):
            list(connector.read())
        connector.close()


def test_no_api_at_the_named_codebase_points_at_address_and_keys() -> None:
    fake = FakePsa()
    fake.info = {"Codebase": "v2031_1/"}
    with pytest.raises(SourceRefused, match="wrong keys"):
        read(fake)


def test_a_release_in_the_middle_of_the_reading_is_followed() -> None:
    fake = FakePsa({"/company/configurations": [{"id": n} for n in range(1, 6)]})

    def release(asked: Asked) -> Reply | None:
        if asked.query.get("pageId") == "2" and fake.codebase == "v2026_4/":
            fake.codebase = "v2026_5/"
            return html("404 - not found", status=404)
        return None

    fake.habit("/company/configurations", release)
    reading = read(fake)
    assert reading.ids("configurations") == [1, 2, 3, 4, 5]
    assert {one.verdict for one in reading.readings.values()} == {Verdict.COMPLETE}
    assert sum("companyinfo" in one.path for one in reading.asked) == 2


def test_companyinfo_is_not_asked_again_for_every_missing_list() -> None:
    fake = FakePsa()
    missing = {"/service/boards", "/service/boards/count", "/service/priorities", "/service/priorities/count"}
    fake.habits.append(lambda path, _asked: html("404", status=404) if path in missing else None)
    reading = read(fake)
    assert reading.readings["boards"].verdict is Verdict.ABSENT
    assert sum("companyinfo" in one.path for one in reading.asked) == 2


def test_a_member_without_the_right_to_companies_still_signs_in() -> None:
    fake = FakePsa()
    fake.habit("/company/companies", lambda _asked: as_json({"message": "no"}, status=403))
    reading = read(fake)
    assert reading.readings["companies"].verdict is Verdict.REFUSED
    assert reading.readings["sites"].verdict is Verdict.REFUSED
    assert reading.readings["boards"].verdict is Verdict.COMPLETE


def test_doctor_hears_about_sign_in_rights_and_every_list() -> None:
    fake = FakePsa(
        {
            "/system/mySecurity": [
                {"id": 1, "moduleName": "Finance", "moduleFunctionName": "Agreements", "inquireLevel": "My"}
            ]
        }
    )
    fake.habit("/service/boards", lambda _asked: as_json({"message": "no"}, status=403))
    with running(fake) as loopback:
        connector = PsaConnector(settings(loopback.url))
        checks = {check.name: check for check in connector.check()}
        connector.close()
    assert checks["psa sign-in"].is_ok
    assert checks["psa companies"].is_ok
    assert not checks["psa boards"].is_ok
    assert "Table Setup" in checks["psa boards"].fix
    assert "level My" in checks["psa agreements"].detail


def test_doctor_tells_of_a_failed_sign_in_instead_of_raising() -> None:
    with running(FakePsa()) as loopback:
        connector = PsaConnector(settings(loopback.url, company="elsewhere"))
        checks = list(connector.check())
        connector.close()
    assert [check.is_ok for check in checks] == [False]


def test_a_missing_secret_is_told_and_nothing_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TEST_PSA_PRIVATE")
    connector = PsaConnector(settings("https://psa.example"))
    assert "TEST_PSA_PRIVATE" in next(iter(connector.check())).detail
    connector.close()
