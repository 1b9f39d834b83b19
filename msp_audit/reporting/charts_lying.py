"""Charts of lying bars for HTML and PDF, the mail's figures over again: age, and coverage by company."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from markupsafe import Markup

from msp_audit.domain import Record
from msp_audit.reporting.charts import COLOURS, LINE, SHARE, age_words, drawing, number, writing
from msp_audit.reporting.words import count, cut, share

#: Companies of the coverage chart; the lowest, the others stand in the table.
COMPANIES = 10
_WIDTH = 470
_LEFT = 186
_RIGHT = 54
_SLOT = 26
_BAR = 14
#: Letters of a name that have room beside a bar.
_LETTERS = 29


def age(rows: Sequence[Record]) -> Markup:
    """Open findings by how long they have stood, each bar by severity; from the age section."""
    most = max(int(row["total"]) for row in rows) or 1
    named = [
        (
            str(row["bucket"]),
            [(f"fill-{name}", colour, int(row[name]) / most) for name, colour in COLOURS.items()],
            count(row["total"]),
        )
        for row in rows
    ]
    return _lying(named, told=age_words(rows))


def coverage(rows: Sequence[Record]) -> Markup:
    """Share of computers that the PSA knows, of the first companies of the coverage section."""
    named = [
        (
            _fitting(str(row["company_name"])),
            [
                ("fill-share", SHARE, float(row["known_share"])),
                ("track", LINE, 1 - float(row["known_share"])),
            ],
            share(row["known_share"]),
        )
        for row in rows[:COMPANIES]
    ]
    return _lying(named, told=coverage_words(rows[:COMPANIES]))


def coverage_words(rows: Sequence[Record]) -> str:
    """Coverage by company as a sentence, for those who do not see the chart."""
    told = [
        f"{cut(str(row['company_name']), 40)}: {share(row['known_share'])} of {count(row['computer_count'])}"
        for row in rows
    ]
    return f"Computers with a configuration in the PSA. {'; '.join(told)}."


def _lying(named: Sequence[tuple[str, Sequence[tuple[str, str, float]], str]], *, told: str) -> Markup:
    """Bars from above: ``(name, (class, colour and share of the room, one after another), what ends it)``."""
    room = _WIDTH - _LEFT - _RIGHT
    drawn = []
    for place, (name, parts, ending) in enumerate(named):
        top, left = place * _SLOT + (_SLOT - _BAR) / 2, float(_LEFT)
        line = top + _BAR - 3
        drawn.append(writing(name, _LEFT - 12, line, anchor="end", size=12))
        for kind, colour, part in parts:
            if part > 0:
                # What there is little of is seen too.
                long = max(1.5, room * part)
                drawn.append(_bar(left, top, max(1.0, long - 0.8), kind, colour))
                left += long
        drawn.append(writing(ending, left + 7, line, anchor="start", strong=True))
    return drawing(_WIDTH, _SLOT * len(named) + 2, told, Markup("").join(drawn), kind="trend lying")


def _bar(x: float, y: float, width: float, kind: str, colour: str) -> Markup:
    return Markup('<rect class="{k}" x="{x}" y="{y}" width="{w}" height="{h}" rx="1" fill="{c}"/>').format(
        k=kind, x=number(x), y=number(y), w=number(width), h=_BAR, c=colour
    )


def _fitting(name: str) -> str:
    """*name* cut to its room; wide letters take twice of it, capitals a little more."""
    room = float(_LETTERS)
    for kept, sign in enumerate(name):
        is_wide = unicodedata.east_asian_width(sign) in "WF" or sign in "MW@%"
        room -= 2 if is_wide else 1.2 if sign.isupper() else 1
        if room < 0:
            return cut(name, max(1, kept))
    return name
