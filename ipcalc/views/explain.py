"""Explanations, drawn: the page of an error code, a scheme in words, one of its rules, a policy."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple, cast

from typing_extensions import TypedDict

from ipcalc.funding import model as funding
from ipcalc.inputs import shapes
from ipcalc.inputs.diagnostics import page as page_of
from ipcalc.ip import policy as ip
from ipcalc.rules.types import Fact
from ipcalc.texts import choose, say
from ipcalc.views.documents import GapDocument, SourceDocument
from ipcalc.views.page import Block, Code, Page, heading, line

# -- the document --------------------------------------------------------------------------------------

PeriodDocument = TypedDict("PeriodDocument", {"from": str | None, "until": str | None})


class ExampleDocument(TypedDict):
    """A file that raises an error code, and what is shown of it."""

    kind: str
    text: str
    shows: str


class CodeDocument(TypedDict):
    """An error code."""

    code: str
    title: str
    message: str
    page: str
    hint: str | None
    example: ExampleDocument | None


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


class SchemeDocument(TypedDict):
    """A scheme whole, or the one rule that was asked for, and the sources of what is shown."""

    id: str
    name: str
    authority: str
    reviewed: str
    rules: list[RuleDocument]
    stages: dict[str, str]
    asks: list[FactDocument]
    sources: list[SourceDocument]
    gaps: list[GapDocument]


class StepDocument(TypedDict):
    """A step that money flows down, and when it applies.

    ``flow`` is the party that is divided, null for the receipts; ``of`` the base or the account; ``mark`` the
    name that is given to what is left; ``parts`` the rate of each party as written, or unknown, or rest;
    null for the party whose costs are paid back.
    """

    flow: str | None
    step: str
    mark: str | None
    of: str | None
    parts: dict[str, str | None]
    dates: dict[str, PeriodDocument]
    options: dict[str, list[str]]


class StakeDocument(TypedDict):
    """The stake asked of a start-up that licenses; null where it isn't known."""

    stake: str | None
    sources: list[str]


class VersionDocument(TypedDict):
    """A policy on some dates, or on one route. ``undivided``: parties divided further, it isn't known how."""

    dates: dict[str, PeriodDocument]
    options: dict[str, list[str]]
    steps: list[StepDocument]
    undivided: list[str]
    equity: StakeDocument | None
    sources: list[str]


class PartyDocument(TypedDict):
    """A party that is paid."""

    party: str
    label: str


class OptionDocument(TypedDict):
    """A fact that a case states, or a point on which the sources can be read in several ways."""

    id: str
    kind: str
    label: str
    choices: list[str]
    default: str | None
    sources: list[str]


class PolicyDocument(TypedDict):
    """A policy on IP income."""

    id: str
    name: str
    institution: str
    currency: str
    reviewed: str
    parties: list[PartyDocument]
    options: list[OptionDocument]
    versions: list[VersionDocument]
    sources: list[SourceDocument]
    gaps: list[GapDocument]


class ExplainDocument(TypedDict):
    """``ipcalc explain --format json``: what the name is, of these three; an id may be both of the last."""

    kind: Literal["ipcalc/explain"]
    version: Literal[1]
    code: CodeDocument | None
    scheme: SchemeDocument | None
    policy: PolicyDocument | None


Explained = Sequence[funding.Scheme | ip.Policy]
_Source = tuple[str, shapes.SourceTable]


def document(found: Explained, wanted: str, lang: str) -> ExplainDocument:
    """A scheme (or its rule ``wanted``), a policy, or both, for machines."""
    schemes = [_scheme_document(one, wanted, lang) for one in found if isinstance(one, funding.Scheme)]
    policies = [_policy_document(one, lang) for one in found if isinstance(one, ip.Policy)]
    return {
        "kind": "ipcalc/explain",
        "version": 1,
        "code": None,
        "scheme": next(iter(schemes), None),
        "policy": next(iter(policies), None),
    }


def code_document(code: str, lang: str) -> ExplainDocument:
    """An error code for machines."""
    about: Any = page_of(code)
    example: ExampleDocument | None = about.get("example")
    found: CodeDocument = {
        "code": code,
        "title": choose(about["title"], lang),
        "message": choose(about["message"], lang),
        "page": choose(about["page"], lang),
        "hint": choose(about["hint"], lang) if "hint" in about else None,
        "example": example,
    }
    return {"kind": "ipcalc/explain", "version": 1, "code": found, "scheme": None, "policy": None}


def _scheme_document(scheme: funding.Scheme, wanted: str, lang: str) -> SchemeDocument:
    rules = _rules(scheme, wanted)
    gaps = () if wanted else scheme.gaps
    return {
        "id": scheme.id,
        "name": choose(scheme.name, lang),
        "authority": choose(scheme.authority, lang),
        "reviewed": scheme.reviewed.isoformat(),
        "rules": [_rule_document(scheme, rule, lang) for rule in rules],
        "stages": {} if wanted else {name: choose(label, lang) for name, label in scheme.stages.items()},
        "asks": [] if wanted else [_fact_document(scheme, fact, lang) for fact in scheme.asks().values()],
        "sources": _sources_document(_cited(scheme, rules), lang),
        "gaps": [{"about": choose(gap.about, lang), "affects": list(gap.affects)} for gap in gaps],
    }


def _fact_document(scheme: funding.Scheme, fact: Fact, lang: str) -> FactDocument:
    return {
        "fact": _place(scheme, fact),
        "type": fact.type.kind,
        "label": choose(fact.label, lang),
        "question": choose(fact.ask, lang),
        "choices": {word: choose(label, lang) for word, label in fact.labels.items()},
    }


def _place(scheme: funding.Scheme, fact: Fact) -> str:
    """Where a project states a fact: ``applicant.body``, or ``phases[].start`` for each item of a list."""
    head, _, rest = fact.path.partition(".")
    if head == "own":
        return f'answers."{scheme.id}".{rest}'
    lists = {record.name: name for name, record in scheme.vocabulary.project.records.items()}
    return f"{lists[head]}[].{rest}" if head in lists else fact.path


def _rule_document(scheme: funding.Scheme, rule: funding.Rule, lang: str) -> RuleDocument:
    return {
        "rule": rule.id,
        "title": _filled(scheme, rule, rule.title, lang),
        "strength": cast(Literal["hard", "soft", "judgement"], rule.strength),
        "texts": dict(_texts(scheme, rule)),
        "question": _filled(scheme, rule, rule.question, lang) if rule.question else None,
        "note": _filled(scheme, rule, rule.note, lang) if rule.note else None,
        "from": _day(rule.first),
        "until": _day(rule.until),
        "values": [_figure_document(name, _dated(scheme, name), lang) for name in sorted(rule.reads)],
        "sources": list(rule.sources),
    }


def _figure_document(name: str, dated: funding.Dated, lang: str) -> FigureDocument:
    return {
        "id": name,
        "label": choose(dated.label, lang),
        "versions": [
            {
                "from": _day(version.first),
                "until": _day(version.until),
                "call": version.call,
                "readings": [
                    {"value": text or None, "sources": list(sources)} for _, sources, text in version.readings
                ],
            }
            for version in dated.versions
        ],
    }


def _policy_document(policy: ip.Policy, lang: str) -> PolicyDocument:
    return {
        "id": policy.id,
        "name": choose(policy.name, lang),
        "institution": policy.institution,
        "currency": policy.currency,
        "reviewed": policy.reviewed.isoformat(),
        "parties": [
            {"party": party, "label": choose(label, lang)} for party, label in policy.parties.items()
        ],
        "options": [
            {
                "id": option.id,
                "kind": option.kind,
                "label": choose(option.label, lang) if option.label else option.id,
                "choices": list(option.choices),
                "default": option.default,
                "sources": list(option.sources),
            }
            for option in policy.options.values()
        ],
        "versions": [_version_document(version) for version in policy.versions],
        "sources": _sources_document(map(_policy_source, policy.sources.values()), lang),
        "gaps": [{"about": choose(gap.about, lang), "affects": list(gap.affects)} for gap in policy.gaps],
    }


def _version_document(version: ip.Version) -> VersionDocument:
    equity = version.equity
    return {
        "dates": _periods(version.only),
        "options": _options(version.only),
        "steps": [
            {
                "flow": flow or None,
                "step": said.kind,
                "mark": said.mark or None,
                "of": said.of or None,
                "parts": said.parts,
                "dates": _periods(step.only),
                "options": _options(step.only),
            }
            for flow, step in _flows(version)
            for said in (_said(step),)
        ],
        "undivided": [party for party, steps in version.within.items() if steps is None],
        "equity": None if equity is None else {
            "stake": equity.stake.text if equity.stake else None, "sources": list(equity.sources)
        },
        "sources": list(version.sources),
    }  # fmt: skip


def _periods(only: ip.Only) -> dict[str, PeriodDocument]:
    return {kind: {"from": _day(first), "until": _day(last)} for kind, (first, last) in only.dates.items()}


def _options(only: ip.Only) -> dict[str, list[str]]:
    return {name: list(values) for name, values in only.options.items()}


def _sources_document(sources: Iterable[_Source], lang: str) -> list[SourceDocument]:
    return [
        {
            "id": name,
            "title": about["title"],
            "kind": about["kind"],
            "url": about.get("url"),
            "dated": _day(about.get("dated")),
            "note": choose(about["note"], lang) if "note" in about else None,
        }
        for name, about in sources
    ]


def _day(day: datetime.date | None) -> str | None:
    return day.isoformat() if day else None


# -- the page ------------------------------------------------------------------------------------------


def code_page(code: str, lang: str) -> Page:
    """What an error code means, with an example where a file shows it."""
    about: Any = page_of(code)
    blocks: list[Block] = [heading(f"{code}: {choose(about['title'], lang)}", 1)]
    blocks.append(line(choose(about["page"], lang)))
    if "hint" in about:
        blocks.append(line(choose(about["hint"], lang), depth=1, mark="-"))
    if "example" in about:
        blocks.append(heading(say("explain.example", lang)))
        blocks += [
            Code(about["example"]["text"].strip("\n")),
            Code(""),
            Code(about["example"]["shows"].strip("\n")),
        ]
    return blocks


def page(found: Explained, wanted: str, lang: str) -> Page:
    """A scheme (or its rule ``wanted``) with its texts, figures and sources; a policy with its versions."""
    blocks: list[Block] = []
    for one in found:
        if isinstance(one, ip.Policy):
            blocks += _policy_blocks(one, lang)
        else:
            blocks += _scheme_blocks(one, wanted, lang)
    return blocks


def _scheme_blocks(scheme: funding.Scheme, wanted: str, lang: str) -> Iterator[Block]:
    yield heading(choose(scheme.name, lang), 1)
    reviewed = say("explain.reviewed", lang, reviewed=scheme.reviewed)
    yield line(f"{scheme.id} · {choose(scheme.authority, lang)} · {reviewed}")
    rules = _rules(scheme, wanted)
    for rule in rules:
        strength = say(f"explain.strength.{rule.strength}", lang)
        yield heading(f"{rule.id}: {_filled(scheme, rule, rule.title, lang)} ({strength})")
        for name, text in _texts(scheme, rule).items():
            yield line(f"{name}: {text}", depth=1)
        if rule.question:
            yield line(_filled(scheme, rule, rule.question, lang), depth=1)
        if dates := _between(rule.first, rule.until, lang):
            yield line(dates, depth=1)
        for name in sorted(rule.reads):
            yield from _figure(name, _dated(scheme, name), lang)
        if rule.note:
            yield line(_filled(scheme, rule, rule.note, lang), depth=1)
        if rule.sources:
            yield _cites(rule.sources, lang)
    if not wanted:
        yield heading(say("explain.asks", lang))
        for fact in scheme.asks().values():
            yield line(f"{_place(scheme, fact)}: {choose(fact.ask, lang)}", depth=1, mark="-")
            if words := fact.labels or (scheme.stages if fact.type.unit == "stages" else {}):
                said = say("words.comma", lang).join(f"{w} ({choose(t, lang)})" for w, t in words.items())
                yield line(said, "dim", 2)
    if scheme.gaps and not wanted:
        yield heading(say("check.gaps", lang))
        for gap in scheme.gaps:
            yield line(choose(gap.about, lang), depth=1, mark="-")
    yield from _sources(_cited(scheme, rules), lang)


def _figure(name: str, dated: funding.Dated, lang: str) -> Iterator[Block]:
    for version in dated.versions:
        said = " / ".join(f"{_value(text, lang)} [{', '.join(ids)}]" for _, ids, text in version.readings)
        when = say("explain.call", lang, call=version.call) if version.call else ""
        when = when or _between(version.first, version.until, lang)
        figure = f"{name} = {said}"
        figure = say("words.beside", lang, text=figure, more=when) if when else figure
        words = say("check.labelled", lang, label=figure, text=choose(dated.label, lang))
        yield line(words, depth=1, mark="-")


def _value(text: str, lang: str) -> str:
    if text == "unknown":
        return say("explain.unknown", lang)
    return text or say("explain.by_table", lang)


def _between(first: datetime.date | None, until: datetime.date | None, lang: str) -> str:
    """When a rule or a figure holds, in words; nothing, if always."""
    key = {(True, False): "from_on", (False, True): "until_on", (True, True): "from_until"}
    found = key.get((first is not None, until is not None))
    return say(f"explain.{found}", lang, first=first, last=until) if found else ""


def _cites(ids: Iterable[str], lang: str) -> Block:
    return line(say("check.labelled", lang, label=say("check.source", lang), text=", ".join(ids)), "dim", 1)


def _sources(sources: Iterable[_Source], lang: str) -> Iterator[Block]:
    yield heading(say("split.sources", lang))
    for name, about in sources:
        dated = f", {about['dated']}" if "dated" in about else ""
        kind = say(f"check.kind.{about['kind']}", lang)
        yield line(f"[{name}] {say('words.beside', lang, text=about['title'] + dated, more=kind)}", depth=1)
        if "url" in about:
            yield line(about["url"], "dim", 2)
        if "note" in about:
            yield line(choose(about["note"], lang), depth=2)


def _policy_blocks(policy: ip.Policy, lang: str) -> Iterator[Block]:
    yield heading(choose(policy.name, lang), 1)
    reviewed = say("explain.reviewed", lang, reviewed=policy.reviewed)
    yield line(f"{policy.id} · {policy.institution} · {policy.currency} · {reviewed}")
    for version in policy.versions:
        yield heading(_when(version.only, lang) or say("explain.always", lang))
        for flow, step in _flows(version):
            words, when = _step(policy, step, lang), _when(step.only, lang)
            if flow:
                words = say("check.labelled", lang, label=_party(policy, flow, lang), text=words)
            words = say("words.beside", lang, text=words, more=when) if when else words
            yield line(words, depth=1, mark="-")
        for party, steps in version.within.items():
            if steps is None:
                words = say("split.further", lang, label=_party(policy, party, lang))
                yield line(words, "open", depth=1, mark="-")
        if equity := version.equity:
            stake = say("split.stake", lang, stake=equity.stake.text) if equity.stake else ""
            cited = f" [{', '.join(equity.sources)}]" if equity.sources else ""
            words = (stake or say("split.stake_unknown", lang)) + cited
            words = say("check.labelled", lang, label=say("split.equity", lang), text=words)
            yield line(words, depth=1, mark="-")
        yield _cites(version.sources, lang)
    if policy.options:
        yield heading(say("split.readings", lang))
        for option in policy.options.values():
            choices = f"{option.id} = {say('split.or', lang).join(option.choices)}"
            label = choose(option.label, lang) if option.label else ""
            words = say("check.labelled", lang, label=label, text=choices) if label else choices
            yield line(f"{words} [{', '.join(option.sources)}]", depth=1, mark="-")
    if policy.gaps:
        yield heading(say("split.gaps", lang))
        for gap in policy.gaps:
            yield line(f"[{', '.join(gap.affects)}] {choose(gap.about, lang)}", depth=1, mark="-")
    yield from _sources(map(_policy_source, policy.sources.values()), lang)


def _when(only: ip.Only, lang: str) -> str:
    """The dates and options that a version or a step is for, in words; nothing, if all."""
    words = []
    for kind, (first, last) in only.dates.items():
        words += [say(f"split.{kind}_from", lang, day=first)] if first else []
        words += [say(f"split.{kind}_until", lang, day=last)] if last else []
    either = say("split.or", lang)
    words += [f"{name} = {either.join(values)}" for name, values in only.options.items()]
    return say("split.comma", lang).join(words)


def _step(policy: ip.Policy, step: ip.Step, lang: str) -> str:
    """A step in words: what is done, of what, and each party's part."""
    said = _said(step)
    what = choose(step.name, lang) if isinstance(step, ip.Take) and step.name else ""
    what = what or say(f"split.step_{said.kind}", lang)
    what = f"{what} ({said.of or said.mark})" if said.of or said.mark else what
    rates = {word: say(f"split.{word}", lang) for word in ("rest", "unknown")}
    parts = [
        f"{_party(policy, party, lang)} {rates.get(rate, rate)}" if rate else _party(policy, party, lang)
        for party, rate in said.parts.items()
    ]
    comma = say("words.comma", lang)
    return say("check.labelled", lang, label=what, text=comma.join(parts)) if parts else what


def _party(policy: ip.Policy, party: str, lang: str) -> str:
    own = {ip.INVENTORS: "split.inventors", ip.NOT_FOUND: "split.not_found"}
    if party in policy.parties:
        return choose(policy.parties[party], lang)
    return say(own[party], lang) if party in own else party


# -- what both show ------------------------------------------------------------------------------------


class _Said(NamedTuple):
    """A step, whatever its kind: of what, the base that it names, and each party's part as written."""

    kind: str
    of: str
    mark: str
    parts: dict[str, str | None]


def _said(step: ip.Step) -> _Said:
    if isinstance(step, ip.Take):
        return _Said("take", step.of, "", {step.party: step.rate.text})
    if isinstance(step, ip.Recover):
        return _Said("recover", step.account, "", {step.party: None})
    if isinstance(step, ip.Mark):
        return _Said("mark", "", step.name, {})
    return _Said("share", "", "", {part.party: part.text for part in step.parts})


def _flows(version: ip.Version) -> Iterator[tuple[str, ip.Step]]:
    """The steps of a version with the party that each divides, empty for the receipts."""
    for party, steps in (("", version.steps), *version.within.items()):
        for step in steps or ():
            yield party, step


def _rules(scheme: funding.Scheme, wanted: str) -> tuple[funding.Rule, ...]:
    return tuple(rule for rule in scheme.rules if wanted in ("", rule.id))


def _dated(scheme: funding.Scheme, name: str) -> funding.Dated:
    return scheme.values.get(name) or scheme.tables[name]


def _cited(scheme: funding.Scheme, rules: Iterable[funding.Rule]) -> Iterator[_Source]:
    """The sources of rules and of the figures they read, in the order of the file."""
    cited: set[str] = set()
    for rule in rules:
        versions = (version for name in rule.reads for version in _dated(scheme, name).versions)
        cited.update(rule.sources, *(ids for version in versions for _, ids, _ in version.readings))
    return ((name, about) for name, about in scheme.sources.items() if name in cited)


def _policy_source(source: ip.Source) -> _Source:
    """A policy's source as the table that it stands in."""
    stated = {key: value for key, value in source._asdict().items() if key != "id" and value is not None}
    return source.id, cast(shapes.SourceTable, stated)


def _filled(scheme: funding.Scheme, rule: funding.Rule, text: Mapping[str, str], lang: str) -> str:
    """A text of a rule, with what each figure is on the day of the file's review in its blanks."""
    figures = {name: _latest(scheme, dated, lang) for name, dated in scheme.values.items()}
    return choose(text, lang).format_map({**figures, **rule.constant_texts})


def _latest(scheme: funding.Scheme, dated: funding.Dated, lang: str) -> str:
    """A figure as it is on the day of the file's review, or else in its latest version."""
    calls = [call.id for call in scheme.calls]

    def age(version: funding.Version) -> tuple[datetime.date, int]:
        return version.first or datetime.date.min, calls.index(version.call) if version.call in calls else -1

    version = dated.on(scheme.reviewed, None) or max(dated.versions, key=age, default=None)
    return " / ".join(_value(text, lang) for _, _, text in version.readings) if version else "?"


def _texts(scheme: funding.Scheme, rule: funding.Rule) -> Mapping[str, str]:
    """The rule's own expressions, as they stand in the file."""
    raw = next(r for r in scheme.document.data["rules"] if r["id"] == rule.id)
    return {key: raw[key] for key in ("each", "when", "require", "prefer") if key in raw}
