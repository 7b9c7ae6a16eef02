"""What every claim takes of an amount: one ladder that all claims climb together.

The ladder is one number. Each tier is one rung of length 1, senior first: a claim in tier 2 that is 40%
recovered stands at 2.4. Above the last rung stands the value of a common share, in minor units: with three
tiers, 3.25 is a share worth a quarter. What a claim takes never falls as the ladder is climbed, and is a sum
of legs: so much a step, from one height to another. What all take together is an amount; so an amount gives
a height, and the height gives what each takes. Where legs start and end are the breakpoints.

Legs are worked out over numbers that are exact, or arrays of floats (many tables of one structure at once).
"""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

Number = Any  # int | Fraction, or a numpy array of floats


class Leg(NamedTuple):
    """``slope`` minor units a step, from the height ``start`` to ``end`` (None: without end).

    ``kind`` says what is paid: a ``tier``; ``beside`` common shares; as ``converted``, or as ``common``.
    """

    start: Number
    end: Number | None
    slope: Number
    kind: str = "tier"


Legs = tuple[Leg, ...]


# -- numbers, exact or arrays -------------------------------------------------------------------------


_EXACT = (int, Fraction)


def least(a: Number, b: Number) -> Number:
    """The smaller of two numbers."""
    if isinstance(a, _EXACT) and isinstance(b, _EXACT):
        return a if a <= b else b
    import numpy as np

    return np.minimum(a, b)


def greatest(a: Number, b: Number) -> Number:
    """The larger of two numbers."""
    if isinstance(a, _EXACT) and isinstance(b, _EXACT):
        return a if a >= b else b
    import numpy as np

    return np.maximum(a, b)


def nothing(number: Number) -> bool:
    """Whether a number is an exact 0; an array is not, whatever stands in it."""
    return isinstance(number, _EXACT) and not number


def over(a: Number, b: Number) -> Number:
    """``a / b``, and 0 where ``b`` is 0."""
    if isinstance(a, _EXACT) and isinstance(b, _EXACT):
        return Fraction(a) / b if b else 0
    import numpy as np

    divisor = np.asarray(b, float)
    return np.divide(a, divisor, out=np.zeros(np.broadcast(a, divisor).shape), where=divisor != 0)


# -- the legs of a claim ------------------------------------------------------------------------------


class Claim(NamedTuple):
    """What a claim is owed and may become, in minor units and common shares.

    ``tier`` pays ``held``; ``last`` is paid in the tier just ahead of common shares. Above them it takes up
    to ``room`` beside the common shares (0: non-participating; None: without limit). Instead, it may convert
    into ``shares``, and keep ``kept`` of what is held. Who holds it must first pay ``cost``.
    """

    shares: Number = 0
    tier: int | None = None
    held: Number = 0
    last: Number = 0
    room: Number | None = 0
    kept: Number = 0
    cost: Number = 0


def legs_of(claim: Claim, origin: int) -> Legs:
    """What a claim takes, net of its cost, if it always does what pays it best.

    ``origin`` is the height above the last tier, where a common share is worth nothing. Participation stops
    at p = room / shares; it converts where kept + shares · p > held + last + room.
    """
    shares, tier, held, last, room, kept, cost = claim
    legs = _tiered(tier, held, last, origin)
    if room is None:
        legs += (Leg(origin, None, shares, "common"),)
    elif not nothing(shares):
        if not nothing(room):
            legs += (Leg(origin, origin + over(room, shares), shares, "beside"),)
        legs += (Leg(origin + over(held + last + room - kept, shares), None, shares, "converted"),)
    return _after_cost(legs, cost)


class Choice(NamedTuple):
    """One thing that a claim's holders may do: what it gives at each height, before they pay its cost."""

    action: str
    legs: Legs
    cost: Number


def choices(claim: Claim, origin: int, *, into_none: bool = False) -> tuple[Choice, ...]:
    """All that a claim's holders may do; the earlier goes where two pay the same. ``into_none``: they may
    convert even into no shares.

    ``skip`` a right to buy, or ``exercise`` it; ``hold`` a preference, or ``convert`` it; of a right to buy
    preferred shares, ``exercise-and-convert``. Common shares ``share``.
    """
    shares, tier, held, last, room, kept, cost = claim
    above = (Leg(origin, None, shares, "common"),)
    found = []
    if cost:
        found.append(Choice("skip", (), 0))
    if tier is None:
        return (*found, Choice("exercise" if found else "share", above, cost))
    stop = None if room is None else origin + over(room, shares)
    beside = (Leg(origin, stop, shares, "beside"),) if room is None or room else ()
    hold = Choice("exercise" if cost else "hold", _tiered(tier, held, last, origin) + beside, cost)
    if not shares and not into_none:
        return (*found, hold)
    convert = Choice(
        "exercise-and-convert" if cost else "convert", _tiered(tier, kept, 0, origin) + above, cost
    )
    return (*found, hold, convert)


def _tiered(tier: int | None, held: Number, last: Number, origin: int) -> Legs:
    """The legs of what is paid before common shares are."""
    legs: Legs = ()
    if tier is not None:
        legs += (Leg(tier, tier + 1, held),)
    if not nothing(last):
        legs += (Leg(origin - 1, origin, last),)
    return legs


def _after_cost(legs: Legs, cost: Number) -> Legs:
    """What is left for who must first pay ``cost``: the first ``cost`` of what the legs give is gone."""
    if nothing(cost):
        return legs
    rest = []
    for leg in legs:
        used = cost if leg.end is None else least(cost, leg.slope * (leg.end - leg.start))
        rest.append(leg._replace(start=leg.start + over(used, leg.slope)))
        cost = cost - used
    return tuple(rest)


def take(legs: Legs, height: Number) -> Number:
    """What legs give up to a height, in minor units."""
    given: Number = 0
    exact = isinstance(height, _EXACT)
    for start, end, slope, _ in legs:
        if not exact or height > start:
            top = height if end is None else least(height, end)
            given = given + slope * (top - start if exact else greatest(top - start, 0))
    return given


# -- amounts to heights -------------------------------------------------------------------------------


class Curve(NamedTuple):
    """What all legs give together: at each of ``heights``, ``totals``; from there on ``slopes`` a step."""

    heights: tuple[Number, ...]
    totals: tuple[Number, ...]
    slopes: tuple[Number, ...]

    def height(self, amount: Number) -> Number:
        """The lowest height at which an amount is taken whole, or the last one if none takes it."""
        i = bisect.bisect_left(self.totals, amount)
        if i < len(self.totals) and self.totals[i] == amount:
            return self.heights[i]
        if not i or not self.slopes[i - 1]:
            return self.heights[max(i - 1, 0)]
        return self.heights[i - 1] + Fraction(amount - self.totals[i - 1]) / self.slopes[i - 1]

    def height_with(self, amount: Number, legs: Legs, other: Legs) -> Number:
        """``height``, if in place of some of its legs there were others. O(log n) in the number of all."""

        def total(i: int, height: Number) -> Number:
            under = self.totals[i] + self.slopes[i] * (height - self.heights[i])
            return under - take(legs, height) + take(other, height)

        def at(i: int) -> Number:
            return total(i, self.heights[i])

        i = bisect.bisect_left(range(len(self.heights)), amount, key=at) - 1
        if i < 0:
            return self.heights[0]
        below = self.heights[i]
        above = self.heights[i + 1] if i + 1 < len(self.heights) else None
        kinks = {
            height for leg in (*legs, *other) for height in leg[:2] if height is not None and below < height
        }
        inside = sorted(height for height in kinks if above is None or height < above)
        for height in inside:
            if total(i, height) >= amount:
                break
            below = height
        else:
            height = below + 1 if above is None else above
        low, high = total(i, below), total(i, height)
        return below + Fraction(amount - low) * (height - below) / (high - low) if high > low else below


def curve(legs: Iterable[Leg]) -> Curve:
    """The sum of exact legs. O(n log n) in their number."""
    changes: dict[Number, Number] = {0: 0}
    for start, end, by, _ in legs:
        if by and start != end:
            changes[start] = changes.get(start, 0) + by
            if end is not None:
                changes[end] = changes.get(end, 0) - by
    heights = sorted(changes)
    totals, slopes = [], []
    total: Number = 0
    slope: Number = 0
    below: Number = 0
    for height in heights:
        if slope:
            total += slope * (height - below)
        slope += changes[height]
        totals.append(total)
        slopes.append(slope)
        below = height
    return Curve(tuple(heights), tuple(totals), tuple(slopes))


def heights(legs: Sequence[Leg], amounts: Any) -> Any:
    """``curve`` and ``Curve.height`` for arrays: one table of the same structure for each amount.

    Each number of a leg is an array as long as ``amounts``, or one number for all. Returns heights.
    """
    import numpy as np

    amounts = np.asarray(amounts, float)
    ends = [(leg.end, -leg.slope) for leg in legs if leg.end is not None]
    changes = [*((leg.start, leg.slope) for leg in legs), *ends]
    at = np.array([np.broadcast_to(np.asarray(height, float), amounts.shape) for height, _ in changes])
    by = np.array([np.broadcast_to(np.asarray(slope, float), amounts.shape) for _, slope in changes])
    order = np.argsort(at, axis=0, kind="stable")
    at = np.take_along_axis(at, order, 0)
    slopes = np.cumsum(np.take_along_axis(by, order, 0), axis=0)
    totals = np.zeros_like(at)
    np.cumsum(slopes[:-1] * np.diff(at, axis=0), axis=0, out=totals[1:])
    i = np.maximum((totals < amounts).sum(axis=0) - 1, 0)[None]
    base, total, slope = (np.take_along_axis(values, i, 0)[0] for values in (at, totals, slopes))
    return base + over(amounts - total, slope)
