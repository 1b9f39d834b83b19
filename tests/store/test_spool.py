"""The files where a reading waits: looked into meanwhile, and on a disk that is full."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import BinaryIO

import pytest

from msp_audit.errors import StoreError
from msp_audit.store import Spool

RECORDS: list[dict[str, object]] = [{"id": 1, "version": "v1"}, {"id": 2}]


def test_what_was_looked_into_takes_more_records(tmp_path: Path) -> None:
    with Spool(tmp_path / "spool") as spool:
        spool.add("companies", RECORDS)
        assert spool.first("companies", member="version") == "v1"
        assert spool.first("companies", member="other") is None
        assert spool.first("sites", member="version") is None
        spool.add("companies", [{"id": 3}])
        spool.finish()
        lines = spool.path("companies").read_text().splitlines()
        assert lines == ['{"id":1,"version":"v1"}', '{"id":2}', '{"id":3}']
        spool.drop("companies")
        spool.add("companies", [{"id": 4}])
        spool.finish()
        assert spool.path("companies").read_text() == '{"id":4}\n'
    assert not (tmp_path / "spool").exists()


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "spool").write_text("a file where the folder should be")
    with pytest.raises(StoreError, match="cannot be made"):
        Spool(tmp_path / "spool" / "psa")


def full(tmp_path: Path, files: dict[str, BinaryIO]) -> Spool:
    """A spool whose files are all on a device that is always full."""
    spool = Spool(tmp_path / "spool")
    for name in ("companies", "sites"):
        spool.path(name).symlink_to("/dev/full")
        spool.add(name, RECORDS)
    files.update(spool._files)
    return spool


def test_a_full_disk_is_told_and_leaves_no_file_open(tmp_path: Path) -> None:
    files: dict[str, BinaryIO] = {}
    spool = full(tmp_path, files)
    with pytest.raises(StoreError, match=r"cannot be used: No space left on device\. Check"), spool:
        spool.finish()
    assert len(files) == 2
    assert all(file.closed for file in files.values())
    assert not (tmp_path / "spool").exists()


def test_a_full_disk_met_while_records_come_is_told(tmp_path: Path) -> None:
    with full(tmp_path, {}) as spool, pytest.raises(StoreError, match="No space left on device"):
        spool.add("sites", ({"id": number, "name": "x" * 1000} for number in range(2000)))


def test_a_cause_is_not_hidden_by_the_full_disk_behind_it(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), full(tmp_path, {}):
        raise ZeroDivisionError


def test_a_file_that_cannot_be_read_or_removed_is_told(tmp_path: Path) -> None:
    with Spool(tmp_path / "spool") as spool:
        spool.path("companies").mkdir()
        with pytest.raises(StoreError, match="cannot be used"):
            spool.first("companies", member="version")
        with pytest.raises(StoreError, match="cannot be used"):
            spool.drop("companies")
        with pytest.raises(StoreError, match="cannot be used"):
            spool.add("companies", RECORDS)


def test_the_folder_may_go_away_meanwhile(tmp_path: Path) -> None:
    with Spool(tmp_path / "spool") as spool:
        (tmp_path / "spool").rmdir()
        with pytest.raises(StoreError) as told:
            spool.add("companies", RECORDS)
    assert isinstance(told.value.__cause__, OSError)
    assert told.value.__cause__.errno == errno.ENOENT
