"""How fast income is divided: ``python tests/benchmarks/splits.py`` prints ratios of one run, beside goals.

The same split (costs, a fee of a tenth, three bands) by the engine and by a loop written for it by hand: a
statement of thirty years exactly, and a million scenarios of ten years in arrays.
"""

from __future__ import annotations

import sys
from datetime import date
from fractions import Fraction
from pathlib import Path
from time import perf_counter

sys.path.append(str(Path(__file__).parents[1] / "ip"))

import numpy
import policies

from ipcalc.ip import bulk
from ipcalc.ip.case import Case, Inventor
from ipcalc.ip.ledger import Ledger, Period, Posted, Received, Stream
from ipcalc.ip.model import COSTS, PER
from ipcalc.quantity import allocate, apportion

SCENARIOS, YEARS, ROUNDS = 1_000_000, 10, 7
COST = 5_000_00
EDGES = (100_000_00, 200_000_00)
RATES = (Fraction(1, 2), Fraction(2, 5), Fraction(3, 10))


def best(*runs):
    """The least seconds of each, taking turns."""
    times = [[] for _ in runs]
    for _ in range(ROUNDS):
        for run, kept in zip(runs, times, strict=True):
            begun = perf_counter()
            run()
            kept.append(perf_counter() - begun)
    return [min(kept) for kept in times]


def by_hand(receipts, block):
    """The split in numpy as one would write it for this policy alone, in blocks as well."""
    totals = [numpy.zeros(SCENARIOS) for _ in range(4)]
    for start in range(0, SCENARIOS, block):
        here = slice(start, start + block)
        owed = counter = low = middle = 0.0
        for year in range(YEARS):
            gross = receipts[year, here]
            owed = owed + COST
            repaid = numpy.minimum(gross, owed)
            owed = owed - repaid
            left = gross - repaid
            fee = left * 0.1
            net = left - fee
            counter = counter + net
            first, second = numpy.minimum(counter, EDGES[0]), numpy.minimum(counter, EDGES[1])
            inventors = net * 0.3 + (first - low) * 0.1 + (second - middle) * 0.1
            low, middle = first, second
            for total, amount in zip(totals, (repaid, fee, inventors, net - inventors), strict=True):
                total[here] += amount
    return totals


def scenarios():
    """A million scenarios: engine and loop."""
    policy = policies.flow(policies.YALE_WITHOUT_BUDGET)
    receipts = numpy.random.default_rng(1).lognormal(14, 1.5, (YEARS, SCENARIOS))
    days = [date(2020 + i, 1, 1) for i in range(YEARS)]
    costs = [COST] * YEARS
    engine, loop = best(
        lambda: bulk.split_many(policy, days, receipts, costs), lambda: by_hand(receipts, bulk.BLOCK)
    )
    print(f"{SCENARIOS:,} scenarios of {YEARS} years and three bands, best of {ROUNDS}")
    print(f"  {'engine, million scenarios a second':<40}{SCENARIOS / engine / 1e6:>8.2f}   goal 3")
    print(f"  {'loop by hand':<40}{SCENARIOS / loop / 1e6:>8.2f}")
    print(f"  {'engine, as a part of the loop':<40}{loop / engine:>8.2f}   goal 0.7")


def exact_loop(amounts):
    """Thirty years exactly, written for this policy alone: rounded, posted, and divided among two people."""
    owed = counter = 0
    for amount in amounts:
        owed += COST
        repaid = min(amount, owed)
        owed -= repaid
        left = Fraction(amount - repaid)
        fee = left / 10
        net = left - fee
        inventors, at = Fraction(0), Fraction(counter)
        for edge, rate in zip((*EDGES, None), RATES, strict=True):
            top = counter + net if edge is None else min(counter + net, edge)
            if top > at:
                inventors += (top - at) * rate
                at = top
        counter += net
        allocate(apportion([repaid, fee, inventors, net - inventors])[2], [2, 1])


def statement():
    """A statement of thirty years, exactly: engine, without and with its steps kept, and loop."""
    policy = policies.flow(policies.YALE_WITHOUT_BUDGET)
    case = Case(policy, date(2000, 1, 1), as_of=date(2000, 1, 1), scopes=dict.fromkeys(PER, ""),
                inventors=(Inventor("Ada", 2), Inventor("Bo")))  # fmt: skip
    amounts = [10_000_00 + 1_234_57 * i for i in range(30)]
    periods = [
        Period(str(2000 + i), [Received("s", date(2000 + i, 1, 1), amount)],
               [Posted("s", date(2000 + i, 1, 1), COSTS, COST)])
        for i, amount in enumerate(amounts)
    ]  # fmt: skip

    def engine(traced):
        ledger = Ledger([Stream("s", case)], traced=traced)
        for period in periods:
            ledger.divide(period)

    plain, shown, loop = best(lambda: engine(False), lambda: engine(True), lambda: exact_loop(amounts))
    print(f"a statement of 30 years, exactly, best of {ROUNDS}; the loop by hand takes {loop * 1e3:.2f} ms")
    print(f"  {'engine':<40}{plain / loop:>8.2f} ×")
    print(f"  {'engine, every step shown':<40}{shown / loop:>8.2f} ×")


if __name__ == "__main__":
    statement()
    scenarios()
