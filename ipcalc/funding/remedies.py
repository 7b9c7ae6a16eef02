"""What would mend a finding: for each fact that could move alone, the exact boundary.

A candidate is found (a linear margin's zero, a period's last day, an allowed word) and then proved: the rule
is evaluated with the fact at its new value, and only what makes it pass is offered.
"""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from ipcalc.funding.findings import Finding, Remedy, evaluate_rule
from ipcalc.funding.model import Scheme
from ipcalc.funding.world import World
from ipcalc.quantity import Duration, Period, shift
from ipcalc.rules import tree, types
from ipcalc.rules.evaluate import Trace, comparisons
from ipcalc.rules.types import Type
from ipcalc.rules.values import Items, Record, Spread, Unknown

MOST_JOINT = 64  # combinations of changes that are tried together
DAY = datetime.timedelta(days=1)


class Lever(NamedTuple):
    """Something of one record that could be moved: a fact, or a derived fact that is adjustable."""

    record: Record
    name: str
    fact: types.Fact | None
    derived: types.Derived | None
    type: Type

    @property
    def path(self) -> str:
        """The lever's path in the project."""
        return f"{self.record.path}{self.name}"


def remedies(finding: Finding, worlds: Sequence[World], scheme: Scheme) -> tuple[Remedy, ...]:
    """Every single change that makes a failed finding pass, in the order the rule reads its facts.

    Where several parts of the rule fail and no single change is enough: changes that do it together. Where
    sources dispute a figure, ``worlds`` has the scheme under each reading: a change must mend it under all.
    """
    for world in worlds:
        if found := _remedies(finding, world, worlds, scheme):
            return found
    return ()


def single(
    findings: Sequence[Finding], worlds: Callable[[Finding], Sequence[World]], scheme: Scheme
) -> Remedy | None:
    """The first change that alone mends every finding that fails, and breaks no other.

    ``worlds`` gives, for a finding, the scheme under each reading of what its rule reads.
    """
    failing = [one for one in findings if one.verdict == "fail"]
    trials = [_Trial(one, (under := worlds(one))[0], under, scheme, None) for one in findings if worlds(one)]
    for world in worlds(failing[0]):
        whole = _Trial(failing[0], world, worlds(failing[0]), scheme, None)
        for lever, remedy in _mend(whole, terms(failing[0], world, scheme)):
            for value in remedy.values:
                if lever.derived is not None and value == 0:
                    continue  # a sum that comes to nothing is given up, not mended
                after = [one for trial in trials for one in trial.found([(lever, value)])]
                if not any(one is not None and one.verdict == "fail" for one in after):
                    return remedy._replace(values=(value,)) if len(remedy.values) > 1 else remedy
    return None


def terms(finding: Finding, world: World, scheme: Scheme) -> list[Lever]:
    """What a finding's rule reads that is a term of the project: another applicant is another project."""
    return [one for one in _movable(finding, world, scheme) if not one.path.startswith("applicant.")]


def _movable(finding: Finding, world: World, scheme: Scheme) -> tuple[Lever, ...]:
    """What a finding's rule reads that a team could change."""
    if finding.rule.require is None:
        return ()
    known = scheme.vocabulary.bodies
    return tuple(
        lever
        for lever in _levers(finding, finding.rule.require.tree, world.env.project)
        # the type of a body that is known follows from it
        if lever.path != "applicant.type" or lever.record.facts.get("applicant.body") not in known
    )


def _remedies(finding: Finding, world: World, worlds: Sequence[World], scheme: Scheme) -> tuple[Remedy, ...]:
    """What mends a finding, with its boundaries as one reading has them."""
    finding = next((one for one in evaluate_rule(finding.rule, world) if one.scope == finding.scope), finding)
    trace, levers = finding.trace, _movable(finding, world, scheme)
    if trace is None:
        return ()
    whole = _Trial(finding, world, worlds, scheme, None)
    alone = _mend(whole, levers)
    if alone or not (isinstance(trace.node, tree.Logic) and trace.node.operator == "and"):
        return tuple(remedy for _, remedy in alone)
    parts = [i for i, part in enumerate(trace.parts) if part.value is False]
    of_parts = [_mend(_Trial(finding, world, worlds, scheme, i), levers) for i in parts]
    for joint in itertools.islice(itertools.product(*of_parts), MOST_JOINT):
        moves = [(lever, remedy.values[0]) for lever, remedy in joint]
        if whole.moved(moves)[0]:
            return tuple(
                remedy._replace(
                    values=tuple(v for v in remedy.values if whole.moved([*moves, (lever, v)])[0])
                )
                for lever, remedy in joint
            )
    return ()


def _mend(trial: _Trial, levers: Iterable[Lever]) -> list[tuple[Lever, Remedy]]:
    found: dict[str, tuple[Lever, Remedy]] = {}
    for lever in levers:
        if lever.path not in found and (remedy := trial.mend(lever)):
            found[lever.path] = lever, remedy
    return list(found.values())


# -- what could move ----------------------------------------------------------------------------------


def _levers(finding: Finding, root: tree.Node, project: Record) -> Iterator[Lever]:
    each = finding.rule.each
    bound: dict[str, tuple[Record, ...]] = {}
    if each is not None:
        listed = _records(each.source, bound, project)
        bound[each.name] = tuple(record for record in listed if record.id == finding.scope)
    yield from _below(root, bound, project)


def _below(node: tree.Node, bound: Mapping[str, tuple[Record, ...]], project: Record) -> Iterator[Lever]:
    if isinstance(node, tree.Fact):
        if node.fact.adjustable:
            for record in _owners(node.owner, bound, project):
                yield Lever(record, node.name, node.fact, None, node.type)
        return
    if isinstance(node, tree.Derived):
        derived = node.derived
        owners = _owners(node.owner, bound, project)
        if derived.adjustable:
            for record in owners:
                yield Lever(record, derived.name, None, derived, node.type)
        elif derived.tree is not None:
            local = {derived.owner.name: owners} if derived.owner else {}
            yield from _below(derived.tree, local, project)
        return
    below = tree.children(node)
    if isinstance(node, tree.Quantify):  # what decides whether an item counts is no change of the project
        bound = {**bound, node.name: _records(node.source, bound, project)}
        below = (node.item,)
    elif isinstance(node, tree.Choose):
        below = (node.then, node.otherwise)
    elif isinstance(node, tree.Length):
        below = (node.last, node.first)  # a period is sooner ended than begun otherwise
    for child in below:
        yield from _below(child, bound, project)


def _owners(
    owner: str | None, bound: Mapping[str, tuple[Record, ...]], project: Record
) -> tuple[Record, ...]:
    return (project,) if owner is None else bound.get(owner, ())


def _records(
    source: tree.Node, bound: Mapping[str, tuple[Record, ...]], project: Record
) -> tuple[Record, ...]:
    if not isinstance(source, tree.Records):
        return ()
    found: list[Record] = []
    for record in _owners(source.owner, bound, project):
        listed = record.list(source.name)
        if isinstance(listed, Items):
            found += listed.items
    return tuple(found)


# -- trying -------------------------------------------------------------------------------------------


class _Trial:
    """Evaluates one finding's rule again with one lever moved; ``part`` is the part of it that must hold."""

    def __init__(
        self,
        finding: Finding,
        world: World,
        worlds: Sequence[World],
        scheme: Scheme,
        part: int | None,
    ) -> None:
        self.finding = finding
        self.world = world
        self.worlds = [world, *(other for other in worlds if other is not world)]
        self.scheme = scheme
        self.part = part

    def at(self, lever: Lever, value: Any) -> tuple[bool, Trace | None]:
        """Whether the rule passes with the lever at a value, and its trace."""
        return self.moved([(lever, value)])

    def moved(self, moves: Sequence[tuple[Lever, Any]]) -> tuple[bool, Trace | None]:
        """Whether the rule passes with levers at values (of one lever, the last counts) under every reading,
        and its trace under the first.
        """
        found = self.found(moves)
        return all(one is not None and self.holds(one) for one in found), found[0].trace if found[0] else None

    def found(self, moves: Sequence[tuple[Lever, Any]]) -> list[Finding | None]:
        """The finding under each reading with levers at values; None where there is no such part any more."""
        facts = [(lever.record, dict(lever.record.facts)) for lever, _ in moves]
        fixed = {}
        for lever, value in moves:
            if lever.derived is not None:
                fixed[id(lever.record), id(lever.derived)] = Trace(tree.Constant(lever.type, 0), value)
            else:
                lever.record.facts[lever.name] = value
        try:
            return [self.under(world, fixed) for world in self.worlds]
        finally:
            for record, before in facts:
                record.facts = before

    def under(self, world: World, fixed: Mapping[tuple[int, int], Trace]) -> Finding | None:
        """The finding under one reading, with derived facts at fixed values."""
        cache, world.env.cache = world.env.cache, dict(fixed)
        try:
            several = evaluate_rule(self.finding.rule, world)
        finally:
            world.env.cache = cache
        return next((one for one in several if one.scope == self.finding.scope), None)

    def holds(self, found: Finding) -> bool:
        """Whether the rule passes (not: stops applying), or the part of it that is looked at holds."""
        if self.part is None or found.verdict == "n/a" or found.trace is None:
            return found.verdict == "pass"
        return found.trace.parts[self.part].value is True

    def now(self, lever: Lever) -> Any:
        """The lever's value as it is."""
        if lever.fact is not None:
            return lever.record.fact(lever.name)
        assert lever.derived is not None
        found = self.world.env.cache.get((id(lever.record), id(lever.derived)))
        return found.value if found else None

    def mend(self, lever: Lever) -> Remedy | None:
        """The nearest value of a lever at which the finding passes."""
        now: Any = self.now(lever)
        if now is None or isinstance(now, Unknown | Spread | Items):
            return None
        if lever.type.number:
            return self._number(lever, now)
        if lever.type.kind == "date":
            return self._date(lever, now)
        words = self._words(lever)
        passing = tuple(word for word in words if word != now and self.at(lever, word)[0])
        if not passing:
            return None
        return self._remedy(lever, "one-of" if len(passing) > 1 else "exactly", passing)

    def _remedy(self, lever: Lever, bound: str, values: tuple[Any, ...]) -> Remedy:
        owner: Any = lever.fact or lever.derived
        alone = self.part is None
        return Remedy(
            lever.path,
            lever.record.path.removesuffix("."),
            owner.label,
            lever.fact,
            lever.type,
            bound,
            values,
            alone,
        )

    def _words(self, lever: Lever) -> Iterable[Any]:
        if lever.type.kind == "truth":
            return (True, False)
        if lever.type.kind == "body":
            return self.scheme.vocabulary.bodies
        listed = {"stages": self.scheme.stages, "roles": self.scheme.roles}
        return listed.get(lever.type.unit) or lever.type.choices or ()

    def _number(self, lever: Lever, now: int | Fraction) -> Remedy | None:
        """Where a failed comparison's margin, linear in the lever, comes to zero."""
        step: int | Fraction = Fraction(1, 1000) if lever.type.kind in ("share", "ratio") else 1
        if lever.type.kind == "share" and now + 2 * step > 1:
            step = -step
        traces = [self.at(lever, now + i * step)[1] for i in range(3)]
        found: list[int | Fraction] = []
        for margins in zip(*(_margins(trace) for trace in traces), strict=False):
            first, second, third = margins
            if None in margins or third - second != second - first or second == first:
                continue
            zero = now - first * step / Fraction(second - first)
            near = self._near(lever, zero)
            found += (value for value in near if value != now and self.at(lever, value)[0])
        if not found:
            return None
        best = min(found, key=lambda value: abs(Fraction(value) - now))
        return self._remedy(lever, "at-least" if best > now else "at-most", (best,))

    def _near(self, lever: Lever, zero: Fraction) -> Iterator[int | Fraction]:
        """The boundary itself, or the whole units on both sides of it; within the lever's bounds."""
        if lever.type.kind in ("money", "count"):
            whole = zero.numerator // zero.denominator
            candidates: tuple[int | Fraction, ...] = (whole - 1, whole, whole + 1)
        else:
            candidates = (zero,)
        most = 1 if lever.type.kind == "share" else None
        yield from (c for c in candidates if c >= 0 and (most is None or c <= most))

    def _date(self, lever: Lever, now: datetime.date) -> Remedy | None:
        """The nearest of the days on which a failed comparison turns."""
        assert self.finding.trace is not None
        days = sorted(set(_turning_days(self.finding.trace)), key=lambda day: (abs(day - now), day))
        for day in days:
            if day != now and _in_order(lever, day) and self.at(lever, day)[0]:
                return self._remedy(lever, "at-least" if day > now else "at-most", (day,))
        return None


def _in_order(lever: Lever, day: datetime.date) -> bool:
    """Whether a record whose first or last day is moved still ends no sooner than it begins."""
    ends = {**lever.record.facts, lever.name: day}
    first, last = ends.get("start"), ends.get("end")
    return first is None or last is None or first <= last


def _margins(trace: Trace | None) -> list[Any]:
    """Left less right of each comparison of numbers, in the trace's order."""
    found: list[Any] = []
    for one in comparisons(trace) if trace is not None else ():
        a, b = one.parts[0].value, one.parts[1].value
        exact = all(isinstance(v, int | Fraction) and not isinstance(v, bool) for v in (a, b))
        found.append(Fraction(a) - b if exact else None)
    return found


def _turning_days(trace: Trace) -> Iterator[datetime.date]:
    """The days around which a comparison of dates or lengths changes its truth."""
    for one in comparisons(trace):
        values = [part.value for part in one.parts]
        period = next((v for v in values if isinstance(v, Period)), None)
        length = next((v for v in values if isinstance(v, Duration)), None)
        centres = [v for v in values if isinstance(v, datetime.date)]
        if period and length:
            try:
                centres = [shift(period.first, length), shift(period.last + DAY, length, -1)]
            except OverflowError:
                continue
        for centre in centres:
            yield from (centre + i * DAY for i in range(-3, 4))
