"""Charts drawn in the characters of a terminal: bars, and lines of a letter each, with a legend."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from ipcalc import quantity
from ipcalc.quantity import Exact
from ipcalc.views.page import Chart, on_one_line

WIDTH, LEAST = 40, 5  # of a bar, where there is room and where there is none
_FILLS = "█▓▒░#=+:-."
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
COLUMNS, HEIGHT = 64, 16  # of lines


def bars(rows: Sequence[tuple[str, int]]) -> Chart:
    """A bar for each amount, the longest as wide as the chart, with its part of all of them."""
    return Chart(lambda width: _bars(rows, width))


def _room(width: int, taken: int) -> int:
    """How wide a bar can be beside what is taken."""
    return max(min(WIDTH, width - taken), LEAST)


def _bars(rows: Sequence[tuple[str, int]], width: int) -> str:
    from rich.cells import cell_len, set_cell_size

    total = sum(amount for _, amount in rows)
    most = max((amount for _, amount in rows), default=0)
    if not most:
        return ""
    names = [set_cell_size(on_one_line(name), min(24, cell_len(on_one_line(name)))) for name, _ in rows]
    room = max(map(cell_len, names))
    widest = _room(width, room + 2 + 2 + 6)  # beside the name and the part, two cells apart
    lines = []
    for name, (_, amount) in zip(names, rows, strict=True):
        bar = "█" * quantity.nearest_unit(Fraction(amount * widest, most))
        share = quantity.percent(Fraction(amount, total), 1)
        lines.append(f"{set_cell_size(name, room)}  {bar.ljust(widest)}  {share:>6}".rstrip())
    return "\n".join(lines)


def stacked(rows: Sequence[tuple[str, Sequence[int]]], names: Sequence[str]) -> Chart:
    """A bar for each row, the largest as wide as the chart, each part of it in a filling of its own."""
    return Chart(lambda width: _stacked(rows, names, width))


def _stacked(rows: Sequence[tuple[str, Sequence[int]]], names: Sequence[str], width: int) -> str:
    from rich.cells import cell_len, set_cell_size

    most = max((sum(parts) for _, parts in rows), default=0)
    if most <= 0:
        return ""
    room = max(cell_len(on_one_line(title)) for title, _ in rows)
    widest = _room(width, room + 2)
    lines = []
    for title, parts in rows:
        total = sum(parts)
        cells = (
            quantity.allocate(quantity.nearest_unit(Fraction(total * widest, most)), parts)
            if total
            else [0] * len(parts)
        )
        bar = "".join(_FILLS[i % len(_FILLS)] * n for i, n in enumerate(cells))
        lines.append(f"{set_cell_size(on_one_line(title), room)}  {bar}".rstrip())
    keys = [f"{_FILLS[i % len(_FILLS)]} {on_one_line(name)}" for i, name in enumerate(names)]
    legend = keys[:1]
    for key in keys[1:]:
        if cell_len(f"{legend[-1]}  {key}") > width:
            legend.append(key)
        else:
            legend[-1] += f"  {key}"
    return "\n".join([*lines, *legend])


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
