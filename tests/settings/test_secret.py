"""Secrets by reference: where they may be, and that no text holds one."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from msp_audit.errors import SettingsError
from msp_audit.settings import SecretReference, load_settings

SECRET = "hunter2-Zq9!never-shown"
KEY_RING = "def get_password(service, name):\n    return {('msp-audit', 'psa'): '%s'}.get((service, name))\n"


@pytest.fixture
def key_ring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A stand-in for the package keyring, which is not installed with the tests."""
    (tmp_path / "keyring.py").write_text(KEY_RING % SECRET)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "keyring", raising=False)
    return tmp_path


def test_a_secret_is_found_where_its_reference_says(
    tmp_path: Path, key_ring: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "psa-key").write_text(f"{SECRET}\n")
    monkeypatch.setenv("PSA_KEY", SECRET)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    for place in ("env:PSA_KEY", f"file:{tmp_path}/psa-key", "credential:psa-key", "keyring:msp-audit/psa"):
        reference = SecretReference(place)
        assert reference.reveal() == SECRET
        assert SECRET not in f"{reference!r} {reference}"


@pytest.mark.parametrize(
    ("reference", "said"),
    [
        ("env:MSP_AUDIT_NOT_THERE", "MSP_AUDIT_NOT_THERE is not set"),
        ("file:/nowhere/at/all", "cannot be read"),
        ("credential:psa-key", "LoadCredential=psa-key"),
        ("keyring:msp-audit/psa", "pip install keyring"),
    ],
)
def test_a_missing_secret_is_told_with_its_place(
    reference: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(SettingsError, match=said):
        SecretReference(reference).reveal()


def test_the_key_ring_tells_of_a_name_that_it_has_not(key_ring: Path) -> None:
    with pytest.raises(SettingsError, match="keyring:msp-audit/other for a secret; there is none"):
        SecretReference("keyring:msp-audit/other").reveal()


def test_a_credential_is_a_name_and_no_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    with pytest.raises(SettingsError, match="no path"):
        SecretReference("credential:../psa-key").reveal()


def test_a_secret_in_the_settings_is_refused_without_being_repeated(tmp_path: Path) -> None:
    (tmp_path / "msp-audit.toml").write_text(
        '[auvik]\nurl = "https://auvikapi.us1.my.auvik.com"\nusername = "a@b.example"\n'
        f'api_key = "{SECRET}"\n'
    )
    with pytest.raises(SettingsError, match="not a reference to a secret") as refused:
        load_settings(tmp_path)
    assert SECRET not in str(refused.value)


@pytest.mark.parametrize("name", ["verify", "insecure", "skip_tls_verify", "verify_tls"])
def test_no_setting_turns_the_checking_of_certificates_off(name: str, tmp_path: Path) -> None:
    (tmp_path / "msp-audit.toml").write_text(
        '[auvik]\nurl = "https://auvikapi.us1.my.auvik.com"\nusername = "a@b.example"\napi_key = "env:A"\n'
        f"[auvik.http]\n{name} = false\n"
    )
    with pytest.raises(SettingsError, match=name):
        load_settings(tmp_path)
