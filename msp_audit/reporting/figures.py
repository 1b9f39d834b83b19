"""Figures for notebooks, by matplotlib; they draw themselves wherever they are the value of a cell."""

from __future__ import annotations

import io
from collections.abc import Sequence

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from msp_audit.domain import Record
from msp_audit.reporting.charts import COLOURS, INK, LINE, MUTED


class Drawing(Figure):
    """A figure that needs no pyplot, and so no state of the whole process, to be shown."""

    def _repr_png_(self) -> bytes:
        file = io.BytesIO()
        FigureCanvasAgg(self)
        self.savefig(file, format="png")
        return file.getvalue()


def trend_figure(rows: Sequence[Record]) -> Drawing:
    """Open findings of each run as stacked columns; rows have ``as_of`` and one column a severity."""
    figure = Drawing(figsize=(8, 3), layout="constrained")
    axes = figure.add_subplot()
    below = [0] * len(rows)
    for name, colour in reversed(list(COLOURS.items())):
        tall = [int(row[name]) for row in rows]
        if any(tall):
            axes.bar(range(len(rows)), tall, bottom=below, width=0.6, color=colour, label=name)
        below = [low + high for low, high in zip(below, tall, strict=True)]
    every = -(-len(rows) // 9) or 1
    shown = range(0, len(rows), every)
    axes.set_xticks(list(shown), [f"{rows[place]['as_of']:%Y-%m-%d}" for place in shown])
    axes.set_ylabel("open findings")
    axes.legend(frameon=False, fontsize=8)
    return figure


def map_figure(
    there: Sequence[tuple[str, str]], back: Sequence[tuple[str, str]], *, sides: tuple[str, str]
) -> Drawing:
    """Two lists of names with arrows: *there* from left to right, *back* from right to left."""
    left = sorted({pair[0] for pair in there} | {pair[1] for pair in back} - {""})
    right = sorted({pair[1] for pair in there} | {pair[0] for pair in back} - {""})
    left, right = [name for name in left if name], [name for name in right if name]
    tall = max(len(left), len(right), 1)
    figure = Drawing(figsize=(8, 0.34 * tall + 0.9), layout="constrained")
    axes = figure.add_subplot()
    for names, x, align in ((left, 0.0, "right"), (right, 1.0, "left")):
        for place, name in enumerate(names):
            axes.text(x, -place, f" {name} ", ha=align, va="center", fontsize=8, color=INK)
    for pairs, colour, lift in ((there, COLOURS["low"], 0.08), (back, COLOURS["high"], -0.08)):
        for one, other in pairs:
            if one and other:
                start, end = (
                    ((0, -left.index(one)), (1, -right.index(other)))
                    if lift > 0
                    else ((1, -right.index(one)), (0, -left.index(other)))
                )
                axes.annotate(
                    "",
                    xy=(end[0], end[1] + lift),
                    xytext=(start[0], start[1] + lift),
                    arrowprops={"arrowstyle": "->", "color": colour},
                )
    axes.set_xlim(-0.9, 1.9)
    axes.set_ylim(-tall + 0.5, 0.9)
    axes.text(0, 0.7, sides[0], ha="right", color=MUTED)
    axes.text(1, 0.7, sides[1], ha="left", color=MUTED)
    axes.axvline(0, color=LINE, linewidth=0.5)
    axes.axvline(1, color=LINE, linewidth=0.5)
    axes.set_axis_off()
    return figure
