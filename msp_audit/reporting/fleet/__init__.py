"""One page over many estates: what was not read, what is new, the worst rules, and what the PSA knows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from msp_audit.domain import Record, Rows, Severity
from msp_audit.reporting.charts import COLOURS
from msp_audit.reporting.mail import MAX_HTML_BYTES
from msp_audit.reporting.mailbody import MailBody
from msp_audit.reporting.templates import environment, fill
from msp_audit.reporting.words import cleaned, count, counted, joined, plain, source_name, words

_HERE = Path(__file__).parent
_RANK = {severity.value: rank for rank, severity in enumerate(Severity)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Estate:
    """One workspace of a fleet: its latest run as the queries beside this file tell it."""

    name: str
    #: Why nothing, or nothing recent, is known of it; empty where all is well.
    problem: str
    #: The row of ``run.sql`` and of ``coverage.sql``; None without a run.
    run: Record | None
    #: Rows of ``not_read.sql``.
    not_read: tuple[Record, ...] = ()
    #: Rows of ``rules.sql``.
    rules: tuple[Record, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Whether its latest run read and judged everything that is configured, and is recent."""
        return self.run is not None and not (self.problem or self.not_read or self.run["failed_count"])


@dataclass(frozen=True, kw_only=True)
class FleetPage:
    """The estates, worst first, and what they have in common."""

    title: str
    made_at: datetime
    estates: tuple[Estate, ...]
    #: Rows of each table that are shown; None for all. What is cut is counted.
    most: int | None = None

    @property
    def is_whole(self) -> bool:
        """Whether every estate was read and judged completely."""
        return all(estate.is_whole for estate in self.estates)

    @cached_property
    def checked(self) -> str:
        """The first line: what is not known."""
        parts = []
        if broken := [estate.name for estate in self.estates if estate.problem]:
            parts.append(f"{counted(len(broken), 'estate')} with a problem: {_some(broken)}.")
        if gaps := [estate.name for estate in self.estates if estate.not_read]:
            parts.append(f"Not read completely in {counted(len(gaps), 'estate')}: {_some(gaps)}.")
        if failed := [estate.name for estate in self.estates if estate.run and estate.run["failed_count"]]:
            parts.append(f"Rules failed in {counted(len(failed), 'estate')}: {_some(failed)}.")
        if not parts:
            return f"All {counted(len(self.estates), 'estate')} were read completely."
        return " ".join(parts)

    @cached_property
    def found(self) -> str:
        """The second line: what was found."""
        runs = [estate.run for estate in self.estates if estate.run]
        total = {name: sum(run[name] for run in runs) for name in ("open_count", "critical_count")}
        high = sum(run["high_count"] for run in runs)
        unjudged = sum(run["rule_count"] - run["judged_count"] for run in runs)
        told = (
            f"{counted(total['open_count'], 'open finding')} in {counted(len(runs), 'estate')},"
            f" {count(total['critical_count'])} critical, {count(high)} high;"
            f" {count(sum(row['new_count'] for row in self.news))} new since the run before."
        )
        return f"{told} Left out in the judging: {counted(unjudged, 'rule')}." if unjudged else told

    @cached_property
    def not_read(self) -> tuple[Record, ...]:
        """One row an estate, source and reason."""
        rows = [
            {"estate": estate.name, "what": "the whole estate", "reason": estate.problem}
            for estate in self.estates
            if estate.problem
        ]
        rows += [
            {
                "estate": estate.name,
                "what": f"{source_name(row['source'])}, {row['verdict']}: {row['lists']}",
                "reason": row["reason"],
            }
            for estate in self.estates
            for row in estate.not_read
        ]
        return tuple(rows)

    @cached_property
    def rules(self) -> tuple[Record, ...]:
        """One row a rule with open findings anywhere, worst first."""
        found: dict[str, dict[str, Any]] = {}
        for estate in self.estates:
            for row in estate.rules:
                rule = found.setdefault(row["rule"], {**row, "open_count": 0, "estate_count": 0})
                rule["open_count"] += row["open_count"]
                rule["estate_count"] += 1
                rule["severity"] = min(rule["severity"], row["severity"], key=_RANK.__getitem__)
        return tuple(
            sorted(found.values(), key=lambda row: (_RANK[row["severity"]], -row["open_count"], row["rule"]))
        )

    @cached_property
    def news(self) -> tuple[Record, ...]:
        """One row a rule that found anything new, worst first; a first run has nothing to compare."""
        found: dict[str, dict[str, Any]] = {}
        where: dict[str, dict[str, int]] = {}
        for estate in self.estates:
            for row in estate.rules if estate.run and not estate.run["is_first"] else ():
                if row["new_count"]:
                    rule = found.setdefault(row["rule"], {**row, "new_count": 0})
                    rule["new_count"] += row["new_count"]
                    rule["severity"] = min(rule["severity"], row["severity"], key=_RANK.__getitem__)
                    where.setdefault(row["rule"], {})[estate.name] = row["new_count"]
        for name, rule in found.items():
            most = sorted(where[name], key=lambda estate: (-where[name][estate], estate))
            rule["where"] = _some([f"{estate} ({count(where[name][estate])})" for estate in most])
        return tuple(
            sorted(found.values(), key=lambda row: (_RANK[row["severity"]], -row["new_count"], row["rule"]))
        )


def fleet_queries() -> dict[str, str]:
    """What each estate is asked, by name."""
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted(_HERE.glob("*.sql"))}


def estate_of(name: str, answer: Mapping[str, Rows] | str, *, overdue: str = "") -> Estate:
    """What *answer*, the rows of :func:`fleet_queries` or a sentence why there are none, says of *name*."""
    if isinstance(answer, str):
        return Estate(name=plain(name), problem=plain(answer), run=None)
    records = {query: tuple(cleaned(row) for row in rows.records()) for query, rows in answer.items()}
    if not records["run"]:
        return Estate(name=plain(name), problem="There is no run yet. 'msp-audit run' makes one.", run=None)
    return Estate(
        name=plain(name),
        problem=overdue,
        run={**records["run"][0], **next(iter(records.get("coverage", ())), {})},
        not_read=records["not_read"],
        rules=records.get("rules", ()),
    )


def fleet_page(estates: Sequence[Estate], *, title: str, made_at: datetime) -> FleetPage:
    """The page of *estates*: those that are not whole first, then by what is open and severe."""

    def worst_first(estate: Estate) -> tuple[Any, ...]:
        run = estate.run or {"critical_count": 0, "high_count": 0, "open_count": 0}
        severe = (-run["critical_count"], -run["high_count"], -run["open_count"])
        return (not estate.problem, estate.is_whole, *severe, estate.name)

    return FleetPage(title=title, made_at=made_at, estates=tuple(sorted(estates, key=worst_first)))


def fleet_html(page: FleetPage) -> str:
    """*page* as one HTML file without script or anything from elsewhere, fit to be a mail's body."""
    import css_inline

    text = fill(environment(), "fleet.html", page=page, colours=COLOURS)
    return css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False).inline(text)


def fleet_mail(page: FleetPage) -> MailBody:
    """*page* as a mail; rows are cut until Gmail shows all of it, and what is cut is counted."""
    most = max(len(page.estates), len(page.rules), len(page.news), len(page.not_read))
    html = fleet_html(page)
    while len(html.encode()) >= MAX_HTML_BYTES and most:
        most = most * 3 // 4
        html = fleet_html(replace(page, most=most))
    return MailBody(subject=_subject(page), html=html, text=fleet_text(replace(page, most=most)))


def fleet_text(page: FleetPage) -> str:
    """The same for those who read mail in a terminal or by ear."""
    lines = [page.checked, page.found, ""]
    lines += [f"- {row['estate']}: {row['what']}. {row['reason']}" for row in page.not_read[: page.most]]
    for estate in page.estates[: page.most]:
        if run := estate.run:
            lines.append(
                f"- {estate.name}, {words(run['as_of'], 'date')}: {count(run['open_count'])} open,"
                f" {count(run['high_count'] + run['critical_count'])} of them high or worse."
            )
    return "\n".join(lines) + "\n"


def _subject(page: FleetPage) -> str:
    gaps = sum(not estate.is_whole for estate in page.estates)
    return plain(f"{page.title}: {page.found.partition(';')[0]}" + (f"; {gaps} not whole" if gaps else ""))[
        :200
    ]


def _some(names: Sequence[str], most: int = 6) -> str:
    if len(names) <= most:
        return joined(names)
    return f"{', '.join(names[:most])} and {len(names) - most} more"
