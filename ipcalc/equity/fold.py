"""The events of a cap table folded, one by one, into who holds what after each.

Shares are ``int``, or ``Fraction`` under exact rounding; prices and money are exact minor units. What
rounding takes from a line, or gives it, is reported and never solved again.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterator
from fractions import Fraction
from math import ceil
from typing import NamedTuple

from ipcalc import quantity
from ipcalc.equity.captable import (
    Cancel,
    CapTable,
    Event,
    Grant,
    Issue,
    Pool,
    Position,
    Round,
    Split,
    Transfer,
    whole_if,
)
from ipcalc.inputs.diagnostics import Refused
from ipcalc.quantity import Exact

LINES = (
    200_000  # changes, and payouts, in one result; beyond as many holdings, those after the last event only
)
DIGITS = 1_000  # of an exact share count's denominator


class Change(NamedTuple):
    """What an event did to one position. ``exact`` is before rounding; ``paid`` minor units, where known."""

    to: Position
    shares: Exact
    exact: Exact
    paid: Exact | None = None


class Holding(NamedTuple):
    """One position after an event: its shares, of all issued, of all fully diluted, and that before it.

    Unallocated pool shares are not issued; they count in the fully diluted total. Preferred shares count one
    for one.
    """

    holder: str | None
    share_class: str
    plan: str | None
    shares: Exact
    issued: Exact
    fully_diluted: Exact
    before: Exact


class Dilution(NamedTuple):
    """A holder's, or a plan's, share of the fully diluted total before and after a round."""

    holder: str | None
    plan: str | None
    before: Exact
    after: Exact


class Terms(NamedTuple):
    """A round's terms, in minor units: ``price`` as rounded, ``exact_price`` as solved."""

    convention: str
    price: Exact
    exact_price: Exact
    pre: Exact
    post: Exact
    new_money: int
    dilution: tuple[Dilution, ...]


class Target(NamedTuple):
    """A share of the fully diluted total that an event was to reach, and what it reached in whole shares."""

    asked: Exact
    achieved: Exact


class Step(NamedTuple):
    """An event and what came of it. ``lost`` is what rounding took, negative where it gave.

    ``holdings`` is empty where the result would have more than ``LINES`` of them.
    """

    id: str
    kind: str
    date: datetime.date
    changes: tuple[Change, ...]
    lost: Exact
    target: Target | None
    round: Terms | None
    shares: Exact  # fully diluted
    issued: Exact
    holdings: tuple[Holding, ...]


def fold(table: CapTable, until: datetime.date | None = None, keep: Collection[int] = ()) -> tuple[Step, ...]:
    """Each event up to a date (included) as a step.

    ``keep`` are indices of steps whose holdings are needed however many there are; the last is always kept.
    Raises ``Refused``: E504 (no shares yet), E508 (more than is held), E511 to E517, E521 (see their pages).
    """
    events = [event for event in table.events if until is None or event.date <= until]
    detail = _lines(table, events) <= LINES
    state = _State(table)
    steps = []
    for i, event in enumerate(events):
        steps.append(state.step(event, detail=detail or i in keep or i == len(events) - 1))
    return tuple(steps)


def _lines(table: CapTable, events: list[Event]) -> int:
    """No fewer than the holdings after all events."""
    plans = {event.to for event in events if isinstance(event, Pool)}
    most = len(table.stakeholders) * len(table.classes) + len(plans)
    lines = held = 0
    for event in events:
        new = (
            len(event.to)
            if isinstance(event, Grant)
            else len(event.investors)
            if isinstance(event, Round)
            else 1
        )
        held = min(held + new, most)
        lines += held
    return lines


class _State:
    """The positions as they stand between two events."""

    def __init__(self, table: CapTable) -> None:
        self.table = table
        self.rule = table.rounding.shares
        self.held: dict[Position, Exact] = {}
        self.given: dict[str, Fraction] = {}  # by event, less what was cancelled, in units of ``ratios``
        self.ratios: dict[str, Fraction] = dict.fromkeys(table.classes, Fraction(1))  # of all splits so far
        self.cancelled = {event.given for event in table.events if isinstance(event, Cancel)}
        self.plans: dict[Position, int] = {}  # in the order they were first made
        self.lines = 0  # changes so far
        self.total: Exact = 0  # fully diluted
        self.issued: Exact = 0
        self.preferred: Exact = 0
        self.holders = {name: i for i, name in enumerate(table.stakeholders)}
        self.classes = {name: i for i, name in enumerate(table.classes)}

    def step(self, event: Event, *, detail: bool) -> Step:
        """Apply an event."""
        before, total = (dict(self.held), self.total) if detail else ({}, 0)
        terms = None
        if isinstance(event, Round):
            terms, changes = self.round(event)
        else:
            changes = tuple(self.changes(event))
        for change in changes:
            self.add(change.to, change.shares)
        self.remember(event, changes)
        self.bounded(event, changes)
        holdings = tuple(self.holdings(before, total)) if detail else ()
        if terms:
            terms = terms._replace(dilution=dilution(holdings))
        lost = whole_if(sum((Fraction(change.exact) - change.shares for change in changes), Fraction(0)))
        target = self.target(event, changes)
        return Step(
            event.id, event.kind, event.date, changes, lost, target, terms, self.total, self.issued, holdings
        )

    def changes(self, event: Event) -> Iterator[Change]:
        """What an event other than a round does to each position it touches."""
        if isinstance(event, Issue):
            yield Change(event.to, event.shares, event.shares, _paid(event.shares, event.price))
        elif isinstance(event, Grant):
            yield from self.grant(event)
        elif isinstance(event, Pool):
            exact = self.pool(event)
            yield Change(event.to, self.rounded(exact), exact)
        elif isinstance(event, Split):
            yield from self.split(event)
        elif isinstance(event, Transfer):
            self.must_hold(event, event.giver)
            paid = _paid(event.shares, event.price)
            yield Change(event.giver, -event.shares, -event.shares)
            yield Change(event.taker, event.shares, event.shares, paid)
        elif isinstance(event, Cancel):
            self.must_hold(event, event.of)
            self.must_have_given(event)
            yield Change(event.of, -event.shares, -event.shares)

    # -- one kind of event each -----------------------------------------------------------------------

    def grant(self, event: Grant) -> Iterator[Change]:
        """New shares x with x / (S + x) = p, so x = S p / (1 - p), over S fully diluted shares before."""
        if event.percent is None:
            assert event.shares is not None
            exact = event.shares
        else:
            self.must_have_shares(event)
            exact = whole_if(self.total * Fraction(event.percent) / (1 - event.percent))
        total = self.rounded(exact)
        parts = [part for _, part in event.to]
        if self.rule == "exact":
            shares = [whole_if(Fraction(total) * part) for part in parts]
        else:
            shares = list(quantity.allocate(int(total), parts))
        for (position, part), number in zip(event.to, shares, strict=True):
            yield Change(position, number, whole_if(Fraction(exact) * part))

    def pool(self, event: Pool) -> Exact:
        """The plan shares to add; for a target t, x with (h + x) / (S + x) = t, h unallocated before."""
        known = event.to in self.plans
        if event.how == "create" and known:
            raise self.refused("E511", event, "plan", value=str(event.to.plan))
        if event.how == "add" and not known:
            near = quantity.nearest(str(event.to.plan), {str(position.plan) for position in self.plans})
            raise self.refused(
                "E512", event, "plan", near=near, value=str(event.to.plan), name=event.to.share_class
            )
        self.plans.setdefault(event.to, len(self.plans))
        if event.how != "target":
            return event.amount
        self.must_have_shares(event)
        held = self.held.get(event.to, 0)
        more = (Fraction(event.amount) * self.total - held) / (1 - event.amount)
        if more < 0:
            has = quantity.percent(Fraction(held) / self.total, 2)
            raise self.refused("E513", event, "target", held=has, target=quantity.percent(event.amount))
        return whole_if(more)

    def split(self, event: Split) -> Iterator[Change]:
        """Each position of the class times the ratio; preferred shares' conversion would move with it."""
        if self.preferred:
            raise self.refused("E517", event, "class", value=event.share_class)
        found = [(p, shares) for p, shares in self.held.items() if p.share_class == event.share_class]
        if not found:
            raise self.refused("E504", event, value=event.id)
        for position, shares in found:
            exact = whole_if(Fraction(event.ratio) * shares)
            yield Change(position, self.rounded(exact) - shares, exact - shares)

    def round(self, event: Round) -> tuple[Terms, tuple[Change, ...]]:
        """A priced round, pre-money method: price = pre-money / fully diluted shares before, the unallocated
        pool among them; new shares = amount / price; post-money = pre-money + new money.
        """
        self.must_have_shares(event)
        money = sum(investment.amount for investment in event.investors)
        if event.basis == "price":
            exact_price, pre = event.value, whole_if(event.value * Fraction(self.total))
        else:
            pre = event.value if event.basis == "pre_money" else event.value - money
            exact_price = whole_if(Fraction(pre) / self.total)
        price = exact_price if event.basis == "price" else self.rounded_price(exact_price)
        if price <= 0:
            raise self.refused("E514", event, event.basis)
        changes = []
        for i, investment in enumerate(event.investors):
            shares = self.rounded(investment.amount / Fraction(price))
            if not shares:
                raise self.refused("E515", event, "investors", i, value=str(investment.to.holder))
            exact = whole_if(investment.amount / Fraction(exact_price))
            changes.append(Change(investment.to, shares, exact, investment.amount))
        terms = Terms(event.convention, price, exact_price, pre, whole_if(pre + money), money, ())
        return terms, tuple(changes)

    # -- helpers --------------------------------------------------------------------------------------

    def rounded(self, exact: Exact) -> Exact:
        """A number of shares by the file's rule."""
        if self.rule == "exact":
            return whole_if(exact)
        return exact // 1 if self.rule == "floor" else (exact * 2 + 1) // 2

    def rounded_price(self, price: Exact) -> Exact:
        """A price in minor units, rounded half up to decimal places of the major unit."""
        places = self.table.rounding.price_places
        if places is None:
            return price
        unit = Fraction(10 ** quantity.currencies()[self.table.currency], 10**places)
        return whole_if((price / unit * 2 + 1) // 2 * unit)

    def add(self, position: Position, shares: Exact) -> None:
        """Shares more, or fewer, at a position; an empty position is dropped."""
        now = whole_if(self.held.get(position, 0) + shares)
        if now:
            self.held[position] = now
        else:
            self.held.pop(position, None)
        self.total = whole_if(self.total + shares)
        if position.plan is None:
            self.issued = whole_if(self.issued + shares)
        if self.table.classes[position.share_class].preferred:
            self.preferred += shares

    def must_have_shares(self, event: Event) -> None:
        """Refuse an event that is a share of nothing."""
        if not self.total:
            raise self.refused("E504", event, value=event.id)

    def must_hold(self, event: Transfer | Cancel, position: Position) -> None:
        """Refuse to take more from a position than it has."""
        held = self.held.get(position, 0)
        if event.shares > held:
            owner = position.holder or str(position.plan)
            raise self.refused("E508", event, "shares", value=owner, held=quantity.grouped(held))

    def must_have_given(self, event: Cancel) -> None:
        """Refuse to cancel more than is left of what an event gave; a split's fraction counts as a share."""
        left = whole_if(self.given[event.given] * self.ratios[event.of.share_class])
        if event.shares > (left if self.rule == "exact" else ceil(left)):
            raise self.refused("E521", event, "shares", value=event.given, left=quantity.grouped(left))

    def remember(self, event: Event, changes: tuple[Change, ...]) -> None:
        """Keep what an event gave if a later one cancels of it, and what splits and cancellations did."""
        if isinstance(event, Split):
            self.ratios[event.share_class] *= event.ratio
        elif isinstance(event, Cancel):
            self.given[event.given] -= event.shares / self.ratios[event.of.share_class]
        elif event.id in self.cancelled:
            got = sum((change.shares for change in changes if change.shares > 0), Fraction(0))
            self.given[event.id] = got / self.ratios[changes[-1].to.share_class]

    def bounded(self, event: Event, changes: tuple[Change, ...]) -> None:
        """Refuse more lines than a result may have, and counts past what fractions can bear."""
        self.lines += len(changes)
        if self.lines > LINES:
            raise self.refused("E516", event, limit=f"{LINES}")
        if self.total >= 10**quantity.DIGITS:
            raise self.refused("E516", event, limit=f"{quantity.DIGITS} digits")
        numbers = (self.total, *(change.exact for change in changes))
        if any(number.denominator.bit_length() > DIGITS * 10 // 3 for number in numbers):
            raise self.refused("E516", event, limit=f"n/d, d ≤ {DIGITS} digits")

    def target(self, event: Event, changes: tuple[Change, ...]) -> Target | None:
        """What share of the total an event asked for, and reached."""
        if isinstance(event, Grant) and event.percent is not None:
            reached = sum((Fraction(change.shares) for change in changes), Fraction(0))
            return Target(event.percent, whole_if(reached / self.total))
        if isinstance(event, Pool) and event.how == "target":
            return Target(event.amount, whole_if(Fraction(self.held.get(event.to, 0)) / self.total))
        return None

    def holdings(self, before: dict[Position, Exact], total: Exact) -> Iterator[Holding]:
        """Every position: holders, then plans, each as the file orders them."""
        for position in sorted(self.held, key=self.rank):
            shares = self.held[position]
            issued = Fraction(shares) / self.issued if position.plan is None else 0
            was = Fraction(before.get(position, 0)) / total if total else 0
            diluted = Fraction(shares) / self.total
            yield Holding(*position, shares, whole_if(issued), whole_if(diluted), whole_if(was))

    def rank(self, position: Position) -> tuple[int, int, int]:
        """Where a position stands in a list."""
        if position.holder is None:
            return 1, self.plans[position], 0
        return 0, self.holders[position.holder], self.classes[position.share_class]

    def refused(self, code: str, event: Event, *key: str | int, **args: str) -> Refused:
        """A problem with an event, at one of its keys, to raise; ``near`` among ``args`` is a suggestion."""
        near = args.pop("near", "")
        return self.table.refused(code, ("events", event.at, *key), near, **args)


def dilution(holdings: tuple[Holding, ...]) -> tuple[Dilution, ...]:
    """What each holder, and each plan, had of the fully diluted total, and has: its positions together."""
    by_owner: dict[tuple[str | None, str | None], tuple[Exact, Exact]] = {}
    for holding in holdings:
        owner = (holding.holder, holding.plan)
        before, after = by_owner.get(owner, (0, 0))
        by_owner[owner] = (before + holding.before, after + holding.fully_diluted)
    return tuple(Dilution(*owner, whole_if(was), whole_if(now)) for owner, (was, now) in by_owner.items())


def _paid(shares: Exact, price: Exact | None) -> Exact | None:
    return None if price is None else whole_if(Fraction(shares) * price)
