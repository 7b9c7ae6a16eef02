"""The book of a company's securities as events change it; ``state`` is what it says at a moment."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import NamedTuple

from ipcalc import quantity
from ipcalc.equity.captable import CapTable
from ipcalc.equity.changes import Closed
from ipcalc.equity.model import Event, Floor, Participation, Position
from ipcalc.equity.reading import Parts, whole_if
from ipcalc.equity.state import Convertible, ExitFee, Lot, Option, Reserve, State, Terms, Warrant, sell
from ipcalc.inputs.diagnostics import Refused
from ipcalc.quantity import Exact

_NONE: frozenset[str] = frozenset()
KINDS = ("shares", "options", "promised", "warrants", "reserve")


_ROUNDED: dict[str, Callable[[Exact], Exact]] = {
    "floor": lambda shares: shares // 1,
    "half-up": lambda shares: (shares * 2 + 1) // 2,
    "ceiling": lambda shares: -(-shares // 1),
}


def rounded(exact: Exact, rule: str) -> Exact:
    """A number of shares by a file's rule."""
    return whole_if(exact) if rule == "exact" else _ROUNDED[rule](exact)


class UniversityStake(NamedTuple):
    """A stake with a floor or a right: what was raised since, and whether the floor has ended."""

    id: str
    share_class: str
    to: Parts
    floor: Floor | None
    participation: Participation | None
    raised: int = 0
    ended: bool = False


class Book:
    """Who holds what. Positions are of shares; lots, options and the rest are what the shares are made of."""

    def __init__(self, table: CapTable) -> None:
        self.table = table
        self.rule = table.rounding.shares
        self.lots: dict[tuple[str, str], list[Lot]] = {}  # by holder and class
        self.passed: dict[str, set[str]] = {}  # by transfer: the events whose shares it passed on
        self.options: dict[str, Option] = {}
        self.warrants: dict[str, Warrant] = {}
        self.convertibles: dict[str, Convertible] = {}
        self.reserves: dict[tuple[str, str], Exact] = {}  # by plan and class, in the order they were made
        self.stakes: dict[str, UniversityStake] = {}
        self.fees: list[ExitFee] = []
        self.terms = {
            one.id: Terms(one.price, one.conversion_price, base=one.stated_base)
            for one in table.classes.values()
        }
        self.counts: dict[str, dict[str, Exact]] = {name: dict.fromkeys(KINDS, 0) for name in table.classes}

    # -- totals ---------------------------------------------------------------------------------------

    def of_class(self, name: str) -> Exact:
        """All shares of a class, fully diluted, before conversion."""
        return sum(self.counts[name].values())

    @property
    def total(self) -> Exact:
        """Fully diluted shares: options, warrants and reserves in, preferred ones as converted."""
        return whole_if(sum((self.of_class(name) * self.ratio(name) for name in self.counts), Fraction(0)))

    @property
    def issued(self) -> Exact:
        """Issued shares, preferred ones as converted."""
        parts = (kinds["shares"] * self.ratio(name) for name, kinds in self.counts.items())
        return whole_if(sum(parts, Fraction(0)))

    def counted(self, *kinds: str) -> Exact:
        """Shares of some kinds, as converted."""
        return sum(
            (
                sum(by_kind[kind] for kind in kinds) * self.ratio(name)
                for name, by_kind in self.counts.items()
            ),
            Fraction(0),
        )

    def ratio(self, name: str) -> Exact:
        """Common shares for one of a class."""
        return self.terms[name].ratio

    # -- changes --------------------------------------------------------------------------------------

    def issue(self, lot: Lot) -> None:
        """New shares; a lot of the same issue grows."""
        if not lot.shares:
            return
        lots = self.lots.setdefault((lot.holder, lot.share_class), [])
        self.counts[lot.share_class]["shares"] += lot.shares
        for i, one in enumerate(lots):
            if one._replace(shares=0, granted=0, sold=0) == lot._replace(shares=0, granted=0, sold=0):
                lots[i] = one._replace(
                    shares=one.shares + lot.shares,
                    granted=one.granted + lot.granted,
                    sold=one.sold + lot.sold,
                )
                return
        lots.append(lot)

    def cancel(self, position: Position, shares: Exact, given: str) -> None:
        """Take shares that cease to be: of what event ``given`` gave, then the oldest."""
        left = []
        for lot in sorted(self.lots_at(position), key=lambda one: (not self.gave(given, one), one.issued)):
            part = min(lot.shares, shares)
            shares -= part
            left.append(lot._replace(shares=lot.shares - part))
        self.keep(position, left)

    def sell(
        self, event: Event, position: Position, shares: Exact, given: str | None, vesting: str = "none"
    ) -> list[Lot]:
        """Take shares that change hands, or into another class: as ``state.sell`` says, ``given``'s first.

        Of what has not vested: ``none``, the ``whole`` of it if all shares go, or any, ``divided``.

        Raises ``Refused``: E508 (more than are held), E540 (none of that event), E571 (more than vested).
        """
        self.must_hold(event, position, shares)
        self.must_have(event, position, given)
        lots = self.lots_at(position)
        named = [lot for lot in lots if given is not None and self.gave(given, lot)]
        vested = sum(lot.vested(event.date) for lot in lots)
        whole = shares in (self.held(position), sum(lot.shares for lot in named))
        if shares > vested and vesting != "divided" and not (vesting == "whole" and whole):
            most = quantity.grouped(whole_if(vested))
            raise self.refused("E571", event, "shares", value=str(position.holder), most=most)
        sold, left = sell(lots, shares, event.date, named, with_vesting=vesting == "divided")
        self.keep(position, left)
        return sold

    def lots_at(self, position: Position) -> Sequence[Lot]:
        """The lots at a position of shares."""
        return self.lots.get((str(position.holder), position.share_class), ())

    def keep(self, position: Position, lots: Sequence[Lot]) -> None:
        """Have these lots at a position, the oldest first, in place of those that were there."""
        before = self.held(position)
        key = (str(position.holder), position.share_class)
        self.lots[key] = sorted((lot for lot in lots if lot.shares), key=lambda one: one.issued)
        self.counts[position.share_class]["shares"] += self.held(position) - before
        if not self.lots[key]:
            del self.lots[key]

    def gave(self, event: str, lot: Lot) -> bool:
        """Whether an event gave the shares of a lot, or passed them on, or they came of an instrument."""
        of = (lot.event, lot.given)
        return bool(event) and (event in of or not self.passed.get(event, _NONE).isdisjoint(of))

    def close(self, name: str, amount: int | None) -> Closed:
        """Take an amount (None: all) of an open instrument, which must be open and have as much."""
        one = self.convertibles[name]
        taken = one.amount if amount is None else amount
        left = one.amount - taken
        if left:
            part = one.part * Fraction(left, one.amount)
            self.convertibles[name] = one._replace(amount=left, part=part)
        else:
            del self.convertibles[name]
        return Closed(name, taken, left)

    def reserve(self, position: Position, shares: Exact) -> None:
        """More, or fewer, shares in a plan's reserve."""
        key = (str(position.plan), position.share_class)
        self.reserves[key] = self.reserves.get(key, 0) + shares
        self.counts[position.share_class]["reserve"] += shares

    def put_option(self, option: Option) -> None:
        """A grant of options, new or as it now stands."""
        before = self.options.get(option.id)
        kinds = self.counts[option.share_class]
        kind = "promised" if option.promised else "options"
        kinds[kind] += option.outstanding - (before.outstanding if before else 0)
        self.options[option.id] = option

    def put_warrant(self, warrant: Warrant) -> None:
        """A warrant, new or as it now stands."""
        before = self.warrants.get(warrant.id)
        self.counts[warrant.share_class]["warrants"] += warrant.shares - (before.shares if before else 0)
        self.warrants[warrant.id] = warrant

    def split(self, name: str, ratio: Fraction) -> None:
        """Every security of a class times a ratio, rounded, and its price a share divided by it."""
        for key, lots in list(self.lots.items()):
            if key[1] == name:
                self.lots[key] = [new for lot in lots if (new := self._split_lot(lot, ratio)).shares]
        self.lots = {key: lots for key, lots in self.lots.items() if lots}
        self.counts[name]["shares"] = sum(
            lot.shares for key, lots in self.lots.items() if key[1] == name for lot in lots
        )
        for option in list(self.options.values()):
            if option.share_class == name:
                gone = [self.rounded(number * ratio) for number in (option.exercised, option.lapsed)]
                left = self.rounded(option.outstanding * ratio)
                strike = whole_if(option.strike / ratio)
                self.put_option(
                    option._replace(
                        granted=sum(gone) + left, exercised=gone[0], lapsed=gone[1], strike=strike
                    )
                )
        for warrant in list(self.warrants.values()):
            if warrant.share_class == name:
                shares, strike = self.rounded(warrant.shares * ratio), whole_if(warrant.strike / ratio)
                self.put_warrant(warrant._replace(shares=shares, strike=strike))
        for (plan, of), shares in list(self.reserves.items()):
            if of == name:
                more = self.rounded(shares * ratio) - shares
                self.reserve(Position("reserve", None, name, plan), more)
        if self.table.classes[name].preferred is None:
            for held, one in self.convertibles.items():
                counts = one.conversion.counts  # a stated number counts shares as they were
                if isinstance(counts, int | Fraction):
                    conversion = one.conversion._replace(counts=whole_if(counts * ratio))
                    self.convertibles[held] = one._replace(conversion=conversion)

    def _split_lot(self, lot: Lot, ratio: Fraction) -> Lot:
        paid = None if lot.paid is None else whole_if(lot.paid / ratio)
        shares = self.rounded(lot.shares * ratio)
        if lot.vesting is None:
            return lot._replace(shares=shares, paid=paid)
        granted, sold = self.rounded(lot.granted * ratio), self.rounded(lot.sold * ratio)
        return lot._replace(shares=shares, granted=granted, sold=sold, paid=paid)

    def held(self, position: Position) -> Exact:
        """The shares at a position of shares, or in a reserve."""
        if position.kind == "reserve":
            return self.reserves.get((str(position.plan), position.share_class), 0)
        return sum(lot.shares for lot in self.lots_at(position))

    def stake(self, stake: UniversityStake) -> Exact:
        """The shares of a university's stake that those who got it still hold."""
        holders = {name for name, _ in stake.to}
        holders |= {name for name, _ in stake.floor.to} if stake.floor else set()
        lots = (self.lots.get((name, stake.share_class), ()) for name in holders)
        return sum(lot.shares for found in lots for lot in found if lot.event == stake.id)

    # -- rounding -------------------------------------------------------------------------------------

    def rounded(self, exact: Exact) -> Exact:
        """A number of shares by the file's rule."""
        return rounded(exact, self.rule)

    def divided(self, total: Exact, parts: Sequence[Exact]) -> list[Exact]:
        """A number of shares, rounded, for several by their parts of it; whole ones by largest remainder."""
        shares = self.rounded(total)
        if self.rule == "exact":
            return [whole_if(Fraction(shares) * part) for part in parts]
        return list(quantity.allocate(int(shares), parts))

    def rounded_price(self, price: Exact) -> Exact:
        """A price in minor units, rounded by the file's rule to decimal places of the major unit."""
        places, to = self.table.rounding.price_places, self.table.rounding.price_to
        if places is None:
            return whole_if(price)
        units = price / Fraction(10 ** quantity.currencies()[self.table.currency], 10**places)
        whole = -(-units // 1) if to == "up" else (units * 2 + 1) // 2
        return whole_if(whole * Fraction(10 ** quantity.currencies()[self.table.currency], 10**places))

    # -- the moment, and what can't be ----------------------------------------------------------------

    def state(self, at: datetime.date | None) -> State:
        """Everything outstanding, in the order of the file."""
        holders = {name: i for i, name in enumerate(self.table.stakeholders)}
        classes = {name: i for i, name in enumerate(self.table.classes)}
        keys = sorted(self.lots, key=lambda key: (holders[key[0]], classes[key[1]]))
        return State(
            at,
            tuple(lot for key in keys for lot in self.lots[key]),
            tuple(option for option in self.options.values() if option.outstanding),
            tuple(warrant for warrant in self.warrants.values() if warrant.shares),
            tuple(self.convertibles.values()),
            tuple(Reserve(plan, name, shares) for (plan, name), shares in self.reserves.items()),
            dict(self.terms),
            tuple(self.fees),
        )

    def refused(self, code: str, event: Event, *key: str | int, **args: str) -> Refused:
        """A problem with an event, at one of its keys, to raise; ``near`` among ``args`` is a suggestion."""
        near = args.pop("near", "")
        return self.table.refused(code, ("events", event.at, *key), near, **args)

    def must_have_shares(self, event: Event) -> None:
        """Refuse an event that is a share of nothing."""
        if not self.total:
            raise self.refused("E504", event, value=event.id)

    def must_be_open(self, event: Event, name: str, amount: int | None, key: str) -> None:
        """Refuse an instrument that is not open, and more of one than is."""
        if name not in self.convertibles:
            raise self.refused("E540", event, key, value=name)
        held = self.convertibles[name].amount
        if amount is not None and amount > held:
            raise self.refused(
                "E523", event, "amount", value=name, left=quantity.money(held, self.table.currency)
            )

    def must_have(self, event: Event, position: Position, given: str | None) -> None:
        """Refuse to name an event of whose shares a position has none."""
        if given is not None and not any(self.gave(given, lot) for lot in self.lots_at(position)):
            raise self.refused("E540", event, "of", value=given)

    def must_hold(self, event: Event, position: Position, shares: Exact) -> None:
        """Refuse to take more from a position than it has."""
        held = self.held(position)
        if shares > held:
            owner = position.holder or str(position.plan)
            raise self.refused("E508", event, "shares", value=owner, held=quantity.grouped(whole_if(held)))
