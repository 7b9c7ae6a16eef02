"""The shape of a policy file. Whatever of the format isn't built yet is refused, never ignored."""

from __future__ import annotations

from typing import Annotated, Literal, NotRequired, TypedDict

from ipcalc import quantity
from ipcalc.inputs import shapes
from ipcalc.quantity import Quantity, Unreadable
from ipcalc.texts import Language, Text

COSTS = "costs"  # the account that can be recovered


def _part(raw: object) -> Quantity | str:
    return raw if isinstance(raw, str) and raw in ("rest", "unknown") else quantity.read("share", raw)


def _account(raw: object) -> str:
    if isinstance(raw, list) or shapes.name(raw) != COSTS:
        raise Unreadable("F113")  # other accounts, and several in one step
    return COSTS


def _payee(raw: object) -> str:
    if isinstance(raw, dict):
        raise Unreadable("F113")  # a party for each account
    return shapes.name(raw)


Cites = str | list[str]
PartField = Annotated[Quantity | str, shapes.Via(_part, {"type": ["number", "string"]})]
AccountField = Annotated[str, shapes.Via(_account, {"const": COSTS})]
PayeeField = Annotated[str, shapes.Via(_payee, {"type": "string"})]
StakeField = Annotated[Quantity | str, shapes.or_unknown("share")]

DatesTable = TypedDict("DatesTable", {"from": NotRequired[shapes.Day], "until": NotRequired[shapes.Day]})
InputTable = TypedDict(
    "InputTable",
    {"input": shapes.Coming, "from": NotRequired[shapes.Anything], "to": NotRequired[shapes.Anything]},
)
OnlyTable = dict[str, str | list[str] | DatesTable]

TakeTable = TypedDict(
    "TakeTable",
    {
        "take": shapes.Share | InputTable,
        "for": shapes.Name,
        "of": NotRequired[shapes.Name],
        "name": NotRequired[Text],
        "only": NotRequired[OnlyTable],
        "source": NotRequired[Cites],
        "at_most": NotRequired[shapes.Coming],
        "above": NotRequired[shapes.Coming],
        "per": NotRequired[shapes.Coming],
        "over": NotRequired[shapes.Coming],
        "as": NotRequired[shapes.Coming],
        "covers": NotRequired[shapes.Coming],
        "carry": NotRequired[shapes.Coming],
    },
)
RecoverTable = TypedDict(
    "RecoverTable",
    {
        "recover": AccountField,
        "for": PayeeField,
        "only": NotRequired[OnlyTable],
        "source": NotRequired[Cites],
        "at_most": NotRequired[shapes.Coming],
        "carry": NotRequired[shapes.Coming],
    },
)


class MarkTable(TypedDict):
    """A step that names what is left as a base."""

    mark: shapes.Name
    only: NotRequired[OnlyTable]


class ShareTable(TypedDict):
    """A step that divides all that is left."""

    share: dict[str, PartField] | Literal["unknown"]
    only: NotRequired[OnlyTable]
    source: NotRequired[Cites]
    by: NotRequired[shapes.Coming]
    name: NotRequired[shapes.Coming]
    per: NotRequired[shapes.Coming]
    over: NotRequired[shapes.Coming]
    index: NotRequired[shapes.Coming]


class _Bands(TypedDict, total=False):
    by: shapes.Anything
    name: shapes.Anything
    per: shapes.Anything
    over: shapes.Anything
    index: shapes.Anything
    only: shapes.Anything
    source: shapes.Anything


class BandsTable(_Bands):
    """A banded share: not built yet."""

    bands: shapes.Coming


class SlabsTable(_Bands):
    """A share by slabs: not built yet."""

    slabs: shapes.Coming


class HoldTable(TypedDict):
    """A reserve: not built yet."""

    hold: shapes.Coming
    level: NotRequired[shapes.Anything]
    only: NotRequired[shapes.Anything]
    source: NotRequired[shapes.Anything]


class LimitTable(TypedDict):
    """A party's cap: not built yet."""

    limit: shapes.Coming
    at_most: NotRequired[shapes.Anything]
    to: NotRequired[shapes.Anything]
    only: NotRequired[shapes.Anything]
    source: NotRequired[shapes.Anything]


_STEPS = {
    "take": "TakeTable",
    "recover": "RecoverTable",
    "mark": "MarkTable",
    "share": "ShareTable",
    "bands": "BandsTable",
    "slabs": "SlabsTable",
    "hold": "HoldTable",
    "limit": "LimitTable",
}
StepTable = Annotated[
    TakeTable | RecoverTable | MarkTable | ShareTable | BandsTable | SlabsTable | HoldTable | LimitTable,
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


class EquityTable(TypedDict):
    """What the institution asks of a start-up that licenses."""

    stake: StakeField
    source: NotRequired[Cites]


class InventorsTable(TypedDict):
    """How inventors divide their part."""

    split: Literal["equal"]
    may: NotRequired[list[Literal["weights", "waive to lab"]]]
    excluded: NotRequired[shapes.Coming]
    source: NotRequired[Cites]


class VersionTable(TypedDict):
    """The policy in one period, or on one route."""

    source: Cites
    steps: list[StepTable]
    only: NotRequired[OnlyTable]
    within: NotRequired[dict[str, list[StepTable] | Literal["unknown"]]]
    equity: NotRequired[EquityTable]
    inventors: NotRequired[InventorsTable]
    floors: NotRequired[shapes.Coming]
    continues: NotRequired[shapes.Coming]


class GapTable(TypedDict):
    """What this file does not say."""

    about: Text
    affects: list[str]


class ExampleTable(TypedDict):
    """A split that this file must give."""

    title: str
    receipts: shapes.Money
    gives: dict[str, shapes.Money]
    costs: NotRequired[shapes.Money]
    as_of: NotRequired[shapes.Day]
    options: NotRequired[dict[str, str]]
    inventors: NotRequired[dict[str, shapes.Number]]
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
    versions: list[VersionTable]
    parties: NotRequired[dict[str, PartyTable]]
    options: NotRequired[dict[str, OptionTable]]
    gaps: NotRequired[list[GapTable]]
    examples: NotRequired[list[ExampleTable]]
    rounding: NotRequired[Literal["largest-remainder"]]
    kind: NotRequired[shapes.Coming]
    year_starts: NotRequired[shapes.Coming]
