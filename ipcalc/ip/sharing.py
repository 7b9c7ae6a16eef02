"""The step that divides all that is left, compiled: flat, in bands, or by slab.

What a step has paid is a function f of how much was measured: paid now = f(counter + x) − f(counter), by
today's thresholds. So an index never takes anything back, and a receipt may come in pieces.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from ipcalc import quantity
from ipcalc.arithmetic import Arithmetic, Number
from ipcalc.ip.engine import Claim, Claims, Frame, Key
from ipcalc.ip.model import INVENTORS, Band, Hold, Share, Take
from ipcalc.quantity import Exact, Unreadable

if TYPE_CHECKING:
    from ipcalc.ip.program import Compiler


class Rates(NamedTuple):
    """One band with all its rates known: up to an amount (``None``: without end), each party's part.

    ``texts`` are the rates as written; ``at_most`` bounds, in a slab, the part of the first party.
    """

    up_to: Exact | None
    parts: Mapping[str, Exact]
    texts: Mapping[str, str]
    at_most: Exact | None = None


# what each party gets: of the counter at a key, of an amount that is to be divided, from where the counter
# stood, and how much was counted for the amount (the amount itself, where they are one)
Divide = Callable[[Frame, Key, Number, Number, Number], dict[str, Number]]


def compile_share(compiler: Compiler, step: Share) -> Callable[[Frame], Claims]:
    """A share's function. Raises ``Unreadable`` for an input or an index that is not stated."""
    bands = _advanced(compiler, step, [_known(compiler, band) for band in step.bands])
    if step.indexed:
        factor = compiler.case.factor(step.indexed)
        bands = [_moved(band, factor, step.indexed.round) for band in bands]
    parties = list(dict.fromkeys(party for band in bands for party in band.parts))
    if not step.key:
        return _flat(compiler, step, bands[0], parties)
    return _counted(compiler, step, (_slabs if step.slabs else _bands)(compiler, step, bands, parties))


def _known(compiler: Compiler, band: Band) -> Rates:
    """A band with what the case states for its inputs, and the rest worked out."""
    case = compiler.case
    parts = {part.party: case.input(part.input) if part.input else part.rate for part in band.parts}
    left = 1 - Fraction(sum(rate for rate in parts.values() if rate is not None))
    if left < 0:
        raise Unreadable("F106", key=band.parts[0].text, limit="100%")
    known = {party: left if rate is None else rate for party, rate in parts.items()}
    return Rates(band.up_to, known, {part.party: part.text for part in band.parts}, band.at_most)


def _moved(band: Rates, factor: Exact, rounding: Exact | None) -> Rates:
    """A band whose amounts have moved with an index."""

    def moved(amount: Exact | None) -> Exact | None:
        if amount is None or rounding is None:
            return None if amount is None else amount * factor
        return quantity.nearest_unit(Fraction(amount * factor) / rounding) * rounding

    return band._replace(up_to=moved(band.up_to), at_most=moved(band.at_most))


# -- advances ------------------------------------------------------------------------------------------


def _advanced(compiler: Compiler, step: Share, bands: list[Rates]) -> list[Rates]:
    """Bands against which advances are set: first all is the party's, then nothing until it is even."""
    for take in compiler.chosen:
        if isinstance(take, Take) and take.counts == "advance":
            term = next(cap.amount for cap in take.caps if cap.amount)
            bands = _advance(bands, take.party, compiler.case.exact(term), compiler, step)
    return bands


def _advance(bands: list[Rates], party: str, amount: Exact, compiler: Compiler, step: Share) -> list[Rates]:
    held: dict[str, Exact] = {}
    start: Exact = 0
    for i, band in enumerate(bands):
        rate = band.parts.get(party, 0)
        missing = amount - held.get(party, 0)
        even = start + Fraction(missing) / rate if rate else None
        if even is not None and (band.up_to is None or even <= band.up_to):
            for other, part in band.parts.items():
                held[other] = held.get(other, 0) + part * (even - start)
            others = {name: part / (even - amount) for name, part in held.items() if name != party and part}
            first = Rates(amount, {party: 1}, {party: ""})
            second = Rates(even, others, dict.fromkeys(others, ""))
            after = bands[i + 1 :] if even == band.up_to else bands[i:]
            return [first, second, *after] if others else [first, *after]
        if band.up_to is None:
            break
        for other, part in band.parts.items():
            held[other] = held.get(other, 0) + part * (band.up_to - start)
        start = band.up_to
    raise Unreadable("P424", value=party)


# -- functions -----------------------------------------------------------------------------------------


def _flat(compiler: Compiler, step: Share, band: Rates, parties: Sequence[str]) -> Callable[[Frame], Claims]:
    """All that is left, by one set of rates; nothing is counted."""
    *stated, last = sorted(parties, key=lambda party: band.texts[party] in ("rest", "unknown"))
    rates = [(party, compiler.arithmetic.constant(band.parts[party])) for party in stated]

    def run(frame: Frame) -> Claims:
        flow = frame.flow
        rest = x = flow.left
        for party, rate in rates:
            amount = x * rate
            rest = rest - amount
            flow.pay(party, amount)
        flow.pay(last, rest)
        _show(frame, [(band, x)])
        flow.left = 0
        return
        yield []

    return run


def _counted(compiler: Compiler, step: Share, divide: Divide) -> Callable[[Frame], Claims]:
    """All that is left, divided by how much was measured before and is measured now."""
    from ipcalc.ip.program import in_period, part_of

    members = compiler.members(step.key, step.scope)
    by, over = step.by, step.scope.over

    def run(frame: Frame) -> Claims:
        flow = frame.flow
        x, base, lead = flow.left, flow.base(by), flow.counted.get(by)
        claims = [
            Claim(in_period(frame, one, over), part_of(base, one), None,
                  None if lead is None else part_of(lead, one))
            for one in members
        ]  # fmt: skip
        for one, claim, (start, total) in zip(members, claims, (yield claims), strict=True):
            mine = part_of(x, one)
            if by == "left" and total is claim.amount:
                total = mine  # what is measured is what is divided, and this alone: nothing to scale
            amounts = divide(frame, claim.key, mine, start, total)
            for party, amount in amounts.items():
                flow.pay(party, amount)
            if one.name and INVENTORS in amounts:
                flow.pay_inventor(one.name, amounts[INVENTORS])
        flow.left = 0

    return run


def _bands(compiler: Compiler, step: Share, bands: Sequence[Rates], parties: Sequence[str]) -> Divide:
    """By band: of what is measured, the part in each by its rates."""
    arithmetic = compiler.arithmetic
    least, constant = arithmetic.least, arithmetic.constant
    edges = [constant(band.up_to) for band in bands if band.up_to is not None]
    *stated, last = sorted(parties, key=lambda party: len(_changes(bands, party)))
    top = bands[-1].parts
    rates = [
        (party, constant(top[party]) if top.get(party) else None,
         [(i, constant(change)) for i, change in _changes(bands, party)])
        for party in stated
    ]  # fmt: skip
    stalls = step.by != "left" and any(isinstance(one, Hold) for one in compiler.chosen)

    def divide(frame: Frame, place: Key, mine: Number, start: Number, total: Number) -> dict[str, Number]:
        state = frame.state
        end = state.counters[place]
        kept = state.below.get(place)
        known = kept is not None and kept[0] is edges and kept[1] is start
        lows = kept[2] if kept and known else [least(start, edge) for edge in edges]
        highs = [least(end, edge) for edge in edges]
        state.below[place] = edges, end, highs
        below = [high - low for high, low in zip(highs, lows, strict=True)]
        if total is not mine:
            part = arithmetic.ratio(mine, total)
            below = [amount * part for amount in below]
        if stalls:  # released money of a period in which nothing is measured: all where the counter stands
            below = [
                arithmetic.where(total > 0, amount, arithmetic.where(start < edge, mine, 0))
                for amount, edge in zip(below, edges, strict=True)
            ]
        found: dict[str, Number] = {}
        rest = mine
        for party, rate, changes in rates:
            amount = 0 if rate is None else mine * rate
            for i, change in changes:
                amount = amount + below[i] * change
            found[party] = amount
            rest = rest - amount
        found[last] = rest
        if frame.moves is not None:
            ends = zip(bands, [0, *below], [*below, mine], strict=True)
            _show(frame, [(band, after - before) for band, before, after in ends])
        return found

    return divide


def _changes(bands: Sequence[Rates], party: str) -> list[tuple[int, Exact]]:
    """By how much a party's rate in each band is above that in the next, where it is another."""
    steps = enumerate(pairwise(bands))
    changes = [(i, band.parts.get(party, 0) - after.parts.get(party, 0)) for i, (band, after) in steps]
    return [(i, change) for i, change in changes if change]


def _slabs(compiler: Compiler, step: Share, bands: Sequence[Rates], parties: Sequence[str]) -> Divide:
    """By slab: all that is measured, by the rates of the slab that it reaches."""
    del step
    arithmetic = compiler.arithmetic
    edges = [arithmetic.constant(band.up_to) for band in bands if band.up_to is not None]
    *stated, last = parties
    worths = {party: [_worth(arithmetic, band, party) for band in bands] for party in stated}

    def divide(frame: Frame, place: Key, mine: Number, start: Number, total: Number) -> dict[str, Number]:
        end = frame.state.counters[place]
        found: dict[str, Number] = {}
        rest = mine
        for party, values in worths.items():
            after, before = (
                arithmetic.by_slab(counter, edges, [value(counter) for value in values])
                for counter in (end, start)
            )
            amount = after - before
            if total is not mine:
                amount = amount * arithmetic.ratio(mine, total)
            found[party] = amount
            rest = rest - amount
        found[last] = rest
        if frame.moves is not None:
            band = arithmetic.by_slab(end, edges, bands)
            _show(frame, [(band, mine)], found)
        return found

    return divide


def _worth(arithmetic: Arithmetic, band: Rates, party: str) -> Callable[[Number], Number]:
    """What a party gets of a total that reaches a slab."""
    rate = arithmetic.constant(band.parts.get(party, 0))
    if band.at_most is None or party not in band.parts:
        return lambda total: total * rate
    most = arithmetic.constant(band.at_most)
    other = arithmetic.constant(next(rate for name, rate in band.parts.items() if name != party))
    if band.texts[party] == "rest":
        return lambda total: total - arithmetic.least(total * other, most)
    return lambda total: arithmetic.least(total * rate, most)


def _show(
    frame: Frame, bands: Sequence[tuple[Rates, Number]], paid: Mapping[str, Number] | None = None
) -> None:
    """The movements of a share: in each band that money is in, each party's part."""
    if frame.moves is None:
        return
    flow = frame.flow
    for band, amount in bands:
        if not amount and len(bands) > 1:
            continue
        for party, rate in band.parts.items():
            part = amount * rate if paid is None else paid[party]
            flow.left -= part
            frame.show("share", None, party, "left", amount, rate, band.texts[party], part, band.up_to)
