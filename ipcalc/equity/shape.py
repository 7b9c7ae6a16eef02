"""The shape of a cap-table file, and how its own kinds of values are read.

What the format has and this version can't work with yet is declared ``Coming``: refused, never ignored.
"""

from __future__ import annotations

import typing
from typing import Annotated, Literal, NotRequired, TypedDict

from ipcalc import quantity
from ipcalc.inputs import shapes
from ipcalc.inputs.shapes import Anything, Coming, Currency, Day, Ident, Name, Via
from ipcalc.quantity import Exact, Quantity, Unreadable

# -- values of this file ------------------------------------------------------------------------------


def _word(*built: str, coming: tuple[str, ...] = ()) -> Via:
    """One of a list of words, some of which are known but not built."""

    def read(raw: object) -> str:
        text = shapes.string(raw)
        if text in coming:
            raise Unreadable("F113", key=text)
        if text not in built:
            near = quantity.nearest(text, (*built, *coming))
            raise Unreadable("F107", value=text[:80], allowed=", ".join((*built, *coming)), near=near)
        return text

    return Via(read, {"enum": list(built)})


def _positive(kind: str) -> Via:
    """A quantity above zero."""
    whole = shapes.quantity_of(kind)

    def read(raw: object) -> Quantity:
        found: Quantity = whole.read(raw)
        if found.value <= 0:  # type: ignore[operator]  # no durations here
            raise Unreadable("F106", limit="> 0")
        return found

    return Via(read, whole.json)


def _price(raw: object) -> Quantity:
    """Money a share, above zero; unlike an amount it may be finer than the minor unit: ``"75/34"``."""
    try:
        found = quantity.read("number", raw)
    except Unreadable as error:
        if error.code != "F104":
            raise
        found = quantity.read("money", raw)
    if found.value <= 0:  # type: ignore[operator]
        raise Unreadable("F106", limit="> 0")
    return found


def _below_all(raw: object) -> Quantity:
    """A share of the total after the event: 100% of it would leave nothing for those who were there."""
    found = quantity.read("share", raw)
    if found.value == 1:
        raise Unreadable("F106", limit="0% … < 100%")
    return found


def _proceeds(raw: object) -> Quantity:
    found = quantity.read("money", raw)
    if found.value < 0:  # type: ignore[operator]
        raise Unreadable("F106", limit="≥ 0")
    return found


def _places(raw: object) -> int:
    found = quantity.read("count", raw).value
    if not isinstance(found, int) or found > quantity.PLACES:
        raise Unreadable("F106", limit=f"0 … {quantity.PLACES}")
    return found


def _multiple(raw: object) -> Exact:
    """A multiple of the issue price: ``"1x"``, ``"1.5x"``."""
    text = shapes.string(raw)
    if not text.endswith("x"):
        raise Unreadable("F104", kind="1x", value=text[:80])
    found = quantity.read("number", text[:-1]).value
    if isinstance(found, quantity.Duration) or found < 0:
        raise Unreadable("F106", limit="≥ 0x")
    return found


_MONEY_JSON = shapes.quantity_of("money").json
Shares = Annotated[Quantity, _positive("number")]
Amount = Annotated[Quantity, _positive("money")]
Price = Annotated[Quantity, Via(_price, _MONEY_JSON)]
Percent = Annotated[Quantity, Via(_below_all, shapes.quantity_of("share").json)]
Proceeds = Annotated[Quantity, Via(_proceeds, _MONEY_JSON)]

# -- the file's shape ---------------------------------------------------------------------------------


class CompanyTable(TypedDict):
    """The company, and the one currency of every amount."""

    name: Name
    currency: Currency


class PriceRounding(TypedDict):
    """Prices rounded to decimal places of the currency's major unit."""

    places: Annotated[int, Via(_places, {"type": "integer", "minimum": 0, "maximum": quantity.PLACES})]
    to: Literal["half-up"]


class RoundingTable(TypedDict):
    """How share counts, prices and money are rounded: a contract's facts; only the last has a default."""

    shares: Literal["exact", "floor", "half-up"]
    price: Literal["exact"] | PriceRounding
    money: NotRequired[Annotated[str, _word("largest-remainder", coming=("up-per-line",))]]


class StakeholderTable(TypedDict):
    """Someone who holds or may hold shares; ``name`` is how pages call them."""

    id: Ident
    kind: Literal["founder", "person", "inventor", "investor", "institution", "lender"]
    name: NotRequired[Name]


class CommonTable(TypedDict):
    """A class of ordinary shares."""

    id: Ident
    kind: Literal["common"]
    name: NotRequired[Name]


class PreferenceAmount(TypedDict):
    """A preference as an amount for the whole class."""

    amount: Amount


class PreferredTable(TypedDict):
    """A class with a preference at an exit."""

    id: Ident
    kind: Literal["preferred"]
    name: NotRequired[Name]
    price: NotRequired[Price]
    preference: Annotated[Exact, Via(_multiple, {"type": "string", "examples": ["1x"]})] | PreferenceAmount
    seniority: shapes.Count
    participation: Annotated[str, _word("none", "full", coming=("capped",))]
    cap: NotRequired[Coming]
    conversion_price: NotRequired[Coming]
    dividend: NotRequired[Coming]
    anti_dilution: NotRequired[Coming]


class _Event(TypedDict):
    id: Ident
    date: Day


_OfClass = TypedDict("_OfClass", {"class": Ident})
_FromTo = TypedDict("_FromTo", {"from": Ident, "to": Ident})


class IssueEvent(_Event, _OfClass):
    """New shares for one holder."""

    event: Literal["issue"]
    holder: Ident
    shares: Shares
    price: NotRequired[Price]
    vesting: NotRequired[Coming]


class GrantPercent(TypedDict):
    """So many shares that the grant is this share of the fully diluted total after it."""

    percent: Percent
    of: Literal["fully-diluted-after"]


class GrantShares(TypedDict):
    """A number of shares."""

    shares: Shares


class GrantLater(TypedDict, total=False):
    """What a university may take instead, not built yet."""

    amount: Coming
    exit_fee: Coming
    royalty: Coming
    converts: Anything
    of: Anything


_GRANTS = {
    "percent": "GrantPercent",
    "shares": "GrantShares",
    "amount": "GrantLater",
    "exit_fee": "GrantLater",
    "royalty": "GrantLater",
}


class UniversityGrantEvent(_Event, _OfClass):
    """The university's stake, and who gets it: one stakeholder, or several by their share of it."""

    event: Literal["university-grant"]
    grant: Annotated[GrantPercent | GrantShares | GrantLater, shapes.ByKey(_GRANTS)]
    to: Ident | dict[str, shapes.Share]
    floor: NotRequired[Coming]
    participation: NotRequired[Coming]


class PoolEvent(_Event, _OfClass):
    """Shares set aside for a plan: exactly one of ``create``, ``add`` and ``target``."""

    event: Literal["pool"]
    plan: Ident
    create: NotRequired[Shares]
    add: NotRequired[Shares]
    target: NotRequired[Percent]
    add_percent: NotRequired[Coming]
    measure: NotRequired[Coming]
    placed: NotRequired[Coming]


class InvestorTable(TypedDict):
    """One investor's money in a round."""

    holder: Ident
    amount: Amount


class RoundEvent(_Event, _OfClass):
    """A priced round: exactly one of ``pre_money``, ``post_money`` and ``price``."""

    event: Literal["round"]
    convention: Annotated[str, _word("pre-money", coming=("percentage-ownership", "dollars-invested"))]
    pre_money: NotRequired[Amount]
    post_money: NotRequired[Amount]
    price: NotRequired[Price]
    investors: list[InvestorTable]
    pool: NotRequired[Coming]
    exercised_rights: NotRequired[Coming]
    anti_dilution: NotRequired[Coming]


class SplitEvent(_Event, _OfClass):
    """New shares for old, the whole class: ``"2:1"`` is two for one."""

    event: Literal["split"]
    ratio: Annotated[Quantity, _positive("ratio")]


class TransferEvent(_Event, _OfClass, _FromTo):
    """Shares that change hands; none are new."""

    event: Literal["transfer", "secondary"]
    shares: Shares
    price: NotRequired[Price]


class CancelEvent(_Event):
    """Shares that cease to be: of the holder, or the plan, that event ``of`` gave shares to."""

    event: Literal["cancel"]
    of: Ident
    shares: Shares


Later = Literal[
    "option", "grant", "safe", "note", "warrant", "mfn-election", "exercise", "lapse", "convert", "vest"
]  # fmt: skip
LATER = frozenset(typing.get_args(Later))
_LaterClass = TypedDict("_LaterClass", {"class": Anything}, total=False)


class _LaterEvent(_LaterClass):
    event: Later


class LaterEvent(_LaterEvent, total=False):
    """An event that isn't built yet, with whatever keys it has: the event itself is refused."""

    id: Anything
    date: Anything
    holder: Anything
    plan: Anything
    of: Anything
    shares: Anything
    percent: Anything
    batch: Anything
    strike: Anything
    vesting: Anything
    dividend_from: Anything
    expires: Anything
    amount: Anything
    basis: Anything
    cap: Anything
    discount: Anything
    mfn: Anything
    counts: Anything
    pro_rata: Anything
    instrument: Anything
    takes: Anything
    principal: Anything
    interest: Anything
    cap_counts: Anything
    maturity: Anything
    at_exit: Anything


class ExitTable(TypedDict):
    """A sale of the company, for each of the proceeds."""

    id: Ident
    date: Day
    kind: Annotated[str, _word("sale", coming=("dividend", "tender", "wind-up"))]
    proceeds: list[Proceeds]
    costs: NotRequired[Coming]
    debt: NotRequired[Coming]
    carve_out: NotRequired[Coming]
    holdback: NotRequired[Coming]
    unvested: NotRequired[Coming]
    instruments: NotRequired[Coming]


EventTable = (
    IssueEvent
    | UniversityGrantEvent
    | PoolEvent
    | RoundEvent
    | SplitEvent
    | TransferEvent
    | CancelEvent
    | LaterEvent
)


class CapTableFile(TypedDict):
    """A cap-table file."""

    company: CompanyTable
    rounding: RoundingTable
    stakeholders: list[StakeholderTable]
    classes: list[Annotated[CommonTable | PreferredTable, shapes.ByValue("kind")]]
    events: list[Annotated[EventTable, shapes.ByValue("event")]]
    exits: NotRequired[list[ExitTable]]
