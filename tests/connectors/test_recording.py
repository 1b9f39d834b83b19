"""Recordings: everything that was answered, nothing secret, and the same tables without a network."""

from __future__ import annotations

import base64
from pathlib import Path

import orjson
import pytest

from msp_audit.connectors.scrub import MASK, masked
from msp_audit.errors import SettingsError
from msp_audit.sandbox import LOGINS, Sandbox
from msp_audit.workspace import Workspace
from tests.workspace.estate import WEEKS, workspace_on

PASSWORD = "correct horse battery staple"
WEEK = WEEKS[-1]


def contents(workspace: Workspace) -> dict[str, list[tuple[object, ...]]]:
    """Every typed table, as it stands after a snapshot."""
    with workspace._store() as store:
        names = store.database.query(
            "select schema_name || '.' || table_name from duckdb_tables()"
            " where schema_name in ('psa', 'automate', 'auvik') order by 1"
        )
        return {
            name: sorted(store.database.query(f"select * from {name}").rows, key=repr) for (name,) in names
        }


def test_a_replay_gives_the_same_tables_and_the_recording_holds_no_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recording = tmp_path / "recording"
    with Sandbox() as sandbox:
        sandbox.faults.add("psa_52_passwords_present", password=PASSWORD)
        sandbox.faults.add("psa_01_rate_limited", after=40, times=1, seconds=0)
        automate = {
            "url": sandbox.automate_url,
            "password": "file:secrets/automate-password",
            **{name: LOGINS["automate"][name] for name in ("username", "client_id")},
        }
        first = workspace_on(tmp_path / "first", sandbox, WEEK, automate=automate)
        read = first.snapshot(record=recording)
        visits = len(sandbox.visits)
    # Nobody answers any more, and nobody has the keys.
    second = workspace_on(tmp_path / "second", sandbox, WEEK, automate=automate)
    for secret in (tmp_path / "second" / "secrets").iterdir():
        secret.unlink()
    monkeypatch.setattr("time.sleep", lambda seconds: pytest.fail(f"slept {seconds} s in a replay"))
    replayed = second.snapshot(replay=recording)
    assert [one.verdict for s in replayed for one in s.readings] == [
        one.verdict for s in read for one in s.readings
    ]
    tables = contents(first)
    assert contents(second) == tables
    assert len(tables["psa.configurations"]) > 1000
    files = sorted(recording.rglob("*.http"))
    assert len(files) == visits
    kept = b"\n".join(path.read_bytes() for path in files)
    basic = base64.b64encode(b"northwind+public:private")
    assert LOGINS["psa"]["client_id"].encode() not in kept
    assert basic not in kept
    assert b"uthorization:" not in kept
    assert b"Bearer " not in kept
    assert PASSWORD.encode() not in kept
    assert b"HTTP 429" in kept
    token = next(path for path in files if "apitoken" in path.name)
    assert orjson.loads(token.read_bytes().split(b"\n\n", 2)[2])["AccessToken"] == MASK


def test_a_folder_with_something_in_it_is_not_recorded_into(tmp_path: Path) -> None:
    (tmp_path / "recording").mkdir()
    (tmp_path / "recording" / "notes.txt").write_text("mine")
    with Sandbox() as sandbox:
        workspace = workspace_on(tmp_path / "workspace", sandbox, WEEK)
        with pytest.raises(SettingsError, match="is not empty"):
            workspace.snapshot(record=tmp_path / "recording")
        with pytest.raises(SettingsError, match="holds no recording"):
            workspace.snapshot(replay=tmp_path / "recording")
        assert sandbox.visits == ()


def test_a_request_that_was_not_recorded_is_told_as_such(tmp_path: Path) -> None:
    recording = tmp_path / "recording"
    with Sandbox() as sandbox:
        workspace_on(tmp_path / "first", sandbox, WEEK).snapshot(["psa"], record=recording)
        second = workspace_on(tmp_path / "second", sandbox, WEEK)
    for path in recording.rglob("*priorities*.http"):
        path.unlink()
    (snapshot,) = second.snapshot(["psa"], replay=recording)
    told = {one.resource: one.reason for one in snapshot.readings if one.reason}
    assert set(told) == {"priorities"}
    assert "has no answer to GET /v2026_4/apis/3.0/service/priorities" in told["priorities"]


def test_secrets_are_masked_wherever_they_stand() -> None:
    document = {
        "AccessToken": "abc",
        "IsPasswordSet": True,
        "items": [
            {"SnmpCommunity": "public", "name": "Switch"},
            {"question": "Admin password?", "answer": "x"},
        ],
        "customFields": [{"caption": "Code", "type": "Password", "value": "1234"}],
    }
    assert masked(document)
    assert document == {
        "AccessToken": MASK,
        "IsPasswordSet": True,
        "items": [{"SnmpCommunity": MASK, "name": "Switch"}, {"question": "Admin password?", "answer": MASK}],
        "customFields": [{"caption": "Code", "type": "Password", "value": MASK}],
    }
    assert not masked({"name": "Passage", "answer": "42"})
