"""A scheme: the shape of its file, and the rules, values and tables that are read from it."""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import itertools
import re
import string
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ipcalc import library
from ipcalc.funding import vocabulary as words
from ipcalc.funding.model import Call, Dated, Gap, Rule, Scheme, Suspension, Version
from ipcalc.funding.project import Reading, answers_shape
from ipcalc.funding.shape import (
    RuleTable,
    SchemeTable,
    ValueTable,
)  # fmt: skip
from ipcalc.funding.vocabulary import Group, Vocabulary, day_of
from ipcalc.inputs import shapes, toml
from ipcalc.inputs.diagnostics import Diagnostic, Refused, refuse
from ipcalc.inputs.toml import Document, Fault
from ipcalc.quantity import Duration, Quantity, Unreadable, nearest, read, to_minor, type_name
from ipcalc.rules import evaluate, reader, tree
from ipcalc.rules.types import ERROR, Derived, TableType, Type
from ipcalc.texts import Text

if TYPE_CHECKING:
    from ipcalc.inputs import locate

MOST_READINGS = 16  # combinations of disputed values


def find(name: str) -> Document:
    """The document of a scheme: by its id among the shipped ones, or by the path of a ``.toml`` file."""
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
    return _Builder(document, vocabulary, shapes.validate(SchemeTable, document)).build()


def _blanks(text: str) -> list[str]:
    """The names of a text's blanks; with one of Python's formats behind it, a blank is no name of ours."""
    parts = string.Formatter().parse(text)
    return [f"{name}:" if form or how else name for _, name, form, how in parts if name is not None]


_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d)", re.ASCII)


class _Builder:
    """Reads a file whose shape is right; collects every further problem before it gives up."""

    def __init__(self, document: Document, vocabulary: Vocabulary, shape: SchemeTable) -> None:
        self.document = document
        self.vocabulary = vocabulary
        self.shape = shape
        self.problems: list[Diagnostic] = []
        self.scope = vocabulary.scope()

    def build(self) -> Scheme:
        shape = self.shape
        stages = {name: _text(stage["label"]) for name, stage in shape.get("stages", {}).items()}
        roles = {name: _text(role["label"]) for name, role in shape.get("roles", {}).items()}
        self.scope.listed = {"stages": tuple(stages), "roles": tuple(roles)}
        groups = self.groups()
        own = {f"own.{name}": words.fact(f"own.{name}", f) for name, f in shape.get("facts", {}).items()}
        self.scope.own = own
        for name in shape.get("facts", {}):
            self.name(("facts", name), name, bare=False)
        values = self.values()
        tables = self.tables()
        self.derive()
        rules = tuple(self.rule(i, rule) for i, rule in enumerate(shape["rules"]))
        self.disputes(values)
        calls, gaps, suspended = self.calls(), self.gaps(), self.suspensions()
        self.zone(calls)
        self.unique(shape["rules"], "rules")
        if self.problems:
            raise Refused(self.problems)
        reading = Reading(
            shape["id"], shape["currency"], frozenset(stages), frozenset(roles), own,
            answers_shape(own, self.vocabulary),
        )  # fmt: skip
        text = "\0".join([self.document.text, *sorted(set(self.document.overlaid.values()))])
        return Scheme(
            self.document, self.vocabulary, shape["id"], _text(shape["name"]), _text(shape["authority"]),
            shape["currency"], shape.get("zone"), shape["reviewed"], shape["sources"], calls,
            suspended,
            stages, roles, groups, reading, values, tables, rules, gaps, tuple(shape.get("examples", ())),
            hashlib.sha256(text.encode()).hexdigest(),
        )  # fmt: skip

    # -- problems -------------------------------------------------------------------------------------

    def problem(
        self, code: str, path: locate.Path, near: str = "", *, at_key: bool = False, **args: Any
    ) -> None:
        self.problems.append(self.document.problem(code, path, near, at_key=at_key, **args))

    def unique(self, items: Any, name: str) -> None:
        first: dict[str, int] = {}
        for i, item in enumerate(items):
            j = first.setdefault(item["id"], i)
            if j != i:
                path, also = (name, i, "id"), (name, j, "id")
                self.problems.append(self.document.problem("F112", path, value=item["id"], also=also))

    def name(self, path: locate.Path, name: str, *, bare: bool = True) -> None:
        """A name that rules use must be one they can."""
        reason = reader.check_name(name)
        if not reason and bare and name in self.scope.bare_names() | self.scope.sections():
            reason = "taken"
        if reason:
            self.problem("R209", path, at_key=True, value=name, reason=reason)

    def sources(self, names: Any, path: locate.Path) -> tuple[str, ...]:
        """Source ids, each of which must be defined."""
        found = words.sources(names)
        if not found:
            self.problem("F101", path, key_name="source")
        for i, name in enumerate(found):
            if name not in self.shape["sources"]:
                at = path if isinstance(names, str) else (*path, i)
                self.problem("F115", at, nearest(name, self.shape["sources"]), what="source", value=name)
        return found

    def ordered(self, shape: Mapping[str, Any], path: locate.Path) -> None:
        """A range of dates must not end before it begins."""
        first, until = shape.get("from"), shape.get("until")
        if first and until and until < first:
            self.problem("F116", (*path, "until"), first=str(first), last=str(until))

    def date_name(self, name: str, path: locate.Path) -> str:
        """The name of a project's date, which must be one it can state."""
        if name not in self.vocabulary.dates:
            self.problem("F115", path, nearest(name, self.vocabulary.dates), what="date", value=name)
        return name

    def zone(self, calls: tuple[Call, ...]) -> None:
        """Where a call opens or closes at a time of day, its time zone must be one that is known."""
        name = self.shape.get("zone", "")
        if name and any(isinstance(end, datetime.datetime) for c in calls for end in (c.opens, c.closes)):
            try:
                words.zone_of(name)
            except Refused as error:
                near = error.diagnostics[0].near
                self.problem("F115", ("zone",), near, what="zone", value=name)

    # -- parts ----------------------------------------------------------------------------------------

    def groups(self) -> dict[str, Group]:
        groups = dict(self.vocabulary.groups)
        for name, shape in self.shape.get("groups", {}).items():
            self.name(("groups", name), name)
            groups[name] = words.group(shape)
            self.scope.groups[name] = groups[name].label
            self.sources(shape["source"], ("groups", name, "source"))
        for name, shape in self.shape.get("groups", {}).items():
            for i, member in enumerate(shape["members"]):
                path: locate.Path = ("groups", name, "members", i)
                self.one_of(member, ("id", "group"), path)
                self.ordered(member, path)
                other = member.get("group")
                if other is not None and other not in groups:
                    near = nearest(other, groups)
                    self.problem("F115", (*path, "group"), near, what="group", value=other)
                elif other is not None and name in words.nested(groups, other):
                    self.problem("S207", (*path, "group"), value=name)
        return groups

    def one_of(self, shape: Mapping[str, Any], keys: tuple[str, ...], path: locate.Path) -> bool:
        """Exactly one of some keys must be there."""
        stated = [key for key in keys if key in shape]
        if len(stated) != 1:
            code = "F121" if stated else "F114"
            self.problem(code, path, at_key=True, allowed=", ".join(stated or keys))
        return len(stated) == 1

    def values(self) -> dict[str, Dated]:
        found = {}
        for name, shape in self.shape.get("values", {}).items():
            self.name(("values", name), name)
            found[name] = self.value(name, shape)
            self.scope.values[name] = found[name].type
        return found

    def value(self, name: str, shape: ValueTable) -> Dated:
        path: locate.Path = ("values", name)
        single = {k: v for k, v in shape.items() if k not in ("label", "type", "at", "note")}
        if "at" in shape and single:
            self.problem("F102", (*path, next(iter(single))), at_key=True, key_name=next(iter(single)))
        stated: Any = shape.get("at", [single])
        kind: str | None = shape.get("type")
        versions: list[Version] = []
        for i, version in enumerate(stated):
            at = (*path, "at", i) if "at" in shape else path
            readings = []
            self.ordered(version, at)
            for where, raw, source in self.stated(version, at):
                kind = kind or _kind(raw)
                value = self.figure(raw, kind, where)
                readings.append((value, source, str(raw) if not isinstance(raw, bool) else str(raw).lower()))
            if not readings:
                continue
            versions.append(
                Version(version.get("from"), version.get("until"), version.get("call"), tuple(readings))
            )
            if version.get("call") and version["call"] not in {c["id"] for c in self.shape.get("calls", ())}:
                self.problem("F115", (*at, "call"), what="call", value=version["call"])
        self.overlaps(versions, path)
        figures = [figure for version in versions for figure, _, _ in version.readings]
        unit = next((figure.unit for figure in figures if isinstance(figure, Duration)), "")
        return Dated(_text(shape["label"]), self.type_of(kind, path, unit), tuple(versions))

    def type_of(self, kind: str | None, path: locate.Path, unit: str = "") -> Type:
        """The type of figures of a kind; of none, where what is wrong with them has been said."""
        if kind in (None, "figure"):
            if kind is None and not self.problems:
                self.problem("F101", path, at_key=True, key_name="type")
            return ERROR
        return Type(str(kind), unit=unit)

    def stated(self, version: Any, at: locate.Path) -> Iterator[tuple[locate.Path, Any, tuple[str, ...]]]:
        """The readings of a version: one, or those of a dispute."""
        if not self.one_of(version, ("value", "either"), at):
            return
        if "value" in version:
            source: tuple[str, ...] = ()
            if "source" in version:
                source = self.sources(version["source"], (*at, "source"))
            else:
                self.problem("F101", at, at_key=True, key_name="source")
            yield (*at, "value"), version["value"], source
        elif len(version["either"]) < 2:
            self.problem("F106", (*at, "either"), key="either", limit="≥ 2")
        else:
            for i, one in enumerate(version["either"]):
                below = (*at, "either", i)
                yield (*below, "value"), one["value"], self.sources(one["source"], (*below, "source"))

    def figure(self, raw: Any, kind: str | None, path: locate.Path) -> Any:
        """A figure as rules use it; None where the source's own figure is unknown."""
        if raw == "unknown" or kind is None:
            return None
        wanted = {"truth": bool, "date": datetime.date, "text": str}.get(kind)
        try:
            if kind == "figure":
                raise Unreadable("F104", kind=kind, value=raw)
            if wanted:
                if not isinstance(raw, wanted):
                    raise Unreadable("F103", wanted=kind, got=type_name(raw))
                return shapes.day(raw) if kind == "date" else raw
            quantity: Quantity = read(kind, raw)
            if kind == "money":
                if quantity.unit not in (None, self.shape["currency"]):
                    raise Unreadable("F119", value=str(quantity.unit), known=self.shape["currency"])
                assert not isinstance(quantity.value, tuple)
                return to_minor(quantity.value, self.shape["currency"])
            return quantity.value
        except Unreadable as error:
            self.problems.append(self.document.unreadable(path, error))
            return None

    def overlaps(self, versions: list[Version], path: locate.Path) -> None:
        """Two dated versions in force on one day would be a figure in the dark."""
        for (_, a), (j, b) in itertools.combinations(enumerate(versions), 2):
            if a.call != b.call:
                continue
            dated = [(v.first or datetime.date.min, v.until) for v in (a, b)]
            early, late = sorted(dated, key=lambda version: version[0])
            if early[0] == late[0] or (early[1] is not None and early[1] >= late[0]):
                self.problem("S204", (*path, "at", j), at_key=True, value=str(path[-1]))

    def tables(self) -> dict[str, Dated]:
        found = {}
        for name, shape in self.shape.get("tables", {}).items():
            path: locate.Path = ("tables", name)
            self.name(path, name)
            kind: str | None = shape.get("type")
            versions: list[Version] = []
            for i, version in enumerate(shape["at"]):
                self.ordered(version, (*path, "at", i))
                cells: dict[tuple[str, ...], Any] = {}
                for keys, raw in _cells(version["rows"]):
                    where = (*path, "at", i, "rows", *keys)
                    if len(keys) != len(shape["keys"]):
                        self.problem(
                            "R208", where, at_key=True, function=name, wanted=str(len(shape["keys"]))
                        )
                        continue
                    kind = kind or _kind(raw)
                    value = self.figure(raw, kind, where)
                    if value is not None:
                        cells[keys] = value
                source = self.sources(version["source"], (*path, "at", i, "source"))
                versions.append(
                    Version(version.get("from"), version.get("until"), None, ((cells, source, ""),))
                )
            self.overlaps(versions, path)
            found[name] = Dated(_text(shape["label"]), self.type_of(kind, path), tuple(versions))
            key_type = Type("text")
            self.scope.tables[name] = TableType((key_type,) * len(shape["keys"]), found[name].type)
        return found

    def derive(self) -> None:
        for name, shape in self.shape.get("derived", {}).items():
            self.name(("derived", name), name)
            label = _text(shape["label"]) if "label" in shape else {"en": name}
            derived = Derived(name, None, label, adjustable=shape.get("adjustable", False))
            derived.tree = self.expression(shape["value"], ("derived", name, "value"))
            derived.type = derived.tree.type
            self.scope.derived[name] = derived

    def expression(
        self, text: str, path: locate.Path, wanted: str | None = None, local: Mapping[str, Type] | None = None
    ) -> tree.Node:
        node, faults = reader.expression(text, self.scope, wanted, local)
        self.faults(faults, path)
        return node

    def faults(self, faults: list[Fault], path: locate.Path) -> None:
        self.problems += (self.document.fault(path, fault) for fault in faults)

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
            constants[name] = self.figure(raw, _kind(raw), where)
            types[name], constant_texts[name] = self.type_of(_kind(raw), where), str(raw)
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
            when = self.expression(shape["when"], (*path, "when"), "truth", local)
        if readable and kind != "judge":
            text = shape["require"] if kind == "require" else shape.get("prefer", "")
            require = self.expression(text, (*path, kind), "truth", local)
        trees = tuple(
            node for node in (clause and clause.source, clause and clause.condition, when, require) if node
        )
        for key in ("title", "judge", "note"):
            self.placeholders(shape.get(key), (*path, key), constants)
        return Rule(
            shape["id"], _text(shape["title"]), strengths[kind], clause,
            evaluate.compile(clause.source) if clause else None,
            evaluate.compile(clause.condition) if clause and clause.condition else None,
            evaluate.compile(when) if when else None,
            evaluate.compile(require) if require else None,
            require, trees, constants, constant_texts,
            frozenset().union(*(tree.values_read(node) for node in trees)),
            self.sources(shape["source"], (*path, "source")), shape.get("from"), shape.get("until"),
            self.date_name(shape.get("on", "submitted"), (*path, "on")),
            self.evidence(shape.get("evidence", ()), path),
            _text(shape["judge"]) if "judge" in shape else None,
            _text(shape["note"]) if "note" in shape else None,
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
                names = _blanks(words_)
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

    def calls(self) -> tuple[Call, ...]:
        found = []
        self.unique(self.shape.get("calls", ()), "calls")
        for i, call in enumerate(self.shape.get("calls", ())):
            source = self.sources(call["source"], ("calls", i, "source"))
            opens, closes = (self.moment(call[key], ("calls", i, key)) for key in ("opens", "closes"))
            if opens is None or closes is None:
                continue
            if _reversed(opens, closes):
                self.problem("F116", ("calls", i, "closes"), first=str(opens), last=str(closes))
            found.append(Call(call["id"], opens, closes, source))
        return tuple(found)

    def moment(self, raw: Any, path: locate.Path) -> datetime.date | None:
        """A day, or ``"2024-04-24 11:00"`` in the scheme's zone; None where it is neither."""
        read: Any = raw
        if isinstance(raw, str) and (match := _MOMENT.fullmatch(raw)):
            if "zone" not in self.shape:
                self.problem("F101", (), key_name="zone")
            with contextlib.suppress(ValueError):
                read = datetime.datetime.fromisoformat(f"{match[1]} {match[2]}")
        try:
            return shapes.day(raw) if read is raw else shapes.moment(read)
        except Unreadable as error:
            self.problems.append(self.document.unreadable(path, error))
            return None

    def suspensions(self) -> tuple[Suspension, ...]:
        found = []
        for i, shape in enumerate(self.shape.get("suspended", ())):
            path = ("suspended", i)
            self.sources(shape["source"], (*path, "source"))
            self.ordered(shape, path)
            on = self.date_name(shape.get("on", "submitted"), (*path, "on"))
            found.append(Suspension(shape["from"], shape.get("until"), on))
        return tuple(found)

    def gaps(self) -> tuple[Gap, ...]:
        known = [rule["id"] for rule in self.shape["rules"]] + self.facts_and_derived()
        for i, gap in enumerate(self.shape.get("gaps", ())):
            self.ordered(gap, ("gaps", i))
            for j, name in enumerate(gap.get("affects", ())):
                if name not in known:
                    path = ("gaps", i, "affects", j)
                    self.problem("F115", path, nearest(name, known), what="rule", value=name)
        return tuple(
            Gap(_text(gap["about"]), tuple(gap.get("affects", ())), gap.get("from"), gap.get("until"))
            for gap in self.shape.get("gaps", ())
        )

    def facts_and_derived(self) -> list[str]:
        """What a gap may affect besides rules: facts and derived facts, those of a record by its name."""
        project = self.scope.project
        found = [*self.scope.own, *self.scope.derived, *project.facts, *project.derived]
        for record in project.records.values():
            found += (f"{record.name}.{name}" for name in (*record.facts, *record.derived))
        return found


def _text(text: Text) -> Mapping[str, str]:
    return text  # type: ignore[return-value]


def _reversed(first: datetime.date, last: datetime.date) -> bool:
    """Whether an end comes before its beginning; either may carry a time of day."""
    if isinstance(first, datetime.datetime) and isinstance(last, datetime.datetime):
        return last < first
    return day_of(last) < day_of(first)


_KINDS = (
    ("share", re.compile(r"%$|^\d+ ?/ ?\d+$")),
    ("ratio", re.compile(r"^[\d.,_]+ ?: ?[\d.,_]+$")),
    ("duration", re.compile(r"^\d+ (day|week|month|year)s?$")),
    ("money", re.compile(r"^[A-Za-z$£€¥]{1,5} ?\d")),
)


def _kind(raw: Any) -> str | None:
    """The kind of figure that a raw value is, where its type isn't stated; None where it can't tell.

    A text must be stated to be one: else it is a figure that is written wrongly.
    """
    if raw == "unknown":
        return None
    if isinstance(raw, bool):
        return "truth"
    if isinstance(raw, datetime.date):
        return "date"
    if isinstance(raw, str):
        return next((kind for kind, sign in _KINDS if sign.search(raw)), "figure")
    return "number"


def _cells(rows: Mapping[str, Any], keys: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    for key, below in rows.items():
        if isinstance(below, dict):
            yield from _cells(below, (*keys, key))
        else:
            yield (*keys, key), below
