"""Rounds over arrays of floats: the same as one by one in fractions."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest

from ipcalc.equity import rounds
from ipcalc.equity.rounds import Capitalization, Converting, FloorTerm, PoolTerm, Problem, ProtectedTerm

np = pytest.importorskip("numpy")
ROWS = 400


def draw(random_, low, high):
    """Exact numbers that floats hold exactly, too."""
    return [Fraction(random_.randrange(int(low), int(high))) for _ in range(ROWS)]


def several(problem, i):
    """One row of a problem whose numbers may be lists."""
    if isinstance(problem, list):
        return problem[i]
    if isinstance(problem, tuple):
        items = [several(one, i) for one in problem]
        return type(problem)(*items) if hasattr(problem, "_fields") else tuple(items)
    return Fraction(problem) if isinstance(problem, int) and not isinstance(problem, bool) else problem


def arrays(problem):
    """A problem whose lists are arrays of floats."""
    if isinstance(problem, list):
        return np.array([float(one) for one in problem])
    if isinstance(problem, tuple):
        items = [arrays(one) for one in problem]
        return type(problem)(*items) if hasattr(problem, "_fields") else tuple(items)
    return float(problem) if isinstance(problem, Fraction) else problem


POST = Capitalization(True)


def capped(random_, of=POST):
    amounts, caps = draw(random_, 1e5, 2e6), draw(random_, 3e6, 2e7)
    rates = [amount / cap for amount, cap in zip(amounts, caps, strict=True)]
    return Converting(amounts, Fraction(1, 5), rates, of)


def problem(kind, random_):
    base = Problem(
        Fraction(8_000_000),
        draw(random_, 1e6, 8e6),
        "post",
        draw(random_, 9e6, 4e7),
        (capped(random_), capped(random_, Capitalization(False, Fraction(8_000_000), True, True))),
        PoolTerm("target", Fraction(1, 10), Fraction(500_000)),
    )
    if kind == "floor":
        terms = FloorTerm(Fraction(1, 20), Fraction(400_000), False, draw(random_, 1, 1e6), (0, 0))
        return base._replace(floors=(terms,))
    if kind == "protected":
        guard = ProtectedTerm(
            Fraction(2_000_000), Fraction(3), Fraction(3), Fraction(9_000_000), True, (True, False)
        )
        return base._replace(protected=(guard,), measure="pre", value=draw(random_, 1e6, 4e7))
    return base


@pytest.mark.parametrize("kind", ["plain", "floor", "protected"])
def test_arrays_agree_with_fractions(kind):
    """To 12 digits, and without a solution in the same rows; every branch is taken somewhere."""
    terms = problem(kind, random.Random(5))
    many = rounds.solve_many(arrays(terms))
    seen = set()
    for i in range(ROWS):
        try:
            one = rounds.solve(several(terms, i))
        except rounds.Unsolvable:
            assert np.isnan(many.total[i])
            seen.add(None)
            continue
        seen.add(one.at_cap)
        for name in (
            "total",
            "shares_per_unit",
            "new_shares",
            "pool",
            "conversions",
            "topups",
            "protections",
        ):
            exact, floats = getattr(one, name), getattr(many, name)
            pairs = zip(exact, floats, strict=True) if isinstance(exact, tuple) else [(exact, floats)]
            for a, b in pairs:
                found = np.broadcast_to(b, ROWS)[i]
                assert found == pytest.approx(float(a), rel=1e-9, abs=1e-6), name
        assert tuple(bool(np.broadcast_to(flag, ROWS)[i]) for flag in many.at_cap) == one.at_cap
    assert {(True, True), (False, False)} <= seen


def test_a_row_without_a_solution_is_not_a_number():
    terms = Problem(
        8.0e6, 1e6, "post", 1e7, (Converting(np.array([1e6, 9.9e6]), 0.0, np.array([0.1, 0.99])),)
    )
    assert np.isnan(rounds.solve_many(terms).total).tolist() == [False, True]
