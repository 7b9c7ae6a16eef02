"""Exits: hand arithmetic, conservation of every cent, and what is refused rather than got wrong."""

from __future__ import annotations

from collections import Counter
from datetime import date
from fractions import Fraction

import pytest
from captables import HOLDERS, follow, issue, pool, priced, stake, table
from hypothesis import given
from hypothesis import strategies as st

from ipcalc.inputs.diagnostics import Refused

SALE = '[[exits]]\nid = "sale"\ndate = {}\nkind = "sale"\nproceeds = {}'
PREFERRED = (
    '[[classes]]\nid = "a"\nkind = "preferred"\npreference = "1x"\nseniority = 1\nparticipation = "none"'
)


def paid(sale):
    """Minor units by holder."""
    got = Counter()
    for payout in sale.payouts:
        got[payout.holder] += payout.entitled
    return dict(got)


def codes(text, exits=()):
    """The codes that are refused."""
    with pytest.raises(Refused) as caught:
        follow(text, exits)
    return [diagnostic.code for diagnostic in caught.value.diagnostics]


def test_pro_rata_over_issued_shares_and_nothing_for_the_pool():
    # 600 + 300 + 100 issued; the pool's 1000 shares take nothing
    text = table(issue("ada", 600), issue("bo", 300), issue("uni", 100), pool("create", 1000))
    result = follow(text, ["1_000_000"])
    (sale,) = result.exits
    assert paid(sale) == {"ada": 600_000_00, "bo": 300_000_00, "uni": 100_000_00}
    assert (sale.id, sale.date, sale.proceeds, sale.settled.p) == (None, None, 1_000_000_00, 1_000_00)
    assert {"exit-pool", "cents"} <= {assumption.key for assumption in result.assumptions}


def test_odd_cents_go_to_the_largest_remainders_then_to_the_first():
    text = table(issue("ada", 1), issue("bo", 1), issue("uni", 1))
    assert paid(follow(text, ["1.00"]).exits[0]) == {"ada": 34, "bo": 33, "uni": 33}
    assert paid(follow(text, ["0.02"]).exits[0]) == {"ada": 1, "bo": 1, "uni": 0}
    text = table(issue("ada", 1), issue("bo", 2))  # 33 1/3 and 66 2/3
    assert paid(follow(text, ["1.00"]).exits[0]) == {"ada": 33, "bo": 67}
    yen = table(issue("ada", 1), issue("bo", 2), currency="JPY")
    assert paid(follow(yen, ["JPY 100"]).exits[0]) == {"ada": 33, "bo": 67}


def test_what_ten_and_five_percent_are_worth():
    # nothing but the stake: 10% of 2m is 200,000, 5% is 100,000; both after a round of a fifth
    text = table(
        issue("ada", 900),
        stake("10%").replace("event", 'id = "stake"\nevent', 1),
        priced({"fund": 250}, pre_money=1000),
    )
    ten = follow(text, ["2 million"]).exits[0]
    five = follow(text, ["2 million"], settings=["events.stake.grant.percent=5%"]).exits[0]
    assert paid(ten) == {"ada": 1_440_000_00, "uni": 160_000_00, "fund": 400_000_00}
    assert paid(five) == {"ada": 1_520_000_00, "uni": 80_000_00, "fund": 400_000_00}


def test_classes_of_common_share_alike_and_a_holder_is_paid_once():
    classes = '[[classes]]\nid = "b"\nkind = "common"'
    sale = follow(table(issue("ada", 1), issue("ada", 2, "b"), issue("bo", 1), classes=classes), ["4"]).exits[
        0
    ]
    assert paid(sale) == {"ada": 300, "bo": 100}
    assert [(payout.claim, payout.entitled) for payout in sale.payouts] == [
        ("common", 100), ("common", 100), ("b", 200)
    ]  # fmt: skip


def test_exits_of_the_file_fall_on_their_date():
    later = issue("bo", 100).replace("event", "date = 2025-01-01\nevent", 1)
    text = table(issue("ada", 100), later, more=SALE.format("2024-12-31", "[10, 20]"))
    before = follow(text, ["30"])
    assert [(sale.id, sale.date, paid(sale)) for sale in before.exits] == [
        ("sale", date(2024, 12, 31), {"ada": 1000}),
        ("sale", date(2024, 12, 31), {"ada": 2000}),
        (None, None, {"ada": 1500, "bo": 1500}),
    ]
    on_the_day = follow(text.replace("2024-12-31", "2025-01-01"))
    assert paid(on_the_day.exits[0]) == {"ada": 500, "bo": 500}


def test_stopping_at_a_date_leaves_later_exits_out_and_moves_those_asked_for():
    later = issue("bo", 100).replace("event", "date = 2025-01-01\nevent", 1)
    text = table(issue("ada", 100), later, more=SALE.format("2026-01-01", "[10]"))
    result = follow(text, ["30"], at=date(2024, 6, 30))
    assert [paid(sale) for sale in result.exits] == [{"ada": 3000}]
    assert result.receipt.at == date(2024, 6, 30)
    assert [sale.id for sale in follow(text, at=date(2026, 1, 1)).exits] == ["sale"]
    assert follow(text, at=date(2025, 12, 31)).exits == ()
    assert result.receipt.exits == ("30",)


def test_an_exit_of_nothing_pays_nothing():
    assert paid(follow(table(issue("ada", 1)), ["0"]).exits[0]) == {"ada": 0}


def test_a_preferred_class_without_shares_stands_in_no_ones_way():
    assert paid(follow(table(issue("ada", 1), classes=PREFERRED), ["1"]).exits[0]) == {"ada": 100}


@pytest.mark.parametrize(
    ("asked", "code", "words"),
    [
        ("lots", "F104", "--exit lots"),
        ("-1", "F106", "--exit -1"),
        ("HKD 5", "E506", "--exit HKD 5"),
        ("XYZ 5", "F108", "--exit XYZ 5"),
        ("1.001", "F105", "--exit 1.001"),
        ("1" * 30, "F106", f"--exit {'1' * 30}"),
    ],
)
def test_amounts_on_the_command_line_that_are_refused(asked, code, words):
    with pytest.raises(Refused) as caught:
        follow(table(issue("ada", 1)), [asked])
    (found,) = caught.value.diagnostics
    assert (found.code, found.place.source, found.place.line) == (code, words, 0)
    assert found.message()


def test_no_shares_no_exit():
    assert codes("events = []\n" + table(), ["5"]) == ["E504"]
    assert codes(table(pool("create", 5)), ["5"]) == ["E504"]
    text = table(issue("ada", 5), more=SALE.format("2023-12-31", "[5]"))
    with pytest.raises(Refused) as caught:
        follow(text)
    assert (caught.value.diagnostics[0].code, caught.value.diagnostics[0].place.excerpt) == (
        "E504",
        "[[exits]]",
    )


def test_an_early_exit_of_a_long_table_is_paid():
    n = 1_000  # so many that holdings are kept only where they are needed
    events = [issue(f"h{i}", 1) for i in range(n)]
    events[-1] = f"date = 2025-01-01\n{events[-1]}"
    holders = [f"h{i}" for i in range(n)]
    result = follow(table(*events, holders=holders, more=SALE.format("2024-06-30", "[999]")), ["1000"])
    assert [len(step.holdings) for step in result.events[-3:]] == [0, n - 1, n]
    assert [len(sale.payouts) for sale in result.exits] == [n - 1, n]
    assert {payout.entitled for sale in result.exits for payout in sale.payouts} == {100}


def test_too_many_payouts_are_refused():
    text = table(*(issue(f"h{i}", 1) for i in range(101)), holders=[f"h{i}" for i in range(101)])
    many = f"[{', '.join('1' for _ in range(2_000))}]"
    assert codes(text + SALE.format("2024-12-31", many)) == ["E516"]


counts = st.lists(st.fractions(Fraction(1, 7), 10**9, max_denominator=7), min_size=1, max_size=5)
cents = st.integers(0, 10**14)


@given(counts, cents)
def test_every_cent_is_paid_and_no_one_is_a_cent_from_the_exact_part(shares, proceeds):
    events = [issue(holder, number) for holder, number in zip(HOLDERS, shares, strict=False)]
    asked = f"{proceeds // 100}.{proceeds % 100:02}"
    (sale,) = follow(table(*events), [asked]).exits
    assert sum(payout.entitled for payout in sale.payouts) == proceeds
    for payout, number in zip(sale.payouts, shares, strict=True):
        assert abs(payout.entitled - Fraction(proceeds) * number / sum(shares)) < 1


@given(counts, cents, st.permutations(HOLDERS))
def test_the_order_of_holders_moves_at_most_a_cent(shares, proceeds, order):
    events = [issue(holder, number) for holder, number in zip(HOLDERS, shares, strict=False)]
    asked = f"{proceeds // 100}.{proceeds % 100:02}"
    first = paid(follow(table(*events), [asked]).exits[0])
    again = paid(follow(table(*events, holders=order), [asked]).exits[0])
    assert first.keys() == again.keys()
    assert all(abs(first[holder] - again[holder]) <= 1 for holder in first)


@given(counts, st.integers(1, 10**9), st.integers(2, 9))
def test_a_split_moves_no_money(shares, proceeds, ratio):
    events = [issue(holder, number) for holder, number in zip(HOLDERS, shares, strict=False)]
    split = f'event = "split"\nclass = "common"\nratio = "{ratio}:1"'
    assert paid(follow(table(*events), [str(proceeds)]).exits[0]) == paid(
        follow(table(*events, split), [str(proceeds)]).exits[0]
    )
