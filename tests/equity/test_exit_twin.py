"""The exit engine held against the long way, on random tables: one payoff, and it is the same."""

from __future__ import annotations

import itertools
from fractions import Fraction
from typing import NamedTuple

import numpy as np
from captables import follow
from exit_tables import company, issue, pref, safe
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from naive import Security, equilibria, paid

from ipcalc.equity import waterfall
from ipcalc.equity.decisions import Profiles
from ipcalc.equity.stakes import Stack, Stake
from ipcalc.equity.waterfall import Claim
from ipcalc.inputs.diagnostics import Refused

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
    return Profiles(None, Stack(tuple(stakes), tuple((1, rank) for rank in ranks)), ())


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
    stack = made.everyone
    legs = [waterfall.legs_of(stake.claim, stack.origin) for stake in stack.stakes]
    at = waterfall.heights([leg for some in legs for leg in some], [float(x) for x in many])
    arrays = [waterfall.take(some, at) for some in legs]
    for i, amount in enumerate(many):
        exact = [decision.take for decision in settle(securities, amount).decisions]
        assert all(abs(float(a) - row[i]) < 1e-9 for a, row in zip(exact, arrays, strict=True))


@st.composite
def alike(draw):
    """Tables of one structure, each with numbers of its own."""
    kinds = draw(st.lists(security(), max_size=4))

    def again(one):
        varied = one._replace(shares=Fraction(draw(counts)))
        if one.rank is not None:
            varied = varied._replace(preference=draw(money))
        if isinstance(one.cap, Fraction):
            varied = varied._replace(cap=varied.preference + draw(money))
        return varied._replace(strike=Fraction(draw(counts))) if one.strike else varied

    return [[Security(Fraction(draw(counts))), *map(again, kinds)] for _ in range(3)]


@given(alike(), st.lists(amounts, min_size=3, max_size=3))
@settings(max_examples=300, deadline=None)
def test_many_tables_of_one_structure_at_once(many, each):
    stacks = [profiles(securities).everyone for securities in many]
    claims = [
        Claim(*map(_array, zip(*rows, strict=True)))
        for rows in zip(*([s.claim for s in b.stakes] for b in stacks), strict=True)
    ]
    legs = [waterfall.legs_of(claim, stacks[0].origin) for claim in claims]
    at = waterfall.heights([leg for some in legs for leg in some], [float(x) for x in each])
    rows = [waterfall.take(some, at) for some in legs]
    for i, (securities, amount) in enumerate(zip(many, each, strict=True)):
        exact = [decision.take for decision in settle(securities, amount).decisions]
        assert all(abs(float(a) - row[i]) < 1e-9 for a, row in zip(exact, rows, strict=True))


def _array(values):
    """One number of several claims: what is the same, and no number, stays as it is."""
    if None in values or isinstance(values[0], int):
        assert len(set(values)) == 1
        return values[0]
    return np.array([float(value) for value in values])


# -- SAFEs that count only what converts --------------------------------------------------------------


class Table(NamedTuple):
    """Common shares, preferred classes, and post-money SAFEs as (amount, cap, rank)."""

    common: int
    preferred: tuple[Security, ...]
    safes: tuple[tuple[int, int, int], ...]


def of_profile(made, converts):
    """The securities of a table if just these convert, each SAFE with the shares that this gives it."""
    preferred = [i for i, one in enumerate(made.preferred) if one.cap == "full" or ("a", i) in converts]
    base = made.common + sum(made.preferred[i].shares for i in preferred)
    parts = [Fraction(amount, cap) for amount, cap, _ in made.safes]
    whole = base / (1 - sum(parts[i] for i in range(len(parts)) if ("s", i) in converts))
    safes = (
        Security(part * whole, Fraction(amount), rank)
        if ("s", i) in converts
        else Security(Fraction(0), Fraction(amount), rank)
        for i, (part, (amount, _, rank)) in enumerate(zip(parts, made.safes, strict=True))
    )
    return [Security(Fraction(made.common)), *made.preferred, *safes]


def divisions(made, amount):
    """The payoffs of the profiles in which none gains by switching, its shares worked out anew."""
    names = [
        ("c", 0),
        *(("a", i) for i in range(len(made.preferred))),
        *(("s", i) for i in range(len(made.safes))),
    ]
    free = [name for name in names[1:] if name[0] == "s" or made.preferred[name[1]].cap != "full"]
    payoffs = {}
    for size in range(len(free) + 1):
        for some in itertools.combinations(free, size):
            converts = frozenset(some)
            profile = ["share", *("convert" if name in converts else "hold" for name in names[1:])]
            got = paid(of_profile(made, converts), profile, amount)
            payoffs[converts] = dict(zip(names, got, strict=True))
    return {
        tuple(got.values())
        for converts, got in payoffs.items()
        if all(payoffs[converts ^ {name}][name] <= got[name] for name in free)
    }


@st.composite
def depending(draw):
    """A table of small numbers in which the SAFEs' shares depend on who converts."""
    preferred = []
    for _ in range(draw(st.integers(0, 2))):
        held = draw(st.integers(0, 8))
        cap = draw(st.sampled_from([None, None, "full", "cap"]))
        cap = Fraction(held + draw(st.integers(0, 8))) if cap == "cap" else cap
        preferred.append(Security(Fraction(draw(counts)), Fraction(held), draw(st.integers(1, 3)), cap))
    caps = st.integers(4, 40)
    safes = []
    for _ in range(draw(st.integers(1, 2))):
        cap = draw(caps)
        safes.append((draw(st.integers(1, max(1, cap // 3))), cap, draw(st.integers(1, 4))))
    return Table(draw(st.integers(1, 8)), tuple(preferred), tuple(safes))


def engine(made, *amounts):
    """The engine's divisions of each amount, or its refusal."""
    classes = [pref("none", seniority=1)] if not made.preferred else []
    events = [{"event": "cancel", "of": "founding", "shares": 800 - made.common}]
    tiers = sorted({one.rank for one in made.preferred} | {rank for _, _, rank in made.safes})
    for i, one in enumerate(made.preferred):
        cap = {"cap": {"amount": int(one.cap)}} if isinstance(one.cap, Fraction) else {}
        word = {None: "none", "full": "full"}.get(one.cap, "capped") if not cap else "capped"
        terms = {"preference": {"amount": int(one.preference)}, "participation": word, **cap}
        classes.append({"id": f"a{i}", "kind": "preferred", "seniority": 9 - one.rank, **terms})
        events.append(issue(int(one.shares), "fund", f"a{i}"))
    # a class without shares at each rank, for the SAFEs to be ranked with
    classes += [pref(f"rank{rank}", seniority=9 - rank) for rank in tiers]
    events += [safe(amount, cap, f"s{i}") for i, (amount, cap, _) in enumerate(made.safes)]
    instruments = {
        f"s{i}": {"at_exit": "greater-of", "rank": f"with:rank{rank}", "capitalization": "converting-only"}
        for i, (_, _, rank) in enumerate(made.safes)
    }
    return follow(
        company(events, classes, proceeds=[f"{float(one):.2f}" for one in amounts], instruments=instruments)
    ).exits


@settings(max_examples=400, deadline=None)
@given(depending(), st.integers(0, 9_000))
@example(Table(4, (Security(Fraction(1), Fraction(4), 2),), ((5, 26, 4), (1, 14, 2))), 2_700)
@example(Table(8, (), ((1, 5, 4), (2, 20, 4))), 2_000)
def test_where_shares_depend_on_who_converts_every_division_is_found(made, hundredths):
    assume(all(one.preference for one in made.preferred))
    amount = Fraction(hundredths, 100)
    wanted = divisions(made, amount)
    try:
        (sale,) = engine(made, amount)
    except Refused as refused:
        assert {one.code for one in refused.diagnostics} == {"E576"}
        assert not wanted
        return
    found = [tuple(Fraction(d.take, 100) for d in one.decisions) for one in (sale.settled, *sale.others)]
    assert len(found) == len(set(found))
    assert set(found) == wanted
    assert all(one.certificate.holds for one in (sale.settled, *sale.others))


@settings(max_examples=60, deadline=None)
@given(depending(), st.lists(st.integers(1, 9_000), min_size=1, max_size=6, unique=True))
def test_the_breakpoints_of_such_tables_say_where_divisions_change(made, many):
    assume(all(one.preference for one in made.preferred))
    amounts = [Fraction(hundredths, 100) for hundredths in many]
    (sale,) = engine(made, 0)
    schedule = sale.schedule
    starts = [point.proceeds for point in schedule.breakpoints]
    for amount in amounts:
        if amount * 100 in starts:
            continue  # two may hold there
        inside = [piece.profile for piece in schedule.pieces if piece.start < amount * 100][-1]
        wanted = divisions(made, amount)
        if inside is None:
            assert not wanted
        else:
            legs, height = inside.legs, inside.curve.height(amount * 100)
            assert tuple(waterfall.take(some, height) / Fraction(100) for some in legs) in wanted
