"""Licences for tests: read from TOML, drawn by Hypothesis, and worked out a second time, naively."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from typing import NotRequired, TypedDict

from hypothesis import strategies as st

from ipcalc.inputs import shapes, toml
from ipcalc.inputs.diagnostics import Diagnostic, Refused
from ipcalc.ip import licence
from ipcalc.ip.licence import (
    Combination,
    Income,
    Milestone,
    Minimum,
    Rate,
    Royalty,
    Stacking,
    Terms,
    Tier,
    Year,
)
from ipcalc.ip.licence_shape import LicenceTable, SalesTable
from ipcalc.ip.receipts import account
from ipcalc.quantity import Duration

HEAD = """
[licence]
currency = "USD"
signed = 2024-01-01
year_starts = "01-01"
due = { year = "60 days", event = "30 days" }
"""


class File(TypedDict):
    """The two tables of a statement that are about a licence."""

    licence: LicenceTable
    sales: NotRequired[dict[str, SalesTable]]


def read(body: str, head: str = HEAD) -> tuple[Terms, Sequence[Year]]:
    """The licence and the years of a text; raises ``Refused`` as a statement does."""
    document = toml.parse("licence.toml", head + body)
    table = shapes.validate(File, document)
    problems: list[Diagnostic] = []
    found = licence.read(table["licence"], table.get("sales", {}), document, problems)
    if problems:
        raise Refused(problems)
    return found


CREDIT = """
royalty = { rate = "5%" }
stacking = { credit = "50%", floor = "50%", of = "royalty", carry = true }
[sales.2024]
net_sales = 10_000_000
third_party_royalties = 1_200_000
[sales.2025]
net_sales = 20_000_000
third_party_royalties = 0
"""


TIERS = """
[licence.royalty]
tiers = [{ up_to = 10_000_000, rate = "0%" }, { up_to = 20_000_000, rate = "7%" }, { rate = "10%" }]
apply = "APPLY"
over = "year"
"""


def by_year(body, kind, head=HEAD):
    """What is paid of one kind for each licence year, in whole cents."""
    found = account(*read(body, head))
    return {
        year.year: sum(one.amount for one in found.payments if (one.year, one.kind) == (year.year, kind))
        for year in found.years
    }


def years(*lines, first=2024):
    return "".join(f"[sales.{first + i}]\n{line}\n" for i, line in enumerate(lines))


# -- drawn --------------------------------------------------------------------------------------------

amounts = st.integers(0, 400)
rates = st.fractions(0, 1, max_denominator=20).map(lambda value: Rate(value, str(value)))


@st.composite
def royalties(draw: st.DrawFn) -> Royalty:
    """Up to four tiers, of amounts small enough to walk through one unit after the other."""
    edges = sorted(draw(st.sets(st.integers(1, 600), max_size=3)))
    tiers = [Tier(edge, *draw(rates)) for edge in [*edges, None]]
    first = draw(st.none() | st.integers(2024, 2027))
    return Royalty(tiers, draw(st.booleans()), draw(st.booleans()), first)


@st.composite
def minimums(draw: st.DrawFn) -> Minimum:
    """A minimum that changes over the years."""
    by_year = draw(st.dictionaries(st.integers(2024, 2030), amounts, min_size=1, max_size=3))
    return Minimum(sorted(by_year.items()), draw(st.booleans()), draw(st.booleans()))


@st.composite
def stackings(draw: st.DrawFn) -> Stacking:
    """Either way of giving way to others; only a credit is carried."""
    credit = draw(st.booleans())
    carry = draw(st.booleans()) if credit else False
    return Stacking(credit, draw(rates), draw(rates), draw(st.booleans()), carry)


@st.composite
def milestones(draw: st.DrawFn) -> list[Milestone]:
    """Milestones of sales."""
    levels = draw(st.lists(st.tuples(amounts, st.integers(1, 900), st.booleans()), max_size=3))
    return [
        Milestone(f"m{i}", pay, sales=level, lifetime=life) for i, (pay, level, life) in enumerate(levels)
    ]


@st.composite
def licences(draw: st.DrawFn) -> Terms:
    """Terms with everything that a year's arithmetic depends on."""
    stages: dict[str | None, Rate] = {"early": draw(rates), "late": draw(rates)}
    return Terms(
        "USD",
        date(2024, 1, 1),
        (1, 1),
        Duration(60, "days"),
        Duration(0, "days"),
        milestones=draw(milestones()),
        royalty=draw(royalties()),
        minimum=draw(st.none() | minimums()),
        sublicence=stages,
        stacking=draw(st.none() | stackings()),
        combination=True,
        patent_costs=draw(rates),
    )


@st.composite
def histories(draw: st.DrawFn) -> list[Year]:
    """Up to five licence years from 2024."""
    combination = st.builds(Combination, amounts, st.integers(1, 9), st.integers(0, 9))
    income = st.builds(Income, amounts, st.sampled_from(["early", "late"]))
    return [
        Year(
            2024 + i,
            draw(amounts),
            draw(st.lists(combination, max_size=2)),
            draw(amounts),
            draw(st.lists(income, max_size=2)),
            patent_costs=draw(amounts),
        )
        for i in range(draw(st.integers(1, 5)))
    ]


# -- worked out naively -------------------------------------------------------------------------------


def naive(terms: Terms, years: Sequence[Year]) -> list[tuple[int, str, Fraction]]:
    """Licence year, kind and exact amount of all that is paid by the year, as a clerk would find it."""
    found: list[tuple[int, str, Fraction]] = []
    assert terms.royalty
    sold, borne, credit = Fraction(0), Fraction(0), Fraction(0)
    paid: set[str] = set()
    for year in years:
        sales = Fraction(year.net_sales)
        for one in year.combinations:
            sales += Fraction(one.net_sales * one.a, one.a + one.b)
        sold += sales
        for milestone in terms.milestones:
            measured = sold if milestone.lifetime else sales
            if milestone.sales and milestone.name not in paid and measured >= milestone.sales:
                paid.add(milestone.name)
                found.append((year.year, "milestone", Fraction(milestone.amount)))
        royalty = Fraction(0)
        bearing = Fraction(0)
        if terms.royalty.first is None or year.year >= terms.royalty.first:
            bearing = sales
            royalty = _walked(terms.royalty, borne if terms.royalty.lifetime else Fraction(0), sales)
            borne += sales
        if terms.stacking:
            royalty, credit = _stacked(terms.stacking, royalty, bearing, Fraction(year.third_party), credit)
        found += [
            (year.year, kind, amount) for kind, amount in _with_minimum(terms.minimum, year.year, royalty)
        ]
        for income in year.sublicence:
            found.append(
                (year.year, "sublicence", income.amount * Fraction(terms.sublicence[income.stage].rate))
            )
        if terms.patent_costs:
            found.append((year.year, "patent-costs", year.patent_costs * Fraction(terms.patent_costs.rate)))
    return [row for row in found if row[2]]


def _walked(royalty: Royalty, start: Fraction, sales: Fraction) -> Fraction:
    """The royalty on some sales, from one whole amount of all sales so far to the next."""

    def rate_at(amount: Fraction) -> Fraction:
        for tier in royalty.tiers:
            if tier.up_to is None or amount <= tier.up_to:
                return Fraction(tier.rate)
        raise AssertionError("the last tier has no end")

    if royalty.whole:
        return sales * rate_at(start + sales)
    paid, at = Fraction(0), start
    while at < start + sales:
        step = min(Fraction(at.__floor__() + 1), start + sales) - at
        paid += step * rate_at(at + step)
        at += step
    return paid


def _stacked(
    stacking: Stacking, royalty: Fraction, sales: Fraction, third: Fraction, credit: Fraction
) -> tuple[Fraction, Fraction]:
    """What is left of a royalty beside those of others, and what can still be set against later ones."""
    floor = Fraction(stacking.floor.rate) * (royalty if stacking.of_royalty else sales)
    if stacking.credit:
        credit += third * Fraction(stacking.share.rate)
        if royalty <= floor:
            used = Fraction(0)
        elif royalty - credit < floor:
            used = royalty - floor
        else:
            used = credit
        return royalty - used, credit - used if stacking.carry else Fraction(0)
    allowed = sales * Fraction(stacking.share.rate)
    if royalty + third <= allowed or royalty <= floor:
        return royalty, Fraction(0)
    return max(allowed - third, floor), Fraction(0)


def _with_minimum(minimum: Minimum | None, year: int, royalty: Fraction) -> list[tuple[str, Fraction]]:
    least = Fraction(0)
    for first, amount in minimum.steps if minimum else ():
        if first <= year:
            least = Fraction(amount)
    if minimum is None or not minimum.creditable:
        return [("royalty", royalty), ("minimum", least)]
    if minimum.advance:
        return [("minimum", least), ("royalty", max(royalty - least, Fraction(0)))]
    return [("royalty", royalty), ("minimum", max(least - royalty, Fraction(0)))]
