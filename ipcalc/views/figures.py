"""Numbers of results that have money and parts, for people and for machines."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from ipcalc import quantity
from ipcalc.quantity import Exact


def amount(minor: Exact, currency: str) -> str:
    """Money for machines, with all its minor digits; a price, or what follows from one, may need more."""
    if minor.denominator == 1:
        return quantity.money_plain(minor.numerator, currency)
    return quantity.plain(quantity.to_major(minor, currency))


def plain_price(minor: Exact, currency: str) -> str:
    """A price a share for machines: as many digits as it needs."""
    return quantity.plain(quantity.to_major(minor, currency))


def percents(parts: Sequence[Exact]) -> list[str]:
    """Parts of a whole to two places of a percent, by largest remainder, so that they add up as they did."""
    whole = sum(parts, Fraction(0))
    if not whole:
        return [quantity.percent(0, 2) for _ in parts]
    return [quantity.percent(Fraction(part, 10_000), 2) for part in quantity.allocate(10_000, parts)]


def near(number: Exact, places: int) -> str:
    """A number for people: as it is where that takes few places, else rounded half up, and marked so."""
    if (Fraction(number) * 10**places).denominator == 1:
        return quantity.grouped(number)
    sign = -1 if number < 0 else 1
    rounded = sign * ((abs(Fraction(number)) * 10**places * 2 + 1) // 2)
    return f"≈ {quantity.grouped(Fraction(rounded, 10**places), places)}"


def money(minor: Exact, currency: str) -> str:
    """Money for people; marked where it is finer than the minor unit and was rounded."""
    if minor.denominator == 1:
        return quantity.money(minor, currency)
    return near(quantity.to_major(minor, currency), quantity.currencies()[currency])


def cents(minor: int, currency: str) -> str:
    """Money with all its minor digits, so that a column lines up."""
    return quantity.grouped(quantity.to_major(minor, currency), quantity.currencies()[currency])
