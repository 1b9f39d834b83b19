"""Starting, stopping, switching weeks, and the sandbox's own pages."""

from __future__ import annotations

import shutil
import socket
import threading
import time
from pathlib import Path

import httpx
import pytest

from msp_audit.errors import SettingsError
from msp_audit.sandbox import Sandbox, reading, sample_weeks, samples_folder, serve_forever


def test_it_tells_what_it_serves_and_which_faults_there_are(sandbox: Sandbox) -> None:
    document = httpx.get(f"{sandbox.url}/sandbox").json()
    assert document["reading"] == str(sandbox.folder)
    assert (document["psa"], document["automate"], document["auvik"]) == (
        sandbox.psa_url,
        sandbox.automate_url,
        sandbox.auvik_url,
    )
    assert document["faults"]["psa_01_rate_limited"]["options"] == {"seconds": 30}
    assert document["faults_on"] == []


def test_faults_are_switched_over_http(sandbox: Sandbox, psa: httpx.Client) -> None:
    asked = {"name": "psa_01_rate_limited", "times": 5, "options": {"seconds": 3}}
    made = httpx.post(f"{sandbox.url}/sandbox/faults", json=asked)
    assert (made.status_code, made.json()["options"]) == (201, {"seconds": 3})
    assert psa.get("/company/companies").headers["retry-after"] == "3"
    assert httpx.get(f"{sandbox.url}/sandbox").json()["faults_on"][0]["acted"] == 1
    httpx.delete(f"{sandbox.url}/sandbox/faults?name=psa_01_rate_limited")
    assert psa.get("/company/companies").status_code == 200
    sandbox.faults.add("psa_07_login_page")
    assert httpx.delete(f"{sandbox.url}/sandbox/faults").status_code == 204
    assert sandbox.faults.on == ()


@pytest.mark.parametrize(
    "body",
    [
        b'{"name":"nonsense"}',
        b"{",
        b"[1]",
        b'{"name":"delay_ms","when":1}',
        b'{"name":"delay_ms","options":3}',
    ],
)
def test_a_fault_that_is_not_understood_is_refused(sandbox: Sandbox, body: bytes) -> None:
    answer = httpx.post(f"{sandbox.url}/sandbox/faults", content=body)
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_visits_are_remembered(sandbox: Sandbox, psa: httpx.Client) -> None:
    psa.get("/company/companies?pageSize=3")
    psa.get("/nonsense")
    visit, other = sandbox.visits
    assert (visit.source, visit.method, visit.status) == ("psa", "GET", 200)
    assert (visit.path, visit.query) == ("/v2026_4/apis/3.0/company/companies", (("pageSize", "3"),))
    assert other.status == 404
    sandbox.forget_visits()
    assert sandbox.visits == ()


def test_another_week_is_served_from_the_next_request_on(tiny_reading: Path, tmp_path: Path) -> None:
    for week in ("2026-11-02", "2026-11-09"):
        shutil.copytree(tiny_reading, tmp_path / week)
    (tmp_path / "2026-11-09" / "psa" / "boards.ndjson").write_text('{"id":99}\n', encoding="utf-8")
    first, second = sample_weeks(tmp_path)
    login = {
        "auth": ("northwind+public", "private"),
        "headers": {"clientId": "00000000-0000-4000-8000-000000000001"},
    }
    with Sandbox(first) as sandbox, httpx.Client(**login) as caller:  # type: ignore[arg-type]
        url = f"{sandbox.psa_url}/v2026_4/apis/3.0/service/boards"
        assert caller.get(url).json()[0]["id"] == 21
        sandbox.serve(second)
        assert caller.get(url).json() == [{"id": 99}]
        changed = caller.put(f"{sandbox.url}/sandbox/reading", json={"week": "2026-11-02"})
        assert changed.status_code == 200
        assert caller.get(url).json()[0]["id"] == 21
        for week in ("../..", "", "2027-01-01"):
            assert caller.put(f"{sandbox.url}/sandbox/reading", json={"week": week}).status_code == 400
        assert sandbox.folder == first


def test_it_stops_cleanly_and_leaves_its_port_free(tiny_reading: Path) -> None:
    before = set(threading.enumerate())
    with Sandbox(tiny_reading) as sandbox, httpx.Client() as caller:
        caller.get(f"{sandbox.url}/sandbox")
        port = int(sandbox.url.rpartition(":")[2])
        began = time.monotonic()
        sandbox.stop()
        assert time.monotonic() - began < 3
        assert set(threading.enumerate()) - before == set()
        with pytest.raises(httpx.ConnectError):
            httpx.get(f"{sandbox.url}/sandbox")
    with Sandbox(tiny_reading, port=port) as again:
        assert httpx.get(f"{again.url}/sandbox").status_code == 200


def test_a_taken_port_is_told_in_a_sentence(tiny_reading: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(
            SettingsError, match=f"cannot listen on http://127.0.0.1:{port}: .* Choose another port"
        ):
            Sandbox(tiny_reading, port=port).start()


def test_a_folder_that_is_not_there_is_told_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="is no folder"):
        Sandbox(tmp_path / "nowhere")


def test_serving_for_ever_ends_with_an_interrupt(tiny_reading: Path) -> None:
    seen = []

    def interrupt(sandbox: Sandbox) -> None:
        seen.append(httpx.get(f"{sandbox.url}/sandbox").status_code)
        raise KeyboardInterrupt

    serve_forever(tiny_reading, port=0, ready=interrupt)
    assert seen == [200]


def test_samples_are_found_in_a_checkout_and_in_a_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "a" / "msp_audit" / "sandbox"
    package.mkdir(parents=True)
    monkeypatch.setattr(reading, "__file__", str(package / "reading.py"))
    with pytest.raises(SettingsError, match="sample readings are not there"):
        samples_folder()
    for folder in (package / "samples", tmp_path / "a" / "data" / "samples"):
        (folder / "2026-11-02").mkdir(parents=True)
        (folder / "2026-11-02" / "estate.json").write_text("{}", encoding="utf-8")
        assert samples_folder() == folder
        assert sample_weeks(folder) == (folder / "2026-11-02",)


def test_small_answers_do_not_wait_for_the_callers_acknowledgement(psa: httpx.Client) -> None:
    psa.get("/company/companies/count")
    took = []
    for _ in range(20):
        began = time.monotonic()
        psa.get("/company/companies/count")
        took.append(time.monotonic() - began)
    # Nagle's algorithm against a delayed acknowledgement costs 40 ms each; a busy machine spares some.
    assert min(took) < 0.03
