"""Exact piecewise-linear functions of one amount, as numbers to calculate with.

A function is a list of pieces, each a line on its stretch: the first from 0, each next from just above the
end of the one before. It may jump, as a slab table does; at a jump it has the value from below. What is not
linear (a product or quotient of two functions, a condition on one) raises ``NotLinearError``.
"""

from __future__ import annotations

import bisect
from collections.abc import Callable, Iterable, Iterator, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from ipcalc.arithmetic import NotLinearError
from ipcalc.quantity import Exact


class Line(NamedTuple):
    """``level + slope × t``."""

    level: Fraction
    slope: Fraction

    def at(self, t: Exact) -> Fraction:
        """The value at an amount."""
        return self.level + self.slope * t

    def root(self) -> Fraction | None:
        """Where it is 0, if at one place."""
        return -self.level / self.slope if self.slope else None


_NOUGHT = Line(Fraction(0), Fraction(0))
Stretch = tuple[Fraction, Fraction | None]  # from just above the first to the second; None is without end


class Piecewise:
    """A piecewise-linear function of an amount that is not negative."""

    __slots__ = ("lines", "starts")
    __array_ufunc__ = None

    def __init__(self, starts: Iterable[Fraction], lines: Iterable[Line]) -> None:
        """Pieces by where each starts; neighbours on one line become one piece."""
        self.starts: list[Fraction] = []
        self.lines: list[Line] = []
        for start, line in zip(starts, lines, strict=True):
            if not self.lines or self.lines[-1] != line:
                self.starts.append(start)
                self.lines.append(line)

    def pieces(self) -> Iterator[tuple[Stretch, Line]]:
        """Each stretch with its line."""
        ends = [*self.starts[1:], None]
        return zip(zip(self.starts, ends, strict=True), self.lines, strict=True)

    def at(self, t: Exact) -> Fraction:
        """The value at an amount."""
        return self.lines[max(bisect.bisect_left(self.starts, t) - 1, 0)].at(t)

    # -- arithmetic

    def _map(self, change: Callable[[Line], Line]) -> Piecewise:
        return Piecewise(self.starts, map(change, self.lines))

    def _with(self, other: Any, join: Callable[[Line, Line], Line]) -> Any:
        if not isinstance(other, Piecewise | int | Fraction):
            return NotImplemented
        found = list(together([self, other]))
        return Piecewise((start for (start, _), _ in found), (join(a, b) for _, (a, b) in found))

    def __add__(self, other: Any) -> Any:
        return self._with(other, lambda a, b: Line(a.level + b.level, a.slope + b.slope))

    __radd__ = __add__

    def __sub__(self, other: Any) -> Any:
        return self._with(other, lambda a, b: Line(a.level - b.level, a.slope - b.slope))

    def __rsub__(self, other: Any) -> Any:
        return -self + other

    def __neg__(self) -> Piecewise:
        return self._map(lambda line: Line(-line.level, -line.slope))

    def __mul__(self, factor: Any) -> Any:
        if isinstance(factor, Piecewise):
            raise NotLinearError("a product of two functions")
        return self._map(lambda line: Line(line.level * factor, line.slope * factor))

    __rmul__ = __mul__

    def __truediv__(self, divisor: Any) -> Any:
        if isinstance(divisor, Piecewise):
            raise NotLinearError("a quotient of two functions")
        return self * (Fraction(1) / divisor)

    def _refuse(self, *_: Any) -> bool:
        raise NotLinearError("a condition on a function")

    __lt__ = __le__ = __gt__ = __ge__ = __bool__ = __rtruediv__ = _refuse


def constant(value: Exact) -> Piecewise:
    """The same for every amount."""
    return Piecewise([Fraction(0)], [Line(Fraction(value), Fraction(0))])


def identity() -> Piecewise:
    """The amount itself."""
    return Piecewise([Fraction(0)], [Line(Fraction(0), Fraction(1))])


def together(functions: Sequence[Any]) -> Iterator[tuple[Stretch, list[Line]]]:
    """Functions (or constants) on common stretches, in order."""
    made = [one if isinstance(one, Piecewise) else constant(one) for one in functions]
    starts = sorted({start for one in made for start in one.starts})
    for start, end in zip(starts, [*starts[1:], None], strict=True):
        yield (start, end), [one.lines[bisect.bisect_right(one.starts, start) - 1] for one in made]


def inside(stretch: Stretch, t: Fraction | None) -> bool:
    """Whether an amount lies strictly within a stretch."""
    start, end = stretch
    return t is not None and start < t and (end is None or t < end)


def _middle(start: Fraction, end: Fraction | None) -> Fraction:
    return start + 1 if end is None else (start + end) / 2


class _Functions:
    """The arithmetic of piecewise-linear functions."""

    def constant(self, exact: Exact) -> Exact:
        return exact

    def least(self, a: Any, b: Any) -> Any:
        return self._choose(a, b, lambda x, y: x <= y) if _function(a, b) else min(a, b)

    def greatest(self, a: Any, b: Any) -> Any:
        return self._choose(a, b, lambda x, y: x >= y) if _function(a, b) else max(a, b)

    def _choose(self, a: Any, b: Any, first: Callable[[Fraction, Fraction], bool]) -> Piecewise:
        starts, lines = [], []
        for stretch, (one, other) in together([a, b]):
            crossing = Line(one.level - other.level, one.slope - other.slope).root()
            cuts = [stretch[0], *([crossing] if crossing is not None and inside(stretch, crossing) else [])]
            for start, end in zip(cuts, [*cuts[1:], stretch[1]], strict=True):
                t = _middle(start, end)
                starts.append(start)
                lines.append(one if first(one.at(t), other.at(t)) else other)
        return Piecewise(starts, lines)

    def ratio(self, part: Any, whole: Any) -> Any:
        """A quotient; of two functions only where they are in one proportion."""
        if not isinstance(whole, Piecewise):
            return part * (Fraction(1) / whole) if whole else 0
        found: set[Fraction] = set()
        for _, (above, below) in together([part, whole]):
            if above.level * below.slope != above.slope * below.level or (below == _NOUGHT != above):
                raise NotLinearError("a quotient of two functions")
            if below != _NOUGHT:
                found.add(above.slope / below.slope if below.slope else above.level / below.level)
        if len(found) > 1:
            raise NotLinearError("a quotient of two functions")
        return found.pop() if found else 0

    def where(self, condition: bool, yes: Any, no: Any) -> Any:
        return yes if condition else no

    def by_slab(self, x: Any, edges: Sequence[Any], values: Sequence[Any]) -> Any:
        if not isinstance(x, Piecewise):
            return next((value for edge, value in zip(edges, values, strict=False) if x <= edge), values[-1])
        starts, lines = [], []
        for stretch, (position, *candidates) in together([x, *values]):
            roots = (Line(position.level - edge, position.slope).root() for edge in edges)
            cuts = [
                stretch[0],
                *sorted({root for root in roots if root is not None and inside(stretch, root)}),
            ]
            for start, end in zip(cuts, [*cuts[1:], stretch[1]], strict=True):
                here = position.at(_middle(start, end))
                slab = next((i for i, edge in enumerate(edges) if here <= edge), len(edges))
                starts.append(start)
                lines.append(candidates[slab])
        return Piecewise(starts, lines)


def _function(*numbers: Any) -> bool:
    return any(isinstance(number, Piecewise) for number in numbers)


FUNCTIONS = _Functions()
