"""The receipts that a licence makes: what the licensee pays, when, for what, and how that was worked out.

The royalty and all it depends on stay exact from year to year; each payment is rounded to the minor unit, a
half upwards. A top-up to a minimum is what the rounded royalty lacks, so that the two make the minimum.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from ipcalc import quantity
from ipcalc.ip import royalty
from ipcalc.ip.licence import Milestone, Royalty, Stacking, Terms, Year
from ipcalc.ip.royalty import Earned, Standing
from ipcalc.quantity import Duration, Exact

PATENT_COSTS = "patent-costs"
SHARES = "shares"


class Working(NamedTuple):
    """One line of a payment's arithmetic: what it is, the exact amounts that it names (minor units), rates
    as they were written, and other words.
    """

    kind: str
    amounts: Mapping[str, Exact]
    words: Mapping[str, str]


class Payment(NamedTuple):
    """What the licensee pays on a date, for a licence year. ``kind`` is upfront, milestone, royalty, minimum,
    sublicence, exit, shares (at the value agreed for them) or patent-costs (what it pays back, which is no
    income); ``name`` says which milestone, stage or exit. ``exact`` and ``amount`` are minor units.
    """

    year: int
    on: date
    kind: str
    name: str
    exact: Exact
    amount: int
    workings: Sequence[Working]
    options: Mapping[str, str] = {}

    @property
    def income(self) -> bool:
        """Whether it is a receipt, and not a cost that is paid back."""
        return self.kind != PATENT_COSTS


class Cost(NamedTuple):
    """Patent costs of a licence year that stay with the licensor: an entry of its cost account."""

    year: int
    on: date
    amount: int


class Account(NamedTuple):
    """All that follows from a licence. ``payments`` are in order of dates; a royalty of nothing is one too;
    ``waiting`` are milestones whose event or sales have not come; ``standing`` is carried over at the end.
    """

    terms: Terms
    years: Sequence[Year]
    payments: Sequence[Payment]
    costs: Sequence[Cost]
    waiting: Sequence[Milestone]
    standing: Standing

    @property
    def receipts(self) -> Sequence[Payment]:
        """What was received as income: the amounts that a policy divides."""
        return tuple(payment for payment in self.payments if payment.income and payment.amount)


def receipts(terms: Terms, years: Sequence[Year]) -> Sequence[Payment]:
    """The dated receipts of a licence, in order of dates, each for what it is."""
    return account(terms, years).receipts


def account(terms: Terms, years: Sequence[Year]) -> Account:
    """What the licensee pays for what happened in some licence years, one after the other."""
    earned, standing = royalty.run(terms, years)
    payments = [*_dated(terms), *_upon_events(terms, years)]
    costs: list[Cost] = []
    for year, one in zip(years, earned, strict=True):
        payments += _sales_milestones(terms, year, one)
        payments += _royalties(terms, year, one)
        payments += _sublicences(terms, year, one)
        repaid, left = _patent_costs(terms, year)
        payments += repaid
        costs += left
    payments.sort(key=lambda payment: payment.on)
    paid = {payment.name for payment in payments if payment.kind == "milestone"}
    return Account(
        terms=terms,
        years=tuple(years),
        payments=tuple(payments),
        costs=tuple(costs),
        waiting=tuple(one for one in terms.milestones if one.name not in paid),
        standing=standing,
    )


# -- what is paid on a date of its own ----------------------------------------------------------------


def _dated(terms: Terms) -> Iterator[Payment]:
    """Upfront fees, milestones on a date, and shares at the value agreed for them."""
    for fee in terms.upfront:
        yield _payment(terms.year_of(fee.on), fee.on, "upfront", "", fee.amount)
    for one in terms.milestones:
        if one.on:
            yield _payment(terms.year_of(one.on), one.on, "milestone", one.name, one.amount)
    stake = terms.equity
    if stake and stake.agreed_value is not None:
        working = Working("shares", {"amount": stake.agreed_value}, {"stake": stake.share.text})
        payment = _payment(terms.year_of(stake.on), stake.on, SHARES, "", stake.agreed_value, working)
        yield payment._replace(options=stake.options)


def _upon_events(terms: Terms, years: Iterable[Year]) -> Iterator[Payment]:
    """Milestones whose event happened, and the exit fee."""
    for year in years:
        for one in terms.milestones:
            if one.event and one.event in year.events:
                day = year.events[one.event]
                working = Working("event", {"amount": one.amount}, {"event": one.event, "day": str(day)})
                on = _after(day, terms.due_event)
                yield _payment(year.year, on, "milestone", one.name, one.amount, working)
        if year.exit and terms.exit:
            fee = year.exit.value * terms.exit.fee.rate
            working = _rate("exit", year.exit.value, terms.exit.fee.text, fee)
            on = _after(year.exit.on, terms.due_event)
            yield _payment(year.year, on, "exit", year.exit.kind, fee, working)


# -- what is paid by the year -------------------------------------------------------------------------


def _sales_milestones(terms: Terms, year: Year, earned: Earned) -> Iterator[Payment]:
    by_sales = [one for one in terms.milestones if one.sales is not None]
    for one, amount in zip(by_sales, earned.milestones, strict=True):
        if amount:
            sales = earned.net_sales + (earned.before.sales if one.lifetime else 0)
            amounts = {"sales": sales, "level": one.sales or 0, "amount": amount}
            working = Working("reached-lifetime" if one.lifetime else "reached-year", amounts, {})
            yield _payment(year.year, _due(terms, year), "milestone", one.name, amount, working)


def _royalties(terms: Terms, year: Year, earned: Earned) -> Iterator[Payment]:
    """The royalty, and a minimum: on the year's first day, or what is lacking together with the royalty."""
    least = terms.minimum.of(year.year) if terms.minimum else 0
    minimum = terms.minimum if least else None  # a year may have none
    if minimum and minimum.advance:
        yield _payment(year.year, terms.bounds(year.year).first, "minimum", "", least)
    paid = 0
    if terms.royalty:
        steps = _steps(terms.royalty, terms.stacking, year, earned)
        royalty = _payment(year.year, _due(terms, year), "royalty", "", earned.royalty, *steps)
        paid = royalty.amount
        yield royalty
    if minimum and not minimum.advance:
        lacking = least - min(paid, least) if minimum.creditable else least
        amounts = {"minimum": least, "royalty": paid, "amount": lacking}
        working = [Working("top-up", amounts, {})] if minimum.creditable else []
        if lacking:
            yield _payment(year.year, _due(terms, year), "minimum", "", lacking, *working)


def _steps(terms: Royalty, stacking: Stacking | None, year: Year, earned: Earned) -> Iterator[Working]:
    """How the royalty was worked out, line after line."""
    for one in year.combinations:
        amounts = {"base": one.net_sales, "amount": one.net_sales * one.part}
        letters = {"a": quantity.plain(one.a), "b": quantity.plain(one.b)}
        yield Working("combination", amounts, letters)
    if not terms.runs(year.year):
        yield Working("no-royalty", {"base": earned.net_sales}, {})
    for part, tier in zip(earned.tiers, terms.tiers, strict=True):
        if part:
            yield _rate("sales", part, tier.text, part * tier.rate)
    if stacking and earned.claimed:
        yield from _stacked(stacking, year, earned)
    before = earned.full - earned.reduction
    if before != earned.royalty:
        amounts = {"royalty": before, "minimum": before - earned.royalty, "amount": earned.royalty}
        yield Working("credited", amounts, {})


def _stacked(stacking: Stacking, year: Year, earned: Earned) -> Iterator[Working]:
    """How far a royalty gave way to royalties to others, and what is left to give."""
    bearing = sum(earned.tiers)
    amounts = {"third": year.third_party, "carried": earned.before.credit, "amount": earned.claimed}
    if not stacking.credit:
        amounts = {
            "royalty": earned.full,
            "third": year.third_party,
            "base": bearing,
            "amount": earned.claimed,
        }
    kind = "credit" if stacking.credit else "aggregate"
    yield Working(kind, amounts, {"rate": stacking.share.text})
    if earned.claimed > earned.reduction:
        base = earned.full if stacking.of_royalty else bearing
        kind = "floor-royalty" if stacking.of_royalty else "floor-sales"
        yield Working(kind, {"base": base, "amount": earned.floor}, {"rate": stacking.floor.text})
    amounts = {
        "royalty": earned.full,
        "reduction": earned.reduction,
        "amount": earned.full - earned.reduction,
    }
    yield Working("reduced", amounts, {})
    if stacking.carry and earned.claimed > earned.reduction:
        yield Working("carried", {"amount": earned.claimed - earned.reduction}, {})


def _sublicences(terms: Terms, year: Year, earned: Earned) -> Iterator[Payment]:
    for income, amount in zip(year.sublicence, earned.sublicence, strict=True):
        share = terms.sublicence[income.stage]
        working = _rate("sublicence", income.amount, share.text, amount)
        yield _payment(year.year, _due(terms, year), "sublicence", income.stage or "", amount, working)


def _patent_costs(terms: Terms, year: Year) -> tuple[Sequence[Payment], Sequence[Cost]]:
    """The part of patent costs that the licensee pays back, and the part that stays with the licensor."""
    if terms.patent_costs is None or not year.patent_costs:
        return (), ()
    exact = year.patent_costs * terms.patent_costs.rate
    working = _rate("costs", year.patent_costs, terms.patent_costs.text, exact)
    repaid = _payment(year.year, _due(terms, year), PATENT_COSTS, "", exact, working)
    left = Cost(year.year, terms.bounds(year.year).last, year.patent_costs - repaid.amount)
    return (repaid,), (left,) if left.amount else ()


# -- small things -------------------------------------------------------------------------------------


def _payment(year: int, on: date, kind: str, name: str, exact: Exact, *workings: Working) -> Payment:
    whole = quantity.nearest_unit(exact)
    return Payment(year, on, kind, name, whole if exact == whole else exact, whole, workings)


def _rate(base: str, amount: Exact, rate: str, found: Exact) -> Working:
    return Working(base, {"base": amount, "amount": found}, {"rate": rate})


def _due(terms: Terms, year: Year) -> date:
    return _after(terms.bounds(year.year).last, terms.due_year)


def _after(day: date, due: Duration | None) -> date:
    assert due is not None  # reading asks for it wherever something falls due
    return quantity.shift(day, due)
