"""Divides a number of rows fairly among parts that want more."""

from __future__ import annotations

from collections.abc import Sequence


def shares(sizes: Sequence[int], *, budget: int) -> list[int]:
    """How much of each size fits when all together may have *budget*: small ones whole, large ones alike.

    What does not divide evenly goes to the first ones, so the result depends on nothing but its input.
    """
    kept = [0] * len(sizes)
    left = budget
    by_size = sorted(range(len(sizes)), key=lambda place: (sizes[place], place))
    for done, place in enumerate(by_size):
        waiting = len(by_size) - done
        if sizes[place] * waiting > left:
            fair, extra = divmod(left, waiting)
            for turn, other in enumerate(sorted(by_size[done:])):
                kept[other] = min(sizes[other], fair + (turn < extra))
            break
        kept[place] = sizes[place]
        left -= sizes[place]
    return kept
