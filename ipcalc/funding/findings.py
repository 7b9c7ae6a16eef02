"""What one rule says of a project: findings, each with its trace and the comparison that decides it."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any, NamedTuple

from ipcalc.funding.model import Rule
from ipcalc.funding.world import World
from ipcalc.rules import evaluate, settle, tree
from ipcalc.rules.evaluate import Env, Trace
from ipcalc.rules.types import Fact, Type
from ipcalc.rules.values import Missing, Record, Unknown, unknown


class Measured(NamedTuple):
    """The comparison that decides a finding. Money in minor units; ``margin`` is what is left, or short."""

    left: int | Fraction
    relation: str
    right: int | Fraction
    margin: int | Fraction
    type: Type


class Remedy(NamedTuple):
    """One change that would mend a finding, ``alone`` or with the others.

    ``bound`` is at-least, at-most, one-of or exactly; money is in minor units. ``scope`` is the path
    of its record, empty for the project.
    """

    path: str
    scope: str
    label: Mapping[str, str]
    fact: Fact | None
    type: Type
    bound: str
    values: tuple[Any, ...]
    alone: bool


class Judgement(NamedTuple):
    """What a human decided."""

    verdict: str
    by: str
    on: datetime.date
    note: str | None


class Finding(NamedTuple):
    """What a rule says of a project, or of one part of it (``scope``).

    ``why``: rule (its comparison decides), judge (a human must), judged (a human did), evidence (stated but
    not shown), dispute (sources differ). ``disputed`` is each reading's words and the verdict under it;
    ``under`` are the findings themselves, where there are several readings.
    """

    rule: Rule
    part: Any  # what the rule's clause goes through: a record, a word, or None for the project
    scope: str | None
    verdict: str
    why: str
    trace: Trace | None
    missing: tuple[Missing, ...]
    conditions: int  # how many of those that are missing decide first whether the rule applies
    remedies: tuple[Remedy, ...]
    disputed: tuple[tuple[str, str], ...]
    judgement: Judgement | None
    applies: tuple[Trace, ...] = ()  # what decides first whether the rule applies, or to what
    under: tuple[Finding, ...] = ()

    @property
    def name(self) -> str | None:
        """What people call the part: its name, where it has one."""
        stated = self.part.facts.get("name") if isinstance(self.part, Record) else None
        return stated or self.scope

    def settled_by(self, asked: settle.Asked) -> frozenset[Missing]:
        """What could settle it, if all that is ``asked`` may become known and nothing else will."""
        if self.under:
            return frozenset().union(*(one.settled_by(asked) for one in self.under))
        if self.verdict != "unknown":
            return frozenset()
        if not self.applies and self.trace is None:  # a date that is due, or the rest of a list
            return frozenset(filter(asked, self.missing))
        applies = settle.conjunction(settle.truth(trace, asked) for trace in self.applies)
        if self.rule.require is None or self.trace is None:
            return applies.either or frozenset()
        holds = settle.truth(self.trace, asked)
        ways = (applies.false, holds.true, settle.every([applies.true, holds.false]))
        return settle.some(ways) or frozenset()

    @property
    def measured(self) -> Measured | None:
        """The comparison of numbers that decides a pass or a failure, if one does."""
        if self.why not in ("rule", "judged", "evidence") or self.verdict in ("n/a", "unknown"):
            return None
        return _measured(self.trace)


def evaluate_rule(rule: Rule, world: World) -> list[Finding]:
    """A rule's findings under one reading: one for the project, or one for each that its clause names."""
    env = world.env
    env.local = dict(rule.constants)
    if rule.each is None:
        return [_judge(rule, None, None, env)]
    assert rule.listed is not None
    source = rule.listed(env)
    listed = source.value
    if isinstance(listed, Unknown):
        unlisted = finding_of(rule, None, "unknown", "rule", missing=listed.missing)
        return [unlisted._replace(applies=(source,))]
    found = []
    for item in listed.items:
        env.local = {**rule.constants, rule.each.name: item}
        condition = rule.condition(env) if rule.condition else None
        if condition is None or condition.value is not False:
            found.append(_judge(rule, item, condition, env))
    if listed.open:  # a list that is stated in part: of the rest, nothing is known
        found.append(finding_of(rule, None, "unknown", "rule", missing=listed.open))
    return found


def _judge(rule: Rule, part: Any, condition: Trace | None, env: Env) -> Finding:
    """``not when or require``, three-valued; the clause's condition counts as part of ``when``."""
    when = rule.when(env) if rule.when else None
    first = tuple(trace for trace in (condition, when) if trace is not None)
    applies = evaluate.conjunction([trace.value for trace in first], settles=False)
    if applies is False:
        return finding_of(rule, part, "n/a", "rule", trace=when)
    require = rule.require(env) if rule.require else None
    holds = True if require is None else require.value
    if holds is True and (applies is True or rule.require is not None):
        return finding_of(rule, part, "pass", "rule", trace=require)
    if isinstance(applies, Unknown) or isinstance(holds, Unknown):
        missing = unknown((applies, holds)).missing  # conditions stand before consequences
        conditions = len(applies.missing) if isinstance(applies, Unknown) else 0
        found = finding_of(rule, part, "unknown", "rule", trace=require or when, missing=missing)
        return found._replace(conditions=conditions, applies=first)
    verdict = "fail" if rule.strength == "hard" else "review"
    return finding_of(rule, part, verdict, "rule", trace=require)


def finding_of(
    rule: Rule,
    part: Any,
    verdict: str,
    why: str,
    *,
    trace: Trace | None = None,
    missing: tuple[Missing, ...] = (),
) -> Finding:
    """A finding without remedies, disputes or a judgement."""
    scope = part.id if isinstance(part, Record) else None if part is None else str(part)
    return Finding(rule, part, scope, verdict, why, trace, missing, 0, (), (), None)


def _measured(trace: Trace | None) -> Measured | None:
    """The first comparison of numbers among those that decide (of a failure, the first that is false)."""
    if trace is None:
        return None
    for one in _deciding(trace):
        node = one.node
        assert isinstance(node, tree.Compare)
        kind = node.left.type if node.left.type.kind not in ("zero", "one") else node.right.type
        a, b = one.parts[0].value, one.parts[1].value
        if not kind.number or (trace.value is False and one.value is not False):
            continue
        if isinstance(a, int | Fraction) and isinstance(b, int | Fraction):
            margin = b - a if node.operator in ("<", "<=", "==", "!=") else a - b
            return Measured(a, node.operator, b, margin, kind)
    return None


def _deciding(trace: Trace) -> Iterator[Trace]:
    """The comparisons that make a truth what it is: of an ``or`` that holds, those of a part that does."""
    node, parts = trace.node, trace.parts
    if isinstance(node, tree.Compare):
        yield trace
        return
    if isinstance(node, tree.Logic) and trace.value is (node.operator == "or"):
        parts = tuple(part for part in parts if part.value is trace.value)
    elif isinstance(node, tree.Choose) and len(parts) == 2:
        parts = parts[1:]
    for part in parts:
        yield from _deciding(part)


def reconcile(under: list[tuple[str, list[Finding]]]) -> list[Finding]:
    """Findings under several readings: where the verdicts differ, a review that names each."""
    by_scope = [(said, {finding.scope: finding for finding in many}) for said, many in under]
    found = []
    for scope in dict.fromkeys(scope for _, many in by_scope for scope in many):
        # under a reading that has no such part, the rule does not apply to it
        verdicts = tuple((said, many[scope].verdict if scope in many else "n/a") for said, many in by_scope)
        of_scope = [many[scope] for _, many in by_scope if scope in many]
        missing = dict.fromkeys(one for finding in of_scope for one in finding.missing)
        finding = of_scope[0]._replace(missing=tuple(missing), under=tuple(of_scope))
        if len({verdict for _, verdict in verdicts}) > 1:
            finding = finding._replace(verdict="review", why="dispute", disputed=verdicts)
        found.append(finding)
    return found
