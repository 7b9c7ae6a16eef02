"""SAFEs, notes, pools in rounds and protection: published cases, and arithmetic by hand."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from captables import (
    diluted,
    event,
    financed,
    follow,
    held,
    in_round,
    issue,
    last,
    on,
    pool,
    refused,
    safe,
    table,
)

from ipcalc import quantity

F = Fraction

PREFERRED = (
    '[[classes]]\nid = "a"\nkind = "preferred"\npreference = "1x"\nseniority = 1\nparticipation = "none"'
)
PRE = '["pool_increase", "pool_unallocated"]'


NO_INTEREST = '{ rate = "0%", kind = "simple", day_count = "actual/365", on_conversion = "forfeited" }'


def note(principal, **keys):
    interest = '{ rate = "6%", kind = "simple", day_count = "actual/365", on_conversion = "shares" }'
    terms = {"interest": interest, "maturity": date(2028, 1, 1), **keys}
    return event("note", holder="angel", principal=principal, **terms)


def price(step):
    return quantity.to_major(step.round.exact_price, "USD")


def converted(step):
    return {one.instrument: one for one in step.round.converted}


# -- SAFEs of the primer, before post-money -----------------------------------------------------------

PRIMER = {
    "cap": (100_000, {"cap": 5_000_000}, 10_000_000, 1_000_000, 11_000_000,
            F(10, 11), F(5, 11), 1_100_000, 220_000, "cap"),
    "discount": (20_000, {"discount": "20%"}, 2_000_000, 400_000, 10_500_000,
                 F(4, 21), F(16, 105), 2_100_000, 131_250, "price"),
    "cap-and-discount": (100_000, {"cap": 8_000_000, "discount": "15%"}, 10_000_000, 1_000_000, 11_000_000,
                         F(10, 11), F(8, 11), 1_100_000, 137_500, "cap"),
}  # fmt: skip


@pytest.mark.parametrize("name", PRIMER)
def test_yc_primer(name):
    """yc-primer-cap, yc-primer-discount, yc-primer-cap-and-discount: SAFE shares stay out of the pre-money
    count. The page goes on from prices cut to three places, and so prints 220,022 and 2,105,263.
    """
    amount, terms, pre, money, before, at, safe_price, new, shares, branch = PRIMER[name]
    if "cap" in terms:
        terms = {"basis": "pre-money", "counts": PRE, **terms}
    step = last(
        issue("ada", before), safe(amount, id="s", **terms), financed(money, "pre-money", pre_money=pre)
    )
    assert price(step) == at
    assert held(step)["fund"] == new
    found = converted(step)["s"]
    assert (quantity.to_major(found.exact_price, "USD"), found.shares, found.branch) == (
        safe_price,
        shares,
        branch,
    )


def test_a_post_money_safe_alone_is_its_amount_of_its_cap():
    """yc-quickstart-single-cap-500k: 500,000 of 6,700,000, before any round."""
    step = last(issue("ada", 1_000_000), safe(500_000, basis="post-money", cap=6_700_000))
    (ada, angel) = step.holdings
    assert angel.with_unconverted == F(5, 67)
    assert ada.with_unconverted == F(62, 67)
    assert (angel.fully_diluted, ada.fully_diluted) == (0, 1)


def test_a_fixed_percentage_is_a_cap():
    """yc-standard-deal-implied-cap: 125,000 for 7% is a cap of 12,500,000 / 7."""
    fixed = last(issue("ada", 1_000_000), safe(125_000, basis="fixed-percent", percent="7%"))
    assert fixed.holdings[1].with_unconverted == F(7, 100) == F(125_000) / F(12_500_000, 7)


def test_a_pre_money_safe_is_diluted_by_post_money_ones():
    """c1984-estimated-pre-round-mixed: 17/220 of 220,000,000 / 17 shares."""
    step = last(
        issue("ada", 9_400_000),
        pool("create", 600_000),
        safe(1_000_000, basis="post-money", cap=10_000_000),
        safe(1_000_000, basis="post-money", cap=20_000_000),
        safe(1_000_000, id="pre", basis="pre-money", cap=10_000_000, counts='["pool_unallocated"]'),
    )
    assert step.unconverted.total == F(220_000_000, 17)
    assert next(h for h in step.holdings if h.instrument == "pre").with_unconverted == F(17, 220)


def test_what_has_no_cap_is_not_counted_and_named():
    step = last(issue("ada", 900), safe(100, id="d", discount="20%"), safe(50, id="m", mfn="true"))
    assert step.unconverted.uncounted == ("d", "m")
    assert [holding.with_unconverted for holding in step.holdings] == [1]


def test_mfn_reaches_later_instruments_only():
    """golden-mfn-earlier-instrument-wrong: the published test lets the third take of the second."""
    instruments = (
        safe(100_000, id="first", mfn="true"),
        safe(100_000, id="second", basis="post-money", cap=5_000_000, discount="25%"),
        safe(100_000, id="third", basis="post-money", cap=8_000_000, discount="20%", mfn="true"),
    )
    third = event("mfn-election", instrument="third", takes="second")
    assert refused(issue("ada", 100), *instruments, third) == ["E542"]
    first = event("mfn-election", instrument="first", takes="second")
    none = event("mfn-election", instrument="third", takes="none")
    step = last(issue("ada", 100), *instruments, first, none, financed(1_000_000, pre_money=9_000_000))
    found = converted(step)
    assert found["first"].price == found["second"].price
    assert refused(issue("ada", 100), *instruments, financed(1, pre_money=9)) == ["E544"]


def test_what_counts_in_a_pre_money_capitalization():
    """By hand: 800 shares, 200 in reserve of which 100 are promised, 100 more in the round."""
    events = (
        issue("ada", 800),
        pool("create", 200),
        event("option", plan="esop", holder="bo", shares=100, strike=0, vesting="none", promised="true"),
    )
    extra = '{ plan = "esop", add = 100, placed = "pre-money" }'
    for counts, base in {
        "[]": 800,
        '["pool_unallocated"]': 900,
        '["promised"]': 900,
        '["pool_increase"]': 900,
        '["pool_unallocated", "promised", "pool_increase"]': 1100,
        # all conversions count: C = 800 + C / 10, so C = 8000 / 9
        '["converting"]': F(8000, 9),
    }.items():
        terms = safe(100, id="s", basis="pre-money", cap=1000, counts=counts)
        step = last(*events, terms, financed(1000, pre_money=10_000, pool=extra))
        assert converted(step)["s"].capitalization == base
        assert converted(step)["s"].shares == F(base) / 10


# -- notes --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("at", "own", "shares", "branch"), [
    ("1.50", 1, 530_000, "cap"),
    ("1.10", F(22, 25), F(6_625_000, 11), "price"),
])  # fmt: skip
def test_ovf_note_with_a_year_of_interest(at, own, shares, branch):
    """ovf-note-c1, ovf-note-c2: 500,000 at 6% for 365 days; a cap of 1 a share, or 20% off."""
    step = last(
        issue("ada", 8_000_000),
        on("2026-01-01", note(500_000, id="n", cap=8_000_000, cap_counts=8_000_000, discount="20%")),
        on("2027-01-01", financed(1_000_000, price=at)),
    )
    found = converted(step)["n"]
    assert quantity.to_major(found.amount, "USD") == 530_000
    assert (quantity.to_major(found.exact_price, "USD"), found.shares, found.branch) == (own, shares, branch)


def test_a_discount_alone():
    """discount-20-at-10: 10,000 at 20% off 10 is 1,250 shares at 8."""
    step = last(issue("ada", 1000), safe(10_000, id="s", discount="20%"), financed(100, price=10))
    assert (converted(step)["s"].exact_price, converted(step)["s"].shares) == (800, 1250)


def test_two12_note_with_a_pool_in_the_pre_money():
    """two12-note-with-pool-and-a: the pool is a tenth of all shares, in the price's and the cap's count."""
    step = last(
        issue("ada", 1),
        note(1_000_000, id="n", cap=3_000_000, discount="30%", cap_counts=PRE, interest=NO_INTEREST),
        financed(
            2_000_000, "pre-money", pre_money=8_000_000,
            pool=in_round("target", "10%"),
        ),
    )  # fmt: skip
    assert step.shares == F(190, 101)
    assert diluted(step) == {"ada": F(101, 190), "fund": F(3, 19), "angel": F(4, 19), "esop": F(1, 10)}


@pytest.mark.parametrize(("kind", "count", "until", "factor"), [
    ("simple", "actual/365", "2026-01-01", 1 + F(731, 365) / 10),  # 2024 is a leap year
    ("compound", "actual/365", "2026-01-01", F(11, 10) ** 2 * (1 + F(1, 365) / 10)),
    ("compound", "30/360", "2026-07-01", F(11, 10) ** 2 * (1 + F(1, 20))),
    ("simple", "actual/actual", "2025-07-01", 1 + (1 + F(181, 365)) / 10),
    ("simple", "actual/360", "2024-12-31", 1 + F(365, 360) / 10),
])  # fmt: skip
def test_interest_by_hand(kind, count, until, factor):
    interest = f'{{ rate = "10%", kind = "{kind}", day_count = "{count}", on_conversion = "shares" }}'
    step = last(
        issue("ada", 1000),
        note(1000, id="n", interest=interest),
        on(until, financed(1000, price=1)),
    )
    assert converted(step)["n"].amount == 100_000 * factor


def test_a_note_past_its_maturity_is_said_to_be():
    def said(day):
        due = note(1000, id="n", interest=NO_INTEREST, maturity=date(2026, 1, 1))
        result = follow(table(issue("ada", 1000), due, on(day, financed(1000, price=1))))
        return [dict(one.args) for one in result.assumptions if one.key == "past-maturity"]

    assert said("2026-01-01") == []
    assert said("2026-01-02") == [{"id": "n", "date": "2026-01-01"}]
    sale = '[[exits]]\nid = "x"\ndate = 2026-01-02\nkind = "sale"\nproceeds = [1, 2]\n'
    sale += '[exits.instruments.n]\nat_exit = "cash"\nrank = "debt:1"'
    open_ = note(1000, id="n", interest=NO_INTEREST, maturity=date(2026, 1, 1))
    found = follow(table(issue("ada", 1000), open_, more=sale)).assumptions
    assert [one.key for one in found].count("past-maturity") == 1


@pytest.mark.parametrize(("becomes", "amount", "paid"), [("cash", 1000, 60), ("forfeited", 1000, 0)])
def test_interest_that_does_not_convert(becomes, amount, paid):
    interest = f'{{ rate = "6%", kind = "simple", day_count = "actual/365", on_conversion = "{becomes}" }}'
    step = last(
        on("2026-01-01", issue("ada", 1000)),
        on("2026-01-01", note(1000, id="n", interest=interest)),
        on("2027-01-01", financed(1000, price=1)),
    )
    found = converted(step)["n"]
    assert (found.amount, found.interest, found.shares) == (amount * 100, paid * 100, 1000)


# -- pools in rounds ----------------------------------------------------------------------------------


def test_deckmetric_effective_pre_money():
    """deckmetric-pool: 12% of 25m after the round is 3m of the 20m before it."""
    step = last(issue("ada", 1000), financed(5_000_000, pre_money=20_000_000, pool=in_round("target", "12%")))
    assert quantity.to_major(1000 * F(step.round.exact_price), "USD") == 17_000_000


def test_dealr_shuffle():
    """dealr-shuffle."""
    step = last(issue("ada", 1000), financed(2_000_000, pre_money=8_000_000, pool=in_round("target", "20%")))
    assert (price(step), step.shares) == (6000, F(5000, 3))


def test_dealr_two_rounds_each_with_a_new_slice():
    """dealr-two-rounds-two-pools: a pool of 25%, then slices of 20% and 10% after each round."""
    step = last(
        issue("ada", 750),
        event("pool", plan="esop", **{"class": "common"}, add_percent="25%"),
        financed({"fund": 1_000_000, "angel": 1_000_000}, pre_money=8_000_000,
                 pool=in_round("add_percent", "20%", plan="seed-plan")),
        financed({"uni": 5_000_000, "bo": 5_000_000}, pre_money=20_000_000,
                 pool=in_round("add_percent", "10%", plan="a-plan")),
    )  # fmt: skip
    assert (step.shares, price(step)) == (F(50_000, 17), 10_200)
    got = diluted(step)
    assert got["ada"] / 3 == F(17, 200)  # three founders
    assert got["fund"] == F(17, 300)
    assert got["bo"] == F(1, 6)


def test_pool_before_the_round_takes_from_the_founders_alone():
    """pool-before-round-10: founders 15%; placed after the money, it takes from all alike: 22.5%."""
    terms = {"pre_money": 1_000_000, "convention": "pre-money"}
    inside = last(issue("ada", 1_000_000), financed(3_000_000, pool=in_round("target", "10%"), **terms))
    assert (inside.shares, price(inside)) == (F(20_000_000, 3), F(3, 5))
    assert diluted(inside) == {"ada": F(3, 20), "fund": F(3, 4), "esop": F(1, 10)}
    pool_ = in_round("target", "10%", "post-money")
    outside = last(issue("ada", 1_000_000), financed(3_000_000, pool=pool_, **terms))
    assert diluted(outside) == {"ada": F(9, 40), "fund": F(27, 40), "esop": F(1, 10)}
    assert price(outside) == 1
    by_post = last(issue("ada", 1_000_000), financed(3_000_000, pre_money=1_000_000, pool=pool_))
    assert diluted(by_post) == diluted(outside)


def test_a_target_of_the_whole_plan_counts_what_is_granted():
    # 100 in the plan of which 60 granted; 20% of T in all: T = 900 + 0.2 T + 0.2 T = 1500, so 200 more
    events = (
        issue("ada", 900),
        pool("create", 100),
        event("option", plan="esop", holder="bo", shares=60, strike=1, vesting="none"),
    )
    terms = '{ plan = "esop", target = "20%", measure = "plan-total", placed = "pre-money" }'
    step = last(*events, financed(200, pre_money=800, pool=terms))
    assert (step.shares, step.round.pool_increase) == (1500, 200)
    # a target that is met adds nothing
    small = '{ plan = "esop", target = "1%", measure = "unallocated", placed = "pre-money" }'
    assert last(*events, financed(200, pre_money=800, pool=small)).round.pool_increase == 0


def test_promises_of_the_total_are_one_linear_system():
    """coda-advisor-angel-university: 0.2%, 1.2% and 4% of the total after all three."""
    steps = follow(table(
        issue("ada", 2_000_000),
        *(
            event("grant", holder=holder, percent=percent, of="fully-diluted-after", batch="b",
                  **{"class": "common"})
            for holder, percent in (("bo", "0.2%"), ("angel", "1.2%"), ("uni", "4%"))
        ),
    )).events  # fmt: skip
    assert steps[-1].shares == F(1_000_000_000, 473)
    assert held(steps[-1]) == {
        "ada": 2_000_000, "bo": F(2_000_000, 473), "angel": F(12_000_000, 473), "uni": F(40_000_000, 473),
    }  # fmt: skip


# -- protection ---------------------------------------------------------------------------------------

PROTECTED = {
    # id: conversion price, A, C, money, kind, shares; the price after, the as-converted shares
    "ovf-ad4-broad-with-reserve": (F(5, 2), 13_000_000, 4_000_000, 5_000_000, "broad", 2_000_000, F(75, 34)),
    "ovf-fa1-series-a": (F(5, 2), 14_000_000, 4_000_000, 5_000_000, "broad", 2_000_000, F(20, 9)),
    "ovf-fa5b-between": (F(5, 2), 14_000_000, 1_000_000, 2_000_000, "broad", 2_000_000, F(37, 15)),
    # printed 0.7625 and 0.4147 of it: the published tests feed a consideration ten times too small
    "golden-fenwick-2-1-wrong": (F(2), 6_000_000, 2_000_000, 2_000_000, "broad", 1_000_000, F(7, 4)),
    "golden-extreme-wrong": (F(20), 7_000_000, 10_000_000, 10_000_000, "broad", 1_000_000, F(150, 17)),
    "golden-ratchet-667-200": (F(667, 100), 5_000_000, 1_250_000, 2_500_000, "ratchet", 3_000_000, F(2)),
}


@pytest.mark.parametrize("name", PROTECTED)
def test_published_adjustments(name):
    """A round of C shares for the money moves the conversion price as the case says, the preference never."""
    before, base, new, money, kind, shares, after = PROTECTED[name]
    own = f"base = {base}, " if kind != "ratchet" else ""
    classes = (
        f'{PREFERRED}\nprice = "{before}"\n'
        f'anti_dilution = {{ kind = "{kind}", {own}issued_counts = ["new-money"], exempt = ["issue"] }}'
    )
    step = last(
        issue("ada", base),
        issue("angel", shares, "a"),
        financed(money, price=str(F(money, new)), anti_dilution="inside"),
        classes=classes,
    )
    found = step.adjusted["a"]
    assert (quantity.to_major(found.before, "USD"), quantity.to_major(found.after, "USD")) == (before, after)
    assert held(step)["fund"] == new
    as_converted = shares * before / after
    assert found.shares == as_converted - shares
    assert step.shares == base + as_converted + new
    assert step.state.terms["a"].price == before * 100


def protected(kind, base="", counts='["new-money"]'):
    own = f"base = {base}, " if base else ""
    return (
        f"{PREFERRED}\nprice = 10\n"
        f'anti_dilution = {{ kind = "{kind}", {own}issued_counts = {counts}, exempt = ["issue"] }}'
    )


def test_protection_inside_and_outside_the_pre_money():
    """A ratchet of 100 shares at 10, ada with 900; 1,000 for pre-money 4,000.

    Inside: T = 900 + 1000 / P + T / 5, and P = 5000 / T, so 0.8 T = 900 + 1000 T / 5000: T = 1500, P = 10/3.
    Outside: the money buys a fifth of 900 + 100 + new, so P = 4; the ratchet makes 1000 / 4 = 250 of 100.
    """
    events = issue("ada", 900), issue("angel", 100, "a")
    inside = last(
        *events, financed(1000, pre_money=4000, anti_dilution="inside"), classes=protected("ratchet")
    )
    assert (price(inside), inside.shares) == (F(10, 3), 1500)
    assert diluted(inside) == {"ada": F(3, 5), "angel": F(1, 5), "fund": F(1, 5)}
    outside = last(
        *events, financed(1000, pre_money=4000, anti_dilution="outside"), classes=protected("ratchet")
    )
    assert (price(outside), outside.shares) == (4, 900 + 250 + 250)


def test_an_average_inside_the_pre_money_is_solved_with_the_price():
    """Broad, A = 1000: CP' = 10 (1000 + 100) / (1000 + C), C = 1000 / P, P = 4000 / (900 + 100 r)."""
    events = issue("ada", 900), issue("angel", 100, "a")
    base = '["common", "preferred-as-converted", "options", "pool"]'
    terms = financed(1000, "pre-money", pre_money=4000, anti_dilution="inside")
    step = last(*events, terms, classes=protected("broad", base))
    at = price(step)
    new = 1000 / F(at)
    ratio = (1000 + new) / (1000 + 100)
    assert at == 4000 / (900 + 100 * ratio)
    assert step.adjusted["a"][2:4] == (1000, new)
    assert held(step)["fund"] == new


def test_protection_must_be_stated_where_it_matters_and_only_there():
    events = issue("ada", 900), issue("angel", 100, "a")
    down, up = financed(1000, pre_money=4000), financed(1000, pre_money=40_000)
    assert refused(*events, down, classes=protected("ratchet")) == ["E554"]
    assert last(*events, up, classes=protected("ratchet")).adjusted == {}
    silent = protected("broad", "1000").replace(', exempt = ["issue"]', "")
    cheap = issue("bo", 10) + "\nprice = 1"
    assert refused(*events[:1], issue("angel", 100, "a") + "\nprice = 10", cheap, classes=silent) == ["E556"]
    assert refused(*events, issue("bo", 10), classes=silent) == ["E558"]


def test_a_down_issue_moves_the_ratio_too():
    """100 at 1 beside A = 1000 and 100 of class a at 10: 10 (1000 + 10) / (1000 + 100)."""
    classes = protected("broad", "1000").replace('exempt = ["issue"]', "exempt = []")
    first = issue("angel", 100, "a") + "\nprice = 10"
    step = last(issue("ada", 900), first, issue("bo", 100) + "\nprice = 1", classes=classes)
    assert quantity.to_major(step.adjusted["a"].after, "USD") == F(10 * 1010, 1100)
    by_cause = {cause for move in step.moves for cause, _ in move.because}
    assert by_cause == {"issue", "anti-dilution"}


@pytest.mark.parametrize("split_first", [False, True])
def test_a_stated_base_moves_with_a_split(split_first):
    """A = 1000 is a number of shares as they were when the class had any: with common split 3:1, it is 3000
    of a third each, and all else is as without the split. A split before the class is issued moves nothing.
    """
    classes = protected("broad", "1000").replace('exempt = ["issue"]', "exempt = []")
    split = event("split", ratio="3:1", **{"class": "common"})
    first = issue("angel", 100, "a") + "\nprice = 10"
    before = [split, first] if split_first else [first, split]
    cheap = issue("bo", 100) + "\nprice = 1" if split_first else issue("bo", 300) + '\nprice = "1/3"'
    step = last(issue("ada", 300 if split_first else 900), *before, cheap, classes=classes)
    own = 1 if split_first else F(1, 3)
    assert quantity.to_major(step.adjusted["a"].after, "USD") == own * F(10 * 1010, 1100)
    assert step.adjusted["a"].base == (1000 if split_first else 3000)


def test_conversions_count_as_issued_where_the_class_says_so():
    """A ratchet that counts SAFEs: one at 20% below the round's price of 10 lowers 10 to 8."""
    classes = protected("ratchet", counts='["new-money", "safes"]')
    events = issue("ada", 900), issue("angel", 100, "a"), safe(80, "bo", discount="20%")
    step = last(*events, financed(1000, price=10, anti_dilution="inside"), classes=classes)
    assert step.adjusted["a"].after == 800
    without = last(*events, financed(1000, price=10, anti_dilution="inside"), classes=protected("ratchet"))
    assert without.adjusted == {}
    left_open = classes.replace('issued_counts = ["new-money", "safes"], ', "")
    low = financed(1000, price=9, anti_dilution="inside")
    assert refused(*events, low, classes=left_open) == ["E556"]


# -- what cannot be solved ----------------------------------------------------------------------------


def test_an_amount_as_large_as_its_cap():
    assert refused(issue("ada", 1), safe(100, basis="post-money", cap=100)) == ["E551"]


def test_fractions_of_the_whole_company():
    events = (
        issue("ada", 1000),
        safe(500, basis="post-money", cap=1000),
        safe(500, basis="post-money", cap=1000),
    )
    assert refused(*events, financed(1, pre_money=1_000_000)) == ["E550"]
    assert refused(issue("ada", 1000), financed(100, pre_money=100, pool=in_round("target", "50%"))) == [
        "E550"
    ]


def test_a_discount_of_everything():
    """c-discount-100."""
    assert refused(issue("ada", 1), safe(100, discount="100%")) == ["F106"]


def test_a_pool_safes_and_a_price_in_one_round():
    """c-pool-circular: all together in closed form, and the totals add up."""
    step = last(
        issue("ada", 8_000_000),
        safe(500_000, id="s", basis="post-money", cap=5_000_000, discount="20%"),
        financed(2_000_000, pre_money=8_000_000, pool=in_round("target", "10%")),
    )
    total = F(step.shares)
    assert diluted(step)["esop"] == F(1, 10)
    assert diluted(step)["fund"] == F(1, 5)
    assert diluted(step)["angel"] == F(1, 10) * F(7, 10)  # of all but new money and the pool's increase
    assert sum(holding.shares for holding in step.holdings) == total
    assert converted(step)["s"].branch == "cap"
