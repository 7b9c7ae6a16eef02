"""Events become holdings: published cases, hand arithmetic, twins that count, and laws that must hold."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from captables import HOLDERS, diluted, event, follow, held, issue, last, pool, priced, stake, table
from hypothesis import given
from hypothesis import strategies as st

from ipcalc import quantity

# -- published and computed cases, by their id --------------------------------------------------------


def test_dealr_simple_round_with_two_investors():
    """dealr-simple-round: 1000 shares, 10,000 pre-money, 10,000 and 20,000 new."""
    last = follow(
        table(issue("ada", 1000), priced({"fund": 10_000, "angel": 20_000}, pre_money=10_000))
    ).events[-1]
    assert last.round.price == 10_00  # in cents
    assert last.shares == 4000
    assert diluted(last) == {"ada": Fraction(1, 4), "fund": Fraction(1, 4), "angel": Fraction(1, 2)}


def test_1984_handbook_series_a_stated_by_post_money():
    """1984-handbook-series-a: exact; the handbook prints 11.2 and 714,286."""
    last = follow(
        table(
            issue("ada", 1_000_000),
            issue("bo", 1_000_000),
            issue("staff", 200_000),
            issue("seed", 571_428),
            pool("create", 85_714),
            priced({"fund": 8_000_000}, post_money=40_000_000),
            holders=("ada", "bo", "staff", "seed", "fund"),
        )
    ).events[-1]
    assert quantity.to_major(last.round.price, "USD") == Fraction(16_000_000, 1_428_571)
    assert held(last)["fund"] == Fraction(1_428_571, 2)
    assert diluted(last) == {
        "ada": Fraction(400_000, 1_428_571),
        "bo": Fraction(400_000, 1_428_571),
        "staff": Fraction(80_000, 1_428_571),
        "seed": Fraction(1_142_856, 7_142_855),
        "fund": Fraction(1, 5),
        "esop": Fraction(171_428, 7_142_855),
    }


def test_1984_handbook_rounds_as_it_prints():
    """The same with prices to one cent and shares half up: 11.20 and 714,286."""
    last = follow(
        table(
            issue("ada", 2_857_142),
            priced({"fund": 8_000_000}, post_money=40_000_000),
            shares="half-up",
            price='{ places = 2, to = "half-up" }',
        )
    ).events[-1]
    assert last.round.price == 1120
    assert last.changes[0].shares == 714_286
    assert last.lost == Fraction(1_428_571, 2) - 714_286 == Fraction(-1, 2)


def test_punchtab_two_rounds_with_pools_added_before_each():
    """punchtab-two-rounds."""
    steps = follow(
        table(
            issue("ada", 1_200_000),
            issue("bo", 800_000),
            pool("create", 500_000),
            pool("add", 500_000),
            priced({"fund": 5_000_000}, pre_money=10_000_000),
            pool("add", 500_000),
            priced({"angel": 45_000_000}, pre_money=75_000_000),
        )
    ).events
    first, last = steps[4], steps[6]
    assert quantity.to_major(first.round.price, "USD") == Fraction(10, 3)
    assert held(first)["fund"] == 1_500_000
    assert quantity.to_major(last.round.price, "USD") == 15
    assert held(last)["angel"] == 3_000_000
    assert last.shares == 8_000_000
    assert diluted(last)["ada"] == Fraction(3, 20)
    assert quantity.to_major(held(last)["ada"] * last.round.price, "USD") == 18_000_000


def test_webtracker_regent_stated_by_price():
    """webtracker-regent: 3m at 2 a share."""
    last = follow(
        table(
            issue("founders", 3_900_000),
            issue("staff", 450_000),
            pool("create", 111_000, "old"),
            pool("create", 1_350_000, "new"),
            priced({"fund": 3_000_000}, price=2),
            holders=("founders", "staff", "fund"),
        )
    ).events[-1]
    assert last.shares == 7_311_000
    assert quantity.to_major(last.round.pre, "USD") == 11_622_000
    got = diluted(last)
    assert got["founders"] == Fraction(1300, 2437)
    assert got["staff"] == Fraction(150, 2437)
    assert got["new"] == Fraction(450, 2437)
    assert got["fund"] == Fraction(500, 2437)
    assert got["old"] + got["new"] == Fraction(487, 2437)


def test_c1984_hire_without_pool_dilutes_everyone():
    """c1984-hire-without-pool."""
    last = follow(
        table(
            issue("ada", 1_000_000),
            issue("bo", 1_000_000),
            issue("fund", 500_000),
            issue("angel", 131_578),
            shares="floor",
        )
    ).events[-1]
    assert last.shares == 2_631_578
    assert diluted(last)["ada"] == Fraction(500_000, 1_315_789)
    assert diluted(last)["fund"] == Fraction(250_000, 1_315_789)
    assert diluted(last)["angel"] == Fraction(65_789, 1_315_789)


def test_captablemath_double_dilution():
    """captablemath-double-dilution: 80% through rounds of 20% and 25% is 48%."""
    last = follow(
        table(
            issue("ada", 80),
            issue("bo", 20),
            priced({"fund": 1_000_000}, pre_money=4_000_000),
            priced({"angel": 2_500_000}, pre_money=7_500_000),
        )
    ).events[-1]
    assert diluted(last)["ada"] == Fraction(48, 100)
    assert [(move.holder, move.before, move.after, move.because) for move in last.moves] == [
        ("ada", Fraction(64, 100), Fraction(48, 100), (("new-money", Fraction(-16, 100)),)),
        ("bo", Fraction(16, 100), Fraction(12, 100), (("new-money", Fraction(-4, 100)),)),
        ("fund", Fraction(1, 5), Fraction(3, 20), (("new-money", Fraction(-1, 20)),)),
        ("angel", 0, Fraction(1, 4), (("new-money", Fraction(1, 4)),)),
    ]


def test_spitz_four_percent_after_issue():
    """spitz-4pct: 7,291,666.67 shares, where the source prints 7,291,677."""
    last = follow(table(issue("ada", 7_000_000), stake("4%"))).events[-1]
    assert last.shares == Fraction(21_875_000, 3)
    assert held(last)["uni"] == Fraction(875_000, 3)


def test_healthtech_dilution():
    """healthtech-dilution: a tenth of a 2m company, sold as new shares."""
    last = follow(
        table(issue("ada", 100_000), issue("bo", 900_000), priced({"fund": 200_000}, post_money=2_000_000))
    ).events[-1]
    assert held(last)["fund"] == Fraction(1_000_000, 9)
    assert diluted(last)["ada"] == Fraction(9, 100)
    assert quantity.to_major(diluted(last)["ada"] * last.round.post, "USD") == 180_000


def test_fordham_pool_of_a_fifth():
    """fordham-pool-20."""
    last = follow(table(issue("ada", 1_000_000), issue("bo", 1_000_000), pool("target", "20%"))).events[-1]
    assert last.shares == 2_500_000
    assert held(last)["esop"] == 500_000
    assert diluted(last)["ada"] == Fraction(2, 5)


def test_coda_three_promises_of_the_final_total_as_one_grant():
    """coda-advisor-angel-university: 0.2%, 1.2% and 4% of the total after; together 5.4%."""
    to = '{ bo = "1/27", angel = "6/27", uni = "20/27" }'
    last = follow(table(issue("ada", 2_000_000), stake("5.4%", to))).events[-1]
    assert last.shares == Fraction(1_000_000_000, 473)
    assert held(last) == {
        "ada": 2_000_000,
        "bo": Fraction(2_000_000, 473),
        "angel": Fraction(12_000_000, 473),
        "uni": Fraction(40_000_000, 473),
    }


def test_university_without_an_antidilution_clause():
    """university-antidilution-through-first-round, ``without_clause``: 5% becomes 4%."""
    last = follow(
        table(issue("ada", 9_500_000), stake("5%"), priced({"fund": 2_000_000}, pre_money=8_000_000))
    ).events[-1]
    assert diluted(last)["uni"] == Fraction(1, 25)


# -- hand arithmetic ----------------------------------------------------------------------------------


def test_what_rounding_takes_from_a_stake_is_a_line_and_the_achieved_share_is_shown():
    # 10% over 1000: 1000 / 9 = 111 1/9, of which 111
    step = follow(table(issue("ada", 1000), stake("10%"), shares="floor")).events[-1]
    assert step.changes[0].shares == 111
    assert step.changes[0].exact == Fraction(1000, 9)
    assert step.lost == Fraction(1, 9)
    assert step.target == (Fraction(1, 10), Fraction(111, 1111))


def test_a_stake_for_several_keeps_its_whole_shares():
    # 71.66% and 28.34% of 100 are 71.66 and 28.34 shares: the hundredth share has the larger remainder
    to = '{ uni = "71.66%", ada = "28.34%" }'
    event = f'event = "university-grant"\nclass = "common"\ngrant = {{ shares = 100 }}\nto = {to}'
    step = follow(table(issue("ada", 1000), event, shares="floor")).events[-1]
    assert [change.shares for change in step.changes] == [72, 28]
    assert step.lost == 0
    assert step.target is None
    assert held(step) == {"ada": 1028, "uni": 72}


def test_no_stake_at_all_can_be_compared():
    step = follow(table(issue("ada", 1000), stake("0%"))).events[-1]
    assert held(step) == {"ada": 1000}
    assert step.target == (0, 0)


def test_a_target_tops_up_an_existing_pool():
    # 100 of 1000; x with (100 + x) / (1000 + x) = 1/4 is 200
    step = follow(table(issue("ada", 900), pool("create", 100), pool("target", "25%"))).events[-1]
    assert step.changes[0].shares == 200
    assert held(step) == {"ada": 900, "esop": 300}


def test_unallocated_pool_shares_are_diluted_but_not_issued():
    step = follow(table(issue("ada", 900), pool("create", 100))).events[-1]
    ada, esop = step.holdings
    assert (ada.issued, ada.fully_diluted) == (1, Fraction(9, 10))
    assert (esop.holder, esop.plan, esop.issued, esop.fully_diluted) == (None, "esop", 0, Fraction(1, 10))
    assert (step.issued, step.shares) == (900, 1000)


def test_price_is_rounded_before_shares_and_the_difference_is_reported():
    # 1,000,000 / 300,000 = 3.333…, to two places 3.33; 50,000 / 3.33 = 15,015.01…; exactly 15,000
    step = follow(
        table(
            issue("ada", 300_000),
            priced({"fund": 50_000}, pre_money=1_000_000),
            shares="floor",
            price='{ places = 2, to = "half-up" }',
        )
    ).events[-1]
    assert step.round.price == 333
    assert step.round.exact_price == Fraction(1000, 3)
    assert step.changes[0].shares == 15_015
    assert step.lost == -15
    assert quantity.to_major(step.round.post, "USD") == 1_050_000


@pytest.mark.parametrize(("pre", "price"), [("13.35", 134), ("13.34", 133), ("13.36", 134)])
def test_a_price_is_rounded_half_up(pre, price):
    text = table(
        issue("ada", 10), priced({"fund": 100}, pre_money=pre), price='{ places = 2, to = "half-up" }'
    )
    step = follow(text).events[-1]
    assert step.round.price == price
    assert step.changes[0].shares == Fraction(100_00, price)


def test_a_currency_without_minor_units_rounds_its_price_by_major_places():
    step = follow(
        table(
            issue("ada", 3000),
            priced({"fund": 1000}, pre_money=10_000),
            shares="floor",
            price='{ places = 1, to = "half-up" }',
            currency="JPY",
        )
    ).events[-1]
    assert step.round.price == Fraction(33, 10)
    assert step.changes[0].shares == 303


def test_a_split_may_leave_nobody_a_share():
    """One for three of two shares and a warrant for one: 2/3 and 1/3 of a share, rounded down to none."""
    warrant = event("warrant", holder="ada", shares=1, strike=2, **{"class": "common"})
    split = event("split", ratio="1:3", **{"class": "common"})
    step = last(issue("ada", 2), warrant, split, shares="floor")
    assert (step.shares, step.holdings, step.lost) == (0, (), 1)


def test_split_transfer_and_cancel():
    steps = follow(
        table(
            issue("ada", 5),
            pool("create", 3),
            'event = "split"\nclass = "common"\nratio = "3:2"',
            'event = "secondary"\nclass = "common"\nfrom = "ada"\nto = "bo"\nshares = 2\nprice = "1/3"',
            'event = "cancel"\nof = "e0"\nshares = 5',
            'event = "cancel"\nof = "e1"\nshares = 1',
            shares="floor",
        )
    ).events
    assert held(steps[2]) == {"ada": 7, "esop": 4}
    assert steps[2].lost == 1  # half a share of each
    assert held(steps[3]) == {"ada": 5, "bo": 2, "esop": 4}
    assert [change.paid for change in steps[3].changes] == [None, Fraction(200, 3)]
    assert held(steps[4]) == {"bo": 2, "esop": 4}
    assert held(steps[5]) == {"bo": 2, "esop": 3}


def test_what_a_part_is_worth_does_not_change_with_a_split():
    # 1000 at 10 a share; after 2:1 a share is worth 5, until the next round says what it is
    seed = priced({"fund": 1_000}, pre_money=9_000)
    split = 'event = "split"\nclass = "common"\nratio = "2:1"'
    worth = [
        {path.holder: path.value for path in follow(table(issue("ada", 900), *events)).paths}
        for events in ([seed], [seed, split], [seed, split, priced({"angel": 2_000}, price=2)])
    ]
    assert worth[0] == worth[1] == {"ada": 9_000_00, "fund": 1_000_00}
    assert worth[2] == {"ada": 3_600_00, "fund": 400_00, "angel": 2_000_00}


def test_a_reverse_split_may_leave_nothing():
    split = 'event = "split"\nclass = "common"\nratio = "1:10"'
    step = follow(table(issue("ada", 9), issue("bo", 20), split, shares="floor")).events[-1]
    assert (held(step), step.lost) == ({"bo": 2}, Fraction(9, 10))
    gone = follow(table(issue("ada", 9), split, issue("bo", 1), shares="floor")).events
    assert (gone[1].shares, gone[1].holdings, held(gone[2])) == (0, (), {"bo": 1})


def test_fractional_opening_shares_work_exactly():
    step = follow(table(issue("ada", "7000000/3"), issue("bo", "2/3"))).events[-1]
    assert held(step) == {"ada": Fraction(7_000_000, 3), "bo": Fraction(2, 3)}
    assert step.shares == Fraction(7_000_002, 3)


def test_preferred_shares_count_one_for_one_in_holdings():
    classes = (
        '[[classes]]\nid = "a"\nkind = "preferred"\npreference = "1x"\nseniority = 1\nparticipation = "none"'
    )
    result = follow(table(issue("ada", 80), priced({"fund": 20}, "a", price=1), classes=classes))
    assert diluted(result.events[-1]) == {"ada": Fraction(4, 5), "fund": Fraction(1, 5)}
    assert "preferred" in [assumption.key for assumption in result.assumptions]


def test_a_fold_stops_at_a_date_that_counts():
    later = issue("bo", 50).replace("event", "date = 2024-02-01\nevent", 1)
    text = table(issue("ada", 50), later)
    assert len(follow(text, at=date(2024, 1, 31)).events) == 1
    assert len(follow(text, at=date(2024, 2, 1)).events) == 2
    stopped = follow(text, at=date(2023, 1, 1))
    assert stopped.events == ()
    assert [(a.key, a.args.get("n")) for a in stopped.assumptions][-1] == ("stopped", "2")


def test_a_comparison_of_ten_with_five_percent():
    text = table(issue("ada", 900), stake("10%").replace("event", 'id = "stake"\nevent', 1))
    five = follow(text, settings=["events.stake.grant.percent=5%"])
    assert diluted(follow(text).events[-1])["uni"] == Fraction(1, 10)
    assert diluted(five.events[-1])["uni"] == Fraction(1, 20)
    assert five.receipt.settings == ("--set events.stake.grant.percent=5%",)
    assert five.receipt.captable_hash == follow(text).receipt.captable_hash


# -- twins that count ---------------------------------------------------------------------------------

small = st.integers(1, 40)


@given(st.lists(small, min_size=1, max_size=3), small, st.lists(small, min_size=1, max_size=2))
def test_a_round_is_the_count_of_new_shares_at_which_post_money_fractions_hold(before, price, counts):
    existing = sum(before)
    amounts = [count * price for count in counts]
    pre = existing * price
    post = pre + sum(amounts)
    found = next(n for n in range(1, 10**6) if Fraction(n, existing + n) == Fraction(sum(amounts), post))
    each = [
        next(n for n in range(1, found + 1) if Fraction(n, existing + found) == Fraction(a, post))
        for a in amounts
    ]

    events = [issue(holder, shares) for holder, shares in zip(HOLDERS, before, strict=False)]
    amount_of = dict(zip(("fund", "angel"), amounts, strict=False))
    step = follow(table(*events, priced(amount_of, pre_money=pre))).events[-1]
    assert [change.shares for change in step.changes] == each
    assert step.shares == existing + found


@given(st.integers(1, 60), st.integers(1, 500), st.integers(1, 200))
def test_whole_shares_are_the_most_that_the_money_buys(existing, pre, amount):
    price = Fraction(pre * 100, existing)
    most = 0
    while (most + 1) * price <= amount * 100:
        most += 1
    text = table(issue("ada", existing), priced({"fund": amount}, pre_money=pre), shares="floor")
    if most == 0:
        with pytest.raises(Exception, match="E515"):
            follow(text)
    else:
        assert follow(text).events[-1].changes[0].shares == most


@given(st.integers(1, 3000), st.integers(0, 90))
def test_a_floored_stake_is_the_most_shares_within_its_percent(existing, percent):
    most = 0
    while (most + 1) * 100 <= percent * (existing + most + 1):
        most += 1
    step = follow(table(issue("ada", existing), stake(f"{percent}%"), shares="floor")).events[-1]
    assert step.changes[0].shares == most


# -- laws ---------------------------------------------------------------------------------------------


@st.composite
def companies(draw, rules=("exact", "floor", "half-up", "ceiling")):
    """Events of a random company, and its rounding rule."""
    rule = draw(st.sampled_from(rules))
    founders = draw(st.lists(st.integers(1_000, 10**7), min_size=1, max_size=2))
    events = [issue(holder, shares) for holder, shares in zip(("ada", "bo"), founders, strict=False)]
    for kind in draw(st.lists(st.sampled_from(["stake", "pool", "round", "split"]), max_size=5)):
        if kind == "stake":
            events.append(stake(f"{draw(st.integers(0, 40))}%", '{ uni = "2/3", bo = "1/3" }'))
        elif kind == "pool":
            events.append(pool("target", f"{draw(st.integers(0, 30))}%", f"plan-{len(events)}"))
        elif kind == "round":
            amounts = {"fund": draw(st.integers(10**6, 10**8)), "angel": draw(st.integers(10**6, 10**8))}
            events.append(priced(amounts, pre_money=draw(st.integers(10**5, 10**8))))
        else:
            ratio = f"{draw(st.integers(1, 9))}:{draw(st.integers(1, 3))}"
            events.append(f'event = "split"\nclass = "common"\nratio = "{ratio}"')
    return events, rule


@given(companies())
def test_shares_are_conserved(company):
    events, rule = company
    before = 0
    for step in follow(table(*events, shares=rule)).events:
        assert sum(holding.shares for holding in step.holdings) == step.shares
        assert sum(holding.fully_diluted for holding in step.holdings) == 1
        assert sum(holding.issued for holding in step.holdings) == 1
        assert sum(change.shares for change in step.changes) == step.shares - before
        assert sum(change.exact for change in step.changes) == step.shares - before + step.lost
        if rule == "exact":
            assert step.lost == 0
            assert step.target is None or step.target.asked == step.target.achieved
        else:
            assert all(isinstance(holding.shares, int) for holding in step.holdings)
        before = step.shares


@given(companies(), st.permutations(HOLDERS))
def test_the_order_of_holders_changes_only_the_order_of_lines(company, order):
    events, rule = company
    first = follow(table(*events, shares=rule))
    again = follow(table(*events, shares=rule, holders=order))
    for step, other in zip(first.events, again.events, strict=True):
        assert held(step) == held(other)
        assert step.round is None or step.round.price == other.round.price
        if step.holdings:
            holders = [holding.holder for holding in other.holdings if holding.holder]
            assert holders == [holder for holder in order if holder in holders]


@given(companies())
def test_the_names_of_holders_change_nothing(company):
    events, rule = company
    names = {holder: f"h{i}" for i, holder in enumerate(HOLDERS)}
    text = table(*events, shares=rule)
    renamed = text
    for holder, name in names.items():
        renamed = renamed.replace(f'"{holder}"', f'"{name}"').replace(f"{holder} = ", f"{name} = ")
    for step, other in zip(follow(text).events, follow(renamed).events, strict=True):
        expected = {names.get(owner, owner): shares for owner, shares in held(step).items()}
        assert held(other) == expected


@given(companies(rules=("exact",)), st.fractions(Fraction(1, 100), 100, max_denominator=100))
def test_a_split_scales_shares_and_changes_no_percent(company, ratio):
    events, _ = company
    split = f'event = "split"\nclass = "common"\nratio = "{ratio.numerator}:{ratio.denominator}"'
    *_, before, after = follow(table(*events, split)).events
    assert diluted(before) == diluted(after)
    assert held(after) == {owner: shares * ratio for owner, shares in held(before).items()}


@given(companies(rules=("exact",)), st.integers(1, 10**6))
def test_a_round_at_the_old_price_dilutes_all_alike_and_moves_no_value(company, amount):
    events, _ = company
    first = priced({"angel": 1_000}, pre_money=50_000)
    again = priced({"fund": amount}, pre_money=51_000)
    *_, before, after = follow(table(*events, first, again)).events
    assert after.round.price == before.round.price
    factors = {now.after / Fraction(now.before) for now in after.moves if now.before and now.holder != "fund"}
    assert factors == {Fraction(before.round.post, before.round.post + amount * 100)}


@given(companies(rules=("exact",)), st.integers(1, 10**6), st.integers(1, 10**6), st.integers(1, 10**8))
def test_an_investor_in_two_parts_gets_what_one_gets(company, one, two, pre):
    events, _ = company
    whole = follow(table(*events, priced({"fund": one + two}, pre_money=pre))).events[-1]
    parts = follow(table(*events, priced({"fund": one, "angel": two}, pre_money=pre))).events[-1]
    assert sum(change.shares for change in parts.changes) == whole.changes[0].shares
    assert parts.changes[0].shares * two == parts.changes[1].shares * one


@given(companies(), st.integers(0, 90), st.integers(0, 90))
def test_a_larger_stake_is_never_fewer_shares(company, one, other):
    events, rule = company
    shares = [
        follow(table(*events, stake(f"{percent}%"), shares=rule)).events[-1].changes[0].shares
        for percent in sorted((one, other))
    ]
    assert shares == sorted(shares)
