"""Floors: whether a party has the least that its policy, or a law, says it should have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, NamedTuple

from ipcalc.ip.ledger import Division, Ledger, Period, Posted, Received, Stream
from ipcalc.ip.model import INVENTORS, MAIN, NOT_FOUND, Floor, Policy
from ipcalc.quantity import Exact, Unreadable


class Finding(NamedTuple):
    """A floor held against what a party gets, in one period or (``period`` None) in all.

    ``law`` is the law that sets it, None for the policy itself. ``required`` is rounded up to a minor unit,
    ``got`` None where nobody was named. ``status`` is met, short, or unknown: money whose owner was not found
    could make up for what is missing.
    """

    floor: Floor
    law: Policy | None
    period: str | None
    rate: Exact
    base: Exact
    required: int
    got: int | None
    status: Literal["met", "short", "unknown"]


class Shadow(NamedTuple):
    """The same receipts and costs down the steps of a law, period by period."""

    law: Policy
    flows: Sequence[Division]


def findings(shadows: Iterable[Shadow], periods: Sequence[Division]) -> tuple[Finding, ...]:
    """All floors that are for a stream: in total, and in each period where one falls short."""
    found = [*_of(None, periods, periods)]
    for law, flows in shadows:
        found += _of(law, flows, periods)
    return tuple(found)


def shadow(stream: Stream, law: Policy, periods: Sequence[Division]) -> Shadow:
    """What a law's steps make of what a stream received. Raises ``Unreadable`` and ``Refused``."""
    known = stream.case.policy
    if law.currency != known.currency:
        raise Unreadable("F118", key="law", stated=law.currency, known=known.currency, source=known.id)
    case = stream.case._replace(
        policy=law,
        options={name: value for name, value in stream.case.options.items() if name in law.options},
    )
    ledger = Ledger([Stream(stream.id, case, stream.opening._replace(counters={}))], traced=False)
    found = []
    for period in periods:
        received = [
            Received(stream.id, one.received, amount,
                     {name: value for name, value in one.options.items() if name in law.options})
            for one, amount in zip(period.cases, period.amounts, strict=True)
        ]  # fmt: skip
        spent = [Posted(stream.id, period.first, one.account, one.posted) for one in period.balances]
        found.append(ledger.divide(Period(period.period, received, spent))[stream.id])
    return Shadow(law, found)


def _of(law: Policy | None, flows: Sequence[Division], periods: Sequence[Division]) -> Iterable[Finding]:
    """The floors of a policy or a law; ``flows`` have its bases, ``periods`` what is really paid."""
    floors = dict.fromkeys(
        (version.number, i) for flow in flows for version in flow.versions for i in range(len(version.floors))
    )
    for number, i in floors:
        pairs = [
            (flow, period)
            for flow, period in zip(flows, periods, strict=True)
            if any(
                version.number == number and case.holds(version.floors[i].only)
                for version, case in zip(flow.versions, flow.cases, strict=True)
            )
        ]
        if not pairs:
            continue
        floor = next(v for flow, _ in pairs for v in flow.versions if v.number == number).floors[i]
        each = [_held(law, floor, [pair], pair[1].period) for pair in pairs]
        yield _held(law, floor, pairs, None)
        if len(periods) > 1:
            yield from (one for one in each if one.status == "short")


def _held(
    law: Policy | None, floor: Floor, pairs: Sequence[tuple[Division, Division]], period: str | None
) -> Finding:
    """One floor against what was paid in some periods."""
    rate = pairs[-1][0].cases[-1].exact(floor.at_least)
    base: Exact = 0
    got: int | None = 0
    missing = 0
    for flow, real in pairs:
        paid = {payee.party: payee.amount for payee in real.parties}
        base += flow.bases[floor.of] if floor.of in flow.bases else paid.get(floor.of, 0)
        missing += paid.get(NOT_FOUND, 0) + _undivided(real, floor)
        mine = _got(real, paid, floor.party)
        got = None if mine is None or got is None else got + mine
    required = -((-rate * base).__floor__())
    status: Literal["met", "short", "unknown"]
    if got is None:
        status = "unknown"
    elif got >= required:
        status = "met"
    else:
        status = "unknown" if got + missing >= required else "short"
    return Finding(floor, law, period, rate, base, required, got, status)


def _undivided(real: Division, floor: Floor) -> int:
    """What parties hold that is divided further in a way that isn't known."""
    if floor.party == MAIN:
        return 0
    return sum(payee.amount for payee in real.parties if not payee.divided and payee.party != floor.party)


def _got(real: Division, paid: Mapping[str, int], party: str) -> int | None:
    """What a party was paid; of the main contributors, None where nobody was named as one."""
    if party != MAIN:
        return paid.get(party, 0)
    main = [person.amount for person in real.people if person.main]
    return sum(main) if main and INVENTORS in paid else None
