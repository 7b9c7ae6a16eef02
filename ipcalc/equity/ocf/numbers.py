"""The format's numbers: texts of at most ten decimal places."""

from __future__ import annotations

from fractions import Fraction

from ipcalc import quantity
from ipcalc.equity.ocf.shape import PLACES
from ipcalc.quantity import Exact


def fits(value: Exact) -> bool:
    """Whether ten places hold a number as it is."""
    places: int = (Fraction(value) * 10**PLACES).denominator
    return places == 1


def rounded(value: Exact) -> str:
    """A number to ten places, a half up."""
    units = (Fraction(value) * 10**PLACES * 2 + 1) // 2
    return quantity.plain(Fraction(units, 10**PLACES))


def money(minor: Exact, currency: str) -> dict[str, str]:
    """An amount of minor units, to ten places of the major one."""
    return {"amount": rounded(quantity.to_major(minor, currency)), "currency": currency}
