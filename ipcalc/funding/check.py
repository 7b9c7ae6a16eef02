"""Checking a project against a scheme: a finding a rule and scope, a verdict, and what each rests on."""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from ipcalc import __version__
from ipcalc.funding.findings import Finding, Judgement, evaluate_rule, finding_of, reconcile
from ipcalc.funding.model import Gap, Rule, Scheme
from ipcalc.funding.project import Project, facts
from ipcalc.funding.remedies import remedies
from ipcalc.funding.shape import RateTable
from ipcalc.funding.vocabulary import between, day_of
from ipcalc.funding.world import Opening, World, opening
from ipcalc.inputs.diagnostics import Diagnostic, Refused
from ipcalc.quantity import nearest
from ipcalc.rules.values import Missing


class Receipt(NamedTuple):
    """What an answer was made of: the same receipt gives the same answer."""

    ipcalc: str
    scheme: str
    as_of: datetime.date
    scheme_hash: str
    vocabulary_hash: str
    project_hash: str


class Result(NamedTuple):
    """What a scheme says of a project on a date. ``date_from``: submitted, as-of or reviewed."""

    scheme: Scheme
    title: str
    as_of: datetime.date
    date_from: str
    verdict: str
    open: Opening
    findings: tuple[Finding, ...]
    ask_next: tuple[str, ...]
    gaps: tuple[Gap, ...]
    rates: tuple[tuple[str, RateTable], ...]  # the project's, from or to the scheme's currency
    values: Mapping[str, Mapping[str, tuple[Any, str]]]  # on each date: those in force, as they are written
    receipt: Receipt


def check(project: Project, scheme: Scheme, as_of: datetime.date | None = None) -> Result:
    """A project's findings and verdict under a scheme. Raises ``Refused`` on a wrong answer or judgement."""
    return Checker(project, scheme, as_of).result()


class Checker:
    """One project under one scheme on one date."""

    def __init__(self, project: Project, scheme: Scheme, as_of: datetime.date | None = None) -> None:
        self.project = project
        self.scheme = scheme
        self.facts = facts(project, scheme.reading)
        self.dates = dict(project.dates)
        self.date_from = "as-of" if as_of else "submitted" if "submitted" in self.dates else "reviewed"
        submitted = self.dates.get("submitted", scheme.reviewed)
        self.moment: datetime.date | None = as_of or self.dates.get("submitted")
        self.as_of = as_of or day_of(submitted, scheme.zone)
        self.opening = opening(scheme, self.moment, self.dates)
        self.worlds: dict[tuple[str, tuple[tuple[str, int], ...]], World | None] = {}

    def result(self) -> Result:
        """The whole result."""
        judgements = self._judgements()
        found: list[Finding] = []
        for rule in self.scheme.rules:
            for finding in self.rule(rule):
                finding = self._judged(finding, judgements)
                if finding.verdict in ("fail", "review") and finding.why == "rule":
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
        return Result(
            self.scheme, self.project.title, self.as_of, self.date_from, verdict(found), self.opening,
            tuple(found), self._ask_next(found), tuple(applicable), self._rates(), stated, receipt,
        )  # fmt: skip

    def _ask_next(self, found: list[Finding]) -> tuple[str, ...]:
        asked = ask_next(found)
        hour = "project.dates.submitted"  # where the time of day decides which call it is
        return (hour, *asked) if self.opening.why == "time" and hour not in asked else asked

    def _rates(self) -> tuple[tuple[str, RateTable], ...]:
        stated: Mapping[str, RateTable] = self.project.data.get("rates", {})
        currency = self.scheme.currency
        return tuple((pair, rate) for pair, rate in stated.items() if currency in pair.split("/"))

    def _with_remedies(self, finding: Finding) -> Finding:
        worlds = [world for _, world in self._readings(finding.rule)]
        return finding._replace(remedies=remedies(finding, worlds, self.scheme))

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
        return reconcile([(said, self._under(rule, one)) for said, one in self._readings(rule)])

    def _readings(self, rule: Rule) -> Iterator[tuple[str, World]]:
        """The scheme under each reading of the disputed values a rule reads, and which reading it is."""
        world = self.world(rule.on)
        if world is None:
            return
        disputed = {name: world.disputed[name] for name in world.disputed if name in rule.reads}
        for choice in itertools.product(*(range(len(readings)) for readings in disputed.values())):
            chosen = dict(zip(disputed, choice, strict=True))
            picked = {name: disputed[name][i] for name, i in chosen.items()}
            said = "; ".join(f"{name} = {text} [{', '.join(ids)}]" for name, (_, ids, text) in picked.items())
            under = self.world(rule.on, chosen)
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


def verdict(findings: list[Finding]) -> str:
    """A scheme's verdict: ineligible, undetermined, review or eligible.

    A scheme of which no hard rule applied has not found anybody eligible.
    """
    verdicts = {finding.verdict for finding in findings}
    if "fail" in verdicts:
        return "ineligible"
    hard = any(f.rule.strength == "hard" and f.verdict != "n/a" for f in findings)
    if "unknown" in verdicts or not hard:
        return "undetermined"
    return "review" if "review" in verdicts else "eligible"


def ask_next(findings: list[Finding]) -> tuple[str, ...]:
    """The facts whose answers would settle most, the best first.

    A fact that matters only if a condition holds which is itself unknown stands behind all that matter.
    """
    score: dict[str, list[int]] = {}
    for order, finding in enumerate(findings):
        if finding.hopeless:
            continue
        for place, missing in enumerate(finding.missing):
            if missing.kind in ("fact", "list"):
                behind = int(0 < finding.conditions <= place)
                found = score.setdefault(missing.key, [behind, 0, place, order])
                found[0] = min(found[0], behind)
                found[1] -= 1
                found[2] = min(found[2], place)
    return tuple(sorted(score, key=lambda key: (*score[key], key)))
