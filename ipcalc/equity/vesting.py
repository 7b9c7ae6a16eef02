"""Vesting: how many shares of a grant are its holder's on a day.

The allocations are Open Cap Format's (enum AllocationType): how a number of shares is cut into tranches.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from fractions import Fraction
from typing import NamedTuple

from ipcalc import quantity
from ipcalc.quantity import Duration, Exact


class Vesting(NamedTuple):
    """A tranche every ``every`` months from ``start``, none before ``cliff`` months; lengths in months.

    ``accelerate`` is the part of what is unvested that vests at an exit where the exit says "as-agreed".
    """

    start: datetime.date
    months: int
    cliff: int
    every: int
    allocation: str
    accelerate: Exact


class DatedVesting(NamedTuple):
    """Stated days with the part of the grant, exact, that has vested by each; ``whole`` shares only.

    ``accelerate`` is as of ``Vesting``.
    """

    tranches: tuple[tuple[datetime.date, Exact], ...]
    whole: bool
    accelerate: Exact


def _front(shares: Exact, tranche: int, tranches: int) -> Exact:
    whole, rest = divmod(shares, tranches)
    return whole * tranche + min(rest, tranche)


def _back(shares: Exact, tranche: int, tranches: int) -> Exact:
    whole, rest = divmod(shares, tranches)
    return whole * tranche + max(rest - (tranches - tranche), 0)


def _first(shares: Exact, tranche: int, tranches: int) -> Exact:
    whole, rest = divmod(shares, tranches)
    return whole * tranche + (rest if tranche else 0)


def _last(shares: Exact, tranche: int, tranches: int) -> Exact:
    return shares if tranche == tranches else shares // tranches * tranche


# allocation → the shares of the first so many of all tranches; half-up, never half to even: 18 over 4 is
# 5, 4, 5, 4
ALLOCATIONS: dict[str, Callable[[Exact, int, int], Exact]] = {
    "CUMULATIVE_ROUNDING": lambda shares, tranche, of: (2 * shares * tranche + of) // (2 * of),
    "CUMULATIVE_ROUND_DOWN": lambda shares, tranche, of: shares * tranche // of,
    "FRONT_LOADED": _front,
    "BACK_LOADED": _back,
    "FRONT_LOADED_TO_SINGLE_TRANCHE": _first,
    "BACK_LOADED_TO_SINGLE_TRANCHE": _last,
    "FRACTIONAL": lambda shares, tranche, of: Fraction(shares * tranche, of),
}


def vested(shares: Exact, vesting: Vesting | DatedVesting | None, on: datetime.date) -> Exact:
    """The part of ``shares``, as granted, that has vested on a day (included): all without a schedule."""
    if vesting is None:
        return shares
    if isinstance(vesting, DatedVesting):
        part = next((part for day, part in reversed(vesting.tranches) if day <= on), 0)
        reached = Fraction(shares) * part
        return reached // 1 if vesting.whole else reached
    passed = _months(vesting.start, on, vesting.months)
    if passed < vesting.cliff:
        return 0
    tranches = vesting.months // vesting.every
    if not tranches or passed >= vesting.months:
        return shares
    return ALLOCATIONS[vesting.allocation](shares, passed // vesting.every, tranches)


def _months(start: datetime.date, on: datetime.date, most: int) -> int:
    """Whole months from one day to another, at least -1 and at most ``most``."""
    if on < start:
        return -1
    months = (on.year - start.year) * 12 + on.month - start.month
    if quantity.shift(start, Duration(months, "months")) > on:
        months -= 1
    return min(months, most)
