"""The university's terms: what a policy asks, floors through and across rounds, rights, and other payment."""

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
    stake,
    table,
)

from ipcalc import quantity

F = Fraction


def floored(until, percent="5%", inside="false", granted="5%", more="", university=None):
    """A stake (``university``, or one in percent) with a floor."""
    terms = f'percent = "{percent}", of = "fully-diluted", in_safe_capitalization = {inside}, until = {until}'
    return f"{university or stake(granted)}\nfloor = {{ {terms}{more} }}"


def raised(amount, crossing="split", fill="conversions-first", counts='["round", "safe", "note"]'):
    fills = f', fill = "{fill}"' if fill else ""
    own = f'raised = {amount}, counts = {counts}, since = 2024-01-01, crossing = "{crossing}"{fills}'
    return f"{{ {own} }}"


FIRST_LARGE = '{ round_at_least = 2_000_000, post_at_least = 10_000_000, through = "that-round" }'


# -- the stake of a policy ----------------------------------------------------------------------------


@pytest.mark.parametrize(("day", "percent"), [("2023-06-04", F(1, 10)), ("2023-06-05", F(1, 20))])
def test_hku_asks_for_ten_percent_and_then_for_five(day, percent):
    grant = '{ policy = "hk/hku", of = "fully-diluted-after" }'
    steps = follow(
        table(
            on("2020-01-01", issue("ada", 900)),
            on(day, event("university-grant", grant=grant, to="uni", **{"class": "common"})),
        )
    )
    assert diluted(steps.events[-1])["uni"] == percent
    said = {one.key: one.args for one in steps.assumptions}
    about = said["stake-policy"]
    assert (about["policy"], about["date"], about["id"]) == ("hk/hku", day, "e1")
    assert about["list"]


def test_a_policy_that_is_not_there_or_states_no_one_stake():
    # gb/sheffield asks for 20% to 40%: a range is no stake that can be granted
    for policy, code in (("hk/hkuu", "S206"), ("hk/hkust", "E547"), ("gb/sheffield", "E547")):
        grant = f'{{ policy = "{policy}", of = "fully-diluted-after" }}'
        body = event("university-grant", grant=grant, to="uni", **{"class": "common"})
        assert refused(issue("ada", 900), on("2026-01-01", body)) == [code]


def asked(policy, options=""):
    """The stake that a policy of the library asks for."""
    chosen = f", options = {{ {options} }}" if options else ""
    grant = f'{{ policy = "{policy}", of = "fully-diluted-after"{chosen} }}'
    return event("university-grant", grant=grant, to="uni", **{"class": "common"})


def parts(step, *holders):
    """What holders have, fully diluted, and that nobody else has any."""
    got = diluted(step)
    assert sum(got[holder] for holder in holders) == 1
    return [got[holder] for holder in holders]


def test_oxfords_fifth_is_diluted():
    """eq-oxford-20-diluted: 20% before investment, 16% after a round of a fifth."""
    first = financed(2_000_000, pre_money=8_000_000)
    events = issue("ada", 80), asked("gb/oxford"), first
    start, end = follow(table(*(on("2022-01-01", one) for one in events), currency="GBP")).events[1:]
    assert parts(start, "uni", "ada") == [F(1, 5), F(4, 5)]
    assert parts(end, "uni", "ada", "fund") == [F(4, 25), F(16, 25), F(1, 5)]


def test_epfls_stake_across_five_million():
    """eq-epfl-crossing-round: of the second round's 5m, 3m are protected and 2m dilute."""
    until = raised(5_000_000).replace("2024-01-01", "2022-03-01")
    first = financed(2_000_000, pre_money=8_000_000)
    second = financed({"angel": 5_000_000}, pre_money=15_000_000)
    events = (
        issue("ada", 95),
        floored(until, university=asked("ch/epfl", 'stake = "undiluted"')),
        first,
        second,
    )
    _, _, one, two = follow(table(*(on("2022-04-01", body) for body in events), currency="CHF")).events
    assert parts(one, "uni", "ada", "fund") == [F(1, 20), F(3, 4), F(1, 5)]
    assert parts(two, "uni", "ada", "fund", "angel") == [F(9, 200), F(423, 760), F(141, 950), F(1, 4)]


def test_carnegie_mellons_stake_at_the_edge_of_two_million():
    """eq-cmu-2m-edge: the round that reaches 2m exactly leaves the 5%; the next one dilutes it."""
    until = raised(2_000_000).replace("2024-01-01", "2010-01-01")
    first = financed(2_000_000, pre_money=6_000_000)
    second = financed({"angel": 4_000_000}, pre_money=12_000_000)
    events = issue("ada", 95), floored(until, university=asked("us/cmu")), first, second
    _, _, one, two = follow(table(*(on("2010-02-01", body) for body in events))).events
    assert parts(one, "uni", "ada", "fund") == [F(1, 20), F(7, 10), F(1, 4)]
    assert parts(two, "uni", "ada", "fund", "angel") == [F(3, 80), F(21, 40), F(3, 16), F(1, 4)]


def test_a_pool_comes_out_of_the_founders_part():
    """eq-ucl-portico-founder: 5% of a million shares, of which a pool is 100,000."""
    events = issue("ada", 850_000), pool("create", 100_000), asked("gb/ucl", 'portico = "founder-driven"')
    step = last(*events, currency="GBP")
    assert held(step) == {"ada": 850_000, "esop": 100_000, "uni": 50_000}


def test_hkusts_three_percent():
    """eq-hkust-3: 300 of 10,000 shares, before the policy of August 2022."""
    events = issue("ada", 9_700), asked("hk/hkust")
    step = follow(table(*(on("2020-06-30", one) for one in events), currency="HKD")).events[-1]
    assert held(step) == {"ada": 9_700, "uni": 300}


# -- floors -------------------------------------------------------------------------------------------


def test_a_floor_through_the_first_large_round():
    """university-antidilution-through-first-round: 5% of all shares after it; without the clause, 4%."""
    step = last(issue("ada", 9_500_000), floored(FIRST_LARGE), financed(2_000_000, pre_money=8_000_000))
    assert step.shares == F(38_000_000, 3)
    assert held(step) == {"ada": 9_500_000, "uni": F(1_900_000, 3), "fund": F(7_600_000, 3)}
    (found,) = step.round.floors
    assert found.topup == F(400_000, 3)
    assert quantity.to_major(step.round.exact_price, "USD") == F(15, 19)
    again = follow(
        table(
            issue("ada", 9_500_000),
            floored(FIRST_LARGE),
            financed(2_000_000, pre_money=8_000_000),
            financed({"angel": 10_000_000}, pre_money=40_000_000),
        )
    ).events[-1]
    assert again.round.floors == ()
    assert diluted(again)["uni"] == F(1, 20) * F(4, 5)


def test_a_floor_that_the_large_round_itself_is_outside():
    before = FIRST_LARGE.replace("that-round", "before-that-round")
    large = last(issue("ada", 9_500_000), floored(before), financed(2_000_000, pre_money=8_000_000))
    assert diluted(large)["uni"] == F(1, 25)
    small = last(issue("ada", 9_500_000), floored(before), financed(1_000_000, pre_money=8_000_000))
    assert diluted(small)["uni"] == F(1, 20)
    low = last(issue("ada", 9_500_000), floored(before), financed(2_000_000, pre_money=7_000_000))
    assert diluted(low)["uni"] == F(1, 20)


@pytest.mark.parametrize(("inside", "total", "price", "shares"), [
    ("false", F(640_000_000, 39), F(117, 128), F(3_500_000, 3)),
    ("true", F(480_000_000, 29), F(29, 32), F(36_500_000, 29)),
])  # fmt: skip
@pytest.mark.parametrize("granted", [0, 500_000])
def test_a_floor_a_capped_safe_and_a_pool_together(inside, total, price, shares, granted):
    """university-floor-safe-pool-outside, university-floor-safe-pool-inside: however much of it was there."""
    grant = f"{{ shares = {granted or 1} }}"
    university = floored(FIRST_LARGE, inside=inside).replace(
        'grant = { percent = "5%", of = "fully-diluted-after" }', f"grant = {grant}"
    )
    step = last(
        issue("ada", 9_500_000),
        pool("create", 1_000_000),
        university,
        safe(1_000_000, id="s", basis="post-money", cap=10_000_000),
        financed(3_000_000, pre_money=12_000_000, pool=in_round("target", "10%")),
    )
    assert step.shares == total
    assert quantity.to_major(step.round.exact_price, "USD") == price
    assert step.round.converted[0].shares == shares
    got = diluted(step)
    assert (got["uni"], got["esop"], got["fund"]) == (F(1, 20), F(1, 10), F(1, 5))
    assert (got["angel"], got["ada"]) == (F(shares) / total, F(9_500_000) / total)


def test_conversions_fill_the_amount_first():
    """university-threshold-safe-first: 3m of protection, 1m of SAFEs, 5m of new money: 2m and 3m.

    The stake is 5% of all shares but those that the last 3m buy; all of the money is 5m of 20m.
    """
    events = (
        issue("ada", 9_500_000),
        floored(raised(3_000_000)),
        safe(1_000_000, basis="post-money", cap=10**7),
    )
    step = last(*events, financed(5_000_000, pre_money=15_000_000))
    (found,) = step.round.floors
    assert [quantity.to_major(one, "USD") for one in found[2:]] == [2_000_000, 3_000_000]
    unprotected = F(3, 20)  # 3m of the post-money of 20m
    assert diluted(step)["uni"] == F(1, 20) * (1 - unprotected)
    other = floored(raised(3_000_000, fill="new-money-first"))
    step = last(events[0], other, events[2], financed(5_000_000, pre_money=15_000_000))
    (found,) = step.round.floors
    assert [quantity.to_major(one, "USD") for one in found[2:]] == [3_000_000, 2_000_000]
    # the SAFE's conversion is unprotected, too
    got = diluted(step)
    assert got["uni"] == F(1, 20) * (1 - F(2, 20) - got["angel"])


@pytest.mark.parametrize(("crossing", "part"), [
    ("whole-protected", F(1, 20)),
    ("unprotected", F(1, 20) * F(3, 4)),
    ("split", F(1, 20) * (1 - F(2, 20))),
])  # fmt: skip
def test_each_reading_of_the_crossing_round(crossing, part):
    """5m at 15m pre-money crosses 3m."""
    until = raised(3_000_000, crossing, "conversions-first" if crossing == "split" else "")
    step = last(issue("ada", 9_500_000), floored(until), financed(5_000_000, pre_money=15_000_000))
    assert diluted(step)["uni"] == part


def test_what_was_raised_adds_up_over_rounds_and_ends_the_floor():
    first, second = (
        financed(2_000_000, pre_money=8_000_000),
        financed({"angel": 2_000_000}, pre_money=18_000_000),
    )
    third = financed({"bo": 5_000_000}, pre_money=20_000_000)
    steps = follow(table(issue("ada", 9_500_000), floored(raised(3_000_000)), first, second, third)).events
    assert diluted(steps[2])["uni"] == F(1, 20)
    # 1m of the second round's 2m is protected; the other is 1m of 20m
    assert diluted(steps[3])["uni"] == F(1, 20) * (1 - F(1, 20))
    assert diluted(steps[4])["uni"] == diluted(steps[3])["uni"] * F(4, 5)
    only_rounds = floored(raised(3_000_000, counts='["safe"]'))
    steps = follow(table(issue("ada", 9_500_000), only_rounds, first, second, third)).events
    assert diluted(steps[4])["uni"] == F(1, 20)


def test_a_floor_until_a_day():
    events = issue("ada", 9_500_000), floored("{ date = 2024-06-30 }")
    money = {"pre_money": 8_000_000}
    assert diluted(last(*events, on("2024-06-30", financed(2_000_000, **money))))["uni"] == F(1, 20)
    assert diluted(last(*events, on("2024-07-01", financed(2_000_000, **money))))["uni"] == F(1, 25)


def test_a_top_up_goes_to_inventors_as_it_was_granted_or_as_is_said():
    """Stanford's form: 28.34% of the stake to an inventor, whose own shares don't count toward it."""
    to = '{ uni = "71.66%", ada = "28.34%" }'
    granted = floored(FIRST_LARGE).replace('to = "uni"', f"to = {to}")
    step = last(issue("ada", 9_500_000), granted, financed(2_000_000, pre_money=8_000_000))
    assert step.shares == F(38_000_000, 3)
    assert held(step)["uni"] == F(1_900_000, 3) * F(7166, 10_000)
    assert held(step)["ada"] == 9_500_000 + F(1_900_000, 3) * F(2834, 10_000)
    other = granted.replace('that-round" }', 'that-round" }, to = "uni"')
    step = last(issue("ada", 9_500_000), other, financed(2_000_000, pre_money=8_000_000))
    assert held(step)["uni"] == 500_000 * F(7166, 10_000) + F(400_000, 3)


def test_in_whole_shares_a_top_up_is_rounded_down_and_said():
    step = last(
        issue("ada", 9_500_000),
        floored(FIRST_LARGE),
        financed(2_000_000, pre_money=8_000_000),
        shares="floor",
    )
    assert held(step)["uni"] == 633_333
    assert sum(holding.shares for holding in step.holdings) == step.shares
    assert step.lost == 2 * F(1, 3)  # 133,333.33 and 2,533,333.33


# -- rights -------------------------------------------------------------------------------------------


def with_right(percent, rounds='"all"', granted="3.2%"):
    return f"{stake(granted)}\nparticipation = {{ percent = {percent}, rounds = {rounds} }}"


GREATER = '{ greater_of = ["held", "5%"] }'


@pytest.mark.parametrize(("percent", "most"), [(GREATER, 400_000), ('"held"', 256_000), ('"5%"', 400_000)])
def test_the_right_to_participate(percent, most):
    """university-participation-right: 5% of 8m, though 3.2% is held, and plain pro rata."""

    def at(amount):
        rights = f'[{{ of = "e1", amount = {amount} }}]'
        return financed(8_000_000 - amount, pre_money=32_000_000, exercised_rights=rights)

    step = last(issue("ada", 1_000_000), with_right(percent), at(most))
    (right,) = step.round.rights
    assert quantity.to_major(right.most, "USD") == most
    before = F(32, 1000)
    assert diluted(step)["uni"] == before * F(4, 5) + F(most, 40_000_000)
    assert refused(issue("ada", 1_000_000), with_right(percent), at(most + 1)) == ["E557"]


def test_a_plain_pro_rata_keeps_ones_part():
    """captablemath-prorata-check: 10% of 5m is 0.5m; and 1m of 10m, where a published test has 5m."""
    rights = '[{ of = "e1", amount = 500_000 }]'
    terms = financed(4_500_000, pre_money=20_000_000, exercised_rights=rights)
    step = last(issue("ada", 900), with_right('"held"', granted="10%"), terms)
    assert diluted(step)["uni"] == F(1, 10)
    rights = '[{ of = "e1", amount = 1_000_000 }]'
    terms = financed(9_000_000, pre_money=40_000_000, exercised_rights=rights)
    assert diluted(last(issue("ada", 900), with_right('"held"', granted="10%"), terms))["uni"] == F(1, 10)


def test_a_right_to_some_rounds_and_of_several_holders():
    rights = '[{ of = "e1", amount = 1 }]'
    named = with_right('"5%"', '["b"]')
    a = financed(100, pre_money=1000, exercised_rights=rights)
    b = financed({"angel": 100}, pre_money=1000, id="b")
    assert refused(issue("ada", 900), named, a, b) == ["E553"]
    unknown = with_right('"5%"', '["c"]')
    assert refused(issue("ada", 900), unknown) == ["E540"]
    several = with_right('"5%"').replace('to = "uni"', 'to = { uni = "50%", bo = "50%" }')
    assert refused(issue("ada", 900), several, a) == ["F101"]
    rights = '[{ of = "e1", amount = 1, holder = "bo" }]'
    step = last(issue("ada", 900), several, financed(100, pre_money=1000, exercised_rights=rights))
    assert [change.paid for change in step.changes if change.to.holder == "bo"] == [100]


def test_a_safes_pro_rata_right():
    """A SAFE of 10% of the capitalization may buy 10% of the round's money."""
    terms = safe(100, id="s", basis="post-money", cap=1000, pro_rata="true")

    def at(amount):
        rights = f'[{{ of = "s", amount = {amount} }}]'
        return financed(1000 - amount, pre_money=9000, exercised_rights=rights)

    assert quantity.to_major(last(issue("ada", 900), terms, at(100)).round.rights[0].most, "USD") == 100
    assert refused(issue("ada", 900), terms, at(101)) == ["E557"]


# -- in place of shares -------------------------------------------------------------------------------


def test_a_fixed_amount_converts_at_the_next_round():
    """Cornell Tech's 150,000: at the round's price, or at a cap."""

    def with_terms(converts):
        grant = f"{{ amount = 150_000, converts = {converts} }}"
        to = '{ uni = "2/3", bo = "1/3" }'
        return event("university-grant", grant=grant, to=to, **{"class": "common"})

    at_round = last(
        issue("ada", 1000), with_terms('"at-next-round"'), financed(1_000_000, pre_money=3_000_000)
    )
    got = diluted(at_round)
    assert got["uni"] + got["bo"] == F(150, 4000)
    assert got["uni"] == 2 * got["bo"]
    # eq-cornell-tech-6m: of 6m after the round, 2.5%
    of_six = last(
        issue("ada", 1000), with_terms('"at-next-round"'), financed(2_000_000, post_money=6_000_000)
    )
    assert diluted(of_six)["uni"] + diluted(of_six)["bo"] == F(1, 40)
    capped = with_terms('{ cap = 1_500_000, basis = "post-money" }')
    step = last(issue("ada", 1000), capped, financed(1_000_000, pre_money=3_000_000))
    assert diluted(step)["uni"] == F(2, 3) * F(1, 10) * F(3, 4)
    before = last(issue("ada", 1000), capped)
    assert [h.with_unconverted for h in before.holdings if h.instrument] == [F(1, 15), F(1, 30)]


def test_an_exit_fee_and_a_royalty_change_no_holding():
    fee = event(
        "university-grant", grant='{ exit_fee = "1%", of = "proceeds" }', to="uni", **{"class": "common"}
    )
    royalty = event("university-grant", grant='{ royalty = "licence" }', to="uni", **{"class": "common"})
    result = follow(table(issue("ada", 1000), fee, royalty))
    assert held(result.events[-1]) == {"ada": 1000}
    (found,) = result.events[-1].state.fees
    assert (found.id, found.to, found.percent) == ("e1", (("uni", 1),), F(1, 100))
    assert "royalty" in {one.key for one in result.assumptions}


def test_a_floor_needs_shares_and_says_how_its_crossing_round_is_read():
    fee = event(
        "university-grant", grant='{ exit_fee = "1%", of = "proceeds" }', to="uni", **{"class": "common"}
    )
    terms = 'percent = "5%", of = "fully-diluted", in_safe_capitalization = false'
    with_floor = f"{fee}\nfloor = {{ {terms}, until = {{ date = {date(2025, 1, 1)} }} }}"
    assert refused(issue("ada", 1), with_floor) == ["E541"]
    assert refused(issue("ada", 1), floored(raised(100, fill=""))) == ["F101"]
    assert refused(issue("ada", 1), floored(raised(100, "unprotected"))) == ["E541"]
    bare = floored(FIRST_LARGE).replace("in_safe_capitalization = false, ", "")
    assert refused(issue("ada", 1), bare) == ["F101"]
