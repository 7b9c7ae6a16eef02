"""One arithmetic for exact numbers and for arrays of them: what ``+ - * /`` don't say.

An engine is written once over an ``Arithmetic``: with ``EXACT`` its amounts are ``int`` and ``Fraction``, with
``arrays()`` they are numpy's arrays of floats, one entry a scenario. Nothing in it may branch on an amount.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from ipcalc.quantity import Exact


class Arithmetic(NamedTuple):
    """How numbers of one kind are compared and chosen; ``number`` makes one of a constant of the terms."""

    number: Callable[[Exact], Any]
    least: Callable[[Any, Any], Any]
    greatest: Callable[[Any, Any], Any]
    where: Callable[[Any, Any, Any], Any]  # condition, then, otherwise


EXACT = Arithmetic(lambda value: value, min, max, lambda condition, then, other: then if condition else other)


def arrays() -> Arithmetic:
    """Arrays of floats. Raises ``ImportError`` without numpy."""
    import numpy

    return Arithmetic(float, numpy.minimum, numpy.maximum, numpy.where)
