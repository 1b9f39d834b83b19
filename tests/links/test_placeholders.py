"""Lists of values that identify nothing: the workspace adds to them, and a change remakes the relations."""

from __future__ import annotations

from pathlib import Path

import pytest

from msp_audit.errors import SettingsError
from msp_audit.store import Database
from msp_audit.store.database import install_macros, macros_digest
from msp_audit.store.placeholders import placeholder_values


def test_the_workspace_adds_its_own_values(tmp_path: Path) -> None:
    (tmp_path / "placeholder_serials.txt").write_text("# ours\nLOANER-01  # label of the pool\n\n")
    (tmp_path / "placeholder_macs.txt").write_text("9C-EB-E8-11-22-33\naa:bb:cc\n")
    with Database.open(None) as database:
        install_macros(database)
        before = macros_digest(database)
        assert database.query("select good_serial('Loaner-01'), good_mac('9ceb.e811.2233')").rows == (
            ("LOANER-01", "9cebe8112233"),
        )
        install_macros(database, workspace=tmp_path)
        assert database.query("select good_serial('Loaner-01'), good_mac('9ceb.e811.2233')").rows == (
            (None, None),
        )
        assert macros_digest(database) != before
        assert database.query("select is_placeholder_serial('Default string')").scalar()


def test_a_mac_address_that_is_none_is_refused_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "placeholder_macs.txt").write_text("00:11:22\nnot a mac\n")
    with pytest.raises(SettingsError, match=r"placeholder_macs\.txt:2: 'not a mac'"):
        placeholder_values(tmp_path)
