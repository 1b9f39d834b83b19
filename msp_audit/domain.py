"""The words of the field as frozen values; no logic that needs a database or a network."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas

#: One item as a vendor sent it. The only place where ``Any`` is at home.
Record = dict[str, Any]


class Severity(StrEnum):
    """How bad a finding is; compare with :meth:`at_least`, never as text."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for the worst."""
        return list(Severity).index(self)

    def at_least(self, floor: Severity) -> bool:
        """Whether this is as bad as *floor*, or worse."""
        return self.rank <= floor.rank


class Verdict(StrEnum):
    """How far the reading of one resource can be trusted."""

    COMPLETE = "complete"
    PARTIAL = "partial"
    REFUSED = "refused"
    SHRUNK = "shrunk"
    STALE = "stale"
    ABSENT = "absent"


class Detection(StrEnum):
    """What the runs say about a finding. Triage, what people say about it, is another axis."""

    NEW = "new"
    OPEN = "open"
    REOPENED = "reopened"
    RESOLVED = "resolved"
    UNCHECKED = "unchecked"


class Triage(StrEnum):
    """What people decided about a finding; never written by a run."""

    NONE = "none"
    ACKNOWLEDGED = "acknowledged"
    SUPPRESSED = "suppressed"


class RuleOutcome(StrEnum):
    """What became of one rule in one run."""

    EVALUATED = "evaluated"
    TRUNCATED = "truncated"
    NOT_EVALUATED = "not_evaluated"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What a connector counted while it read one resource: the evidence behind a verdict."""

    pages: int = 0
    rows: int = 0
    #: Rows seen more than once (and kept once).
    duplicates: int = 0
    #: What the server itself says there is; None where it has no count.
    server_count: int | None = None
    requests: int = 0
    retries: int = 0
    elapsed_seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceReading:
    """The end of reading one resource: a verdict, its reason in words, and its proof."""

    source: str
    resource: str
    verdict: Verdict
    #: Empty when complete; otherwise a sentence that says what failed and what to do.
    reason: str = ""
    proof: Proof = field(default_factory=Proof)
    #: Columns (``table.column``) that the records lack, all records being there; only in a *partial* reading.
    missing_columns: tuple[str, ...] = ()

    @property
    def has_all_records(self) -> bool:
        """Whether what is absent from the records is gone, even if each of them lacks a column."""
        return self.verdict is Verdict.COMPLETE or (
            self.verdict is Verdict.PARTIAL and bool(self.missing_columns)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """A small query result that has left the database: column names, their types, tuples."""

    columns: tuple[str, ...]
    types: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        return iter(self.rows)

    def records(self) -> list[Record]:
        """The rows as dictionaries, in order."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]

    def scalar(self) -> Any:  # noqa: ANN401  (a cell may hold any SQL value)
        """The single cell of a one-cell result; None when there is no row."""
        return self.rows[0][0] if self.rows else None

    def to_frame(self) -> pandas.DataFrame:
        """The rows as a pandas DataFrame, for notebooks; whole numbers stay whole beside missing values."""
        import pandas

        frame = pandas.DataFrame.from_records(list(self.rows), columns=list(self.columns))
        kinds = {name: kind.upper() for name, kind in zip(self.columns, self.types, strict=True)}
        whole = {name: "Int64" for name, kind in kinds.items() if kind.endswith("INT") or kind == "INTEGER"}
        # A column of which nothing is known would lose its type.
        known = {"TIMESTAMP": "datetime64[us]", "DOUBLE": "float64"}
        typed = {name: known[kind] for name, kind in kinds.items() if kind in known}
        try:
            return frame.astype(whole | typed)
        except (OverflowError, ValueError, TypeError):
            # A sum may outgrow 64 bits, a date the calendar of pandas; as objects both are exact.
            return frame


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One ``.sql`` file of the catalogue, read and checked for form (not yet against a database)."""

    name: str
    title: str
    severity: Severity
    #: The relation examined; its row count is the denominator. Empty when not declared.
    subject: str
    key: tuple[str, ...]
    #: ``theme.rule.column`` entries whose open finding explains this one away.
    parents: tuple[str, ...]
    why: str
    remedy: str
    source: str
    params: Mapping[str, Any]
    sql: str
    path: Path
    #: ``built-in`` or ``workspace``.
    origin: str
    #: Changes when the SQL, the key or the parameters in force change.
    digest: str
    #: What a monitoring tool must report for the rule to judge its assets; None for a rule that does not
    #: judge tool by tool. Such a rule says in the column ``monitored_by`` whose an asset is.
    tool_reports: tuple[str, ...] | None = None

    @property
    def theme(self) -> str:
        """The folder the rule lives in."""
        return self.name.rpartition(".")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleRun:
    """What one rule did in one run."""

    rule: str
    outcome: RuleOutcome
    reason: str = ""
    findings: int = 0
    subject_count: int | None = None
    elapsed_seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One line of the ledger as it stands after the latest run."""

    finding_id: str
    rule: str
    severity: Severity
    company_id: int | None
    company_name: str | None
    entity_id: str
    entity_name: str
    reason: str
    detection: Detection
    triage: Triage
    first_seen_at: datetime
    last_seen_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One judging of the rules over sealed snapshots, with its totals."""

    run_id: int
    as_of: datetime
    is_first: bool
    rule_runs: tuple[RuleRun, ...]
    readings: tuple[ResourceReading, ...]
    #: Open and not folded under a parent, by severity.
    open_findings: Mapping[Severity, int]
    new: int
    reopened: int
    resolved: int
    unchecked: int

    @property
    def not_evaluated(self) -> tuple[RuleRun, ...]:
        """Rules that could not be judged this time."""
        return tuple(r for r in self.rule_runs if r.outcome is RuleOutcome.NOT_EVALUATED)

    @property
    def failed(self) -> tuple[RuleRun, ...]:
        """Rules whose SQL did not run."""
        return tuple(r for r in self.rule_runs if r.outcome is RuleOutcome.FAILED)
