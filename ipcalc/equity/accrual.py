"""What a yearly rate makes of an amount over time: the interest of notes, the dividends of classes."""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Sequence
from fractions import Fraction

from ipcalc.quantity import Exact


def years(day_count: str, start: datetime.date, end: datetime.date) -> Fraction:
    """The years from one day to another, by a day-count convention; none unless ``end`` is later.

    30/360 is the bond basis (a 31st counts as the 30th); actual/actual is ISDA's: each day is a part of the
    year it lies in.
    """
    if end <= start:
        return Fraction(0)
    if day_count == "30/360":
        first = min(start.day, 30)
        last = 30 if end.day == 31 and first == 30 else end.day
        months = (end.year - start.year) * 12 + end.month - start.month
        return Fraction(months * 30 + last - first, 360)
    if day_count == "actual/actual":
        turns = [start, *(datetime.date(year, 1, 1) for year in range(start.year + 1, end.year + 1)), end]
        spans = itertools.pairwise(turns)
        return sum((Fraction((b - a).days, _length(a.year)) for a, b in spans), Fraction(0))
    return Fraction((end - start).days, int(day_count.removeprefix("actual/")))


def _length(year: int) -> int:
    return (datetime.date(year + 1, 1, 1) - datetime.date(year, 1, 1)).days


def due(
    amount: Exact,
    terms: tuple[Exact, str, str],
    start: datetime.date,
    end: datetime.date,
    paid: Sequence[tuple[datetime.date, Exact]],
) -> Exact:
    """What has accrued on an amount and is not ``paid`` yet, by ``terms``: a rate, its kind, its day count.

    A payment is of the oldest first: of what was compounded, which from then on accrues nothing.
    """
    rate, kind, day_count = terms
    compounded: Exact = 0
    running: Exact = 0
    at = Fraction(0)
    for day, part in (*sorted(paid), (end, 0)):
        until = years(day_count, start, day)
        while kind == "compound" and at // 1 + 1 <= until:
            turn = at // 1 + 1
            compounded += running + (amount + compounded) * rate * (turn - at)
            running, at = 0, Fraction(turn)
        running += (amount + compounded) * rate * (until - at)
        at = until
        old = min(part, compounded)
        compounded -= old
        running -= part - old
    return max(compounded + running, 0)


def growth(rate: Exact, kind: str, day_count: str, start: datetime.date, end: datetime.date) -> Fraction:
    """What accrues on each unit of an amount: rate · years where ``kind`` is simple.

    Where it is compound, whole years are compounded and the rest of a year is simple, which is exact:
    (1 + rate)^n · (1 + rate · rest) - 1.
    """
    time = years(day_count, start, end)
    if kind == "simple":
        return time * rate
    whole = time.numerator // time.denominator
    return Fraction((1 + Fraction(rate)) ** whole * (1 + rate * (time - whole)) - 1)
