"""At which receipts the order changes in which several policies pay a party: who is better off with whom.

Each policy's steps run once on the receipts as a variable, which makes what a party gets an exact
piecewise-linear function of them; where two functions meet is then a matter of lines. Where a policy is not
piecewise linear (its bands measure something that is not in proportion to what they divide), the order is
looked for by exact values at many receipts and bisection, and the answer says that it is approximate.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

from ipcalc.arithmetic import EXACT, Arithmetic, NotLinearError, Number
from ipcalc.ip import engine
from ipcalc.ip.engine import Frame, State
from ipcalc.ip.model import NOT_FOUND
from ipcalc.ip.program import compile_version
from ipcalc.ip.split import Split
from ipcalc.piecewise import FUNCTIONS, Piecewise, identity, inside, together
from ipcalc.quantity import Exact

FARTHEST = 10**14  # minor units: how far orders are looked for where they can't be worked out

Order = tuple[tuple[int, ...], ...]  # the sides from the best to the worst; those that pay the same together


class Stretch(NamedTuple):
    """Receipts for which one order holds, in minor units: from just above ``first`` to ``last`` (``None``:
    without end), which is in it unless it follows as a stretch of its own: a single amount, ``first`` and
    ``last`` both.
    """

    first: Exact
    last: Exact | None
    order: Order


class Crossings(NamedTuple):
    """The orders, from no receipts upwards; ``approximate`` where they were found by bisection.

    ``unknown`` are sides that pay money whose owner was not found: the party could get it, and stand higher.
    """

    party: str
    stretches: Sequence[Stretch]
    approximate: bool
    unknown: Sequence[int] = ()


def crossings(sides: Sequence[Split], party: str) -> Crossings:
    """The order in which sides pay a party, for all receipts, with the costs and facts of each as they are.

    Sides must be in one currency (else ``ValueError``).
    """
    if len({side.currency for side in sides}) != 1:
        raise ValueError("amounts of several currencies have no order")
    try:
        functions = [paid(side, party, identity(), FUNCTIONS) for side in sides]
        stretches = [*_exact(functions)]
        approximate = False
    except NotLinearError:
        stretches = [*_searched(lambda t: [paid(side, party, t, EXACT) for side in sides])]
        approximate = True
    unknown = [i for i, side in enumerate(sides) if any(one.party == NOT_FOUND for one in side.parties)]
    return Crossings(party, _joined(stretches), approximate, unknown)


def paid(side: Split, party: str, receipts: Number, arithmetic: Arithmetic) -> Number:
    """What a party gets of some receipts under the facts of a split, before rounding."""
    period = side.periods[0]
    state = State(arithmetic)
    for balance in period.balances:
        state.accounts["", balance.account] = balance.before + balance.posted
    case = period.cases[0]
    program = compile_version(case, period.versions[0], arithmetic)
    frame = Frame(state, "", receipts, case.policy.year(case.received))
    engine.run([(frame, program)])
    return frame.flow.held.get(party, 0)


def _order(values: Sequence[Exact]) -> Order:
    by_value: dict[Exact, list[int]] = {}
    for i, value in enumerate(values):
        by_value.setdefault(value, []).append(i)
    return tuple(tuple(by_value[value]) for value in sorted(by_value, reverse=True))


# -- exactly -------------------------------------------------------------------------------------------


def _exact(functions: Sequence[Number]) -> Iterator[Stretch]:
    """Every point at which an order can change, and every stretch between two of them."""
    cuts = sorted({Fraction(0), *_cuts(functions)})
    made = [one if isinstance(one, Piecewise) else one + identity() * 0 for one in functions]
    for first, last in zip(cuts, [*cuts[1:], None], strict=True):
        yield Stretch(first, first, _order([one.at(first) for one in made]))
        middle = first + 1 if last is None else (first + last) / 2
        yield Stretch(first, last, _order([one.at(middle) for one in made]))


def _cuts(functions: Sequence[Number]) -> Iterator[Fraction]:
    """Where pieces begin, and where two functions meet."""
    for stretch, lines in together(functions):
        yield stretch[0]
        for i, one in enumerate(lines):
            for other in lines[:i]:
                root = one._replace(level=one.level - other.level, slope=one.slope - other.slope).root()
                if root is not None and inside(stretch, root):
                    yield root


def _joined(stretches: Sequence[Stretch]) -> tuple[Stretch, ...]:
    """Neighbours with one order as one stretch."""
    found: list[Stretch] = []
    for one in stretches:
        if found and found[-1].order == one.order:
            found[-1] = found[-1]._replace(last=one.last)
        else:
            found.append(one)
    return tuple(found)


# -- by bisection --------------------------------------------------------------------------------------


def _searched(values: Callable[[int], Sequence[Exact]]) -> Iterator[Stretch]:
    """Orders at many receipts, each a sixth above the one before, and between two that differ, where one ends
    to the minor unit.
    """
    amounts = [0, 1]
    while amounts[-1] < FARTHEST:
        amounts.append(max(amounts[-1] + 1, amounts[-1] * 7 // 6))
    start: int = 0
    for low, high in pairwise(amounts):
        before, after = _order(values(low)), _order(values(high))
        while before != after and high - low > 1:
            middle = (low + high) // 2
            found = _order(values(middle))
            low, high = (middle, high) if found == before else (low, middle)
            after = found if found != before else after
        if before != after:
            yield Stretch(start, low, before)
            start = low
    yield Stretch(start, None, _order(values(amounts[-1])))
