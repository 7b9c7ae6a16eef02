"""What comes off the proceeds of an exit before the ladder divides the rest, and how to get back to them.

Costs come first. Debts are the first rungs of the ladder, since a note among them may convert; fees in place
of shares and a carve-out rank behind all debts, whether or not a note among them converts.
"""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

from ipcalc import quantity
from ipcalc.equity.reading import Parts, whole_if
from ipcalc.equity.stakes import Scene, Stack
from ipcalc.quantity import Exact

CARVE_OUT = "carve-out"  # the id of that charge


class Charge(NamedTuple):
    """A part of the proceeds, of what is left ``after-costs`` or ``after-debt``, for some holders."""

    id: str
    percent: Exact
    of: str
    to: Parts


class Deducted(NamedTuple):
    """What came off: for each cost, and for each charge, in minor units; and the amount for the ladder."""

    costs: tuple[Exact, ...]
    charges: tuple[Exact, ...]
    amount: Exact


class Pot(NamedTuple):
    """The deductions of an exit. ``debts`` is all that the rungs of debt are owed.

    Once the costs and the first k charges are paid, what is left of the proceeds P for the ladder is
    kept · P - short, by the k-th of ``left``.
    """

    costs: tuple[tuple[Exact, Exact], ...]  # an amount and a percentage each, one of them 0
    charges: tuple[Charge, ...]
    debts: Exact
    left: tuple[tuple[Exact, Exact], ...]

    def deduct(self, proceeds: Exact) -> Deducted:
        """What comes off the proceeds; each gets what is left of them if that is less than it is due."""
        left = proceeds
        costs = []
        for amount, percent in self.costs:
            costs.append(min(left, amount + percent * proceeds))
            left -= costs[-1]
        after_costs = left
        owed = min(left, self.debts)
        left -= owed
        bases = {"proceeds": proceeds, "after-costs": after_costs, "after-debt": left}
        charges = []
        for charge in self.charges:
            charges.append(min(left, charge.percent * bases[charge.of]))
            left -= charges[-1]
        return Deducted(tuple(costs), tuple(charges), whole_if(owed + left))

    def proceeds(self, amount: Exact) -> Exact:
        """The least proceeds of which the ladder gets an amount."""
        if not amount:
            return 0
        kept, short = self.left[0] if amount <= self.debts else self.left[-1]
        return whole_if(Fraction(amount + short) / kept)

    @property
    def marks(self) -> tuple[tuple[str, Exact], ...]:
        """The proceeds at which the costs, and each charge behind the debts, are covered."""
        found: list[tuple[str, Exact, Exact, Exact]] = []
        if self.costs:
            found.append(("costs", *self.left[0], 0))
        found += [
            (charge.id, *self.left[k], self.debts)
            for k, charge in enumerate(self.charges, 1)
            if charge.of != "after-debt"
        ]
        marks = ((what, whole_if(Fraction(due + short) / kept)) for what, kept, short, due in found)
        return tuple((what, at) for what, at in marks if at)


def pot(scene: Scene, stack: Stack) -> Pot:
    """The deductions of an exit. Raises ``Refused`` (E575: they take all there is)."""
    sale = scene.sale
    charges: tuple[Charge, ...] = ()
    if sale.kind != "dividend":
        charges = tuple(Charge(fee.id, fee.percent, fee.of, fee.to) for fee in scene.state.fees)
    if sale.carve_out:
        charges += (Charge(CARVE_OUT, *sale.carve_out),)
    debts = sum((stake.claim.held for stake in stack.stakes if stack.is_debt(stake)), 0)
    costs = tuple((cost.amount or 0, cost.percent or 0) for cost in sale.costs)
    fixed, percent = sum(amount for amount, _ in costs), sum((part for _, part in costs), Fraction(0))
    left: list[tuple[Exact, Exact]] = [(1 - percent, fixed)]
    for charge in charges:
        base = {"proceeds": (1, 0), "after-costs": left[0], "after-debt": (left[0][0], fixed + debts)}
        kept, short = (
            value - charge.percent * of for value, of in zip(left[-1], base[charge.of], strict=True)
        )
        left.append((kept, short))
    if left[-1][0] <= 0:
        raise scene.refused("E575", total=quantity.percent(1 - left[-1][0], 2))
    return Pot(costs, charges, debts, tuple(left))
