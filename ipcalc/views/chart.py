"""Lines drawn in the characters of a terminal: a letter for each, and a legend."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from ipcalc.quantity import Exact

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
WIDTH, HEIGHT = 64, 16


class Series(NamedTuple):
    """A line: its name, and a value for each column, from left to right, none below zero."""

    name: str
    values: Sequence[Exact]


def lines(series: Sequence[Series], top: str, ends: tuple[str, str], marks: Sequence[int] = ()) -> str:
    """Series drawn over one another, the first on top where they meet.

    ``top`` is what the highest value is called, ``ends`` what the first and the last column are; ``marks``
    are columns to point at.
    """
    highest = max((value for one in series for value in one.values), default=0) or 1
    width = max(len(one.values) for one in series)
    rows = [[" "] * width for _ in range(HEIGHT)]
    for letter, one in reversed(list(zip(LETTERS, series, strict=False))):
        for column, value in enumerate(one.values):
            row = int(Fraction(value) / highest * (HEIGHT - 1) + Fraction(1, 2))
            rows[HEIGHT - 1 - row][column] = letter
    margin = max(len(top), 1)
    labels = [top, *[""] * (HEIGHT - 2), "0"]
    drawn = [f"{label:>{margin}} │{''.join(row)}" for label, row in zip(labels, rows, strict=True)]
    axis = "".join("┬" if column in marks else "─" for column in range(width))
    first, last = ends
    drawn.append(f"{'':>{margin}} └{axis}")
    drawn.append(f"{'':>{margin}}  {first}{last:>{max(width - len(first), 1)}}")
    drawn += [f"{'':>{margin}}  {letter} {one.name}" for letter, one in zip(LETTERS, series, strict=False)]
    return "\n".join(row.rstrip() for row in drawn)
