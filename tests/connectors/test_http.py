"""The HTTP core: patience with limits, errors by remedy, and no secret in any word."""

from __future__ import annotations

import base64
import gzip
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from msp_audit.connectors.answer import Secrets, complaint
from msp_audit.connectors.http import Api, Forbidden, Missing, Rejected, Unauthorized
from msp_audit.errors import SettingsError, SourceChanged, SourceError, SourceUnavailable
from msp_audit.settings import HttpSettings
from tests.connectors.loopback import Asked, Loopback, Reply, Responder, as_json, html, in_turn, serving

SECRET = "s3cr3t-Key"
GOOD = as_json([{"id": 1}])

Ask = Callable[..., tuple[Api, Loopback, list[float]]]


@pytest.fixture
def ask() -> Iterator[Ask]:
    """Makes a server that answers, an Api towards it, and a list of the seconds it slept."""
    opened: list[Any] = []

    def make(respond: Responder, **options: Any) -> tuple[Api, Loopback, list[float]]:
        server = serving(respond)
        opened.append(server)
        loopback = server.__enter__()
        slept: list[float] = []
        settings = options.pop("settings", HttpSettings(retry_floor_seconds=1))
        api = Api(
            source="psa",
            base_url=loopback.url,
            settings=settings,
            auth=httpx.BasicAuth("acme+public-Key", SECRET),
            secrets=(SECRET, "public-Key"),
            sleep=slept.append,
            **options,
        )
        opened.append(api)
        return api, loopback, slept

    yield make
    for one in reversed(opened):
        one.close() if isinstance(one, Api) else one.__exit__(None, None, None)


def test_a_good_answer_is_parsed_and_counted(ask: Ask) -> None:
    api, loopback, slept = ask(in_turn(GOOD))
    answer = api.get("/companies", params={"pageSize": 2}, resource="companies")
    assert answer.records() == [{"id": 1}]
    assert loopback.asked[0].query == {"pageSize": "2"}
    assert api.usage("companies").requests == 1
    assert slept == []


def test_one_connection_serves_request_after_request(ask: Ask) -> None:
    api, loopback, _ = ask(in_turn(GOOD, html("busy", status=503), GOOD))
    for _ in range(20):
        api.get("/companies")
    assert len({one.port for one in loopback.asked}) == 1


def test_there_are_no_more_connections_than_requests_at_once(ask: Ask) -> None:
    together = threading.Barrier(3, timeout=10)

    def respond(_asked: Asked) -> Reply:
        together.wait()
        return GOOD

    api, loopback, _ = ask(respond, settings=HttpSettings(concurrency=3))
    with ThreadPoolExecutor(max_workers=9) as pool:
        assert [answer.status for answer in pool.map(lambda _: api.get("/companies"), range(30))] == [
            200
        ] * 30
    assert len({one.port for one in loopback.asked}) == 3


def test_an_address_that_cannot_be_asked_is_told_as_such(ask: Ask) -> None:
    api, loopback, _ = ask(in_turn(GOOD))
    with pytest.raises(SourceChanged, match="psa 'companies' led to an address that cannot be asked"):
        api.get(f"/companies?cursor={'x' * 70_000}", resource="companies")
    assert loopback.asked == []


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_passing_failure_is_asked_again(ask: Ask, status: int) -> None:
    api, _, slept = ask(in_turn(html("busy", status=status), GOOD))
    assert api.get("/companies", resource="companies").records() == [{"id": 1}]
    usage = api.usage("companies")
    assert (usage.requests, usage.retries) == (2, 1)
    assert len(slept) == 1


@pytest.mark.parametrize(
    ("header", "low", "high"),
    [("30", 29.9, 30), ("0", 0.9, 1), ("nonsense", 0.9, 1), ("-5", 0.9, 1), ("DATE", 38, 41)],
)
def test_retry_after_is_obeyed_as_seconds_as_date_and_never_below_the_floor(
    ask: Ask, header: str, low: float, high: float
) -> None:
    if header == "DATE":
        header = format_datetime(datetime.now(UTC) + timedelta(seconds=40), usegmt=True)
    api, _, slept = ask(in_turn(as_json({"error": "ConnectWiseAPI"}, status=429, Retry_After=header), GOOD))
    api.get("/companies")
    assert len(slept) == 1
    assert low <= slept[0] <= high


def test_a_wait_beyond_the_budget_is_not_begun(ask: Ask) -> None:
    settings = HttpSettings(retry_budget_seconds=100)
    api, loopback, slept = ask(in_turn(html("x", status=429, Retry_After="86400")), settings=settings)
    with pytest.raises(SourceUnavailable, match="retry_budget_seconds"):
        api.get("/companies")
    assert slept == []
    assert len(loopback.asked) == 1


def test_the_budget_is_spent_once_for_all_requests(ask: Ask) -> None:
    settings = HttpSettings(retry_budget_seconds=5, tries=2)
    api, _, slept = ask(in_turn(html("x", status=429, Retry_After="3")), settings=settings)
    with pytest.raises(SourceUnavailable):
        api.get("/a")
    with pytest.raises(SourceUnavailable, match="retry_budget_seconds"):
        api.get("/b")
    assert len(slept) == 1


def test_one_throttled_thread_holds_the_others_back(ask: Ask) -> None:
    """Four threads meet one 429: one wait is charged, not four."""
    first = threading.Event()

    def respond(_asked: object) -> Reply:
        if not first.is_set():
            first.set()
            return html("slow down", status=429, Retry_After="50")
        return GOOD

    settings = HttpSettings(retry_budget_seconds=60, concurrency=4)
    api, _, slept = ask(respond, settings=settings)
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda n: api.get(f"/{n}", resource="r").records(), range(8)))
    assert answers == [[{"id": 1}]] * 8
    assert all(seconds <= 50 for seconds in slept)
    assert api.usage("r").requests == 9


def test_http_500_is_tried_three_times_and_no_more(ask: Ask) -> None:
    boom = as_json({"code": "ConnectWiseApi", "message": "String was not recognized"}, status=500)
    api, loopback, _ = ask(in_turn(boom, boom, GOOD))
    assert api.get("/companies").records() == [{"id": 1}]
    api, loopback, _ = ask(in_turn(boom))
    with pytest.raises(SourceUnavailable, match="String was not recognized"):
        api.get("/companies", resource="companies")
    assert len(loopback.asked) == 3


def test_a_dropped_connection_is_asked_again(ask: Ask) -> None:
    api, _, _ = ask(in_turn(Reply(close=True), GOOD))
    assert api.get("/companies").records() == [{"id": 1}]


def test_a_body_shorter_than_promised_is_asked_again(ask: Ask) -> None:
    short = Reply(body=b'[{"id":', headers={"Content-Length": "5000"})
    api, _, _ = ask(in_turn(short, GOOD))
    assert api.get("/companies").records() == [{"id": 1}]


def test_nobody_listening_is_unavailable_after_all_tries() -> None:
    slept: list[float] = []
    api = Api(source="psa", base_url="http://127.0.0.1:9", settings=HttpSettings(tries=3), sleep=slept.append)
    with pytest.raises(SourceUnavailable, match="could not be reached"):
        api.get("/companies", resource="companies")
    assert len(slept) == 2
    api.close()


@pytest.mark.parametrize(
    ("status", "kind"),
    [(401, Unauthorized), (403, Forbidden), (404, Missing), (405, Missing), (400, Rejected), (415, Rejected)],
)
def test_what_will_not_pass_is_not_repeated(ask: Ask, status: int, kind: type[SourceError]) -> None:
    body = {"code": "X", "message": "outer", "errors": [{"message": "The inner words."}]}
    api, loopback, _ = ask(in_turn(as_json(body, status=status)))
    with pytest.raises(kind, match=f"HTTP {status}: The inner words") as caught:
        api.get("/companies", resource="companies")
    assert type(caught.value) is kind
    assert len(loopback.asked) == 1


def test_a_403_that_means_slow_down_is_repeated_when_the_source_says_so(ask: Ask) -> None:
    limited = as_json({"errors": [{"detail": "Rate limit exceeded"}]}, status=403)
    api, _, _ = ask(
        in_turn(limited, GOOD), throttled=lambda status, body: status == 403 and b"rate limit" in body.lower()
    )
    assert api.get("/devices").records() == [{"id": 1}]


def test_a_redirect_is_not_followed_and_names_only_the_host(ask: Ask) -> None:
    api, loopback, _ = ask(
        in_turn(Reply(status=308, headers={"Location": f"https://eu.example/x?key={SECRET}"}))
    )
    with pytest.raises(SourceChanged, match=r"eu\.example") as caught:
        api.get("/companies")
    assert SECRET not in str(caught.value)
    assert len(loopback.asked) == 1


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        (b"<!DOCTYPE html>\n<html><title>Sign in</title>", "HTML"),
        (b'[{"id": 1}, {"id"', "17 bytes"),
        (b"", "nothing"),
        (b"[" * 5000, "5,000 bytes"),
        (b'{"id": 1}', "9 bytes"),
        (b"[1, 2]", "6 bytes"),
    ],
)
def test_a_body_that_is_no_list_of_records_says_what_it_is(ask: Ask, body: bytes, shown: str) -> None:
    api, _, _ = ask(in_turn(Reply(body=body)))
    with pytest.raises(SourceChanged, match=shown):
        api.get("/companies", resource="companies").records()


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        (b"[" * 5000, "5,000 bytes of JSON nested more than 1,024 deep"),
        (b'[{"a":' * 2000 + b"1" + b"}]" * 2000, "16,001 bytes of JSON nested more than 1,024 deep"),
        (b"\xef\xbb\xbf" + b'{"a":' * 900_000, "JSON nested more than 1,024 deep"),
        (b"[" + b"{}," * 4_000_000 + b"{}]", "JSON of more than 4,000,000 objects and lists"),
    ],
    ids=["open", "closed", "deep_and_loose", "wide"],
)
def test_json_of_a_hostile_shape_is_told_by_its_true_cause(ask: Ask, body: bytes, shown: str) -> None:
    api, _, _ = ask(in_turn(Reply(body=body)))
    with pytest.raises(SourceChanged) as caught:
        api.get("/companies", resource="companies").records()
    assert f"{shown}; no list of records is like that. Check the address" in str(caught.value)
    assert "damaged" not in str(caught.value)


def test_a_refusal_in_json_of_a_hostile_shape_is_still_a_refusal(ask: Ask) -> None:
    api, _, _ = ask(in_turn(Reply(body=b"[" * 5000, status=403)))
    with pytest.raises(SourceError, match=r"403.*nested more than 1,024 deep"):
        api.get("/companies", resource="companies")


def test_as_deep_as_the_parser_goes_is_still_read(ask: Ask) -> None:
    api, _, _ = ask(in_turn(Reply(body=b"[" + b'{"a":' * 1000 + b"1" + b"}" * 1000 + b"]")))
    assert len(api.get("/companies").records()) == 1


def test_what_strict_parsers_refuse_is_still_read(ask: Ask) -> None:
    api, _, _ = ask(in_turn(Reply(body=b'\xef\xbb\xbf[{"id": 1, "name": "a\\ud800b\tc"}]')))
    assert api.get("/companies").records()[0]["id"] == 1


def test_an_answer_without_end_is_cut_off(ask: Ask) -> None:
    bomb = gzip.compress(b" " * 5_000_000)
    api, _, _ = ask(
        in_turn(Reply(body=bomb, headers={"Content-Encoding": "gzip"})), max_answer_bytes=1_000_000
    )
    with pytest.raises(SourceChanged, match="page_size"):
        api.get("/companies")


def test_a_damaged_compression_is_told(ask: Ask) -> None:
    api, _, _ = ask(in_turn(Reply(body=b"no gzip", headers={"Content-Encoding": "gzip"})))
    with pytest.raises(SourceChanged, match=r"damaged body: it is not packed as it says\."):
        api.get("/companies")


@pytest.mark.parametrize("packing", ["gzip, gzip", "br", "zstd"])
def test_a_packing_that_was_not_asked_for_is_told(ask: Ask, packing: str) -> None:
    api, _, _ = ask(in_turn(Reply(body=b"whatever", headers={"Content-Encoding": packing})))
    with pytest.raises(SourceChanged, match="packed in a way that was not asked for"):
        api.get("/companies")


def test_no_secret_comes_back_in_an_error(ask: Ask) -> None:
    header = base64.b64encode(f"acme+public-Key:{SECRET}".encode()).decode()
    echo = f"refused Authorization: Basic {header} key={SECRET} password=hunter2 user public-Key"
    for reply in (as_json({"message": echo}, status=403), html(f"<p>{echo}", status=401), html(f"<p>{echo}")):
        api, _, _ = ask(in_turn(reply))
        with pytest.raises(SourceError) as caught:
            api.get("/companies", params={"token": SECRET}).records()
        told = f"{caught.value!r} {caught.value.__cause__!r}"
        for secret in (SECRET, header, "hunter2", "public-Key"):
            assert secret not in told


@pytest.mark.parametrize(
    "body",
    [
        b'[{"globalLoginPassword": "correct horse battery"}, {"id',
        b'{"id": 1, "fieldType": "Password", "answer": "correct horse"}',
        b'password = "correct horse \\" battery"',
        b"token: 'correct horse",
    ],
)
def test_a_strange_body_is_told_without_what_it_holds(ask: Ask, body: bytes) -> None:
    api, _, _ = ask(in_turn(Reply(body=body)))
    with pytest.raises(SourceChanged) as caught:
        api.get("/companies").records()
    for word in ("correct", "horse", "battery"):
        assert word not in str(caught.value)


def test_nothing_secret_is_in_a_repr(ask: Ask) -> None:
    api, _, _ = ask(
        in_turn(Reply(body=b'{"password": "hunter2"}', headers={"Set-Cookie": "session=hunter2"}))
    )
    answer = api.get("/companies")
    assert "hunter2" not in repr(answer)
    assert SECRET not in repr(Secrets([SECRET]))


def test_each_request_is_logged_for_who_wants_to_know_and_without_secrets(
    ask: Ask, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG", logger="msp_audit")
    api, _, _ = ask(in_turn(html("busy", status=503), GOOD))
    api.get("/companies", params={"pageSize": 2, "conditions": f"name='{SECRET}'"})
    first, pause, second = (record.getMessage() for record in caplog.records)
    assert first.startswith("psa GET /companies?pageSize=2&conditions=")
    assert first.endswith(": HTTP 503, 4 bytes")
    assert pause == "psa: nothing is asked for 1.0 s"
    assert second.endswith(": HTTP 200, 11 bytes")
    assert SECRET not in first + second


def test_a_public_request_carries_no_credentials(ask: Ask) -> None:
    api, loopback, _ = ask(in_turn(GOOD))
    api.get("/public", is_public=True)
    api.get("/private")
    assert "authorization" not in loopback.asked[0].headers
    assert "authorization" in loopback.asked[1].headers


def test_a_file_of_authorities_that_is_none_is_a_settings_error(tmp_path: Path) -> None:
    bad = tmp_path / "ca.pem"
    bad.write_text("no certificate")
    for path in (bad, tmp_path / "missing.pem"):
        with pytest.raises(SettingsError, match="ca_file"):
            Api(source="psa", base_url="https://psa.example", settings=HttpSettings(ca_file=path))


def test_a_bad_proxy_is_a_settings_error_without_its_password() -> None:
    with pytest.raises(SettingsError) as caught:
        Api(source="psa", base_url="https://x.example", settings=HttpSettings(proxy="foo://u:hunter2@p"))
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("place", ["settings", "environment"])
def test_a_proxy_is_asked_in_the_place_of_the_source(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with serving(in_turn(GOOD)) as proxy:
        if place == "environment":
            monkeypatch.setenv("http_proxy", proxy.url.removeprefix("http://"))
            monkeypatch.setenv("no_proxy", "spared.example")
        settings = HttpSettings(proxy=proxy.url if place == "settings" else None)
        api = Api(source="psa", base_url="http://psa.example/base", settings=settings)
        try:
            assert api.get("/companies", params={"a": "b c&d"}).records() == [{"id": 1}]
        finally:
            api.close()
        (asked,) = proxy.asked
    assert (asked.headers["host"], asked.path, asked.query) == (
        "psa.example",
        "/base/companies",
        {"a": "b c&d"},
    )


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (
            b'{"code":"NotFound","message":"m","errors":[{"message":"a"},{"message":"b"},{"message":"a"}]}',
            "a; b",
        ),
        (b'{"code":"Security","message":"SSL is required.","errors":null}', "SSL is required."),
        (b'{"error":"ConnectWiseAPI","message":"Too many requests."}', "Too many requests."),
        (b'{"error":"only this"}', "only this"),
        (b'{"errors":[{"status":"403","title":"Forbidden","detail":"No role."}]}', "No role."),
        (b'{"errors":["text"],"message":5}', ""),
        (b'"just text"', "just text"),
        (b"", ""),
        (b"<html>\n<b>Bad gateway", "HTML (<html>)"),
        (b"<html><head><title>Sign in</title>", "HTML (Sign in)"),
        (b'{"message":"line\\nbreak\\u001b[31m"}', "line break [31m"),
    ],
)
def test_the_words_of_an_error_body_are_found(body: bytes, words: str) -> None:
    assert complaint(body, secrets=Secrets()) == words


def test_a_long_complaint_is_cut() -> None:
    assert len(complaint(b'{"message":"' + b"x" * 9000 + b'"}', secrets=Secrets())) == 300
