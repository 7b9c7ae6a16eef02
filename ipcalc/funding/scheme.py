"""A scheme: its file is found, read part by part, and compiled into what projects are checked against."""

from __future__ import annotations

import hashlib
import string
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ipcalc import library
from ipcalc.funding import prepare
from ipcalc.funding import vocabulary as words
from ipcalc.funding.figures import kind_of
from ipcalc.funding.model import Class, Dated, Gap, Prepared, Rule, Scheme
from ipcalc.funding.part import text_of
from ipcalc.funding.project import Reading
from ipcalc.funding.shape import RuleTable, SchemeTable
from ipcalc.funding.vocabulary import Group, Vocabulary
from ipcalc.funding.windows import Windows
from ipcalc.inputs import shapes, toml
from ipcalc.inputs.diagnostics import Refused, refuse
from ipcalc.inputs.toml import Document
from ipcalc.quantity import nearest
from ipcalc.rules import reader, tree
from ipcalc.rules.evaluate import Formula
from ipcalc.rules.types import Derived, Fact, RecordType

if TYPE_CHECKING:
    from ipcalc.inputs import locate

MOST_READINGS = 16  # combinations of disputed values


def find(name: str) -> Document:
    """The document of a scheme: by its id among the known ones, or by the path of a ``.toml`` file."""
    if name.endswith(".toml") or name == "-":
        return toml.load(name)
    known = library.find("funding")
    if name not in known:
        raise refuse("S201", name, nearest(name, known), value=name)
    document = toml.load(known[name])
    if document.data.get("id") != name:
        raise Refused([document.problem("S202", ("id",), value=str(document.data.get("id")), expected=name)])
    return document


def load(name: str, vocabulary: Vocabulary | None = None) -> Scheme:
    """A scheme by id or path, read and compiled. Raises ``Refused`` with everything that is wrong with it."""
    return compile_scheme(find(name), vocabulary or words.shipped())


def compile_scheme(document: Document, vocabulary: Vocabulary) -> Scheme:
    """A scheme from its document. Raises ``Refused``."""
    return _Builder(document, vocabulary, shapes.validate(SchemeTable, document), "").build()


def blanks(text: str) -> list[str]:
    """The names of a text's blanks; with one of Python's formats behind it, a blank is no name of ours."""
    parts = string.Formatter().parse(text)
    return [f"{name}:" if form or how else name for _, name, form, how in parts if name is not None]


def _bare(name: str) -> str:
    """An id as a name of rules: ``eu_sme`` of ``eu/sme``."""
    return name.replace("/", "_").replace("-", "_")


class _Builder(Windows):
    """Reads a file whose shape is right; collects every further problem before it gives up."""

    trail: tuple[str, ...] = ()  # the files that use this one

    def build(self) -> Scheme:
        shape = self.shape
        stages = {name: text_of(stage["label"]) for name, stage in shape.get("stages", {}).items()}
        roles = {name: text_of(role["label"]) for name, role in shape.get("roles", {}).items()}
        self.scope.listed = {"stages": tuple(stages), "roles": tuple(roles)}
        self.define()
        rules = tuple(self.rule(i, rule) for i, rule in enumerate(shape.get("rules", ())))
        classes = tuple(self.class_of(i, one) for i, one in enumerate(shape.get("classes", ())))
        if shape.get("kind") != "definition" and not {"rules", "classes"} & shape.keys():
            self.problem("F101", (), key_name="rules")
        available = None
        if "available" in shape:
            available = Formula(self.expression(shape["available"], ("available",), "money"))
        self.disputes(self.dated)
        calls, gaps, suspended = self.calls(), self.gaps(), self.suspensions()
        self.zone(calls)
        self.unique(shape.get("rules", ()), "rules")
        self.unique(shape.get("classes", ()), "classes")
        if "place" in shape and shape["place"] not in self.vocabulary.places:
            near = nearest(shape["place"], self.vocabulary.places)
            self.problem("F115", ("place",), near, what="place", value=shape["place"])
        if self.problems:
            raise Refused(self.problems)
        reading = Reading(shape["id"], shape["currency"], frozenset(stages), frozenset(roles), self.own)
        return Scheme(
            self.document, self.vocabulary, shape["id"], shape.get("kind", "scheme"), text_of(shape["name"]),
            text_of(shape["authority"]), shape.get("place"), shape["initiative"], shape["currency"],
            shape.get("zone"), shape["reviewed"], self.cited, calls, suspended, stages, roles,
            self.known_groups, reading, self.dated, self.grids, self.scope.derived, tuple(self.prepared),
            available, rules, classes, gaps, tuple(shape.get("examples", ())), self.hash(),
        )  # fmt: skip

    def hash(self) -> str:
        """The hash of the file's text, of what was laid over it, and of the files that it uses."""
        text = "\0".join([self.document.text, *sorted(set(self.document.overlaid.values())), *self.used])
        return hashlib.sha256(text.encode()).hexdigest()

    # -- definitions ----------------------------------------------------------------------------------

    def define(self) -> None:
        """Everything that rules can name, in the order in which each may use what comes before."""
        shape = self.shape
        self.own: dict[str, Fact] = {}
        self.used: list[str] = []  # the hashes of the files that this one uses
        self.prepared: list[Prepared] = []
        self.known_groups: dict[str, Group] = dict(self.vocabulary.groups)
        self.dated: dict[str, Dated] = {}
        self.grids: dict[str, Dated] = {}
        self.cited = {self.prefix + name: source for name, source in shape["sources"].items()}
        self.scope.project = _copy(self.scope.project)
        for i, name in enumerate(shape.get("uses", ())):
            self.use(name, ("uses", i))
        self.groups()
        for name, table in shape.get("facts", {}).items():
            if f"own.{name}" in self.own:
                self.problem("R209", ("facts", name), at_key=True, value=name, reason="taken")
            self.name(("facts", name), name, bare=False)
            self.own[f"own.{name}"] = words.fact(f"own.{name}", table)
        self.scope.own = dict(self.own)
        self.prepare()
        self.dated |= self.values()
        self.grids |= self.tables()
        self.derive()

    def use(self, name: str, path: locate.Path) -> None:
        """Bring in what another file defines, under its id as a name."""
        if name in (*self.trail, self.shape["id"]):
            self.problem("S208", path, value=name)
            return
        if name not in library.find("funding"):
            self.problem("S201", path, nearest(name, library.find("funding")), value=name)
            return
        document, below = find(name), f"{_bare(name)}."
        shape = shapes.validate(SchemeTable, document)
        other = _Builder(document, self.vocabulary, shape, self.prefix + below)
        other.trail = (*self.trail, self.shape["id"])
        other.define()
        if other.problems:
            raise Refused(other.problems)
        self.used.append(other.hash())
        self.own |= other.own
        self.prepared += other.prepared
        self.scope.project.facts.update(other.scope.project.facts)
        self.scope.project.records.update(other.scope.project.records)
        self.known_groups |= other.known_groups
        self.dated |= other.dated
        self.grids |= other.grids
        self.cited |= other.cited
        mine, theirs = self.scope, other.scope
        mine.groups |= {below + n: label for n, label in theirs.groups.items() if n in theirs.meant}
        mine.values |= {below + n: kind for n, kind in theirs.values.items()}
        mine.tables |= {below + n: kind for n, kind in theirs.tables.items()}
        mine.derived |= {below + n: one for n, one in theirs.derived.items()}
        mine.meant |= {below + n: full for n, full in theirs.meant.items()}

    def groups(self) -> None:
        groups = self.known_groups
        for name, shape in self.shape.get("groups", {}).items():
            self.name(("groups", name), name)
            full = self.named(name)
            groups[full] = words.group(shape, self.scope.full)
            self.scope.groups[name] = groups[full].label
            self.sources(shape["source"], ("groups", name, "source"))
        for name, shape in self.shape.get("groups", {}).items():
            for i, member in enumerate(shape["members"]):
                path: locate.Path = ("groups", name, "members", i)
                self.one_of(member, ("id", "group"), path)
                self.ordered(member, path)
                other = member.get("group")
                if other is not None and self.scope.full(other) not in groups:
                    near = nearest(other, self.scope.groups)
                    self.problem("F115", (*path, "group"), near, what="group", value=other)
                elif other is not None and self.scope.full(name) in words.nested(
                    groups, self.scope.full(other)
                ):
                    self.problem("S207", (*path, "group"), value=name)

    def prepare(self) -> None:
        """Name the facts that are worked out before any rule is read."""
        for name, shape in self.shape.get("prepared", {}).items():
            path: locate.Path = ("prepared", name)
            self.name(path, name)
            wanted = prepare.TERMS[shape["kind"]]
            for key in prepare.ALL_TERMS:
                if key in shape and key not in wanted:
                    self.problem("F102", (*path, key), at_key=True, key_name=key)
                elif key not in shape and wanted.get(key):
                    self.problem("F101", path, at_key=True, key_name=key)
            after = self.date_name(shape["after"], (*path, "after")) if "after" in shape else None
            made = prepare.terms(name, shape, after, self.sources(shape["source"], (*path, "source")))
            self.prepared.append(made)
            prepare.declare(made, self.scope.project, self.vocabulary)

    def derive(self) -> None:
        for name, shape in self.shape.get("derived", {}).items():
            self.name(("derived", name), name)
            label = text_of(shape["label"]) if "label" in shape else {"en": name}
            shown = shape.get("shown", False)
            derived = Derived(name, None, label, adjustable=shape.get("adjustable", False), shown=shown)
            derived.tree = self.expression(shape["value"], ("derived", name, "value"))
            derived.type = derived.tree.type
            self.scope.derived[name] = derived

    # -- rules ----------------------------------------------------------------------------------------

    def rule(self, index: int, shape: RuleTable) -> Rule:
        path: locate.Path = ("rules", index)
        strengths = {"require": "hard", "prefer": "soft", "judge": "judgement"}
        stated = [key for key in strengths if key in shape]
        self.ordered(shape, path)
        if len(stated) != 1:
            self.problem("S203", path, at_key=True, value=shape["id"])
        kind = stated[0] if stated else "judge"
        constants, types, constant_texts = {}, {}, {}
        for name, raw in shape.get("with", {}).items():
            self.name((*path, "with", name), name)
            where = (*path, "with", name)
            if raw == "unknown":
                self.problem("F104", where, kind="figure", value=raw)
            constants[name] = self.figure(raw, kind_of(raw), where)
            types[name], constant_texts[name] = self.type_of(kind_of(raw), where), str(raw)
        clause = None
        local = dict(types)
        if "each" in shape:
            clause, faults = reader.each(shape["each"], self.scope, types)
            self.faults(faults, (*path, "each"))
            if clause and clause.source.type.item:
                local[clause.name] = clause.source.type.item
        readable = clause is not None or "each" not in shape
        when = require = None
        if readable and "when" in shape:
            when = Formula(self.expression(shape["when"], (*path, "when"), "truth", local))
        if readable and kind != "judge":
            text = shape["require"] if kind == "require" else shape.get("prefer", "")
            require = Formula(self.expression(text, (*path, kind), "truth", local))
        for key in ("title", "judge", "note"):
            self.placeholders(shape.get(key), (*path, key), constants)
        made = Rule(
            shape["id"], text_of(shape["title"]), strengths[kind], clause,
            Formula(clause.source) if clause else None,
            Formula(clause.condition) if clause and clause.condition else None,
            when, require, constants, constant_texts, frozenset(),
            self.sources(shape["source"], (*path, "source")), shape.get("from"), shape.get("until"),
            self.date_name(shape.get("on", "submitted"), (*path, "on")),
            self.evidence(shape.get("evidence", ()), path),
            text_of(shape["judge"]) if "judge" in shape else None,
            text_of(shape["note"]) if "note" in shape else None,
        )  # fmt: skip
        return made._replace(reads=frozenset().union(*map(tree.values_read, made.trees)))

    def class_of(self, index: int, shape: Any) -> Class:
        path: locate.Path = ("classes", index)
        return Class(
            shape["id"], text_of(shape["title"]),
            Formula(self.expression(shape["when"], (*path, "when"), "truth")),
            self.sources(shape["source"], (*path, "source")),
            text_of(shape["note"]) if "note" in shape else None,
        )  # fmt: skip

    def evidence(self, names: Sequence[str], path: locate.Path) -> tuple[str, ...]:
        """The facts that must be shown."""
        known = [*self.scope.own, *self.scope.project.facts]
        for i, name in enumerate(names):
            if name not in known:
                self.problem("F115", (*path, "evidence", i), nearest(name, known), what="fact", value=name)
        return tuple(names)

    def placeholders(self, text: Any, path: locate.Path, constants: Mapping[str, Any]) -> None:
        """The blanks of a text must be values of the scheme, in every language."""
        for lang, words_ in (text or {}).items():
            try:
                names = blanks(words_)
            except ValueError:
                names = ["{"]
            for name in names:
                if name not in self.scope.values and name not in constants:
                    near = nearest(name, [*self.scope.values, *constants])
                    at = max(words_.find(f"{{{name.rstrip(':')}") + 1, 0)
                    span = (at, at + max(len(name), 1))
                    self.problems.append(
                        self.document.problem("R203", (*path, lang), near, within=span, value=name)
                    )

    def disputes(self, values: Mapping[str, Dated]) -> None:
        combinations = 1
        for dated in values.values():
            combinations *= max((len(version.readings) for version in dated.versions), default=1) or 1
        if combinations > MOST_READINGS:
            self.problem("S205", ("values",), at_key=True, limit=str(MOST_READINGS))

    def gaps(self) -> tuple[Gap, ...]:
        known = [rule["id"] for rule in self.shape.get("rules", ())] + self.facts_and_derived()
        for i, gap in enumerate(self.shape.get("gaps", ())):
            self.ordered(gap, ("gaps", i))
            for j, name in enumerate(gap.get("affects", ())):
                if name not in known:
                    path = ("gaps", i, "affects", j)
                    self.problem("F115", path, nearest(name, known), what="rule", value=name)
        return tuple(
            Gap(text_of(gap["about"]), tuple(gap.get("affects", ())), gap.get("from"), gap.get("until"))
            for gap in self.shape.get("gaps", ())
        )


def _copy(project: RecordType) -> RecordType:
    """The project's type, to which a scheme's prepared facts and lists can be added."""
    made = RecordType(project.name, project.list_name, project.label)
    made.facts, made.records, made.derived = dict(project.facts), dict(project.records), dict(project.derived)
    return made
