"""Other kinds of numbers on the same steps: arrays within one minor unit a period, exact functions of receipts."""

# ruff: noqa: E501  # a policy, or a case, a line

from __future__ import annotations

from datetime import date
from fractions import Fraction
from itertools import pairwise

import policies as p
import pytest
import random_policies as r
from hypothesis import assume, given
from hypothesis import strategies as st
from test_laws import DAY, case_of, exactly

from ipcalc.arithmetic import NotLinearError
from ipcalc.ip import engine
from ipcalc.ip.crossings import Stretch, crossings
from ipcalc.ip.engine import Frame, State
from ipcalc.ip.program import compile_version
from ipcalc.ip.split import split
from ipcalc.piecewise import FUNCTIONS, constant, identity

numpy = pytest.importorskip("numpy")

from ipcalc.ip.bulk import split_many  # noqa: E402  # needs numpy

ten = [date(2024 + i, 1, 1) for i in range(4)]


@given(r.policies(), st.lists(st.lists(st.integers(0, 300), min_size=4, max_size=4), min_size=1, max_size=5))
def test_arrays_are_within_a_minor_unit_of_exact_amounts(made, scenarios):
    policy = r.policy(*made)
    array = numpy.array(scenarios, dtype=float).T
    found = split_many(policy, ten, array, [7, 0, 3, 0], by_period=True)
    for number, amounts in enumerate(scenarios):
        # one receipt a year, costs as above
        rows = [(amount, {"costs": cost}, 1) for amount, cost in zip(amounts, [7, 0, 3, 0], strict=True)]
        for i, (held, _) in enumerate(exactly(policy, rows)):
            for party, amount in held.items():
                assert abs(found[party][i, number] - float(amount)) < 1


def test_a_block_is_like_another(monkeypatch):
    from ipcalc.ip import bulk

    policy = p.flow(p.YALE_WITHOUT_BUDGET)
    amounts = numpy.arange(4 * 10, dtype=float).reshape(4, 10) * 1_000_000
    whole = split_many(policy, ten, amounts, [100, 0, 0, 0])
    monkeypatch.setattr(bulk, "BLOCK", 3)
    pieces = split_many(policy, ten, amounts, [100, 0, 0, 0])
    assert all((whole[party] == pieces[party]).all() for party in whole)
    assert (sum(whole.values()) == amounts.sum(axis=0)).all()


def function_of(policy, costs):
    """What each party gets, as functions of one receipt."""
    state = State(FUNCTIONS)
    for account, cost in costs.items():
        state.accounts["", account] = cost
    case = case_of(policy)
    frame = Frame(state, "", identity(), 2024)
    engine.run([(frame, compile_version(case, case.version(), FUNCTIONS))])
    return frame.flow.held


@given(r.policies(), r.costs, st.lists(st.fractions(0, 300, max_denominator=7), min_size=1, max_size=6))
def test_functions_have_the_values_of_exact_amounts(made, costs, amounts):
    policy = r.policy(*made)
    try:
        functions = function_of(policy, costs)
    except NotLinearError:
        assume(False)
    for amount in amounts:
        held, _ = next(exactly(policy, [(amount, costs, 1)]))
        for party, value in held.items():
            function = functions[party]
            assert (function.at(amount) if hasattr(function, "at") else function) == value


@given(st.fractions(0, 20), st.fractions(-5, 5), st.fractions(0, 20))
def test_functions_are_numbers(t, factor, level):
    x = identity()
    least, greatest = FUNCTIONS.least(x * factor, level), FUNCTIONS.greatest(x * factor, level)
    assert least.at(t) == min(t * factor, level)
    assert greatest.at(t) == max(t * factor, level)
    assert (least + greatest - (x * factor + level)).at(t) == 0
    assert (3 - x / 2).at(t) == 3 - t / 2
    assert FUNCTIONS.ratio(x * factor, x) == factor
    slab = FUNCTIONS.by_slab(x, [5, 10], [x, constant(1), x * 2])
    assert slab.at(t) == (t if t <= 5 else 1 if t <= 10 else 2 * t)


def test_what_is_not_linear_is_refused():
    x = identity()
    for call in (lambda: x * x, lambda: 1 / x, lambda: x / x, lambda: x < 5, lambda: bool(x),
                 lambda: FUNCTIONS.ratio(x + 1, x)):  # fmt: skip
        with pytest.raises(NotLinearError):
            call()


# -- at which receipts the order changes ---------------------------------------------------------------


def order(*sides, party="inventors"):
    found = crossings(sides, party)
    return found.approximate, [(s.first, s.last, s.order) for s in found.stretches]


def test_the_university_of_california_before_and_after():
    # 85% less costs of 50,000, halved, is 35% of what is beyond 50,000 at 100,000: costs of half the income
    now, before = (split(p.flow(steps), 100_000_00, 50_000_00) for steps in (p.UC, p.UC_OLD))
    assert order(now, before) == (False, [
        (0, 50_000_00, ((0, 1),)),  # both repay costs first: an interval of equality
        (50_000_00, 100_000_00, ((0,), (1,))),
        (100_000_00, 100_000_00, ((0, 1),)),
        (100_000_00, None, ((1,), (0,))),
    ])  # fmt: skip


def test_three_policies():
    flat = split(p.flow('{ share = { inventors = "35%", u = "rest" } }'), 1)
    yale, tech = split(p.flow(p.YALE_BANDS), 1), split(p.flow(p.GATECH), 1)
    approximate, found = order(flat, yale, tech)
    assert not approximate
    meets = [first for first, last, groups in found if first == last and (0, 1) in groups]
    assert meets == [60_000_000]  # 50,000 + 40,000 + 30% (t − 200,000) = 35% t at t = 600,000


def test_a_slab_is_taken_from_below():
    kitami = split(p.flow(p.KITAMI), 1)
    flat = split(p.flow('{ share = { inventors = "45%", university = "rest" } }'), 1)
    _, found = order(kitami, flat)
    # 4,000,000 at most: 45% of 8,888,888.89
    (at,) = [first for first, last, _ in found if first == last and first]
    assert at == Fraction(400_000_000 * 100, 45)


def test_where_it_is_not_linear_it_is_approximate_and_right():
    steps = (
        p.COSTS + ', { by = "gross", bands = [{ up_to = 1_000, share = { inventors = "60%", u = "rest" } }, '
        '{ share = { inventors = "20%", u = "rest" } }] }'
    )
    flat = p.flow(p.COSTS + ', { share = { inventors = "40%", u = "rest" } }')
    sides = split(p.flow(steps), 1, 100_00), split(flat, 1, 100_00)
    approximate, found = order(*sides)
    assert approximate
    # of 2,000 half is in each band: 60% and 20% make 40%
    edges = [last for _, last, _ in found if last]
    assert any(abs(last - 2_000_00) <= 1 for last in edges)
    assert found[-1][2] == ((1,), (0,))


def test_sides_in_two_currencies_have_no_order():
    sides = split(p.flow(p.UC), 1), split(p.flow(p.UC, "HKD"), 1)
    with pytest.raises(ValueError, match="currencies"):
        crossings(sides, "inventors")


def test_a_party_that_nobody_pays():
    sides = split(p.flow(p.UC), 1), split(p.flow(p.UC_OLD), 1)
    assert crossings(sides, "nobody").stretches == (Stretch(0, None, ((0, 1),)),)


@given(st.lists(r.policies(reserve=False), min_size=2, max_size=3), st.integers(0, 500), st.integers(0, 60))
def test_the_order_is_that_of_the_amounts(made, amount, cost):
    policies = [r.policy(*one) for one in made]
    found = crossings([split(one, 100, cost, as_of=DAY) for one in policies], "a")
    assume(not found.approximate)
    alone = [s for s in found.stretches if s.first == s.last == amount]
    here = next(s for s in [*alone, *found.stretches] if s.last is None or amount <= s.last)
    values = [next(exactly(one, [(amount, {"costs": cost}, 1)]))[0].get("a", 0) for one in policies]
    for better, worse in pairwise(here.order):
        assert values[better[0]] > values[worse[0]]
    for group in here.order:
        assert len({values[i] for i in group}) == 1


def test_money_whose_owner_is_not_found_is_told():
    known, partly = split(p.flow(p.UC), 1), split(p.flow(p.MICHIGAN), 1)
    assert crossings([known, partly], "inventors").unknown == [1]
    assert crossings([known, known], "inventors").unknown == []
