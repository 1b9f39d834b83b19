"""Figures for notebooks, by matplotlib; they draw themselves wherever they are the value of a cell."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from msp_audit.domain import Record
from msp_audit.reporting.charts import COLOURS, INK, MUTED, SHARE

if TYPE_CHECKING:
    from matplotlib.axes import Axes


class Drawing(Figure):
    """A figure that needs no pyplot, and so no state of the whole process, to be shown."""

    #: What it shows, in a sentence: for who cannot see it, and for what compares notebooks.
    told = "a figure"

    def __repr__(self) -> str:
        return f"<{self.told}>"

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
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    figure.told = f"open findings after each of {len(rows)} runs: {', '.join(str(tall) for tall in below)}"
    return figure


def map_figure(lines: Sequence[Record], *, title: str) -> Drawing:
    """Automate's names on the left, the PSA's on the right, an arrow for each pair.

    *lines* have ``automate``, ``psa`` and ``path``; a path without a pair is a name that is not mapped.
    """
    pairs = [line for line in lines if line["automate"] and line["psa"]]
    left = list(dict.fromkeys(line["automate"] for line in lines if line["automate"]))
    right = _least_crossed(pairs, left)
    right += [line["psa"] for line in lines if line["psa"] and line["psa"] not in right]
    tall = max(len(left), len(right), 1)
    figure = Drawing(figsize=(8, 0.3 * tall + 1.1), layout="constrained")
    axes = figure.add_subplot()
    for names, place, align in ((left, 0.0, "right"), (right, 1.0, "left")):
        mapped = {line["automate" if place == 0 else "psa"] for line in pairs}
        for row, name in enumerate(names):
            text, colour = (name, INK) if name in mapped else (f"{name} (not mapped)", COLOURS["high"])
            # Names come from strangers' networks: a dollar sign is one, and no formula.
            axes.text(
                place, -row, f"  {text}  ", ha=align, va="center", fontsize=9, color=colour, parse_math=False
            )
    for line in pairs:
        ends = ((0.0, -left.index(line["automate"])), (1.0, -right.index(line["psa"])))
        arrow, colour, dashes, _ = _PATHS[line["path"]]
        look = {"arrowstyle": arrow, "color": colour, "linestyle": (0, dashes), "linewidth": 1.4}
        axes.annotate("", xy=ends[1], xytext=ends[0], arrowprops=look)
    _finish(axes, tall, title)
    counts = (f"{sum(line['path'] == path for line in lines)} {path}" for path in (*_PATHS, "not mapped"))
    figure.told = f"{title}: {', '.join(counts)}"
    return figure


#: Arrow, colour, dashes and legend; the dashes differ too, for eyes that see no hue.
_PATHS: Mapping[str, tuple[str, str, tuple[float, float], str]] = {
    "both ways": ("<->", SHARE, (1, 0), "mapped both ways"),
    "only to the PSA": ("->", COLOURS["high"], (4, 2), "only from Automate to the PSA"),
    "only from the PSA": ("<-", COLOURS["medium"], (1, 1.5), "only from the PSA to Automate"),
}


def _least_crossed(pairs: Sequence[Record], left: Sequence[str]) -> list[str]:
    """The right-hand names of *pairs*, each as high as its partners stand on average."""
    partners: dict[str, list[int]] = {}
    for line in pairs:
        partners.setdefault(line["psa"], []).append(left.index(line["automate"]))
    return sorted(partners, key=lambda name: sum(partners[name]) / len(partners[name]))


def _finish(axes: Axes, tall: int, title: str) -> None:
    axes.set_xlim(-0.9, 1.9)
    axes.set_ylim(-tall - 0.6, 1.2)
    axes.text(0, 0.9, "Automate  ", ha="right", va="center", color=MUTED)
    axes.text(1, 0.9, "  PSA", ha="left", va="center", color=MUTED)
    axes.set_title(title, fontsize=10, color=INK, parse_math=False)
    keys = [
        Line2D([], [], color=colour, linestyle=(0, dashes), label=text)
        for _, colour, dashes, text in _PATHS.values()
    ]
    axes.legend(handles=keys, loc="lower center", ncols=len(keys), frameon=False, fontsize=8)
    axes.set_axis_off()
