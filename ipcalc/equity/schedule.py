"""What everyone gets of any proceeds: an exit compiled once into the breakpoints between which all is linear.

Each breakpoint is exact and has a name; payouts of any number of exits are interpolated between them.
"""

from __future__ import annotations

import bisect
import functools
import itertools
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from ipcalc.equity import waterfall
from ipcalc.equity.decisions import Forced, Profile, Profiles, actions
from ipcalc.equity.deductions import Pot
from ipcalc.equity.reading import whole_if
from ipcalc.equity.stakes import Stake
from ipcalc.quantity import Exact

MOST = 6  # deciders for whose profiles the jumps are looked for


class Piece(NamedTuple):
    """From these ladder amounts on, until the next piece, this profile holds and all takes are linear; None
    where no profile holds.
    """

    start: Exact
    profile: Profile | None


class Segment(NamedTuple):
    """From these proceeds on: what each line gets there, and of each further unit."""

    proceeds: Exact
    takes: tuple[Exact, ...]
    slopes: tuple[Exact, ...]


class Line(NamedTuple):
    """What takes a part of the proceeds: the costs, a charge, or a stake; and whose it is, by weight."""

    id: str
    kind: str  # costs | charge | a stake's kind
    parts: tuple[tuple[str, Exact], ...]


class Breakpoint(NamedTuple):
    """Proceeds at which what a further unit does changes. ``what`` happens to ``claims``: filled, exercises,
    converts, holds, capped, covered; or from here on no division holds (unsettled), or one does (settled).

    ``p`` is what a common share is worth there. ``collinear``: three payouts below it, back to the breakpoint
    before, lie on a line, each worked out by itself. ``jump`` is what each line gets below and above, where
    that differs.
    """

    what: str
    claims: tuple[str, ...]
    proceeds: Exact
    p: Exact
    collinear: bool
    jump: tuple[tuple[Exact, ...], tuple[Exact, ...]] | None = None


class Grid(NamedTuple):
    """The segments as floats, to interpolate on."""

    proceeds: Any
    takes: Any  # segments × lines
    slopes: Any

    def at(self, proceeds: Any) -> Any:
        """What each line gets of each of the proceeds: an array, lines × proceeds."""
        import numpy as np

        asked = np.asarray(proceeds, float)
        i = np.maximum(np.searchsorted(self.proceeds, asked, side="left") - 1, 0)
        beyond = asked - self.proceeds[i]
        lines = zip(self.takes.T, self.slopes.T, strict=True)
        return np.stack([takes[i] + slopes[i] * beyond for takes, slopes in lines])


class Schedule:
    """What each line gets of any proceeds. Shares that depend on who converts make it jump."""

    def __init__(self, profiles: Profiles, pot: Pot) -> None:
        self.profiles = profiles
        self.pot = pot
        costs = (Line("costs", "costs", ()),) if pot.costs else ()
        charges = tuple(Line(charge.id, "charge", charge.to) for charge in pot.charges)
        self.lines = (
            *costs,
            *charges,
            *(Line(stake.id, stake.kind, stake.parts) for stake in profiles.everyone.stakes),
        )

    @functools.cached_property
    def pieces(self) -> tuple[Piece, ...]:
        """The ladder's amounts cut where what happens changes."""
        if self.profiles.deciders:
            return tuple(_pieces(self.profiles))
        profile = self.profiles.profile(frozenset())
        firsts = dict(zip(profile.curve.totals[::-1], profile.curve.slopes[::-1], strict=True))
        return tuple(Piece(total, profile) for total in sorted(firsts))

    @functools.cached_property
    def segments(self) -> tuple[Segment, ...]:
        """The proceeds cut where what a further unit does changes."""
        at = {
            0,
            *(mark for _, mark in self.pot.marks),
            *(self.pot.proceeds(one.start) for one in self.pieces),
        }
        if self.pot.debts:
            at.add(self.pot.proceeds(self.pot.debts))
        cuts = sorted(at)
        found = []
        for start, end in itertools.zip_longest(cuts, cuts[1:]):
            step = Fraction(end - start if end is not None else 3) / 3
            one, two = self._inside(start + step), self._inside(start + 2 * step)
            slopes = [(b - a) / step for a, b in zip(one, two, strict=True)]
            takes = (whole_if(a - slope * step) for a, slope in zip(one, slopes, strict=True))
            found.append(Segment(start, tuple(takes), tuple(map(whole_if, slopes))))
        return tuple(found)

    def _inside(self, proceeds: Exact) -> list[Exact]:
        """What each line gets of proceeds that are between two cuts. Raises ``Refused`` (E576)."""
        deducted = self.pot.deduct(proceeds)
        below = [one.profile for one in self.pieces if one.start < deducted.amount or not one.start]
        profile = below[-1]
        if profile is None:
            raise self.profiles.scene.refused("E576", "instruments")
        height = profile.curve.height(deducted.amount)
        costs = [sum(deducted.costs)] if self.pot.costs else []
        return [*costs, *deducted.charges, *(waterfall.take(legs, height) for legs in profile.legs)]

    def at(self, proceeds: Exact) -> tuple[Exact, ...]:
        """What each line gets; at a jump, what it gets just below."""
        segment = [one for one in self.segments if one.proceeds < proceeds or not one.proceeds][-1]
        beyond = proceeds - segment.proceeds
        return tuple(take + slope * beyond for take, slope in zip(segment.takes, segment.slopes, strict=True))

    def grid(self) -> Grid:
        """The segments, compiled to interpolate many proceeds on."""
        import numpy as np

        arrays = ([[float(x) for x in row] for row in (s.takes, s.slopes)] for s in self.segments)
        takes, slopes = (np.array(rows) for rows in zip(*arrays, strict=True))
        return Grid(np.array([float(segment.proceeds) for segment in self.segments]), takes, slopes)

    # -- breakpoints ----------------------------------------------------------------------------------

    @functools.cached_property
    def breakpoints(self) -> tuple[Breakpoint, ...]:
        """All breakpoints by their proceeds, each with what happens there; none where too many decide
        together (``MOST``).
        """
        if len(self.profiles.deciders) > MOST:
            return ()
        found = [Breakpoint("covered", (what,), at, 0, True) for what, at in self.pot.marks]
        for before, piece in itertools.pairwise((None, *self.pieces)):
            assert piece is not None
            found += self._points(before, piece)
        return tuple(sorted(found, key=lambda one: one.proceeds))

    def _points(self, before: Piece | None, piece: Piece) -> Iterator[Breakpoint]:
        """What happens where a piece starts."""
        at, profile = self.pot.proceeds(piece.start), piece.profile
        was = before.profile if before else None
        straight = before is None or was is None or _straight(self.profiles, before.start, was, piece.start)
        if profile is None:
            yield Breakpoint("unsettled", (), at, 0, straight)
            return
        p = whole_if(max(profile.curve.height(piece.start) - profile.stack.origin, 0))
        if before is not None and was is None:
            yield Breakpoint("settled", tuple(sorted(profile.converts)), at, p, True)
        jump = _jump(was, profile, piece.start) if was is not None and was is not profile else None
        for what, claims in _events(was, profile, piece.start):
            yield Breakpoint(what, claims, at, p, straight, jump if what in ("converts", "holds") else None)


def _jump(was: Profile, now: Profile, amount: Exact) -> tuple[tuple[Exact, ...], tuple[Exact, ...]] | None:
    """What each stake takes below and above an amount at which profiles change, where that differs."""
    below, above = (
        tuple(whole_if(waterfall.take(legs, one.curve.height(amount))) for legs in one.legs)
        for one in (was, now)
    )
    return None if below == above else (below, above)


def _events(was: Profile | None, profile: Profile, amount: Exact) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What happens at an amount: to who decides together, to the tier that is filled, then to each stake."""
    stakes = profile.stack.stakes
    if was is not None:
        for stake in stakes:
            if stake.id in was.converts ^ profile.converts:
                yield "converts" if stake.id in profile.converts else "holds", (stake.id,)
    marks = [
        (stake.id, what)
        for height, total in zip(profile.curve.heights, profile.curve.totals, strict=True)
        if total == amount
        for stake, legs in zip(stakes, profile.legs, strict=True)
        for what in _marks(stake, legs, height)
    ]
    if filled := tuple(name for name, what in marks if what == "filled"):
        yield "filled", filled
    yield from ((what, (name,)) for name, what in marks if what != "filled")


def _marks(stake: Stake, legs: waterfall.Legs, height: Exact) -> Iterator[str]:
    """What a height is to a stake: where one of its legs starts or ends."""
    first = True
    for leg in legs:
        if not leg.slope or leg.start == leg.end:
            continue
        if leg.start == height:
            if first and stake.claim.cost:
                yield "exercises"
            elif leg.kind == "converted":
                yield "converts"
        if leg.end == height:
            yield "filled" if leg.kind == "tier" else "capped"
        first = False


def _straight(profiles: Profiles, start: Exact, profile: Profile, end: Exact) -> bool:
    """Whether takes at the start, middle and end of a piece lie on a line, if each did at the ends what it
    does in the middle: its own actions pay it there what the piece says.
    """
    middle = (start + Fraction(end)) / 2
    made = actions(profiles, profile, profile.curve.height(middle))
    forced = profiles.forced(profile, made)
    rows = []
    for amount in (start, middle, end):
        height = profile.curve.height(amount)
        rows.append(forced.takes(amount))
        if rows[-1] != [waterfall.take(legs, height) for legs in profile.legs]:
            return False
    return all(a + c == 2 * b for a, b, c in zip(*rows, strict=True))


# -- where profiles change ----------------------------------------------------------------------------


def _pieces(profiles: Profiles) -> Iterator[Piece]:
    """The pieces of an exit at which shares depend on who converts.

    In each profile, what a decider would gain by switching is linear between kinks that are known; its roots
    are where the profile begins or ceases to hold. So each is tried once between two of its own cuts.
    """
    spans = [(profile, *_spans(profiles, profile)) for profile in profiles.all]
    cuts = sorted({cut for _, own, _ in spans for cut in own})
    last: Profile | None = None
    for start in cuts:
        holding = (profile for profile, own, holds in spans if holds[bisect.bisect_right(own, start) - 1])
        held = next(holding, None)
        if not start or held is not last or (held and start in held.curve.totals):
            yield Piece(start, held)
        last = held


def _spans(profiles: Profiles, profile: Profile) -> tuple[list[Exact], list[bool]]:
    """The amounts at which a profile may begin or cease to hold, and whether it does from each on."""
    cuts = sorted(set(_roots(profiles, profile)))
    middles = ((a + Fraction(b)) / 2 for a, b in itertools.pairwise((*cuts, cuts[-1] + 2)))
    return cuts, [profiles.stable(profile, middle) for middle in middles]


def _roots(profiles: Profiles, profile: Profile) -> Iterator[Exact]:
    """The amounts at which a decider's gain from switching changes its sign, and a profile's own kinks."""
    totals = sorted(set(profile.curve.totals))
    for start, end in itertools.zip_longest(totals, totals[1:]):
        yield start
        middle = (start + Fraction(end)) / 2 if end is not None else start + 1
        made = actions(profiles, profile, profile.curve.height(middle))
        now = profiles.forced(profile, made)
        for name in profiles.deciders:
            i, after = profiles.flip(profile, made, name)
            kinks = sorted({start, *_kinks(now, start, end), *_kinks(after, start, end)})
            for a, b in itertools.zip_longest(kinks, [*kinks[1:], end] if end is not None else kinks[1:]):
                yield from _root(now, after, i, a, b)


def _kinks(forced: Forced, start: Exact, end: Exact | None) -> Iterator[Exact]:
    paid_in = sum(one.cost for one in forced.choices)
    for total in forced.curve.totals:
        if total - paid_in > start and (end is None or total - paid_in < end):
            yield total - paid_in


def _root(now: Forced, after: Forced, i: int, start: Exact, end: Exact | None) -> Iterator[Exact]:
    """Where the gain, which is linear from start to end, is nothing."""
    step = (Fraction(end) - start if end is not None else Fraction(3)) / 3
    one, two = (after.take(i, at) - now.take(i, at) for at in (start + step, start + 2 * step))
    if one != two:
        root: Exact = start + step - one * step / (two - one)
        if start < root and (end is None or root < end):
            yield whole_if(root)


def holdings(lines: Sequence[Line], takes: Sequence[Exact]) -> dict[str, Exact]:
    """What each holder gets of what the lines get."""
    found: dict[str, Exact] = {}
    for line, take in zip(lines, takes, strict=True):
        whole = sum((Fraction(weight) for _, weight in line.parts), Fraction(0))
        for holder, weight in line.parts:
            found[holder] = whole_if(found.get(holder, 0) + Fraction(take) * weight / whole)
    return found
