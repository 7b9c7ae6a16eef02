"""The exit engine held against the long way, on random tables: one payoff, and it is the same."""

from __future__ import annotations

import itertools
from fractions import Fraction

from hypothesis import example, given, settings
from hypothesis import strategies as st
from naive import Security, equilibria

from ipcalc.equity import waterfall
from ipcalc.equity.decisions import Profiles
from ipcalc.equity.stakes import Book, Stake
from ipcalc.equity.waterfall import Claim

ACTIONS = {"exercise": "share", "exercise-and-convert": "convert"}


def settle(securities, amount):
    """The engine's division of an amount over securities as the long way has them."""
    return profiles(securities).settle(amount)[0]


def profiles(securities):
    """The engine's claims of securities; ranks as tiers."""
    ranks = sorted({one.rank for one in securities if one.rank is not None})
    stakes = []
    for i, one in enumerate(securities):
        cost = one.shares * one.strike
        if one.rank is None:
            claim = Claim(one.shares, room=None, cost=cost)
        else:
            room = {None: 0, "full": None}.get(
                one.cap, 0 if one.cap in (None, "full") else one.cap - one.preference
            )
            claim = Claim(one.shares, ranks.index(one.rank), one.preference, room=room, cost=cost)
        stakes.append(Stake(str(i), "any", claim, ((str(i), 1),)))
    return Profiles(None, Book(tuple(stakes), tuple((1, rank) for rank in ranks)), ())


counts = st.integers(1, 6)
money = st.integers(0, 12).map(Fraction)


@st.composite
def security(draw):
    """Common or preferred shares, or a right to buy either; small numbers, so that ties are frequent."""
    kind = draw(st.sampled_from(["common", "option", "preferred", "preferred", "preferred", "warrant"]))
    shares = Fraction(draw(counts))
    strike = (
        Fraction(draw(st.integers(1, 6)), draw(st.sampled_from([1, 2, 3])))
        if kind in ("option", "warrant")
        else Fraction(0)
    )
    if kind in ("common", "option"):
        return Security(shares, strike=strike)
    preference = draw(money)
    cap = draw(st.sampled_from([None, None, "full", "cap"]))
    if cap == "cap":
        cap = preference + draw(money)
    return Security(shares, preference, draw(st.integers(1, 3)), cap, strike)


tables = st.lists(security(), max_size=4).map(lambda rest: [Security(Fraction(3)), *rest])
amounts = st.fractions(0, 80, max_denominator=4)


@settings(max_examples=2_500, deadline=None)
@given(tables, amounts)
@example(
    [
        Security(Fraction(5)),
        Security(Fraction(29, 10), Fraction(29), 2),
        Security(Fraction(39, 10), Fraction(32), 1),
    ],
    Fraction(117),
)
def test_the_engine_pays_what_every_equilibrium_pays(securities, amount):
    settled = settle(securities, amount)
    found = equilibria(securities, amount)
    takes = tuple(decision.take for decision in settled.decisions)
    assert list(found) == [takes]
    assert sum(takes) == amount
    did = tuple(ACTIONS.get(one.action, one.action) for one in settled.decisions)
    assert settled.certificate.holds
    profile = tuple(
        "hold" if a == "exercise" and s.rank is not None else b
        for a, b, s in zip((d.action for d in settled.decisions), did, securities, strict=True)
    )
    assert profile in found[takes]


@given(tables, amounts)
@settings(max_examples=300, deadline=None)
def test_ties_are_where_another_profile_pays_the_same(securities, amount):
    settled = settle(securities, amount)
    for decision in settled.decisions:
        if decision.tie:
            others = [one for one in settled.certificate.unilateral if one.claim == decision.stake.id]
            assert any(one.if_switched == one.now for one in others)


@given(tables, amounts, amounts)
@settings(max_examples=300, deadline=None)
def test_more_proceeds_give_nobody_less(securities, one, other):
    less, more = sorted((one, other))
    takes = [[decision.take for decision in settle(securities, amount).decisions] for amount in (less, more)]
    assert all(a <= b for a, b in zip(*takes, strict=True))


@given(tables, st.data())
@settings(max_examples=300, deadline=None)
def test_order_changes_nothing(securities, data):
    amount = data.draw(amounts)
    order = data.draw(st.permutations(range(len(securities))))
    whole = settle(securities, amount)
    again = settle([securities[i] for i in order], amount)
    assert [whole.decisions[i].take for i in order] == [one.take for one in again.decisions]


@given(tables, amounts, st.integers(2, 5))
@settings(max_examples=300, deadline=None)
def test_a_split_of_all_shares_moves_no_money(securities, amount, ratio):
    split = [one._replace(shares=one.shares * ratio, strike=one.strike / ratio) for one in securities]
    before, after = settle(securities, amount), settle(split, amount)
    assert [one.take for one in before.decisions] == [one.take for one in after.decisions]
    assert after.p * ratio == before.p


@given(tables, amounts)
@settings(max_examples=300, deadline=None)
def test_seniors_are_whole_before_juniors_get_anything(securities, amount):
    settled = settle(securities, amount)
    held = [
        (one, decision.take)
        for one, decision in zip(securities, settled.decisions, strict=True)
        if decision.action == "hold" and one.preference
    ]
    for (senior, got), (junior, more) in itertools.permutations(held, 2):
        if senior.rank < junior.rank and more:
            assert got >= senior.preference


@given(tables, st.lists(amounts, min_size=1, max_size=5))
@settings(max_examples=200, deadline=None)
def test_arrays_are_near_what_is_exact(securities, many):
    made = profiles(securities)
    book = made.everyone
    legs = [waterfall.legs_of(stake.claim, book.origin) for stake in book.stakes]
    at = waterfall.heights([leg for some in legs for leg in some], [float(x) for x in many])
    arrays = [waterfall.take(some, at) for some in legs]
    for i, amount in enumerate(many):
        exact = [decision.take for decision in settle(securities, amount).decisions]
        assert all(abs(float(a) - row[i]) < 1e-9 for a, row in zip(exact, arrays, strict=True))
