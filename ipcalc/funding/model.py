"""What a scheme is once its file is read: dated figures, calls, rules, gaps, examples."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from fractions import Fraction
from typing import Any, NamedTuple

from ipcalc.funding.project import Reading
from ipcalc.funding.shape import ExampleTable
from ipcalc.funding.vocabulary import Group, Vocabulary, between
from ipcalc.inputs import shapes
from ipcalc.inputs.diagnostics import Refused
from ipcalc.inputs.overlay import overlay
from ipcalc.inputs.toml import Document
from ipcalc.rules import tree
from ipcalc.rules.evaluate import Formula
from ipcalc.rules.types import Derived, Fact, Type


class Version(NamedTuple):
    """A value or table on some dates, or for one call. ``readings``: each with its sources and its text."""

    first: datetime.date | None
    until: datetime.date | None
    call: str | None
    readings: tuple[tuple[Any, tuple[str, ...], str], ...]

    def holds(self, day: datetime.date, call: str | None) -> bool:
        """Whether this version is in force on a date, or for a call."""
        return self.call in (None, call) and between(self.first, self.until, day)


class Dated(NamedTuple):
    """A figure of the scheme: its label, its type and its versions."""

    label: Mapping[str, str]
    type: Type
    versions: tuple[Version, ...]

    def on(self, day: datetime.date, call: str | None) -> Version | None:
        """The version in force: a call's own before a dated one, the latest of those."""
        found = [version for version in self.versions if version.holds(day, call)]
        return max(found, key=lambda v: (v.call is not None, v.first or datetime.date.min), default=None)

    def during(self, first: datetime.date | None, until: datetime.date | None) -> tuple[Version, ...]:
        """The versions that hold on some day of a range, which may be open at either end."""
        return tuple(
            version
            for version in self.versions
            if max(first or datetime.date.min, version.first or datetime.date.min)
            <= min(until or datetime.date.max, version.until or datetime.date.max)
        )


class Call(NamedTuple):
    """A window in which the scheme takes applications; both ends included.

    ``opens`` is None where no source states a beginning. ``closes`` is None where none states an end: it was
    ``seen`` open on that day, the last known.
    """

    id: str
    opens: datetime.date | None
    closes: datetime.date | None
    seen: datetime.date | None
    sources: tuple[str, ...]


class Suspension(NamedTuple):
    """A time in which the scheme takes none; both ends included."""

    first: datetime.date
    until: datetime.date | None
    on: str


class Rule(NamedTuple):
    """A rule, read and compiled. ``strength`` is hard, soft or judgement."""

    id: str
    title: Mapping[str, str]
    strength: str
    each: tree.Each | None
    listed: Formula | None  # what the clause goes through
    condition: Formula | None  # the clause's
    when: Formula | None
    require: Formula | None
    constants: Mapping[str, Any]
    constant_texts: Mapping[str, str]
    reads: frozenset[str]  # values and tables
    sources: tuple[str, ...]
    first: datetime.date | None
    until: datetime.date | None
    on: str
    evidence: tuple[str, ...]
    question: Mapping[str, str] | None  # what a human is to judge
    note: Mapping[str, str] | None

    @property
    def trees(self) -> tuple[tree.Node, ...]:
        """The trees of the clause, of ``when`` and of the requirement."""
        formulas = (self.listed, self.condition, self.when, self.require)
        return tuple(formula.tree for formula in formulas if formula is not None)

    def in_force(self, day: datetime.date) -> bool:
        """Whether the rule holds on a date."""
        return between(self.first, self.until, day)


class Class(NamedTuple):
    """A kind that a project can be of; the first whose condition holds."""

    id: str
    title: Mapping[str, str]
    when: Formula
    sources: tuple[str, ...]
    note: Mapping[str, str] | None


class Prepared(NamedTuple):
    """Facts that are worked out before any rule is read: what kind, under which name, and its terms."""

    name: str
    kind: str
    linked_above: Fraction | None
    partner_from: Fraction | None
    exempt: tuple[str, ...]
    after: str | None
    days: int
    holidays: frozenset[datetime.date]
    sources: tuple[str, ...]


class Gap(NamedTuple):
    """What the scheme asks that its file does not say."""

    about: Mapping[str, str]
    affects: tuple[str, ...]
    first: datetime.date | None
    until: datetime.date | None


class Example(NamedTuple):
    """A project as a document's data, and the verdicts it must get."""

    title: str
    document: Document
    as_of: datetime.date | None
    gives: Mapping[str, str]
    shows: Mapping[str, Any]


class Scheme(NamedTuple):
    """A scheme, ready to check projects against."""

    document: Document
    vocabulary: Vocabulary
    id: str
    kind: str  # scheme, or definition: what schemes use, and nobody applies for
    name: Mapping[str, str]
    authority: Mapping[str, str]
    place: str | None
    initiative: str
    currency: str
    zone: str | None
    reviewed: datetime.date
    sources: Mapping[str, shapes.SourceTable]
    calls: tuple[Call, ...]
    suspended: tuple[Suspension, ...]
    stages: Mapping[str, Mapping[str, str]]
    roles: Mapping[str, Mapping[str, str]]
    groups: Mapping[str, Group]
    reading: Reading
    values: Mapping[str, Dated]
    tables: Mapping[str, Dated]
    derived: Mapping[str, Derived]
    prepared: tuple[Prepared, ...]
    available: Formula | None  # the most that the scheme would pay a project
    rules: tuple[Rule, ...]
    classes: tuple[Class, ...]
    gaps: tuple[Gap, ...]
    shown: tuple[ExampleTable, ...]  # the examples, as they stand in the file
    hash: str

    def names(self) -> dict[str, Mapping[str, str]]:
        """The names of bodies, groups, stages and roles, by id."""
        named = self.vocabulary.named.values()
        found = {one.id: one.name for kind in named for one in kind.ids.values()}
        found.update({name: group.label for name, group in self.groups.items()})
        return {**found, **self.stages, **self.roles}

    def asks(self) -> dict[str, Fact]:
        """The facts that its rules read, by path, in the rules' order; of a record, ``phase.start``."""
        roots = [root for rule in self.rules for root in rule.trees]
        roots += (one.when.tree for one in self.classes)
        nodes = (node for root in roots for node in tree.walk(root))
        return {n.fact.path: n.fact for n in nodes if isinstance(n, tree.Fact) and n.fact.ask}

    def fact(self, path: str) -> Fact | None:
        """The fact that a path of a project names, such as ``phases.stage-1.start``."""
        parts = path.split(".")
        if path.startswith("project.dates."):
            return self.vocabulary.dates.get(parts[-1])
        found = self.reading.own.get(path) or self.vocabulary.project.facts.get(path)
        record = self.vocabulary.project
        while found is None and parts and parts[0] in record.records:
            record = record.records[parts[0]]
            parts = parts[2:]  # the list's name, and the item's
            found = record.facts.get(parts[0]) if len(parts) == 1 else None
        return found

    def examples(self) -> tuple[Example, ...]:
        """The file's examples: its example project with each one's changes. Raises ``Refused``."""
        base = self.document.data.get("example", {})
        found = []
        for i, shown in enumerate(self.shown):
            document = Document(f"{self.document.name} [examples.{i}]", "", shown.get("project", base))
            try:
                changed = overlay(document, shown.get("set", ()), shown.get("without", ()))
            except Refused as error:  # said where the change stands in the scheme's file
                place = self.document.place(("examples", i), at_key=True)
                raise Refused(d._replace(place=place) for d in error.diagnostics) from None
            example = Example(
                shown["title"], changed, shown.get("as_of"), shown["gives"], shown.get("shows", {})
            )
            found.append(example)
        return tuple(found)
