"""The mail's chart: a PNG by matplotlib, which is only imported when one is made."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from msp_audit.domain import Record
from msp_audit.reporting.charts import COLOURS, INK, LINE, MUTED
from msp_audit.reporting.words import count, day

#: Width in the mail, in pixels; the picture has twice as many, for dense screens.
WIDTH = 576
HEIGHT = 190
_DOTS = 200


def trend_png(rows: Sequence[Record]) -> bytes:
    """Open findings of each run as stacked columns, from the trend section; always the same bytes."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

    figure = Figure(figsize=(WIDTH * 2 / _DOTS, HEIGHT * 2 / _DOTS), dpi=_DOTS, facecolor="white")
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0.055, 0.14, 0.94, 0.76))
    below = [0] * len(rows)
    for name, colour in reversed(list(COLOURS.items())):
        tall = [int(row[name]) for row in rows]
        axes.bar(
            range(len(rows)), tall, bottom=below, width=0.62, color=colour, edgecolor="white", linewidth=0.5
        )
        below = [low + high for low, high in zip(below, tall, strict=True)]
    # matplotlib brings this one along, so that the picture is the same everywhere.
    written: dict[str, Any] = {"fontfamily": "DejaVu Sans", "fontsize": 6.5}
    for place, total in enumerate(below):
        axes.annotate(
            count(total),
            (place, total),
            xytext=(0, 3),
            textcoords="offset points",
            ha="center",
            color=INK,
            fontweight="bold",
            **written,
        )
    every = -(-len(rows) // 9)
    shown = [place for place in range(len(rows)) if (len(rows) - 1 - place) % every == 0]
    axes.set_xticks(shown, [day(rows[place]["as_of"])[:-5] for place in shown], color=MUTED, **written)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=4, integer=True))
    axes.tick_params(axis="y", labelsize=6.5, labelcolor=MUTED, length=0, labelfontfamily="DejaVu Sans")
    axes.tick_params(axis="x", length=0)
    axes.set_xlim(-0.6, max(len(rows), 8) - 0.4)
    axes.set_ylim(0, max([*below, 1]) * 1.12)
    axes.grid(axis="y", color=LINE, linewidth=0.5)
    axes.set_axisbelow(True)
    for side in axes.spines.values():
        side.set_visible(False)
    file = io.BytesIO()
    # Without the program's name and version: they are the only bytes that would differ between machines.
    figure.savefig(file, format="png", metadata={"Software": None})
    return file.getvalue()
