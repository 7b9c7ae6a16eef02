"""An exit worked out the long way: every profile of actions tried, with plain fractions.

Written apart from the engine, to hold it against: no ladder, no kinks, no order of conversion.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple


class Security(NamedTuple):
    """``rank`` 1 is paid first. ``cap`` None: not participating; "full"; or an amount of all it takes.

    A ``strike`` makes it a right to buy: of preferred shares if it has a rank, else of common ones.
    """

    shares: Fraction
    preference: Fraction = Fraction(0)
    rank: int | None = None
    cap: object = None
    strike: Fraction = Fraction(0)


def actions(one: Security) -> tuple[str, ...]:
    """What its holders may do."""
    bought = ("skip",) if one.strike else ()
    if one.rank is None:
        return (*bought, "share")
    return (*bought, "hold", "convert")


def paid(securities: Sequence[Security], profile: Sequence[str], amount: Fraction) -> list[Fraction]:
    """What each gets, net, when each does what the profile says."""
    left = Fraction(amount)
    for one, action in zip(securities, profile, strict=True):
        if action != "skip":
            left += one.shares * one.strike
    got = [Fraction(0) for _ in securities]
    for rank in sorted({one.rank for one in securities if one.rank is not None}):
        claims = {
            i: one.preference
            for i, (one, action) in enumerate(zip(securities, profile, strict=True))
            if one.rank == rank and action == "hold"
        }
        total = sum(claims.values())
        if total:
            part = min(left, total) / total
            for i, claim in claims.items():
                got[i] += claim * part
            left -= total * part
    sharing = {
        i: None if action != "hold" or one.cap == "full" else one.cap - one.preference
        for i, (one, action) in enumerate(zip(securities, profile, strict=True))
        if action in ("share", "convert") or (action == "hold" and one.cap is not None)
    }
    while left and sharing:
        units = sum(securities[i].shares for i in sharing)
        price = left / units
        full = [i for i, room in sharing.items() if room is not None and room < price * securities[i].shares]
        if not full:
            for i in sharing:
                got[i] += price * securities[i].shares
            break
        for i in full:
            got[i] += sharing[i]
            left -= sharing[i]
            del sharing[i]
    for i, (one, action) in enumerate(zip(securities, profile, strict=True)):
        if action != "skip":
            got[i] -= one.shares * one.strike
    return got


def equilibria(
    securities: Sequence[Security], amount: Fraction
) -> Mapping[tuple[Fraction, ...], list[tuple[str, ...]]]:
    """The payoffs of all profiles in which none gains by doing something else, with those profiles."""
    payoffs = {
        profile: paid(securities, profile, amount) for profile in itertools.product(*map(actions, securities))
    }
    found: dict[tuple[Fraction, ...], list[tuple[str, ...]]] = {}
    for profile, got in payoffs.items():
        if all(
            payoffs[(*profile[:i], other, *profile[i + 1 :])][i] <= got[i]
            for i, one in enumerate(securities)
            for other in actions(one)
        ):
            found.setdefault(tuple(got), []).append(profile)
    return found
