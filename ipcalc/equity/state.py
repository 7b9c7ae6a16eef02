"""A company at one moment: every security that is outstanding, and the terms that events have moved.

The fold makes states; exits are paid from them. Shares are ``int``, or ``Fraction`` under exact rounding;
money and prices are exact minor units. Everything is in the order of the file.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from ipcalc.equity import accrual
from ipcalc.equity.vesting import DatedVesting, Vesting, vested
from ipcalc.quantity import Exact


class Lot(NamedTuple):
    """Outstanding shares of one holder and class that were issued together: dividends accrue from ``issued``.

    ``paid`` is the price a share in minor units (of a converted SAFE or note, its own conversion price), None
    where none was stated; splits move it. ``event`` is the event that issued them, or the instrument they
    came of; ``given`` is then the event that recorded its conversion, if one did. ``granted`` is the number
    that the vesting counts by: those cancelled since were unvested ones, those ``sold`` had vested.
    """

    holder: str
    share_class: str
    issued: datetime.date
    shares: Exact
    paid: Exact | None
    event: str
    vesting: Vesting | DatedVesting | None = None
    granted: Exact = 0
    given: str = ""
    sold: Exact = 0

    def vested(self, on: datetime.date) -> Exact:
        """The shares that have vested on a day."""
        if self.vesting is None:
            return self.shares
        return min(self.shares, max(vested(self.granted, self.vesting, on) - self.sold, 0))

    def parted(self, shares: Exact) -> tuple[Lot, Lot]:
        """So many of its vested shares, or all that it has, and the rest, which vests as it would have."""
        left = self._replace(shares=self.shares - shares)
        if not left.shares or self.vesting is None:
            return self._replace(shares=shares), left
        part = self._replace(shares=shares, vesting=None, granted=0, sold=0)
        return part, left._replace(sold=self.sold + shares)

    def divided(self, shares: Exact) -> tuple[Lot, Lot]:
        """So many of its shares, vested or not, and the rest: each with its part of the schedule."""
        if shares in (0, self.shares) or self.vesting is None:
            return self.parted(shares)
        granted, sold = (number * shares // self.shares for number in (self.granted, self.sold))
        part = self._replace(shares=shares, granted=granted, sold=min(sold, granted - shares))
        left = self._replace(shares=self.shares - shares, granted=self.granted - granted)
        return part, left._replace(sold=min(self.sold - part.sold, left.granted - left.shares))


def sell(
    lots: Sequence[Lot],
    shares: Exact,
    on: datetime.date,
    named: Sequence[Lot] = (),
    *,
    with_vesting: bool = False,
) -> tuple[list[Lot], list[Lot]]:
    """A holder's lots of a class, and what is left of them, once some shares change hands: what has vested,
    of the ``named`` lots and then the oldest first; or all shares, or all of those named, with their vesting;
    or, ``with_vesting``, any of them with their part of it.
    """
    whole = [one for one in (lots, named) if one and shares == sum(lot.shares for lot in one)]
    given, left = [], []
    for lot in sorted(lots, key=lambda one: (one not in named, one.issued)):
        if with_vesting:
            part, rest = lot.divided(min(lot.shares, shares))
        else:
            part, rest = lot.parted(lot.shares if whole and lot in whole[-1] else min(lot.vested(on), shares))
        shares -= part.shares
        given += [part] if part.shares else []
        left += [rest] if rest.shares else []
    return given, left


class Option(NamedTuple):
    """A grant of options: ``plan`` is None outside a plan; ``strike`` in minor units a share.

    ``promised`` options are still to be granted: they count, but nobody can exercise them. ``early`` ones may
    be exercised before they have vested.
    """

    id: str
    holder: str
    plan: str | None
    share_class: str
    date: datetime.date
    granted: Exact
    exercised: Exact
    lapsed: Exact
    strike: Exact
    vesting: Vesting | DatedVesting | None
    promised: bool = False
    early: bool = False

    @property
    def outstanding(self) -> Exact:
        """The options that are neither exercised nor lapsed."""
        return self.granted - self.exercised - self.lapsed

    def vested(self, on: datetime.date) -> Exact:
        """The outstanding options that have vested on a day; what lapsed was unvested first."""
        if self.promised:
            return 0
        reached = min(vested(self.granted, self.vesting, on), self.granted - self.lapsed)
        return max(reached - self.exercised, 0)


class Warrant(NamedTuple):
    """A right to buy shares of a class at ``strike`` (minor units a share), until ``expires`` (included).

    ``dividend_from`` is the day from which the class's dividends count for it; None: from its exercise.
    """

    id: str
    holder: str
    share_class: str
    date: datetime.date
    shares: Exact
    strike: Exact
    dividend_from: datetime.date | None
    expires: datetime.date | None

    def live(self, on: datetime.date) -> bool:
        """Whether it can be exercised on a day."""
        return self.expires is None or on <= self.expires


class Interest(NamedTuple):
    """A note's interest: ``rate`` a year, ``kind`` simple or compound; ``on_conversion`` as for dividends.

    ``start`` is the day it accrues from, None for that of the note.
    """

    rate: Exact
    kind: str
    day_count: str
    on_conversion: str  # shares | cash | forfeited
    start: datetime.date | None = None


class Conversion(NamedTuple):
    """How an instrument becomes shares.

    ``basis`` says what ``cap`` (minor units) is divided by: ``post-money`` (all converting instruments in,
    the round's pool increase and new money out), ``pre-money`` (what ``counts`` says), or a number of shares
    (``counts`` a number). ``fixed-percent`` is ``percent`` of the post-money capitalization. ``discount`` is
    the reduction of the round's price. None and 0: the round's price.
    """

    basis: str | None = None
    cap: Exact | None = None
    percent: Exact | None = None
    discount: Exact = 0
    counts: frozenset[str] | Exact = frozenset()


class Convertible(NamedTuple):
    """An open SAFE, note, or university's fixed amount: ``amount`` in minor units, principal for a note.

    ``to`` is who holds it: one holder, or several by their share of it. ``conversion`` is what was elected
    where it has MFN and an election was made. ``at_exit`` is the note's own word on an exit, if it has one.
    ``part`` is what is open of what it once was.
    """

    id: str
    kind: str  # safe | note | university
    to: tuple[tuple[str, Exact], ...]
    date: datetime.date
    amount: int
    conversion: Conversion
    interest: Interest | None = None
    maturity: datetime.date | None = None
    mfn: bool = False
    pro_rata: bool = False
    at_exit: object = None
    part: Fraction = Fraction(1)

    def interest_on(self, on: datetime.date) -> Exact:
        """Interest from the day it accrues from to a day, in minor units."""
        if self.interest is None:
            return 0
        rate, kind, day_count, _, start = self.interest
        return self.amount * accrual.growth(rate, kind, day_count, start or self.date, on)

    def claim(self, on: datetime.date) -> Exact:
        """Principal and interest on a day, in minor units."""
        return self.amount + self.interest_on(on)

    def converting(self, on: datetime.date) -> Exact:
        """What becomes shares on a day, in minor units: with the interest only where that converts, too."""
        if self.interest is None or self.interest.on_conversion != "shares":
            return self.amount
        return self.claim(on)


class Reserve(NamedTuple):
    """A plan's shares of a class: those not granted yet."""

    plan: str
    share_class: str
    unallocated: Exact


class Terms(NamedTuple):
    """A class's prices, in minor units a share, as splits and anti-dilution have left them.

    ``price`` is the original issue price (None: none stated or set yet); a share converts into
    ``price / conversion_price`` common shares, one for one where there is no price. ``split`` is the shares
    that one of the file's has become: what the file states a share (a dividend) is to be divided by it.
    ``base`` is what a stated number of outstanding common shares, the base of its protection, has become.
    """

    price: Exact | None
    conversion_price: Exact | None
    split: Exact = 1
    base: Exact | None = None

    @property
    def ratio(self) -> Exact:
        """Common shares for one share."""
        if self.price is None or self.conversion_price is None:
            return 1
        found = Fraction(self.price) / self.conversion_price
        return found.numerator if found.denominator == 1 else found


class ExitFee(NamedTuple):
    """A university's share of the proceeds of an exit, in place of shares."""

    id: str
    to: tuple[tuple[str, Exact], ...]
    percent: Exact
    of: str


class State(NamedTuple):
    """Everything outstanding after the events up to a moment."""

    at: datetime.date | None  # of the last event; None before the first
    lots: tuple[Lot, ...]
    options: tuple[Option, ...]
    warrants: tuple[Warrant, ...]
    convertibles: tuple[Convertible, ...]
    reserves: tuple[Reserve, ...]
    terms: Mapping[str, Terms]  # by class
    fees: tuple[ExitFee, ...] = ()
