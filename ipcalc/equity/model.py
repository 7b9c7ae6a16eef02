"""What a cap table's file says, once it was read and checked: frozen values, money in exact minor units."""

from __future__ import annotations

import datetime
from typing import NamedTuple

from ipcalc.equity.state import Conversion, Interest
from ipcalc.equity.vesting import DatedVesting, Vesting
from ipcalc.quantity import Exact

# -- who and what -------------------------------------------------------------------------------------


class Stakeholder(NamedTuple):
    """A stakeholder; ``name`` is the id where the file gives none. ``label`` is the name, with the id where
    another has the same name.
    """

    id: str
    kind: str
    name: str
    label: str


class Cap(NamedTuple):
    """Where participation ends: ``multiple`` of the issue price a share, or ``amount`` for the class.

    ``of`` is what is capped: ``total`` (the preference in it) or ``participation`` (beside the preference).
    """

    multiple: Exact | None
    amount: int | None
    of: str


class Dividend(NamedTuple):
    """A class's dividend: ``stated`` (``per_share`` minor units, once) or ``cumulative`` (``rate`` a year).

    ``start`` is the day it accrues from, None for each share's issue. ``on_conversion`` is forfeited, cash or
    shares; ``in_cap`` whether it counts toward the cap on participation.
    """

    kind: str
    per_share: Exact | None
    rate: Exact | None
    accrual: str  # simple | compound
    day_count: str
    start: datetime.date | None
    on_conversion: str
    in_cap: bool


class AntiDilution(NamedTuple):
    """Price protection: ``kind`` ratchet, broad or narrow; ``base`` what is outstanding, or a number of
    common shares, as they were when the class had its first: splits since then move it.

    ``counts`` is which new shares of a round count as issued (new-money, safes, notes), ``exempt`` the kinds
    of events that never trigger it; None where the file leaves it open.
    """

    kind: str
    base: frozenset[str] | Exact
    counts: frozenset[str] | None
    exempt: frozenset[str] | None


class Preferred(NamedTuple):
    """A preferred class's terms: the preference is ``multiple`` of the issue price, or ``amount`` for all.

    Higher ``seniority`` is paid first; equal ranks share pro rata.
    """

    multiple: Exact | None
    amount: int | None
    seniority: int
    participation: str  # none | full | capped
    cap: Cap | None
    dividend: Dividend | None
    anti_dilution: AntiDilution | None


class ShareClass(NamedTuple):
    """A class of shares; ``price`` is the original issue price, None where a round sets it."""

    id: str
    name: str
    preferred: Preferred | None  # None for a common class
    price: Exact | None
    conversion_price: Exact | None

    @property
    def stated_base(self) -> Exact | None:
        """The base of its protection where that is a number."""
        rule = self.preferred.anti_dilution if self.preferred else None
        return None if rule is None or isinstance(rule.base, frozenset) else rule.base


class Rounding(NamedTuple):
    """``shares`` is exact, floor, half-up or ceiling; ``money`` is largest-remainder, or up-per-line.

    ``price_places`` is None where prices are exact, else they are rounded by ``price_to``.
    """

    shares: str
    price_places: int | None
    price_to: str  # half-up | up
    money: str


class Position(NamedTuple):
    """Where securities stand: shares of a holder; ``plan`` and a holder: options; a plan alone: its reserve.

    ``kind`` is shares, options, promised, reserve, warrants, or of an open instrument safe, note, university.
    """

    kind: str
    holder: str | None
    share_class: str
    plan: str | None = None


# -- events -------------------------------------------------------------------------------------------


class Issue(NamedTuple):
    """New shares at a price a share in minor units, if one was stated."""

    id: str
    kind: str
    date: datetime.date
    at: int  # its index in the file's events, as of every event
    to: Position
    shares: Exact
    price: Exact | None
    vesting: Vesting | DatedVesting | None


class Grant(NamedTuple):
    """A share of the total after it, for one holder; those of one ``batch`` are solved together."""

    id: str
    kind: str
    date: datetime.date
    at: int
    to: Position
    percent: Exact
    of: str  # fully-diluted-after | issued-after
    batch: str


class Until(NamedTuple):
    """When a floor ends: an amount is ``raised``, a round is large enough, or a ``date`` has passed.

    ``counts`` are the kinds of money that count as raised ``since`` a day. ``crossing`` and ``fill`` say what
    becomes of the round that crosses the amount; ``through`` whether the large round is protected still.
    """

    raised: int | None = None
    counts: frozenset[str] = frozenset()
    since: datetime.date | None = None
    crossing: str = ""  # split | whole-protected | unprotected
    fill: str = ""  # conversions-first | new-money-first
    round_at_least: int | None = None
    post_at_least: int | None = None
    through: str = ""  # that-round | before-that-round
    date: datetime.date | None = None


class Floor(NamedTuple):
    """A stake that rounds may not dilute below ``percent`` of the fully diluted total, until a moment."""

    percent: Exact
    until: Until
    to: tuple[tuple[str, Exact], ...]  # who the top-up goes to, by their share of it
    in_safe_capitalization: bool


class Participation(NamedTuple):
    """A right to buy part of each round: the greatest of ``held`` (the part held before it) and ``percent``.

    ``rounds`` are ids, or None for all.
    """

    held: bool
    percent: Exact
    rounds: frozenset[str] | None


class PolicyStake(NamedTuple):
    """Where a stake was read: a policy of the library, and the titles of its sources there."""

    policy: str
    sources: tuple[str, ...]


class UniversityGrant(NamedTuple):
    """What a licence gives a university: a share of the total, a number of shares, or what stands for them.

    Exactly one of ``percent``, ``shares``, ``amount`` (minor units, with ``conversion``), ``exit_fee`` and
    ``royalty`` is stated. ``to`` is who gets it, by their share of it; they sum to one. ``policy`` is where
    the percentage was read, if it was.
    """

    id: str
    kind: str
    date: datetime.date
    at: int
    share_class: str
    to: tuple[tuple[str, Exact], ...]
    percent: Exact | None
    shares: Exact | None
    amount: int | None
    conversion: Conversion | None
    exit_fee: Exact | None
    royalty: str | None
    policy: PolicyStake | None
    floor: Floor | None
    participation: Participation | None


class Pool(NamedTuple):
    """Plan shares: ``how`` is create or add (``amount`` in shares), add_percent (a new slice of the total
    after) or target (of the total after, for what is unallocated or, by ``measure``, for the whole plan).

    ``placed`` is pre-money or post-money for a pool inside a round, else empty.
    """

    id: str
    kind: str
    date: datetime.date
    at: int
    to: Position
    how: str
    amount: Exact
    measure: str = "unallocated"
    placed: str = ""


class OptionGrant(NamedTuple):
    """Options for a holder, out of a plan's reserve or beside it; ``early``: before they vest, too."""

    id: str
    kind: str
    date: datetime.date
    at: int
    to: Position
    shares: Exact
    strike: Exact
    vesting: Vesting | DatedVesting | None
    early: bool


class Exercise(NamedTuple):
    """Options or warrants that become shares for their strike, or (kind ``lapse``) that cease to be."""

    id: str
    kind: str
    date: datetime.date
    at: int
    of: str
    shares: Exact


class WarrantIssue(NamedTuple):
    """A warrant on a class."""

    id: str
    kind: str
    date: datetime.date
    at: int
    to: Position
    shares: Exact
    strike: Exact
    dividend_from: datetime.date | None
    expires: datetime.date | None


class Safe(NamedTuple):
    """A SAFE: money now for shares of a later round."""

    id: str
    kind: str
    date: datetime.date
    at: int
    holder: str
    amount: int
    conversion: Conversion
    mfn: bool
    pro_rata: bool


class Election(NamedTuple):
    """An MFN instrument takes the terms of a later one, whole; ``takes`` is None for none."""

    id: str
    kind: str
    date: datetime.date
    at: int
    instrument: str
    takes: str | None


class Note(NamedTuple):
    """A convertible note; ``at_exit`` is its own word on an exit, as the file has it."""

    id: str
    kind: str
    date: datetime.date
    at: int
    holder: str
    principal: int
    interest: Interest
    conversion: Conversion
    maturity: datetime.date
    at_exit: object


class Investment(NamedTuple):
    """An investor's money in a round, in minor units; ``right`` is the event whose right it exercises."""

    holder: str
    amount: int
    right: str | None = None


class Round(NamedTuple):
    """A priced round: ``value`` is its ``basis`` (pre_money, post_money, price) in minor units."""

    id: str
    kind: str
    date: datetime.date
    at: int
    share_class: str
    convention: str
    basis: str
    value: Exact
    investors: tuple[Investment, ...]
    pool: Pool | None
    anti_dilution: str | None  # inside | outside the pre-money


class Split(NamedTuple):
    """Each share of a class becomes ``ratio`` shares."""

    id: str
    kind: str
    date: datetime.date
    at: int
    share_class: str
    ratio: Exact


class Convert(NamedTuple):
    """Preferred shares of a holder that become common ones at the class's ratio, those of ``given`` first."""

    id: str
    kind: str
    date: datetime.date
    at: int
    of: Position
    to: Position
    shares: Exact
    given: str | None


class ConvertInstrument(NamedTuple):
    """An open instrument, or ``amount`` of it in minor units, that became ``shares`` of a class, as stated.

    ``to`` is who holds it, by their share of it; ``price`` what a share is taken to have cost, in minor
    units, None for what converted over the shares.
    """

    id: str
    kind: str
    date: datetime.date
    at: int
    instrument: str
    to: tuple[tuple[str, Exact], ...]
    share_class: str
    shares: Exact
    amount: int | None
    price: Exact | None


class AdjustConversion(NamedTuple):
    """A preferred class's conversion price, in minor units, as it is from a day."""

    id: str
    kind: str
    date: datetime.date
    at: int
    share_class: str
    price: Exact


class Transfer(NamedTuple):
    """Shares from one holder to another, those of event ``given`` first.

    ``price`` is minor units a share, if one was stated. ``with_vesting`` takes what has not vested, too.
    """

    id: str
    kind: str
    date: datetime.date
    at: int
    giver: Position
    taker: Position
    shares: Exact
    price: Exact | None
    given: str | None
    with_vesting: bool


class Cancel(NamedTuple):
    """Shares, or a plan's reserve, that cease to be, of those that the event ``given`` gave to a position."""

    id: str
    kind: str
    date: datetime.date
    at: int
    given: str
    of: Position
    shares: Exact


class CancelInstrument(NamedTuple):
    """An open instrument, or ``amount`` of it in minor units, that ceases to be."""

    id: str
    kind: str
    date: datetime.date
    at: int
    instrument: str
    amount: int | None


Event = (
    Issue | Grant | UniversityGrant | Pool | OptionGrant | Exercise | WarrantIssue | Safe | Election | Note
    | Round | Split | Convert | ConvertInstrument | AdjustConversion | Transfer | Cancel | CancelInstrument
)  # fmt: skip
