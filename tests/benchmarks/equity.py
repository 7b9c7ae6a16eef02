"""How fast exits are: ``python tests/benchmarks/equity.py``. Rates of one core, and ratios in one run."""

from __future__ import annotations

import timeit
from collections.abc import Callable
from fractions import Fraction

import numpy as np

from ipcalc.equity import rounds, waterfall
from ipcalc.equity.decisions import Profiles
from ipcalc.equity.deductions import Pot
from ipcalc.equity.rounds import Converting, PoolTerm, Problem
from ipcalc.equity.schedule import Schedule
from ipcalc.equity.stakes import Stack, Stake
from ipcalc.equity.waterfall import Claim

MILLION = 1_000_000
SCENARIOS = 50_000


def claims(a: object, b: object, options: object, preference: object) -> tuple[Claim, ...]:
    """Three classes and options: common, Series A capped at twice its preference, Series B senior to it."""
    return (
        Claim(8 * MILLION, room=None),
        Claim(a, 1, preference, room=preference),
        Claim(b, 0, 9 * MILLION * 100),
        Claim(options, room=None, cost=options * 100),
    )


def table() -> Profiles:
    """The claims as a table of their own."""
    found = claims(2 * MILLION, 3 * MILLION // 2, MILLION // 2, 5 * MILLION * 100)
    stakes = tuple(Stake(str(i), "any", claim, ((str(i), 1),)) for i, claim in enumerate(found))
    return Profiles(None, Stack(stakes, ((1, -2, 0), (1, -1, 0))), ())  # type: ignore[arg-type]


def terms(cap: object, pre: object, *, exact: bool) -> Problem:
    """A round with two SAFEs and a pool."""
    number = Fraction if exact else float
    one = number(MILLION) / cap  # type: ignore[operator]
    two = number(MILLION // 2) / number(12 * MILLION)
    return Problem(
        number(8 * MILLION),
        number(5 * MILLION),
        "pre",
        pre,
        (Converting(number(MILLION), 0, one), Converting(number(MILLION // 2), number(1) / 5, two)),
        PoolTerm("target", number(1) / 10),
    )


def sold(solution: rounds.Solution, proceeds: object) -> object:
    """What each of three classes and a pool's options take after a round, in the same arithmetic."""
    preferred = solution.new_shares + sum(solution.conversions)
    found = (
        Claim(8 * MILLION, room=None),
        Claim(preferred, 0, 5 * MILLION),
        Claim(solution.pool, room=None, cost=solution.pool / 2),
    )
    legs = [waterfall.legs_of(claim, 1) for claim in found]
    every = [leg for some in legs for leg in some]
    if isinstance(proceeds, int):
        height = waterfall.curve(every).height(proceeds)
    else:
        height = waterfall.heights(every, proceeds)
    return [waterfall.take(some, height) for some in legs]


def addition() -> float:
    """The time of adding two fractions: what other times are multiples of, whatever the machine is doing."""
    a, b = Fraction(1_000_003, 7), Fraction(5, 999_983)
    return seconds(lambda: a + b, 2_000)


def many_exits() -> None:
    """A million exits on one table, with its breakpoints, beside one exact exit."""
    amounts = np.linspace(0, 200 * MILLION * 100, MILLION)

    def run() -> object:
        schedule = Schedule(table(), Pot((), (), 0, ((1, 0),)))
        assert len(schedule.breakpoints) == 6
        return schedule.grid().at(amounts)

    one = seconds(lambda: table().settle(60 * MILLION * 100), 50)
    took = seconds(run, 3)
    print(f"a million exits on one table, breakpoints included: {took:.3f} s", goal(took, 1, least=False))
    print(f"  as long as {took / one:,.0f} exact exits, one after the other, with certificates")
    print(f"exact exits with their certificate: {1 / one:,.0f} a second", goal(1 / one, 2_000))
    print(f"  each as long as {one / addition():,.0f} additions of fractions")


def rounds_and_exits() -> None:
    """A round with two SAFEs and a pool, and an exit of three classes: terms vary, the structure does not."""
    dice = np.random.default_rng(1)
    caps, pres = dice.uniform(4, 20, SCENARIOS) * MILLION, dice.uniform(8, 40, SCENARIOS) * MILLION
    proceeds = dice.uniform(0, 200, SCENARIOS) * MILLION

    def arrays() -> object:
        return sold(rounds.solve_many(terms(caps, pres, exact=False)), proceeds)

    def exact() -> object:
        problem = terms(Fraction(int(caps[0])), Fraction(int(pres[0])), exact=True)
        return sold(rounds.solve(problem), int(proceeds[0]))

    fast, slow = SCENARIOS / seconds(arrays, 3), 1 / seconds(exact, 20)
    print(f"round and exit, arrays: {fast:,.0f} a second", goal(fast, 25_000))
    print(f"round and exit, exact: {slow:,.0f} a second", goal(slow, 2_000))
    print(f"  each as long as {1 / slow / addition():,.0f} additions of fractions")
    print(f"  arrays are {fast / slow:,.0f} times as fast")


def seconds(run: Callable[[], object], number: int) -> float:
    """The time of one call, the best of five."""
    return min(timeit.repeat(run, number=number, repeat=5)) / number


def goal(found: float, wanted: float, *, least: bool = True) -> str:
    """Whether a goal was met."""
    met = found >= wanted if least else found <= wanted
    return f"(goal {wanted:,g}: {'met' if met else 'MISSED'})"


if __name__ == "__main__":
    many_exits()
    rounds_and_exits()
