"""A scheme in words: its rules and figures with their versions, when it is open, what it asks, its sources.

Whole, or one of its rules; in every version, or as it stands on a day.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple, cast

from typing_extensions import TypedDict

from ipcalc.funding.model import Call, Dated, Gap, Rule, Scheme, Version
from ipcalc.funding.vocabulary import between, day_of
from ipcalc.rules.types import Fact
from ipcalc.texts import choose, fill, say
from ipcalc.views import cited
from ipcalc.views.documents import GapDocument, SourceDocument
from ipcalc.views.page import Block, heading, line


class ReadingDocument(TypedDict):
    """A figure as a source states it; null for a table."""

    value: str | None
    sources: list[str]


FigureVersionDocument = TypedDict(
    "FigureVersionDocument",
    {"from": str | None, "until": str | None, "call": str | None, "readings": list[ReadingDocument]},
)


class FigureDocument(TypedDict):
    """A figure that a rule reads, in every version."""

    id: str
    label: str
    versions: list[FigureVersionDocument]


RuleDocument = TypedDict(
    "RuleDocument",
    {
        "rule": str,
        "title": str,
        "strength": Literal["hard", "soft", "judgement"],
        "texts": dict[str, str],
        "question": str | None,
        "note": str | None,
        "from": str | None,
        "until": str | None,
        "values": list[FigureDocument],
        "sources": list[str],
    },
)


class FactDocument(TypedDict):
    """A fact that the scheme's rules read: where a project states it, and the words it may be."""

    fact: str
    type: str
    label: str
    question: str
    choices: dict[str, str]


class CallDocument(TypedDict):
    """A window for applications; ``seen`` is when one without a stated end was last seen open."""

    id: str
    opens: str | None
    closes: str | None
    seen: str | None
    note: str | None
    sources: list[str]


class SuspensionDocument(TypedDict):
    """A time in which the scheme takes none, read on a named date of the project."""

    first: str
    until: str | None
    on: str


class KindDocument(TypedDict):
    """A class of projects: its condition, as it stands in the file."""

    id: str
    title: str
    when: str
    sources: list[str]


class SchemeDocument(TypedDict):
    """A scheme whole, or the one rule that was asked for, and the sources of what is shown."""

    id: str
    kind: str
    name: str
    authority: str
    place: str | None
    currency: str
    initiative: str
    reviewed: str
    as_of: str | None
    uses: list[str]
    calls: list[CallDocument]
    suspended: list[SuspensionDocument]
    rules: list[RuleDocument]
    classes: list[KindDocument]
    available: str | None
    stages: dict[str, str]
    asks: list[FactDocument]
    sources: list[SourceDocument]
    gaps: list[GapDocument]


class Shown(NamedTuple):
    """What is shown of a scheme: one rule or all (empty), on a day or on every day, in a language."""

    scheme: Scheme
    wanted: str
    as_of: datetime.date | None
    lang: str

    @property
    def raw(self) -> Mapping[str, Any]:
        """The file's own data."""
        return self.scheme.document.data

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules that are shown."""
        in_force = (rule for rule in self.scheme.rules if self.as_of is None or rule.in_force(self.as_of))
        return tuple(rule for rule in in_force if self.wanted in ("", rule.id))

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """What the file does not know on the day."""
        if self.wanted:
            return ()
        day = self.as_of
        return tuple(gap for gap in self.scheme.gaps if day is None or between(gap.first, gap.until, day))

    def dated(self, name: str) -> Dated:
        """A value or table."""
        return self.scheme.values.get(name) or self.scheme.tables[name]

    def versions(self, name: str) -> Sequence[Version]:
        """The versions of a value or table that are shown."""
        dated = self.dated(name)
        if self.as_of is None:
            return dated.versions
        return [one for one in dated.versions if between(one.first, one.until, self.as_of)]

    def cited(self) -> Iterator[cited.Source]:
        """The sources of what is shown, in the order of the file."""
        found = {ids for rule in self.rules for ids in rule.sources}
        for rule in self.rules:
            versions = (version for name in rule.reads for version in self.versions(name))
            found.update(ids for version in versions for _, many, _ in version.readings for ids in many)
        if not self.wanted:
            found.update(ids for call in self.scheme.calls for ids in call.sources)
            found.update(ids for kind in self.scheme.classes for ids in kind.sources)
        return ((name, about) for name, about in self.scheme.sources.items() if name in found)

    def filled(self, rule: Rule, text: Mapping[str, str]) -> str:
        """A text of a rule, with its figures in its blanks."""
        figures = {name: self.latest(dated) for name, dated in self.scheme.values.items()}
        return fill(choose(text, self.lang), {**figures, **rule.constant_texts})

    def latest(self, dated: Dated) -> str:
        """A figure as it is on the day, or on that of the file's review, or else in its latest version."""
        calls = [call.id for call in self.scheme.calls]

        def age(version: Version) -> tuple[datetime.date, int]:
            call = calls.index(version.call) if version.call in calls else -1
            return version.first or datetime.date.min, call

        day = self.as_of or self.scheme.reviewed
        version = dated.on(day, None) or max(dated.versions, key=age, default=None)
        return " / ".join(self.value(text) for _, _, text in version.readings) if version else "?"

    def value(self, text: str) -> str:
        """A figure as its source writes it."""
        if text == "unknown":
            return say("explain.unknown", self.lang)
        return text or say("explain.by_table", self.lang)

    def texts(self, rule: Rule) -> dict[str, str]:
        """The rule's own expressions, as they stand in the file."""
        raw = next(one for one in self.raw["rules"] if one["id"] == rule.id)
        return {key: raw[key] for key in ("each", "when", "require", "prefer") if key in raw}

    def place(self, fact: Fact) -> str:
        """Where a project states a fact: ``applicant.body``, or ``phases[].start`` of each item of a list."""
        head, _, rest = fact.path.partition(".")
        if head == "own":
            return f'answers."{self.scheme.id}".{rest}'
        lists = {record.name: name for name, record in self.scheme.vocabulary.project.records.items()}
        return f"{lists[head]}[].{rest}" if head in lists else fact.path

    def calls(self) -> list[tuple[Call, str | None]]:
        """The calls that are shown, each with its note."""
        notes = [raw.get("note") for raw in self.raw.get("calls", ())]
        day = self.as_of
        return [
            (call, choose(note, self.lang) if note else None)
            for call, note in zip(self.scheme.calls, notes, strict=True)
            if day is None
            or between(call.opens and day_of(call.opens), call.closes and day_of(call.closes), day)
        ]


# -- the document --------------------------------------------------------------------------------------


def document(shown: Shown) -> SchemeDocument:
    """A scheme for machines."""
    scheme, lang, whole = shown.scheme, shown.lang, not shown.wanted
    return {
        "id": scheme.id,
        "kind": scheme.kind,
        "name": choose(scheme.name, lang),
        "authority": choose(scheme.authority, lang),
        "place": scheme.place,
        "currency": scheme.currency,
        "initiative": scheme.initiative,
        "reviewed": scheme.reviewed.isoformat(),
        "as_of": cited.iso(shown.as_of),
        "uses": list(shown.raw.get("uses", ())),
        "calls": [_call_document(call, note) for call, note in shown.calls()] if whole else [],
        "suspended": [
            {"first": one.first.isoformat(), "until": cited.iso(one.until), "on": one.on}
            for one in scheme.suspended
            if whole
        ],
        "rules": [_rule_document(shown, rule) for rule in shown.rules],
        "classes": [
            {"id": one["id"], "title": choose(one["title"], lang), "when": one["when"],
             "sources": list(kind.sources)}
            for one, kind in zip(shown.raw.get("classes", ()), scheme.classes, strict=True)
            if whole
        ],
        "available": shown.raw.get("available") if whole else None,
        "stages": {name: choose(label, lang) for name, label in scheme.stages.items()} if whole else {},
        "asks": [_fact_document(shown, fact) for fact in scheme.asks().values()] if whole else [],
        "sources": cited.document(shown.cited(), lang),
        "gaps": [{"about": choose(gap.about, lang), "affects": list(gap.affects)} for gap in shown.gaps],
    }  # fmt: skip


def _call_document(call: Call, note: str | None) -> CallDocument:
    return {
        "id": call.id,
        "opens": cited.iso(call.opens),
        "closes": cited.iso(call.closes),
        "seen": cited.iso(call.seen),
        "note": note,
        "sources": list(call.sources),
    }


def _fact_document(shown: Shown, fact: Fact) -> FactDocument:
    return {
        "fact": shown.place(fact),
        "type": fact.type.kind,
        "label": choose(fact.label, shown.lang),
        "question": choose(fact.ask, shown.lang),
        "choices": {word: choose(label, shown.lang) for word, label in fact.labels.items()},
    }


def _rule_document(shown: Shown, rule: Rule) -> RuleDocument:
    return {
        "rule": rule.id,
        "title": shown.filled(rule, rule.title),
        "strength": cast(Literal["hard", "soft", "judgement"], rule.strength),
        "texts": shown.texts(rule),
        "question": shown.filled(rule, rule.question) if rule.question else None,
        "note": shown.filled(rule, rule.note) if rule.note else None,
        "from": cited.iso(rule.first),
        "until": cited.iso(rule.until),
        "values": [_figure_document(shown, name) for name in sorted(rule.reads)],
        "sources": list(rule.sources),
    }


def _figure_document(shown: Shown, name: str) -> FigureDocument:
    return {
        "id": name,
        "label": choose(shown.dated(name).label, shown.lang),
        "versions": [
            {
                "from": cited.iso(version.first),
                "until": cited.iso(version.until),
                "call": version.call,
                "readings": [
                    {"value": text or None, "sources": list(sources)} for _, sources, text in version.readings
                ],
            }
            for version in shown.versions(name)
        ],
    }


# -- the page ------------------------------------------------------------------------------------------


def blocks(shown: Shown) -> Iterator[Block]:
    """A scheme for people."""
    scheme, lang = shown.scheme, shown.lang
    yield heading(choose(scheme.name, lang), 1)
    reviewed = say("explain.reviewed", lang, reviewed=scheme.reviewed)
    yield line(f"{scheme.id} · {choose(scheme.authority, lang)} · {reviewed}")
    if not shown.wanted:
        yield from _about(shown)
    for rule in shown.rules:
        yield from _rule(shown, rule)
    if not shown.wanted:
        yield from _classes(shown)
        yield from _asks(shown)
    if shown.gaps:
        yield heading(say("check.gaps", lang))
        for gap in shown.gaps:
            yield line(choose(gap.about, lang), depth=1, mark="-")
    yield from cited.blocks(shown.cited(), lang)


def _about(shown: Shown) -> Iterator[Block]:
    """Which way it runs, the day it is shown as of, when it takes applications, what it would pay."""
    scheme, lang = shown.scheme, shown.lang
    about = [say(f"explain.initiative.{scheme.initiative}", lang)] if scheme.kind == "scheme" else []
    about += [say("explain.on", lang, day=shown.as_of)] if shown.as_of else []
    if about:
        yield line(" · ".join(about))
    for call, note in shown.calls():
        last = call.closes or say("explain.seen", lang, seen=call.seen)
        text = f"{say('explain.call', lang, call=call.id)}: {call.opens or '…'} – {last}"
        yield line(f"{text} [{', '.join(call.sources)}]", depth=1, mark="-")
        if note:
            yield line(note, depth=2)
    for one in scheme.suspended:
        when = cited.between(one.first, one.until, lang)
        yield line(f"{say('explain.suspended', lang)}: {when} ({one.on})", depth=1, mark="-")
    if "available" in shown.raw:
        label = say("check.available", lang)
        yield line(say("check.labelled", lang, label=label, text=shown.raw["available"]), depth=1, mark="-")


def _rule(shown: Shown, rule: Rule) -> Iterator[Block]:
    lang = shown.lang
    strength = say(f"explain.strength.{rule.strength}", lang)
    yield heading(f"{rule.id}: {shown.filled(rule, rule.title)} ({strength})")
    for name, text in shown.texts(rule).items():
        yield line(f"{name}: {text}", depth=1)
    if rule.question:
        yield line(shown.filled(rule, rule.question), depth=1)
    if dates := cited.between(rule.first, rule.until, lang):
        yield line(dates, depth=1)
    for name in sorted(rule.reads):
        yield from _figure(shown, name)
    if rule.note:
        yield line(shown.filled(rule, rule.note), depth=1)
    if rule.sources:
        yield cited.names(rule.sources, lang)


def _figure(shown: Shown, name: str) -> Iterator[Block]:
    lang, notes = shown.lang, _notes(shown, name)
    for version in shown.versions(name):
        said = " / ".join(f"{shown.value(text)} [{', '.join(ids)}]" for _, ids, text in version.readings)
        when = say("explain.call", lang, call=version.call) if version.call else ""
        when = when or cited.between(version.first, version.until, lang)
        figure = f"{name} = {said}"
        figure = say("words.beside", lang, text=figure, more=when) if when else figure
        label = choose(shown.dated(name).label, lang)
        yield line(say("check.labelled", lang, label=figure, text=label), depth=1, mark="-")
        if note := notes.get((version.first, version.call)):
            yield line(note, "dim", 2)


def _notes(shown: Shown, name: str) -> dict[tuple[datetime.date | None, str | None], str]:
    """What the file notes on the versions of a value, by their first day and call."""
    raw = shown.raw.get("values", {}).get(name, {})
    stated = raw.get("at", [raw])
    return {(v.get("from"), v.get("call")): choose(v["note"], shown.lang) for v in stated if "note" in v}


def _classes(shown: Shown) -> Iterator[Block]:
    for one, kind in zip(shown.raw.get("classes", ()), shown.scheme.classes, strict=True):
        yield heading(f"{kind.id}: {choose(kind.title, shown.lang)}")
        yield line(f"when: {one['when']}", depth=1)
        if kind.note:
            yield line(choose(kind.note, shown.lang), depth=1)
        yield cited.names(kind.sources, shown.lang)


def _asks(shown: Shown) -> Iterator[Block]:
    scheme, lang = shown.scheme, shown.lang
    yield heading(say("explain.asks", lang))
    for fact in scheme.asks().values():
        yield line(f"{shown.place(fact)}: {choose(fact.ask, lang)}", depth=1, mark="-")
        if words := fact.labels or (scheme.stages if fact.type.unit == "stages" else {}):
            said = say("words.comma", lang).join(f"{w} ({choose(t, lang)})" for w, t in words.items())
            yield line(said, "dim", 2)
