"""The lints of a policy: those of files of every kind, and what its steps and versions may get wrong."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from ipcalc.inputs import lints
from ipcalc.inputs.diagnostics import Diagnostic
from ipcalc.ip.model import COSTS, Limit, Only, Policy, Recover, Share, Step, Take, Version
from ipcalc.ip.steps import together

if TYPE_CHECKING:
    from ipcalc.inputs import locate

DAY = datetime.timedelta(days=1)


def lint(policy: Policy) -> list[Diagnostic]:
    """What could be better in a policy's file."""
    return lints.run(policy, (*lints.EVERY, *LINTS))


def _flows(policy: Policy) -> Iterator[tuple[Version, locate.Path, Sequence[Step]]]:
    """Every list of steps, with its version and its place in the file."""
    for version in policy.versions:
        if version.steps is not None:
            yield version, ("versions", version.number, "steps"), version.steps
        for party, steps in version.within.items():
            if steps is not None:
                yield version, ("versions", version.number, "within", party), steps


def limited(policy: Policy) -> Iterator[Diagnostic]:
    """L401: a cap stands after the share that it limits, not before."""
    for _, path, steps in _flows(policy):
        for i, step in enumerate(steps):
            if isinstance(step, Limit):
                for k, later in enumerate(steps[i + 1 :], i + 1):
                    if isinstance(later, Share) and together(step.only, later.only):
                        yield policy.document.problem(
                            "L401", (*path, i, "limit"), also=(*path, k), value=step.party
                        )
                        break


def settled(policy: Policy) -> Iterator[Diagnostic]:
    """L402: costs are paid back or covered by a step, or a gap says why they are not."""
    told = {name for gap in policy.gaps for name in gap.affects}
    for version in policy.versions:
        steps = [step for _, step in version.flows()]
        paid = any(
            (isinstance(step, Recover) and any(name == COSTS for name, _ in step.accounts))
            or (isinstance(step, Take) and step.covers == COSTS)
            for step in steps
        )
        if version.steps is not None and not paid and COSTS not in told and policy.kind == "policy":
            yield policy.document.problem("L402", ("versions", version.number, "steps"), at_key=True)


def apart(policy: Policy) -> Iterator[Diagnostic]:
    """L403: no case is one for two versions."""
    for i, version in enumerate(policy.versions):
        for earlier in policy.versions[:i]:
            if _together(version.only, earlier.only):
                at = ("versions", version.number)
                also = ("versions", earlier.number)
                yield policy.document.problem("L403", at, at_key=True, also=also)
                break


def _together(one: Only, other: Only) -> bool:
    """Whether two versions can be for one case; dates of different kinds are the policy's own choice."""
    return set(one.dates) == set(other.dates) and together(one, other)


def covered(policy: Policy) -> Iterator[Diagnostic]:
    """L404: between two versions there is no day without one, on any route."""
    kinds = {tuple(version.only.dates) for version in policy.versions}
    if len(kinds) != 1 or len(kind := kinds.pop()) != 1:
        return  # by dates of several kinds: no line of days
    ranges = sorted(
        (dates.first or datetime.date.min, dates.last or datetime.date.max, version.number)
        for version in policy.versions
        for dates in version.only.dates.values()
    )
    reached = ranges[0][1]
    for first, last, number in ranges[1:]:
        if reached != datetime.date.max and first > reached + DAY:
            at = ("versions", number, "only", kind[0])
            yield policy.document.problem("L404", at, first=str(reached + DAY), last=str(first - DAY))
        reached = max(reached, last)


def advanced(policy: Policy) -> Iterator[Diagnostic]:
    """L405: an advance is set against shares that give somebody else something."""
    for _, path, steps in _flows(policy):
        for i, step in enumerate(steps):
            if isinstance(step, Take) and step.counts == "advance":
                shares = [one for one in steps if isinstance(one, Share) and together(one.only, step.only)]
                parts = [
                    part.party
                    for one in shares
                    for band in one.bands
                    for part in band.parts
                    if part.rate != 0
                ]
                if shares and set(parts) <= {step.party}:
                    yield policy.document.problem("L405", (*path, i, "as"), value=step.party)


LINTS: tuple[Callable[[Policy], Iterator[Diagnostic]], ...] = (limited, settled, apart, covered, advanced)
