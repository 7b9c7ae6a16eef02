"""Amounts drawn in a terminal, in characters that any of them has."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from ipcalc import quantity
from ipcalc.views.page import Code, on_one_line

WIDTH = 40
_FILLS = "█▓▒░#=+:-."


def bars(rows: Sequence[tuple[str, int]]) -> Code:
    """A bar for each amount, the longest as wide as the chart, with its part of all of them."""
    from rich.cells import cell_len, set_cell_size

    total = sum(amount for _, amount in rows)
    most = max((amount for _, amount in rows), default=0)
    if not most:
        return Code("")
    names = [set_cell_size(on_one_line(name), min(24, cell_len(on_one_line(name)))) for name, _ in rows]
    room = max(map(cell_len, names))
    lines = []
    for name, (_, amount) in zip(names, rows, strict=True):
        bar = "█" * quantity.nearest_unit(Fraction(amount * WIDTH, most))
        share = quantity.percent(Fraction(amount, total), 1)
        lines.append(f"{set_cell_size(name, room)}  {bar.ljust(WIDTH)}  {share:>6}".rstrip())
    return Code("\n".join(lines))


def stacked(rows: Sequence[tuple[str, Sequence[int]]], names: Sequence[str]) -> Code:
    """A bar for each row, the largest as wide as the chart, each part of it in a filling of its own."""
    from rich.cells import cell_len, set_cell_size

    most = max((sum(parts) for _, parts in rows), default=0)
    if most <= 0:
        return Code("")
    room = max(cell_len(on_one_line(title)) for title, _ in rows)
    lines = []
    for title, parts in rows:
        total = sum(parts)
        cells = (
            quantity.allocate(quantity.nearest_unit(Fraction(total * WIDTH, most)), parts)
            if total
            else [0] * len(parts)
        )
        bar = "".join(_FILLS[i % len(_FILLS)] * n for i, n in enumerate(cells))
        lines.append(f"{set_cell_size(on_one_line(title), room)}  {bar}".rstrip())
    legend = "  ".join(f"{_FILLS[i % len(_FILLS)]} {on_one_line(name)}" for i, name in enumerate(names))
    return Code("\n".join([*lines, legend]))
