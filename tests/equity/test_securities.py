"""Options, warrants, vesting, lots, splits and conversions: by hand, and what they refuse."""

from __future__ import annotations

import itertools
from datetime import date
from fractions import Fraction

import pytest
from captables import diluted, event, financed, follow, held, issue, last, on, pool, refused, table
from hypothesis import given
from hypothesis import strategies as st

from ipcalc.equity.state import Lot
from ipcalc.equity.vesting import ALLOCATIONS, Vesting, vested

PREFERRED = (
    '[[classes]]\nid = "a"\nkind = "preferred"\npreference = "1x"\nseniority = 1\nparticipation = "none"\n'
)
MONTHLY = '{ start = 2024-01-31, months = 48, cliff = 12, every = 1, allocation = "CUMULATIVE_ROUNDING" }'


def option(shares, holder="bo", vesting='"none"', plan="esop", **keys):
    return event("option", plan=plan, holder=holder, shares=shares, strike=keys.pop("strike", 2), **keys) + (
        f"\nvesting = {vesting}"
    )


def positions(step):
    """Shares by kind, and holder or plan."""
    return {(one.kind, one.holder or one.plan): one.shares for one in step.holdings}


# -- vesting ------------------------------------------------------------------------------------------

OCF = {
    "CUMULATIVE_ROUNDING": [5, 4, 5, 4],
    "CUMULATIVE_ROUND_DOWN": [4, 5, 4, 5],
    "FRONT_LOADED": [5, 5, 4, 4],
    "BACK_LOADED": [4, 4, 5, 5],
    "FRONT_LOADED_TO_SINGLE_TRANCHE": [6, 4, 4, 4],
    "BACK_LOADED_TO_SINGLE_TRANCHE": [4, 4, 4, 6],
    "FRACTIONAL": [Fraction(9, 2)] * 4,
}


def tranches(shares, allocation, number):
    """What each tranche vests, as the days of a schedule go by."""
    schedule = Vesting(date(2024, 1, 1), 12 * number, 0, 12, allocation, 0)
    sums = [vested(shares, schedule, date(2024 + year, 1, 1)) for year in range(number + 1)]
    return [after - before for before, after in itertools.pairwise(sums)]


@pytest.mark.parametrize("allocation", OCF)
def test_ocf_allocation_18_over_4(allocation):
    """ocf-allocation-18-over-4: half up, never half to even."""
    assert tranches(18, allocation, 4) == OCF[allocation]


@given(st.integers(0, 10**6), st.integers(1, 60), st.sampled_from(sorted(ALLOCATIONS)))
def test_tranches_add_up_and_none_is_a_share_from_the_average(shares, number, allocation):
    found = tranches(shares, allocation, number)
    assert sum(found) == shares
    single = "SINGLE" in allocation
    assert all(abs(part - Fraction(shares, number)) < (number if single else 1) + 1 for part in found)


def test_nothing_vests_before_the_cliff_and_months_end_early():
    schedule = Vesting(date(2024, 1, 31), 48, 12, 1, "CUMULATIVE_ROUNDING", 0)
    days = {
        date(2024, 12, 31): 0,  # 11 months
        date(2025, 1, 30): 0,
        date(2025, 1, 31): 120,
        date(2025, 2, 27): 120,
        date(2025, 2, 28): 130,  # a month from the 31st ends on the last day of February
        date(2027, 12, 31): 470,
        date(2028, 1, 31): 480,
        date(2100, 1, 1): 480,
    }
    assert {day: vested(480, schedule, day) for day in days} == days
    assert vested(480, None, date(1999, 1, 1)) == 480


# -- options ------------------------------------------------------------------------------------------


def test_options_come_out_of_the_reserve_and_go_back_to_it():
    steps = follow(
        table(
            issue("ada", 1000),
            pool("create", 600),
            option(480, vesting=MONTHLY, id="o"),
            on("2025-02-28", event("exercise", of="o", shares=130)),
            on("2025-03-01", event("lapse", of="o", shares=350)),
        )
    ).events
    assert positions(steps[2]) == {("shares", "ada"): 1000, ("options", "bo"): 480, ("reserve", "esop"): 120}
    assert [step.shares for step in steps] == [1000, 1600, 1600, 1600, 1600]
    assert positions(steps[3])[("shares", "bo")] == 130
    assert steps[3].changes[1].paid == 130 * 200
    assert positions(steps[4]) == {("shares", "ada"): 1000, ("shares", "bo"): 130, ("reserve", "esop"): 470}
    assert steps[4].state.options == ()
    assert steps[3].issued == 1130


def test_options_beside_any_plan_are_new():
    step = last(issue("ada", 900), option(100, plan="none", **{"class": "common"}))
    assert diluted(step) == {"ada": Fraction(9, 10), "bo": Fraction(1, 10)}
    gone = last(issue("ada", 900), option(100, plan="none", **{"class": "common"}),
                event("lapse", of="e1", shares=100))  # fmt: skip
    assert gone.shares == 900


def test_what_options_refuse():
    made = issue("ada", 1000), pool("create", 100)
    assert refused(*made, option(101)) == ["E508"]
    assert refused(*made, option(1, plan="esp")) == ["E540"]
    assert refused(issue("ada", 1), option(1, plan="none")) == ["F101"]
    early = on("2025-01-30", event("exercise", of="e2", shares=1))
    assert refused(*made, option(48, vesting=MONTHLY), early) == ["E559"]
    assert refused(*made, option(48), event("exercise", of="e2", shares=49)) == ["E559"]
    assert refused(*made, option(48, promised="true"), event("exercise", of="e2", shares=1)) == ["E559"]
    assert refused(*made, event("exercise", of="e0", shares=1)) == ["E540"]
    five = MONTHLY.replace("every = 1", "every = 5")
    assert refused(*made, option(48, vesting=five)) == ["E546"]


def test_what_lapses_was_unvested_first():
    made = issue("ada", 1000), pool("create", 480), option(480, vesting=MONTHLY, id="o")
    leaver = on("2025-02-28", event("lapse", of="o", shares=350))
    step = last(*made, leaver, on("2026-06-30", event("exercise", of="o", shares=130)))
    assert positions(step)[("shares", "bo")] == 130


def test_a_warrant_until_its_last_day():
    terms = {"class": "common", "shares": 100, "strike": "2.5", "expires": date(2025, 1, 1)}
    made = issue("ada", 900), event("warrant", holder="bo", **terms)
    step = last(*made, on("2025-01-01", event("exercise", of="e1", shares=40)))
    assert positions(step) == {("shares", "ada"): 900, ("shares", "bo"): 40, ("warrants", "bo"): 60}
    assert step.changes[1].paid == 40 * 250
    assert refused(*made, on("2025-01-02", event("exercise", of="e1", shares=1))) == ["E559"]
    assert last(*made, on("2025-01-02", event("lapse", of="e1", shares=100))).shares == 900


# -- lots ---------------------------------------------------------------------------------------------


def test_the_oldest_shares_change_hands_with_their_date():
    step = last(
        on("2024-01-01", issue("ada", 60) + "\nprice = 1"),
        on("2024-02-01", issue("ada", 40) + "\nprice = 2"),
        on("2024-03-01", event("transfer", **{"class": "common", "from": "ada", "to": "bo"}, shares=70)),
    )
    lots = [(lot.holder, lot.issued, lot.shares, lot.paid) for lot in step.state.lots]
    assert lots == [
        ("ada", date(2024, 2, 1), 30, 200),
        ("bo", date(2024, 1, 1), 60, 100),
        ("bo", date(2024, 2, 1), 10, 200),
    ]


def test_founders_shares_vest_and_cancelled_ones_were_unvested():
    vesting = f"\nvesting = {MONTHLY}"
    step = last(
        issue("ada", 480) + vesting,
        issue("bo", 480) + vesting,
        on("2025-02-28", event("cancel", of="e1", shares=350)),
    )
    ada, bo = step.state.lots
    assert (ada.vested(date(2025, 2, 28)), ada.vested(date(2026, 1, 31))) == (130, 240)
    assert (bo.shares, bo.vested(date(2025, 2, 28)), bo.vested(date(2030, 1, 1))) == (130, 130, 130)


def test_what_has_vested_is_sold_first_and_the_rest_vests_as_before():
    """480 over 48 months: 130 of 480 by 2025-02-28, 240 by 2026-01-31."""
    founded = issue("ada", 480) + f"\nvesting = {MONTHLY}"

    def sold(shares, *more):
        transfer = event("transfer", **{"class": "common", "from": "ada", "to": "bo"}, shares=shares)
        return founded, on("2025-02-28", transfer), *more

    ada, bo = last(*sold(100)).state.lots
    days = date(2025, 2, 28), date(2026, 1, 31), date(2030, 1, 1)
    assert [ada.vested(day) for day in days] == [30, 140, 380]
    assert [bo.vested(day) for day in days] == [100, 100, 100]
    split = on("2025-03-01", event("split", **{"class": "common"}, ratio="2:1"))
    ada, _ = last(*sold(100, split)).state.lots
    assert [ada.vested(day) for day in days[1:]] == [280, 760]
    leaver = on("2025-02-28", event("cancel", of="e0", shares=350))
    ada, _ = last(*sold(100, leaver)).state.lots
    assert (ada.shares, ada.vested(days[0]), ada.vested(days[2])) == (30, 30, 30)
    # all of them go with their vesting, but not half of what is unvested
    (bo,) = last(*sold(480)).state.lots
    assert [bo.vested(day) for day in days] == [130, 240, 480]
    assert refused(*sold(131)) == ["E571"]
    # the oldest first among what has vested: 130 of the first lot, and 20 of the second
    second = on("2025-02-28", issue("ada", 50))
    lots = last(founded, second, *sold(150)[1:]).state.lots
    assert [(lot.holder, lot.event, lot.shares, lot.vested(days[0])) for lot in lots] == [
        ("ada", "e0", 350, 0), ("ada", "e1", 30, 30), ("bo", "e0", 130, 130), ("bo", "e1", 20, 20),
    ]  # fmt: skip


# -- splits and conversions ---------------------------------------------------------------------------


def test_a_split_moves_prices_strikes_and_ratios_but_no_part():
    classes = f"{PREFERRED}price = 10\nconversion_price = 5\n"
    before, after = follow(
        table(
            issue("ada", 100),
            issue("angel", 10, "a"),
            pool("create", 50),
            option(20, strike=3),
            event("warrant", holder="fund", shares=5, strike=4, **{"class": "common"}),
            event("split", **{"class": "common"}, ratio="3:1"),
            classes=classes,
        )
    ).events[-2:]
    assert (before.shares, after.shares) == (175, 525)
    assert diluted(before) == diluted(after)
    assert after.moves == ()
    state = after.state
    assert (state.options[0].granted, state.options[0].strike) == (60, 100)
    assert (state.warrants[0].shares, state.warrants[0].strike) == (15, Fraction(400, 3))
    assert state.terms["a"].ratio == 6
    assert state.terms["a"].price == 1000  # a preferred share's own price stands


def test_a_split_of_preferred_shares_divides_their_price():
    classes = f"{PREFERRED}price = 10\n"
    split = event("split", **{"class": "a"}, ratio="2:1")
    before, after = follow(table(issue("ada", 90), issue("angel", 10, "a"), split, classes=classes)).events[
        -2:
    ]
    assert diluted(before) == diluted(after)
    assert (after.state.terms["a"].price, after.state.terms["a"].ratio) == (500, Fraction(1, 2))
    assert held(after) == {"ada": 90, "angel": 20}


def test_preferred_shares_become_common_ones_at_their_ratio():
    classes = f"{PREFERRED}price = 10\nconversion_price = 6\n"
    convert = event("convert", holder="angel", **{"class": "a"}, shares=9)
    step = last(issue("ada", 85), issue("angel", 9, "a"), convert, classes=classes)
    assert held(step) == {"ada": 85, "angel": 15}
    assert step.shares == 100
    rounded = last(
        issue("ada", 85), issue("angel", 9, "a"), convert.replace("9", "8"), classes=classes, shares="floor"
    )
    assert rounded.lost == Fraction(1, 3)  # 8 · 10/6 is 13 1/3
    assert refused(issue("angel", 9, "a"), convert.replace("9", "10"), classes=classes) == ["E508"]
    two = f'{classes}[[classes]]\nid = "b"\nkind = "common"\n'
    assert refused(issue("angel", 9, "a"), convert, classes=two) == ["F101"]
    assert held(last(issue("angel", 9, "a"), convert + '\nto = "b"', classes=two)) == {"angel": 15}


def test_unvested_preferred_shares_do_not_convert():
    classes = f"{PREFERRED}price = 10\n"
    vesting = f"\nvesting = {MONTHLY}"
    made = issue("ada", 900), issue("angel", 480, "a") + vesting

    def converted(shares):
        return on("2025-02-28", event("convert", holder="angel", **{"class": "a"}, shares=shares))

    assert refused(*made, converted(480), classes=classes) == ["E571"]
    _, common, left = last(*made, converted(130), classes=classes).state.lots
    assert (common.shares, common.vesting) == (130, None)
    assert (left.shares, left.vested(date(2026, 1, 31))) == (350, 110)


def test_a_round_sets_the_price_of_its_class_once():
    first = financed(100, share_class="a", pre_money=900)
    again = financed({"angel": 100}, share_class="a", pre_money=1000)
    step = last(issue("ada", 900), first, again, classes=PREFERRED)
    assert step.state.terms["a"][:2] == (100, 100)
    dearer = financed({"angel": 100}, share_class="a", pre_money=2000)
    assert refused(issue("ada", 900), first, dearer, classes=PREFERRED) == ["E549"]


def test_preferred_terms_are_read_whole():
    text = PREFERRED.replace('participation = "none"', 'participation = "capped"') + (
        'cap = { multiple = "3x", of = "participation" }\nprice = 2.5\nconversion_price = "75/34"\n'
        'dividend = { kind = "cumulative", rate = "8%", accrual = "simple", day_count = "actual/365",'
        ' from = "issue", on_conversion = "forfeited", in_cap = true }\n'
    )
    found = follow(table(issue("ada", 1), classes=text)).table.classes["a"]
    assert (found.price, found.conversion_price) == (250, Fraction(7500, 34))
    assert found.preferred.cap == (3, None, "participation")
    assert found.preferred.dividend.start is None
    assert found.preferred.dividend.rate == Fraction(8, 100)


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('participation = "none"', 'participation = "capped"', "F101"),
        ("seniority = 1\n", "", "F101"),
        ('participation = "none"', 'participation = "none"\ncap = { amount = 5, of = "total" }', "E541"),
        ('participation = "none"', 'participation = "none"\nconversion_price = 5', "E541"),
        ('participation = "none"', 'participation = "none"\nanti_dilution = { kind = "broad" }', "F101"),
        (
            'participation = "none"',
            'participation = "none"\nanti_dilution = { kind = "ratchet", base = 5 }',
            "E541",
        ),
    ],
)
def test_what_a_class_must_say(old, new, code):
    assert refused(issue("ada", 1), classes=PREFERRED.replace(old, new)) == [code]


# -- early exercise -----------------------------------------------------------------------------------


def test_options_exercised_before_they_vest_do_so_as_shares():
    """480 options over 48 months from 31 January 2024: 120 vest at the cliff. 200 are exercised in June 2024,
    none vested; of them 120 have vested in January 2025, 200 in September 2025 (200 of 480 is 20 months), and
    the 280 left vest after them: 40 by January 2026 (24 months, 240).
    """
    events = [
        issue("ada", 1000),
        pool("create", 500),
        option(480, vesting=MONTHLY, early_exercise="true"),
        on("2024-06-01", event("exercise", of="e2", shares=200)),
    ]
    state = follow(table(*events, shares="floor")).events[-1].state
    [lot] = [one for one in state.lots if one.holder == "bo"]
    [left] = state.options
    days = [date(2024, 6, 1), date(2025, 1, 31), date(2025, 9, 30), date(2026, 1, 31)]
    assert [lot.vested(day) for day in days] == [0, 120, 200, 200]
    assert [left.vested(day) for day in days] == [0, 0, 0, 40]


def test_a_second_early_exercise_vests_after_the_first():
    """Of 480, 100 and then 100: at the cliff 120 have vested, the first 100 and 20 of the second."""
    events = [
        issue("ada", 1000),
        pool("create", 500),
        option(480, vesting=MONTHLY, early_exercise="true"),
        on("2024-06-01", event("exercise", of="e2", shares=100)),
        on("2024-07-01", event("exercise", of="e2", shares=100)),
    ]
    state = follow(table(*events, shares="floor")).events[-1].state
    lots = [one for one in state.lots if one.holder == "bo"]
    assert [lot.vested(date(2025, 1, 31)) for lot in lots] == [100, 20]


def test_without_early_exercise_they_must_have_vested():
    events = [
        issue("ada", 1000),
        pool("create", 500),
        option(480, vesting=MONTHLY),
        on("2024-06-01", event("exercise", of="e2", shares=1)),
    ]
    assert refused(*events) == ["E559"]


def test_a_part_of_what_has_not_vested_changes_hands_with_its_part_of_the_schedule():
    """480 over 48 months, 121 of them given away at once: 30 of the 121 vest at the cliff (30.25, to the
    nearest), 90 of the 359 left (89.75); all vest in the end.
    """
    given = event(
        "transfer", **{"from": "ada", "to": "bo", "class": "common"}, shares=121, with_vesting="true"
    )
    whole = issue("ada", 480) + f"\nvesting = {MONTHLY}"
    state = follow(table(whole, on("2024-02-01", given), shares="floor")).events[-1].state
    lots = {one.holder: one for one in state.lots}
    days = [date(2024, 6, 1), date(2025, 1, 31), date(2028, 1, 31)]
    assert [lots["bo"].vested(day) for day in days] == [0, 30, 121]
    assert [lots["ada"].vested(day) for day in days] == [0, 90, 359]


@given(st.integers(1, 600), st.integers(0, 600), st.integers(0, 600), st.integers(0, 60))
def test_the_parts_of_a_lot_vest_in_full_and_no_share_is_lost(granted, sold, part, month):
    """Of a lot of which some were sold, however it is divided."""
    sold = min(sold, granted - 1)
    schedule = Vesting(date(2024, 1, 1), 48, 12, 1, "CUMULATIVE_ROUNDING", 0)
    lot = Lot("ada", "common", date(2024, 1, 1), granted - sold, None, "e", schedule, granted, sold=sold)
    part = min(part, lot.shares)
    one, two = lot.divided(part)
    assert one.shares + two.shares == lot.shares
    day = date(2024 + month // 12, month % 12 + 1, 1)
    assert 0 <= one.vested(day) + two.vested(day) <= lot.shares
    assert one.vested(date(2028, 1, 1)) + two.vested(date(2028, 1, 1)) == lot.shares
    assert abs(one.vested(day) + two.vested(day) - lot.vested(day)) <= 2
