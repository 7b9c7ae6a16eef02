"""A company's recorded history: conversions, repayments, ratios, vesting by dates and lots, as they were."""

from __future__ import annotations

import json
from datetime import date
from fractions import Fraction

import pytest
from captables import (
    HOLDERS,
    event,
    financed,
    follow,
    held,
    issue,
    last,
    on,
    pool,
    refused,
    safe,
    table,
)
from hypothesis import given
from hypothesis import strategies as st

from ipcalc.equity.vesting import DatedVesting, vested
from ipcalc.inputs.diagnostics import Refused
from ipcalc.views import console, equity, equity_document

F = Fraction

TERMS = 'preference = "1x"\nseniority = 1\nparticipation = "none"'
SERIES_A = f'[[classes]]\nid = "a"\nkind = "preferred"\nprice = 10\n{TERMS}'
UNPRICED = f'[[classes]]\nid = "a"\nkind = "preferred"\n{TERMS}'


def converts(instrument, shares, share_class="common", **keys):
    return event("convert", instrument=instrument, **{"class": share_class}, shares=shares, **keys)


def note(principal, on_conversion="shares", **keys):
    interest = f'{{ rate = "10%", kind = "simple", day_count = "30/360", on_conversion = "{on_conversion}" }}'
    terms = {"principal": principal, "interest": interest, "maturity": date(2030, 1, 1)}
    return event("note", holder="angel", **terms, **keys)


def adjusted(price, share_class="a"):
    return event("adjust-conversion", **{"class": share_class}, conversion_price=price)


def transfer(shares, giver="ada", taker="bo", share_class="common", **keys):
    return event("transfer", **{"from": giver, "to": taker, "class": share_class}, shares=shares, **keys)


def cancel(of, **keys):
    return event("cancel", of=of, **keys)


def lots(step):
    """Shares left by holder and the event that gave them."""
    return {(lot.holder, lot.given or lot.event): lot.shares for lot in step.state.lots}


# -- instruments that convert -------------------------------------------------------------------------


def test_a_conversion_gives_the_shares_that_are_stated():
    # 100,000 for 4,000 shares is 25 a share
    step = last(issue("ada", 6000), safe(100_000, id="s"), converts("s", 4000))
    assert held(step) == {"ada": 6000, "angel": 4000}
    assert step.state.convertibles == ()
    lot = step.state.lots[-1]
    assert (lot.event, lot.given, lot.paid) == ("s", "e2", 25_00)
    change = step.changes[0]
    assert (change.cause, change.instrument, change.paid) == ("conversion", "s", 100_000_00)
    assert step.closed == ("s", 100_000_00, 0)
    assert dict(step.moves[0].because) == {"conversion": F(-4, 10)}


def test_a_part_leaves_the_rest_open_for_a_round():
    # 40,000 of 100,000 as 400 of 1000 shares; the rest at a post-money cap of 1m is 6% of all before money
    step = last(
        issue("ada", 600),
        safe(100_000, id="s", basis="post-money", cap=1_000_000),
        converts("s", 400, amount=40_000),
        financed(500_000, "pre-money", pre_money=2_000_000),
    )
    found = step.round.converted[0]
    assert (found.amount, found.capitalization) == (60_000_00, F(1000 * 100, 94))
    assert found.shares == F(1000 * 6, 94)


def test_a_fixed_percentage_is_of_the_part_that_is_open():
    # 5% for 100,000: of the 40,000 left it is 2%
    step = last(
        issue("ada", 940),
        safe(100_000, id="s", basis="fixed-percent", percent="5%"),
        converts("s", 40, amount=60_000),
        financed(500_000, "pre-money", pre_money=2_000_000),
    )
    assert step.round.converted[0].shares == F(980 * 2, 98) == 20


def test_parts_are_taken_until_nothing_is_open():
    steps = follow(
        table(
            issue("ada", 1000),
            safe(100, id="s"),
            converts("s", 10, amount=30),
            cancel("s", amount=20),
            converts("s", 10),
        )
    ).events
    assert [step.closed for step in steps[2:]] == [
        ("s", 30_00, 70_00),
        ("s", 20_00, 50_00),
        ("s", 50_00, 0),
    ]
    assert [lot.paid for lot in steps[-1].state.lots[1:]] == [300, 500]


@pytest.mark.parametrize(("becomes", "price"), [("shares", 12), ("cash", 10), ("forfeited", 10)])
def test_interest_converts_with_its_part_of_a_note(becomes, price):
    # 500 of 1,000 with two years of 10%: 600, or 500 where interest doesn't convert, for 50 shares
    first = on("2024-01-01", note(1000, becomes, id="n"))
    step = last(issue("ada", 100), first, on("2026-01-01", converts("n", 50, amount=500)))
    assert step.state.lots[-1].paid == price * 100
    assert step.state.convertibles[0].interest_on(date(2026, 1, 1)) == 100_00


def test_the_shares_go_to_those_who_hold_the_instrument():
    # 71.66% and 28.34% of 100 whole shares are 72 and 28
    grant = (
        'id = "u"\nevent = "university-grant"\nclass = "common"\n'
        'grant = { amount = 50_000, converts = "at-next-round" }\nto = { uni = "71.66%", ada = "28.34%" }'
    )
    step = last(issue("bo", 900), grant, converts("u", 100), shares="floor")
    assert held(step) == {"ada": 28, "bo": 900, "uni": 72}
    assert step.lost == 0


def test_parts_that_converted_at_their_own_prices_are_owed_preferences_by_them():
    # 400 for 100 shares and 600 for 100 shares: 1,000 in all before the common shares get anything
    text = table(
        issue("ada", 1000),
        safe(1000, id="s"),
        converts("s", 100, "a", amount=400),
        converts("s", 100, "a"),
        classes=SERIES_A,
    )
    paid = follow(text, ["900"]).exits[0].settled.decisions
    takes = {one.stake.id: one.take for one in paid}
    assert takes == {"common": 0, "a[e2]": 360_00, "a[e3]": 540_00}
    text = table(issue("ada", 1000), safe(1000, id="s"), converts("s", 100, "a"), classes=SERIES_A)
    assert {one.stake.id for one in follow(text, ["900"]).exits[0].settled.decisions} == {"common", "a[s]"}


def test_a_tender_keeps_the_conversion_that_shares_came_of():
    offers = 'offers = [{ holder = "angel", class = "a", shares = 50 }]\nbuyer = "fund"\nprice = 6'
    tender = f'[[exits]]\nid = "bid"\nkind = "tender"\ndate = 2025-01-01\nproceeds = [300]\n{offers}'
    text = table(
        issue("ada", 1000),
        safe(1000, id="s"),
        converts("s", 100, "a", amount=400),
        converts("s", 100, "a"),
        classes=SERIES_A,
        more=f'{tender}\n[[exits]]\nid = "sale"\nkind = "sale"\ndate = 2026-01-01\nproceeds = [900]',
    )
    stakes = [one.stake for one in follow(text).exits[1].settled.decisions]
    assert {one.id: dict(one.parts) for one in stakes} == {
        "common": {"ada": 1000},
        "a[e2]": {"fund": 50, "angel": 50},
        "a[e3]": {"angel": 100},
    }


def test_a_conversion_below_a_protected_price_adjusts_it_unless_exempt():
    # 1,000 for 200 shares is 5 a share: a ratchet at 10 halves, and 100 shares become 200
    ratchet = SERIES_A + '\nanti_dilution = { kind = "ratchet", exempt = [%s] }'
    events = (issue("ada", 1000), issue("fund", 100, "a") + "\nprice = 10", safe(1000, id="s"))
    text = table(*events, converts("s", 200), classes=ratchet % "")
    step = follow(text).events[-1]
    assert step.adjusted["a"][:2] == (10_00, 5_00)
    assert step.shares == 1000 + 200 + 200
    exempt = table(*events, converts("s", 200), classes=ratchet % '"convert"')
    assert follow(exempt).events[-1].adjusted == {}
    itself = table(*events, converts("s", 200, "a"), classes=ratchet % "")
    assert follow(itself).events[-1].adjusted == {}
    unstated = f'{SERIES_A}\nanti_dilution = {{ kind = "ratchet" }}'
    assert refused(*events, converts("s", 200), classes=unstated) == ["E556"]


def test_money_that_converts_by_itself_ends_a_floor():
    floor = (
        'floor = { percent = "10%", of = "fully-diluted", in_safe_capitalization = false, until = '
        '{ raised = 500, counts = ["safe", "round"], since = 2024-01-01, crossing = "whole-protected" } }'
    )
    grant = 'grant = { percent = "10%", of = "fully-diluted-after" }\nto = "uni"'
    stake = f'event = "university-grant"\nclass = "common"\n{grant}\n{floor}'
    events = (issue("ada", 900), stake, safe(600, id="s"), converts("s", 100))
    protected = last(*events[:2], financed(1000, "pre-money", pre_money=9000))
    assert held(protected)["uni"] > 100
    assert held(last(*events, financed(1000, "pre-money", pre_money=9000)))["uni"] == 100


@pytest.mark.parametrize(
    ("body", "codes"),
    [
        (converts("sfe", 10), ["E540"]),
        (converts("s", 10, amount=101), ["E523"]),
        (converts("s", 10, amount=0), ["F106"]),
        (converts("s", 10, to="common"), ["E541"]),
        (converts("s", 10, of="e0"), ["E541"]),
        (converts("s", 10, "a", holder="ada"), ["E510"]),
        (event("convert", **{"class": "common"}, shares=1), ["F114"]),
        (converts("s", "1/2"), ["E507"]),
        (converts("s", 10, "ordinary"), ["E502"]),
        (event("convert", holder="fund", **{"class": "a"}, shares=1, amount=5), ["E541"]),
        (cancel("s", shares=10), ["E541"]),
        (cancel("s", amount=0), ["F106"]),
        (cancel("s", amount=101), ["E523"]),
        (cancel("e0", amount=5), ["F101", "E541"]),
        (cancel("e0"), ["F101"]),
    ],
)
def test_what_cannot_be_is_refused(body, codes):
    events = (issue("ada", 1000), safe(100, id="s"), issue("fund", 10, "a"), body)
    assert refused(*events, classes=SERIES_A, shares="floor") == codes


def test_a_closed_instrument_is_refused():
    opened = (issue("ada", 1000), safe(100, id="s"))
    converted, cancelled = converts("s", 10), cancel("s")
    rounded = financed(500, "pre-money", pre_money=2000)
    for first in (converted, cancelled, rounded):
        for then in (converted, cancelled):
            assert refused(*opened, first, then) == ["E540"]


def test_a_holder_who_would_get_no_share_is_refused():
    to = 'to = { uni = "99%", ada = "1%" }'
    terms = 'grant = { amount = 50, converts = "at-next-round" }'
    grant = f'id = "u"\nevent = "university-grant"\nclass = "common"\n{terms}\n{to}'
    assert refused(issue("bo", 900), grant, converts("u", 1), shares="floor") == ["E515"]


# -- cancellations ------------------------------------------------------------------------------------


def test_a_repaid_instrument_is_gone():
    step = last(issue("ada", 1000), safe(100, id="s"), cancel("s"))
    assert step.state.convertibles == ()
    assert step.changes == ()
    assert held(step) == {"ada": 1000}


def test_shares_of_an_exercise_and_of_a_conversion_can_be_cancelled():
    option = event(
        "option", plan="none", holder="bo", shares=50, strike=1, vesting="none", **{"class": "common"}
    )
    exercise = event("exercise", of="e1", shares=50)
    step = last(issue("ada", 1000), option, exercise, issue("bo", 7), cancel("e2", shares=20))
    assert lots(step) == {("ada", "e0"): 1000, ("bo", "e2"): 30, ("bo", "e3"): 7}
    opened = (issue("ada", 1000), issue("angel", 7), safe(100, id="s"), converts("s", 10))
    assert lots(last(*opened, cancel("e3", shares=4)))[("angel", "e3")] == 6
    assert refused(*opened, cancel("e3", shares=11)) == ["E521"]
    lapsed = event("lapse", of="e1", shares=50)
    assert refused(issue("ada", 1000), option, lapsed, cancel("e2", shares=1)) == ["E520"]


@pytest.mark.parametrize(("rule", "left"), [("floor", 10), ("half-up", 12), ("ceiling", 12)])
def test_what_an_event_gave_is_split_and_rounded_as_its_shares_are(rule, left):
    # 5, by 3:2 twice: 7.5 is 7 or 8, of which 10.5 or 12
    split = event("split", **{"class": "common"}, ratio="3:2")
    events = (issue("ada", 100), issue("bo", 5), split, split)
    assert held(last(*events, shares=rule))["bo"] == left
    assert "bo" not in held(last(*events, cancel("e1", shares=left), shares=rule))


# -- a conversion price as recorded -------------------------------------------------------------------


def test_an_adjusted_price_moves_the_ratio_and_not_the_preference():
    # 100 shares at 10 convert one for one, at 8 into 125
    text = table(issue("ada", 875), issue("fund", 100, "a"), adjusted(8), classes=SERIES_A)
    result = follow(text, ["1000"])
    step = result.events[-1]
    assert step.adjusted == {"a": (10_00, 8_00, None, None, 25)}
    assert (step.shares, step.lost, step.changes) == (1000, 0, ())
    assert {move.holder: move.because for move in step.moves} == {
        "ada": (("anti-dilution", F(875, 1000) - F(875, 975)),),
        "fund": (("anti-dilution", F(125, 1000) - F(100, 975)),),
    }
    assert {one.stake.id: one.take for one in result.exits[0].settled.decisions} == {
        "common": 0,
        "a": 1000_00,
    }
    keys = [assumption.key for assumption in result.assumptions]
    assert "recorded" in keys
    assert "anti-dilution" not in keys


def test_a_later_split_goes_on_from_the_adjusted_price():
    split = event("split", **{"class": "common"}, ratio="2:1")
    step = last(issue("ada", 875), issue("fund", 100, "a"), adjusted(8), split, classes=SERIES_A)
    assert step.shares == 2000


@pytest.mark.parametrize(
    ("body", "classes", "codes"),
    [
        (adjusted(8), UNPRICED, ["E524"]),
        (adjusted(8, "common"), SERIES_A, ["E543"]),
        (adjusted(8, "b"), SERIES_A, ["E502"]),
        (adjusted(0), SERIES_A, ["F106"]),
    ],
)
def test_a_price_that_cannot_be_adjusted_is_refused(body, classes, codes):
    assert refused(issue("ada", 875), issue("fund", 100, "a"), body, classes=classes) == codes


# -- vesting by dates ---------------------------------------------------------------------------------

TRANCHES = "{ tranches = [{ date = 2025-01-01, shares = 250 }, { date = 2026-01-01, shares = 333 }]%s }"


def vesting(more=""):
    return f"{issue('bo', 1000)}\nvesting = {TRANCHES % more}"


def test_tranches_vest_on_their_days_and_the_rest_on_none():
    lot = last(issue("ada", 1000), vesting(), shares="floor").state.lots[-1]
    days = [date(2024, 12, 31), date(2025, 1, 1), date(2025, 12, 31), date(2026, 1, 1), date(2099, 1, 1)]
    assert [lot.vested(day) for day in days] == [0, 250, 250, 583, 583]
    keys = [one.key for one in follow(table(issue("ada", 1000), vesting())).assumptions]
    assert "vesting-unknown" in keys


def test_tranches_move_with_a_split():
    # 1,000 by 1:3 are 333, of which 25% are 83.25 and 58.3% are 194.139
    split = event("split", **{"class": "common"}, ratio="1:3")
    events = (issue("ada", 900), vesting(), split)
    lot = last(*events, shares="floor").state.lots[-1]
    assert [lot.vested(date(year, 1, 1)) for year in (2025, 2026)] == [83, 194]
    lot = last(*events, shares="exact").state.lots[-1]
    assert [lot.vested(date(year, 1, 1)) for year in (2025, 2026)] == [F(250, 3), F(583, 3)]


@pytest.mark.parametrize(("unvested", "shares"), [("lapse", 250), ("accelerate", 1000), ("as-agreed", 625)])
def test_an_exit_treats_what_no_date_has_vested_as_it_says(unvested, shares):
    # 250 of 1,000 by 2025; half of the other 750 accelerates
    terms = 'date = 2025-06-01\nkind = "sale"\nproceeds = [1000]'
    sale = f'[[exits]]\nid = "sale"\n{terms}\nunvested = "{unvested}"'
    text = table(issue("ada", 1000), vesting(', accelerate = "50%"'), shares="floor", more=sale)
    parts = dict(follow(text).exits[0].settled.decisions[0].stake.parts)
    assert parts == {"ada": 1000, "bo": shares}


def test_options_that_no_date_has_vested_cannot_be_exercised():
    terms = {"class": "common", "plan": "none", "holder": "bo", "shares": 1000, "strike": 1}
    option = event("option", **terms, vesting=TRANCHES % "")
    events = (issue("ada", 1000), option)
    exercise = on("2025-06-01", event("exercise", of="e1", shares=250))
    holdings = last(*events, exercise).holdings
    assert [(one.kind, one.shares) for one in holdings if one.holder == "bo"] == [
        ("shares", 250),
        ("options", 750),
    ]
    again = on("2025-06-01", event("exercise", of="e1", shares=1))
    assert refused(*events, exercise, again) == ["E559"]


def test_no_tranche_is_no_known_day():
    lot = last(issue("ada", 10) + "\nvesting = { tranches = [] }").state.lots[0]
    assert lot.vested(date(2099, 1, 1)) == 0


@pytest.mark.parametrize(
    ("tranches", "codes"),
    [
        ("{ date = 2025-01-01, shares = 600 }, { date = 2026-01-01, shares = 401 }", ["E522"]),
        ("{ date = 2025-01-01, shares = 600 }, { date = 2024-01-01, shares = 400 }", ["E503"]),
        ("{ date = 2025-01-01, shares = 0 }", ["F106"]),
        ('{ date = 2025-01-01, shares = "1/2" }', ["E507"]),
        ("{ date = 2025-01-01 }", ["F101"]),
    ],
)
def test_tranches_that_cannot_be_are_refused(tranches, codes):
    assert refused(f"{issue('bo', 1000)}\nvesting = {{ tranches = [{tranches}] }}", shares="floor") == codes


def test_a_vesting_is_by_dates_or_by_months():
    both = f"{issue('bo', 10)}\nvesting = {{ start = 2024-01-01, tranches = [] }}"
    assert refused(both) == ["F102"]
    assert refused(f"{issue('bo', 10)}\nvesting = {{ months = 12 }}") == ["F114"]


@given(st.lists(st.integers(1, 50), min_size=1, max_size=8), st.integers(0, 50))
def test_before_any_split_what_has_vested_is_the_sum_of_the_tranches(parts, rest):
    granted, days = sum(parts) + rest, [date(2024, month, 1) for month in range(1, len(parts) + 1)]
    reached = [F(sum(parts[: i + 1]), granted) for i in range(len(parts))]
    schedule = DatedVesting(tuple(zip(days, reached, strict=True)), True, 0)
    for i, day in enumerate(days):
        assert vested(granted, schedule, day) == sum(parts[: i + 1])


# -- lots ---------------------------------------------------------------------------------------------

BO = {("bo", "e1"): 10}
TWO = (on("2024-01-01", issue("ada", 100)), on("2024-02-01", issue("ada", 50)))


def test_a_transfer_takes_the_shares_of_the_event_that_it_names_first():
    step = last(*TWO, on("2024-03-01", transfer(30, of="e1")))
    assert lots(step) == {("ada", "e0"): 100, ("ada", "e1"): 20, ("bo", "e1"): 30}
    step = last(*TWO, on("2024-03-01", transfer(60, of="e1")))
    assert lots(step) == {("ada", "e0"): 90, ("bo", "e0"): 10, ("bo", "e1"): 50}
    assert lots(last(*TWO, on("2024-03-01", transfer(30))))[("bo", "e0")] == 30


def test_a_transfer_gives_shares_that_a_later_event_may_name():
    # bo has 10 of their own, which are older than the 30 that ada passed on
    events = (TWO[0], on("2024-01-01", issue("bo", 10)), TWO[1])
    passed = on("2024-03-01", transfer(30, of="e2"))
    step = last(*events, passed, on("2024-04-01", transfer(20, "bo", "fund", of="e3")))
    assert lots(step) == {("ada", "e0"): 100, ("ada", "e2"): 20, **BO, ("bo", "e2"): 10, ("fund", "e2"): 20}
    step = last(*events, passed, on("2024-04-01", cancel("e3", shares=30)))
    assert lots(step) == {("ada", "e0"): 100, ("ada", "e2"): 20, **BO}


def test_a_conversion_of_shares_takes_those_of_the_event_that_it_names():
    events = (on("2024-01-01", issue("fund", 100, "a")), on("2024-02-01", issue("fund", 50, "a")))
    turned = event("convert", holder="fund", **{"class": "a"}, shares=50, of="e1")
    step = last(*events, on("2024-03-01", turned), classes=SERIES_A)
    assert lots(step) == {("fund", "e0"): 100, ("fund", "e2"): 50}


def test_shares_of_an_instrument_are_named_by_it_or_by_its_conversion():
    opened = (issue("angel", 7), safe(100, id="s"), converts("s", 10, amount=50), converts("s", 20))
    step = last(*opened, transfer(20, "angel", "bo", of="e3"))
    assert lots(step)[("bo", "e3")] == 20
    step = last(*opened, transfer(30, "angel", "bo", of="s"))
    assert lots(step) == {("angel", "e0"): 7, ("bo", "e2"): 10, ("bo", "e3"): 20}


@pytest.mark.parametrize("of", ["e9", "e2", "e3", "e4"])
def test_an_event_that_gave_the_holder_nothing_is_refused(of):
    split = event("split", **{"class": "common"}, ratio="2:1")
    events = (issue("ada", 100), issue("ada", 50), split, issue("bo", 5), safe(100, id="e4"))
    assert refused(*events, transfer(30, of=of)) == ["E540"]
    secondary = transfer(30, of=of).replace("transfer", "secondary")
    assert refused(*events, secondary) == ["E540"]


# -- rounding up --------------------------------------------------------------------------------------


def test_rounding_up_gives_and_says_how_much():
    # 3 shares at 10 over 8 are 3.75 common ones
    turned = event("convert", holder="fund", **{"class": "a"}, shares=3)
    text = table(
        issue("ada", 100), issue("fund", 3, "a"), adjusted(8), turned, classes=SERIES_A, shares="ceiling"
    )
    result = follow(text)
    assert held(result.events[-1]) == {"ada": 100, "fund": 4}
    assert result.events[-1].lost == F(-1, 4)
    assert result.assumptions[0].key == "shares-ceiling"
    assert "Rounding gave 0.25 of a share" in console.draw(equity.page(result, "en"))


# -- laws ---------------------------------------------------------------------------------------------


@st.composite
def histories(draw):
    """Events of a recorded history, and a rounding rule."""
    rule = draw(st.sampled_from(["exact", "floor", "half-up", "ceiling"]))
    amount = draw(st.integers(2, 1000))
    events = [issue("ada", draw(st.integers(100, 10**6))), issue("fund", 600, "a"), safe(amount, id="s")]
    left, own = amount, 600
    for kind in draw(
        st.lists(st.sampled_from(["part", "repay", "ratio", "pass", "turn", "split"]), max_size=6)
    ):
        part = draw(st.integers(1, max(left - 1, 1)))
        shares = draw(st.integers(1, 100))
        if kind in ("part", "repay") and left > part:
            left -= part
            name = draw(st.sampled_from(["common", "a"]))
            events.append(
                converts("s", shares, name, amount=part) if kind == "part" else cancel("s", amount=part)
            )
        elif kind == "ratio":
            events.append(adjusted(draw(st.integers(1, 20))))
        elif kind == "split":
            ratio = f"{draw(st.integers(1, 5))}:{draw(st.integers(1, 3))}"
            events.append(event("split", **{"class": "common"}, ratio=ratio))
        elif kind in ("pass", "turn") and own > shares:
            own -= shares
            turned = event("convert", holder="fund", **{"class": "a"}, shares=shares, of="e1")
            events.append(transfer(shares, "fund", "bo", "a", of="e1") if kind == "pass" else turned)
    return [*events, converts("s", draw(st.integers(1, 100)), "a")], rule, amount


@given(histories())
def test_recorded_history_conserves_shares_and_money(history):
    events, rule, amount = history
    text = table(*events, shares=rule, classes=SERIES_A)
    try:
        steps = follow(text).events
    except Refused as error:  # a conversion at a ratio that gives no whole share
        assert [one.code for one in error.diagnostics] == ["E515"]
        return
    before = 0
    for step in steps:
        assert sum(holding.fully_diluted for holding in step.holdings) == 1
        changed = sum(change.shares for change in step.changes)
        assert sum(change.exact for change in step.changes) == changed + step.lost
        shares = sum(lot.shares for lot in step.state.lots)
        assert shares == before + changed
        if rule == "exact":
            assert step.lost == 0
        before = shares
    closed = [step for step in steps if step.closed]
    assert sum(step.closed.amount for step in closed) == amount * 100
    left = [step.closed.left for step in closed]
    assert left == sorted(left, reverse=True)
    assert left[-1] == 0
    for step in closed:
        assert sum(change.paid for change in step.changes) == (step.closed.amount if step.changes else 0)


# -- views --------------------------------------------------------------------------------------------


def test_views_show_what_passes_no_shares():
    text = table(
        issue("ada", 1000),
        issue("fund", 100, "a"),
        safe(1000, id="s"),
        converts("s", 10, amount=400),
        cancel("s", amount=100),
        adjusted(8),
        pool("create", 50),
        classes=SERIES_A,
    )
    result = follow(text)
    for lang in ("en", "zh-Hant", "zh-Hans"):
        shown = console.draw(equity.page(result, lang, chart=True))
        assert "{" not in shown
    shown = console.draw(equity.page(result, "en"))
    assert "s: 400 converts at 40 (as stated)" in shown
    assert "s: 100 is no longer open; 500 still is" in shown
    assert "A share of a now converts at 8, before at 10" in shown
    found = equity_document.document(result, "en")
    json.dumps(found)
    by_id = {one["id"]: one for one in found["events"]}
    assert by_id["e3"]["closed"] == {"instrument": "s", "amount": "400.00", "left": "600.00"}
    assert by_id["e3"]["changes"][0]["paid"] == "400.00"
    assert by_id["e4"]["changes"] == []
    assert by_id["e5"]["anti_dilution"] == {"a": {"before": "10", "after": "8", "shares": "25"}}
    assert len(list(equity.rows(result))) > 1
    assert set(HOLDERS) >= {row[3] for row in equity.rows(result) if row[3] and row[3] != "holder"}
