"""Rows as CSV: numbers stay numbers, and no text from a file becomes a formula or steers a terminal."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from fractions import Fraction

from ipcalc import quantity
from ipcalc.quantity import Exact
from ipcalc.views.page import on_one_line

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def draw(rows: Iterable[Sequence[str | Exact]]) -> str:
    """Rows as CSV text; a number that no decimal is exact for is rounded to twelve places, half up."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([_cell(cell) for cell in row] for row in rows)
    return out.getvalue()


def _cell(cell: str | Exact) -> str:
    if isinstance(cell, str):
        text = on_one_line(cell)
        return f"'{text}" if cell.startswith(_FORMULA) or text.startswith(_FORMULA) else text
    shown = quantity.plain(cell)
    if "/" not in shown:
        return shown
    places = quantity.PLACES
    rounded = (abs(Fraction(cell)) * 10**places * 2 + 1) // 2
    return quantity.plain(Fraction(rounded if cell > 0 else -rounded, 10**places))
