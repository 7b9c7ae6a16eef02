"""Floors: whether a party has the least that its policy, or a law, says it should have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Literal, NamedTuple

from ipcalc import quantity
from ipcalc.ip.ledger import Division, Ledger, Period, Posted, Received, Stream
from ipcalc.ip.model import INVENTORS, MAIN, NOT_FOUND, Floor, Policy
from ipcalc.quantity import Exact, Unreadable


class Finding(NamedTuple):
    """A floor held against what a party gets, in one period or (``period`` None) in all.

    ``law`` is the law that sets it, None for the policy itself. ``required`` is rounded up to a minor unit,
    ``got`` None where nobody was named, or a law alone was
    asked, which pays nobody. ``status`` is met, short, or unknown: money whose owner was not found
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
    """The same receipts and costs down the steps of a law, period by period, as far as the law is for them.

    ``inside`` says which of a period's receipts it is for; ``outside`` is what came in of the others.
    """

    law: Policy
    flows: Sequence[Division | None]
    inside: Sequence[Sequence[int]]
    outside: int


class _Pair(NamedTuple):
    """What a floor is of, and what was really paid: the receipts of one period that it holds for, as they
    are numbered in each.
    """

    flow: Division
    real: Division
    receipts: Sequence[tuple[int, int]]


def findings(shadows: Iterable[Shadow], periods: Sequence[Division]) -> tuple[Finding, ...]:
    """All floors that are for a stream: in total, and in each period where one falls short."""
    found = [*_of(None, periods, [range(len(period.cases)) for period in periods], periods)]
    for law, flows, inside, _ in shadows:
        found += _of(law, flows, inside, periods)
    return tuple(found)


def shadow(stream: Stream, law: Policy, periods: Sequence[Division]) -> Shadow:
    """What a law's steps make of what a stream received. Raises ``Unreadable`` and ``Refused``.

    What receipts that the law isn't for have really paid of the costs is paid in its eyes, too.
    """
    known = stream.case.policy
    if law.currency != known.currency:
        raise Unreadable("F118", key="law", stated=law.currency, known=known.currency, source=known.id)
    case = stream.case._replace(
        policy=law,
        options={name: value for name, value in stream.case.options.items() if name in law.options},
    )
    ledger = Ledger([Stream(stream.id, case, stream.opening._replace(counters={}))], traced=False)
    found: list[Division | None] = []
    inside: list[list[int]] = []
    outside = 0
    for period in periods:
        received = [
            Received(stream.id, one.received, amount,
                     {name: value for name, value in one.options.items() if name in law.options})
            for one, amount in zip(period.cases, period.amounts, strict=True)
        ]  # fmt: skip
        cases = (case._replace(received=one.received, options={**case.options, **one.options})
                 for one in period.cases)  # fmt: skip
        mine = [i for i, one in enumerate(cases) if one.versions()]
        others = [i for i in range(len(received)) if i not in mine]
        outside += sum(received[i].amount for i in others)
        spent = []
        for balance in period.balances:
            paid = sum(period.pieces[i].settled.get(balance.account, 0) for i in others)
            owed = ledger.state.accounts.get((stream.id, balance.account), 0) + balance.posted
            amount = balance.posted - min(quantity.nearest_unit(paid), int(owed))
            spent.append(Posted(stream.id, period.first, balance.account, amount))
        divided = ledger.divide(Period(period.period, [received[i] for i in mine], spent))
        found.append(divided.get(stream.id))
        inside.append(mine)
    return Shadow(law, found, inside, outside)


def _of(
    law: Policy | None,
    flows: Sequence[Division | None],
    inside: Sequence[Sequence[int]],
    periods: Sequence[Division],
) -> Iterable[Finding]:
    """The floors of a policy or a law; ``flows`` have its bases, ``periods`` what is really paid."""
    known = {version.number: version for flow in flows for version in (flow.versions if flow else ())}
    for number, floor in ((number, floor) for number, version in known.items() for floor in version.floors):
        pairs = []
        for flow, mine, real in zip(flows, inside, periods, strict=True):
            held = [
                (j, mine[j])
                for j, (version, case) in enumerate(zip(flow.versions, flow.cases, strict=True))
                if version.number == number and case.holds(floor.only)
            ] if flow else []  # fmt: skip
            if flow and held:
                pairs.append(_Pair(flow, real, held))
        if not pairs:
            continue
        each = [_held(law, floor, [pair], pair.real.period) for pair in pairs]
        yield _held(law, floor, pairs, None)
        if len(periods) > 1:
            yield from (one for one in each if one.status == "short")


def _held(law: Policy | None, floor: Floor, pairs: Sequence[_Pair], period: str | None) -> Finding:
    """One floor against what was paid in some periods."""
    rate = pairs[-1].flow.cases[pairs[-1].receipts[-1][0]].exact(floor.at_least)
    base: Exact = 0
    got: Exact | None = 0
    missing: Exact = 0
    for pair in pairs:
        paid = _paid(pair)
        of_law = [pair.flow.pieces[j].bases for j, _ in pair.receipts]
        base += sum(one[floor.of] for one in of_law) if floor.of in of_law[0] else paid.get(floor.of, 0)
        missing += paid.get(NOT_FOUND, 0) + _undivided(pair.real, paid, floor)
        mine = _got(pair.real, paid, floor.party) if law or floor.party in (MAIN, *paid) else None
        got = None if mine is None or got is None else got + mine
    required = -((-rate * base).__floor__())
    # of some of a period's receipts the amounts are not whole: they need not reach the rounded requirement
    least = required if all(map(_whole, pairs)) else rate * base
    status: Literal["met", "short", "unknown"]
    if got is None:
        status = "unknown"
    elif got >= least:
        status = "met"
    else:
        status = "unknown" if got + missing >= least else "short"
    shown = None if got is None else quantity.nearest_unit(got)
    if shown is not None and status == "met":
        shown = max(shown, required)
    return Finding(floor, law, period, rate, base, required, shown, status)


def _whole(pair: _Pair) -> bool:
    """Whether a floor holds for all of a period's receipts."""
    return len(pair.receipts) == len(pair.real.pieces)


def _paid(pair: _Pair) -> Mapping[str, Exact]:
    """What each party was paid: in whole minor units of a whole period, exact of some of its receipts."""
    if _whole(pair):
        return {payee.party: payee.amount for payee in pair.real.parties}
    pieces = [pair.real.pieces[i] for _, i in pair.receipts]
    return {payee.party: sum(one.held.get(payee.party, 0) for one in pieces) for payee in pair.real.parties}


def _undivided(real: Division, paid: Mapping[str, Exact], floor: Floor) -> Exact:
    """What parties hold that is divided further in a way that isn't known."""
    if floor.party == MAIN:
        return 0
    return sum(
        paid[payee.party] for payee in real.parties if not payee.divided and payee.party != floor.party
    )


def _got(real: Division, paid: Mapping[str, Exact], party: str) -> Exact | None:
    """What a party was paid; of the main contributors, None where nobody was named as one."""
    if party != MAIN:
        return paid.get(party, 0)
    main = [person.amount for person in real.people if person.main]
    if not main or INVENTORS not in paid:
        return None
    everyone = sum(person.amount for person in real.people)
    inventors = next(payee.amount for payee in real.parties if payee.party == INVENTORS)
    if paid[INVENTORS] == inventors or not everyone:
        return sum(main)
    return Fraction(sum(main) * paid[INVENTORS], everyone)
