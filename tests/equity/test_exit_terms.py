"""What an exit's terms do, each by hand arithmetic: what comes off, ranks, caps, dividends, instruments."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from math import ceil

import pytest
from captables import follow
from exit_tables import DAY, company, does, exits_of, file, issue, pref, safe, takes

from ipcalc.inputs.diagnostics import Refused

FOUNDERS = {"name": "founders", "kind": "common", "shares": 800}
SERIES_A = {"name": "a", "kind": "pref", "shares": 200, "pref": 500, "rank": 2}


def sold(classes, proceeds, **more):
    """The one sale of a table made of plain claims."""
    (sale,) = exits_of(classes, [proceeds], **more)
    return sale


def by_claim(sale):
    """Cents by claim, costs among them."""
    got = {"costs": sale.costs} if sale.costs else {}
    for payout in sale.payouts:
        got[payout.claim] = got.get(payout.claim, 0) + payout.entitled
    return got


def codes(text, exits=()):
    with pytest.raises(Refused) as caught:
        follow(text, exits)
    return [diagnostic.code for diagnostic in caught.value.diagnostics]


# -- what comes off -----------------------------------------------------------------------------------


def test_costs_come_first_and_take_no_more_than_there_is():
    costs = [{"amount": 50}, {"percent": "1%", "of": "proceeds"}]
    assert by_claim(sold([FOUNDERS], 1000)) == {"founders": 1000_00}
    text = company([], proceeds=[1000, 50, 0], costs=costs)
    got = [by_claim(sale) for sale in follow(text).exits]
    assert got == [{"costs": 60_00, "common": 940_00}, {"costs": 50_00, "common": 0}, {"common": 0}]


def test_debts_by_rank_and_pro_rata_in_a_rank():
    debt = [
        {"name": "junior", "claim": 100, "rank": 2},
        {"name": "one", "claim": 100, "rank": 1},
        {"name": "two", "claim": 300, "rank": 1},
    ]
    assert takes(sold([FOUNDERS], 200, debt=debt)) == {"one": 50, "two": 150, "junior": 0, "founders": 0}
    assert takes(sold([FOUNDERS], 450, debt=debt)) == {"one": 100, "two": 300, "junior": 50, "founders": 0}
    sale = sold([FOUNDERS], 600, debt=debt)
    assert takes(sale) == {"one": 100, "two": 300, "junior": 100, "founders": 100}
    assert sale.distributable == 100_00


@pytest.mark.parametrize(
    ("of", "amount"),
    # 1000, less 100 of costs, less 300 of debt
    [("proceeds", 100), ("after-costs", 90), ("after-debt", 60)],
)
def test_a_carve_out_is_a_share_of_what_it_says(of, amount):
    carve_out = {"percent": "10%", "of": of, "to": {"ada": "75%", "uni": "25%"}}
    debt = [{"id": "loan", "holder": "bank", "amount": 300, "rank": 1}]
    text = company([], proceeds=[1000], costs=[{"amount": 100}], debt=debt, carve_out=carve_out)
    (sale,) = follow(text).exits
    got = by_claim(sale)
    assert (got["costs"], got["loan"], got["carve-out"]) == (100_00, 300_00, amount * 100)
    assert got["common"] == (600 - amount) * 100
    parts = [payout.entitled for payout in sale.payouts if payout.claim == "carve-out"]
    assert parts == [amount * 75, amount * 25]
    assert sale.distributable == (600 - amount) * 100


def test_a_carve_out_gets_nothing_before_the_debts_are_paid():
    carve_out = {"percent": "10%", "of": "proceeds", "to": {"ada": 1}}
    debt = [{"id": "loan", "holder": "bank", "amount": 300, "rank": 1}]
    text = company([], proceeds=[300, 310, 400], debt=debt, carve_out=carve_out)
    got = [by_claim(sale) for sale in follow(text).exits]
    assert [one["carve-out"] for one in got] == [0, 10_00, 40_00]
    assert [one["common"] for one in got] == [0, 0, 60_00]
    points = {point.what: point.proceeds for point in follow(text).exits[0].schedule.breakpoints}
    # 0.9 P = 300 at 333.33
    assert points == {"filled": 300_00, "covered": Fraction(100_000, 3)}


def test_a_university_may_take_a_fee_instead_of_shares():
    fee = {
        "event": "university-grant",
        "class": "common",
        "grant": {"exit_fee": "1%", "of": "proceeds"},
        "to": {"uni": "75%", "ada": "25%"},
    }
    (sale,) = follow(company([fee], proceeds=[1000])).exits
    assert by_claim(sale) == {"e0": 10_00, "common": 990_00}
    assert [(one.holder, one.entitled) for one in sale.payouts if one.claim == "e0"] == [
        ("uni", 7_50), ("ada", 2_50)
    ]  # fmt: skip


def test_without_common_shares_the_lowest_value_of_one_is_taken():
    # only Series A: between 500 and what 200 shares are worth at 2.50 nothing changes
    gone = {"event": "cancel", "of": "founding", "shares": 800}
    short, at, beyond = follow(company([gone, issue()], [pref()], proceeds=[300, 500, 600])).exits
    assert [takes(sale)["fund"] for sale in (short, at, beyond)] == [300, 500, 600]
    assert [sale.settled.flat for sale in (short, at, beyond)] == [False, True, False]
    assert [sale.settled.p for sale in (short, at, beyond)] == [0, 0, 3_00]
    assert [does(sale)["fund"] for sale in (short, at, beyond)] == ["hold", "hold", "convert"]
    assert {point.what for point in at.schedule.breakpoints} == {"filled", "converts"}


# -- when ---------------------------------------------------------------------------------------------


def test_a_holdback_moves_money_in_time_and_takes_none():
    # 500 ahead of A, so of the first 900 of 1000 common gets 400, and it gets all of the 100 held back
    releases = [{"date": date(2027, 1, 1), "percent": "25%"}, {"date": date(2028, 1, 1), "percent": "75%"}]
    text = company([issue()], [pref()], proceeds=[1000], holdback={"percent": "10%", "releases": releases})
    (sale,) = follow(text).exits
    without = follow(company([issue()], [pref()], proceeds=[1000])).exits[0]
    assert by_claim(sale) == by_claim(without) == {"common": 500_00, "a": 500_00}
    paid = {payout.claim: payout.paid_at for payout in sale.payouts}
    days = (date(2026, 1, 1), date(2027, 1, 1), date(2028, 1, 1))
    assert paid["a"] == tuple(zip(days, (500_00, 0, 0), strict=True))
    assert paid["common"] == tuple(zip(days, (400_00, 25_00, 75_00), strict=True))


def test_cents_of_a_holdback_never_go_back():
    holdback = {"percent": "10%", "releases": [{"date": date(2027, 1, 1), "percent": "100%"}]}
    text = company([issue(800, cls="common"), issue(800, "uni", "common")], proceeds=[0.1], holdback=holdback)
    (sale,) = follow(text).exits
    assert [payout.entitled for payout in sale.payouts] == [4, 3, 3]
    assert [[amount for _, amount in payout.paid_at] for payout in sale.payouts] == [[3, 1], [3, 0], [3, 0]]


def test_a_release_on_the_day_of_the_exit_is_none():
    holdback = {"percent": "10%", "releases": [{"date": date(2026, 1, 1), "percent": "100%"}]}
    assert codes(company([], proceeds=[100], holdback=holdback)) == ["E564"]


def test_every_line_may_be_rounded_up():
    events = [issue(1, "uni", "common"), issue(1), option(1, 0.5)]
    text = company(events, [pref(price=5, participation="full")], proceeds=[1_000])
    text = text.replace('price = "exact" }', 'price = "exact", money = "up-per-line" }', 1)
    (sale,) = follow(text).exits
    # 5 for A; the other 995 and 0.50 over 803 shares: 1.23972… each
    each = Fraction(995_50, 803)
    assert by_claim(sale) == {
        "common": ceil(800 * each) + ceil(each),
        "a": 5_00 + ceil(each),
        "option@0.5": ceil(each - 50),
    }
    assert sale.excess == sum(by_claim(sale).values()) - 1_000_00 > 0


# -- participation and caps ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cap", "most"),
    [
        ({"multiple": "3x", "of": "total"}, 1500),
        ({"multiple": "3x", "of": "participation"}, 2000),
        ({"amount": 1234}, 1234),
        ({"amount": 1234, "of": "participation"}, 1734),
    ],
)
def test_caps(cap, most):
    # 500 owed on 200 shares at 2.50; capped well below the 4000 a fifth of 20,000 would be
    text = company(
        [issue()], [pref(participation="capped", cap=cap)], proceeds=[500 + (most - 500) * 5, 20_000]
    )
    at, beyond = follow(text).exits
    assert by_claim(at)["a"] == most * 100
    assert (by_claim(beyond)["a"], does(beyond)["fund"]) == (4_000_00, "convert")
    kinks = {point.what: point.proceeds for point in at.schedule.breakpoints}
    # capped where a share is worth (most - 500)/200; it converts where most/200
    assert kinks["capped"] == (500 + Fraction(most - 500, 200) * 1000) * 100
    assert kinks["converts"] == Fraction(most, 200) * 1000 * 100


# -- cumulative dividends -----------------------------------------------------------------------------


def dividend(on_conversion, kind="simple", *, in_cap=True, rate="8%"):
    terms = {"kind": "cumulative", "rate": rate, "accrual": kind, "day_count": "30/360", "from": "issue"}
    return {**terms, "on_conversion": on_conversion, "in_cap": in_cap}


@pytest.mark.parametrize(("kind", "owed"), [("simple", 580), ("compound", Fraction("583.2"))])
def test_dividends_accrue_from_the_issue(kind, owed):
    text = company([issue()], [pref(dividend=dividend("forfeited", kind))], proceeds=[1_000])
    (sale,) = follow(text).exits
    assert takes(sale)["fund"] == owed


@pytest.mark.parametrize(
    ("becomes", "converts_at", "at_10_000"),
    [
        # 580 held; 200 shares: p = 580/200
        ("forfeited", Fraction(29, 10), 2_000),
        # the 80 stay: 80 + 200 p > 580, p = 2.5; then 80 and a fifth of 9,920
        ("cash", Fraction(5, 2), 80 + Fraction(9_920, 5)),
        # the 80 buy 32 shares at 2.50: 232 p > 580
        ("shares", Fraction(5, 2), Fraction(10_000 * 232, 1_032)),
    ],
)
def test_what_becomes_of_dividends_on_conversion(becomes, converts_at, at_10_000):
    text = company([issue()], [pref(dividend=dividend(becomes))], proceeds=[10_000])
    (sale,) = follow(text).exits
    decision = sale.settled.decisions[1]
    assert (decision.action, takes(sale)["fund"]) == ("convert", at_10_000)
    assert sale.settled.threshold(decision) == converts_at * 100


@pytest.mark.parametrize(("in_cap", "most"), [(True, 1_000), (False, 1_080)])
def test_dividends_inside_and_outside_the_cap(in_cap, most):
    cap = {"multiple": "2x", "of": "total"}
    terms = pref(participation="capped", cap=cap, dividend=dividend("forfeited", in_cap=in_cap))
    at, beyond = follow(company([issue()], [terms], proceeds=[4_500, 5_500])).exits
    assert takes(at)["fund"] == most
    assert takes(beyond)["fund"] == max(most, 1_100)


def test_dividends_past_the_cap_are_cut_to_it():
    cap = {"multiple": "1x", "of": "total"}
    terms = pref(participation="capped", cap=cap, dividend=dividend("forfeited"))
    assert takes(follow(company([issue()], [terms], proceeds=[2_000])).exits[0])["fund"] == 500


def test_shares_of_two_issues_are_two_claims():
    events = [issue(), issue(100, "uni", date=date(2025, 1, 1))]
    text = company(events, [pref(dividend=dividend("forfeited"))], proceeds=[700])
    (sale,) = follow(text).exits
    # 500 + 80 and 250 + 20, pro rata of 700
    assert by_claim(sale) == {"common": 0, "a[2024-01-01]": 477_65, "a[2025-01-01]": 222_35}
    assert takes(sale)["fund"] == Fraction(700 * 580, 850)


def test_a_stated_dividend_is_owed_once_it_is_due():
    stated = {"kind": "stated", "per_share": 0.5, "on_conversion": "forfeited", "in_cap": True}
    for start, owed in ((date(2026, 1, 1), 600), (date(2026, 1, 2), 500), ("issue", 600)):
        text = company([issue()], [pref(dividend={**stated, "from": start})], proceeds=[1_000])
        assert takes(follow(text).exits[0])["fund"] == owed
    # each of 400 halves of a share is owed half of it
    split = {"event": "split", "class": "a", "ratio": "2:1", "date": date(2025, 1, 1)}
    text = company([issue(), split], [pref(dividend={**stated, "from": "issue"})], proceeds=[1_000])
    assert takes(follow(text).exits[0])["fund"] == 600


# -- options and warrants -----------------------------------------------------------------------------


def option(shares, strike, vesting="none", **more):
    return {"event": "option", "plan": "none", "holder": "uni", "class": "common", "shares": shares,
            "strike": strike, "vesting": vesting, **more}  # fmt: skip


def test_options_join_their_strike_to_the_pot():
    # 200 options at 1: (900 + 200)/1000 = 1.10 a share; of one strike they are one claim
    events = [option(150, 1), option(50, 1, holder="bank"), option(100, 5)]
    (sale,) = follow(company(events, proceeds=[900])).exits
    assert by_claim(sale) == {"common": 880_00, "option@1": 20_00, "option@5": 0}
    assert takes(sale) == {"ada": 880, "uni": 15, "bank": 5}
    assert [one.choice.cost for one in sale.settled.decisions] == [0, 200_00, 0]


VESTING = {"start": DAY, "months": 48, "cliff": 12, "every": 1, "allocation": "CUMULATIVE_ROUNDING"}


@pytest.mark.parametrize(("how", "shares"), [("lapse", 100), ("accelerate", 200), ("as-agreed", 125)])
def test_what_has_not_vested(how, shares):
    # half of 200 has vested in 24 of 48 months; a quarter of the rest is agreed on
    vesting = VESTING | {"accelerate": "25%"}
    for event in (option(200, 1, vesting), issue(200, "uni", "common", vesting=vesting)):
        (sale,) = follow(company([event], proceeds=[900], unvested=how)).exits
        stakes = {holder: weight for d in sale.settled.decisions for holder, weight in d.stake.parts}
        assert stakes["uni"] == shares


def test_what_has_not_vested_must_be_said():
    assert codes(company([option(200, 1, VESTING)], proceeds=[900])) == ["E568"]
    assert codes(company([option(200, 1, VESTING)], proceeds=[]), ["900"]) == ["E568"]
    late = company([option(200, 1, VESTING)], proceeds=[900], date=date(2028, 1, 1))
    assert len(follow(late).exits) == 1


def test_promised_and_expired_rights_take_nothing():
    warrant = {"event": "warrant", "holder": "uni", "class": "common", "shares": 100, "strike": 0.01}
    text = company([option(100, 0, promised=True), warrant | {"expires": date(2025, 12, 31)}], proceeds=[900])
    assert by_claim(follow(text).exits[0]) == {"common": 900_00}
    text = company([warrant | {"expires": date(2026, 1, 1)}], proceeds=[899])
    assert by_claim(follow(text).exits[0]) == {"common": 800_00, "e0": 99_00}


def test_a_warrant_on_preferred_has_its_preference_and_its_dividends_only_from_its_day():
    warrant = {"event": "warrant", "holder": "uni", "class": "a", "shares": 100, "strike": 2}
    terms = [pref(dividend=dividend("forfeited"))]
    # 580 for A; the warrant is worth 250 - 200 = 50 once the tier is full, which takes 580 + 50
    (sale,) = follow(company([issue(), warrant], terms, proceeds=[700])).exits
    assert takes(sale) == {"ada": 70, "fund": 580, "uni": 50}
    (sale,) = follow(
        company([issue(), warrant | {"dividend_from": date(2025, 1, 1)}], terms, proceeds=[700])
    ).exits
    assert takes(sale) == {"ada": 50, "fund": 580, "uni": 70}


@pytest.mark.parametrize(("issued", "got"), [([issue()], 50), ([], 300)])
def test_a_warrant_on_a_class_with_an_amount(issued, got):
    # 500 for the class: 2.50 for each of 200 shares, so 250 for 100 warrants; or all, if there are no others
    warrant = {"event": "warrant", "holder": "uni", "class": "a", "shares": 100, "strike": 2}
    text = company([*issued, warrant], [pref(preference={"amount": 500})], proceeds=[560])
    assert takes(follow(text).exits[0])["uni"] == got


# -- SAFEs and notes ----------------------------------------------------------------------------------


def treated(at_exit="greater-of", rank="below-preferred", capitalization="all-as-converted", **more):
    said = {"at_exit": at_exit, "rank": rank, "capitalization": capitalization, **more}
    return {"s": {key: value for key, value in said.items() if value is not None}}


def test_a_safe_is_worth_the_greater_of_its_amount_and_its_shares():
    # 100 at a cap of 1000: a tenth of all shares; worth more than 100 above 1000
    text = company([safe(100, 1000)], proceeds=[50, 500, 1_000, 3_000], instruments=treated())
    sales = follow(text).exits
    assert [takes(sale)["fund"] for sale in sales] == [50, 100, 100, 300]
    assert [does(sale)["fund"] for sale in sales] == ["hold", "hold", "hold", "convert"]
    assert sales[2].settled.decisions[1].tie


def test_a_capitalization_may_be_stated():
    # 100 · 400 / 1000 = 40 shares beside 800
    text = company([safe(100, 1000)], proceeds=[8_400], instruments=treated(capitalization=400))
    assert takes(follow(text).exits[0])["fund"] == 400


def test_a_capitalization_counts_preferred_options_and_warrants_but_no_reserve():
    # (800 + 200 + 100 + 50 + n) / 10 = n; n = 1150/9
    warrant = {"event": "warrant", "holder": "uni", "class": "common", "shares": 50, "strike": 1_000}
    pool = {"event": "pool", "class": "common", "plan": "esop", "create": 500}
    events = [issue(), option(100, 1_000), warrant, pool, safe(100, 1000)]
    (sale,) = follow(company(events, [pref()], proceeds=[9_000], instruments=treated())).exits
    stake = next(one.stake for one in sale.settled.decisions if one.stake.id == "s")
    assert stake.claim.shares == Fraction(1150, 9)


def test_only_what_converts_counts_where_a_safe_says_so():
    # at 700, Series A takes its 500, and the SAFE a tenth of 900 shares is not worth its 100
    instruments = treated(capitalization="converting-only")
    text = company(
        [issue(), safe(100, 1000)], [pref()], proceeds=[700, 2_000, 9_000], instruments=instruments
    )
    low, middle, high = follow(text).exits
    assert takes(low) == {"ada": 100, "fund": 600}
    # at 2000, A holds its 500 and the SAFE converts into a tenth of what is left of 1500
    assert takes(middle) == {"ada": 1350, "fund": 650}
    # at 9000, all convert: 800 and 200 are nine tenths
    assert takes(high)["ada"] == 9_000 * Fraction(9, 10) * Fraction(4, 5)


def test_a_discount_alone_is_worth_the_same_whatever_a_share_is():
    # 100 at a rank, and 25 more once common shares would get anything: 100/0.8
    text = company(
        [safe(100, discount="20%")], proceeds=[90, 110, 125, 126, 1_000_000], instruments=treated()
    )
    assert [takes(sale)["fund"] for sale in follow(text).exits] == [90, 110, 125, 125, 125]


def test_the_discount_is_paid_behind_every_preference():
    events = [issue(), safe(100, discount="20%")]
    text = company(events, [pref()], proceeds=[610, 700], instruments=treated(rank="above:a"))
    assert [takes(sale)["fund"] for sale in follow(text).exits] == [610, 625]


def test_a_cap_and_a_discount_give_the_greater():
    text = company([safe(100, 1000, discount="20%")], proceeds=[1_240, 1_250, 2_000], instruments=treated())
    sales = follow(text).exits
    assert [takes(sale)["fund"] for sale in sales] == [125, 125, 200]


@pytest.mark.parametrize(
    ("at_exit", "at_500", "at_3000"),
    [("cash", 100, 100), ({"multiple": "2x"}, 200, 200), ({"multiple": "2x", "or_converts": True}, 200, 300)],
)
def test_cash_and_multiples(at_exit, at_500, at_3000):
    text = company([safe(100, 1000)], proceeds=[500, 3_000], instruments=treated(at_exit))
    assert [takes(sale)["fund"] for sale in follow(text).exits] == [at_500, at_3000]


@pytest.mark.parametrize(
    ("rank", "got"),
    [
        # 500 for Series A, 100 for the SAFE, and 300 to divide
        ("with:a", 50),
        ("above:a", 100),
        ("below-preferred", 0),
        ("debt:2", 100),
    ],
)
def test_ranks(rank, got):
    events = [issue(holder="uni"), safe(100, 1000)]
    text = company(events, [pref()], proceeds=[300], instruments=treated("cash", rank, None))
    assert takes(follow(text).exits[0])["fund"] == got


def test_a_tier_between_two_classes():
    events = [issue(holder="uni"), issue(200, "bank", "b"), safe(100, 1000)]
    classes = [pref(seniority=1), pref("b", seniority=2)]
    text = company(events, classes, proceeds=[550, 650], instruments=treated("cash", "above:a", None))
    assert [takes(sale) for sale in follow(text).exits] == [
        {"ada": 0, "bank": 500, "fund": 50, "uni": 0},
        {"ada": 0, "bank": 500, "fund": 100, "uni": 50},
    ]


def note(**more):
    interest = {"rate": "10%", "kind": "simple", "day_count": "30/360", "on_conversion": "shares"}
    return {"id": "s", "event": "note", "holder": "fund", "principal": 100, "interest": interest,
            "maturity": date(2030, 1, 1), **more}  # fmt: skip


def test_a_note_is_a_debt_until_it_is_worth_more_as_shares():
    # 120 owed after two years, among debts; at a cap of 600 over 800 shares: 120/0.75 = 160 shares
    capped = note(cap=600, cap_counts=800)
    loan = [{"id": "loan", "holder": "bank", "amount": 120, "rank": 1}]
    text = company(
        [capped],
        proceeds=[120, 500, 1_320],
        debt=loan,
        instruments=treated(rank="debt:1", capitalization=None),
    )
    sales = follow(text).exits
    assert [takes(sale)["fund"] for sale in sales] == [60, 120, 200]
    assert [does(sale)["fund"] for sale in sales] == ["hold", "hold", "convert"]
    assert [sale.distributable for sale in sales] == [0, 260_00, 1_200_00]


def test_a_stated_number_of_shares_moves_with_a_split():
    split = {"event": "split", "class": "common", "ratio": "3:1", "date": date(2025, 1, 1)}
    capped = note(cap=600, cap_counts=800)
    text = company([capped, split], proceeds=[1_320], instruments=treated(rank="debt:1", capitalization=None))
    assert takes(follow(text).exits[0])["fund"] == 220  # a sixth, with or without the split


@pytest.mark.parametrize(("own", "got"), [("greater-of", 300), ("cash", 120), ({"multiple": "3x"}, 320)])
def test_a_note_may_say_itself_what_an_exit_pays(own, got):
    text = company([note(cap=1000, cap_counts=["converting"], at_exit=own)], proceeds=[2_500],
                   instruments=treated(None, "debt:1"))  # fmt: skip
    assert takes(follow(text).exits[0])["fund"] == got


def test_interest_in_cash_stays_with_a_note_that_converts():
    interest = {"rate": "10%", "kind": "simple", "day_count": "30/360", "on_conversion": "cash"}
    text = company([note(cap=900, cap_counts=800, interest=interest)], proceeds=[2_000],
                   instruments=treated(rank="debt:1", capitalization=None))  # fmt: skip
    # 100 · 800/900 shares, and 20 in cash
    n = Fraction(800, 9)
    assert takes(follow(text).exits[0])["fund"] == 20 + 1_980 * n / (800 + n)


def test_a_universitys_fixed_amount_converts_too():
    grant = {"event": "university-grant", "class": "common", "to": "uni",
             "grant": {"amount": 100, "converts": {"cap": 1000, "basis": "post-money"}}}  # fmt: skip
    text = company([grant], proceeds=[3_000], instruments={"e0": treated()["s"]})
    assert takes(follow(text).exits[0])["uni"] == 300


def test_shares_of_a_converted_safe_have_the_preference_of_their_own_price():
    # the SAFE's 100 buys shares at less than the round's price; they are owed 100, not more
    invest = {"event": "round", "class": "a", "convention": "pre-money", "pre_money": 2_000,
              "investors": [{"holder": "bank", "amount": 500}]}  # fmt: skip
    events = [safe(100, 1000), invest]
    classes = [pref() | {"price": 2.5}]
    del classes[0]["price"]
    (sale,) = follow(company(events, classes, proceeds=[300])).exits
    assert takes(sale) == {"ada": 0, "bank": 250, "fund": 50}
    assert {one.stake.id for one in sale.settled.decisions} == {"common", "a", "a[s]"}


# -- dividends, tenders, wind-ups ---------------------------------------------------------------------


def earlier(kind="dividend", **more):
    return {"id": "before", "date": date(2025, 1, 1), "kind": kind, **more}


def test_a_dividend_is_paid_as_converted_and_reduces_no_preference():
    paid = earlier(proceeds=[100])
    first, sale = follow(company([issue()], [pref()], proceeds=[600], exits=[paid])).exits
    assert by_claim(first) == {"common": 80_00, "a": 20_00}
    assert takes(sale) == {"ada": 100, "fund": 500}


def test_a_dividend_may_reduce_the_preference():
    paid = earlier(proceeds=[100], reduces_preference=True)
    _, sale = follow(company([issue()], [pref()], proceeds=[600], exits=[paid])).exits
    assert takes(sale) == {"ada": 120, "fund": 480}


@pytest.mark.parametrize(("counts", "most"), [(False, 1_000), (True, 980)])
def test_whether_a_dividend_counts_toward_a_cap_must_be_said(counts, most):
    capped = [pref(participation="capped", cap={"multiple": "2x", "of": "total"})]
    paid = earlier(proceeds=[100])
    assert codes(company([issue()], capped, proceeds=[4_500], exits=[paid])) == ["F101"]
    text = company([issue()], capped, proceeds=[4_500], exits=[paid | {"counts_toward_cap": counts}])
    assert takes(follow(text).exits[1])["fund"] == most


def test_a_cap_that_dividends_have_used_up_leaves_conversion():
    # 1,000 of a cap of 1,000: a fifth of 4,500 as common shares, and nothing for holding
    capped = [pref(participation="capped", cap={"multiple": "2x", "of": "total"})]
    paid = earlier(proceeds=[5_000], counts_toward_cap=True)
    (_, sale) = follow(company([issue()], capped, proceeds=[4_500], exits=[paid])).exits
    assert (does(sale)["fund"], takes(sale)["fund"]) == ("convert", 900)
    assert sale.settled.decisions[1].stake.claim.held == 0


def test_a_dividend_pays_what_has_accrued_first_and_it_is_not_owed_again():
    paid = earlier(proceeds=[140])
    text = company([issue()], [pref(dividend=dividend("forfeited"))], proceeds=[1_000], exits=[paid])
    first, sale = follow(text).exits
    assert by_claim(first) == {"common": 80_00, "a": 60_00}  # 40 of a year, and a fifth of the rest
    assert takes(sale)["fund"] == 540


@pytest.mark.parametrize(("day", "paid", "owed"), [
    # 500 at 8% compounded: 40 after a year; paid, they do not compound
    (date(2025, 1, 1), "40", 540),
    # 40 and 21.60 after a year and a half; paid, half a year on 500 is left
    (date(2025, 7, 1), "61.60", 520),
    # of 61.60, 30 are paid, the oldest first: 31.60 and half a year on 510
    (date(2025, 7, 1), "30", 552),
])  # fmt: skip
def test_what_was_paid_of_a_dividend_does_not_compound(day, paid, owed):
    before = earlier(proceeds=[paid]) | {"date": day}
    text = company(
        [issue()], [pref(dividend=dividend("forfeited", "compound"))], proceeds=[1_000], exits=[before]
    )
    first, sale = follow(text).exits
    assert by_claim(first) == {"common": 0, "a": Fraction(paid) * 100}
    assert takes(sale)["fund"] == owed


def test_dividends_paid_on_shares_that_are_gone_are_no_longer_counted():
    # 40 are paid on 200 shares, of which 100 convert: of 2 × 40 on 200, a half of 40 is owed on 100
    paid = earlier(proceeds=[40])
    converted = {"event": "convert", "holder": "fund", "class": "a", "shares": 100, "date": date(2025, 6, 1)}
    text = company(
        [issue(), converted], [pref(dividend=dividend("forfeited"))], proceeds=[1_000], exits=[paid]
    )
    (claim,) = [one.stake.claim for one in follow(text).exits[1].settled.decisions if one.stake.series]
    assert claim.held == 250_00 + 20_00


def test_a_dividend_outside_the_cap_does_not_count_toward_it():
    # 40 outside; of the other 100 a fifth, 20, counts toward the cap of 1000; 40 accrue anew
    capped = pref(
        participation="capped",
        cap={"multiple": "2x", "of": "total"},
        dividend=dividend("forfeited", in_cap=False),
    )
    paid = earlier(proceeds=[140], counts_toward_cap=True)
    sale = follow(company([issue()], [capped], proceeds=[4_500], exits=[paid])).exits[1]
    assert takes(sale)["fund"] == 980 + 40


def test_dividends_are_remembered_by_the_shares_that_got_them():
    paid = earlier(proceeds=[40])  # a year's dividend on the first 200 shares
    events = [issue(), issue(100, "uni", date=date(2025, 1, 2))]
    text = company(events, [pref(dividend=dividend("forfeited"))], proceeds=[1_000], exits=[paid])
    _, sale = follow(text).exits
    assert {one.stake.id: one.stake.claim.held for one in sale.settled.decisions if one.stake.series} == {
        "a[2024-01-01]": 540_00,
        "a[2025-01-02]": 250_00 + 20_00 * Fraction(359, 360),
    }


def test_a_dividend_says_what_of_open_instruments():
    paid = earlier(proceeds=[90])
    text = company([safe(100, 1000)], proceeds=[500], instruments=treated(), exits=[paid])
    assert codes(text) == ["E572"]
    # nobody decides at a dividend: what converts is all that is paid as converted
    for how, of, got in (
        ("none", None, 0),
        ("as-converted", "all-as-converted", 9),
        ("as-converted", "converting-only", 9),
    ):
        said = {"at_exit": how, **({"capitalization": of} if of else {})}
        text = company(
            [safe(100, 1000)],
            proceeds=[500],
            instruments=treated(),
            exits=[paid | {"instruments": {"s": said}}],
        )
        assert takes(follow(text).exits[0]).get("fund", 0) == got


def test_nobody_is_paid_a_dividend_on_an_option():
    assert by_claim(
        follow(company([option(100, 1)], exits=[earlier(proceeds=[80])], proceeds=[])).exits[0]
    ) == {"common": 80_00}


def offers(*offered):
    return [{"holder": holder, "class": cls, "shares": shares} for holder, cls, shares in offered]


@pytest.mark.parametrize(("buyer", "after"), [("bank", {"ada": 380, "bank": 20}), (None, {"ada": 400})])
def test_a_tender_buys_shares_pro_rata(buyer, after):
    tender = earlier(
        "tender", proceeds=[80], price=2, offers=offers(("ada", "common", 60), ("fund", "common", 20))
    )
    if buyer:
        tender["buyer"] = buyer
    events = [issue(20, cls="common"), {"event": "cancel", "of": "founding", "shares": 20}]
    bought, sale = follow(company(events, proceeds=[800], exits=[tender])).exits
    assert [(one.holder, one.entitled) for one in bought.payouts] == [("ada", 60_00), ("fund", 20_00)]
    # 30 of ada's 780 and 10 of fund's 20 are sold
    stakes = {holder: weight for d in sale.settled.decisions for holder, weight in d.stake.parts}
    assert stakes == {"ada": 750, "fund": 10, **({"bank": 40} if buyer else {})}
    assert sum(takes(sale).values()) == 800


def test_a_tender_buys_what_has_vested():
    # a quarter of 200 has vested by then, and half of them on the day of the sale
    given = issue(200, "uni", "common", vesting=VESTING)
    tender = earlier("tender", proceeds=[80], price=2, offers=offers(("uni", "common", 100)))
    bought, sale = follow(company([given], proceeds=[1_000], exits=[tender], unvested="lapse")).exits
    assert [one.entitled for one in bought.payouts] == [80_00]
    stakes = {holder: weight for d in sale.settled.decisions for holder, weight in d.stake.parts}
    assert stakes["uni"] == 100 - 40
    more = tender | {"offers": offers(("uni", "common", 140)), "proceeds": [280]}
    assert codes(company([given], proceeds=[1_000], exits=[more], unvested="lapse")) == ["E571"]


def test_a_tender_of_what_is_not_held():
    tender = earlier("tender", proceeds=[80], price=2, offers=offers(("fund", "common", 60)))
    assert codes(company([], proceeds=[800], exits=[tender])) == ["E508"]


def test_a_wind_up_is_divided_as_a_sale_is():
    sale, up = (
        follow(company([issue()], [pref()], proceeds=[900], kind=kind)).exits[0]
        for kind in ("sale", "wind-up")
    )
    assert takes(sale) == takes(up)
    assert up.kind == "wind-up"


# -- what depends on who converts ---------------------------------------------------------------------


def jump(proceeds, **more):
    """8m founders' shares, post-money SAFEs of 1m at 5m and of 2m at 20m that count what converts."""
    events = [safe(1_000_000, 5_000_000), safe(2_000_000, 20_000_000, "t", holder="uni")]
    said = treated(capitalization="converting-only")["s"]
    founding = {"event": "issue", "holder": "ada", "class": "common", "shares": 7_999_200}
    return company([founding, *events], proceeds=proceeds, instruments={"s": said, "t": said}, **more)


def test_at_twenty_million_two_divisions_hold():
    below, at, above = follow(jump([19_999_999, 20_000_000, 20_000_001])).exits
    assert takes(at) == {"ada": 14_400_000, "fund": 3_600_000, "uni": 2_000_000}
    (other,) = at.others
    assert [decision.take for decision in other.decisions] == [14_000_000_00, 4_000_000_00, 2_000_000_00]
    assert (at.settled.certificate.holds, at.settled.certificate.method) == (True, "enumerated")
    assert [decision.tie for decision in at.settled.decisions] == [False, False, True]
    assert below.others == above.others == ()
    assert takes(below)["ada"] == Fraction(4, 5) * (19_999_999 - 2_000_000)
    assert takes(above)["ada"] == Fraction(7, 10) * 20_000_001


def test_the_jump_is_a_breakpoint_with_two_sides():
    schedule = follow(jump([1])).exits[0].schedule
    points = [(point.what, point.claims, point.proceeds, point.jump) for point in schedule.breakpoints]
    cents = 100
    assert points == [
        ("filled", ("s", "t"), 3_000_000 * cents, None),
        ("converts", ("s",), 7_000_000 * cents, None),
        (
            "converts", ("t",), 20_000_000 * cents,
            ((14_400_000_00, 3_600_000_00, 2_000_000_00), (14_000_000_00, 4_000_000_00, 2_000_000_00)),
        ),
    ]  # fmt: skip
    assert schedule.at(20_000_000_00) == (14_400_000_00, 3_600_000_00, 2_000_000_00)


def test_a_capitalization_of_nothing_gives_no_shares():
    # 200 preferred shares owed 500, and a SAFE of 100 at a cap of 1000; alone, it would be a tenth of nothing
    gone = {"event": "cancel", "of": "founding", "shares": 800}
    text = company(
        [gone, issue(), safe(100, 1000, holder="uni")],
        [pref()],
        proceeds=[550, 2000],
        instruments=treated(capitalization="converting-only"),
    )
    low, high = follow(text).exits
    assert takes(low) == {"fund": 500, "uni": 50}
    assert takes(high) == {"fund": 1800, "uni": 200}
    assert low.settled.certificate.holds and high.settled.certificate.holds
    assert all(point.collinear for point in low.schedule.breakpoints)


def test_too_many_that_decide_together():
    events = [safe(1, 1_000, f"s{i}") for i in range(13)]
    said = treated(capitalization="converting-only")["s"]
    text = company(events, proceeds=[1_000], instruments={f"s{i}": said for i in range(13)})
    assert codes(text) == ["E574"]


# -- what is asked on the command line ----------------------------------------------------------------


def test_other_proceeds_by_the_terms_of_an_exit_of_the_file():
    text = company([], proceeds=[1_000], costs=[{"amount": 100}])
    (_, other) = follow(text, ["sale=500"]).exits
    assert (other.id, other.costs, by_claim(other)["common"]) == ("sale", 100_00, 400_00)
    assert codes(text, ["sold=500"]) == ["E577"]
    happened = company([], proceeds=[1_000], exits=[earlier(proceeds=[100])])
    assert codes(happened, ["before=500"]) == ["E577"]
    assert follow(text, ["500"]).exits[1].costs == 0


def test_terms_that_say_nothing_in_this_kind_of_exit():
    tender = earlier("tender", proceeds=[80], price=2, offers=offers(("ada", "common", 60)), unvested="lapse")
    assert codes(company([], proceeds=[1], exits=[tender])) == ["E541"]
    assert codes(company([], proceeds=[1], reduces_preference=True)) == ["E541"]
    assert codes(company([], proceeds=[1], exits=[earlier("tender", proceeds=[80])])) == ["F101", "F101"]
    assert codes(company([], proceeds=[1], exits=[earlier("tender", proceeds=[80], price=2, offers=[])])) == [
        "F101"
    ]


@pytest.mark.parametrize("rank", ["with:a", "first", "debt:x", "with:"])
def test_ranks_that_are_none(rank):
    text = company([safe(100, 1000)], proceeds=[300], instruments=treated("cash", rank, None))
    assert codes(text) in (["E502"], ["F107"])


def test_instruments_that_are_not_there_and_words_of_other_exits():
    assert codes(company([], proceeds=[300], instruments=treated("cash", "debt:1", None))) == ["E540"]
    assert codes(company([safe(9, 99)], proceeds=[300], instruments=treated("none", "debt:1", None))) == [
        "F107"
    ]
    assert codes(company([safe(9, 99)], proceeds=[300], instruments=treated("cash", None, None))) == ["F101"]
    assert codes(company([safe(9, 99)], proceeds=[300], instruments=treated(capitalization=None))) == ["F101"]
    assert codes(company([note()], proceeds=[300], instruments=treated(None, "debt:1", None))) == ["F101"]
    debts = [{"id": "loan", "holder": "bank", "amount": 1, "rank": 1}] * 2
    assert codes(company([], proceeds=[300], debt=debts)) == ["F112"]


def test_file_makes_what_it_says():
    assert 'kind = "sale"' in file([FOUNDERS, SERIES_A], [1])
