"""Who converts and who exercises at an exit, and the proof that none would gain by doing otherwise.

Where the shares of each claim are fixed, one climb of the ladder settles it. Where a SAFE's capitalization
counts only what converts, its shares depend on who does: then every profile of converting and holding is
tried, and two may hold with different payoffs, or none.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from ipcalc.equity import waterfall
from ipcalc.equity.stakes import Ranked, Scene, Stack, Stake, fixed, stack
from ipcalc.equity.waterfall import Choice, Curve, Legs
from ipcalc.quantity import Exact

MOST = 12  # deciders whose profiles are tried: 4,096 of them


class Decision(NamedTuple):
    """What a stake does and takes, net of what it pays to exercise. ``tie``: another choice pays the same."""

    stake: Stake
    choice: Choice
    take: Exact
    tie: bool

    @property
    def action(self) -> str:
        """What it does: share, hold, convert, skip, exercise, or exercise-and-convert."""
        return self.choice.action


class Unilateral(NamedTuple):
    """What a stake takes now, and would if it alone did something else."""

    claim: str
    action: str
    now: Exact
    if_switched: Exact


class Certificate(NamedTuple):
    """That no stake gains by switching, checked for each of its other choices."""

    unilateral: tuple[Unilateral, ...]
    holds: bool
    method: str  # price | enumerated


class Settled(NamedTuple):
    """An amount divided over the stakes of an exit. ``p`` is what a common share is worth.

    ``tier`` is the tier that the money ends in and how much of it is filled; None where all are full.
    """

    decisions: tuple[Decision, ...]
    height: Exact
    p: Exact
    tier: tuple[int, Exact] | None
    tiers: tuple[tuple[int, ...], ...]
    certificate: Certificate
    flat: bool  # whether several prices pay the same, of which p is the lowest

    def threshold(self, decision: Decision) -> Exact | None:
        """What a common share must be worth for a stake to convert or be exercised; None: it has no choice,
        or none that depends on it.
        """
        origin = len(self.tiers)
        legs = waterfall.legs_of(decision.stake.claim, origin)
        if not legs or legs[-1].kind == "beside" or not legs[-1].slope:
            return None
        at = legs[-1].start - origin
        return at if at > 0 and legs[-1].kind in ("converted", "common") else None


class Profile(NamedTuple):
    """The stakes where these convert, with what each may do, the legs that each then has, and their sum."""

    converts: frozenset[str]
    stack: Stack
    choices: tuple[tuple[Choice, ...], ...]
    legs: tuple[Legs, ...]
    curve: Curve


def compiled(scene: Scene) -> Profiles:
    """An exit's stakes, to be settled at any amount.

    Raises ``Refused`` as ``stakes.fixed`` and ``stakes.stack`` do, and E574 (too many decide together).
    """
    others = fixed(scene)
    everyone = stack(scene, others)
    said = scene.sale.instruments
    depends = scene.sale.kind != "dividend" and any(
        stake.converting and stake.id in said and said[stake.id].capitalization == "converting-only"
        for stake in everyone.stakes
    )
    deciders = tuple(stake.id for stake in everyone.stakes if stake.converting) if depends else ()
    if len(deciders) > MOST:
        raise scene.refused("E574", "instruments", n=str(len(deciders)), limit=str(MOST))
    return Profiles(scene, everyone, deciders, others)


class Profiles:
    """All that the holders of an exit's stakes may decide together, worked out as it is asked for."""

    def __init__(
        self, scene: Scene, everyone: Stack, deciders: tuple[str, ...] = (), others: tuple[Ranked, ...] = ()
    ) -> None:
        self.scene = scene
        self.everyone = everyone
        self.deciders = deciders
        self.others = others
        self.made: dict[frozenset[str], Profile] = {}
        self.settled: dict[Exact, tuple[Settled, ...]] = {}

    def profile(self, converts: frozenset[str]) -> Profile:
        """The stakes where these convert and the other deciders hold; everyone else does what pays best."""
        if converts not in self.made:
            found = stack(self.scene, self.others, converts) if self.deciders else self.everyone
            options = tuple(
                waterfall.choices(stake.claim, found.origin, into_none=stake.id in self.deciders)
                for stake in found.stakes
            )
            legs = tuple(
                _choice(some, converts, stake.id).legs
                if stake.id in self.deciders
                else waterfall.legs_of(stake.claim, found.origin)
                for stake, some in zip(found.stakes, options, strict=True)
            )
            whole = waterfall.curve(itertools.chain.from_iterable(legs))
            self.made[converts] = Profile(converts, found, options, legs, whole)
        return self.made[converts]

    @functools.cached_property
    def all(self) -> tuple[Profile, ...]:
        """Every profile, those in which fewer convert first."""
        sizes = range(len(self.deciders) + 1)
        sets = (some for size in sizes for some in itertools.combinations(self.deciders, size))
        return tuple(self.profile(frozenset(some)) for some in sets)

    def settle(self, amount: Exact) -> tuple[Settled, ...]:
        """Each division of an amount in which none gains by switching, and which pays differently from those
        before; where there are several, fewer convert in the first.

        Raises ``Refused`` (E576) if there is none.
        """
        if amount not in self.settled:
            self.settled[amount] = tuple(self._divisions(amount))
        if not self.settled[amount]:
            raise self.scene.refused("E576", "instruments")
        return self.settled[amount]

    def _divisions(self, amount: Exact) -> Iterator[Settled]:
        if not self.deciders:
            yield _settled(self, self.profile(frozenset()), amount)
            return
        seen = set()
        for profile in self.all:
            if self.stable(profile, amount):
                settled = _settled(self, profile, amount)
                takes = tuple(one.take for one in settled.decisions)
                if takes not in seen:
                    yield settled
                seen.add(takes)

    def stable(self, profile: Profile, amount: Exact) -> bool:
        """Whether no decider gains by switching."""
        made = actions(self, profile, profile.curve.height(amount))
        takes = self.forced(profile, made).takes(amount)
        now = {stake.id: take for stake, take in zip(profile.stack.stakes, takes, strict=True)}
        return all(self.switched(profile, made, name, amount) <= now[name] for name in self.deciders)

    def switched(self, profile: Profile, made: Sequence[str], name: str, amount: Exact) -> Exact:
        """What a decider takes if it alone switches; all others do as they did."""
        i, after = self.flip(profile, made, name)
        return after.take(i, amount)

    def flip(self, profile: Profile, made: Sequence[str], name: str) -> tuple[int, Forced]:
        """A decider's place among the stakes, and what everyone takes if it alone has switched: the shares
        that depend on it are worked out anew.
        """
        other = self.profile(profile.converts ^ {name})
        i = next(i for i, stake in enumerate(other.stack.stakes) if stake.id == name)
        action = "convert" if name in other.converts else "hold"
        return i, self.forced(other, [*made[:i], action, *made[i + 1 :]])

    def forced(self, profile: Profile, made: Sequence[str]) -> Forced:
        """What everyone takes if each does what is said."""
        pairs = zip(profile.choices, made, strict=True)
        return forced([next(one for one in some if one.action == action) for some, action in pairs])


class Forced(NamedTuple):
    """Choices that are made, whatever they pay, and the sum of their legs."""

    choices: tuple[Choice, ...]
    curve: Curve

    def takes(self, amount: Exact) -> list[Exact]:
        """What each takes of an amount, net: the cash of those who exercise is divided, too."""
        height = self._height(amount)
        return [waterfall.take(one.legs, height) - one.cost for one in self.choices]

    def take(self, i: int, amount: Exact) -> Exact:
        """What one of them takes."""
        net: Exact = waterfall.take(self.choices[i].legs, self._height(amount)) - self.choices[i].cost
        return net

    def _height(self, amount: Exact) -> Exact:
        height: Exact = self.curve.height(amount + sum(one.cost for one in self.choices))
        return height


def forced(made: Sequence[Choice]) -> Forced:
    """Choices as made."""
    return Forced(tuple(made), waterfall.curve(leg for one in made for leg in one.legs))


def _choice(options: Iterable[Choice], converts: frozenset[str], name: str) -> Choice:
    """What a decider does in a profile."""
    action = "convert" if name in converts else "hold"
    return next(one for one in options if one.action == action)


def actions(profiles: Profiles, profile: Profile, height: Exact) -> list[str]:
    """What each stake does at a height: deciders as the profile has it, the others what pays best."""
    return [choice.action for choice, _, _ in _made(profiles, profile, height)]


def _made(profiles: Profiles, profile: Profile, height: Exact) -> list[tuple[Choice, Exact, bool]]:
    found = []
    for stake, options in zip(profile.stack.stakes, profile.choices, strict=True):
        if stake.id in profiles.deciders:
            options = (_choice(options, profile.converts, stake.id),)
        found.append(_best(options, height))
    return found


def _settled(profiles: Profiles, profile: Profile, amount: Exact) -> Settled:
    whole, found = profile.curve, profile.stack
    height = whole.height(amount)
    made = _made(profiles, profile, height)
    decisions = tuple(
        Decision(stake, choice, take, tie)
        for stake, (choice, take, tie) in zip(found.stakes, made, strict=True)
    )
    certificate = _certificate(profiles, profile, decisions, [choice for choice, _, _ in made], amount)
    same = {one.claim for one in certificate.unilateral if one.if_switched == one.now and one.now}
    decisions = tuple(
        one._replace(tie=one.stake.id in same) if one.stake.id in profiles.deciders else one
        for one in decisions
    )
    i = int(height // 1)
    tier = (i, height - i) if i < found.origin else None
    p = max(height - found.origin, 0)
    return Settled(decisions, height, p, tier, found.tiers, certificate, _flat(whole, height))


def _best(options: Iterable[Choice], height: Exact) -> tuple[Choice, Exact, bool]:
    """The choice that pays best at a height, the earlier where two pay the same; and whether two do, for
    something.
    """
    valued = [(waterfall.take(one.legs, height), one) for one in options]
    gross, best = max(valued, key=lambda pair: pair[0] - pair[1].cost)
    net = gross - best.cost
    tie = any(one is not best and value and value - one.cost == net for value, one in valued)
    return best, net, tie


def _flat(whole: Curve, height: Exact) -> bool:
    """Whether the height is the lowest of several that take the same."""
    below = zip(whole.heights[:-1], whole.slopes[:-1], strict=True)
    return any(at == height and not slope for at, slope in below)


# -- the certificate ----------------------------------------------------------------------------------


def _certificate(
    profiles: Profiles, profile: Profile, decisions: Sequence[Decision], made: Sequence[Choice], amount: Exact
) -> Certificate:
    """Every other choice of every stake tried alone, the others' actions as they are."""
    found = []
    did = [one.action for one in made]
    as_made = forced(made)
    paid_in = sum(one.cost for one in made)
    for i, decision in enumerate(decisions):
        name = decision.stake.id
        if name in profiles.deciders:
            action = "hold" if name in profile.converts else "convert"
            switched = profiles.switched(profile, did, name, amount)
            found.append(Unilateral(name, action, decision.take, switched))
            continue
        for other in profile.choices[i]:
            if other.action != decision.action:
                pot = amount + paid_in - made[i].cost + other.cost
                height = as_made.curve.height_with(pot, made[i].legs, other.legs)
                switched = waterfall.take(other.legs, height) - other.cost
                found.append(Unilateral(name, other.action, decision.take, switched))
    holds = all(one.if_switched <= one.now for one in found)
    return Certificate(tuple(found), holds, "enumerated" if profiles.deciders else "price")
