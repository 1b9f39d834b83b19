"""The words of a ticket: ``%Variable%`` templates, a summary that fits, notes that tell the difference."""

from __future__ import annotations

import platform
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from msp_audit.delivery.ticket.changes import Delta
from msp_audit.delivery.ticket.keys import note_marker
from msp_audit.delivery.ticket.model import Facts, Group, Item, Kind, Row, State
from msp_audit.domain import Severity
from msp_audit.settings import TicketSettings

#: Characters of a ticket's summary (vendor's API description).
SUMMARY_LENGTH = 100
#: Of these, at most so many for the end that makes it unlike the others.
_TAIL_LENGTH = 60
#: Findings that a description or note spells out; the rest is counted.
MOST_LINES = 50

#: Renders a Jinja template; given by whoever has Jinja.
Jinja = Callable[[str, Mapping[str, str]], str]

_VARIABLE = re.compile(r"%%|%(?P<name>[A-Za-z][A-Za-z0-9]*)%")
_BLANK_LINES = re.compile(r"\n{3,}")
#: What an unknown name of a Jinja template leaves behind.
_LEFT_BY_JINJA = re.compile(r"\{\{ \w+ \}\}")

_SOME_DAY = datetime(2026, 1, 1)  # noqa: DTZ001  (stored times are UTC without a zone)
_EXAMPLE = Group(
    key="msp_audit:example",
    kind=Kind.RULE,
    scope="example.rule",
    title="Example",
    company_id=1,
    company_name="Example",
    items=(
        Item(
            finding_id="1",
            rule="example.rule",
            severity=Severity.MEDIUM,
            entity_id="1",
            entity_name="PC-1",
            reason="An example.",
            first_seen_at=_SOME_DAY,
        ),
    ),
    why="Example.",
    remedy="Example.",
    subject="example",
)
_EXAMPLE_FACTS = Facts(
    run_id=1,
    seen_at=_SOME_DAY,
    as_of=_SOME_DAY,
    sources=("example",),
    groups={_EXAMPLE.key: _EXAMPLE},
    gone={},
)
_EXAMPLE_ROW = Row(
    ticket_key=_EXAMPLE.key,
    group_key=_EXAMPLE.key,
    generation=1,
    kind=Kind.RULE,
    scope=_EXAMPLE.scope,
    company_id=1,
    company_name="Example",
    state=State.OVER,
    ticket_id=1,
    window_at=_SOME_DAY,
    intended_at=_SOME_DAY,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """A text, where its unique end begins, and the variables that nobody knows."""

    text: str
    tail_at: int
    unknown: tuple[str, ...] = ()


def expand(template: str, values: Mapping[str, str]) -> Rendered:
    """*template* with its ``%Variables%``, once: what a value holds is never expanded again.

    Names match in any case, ``%%`` is one per cent sign, and an unknown variable stays as it is.
    """
    known = {name.casefold(): value for name, value in values.items()}
    unknown: list[str] = []
    parts: list[str] = []
    ends: list[int] = [0]
    place = length = 0
    for match in _VARIABLE.finditer(template):
        literal, name = template[place : match.start()], match["name"]
        value = "%" if name is None else known.get(name.casefold())
        if value is None:
            unknown.append(match[0])
            value = match[0]
        parts += [literal, value]
        length += len(literal) + len(value)
        place = match.end()
        if name is not None:
            ends.append(length)
    parts.append(template[place:])
    # The unique end: from behind the last but one variable on.
    return Rendered(text="".join(parts), tail_at=ends[max(0, len(ends) - 2)], unknown=tuple(unknown))


def fitted(rendered: Rendered) -> str:
    """The summary on one line, at most 100 characters as the vendor counts; cut before its unique end."""
    tail = " ".join(rendered.text[rendered.tail_at :].split(" "))
    head, tail = _one_line(rendered.text[: rendered.tail_at]), _one_line(tail)
    if _length(head + tail) <= SUMMARY_LENGTH:
        return (head + tail).strip() or "msp-audit"
    while _length(tail) > _TAIL_LENGTH:
        tail = "…" + tail[2:]
    room = SUMMARY_LENGTH - _length(tail) - 1
    while _length(head) > room:
        head = head[:-1]
    return f"{head.rstrip()}…{tail}".strip()


class Wording:
    """Texts of tickets as the settings want them."""

    def __init__(self, settings: TicketSettings, *, workspace: str, jinja: Jinja | None = None) -> None:
        self._settings = settings
        self._workspace = workspace
        self._jinja = jinja
        #: Variables that some template names and nobody knows.
        self.unknown: set[str] = set()

    def prove(self) -> None:
        """Render every template once, before anything is written, and see which names nobody knows.

        Raises:
            ReportError: one of them is no template.
        """
        values = self.values(_EXAMPLE, _EXAMPLE_FACTS)
        settings = self._settings
        for template in (settings.title, settings.description, settings.internal_analysis):
            text = self._rendered(template, values).text
            if self._is_jinja(template):
                self.unknown.update(_LEFT_BY_JINJA.findall(text))
        self.correlation([_EXAMPLE_ROW])

    def summary(self, group: Group, facts: Facts) -> str:
        """The title of a new ticket."""
        return fitted(self._rendered(self._settings.title, self.values(group, facts)))

    def description(self, group: Group, facts: Facts, *, earlier: Sequence[Row] = ()) -> str:
        """What the customer may read."""
        return self._text(self._settings.description, group, facts, earlier)

    def internal_analysis(
        self, group: Group, facts: Facts, *, earlier: Sequence[Row] = (), key: str = ""
    ) -> str:
        """What only the MSP reads; ends with the plain keys behind the reference."""
        text = self._text(self._settings.internal_analysis, group, facts, earlier)
        plain = f"{group.kind} {group.scope}, company {group.company_id or 'none'}"
        return f"{text}\n\nReference: {key or group.key} ({plain})".strip()

    def note(
        self, group: Group, facts: Facts, delta: Delta, *, key: str, number: int, opening: str = ""
    ) -> str:
        """What has changed since the ticket was last told, and the line by which the note is known again."""
        lines = [f"msp-audit, {facts.as_of:%Y-%m-%d}: {opening or delta.summary(len(group.items))}"]
        most = 1 if self._settings.display_only_first_activity_record else MOST_LINES
        for title, entries in delta.chapters():
            lines += ["", f"{title}:", *_listed(entries, most=most)]
        return "\n".join([*lines, "", note_marker(key, number=number)])

    def is_cut(self, delta: Delta) -> bool:
        """Whether a note about *delta* leaves lines out."""
        most = 1 if self._settings.display_only_first_activity_record else MOST_LINES
        return any(len(entries) > most for _, entries in delta.chapters())

    def listing(self, delta: Delta) -> str:
        """The whole difference, for the file that goes with a note."""
        lines: list[str] = []
        for title, entries in delta.chapters():
            lines += [f"{title}:", *(f"- {entry}" for entry in entries), ""]
        return "\n".join(lines)

    def correlation(self, earlier: Sequence[Row]) -> str:
        """One line for each earlier ticket."""
        template = self._settings.correlation_ticket_format
        texts = [
            {"id": str(row.ticket_id), "summary": row.summary, "closed": _day(row.closed_at)}
            for row in earlier
        ]
        return "\n".join(self._rendered(template, values).text for values in texts)

    def values(self, group: Group, facts: Facts, *, earlier: Sequence[Row] = ()) -> dict[str, str]:
        """Seed 002's variables in an audit's meaning, and our own."""
        first = group.items[0] if group.items else None
        names = list(dict.fromkeys(_clean(item.label) for item in group.items))
        return {
            "AlertName": _clean(group.title),
            "Who": "msp-audit",
            "Action": "found",
            "ObjectType": group.subject,
            "What": ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else ""),
            "When": _day(min((i.first_seen_at for i in group.items if i.first_seen_at), default=None)),
            "Where": _clean(group.company_name) or "no company",
            "Workstation": names[0] if names else "",
            "Details": _clean(first.reason) if first else "",
            "DataSource": ", ".join(facts.sources),
            "MonitoringPlanName": self._workspace,
            "Item": _clean(first.entity_id) if first else "",
            "Computer": platform.node(),
            "Company": _clean(group.company_name),
            "Rule": group.scope,
            "Severity": group.worst.value,
            "Count": str(len(group.items)),
            "Why": group.why,
            "Remedy": group.remedy,
            "Findings": "\n".join(_listed([line_of(item) for item in group.items], most=MOST_LINES)),
            "Reference": group.key,
            "RunId": str(facts.run_id),
            "AsOf": f"{facts.seen_at:%Y-%m-%d %H:%M} UTC",
            "CorrelationText": self.correlation(earlier),
        }

    def _text(self, template: str, group: Group, facts: Facts, earlier: Sequence[Row]) -> str:
        if not template.strip():
            return ""
        text = self._rendered(template, self.values(group, facts, earlier=earlier)).text
        correlation = self.correlation(earlier)
        if correlation and correlation not in text and template is self._settings.description:
            text = f"{text}\n\n{correlation}"
        return _BLANK_LINES.sub("\n\n", text).strip()

    @staticmethod
    def _is_jinja(template: str) -> bool:
        return "{{" in template or "{%" in template

    def _rendered(self, template: str, values: Mapping[str, str]) -> Rendered:
        if self._jinja is not None and self._is_jinja(template):
            text = self._jinja(template, values)
            return Rendered(text=text, tail_at=max(0, len(text) - _TAIL_LENGTH // 2))
        rendered = expand(template, values)
        self.unknown.update(rendered.unknown)
        return rendered


def line_of(item: Item) -> str:
    """One finding on one line."""
    label, reason = _clean(item.label), _clean(item.reason)
    return f"{label}: {reason}" if label and reason else label or reason or item.finding_id


def _listed(entries: Sequence[str], *, most: int) -> list[str]:
    lines = [f"- {_clean(entry)}" for entry in entries[:most]]
    if len(entries) > most:
        lines.append(f"… and {len(entries) - most:,} more")
    return lines


def _clean(text: str) -> str:
    """One line, without signs that cannot be seen."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def _one_line(text: str) -> str:
    return "".join(sign if sign.isprintable() else " " for sign in text)


def _length(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _day(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d}" if moment else ""
