"""A round of a cap table: its terms gathered from the book, solved exactly, rounded, and put into the book.

The price is rounded first, then the shares; what that takes is reported and never solved again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import NamedTuple

from ipcalc import quantity
from ipcalc.equity import protection, rounds
from ipcalc.equity.book import Book, UniversityStake
from ipcalc.equity.changes import Change
from ipcalc.equity.holdings import converting
from ipcalc.equity.model import Investment, Position, Round
from ipcalc.equity.protection import Adjustment
from ipcalc.equity.reading import whole_if
from ipcalc.equity.rounds import FloorTerm, PoolTerm, Problem, ProtectedTerm, Solution, Unsolvable
from ipcalc.equity.state import Convertible, Lot
from ipcalc.quantity import Exact


class Converted(NamedTuple):
    """An instrument that a round turned into shares: by its ``branch`` (cap, price or fixed) at ``price``.

    ``capitalization`` is what its cap was divided by, None at the round's price; ``interest`` is paid in
    cash. Money in minor units.
    """

    instrument: str
    branch: str
    amount: Exact
    price: Exact
    exact_price: Exact
    capitalization: Exact | None
    shares: Exact
    interest: Exact


class FloorResult(NamedTuple):
    """What a floor did in a round: the top-up, and how much of the new money it was protected against."""

    stake: str
    topup: Exact
    protected: Exact
    unprotected: Exact


class Right(NamedTuple):
    """A right to buy part of a round: the most it gives, in minor units, and what was exercised."""

    of: str
    most: Exact
    exercised: int


class RoundTerms(NamedTuple):
    """A round's terms, in minor units: ``price`` as rounded, ``exact_price`` as solved.

    ``pre_capitalization`` is all shares before it and the pool's increase, conversions out;
    ``post_capitalization`` all after it but new money and the pool's increase.
    """

    convention: str
    price: Exact
    exact_price: Exact
    pre: Exact
    post: Exact
    new_money: int
    total: Exact  # fully diluted after it, before rounding
    pool_increase: Exact
    pre_capitalization: Exact
    post_capitalization: Exact
    converted: tuple[Converted, ...]
    floors: tuple[FloorResult, ...]
    rights: tuple[Right, ...]


class Financing:
    """One round on one book."""

    def __init__(self, book: Book, event: Round) -> None:
        self.book = book
        self.event = event
        self.money = sum(one.amount for one in event.investors)
        self.instruments = tuple(book.convertibles.values())
        self.stakes = tuple(stake for stake in book.stakes.values() if self.floored(stake))
        self.protected = protection.protected(book, event.share_class)

    # -- the problem ----------------------------------------------------------------------------------

    def problem(self, stakes: tuple[UniversityStake, ...]) -> Problem:
        """The round's terms, with the floors that protect in it."""
        book, event = self.book, self.event
        floors = tuple(self.floor(stake) for stake in stakes)
        outside = sum((floor.held for floor in floors if not floor.inside), Fraction(0))
        terms = tuple(converting(book, one, event.date, outside) for one in self.instruments)
        measure, value = self.value(sum((one.amount for one in terms), Fraction(0)))
        return Problem(Fraction(book.total), Fraction(self.money), measure, value, terms, self.pool(), floors)

    def value(self, converted: Fraction) -> tuple[str, Fraction]:
        """What the price is worked out from, as ``Problem`` has it; above zero, or it is refused."""
        event = self.event
        value = Fraction(event.value)
        if event.basis == "price":
            return "price", value
        beside = Fraction(self.money)
        if event.convention == "dollars-invested":
            beside += converted
        pre = value - beside if event.basis == "post_money" else value
        if pre <= 0:
            raise self.book.refused("E514", event, event.basis)
        return ("pre", pre) if event.convention == "pre-money" else ("post", pre + beside)

    def pool(self) -> PoolTerm | None:
        """The pool inside the round; what counts as there already is its reserve, or the whole plan."""
        pool = self.event.pool
        if pool is None:
            return None
        existing = self.book.held(pool.to)
        if pool.measure == "plan-total":
            at = (pool.to.plan, pool.to.share_class)
            options = self.book.options.values()
            existing += sum(one.outstanding for one in options if (one.plan, one.share_class) == at)
        how = "add" if pool.how == "create" else pool.how
        ratio = self.book.ratio(pool.to.share_class)
        amount = pool.amount * ratio if how == "add" else pool.amount
        return PoolTerm(how, Fraction(amount), Fraction(existing * ratio), pool.placed == "post-money")

    # -- floors ---------------------------------------------------------------------------------------

    def floored(self, stake: UniversityStake) -> bool:
        """Whether a stake's floor may protect it in this round."""
        floor = stake.floor
        if floor is None or stake.ended:
            return False
        if floor.until.date is not None:
            return self.event.date <= floor.until.date
        if floor.until.raised is None:
            return True
        crossing = stake.raised + self.raising(stake) > floor.until.raised
        return not (crossing and floor.until.crossing == "unprotected")

    def raising(self, stake: UniversityStake) -> int:
        """How much this round raises by what a floor counts: new money, and instruments' principal."""
        assert stake.floor is not None
        new, old = self.counted(stake)
        return new + old

    def counted(self, stake: UniversityStake) -> tuple[int, int]:
        """The new money and the converting principal that a floor counts."""
        assert stake.floor is not None
        until = stake.floor.until
        if until.since is not None and self.event.date < until.since:
            return 0, 0
        principal = sum(one.amount for one in self.instruments if one.kind in until.counts)
        return (self.money if "round" in until.counts else 0), principal

    def unprotected(self, stake: UniversityStake) -> tuple[int, int]:
        """The new money and the converting principal beyond the amount that ends a floor."""
        assert stake.floor is not None
        until = stake.floor.until
        if until.raised is None or until.crossing != "split":
            return 0, 0
        left = max(until.raised - stake.raised, 0)
        new, old = self.counted(stake)
        if until.fill == "conversions-first":
            inside_old = min(old, left)
            inside_new = min(new, left - inside_old)
        else:
            inside_new = min(new, left)
            inside_old = min(old, left - inside_new)
        return new - inside_new, old - inside_old

    def floor(self, stake: UniversityStake) -> FloorTerm:
        """A floor's term; conversions beyond the amount are unprotected pro rata to principal."""
        assert stake.floor is not None
        new, old = self.unprotected(stake)
        counts = stake.floor.until.counts
        principal = self.counted(stake)[1]
        parts = tuple(
            Fraction(old, principal) if old and one.kind in counts else 0 for one in self.instruments
        )
        ratio = self.book.ratio(stake.share_class)
        return FloorTerm(
            Fraction(stake.floor.percent),
            Fraction(self.book.stake(stake) * ratio),
            stake.floor.in_safe_capitalization,
            new,
            parts,
        )

    def remember_raised(self, post: Exact) -> None:
        """Keep, for each floor, what was raised by now and whether it has ended."""
        for name, stake in self.book.stakes.items():
            if stake.floor is None or stake.ended:
                continue
            until = stake.floor.until
            raised = stake.raised + self.raising(stake)
            ended = until.raised is not None and raised >= until.raised
            ended = ended or self.large_enough(stake, post)
            self.book.stakes[name] = stake._replace(raised=raised, ended=ended)

    def large_enough(self, stake: UniversityStake, post: Exact) -> bool:
        """Whether this round is the one that ends a floor."""
        assert stake.floor is not None
        until = stake.floor.until
        if until.round_at_least is None or self.money < until.round_at_least:
            return False
        return until.post_at_least is None or post >= until.post_at_least

    # -- the solution ---------------------------------------------------------------------------------

    def solve(self) -> tuple[Solution, tuple[UniversityStake, ...], tuple[ProtectedTerm, ...]]:
        """The round solved: without the floors that it ends itself, with the protection that it triggers."""
        stakes, solution, terms = self.stakes, *self.protect(self.problem(self.stakes))
        ending = [
            stake
            for stake in stakes
            if stake.floor is not None and stake.floor.until.through == "before-that-round"
        ]
        if ending:
            rest = tuple(stake for stake in stakes if stake not in ending)
            without, terms_without = self.protect(self.problem(rest))
            post = self.valuation(without)[1]
            still = tuple(stake for stake in ending if not self.large_enough(stake, post))
            if not still:
                return without, rest, terms_without
            stakes = tuple(stake for stake in stakes if stake not in ending or stake in still)
            solution, terms = self.protect(self.problem(stakes))
        return solution, stakes, terms

    def protect(self, problem: Problem) -> tuple[Solution, tuple[ProtectedTerm, ...]]:
        """A problem's solution, with the protection of classes where its prices trigger any.

        Raises ``Refused`` where the round does not say whether that is inside its valuation (E554), or the
        class does not say what counts (E556).
        """
        plain = self.solved(problem)
        book, event = self.book, self.event
        terms = tuple(protection.term(book, name, self.instruments) for name in self.protected)
        below = [
            name
            for name, one in zip(self.protected, terms, strict=True)
            if protection.triggered(one, problem, plain)
        ]
        if not below:
            return plain, ()
        for name in below:
            if protection.rule(book, name).counts is None and self.instruments:
                raise protection.unstated(book, name, "issued_counts")
        if event.anti_dilution is None:
            raise book.refused("E554", event, value=", ".join(below))
        outside = event.anti_dilution == "outside"
        return self.solved(problem._replace(protected=terms, outside=outside)), terms

    def solved(self, problem: Problem) -> Solution:
        """The solution. Raises ``Refused`` where there is not one alone (E550), naming what takes part."""
        try:
            return rounds.solve(problem)
        except Unsolvable:
            names = [one.id for one in self.instruments]
            if self.event.pool is not None:
                names.append(str(self.event.pool.to.plan))
            names += [stake.id for stake in self.stakes]
            names.append(self.event.id)
            raise self.book.refused("E550", self.event, value=", ".join(names)) from None

    def valuation(self, solution: Solution) -> tuple[Exact, Exact]:
        """Pre-money and post-money, in minor units."""
        event, price = self.event, 1 / Fraction(solution.shares_per_unit)
        converted = sum((Fraction(one.converting(event.date)) for one in self.instruments), Fraction(0))
        beside = Fraction(self.money)
        if event.convention == "dollars-invested":
            beside += converted
        if event.basis == "price":
            after = solution.pool if event.pool and event.pool.placed == "post-money" else Fraction(0)
            if event.anti_dilution == "outside":
                after += sum(solution.protections)
            post = price * (solution.total - after)
            if event.convention == "pre-money":
                post -= price * sum(solution.conversions)
        else:
            measure, value = self.value(converted)
            post = value + self.money if measure == "pre" else value
        return whole_if(post - beside), whole_if(post)

    # -- rounding, and the book -----------------------------------------------------------------------

    def apply(self) -> tuple[RoundTerms, tuple[Change, ...], Mapping[str, Adjustment]]:
        """The round put into the book: its terms, what it changed, and what it adjusted."""
        book, event = self.book, self.event
        if any(one.mfn for one in self.instruments):
            first = next(one.id for one in self.instruments if one.mfn)
            raise book.refused("E544", event, value=first)
        book.must_have_shares(event)
        solution, stakes, protected = self.solve()
        exact_price = whole_if(1 / Fraction(solution.shares_per_unit))
        price = exact_price if event.basis == "price" else book.rounded_price(exact_price)
        if price <= 0:
            raise book.refused("E514", event, event.basis)
        self.must_be_one_price(price)
        pre, post = self.valuation(solution)
        rights = tuple(self.rights(solution))
        converted = tuple(self.converted(solution, price))
        changes = (
            *self.new_pool(solution),
            *self.topped_up(solution, stakes),
            *self.conversions(converted, solution),
            *self.bought(price, exact_price),
        )
        adjusted = protection.adjust(book, self.protected if protected else (), protected, solution)
        own = book.terms[event.share_class]
        if own.price is None and book.table.classes[event.share_class].preferred:
            book.terms[event.share_class] = own._replace(price=price, conversion_price=price)
        self.remember_raised(post)
        book.convertibles.clear()
        floors = tuple(
            FloorResult(stake.id, whole_if(topup), self.money - new, new)
            for stake, topup in zip(stakes, solution.topups, strict=True)
            for new in [self.unprotected(stake)[0]]
        )
        increase = whole_if(solution.pool)
        before = solution.total - solution.new_shares - sum(solution.conversions) - sum(solution.topups)
        before -= sum(solution.protections, Fraction(0))
        terms = RoundTerms(
            event.convention, price, exact_price, pre, post, self.money, whole_if(solution.total), increase,
            whole_if(before), whole_if(solution.total - solution.new_shares - solution.pool),
            converted, floors, rights,
        )  # fmt: skip
        return terms, changes, adjusted

    def must_be_one_price(self, price: Exact) -> None:
        """Refuse to issue a preferred class at another price than its own, or once its ratio has moved."""
        book, name = self.book, self.event.share_class
        terms = book.terms[name]
        if not book.table.classes[name].preferred or terms.price is None:
            return
        if terms.price != price or terms.ratio != 1:
            majors = (quantity.to_major(one, book.table.currency) for one in (terms.price, price))
            stated, other = map(quantity.grouped, majors)
            raise book.refused("E549", self.event, "class", value=name, price=stated, other=other)

    def rights(self, solution: Solution) -> Iterator[Right]:
        """The rights exercised, none by more than it gives (E557)."""
        first = len(self.event.investors) - sum(one.right is not None for one in self.event.investors)
        for i, one in enumerate(self.event.investors):
            if one.right is None:
                continue
            most = whole_if(self.part(one, solution) * self.money)
            if one.amount > most:
                shown = quantity.money(int(most // 1), self.book.table.currency)
                key = ("exercised_rights", i - first, "amount")
                raise self.book.refused("E557", self.event, *key, value=one.right, most=shown)
            yield Right(one.right, most, one.amount)

    def part(self, one: Investment, solution: Solution) -> Fraction:
        """The part of a round that a right gives: of a SAFE, its conversion's part of the capitalization."""
        for i, instrument in enumerate(self.instruments):
            if instrument.id == one.right:
                return Fraction(
                    solution.conversions[i] / (solution.total - solution.new_shares - solution.pool)
                )
        stake = self.book.stakes.get(str(one.right))
        if stake is None or stake.participation is None:
            raise self.book.refused("E553", self.event, "exercised_rights", value=str(one.right))
        right = stake.participation
        if right.rounds is not None and self.event.id not in right.rounds:
            raise self.book.refused("E553", self.event, "exercised_rights", value=str(one.right))
        held = Fraction(self.book.stake(stake) * self.book.ratio(stake.share_class)) / self.book.total
        return max(held if right.held else Fraction(0), Fraction(right.percent))

    def new_pool(self, solution: Solution) -> Iterator[Change]:
        """The pool's increase."""
        pool = self.event.pool
        if pool is not None:
            exact = whole_if(solution.pool / self.book.ratio(pool.to.share_class))
            shares = self.book.rounded(exact)
            self.book.reserve(pool.to, shares)
            yield Change(pool.to, shares, exact, "pool")

    def topped_up(self, solution: Solution, stakes: tuple[UniversityStake, ...]) -> Iterator[Change]:
        """The shares that make stakes good."""
        book = self.book
        for stake, exact in zip(stakes, solution.topups, strict=True):
            assert stake.floor is not None
            own = exact / book.ratio(stake.share_class)
            parts = book.divided(own, [part for _, part in stake.floor.to])
            for (holder, part), shares in zip(stake.floor.to, parts, strict=True):
                book.issue(Lot(holder, stake.share_class, self.event.date, shares, None, stake.id))
                to = Position("shares", holder, stake.share_class)
                yield Change(to, shares, whole_if(own * part), "top-up")

    def converted(self, solution: Solution, price: Exact) -> Iterator[Converted]:
        """Each instrument's price, rounded as the round's is, and its shares by that price."""
        book, on = self.book, self.event.date
        for i, one in enumerate(self.instruments):
            amount, exact = Fraction(one.converting(on)), Fraction(solution.conversions[i])
            branch = "price" if not solution.at_cap[i] else "cap" if one.conversion.cap else "fixed"
            exact_price = amount / exact
            if branch == "fixed":
                own, shares = exact_price, book.rounded(exact)
            else:
                discounted = price * (1 - Fraction(one.conversion.discount))
                own = Fraction(book.rounded_price(discounted if branch == "price" else exact_price))
                if own <= 0:
                    raise book.refused("E514", self.event, self.event.basis)
                shares = book.rounded(amount / own)
            interest = one.interest_on(on) if one.interest and one.interest.on_conversion == "cash" else 0
            base = None if branch == "price" else whole_if(solution.capitalizations[i])
            yield Converted(
                one.id, branch, whole_if(amount), whole_if(own), whole_if(exact_price), base, shares,
                whole_if(interest),
            )  # fmt: skip

    def conversions(self, converted: tuple[Converted, ...], solution: Solution) -> Iterator[Change]:
        """The instruments' shares, for those who hold them."""
        for i, (one, found) in enumerate(zip(self.instruments, converted, strict=True)):
            parts = self.book.divided(found.shares, [part for _, part in one.to])
            exact = solution.conversions[i]
            for (holder, part), shares in zip(one.to, parts, strict=True):
                self.must_get(shares, one)
                lot = Lot(holder, self.event.share_class, self.event.date, shares, found.price, one.id)
                self.book.issue(lot)
                to = Position("shares", holder, self.event.share_class)
                yield Change(to, shares, whole_if(exact * part), "conversion", instrument=one.id)

    def must_get(self, shares: Exact, one: Convertible) -> None:
        """Refuse a conversion that gives no share."""
        if not shares:
            raise self.book.refused("E515", self.event, value=one.id)

    def bought(self, price: Exact, exact_price: Exact) -> Iterator[Change]:
        """The investors' shares."""
        book, event = self.book, self.event
        stated = sum(one.right is None for one in event.investors)
        for i, one in enumerate(event.investors):
            shares = book.rounded(one.amount / Fraction(price))
            if not shares:
                key = ("investors", i) if i < stated else ("exercised_rights", i - stated)
                raise book.refused("E515", event, *key, value=one.holder)
            book.issue(Lot(one.holder, event.share_class, event.date, shares, price, event.id))
            exact = whole_if(one.amount / Fraction(exact_price))
            to = Position("shares", one.holder, event.share_class)
            yield Change(to, shares, exact, "new-money", one.amount)


def finance(book: Book, event: Round) -> tuple[RoundTerms, tuple[Change, ...], Mapping[str, Adjustment]]:
    """A round put into the book. Raises ``Refused`` where it can't be."""
    return Financing(book, event).apply()
