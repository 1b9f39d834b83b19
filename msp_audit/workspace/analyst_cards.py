"""What draws itself in a notebook: a company, and a finding explained; names of strangers are escaped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from msp_audit.audit import Explanation
from msp_audit.domain import Rows

if TYPE_CHECKING:
    import pandas

#: More is counted and not shown: a cell is for reading.
_SHOWN = 40


class Company:
    """One PSA company as the three systems see it; in a notebook it draws itself."""

    def __init__(
        self, *, company_id: int, name: str, status: str | None, assets: Rows, findings: Rows
    ) -> None:
        self.company_id = company_id
        self.name = name
        self.status = status
        #: ``active_configurations``, ``computers``, ``devices``.
        self.assets: dict[str, int] = assets.records()[0]
        self._findings = findings

    @property
    def findings(self) -> pandas.DataFrame:
        """Its open findings, worst first."""
        return self._findings.to_frame()

    def __repr__(self) -> str:
        return f"Company({self.name!r}, {len(self._findings)} open findings)"

    def _repr_html_(self) -> str:
        counts = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in self.assets.items())
        status = f"{self.status}: " if self.status else ""
        lines = [
            (row["severity"], f"{row['first_seen_at']:%Y-%m-%d}", row["rule"], row["reason"])
            for row in self._findings.records()
        ]
        columns = ("severity", "since", "rule", "what is wrong")
        table = _table(columns, lines) if lines else "<p>Nothing is open.</p>"
        return f"<h3>{escape(self.name)}</h3>{_paragraph(f'{status}{counts}.')}{table}"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Explained(Explanation):
    """One finding with its story, its rule and its rows; in a notebook it draws itself."""

    def __repr__(self) -> str:
        return f"Explained({self.finding['rule']}, {self.finding['entity_name']!r}, {self._when()})"

    def _repr_html_(self) -> str:
        title = self.rule.title if self.rule else str(self.finding["rule"])
        parts = [f"<h3>{escape(title)}</h3>", _paragraph(self.finding["reason"]), _paragraph(self._when())]
        if self.rule:
            parts.append(_paragraph(f"Why it matters: {self.rule.why}"))
            parts.append(_paragraph(f"Remedy: {self.rule.remedy}"))
        parts.append(_table(("day", "event", "cause"), self._story()))
        parts.append(_table(self.rows.columns, self.rows) if self.rows else _paragraph(self.note))
        return "".join(parts)

    def _when(self) -> str:
        return f"{self.finding['detection']} since {self.finding['first_seen_at']:%Y-%m-%d}"

    def _story(self) -> list[tuple[object, ...]]:
        events = self.events.records()
        return [(f"{event['occurred_at']:%Y-%m-%d}", event["event"], event["cause"]) for event in events]


def _paragraph(text: object) -> str:
    return f"<p>{escape(str(text))}</p>"


def _table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = list(rows)
    head = "".join(f"<th style='text-align:left'>{escape(column)}</th>" for column in columns)
    body = "".join(f"<tr>{''.join(map(_cell, line))}</tr>" for line in lines[:_SHOWN])
    more = _paragraph(f"and {len(lines) - _SHOWN} more") if len(lines) > _SHOWN else ""
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{more}"


def _cell(value: object) -> str:
    return f"<td style='text-align:left'>{escape('—' if value is None else str(value))}</td>"
