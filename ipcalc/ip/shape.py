"""The shape of a policy file."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal, NotRequired, TypedDict

from ipcalc import quantity
from ipcalc.inputs import shapes
from ipcalc.quantity import Quantity, Unreadable
from ipcalc.texts import Language, Text


def _part(raw: object) -> Quantity | str:
    return raw if isinstance(raw, str) and raw in ("rest", "unknown") else quantity.read("share", raw)


def _weight(raw: object) -> Quantity:
    kind = "share" if isinstance(raw, str) and raw.endswith("%") else "number"
    found = quantity.read(kind, raw)
    if not isinstance(found.value, quantity.Duration) and found.value < 0:
        raise Unreadable("F106", limit="≥ 0")
    return found


def _day_of_year(raw: Any) -> tuple[int, int]:
    text = shapes.string(raw)
    match = re.fullmatch(r"([0-9]{2})-([0-9]{2})", text, re.ASCII)
    days = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)  # a year that began on 29 February would skip
    if not match or not 1 <= int(match[1]) <= 12 or not 1 <= int(match[2]) <= days[int(match[1]) - 1]:
        raise Unreadable("F104", kind="day-of-year", value=text)
    return int(match[1]), int(match[2])


Cites = str | list[str]
Per = Literal["invention", "licence", "bundle", "inventor", "lab", "portfolio"]
Over = Literal["lifetime", "year", "distribution"]
Amount = Annotated[Quantity, shapes.not_negative("money")]
Weight = Annotated[Quantity, shapes.Via(_weight, {"type": ["number", "string"]})]
PartField = Annotated[Quantity | str, shapes.Via(_part, {"type": ["number", "string"]})]
StakeField = Annotated[Quantity | str, shapes.or_unknown("share")]
DayOfYear = Annotated[
    tuple[int, int], shapes.Via(_day_of_year, {"type": "string", "pattern": "^[0-9]{2}-[0-9]{2}$"})
]

DatesTable = TypedDict("DatesTable", {"from": NotRequired[shapes.Day], "until": NotRequired[shapes.Day]})
RateInput = TypedDict(
    "RateInput",
    {"input": shapes.Name, "from": NotRequired[shapes.Share], "to": NotRequired[shapes.Share]},
)
AmountInput = TypedDict(
    "AmountInput", {"input": shapes.Name, "from": NotRequired[Amount], "to": NotRequired[Amount]}
)
OnlyTable = dict[str, str | list[str] | DatesTable]


class AmountCapTable(TypedDict):
    """The most, as an amount in a scope."""

    amount: Amount | AmountInput
    per: NotRequired[Per]
    over: NotRequired[Over]


class RateCapTable(TypedDict):
    """The most, as a rate of a base."""

    rate: shapes.Share | RateInput
    of: NotRequired[shapes.Name]


CapTable = Annotated[
    AmountCapTable | RateCapTable, shapes.ByKey({"amount": "AmountCapTable", "rate": "RateCapTable"})
]
CapField = CapTable | list[CapTable]

TakeTable = TypedDict(
    "TakeTable",
    {
        "take": shapes.Share | RateInput,
        "for": shapes.Name,
        "of": NotRequired[shapes.Name],
        "name": NotRequired[Text | shapes.Name],
        "at_most": NotRequired[CapField],
        "above": NotRequired[Amount | AmountInput],
        "per": NotRequired[Per],
        "over": NotRequired[Over],
        "as": NotRequired[Literal["extra", "counted", "advance"]],
        "covers": NotRequired[shapes.Name],
        "carry": NotRequired[bool],
        "only": NotRequired[OnlyTable],
        "source": NotRequired[Cites],
    },
)
RecoverTable = TypedDict(
    "RecoverTable",
    {
        "recover": shapes.Name | list[shapes.Name],
        "for": shapes.Name | dict[str, shapes.Name],
        "name": NotRequired[Text | shapes.Name],
        "at_most": NotRequired[CapField],
        "carry": NotRequired[bool],
        "only": NotRequired[OnlyTable],
        "source": NotRequired[Cites],
    },
)


class HoldTable(TypedDict):
    """A step that keeps a reserve at a level."""

    hold: shapes.Name
    level: Amount | AmountInput
    only: NotRequired[OnlyTable]
    source: NotRequired[Cites]


class MarkTable(TypedDict):
    """A step that names what is left as a base."""

    mark: shapes.Name
    only: NotRequired[OnlyTable]


IndexTable = TypedDict(
    "IndexTable",
    {"series": shapes.Name, "from": shapes.Day, "at": NotRequired[shapes.Name], "round": NotRequired[Amount]},
)


class _Measured(TypedDict):
    by: NotRequired[shapes.Name]
    name: NotRequired[shapes.Name]
    per: NotRequired[Per]
    over: NotRequired[Over]
    index: NotRequired[IndexTable]
    only: NotRequired[OnlyTable]
    source: NotRequired[Cites]


Parts = dict[str, PartField | RateInput] | Literal["unknown"]


class BandTable(TypedDict):
    """The shares of one band; the last has no ``up_to``."""

    share: Parts
    up_to: NotRequired[Amount]


class SlabTable(TypedDict):
    """The shares of one slab; ``at_most`` is for the one stated share."""

    share: Parts
    up_to: NotRequired[Amount]
    at_most: NotRequired[Amount]


class ShareTable(_Measured):
    """A step that divides all that is left."""

    share: Parts


class BandsTable(_Measured):
    """A step that divides all that is left, each band by its shares."""

    bands: list[BandTable]


class SlabsTable(_Measured):
    """A step that divides all that is left by the shares of the slab it reaches."""

    slabs: list[SlabTable]


class LimitTable(TypedDict):
    """A step that moves what a party holds beyond its caps."""

    limit: shapes.Name
    to: shapes.Name
    at_most: CapField
    name: NotRequired[shapes.Name]
    only: NotRequired[OnlyTable]
    source: NotRequired[Cites]


_STEPS = {
    "take": "TakeTable",
    "recover": "RecoverTable",
    "hold": "HoldTable",
    "mark": "MarkTable",
    "share": "ShareTable",
    "bands": "BandsTable",
    "slabs": "SlabsTable",
    "limit": "LimitTable",
}
StepTable = Annotated[
    TakeTable | RecoverTable | HoldTable | MarkTable | ShareTable | BandsTable | SlabsTable | LimitTable,
    shapes.ByKey(_STEPS),
]


class PartyTable(TypedDict):
    """A party that is paid."""

    label: Text


class OptionTable(TypedDict):
    """A fact that a case states, or a point on which the sources can be read in several ways."""

    kind: Literal["fact", "reading"]
    choices: list[str]
    source: Cites
    default: NotRequired[str]
    label: NotRequired[Text]


class PointTable(TypedDict):
    """A value of a series, and the first day that it holds."""

    on: shapes.Day
    value: shapes.Number


class SeriesTable(TypedDict):
    """An index, as published; ``until`` is the last day that it covers."""

    values: list[PointTable]
    source: Cites
    until: NotRequired[shapes.Day]


RangeTable = TypedDict("RangeTable", {"from": shapes.Share, "to": shapes.Share})
RaisedTable = TypedDict("RaisedTable", {"from": Amount, "to": Amount})


class ProtectionTable(TypedDict):
    """Until when a stake is not diluted."""

    raised: NotRequired[Amount | RaisedTable]
    note: NotRequired[Text]


class EquityTable(TypedDict):
    """What the institution asks of a start-up that licenses."""

    stake: StakeField | RangeTable
    amount: NotRequired[Amount]
    exit_share: NotRequired[shapes.Share]
    undiluted: NotRequired[ProtectionTable]
    only: NotRequired[OnlyTable]
    note: NotRequired[Text]
    source: NotRequired[Cites]


class InventorsTable(TypedDict):
    """How inventors divide their part."""

    split: Literal["equal"]
    may: NotRequired[list[Literal["weights", "waive to lab"]]]
    excluded: NotRequired[dict[str, OnlyTable]]
    reverts: NotRequired[dict[str, shapes.Name]]
    source: NotRequired[Cites]


class FloorTable(TypedDict):
    """The least that a party should have, as a rate of a base or of another party."""

    party: shapes.Name
    at_least: shapes.Share | RateInput
    of: shapes.Name
    only: NotRequired[OnlyTable]
    source: NotRequired[Cites]


class VersionTable(TypedDict):
    """The policy in one period, or on one route."""

    source: Cites
    steps: list[StepTable] | Literal["unknown"]
    only: NotRequired[OnlyTable]
    within: NotRequired[dict[str, list[StepTable] | Literal["unknown"]]]
    floors: NotRequired[list[FloorTable]]
    continues: NotRequired[bool]
    equity: NotRequired[EquityTable | list[EquityTable]]
    inventors: NotRequired[InventorsTable]


class GapTable(TypedDict):
    """What this file does not say."""

    about: Text
    affects: list[str]


class OpeningTable(TypedDict):
    """What was counted and owed before."""

    counters: NotRequired[dict[str, Amount]]
    accounts: NotRequired[dict[str, Amount]]


Inputs = dict[str, shapes.Anything]


class SampleTable(TypedDict):
    """One period of an example."""

    receipts: Amount
    on: NotRequired[shapes.Day]
    costs: NotRequired[Amount]
    accounts: NotRequired[dict[str, Amount]]
    inputs: NotRequired[Inputs]
    options: NotRequired[dict[str, str]]
    gives: NotRequired[dict[str, Amount]]
    balances: NotRequired[dict[str, Amount]]
    floors: NotRequired[dict[str, Amount]]


class ExampleTable(TypedDict):
    """A split that this file must give: of one receipt, or period by period."""

    title: str
    receipts: NotRequired[Amount]
    periods: NotRequired[list[SampleTable]]
    gives: NotRequired[dict[str, Amount]]
    balances: NotRequired[dict[str, Amount]]
    floors: NotRequired[dict[str, Amount]]
    costs: NotRequired[Amount]
    accounts: NotRequired[dict[str, Amount]]
    as_of: NotRequired[shapes.Day]
    dates: NotRequired[dict[str, shapes.Day]]
    options: NotRequired[dict[str, str]]
    inputs: NotRequired[Inputs]
    inventors: NotRequired[dict[str, Weight]]
    opening: NotRequired[OpeningTable]
    source: NotRequired[Cites]


class PolicyTable(TypedDict):
    """A policy file."""

    id: shapes.Ident
    name: Text
    institution: str
    currency: shapes.Currency
    reviewed: shapes.Day
    languages: NotRequired[list[Language]]
    sources: dict[str, shapes.SourceTable]
    versions: NotRequired[list[VersionTable]]
    kind: NotRequired[Literal["policy", "law"]]
    year_starts: NotRequired[DayOfYear]
    parties: NotRequired[dict[str, PartyTable]]
    options: NotRequired[dict[str, OptionTable]]
    series: NotRequired[dict[str, SeriesTable]]
    gaps: NotRequired[list[GapTable]]
    examples: NotRequired[list[ExampleTable]]
    rounding: NotRequired[Literal["largest-remainder"]]
