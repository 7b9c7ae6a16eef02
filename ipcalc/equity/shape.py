"""The shape of a cap-table file. What a contract must say has no default: it is required here."""

from __future__ import annotations

from typing import Annotated, Literal, NotRequired, TypedDict

from ipcalc.equity.exit_shape import ExitTable
from ipcalc.equity.values import (
    Amount,
    Cliff,
    Country,
    HeldOrShare,
    IssueOrDay,
    Months,
    Multiple,
    Percent,
    Places,
    Price,
    Shares,
    SplitRatio,
    Strike,
)
from ipcalc.inputs import shapes
from ipcalc.inputs.shapes import ByKey, ByValue, Count, Currency, Day, Ident, Name, Share

DayCount = Literal["actual/365", "actual/360", "30/360", "actual/actual"]
Counted = Literal["pool_increase", "pool_unallocated", "promised", "converting"]  # in a capitalization
Becomes = Literal["shares", "cash", "forfeited"]  # what becomes of interest, or of a dividend, on conversion

# -- the company, its people and its classes ----------------------------------------------------------


class CompanyTable(TypedDict):
    """The company, and the one currency of every amount; when and where it was formed moves no figure."""

    name: Name
    currency: Currency
    formed: NotRequired[Day]
    country: NotRequired[Country]


class PriceRounding(TypedDict):
    """Prices rounded to decimal places of the currency's major unit."""

    places: Places
    to: Literal["half-up", "up"]


class RoundingTable(TypedDict):
    """How share counts, prices and money are rounded: a contract's facts; only the last has a default."""

    shares: Literal["exact", "floor", "half-up", "ceiling"]
    price: Literal["exact"] | PriceRounding
    money: NotRequired[Literal["largest-remainder", "up-per-line"]]


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


_CAPS = {"multiple": "CapMultiple", "amount": "CapAmount"}


class CapMultiple(TypedDict):
    """A cap on participation as a multiple of the issue price."""

    multiple: Multiple
    of: Literal["total", "participation"]


class CapAmount(TypedDict):
    """A cap on participation as an amount for the whole class; of what it takes in total unless stated."""

    amount: Amount
    of: NotRequired[Literal["total", "participation"]]


_Dividend = TypedDict("_Dividend", {"from": IssueOrDay})


class StatedDividend(_Dividend):
    """So much a share, once it is due."""

    kind: Literal["stated"]
    per_share: Price
    on_conversion: Becomes
    in_cap: bool


class CumulativeDividend(_Dividend):
    """A rate of the issue price a year."""

    kind: Literal["cumulative"]
    rate: Share
    accrual: Literal["simple", "compound"]
    day_count: DayCount
    on_conversion: Becomes
    in_cap: bool


Outstanding = Literal["common", "preferred-as-converted", "options", "warrants", "pool"]
NewShares = Literal["new-money", "safes", "notes"]


class AntiDilutionTable(TypedDict):
    """What protects a class against a lower price; ``exempt`` are events that never trigger it."""

    kind: Literal["ratchet", "broad", "narrow"]
    base: NotRequired[list[Outstanding] | Shares]
    issued_counts: NotRequired[list[NewShares]]
    exempt: NotRequired[
        list[Literal["issue", "option", "pool", "warrant", "grant", "university-grant", "convert"]]
    ]


class PreferredTable(TypedDict):
    """A class with a preference at an exit; higher ``seniority`` is paid first."""

    id: Ident
    kind: Literal["preferred"]
    name: NotRequired[Name]
    price: NotRequired[Price]
    conversion_price: NotRequired[Price]
    preference: Multiple | PreferenceAmount
    seniority: Count
    participation: Literal["none", "full", "capped"]
    cap: NotRequired[Annotated[CapMultiple | CapAmount, ByKey(_CAPS)]]
    dividend: NotRequired[Annotated[StatedDividend | CumulativeDividend, ByValue("kind")]]
    anti_dilution: NotRequired[AntiDilutionTable]


# -- issues, grants, options and pools ----------------------------------------------------------------


class _Event(TypedDict):
    id: Ident
    date: Day


_OfClass = TypedDict("_OfClass", {"class": Ident})
_MayHaveClass = TypedDict("_MayHaveClass", {"class": NotRequired[Ident]})
_FromTo = TypedDict("_FromTo", {"from": Ident, "to": Ident})


class VestingTable(TypedDict):
    """Months to vest, in tranches of ``every`` months, none before the cliff.

    ``accelerate`` is the part of what is unvested that vests at an exit.
    """

    start: Day
    months: Months
    cliff: Cliff
    every: Months
    allocation: Literal[
        "CUMULATIVE_ROUNDING",
        "CUMULATIVE_ROUND_DOWN",
        "FRONT_LOADED",
        "BACK_LOADED",
        "FRONT_LOADED_TO_SINGLE_TRANCHE",
        "BACK_LOADED_TO_SINGLE_TRANCHE",
        "FRACTIONAL",
    ]
    accelerate: NotRequired[Share]


class TrancheTable(TypedDict):
    """Shares that vest on a day."""

    date: Day
    shares: Shares


class DatedVestingTable(TypedDict):
    """Shares that vest on stated days; what no tranche names vests on no known day."""

    tranches: list[TrancheTable]
    accelerate: NotRequired[Share]


_VESTINGS = {"tranches": "DatedVestingTable", "start": "VestingTable"}
Vests = Annotated[VestingTable | DatedVestingTable, ByKey(_VESTINGS)]


class IssueEvent(_Event, _OfClass):
    """New shares for one holder."""

    event: Literal["issue"]
    holder: Ident
    shares: Shares
    price: NotRequired[Price]
    vesting: NotRequired[Vests]


class GrantEvent(_Event, _OfClass):
    """A share of the total after it; grants of one ``batch`` are solved together."""

    event: Literal["grant"]
    holder: Ident
    percent: Percent
    of: Literal["fully-diluted-after", "issued-after"]
    batch: NotRequired[Ident]


class PoolEvent(_Event, _OfClass):
    """Shares set aside for a plan: exactly one of ``create``, ``add``, ``add_percent`` and ``target``."""

    event: Literal["pool"]
    plan: Ident
    create: NotRequired[Shares]
    add: NotRequired[Shares]
    add_percent: NotRequired[Percent]
    target: NotRequired[Percent]


class RoundPoolTable(_MayHaveClass):
    """A pool inside a round: as a pool event, and what is measured, and whom it dilutes."""

    plan: Ident
    create: NotRequired[Shares]
    add: NotRequired[Shares]
    add_percent: NotRequired[Percent]
    target: NotRequired[Percent]
    measure: NotRequired[Literal["unallocated", "plan-total"]]
    placed: Literal["pre-money", "post-money"]


class OptionEvent(_Event, _MayHaveClass):
    """Options from a plan, or from none; ``promised`` ones count but are still to be granted.

    Those of an ``early_exercise`` may become shares before they vest, which then do so as they would have.
    """

    event: Literal["option"]
    plan: Ident
    holder: Ident
    shares: Shares
    strike: Strike
    vesting: Literal["none"] | Vests
    promised: NotRequired[bool]
    early_exercise: NotRequired[bool]


class ExerciseEvent(_Event):
    """Options or warrants that become shares, or lapse; ``of`` is the event that gave them."""

    event: Literal["exercise", "lapse"]
    of: Ident
    shares: Shares


class WarrantEvent(_Event, _OfClass):
    """A right to buy shares of a class."""

    event: Literal["warrant"]
    holder: Ident
    shares: Shares
    strike: Strike
    dividend_from: NotRequired[Day]
    expires: NotRequired[Day]


class SplitEvent(_Event, _OfClass):
    """New shares for old, the whole class: ``"2:1"`` is two for one."""

    event: Literal["split"]
    ratio: SplitRatio


class ConvertEvent(_Event, _OfClass):
    """What becomes shares, as it was recorded: exactly one of ``holder`` and ``instrument``.

    Of a ``holder``, preferred shares that become common ones; ``to`` where there are several common classes,
    ``of`` the event whose shares go first. Of an open ``instrument``, all of it or an ``amount``, the shares
    stated, of the class, at the ``price`` at which it converted (what converted over the shares, unless
    stated).
    """

    event: Literal["convert"]
    holder: NotRequired[Ident]
    instrument: NotRequired[Ident]
    shares: Shares
    to: NotRequired[Ident]
    of: NotRequired[Ident]
    amount: NotRequired[Amount]
    price: NotRequired[Price]


class AdjustConversionEvent(_Event, _OfClass):
    """A preferred class's conversion price as it is from that day."""

    event: Literal["adjust-conversion"]
    conversion_price: Price


class TransferEvent(_Event, _OfClass, _FromTo):
    """Shares that change hands; none are new. ``of`` is the event whose shares go first.

    They have vested, or are all; ``with_vesting``, what has not goes along with its part of the schedule.
    """

    event: Literal["transfer", "secondary"]
    of: NotRequired[Ident]
    shares: Shares
    price: NotRequired[Price]
    with_vesting: NotRequired[bool]


class CancelEvent(_Event):
    """What ceases to be: shares of the holder, or the plan, that event ``of`` gave shares to, or an amount
    of the open instrument ``of`` (all of it unless stated).
    """

    event: Literal["cancel"]
    of: Ident
    shares: NotRequired[Shares]
    amount: NotRequired[Amount]


# -- the university -----------------------------------------------------------------------------------


class GrantPercent(TypedDict):
    """So many shares that the grant is this share of the fully diluted total after it."""

    percent: Percent
    of: Literal["fully-diluted-after"]


class GrantPolicy(TypedDict):
    """The stake that a policy of the library asks for on the day; ``options`` are its facts, as the route."""

    policy: Name
    of: Literal["fully-diluted-after"]
    options: NotRequired[dict[str, Name]]


class GrantShares(TypedDict):
    """A number of shares."""

    shares: Shares


class ConvertsAtCap(TypedDict):
    """A fixed amount that converts at a cap or at the round's price, whichever gives more."""

    cap: Amount
    basis: Literal["pre-money", "post-money"]
    counts: NotRequired[list[Counted]]
    discount: NotRequired[Percent]


class GrantAmount(TypedDict):
    """A fixed amount that becomes shares at the next round."""

    amount: Amount
    converts: Literal["at-next-round"] | ConvertsAtCap


class GrantExitFee(TypedDict):
    """A share of the proceeds of an exit, in place of shares."""

    exit_fee: Percent
    of: Literal["proceeds"]


class GrantRoyalty(TypedDict):
    """A licence's royalty in place of shares: named, so that nothing is forgotten."""

    royalty: Name


_GRANTS = {
    "percent": "GrantPercent",
    "policy": "GrantPolicy",
    "shares": "GrantShares",
    "amount": "GrantAmount",
    "exit_fee": "GrantExitFee",
    "royalty": "GrantRoyalty",
}
Recipients = Ident | dict[str, Share]


class UntilRaised(TypedDict):
    """Until an amount is raised since a day; ``crossing`` says what the round that crosses it means."""

    raised: Amount
    counts: list[Literal["round", "safe", "note"]]
    since: Day
    crossing: Literal["split", "whole-protected", "unprotected"]
    fill: NotRequired[Literal["conversions-first", "new-money-first"]]


class UntilRound(TypedDict):
    """Until the first round that is large enough, itself protected or not."""

    round_at_least: Amount
    post_at_least: NotRequired[Amount]
    through: Literal["that-round", "before-that-round"]


class UntilDate(TypedDict):
    """Until a day, included."""

    date: Day


_UNTILS = {"raised": "UntilRaised", "round_at_least": "UntilRound", "date": "UntilDate"}


class FloorTable(TypedDict):
    """A part that rounds may not dilute the stake below: each makes it good, until a moment."""

    percent: Percent
    of: Literal["fully-diluted"]
    until: Annotated[UntilRaised | UntilRound | UntilDate, ByKey(_UNTILS)]
    to: NotRequired[Recipients]
    in_safe_capitalization: bool


class GreaterOf(TypedDict):
    """The greatest of several parts."""

    greater_of: list[HeldOrShare]


class ParticipationTable(TypedDict):
    """A right to buy a part of rounds."""

    percent: HeldOrShare | GreaterOf
    rounds: Literal["all"] | list[Ident]


class UniversityGrantEvent(_Event, _OfClass):
    """The university's stake, and who gets it: one stakeholder, or several by their share of it."""

    event: Literal["university-grant"]
    grant: Annotated[
        GrantPercent | GrantPolicy | GrantShares | GrantAmount | GrantExitFee | GrantRoyalty, ByKey(_GRANTS)
    ]
    to: Recipients
    floor: NotRequired[FloorTable]
    participation: NotRequired[ParticipationTable]


# -- instruments and rounds ---------------------------------------------------------------------------


class SafeEvent(_Event):
    """Money now for shares of a later round."""

    event: Literal["safe"]
    holder: Ident
    amount: Amount
    basis: NotRequired[Literal["pre-money", "post-money", "fixed-percent"]]
    cap: NotRequired[Amount]
    percent: NotRequired[Percent]
    discount: NotRequired[Percent]
    counts: NotRequired[list[Counted]]
    mfn: NotRequired[bool]
    pro_rata: NotRequired[bool]


class ElectionEvent(_Event):
    """An MFN instrument takes a later one's terms, whole, or (``none``) keeps its own."""

    event: Literal["mfn-election"]
    instrument: Ident
    takes: Ident


_MayBeFrom = TypedDict("_MayBeFrom", {"from": NotRequired[Day]})


class InterestTable(_MayBeFrom):
    """A note's interest, by the year; from the day of the note unless another is stated."""

    rate: Share
    kind: Literal["simple", "compound"]
    day_count: DayCount
    on_conversion: Becomes


class AtExitMultiple(TypedDict):
    """A multiple of the claim."""

    multiple: Multiple


class NoteEvent(_Event):
    """A convertible note; a cap says what it counts: a list, or a number of shares."""

    event: Literal["note"]
    holder: Ident
    principal: Amount
    interest: InterestTable
    cap: NotRequired[Amount]
    cap_counts: NotRequired[list[Counted] | Shares]
    discount: NotRequired[Percent]
    maturity: Day
    at_exit: NotRequired[Literal["greater-of", "cash"] | AtExitMultiple]


class InvestorTable(TypedDict):
    """One investor's money in a round."""

    holder: Ident
    amount: Amount


class RightTable(TypedDict):
    """A right that is exercised on a round: the event that gave it, by how much, and by whom of several."""

    of: Ident
    amount: Amount
    holder: NotRequired[Ident]


class RoundEvent(_Event, _OfClass):
    """A priced round: exactly one of ``pre_money``, ``post_money`` and ``price``."""

    event: Literal["round"]
    convention: Literal["pre-money", "percentage-ownership", "dollars-invested"]
    pre_money: NotRequired[Amount]
    post_money: NotRequired[Amount]
    price: NotRequired[Price]
    investors: list[InvestorTable]
    pool: NotRequired[RoundPoolTable]
    exercised_rights: NotRequired[list[RightTable]]
    anti_dilution: NotRequired[Literal["inside", "outside"]]


EventTable = (
    IssueEvent
    | GrantEvent
    | UniversityGrantEvent
    | PoolEvent
    | OptionEvent
    | ExerciseEvent
    | WarrantEvent
    | SafeEvent
    | ElectionEvent
    | NoteEvent
    | RoundEvent
    | SplitEvent
    | ConvertEvent
    | AdjustConversionEvent
    | TransferEvent
    | CancelEvent
)


class CapTableFile(TypedDict):
    """A cap-table file."""

    company: CompanyTable
    rounding: RoundingTable
    stakeholders: list[StakeholderTable]
    classes: list[Annotated[CommonTable | PreferredTable, shapes.ByValue("kind")]]
    events: list[Annotated[EventTable, shapes.ByValue("event")]]
    exits: NotRequired[list[ExitTable]]
