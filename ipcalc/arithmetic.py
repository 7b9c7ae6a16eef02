"""One arithmetic for three kinds of numbers: exact ones, numpy arrays, and piecewise-linear functions.

What is worked out with ``+ - * /`` and the few operations here is the same for one case, exactly, for a
million, in arrays, and for every value of one amount at once (``piecewise.Piecewise``).
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from fractions import Fraction
from typing import Any, Protocol

from ipcalc.quantity import Exact

Number = Any  # int, Fraction, an array of floats, or a Piecewise


class NotLinearError(ArithmeticError):
    """A product, a quotient or a condition that is not piecewise linear."""


class Arithmetic(Protocol):
    """The operations that differ by the kind of number."""

    def constant(self, exact: Exact) -> Number:
        """A number of a file or a statement."""

    def least(self, a: Number, b: Number) -> Number:
        """The smaller one."""

    def greatest(self, a: Number, b: Number) -> Number:
        """The larger one."""

    def ratio(self, part: Number, whole: Number) -> Number:
        """``part / whole``; 0 where the whole is 0."""

    def where(self, condition: Any, yes: Number, no: Number) -> Number:
        """One or the other, as a comparison of numbers says."""

    def by_slab(self, x: Number, edges: Sequence[Number], values: Sequence[Number]) -> Number:
        """The value of the slab that ``x`` is in: the first whose edge is not below it, else the last."""


class _Exact:
    def constant(self, exact: Exact) -> Exact:
        return exact

    def least(self, a: Exact, b: Exact) -> Exact:
        return a if a <= b else b

    def greatest(self, a: Exact, b: Exact) -> Exact:
        return a if a >= b else b

    def ratio(self, part: Exact, whole: Exact) -> Exact:
        return Fraction(part) / whole if whole else 0

    def where(self, condition: bool, yes: Exact, no: Exact) -> Exact:
        return yes if condition else no

    def by_slab(self, x: Exact, edges: Sequence[Exact], values: Sequence[Exact]) -> Exact:
        return next((value for edge, value in zip(edges, values, strict=False) if x <= edge), values[-1])


EXACT: Arithmetic = _Exact()


class _Arrays:
    """Arrays of floats; imported numpy when it is made."""

    def __init__(self) -> None:
        try:
            import numpy
        except ImportError as error:
            raise ImportError("arrays need numpy: pip install 'ipcalc[study]'") from error
        self.numpy = numpy
        self.least = numpy.minimum
        self.greatest = numpy.maximum
        self.where = numpy.where

    def constant(self, exact: Exact) -> float:
        return float(exact)

    def ratio(self, part: Number, whole: Number) -> Number:
        return part / self.numpy.where(whole > 0, whole, 1.0)

    def by_slab(self, x: Number, edges: Sequence[Number], values: Sequence[Number]) -> Number:
        found = values[-1]
        for edge, value in reversed(list(zip(edges, values, strict=False))):
            found = self.numpy.where(x <= edge, value, found)
        return found


@functools.cache
def arrays() -> Arithmetic:
    """The arithmetic of numpy arrays. Raises ``ImportError`` where numpy is not installed."""
    return _Arrays()
