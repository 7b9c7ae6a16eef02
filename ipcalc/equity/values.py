"""How the kinds of values that a cap-table file has are read; each raises ``Unreadable`` on anything else."""

from __future__ import annotations

import datetime
import re
from typing import Annotated

from ipcalc import quantity
from ipcalc.inputs import shapes
from ipcalc.inputs.shapes import Via
from ipcalc.quantity import Exact, Quantity, Unreadable


def _number(found: Quantity) -> Exact:
    assert not isinstance(found.value, quantity.Duration)
    return found.value


def _above(kind: str, least: int, *, included: bool) -> Via:
    """A quantity above a bound, or not below it."""
    whole = shapes.quantity_of(kind)

    def read(raw: object) -> Quantity:
        found: Quantity = whole.read(raw)
        if _number(found) < least or (_number(found) == least and not included):
            raise Unreadable("F106", limit=f"{'≥' if included else '>'} {least}")
        return found

    return Via(read, whole.json)


def _price(least_included: bool) -> Via:
    """Money a share; unlike an amount it may be finer than the minor unit: ``"75/34"``."""

    def read(raw: object) -> Quantity:
        try:
            found = quantity.read("number", raw)
        except Unreadable as error:
            if error.code != "F104":
                raise
            found = quantity.read("money", raw)
        if _number(found) < 0 or not (_number(found) or least_included):
            raise Unreadable("F106", limit="≥ 0" if least_included else "> 0")
        return found

    return Via(read, _MONEY_JSON)


def _below_all(raw: object) -> Quantity:
    """A share of a whole that must leave something for the others."""
    found = quantity.read("share", raw)
    if found.value == 1:
        raise Unreadable("F106", limit="0% … < 100%")
    return found


def _whole(least: int, most: int) -> Via:
    """A whole number between two bounds."""

    def read(raw: object) -> int:
        found = quantity.read("count", raw).value
        if not isinstance(found, int) or not least <= found <= most:
            raise Unreadable("F106", limit=f"{least} … {most}")
        return found

    return Via(read, {"type": "integer", "minimum": least, "maximum": most})


def _multiple(raw: object) -> Exact:
    """A multiple of the issue price: ``"1x"``, ``"1.5x"``."""
    text = shapes.string(raw)
    if not text.endswith("x"):
        raise Unreadable("F104", kind="1x", value=text[:80])
    found = _number(quantity.read("number", text[:-1]))
    if found < 0:
        raise Unreadable("F106", limit="≥ 0x")
    return found


def _held_or_share(raw: object) -> Quantity | str:
    """The word ``held``, or a share."""
    return "held" if raw == "held" else quantity.read("share", raw)


def _issue_or_day(raw: object) -> datetime.date | None:
    """A day, or None for the word ``issue``."""
    return None if raw == "issue" else shapes.day(raw)


def _country(raw: object) -> str:
    """A country by its two letters (ISO 3166-1)."""
    text = shapes.string(raw)
    if not re.fullmatch("[A-Z]{2}", text):
        raise Unreadable("F104", kind="country", value=text[:80])
    return text


_MONEY_JSON = shapes.quantity_of("money").json
_SHARE_JSON = shapes.quantity_of("share").json
Country = Annotated[str, Via(_country, {"type": "string", "pattern": "^[A-Z]{2}$"})]
Shares = Annotated[Quantity, _above("number", 0, included=False)]
Amount = Annotated[Quantity, _above("money", 0, included=False)]
Proceeds = Annotated[Quantity, _above("money", 0, included=True)]
Price = Annotated[Quantity, _price(least_included=False)]
Strike = Annotated[Quantity, _price(least_included=True)]
Percent = Annotated[Quantity, Via(_below_all, _SHARE_JSON)]
SplitRatio = Annotated[Quantity, _above("ratio", 0, included=False)]
Places = Annotated[int, _whole(0, quantity.PLACES)]
Months = Annotated[int, _whole(1, quantity.MOST_MONTHS)]
Cliff = Annotated[int, _whole(0, quantity.MOST_MONTHS)]
Multiple = Annotated[Exact, Via(_multiple, {"type": "string", "examples": ["1x"]})]
HeldOrShare = Annotated[Quantity | str, Via(_held_or_share, {"anyOf": [{"const": "held"}, _SHARE_JSON]})]
IssueOrDay = Annotated[
    datetime.date | None,
    Via(_issue_or_day, {"anyOf": [{"const": "issue"}, {"type": "string", "format": "date"}]}),
]
