"""How fast events fold: ``python tests/benchmarks/captables.py``. Times, memory, and ratios in one run."""

from __future__ import annotations

import datetime
import timeit
import tracemalloc
from typing import Any

from ipcalc.equity import captable
from ipcalc.equity.fold import fold
from ipcalc.inputs.toml import Document

HOLDERS, EVENTS = 10_000, 500


def company(holders: int, events: int) -> Document:
    """A company whose shares spread over many holders: grants to many, rounds of many, options, splits."""
    people = [f"h{i}" for i in range(holders)]
    day = datetime.date(2024, 1, 1)
    each = holders // (events // 5)
    found: list[dict[str, Any]] = [
        {"event": "issue", "holder": people[0], "class": "common", "shares": 10**9},
        {"event": "pool", "plan": "esop", "class": "common", "create": 10**8},
    ]
    for i in range(events - len(found)):
        some = people[i // 5 * each : (i // 5 + 1) * each] or people[:each]
        kinds: list[dict[str, Any]] = [
            {
                "event": "round", "class": "common", "convention": "percentage-ownership", "pre_money": 10**9,
                "investors": [{"holder": one, "amount": 1_000} for one in some],
            },
            {"event": "option", "plan": "esop", "holder": some[0], "shares": 1_000, "strike": 1,
             "vesting": "none"},
            {"event": "transfer", "class": "common", "from": people[0], "to": some[-1], "shares": 10},
            {"event": "safe", "holder": some[0], "amount": 1_000, "basis": "post-money", "cap": 10**9},
            {"event": "pool", "plan": "esop", "class": "common", "add": 10},
        ]  # fmt: skip
        found.append(kinds[i % len(kinds)])
    data = {
        "company": {"name": "Big", "currency": "USD"},
        "rounding": {"shares": "floor", "price": {"places": 4, "to": "half-up"}},
        "stakeholders": [{"id": one, "kind": "person"} for one in people],
        "classes": [{"id": "common", "kind": "common"}],
        "events": [{"id": f"e{i}", "date": day, **one} for i, one in enumerate(found)],
    }
    return Document("big.toml", "", data)


def folded(holders: int, events: int) -> tuple[float, float, int]:
    """Seconds to fold, the most memory that took in MiB, and the holdings after the last event."""
    table = captable.read(company(holders, events))
    took = min(timeit.repeat(lambda: fold(table), number=1, repeat=3))
    tracemalloc.start()
    steps = fold(table)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return took, most / 2**20, len(steps[-1].holdings)


if __name__ == "__main__":
    half, whole = folded(HOLDERS // 2, EVENTS // 2), folded(HOLDERS, EVENTS)
    print(f"{HOLDERS:,} holders ({whole[2]:,} holdings) and {EVENTS} events: {whole[0]:.2f} s (goal 2:"
          f" {'met' if whole[0] < 2 else 'MISSED'}), {whole[1]:.0f} MiB")  # fmt: skip
    print(
        f"  against half of both: {whole[0] / half[0]:.1f} × the time, {whole[1] / half[1]:.1f} × the memory"
    )
