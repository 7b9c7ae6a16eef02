"""Exact quantities: read them, print them, divide them.

Money, shares, ratios, numbers, counts and durations as people write them in a file. Every value is an
``int`` or a ``Fraction``; nothing here is a float. A quantity remembers how it was written.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Sequence
from datetime import MAXYEAR, MINYEAR, date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from ipcalc import data

Exact = int | Fraction

DIGITS = 18  # before the decimal point
PLACES = 12  # after it
FIRST_YEAR, LAST_YEAR = 1900, 2200
MOST_MONTHS, MOST_DAYS = 1200, 36525

KINDS = ("money", "share", "ratio", "number", "count", "duration")


class Unreadable(ValueError):
    """A value that is not the quantity it should be: an error code and what its message needs."""

    def __init__(self, code: str, **args: str) -> None:
        super().__init__(code, args)
        self.code = code
        self.args_of_message = args


class Duration(NamedTuple):
    """A length of calendar time: whole months, or whole days."""

    number: int
    unit: str  # "months" or "days"


class Period(NamedTuple):
    """From the first day to the last, both included."""

    first: date
    last: date


class Quantity(NamedTuple):
    """One quantity of a file. ``value`` is exact; ``unit`` is the currency, where one was written."""

    kind: str
    value: Exact | Duration
    unit: str | None
    text: str

    def __str__(self) -> str:
        return self.text


# -- currencies ---------------------------------------------------------------------------------------


@functools.cache
def currencies() -> dict[str, int]:
    """Minor-unit digits by currency code (ISO 4217), from ``schemes/currencies.toml``."""
    import tomli

    with (data.root() / "currencies.toml").open("rb") as file:
        units: dict[str, int] = tomli.load(file)["minor_units"]
    return units


def known_currency(code: str) -> str:
    """``code`` if it is a known currency; raises ``Unreadable`` (F108) with the nearest otherwise."""
    if code not in currencies():
        raise Unreadable("F108", value=code, near=nearest(code, currencies()))
    return code


def to_minor(amount: Exact, currency: str) -> int:
    """An amount in major units as whole minor units; raises ``Unreadable`` (F105) on a finer one."""
    places = currencies()[currency]
    minor = Fraction(amount) * int(10**places)
    if minor.denominator != 1:
        raise Unreadable("F105", currency=currency, places=str(places))
    return minor.numerator


def to_major(minor: Exact, currency: str) -> Exact:
    """Minor units as major units, exact."""
    return Fraction(minor) / int(10 ** currencies()[currency])


def nearest_unit(minor: Exact) -> int:
    """An amount that is not negative in whole units, a half upwards."""
    return (minor + Fraction(1, 2)).__floor__()


# -- reading ------------------------------------------------------------------------------------------

_DECIMAL = r"[+-]?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+(?:_[0-9]+)*)(?:\.[0-9]+)?"
_SCALES = {"thousand": 10**3, "million": 10**6, "billion": 10**9}
_NUMBER = re.compile(rf"({_DECIMAL})", re.ASCII)
_PERCENT = re.compile(rf"({_DECIMAL}) ?%", re.ASCII)
_FRACTION = re.compile(r"([+-]?[0-9]+) ?/ ?([0-9]+)", re.ASCII)
_RATIO = re.compile(rf"({_DECIMAL}) ?: ?({_DECIMAL})", re.ASCII)
_MONEY = re.compile(rf"(?:([A-Z]{{3}}) ?)?({_DECIMAL})(?: ({'|'.join(_SCALES)}))?", re.ASCII)
_CODE = re.compile(r"([A-Za-z]{3,5}\$?|[A-Z]{2}\$|[$£€¥]) ?[0-9]", re.ASCII)
_DURATION = re.compile(r"([0-9]{1,6}) (day|week|month|year)s?", re.ASCII)
_UNITS = {"day": (1, "days"), "week": (7, "days"), "month": (1, "months"), "year": (12, "months")}


def read(kind: str, raw: object) -> Quantity:
    """A TOML value as a quantity of ``kind``.

    Shares and ratios keep what the source says: ``"33.3%"`` is 333/1000, ``"1/3"`` is a third.
    Raises ``Unreadable`` with F103 (wrong type), F104 (not such a quantity) or F106 (out of bounds).
    """
    if isinstance(raw, bool) or not isinstance(raw, int | Decimal | str):
        raise Unreadable("F103", wanted=kind, got=type_name(raw))
    text = raw.strip(" ") if isinstance(raw, str) else _plain(raw)
    if len(text) > 80:
        raise Unreadable("F106", limit="80 characters")
    value: Exact | Duration
    unit: str | None = None
    if kind == "money":
        value, unit = _money(text)
    elif kind == "duration":
        value = _duration(text)
    elif kind == "share":
        value = _share(text)
    elif kind == "ratio":
        value = _ratio(text)
    elif kind == "count":
        value = _count(text, raw)
    else:
        value = _number(text)
    if isinstance(value, Fraction) and value.denominator == 1:
        value = value.numerator
    return Quantity(kind, value, unit, text)


def _plain(raw: int | Decimal) -> str:
    if isinstance(raw, int):
        if abs(raw) >= 10**DIGITS:
            raise Unreadable("F106", limit=f"{DIGITS} digits")
        return str(raw)
    if not raw.is_finite():
        raise Unreadable("F106", limit="finite")
    exponent = raw.as_tuple().exponent
    if raw.adjusted() >= DIGITS or (isinstance(exponent, int) and exponent < -PLACES):
        raise Unreadable("F106", limit=f"{DIGITS} digits, {PLACES} decimal places")
    return f"{raw:f}"


def _decimal(text: str) -> Fraction:
    text = text.replace("_", "").replace(",", "").lstrip("+")
    whole, _, places = text.lstrip("-").partition(".")
    if len(whole.lstrip("0")) > DIGITS or len(places) > PLACES:
        raise Unreadable("F106", limit=f"{DIGITS} digits, {PLACES} decimal places")
    return Fraction(text)


def _number(text: str, kind: str = "number") -> Fraction:
    if match := _NUMBER.fullmatch(text):
        return _decimal(match[1])
    if match := _FRACTION.fullmatch(text):
        return _over(_decimal(match[1]), _decimal(match[2]))
    raise Unreadable("F104", kind=kind, value=text)


def _over(numerator: Fraction, denominator: Fraction) -> Fraction:
    if not denominator:
        raise Unreadable("F106", limit="a denominator that is not zero")
    return numerator / denominator


def _share(text: str) -> Fraction:
    if match := _PERCENT.fullmatch(text):
        value = _decimal(match[1]) / 100
    else:
        value = _number(text, "share")
    if not 0 <= value <= 1:
        raise Unreadable("F106", limit="0% … 100%")
    return value


def _ratio(text: str) -> Fraction:
    if match := _RATIO.fullmatch(text):
        value = _over(_decimal(match[1]), _decimal(match[2]))
    else:
        value = _number(text, "ratio")
    if value < 0:
        raise Unreadable("F106", limit="≥ 0")
    return value


def _count(text: str, raw: object) -> int:
    if not isinstance(raw, int):
        raise Unreadable("F103", wanted="count", got=type_name(raw))
    if raw < 0:
        raise Unreadable("F106", limit="≥ 0")
    return int(text)


def _money(text: str) -> tuple[Fraction, str | None]:
    match = _MONEY.fullmatch(text)
    if not match:
        if (code := _CODE.match(text)) and code[1] not in currencies():
            raise Unreadable("F108", value=code[1], near=nearest(code[1], currencies()))
        raise Unreadable("F104", kind="money", value=text)
    code_, digits, scale = match.groups()
    value = _decimal(digits) * _SCALES.get(scale, 1)
    if abs(value) >= 10**DIGITS:
        raise Unreadable("F106", limit=f"{DIGITS} digits")
    if code_ is not None:
        to_minor(value, known_currency(code_))
    return value, code_


def _duration(text: str) -> Duration:
    match = _DURATION.fullmatch(text)
    if not match:
        raise Unreadable("F104", kind="duration", value=text)
    factor, unit = _UNITS[match[2]]
    number = int(match[1]) * factor
    most = MOST_MONTHS if unit == "months" else MOST_DAYS
    if number > most:
        raise Unreadable("F106", limit=f"{most} {unit}")
    return Duration(number, unit)


def type_name(raw: object) -> str:
    """What a value is, in one word of TOML's; ``null`` is JSON's."""
    names = {bool: "boolean", int: "integer", Decimal: "float", str: "string", dict: "table", list: "array"}
    names[type(None)] = "null"
    return names.get(type(raw), type(raw).__name__)


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word closest to ``word``, or an empty string where none is close."""
    import difflib

    candidates = list(known)
    if close := difflib.get_close_matches(word, candidates, n=1, cutoff=0.6):
        return close[0]
    folded = {candidate.casefold(): candidate for candidate in candidates}
    close = difflib.get_close_matches(word.casefold(), list(folded), n=1, cutoff=0.75)
    return folded[close[0]] if close else ""


# -- calendar -----------------------------------------------------------------------------------------


def shift(day: date, duration: Duration, sign: int = 1) -> date:
    """``day`` moved by a duration; a month that is too short ends the day early (31 January + 1 month is
    28 or 29 February). Raises ``OverflowError`` outside the years of the calendar.
    """
    moved = _moved(day, duration, sign)
    if not FIRST_YEAR <= moved.year <= LAST_YEAR:
        raise OverflowError(f"year {moved.year}")
    return moved


def _moved(day: date, duration: Duration, sign: int = 1) -> date:
    if duration.unit == "days":
        return day + timedelta(days=sign * duration.number)
    year, month = divmod(day.year * 12 + day.month - 1 + sign * duration.number, 12)
    if not MINYEAR <= year <= MAXYEAR:
        raise OverflowError(f"year {year}")
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, min(day.day, last))
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")


def compare_period(period: Period, duration: Duration) -> int:
    """-1, 0 or 1 as the period is shorter than, exactly, or longer than the duration.

    2026-04-01 to 2029-03-31 is exactly 36 months: the day after the last is the first moved by 36 months.
    """
    after = period.last + timedelta(days=1)
    due = _moved(period.first, duration)
    return (after > due) - (after < due)


def months_and_days(period: Period) -> tuple[int, int]:
    """The whole months of a period and the days that are left over."""
    after = period.last + timedelta(days=1)
    months = (after.year - period.first.year) * 12 + after.month - period.first.month
    while months > 0 and _moved(period.first, Duration(months, "months")) > after:
        months -= 1
    months = max(months, 0)
    return months, (after - _moved(period.first, Duration(months, "months"))).days


# -- dividing -----------------------------------------------------------------------------------------


def apportion(exact: Sequence[Exact]) -> list[int]:
    """Exact amounts as whole units that add up to the same total, by largest remainder.

    ``exact`` must sum to a whole number. Ties go to the earlier; a negative total mirrors its positive.
    Raises ``ValueError`` if the sum is not whole.
    """
    total = sum(exact, Fraction(0))
    if total.denominator != 1:
        raise ValueError(f"amounts sum to {total}, not to a whole number of units")
    sign = -1 if total < 0 else 1
    floors = [sign * amount // 1 for amount in exact]
    left = sign * total.numerator - sum(floors)
    by_remainder = sorted(range(len(exact)), key=lambda i: floors[i] - sign * exact[i])
    for i in by_remainder[:left]:
        floors[i] += 1
    return [sign * units for units in floors]


def allocate(total: int, weights: Sequence[Exact]) -> list[int]:
    """``total`` units divided by weight, adding up to ``total``; a zero weight gets nothing.

    Raises ``ValueError`` if a weight is negative or none is positive.
    """
    whole = sum(weights, Fraction(0))
    if any(weight < 0 for weight in weights) or not whole:
        raise ValueError("weights must not be negative, and one must be positive")
    return apportion([Fraction(total) * weight / whole for weight in weights])


# -- printing -----------------------------------------------------------------------------------------


def plain(value: Exact, places: int | None = None) -> str:
    """A number for machines: decimal digits where that is exact (``"0.333"``), else ``"n/d"``.

    With ``places`` the number must be a multiple of that decimal place, and all places are shown.
    """
    value = Fraction(value)
    if places is None:
        twos, rest = _strip(value.denominator, 2)
        fives, rest = _strip(rest, 5)
        if rest != 1:
            return f"{value.numerator}/{value.denominator}"
        places = max(twos, fives)
    scaled = value * 10**places
    if scaled.denominator != 1:
        raise ValueError(f"{value} has more than {places} decimal places")
    digits = str(abs(scaled.numerator)).rjust(places + 1, "0")
    sign = "-" if value < 0 else ""
    return f"{sign}{digits[:-places]}.{digits[-places:]}" if places else f"{sign}{digits}"


def _strip(number: int, prime: int) -> tuple[int, int]:
    times = 0
    while number % prime == 0:
        number //= prime
        times += 1
    return times, number


def grouped(value: Exact, places: int | None = None) -> str:
    """A number for people: ``plain`` with thousands separated."""
    return re.sub(r"(?<![.0-9])[0-9]+", lambda digits: f"{int(digits[0]):,}", plain(value, places))


def money(minor: Exact, currency: str) -> str:
    """Minor units for people, without the currency: ``24,000,000``, ``0.50``, ``2,000/3``.

    Decimals are shown where there are any.
    """
    value = Fraction(to_major(minor, currency))
    return grouped(value, currencies()[currency] if _in_minor(minor) and value.denominator != 1 else None)


def money_plain(minor: int, currency: str) -> str:
    """Minor units for machines, with all decimals: ``"333000.00"``."""
    return plain(to_major(minor, currency), currencies()[currency])


def money_column(minor: Exact, currency: str) -> str:
    """Minor units for a column: ``0.50`` with all decimals; a finer amount rounded to them, and marked."""
    whole = nearest_unit(minor)
    shown = grouped(to_major(whole, currency), currencies()[currency])
    return shown if whole == minor else f"≈{shown}"


def money_exact(minor: Exact, currency: str) -> str:
    """Minor units for machines, exact: all decimals where whole, else a longer decimal or a fraction."""
    if Fraction(minor).denominator == 1:
        return money_plain(int(minor), currency)
    return plain(to_major(minor, currency))


def _in_minor(minor: Exact) -> bool:
    return Fraction(minor).denominator == 1


def percent(share: Exact, places: int | None = None) -> str:
    """A share for people: ``33.3%`` where that is exact, else ``1/3``; with ``places``, rounded to them.

    A half is rounded away from zero.
    """
    if places is not None:
        rounded = (abs(Fraction(share)) * 200 * 10**places + 1) // 2
        return f"{plain(Fraction(rounded if share > 0 else -rounded, 10**places), places)}%"
    text = plain(Fraction(share) * 100)
    return plain(share) if "/" in text else f"{text}%"


def ratio(value: Exact) -> str:
    """A ratio for people: ``2:1``, ``1:3``."""
    value = Fraction(value)
    return f"{value.numerator}:{value.denominator}"
