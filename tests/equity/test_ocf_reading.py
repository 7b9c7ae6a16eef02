"""What each kind of transaction of a package does to holdings, worked out by hand beside it.

The tests with ``version`` read the package as each version of the format writes it.
"""

import datetime
import functools
import itertools
import random
from pathlib import Path

import pytest
from ocf_packages import (
    DAY,
    START,
    VERSIONS,
    after,
    condition,
    convertible,
    files,
    follow,
    held,
    matures,
    mechanism,
    money,
    note,
    options,
    plan,
    positions,
    ratio,
    safe,
    schedule,
    share_class,
    stock,
    tx,
    warrant,
)

from ipcalc.equity.ocf.shape import TRANSACTIONS
from ipcalc.inputs.diagnostics import Refused


@pytest.fixture(params=VERSIONS)
def read(request):
    """``held``, for packages of each version."""
    return functools.partial(held, version=request.param)


# 3 a share, at 2 a share: 1.5 common shares for one
PREFERRED = share_class("a", "PREFERRED", **ratio(3, 2, (3, 2)))


def rounding(how):
    return share_class("a", "PREFERRED", **ratio(3, 2, (3, 2), how))


# -- shares -------------------------------------------------------------------------------------------


def test_issuances(read):
    found = read(
        stock("s1", "ada", 600), stock("s2", "bo", 400), stock("s3", "ada", 50, of="a"), classes=[PREFERRED]
    )
    assert found == {"ada shares common": 600, "ada shares a": 50, "bo shares common": 400}


def test_a_transfer_leaves_a_balance(read):
    found = read(
        stock("s1", "ada", 1000),
        tx("STOCK_TRANSFER", "t", "2024-02-01", of="s1", quantity="300", to=["s2"], rest="s3"),
        stock("s2", "bo", 300, "2024-02-01"),
        stock("s3", "ada", 700, "2024-02-01"),
    )
    assert found == {"ada shares common": 700, "bo shares common": 300}


def test_a_transfer_to_several(read):
    found = read(
        stock("s1", "ada", 1000),
        tx("STOCK_TRANSFER", "t", "2024-02-01", of="s1", quantity="1000", to=["s2", "s3", "s4"]),
        *(
            stock(name, who, shares, "2024-02-01")
            for name, who, shares in (("s2", "bo", 300), ("s3", "cy", 600), ("s4", "ada", 100))
        ),
    )
    assert found == {"ada shares common": 100, "bo shares common": 300, "cy shares common": 600}


@pytest.mark.parametrize("kind", ["CANCELLATION", "REPURCHASE"])
def test_cancellations_and_repurchases_with_and_without_a_balance(read, kind):
    price = {"price": money(1)} if kind == "REPURCHASE" else {"reason_text": ""}
    found = read(
        stock("s1", "ada", 1000),
        tx(f"STOCK_{kind}", "c1", "2024-02-01", of="s1", quantity="200", rest="s2", **price),
        stock("s2", "ada", 800, "2024-02-01"),
        tx(f"STOCK_{kind}", "c2", "2024-03-01", of="s2", quantity="300", **price),
        tx(f"STOCK_{kind}", "c3", "2024-04-01", of="s2", quantity="100", **price),
        stock("s4", "bo", 10),
        tx(f"STOCK_{kind}", "c4", "2024-04-01", of="s4", quantity="10", **price),
    )
    assert found == {"ada shares common": 1000 - 200 - 300 - 100}


def test_a_retracted_security_never_was(read):
    found = read(
        stock("s1", "ada", 1000),
        stock("s2", "bo", 70),
        tx("STOCK_RETRACTION", "r", "2024-02-01", of="s2", reason_text="a mistake"),
    )
    assert found == {"ada shares common": 1000}


@pytest.mark.parametrize(("how", "common"), [("FLOOR", 151), ("NORMAL", 152), ("CEILING", 152)])
def test_a_conversion_by_the_ratio_of_the_class(read, how, common):
    found = read(
        stock("s1", "ada", 300, of="a"),
        tx("STOCK_CONVERSION", "c", "2024-02-01", of="s1", quantity_converted="101", to=["s2"], rest="s3"),
        stock("s2", "ada", common, "2024-02-01"),  # 101 × 3 / 2 = 151.5
        stock("s3", "ada", 199, "2024-02-01", of="a"),
        classes=[rounding(how)],
    )
    assert found == {"ada shares common": common, "ada shares a": 199}


@pytest.mark.parametrize(("how", "common"), [("FLOOR", 151), ("NORMAL", 152), ("CEILING", 152)])
def test_a_split_is_rounded_as_conversions_are(read, how, common):
    split = tx(
        "STOCK_CLASS_SPLIT",
        "p",
        "2024-02-01",
        stock_class_id="common",
        split_ratio={"numerator": "3", "denominator": "2"},
    )
    found = read(stock("s1", "ada", 101), split, classes=[rounding(how)])
    assert found == {"ada shares common": common}


def doubled(name="p", day="2024-02-01", of="common"):
    return tx(
        "STOCK_CLASS_SPLIT",
        name,
        day,
        stock_class_id=of,
        split_ratio={"numerator": "2", "denominator": "1"},
    )


def test_papers_issued_anew_after_a_split(read):
    found = read(
        stock("s1", "ada", 100),
        stock("s9", "bo", 11),
        doubled(),
        tx("STOCK_REISSUANCE", "r", "2024-02-01", of="s1", to=["s2", "s3"], split_transaction_id="p"),
        stock("s2", "ada", 150, "2024-02-01"),
        stock("s3", "ada", 50, "2024-02-01"),
        tx("STOCK_TRANSFER", "t", "2024-03-01", of="s2", quantity="150", to=["s4"]),
        stock("s4", "bo", 150, "2024-03-01"),
    )
    assert found == {"ada shares common": 50, "bo shares common": 22 + 150}


def test_a_split_reaches_everything_of_its_class(read):
    found = read(
        stock("s1", "ada", 100),
        options("o1", "bo", 40),
        warrant("w1", "cy", 30),
        doubled(),
        plans=[plan(shares=90)],
    )
    assert found == {
        "ada shares common": 200,
        "bo options common": 80,
        "cy warrants common": 60,
        "esop reserve common": 100,
    }


def test_another_conversion_ratio(read):
    adjusted = tx(
        "STOCK_CLASS_CONVERSION_RATIO_ADJUSTMENT",
        "r",
        "2024-02-01",
        stock_class_id="a",
        new_ratio_conversion_mechanism=mechanism("1.5", (2, 1)),
    )
    found = read(
        stock("s1", "ada", 100, of="a"),
        adjusted,
        tx("STOCK_CONVERSION", "c", "2024-03-01", of="s1", quantity_converted="60", to=["s2"], rest="s3"),
        stock("s2", "ada", 120, "2024-03-01"),  # 60 × 3 / 1.5
        stock("s3", "ada", 40, "2024-03-01", of="a"),
        classes=[PREFERRED],
    )
    assert found == {"ada shares common": 120, "ada shares a": 40}


# -- plans --------------------------------------------------------------------------------------------


def resized(name, day, shares):
    return tx("STOCK_PLAN_POOL_ADJUSTMENT", name, day, stock_plan_id="esop", shares_reserved=str(shares))


def test_a_plan_grows_and_shrinks(read):
    events = [
        options("o1", "ada", 300),
        resized("p1", "2024-02-01", 1500),
        resized("p2", "2024-03-01", 1200),
    ]
    for number, reserve in ((1, 700), (2, 1200), (3, 900)):  # its size less the 300 that are granted
        found = read(*events[:number], plans=[plan()])
        assert found == {"ada options common": 300, "esop reserve common": reserve}


def test_a_plan_larger_and_granted_from_on_one_day_in_any_order(read):
    events = [
        resized("p1", DAY, 1500),
        options("o1", "ada", 1200),
        stock("s", "bo", 200, stock_plan_id="esop"),
    ]
    for order in itertools.permutations(events):
        found = read(*order, plans=[plan(shares=1000)])
        assert found == {"ada options common": 1200, "bo shares common": 200, "esop reserve common": 100}


def test_a_plan_made_after_a_split_is_not_split(read):
    found = read(
        stock("s1", "ada", 100),
        doubled(),
        options("o1", "bo", 10, "2024-05-01"),
        resized("p1", "2024-06-01", 1500),
        plans=[plan(board_approval_date="2024-04-01")],
    )
    assert found == {"ada shares common": 200, "bo options common": 10, "esop reserve common": 1490}


def ended(security, shares, kind="EQUITY_COMPENSATION_CANCELLATION", day="2024-02-01", **keys):
    return tx(kind, f"c-{security}", day, of=security, quantity=str(shares), reason_text="", **keys)


def back(security, shares, to="esop"):
    return tx(
        "STOCK_PLAN_RETURN_TO_POOL",
        "b",
        "2024-02-01",
        of=security,
        stock_plan_id=to,
        quantity=str(shares),
        reason_text="",
    )


@pytest.mark.parametrize(
    ("rule", "reserve"), [("RETURN_TO_POOL", 950), ("RETIRE", 900), ("HOLD_AS_CAPITAL_STOCK", 900)]
)
def test_cancelled_options_and_the_plans_own_rule(read, rule, reserve):
    found = read(options("o1", "ada", 100), ended("o1", 50), plans=[plan(default_cancellation_behavior=rule)])
    assert found == {"ada options common": 50, "esop reserve common": reserve}


def test_what_goes_back_to_a_plan_is_stated_beside_its_rule(read):
    retired = plan(default_cancellation_behavior="RETIRE")
    found = read(options("o1", "ada", 100), ended("o1", 100), back("o1", 30), plans=[retired])
    assert found == {"esop reserve common": 930}  # 1000 less 70 that are not reserved any more
    to_other = [options("o1", "ada", 100), ended("o1", 100), back("o1", 100, "new")]
    found = read(*to_other, plans=[plan(), plan("new", 50)])
    assert found == {"esop reserve common": 900, "new reserve common": 150}


def test_options_that_only_return_to_their_plan_are_no_more(read):
    found = read(options("o1", "ada", 100), back("o1", 40), plans=[plan()])
    assert found == {"ada options common": 60, "esop reserve common": 940}


def test_a_retracted_grant_goes_back_whatever_the_plans_rule(read):
    retired = plan(default_cancellation_behavior="RETIRE")
    retracted = tx("EQUITY_COMPENSATION_RETRACTION", "r", "2024-02-01", of="o1", reason_text="")
    assert read(options("o1", "ada", 100), retracted, plans=[retired]) == {"esop reserve common": 1000}
    retracted = tx("STOCK_RETRACTION", "r", "2024-02-01", of="s1", reason_text="")
    found = read(
        stock("s1", "ada", 100, stock_plan_id="esop"), stock("s2", "bo", 1), retracted, plans=[retired]
    )
    assert found == {"bo shares common": 1, "esop reserve common": 1000}


def test_a_plan_of_retired_shares_is_smaller(read):
    found = read(
        options("o1", "ada", 100),
        ended("o1", 100),
        resized("p", "2024-03-01", 1200),
        plans=[plan(default_cancellation_behavior="RETIRE")],
    )
    assert found == {"esop reserve common": 1200}


def test_shares_of_a_plan_come_out_of_its_reserve(read):
    found = read(
        stock("s1", "ada", 300, stock_plan_id="esop"),
        tx("STOCK_REPURCHASE", "c", "2024-02-01", of="s1", quantity="100", price=money(1)),
        plans=[plan()],
    )
    assert found == {"ada shares common": 200, "esop reserve common": 1000 - 300 + 100}


# -- options, units, warrants -------------------------------------------------------------------------


def test_options_exercised_in_part(read):
    found = read(
        options("o1", "ada", 100),
        tx("EQUITY_COMPENSATION_EXERCISE", "e", "2024-02-01", of="o1", quantity="30", to=["s1"]),
        stock("s1", "ada", 30, "2024-02-01", price=2),
        tx("EQUITY_COMPENSATION_EXERCISE", "f", "2024-03-01", of="o1", quantity="20", to=["s2"]),
        stock("s2", "ada", 20, "2024-03-01", price=2),
        plans=[plan()],
    )
    assert found == {"ada shares common": 50, "ada options common": 50, "esop reserve common": 900}


def test_options_exercised_before_they_vest():
    """All 100 vest a year later; 30 are shares before that, if the grant may be exercised early."""
    vests = [{"date": "2025-02-01", "amount": "100"}]
    content = [
        tx("EQUITY_COMPENSATION_EXERCISE", "e", "2024-02-01", of="o1", quantity="30", to=["s1"]),
        stock("s1", "ada", 30, "2024-02-01", price=2),
    ]
    early = options("o1", "ada", 100, vestings=vests, early_exercisable=True)
    result = follow(files(early, *content, plans=[plan()]))
    [lot] = result.events[-1].state.lots
    assert [lot.vested(datetime.date(2025, 1, 31)), lot.vested(datetime.date(2025, 2, 1))] == [0, 30]
    with pytest.raises(Refused) as refused:
        follow(files(options("o1", "ada", 100, vestings=vests), *content, plans=[plan()]))
    assert [one.code for one in refused.value.diagnostics] == ["E559"]


def test_unvested_shares_that_change_hands():
    """40 of 100 that all vest a year later: with a schedule of their own they go as they are."""
    vests = [{"date": "2025-02-01", "amount": "100"}]
    content = [
        stock("s1", "ada", 100, vestings=vests),
        tx("STOCK_TRANSFER", "t", "2024-03-01", of="s1", quantity="40", to=["s2"], rest="s3"),
        stock("s2", "bo", 40, "2024-03-01", vestings=[{"date": "2025-02-01", "amount": "40"}]),
        stock("s3", "ada", 60, "2024-03-01", vestings=[{"date": "2025-02-01", "amount": "60"}]),
    ]
    lots = {one.holder: one for one in follow(files(*content)).events[-1].state.lots}
    days = [datetime.date(2025, 1, 31), datetime.date(2025, 2, 1)]
    assert [[lots[who].vested(day) for day in days] for who in ("ada", "bo")] == [[0, 60], [0, 40]]


def test_units_released_less_those_withheld_for_tax(read):
    released = tx(
        "EQUITY_COMPENSATION_RELEASE",
        "e",
        "2024-02-01",
        of="o1",
        quantity="80",
        to=["s1"],
        settlement_date="2024-02-03",
        release_price=money(9),
    )
    found = read(
        options("o1", "ada", 100, compensation_type="RSU", exercise_price=None),
        released,
        stock("s1", "ada", 50, "2024-02-01", price=0),
        plans=[plan()],
    )  # 80 released, 50 issued, 30 withheld, which the plan may grant again
    assert found == {"ada shares common": 50, "ada options common": 20, "esop reserve common": 930}


def test_options_transferred_and_cancelled_with_a_balance(read):
    found = read(
        options("o1", "ada", 100),
        tx("EQUITY_COMPENSATION_TRANSFER", "t", "2024-02-01", of="o1", quantity="60", to=["o2"], rest="o3"),
        options("o2", "bo", 60, "2024-02-01"),
        options("o3", "ada", 40, "2024-02-01"),
        ended("o3", 10, rest="o4"),
        options("o4", "ada", 30, "2024-02-01"),
        plans=[plan()],
    )
    assert found == {"ada options common": 30, "bo options common": 60, "esop reserve common": 910}


def test_options_without_a_plan(read):
    found = read(options("o1", "ada", 100, stock_plan_id=None, stock_class_id="common"))
    assert found == {"ada options common": 100}


def test_warrants_exercised_transferred_cancelled_and_retracted(read):
    found = read(
        warrant("w1", "ada", 100),
        warrant("w2", "bo", 40),
        warrant("w3", "bo", 7),
        tx("WARRANT_TRANSFER", "t", "2024-02-01", of="w1", quantity="60", to=["w4"], rest="w5"),
        warrant("w4", "cy", 60, "2024-02-01"),
        warrant("w5", "ada", 40, "2024-02-01"),
        tx("WARRANT_EXERCISE", "e", "2024-03-01", of="w4", to=["s1"], trigger_id="t"),
        stock("s1", "cy", 60, "2024-03-01", price=5),
        ended("w2", 15, "WARRANT_CANCELLATION"),
        tx("WARRANT_RETRACTION", "r", "2024-02-01", of="w3", reason_text=""),
    )
    assert found == {"ada warrants common": 40, "bo warrants common": 25, "cy shares common": 60}


# -- convertibles -------------------------------------------------------------------------------------

RULES = dict.fromkeys(
    (
        "include_outstanding_shares",
        "include_outstanding_options",
        "include_outstanding_unissued_options",
        "include_this_security",
        "include_other_converting_securities",
        "include_option_pool_topup_for_promised_options",
        "include_additional_option_pool_topup",
        "include_new_money",
    ),
    False,
) | {"include_outstanding_shares": True, "include_outstanding_options": True}
COUNTED = RULES | dict.fromkeys(
    (
        "include_outstanding_unissued_options",
        "include_this_security",
        "include_other_converting_securities",
        "include_option_pool_topup_for_promised_options",
    ),
    True,
)


def opened(*transactions, **options):
    """The open instruments in the end, by id."""
    result = follow(files(stock("s0", "ada", 100), *transactions, **options))
    return {one.id: one for one in result.events[-1].state.convertibles}


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("keys", "basis", "counts"),
    [
        ({}, "post-money", set()),
        ({"conversion_timing": "POST_MONEY"}, "post-money", set()),
        (
            {"conversion_timing": "POST_MONEY", "capitalization_definition_rules": COUNTED},
            "post-money",
            set(),
        ),
        ({"capitalization_definition_rules": COUNTED}, "post-money", set()),
        ({"conversion_timing": "PRE_MONEY"}, "pre-money", {"pool_unallocated"}),
        ({"conversion_timing": "PRE_MONEY", "capitalization_definition_rules": RULES}, "pre-money", set()),
        (
            {
                "capitalization_definition_rules": RULES
                | {"include_additional_option_pool_topup": True, "include_outstanding_unissued_options": True}
            },
            "pre-money",
            {"pool_unallocated", "pool_increase"},
        ),
    ],
)
def test_what_the_cap_of_a_safe_is_divided_by(keys, basis, counts, version):
    terms = safe(conversion_valuation_cap=money(5000), conversion_discount="0.2", **keys)
    found = opened(convertible("v1", "fund", 1000, terms), version=version)["x-v1"]
    assert (found.kind, found.amount, found.to) == ("safe", 100_000, (("fund", 1),))
    assert (found.conversion.basis, found.conversion.cap) == (basis, 500_000)
    assert found.conversion.discount * 5 == 1  # 20 % off
    if basis == "pre-money":
        assert found.conversion.counts == counts


def test_safes_without_a_cap():
    found = opened(
        convertible("v1", "fund", 1000, safe(conversion_mfn=True)),
        convertible("v2", "fund", 1000, safe(conversion_discount="0.15"), pro_rata="0.5"),
        convertible(
            "v3",
            "bo",
            2000,
            {"type": "FIXED_PERCENT_OF_CAPITALIZATION_CONVERSION", "converts_to_percent": "0.075"},
            kind="CONVERTIBLE_SECURITY",
        ),
    )
    assert (found["x-v1"].mfn, found["x-v1"].conversion.discount) == (True, 0)
    assert (found["x-v2"].conversion.discount * 100, found["x-v2"].pro_rata) == (15, True)
    percent = found["x-v3"].conversion
    assert (percent.basis, percent.percent * 1000) == ("fixed-percent", 75)


def test_a_note_and_its_interest():
    terms = note(
        conversion_valuation_cap=money(5000),
        exit_multiple={"numerator": "3", "denominator": "2"},
        interest_rates=[{"rate": "0.08", "accrual_start_date": "2024-03-01"}],
        interest_payout="CASH",
        day_count_convention="30_360",
        capitalization_definition_rules=COUNTED,
    )
    found = opened(convertible("v1", "fund", 1000, terms, kind="NOTE", triggers=matures(terms)))["x-v1"]
    assert (found.kind, found.amount, found.maturity) == ("note", 100_000, datetime.date(2026, 1, 1))
    assert (found.interest.rate * 100, found.interest.kind, found.interest.day_count) == (
        8,
        "simple",
        "30/360",
    )
    assert (found.interest.on_conversion, found.interest.start) == ("cash", datetime.date(2024, 3, 1))
    assert found.conversion.counts == {"pool_unallocated", "promised", "converting"}
    assert found.at_exit * 2 == 3
    plain = opened(
        convertible("v1", "fund", 1000, note(), kind="NOTE", triggers=matures(note(), "2027-05-06"))
    )
    assert (plain["x-v1"].interest.start, plain["x-v1"].interest.on_conversion) == (None, "shares")


def test_convertibles_transferred_converted_and_cancelled(read):
    terms = safe(conversion_valuation_cap=money(5000))
    events = [
        stock("s0", "ada", 100),
        convertible("v1", "fund", 1000, terms),
        tx("CONVERTIBLE_TRANSFER", "t", "2024-02-01", of="v1", amount=money(400), to=["v2"], rest="v3"),
        convertible("v2", "bo", 400, terms, "2024-02-01"),
        convertible("v3", "fund", 600, terms, "2024-02-01"),
        tx("CONVERTIBLE_CONVERSION", "c", "2024-03-01", of="v3", to=["s1"], rest="v4", trigger_id="t"),
        stock("s1", "fund", 70, "2024-03-01", of="a", price=5),
        convertible("v4", "fund", 250, terms, "2024-03-01"),
        tx("CONVERTIBLE_CANCELLATION", "k", "2024-04-01", of="v4", amount=money(50), reason_text=""),
        convertible("v5", "cy", 90, terms),
        tx("CONVERTIBLE_RETRACTION", "r", "2024-02-01", of="v5", reason_text=""),
    ]
    result = follow(files(*events, classes=[PREFERRED], version=read.keywords["version"]))
    assert positions(result) == {"ada shares common": 100, "fund shares a": 70}
    amounts = {one.to: one.amount for one in result.events[-1].state.convertibles}
    assert amounts == {(("bo", 1),): 40_000, (("fund", 1),): 20_000}  # of the fund's 600: 350 and 50 are gone


UNSAYABLE = {
    "mechanism": {"type": "CUSTOM_CONVERSION", "custom_conversion_description": "as agreed"},
    "rates": note(interest_rates=[{"rate": "0.08", "accrual_start_date": "2024-01-01"}] * 2),
    "compounding": note(
        compounding_type="COMPOUNDING",
        interest_accrual_period="MONTHLY",
        interest_rates=[{"rate": "0.08", "accrual_start_date": "2024-01-01"}],
    ),
    "maturity": note(),
    "capitalization": {
        "type": "SAFE_CONVERSION",
        "conversion_mfn": False,
        "conversion_valuation_cap": money(5000),
        "capitalization_definition_rules": COUNTED | {"include_new_money": True},
    },
}


@pytest.mark.parametrize("reason", UNSAYABLE)
def test_what_an_open_instrument_says_must_be_sayable(reason):
    with pytest.raises(Refused) as refused:
        follow(files(stock("s0", "ada", 100), convertible("v1", "fund", 1000, UNSAYABLE[reason])))
    [one] = refused.value.diagnostics
    assert (one.code, one.args["reason"]) == ("E605", reason)


@pytest.mark.parametrize("reason", UNSAYABLE)
def test_of_an_instrument_that_has_ended_only_what_it_became_is_known(reason):
    """1,000 became 150 shares at 4 and, of the 400 left, 100 at 4."""
    terms = UNSAYABLE[reason]
    converted = [
        stock("s0", "ada", 100),
        convertible("v1", "fund", 1000, terms),
        tx("CONVERTIBLE_CONVERSION", "c", "2024-03-01", of="v1", to=["s1"], rest="v2", trigger_id="t"),
        stock("s1", "fund", 150, "2024-03-01", of="a", price=4),
        convertible("v2", "fund", 400, terms, "2024-03-01"),
        tx("CONVERTIBLE_CONVERSION", "d", "2024-04-01", of="v2", to=["s2"], trigger_id="t"),
        stock("s2", "fund", 100, "2024-04-01", of="a", price=4),
    ]
    result = follow(files(*converted, classes=[PREFERRED]))
    assert positions(result) == {"ada shares common": 100, "fund shares a": 250}
    assert result.events[-1].state.convertibles == ()
    assert "ocf-terms" in {one.key for one in result.assumptions}


# -- vesting ------------------------------------------------------------------------------------------


def vested(days, *transactions, shares=18, terms=(), **keys):
    """The options of 18 that have vested by each of the days."""
    begun = tx("VESTING_START", "vs", DAY, of="o1", vesting_condition_id="start")
    content = files(
        options("o1", "ada", shares, **({"vesting_terms_id": "v"} | keys)),
        *([begun] if "vestings" not in keys else []),
        *transactions,
        plans=[plan()],
        terms=[schedule("v", START, *terms[1:], allocation=terms[0])] if terms else [],
    )
    (option,) = follow(content).events[-1].state.options
    return [option.vested(datetime.date.fromisoformat(day)) for day in days]


QUARTERS = ["2024-03-31", "2024-04-01", "2024-07-01", "2024-10-01", "2025-01-01"]


@pytest.mark.parametrize(
    ("allocation", "parts"),
    [
        ("CUMULATIVE_ROUNDING", [5, 4, 5, 4]),
        ("CUMULATIVE_ROUND_DOWN", [4, 5, 4, 5]),
        ("FRONT_LOADED", [5, 5, 4, 4]),
        ("BACK_LOADED", [4, 4, 5, 5]),
        ("FRONT_LOADED_TO_SINGLE_TRANCHE", [6, 4, 4, 4]),
        ("BACK_LOADED_TO_SINGLE_TRANCHE", [4, 4, 4, 6]),
    ],
)
@pytest.mark.parametrize("dated", [False, True])
def test_eighteen_shares_in_four_tranches(allocation, parts, dated):
    """Once as a schedule of months, and once by its days, which are all known but for one."""
    quarterly = condition("next", after("start", 3, 4), (1, 4))
    terms = (allocation, quarterly)
    if dated:
        dates = {"type": "VESTING_SCHEDULE_ABSOLUTE"}
        names = ["next", "two", "three", "four"]
        terms = (
            allocation,
            *(
                condition(name, dates | {"date": day}, (1, 4), *names[i + 1 : i + 2])
                for i, (name, day) in enumerate(zip(names, QUARTERS[1:], strict=True))
            ),
        )
    assert vested(QUARTERS, terms=terms) == [0, *itertools.accumulate(parts)]


def test_a_cliff_and_then_months():
    cliff = condition("next", after("start", 12, 1), (12, 48), "monthly")
    monthly = condition("monthly", after("next", 1, 36), (1, 48))
    days = ["2024-12-31", "2025-01-01", "2025-02-01", "2025-02-28", "2027-12-31", "2028-01-01"]
    terms = ("CUMULATIVE_ROUNDING", cliff, monthly)
    assert vested(days, shares=480, terms=terms) == [0, 120, 130, 130, 470, 480]


def test_days_an_event_and_what_remains():
    weekly = condition("next", after("start", 7, 2, "DAYS"), 3, "launch")
    launch = condition("launch", {"type": "VESTING_EVENT"}, (1, 2), "rest", remainder=True)
    rest = condition("rest", after("launch", 1, 1, day="31_OR_LAST_DAY_OF_MONTH"), (1, 1), remainder=True)
    terms = ("CUMULATIVE_ROUNDING", weekly, launch, rest)
    days = ["2024-01-07", "2024-01-08", "2024-01-15", "2024-03-10", "2024-04-29", "2024-04-30"]
    assert vested(days, terms=terms) == [0, 3, 6, 6, 6, 6]
    met = tx("VESTING_EVENT", "ve", "2024-03-10", of="o1", vesting_condition_id="launch")
    assert vested(days, met, terms=terms) == [0, 3, 6, 12, 12, 18]  # half of 12, and then the other half


def test_shares_that_vest_earlier():
    yearly = condition("next", after("start", 12, 3), (1, 3))
    faster = tx("VESTING_ACCELERATION", "va", "2024-02-01", of="o1", quantity="8", reason_text="")
    days = ["2024-01-31", "2024-02-01", "2025-01-01", "2026-01-01", "2027-01-01"]
    terms = ("CUMULATIVE_ROUNDING", yearly)
    assert vested(days, faster, terms=terms) == [0, 8, 14, 18, 18]


def test_vesting_by_its_days_and_none():
    days = ["2024-01-31", "2024-02-01", "2024-05-01"]
    inline = [{"date": "2024-02-01", "amount": "7"}, {"date": "2024-05-01", "amount": "11"}]
    assert vested(days, vestings=inline, vesting_terms_id=None) == [0, 7, 18]
    assert vested(days, vestings=[], vesting_terms_id=None) == [18, 18, 18]
    assert vested(days, vestings=inline, terms=("CUMULATIVE_ROUNDING",)) == [0, 7, 18]


def test_vesting_that_never_started():
    terms = schedule("v", START, condition("next", after("start", 3, 4), (1, 4)))
    content = files(options("o1", "ada", 18, vesting_terms_id="v"), plans=[plan()], terms=[terms])
    (option,) = follow(content).events[-1].state.options
    assert option.vested(datetime.date(2090, 1, 1)) == 0


# -- order --------------------------------------------------------------------------------------------

STORY = [
    stock("s1", "ada", 1000),
    stock("s5", "fund", 300, of="a", price=3),
    options("o1", "bo", 100),
    tx("STOCK_TRANSFER", "t1", of="s1", quantity="300", to=["s2"], rest="s3"),
    stock("s2", "bo", 300),
    stock("s3", "ada", 700),
    tx("STOCK_TRANSFER", "t2", of="s2", quantity="100", to=["s4"]),
    stock("s4", "cy", 100),
    tx("STOCK_CONVERSION", "c", of="s5", quantity_converted="100", to=["s6"], rest="s7"),
    stock("s6", "fund", 150),
    stock("s7", "fund", 200, of="a", price=3),
    tx("EQUITY_COMPENSATION_EXERCISE", "e", of="o1", quantity="40", to=["s8"]),
    stock("s8", "bo", 40, price=2),
    ended("o1", 60, day=DAY),
    tx("STOCK_REISSUANCE", "r", "2024-02-01", of="s4", to=["s9"]),
    stock("s9", "cy", 100, "2024-02-01"),
    tx("STOCK_CANCELLATION", "k", "2024-02-01", of="s9", quantity="30", reason_text=""),
    resized("p", "2024-02-01", 1500),
    options("o2", "cy", 1300, "2024-02-01"),
]
OUTCOME = {
    "ada shares common": 700,
    "bo shares common": 240,
    "cy shares common": 70,
    "fund shares common": 150,
    "fund shares a": 200,
    "cy options common": 1300,
    "esop reserve common": 160,  # 1500 less the 1300 granted and the 40 exercised
}


@pytest.mark.parametrize("seed", range(40))
def test_the_order_and_the_files_of_transactions_don_t_matter(seed):
    chosen = random.Random(seed)
    shuffled = chosen.sample(STORY, len(STORY))
    found = held(*shuffled, classes=[PREFERRED], plans=[plan()], split=chosen.randrange(len(STORY)))
    assert found == OUTCOME


def test_every_kind_of_transaction_is_tested_here():
    """By the text of this file: as it stands, or made of its parts."""
    text = Path(__file__).read_text()
    made = {f"STOCK_{kind}" for kind in ("CANCELLATION", "REPURCHASE", "ISSUANCE")} | {
        f"{kind}_ISSUANCE" for kind in ("EQUITY_COMPENSATION", "WARRANT", "CONVERTIBLE")
    }
    kinds = {kind.removeprefix("TX_") for kind in TRANSACTIONS}
    kinds = {kind.replace("PLAN_SECURITY", "EQUITY_COMPENSATION") for kind in kinds}
    assert {kind for kind in kinds if f'"{kind}"' not in text} <= made
