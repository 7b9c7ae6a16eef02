"""Which of two exits a holder would rather have, at any proceeds: exact, from their breakpoints."""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

from ipcalc.equity.reading import whole_if
from ipcalc.equity.schedule import Schedule, holdings
from ipcalc.quantity import Exact


class Stretch(NamedTuple):
    """From these proceeds on, until the next stretch: 0 where the first pays more, 1 where the second does,
    None where both pay the same.
    """

    proceeds: Exact
    better: int | None


class _Payouts:
    """What each holder gets, as lines between cuts."""

    def __init__(self, schedule: Schedule) -> None:
        self.cuts = [segment.proceeds for segment in schedule.segments]
        self.takes = [holdings(schedule.lines, segment.takes) for segment in schedule.segments]
        self.slopes = [holdings(schedule.lines, segment.slopes) for segment in schedule.segments]

    def line(self, holder: str, start: Exact) -> tuple[Exact, Exact]:
        """A holder's payout just above some proceeds, and of each further unit."""
        i = bisect.bisect_right(self.cuts, start) - 1
        slope = self.slopes[i].get(holder, 0)
        return self.takes[i].get(holder, 0) + slope * (start - self.cuts[i]), slope


def preferences(first: Schedule, second: Schedule) -> dict[str, tuple[Stretch, ...]]:
    """By holder, in the order in which they are paid, the stretches of proceeds and which exit pays more.

    Raises ``Refused`` (E576) where an exit has no division that holds.
    """
    sides = _Payouts(first), _Payouts(second)
    cuts = sorted({*sides[0].cuts, *sides[1].cuts})
    holders = dict.fromkeys(holder for side in sides for takes in side.takes for holder in takes)
    return {holder: tuple(_merged(_stretches(sides, holder, cuts))) for holder in holders}


def _stretches(sides: tuple[_Payouts, _Payouts], holder: str, cuts: list[Exact]) -> Iterator[Stretch]:
    for start, end in itertools.zip_longest(cuts, cuts[1:]):
        (a, a_slope), (b, b_slope) = (side.line(holder, start) for side in sides)
        gap, slope = b - a, b_slope - a_slope
        yield Stretch(start, _better(gap or slope))
        if slope and gap:
            root = start - Fraction(gap) / slope
            if start < root and (end is None or root < end):
                yield Stretch(whole_if(root), _better(slope))


def _better(gap: Exact) -> int | None:
    return None if not gap else int(gap > 0)


def _merged(stretches: Iterator[Stretch]) -> Iterator[Stretch]:
    last: Stretch | None = None
    for one in stretches:
        if last is None or one.better != last.better:
            yield one
        last = one
