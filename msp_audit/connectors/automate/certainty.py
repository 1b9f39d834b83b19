"""How surely the columns that rules judge by are known: public, inferred, or only chosen."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from msp_audit.connectors.automate.tables import TABLES

_FILE = Path(__file__).with_name("certainty.toml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Certainty:
    """One list: its physical table, and its columns by how they are known."""

    table: str
    certain: tuple[str, ...] = ()
    inferred: tuple[str, ...] = ()
    chosen: tuple[str, ...] = ()
    note: str = ""


@cache
def certainties() -> dict[str, Certainty]:
    """Our name of each list -> what is known of it, in the order of the lists."""
    known = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return {name: _of(table.physical, known[name]) for name, table in TABLES.items()}


def _of(table: str, entry: dict[str, list[str] | str]) -> Certainty:
    columns = {kind: tuple(entry.get(kind, ())) for kind in ("certain", "inferred", "chosen")}
    return Certainty(table=table, note=str(entry.get("note", "")), **columns)
