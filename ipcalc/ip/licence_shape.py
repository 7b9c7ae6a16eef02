"""The shape of a licence's terms, ``[licence]``, and of what happened under it by year, ``[sales.YEAR]``.

A term that is written needs all that its arithmetic depends on: nothing has a default.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal, NotRequired, TypedDict

from ipcalc import quantity
from ipcalc.inputs import shapes
from ipcalc.ip.shape import Amount, DayOfYear
from ipcalc.quantity import Quantity, Unreadable


def year(raw: Any) -> int:
    """A year of the calendar, as a number or as the text of a key."""
    if isinstance(raw, str) and re.fullmatch(r"[0-9]{4}", raw, re.ASCII):
        raw = int(raw)
    if not isinstance(raw, int) or isinstance(raw, bool):
        raise Unreadable("F104", kind="year", value=str(raw)[:80])
    if not quantity.FIRST_YEAR <= raw <= quantity.LAST_YEAR:
        raise Unreadable("F106", limit=f"{quantity.FIRST_YEAR} … {quantity.LAST_YEAR}")
    return raw


_BOUNDS = {"minimum": quantity.FIRST_YEAR, "maximum": quantity.LAST_YEAR}
YearField = Annotated[int, shapes.Via(year, {"type": "integer", **_BOUNDS})]
Price = Annotated[Quantity, shapes.not_negative("number")]
Over = Literal["year", "lifetime"]

# -- the terms ----------------------------------------------------------------------------------------


class DueTable(TypedDict):
    """How long after a licence year's end, and after an event, the licensee pays."""

    year: NotRequired[shapes.Length]
    event: NotRequired[shapes.Length]


class UpfrontTable(TypedDict):
    """A fee on a date: for the licence itself, in one amount or in instalments."""

    on: shapes.Day
    amount: Amount


class _Milestone(TypedDict):
    name: shapes.Name
    amount: Amount


class DatedMilestone(_Milestone):
    """Paid on a date."""

    on: shapes.Day


class EventMilestone(_Milestone):
    """Paid once, when the year's ``events`` say that it happened."""

    event: shapes.Name


class SalesMilestone(_Milestone):
    """Paid once, for the first year in which net sales (its own, or all so far) reach an amount."""

    sales: Amount
    over: Over


_RoyaltyYears = TypedDict("_RoyaltyYears", {"from": NotRequired[YearField], "until": NotRequired[YearField]})


class FlatRoyalty(_RoyaltyYears):
    """One rate of net sales."""

    rate: shapes.Share


class TierTable(TypedDict):
    """A rate, and the net sales up to which it holds; the last has no end."""

    rate: shapes.Share
    up_to: NotRequired[Amount]


class TieredRoyalty(_RoyaltyYears):
    """Rates by tier of a year's net sales or of all so far: each on the sales in its tier (marginal), or
    that of the tier which the total has reached on all sales of the year (whole).
    """

    tiers: list[TierTable]
    apply: Literal["marginal", "whole"]
    over: Over


MinimumTable = TypedDict(
    "MinimumTable",
    {
        "from": dict[str, Amount],  # a licence year → the minimum from then on
        "creditable": bool,
        "paid": Literal["advance", "arrears"],
        "until": NotRequired[YearField],
    },
)


class FlatSublicence(TypedDict):
    """One share of all sublicence income."""

    share: shapes.Share


class StagedSublicence(TypedDict):
    """A share of sublicence income by the stage that each amount of it states."""

    stages: dict[str, shapes.Share]


class _Floor(TypedDict):
    floor: shapes.Share
    of: Literal["royalty", "net sales"]


class CreditTable(_Floor):
    """A share of third-party royalties is set against the royalty, which it takes to the floor at most."""

    credit: shapes.Share
    carry: bool


class AggregateTable(_Floor):
    """The royalty gives way until all royalties together are this share of net sales, or to the floor."""

    aggregate: shapes.Share


class CombinationTable(TypedDict):
    """What counts as net sales of a product in which the licensed part is one of several."""

    formula: Literal["A/(A+B)"]


class ExitTable(TypedDict):
    """A share of the company's value at the first exit of one of these kinds."""

    fee: shapes.Share
    on: list[shapes.Name]


class EquityTable(TypedDict):
    """Shares of the licensee, the terms that they stand in place of, a value if one was agreed, and what a
    policy asks about such a receipt.
    """

    stake: shapes.Share
    on: shapes.Day
    in_lieu_of: list[Literal["upfront", "milestones", "royalty", "minimum", "sublicence", "exit"]]
    agreed_value: NotRequired[Amount]
    options: NotRequired[dict[str, str]]


class PatentCostsTable(TypedDict):
    """The share of patent costs that the licensee pays back."""

    licensee: shapes.Share


_ROYALTIES = {"rate": "FlatRoyalty", "tiers": "TieredRoyalty"}
_MILESTONES = {"on": "DatedMilestone", "event": "EventMilestone", "sales": "SalesMilestone"}
_SUBLICENCES = {"share": "FlatSublicence", "stages": "StagedSublicence"}
_STACKINGS = {"credit": "CreditTable", "aggregate": "AggregateTable"}

RoyaltyTable = Annotated[FlatRoyalty | TieredRoyalty, shapes.ByKey(_ROYALTIES)]
MilestoneTable = Annotated[DatedMilestone | EventMilestone | SalesMilestone, shapes.ByKey(_MILESTONES)]
SublicenceTable = Annotated[FlatSublicence | StagedSublicence, shapes.ByKey(_SUBLICENCES)]
StackingTable = Annotated[CreditTable | AggregateTable, shapes.ByKey(_STACKINGS)]


class LicenceTable(TypedDict):
    """The terms of a licence. Licence years are named by the calendar year in which they begin."""

    currency: shapes.Currency
    signed: shapes.Day
    year_starts: DayOfYear
    due: NotRequired[DueTable]
    upfront: NotRequired[list[UpfrontTable]]
    milestones: NotRequired[list[MilestoneTable]]
    royalty: NotRequired[RoyaltyTable]
    minimum: NotRequired[MinimumTable]
    sublicence: NotRequired[SublicenceTable]
    stacking: NotRequired[StackingTable]
    combination: NotRequired[CombinationTable]
    exit: NotRequired[ExitTable]
    equity: NotRequired[EquityTable]
    patent_costs: NotRequired[PatentCostsTable]


# -- what happened ------------------------------------------------------------------------------------


class CombinationSales(TypedDict):
    """Net sales of a combination product, and the two quantities of the licence's formula."""

    net_sales: Amount
    A: Price
    B: Price


class SublicenceIncome(TypedDict):
    """What the licensee was paid by its own licensees, and at which stage."""

    amount: Amount
    stage: shapes.Name


class ExitEvent(TypedDict):
    """An exit of the licensee, and the value that the fee is a share of."""

    on: shapes.Day
    kind: shapes.Name
    value: Amount


class SalesTable(TypedDict, total=False):
    """One licence year. What the licence depends on must be stated, and nothing else may be."""

    net_sales: Amount
    combinations: list[CombinationSales]
    third_party_royalties: Amount
    sublicence_income: Amount | list[SublicenceIncome]
    events: dict[str, shapes.Day]
    exit: ExitEvent
    patent_costs: Amount
