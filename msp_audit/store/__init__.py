"""DuckDB behind one door: snapshots, history, typed tables, the ledger's tables, the published copy."""

from msp_audit.store.database import (
    Database,
    Inspection,
    Params,
    QueryFailed,
    QueryTimeout,
    inspect,
    install_macros,
)
from msp_audit.store.files import Exported, copy_relations, write_parquet
from msp_audit.store.fleet import Side, ask_all, ask_each
from msp_audit.store.lineage import Lineage
from msp_audit.store.publication import Publication
from msp_audit.store.question import QuestionLimits, ask, check_question
from msp_audit.store.reader import Reader, open_published
from msp_audit.store.snapshots import Shrinkage, Snapshot
from msp_audit.store.spool import Spool
from msp_audit.store.store import Store, Upkeep, empty_relations
from msp_audit.store.views import Views

__all__ = [
    "Database",
    "Exported",
    "Inspection",
    "Lineage",
    "Params",
    "Publication",
    "QueryFailed",
    "QueryTimeout",
    "QuestionLimits",
    "Reader",
    "Shrinkage",
    "Side",
    "Snapshot",
    "Spool",
    "Store",
    "Upkeep",
    "Views",
    "ask",
    "ask_all",
    "ask_each",
    "check_question",
    "copy_relations",
    "empty_relations",
    "inspect",
    "install_macros",
    "open_published",
    "write_parquet",
]
