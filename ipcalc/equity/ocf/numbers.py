"""A package's numbers, texts of at most ten decimal places, and the cap table's."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from ipcalc import quantity
from ipcalc.equity.ocf.shape import DIGITS, PLACES
from ipcalc.quantity import Exact


def fits(value: Exact) -> bool:
    """Whether ten places hold a number as it is."""
    places: int = (Fraction(value) * 10**PLACES).denominator
    return places == 1


def rounded(value: Exact) -> str:
    """A number to ten places, a half up."""
    units = (Fraction(value) * 10**PLACES * 2 + 1) // 2
    return quantity.plain(Fraction(units, 10**PLACES))


def ratio(value: Exact) -> dict[str, str]:
    """A ratio: exact, unless its numbers have more digits than a number may."""
    exact = Fraction(value)
    if max(exact.numerator, exact.denominator) >= 10**DIGITS:
        return {"numerator": rounded(exact), "denominator": "1"}
    return {"numerator": str(exact.numerator), "denominator": str(exact.denominator)}


def money(minor: Exact, currency: str) -> dict[str, str]:
    """An amount of minor units, to ten places of the major one."""
    return {"amount": rounded(quantity.to_major(minor, currency)), "currency": currency}


def exact(prices: Mapping[str, Exact], currency: str) -> dict[str, Any]:
    """The prices, in minor units, that ten decimal places can't hold and a cap table's file can."""
    major = {key: quantity.to_major(price, currency) for key, price in prices.items()}
    return {key: number(price) for key, price in major.items() if not fits(price) and _short(price)}


def number(value: Exact) -> int | str:
    """A number as a cap table's file has it; to ten places where it has too many digits for one."""
    whole = Fraction(value)
    if whole.denominator == 1:
        return whole.numerator
    return quantity.plain(whole) if _short(whole) else rounded(whole)


def _short(value: Exact) -> bool:
    """Whether a cap table's file has the digits for a number."""
    whole = Fraction(value)
    most: int = 10**quantity.DIGITS
    return max(abs(whole.numerator), whole.denominator) < most
