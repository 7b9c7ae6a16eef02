"""Many scenarios at once: the same compiled steps over numpy arrays, a block that fits the cache at a time.

Amounts are floats in minor units and nothing is rounded: each period is within one minor unit of the exact
split.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from ipcalc import arithmetic
from ipcalc.inputs.diagnostics import Refused
from ipcalc.ip import engine
from ipcalc.ip.case import Case, Inventor
from ipcalc.ip.engine import Frame, Program, State
from ipcalc.ip.model import COSTS, PER, Policy
from ipcalc.ip.program import compile_version
from ipcalc.quantity import Exact

if TYPE_CHECKING:
    from numpy.typing import NDArray

BLOCK = 16_384  # scenarios: a few arrays of them fit into the fastest caches


def split_many(
    policy: Policy,
    days: Sequence[date],
    receipts: NDArray[Any],
    costs: Sequence[Exact] | None = None,
    *,
    inventors: Sequence[Inventor] = (),
    options: Mapping[str, str] | None = None,
    dates: Mapping[str, date] | None = None,
    inputs: Mapping[str, Exact] | None = None,
    by_period: bool = False,
) -> dict[str, NDArray[Any]]:
    """What each party gets, a scenario an entry: in all, or ``by_period`` (a row a day).

    ``receipts`` has a row for each of ``days`` and a column a scenario; ``costs`` an amount for each day.
    Raises ``ImportError`` without numpy, ``Refused`` and ``Unreadable`` where the policy can't answer.
    """
    numbers = arithmetic.arrays()
    import numpy

    programs = []
    for day in days:
        case = Case(policy, day, options or {}, dates or {}, inputs or {}, {}, day, inventors,
                    dict.fromkeys(PER, ""), days[0])  # fmt: skip
        programs.append(_program(case, numbers))
    parties = list(dict.fromkeys(party for program in programs for party in program.parties))
    scenarios = receipts.shape[1]
    shape = (len(days), scenarios) if by_period else (scenarios,)
    found = {party: numpy.zeros(shape) for party in parties}
    years = [policy.year(day) for day in days]
    spent = [float(cost) for cost in costs or ()]
    for start in range(0, scenarios, BLOCK):
        block = slice(start, min(start + BLOCK, scenarios))
        state = State(numbers)
        for i, program in enumerate(programs):
            if spent:
                state.accounts["", COSTS] = state.accounts.get(("", COSTS), 0.0) + spent[i]
            frame = Frame(state, "", receipts[i, block], years[i])
            engine.run([(frame, program)])
            for party, amount in frame.flow.held.items():
                if by_period:
                    found[party][i, block] = amount
                else:
                    found[party][block] += amount
    return found


def _program(case: Case, numbers: arithmetic.Arithmetic) -> Program:
    """The steps for a day."""
    version = case.version()
    if version.steps is None:
        problem = case.policy.document.problem("P425", ("versions", version.number, "steps"))
        raise Refused([problem])
    return compile_version(case, version, numbers)
