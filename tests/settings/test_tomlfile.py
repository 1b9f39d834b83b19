"""What people and strangers write as TOML is read, or refused with file and cause."""

from __future__ import annotations

from pathlib import Path

import pytest

from msp_audit.errors import RuleError, SettingsError
from msp_audit.tomlfile import MAX_BYTES, read_toml


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"a = " + b"[" * 5000, "nested too deeply"),
        (b"name = \xc3\x28", "UTF-8"),
        (b"a = \n", "is not TOML"),
        (b"#" * (MAX_BYTES + 1), "larger than"),
    ],
    ids=["deep", "bytes", "half", "large"],
)
def test_what_is_no_toml_is_refused_in_words(content: bytes, told: str, tmp_path: Path) -> None:
    path = tmp_path / "file.toml"
    path.write_bytes(content)
    for kind in (SettingsError, RuleError):
        with pytest.raises(kind, match=told) as caught:
            read_toml(path, kind=kind)
        assert str(path) in str(caught.value)


def test_a_missing_file_is_left_to_the_caller(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_toml(tmp_path / "none.toml")
