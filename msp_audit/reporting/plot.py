"""The mail's charts: PNG by matplotlib, which is only imported when one is made."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from msp_audit.domain import Record
from msp_audit.reporting.charts import COLOURS, INK, LINE, MUTED, OUT
from msp_audit.reporting.words import count, day

#: Width in the mail, in pixels; the picture has twice as many, for dense screens.
WIDTH = 576
HEIGHT = 190
FLOW_HEIGHT = 110
_DOTS = 200
# matplotlib brings this one along, so that the picture is the same everywhere.
_WRITTEN: dict[str, Any] = {"fontfamily": "DejaVu Sans", "fontsize": 6.5}


def trend_png(rows: Sequence[Record]) -> bytes:
    """Open findings of each run as stacked columns, from the trend section; always the same bytes."""
    from matplotlib.ticker import MaxNLocator

    figure, axes = _canvas(HEIGHT, (0.055, 0.14, 0.94, 0.76))
    below = [0] * len(rows)
    for name, colour in reversed(list(COLOURS.items())):
        tall = [int(row[name]) for row in rows]
        axes.bar(
            range(len(rows)), tall, bottom=below, width=0.62, color=colour, edgecolor="white", linewidth=0.5
        )
        below = [low + high for low, high in zip(below, tall, strict=True)]
    for place, total in enumerate(below):
        axes.annotate(
            count(total),
            (place, total),
            xytext=(0, 3),
            textcoords="offset points",
            ha="center",
            color=INK,
            fontweight="bold",
            **_WRITTEN,
        )
    _name_runs(axes, rows)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=4, integer=True))
    axes.tick_params(axis="y", labelsize=6.5, labelcolor=MUTED, length=0, labelfontfamily="DejaVu Sans")
    axes.set_ylim(0, max([*below, 1]) * 1.12)
    axes.grid(axis="y", color=LINE, linewidth=0.5)
    return _png(figure, axes)


def flow_png(rows: Sequence[Record]) -> bytes:
    """What each run but the first brought (up) and found resolved (down), from the trend section."""
    figure, axes = _canvas(FLOW_HEIGHT, (0.055, 0.18, 0.94, 0.78))
    for name, colour, way, sign in (("appeared", INK, 1, "+"), ("resolved", OUT, -1, "−")):
        tall = [0, *(int(row[name]) for row in rows[1:])]
        axes.bar(range(len(rows)), [way * number for number in tall], width=0.62, color=colour)
        for place, number in enumerate(tall):
            if place:
                axes.annotate(
                    f"{sign}{count(number)}",
                    (place, way * number),
                    xytext=(0, 3 * way),
                    textcoords="offset points",
                    ha="center",
                    va="bottom" if way > 0 else "top",
                    color=INK,
                    **_WRITTEN,
                )
    axes.axhline(0, color=LINE, linewidth=0.8)
    axes.set_yticks([])
    _name_runs(axes, rows)
    axes.margins(y=0.3)
    return _png(figure, axes)


def bars_png(named: Sequence[tuple[str, Sequence[tuple[str, float]], str]], *, most: float) -> bytes:
    """Lying bars: ``(name, (colour and length, one after another), what stands at the end)`` from above."""
    figure, axes = _canvas(16 + 22 * len(named), (0.26, 0.02, 0.62, 0.96))
    for place, (_, parts, told) in enumerate(named):
        left = 0.0
        for colour, long in parts:
            axes.barh(-place, long, left=left, height=0.62, color=colour, edgecolor="white", linewidth=0.5)
            left += long
        axes.annotate(
            told,
            (left, -place),
            xytext=(4, 0),
            textcoords="offset points",
            va="center",
            color=INK,
            fontweight="bold",
            **_WRITTEN,
        )
    axes.set_yticks([-place for place in range(len(named))], [name for name, _, _ in named], **_WRITTEN)
    axes.tick_params(axis="y", length=0, labelcolor=INK)
    axes.set_xticks([])
    axes.set_xlim(0, most or 1)
    axes.set_ylim(-len(named) + 0.4, 0.6)
    return _png(figure, axes)


def _canvas(height: int, place: tuple[float, float, float, float]) -> tuple[Any, Any]:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH * 2 / _DOTS, height * 2 / _DOTS), dpi=_DOTS, facecolor="white")
    FigureCanvasAgg(figure)
    return figure, figure.add_axes(place)


def _name_runs(axes: Any, rows: Sequence[Record]) -> None:  # noqa: ANN401
    every = -(-len(rows) // 9)
    shown = [place for place in range(len(rows)) if (len(rows) - 1 - place) % every == 0]
    axes.set_xticks(shown, [day(rows[place]["as_of"])[:-5] for place in shown], color=MUTED, **_WRITTEN)
    axes.tick_params(axis="x", length=0)
    axes.set_xlim(-0.6, max(len(rows), 8) - 0.4)


def _png(figure: Any, axes: Any) -> bytes:  # noqa: ANN401
    axes.set_axisbelow(True)
    for side in axes.spines.values():
        side.set_visible(False)
    file = io.BytesIO()
    # Without the program's name and version: they are the only bytes that would differ between machines.
    figure.savefig(file, format="png", metadata={"Software": None})
    return file.getvalue()
