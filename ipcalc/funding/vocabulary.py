"""The facts a project can state and the bodies it can name: ``vocabulary.toml`` and ``bodies.toml``."""

from __future__ import annotations

import datetime
import functools
import hashlib
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from ipcalc import data
from ipcalc.funding.shape import (
    BodiesTable,
    DateTable,
    FactTable,
    GroupTable,
    PlacesTable,
    RecordTable,
    SubRecordTable,
    VocabularyTable,
)  # fmt: skip
from ipcalc.inputs import shapes, toml
from ipcalc.inputs.diagnostics import Diagnostic, Refused, refuse
from ipcalc.inputs.toml import Document
from ipcalc.quantity import Unreadable, nearest
from ipcalc.rules import reader
from ipcalc.rules.types import OTHER, Derived, Fact, RecordType, Scope, Type
from ipcalc.texts import Text

FILES = ("vocabulary", "bodies", "places")


class Body(NamedTuple):
    """An organisation that projects can name."""

    id: str
    type: str
    place: str | None
    name: Mapping[str, str]
    also: tuple[str, ...]

    def facts(self) -> dict[str, str]:
        """What is known of whoever is this body."""
        return {"type": self.type, **({"place": self.place} if self.place else {})}


class Place(NamedTuple):
    """A country, region or city that projects can name, and the place it lies in."""

    id: str
    name: Mapping[str, str]
    also: tuple[str, ...]
    within: str | None


class Named(NamedTuple):
    """What a fact of one kind can name: by id, each with its names, and every name, folded, to its id."""

    kind: str
    ids: Mapping[str, Body] | Mapping[str, Place]
    names: Mapping[str, str]

    def id_of(self, raw: Any) -> str:
        """An id from any of its names. Raises ``Unreadable`` (F103, F115)."""
        text = shapes.name(raw)
        found = self.names.get(fold(text))
        if found is None:
            known = [n for one in self.ids.values() for n in (one.id, *one.name.values(), *one.also)]
            raise Unreadable("F115", what=self.kind, value=text, near=nearest(text, [*known, OTHER]))
        return found


def by_name(kind: str, ids: Mapping[str, Body] | Mapping[str, Place]) -> Named:
    """What can be named, with every name of each."""
    names = {fold(n): one.id for one in ids.values() for n in (one.id, *one.name.values(), *one.also)}
    return Named(kind, ids, {**names, OTHER: OTHER})


class Member(NamedTuple):
    """A member of a group: a body or place by id, or another group; dated."""

    id: str | None
    group: str | None
    first: datetime.date | None
    until: datetime.date | None


class Group(NamedTuple):
    """A group; its members are known from ``first`` on."""

    label: Mapping[str, str]
    first: datetime.date | None
    members: tuple[Member, ...]


class Vocabulary(NamedTuple):
    """Everything a project can state. ``hash`` is of the three files' texts."""

    project: RecordType
    dates: Mapping[str, Fact]
    bodies: Mapping[str, Body]
    places: Mapping[str, Place]
    groups: Mapping[str, Group]  # of bodies, and of the places within one place
    named: Mapping[str, Named]  # the bodies and the places, each with every name
    prepared: Mapping[str, tuple[str, Mapping[str, str]]]  # what is worked out: its type and label
    hash: str

    def scope(self) -> Scope:
        """The names that any scheme's rules may use."""
        scope = Scope(self.project)
        scope.named = {kind: (*named.ids, OTHER) for kind, named in self.named.items()}
        scope.groups = {name: group.label for name, group in self.groups.items()}
        return scope


def fold(text: str) -> str:
    """A name for looking up: composed, without case or a leading article."""
    return unicodedata.normalize("NFKC", text).casefold().strip().removeprefix("the ")


@functools.cache
def shipped() -> Vocabulary:
    """The vocabulary and bodies that come with the program."""
    return load(*(toml.load(data.root() / f"{name}.toml") for name in FILES))


def load(vocabulary: Document, bodies: Document, places: Document) -> Vocabulary:
    """A vocabulary, bodies and places from their files. Raises ``Refused``."""
    facts = shapes.validate(VocabularyTable, vocabulary)
    listed = shapes.validate(BodiesTable, bodies)
    lying = shapes.validate(PlacesTable, places)["places"]
    project = RecordType("project", "", {"en": "Project"})
    for section, named in facts["facts"].items():
        for name, shape in named.items():
            project.facts[f"{section}.{name}"] = fact(f"{section}.{name}", shape)
    for name, record in facts["records"].items():
        made = _record(name, record, f"{name}.")
        for below, sub in record.get("records", {}).items():
            made.records[sub["list"]] = _record(below, sub, f"{name}.{below}.")
        project.records[record["list"]] = made
    known = {
        name: Body(name, b["type"], b.get("place"), _texts(b["name"]), tuple(b.get("also", ())))
        for name, b in listed["bodies"].items()
    }
    where = {
        name: Place(name, _texts(p["name"]), tuple(p.get("also", ())), p.get("within"))
        for name, p in lying.items()
    }
    digest = hashlib.sha256("\0".join([vocabulary.text, bodies.text, places.text]).encode()).hexdigest()
    found = Vocabulary(
        project,
        {name: _date(name, shape) for name, shape in facts["dates"].items()},
        known,
        where,
        {name: group(shape) for name, shape in listed["groups"].items()} | _regions(where),
        {"body": by_name("body", known), "place": by_name("place", where)},
        {name: (p.get("type", "list"), _texts(p["label"])) for name, p in facts["prepared"].items()},
        digest,
    )
    _derive(vocabulary, facts, found)
    return found


def _regions(places: Mapping[str, Place]) -> dict[str, Group]:
    """For each place that others lie within, the group of them all and itself: ``cn_gd`` of ``cn-gd``."""
    inside: dict[str, list[str]] = {}
    for place in places.values():
        above: Place | None = place
        while above is not None:
            inside.setdefault(above.id, []).append(place.id)
            above = places[above.within] if above.within else None
    return {
        name.replace("-", "_"): Group(
            places[name].name, None, tuple(Member(below, None, None, None) for below in ids)
        )
        for name, ids in inside.items()
        if len(ids) > 1
    }


def _texts(text: Text) -> Mapping[str, str]:
    return text  # type: ignore[return-value]


def _date(name: str, shape: DateTable) -> Fact:
    return Fact(f"project.dates.{name}", Type("date"), _texts(shape["label"]), _texts(shape["ask"]), {})


def _record(name: str, shape: RecordTable | SubRecordTable, path: str) -> RecordType:
    made = RecordType(name, shape["list"], _texts(shape["label"]), _texts(shape["ask"]))
    made.facts = {key: fact(f"{path}{key}", below) for key, below in shape["facts"].items()}
    made.facts["id"] = Fact(f"{path}id", Type("text"), made.label, made.label, {}, adjustable=False)
    return made


def fact(path: str, shape: FactTable) -> Fact:
    """A fact from its declaration."""
    choices = tuple(shape["choices"]) if "choices" in shape else None
    kind = Type(shape["type"], choices, shape.get("choices_from", shape.get("unit", "")))
    if shape.get("many"):
        kind = Type("list", item=kind)
    labels = {word: _texts(text) for word, text in shape.get("choices", {}).items()}
    adjustable = kind.kind != "place"  # where somebody is, is no term of a project
    help_ = _texts(shape["help"]) if "help" in shape else None
    return Fact(path, kind, _texts(shape["label"]), _texts(shape["ask"]), labels, adjustable, help_)


def group(shape: GroupTable, full: Callable[[str], str] = str) -> Group:
    """A group from its declaration; ``full`` gives the name by which a group in it is known."""
    members = tuple(
        Member(m.get("id"), full(m["group"]) if "group" in m else None, m.get("from"), m.get("until"))
        for m in shape["members"]
    )
    return Group(_texts(shape["label"]), shape.get("from"), members)


def between(first: datetime.date | None, until: datetime.date | None, day: datetime.date) -> bool:
    """Whether a day is in a range that may be open at either end; both ends included."""
    return (first is None or first <= day) and (until is None or day <= until)


def local(moment: datetime.datetime, zone: str | None) -> datetime.datetime:
    """A moment as the clocks of a zone show it; one without an offset is theirs already."""
    if moment.tzinfo is None or zone is None:
        return moment
    return moment.astimezone(zone_of(zone))


def zone_of(name: str) -> datetime.tzinfo:
    """A time zone by its name. Raises ``Refused`` (F115)."""
    from zoneinfo import ZoneInfo, available_timezones

    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        near = nearest(name, available_timezones())
        raise refuse("F115", f"zone {name}", near, what="zone", value=name) from None


def day_of(moment: datetime.date, zone: str | None = None) -> datetime.date:
    """The day of a date that may carry a time, in a zone."""
    return local(moment, zone).date() if isinstance(moment, datetime.datetime) else moment


def nested(groups: Mapping[str, Group], name: str) -> set[str]:
    """The names of a group and of all groups in it that are known."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        current = waiting.pop()
        if current in groups and current not in found:
            found.add(current)
            waiting += (m.group for m in groups[current].members if m.group is not None)
    return found


def members_on(groups: Mapping[str, Group], name: str, day: datetime.date) -> frozenset[str] | None:
    """The ids in a group on a date, through the groups it contains; None where one isn't known yet then."""
    found: set[str] = set()
    waiting, seen = [name], set()
    while waiting:
        current = waiting.pop()
        if current in seen:
            continue
        seen.add(current)
        if not between(groups[current].first, None, day):
            return None
        for member in groups[current].members:
            if between(member.first, member.until, day):
                if member.id is not None:
                    found.add(member.id)
                elif member.group is not None:
                    waiting.append(member.group)
    return frozenset(found)


def _derive(document: Document, facts: VocabularyTable, vocabulary: Vocabulary) -> None:
    """Read the derived facts, in the file's order: each may use those before it."""
    scope = vocabulary.scope()
    problems: list[Diagnostic] = []
    records = {record.name: record for record in vocabulary.project.records.values()}
    for owner_name, named in facts["derived"].items():
        owner = records.get(owner_name)
        local = {owner_name: Type("record", record=owner)} if owner else {}
        for name, shape in named.items():
            label = _texts(shape["label"]) if "label" in shape else {"en": name}
            derived = Derived(
                name if owner else f"{owner_name}.{name}",
                owner,
                label,
                adjustable=shape.get("adjustable", False),
            )
            derived.tree, faults = reader.expression(shape["value"], scope, local=local)
            derived.type = derived.tree.type
            path = ("derived", owner_name, name, "value")
            problems += (document.fault(path, fault) for fault in faults)
            if owner:
                owner.derived[name] = derived
            else:
                vocabulary.project.derived[derived.name] = derived
    if problems:
        raise Refused(problems)


def sources(names: str | Iterable[str]) -> tuple[str, ...]:
    """One source id or several, as several."""
    return (names,) if isinstance(names, str) else tuple(names)
