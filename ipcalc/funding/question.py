"""Questions: for a fact of a project, or for how many records there are; and where the answer goes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from ipcalc import texts
from ipcalc.funding.model import Scheme
from ipcalc.funding.project import id_of
from ipcalc.inputs import shapes
from ipcalc.inputs.diagnostics import Diagnostic, Place, Refused
from ipcalc.quantity import nearest
from ipcalc.rules.types import NAMED, OTHER, Fact, RecordType, Type
from ipcalc.rules.values import Missing

if TYPE_CHECKING:
    from ipcalc.funding.check import Result
    from ipcalc.funding.findings import Finding
    from ipcalc.inputs.locate import Path

TITLE = ("project", "title")
SUBMITTED = ("project", "dates", "submitted")
WORDS = ("stages", "roles")  # what each scheme has words of its own for
MENU = 24  # organisations or places that are shown to choose from; of more, a name is typed


class Choice(NamedTuple):
    """One of the words that answer a question."""

    id: str
    names: Mapping[str, str]


class Part(NamedTuple):
    """A record that a question is about: which of how many, and what it is called, as far as is known."""

    label: Mapping[str, str]
    number: int
    of: int
    names: tuple[Mapping[str, str], ...]


class Question(NamedTuple):
    """One thing to ask. ``key`` is its path as people write it; ``reasons`` are what it could settle,
    findings or (None) of which class the project is.

    ``kind`` is the fact's kind (``many``: several of its words), or ``list`` (how many there are), ``moment``
    (a date that may carry a time), ``time`` (of a day that is stated) or ``rate`` (of exchange).
    """

    path: Path
    key: str
    kind: str
    many: bool
    label: Mapping[str, str]
    ask: Mapping[str, str]
    help: Mapping[str, str] | None
    choices: tuple[Choice, ...]
    within: tuple[Part, ...]
    reasons: tuple[tuple[Result, Finding | None], ...] = ()


class Asking(NamedTuple):
    """What questions are asked of: a project's data, and the schemes it is for."""

    data: Mapping[str, Any]
    schemes: tuple[Scheme, ...]

    def missing(self, scheme: Scheme, missing: Missing) -> Question:
        """The question for something that a scheme misses: a fact, a list or an exchange rate.

        A record that is only named somewhere, as a holder of shares is, need not be stated yet. Raises
        ``Refused`` for what nobody states.
        """
        if missing.kind == "rate":
            return self.at(("rates", missing.key))
        section, _, rest = missing.key.partition(".")
        if section == "own":
            return self.at(("answers", scheme.id, rest))
        found = self._at(missing.key.split("."), (scheme,), named=True)
        if found.kind == "list" and self._closed(found.path):
            raise no_such(found.path, ())
        match found.path:
            case (str(name), int(i), str(fact)) if self._elsewhere(name, i, fact):
                path = ("answers", scheme.id, name, id_of(self.data[name][i], i), fact)
                return found._replace(path=path, key=key_of(self.data, path))
        return found

    def _closed(self, path: Path) -> bool:
        """Whether a list is stated, and whole."""
        open_ = self.data.get("incomplete", {}).get("lists", ())
        return get(self.data, path) is not None and path[-1] not in open_

    def _elsewhere(self, name: str, i: int, fact: str) -> bool:
        """Whether what is asked of a record has each scheme's own words, and so can't stand in it."""
        known = self.schemes[0].vocabulary.project.records[name].facts.get(fact)
        own = known is not None and (known.type.item or known.type).unit in WORDS
        return own and (len(self.schemes) > 1 or fact in self.data[name][i])

    def at(self, parts: Sequence[str]) -> Question:
        """The question that a path asks; records go by their id or their number. Raises ``Refused``."""
        return self._at(parts, self.schemes)

    def _at(self, parts: Sequence[str], schemes: tuple[Scheme, ...], *, named: bool = False) -> Question:
        vocabulary = self.schemes[0].vocabulary
        path = tuple(parts)
        if path == TITLE:
            return self._said(path, "text", "title", "title_ask")
        if path[0] == "rates" and len(path) == 2:
            return self._said(path, "rate", "rate", "rate_ask")
        if path[:2] == ("project", "dates") and len(path) == 3 and path[2] in vocabulary.dates:
            return self._fact(path, vocabulary.dates[path[2]], schemes)._replace(kind="moment")
        if path[0] == "answers" and len(path) > 2:
            return self._answer(path)
        if path[0] in vocabulary.project.records:
            return self._record(parts, schemes, named=named)
        if fact := vocabulary.project.facts.get(".".join(path)):
            return self._fact(path, fact, schemes)
        raise no_such(path, [*vocabulary.project.facts, *vocabulary.project.records])

    def _answer(self, path: tuple[str, ...]) -> Question:
        """A fact that one scheme alone asks for, or one that is laid over a record for it."""
        for scheme in self.schemes:
            if scheme.id != path[1]:
                continue
            if len(path) == 3 and (fact := scheme.reading.own.get(f"own.{path[2]}")):
                return self._fact(path, fact, (scheme,))
            if len(path) == 5 and path[2] in scheme.vocabulary.project.records:
                below = self._record(path[2:], (scheme,))
                return below._replace(path=path, key=key_of(self.data, path))
        known = (
            ("answers", one.id, name.partition(".")[2]) for one in self.schemes for name in one.reading.own
        )
        raise no_such(path, [key_of(self.data, one) for one in known])

    def _record(self, parts: Sequence[str], schemes: tuple[Scheme, ...], *, named: bool = False) -> Question:
        """How many records a list has, or a fact of one; ``named``: even of one that isn't there yet."""
        record = self.schemes[0].vocabulary.project
        path: Path = ()
        within: tuple[Part, ...] = ()
        rest = list(parts)
        while rest and rest[0] in record.records:
            path = (*path, rest.pop(0))
            record = record.records[str(path[-1])]
            if not rest:
                key = key_of(self.data, path)
                return Question(path, key, "list", False, record.label, record.ask, None, (), within)
            items = get(self.data, path) or []
            name = rest.pop(0)
            i = index(items, name)
            if i is None and not (named and shapes.is_ident(name)):
                raise no_such(tuple(parts), [key_of(self.data, (*path, n)) for n in range(len(items))])
            item = {"id": name} if i is None else items[i]
            number = len(items) + 1 if i is None else i + 1
            of = max(number, len(items))
            within = (*within, Part(record.label, number, of, _names(item, record, schemes)))
            path = (*path, name if i is None else i)
        if len(rest) == 1 and rest[0] in record.facts:
            return self._fact((*path, rest[0]), record.facts[rest[0]], schemes)._replace(within=within)
        known = (*(name for name in record.facts if name != "id"), *record.records)
        raise no_such(tuple(parts), [key_of(self.data, (*path, name)) for name in known])

    def _fact(self, path: Path, fact: Fact, schemes: tuple[Scheme, ...]) -> Question:
        kind = fact.type.item or fact.type
        return Question(
            path, key_of(self.data, path), kind.kind, fact.type.kind == "list",
            fact.label, fact.ask, fact.help, _choices(fact, kind, schemes), (),
        )  # fmt: skip

    def _said(self, path: Path, kind: str, *words: str) -> Question:
        """A question that no vocabulary has."""
        label, ask = (texts.catalogue("interface")["ask"][word] for word in words)
        return Question(path, key_of(self.data, path), kind, False, label, ask, None, (), ())


def index(items: Sequence[Mapping[str, Any]], name: str) -> int | None:
    """Which record of a list goes by an id or a number."""
    ids = [id_of(item, i) for i, item in enumerate(items)]
    if name in ids:
        return ids.index(name)
    return int(name) if name.isascii() and name.isdecimal() and int(name) < len(items) else None


def _choices(fact: Fact, kind: Type, schemes: tuple[Scheme, ...]) -> tuple[Choice, ...]:
    """The words that answer: yes and no, a choice's, a scheme's stages or roles, a short list of names."""
    if kind.kind == "truth":
        words = texts.catalogue("interface")["words"]
        return Choice("yes", words["yes"]), Choice("no", words["no"])
    if kind.kind in NAMED:
        named = schemes[0].vocabulary.named[kind.kind]
        if len(named.ids) > MENU:
            return ()
        other = Choice(OTHER, texts.catalogue("interface")["ask"]["other"])
        return (*(Choice(one.id, one.name) for one in named.ids.values()), other)
    if kind.unit in WORDS:
        listed = (scheme.stages if kind.unit == "stages" else scheme.roles for scheme in schemes)
        return tuple(Choice(name, label) for names in listed for name, label in names.items())
    return tuple(Choice(word, fact.labels.get(word, {"en": word})) for word in kind.choices or ())


def _names(
    item: Mapping[str, Any], record: RecordType, schemes: tuple[Scheme, ...]
) -> tuple[Mapping[str, str], ...]:
    """What a record is called: its name, its id (or the stage that this is), else its choices."""
    if "name" in item:
        return ({"en": item["name"]},)
    if "id" in item:
        stages = {name: label for scheme in schemes for name, label in scheme.stages.items()}
        return (stages.get(item["id"], {"en": item["id"]}),)
    words = [(fact.labels, item[name]) for name, fact in record.facts.items() if name in item]
    return tuple(labels[word] for labels, word in words if isinstance(word, str) and word in labels)


def no_such(parts: Path, known: Iterable[str]) -> Refused:
    """The error for a path that asks nothing."""
    written = ".".join(map(str, parts))
    near = nearest(written, known)
    return Refused([Diagnostic("F115", {"what": "fact", "value": written}, Place("--answer"), near)])


def get(data: Any, path: Path) -> Any:
    """What stands at a path of a project's data, or None."""
    for part in path:
        if isinstance(data, list):
            i = part if isinstance(part, int) else index(data, part)
            data = None if i is None else data[i]
        else:
            data = data.get(part) if isinstance(data, Mapping) else None
    return data


def at_last(data: Mapping[str, Any], path: Path) -> Path:
    """A path to a record that was only named, by its number if it is there now."""
    for i, part in enumerate(path):
        above = get(data, path[:i])
        if isinstance(above, list) and isinstance(part, str) and (found := index(above, part)) is not None:
            path = (*path[:i], found, *path[i + 1 :])
    return path


def parts_of(data: Mapping[str, Any], path: Path) -> tuple[str, ...]:
    """A path's parts as people write them: records by their id, where they have one."""
    return tuple(
        id_of(get(data, path[: i + 1]), part) if isinstance(part, int) else part
        for i, part in enumerate(path)
    )


def key_of(data: Mapping[str, Any], path: Path) -> str:
    """A path as people write it, names with a slash in quotes."""
    return ".".join(part if re.fullmatch(r"[\w-]+", part) else f'"{part}"' for part in parts_of(data, path))
