"""A cap-table file: what is refused, with which code, and where exactly."""

from __future__ import annotations

import re
import time

import pytest
from captables import follow, issue, pool, priced, stake, table
from hypothesis import given
from hypothesis import strategies as st

from ipcalc.inputs import toml
from ipcalc.inputs.diagnostics import Refused, page

FOUNDED = issue("ada", 1000)
PREFERRED = (
    '[[classes]]\nid = "a"\nkind = "preferred"\npreference = "1x"\nseniority = 1\nparticipation = "none"'
)
STAKE = 'event = "university-grant"\nclass = "common"\nto = "uni"'
ROUND = priced({"fund": 100}, pre_money=1000)


def refusals(text):
    """Everything that is refused: (code, line, column, length, near)."""
    with pytest.raises(Refused) as caught:
        follow(text)
    return [(d.code, d.place.line, d.place.column, d.place.width, d.near) for d in caught.value.diagnostics]


def check(marked, code, near=""):
    """The text between « and » is refused, alone, with a code; the message has all its blanks filled."""
    start = marked.index("«")
    width = marked.index("»") - start - 1
    line = marked.count("\n", 0, start) + 1
    column = start - marked.rfind("\n", 0, start)
    plain = marked.replace("«", "").replace("»", "")
    assert refusals(plain) == [(code, line, column, width, near)]
    with pytest.raises(Refused) as caught:
        follow(plain)
    for lang in ("en", "zh-Hant", "zh-Hans"):
        assert caught.value.diagnostics[0].message(lang)
    assert set(page(code)) >= {"title", "message", "page"}


# -- what the shape refuses ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shares", "code"),
    [("«0»", "F106"), ("«-1»", "F106"), (f"«1{'0' * 30}»", "F106"), ('«"many"»', "F104"), ("«true»", "F103")],
)
def test_share_counts_that_mean_nothing(shares, code):
    """c-zero-total, c-negative, c-1e30."""
    check(table(issue("ada", shares)), code)


def test_half_a_share_needs_exact_rounding():
    """c-fraction-share: refused by a rule of whole shares, worked out by a written rule of exact ones."""
    check(table(issue("ada", "«0.5»"), shares="floor"), "E507")
    assert follow(table(issue("ada", "0.5"))).events[0].shares * 2 == 1


def test_a_fraction_in_other_places_needs_exact_rounding():
    check(table(FOUNDED, pool("create", "1/2").replace('"1/2"', '«"1/2"»'), shares="half-up"), "E507")
    grant = 'event = "university-grant"\nclass = "common"\nto = "uni"\ngrant = { shares = «2.5» }'
    check(table(FOUNDED, grant, shares="floor"), "E507")


@pytest.mark.parametrize("percent", ["100%", "-5%", "101%"])
def test_a_percentage_that_cannot_be_reached(percent):
    text = table(FOUNDED, stake(percent))
    check(text.replace(f'"{percent}"', f'«"{percent}"»'), "F106")
    text = table(FOUNDED, pool("target", percent))
    check(text.replace(f'"{percent}"', f'«"{percent}"»'), "F106")


@pytest.mark.parametrize("key", ["pre_money", "post_money", "price"])
@pytest.mark.parametrize("value", ["«0»", "«-1»"])
def test_a_valuation_above_zero(key, value):
    event = f'event = "round"\nclass = "common"\nconvention = "pre-money"\n{key} = {value}\n'
    check(table(FOUNDED, event + 'investors = [{ holder = "fund", amount = 1 }]'), "F106")


def test_unknown_words_and_keys_are_suggested():
    check(table(FOUNDED.replace('"issue"', '«"isue"»')), "F107", "issue")
    check(table(FOUNDED.replace("holder =", "«hodler» =")), "F102", "holder")
    check(table(FOUNDED, ROUND.replace('"pre-money"', '«"premoney"»')), "F107", "pre-money")


@pytest.mark.parametrize("missing", ["shares", "price"])
def test_rounding_has_no_default(missing):
    text = re.sub(rf"^{missing} = .*\n", "", table(FOUNDED), count=1, flags=re.MULTILINE)
    check(text.replace("[rounding]", "[«rounding»]"), "F101")


@given(st.integers(1, 18), st.integers(13, 40))
def test_price_places_have_a_limit(good, bad):
    good = min(good, 12)
    rule = '{{ places = {}, to = "half-up" }}'
    follow(table(FOUNDED, price=rule.format(good)))
    assert refusals(table(FOUNDED, price=rule.format(bad)))[0][0] == "F106"


# -- what the file says about itself ------------------------------------------------------------------


def test_unknown_holders_and_classes_are_suggested():
    check(table(FOUNDED.replace('"ada"', '«"adda"»')), "E501", "ada")
    check(table(FOUNDED.replace('"common"', '«"comon"»')), "E502", "common")
    check(table(FOUNDED, stake("5%", '«"univ"»')), "E501", "uni")
    check(table(FOUNDED, stake("5%", '{ ada = "50%", nobody = «"50%"» }')), "E501")
    check(table(FOUNDED, ROUND.replace('"fund"', '«"fnd"»')), "E501", "fund")


def test_an_id_stands_once_in_the_whole_file_and_both_places_are_named():
    """c-dup-holder."""
    text = table(FOUNDED, holders=("ada", "bo", "ada"))
    with pytest.raises(Refused) as caught:
        follow(text)
    (found,) = caught.value.diagnostics
    first, second = (i for i, line in enumerate(text.split("\n"), 1) if line == 'id = "ada"')
    assert (found.code, found.place.line, found.place.column) == ("F112", second, 6)
    assert (found.also.line, found.also.column) == (first, 6)
    check(table(f'id = «"uni"»\n{FOUNDED}'), "F112")
    check(table(FOUNDED, classes=PREFERRED.replace('"a"', '«"bo"»')), "F112")


def test_dates_must_not_go_back():
    early = f"date = «2023-12-31»\n{issue('bo', 1)}"
    check(table(FOUNDED, early), "E503")
    with pytest.raises(Refused) as caught:
        follow(table(FOUNDED, early.replace("«", "").replace("»", "")))
    assert caught.value.diagnostics[0].also.excerpt == "date = 2024-01-01"


def test_the_parts_of_a_grant_are_the_whole():
    check(table(FOUNDED, stake("5%", '«{ uni = "33.3%", ada = "66.6%" }»')), "E509")


def test_one_basis_is_stated():
    check(table(FOUNDED, f"{ROUND}\npost_money = «2000»"), "E510")
    bare = ROUND.replace('pre_money = "1000"\n', "")
    assert refusals(table(FOUNDED, bare))[0][0] == "F114"
    check(table(FOUNDED, f"{pool('create', 10)}\nadd = «5»"), "E510")
    check(table(FOUNDED, ROUND[: ROUND.index("investors")] + "investors = «[]»"), "E519")


def test_amounts_in_another_currency():
    check(table(FOUNDED, ROUND.replace('"1000"', '«"HKD 1000"»')), "E506")
    check(table(FOUNDED, ROUND.replace('"100"', '«"EUR 100"»')), "E506")
    check(table(f'{FOUNDED}\nprice = «"HKD 1.50"»'), "E506")
    check(table(FOUNDED, classes=f'{PREFERRED}\nprice = «"HKD 1.50"»'), "E506")


def test_amounts_finer_than_the_currency_but_prices_may_be():
    check(table(FOUNDED, ROUND.replace('"100"', "«100.001»")), "F105")
    assert follow(table(f"{FOUNDED}\nprice = 0.001")).events[0].changes[0].paid == 100
    fine = follow(table(FOUNDED, priced({"fund": 1}, price="0.001"))).events[-1]
    assert (fine.changes[0].shares, fine.round.pre) == (1000, 100)


def test_several_faults_come_in_the_order_of_the_file():
    text = table(FOUNDED.replace("ada", "eve"), ROUND.replace("common", "gold").replace("fund", "eve2"))
    found = refusals(text)
    assert [code for code, *_ in found] == ["E501", "E502", "E501"]
    assert found == sorted(found, key=lambda fault: fault[1:3])


# -- what the events run into -------------------------------------------------------------------------


def event_at(body):
    """An event of which its header is refused."""
    return table(body).replace("[[events]]", "[[«events»]]")


def test_a_share_of_nothing():
    for body in (
        ROUND,
        stake("5%"),
        pool("target", "5%"),
        'event = "split"\nclass = "common"\nratio = "2:1"',
    ):
        check(event_at(body), "E504")


def test_more_shares_than_are_held():
    move = 'event = "transfer"\nclass = "common"\nfrom = "{}"\nto = "bo"\nshares = «{}»'
    check(table(FOUNDED, move.format("ada", 1001)), "E508")
    check(table(FOUNDED, move.format("uni", 1)), "E508")
    check(table(FOUNDED, 'event = "cancel"\nof = "e0"\nshares = «1001»'), "E508")


def test_a_cancellation_takes_no_more_than_its_event_gave():
    more = issue("ada", 500)
    check(table(FOUNDED, more, 'event = "cancel"\nof = "e1"\nshares = «501»'), "E521")
    twice = 'event = "cancel"\nof = "e1"\nshares = 300'
    check(table(FOUNDED, more, twice, 'event = "cancel"\nof = "e1"\nshares = «201»'), "E521")
    # a split makes 750 of the 500
    split = 'event = "split"\nclass = "common"\nratio = "3/2"'
    check(table(FOUNDED, more, split, 'event = "cancel"\nof = "e1"\nshares = «751»'), "E521")
    (*_, last) = follow(table(FOUNDED, more, split, 'event = "cancel"\nof = "e1"\nshares = 750')).events
    assert last.shares == 1500


def test_a_cancellation_names_one_receiver():
    check(table(FOUNDED, 'event = "cancel"\nof = «"founded"»\nshares = 1'), "E518")
    both = stake("5%", '{ ada = "50%", uni = "50%" }')
    check(table(FOUNDED, both, 'event = "cancel"\nof = «"e1"»\nshares = 1'), "E520")


def test_plans():
    made = pool("create", 100)
    check(table(FOUNDED, made, made.replace('"esop"', '«"esop"»')), "E511")
    check(table(FOUNDED, made, pool("add", 5, "x").replace('"x"', '«"esp"»')), "E512", "esop")
    check(table(FOUNDED, made, pool("target", "9%").replace('"9%"', '«"9%"»')), "E513")


def test_rounds_without_a_price():
    check(
        table(FOUNDED, priced({"fund": 100}, post_money=100).replace('= "100"\ninv', '= «"100"»\ninv')),
        "E514",
    )
    tiny = table(
        FOUNDED.replace("1000", "1_000_000"),
        ROUND.replace('"1000"', '«"1000"»'),
        shares="floor",
        price='{ places = 2, to = "half-up" }',
    )
    check(tiny, "E514")


def test_money_that_buys_no_share():
    text = table(issue("ada", 1), priced({"angel": 500, "fund": 5}, pre_money=100), shares="floor")
    check(text.replace('{ holder = "fund"', '«{ holder = "fund"').replace('"5" }', '"5" }»'), "E515")


def test_counts_have_a_limit():
    most = 10**17
    check(table(issue("ada", most), 'event = "split"\nclass = "common"\nratio = "10:1"').replace(
        '[[events]]\nid = "e1"', '[[«events»]]\nid = "e1"'), "E516")  # fmt: skip
    stakes = [stake("7.77777%")] * 300
    assert refusals(table(FOUNDED, *stakes))[0][0] == "E516"
    assert len(follow(table(FOUNDED, *stakes, shares="floor")).events) == 301


def test_a_split_beside_preferred_shares_without_a_price():
    split = 'event = "split"\nclass = «"common"»\nratio = "2:1"'
    check(table(FOUNDED, issue("fund", 10, "a"), split, classes=PREFERRED), "E517")
    plain = split.replace("«", "").replace("»", "")
    assert follow(table(FOUNDED, plain, classes=PREFERRED)).events[-1].shares == 2000


# -- size ---------------------------------------------------------------------------------------------


def test_thousands_of_holders_within_time():
    """c-10k-holders: as many as a file of 1 MiB holds; holdings stand after the last event only."""
    n = 6_000
    text = table(
        *(issue(f"h{i}", i + 1) for i in range(n)), holders=[f"h{i}" for i in range(n)], shares="floor"
    )
    began = time.perf_counter()
    result = follow(text, ["1000000"])
    assert time.perf_counter() - began < 10
    assert len(result.events) == n
    assert result.events[-2].holdings == ()
    assert len(result.events[-1].holdings) == n
    assert result.events[-1].shares == n * (n + 1) // 2
    assert sum(payout.entitled for payout in result.exits[0].payouts) == 1_000_000_00
    assert "last-only" in [assumption.key for assumption in result.assumptions]


def test_splits_of_many_holders_end_in_time():
    split = 'event = "split"\nclass = "common"\nratio = "1001:1000"'
    holders = [f"h{i}" for i in range(2_000)]
    events = [*(issue(holder, 10_000) for holder in holders), *[split] * 1_000]
    began = time.perf_counter()
    assert refusals(table(*events, holders=holders, shares="floor"))[0][0] == "E516"
    assert time.perf_counter() - began < 10


def test_more_events_than_the_limit():
    events = "".join(f'[[events]]\nid="e{i}"\n' for i in range(10_001))
    with pytest.raises(Refused) as caught:
        toml.parse("t.toml", events)
    assert caught.value.diagnostics[0].code == "T110"
