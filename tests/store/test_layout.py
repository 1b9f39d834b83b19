"""A copy that another version of the program published is told from a broken one."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from msp_audit.errors import StoreError
from msp_audit.store import Reader
from tests.audit.harness import Toy


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("delete from audit.migrations where version > 2", "msp-audit audit"),
        ("insert into audit.migrations values (9999, 'later', now())", "Upgrade msp-audit"),
    ],
)
def test_a_copy_of_another_version_is_refused_with_what_to_do(change: str, told: str, tmp_path: Path) -> None:
    toy = Toy(tmp_path / "store", in_memory=False)
    target = tmp_path / "published.duckdb"
    toy.store.publish(target)
    toy.store.close()
    with Reader(target) as reader:
        reader.require_current()
    with duckdb.connect(str(target)) as connection:
        connection.execute(change)
    with Reader(target) as reader, pytest.raises(StoreError, match=told):
        reader.require_current()
