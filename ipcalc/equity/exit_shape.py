"""The shape of a cap-table file's [[exits]]. What a contract must say has no default: it is required."""

from __future__ import annotations

import typing
from typing import Annotated, Literal, NotRequired, TypedDict

from ipcalc.equity.values import Amount, Multiple, Percent, Price, Proceeds, Shares
from ipcalc.inputs.shapes import ByKey, Count, Day, Ident, Share, Via
from ipcalc.quantity import Quantity


class CostAmount(TypedDict):
    """A cost of the exit."""

    amount: Amount


class CostPercent(TypedDict):
    """A cost as a share of the proceeds."""

    percent: Percent
    of: Literal["proceeds"]


_COSTS = {"amount": "CostAmount", "percent": "CostPercent"}


class DebtTable(TypedDict):
    """What is owed to a lender on the day; rank 1 is paid first, equal ranks share pro rata."""

    id: Ident
    holder: Ident
    amount: Amount
    rank: Count


class CarveOutTable(TypedDict):
    """A part that goes to people before any share; ``to`` is who gets it, by their share of it."""

    percent: Percent
    of: Literal["proceeds", "after-costs", "after-debt", "after-preferences"]
    to: dict[str, Share]


class ReleaseTable(TypedDict):
    """When a part of what is held back is paid."""

    date: Day
    percent: Share


class HoldbackTable(TypedDict):
    """A part of the proceeds that is paid later; the releases make up all of it."""

    percent: Percent
    releases: list[ReleaseTable]


class ExitMultiple(TypedDict):
    """An instrument paid a multiple of its amount; or what it converts into, if that is more."""

    multiple: Multiple
    or_converts: NotRequired[bool]


_shares: Via = typing.get_args(Shares)[1]
_COUNTED = ("all-as-converted", "converting-only")


def _capitalization(raw: object) -> Quantity | str:
    """What a cap is divided by: a word, or a number of shares."""
    if raw in _COUNTED:
        return str(raw)
    found: Quantity = _shares.read(raw)
    return found


Capitalization = Annotated[
    Quantity | str,
    Via(_capitalization, {"anyOf": [{"enum": [*_COUNTED]}, _shares.json]}),
]


class InstrumentTable(TypedDict):
    """What becomes of an open SAFE, note or fixed amount; without ``at_exit``, what the note itself says.

    ``as-converted`` and ``none`` are of a dividend. ``rank`` is ``with:CLASS``, ``above:CLASS``,
    ``debt:RANK`` or ``below-preferred``; ``capitalization`` is what its cap is divided by.
    """

    at_exit: NotRequired[Literal["greater-of", "cash", "as-converted", "none"] | ExitMultiple]
    rank: NotRequired[str]
    capitalization: NotRequired[Capitalization]


_OfferedClass = TypedDict("_OfferedClass", {"class": Ident})


class OfferTable(_OfferedClass):
    """Shares that a holder sells in a tender."""

    holder: Ident
    shares: Shares


class ExitTable(TypedDict):
    """A sale or a wind-up, for each of the proceeds; or a dividend, or a tender, of one amount.

    A tender buys ``offers`` at ``price``, pro rata, for ``buyer`` (none: the company, which cancels them).
    """

    id: Ident
    date: Day
    kind: Literal["sale", "dividend", "tender", "wind-up"]
    proceeds: list[Proceeds]
    costs: NotRequired[list[Annotated[CostAmount | CostPercent, ByKey(_COSTS)]]]
    debt: NotRequired[list[DebtTable]]
    carve_out: NotRequired[CarveOutTable]
    holdback: NotRequired[HoldbackTable]
    unvested: NotRequired[Literal["lapse", "accelerate", "as-agreed"]]
    instruments: NotRequired[dict[str, InstrumentTable]]
    reduces_preference: NotRequired[bool]
    counts_toward_cap: NotRequired[bool]
    price: NotRequired[Price]
    offers: NotRequired[list[OfferTable]]
    buyer: NotRequired[Ident]
