"""The events of a cap table folded, one by one, into who holds what after each.

Shares are ``int``, or ``Fraction`` under exact rounding; prices and money are exact minor units. What
rounding takes from a line, or gives it, is reported and never solved again.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Iterator, Mapping
from fractions import Fraction
from typing import Any, NamedTuple

from ipcalc import quantity
from ipcalc.equity import financing, holdings, protection
from ipcalc.equity.book import Book, UniversityStake
from ipcalc.equity.captable import CapTable
from ipcalc.equity.changes import Change, Closed
from ipcalc.equity.financing import RoundTerms
from ipcalc.equity.holdings import Holding, Move, Snapshot, Unconverted
from ipcalc.equity.model import (
    AdjustConversion,
    Cancel,
    CancelInstrument,
    Convert,
    ConvertInstrument,
    Election,
    Event,
    Exercise,
    Grant,
    Issue,
    Note,
    OptionGrant,
    Pool,
    Position,
    Round,
    Safe,
    Split,
    Transfer,
    UniversityGrant,
    WarrantIssue,
)
from ipcalc.equity.protection import Adjustment
from ipcalc.equity.reading import whole_if
from ipcalc.equity.state import Convertible, ExitFee, Lot, Option, State, Warrant
from ipcalc.quantity import Exact

LINES = 200_000  # changes, and payouts, in one result; beyond as many holdings, those of the last event only
DIGITS = 1_000  # of an exact share count's denominator


class Target(NamedTuple):
    """A share of the fully diluted total that an event was to reach, and what it reached in whole shares."""

    asked: Exact
    achieved: Exact


class Step(NamedTuple):
    """An event and what came of it. ``lost`` is what rounding took, negative where it gave.

    ``holdings``, ``moves``, ``unconverted`` and ``state`` are empty where the result would have more than
    ``LINES`` holdings.
    """

    id: str
    kind: str
    date: datetime.date
    changes: tuple[Change, ...]
    lost: Exact
    target: Target | None
    round: RoundTerms | None
    adjusted: Mapping[str, Adjustment]
    shares: Exact  # fully diluted
    issued: Exact
    holdings: tuple[Holding, ...]
    moves: tuple[Move, ...]
    unconverted: Unconverted | None
    state: State | None
    closed: Closed | None = None


def fold(table: CapTable, until: datetime.date | None = None, keep: Collection[int] = ()) -> tuple[Step, ...]:
    """Each event up to a date (included) as a step.

    ``keep`` are indices of steps whose holdings are needed however many there are; the last is always kept.
    Raises ``Refused`` where an event can't be applied (E504, E508 and others: see their pages).
    """
    events = [event for event in table.events if until is None or event.date <= until]
    detail = _lines(table, events) <= LINES
    fold_ = _Fold(table)
    steps = []
    for i, event in enumerate(events):
        steps.append(fold_.step(event, detail=detail or i in keep or i == len(events) - 1))
    return tuple(steps)


def walk(table: CapTable, until: datetime.date | None = None) -> Iterator[tuple[Event, Step, Book]]:
    """Each event up to a date (included) as a step without holdings, and the one book as it then is.

    Raises ``Refused`` where an event can't be applied.
    """
    fold_ = _Fold(table)
    for event in table.events:
        if until is None or event.date <= until:
            yield event, fold_.step(event, detail=False), fold_.book


def _lines(table: CapTable, events: list[Event]) -> int:
    """No fewer than the holdings after all events."""
    lines = held = 0
    for event in events:
        if isinstance(event, UniversityGrant | ConvertInstrument):
            held += len(event.to)
        elif isinstance(event, Round):
            held += len(event.investors) + (event.pool is not None)
        elif not isinstance(event, Split | Election | Cancel | CancelInstrument | AdjustConversion):
            held += 1
        held = min(held, len(table.stakeholders) * len(table.classes) * 4 + len(events))
        lines += held
    return lines


class _Fold:
    """The book between two events, and what the fold must remember beside it."""

    def __init__(self, table: CapTable) -> None:
        self.table = table
        self.book = Book(table)
        self.given: dict[str, Exact] = {}  # by event that is cancelled of: what it gave that is left
        self.cancelled = {event.given: event.of for event in table.events if isinstance(event, Cancel)}
        self.batches = {  # the grants of each, solved at its first
            batch: [one for one in table.events if isinstance(one, Grant) and one.batch == batch]
            for batch in {one.batch for one in table.events if isinstance(one, Grant)}
        }
        self.totals: dict[str, tuple[Exact, Exact]] = {}  # by batch: fully diluted and issued after it
        self.lines = 0  # changes so far
        self.last: Snapshot | None = None
        self.adjusted: Mapping[str, Adjustment] = {}
        self.closed: Closed | None = None

    def step(self, event: Event, *, detail: bool) -> Step:
        """Apply an event."""
        book = self.book
        before = (self.last or holdings.snapshot(book)) if detail else None
        terms, self.adjusted, self.closed = None, {}, None
        if isinstance(event, Round):
            terms, changes, self.adjusted = financing.finance(book, event)
        else:
            changes = tuple(_APPLY[type(event)](self, event))
        self.remember(event, changes)
        self.bounded(event, changes)
        self.last = holdings.snapshot(book) if detail else None
        lost = whole_if(sum((Fraction(change.exact) - change.shares for change in changes), Fraction(0)))
        held: tuple[Holding, ...] = ()
        moved: tuple[Move, ...] = ()
        open_ = None
        if before is not None and self.last is not None:
            assert sum(self.last.positions.values()) == self.last.total, "a share that nobody has"
            open_ = holdings.unconverted(book, event.date)
            held = holdings.holdings(book, before, self.last, open_)
            causes = self.causes(event.kind, before, changes)
            moved = holdings.moves(before, self.last, causes)
        return Step(
            event.id, event.kind, event.date, changes, lost, self.target(event, changes), terms,
            self.adjusted, book.total, book.issued, held, moved, open_,
            book.state(event.date) if detail else None, self.closed,
        )  # fmt: skip

    def causes(
        self, kind: str, before: Snapshot, changes: tuple[Change, ...]
    ) -> Iterator[tuple[str, Position, Exact]]:
        """The as-converted shares that each cause added at each position; what else moved is a new ratio."""
        assert self.last is not None
        moved: dict[Position, Exact] = {}
        for change in changes:
            shares = change.shares * self.book.ratio(change.to.share_class)
            moved[change.to] = moved.get(change.to, 0) + shares
            yield change.cause, change.to, shares
        because = "split" if kind == "split" else "anti-dilution"
        for position in {**before.positions, **self.last.positions}:
            was = before.positions.get(position, 0) + moved.get(position, 0)
            if more := self.last.positions.get(position, 0) - was:
                yield because, position, more

    # -- shares ---------------------------------------------------------------------------------------

    def issue(self, event: Issue) -> Iterator[Change]:
        """New shares for one holder."""
        to, shares = event.to, event.shares
        paid = None if event.price is None else whole_if(Fraction(shares) * event.price)
        self.adjusted = protection.issued(self.book, event, shares, paid)
        granted = shares if event.vesting else 0
        self.book.issue(
            Lot(
                str(to.holder),
                to.share_class,
                event.date,
                shares,
                event.price,
                event.id,
                event.vesting,
                granted,
            )
        )
        yield Change(to, shares, shares, "issue", paid)

    def grant(self, event: Grant) -> Iterator[Change]:
        """A part of the total T after all grants of the batch, of q together: T = before / (1 - q)."""
        book, batch = self.book, self.batches[event.batch]
        if event is batch[0]:
            book.must_have_shares(event)
            diluted = sum(one.percent for one in batch if one.of == "fully-diluted-after")
            issued = sum(one.percent for one in batch if one.of == "issued-after")
            if diluted + issued >= 1:
                raise book.refused("E548", event, value=event.batch, total=quantity.percent(diluted + issued))
            new = (diluted * book.total + issued * book.issued) / (1 - Fraction(diluted + issued))
            self.totals[event.batch] = book.total + new, book.issued + new
        total = self.totals[event.batch][event.of == "issued-after"]
        exact = whole_if(total * Fraction(event.percent) / book.ratio(event.to.share_class))
        yield from self.granted(event, ((event.to, 1),), exact, "")

    def granted(
        self, event: Grant | UniversityGrant, to: tuple[tuple[Position, Exact], ...], exact: Exact, stake: str
    ) -> Iterator[Change]:
        """Shares that are given, divided among several."""
        parts = self.book.divided(exact, [part for _, part in to])
        self.adjusted = protection.issued(self.book, event, sum(parts), 0)
        for (position, part), shares in zip(to, parts, strict=True):
            self.book.issue(
                Lot(str(position.holder), position.share_class, event.date, shares, None, stake or event.id)
            )
            yield Change(position, shares, whole_if(Fraction(exact) * part), "grant")

    def university_grant(self, event: UniversityGrant) -> Iterator[Change]:
        """A stake: new shares x with x / (S + x) = p, so x = S p / (1 - p), over S fully diluted before; or
        what stands for one.
        """
        book = self.book
        if event.floor or event.participation:
            book.stakes[event.id] = UniversityStake(
                event.id, event.share_class, event.to, event.floor, event.participation
            )
        if event.exit_fee is not None:
            book.fees.append(ExitFee(event.id, event.to, event.exit_fee, "proceeds"))
        if event.amount is not None and event.conversion is not None:
            book.convertibles[event.id] = Convertible(
                event.id, "university", event.to, event.date, event.amount, event.conversion
            )
        exact = event.shares
        if event.percent is not None:
            book.must_have_shares(event)
            new = book.total * Fraction(event.percent) / (1 - event.percent)
            exact = whole_if(new / book.ratio(event.share_class))
        if exact is not None:
            to = tuple((Position("shares", name, event.share_class), part) for name, part in event.to)
            yield from self.granted(event, to, exact, event.id)

    def transfer(self, event: Transfer) -> Iterator[Change]:
        """Shares that change hands, of a stated event first, with their dates of issue."""
        book, shares = self.book, event.shares
        how = "divided" if event.with_vesting else "whole"
        lots = book.sell(event, event.giver, shares, event.given, how)
        for lot in lots:
            book.issue(lot._replace(holder=str(event.taker.holder)))
        book.passed[event.id] = {lot.given or lot.event for lot in lots}
        paid = None if event.price is None else whole_if(Fraction(shares) * event.price)
        yield Change(event.giver, -shares, -shares, "transfer")
        yield Change(event.taker, shares, shares, "transfer", paid)

    def cancel(self, event: Cancel) -> Iterator[Change]:
        """Shares, or a reserve, that cease to be."""
        book, shares = self.book, event.shares
        book.must_hold(event, event.of, shares)
        left = whole_if(self.given[event.given])
        if shares > left:
            raise book.refused("E521", event, "shares", value=event.given, left=quantity.grouped(left))
        if event.of.kind == "reserve":
            book.reserve(event.of, -shares)
        else:
            book.cancel(event.of, shares, event.given)
        yield Change(event.of, -shares, -shares, "cancel")

    def convert(self, event: Convert) -> Iterator[Change]:
        """Preferred shares that become common ones at the class's ratio."""
        book, shares = self.book, event.shares
        ratio = book.ratio(event.of.share_class)
        exact = whole_if(Fraction(shares) * ratio)
        new = book.rounded(exact)
        if not new:
            raise book.refused("E515", event, "shares", value=str(event.of.holder))
        book.sell(event, event.of, shares, event.given)
        book.issue(Lot(str(event.to.holder), event.to.share_class, event.date, new, None, event.id))
        yield Change(event.of, -shares, -shares, "convert")
        yield Change(event.to, new, exact, "convert")

    def convert_instrument(self, event: ConvertInstrument) -> Iterator[Change]:
        """An open instrument, or a part of it, that became so many shares; with the interest that converts.

        Its shares are as those that it would become in a round, at the price stated, or what converted over
        them.
        """
        book, name, on = self.book, event.share_class, event.date
        book.must_be_open(event, event.instrument, event.amount, "instrument")
        one = book.convertibles[event.instrument]
        self.closed = book.close(one.id, event.amount)
        paid = Fraction(one._replace(amount=self.closed.amount).converting(on))
        self.adjusted = protection.issued(book, event, event.shares, paid, issuing=name)
        self.raise_by(one, self.closed.amount, on)
        price = whole_if(paid / event.shares) if event.price is None else event.price
        for (holder, part), shares in zip(
            one.to, book.divided(event.shares, [part for _, part in one.to]), strict=True
        ):
            if not shares:
                raise book.refused("E515", event, "shares", value=holder)
            book.issue(Lot(holder, name, on, shares, price, one.id, given=event.id))
            to, exact = Position("shares", holder, name), whole_if(Fraction(event.shares) * part)
            yield Change(to, shares, exact, "conversion", whole_if(shares * price), one.id)

    def raise_by(self, one: Convertible, amount: int, on: datetime.date) -> None:
        """Count the money of an instrument that converts by itself toward the amounts that end floors."""
        for name, stake in self.book.stakes.items():
            if stake.floor is None or stake.ended or one.kind not in stake.floor.until.counts:
                continue
            until = stake.floor.until
            if until.raised is not None and (until.since is None or on >= until.since):
                raised = stake.raised + amount
                self.book.stakes[name] = stake._replace(raised=raised, ended=raised >= until.raised)

    def adjust(self, event: AdjustConversion) -> Iterator[Change]:
        """A class's conversion price, as it was recorded."""
        book, name = self.book, event.share_class
        if book.terms[name].price is None:
            raise book.refused("E524", event, "class", value=name)
        self.adjusted = {name: protection.moved(book, name, event.price)}
        yield from ()

    def cancel_instrument(self, event: CancelInstrument) -> Iterator[Change]:
        """What was repaid, or given up, of an open instrument."""
        self.book.must_be_open(event, event.instrument, event.amount, "of")
        self.closed = self.book.close(event.instrument, event.amount)
        yield from ()

    def split(self, event: Split) -> Iterator[Change]:
        """Each security of the class times the ratio, its price divided by it; what converts moves along."""
        book, name, ratio = self.book, event.share_class, Fraction(event.ratio)
        if not book.of_class(name):
            raise book.refused("E504", event, value=event.id)
        before = holdings.positions(book)
        preferred = self.table.classes[name].preferred is not None
        for other, terms in book.terms.items():
            if other == name and preferred:
                price = None if terms.price is None else whole_if(terms.price / ratio)
                book.terms[name] = terms._replace(price=price, split=whole_if(terms.split * ratio))
            elif not preferred and self.table.classes[other].preferred and book.of_class(other):
                if terms.conversion_price is None:
                    raise book.refused("E517", event, "class", value=name, name=other)
                base = None if terms.base is None else whole_if(terms.base * ratio)
                own = whole_if(terms.conversion_price / ratio)
                book.terms[other] = terms._replace(conversion_price=own, base=base)
        book.split(name, ratio)
        after = holdings.positions(book)
        for position, shares in before.items():
            if position.share_class == name:
                exact = whole_if(shares * ratio - shares)
                yield Change(position, whole_if(after.get(position, 0) - shares), exact, "split")

    # -- pools, options and warrants ------------------------------------------------------------------

    def pool(self, event: Pool) -> Iterator[Change]:
        """The plan shares to add; for a target t, x with (h + x) / (S + x) = t, h unallocated before."""
        book, exact = self.book, event.amount
        if event.how in ("target", "add_percent"):
            book.must_have_shares(event)
            ratio = Fraction(book.ratio(event.to.share_class))
            held = book.held(event.to) * ratio if event.how == "target" else Fraction(0)
            exact = whole_if((Fraction(event.amount) * book.total - held) / (1 - event.amount) / ratio)
            if exact < 0:
                has = quantity.percent(held / book.total, 2)
                raise book.refused("E513", event, "target", held=has, target=quantity.percent(event.amount))
        shares = book.rounded(exact)
        book.reserve(event.to, shares)
        yield Change(event.to, shares, exact, "pool")

    def option(self, event: OptionGrant) -> Iterator[Change]:
        """Options, out of the plan's reserve if they are of a plan."""
        book, to, shares = self.book, event.to, event.shares
        self.adjusted = protection.issued(book, event, shares, shares * event.strike)
        reserve = Position("reserve", None, to.share_class, to.plan)
        if to.plan is not None:
            book.must_hold(event, reserve, shares)
            book.reserve(reserve, -shares)
            yield Change(reserve, -shares, -shares, "option")
        book.put_option(
            Option(
                event.id, str(to.holder), to.plan, to.share_class, event.date, shares, 0, 0, event.strike,
                event.vesting, to.kind == "promised", event.early,
            )
        )  # fmt: skip
        yield Change(to, shares, shares, "option")

    def warrant(self, event: WarrantIssue) -> Iterator[Change]:
        """A warrant."""
        to = event.to
        self.adjusted = protection.issued(self.book, event, event.shares, event.shares * event.strike)
        self.book.put_warrant(
            Warrant(
                event.id, str(to.holder), to.share_class, event.date, event.shares, event.strike,
                event.dividend_from, event.expires,
            )
        )  # fmt: skip
        yield Change(to, event.shares, event.shares, "warrant")

    def exercise(self, event: Exercise) -> Iterator[Change]:
        """Options or warrants that become shares for their strike, or lapse; a plan takes its own back."""
        if event.of in self.book.options:
            yield from self.exercise_option(event, self.book.options[event.of])
        else:
            yield from self.exercise_warrant(event, self.book.warrants[event.of])

    def exercise_option(self, event: Exercise, option: Option) -> Iterator[Change]:
        """Options: no more than have vested, unless early: what has not vested then does so as shares."""
        book, shares = self.book, event.shares
        lapse, vested = event.kind == "lapse", option.vested(event.date)
        most = option.outstanding if lapse or (option.early and not option.promised) else vested
        if shares > most:
            raise book.refused("E559", event, "shares", value=event.of, most=quantity.grouped(whole_if(most)))
        kind = "promised" if option.promised else "options"
        at = Position(kind, option.holder, option.share_class, option.plan)
        yield Change(at, -shares, -shares, event.kind)
        if lapse:
            book.put_option(option._replace(lapsed=option.lapsed + shares))
            if option.plan is not None:
                reserve = Position("reserve", None, option.share_class, option.plan)
                book.reserve(reserve, shares)
                yield Change(reserve, shares, shares, "lapse")
            return
        book.put_option(option._replace(exercised=option.exercised + shares))
        lot = Lot(option.holder, option.share_class, event.date, shares, option.strike, event.id)
        if shares > vested:
            lot = lot._replace(vesting=option.vesting, granted=option.granted, sold=option.exercised)
        yield self.bought(event, lot)

    def exercise_warrant(self, event: Exercise, warrant: Warrant) -> Iterator[Change]:
        """Warrants: not past their last day."""
        book, shares = self.book, event.shares
        most = warrant.shares if event.kind == "lapse" or warrant.live(event.date) else 0
        if shares > most:
            raise book.refused("E559", event, "shares", value=event.of, most=quantity.grouped(whole_if(most)))
        book.put_warrant(warrant._replace(shares=warrant.shares - shares))
        yield Change(Position("warrants", warrant.holder, warrant.share_class), -shares, -shares, event.kind)
        if event.kind == "exercise":
            since = warrant.dividend_from or event.date
            yield self.bought(
                event, Lot(warrant.holder, warrant.share_class, since, shares, warrant.strike, event.id)
            )

    def bought(self, event: Exercise, lot: Lot) -> Change:
        """The shares of an exercise, for their strike."""
        self.book.issue(lot)
        paid = whole_if(Fraction(lot.shares) * (lot.paid or 0))
        to = Position("shares", lot.holder, lot.share_class)
        return Change(to, event.shares, event.shares, "exercise", paid)

    # -- instruments ----------------------------------------------------------------------------------

    def safe(self, event: Safe) -> Iterator[Change]:
        """A SAFE is open until a round."""
        self.book.convertibles[event.id] = Convertible(
            event.id, "safe", ((event.holder, 1),), event.date, event.amount, event.conversion,
            mfn=event.mfn, pro_rata=event.pro_rata,
        )  # fmt: skip
        yield from ()

    def note(self, event: Note) -> Iterator[Change]:
        """A note is open until a round."""
        self.book.convertibles[event.id] = Convertible(
            event.id, "note", ((event.holder, 1),), event.date, event.principal, event.conversion,
            event.interest, event.maturity, at_exit=event.at_exit,
        )  # fmt: skip
        yield from ()

    def elect(self, event: Election) -> Iterator[Change]:
        """An MFN instrument takes another's terms, whole, or keeps its own."""
        open_ = self.book.convertibles
        if event.instrument not in open_ or (event.takes is not None and event.takes not in open_):
            gone = event.instrument if event.instrument not in open_ else str(event.takes)
            key = "instrument" if gone == event.instrument else "takes"
            raise self.book.refused("E540", event, key, value=gone)
        mine = open_[event.instrument]
        taken = mine.conversion if event.takes is None else open_[event.takes].conversion
        open_[event.instrument] = mine._replace(conversion=taken, mfn=False)
        yield from ()

    # -- what is kept, and what can't be --------------------------------------------------------------

    def remember(self, event: Event, changes: tuple[Change, ...]) -> None:
        """Keep what an event gave if a later one cancels of it, and what splits and cancellations did."""
        if isinstance(event, Split):
            for name, left in self.given.items():
                if self.cancelled[name].share_class == event.share_class:
                    self.given[name] = self.book.rounded(left * Fraction(event.ratio))
        elif isinstance(event, Cancel):
            self.given[event.given] -= event.shares
        elif event.id in self.cancelled:
            at = self.cancelled[event.id]
            got = (change.shares for change in changes if change.to == at and change.shares > 0)
            self.given[event.id] = sum(got)

    def bounded(self, event: Event, changes: tuple[Change, ...]) -> None:
        """Refuse more lines than a result may have, and counts past what fractions can bear."""
        self.lines += len(changes)
        total = self.book.total
        if self.lines > LINES:
            raise self.book.refused("E516", event, limit=f"{LINES}")
        if total >= 10**quantity.DIGITS:
            raise self.book.refused("E516", event, limit=f"{quantity.DIGITS} digits")
        numbers = (total, *(change.exact for change in changes))
        if any(number.denominator.bit_length() > DIGITS * 10 // 3 for number in numbers):
            raise self.book.refused("E516", event, limit=f"n/d, d ≤ {DIGITS} digits")

    def target(self, event: Event, changes: tuple[Change, ...]) -> Target | None:
        """What share of the total an event asked for, and reached."""
        book = self.book
        if isinstance(event, UniversityGrant) and event.percent is not None:
            ratio = book.ratio(event.share_class)
            reached = sum((Fraction(change.shares) for change in changes), Fraction(0)) * ratio
            return Target(event.percent, whole_if(reached / book.total))
        pool = event.pool if isinstance(event, Round) else event
        if isinstance(pool, Pool) and pool.how == "target" and pool.measure == "unallocated":
            held = Fraction(book.held(pool.to)) * book.ratio(pool.to.share_class)
            return Target(pool.amount, whole_if(held / book.total))
        return None


_APPLY: dict[type, Callable[[_Fold, Any], Iterator[Change]]] = {
    Issue: _Fold.issue,
    Grant: _Fold.grant,
    UniversityGrant: _Fold.university_grant,
    Pool: _Fold.pool,
    OptionGrant: _Fold.option,
    WarrantIssue: _Fold.warrant,
    Exercise: _Fold.exercise,
    Safe: _Fold.safe,
    Note: _Fold.note,
    Election: _Fold.elect,
    Split: _Fold.split,
    Convert: _Fold.convert,
    ConvertInstrument: _Fold.convert_instrument,
    AdjustConversion: _Fold.adjust,
    Transfer: _Fold.transfer,
    Cancel: _Fold.cancel,
    CancelInstrument: _Fold.cancel_instrument,
}
