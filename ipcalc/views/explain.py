"""Explanations, drawn: the page of an error code, a scheme in words, one of its rules, a policy."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from typing import Any, Literal, NamedTuple, cast

from typing_extensions import TypedDict

from ipcalc.funding import model as funding
from ipcalc.inputs import shapes
from ipcalc.inputs.diagnostics import page as page_of
from ipcalc.ip import policy as ip
from ipcalc.texts import choose, say
from ipcalc.views import cited, scheme
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
    scheme: scheme.SchemeDocument | None
    policy: PolicyDocument | None


Explained = Sequence[funding.Scheme | ip.Policy]


def document(found: Explained, wanted: str, lang: str, as_of: datetime.date | None = None) -> ExplainDocument:
    """A scheme (or its rule ``wanted``), a policy, or both, for machines."""
    schemes = [
        scheme.document(scheme.Shown(one, wanted, as_of, lang))
        for one in found
        if isinstance(one, funding.Scheme)
    ]
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
        "sources": cited.document(map(_policy_source, policy.sources.values()), lang),
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
    return {
        kind: {"from": cited.iso(first), "until": cited.iso(last)}
        for kind, (first, last) in only.dates.items()
    }


def _options(only: ip.Only) -> dict[str, list[str]]:
    return {name: list(values) for name, values in only.options.items()}


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


def page(found: Explained, wanted: str, lang: str, as_of: datetime.date | None = None) -> Page:
    """A scheme (or its rule ``wanted``) with its texts, figures and sources; a policy with its versions."""
    blocks: list[Block] = []
    for one in found:
        if isinstance(one, ip.Policy):
            blocks += _policy_blocks(one, lang)
        else:
            blocks += scheme.blocks(scheme.Shown(one, wanted, as_of, lang))
    return blocks


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
            ids = f" [{', '.join(equity.sources)}]" if equity.sources else ""
            words = (stake or say("split.stake_unknown", lang)) + ids
            words = say("check.labelled", lang, label=say("split.equity", lang), text=words)
            yield line(words, depth=1, mark="-")
        yield cited.names(version.sources, lang)
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
    yield from cited.blocks(map(_policy_source, policy.sources.values()), lang)


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


def _policy_source(source: ip.Source) -> cited.Source:
    """A policy's source as the table that it stands in."""
    stated = {key: value for key, value in source._asdict().items() if key != "id" and value is not None}
    return source.id, cast(shapes.SourceTable, stated)
