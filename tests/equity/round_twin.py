"""A round worked out apart from the engine: each definition as it is said, and a search for the total.

``check`` holds a result against every definition, in fractions. ``surplus`` is what is left of a total once
all that the round promises is taken from it, in floats, with searches where the engine eliminates; its only
zero is the round.
"""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple


class Instrument(NamedTuple):
    """``kind``: post, pre, fixed or price; ``counts`` what a pre-money cap counts."""

    kind: str
    amount: int
    cap: int = 0
    percent: object = 0
    discount: object = 0
    counts: tuple = ()


class Floor(NamedTuple):
    """A stake of ``held`` shares; ``limit`` is the money raised that it is protected up to, None for all."""

    percent: object
    held: int
    inside: bool
    limit: int | None = None
    crossing: str = ""
    fill: str = ""


class Protected(NamedTuple):
    """``shares`` of a class at ``price``; ``base`` None is a ratchet."""

    shares: int
    price: object
    base: object = None
    safes: bool = False
    outside: bool = False


class Company(NamedTuple):
    """Shares before a round, by kind."""

    common: int
    reserve: int = 0
    granted: int = 0
    promised: int = 0


class Terms(NamedTuple):
    """A round: ``basis`` pre_money or price; ``pool`` (how, amount, measure, placed) or None."""

    convention: str
    basis: str
    value: object
    money: int
    pool: tuple | None = None


class Case(NamedTuple):
    company: Company
    instruments: tuple
    terms: Terms
    floor: Floor | None = None
    protected: Protected | None = None

    def before(self):
        """All shares before the round."""
        stake = self.floor.held if self.floor else 0
        return sum(self.company) + stake + (self.protected.shares if self.protected else 0)


class Guess(NamedTuple):
    """A state of a round: total, shares per unit of money, and new shares by what makes them."""

    total: object
    per_unit: object
    pool: object
    topup: object
    extra: object  # of a protected class, as converted
    conversions: tuple


def pool_of(case, total):
    """The reserve's increase."""
    if case.terms.pool is None:
        return 0
    how, amount, measure, _ = case.terms.pool
    if how == "add":
        return amount
    if how == "add_percent":
        return amount * total
    there = case.company.reserve
    if measure == "plan-total":
        there += case.company.granted
    return max(0, amount * total - there)


def placed(case, where):
    return case.terms.pool is not None and case.terms.pool[3] == where


def capitalization(case, one, guess):
    """What an instrument's cap, or percentage, is of."""
    protects = case.floor is not None and not over(case)
    outside = protects and not case.floor.inside
    hidden = case.floor.held if outside else 0
    if one.kind in ("post", "fixed"):
        hidden += guess.topup if outside else 0
        return guess.total - guess.per_unit * case.terms.money - guess.pool - hidden
    counted = case.before() - hidden
    if "pool_unallocated" not in one.counts:
        counted -= case.company.reserve
    if "promised" not in one.counts:
        counted -= case.company.promised
    if "pool_increase" in one.counts and placed(case, "pre-money"):
        counted += guess.pool
    if "converting" in one.counts:
        counted += sum(guess.conversions)
    return counted if outside else counted + guess.topup


def over(case):
    """Whether this round ends the floor before it protects."""
    raised = case.terms.money + sum(one.amount for one in case.instruments)
    limit = case.floor.limit
    return limit is not None and raised > limit and case.floor.crossing == "unprotected"


def conversion_of(case, one, guess):
    """An instrument's shares: the better of its discount and its cap."""
    at_price = one.amount * guess.per_unit / (1 - one.discount)
    if one.kind == "price":
        return at_price
    base = capitalization(case, one, guess)
    if one.kind == "fixed":
        return one.percent * base
    return max(at_price, base * Fraction(one.amount, one.cap))


def topup_of(case, guess):
    """The shares that make the stake good: as if what is unprotected had not been issued."""
    floor = case.floor
    if floor is None or over(case):
        return 0
    new, old = case.terms.money, sum(one.amount for one in case.instruments)
    inside_new, inside_old = new, old
    if floor.limit is not None and new + old > floor.limit:
        if floor.crossing == "split" and floor.fill == "conversions-first":
            inside_old = min(old, floor.limit)
            inside_new = min(new, floor.limit - inside_old)
        elif floor.crossing == "split":
            inside_new = min(new, floor.limit)
            inside_old = min(old, floor.limit - inside_new)
    total = guess.total - (new - inside_new) * guess.per_unit
    if old:
        total = total - sum(guess.conversions) * Fraction(old - inside_old, old)
    return max(0, floor.percent * total - floor.held)


def extra_of(case, guess):
    """The as-converted shares that protection adds."""
    own = case.protected
    if own is None:
        return 0
    issues = [(case.terms.money * guess.per_unit, case.terms.money)]
    if own.safes:
        issues += [(c, one.amount) for c, one in zip(guess.conversions, case.instruments, strict=True)]
    if own.base is None:
        return max(0, *(own.shares * (own.price * shares / money - 1) for shares, money in issues))
    issued, money = sum(i[0] for i in issues), sum(i[1] for i in issues)
    return max(0, own.shares * ((own.base + issued) / (own.base + money / own.price) - 1))


def priced_on(case, guess):
    """What the price is worked out from: a value, and the shares that it is of."""
    terms = case.terms
    extra = 0 if case.protected is None or case.protected.outside else guess.extra
    if terms.convention == "pre-money":
        pool = guess.pool if placed(case, "pre-money") else 0
        return terms.value, case.before() + pool + guess.topup + extra
    value = terms.value + terms.money
    if terms.convention == "dollars-invested":
        value += sum(one.amount for one in case.instruments)
    outside = guess.pool if placed(case, "post-money") else 0
    if case.protected and case.protected.outside:
        outside += guess.extra
    return value, guess.total - outside


def check(case, guess):
    """Every definition holds exactly."""
    assert guess.pool == pool_of(case, guess.total)
    assert guess.conversions == tuple(conversion_of(case, one, guess) for one in case.instruments)
    assert guess.topup == topup_of(case, guess)
    assert guess.extra == extra_of(case, guess)
    if case.terms.basis == "price":
        assert guess.per_unit == 1 / case.terms.value
    else:
        value, shares = priced_on(case, guess)
        assert guess.per_unit * value == shares
    new = case.terms.money * guess.per_unit
    assert guess.total == case.before() + new + guess.pool + guess.topup + guess.extra + sum(
        guess.conversions
    )


# -- the search ---------------------------------------------------------------------------------------


def settled(case, total, per_unit):
    """The state at a total and a price: what depends on itself is repeated until it stands still."""
    guess = Guess(total, per_unit, pool_of(case, total), 0, 0, (0,) * len(case.instruments))
    last = 0.0
    for i in range(400):
        conversions = tuple(conversion_of(case, one, guess) for one in case.instruments)
        again = guess._replace(conversions=conversions)
        again = again._replace(topup=topup_of(case, again), extra=extra_of(case, again))
        moved = abs(again.topup - guess.topup) + abs(again.extra - guess.extra)
        moved += sum(abs(a - b) for a, b in zip(again.conversions, guess.conversions, strict=True))
        if moved <= 1e-13 * total:
            return again
        if i == 300:
            last = moved
        if moved > 1e9 * total:
            break
        guess = again
    if moved < last:
        raise TimeoutError("this comes to rest too slowly")
    raise OverflowError("this grows without end")


def at(case, total):
    """The state at a total, at the price that belongs to it."""
    if case.terms.basis == "price":
        return settled(case, total, 1 / case.terms.value)
    low, high = 0.0, total / case.terms.value * 2
    for _ in range(60):
        middle = (low + high) / 2
        guess = settled(case, total, middle)
        value, shares = priced_on(case, guess)
        if middle * value < shares:
            low = middle
        else:
            high = middle
    return settled(case, total, (low + high) / 2)


def surplus(case, total):
    """What is left of a total; in floats."""
    guess = at(case, total)
    new = case.terms.money * guess.per_unit
    return total - case.before() - new - guess.pool - guess.topup - guess.extra - sum(guess.conversions)


MOST = 1e9  # times the shares before: the largest total that is looked at


def insoluble(case):
    """Whether even the largest total is too little."""
    try:
        return surplus(case, case.before() * MOST) <= 0
    except OverflowError:
        return True


def search(case):
    """The total, by halving; None where there is always too little."""
    if insoluble(case):
        return None
    low, high = float(case.before()), case.before() * MOST
    for _ in range(60):
        middle = (low + high) / 2
        if surplus(case, middle) < 0:
            low = middle
        else:
            high = middle
    return (low + high) / 2
