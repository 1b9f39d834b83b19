"""DuckDB behind one door: snapshots, history, typed tables, the ledger's tables, the published copy."""

from msp_audit.store.database import Database, Inspection, QueryFailed, QueryTimeout, inspect
from msp_audit.store.reader import Reader
from msp_audit.store.snapshots import Shrinkage, Snapshot
from msp_audit.store.spool import Spool
from msp_audit.store.store import Store, empty_relations
from msp_audit.store.views import Views

__all__ = [
    "Database",
    "Inspection",
    "QueryFailed",
    "QueryTimeout",
    "Reader",
    "Shrinkage",
    "Snapshot",
    "Spool",
    "Store",
    "Views",
    "empty_relations",
    "inspect",
]
