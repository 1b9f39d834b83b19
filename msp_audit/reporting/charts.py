"""Charts as inline SVG for HTML and PDF: drawn from the page's rows, the same bytes each time.

Colours stand as attributes (WeasyPrint draws each SVG by itself) and as classes (a browser's style sheet
overrides the attributes, so that the charts follow dark mode).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from msp_audit.domain import Record, Severity
from msp_audit.reporting.words import count, counted, day

#: From dark to light, so that they differ without any sense of hue, and never without their word beside them.
COLOURS: Mapping[str, str] = {
    "critical": "#6b0f3a",
    "high": "#c2451e",
    "medium": "#e3a12f",
    "low": "#6aa5d8",
    "info": "#b4bdc7",
}
INK = "#1c2733"
MUTED = "#5c6875"
LINE = "#dde2e8"
SHARE = "#3d6f9e"
#: What went, beside ``INK`` for what came: apart by lightness, and by the side of the line they stand on.
OUT = "#9db3c8"
#: The paper's own letters first; a browser does not know them and goes on.
_FONT = "'Report Sans', Inter, 'Segoe UI', 'Helvetica Neue', 'Liberation Sans', Arial, sans-serif"
#: Runs that a chart's words go through.
_TOLD = 8
_SEVERITIES = tuple(severity.value for severity in Severity)


def severity_mark(severity: str) -> Markup:
    """A small square in the severity's colour; the word stands beside it in the template."""
    return Markup(
        '<svg class="mark" width="10" height="10" viewBox="0 0 10 10" aria-hidden="true">'
        '<rect class="fill-{s}" width="10" height="10" rx="2" fill="{c}"/></svg>'
    ).format(s=severity, c=COLOURS.get(severity, MUTED))


def split_bar(record: Record, *, largest: int, width: int = 160, height: int = 10) -> Markup:
    """One company's open findings by severity, as long as its share of the *largest* company's."""
    parts = [(name, int(record.get(name) or 0)) for name in _SEVERITIES]
    total = sum(number for _, number in parts)
    told = ", ".join(f"{number} {name}" for name, number in parts if number) or "nothing open"
    full = width * total / max(1, largest)
    place, drawn = 0.0, []
    for name, number in parts:
        if number:
            long = max(2.0, full * number / total)
            drawn.append(_rect(place, 0, max(1.0, long - 1), height, name))
            place += long
    return drawing(width, height, told, Markup("").join(drawn), kind="bar")


def share_bar(share: Any, *, width: int = 160, height: int = 8) -> Markup:  # noqa: ANN401
    """A share between 0 and 1 as a filled track."""
    long = max(0.0, min(1.0, float(share))) * width
    track = Markup('<rect class="track" width="{w}" height="{h}" rx="2" fill="{c}"/>').format(
        w=width, h=height, c=LINE
    )
    filled = Markup('<rect class="fill-share" width="{w}" height="{h}" rx="2" fill="{c}"/>').format(
        w=number(long), h=height, c=SHARE
    )
    return drawing(width, height, f"{float(share):.1%} in order", track + filled, kind="bar")


def trend(rows: Sequence[Record], *, width: int = 720, height: int = 230) -> Markup:
    """Open findings of each run as stacked columns, the total above each."""
    top, bottom, left = 22, 34, 44
    most = max([int(row["total"]) for row in rows] + [1])
    step, ceiling = _scale(most)
    room = height - top - bottom
    slot = (width - left) / max(len(rows), 8)
    drawn = [
        _grid(value, top + room * (1 - value / ceiling), left, width) for value in range(0, ceiling + 1, step)
    ]
    every = -(-len(rows) // 9)
    for place, row in enumerate(rows):
        x = left + slot * place + slot * 0.18
        base = float(top + room)
        for name in reversed(_SEVERITIES):
            tall = room * int(row[name]) / ceiling
            if tall > 0:
                drawn.append(_rect(x, base - tall, slot * 0.64, max(0.6, tall - 0.8), name, round_by=0))
                base -= tall
        middle = x + slot * 0.32
        drawn.append(writing(count(row["total"]), middle, base - 6, anchor="middle", strong=True))
        if (len(rows) - 1 - place) % every == 0:
            drawn.append(writing(day(row["as_of"])[:-5], middle, height - 14, anchor="middle"))
    return drawing(width, height, trend_words(rows), Markup("").join(drawn), kind="trend")


def flow(rows: Sequence[Record], *, width: int = 720, height: int = 120) -> Markup:
    """What each run brought (above the line) and what it found resolved (below it)."""
    left, room, middle = 44, height / 2 - 22, height / 2
    most = max([int(row[name]) for row in rows[1:] for name in ("appeared", "resolved")] + [1])
    slot = (width - left) / max(len(rows), 8)
    line = Markup('<line class="grid" x1="{l}" x2="{w}" y1="{y}" y2="{y}" stroke="{c}"/>')
    drawn = [line.format(l=left, w=width, y=number(middle), c=LINE)]
    for place, row in enumerate(rows):
        # In the first run everything is new; drawn, it would dwarf the rest.
        if place == 0:
            continue
        x = left + slot * place + slot * 0.18
        up, down = (room * int(row[name]) / most for name in ("appeared", "resolved"))
        drawn.append(_plain_rect(x, middle - up, slot * 0.64, up, "fill-in", INK))
        drawn.append(_plain_rect(x, middle, slot * 0.64, down, "fill-out", OUT))
        centre = x + slot * 0.32
        drawn.append(writing(f"+{count(row['appeared'])}", centre, middle - up - 5, anchor="middle"))
        drawn.append(writing(f"−{count(row['resolved'])}", centre, middle + down + 13, anchor="middle"))
    return drawing(width, height, flow_words(rows), Markup("").join(drawn), kind="trend")


def flow_words(rows: Sequence[Record]) -> str:
    """What came and went in the last runs, as a sentence for those who do not see the chart."""
    if len(rows) < 2:
        return "The first run: everything is new."
    told = [
        f"{day(row['as_of'])}: {count(row['appeared'])} appeared, {count(row['resolved'])} resolved"
        for row in rows[1:][-_TOLD:]
    ]
    return f"Findings that came and went in each run. {'; '.join(told)}."


def age_words(rows: Sequence[Record]) -> str:
    """How long the open findings have stood, as a sentence."""
    told = [f"{row['bucket']}: {count(row['total'])}" for row in rows]
    return f"Open findings by age. {'; '.join(told)}."


def spark_line(history: Sequence[float], *, width: int = 96, height: int = 18) -> Markup:
    """Shares over the last runs as a small line; its scale is its own lowest to highest."""
    low, high = min(history), max(history)
    spread = (high - low) or 1
    step = (width - 6) / max(1, len(history) - 1)
    points = [
        (3 + step * place, height - 4 - (height - 8) * ((value - low) / spread if high > low else 0.5))
        for place, value in enumerate(history)
    ]
    drawn = Markup(
        '<polyline class="stroke-share" fill="none" stroke="{c}" stroke-width="1.5" points="{p}"/>'
    )
    end = Markup('<circle class="fill-share" cx="{x}" cy="{y}" r="2.5" fill="{c}"/>')
    told = " to ".join(f"{value:.1%}" for value in dict.fromkeys((history[0], history[-1])))
    inside = drawn.format(c=SHARE, p=" ".join(f"{number(x)},{number(y)}" for x, y in points)) + end.format(
        x=number(points[-1][0]), y=number(points[-1][1]), c=SHARE
    )
    return drawing(width, height, f"{counted(len(history), 'run')}: {told}", inside, kind="spark")


def trend_words(rows: Sequence[Record]) -> str:
    """The trend as a sentence, for those who do not see it."""
    if not rows:
        return "No run yet."
    first, last = rows[0], rows[-1]
    if len(rows) == 1:
        return f"{count(last['total'])} open findings on {day(last['as_of'])}, the first run."
    return (
        f"Open findings over {len(rows)} runs: {count(first['total'])} on {day(first['as_of'])}, "
        f"{count(last['total'])} on {day(last['as_of'])}."
    )


def present_severities(rows: Sequence[Record]) -> list[str]:
    """Severities that the *rows* hold anything of, for a legend."""
    return [name for name in _SEVERITIES if any(row.get(name) for row in rows)]


def _scale(most: int) -> tuple[int, int]:
    """A round step and the first multiple of it that holds *most*, in at most four steps."""
    for power in range(12):
        for digit in (1, 2, 5):
            step = digit * 10**power
            if step * 4 >= most:
                return step, step * -(-most // step)
    return most, most


def _grid(value: int, y: float, left: int, width: int) -> Markup:
    line = Markup(
        '<line class="grid" x1="{l}" x2="{w}" y1="{y}" y2="{y}" stroke="{c}" stroke-width="1"/>'
    ).format(l=left, w=width, y=number(y), c=LINE)
    return line + writing(count(value), left - 8, y + 4, anchor="end")


def _rect(x: float, y: float, width: float, height: float, name: str, *, round_by: int = 1) -> Markup:
    return Markup(
        '<rect class="fill-{n}" x="{x}" y="{y}" width="{w}" height="{h}" rx="{r}" fill="{c}"/>'
    ).format(n=name, x=number(x), y=number(y), w=number(width), h=number(height), r=round_by, c=COLOURS[name])


def _plain_rect(x: float, y: float, width: float, height: float, kind: str, colour: str) -> Markup:
    return Markup('<rect class="{k}" x="{x}" y="{y}" width="{w}" height="{h}" fill="{c}"/>').format(
        k=kind, x=number(x), y=number(y), w=number(width), h=number(height), c=colour
    )


def writing(
    words: str, x: float, y: float, *, anchor: str, strong: bool = False, size: int | None = None
) -> Markup:
    """*words* in a chart, *strong* for its figures."""
    return Markup(
        '<text class="{k}" x="{x}" y="{y}" text-anchor="{a}" font-family="{f}" font-size="{s}" '
        'font-weight="{w}" fill="{c}">{t}</text>'
    ).format(
        k="ink" if strong else "muted",
        x=number(x),
        y=number(y),
        a=anchor,
        f=_FONT,
        s=size or (12 if strong else 11),
        w="600" if strong else "400",
        c=INK if strong else MUTED,
        t=words,
    )


def drawing(width: int, height: int, told: str, inside: Markup, *, kind: str) -> Markup:
    """A picture of what is *inside*, *told* to those who do not see it; *kind* is its class."""
    return Markup(
        '<svg class="{k}" role="img" aria-label="{t}" width="{w}" height="{h}" viewBox="0 0 {w} {h}" '
        'xmlns="http://www.w3.org/2000/svg"><title>{t}</title>{i}</svg>'
    ).format(k=kind, t=told, w=width, h=height, i=inside)


def number(value: float) -> str:
    """A coordinate, no longer than it needs to be."""
    return f"{value:.2f}".rstrip("0").rstrip(".")
