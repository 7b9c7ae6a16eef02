"""What holds of every licence: held against a naive twin, and law by law."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from licences import amounts, histories, licences, minimums, naive, rates, royalties, stackings

from ipcalc import arithmetic
from ipcalc.arithmetic import EXACT
from ipcalc.ip import royalty
from ipcalc.ip.licence import Combination, Income, Rate, Royalty, Stacking, Terms, Year
from ipcalc.ip.receipts import account, receipts
from ipcalc.quantity import Duration


def exact(terms, years):
    """Licence year, kind and exact amount of what is paid by the year, nothing left out but nothings."""
    earned, _ = royalty.run(terms, years)
    for year, one in zip(years, earned, strict=True):
        yield from ((year.year, "milestone", amount) for amount in one.milestones)
        yield year.year, "royalty", one.royalty
        yield year.year, "minimum", one.minimum + one.top_up
        yield from ((year.year, "sublicence", amount) for amount in one.sublicence)
        yield year.year, "patent-costs", year.patent_costs * terms.patent_costs.rate


@given(licences(), histories())
def test_as_the_naive_twin(terms, years):
    assert sorted(row for row in exact(terms, years) if row[2]) == sorted(naive(terms, years))


@given(licences(), histories())
def test_payments_are_what_was_earned_to_the_nearest_unit(terms, years):
    paid = account(terms, years).payments
    for kind in ("royalty", "milestone", "sublicence", "patent-costs"):
        wanted = sorted((year, (amount + Fraction(1, 2)).__floor__())
                        for year, what, amount in exact(terms, years) if what == kind and amount)  # fmt: skip
        found = sorted((one.year, one.amount) for one in paid if one.kind == kind and one.exact)
        assert found == wanted
    assert all(abs(one.amount - one.exact) <= Fraction(1, 2) for one in paid)


@given(licences(), histories())
def test_every_line_of_a_payments_arithmetic_is_right(terms, years):
    carried = {}
    for payment in account(terms, years).payments:
        lines = {one.kind: one for one in payment.workings}
        for one in payment.workings:
            told = RIGHT[one.kind](**{**one.amounts, **one.words})
            assert told == one.amounts.get("amount")
        if payment.kind != "royalty":
            continue
        earned = sum(one.amounts["amount"] for one in payment.workings if one.kind == "sales")
        if "reduced" in lines:
            assert lines["reduced"].amounts["royalty"] == earned
            earned = lines["reduced"].amounts["amount"]
        if "credited" in lines:
            assert lines["credited"].amounts["royalty"] == earned
            earned = lines["credited"].amounts["amount"]
        assert earned == payment.exact
        if "credit" in lines:
            assert lines["credit"].amounts["carried"] == carried.get(payment.year - 1, 0)
        if "carried" in lines:
            carried[payment.year] = lines["carried"].amounts["amount"]
            claimed, given = lines["credit"].amounts["amount"], lines["reduced"].amounts["reduction"]
            assert carried[payment.year] == claimed - given > 0
            assert lines["floor-royalty" if terms.stacking.of_royalty else "floor-sales"]


def of(rate, base):
    """A share of an amount, the share as it is written."""
    return base * Fraction(rate)


RIGHT = {  # what a line's amount must be, by what it names
    "sales": lambda base, rate, amount: of(rate, base),
    "sublicence": lambda base, rate, amount: of(rate, base),
    "costs": lambda base, rate, amount: of(rate, base),
    "combination": lambda base, a, b, amount: base * Fraction(a) / (Fraction(a) + Fraction(b)),
    "no-royalty": lambda base: None,
    "credit": lambda third, rate, carried, amount: of(rate, third) + carried,
    "aggregate": lambda royalty, third, base, rate, amount: royalty + third - of(rate, base),
    "floor-royalty": lambda base, rate, amount: of(rate, base),
    "floor-sales": lambda base, rate, amount: min(amount, of(rate, base)),
    "reduced": lambda royalty, reduction, amount: royalty - reduction,
    "carried": lambda amount: amount,
    "credited": lambda royalty, minimum, amount: royalty - minimum,
    "top-up": lambda minimum, royalty, amount: minimum - royalty,
    "reached-year": lambda sales, level, amount: amount if sales >= level else "less",
    "reached-lifetime": lambda sales, level, amount: amount if sales >= level else "less",
}


# -- tiers


@given(royalties(), amounts, st.lists(amounts, min_size=1, max_size=5))
def test_parts_of_a_years_sales_fill_marginal_tiers_as_the_whole_does(terms, before, parts):
    marginal = Royalty(terms.tiers, whole=False, lifetime=True)
    whole = royalty.in_tiers(marginal, before, sum(parts))
    found = [0 for _ in whole]
    for part in parts:
        found = [a + b for a, b in zip(found, royalty.in_tiers(marginal, before, part), strict=True)]
        before += part
    assert found == whole


@given(royalties(), amounts, amounts)
def test_tiers_hold_all_sales_and_no_more(terms, before, sales):
    found = royalty.in_tiers(terms, before, sales)
    assert sum(found) == sales
    assert min(found) >= 0


@given(royalties(), amounts, amounts, st.fractions(0, 1, max_denominator=8))
def test_marginal_tiers_are_continuous_and_rise(terms, before, sales, more):
    marginal = Royalty(terms.tiers, whole=False, lifetime=terms.lifetime)

    def paid(sold):
        found = royalty.in_tiers(marginal, before, sold)
        return sum(part * tier.rate for part, tier in zip(found, marginal.tiers, strict=True))

    most = max(tier.rate for tier in marginal.tiers)
    assert 0 <= paid(sales + more) - paid(sales) <= more * most


# -- stacking


def stacked(stacking, full, sales, third, credit):
    return royalty.reduce(stacking, full, sales, third, credit, EXACT)


@given(stackings(), amounts, amounts, amounts, amounts)
def test_stacking_never_takes_the_royalty_below_the_floor(stacking, full, sales, third, credit):
    _, _, reduction = stacked(stacking, full, sales, third, credit)
    stated = stacking.floor.rate * (full if stacking.of_royalty else sales)
    assert 0 <= reduction <= full
    assert full - reduction >= min(full, stated)


@given(
    rates, rates, st.booleans(), royalties(), st.lists(st.tuples(amounts, amounts), min_size=1, max_size=6)
)
def test_what_is_carried_is_conserved(share, floor, of_royalty, terms, years):
    stacking = Stacking(True, share, floor, of_royalty, carry=True)
    licence = licence_of(royalty=terms, stacking=stacking)
    happened = [Year(2030 + i, sales, third_party=third) for i, (sales, third) in enumerate(years)]
    earned, standing = royalty.run(licence, happened)
    claimed = sum(third for _, third in years) * share.rate
    assert sum(one.reduction for one in earned) + standing.credit == claimed


@given(rates, rates, amounts, amounts, amounts)
def test_an_aggregate_leaves_no_more_than_it_says_or_the_floor(share, floor, full, sales, third):
    stacking = Stacking(False, share, floor, of_royalty=False)
    least, _, reduction = stacked(stacking, full, sales, third, 0)
    left = full - reduction
    assert left + third <= sales * share.rate or left == least
    assert not reduction or left + third >= sales * share.rate


# -- minimums


@given(minimums(), royalties(), histories())
def test_a_minimum_never_lowers_what_a_year_pays(minimum, terms, years):
    without = account(licence_of(royalty=terms), bare(years))
    having = account(licence_of(royalty=terms, minimum=minimum), bare(years))
    for year in years:
        assert in_year(having, year) >= in_year(without, year)


@given(minimums(), royalties(), histories())
def test_a_creditable_minimum_is_paid_once_and_whole(minimum, terms, years):
    """However it is rounded, a year pays its royalty or its minimum: the larger one, to the unit."""
    having = account(licence_of(royalty=terms, minimum=minimum._replace(creditable=True)), bare(years))
    without = account(licence_of(royalty=terms), bare(years))
    for year in years:
        assert in_year(having, year) == max(in_year(without, year), minimum.of(year.year))


@given(minimums(), royalties(), histories())
def test_when_a_creditable_minimum_is_paid_changes_no_year(minimum, terms, years):
    early, late = (
        account(
            licence_of(royalty=terms, minimum=minimum._replace(advance=advance, creditable=True)), bare(years)
        )
        for advance in (True, False)
    )
    assert [in_year(early, year) for year in years] == [in_year(late, year) for year in years]


def licence_of(**terms):
    return Terms("USD", date(2024, 1, 1), (1, 1), Duration(60, "days"), **terms)


def bare(years):
    """The same years, of sales alone."""
    return [
        Year(year.year, year.net_sales, year.combinations, patent_costs=year.patent_costs) for year in years
    ]


def in_year(found, year):
    return sum(one.amount for one in found.payments if one.year == year.year)


# -- costs, dates, arrays


@given(rates, histories())
def test_patent_costs_are_paid_back_or_stay(share, years):
    found = account(licence_of(patent_costs=share), bare(years))
    paid = sum(one.amount for one in found.payments) + sum(cost.amount for cost in found.costs)
    assert paid == sum(year.patent_costs for year in years)
    assert not found.receipts


@given(licences(), histories())
def test_receipts_are_in_order_of_dates_and_none_is_nothing(terms, years):
    found = receipts(terms, years)
    assert [one.on for one in found] == sorted(one.on for one in found)
    assert all(one.amount > 0 and one.kind != "patent-costs" for one in found)


@given(licences(), st.lists(histories(), min_size=1, max_size=4))
def test_arrays_give_what_exact_numbers_do(terms, several):
    numpy = pytest.importorskip("numpy")
    years = min(map(len, several))

    def column(i, value):
        return numpy.array([float(value(one[i])) for one in several])

    together = [
        Year(
            2024 + i,
            column(
                i, lambda year: year.net_sales + sum(one.net_sales * one.part for one in year.combinations)
            ),
            (),
            column(i, lambda year: year.third_party),
            [Income(column(i, lambda year: sum(one.amount for one in year.sublicence)), "early")],
        )
        for i in range(years)
    ]
    flat = terms._replace(sublicence={stage: Rate(Fraction(1, 4), "1/4") for stage in terms.sublicence})
    found, _ = royalty.run(flat, together, arithmetic.arrays())
    for k, one in enumerate(several):
        wanted, _ = royalty.run(flat, one[:years])
        for array, number in zip(found, wanted, strict=True):
            due = numpy.broadcast_to(array.due, len(several))[k]
            assert due == pytest.approx(float(number.due), abs=1e-9)


def test_a_combination_is_its_part():
    assert Combination(90, 80, 40).part == Fraction(2, 3)
