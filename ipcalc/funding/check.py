"""Checking a project against a scheme: a finding a rule and scope, a verdict, and what each rests on."""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from ipcalc import __version__
from ipcalc.funding.findings import Finding, Judgement, evaluate_rule, finding_of, reconcile
from ipcalc.funding.model import Class, Gap, Rule, Scheme
from ipcalc.funding.prepare import prepared
from ipcalc.funding.project import Project, facts, misspelt
from ipcalc.funding.remedies import remedies, terms
from ipcalc.funding.shape import RateTable
from ipcalc.funding.vocabulary import between, day_of
from ipcalc.funding.world import Opening, World, opening
from ipcalc.inputs.diagnostics import Diagnostic, Refused
from ipcalc.quantity import nearest
from ipcalc.rules import tree
from ipcalc.rules.evaluate import Formula, Trace
from ipcalc.rules.settle import Asked
from ipcalc.rules.types import Type
from ipcalc.rules.values import Missing, Unknown

STATED = ("fact", "list")  # the kinds of missing things that a project states


class Receipt(NamedTuple):
    """What an answer was made of: the same receipt gives the same answer."""

    ipcalc: str
    scheme: str
    as_of: datetime.date
    scheme_hash: str
    vocabulary_hash: str
    project_hash: str


class Figure(NamedTuple):
    """Something the scheme works out of a project: what it is called, its type, and how it comes about."""

    label: Mapping[str, str]
    trace: Trace

    @property
    def type(self) -> Type:
        """Its type."""
        return self.trace.node.type


class Classified(NamedTuple):
    """Which of the scheme's classes a project is of; None where what is ``missing`` could decide, or none is.

    ``traces`` are those of the classes that were tried, in order; the last is the project's.
    """

    found: Class | None
    traces: tuple[Trace, ...]
    missing: tuple[Missing, ...]


class Result(NamedTuple):
    """What a scheme says of a project on a date. ``date_from``: submitted, as-of or reviewed.

    ``available`` is the most that the scheme would pay the project by its own figures, in minor units.
    """

    scheme: Scheme
    title: str
    as_of: datetime.date
    date_from: str
    verdict: str
    open: Opening
    findings: tuple[Finding, ...]
    figures: Mapping[str, Figure]
    available: Trace | None
    classified: Classified | None
    ask_next: tuple[str, ...]
    gaps: tuple[Gap, ...]
    rates: tuple[tuple[str, RateTable], ...]  # the project's, from or to the scheme's currency
    values: Mapping[str, Mapping[str, tuple[Any, str]]]  # on each date: those in force, as they are written
    receipt: Receipt


def check(
    project: Project, scheme: Scheme, as_of: datetime.date | None = None, *, mend: bool = True
) -> Result:
    """A project's findings and verdict under a scheme; ``mend`` False leaves out what would mend findings.

    Raises ``Refused`` on a wrong answer or judgement, and on a stage or role that is none of the scheme's but
    close to one.
    """
    checker = Checker(project, scheme, as_of)
    if problems := list(misspelt(project, scheme.reading)):
        raise Refused(problems)
    return checker.result(mend=mend)


class Checker:
    """One project under one scheme on one date."""

    def __init__(self, project: Project, scheme: Scheme, as_of: datetime.date | None = None) -> None:
        self.project = project
        self.scheme = scheme
        self.dates = dict(project.dates)
        self.facts = prepared(facts(project, scheme.reading), scheme.prepared, self.dates, scheme.zone)
        self.date_from = "as-of" if as_of else "submitted" if "submitted" in self.dates else "reviewed"
        submitted = self.dates.get("submitted", scheme.reviewed)
        self.moment: datetime.date | None = as_of or self.dates.get("submitted")
        self.as_of = as_of or day_of(submitted, scheme.zone)
        self.opening = opening(scheme, self.moment, self.dates)
        self.worlds: dict[tuple[str, tuple[tuple[str, int], ...]], World | None] = {}

    def result(self, *, mend: bool = True, until: Callable[[Finding], bool] | None = None) -> Result:
        """The whole result; ``mend`` False leaves out what would mend each finding.

        The first finding of which ``until`` says so is the last that is asked for.
        """
        judgements = self._judgements()
        found: list[Finding] = []
        for finding in self._findings(until):
            finding = self._judged(finding, judgements)
            if mend and finding.verdict in ("fail", "review") and finding.why == "rule":
                finding = self._with_remedies(finding)
            found.append(finding)
        stated = {on: world.stated for on in ("submitted", *self.dates) if (world := self.world(on))}
        applicable = [gap for gap in self.scheme.gaps if between(gap.first, gap.until, self.as_of)]
        receipt = Receipt(
            __version__,
            self.scheme.id,
            self.as_of,
            self.scheme.hash,
            self.scheme.vocabulary.hash,
            self.project.hash,
        )
        classified = self._classified()
        figures = {
            name: Figure(derived.label, self._worked_out(Formula(derived.tree)))
            for name, derived in self.scheme.derived.items()
            if derived.shown and derived.tree
        }
        available = self._worked_out(self.scheme.available) if self.scheme.available else None
        return Result(
            self.scheme, self.project.title, self.as_of, self.date_from, verdict(found, classified),
            self.opening, tuple(found), figures, available, classified, self._ask_next(found, classified),
            tuple(applicable), self._rates(), stated, receipt,
        )  # fmt: skip

    def _findings(self, until: Callable[[Finding], bool] | None) -> Iterator[Finding]:
        for rule in self.scheme.rules:
            for finding in self.rule(rule):
                yield finding
                if until is not None and until(finding):
                    return

    def _worked_out(self, formula: Formula) -> Trace:
        """What a formula comes to; unknown where it hangs on a figure that sources dispute."""
        world = self.world("submitted")
        assert world is not None
        under = [formula(one.env) for _, one in self._readings("submitted", tree.values_read(formula.tree))]
        if len({trace.value for trace in under}) > 1:
            disputed = [name for name in world.disputed if name in tree.values_read(formula.tree)]
            return under[0]._replace(value=Unknown(tuple(Missing("value", name) for name in disputed)))
        return under[0]

    def _classified(self) -> Classified | None:
        """The first class whose condition holds, if none before it may."""
        traces: list[Trace] = []
        for one in self.scheme.classes:
            trace = self._worked_out(one.when)
            traces.append(trace)
            if isinstance(trace.value, Unknown):
                return Classified(None, tuple(traces), trace.value.missing)
            if trace.value:
                return Classified(one, tuple(traces), ())
        return Classified(None, tuple(traces), ()) if traces else None

    def _ask_next(self, found: list[Finding], classified: Classified | None) -> tuple[str, ...]:
        missing = classified.missing if classified else ()
        deciding = [one.key for one in missing if one.kind in STATED]
        settling = [one.missing.key for one in wanted(found, lambda one: one.kind in STATED)]
        asked = tuple(dict.fromkeys([*settling, *deciding]))
        hour = "project.dates.submitted"  # where the time of day decides which call it is
        return (hour, *asked) if self.opening.why == "time" and hour not in asked else asked

    def _rates(self) -> tuple[tuple[str, RateTable], ...]:
        stated: Mapping[str, RateTable] = self.project.data.get("rates", {})
        currency = self.scheme.currency
        return tuple((pair, rate) for pair, rate in stated.items() if currency in pair.split("/"))

    def _with_remedies(self, finding: Finding) -> Finding:
        return finding._replace(remedies=remedies(finding, self.worlds_of(finding), self.scheme))

    def worlds_of(self, finding: Finding) -> list[World]:
        """The scheme under each reading of what a finding's rule reads."""
        return [world for _, world in self._readings(finding.rule.on, finding.rule.reads)]

    def beyond_help(self, finding: Finding) -> bool:
        """Whether a finding fails, and no term of the project that its rule reads could change that."""
        worlds = self.worlds_of(finding) if finding.verdict == "fail" else []
        return bool(worlds) and not any(terms(finding, world, self.scheme) for world in worlds)

    # -- one rule -------------------------------------------------------------------------------------

    def rule(self, rule: Rule) -> list[Finding]:
        """A rule's findings, under every reading of the values it reads that sources dispute."""
        world = self.world(rule.on)
        if world is None:
            due = Missing("fact", f"project.dates.{rule.on}")
            return [finding_of(rule, None, "unknown", "rule", missing=(due,))]
        if not rule.in_force(world.day):
            return []
        if world.disputed.keys().isdisjoint(rule.reads):
            return self._under(rule, world)
        return reconcile(
            [(said, self._under(rule, one)) for said, one in self._readings(rule.on, rule.reads)]
        )

    def _readings(self, on: str, reads: Collection[str]) -> Iterator[tuple[str, World]]:
        """The scheme under each reading of the disputed values that are read, and which reading it is."""
        world = self.world(on)
        if world is None:
            return
        disputed = {name: world.disputed[name] for name in world.disputed if name in reads}
        for choice in itertools.product(*(range(len(readings)) for readings in disputed.values())):
            chosen = dict(zip(disputed, choice, strict=True))
            picked = {name: disputed[name][i] for name, i in chosen.items()}
            said = "; ".join(f"{name} = {text} [{', '.join(ids)}]" for name, (_, ids, text) in picked.items())
            under = self.world(on, chosen)
            assert under is not None
            yield said, under

    def _under(self, rule: Rule, world: World) -> list[Finding]:
        """A rule's findings under one reading; what only a human can judge is for review where it applies."""
        found = evaluate_rule(rule, world)
        if rule.strength != "judgement":
            return found
        return [f._replace(verdict="review", why="judge") if f.verdict == "pass" else f for f in found]

    def world(self, on: str, chosen: Mapping[str, int] | None = None) -> World | None:
        """The scheme on a named date under a choice of readings; None if the date isn't stated."""
        key = (on, tuple(sorted(chosen.items())) if chosen else ())
        if key not in self.worlds:
            day = self.as_of if on == "submitted" else self.dates.get(on)
            if day is None:
                self.worlds[key] = None
            else:
                local = day_of(day, self.scheme.zone)
                self.worlds[key] = World(self.scheme, self.facts, local, self.opening, chosen or {})
        return self.worlds[key]

    # -- what humans said -----------------------------------------------------------------------------

    def _judgements(self) -> dict[str, Judgement]:
        found: dict[str, Judgement] = {}
        places: dict[str, int] = {}
        known = {rule.id: rule for rule in self.scheme.rules}
        problems: list[Diagnostic] = []
        for i, said in enumerate(self.project.data.get("judgements", ())):
            if said["scheme"] != self.scheme.id:
                continue
            rule = known.get(said["rule"])
            path = ("judgements", i, "rule")
            if rule is None:
                near = nearest(said["rule"], known)
                problems.append(
                    self.project.document.problem("F115", path, near, what="rule", value=said["rule"])
                )
            elif rule.strength == "hard":
                problems.append(self.project.document.problem("F120", path, value=rule.id))
            elif rule.id in places:
                first = ("judgements", places[rule.id], "rule")
                problems.append(self.project.document.problem("F112", path, value=rule.id, also=first))
            else:
                places[rule.id] = i
                found[rule.id] = Judgement(said["verdict"], said["by"], said["on"], said.get("note"))
        if problems:
            raise Refused(problems)
        return found

    def _judged(self, finding: Finding, judgements: Mapping[str, Judgement]) -> Finding:
        judgement = judgements.get(finding.rule.id)
        # a human settles a review, and may find against what the facts alone would pass
        if judgement and (
            finding.verdict == "review" or (finding.verdict, judgement.verdict) == ("pass", "fail")
        ):
            finding = finding._replace(verdict=judgement.verdict, why="judged", judgement=judgement)
        if finding.verdict == "pass" and finding.rule.evidence:
            shown = {item["fact"] for item in self.project.data.get("evidence", ())}
            if not shown.issuperset(finding.rule.evidence):
                return finding._replace(verdict="review", why="evidence")
        return finding


def verdict(findings: list[Finding], classified: Classified | None = None) -> str:
    """A scheme's verdict: ineligible, undetermined, review, eligible or classified.

    A scheme of which no hard rule applied has not found anybody eligible; one that only says of which class a
    project is, has classified it.
    """
    verdicts = {finding.verdict for finding in findings}
    if "fail" in verdicts:
        return "ineligible"
    hard = any(f.rule.strength == "hard" and f.verdict != "n/a" for f in findings)
    sorted_ = not hard and classified is not None and classified.found is not None
    if "unknown" in verdicts or not (hard or sorted_):
        return "undetermined"
    return "review" if "review" in verdicts else "classified" if sorted_ else "eligible"


class Wanted(NamedTuple):
    """Something that is not known and could still settle ``findings``.

    ``behind``: it matters only if a condition holds that is itself not known; ``leads``: it is such a
    condition. ``place`` and ``order`` are where it stands first: in one finding, and among the findings.
    """

    missing: Missing
    behind: bool
    leads: bool
    place: int
    order: int
    findings: tuple[Finding, ...]

    @property
    def rank(self) -> tuple[bool, int, int, int, str]:
        """The least settles most: conditions before consequences, then by how many findings hang on it."""
        return self.behind, -len(self.findings), self.place, self.order, self.missing.key


def wanted(findings: Sequence[Finding], asked: Asked) -> list[Wanted]:
    """All that could still settle a finding, best first, if what is ``asked`` may become known."""
    found: dict[Missing, Wanted] = {}
    for order, finding in enumerate(findings):
        settling = finding.settled_by(asked)
        first = sum(missing in settling for missing in finding.missing[: finding.conditions])
        for place, missing in enumerate(one for one in finding.missing if one in settling):
            known = found.get(missing, Wanted(missing, True, False, place, order, ()))
            found[missing] = Wanted(
                missing,
                known.behind and 0 < first <= place,
                known.leads or place < first,
                min(known.place, place),
                known.order,
                (*known.findings, finding),
            )
    return sorted(found.values(), key=lambda one: one.rank)
