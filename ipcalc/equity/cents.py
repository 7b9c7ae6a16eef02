"""What is exact, in whole units of the currency; and when it is paid.

One pass of largest remainders over all lines, in the order of the file. What is held back is paid later: each
payment is what the whole of the money so far gives, less what was paid before.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from fractions import Fraction
from math import ceil

from ipcalc import quantity
from ipcalc.equity import waterfall
from ipcalc.equity.decisions import Profiles, Settled
from ipcalc.equity.deductions import Deducted, Pot
from ipcalc.equity.exit_terms import Sale
from ipcalc.equity.schedule import Line
from ipcalc.equity.stakes import Scene
from ipcalc.quantity import Exact


def payments(sale: Sale, proceeds: int) -> list[tuple[datetime.date | None, int]]:
    """By day, how much of the proceeds has been paid until then; what is held back is rounded down."""
    if sale.holdback is None:
        return [(sale.date, proceeds)]
    held = int(sale.holdback.percent * Fraction(proceeds))
    found: list[tuple[datetime.date | None, int]] = [(sale.date, proceeds - held)]
    released = Fraction(0)
    for day, part in sale.holdback.releases:
        released += part
        found.append((day, proceeds - held + int(held * released)))
    return found


def in_units(
    scene: Scene, profiles: Profiles, pot: Pot, lines: Sequence[Line], totals: Sequence[int]
) -> list[list[int]]:
    """In whole units, what each part of each line has got of each of the totals, which ascend.

    Costs are one part, though nobody's. Raises ``Refused``: E578, where more money gives someone less.
    """
    up = scene.table.rounding.money == "up-per-line"
    exact: list[list[Exact]] = []
    for total in totals:
        deducted = pot.deduct(total)
        settled = profiles.settle(deducted.amount)[0]
        parts = up_per_line(profiles, lines, deducted, settled) if up else _parts(lines, deducted, settled)
        if exact and any(now < before for now, before in zip(parts, exact[-1], strict=True)):
            raise scene.refused("E578", "holdback")
        exact.append(parts)
    if up:
        return [[int(part) for part in parts] for parts in exact]
    found = [quantity.apportion(exact[-1])]
    for parts in reversed(exact[:-1]):
        found.insert(0, _at_most(parts, found[0]))
    return found


def _parts(lines: Sequence[Line], deducted: Deducted, settled: Settled) -> list[Exact]:
    return _divided(lines, deducted, [decision.take for decision in settled.decisions])


def _divided(lines: Sequence[Line], deducted: Deducted, takes: Sequence[Exact]) -> list[Exact]:
    """The exact part of each holder in each line."""
    gets = [*deducted.charges, *takes]
    if lines[0].kind == "costs":
        gets.insert(0, sum(deducted.costs))
    found: list[Exact] = []
    for line, take in zip(lines, gets, strict=True):
        if line.kind == "costs":
            found.append(take)
        whole = sum((weight for _, weight in line.parts), Fraction(0))
        found += [Fraction(take) * weight / whole for _, weight in line.parts]
    return found


def up_per_line(
    profiles: Profiles, lines: Sequence[Line], deducted: Deducted, settled: Settled
) -> list[Exact]:
    """Every part rounded up, as some tools do: first of what tiers pay, then of what that leaves."""
    origin = profiles.everyone.origin
    choices = [decision.choice for decision in settled.decisions]
    tiers = [tuple(leg for leg in one.legs if leg.kind == "tier") for one in choices]
    beside = [tuple(leg for leg in one.legs if leg.kind != "tier") for one in choices]
    first = _divided(lines, deducted, [waterfall.take(legs, settled.height) for legs in tiers])
    up = [Fraction(ceil(part)) for part in first]
    stakes = sum(len(parts) for _, _, parts in lines[-len(choices) :])
    rest = max(deducted.amount - sum(up[-stakes:]), 0) + sum(one.cost for one in choices)
    height = waterfall.curve(leg for legs in beside for leg in legs).height(rest) if rest else origin
    takes = [waterfall.take(legs, height) - one.cost for legs, one in zip(beside, choices, strict=True)]
    nothing = Deducted((0,) * len(deducted.costs), (0,) * len(deducted.charges), rest)
    return [a + ceil(b) for a, b in zip(up, _divided(lines, nothing, takes), strict=True)]


def _at_most(exact: Sequence[Exact], most: Sequence[int]) -> list[int]:
    """Exact amounts as whole units by largest remainder, none above what it is to have in the end."""
    found = [int(amount // 1) for amount in exact]
    left = int(sum(exact, Fraction(0))) - sum(found)
    by_remainder = sorted(range(len(exact)), key=lambda i: found[i] - exact[i])
    while left:
        for i in by_remainder:
            if left and found[i] < most[i]:
                found[i] += 1
                left -= 1
    return found
