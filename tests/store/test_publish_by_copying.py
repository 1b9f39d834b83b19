"""Publishing and compacting on file systems that cannot share blocks, or have no room left."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from msp_audit.errors import StoreError
from msp_audit.store.publish import publish_file
from tests.audit.harness import Toy

OLD, NEW = b"old" * 1000, b"new" * 900_000


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """A store's file, and the copy that was published before."""
    source, target = tmp_path / "store.duckdb", tmp_path / "shared" / "published.duckdb"
    target.parent.mkdir()
    source.write_bytes(NEW)
    target.write_bytes(OLD)
    target.chmod(0o640)
    return source, target


@pytest.mark.parametrize("number", [errno.EXDEV, errno.ENOSYS, errno.EOPNOTSUPP])
def test_where_the_kernel_cannot_copy_the_bytes_are_the_same(
    number: int, files: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    source, target = files

    def cannot(read: int, written: int, count: int) -> int:
        # Some have written something before they find out.
        os.write(written, b"half")
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "copy_file_range", cannot)
    assert publish_file(source, target=target) == target
    assert target.read_bytes() == NEW
    assert target.stat().st_mode & 0o777 == 0o640
    assert list(target.parent.iterdir()) == [target]


def test_a_disk_that_is_full_half_way_leaves_the_old_copy_and_no_other(
    files: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    source, target = files

    def full(read: int, written: int, count: int) -> int:
        os.write(written, NEW[:1000])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "copy_file_range", full)
    with pytest.raises(StoreError, match=r"what was published before stays\. .*No space left"):
        publish_file(source, target=target)
    assert target.read_bytes() == OLD
    assert list(target.parent.iterdir()) == [target]


def test_a_folder_that_is_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "shared").write_text("no folder")
    source = tmp_path / "store.duckdb"
    source.write_bytes(NEW)
    with pytest.raises(StoreError, match="could not be replaced"):
        publish_file(source, target=tmp_path / "shared" / "published.duckdb")


def test_a_store_that_cannot_be_swapped_for_its_smaller_copy_stays_and_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    toy = Toy(tmp_path, in_memory=False)
    try:
        with monkeypatch.context() as disk:
            # The library's own step: our code is as it is.
            disk.setattr(Path, "replace", _refused)
            with pytest.raises(StoreError, match="stays as it is: Permission denied"):
                toy.store.compact()
        assert not (tmp_path / "store" / "store.duckdb.new").exists()
        toy.store.compact()
        assert toy.store.database.query("select count(*) from audit.migrations").scalar() > 0
    finally:
        toy.store.close()


def _refused(path: Path, target: Path) -> Path:
    raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
