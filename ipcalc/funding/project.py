"""A project: the shape that follows from the vocabulary, and its facts as a scheme's rules read them."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic_core import core_schema as cs

from ipcalc.funding import vocabulary as words
from ipcalc.funding.shape import EvidenceTable, IncompleteTable, JudgementTable, RateTable
from ipcalc.funding.vocabulary import Vocabulary
from ipcalc.inputs import shapes
from ipcalc.inputs.diagnostics import Diagnostic, Refused
from ipcalc.inputs.toml import Document
from ipcalc.quantity import Quantity, Unreadable, currencies, nearest, percent, plain, to_minor
from ipcalc.rules.types import NAMED, OTHER, Fact, RecordType, Type
from ipcalc.rules.values import Items, Missing, Record, Unknown

if TYPE_CHECKING:
    from ipcalc.inputs import locate

FORMAT = 1
MOST_ITEMS = 1_000  # of a list of records


class Project(NamedTuple):
    """A project that was read. ``data`` is in the shape that the vocabulary gives."""

    document: Document
    vocabulary: Vocabulary
    data: Mapping[str, Any]
    hash: str

    @property
    def title(self) -> str:
        """The project's title."""
        return str(self.data["project"]["title"])

    @property
    def currency(self) -> str:
        """The currency of amounts that name none."""
        return str(self.data["project"]["currency"])

    @property
    def schemes(self) -> tuple[str, ...]:
        """The schemes that the project says it is for."""
        return tuple(self.data["project"].get("schemes", ()))

    @property
    def dates(self) -> Mapping[str, datetime.date]:
        """The named dates that are stated; one may carry a time."""
        found: Mapping[str, datetime.date] = self.data["project"].get("dates", {})
        return found


def read(document: Document, vocabulary: Vocabulary | None = None) -> Project:
    """A project from its document. Raises ``Refused`` with everything that is wrong with it."""
    vocabulary = vocabulary or words.shipped()
    data = shapes.check(shape(vocabulary), document)
    project = Project(document, vocabulary, data, _hash(document))
    if problems := list(_problems(project)):
        raise Refused(problems)
    return project


def _hash(document: Document) -> str:
    """The hash of the text, and, where values were laid over it, of the data that they made."""
    said = f"{document.text}\0{document.data!r}" if document.overlaid else document.text
    return hashlib.sha256(said.encode()).hexdigest()


def recognise(project: Project, schemes: Collection[str], own: Collection[str] = ()) -> None:
    """Refuse what a project says to a scheme, or shows of a fact, that there isn't (S201, F115): misspelt, it
    would be passed over. ``schemes`` are the ids there are, ``own`` the facts that those checked ask for.
    """
    data, document = project.data, project.document
    said: list[tuple[locate.Path, str]] = [(("answers", name), name) for name in data.get("answers", {})]
    said += ((("judgements", i, "scheme"), one["scheme"]) for i, one in enumerate(data.get("judgements", ())))
    problems = [
        document.problem("S201", path, nearest(name, schemes), at_key=path[0] == "answers", value=name)
        for path, name in said
        if name not in schemes
    ]
    root = project.vocabulary.project
    facts = {*root.facts, *(f.path for record in root.records.values() for f in record.facts.values())}
    for i, one in enumerate(data.get("evidence", ())):
        name = one["fact"]
        if name not in facts and name not in own:
            near = nearest(name, [*facts, *own]) or nearest(f"own.{name}", own)
            problems.append(document.problem("F115", ("evidence", i, "fact"), near, what="fact", value=name))
    if problems:
        raise Refused(problems)


# -- the shape ----------------------------------------------------------------------------------------


def shape(vocabulary: Vocabulary) -> shapes.Shape:
    """The shape of a project, from the vocabulary's declarations."""
    sections: dict[str, dict[str, cs.TypedDictField]] = {}
    for path, fact in vocabulary.project.facts.items():
        section, _, name = path.partition(".")
        sections.setdefault(section, {})[name] = _field(fact, vocabulary)
    dates = {name: _optional(shapes.core_of(shapes.Moment), fact) for name, fact in vocabulary.dates.items()}
    project = {
        "title": cs.typed_dict_field(shapes.core_of(shapes.Name), required=True),
        "currency": cs.typed_dict_field(shapes.core_of(shapes.Currency), required=True),
        "schemes": cs.typed_dict_field(shapes.core_of(list[shapes.Ident]), required=False),
        "dates": cs.typed_dict_field(_table(dates), required=False),
    }
    parts: dict[str, Any] = {
        "incomplete": IncompleteTable,
        "rates": dict[str, RateTable],
        "judgements": list[JudgementTable],
        "evidence": list[EvidenceTable],
        "answers": dict[str, shapes.Anything],
    }
    fields = {
        "format": cs.typed_dict_field(shapes.core_of(shapes.format_up_to(FORMAT)), required=False),
        "project": cs.typed_dict_field(_table(project), required=True),
        **{name: cs.typed_dict_field(_table(below), required=False) for name, below in sections.items()},
        **{
            name: cs.typed_dict_field(_records(record, vocabulary), required=False)
            for name, record in vocabulary.project.records.items()
        },
        **{name: cs.typed_dict_field(shapes.core_of(part), required=False) for name, part in parts.items()},
    }
    return shapes.Shape(_table(fields))


def _table(fields: Mapping[str, cs.TypedDictField]) -> cs.CoreSchema:
    return cs.typed_dict_schema(dict(fields), extra_behavior="forbid")


def _optional(schema: cs.CoreSchema, fact: Fact) -> cs.TypedDictField:
    described = {"title": fact.label["en"], "description": " · ".join(fact.ask.values())}
    if own := schema.get("metadata", {}).get("pydantic_js_functions"):
        described = {**own[0](schema, None), **described}
        functions = {"pydantic_js_functions": [lambda _schema, _handler: dict(described)]}
        return cs.typed_dict_field({**schema, "metadata": functions}, required=False)
    metadata = {**schema.get("metadata", {}), "pydantic_js_updates": described}
    return cs.typed_dict_field({**schema, "metadata": metadata}, required=False)


def _field(fact: Fact, vocabulary: Vocabulary) -> cs.TypedDictField:
    return _optional(value_schema(fact.type, vocabulary), fact)


def value_schema(kind: Type, vocabulary: Vocabulary) -> cs.CoreSchema:
    """The core schema of a fact's value."""
    if kind.kind == "list" and kind.item:
        return cs.list_schema(value_schema(kind.item, vocabulary), strict=True, max_length=100)
    if kind.kind == "choice":
        return cs.literal_schema(list(kind.choices)) if kind.choices else shapes.core_of(shapes.Ident)
    if kind.kind in NAMED:
        named = vocabulary.named[kind.kind]
        examples = [*named.ids, OTHER]
        return shapes.Via(named.id_of, {"type": "string", "examples": examples}).core()
    if kind.kind == "truth":
        return shapes.core_of(bool)
    if kind.kind == "date":
        return shapes.core_of(shapes.Day)
    if kind.kind == "text":
        return shapes.core_of(shapes.Name)
    return shapes.not_negative(kind.kind).core()


def _records(record: RecordType, vocabulary: Vocabulary) -> cs.CoreSchema:
    fields = {name: _field(fact, vocabulary) for name, fact in record.facts.items() if name != "id"}
    fields["id"] = cs.typed_dict_field(shapes.core_of(shapes.Ident), required=False)
    for name, below in record.records.items():
        fields[name] = cs.typed_dict_field(_records(below, vocabulary), required=False)
    return cs.list_schema(_table(fields), strict=True, max_length=MOST_ITEMS)


def answers_shape(own: Mapping[str, Fact], vocabulary: Vocabulary) -> shapes.Shape:
    """The shape of what a project answers to one scheme: its own facts, and facts laid over records."""
    fields = {path.partition(".")[2]: _field(fact, vocabulary) for path, fact in own.items()}
    for name, record in vocabulary.project.records.items():
        over = {key: _field(fact, vocabulary) for key, fact in record.facts.items() if key != "id"}
        fields[name] = cs.typed_dict_field(
            cs.dict_schema(cs.str_schema(), _table(over), strict=True), required=False
        )
    return shapes.Shape(_table(fields))


# -- what a shape can't say ---------------------------------------------------------------------------


def _problems(project: Project) -> Iterator[Diagnostic]:
    document, data = project.document, project.data
    yield from _amounts(document, data, project.currency, ())
    yield from _rates(document, data.get("rates", {}))
    for name, record in project.vocabulary.project.records.items():
        yield from _items(document, record, data.get(name, ()), (name,))
    applicant = data.get("applicant", {})
    body = project.vocabulary.bodies.get(applicant.get("body", ""))
    if body and applicant.get("type", body.type) != body.type:
        stated = applicant["type"]
        path = ("applicant", "type")
        yield document.problem("F118", path, key="type", stated=stated, known=body.type, source=body.id)
    yield from _holdings(document, data.get("holdings", ()))
    for i, name in enumerate(data.get("incomplete", {}).get("lists", ())):
        if name not in project.vocabulary.project.records:
            near = nearest(name, project.vocabulary.project.records)
            yield document.problem("F115", ("incomplete", "lists", i), near, what="list", value=name)


def _items(document: Document, record: RecordType, items: Any, path: locate.Path) -> Iterator[Diagnostic]:
    """Ids that stand twice (an item without one goes by its number), and periods that end too early."""
    first: dict[str, int] = {}
    for i, item in enumerate(items):
        j = first.setdefault(id_of(item, i), i)
        if j != i:
            one, other = ((*path, k, "id") for k in (i, j))
            yield document.problem("F112", one, value=id_of(item, i), also=other)
        yield from _period(document, item, (*path, i, "end"))
        for name, below in record.records.items():
            yield from _items(document, below, item.get(name, ()), (*path, i, name))


def _holdings(document: Document, holdings: Sequence[Mapping[str, Any]]) -> Iterator[Diagnostic]:
    """Of nobody can more be held than all."""
    held: dict[str, Fraction] = {}
    for i, one in enumerate(holdings):
        if "of" in one and "share" in one:
            before = held.get(one["of"], Fraction(0))
            total = held[one["of"]] = before + one["share"].value
            if before <= 1 < total:
                path = ("holdings", i, "share")
                yield document.problem("F122", path, value=one["of"], total=percent(total))


def _period(document: Document, item: Mapping[str, Any], path: locate.Path) -> Iterator[Diagnostic]:
    if "start" in item and "end" in item and item["end"] < item["start"]:
        yield document.problem("F116", path, first=str(item["start"]), last=str(item["end"]))


def _rates(document: Document, rates: Mapping[str, RateTable]) -> Iterator[Diagnostic]:
    """Rates that name no two currencies, can't be one, or contradict the same rate the other way round."""
    earlier: dict[str, Fraction] = {}
    for pair, rate in rates.items():
        codes = pair.split("/")
        if len(codes) != 2:
            yield document.problem("F104", ("rates", pair), at_key=True, kind="rate", value=pair)
        for code in codes if len(codes) == 2 else ():
            if code not in currencies():
                near = nearest(code, currencies())
                yield document.problem("F108", ("rates", pair), near, at_key=True, value=code)
        if rate["value"].value <= 0:  # type: ignore[operator]
            yield document.problem("F106", ("rates", pair, "value"), key="value", limit="> 0")
            continue
        value, other = Fraction(rate["value"].value), "/".join(reversed(codes))  # type: ignore[arg-type]
        if other in earlier and value * earlier[other] != 1:
            known = plain(1 / earlier[other])
            path = ("rates", pair, "value")
            yield document.problem("F118", path, key=pair, stated=plain(value), known=known, source=other)
        earlier[pair] = value


def _amounts(document: Document, node: Any, currency: str, path: locate.Path) -> Iterator[Diagnostic]:
    """Amounts finer than their currency's minor unit."""
    if isinstance(node, Quantity):
        if node.kind == "money":
            try:
                to_minor(node.value, node.unit or currency)  # type: ignore[arg-type]
            except Unreadable as error:
                yield document.unreadable(path, error)
    elif isinstance(node, dict | list):
        for key, below in node.items() if isinstance(node, dict) else enumerate(node):
            if key != "answers" or path:
                yield from _amounts(document, below, currency, (*path, key))


# -- the facts as a scheme reads them -----------------------------------------------------------------


class Reading:
    """Whose eyes a project is read with: a scheme's id, currency, stages and roles, and its own facts."""

    __slots__ = ("_answers", "currency", "own", "roles", "scheme", "stages")

    def __init__(
        self,
        scheme: str,
        currency: str,
        stages: frozenset[str],
        roles: frozenset[str],
        own: Mapping[str, Fact],
    ) -> None:
        self.scheme = scheme
        self.currency = currency
        self.stages = stages
        self.roles = roles
        self.own = own
        self._answers: shapes.Shape | None = None

    def answers(self, vocabulary: Vocabulary) -> shapes.Shape:
        """The shape of what a project answers to this scheme alone; made when it is first asked for."""
        if self._answers is None:
            self._answers = answers_shape(self.own, vocabulary)
        return self._answers

    def __reduce__(self) -> tuple[type[Reading], tuple[Any, ...]]:
        return Reading, (self.scheme, self.currency, self.stages, self.roles, self.own)


def facts(project: Project, reading: Reading) -> Record:
    """The project's facts as values, in the scheme's currency. Raises ``Refused`` on a wrong answer."""
    data, vocabulary = project.data, project.vocabulary
    answers = _answers(project, reading)
    convert = _Converter(project, reading)
    values: dict[str, Any] = {}
    for path, fact in vocabulary.project.facts.items():
        section, _, name = path.partition(".")
        if name in data.get(section, {}):
            values[path] = convert.value(data[section][name], fact.type)
    for path, fact in reading.own.items():
        name = path.partition(".")[2]
        if name in answers:
            values[path] = convert.value(answers[name], fact.type)
    if body := vocabulary.bodies.get(values.get("applicant.body", "")):
        for name, known in body.facts().items():
            values.setdefault(f"applicant.{name}", known)
    incomplete = data.get("incomplete", {}).get("lists", ())
    lists: dict[str, Items | Unknown] = {}
    for name, record in vocabulary.project.records.items():
        if name in data:
            made = convert.records(record, data[name], f"{name}.", answers.get(name, {}))
            lists[name] = Items(made, (Missing("list", name),) if name in incomplete else ())
    return Record("project", "", "", values, lists)


def _answers(project: Project, reading: Reading) -> Mapping[str, Any]:
    raw = project.document.data.get("answers", {})
    if reading.scheme not in raw:
        return {}
    at = ("answers", reading.scheme)
    found: Mapping[str, Any] = shapes.check(reading.answers(project.vocabulary), project.document, at=at)
    problems = list(_amounts(project.document, found, project.currency, at))
    for name in project.vocabulary.project.records:
        known = {id_of(item, i): item for i, item in enumerate(project.data.get(name, ()))}
        for key, over in found.get(name, {}).items():
            path = (*at, name, key)
            if key in known:
                last = "end" if "end" in over else "start"
                problems += _period(project.document, {**known[key], **over}, (*path, last))
            else:
                near = nearest(key, known)
                problems.append(
                    project.document.problem("F115", path, near, at_key=True, what="record", value=key)
                )
    if problems:
        raise Refused(problems)
    return found


def misspelt(project: Project, reading: Reading) -> Iterator[Diagnostic]:
    """Stages and roles that are none of the scheme's, but close to one. Others may be another scheme's."""
    answers = project.document.data.get("answers", {}).get(reading.scheme, {})
    words_ = {"stages": ("stage", reading.stages), "roles": ("role", reading.roles)}
    for name, record in project.vocabulary.project.records.items():
        at = ("answers", reading.scheme, name)
        stated: list[tuple[locate.Path, Mapping[str, Any]]] = [
            *(((name, i), item) for i, item in enumerate(project.data.get(name, ()))),
            *(((*at, key), item) for key, item in answers.get(name, {}).items()),
        ]
        for path, item in stated:
            for key, fact in record.facts.items():
                what, known = words_.get((fact.type.item or fact.type).unit, ("", frozenset()))
                said = item.get(key, ())
                for word in said if isinstance(said, list) else (said,) if said else ():
                    if what and word not in known and (near := nearest(word, sorted(known))):
                        yield project.document.problem("F115", (*path, key), near, what=what, value=word)


def id_of(item: Mapping[str, Any], index: int) -> str:
    """What an item of a list goes by: its id, or else its number."""
    return str(item.get("id", index))


class _Converter:
    """Values of a file as values of rules: whole minor units of the scheme's currency, mapped stages."""

    def __init__(self, project: Project, reading: Reading) -> None:
        self.project = project
        self.reading = reading
        self.rates: Mapping[str, RateTable] = project.data.get("rates", {})

    def records(
        self, record: RecordType, items: list[Any], path: str, over: Mapping[str, Any]
    ) -> tuple[Record, ...]:
        made = []
        for i, raw in enumerate(items):
            name = id_of(raw, i)
            item = {**raw, **over.get(name, {})}
            values: dict[str, Any] = {"id": name}
            for key, fact in record.facts.items():
                if key in item and key != "id":
                    values[key] = self.value(item[key], fact.type)
            if body := self.project.vocabulary.bodies.get(values.get("body", "")):
                values = {
                    **{key: known for key, known in body.facts().items() if key in record.facts},
                    **values,
                }
            if "stage" in record.facts and "stage" not in item and name in self.reading.stages:
                values["stage"] = name  # a phase that is called as a stage is that stage
            own_path = f"{path}{name}."
            lists: dict[str, Items | Unknown] = {
                below: Items(self.records(sub, item[below], f"{own_path}{below}.", {}))
                for below, sub in record.records.items()
                if below in item
            }
            made.append(Record(record.name, name, own_path, values, lists))
        return tuple(made)

    def value(self, raw: Any, kind: Type) -> Any:
        """A value; None (unknown) for a stage or role that is another scheme's."""
        if isinstance(raw, Quantity):
            return self.money(raw) if raw.kind == "money" else raw.value
        if kind.kind == "list" and kind.item:
            items = [self.value(item, kind.item) for item in raw]
            return None if None in items else Items(tuple(items))
        if kind.unit == "stages":
            return raw if raw in self.reading.stages else None
        if kind.unit == "roles":
            return raw if raw in self.reading.roles else None
        return raw

    def money(self, raw: Quantity) -> Any:
        """Minor units of the scheme's currency; unknown without the rate."""
        assert not isinstance(raw.value, tuple)
        have, want = raw.unit or self.project.currency, self.reading.currency
        if have == want:
            return to_minor(raw.value, want)
        direct, inverse = self.rates.get(f"{have}/{want}"), self.rates.get(f"{want}/{have}")
        if direct is not None:
            factor = Fraction(direct["value"].value)  # type: ignore[arg-type]
        elif inverse is not None:
            factor = 1 / Fraction(inverse["value"].value)  # type: ignore[arg-type]
        else:
            return Unknown((Missing("rate", f"{have}/{want}"),))
        return Fraction(raw.value) * factor * 10 ** currencies()[want]
